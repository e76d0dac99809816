//! What the supervision kit tells about a tenant's tree becomes rows and facts: a quarantined connector is shown on its
//! connection, and its task fails with the reason. That the tree cannot go on is told to whoever runs it.
//!
//! The kit calls between two messages and must not wait, so each report becomes a small piece of work of its own. One
//! that is lost with the process costs a line on a page: the next start begins with everybody running.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::Result;
use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{ConnectionState, TaskOutcome};
use autonomos_runtime::supervision::{Key, Reports, Task, task};
use parking_lot::Mutex;

use super::{Desk, tree};

/// Why a tree cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Its parts failed too often; with the words of the last failure.
    Suspended(String),
    /// The tenant's data is written under another ownership.
    Fenced,
}

impl Cause {
    /// In words, for people.
    pub fn why(&self) -> &str {
        match self {
            Self::Suspended(why) => why,
            Self::Fenced => "the tenant's data is written under another ownership",
        }
    }

    /// In one word, for metrics.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Suspended(_) => "suspended",
            Self::Fenced => "fenced",
        }
    }
}

/// See the module.
pub struct TenantReports {
    desk: Arc<Desk>,
    /// Told that the tree cannot go on; may be told twice.
    over: Box<dyn Fn(Cause) + Send + Sync>,
    /// Work under way; finished pieces are dropped when the next one comes.
    pending: Mutex<Vec<Task<()>>>,
}

impl std::fmt::Debug for TenantReports {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantReports")
    }
}

impl TenantReports {
    /// For one tree. `over` is called between two messages and must not wait.
    pub fn new(desk: Arc<Desk>, over: impl Fn(Cause) + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { desk, over: Box::new(over), pending: Mutex::default() })
    }

    fn spawn(&self, work: impl Future<Output = Result<()>> + Send + 'static) {
        let mut pending = self.pending.lock();
        pending.retain(|task| !task.is_finished());
        pending.push(task(async move {
            if let Err(error) = work.await {
                tracing::warn!(error = error.chain(), "a report about a tenant's tree could not be kept");
            }
        }));
    }
}

fn connection_of(key: &Key) -> Option<ConnectionId> {
    key.path().strip_prefix("connectors/")?.parse().ok()
}

impl Reports for TenantReports {
    fn failed(&self, key: &Key, kind: &'static str, error: &str, again_in: Duration) {
        tracing::warn!(actor = key.path(), error, ?again_in, "an actor failed and starts again");
        self.desk.publish(Fact::actor_state(key.path(), kind, "backing_off", Some(error)));
    }

    fn quarantined(&self, key: &Key, kind: &'static str, error: &str) {
        tracing::error!(actor = key.path(), error, "an actor is quarantined");
        self.desk.publish(Fact::actor_state(key.path(), kind, "quarantined", Some(error)));
        if let Some(id) = connection_of(key) {
            self.spawn(quarantine(self.desk.clone(), id, error.to_owned()));
        }
    }

    fn released(&self, key: &Key, kind: &'static str) {
        self.desk.publish(Fact::actor_state(key.path(), kind, "running", None));
    }

    fn suspended(&self, key: &Key, error: &str) {
        tracing::error!(actor = key.path(), error, "a tenant's tree is suspended");
        if *key == tree::root(&self.desk) {
            // Whoever takes the tree out says so when it is.
            (self.over)(Cause::Suspended(error.to_owned()));
        } else {
            self.desk.publish(Fact::actor_state(key.path(), "supervisor", "suspended", Some(error)));
        }
    }

    fn fenced(&self, key: &Key) {
        tracing::warn!(actor = key.path(), "an actor found that the tenant is owned by somebody else");
        (self.over)(Cause::Fenced);
    }
}

async fn quarantine(desk: Arc<Desk>, id: ConnectionId, error: String) -> Result<()> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let cause = error.trim_end_matches('.');
    let said = format!("The connector failed too often and was stopped: {cause}. Mend the cause, then resume it.");
    tx.set_connection_state(id, ConnectionState::Quarantined, Some(said)).await?;
    let running = tx.running_tasks().await?.into_iter().filter(|task| task.connection_id == Some(id));
    let why = serde_json::json!({
        "code": "connection.quarantined",
        "message": "The connector failed too often and was stopped.",
        "remedy": "Look at the connection's last error, mend the cause, then resume it.",
    });
    let failed = running.map(|t| (t.id, TaskOutcome::Failed(why.clone()))).collect();
    tx.finish_tasks(desk.epoch, failed).await?;
    tx.save().await?;
    desk.publish(Fact::connector_state(id, "quarantined"));
    desk.tasks().wake();
    Ok(())
}
