//! Runs tenants' trees on this node: the real [`TenantHost`].
//!
//! Holds which trees run and which were taken out, and nothing else; a crash of the process loses that, and the next
//! start runs them again from the tenants' rows. Starting is idempotent; starts and stops of one tenant wait for one
//! another, and for nobody else's.
//!
//! A tree that suspends itself, finds the tenant owned by somebody else, or has died altogether is taken out: stopped in
//! order, its views closed, its place showing why and since when. It starts anew, under whatever ownership the tenant's
//! row names then, after a pause that doubles each time, or when an operator says so.
//!
//! Where this node is one of many, the cluster says which tenants are its own, and under which epoch; nobody else is started
//! here, whatever their rows name.

use std::collections::HashMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::host::TenantHost;
use autonomos_runtime::ids::{ConnectionId, TenantId};
use autonomos_runtime::store::{Page, TenantState};
use autonomos_runtime::supervision::{Supervisor, Task, task};
use autonomos_runtime::{Error, Result, Scope};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use parking_lot::Mutex;

use super::reports::{Cause, TenantReports};
use super::standing::{Out, Standing, Suspension};
use super::{Desk, tree};
use crate::metrics;
use crate::parts::Parts;

/// One tenant on this node.
struct Running {
    desk: Arc<Desk>,
    root: Supervisor,
    _reports: Arc<TenantReports>,
}

/// See the module.
pub struct Host {
    me: Weak<Self>,
    parts: Arc<Parts>,
    trees: Mutex<HashMap<TenantId, Arc<Running>>>,
    standing: Mutex<HashMap<TenantId, Standing>>,
    /// One start or stop of a tenant at a time.
    gates: Mutex<HashMap<TenantId, Arc<tokio::sync::Mutex<()>>>>,
    /// Trees on their way out; those that are is dropped when the next one comes.
    leaving: Mutex<Vec<Task<()>>>,
    /// The tenants that this node owns, and under which epoch; none: it is alone and owns all, under what their rows say.
    granted: Option<Mutex<HashMap<TenantId, i64>>>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Host({} tenants)", self.trees.lock().len())
    }
}

impl Host {
    /// A node that is alone, and runs nobody yet.
    pub fn new(parts: Arc<Parts>) -> Arc<Self> {
        Self::with(parts, None)
    }

    /// A node that is one of many, and owns nobody yet.
    pub fn among_others(parts: Arc<Parts>) -> Arc<Self> {
        Self::with(parts, Some(Mutex::default()))
    }

    fn with(parts: Arc<Parts>, granted: Option<Mutex<HashMap<TenantId, i64>>>) -> Arc<Self> {
        let host = Arc::new_cyclic(|me| Self {
            me: me.clone(),
            parts,
            trees: Mutex::default(),
            standing: Mutex::default(),
            gates: Mutex::default(),
            leaving: Mutex::default(),
            granted,
        });
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

    /// The tenant's desk, its tree started if it does not run: a tenant costs nothing until somebody asks for it. One that
    /// was taken out is refused until its pause is over.
    pub async fn desk(&self, scope: &Scope) -> Result<Arc<Desk>> {
        if let Some(granted) = &self.granted
            && !granted.lock().contains_key(&scope.tenant())
        {
            return Err(elsewhere());
        }
        match self.find(scope.tenant()).await {
            Some(desk) => Ok(desk),
            None => self.start_anew(scope, false).await,
        }
    }

    /// Starts a tenant that was taken out without waiting for the end of its pause; one that runs is left alone.
    pub async fn resume(&self, scope: &Scope) -> Result<()> {
        if self.find(scope.tenant()).await.is_none() {
            self.start_anew(scope, true).await?;
        }
        Ok(())
    }

    /// Why a tenant's actors are stopped here, if they were taken out.
    pub fn suspension(&self, scope: &Scope) -> Option<Suspension> {
        let standing = self.standing.lock();
        standing.get(&scope.tenant()).and_then(|s| s.out.as_ref()).map(|out| out.suspension.clone())
    }

    /// The desk of a tree that runs; one whose supervisor is gone is taken out on the way.
    async fn find(&self, tenant: TenantId) -> Option<Arc<Desk>> {
        let running = self.trees.lock().get(&tenant).cloned()?;
        if running.root.is_live() {
            return Some(running.desk.clone());
        }
        self.take_out(&running.desk, Cause::Suspended("its supervisor ended".to_owned())).await;
        None
    }

    /// Starts the tenant's tree under the ownership that its row names now; during a pause only if somebody wants it so.
    async fn start_anew(&self, scope: &Scope, wanted: bool) -> Result<Arc<Desk>> {
        let _turn = self.turn(scope.tenant()).await;
        if let Some(out) = self.standing.lock().get(&scope.tenant()).and_then(|s| s.out.as_ref())
            && out.again > self.parts.ambient().elapsed()
            && !wanted
        {
            return Err(out.suspension.refusal());
        }
        let tenant = self.parts.store.directory().tenant_ref(scope.tenant()).await?;
        let tenant = tenant.ok_or_else(|| Error::not_found("tenant.unknown", "There is no such tenant."))?;
        if tenant.state != TenantState::Active {
            return Err(Error::denied("tenant.suspended", "The tenant is suspended; nothing runs for it.")
                .remedy("An admin can resume it with POST /api/v1/admin/tenant/resume."));
        }
        let epoch = match &self.granted {
            Some(granted) => granted.lock().get(&scope.tenant()).copied().ok_or_else(elsewhere)?,
            None => tenant.owner.epoch,
        };
        self.start_in_turn(scope, epoch).await?;
        let running = self.trees.lock().get(&scope.tenant()).map(|r| r.desk.clone());
        running.ok_or_else(|| Error::unavailable("tenant.stopping", "The tenant is being stopped on this node."))
    }

    /// Starts the tenant's tree, if it does not run; the caller has the turn.
    async fn start_in_turn(&self, scope: &Scope, epoch: i64) -> Result<()> {
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
        let (me, of) = (self.me.clone(), Arc::downgrade(&desk));
        let reports = TenantReports::new(desk.clone(), move |cause| {
            if let (Some(host), Some(desk)) = (me.upgrade(), of.upgrade()) {
                host.leave(&desk, cause);
            }
        });
        let spec = tree::tree(&desk, &connections, reports.clone());
        let root = Supervisor::start(&self.parts.node, spec).await?;
        let running = Running { desk: desk.clone(), root, _reports: reports };
        self.trees.lock().insert(scope.tenant(), Arc::new(running));
        let back = self.standing.lock().get_mut(&scope.tenant()).and_then(|standing| standing.out.take());
        if back.is_some() {
            metrics::tenant_resumed();
            desk.publish(Fact::actor_state(tree::root(&desk).path(), "supervisor", "running", None));
        }
        Ok(())
    }

    /// Somebody's turn to start or stop a tenant.
    async fn turn(&self, tenant: TenantId) -> tokio::sync::OwnedMutexGuard<()> {
        let gate = self.gates.lock().entry(tenant).or_default().clone();
        gate.lock_owned().await
    }

    /// A tree said that it cannot go on; it is taken out beside whoever said so.
    fn leave(&self, desk: &Arc<Desk>, cause: Cause) {
        let (me, desk) = (self.me.clone(), desk.clone());
        let mut leaving = self.leaving.lock();
        leaving.retain(|task| !task.is_finished());
        leaving.push(task(async move {
            if let Some(host) = me.upgrade() {
                host.take_out(&desk, cause).await;
            }
        }));
    }

    /// Stops a tree that cannot go on, and sees to its return. A later tree of the tenant is left alone.
    async fn take_out(&self, desk: &Arc<Desk>, cause: Cause) {
        let tenant = desk.scope.tenant();
        let _turn = self.turn(tenant).await;
        let running = {
            let mut trees = self.trees.lock();
            let mine = trees.get(&tenant).is_some_and(|running| Arc::ptr_eq(&running.desk, desk));
            if mine { trees.remove(&tenant) } else { None }
        };
        let Some(running) = running else { return };
        let ambient = self.parts.ambient();
        let (pause, suspension) = {
            let mut all = self.standing.lock();
            let standing = all.entry(tenant).or_insert_with(|| Standing::new(&self.parts.config.tenant));
            standing.note(cause.why(), ambient.elapsed(), ambient.now(), ambient.fraction())
        };
        running.root.halt().await;
        self.parts.dcl.close(&desk.scope).await;
        tracing::error!(%tenant, why = suspension.why, ?pause, "a tenant was taken out");
        metrics::tenant_taken_out(cause.as_str());
        let out = Out {
            suspension: suspension.clone(),
            again: ambient.elapsed() + pause,
            root: running.root.clone(),
            _return: task(come_back(self.me.clone(), desk.scope.clone(), pause)),
        };
        if let Some(standing) = self.standing.lock().get_mut(&tenant) {
            standing.out = Some(out);
        }
        // Shown when it is so: whoever sees it can rely on it.
        running.root.suspend(&suspension.why, suspension.shown()).await;
        let path = tree::root(desk);
        desk.publish(Fact::actor_state(path.path(), "supervisor", "suspended", Some(&suspension.why)));
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
        let leaving = std::mem::take(&mut *self.leaving.lock());
        for task in leaving {
            task.await.ok();
        }
        self.standing.lock().clear();
        let all: Vec<(TenantId, Arc<Running>)> = self.trees.lock().drain().collect();
        let stops = all.into_iter().map(|(_, running)| async move { running.root.stop().await });
        futures::stream::StreamExt::for_each_concurrent(futures::stream::iter(stops), 16, |stop| stop).await;
        self.parts.dcl.close_all().await;
    }
}

impl Host {
    /// Nothing of a tenant runs here or is heard of any more, and its key leaves the memory. What is kept stays.
    pub(super) async fn silence(&self, scope: &Scope) -> Result<()> {
        self.stop(scope).await?;
        self.parts.vault.forget(scope);
        self.parts.lineage.forget(scope);
        self.parts.bus.forget(scope).await;
        Ok(())
    }
}

#[async_trait::async_trait]
impl TenantHost for Host {
    fn grant(&self, tenant: TenantId, epoch: i64) {
        if let Some(granted) = &self.granted {
            granted.lock().insert(tenant, epoch);
        }
    }

    fn revoke(&self, tenant: TenantId) {
        if let Some(granted) = &self.granted {
            granted.lock().remove(&tenant);
        }
    }

    fn revoke_all(&self) {
        if let Some(granted) = &self.granted {
            granted.lock().clear();
        }
    }

    async fn start(&self, scope: &Scope, epoch: i64) -> Result<()> {
        let _turn = self.turn(scope.tenant()).await;
        // It may have been revoked while this waited for its turn.
        if let Some(granted) = &self.granted
            && granted.lock().get(&scope.tenant()) != Some(&epoch)
        {
            return Ok(());
        }
        self.start_in_turn(scope, epoch).await
    }

    async fn stop(&self, scope: &Scope) -> Result<()> {
        let _turn = self.turn(scope.tenant()).await;
        let out = self.standing.lock().remove(&scope.tenant()).and_then(|standing| standing.out);
        if let Some(out) = out {
            out.root.stop().await;
        }
        let running = self.trees.lock().remove(&scope.tenant());
        if let Some(running) = running {
            running.root.stop().await;
            self.parts.dcl.close(scope).await;
        }
        Ok(())
    }

    async fn halt_all(&self) {
        self.revoke_all();
        let mut all = self.running();
        all.extend(self.standing.lock().keys());
        all.sort_unstable();
        all.dedup();
        let halts = all.into_iter().map(|tenant| async move {
            let _turn = self.turn(tenant).await;
            let out = self.standing.lock().remove(&tenant).and_then(|standing| standing.out);
            if let Some(out) = out {
                out.root.halt().await;
            }
            let running = self.trees.lock().remove(&tenant);
            if let Some(running) = running {
                running.root.halt().await;
                self.parts.dcl.close(&running.desk.scope).await;
            }
        });
        futures::stream::StreamExt::for_each_concurrent(futures::stream::iter(halts), 64, |halt| halt).await;
    }

    fn running(&self) -> Vec<TenantId> {
        self.trees.lock().keys().copied().collect()
    }

    async fn kept(&self) -> Result<Vec<TenantId>> {
        let dcl = self.parts.dcl.clone();
        tokio::task::spawn_blocking(move || dcl.kept())
            .await
            .map_err(|e| Error::internal("host.kept", "the folder of the views could not be looked at").source(e))
    }

    async fn forget(&self, scope: &Scope) -> Result<()> {
        self.silence(scope).await?;
        self.parts.dcl.erase(scope).await
    }
}

/// What whoever needs the actors of a tenant of another node is told.
fn elsewhere() -> Error {
    Error::unavailable("tenant.moving", "The tenant is on its way from one node to another.")
        .remedy("Try again in a moment.")
}

/// Starts a tenant anew when its pause is over. What cannot even start is tried again after as long. (Boxed, because what
/// it starts may be taken out, which ends in this again.)
fn come_back(host: Weak<Host>, scope: Scope, pause: Duration) -> BoxFuture<'static, ()> {
    async move {
        loop {
            tokio::time::sleep(pause).await;
            let Some(host) = host.upgrade() else { return };
            match host.resume(&scope).await {
                Ok(()) => return,
                Err(error) => tracing::warn!(error = error.chain(), "a tenant that was taken out did not start"),
            }
        }
    }
    .boxed()
}
