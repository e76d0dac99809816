//! `autonomos migrate`: brings a PostgreSQL store to this version, as the owner of the tables, and gives the role that nodes
//! connect as its rights; for installations whose nodes are not to know the owner. An SQLite file is migrated by its start.

use autonomos_runtime::config::Config;
use autonomos_runtime::store::postgres::{PostgresOptions, migrate};
use autonomos_runtime::{Ambient, Error, Result};

use super::NodeArgs;

/// Migrates, and says so.
pub async fn run(args: NodeArgs) -> Result<()> {
    let config = Config::load(args.config.as_deref(), std::env::vars())?;
    let needed = |setting: &'static str, variable: &str| {
        Error::invalid("migrate.url", format!("{setting} is not set"))
            .field(setting)
            .remedy(format!("Set {variable}; the manual of settings says of whom."))
    };
    let url = config.store.database_url.reveal().ok_or_else(|| needed("store.database_url", "DATABASE_URL"))?;
    if config.store.owner_url.reveal().is_none() {
        return Err(needed("store.owner_url", "AUTONOMOS_STORE_OWNER_URL"));
    }
    let ran = migrate(&PostgresOptions::configured(url, &config), &Ambient::system()).await?;
    match ran.len() {
        0 => println!("the store was at this version already"),
        _ => println!("the store was brought to this version: {}", ran.join(", ")),
    }
    Ok(())
}
