//! How much of what a tenant may have: the node's settings, and what its own row says otherwise. Checked in the transaction
//! that would go beyond, so that two at once do not both fit.

use autonomos_runtime::config::Config;
use autonomos_runtime::store::{Tenant, Tx};
use autonomos_runtime::{Error, Result, Scope};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::parts::Parts;

/// Upper bounds; 0 is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Limits {
    /// Connections.
    pub connections: u64,
    /// Rows ever taken into the log.
    pub rows: u64,
    /// Bytes of uploaded files together.
    pub file_bytes: u64,
    /// People.
    pub users: u64,
}

/// What a tenant's row says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Own {
    connections: Option<u64>,
    rows: Option<u64>,
    file_bytes: Option<u64>,
    users: Option<u64>,
}

fn own(limits: &Value) -> Result<Own> {
    serde_json::from_value(limits.clone()).map_err(|e| {
        Error::invalid("tenant.bad_limits", format!("these are no limits: {e}"))
            .field("/limits")
            .remedy("Send connections, rows, file_bytes and users as whole numbers; 0 is no limit, what is left out is as configured.")
    })
}

impl Limits {
    /// Of a tenant, under the node's settings.
    pub fn of(tenant: &Tenant, config: &Config) -> Result<Self> {
        let own = own(&tenant.limits)?;
        Ok(Self {
            connections: own.connections.unwrap_or(config.tenant.connections),
            rows: own.rows.unwrap_or(config.tenant.rows),
            file_bytes: own.file_bytes.unwrap_or(config.files.total_mb << 20),
            users: own.users.unwrap_or(config.tenant.users),
        })
    }

    /// Whether these can be a tenant's.
    pub fn check(limits: &Value) -> Result<()> {
        own(limits).map(drop)
    }
}

/// Refuses one more connection than there may be.
pub async fn connection(tx: &mut dyn Tx, config: &Config) -> Result<()> {
    let (limits, usage) = (Limits::of(&tx.tenant().await?, config)?, tx.usage().await?);
    within(usage.connections + 1, limits.connections, "limit.connections", "connections", "Delete one first")
}

/// Refuses one more person than there may be.
pub async fn user(tx: &mut dyn Tx, config: &Config) -> Result<()> {
    let (limits, usage) = (Limits::of(&tx.tenant().await?, config)?, tx.usage().await?);
    within(usage.users + 1, limits.users, "limit.users", "people", "Let somebody go first")
}

/// Refuses rows beyond what the log may take.
pub async fn rows(tx: &mut dyn Tx, config: &Config, more: u64) -> Result<()> {
    let limits = Limits::of(&tx.tenant().await?, config)?;
    if limits.rows == 0 {
        return Ok(());
    }
    let taken = tx.log_stats().await?.rows.unsigned_abs();
    within(taken + more, limits.rows, "limit.rows", "rows", "Read less of the sources")
}

/// Bytes that files may have together.
pub async fn file_bytes(parts: &Parts, scope: &Scope) -> Result<u64> {
    let tenant = parts.store.read(scope).await?.tenant().await?;
    let limit = Limits::of(&tenant, &parts.config)?.file_bytes;
    Ok(if limit == 0 { u64::MAX } else { limit })
}

fn within(wanted: u64, limit: u64, code: &'static str, what: &str, instead: &str) -> Result<()> {
    if limit == 0 || wanted <= limit {
        return Ok(());
    }
    Err(Error::too_large(code, format!("The tenant may have {limit} {what} at most."))
        .remedy(format!("{instead}, or ask whoever operates the platform for more.")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_no_limit_is_named_and_zero_is_none() {
        for bad in [json!({"conections": 1}), json!({"rows": -1}), json!({"users": "many"}), json!([1]), json!(null)] {
            let refused = Limits::check(&bad).unwrap_err();
            assert_eq!((refused.code, refused.field.as_deref()), ("tenant.bad_limits", Some("/limits")), "{bad}");
        }
        Limits::check(&json!({})).unwrap();
        Limits::check(&json!({"rows": 5, "users": 0})).unwrap();
        assert!(within(1_000_000, 0, "limit.rows", "rows", "x").is_ok());
        assert!(within(5, 5, "limit.rows", "rows", "x").is_ok());
        let refused = within(6, 5, "limit.rows", "rows", "Read less").unwrap_err();
        assert!(refused.message.contains('5') && refused.remedy.unwrap().starts_with("Read less"));
    }
}
