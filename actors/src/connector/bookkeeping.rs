//! What rows say of a sync while it goes on and when it ends: the connection's state, and how far the task that asked for
//! it has come or what became of it.
//!
//! Each piece is one transaction, and people are told once it is saved. The cursor is no part of it: that moves with each
//! batch, so a run that ends anywhere, or dies before its end is written, is gone on with where the log stands.

use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::store::{Connection, ConnectionState, DriftFilter, DriftState, Page, TaskOutcome};
use autonomos_runtime::{Error, Result, Timestamp};
use serde_json::json;

use super::reading::Run;
use crate::lineage::outbox;
use crate::task::ending;
use crate::tenant::Desk;

/// Why nothing is read: the tenant has switched reading off.
pub fn switched_off() -> Error {
    Error::conflict("flag.off", "USE_AAM_AS_SOURCE is off: nothing is read.").remedy("Switch it on, then sync again.")
}

/// Why nothing is read: the connection is in a state in which it is not.
pub fn idle(connection: &Connection) -> Error {
    let message = format!("The connection is {}.", connection.state.as_str());
    Error::conflict("connection.not_running", message).remedy("Resume it, then sync again.")
}

/// Tells the task how far the run is; answers whether somebody wants it to stop. A run that no task asked for writes
/// nothing.
pub async fn progress(desk: &Desk, connection: ConnectionId, run: &Run) -> Result<bool> {
    let Some(id) = run.task else {
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        return Ok(tx.connection(connection).await?.state == ConnectionState::Paused);
    };
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let paused = tx.connection(connection).await?.state == ConnectionState::Paused;
    let so_far = json!({"rows": run.rows, "rejected": run.rejected, "streams": run.streams});
    let cancelled = tx.progress_task(id, so_far).await?;
    tx.save().await?;
    desk.publish(Fact::task_state(id, "sync", "in_progress", 1, 0.0).with("rows", run.rows));
    Ok(cancelled || paused)
}

/// The views reflect the whole run; answers the state the connection is left in. None, and nothing is written, when the
/// connection was confirmed while Safe Mode held streams back: whoever did that waits for this run, and the rest is part
/// of it.
pub async fn done(desk: &Desk, connection: ConnectionId, run: &Run) -> Result<Option<ConnectionState>> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let safe = tx.connection(connection).await?.safe_mode;
    if !safe && !run.capped.is_empty() {
        return Ok(None);
    }
    let open = tx
        .drifts(&DriftFilter { connection: Some(connection), ..DriftFilter::default() }, &Page::first(200))
        .await?
        .items
        .iter()
        .any(|d| matches!(d.state, DriftState::Review | DriftState::Quarantined));
    let state = if open { ConnectionState::Drifted } else { ConnectionState::Active };
    tx.set_connection_state(connection, state, None).await?;
    if let Some(id) = run.task {
        let mut result = json!({
            "rows": run.rows, "rejected": run.rejected, "streams": run.streams, "position": run.last_seq,
            "warnings": run.warnings,
        });
        if safe {
            let capped: Vec<&str> = run.capped.iter().map(|s| s.name.as_str()).collect();
            let most = desk.parts.config.connector.safe_mode_rows;
            result["safe_mode"] = json!({"rows_a_stream": most, "capped": capped});
        }
        tx.finish_tasks(desk.epoch, vec![(id, TaskOutcome::Success(result))]).await?;
    }
    if run.task.is_some() || run.rows > 0 {
        outbox::sync(desk, tx.as_mut(), connection, run.began, Some(run.rows), None).await?;
    }
    tx.save().await?;
    desk.exporter().wake();
    desk.publish(
        Fact::connector_state(connection, state.as_str()).with("rows", run.rows).with("rejected", run.rejected),
    );
    if let Some(id) = run.task {
        desk.publish(Fact::task_state(id, "sync", "success", 1, 1.0));
    }
    desk.tasks().wake();
    Ok(Some(state))
}

/// The run ended where it was, because somebody wanted that.
pub async fn stopped(desk: &Desk, connection: ConnectionId, run: &Run) -> Result<()> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    if tx.connection(connection).await?.state == ConnectionState::Syncing {
        tx.set_connection_state(connection, ConnectionState::Active, None).await?;
    }
    if let Some(id) = run.task {
        tx.finish_tasks(desk.epoch, vec![(id, TaskOutcome::Cancelled)]).await?;
    }
    outbox::sync(desk, tx.as_mut(), connection, run.began, None, None).await?;
    tx.save().await?;
    desk.exporter().wake();
    if let Some(id) = run.task {
        desk.publish(Fact::task_state(id, "sync", "cancelled", 1, 0.0));
    }
    desk.tasks().wake();
    Ok(())
}

/// The run ended with an error. What can pass is tried again after the pause, by the task that asked for it.
pub async fn failed(
    desk: &Desk,
    connection: ConnectionId,
    task: Option<TaskId>,
    began: Option<Timestamp>,
    error: &Error,
    pause: Duration,
) -> Result<()> {
    let text = match &error.remedy {
        Some(remedy) => format!("{} {remedy}", error.message),
        None => error.message.to_string(),
    };
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    tx.set_connection_state(connection, ConnectionState::Failed, Some(text)).await?;
    if let Some(id) = task {
        let outcome = ending::failed(error, desk.parts.ambient().now() + pause);
        tx.finish_tasks(desk.epoch, vec![(id, outcome)]).await?;
    }
    let began = began.unwrap_or_else(|| desk.parts.ambient().now());
    outbox::sync(desk, tx.as_mut(), connection, began, None, Some(error)).await?;
    tx.save().await?;
    desk.exporter().wake();
    desk.publish(Fact::connector_state(connection, "failed").with("code", error.code));
    desk.publish(Fact::fetch_failed(connection, "", error.code, &error.message));
    desk.tasks().wake();
    Ok(())
}
