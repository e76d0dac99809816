//! Runs tenants' trees on this node: the real [`TenantHost`].
//!
//! Holds which trees run and nothing else; a crash of the process loses that, and the next start runs them again from
//! the tenants' rows. Starting is idempotent, and two starts of one tenant wait for one another.

use std::collections::HashMap;
use std::sync::Arc;

use autonomos_runtime::host::TenantHost;
use autonomos_runtime::ids::{ConnectionId, TenantId};
use autonomos_runtime::store::Page;
use autonomos_runtime::supervision::Supervisor;
use autonomos_runtime::{Error, Result, Scope};
use parking_lot::Mutex;

use super::reports::TenantReports;
use super::{Desk, tree};
use crate::parts::Parts;

/// One tenant on this node.
struct Running {
    desk: Arc<Desk>,
    root: Supervisor,
    _reports: Arc<TenantReports>,
}

/// See the module.
pub struct Host {
    parts: Arc<Parts>,
    trees: Mutex<HashMap<TenantId, Arc<Running>>>,
    /// One start or stop of a tenant at a time.
    gate: tokio::sync::Mutex<()>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Host({} tenants)", self.trees.lock().len())
    }
}

impl Host {
    /// A node that runs nobody yet.
    pub fn new(parts: Arc<Parts>) -> Arc<Self> {
        let host = Arc::new(Self { parts, trees: Mutex::default(), gate: tokio::sync::Mutex::default() });
        // Views that begin anew after damage have nobody else to tell the materializer that there is a log to fold.
        let told = Arc::downgrade(&host);
        host.parts.dcl.on_reset(move |tenant| {
            let Some(host) = told.upgrade() else { return };
            let desk = host.trees.lock().get(&tenant).map(|running| running.desk.clone());
            if let Some(desk) = desk {
                desk.materializer().wake();
            }
        });
        host
    }

    /// Shared with all trees.
    pub const fn parts(&self) -> &Arc<Parts> {
        &self.parts
    }

    /// The tenant's desk, its tree started if it does not run: a tenant costs nothing until somebody asks for it.
    pub async fn desk(&self, scope: &Scope) -> Result<Arc<Desk>> {
        if let Some(running) = self.trees.lock().get(&scope.tenant()) {
            return Ok(running.desk.clone());
        }
        let tenant = self.parts.store.directory().tenant_ref(scope.tenant()).await?;
        let tenant = tenant.ok_or_else(|| Error::not_found("tenant.unknown", "There is no such tenant."))?;
        self.start(scope, tenant.owner.epoch).await?;
        let running = self.trees.lock().get(&scope.tenant()).map(|r| r.desk.clone());
        running.ok_or_else(|| Error::unavailable("tenant.stopping", "The tenant is being stopped on this node."))
    }

    /// Starts the connector of a connection that was just made, in a tree that runs.
    pub async fn add_connector(&self, scope: &Scope, id: ConnectionId) -> Result<()> {
        let desk = self.desk(scope).await?;
        Supervisor::at(&self.parts.node, &desk.connectors_key()).start_child(tree::connector(&desk, id)).await
    }

    /// Stops the connector of a connection that is about to go.
    pub async fn remove_connector(&self, scope: &Scope, id: ConnectionId) -> Result<()> {
        let desk = self.desk(scope).await?;
        Supervisor::at(&self.parts.node, &desk.connectors_key()).stop_child(&desk.connectors_key().child(id)).await
    }

    /// Gives a quarantined connector another chance; one that runs is woken.
    pub async fn release_connector(&self, scope: &Scope, id: ConnectionId) -> Result<()> {
        let desk = self.desk(scope).await?;
        let key = desk.connectors_key().child(id);
        let quarantined = self
            .parts
            .node
            .observatory()
            .get(&key)
            .is_some_and(|o| o.state == autonomos_runtime::supervision::Phase::Quarantined);
        if quarantined {
            Supervisor::at(&self.parts.node, &desk.connectors_key()).restart_child(&key).await?;
        }
        desk.connector(id).wake();
        Ok(())
    }

    /// Stops everybody, many at a time, for the end of the process.
    pub async fn stop_all(&self) {
        let all: Vec<(TenantId, Arc<Running>)> = self.trees.lock().drain().collect();
        let stops = all.into_iter().map(|(_, running)| async move { running.root.stop().await });
        futures::stream::StreamExt::for_each_concurrent(futures::stream::iter(stops), 16, |stop| stop).await;
        self.parts.dcl.close_all().await;
    }
}

#[async_trait::async_trait]
impl TenantHost for Host {
    async fn start(&self, scope: &Scope, epoch: i64) -> Result<()> {
        let _one = self.gate.lock().await;
        if self.trees.lock().contains_key(&scope.tenant()) {
            return Ok(());
        }
        let desk = Desk::new(scope.as_system("platform"), epoch, self.parts.clone());
        let mut tx = self.parts.store.read(&desk.scope).await?;
        let mut connections = Vec::new();
        let mut page = Page::first(1000);
        loop {
            let found = tx.connections(None, &page).await?;
            connections.extend(found.items.iter().map(|c| c.id));
            match found.next_cursor {
                Some(cursor) => page = Page::asked(Some(1000), Some(&cursor))?,
                None => break,
            }
        }
        drop(tx);
        let reports = TenantReports::new(desk.clone());
        let spec = tree::tree(&desk, &connections, reports.clone());
        let root = Supervisor::start(&self.parts.node, spec).await?;
        let running = Running { desk, root, _reports: reports };
        self.trees.lock().insert(scope.tenant(), Arc::new(running));
        Ok(())
    }

    async fn stop(&self, scope: &Scope) -> Result<()> {
        let _one = self.gate.lock().await;
        let running = self.trees.lock().remove(&scope.tenant());
        if let Some(running) = running {
            running.root.stop().await;
            self.parts.dcl.close(scope).await;
        }
        Ok(())
    }

    fn running(&self) -> Vec<TenantId> {
        self.trees.lock().keys().copied().collect()
    }
}
