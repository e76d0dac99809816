//! Which store a node has: PostgreSQL if it is told of a database, else SQLite in its data directory.

use std::path::Path;
use std::sync::Arc;

use super::Store;
use super::postgres::{PostgresOptions, PostgresStore};
use super::sqlite::{SqliteOptions, SqliteStore};
use crate::config::Config;
use crate::holder::Holder;
use crate::{Ambient, Result};

/// Opens the store that the settings name, for a node of that name that runs alone, or is one of many.
pub async fn open(
    dir: &Path,
    node_id: &str,
    config: &Config,
    ambient: Ambient,
    holder: Option<Arc<Holder>>,
) -> Result<Arc<dyn Store>> {
    let node_id = node_id.to_owned();
    if let Some(url) = config.store.database_url.reveal() {
        let options = PostgresOptions { node_id, holder, ..PostgresOptions::configured(url, config) };
        return Ok(Arc::new(PostgresStore::open(options, ambient).await?));
    }
    let options = SqliteOptions { node_id, ..SqliteOptions::configured(dir, config) };
    Ok(Arc::new(SqliteStore::open(options, ambient).await?))
}
