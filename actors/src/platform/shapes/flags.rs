//! Feature flags.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A feature flag and how it stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FlagView {
    /// Its name.
    pub name: String,
    /// Whether it is on.
    pub enabled: bool,
    /// How it stands when nobody turned it.
    pub default: bool,
    /// What it does.
    pub about: String,
    /// Who turned it last.
    pub updated_by: Option<String>,
    /// When.
    pub updated_at: Option<DateTime<Utc>>,
}

/// A flag to turn.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ToggleFlag {
    /// Its name.
    pub flag_name: String,
    /// On or off.
    pub enabled: bool,
}
