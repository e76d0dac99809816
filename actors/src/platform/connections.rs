//! Connections: made, edited, read, paused, told to drift.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::store::{
    Connection, ConnectionState, ConnectionUpdate, NewAudit, NewConnection as NewRow, Paged, Stream,
};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::shapes::{
    CheckReport, Confirmed, ConnectionPatch, ConnectionView, DemoDrift, DiscoveredStream, NewConnection, Preview,
};
use super::{Listing, Platform, limits, rows};
use crate::connector::source::Limits;
use crate::connector::{catalog, credentials, preview};
use crate::drift::policy::{DEFAULTS, Policy};
use crate::flags::Flag;
use crate::task::work;

impl Platform {
    /// Checks the settings, seals their secrets, makes the connection and starts its connector.
    pub async fn create_connection(&self, scope: &Scope, new: NewConnection) -> Result<ConnectionView> {
        let name = new.name.trim();
        if name.is_empty() || name.len() > 200 {
            return Err(Error::invalid("connection.bad_name", "A connection needs a name of 1 to 200 characters.")
                .field("/name"));
        }
        catalog::validate(&new.kind, &new.config)?;
        check_policy(new.policy.as_ref())?;
        // The tree runs before the row is there, or it would start the connector by itself and this a second one.
        self.desk(scope).await?;
        let parts = self.parts();
        let id = ConnectionId::new(parts.ambient());
        let config = credentials::seal(&parts.vault.of(scope).await?, id, &new.kind, new.config, None)?;
        let row = NewRow {
            id: Some(id),
            name: name.to_owned(),
            system: catalog::system_of(&new.kind, &config),
            kind: new.kind,
            config,
            policy: new.policy.unwrap_or_else(|| json!({})),
            safe_mode: new.safe_mode,
        };
        let mut tx = parts.store.begin(scope).await?;
        limits::connection(tx.as_mut(), &parts.config).await?;
        let connection = tx.create_connection(row).await?;
        tx.append_audit(NewAudit::new("connection.create", "connection", id).after(noted(&connection))).await?;
        tx.save().await?;
        self.host.add_connector(scope, id).await?;
        parts.bus.publish(scope, Fact::connector_state(id, "pending").with("name", connection.name.clone()));
        Ok(self.shown(connection, Vec::new()))
    }

    /// A connection as its tenant sees it.
    fn shown(&self, connection: Connection, streams: Vec<Stream>) -> ConnectionView {
        let masked = credentials::masked(&connection);
        rows::connection(connection, streams, masked, self.parts().config.connector.safe_mode_rows)
    }

    /// One connection.
    pub async fn connection(&self, scope: &Scope, id: ConnectionId) -> Result<ConnectionView> {
        let mut tx = self.parts().store.read(scope).await?;
        let connection = tx.connection(id).await?;
        let streams = tx.streams(id).await?;
        Ok(self.shown(connection, streams))
    }

    /// The tenant's connections.
    pub async fn connections(&self, scope: &Scope, listing: Listing) -> Result<Paged<ConnectionView>> {
        let mut tx = self.parts().store.read(scope).await?;
        let found = tx.connections(listing.state()?, &listing.page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for connection in found.items {
            let streams = tx.streams(connection.id).await?;
            items.push(self.shown(connection, streams));
        }
        Ok(Paged { items, next_cursor: found.next_cursor })
    }

    /// Changes a connection; `version` is what the caller saw, if it says so.
    pub async fn update_connection(
        &self,
        scope: &Scope,
        id: ConnectionId,
        version: Option<i64>,
        patch: ConnectionPatch,
    ) -> Result<ConnectionView> {
        check_policy(patch.policy.as_ref())?;
        let parts = self.parts();
        let sealer = parts.vault.of(scope).await?;
        let mut tx = parts.store.begin(scope).await?;
        let now = tx.connection(id).await?;
        if patch.safe_mode.is_some_and(|wanted| wanted != now.safe_mode) {
            let remedy = if now.safe_mode {
                "Look at what was read, then POST /api/v1/aam/connections/{id}/confirm."
            } else {
                "Make another connection with safe_mode, or pause this one."
            };
            return Err(Error::conflict("connection.safe_mode", "Safe Mode is not changed by an edit.")
                .field("/safe_mode")
                .remedy(remedy));
        }
        let config = match patch.config {
            Some(config) => {
                let sealed = credentials::seal(&sealer, id, &now.kind, config, Some(&now.config))?;
                catalog::validate(&now.kind, &credentials::masked_value(&sealed))?;
                Some(sealed)
            }
            None => None,
        };
        let system = config.as_ref().and_then(|c| catalog::system_of(&now.kind, c));
        let change = ConnectionUpdate { name: patch.name, config, policy: patch.policy, system, safe_mode: None };
        let changed = tx.update_connection(id, change, version).await?;
        let note = NewAudit::new("connection.update", "connection", id).before(noted(&now)).after(noted(&changed));
        tx.append_audit(note).await?;
        tx.save().await?;
        self.desk(scope).await?.connector(id).wake();
        self.connection(scope, id).await
    }

    /// Leaves Safe Mode: what is read from here on is read whole, and repairs apply as the policy says. Reading goes on from
    /// where it stands. `version` is what the caller saw, if it says so.
    pub async fn confirm(&self, scope: &Scope, id: ConnectionId, version: Option<i64>) -> Result<Confirmed> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.connection(id).await?;
        if !before.safe_mode {
            return Err(Error::conflict("connection.not_in_safe_mode", "The connection is not in Safe Mode.")
                .remedy("There is nothing to confirm; it reads on by itself."));
        }
        let change = ConnectionUpdate { safe_mode: Some(false), ..ConnectionUpdate::default() };
        let connection = tx.update_connection(id, change, version).await?;
        let runs = !matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined);
        // In one transaction with the change: a read under way either sees it before it ends, or this task comes after it.
        let task = if runs { Some(tx.create_task(work::sync(id)).await?.id) } else { None };
        let note = NewAudit::new("connection.confirm", "connection", id).before(noted(&before));
        tx.append_audit(note.after(noted(&connection))).await?;
        tx.save().await?;
        desk.publish(Fact::connector_state(id, connection.state.as_str()).with("safe_mode", false));
        desk.tasks().wake();
        Ok(Confirmed { connection: self.connection(scope, id).await?, task_id: task })
    }

    /// Stops and removes a connection; its records are purged from log and views.
    pub async fn delete_connection(&self, scope: &Scope, id: ConnectionId) -> Result<()> {
        let mut tx = self.parts().store.read(scope).await?;
        let connection = tx.connection(id).await?;
        drop(tx);
        let desk = self.desk(scope).await?;
        self.host.remove_connector(scope, id).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        tx.delete_connection(id, desk.epoch).await?;
        tx.append_audit(NewAudit::new("connection.delete", "connection", id).before(noted(&connection))).await?;
        tx.save().await?;
        desk.materializer().wake();
        desk.publish(Fact::connector_state(id, "deleted"));
        Ok(())
    }

    /// Asks for a sync now; one that is queued already is the answer.
    pub async fn sync_now(&self, scope: &Scope, id: ConnectionId) -> Result<TaskId> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let connection = tx.connection(id).await?;
        if matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined) {
            let state = connection.state;
            return Err(Error::conflict("connection.not_running", format!("The connection is {}.", state.as_str()))
                .remedy("Resume it, then sync."));
        }
        if !Flag::AamAsSource.is_on(tx.as_mut()).await? {
            return Err(Error::conflict("flag.off", format!("{} is off: nothing is read.", Flag::AamAsSource.name()))
                .remedy("Switch it on with POST /api/v1/admin/feature-flags/toggle."));
        }
        let task = tx.create_task(work::sync(id)).await?;
        let note = NewAudit::new("connection.sync", "connection", id).after(json!({"task_id": task.id}));
        tx.append_audit(note).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(task.id)
    }

    /// Sets the cursors of one stream, or of all, back to the start and asks for a sync. What is read again is known by its
    /// keys, so it doubles nothing.
    pub async fn rewind(&self, scope: &Scope, id: ConnectionId, stream: Option<&str>) -> Result<TaskId> {
        let mut tx = self.parts().store.begin(scope).await?;
        tx.connection(id).await?;
        let streams = tx.streams(id).await?;
        let chosen: Vec<&str> = streams
            .iter()
            .map(|s| s.name.as_str())
            .filter(|name| stream.is_none_or(|wanted| wanted == *name))
            .collect();
        if chosen.is_empty() {
            return Err(Error::not_found("stream.unknown", "The connection has no such stream yet.")
                .field("/stream")
                .remedy("Sync the connection once; GET the connection for its streams."));
        }
        for name in &chosen {
            tx.rewind_stream(id, name, None).await?;
        }
        let note = NewAudit::new("connection.rewind", "connection", id).after(json!({"streams": chosen}));
        tx.append_audit(note).await?;
        tx.save().await?;
        self.sync_now(scope, id).await
    }

    /// Reads no more until resumed.
    pub async fn pause(&self, scope: &Scope, id: ConnectionId) -> Result<ConnectionView> {
        self.move_to(scope, id, "connection.pause", ConnectionState::Paused).await?;
        self.desk(scope).await?.connector(id).wake();
        self.connection(scope, id).await
    }

    /// Reads again; also leads out of quarantine.
    pub async fn resume(&self, scope: &Scope, id: ConnectionId) -> Result<ConnectionView> {
        self.move_to(scope, id, "connection.resume", ConnectionState::Active).await?;
        self.host.release_connector(scope, id).await?;
        self.connection(scope, id).await
    }

    async fn move_to(&self, scope: &Scope, id: ConnectionId, action: &str, state: ConnectionState) -> Result<()> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.connection(id).await?.state;
        tx.set_connection_state(id, state, None).await?;
        let note = NewAudit::new(action, "connection", id);
        tx.append_audit(note.before(json!({"state": before})).after(json!({"state": state}))).await?;
        tx.save().await?;
        self.parts().bus.publish(scope, Fact::connector_state(id, state.as_str()));
        Ok(())
    }

    /// Whether settings reach their source, before or after a connection is made from them.
    pub async fn check_settings(&self, scope: &Scope, kind: &str, config: &Value) -> Result<CheckReport> {
        catalog::validate(kind, config)?;
        let id = ConnectionId::new(self.parts().ambient());
        let source = catalog::open_plain(self.parts(), scope, kind, id, config)?;
        Ok(report(source.check(scope).await))
    }

    /// Whether a connection reaches its source.
    pub async fn check(&self, scope: &Scope, id: ConnectionId) -> Result<CheckReport> {
        let source = catalog::open(self.parts(), scope, &self.row(scope, id).await?).await?;
        Ok(report(source.check(scope).await))
    }

    /// Streams the source offers.
    pub async fn discover(&self, scope: &Scope, id: ConnectionId) -> Result<Vec<DiscoveredStream>> {
        let source = catalog::open(self.parts(), scope, &self.row(scope, id).await?).await?;
        let streams = source.discover(scope).await?;
        Ok(streams
            .into_iter()
            .map(|s| DiscoveredStream { fingerprint: s.schema.fingerprint(), name: s.name, schema: s.schema })
            .collect())
    }

    /// First rows of a stream, as the source holds them.
    pub async fn preview(&self, scope: &Scope, id: ConnectionId, stream: &str, limit: u32) -> Result<Preview> {
        let source = catalog::open(self.parts(), scope, &self.row(scope, id).await?).await?;
        let limits = Limits::of(&self.parts().config.connector);
        preview::preview(source.as_ref(), scope, stream, limit.clamp(1, 500), &limits).await
    }

    async fn row(&self, scope: &Scope, id: ConnectionId) -> Result<Connection> {
        self.parts().store.read(scope).await?.connection(id).await
    }

    /// Tells a demo source to change its schema; a conflict for any other type.
    pub async fn demo_drift(&self, scope: &Scope, id: ConnectionId, drift: DemoDrift) -> Result<Value> {
        let connection = self.row(scope, id).await?;
        if connection.kind != "demo" {
            return Err(Error::conflict("connection.not_a_demo", "Only demo sources can be told to drift.")
                .remedy("Make a connection of type demo and drift that one."));
        }
        let state = catalog::drift_demo(self.parts(), scope, &connection, drift).await?;
        self.sync_now(scope, id).await?;
        Ok(state)
    }
}

/// What the audit keeps of a connection: everything a person can set, secrets masked.
pub(super) fn noted(connection: &Connection) -> Value {
    json!({
        "name": connection.name, "type": connection.kind, "config": credentials::masked(connection),
        "policy": connection.policy, "state": connection.state, "safe_mode": connection.safe_mode,
        "version": connection.version,
    })
}

fn report(checked: Result<crate::connector::source::Checked>) -> CheckReport {
    match checked {
        Ok(checked) => CheckReport { ok: true, message: Some(checked.summary) },
        Err(error) => {
            let message =
                error.remedy.as_ref().map_or_else(|| error.message.to_string(), |r| format!("{} {r}", error.message));
            CheckReport { ok: false, message: Some(message) }
        }
    }
}

/// A policy names what it speaks of, so that a slip is not silently without effect.
pub(super) fn check_policy(policy: Option<&Value>) -> Result<()> {
    let bad = |field: &str, what: String| {
        Error::invalid("connection.bad_policy", what).field(format!("/policy/{field}")).remedy(
            "Name a kind of drift (added, removed, renamed, retyped, ...) with propagate, propose, quarantine or stop; every_seconds with a number.",
        )
    };
    let Some(policy) = policy.filter(|p| !p.is_null()) else { return Ok(()) };
    let Some(fields) = policy.as_object() else { return Err(bad("", "The policy is not an object.".to_owned())) };
    for (name, value) in fields {
        let good = match name.as_str() {
            "every_seconds" => value.as_f64().is_some_and(|s| s >= 0.0),
            kind if DEFAULTS.iter().any(|(name, _)| *name == kind) => {
                value.as_str().is_some_and(|w| Policy::parse(w).is_some())
            }
            _ => return Err(bad(name, format!("A policy has no {name}."))),
        };
        if !good {
            return Err(bad(name, format!("{value} is no value for {name}.")));
        }
    }
    Ok(())
}
