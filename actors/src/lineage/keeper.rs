//! Reads what lineage is made from, and holds the graphs that were made lately.
//!
//! A graph is held by the stamp of its rows and the position of the views: it is as fresh as they are, and nothing has to
//! tell anybody that it is not. One is made at a time for a tenant; whoever asks meanwhile waits for that one. Bounded by
//! what the graphs weigh: the one that nobody asked for longest goes first.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use autonomos_runtime::ids::TenantId;
use autonomos_runtime::store::Page;
use autonomos_runtime::{Error, Result, Scope};
use parking_lot::Mutex;

use super::build::{self, Known, Rows};
use crate::agent::definition::Definition;
use crate::parts::Parts;

/// Nodes, edges and lines of all tenants together: about a gigabyte.
const ROOM: usize = 4_000_000;

/// One tenant's graph; the lock is held while it is made.
#[derive(Debug, Default)]
struct Place {
    held: tokio::sync::Mutex<Option<Arc<Known>>>,
    weight: AtomicU64,
    used: AtomicU64,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Keeper {
    places: Mutex<HashMap<TenantId, Arc<Place>>>,
    asked: AtomicU64,
}

impl Keeper {
    /// The tenant's lineage as it is now.
    pub async fn known(&self, parts: &Parts, scope: &Scope) -> Result<Arc<Known>> {
        let place = Arc::clone(self.places.lock().entry(scope.tenant()).or_default());
        place.used.store(self.asked.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let mut held = place.held.lock().await;
        let stamp = parts.store.read(scope).await?.lineage_stamp().await?;
        let position = parts.dcl.position(scope).await?;
        if let Some(known) = held.as_ref().filter(|k| k.stamp == stamp && k.position == position) {
            return Ok(Arc::clone(known));
        }
        let rows = read(parts, scope).await?;
        let vocabulary = Arc::clone(&parts.vocabulary);
        let made = tokio::task::spawn_blocking(move || build::build(&vocabulary, Definition::shipped(), rows));
        let known = Arc::new(made.await.map_err(|e| Error::internal("lineage.build", "lineage failed").source(e))?);
        place.weight.store(known.weight() as u64, Ordering::Relaxed);
        *held = Some(Arc::clone(&known));
        drop(held);
        self.make_room(scope.tenant());
        Ok(known)
    }

    /// Lets go of a tenant's, because there is no such tenant any more.
    pub fn forget(&self, scope: &Scope) {
        self.places.lock().remove(&scope.tenant());
    }

    fn make_room(&self, but: TenantId) {
        let mut places = self.places.lock();
        while places.values().map(|p| p.weight.load(Ordering::Relaxed)).sum::<u64>() > ROOM as u64 {
            let oldest = places.iter().filter(|(tenant, _)| **tenant != but);
            let oldest = oldest.min_by_key(|(_, place)| place.used.load(Ordering::Relaxed)).map(|(tenant, _)| *tenant);
            let Some(oldest) = oldest else { return };
            places.remove(&oldest);
        }
    }
}

/// Reads everything, at one moment of the store; the views may be a little behind it, and say how far they are.
async fn read(parts: &Parts, scope: &Scope) -> Result<Rows> {
    let stats = parts.dcl.stats(scope).await?;
    let mut tx = parts.store.read(scope).await?;
    let mut connections = Vec::new();
    let mut page = Page::first(autonomos_runtime::store::page::MAX_LIMIT);
    loop {
        let found = tx.connections(None, &page).await?;
        connections.extend(found.items);
        let Some(cursor) = found.next_cursor else { break };
        page = Page::asked(Some(page.limit()), Some(&cursor))?;
    }
    // By name, so that the order in which they were made does not matter.
    connections.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Rows {
        stamp: tx.lineage_stamp().await?,
        connections,
        streams: tx.all_streams().await?,
        mappings: tx.all_active_mappings().await?,
        stats,
        datasets: tx.foreign_datasets().await?,
        jobs: tx.foreign_jobs().await?,
        namespace: namespace(parts, scope.tenant()),
    })
}

/// Under which name others know a tenant of this installation.
pub fn namespace(parts: &Parts, tenant: TenantId) -> String {
    format!("{}/{tenant}", parts.config.lineage.namespace.trim_end_matches('/'))
}
