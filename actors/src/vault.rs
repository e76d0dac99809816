//! Hands out what seals for a tenant: its key is a row, made when it is first needed, opened under the node's master key and
//! kept in memory.
//!
//! Two that make it at once agree on the first. A row that was wrapped under an earlier master key is wrapped anew on the
//! way. A tenant on its way out gets none: what was sealed for it stays shut. Ask before a transaction is begun: the first
//! time takes one of its own.

use std::sync::Arc;

use ahash::AHashMap;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::secrets::{Sealer, TenantSealer};
use autonomos_runtime::store::Store;
use autonomos_runtime::{Error, Result, Scope};
use parking_lot::Mutex;

/// Keys in memory; beyond, all are asked for again.
const MOST: usize = 10_000;
/// How often somebody may get in between.
const TRIES: u32 = 5;

/// See the module.
pub struct Vault {
    store: Arc<dyn Store>,
    sealer: Arc<Sealer>,
    known: Mutex<AHashMap<TenantId, TenantSealer>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

impl Vault {
    /// Over the rows of a store.
    pub fn new(store: Arc<dyn Store>, sealer: Arc<Sealer>) -> Self {
        Self { store, sealer, known: Mutex::default() }
    }

    /// What seals the secrets of the installation itself.
    pub fn own(&self) -> &Sealer {
        &self.sealer
    }

    /// What seals for the tenant.
    pub async fn of(&self, scope: &Scope) -> Result<TenantSealer> {
        if let Some(known) = self.known.lock().get(&scope.tenant()) {
            return Ok(known.clone());
        }
        let sealer = self.sealer.tenant(scope, &self.row(scope).await?)?;
        let mut known = self.known.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(scope.tenant(), sealer.clone());
        Ok(sealer)
    }

    /// Forgets a tenant's key.
    pub fn forget(&self, scope: &Scope) {
        self.known.lock().remove(&scope.tenant());
    }

    /// The row in force, made or wrapped anew if need be.
    async fn row(&self, scope: &Scope) -> Result<Vec<u8>> {
        let scope = scope.as_system("vault");
        for _ in 0..TRIES {
            let seen = self.store.read(&scope).await?.sealing_key().await?;
            let row = match &seen {
                None => self.sealer.make_tenant_key(&scope)?,
                Some(row) => match self.sealer.wrap_anew(&scope, row)? {
                    Some(anew) => anew,
                    None => return Ok(row.clone()),
                },
            };
            let mut tx = self.store.begin(&scope).await?;
            if tx.put_sealing_key(&row, seen.as_deref()).await? {
                tx.save().await?;
                return Ok(row);
            }
        }
        Err(Error::busy("secret.busy", "The tenant's key is being changed; try again."))
    }
}
