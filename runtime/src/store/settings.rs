//! Small named values of the tenant: feature flags (`flag.…`), rules, preferences.

use crate::{Result, Timestamp};

/// One value.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Setting {
    /// Name.
    pub key: String,
    /// Value.
    pub value: serde_json::Value,
    /// Who set it.
    pub updated_by: String,
    /// When.
    pub updated_at: Timestamp,
}

/// See the module.
#[async_trait::async_trait]
pub trait Settings {
    /// One.
    async fn setting(&mut self, key: &str) -> Result<Option<Setting>>;
    /// Those whose key starts so, by key.
    async fn settings(&mut self, prefix: &str) -> Result<Vec<Setting>>;
    /// Sets one; none removes it.
    async fn put_setting(&mut self, key: &str, value: Option<serde_json::Value>) -> Result<()>;
}
