//! Every kind of work: how it is begun, and by whom it is done.
//!
//! Work that is rows and nothing else is done at once, in the transaction that claims it ([`AT_ONCE`]). An errand is done
//! beside the runner and dropped when it is to stop, at whatever it waits for: what it has not saved never happened. The
//! rest is done by the part of the tenant that it concerns, which ends it and listens to [`Stop`](super::stop::Stop).
//! Every kind can be begun twice.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Task, Tx};
use autonomos_runtime::{Error, Result};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::bulk_mapping;
use crate::archive;
use crate::dcl::connect;
use crate::playbook::conductor;
use crate::tenant::Desk;

/// Nothing at all, for measuring.
pub const NOOP: &str = "noop";
/// Takes a slot for as long as it says, and does nothing else.
pub const WAIT: &str = "wait";
/// How long at most.
pub const LONGEST_WAIT: u64 = 3_600_000;
const PLAYBOOK: &str = "playbook";

/// Kinds that are done in the transaction that claims them.
pub const AT_ONCE: &[&str] = &[NOOP, PLAYBOOK];

/// Does one of them.
pub async fn at_once(tx: &mut dyn Tx, task: &Task) -> Result<Value> {
    match task.kind.as_str() {
        PLAYBOOK => conductor::begin_named(tx, task).await,
        _ => Ok(json!({})),
    }
}

/// How work was begun.
pub enum Begun {
    /// Somebody else has it, and ends it.
    Elsewhere,
    /// It is done by whoever polls this.
    Errand(BoxFuture<'static, Result<Value>>),
    /// It is done.
    Done(Value),
}

/// Begins the work of a task that has its slot.
pub fn begin(desk: &Arc<Desk>, asked: &Task) -> Result<Begun> {
    let (desk, id, payload) = (desk.clone(), asked.id, asked.payload.clone());
    match asked.kind.as_str() {
        "sync" => {
            // A connector that is between two incarnations looks for its task by itself when it is back.
            let handed = desk.connector(connection_of(asked)?).sync(id);
            handed.or_else(|error| if error.retryable() { Ok(()) } else { Err(error) })?;
            Ok(Begun::Elsewhere)
        }
        "replay" => desk.connector(connection_of(asked)?).replay(id).map(|()| Begun::Elsewhere),
        "rebuild" => desk.materializer().rebuild(id).map(|()| Begun::Elsewhere),
        "agent" => {
            let agent = payload["agent"].as_str().unwrap_or_default();
            desk.agents().run(agent)?;
            Ok(Begun::Done(json!({"agent": agent})))
        }
        archive::TASK => Ok(Begun::Errand(async move { archive::run(&desk, id).await }.boxed())),
        bulk_mapping::TASK => Ok(Begun::Errand(async move { bulk_mapping::run(&desk, id).await }.boxed())),
        connect::TASK => Ok(Begun::Errand(async move { connect::run(&desk, payload).await }.boxed())),
        WAIT => Ok(Begun::Errand(wait(payload["ms"].as_u64().unwrap_or(0)).boxed())),
        other => Err(Error::invalid("task.unknown_kind", format!("There is no task of kind {other}."))
            .field("/kind")
            .remedy("Use noop or wait; sync, rebuild, replay, connect and agent are made by their own routes.")),
    }
}

/// Whether whoever has a task of this kind is somebody else than its runner.
pub fn is_elsewhere(kind: &str) -> bool {
    matches!(kind, "sync" | "replay" | "rebuild")
}

async fn wait(ms: u64) -> Result<Value> {
    tokio::time::sleep(Duration::from_millis(ms.min(LONGEST_WAIT))).await;
    Ok(json!({"ms": ms}))
}

fn connection_of(task: &Task) -> Result<ConnectionId> {
    task.connection_id.ok_or_else(|| Error::invalid("task.no_connection", "The task names no connection."))
}
