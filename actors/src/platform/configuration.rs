//! The tenant's configuration as one document: written out, and applied.
//!
//! Applying is one transaction: a document that cannot be carried out whole changes nothing. What it changes is noted for
//! the audit like the same change by hand.

use std::collections::{BTreeMap, BTreeSet};

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::mapping::Origin;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::secrets::TenantSealer;
use autonomos_runtime::store::{
    Connection, ConnectionState, ConnectionUpdate, NewAudit, NewConnection, NewStream, Page, Schedule, Stream,
    StreamState, StreamUpdate, Tx,
};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::connections::{check_policy, noted};
use super::rows::MASK;
use super::schedules::{self, NewSchedule};
use super::shapes::{ApplyConfiguration, ConfigurationApplied};
use super::{Platform, four_eyes, limits};
use crate::agent::definition::Definition;
use crate::configuration::plan::same_rules;
use crate::configuration::secret::{self, Given};
use crate::configuration::{AccessRules, Change, ConnectionDoc, Document, MappingDoc, ScheduleDoc, StreamDoc, plan};
use crate::connector::{catalog, credentials};
use crate::flags::{Flag, PREFIX};
use crate::repair::carry_out::{self, Repair};
use crate::schedule::Missed;

/// What is there: as a document, its secrets masked, and the rows behind it, by name.
struct There {
    document: Document,
    rows: BTreeMap<String, Connection>,
    schedules: Vec<Schedule>,
    /// Flags that somebody set; the document has how every one stands.
    set: BTreeSet<String>,
}

/// What has to be told once everything is saved.
#[derive(Default)]
struct Done {
    made: Vec<(ConnectionId, String)>,
    touched: BTreeSet<ConnectionId>,
    facts: Vec<Fact>,
}

impl Platform {
    /// The configuration as YAML, with where each stream stands unless `cursors` is false.
    pub async fn export_configuration(&self, scope: &Scope, cursors: bool) -> Result<String> {
        let mut tx = self.parts().store.read(scope).await?;
        let There { mut document, set, .. } = there(tx.as_mut()).await?;
        drop(tx);
        document.flags.retain(|name, _| set.contains(name));
        document.agents = Definition::shipped().iter().map(|agent| agent.id.clone()).collect();
        let mut used = BTreeSet::new();
        for connection in &mut document.connections {
            let name = connection.name.clone();
            for (setting, value) in connection.config.as_object_mut().into_iter().flatten() {
                if *value == MASK && credentials::is_secret(setting) {
                    let plain = secret::name(&name, setting);
                    let free = (1..).map(|n| if n == 1 { plain.clone() } else { format!("{plain}_{n}") });
                    // Names of two connections may come to the same.
                    let name = free.into_iter().find(|name| !used.contains(name)).unwrap_or(plain);
                    *value = secret::reference(&name).into();
                    used.insert(name);
                }
            }
            if !cursors {
                connection.streams.iter_mut().for_each(|stream| stream.cursor = None);
            }
        }
        document.write()
    }

    /// Makes the tenant as a document says, or tells what there would be to do.
    pub async fn apply_configuration(
        &self,
        scope: &Scope,
        asked: ApplyConfiguration,
        dry_run: bool,
    ) -> Result<ConfigurationApplied> {
        let mut wanted = Document::read(&asked.document, &self.parts().vocabulary)?;
        let given = Given::new(asked.secrets);
        // The tree runs before rows are there, or it would start their connectors by itself and this a second time.
        self.desk(scope).await?;
        let sealer = self.parts().vault.of(scope).await?;
        let store = &self.parts().store;
        let mut tx = if dry_run { store.read(scope).await? } else { store.begin(scope).await? };
        let there = there(tx.as_mut()).await?;
        let mut missing = BTreeSet::new();
        for (at, connection) in wanted.connections.iter_mut().enumerate() {
            let row = there.rows.get(&connection.name);
            Self::resolve(&sealer, connection, row, &given, &mut missing)?;
            let placed = |e: Error| {
                let inner = e.field.clone().unwrap_or_default();
                e.field(format!("/connections/{at}{inner}"))
            };
            catalog::validate(&connection.kind, &connection.config).map_err(placed)?;
            check_policy(Some(&connection.policy)).map_err(placed)?;
        }
        for (at, doc) in wanted.schedules.iter().enumerate() {
            doc.trigger.understood(self.parts().ambient().now()).map_err(|e| placed(e, at))?;
            Missed::named(&doc.missed).map_err(|e| placed(e, at))?;
        }
        let changes = plan(&there.document, &wanted)?;
        let named: BTreeSet<&String> = wanted.connections.iter().map(|c| &c.name).collect();
        let left_alone = there.rows.keys().filter(|name| !named.contains(name)).cloned().collect();
        let secrets: Vec<String> = missing.into_iter().collect();
        if dry_run {
            return Ok(ConfigurationApplied { dry_run, changes, left_alone, secrets });
        }
        if !secrets.is_empty() {
            let names = secrets.join(", ");
            return Err(Error::invalid(
                "config.secrets_missing",
                format!("secrets are needed that were not given: {names}"),
            )
            .field("/secrets")
            .remedy(format!("Give {names}: `autonomos apply` takes them from its environment.")));
        }
        let done = self.carry_out(&sealer, tx.as_mut(), &there, &wanted, &changes).await?;
        let after = json!({"changes": changes});
        tx.append_audit(NewAudit::new("config.apply", "tenant", scope.tenant()).after(after)).await?;
        tx.save().await?;
        self.tell(scope, done).await?;
        Ok(ConfigurationApplied { dry_run, changes, left_alone, secrets })
    }

    /// Puts secrets in the places of their names; the mask where the one that is there stays.
    fn resolve(
        sealer: &TenantSealer,
        wanted: &mut ConnectionDoc,
        row: Option<&Connection>,
        given: &Given,
        missing: &mut BTreeSet<String>,
    ) -> Result<()> {
        let opened = match row {
            Some(row) => credentials::open(sealer, row.id, &row.config)?,
            None => Value::Null,
        };
        let of = wanted.name.clone();
        for (setting, value) in wanted.config.as_object_mut().into_iter().flatten() {
            let Some(text) = value.as_str().filter(|_| credentials::is_secret(setting)) else { continue };
            let name =
                if text == MASK { Some(secret::name(&of, setting)) } else { secret::referred(text).map(str::to_owned) };
            let told = match &name {
                Some(name) => given.get(name).map(str::to_owned),
                None => Some(text.to_owned()),
            };
            let known = opened.get(setting).and_then(Value::as_str);
            *value = match (told, known) {
                (Some(told), known) if known != Some(told.as_str()) => told.into(),
                (_, Some(_)) => MASK.into(),
                (_, None) => {
                    missing.extend(name);
                    MASK.into()
                }
            };
        }
        Ok(())
    }

    async fn carry_out(
        &self,
        sealer: &TenantSealer,
        tx: &mut dyn Tx,
        there: &There,
        wanted: &Document,
        changes: &[Change],
    ) -> Result<Done> {
        let mut done = Done::default();
        for change in changes {
            match change.kind {
                "access_policy" => set_access(tx, there, wanted).await?,
                "flag" => done.facts.push(set_flag(tx, there, wanted, &change.subject).await?),
                "connection" => {
                    let asked = wanted.connections.iter().find(|c| c.name == change.subject);
                    if let Some(asked) = asked {
                        self.put_connection(sealer, tx, there.rows.get(&change.subject), asked, &mut done).await?;
                    }
                }
                // Streams and rules stand beneath their connections.
                _ => {}
            }
        }
        for change in changes.iter().filter(|change| change.kind == "schedule") {
            self.put_schedule(tx, there, wanted, &change.subject).await?;
        }
        for asked in &wanted.connections {
            let made = done.made.iter().find(|(_, name)| *name == asked.name).map(|(id, _)| *id);
            let Some(id) = made.or_else(|| there.rows.get(&asked.name).map(|row| row.id)) else { continue };
            let known = tx.streams(id).await?;
            for stream in &asked.streams {
                let there = known.iter().find(|s| s.name == stream.name);
                self.put_stream(tx, id, there, stream, &mut done).await?;
            }
        }
        Ok(done)
    }

    /// Makes a schedule, or makes it as it is wanted; after the connections that it may name.
    async fn put_schedule(&self, tx: &mut dyn Tx, there: &There, wanted: &Document, name: &str) -> Result<()> {
        let Some((at, doc)) = wanted.schedules.iter().enumerate().find(|(_, doc)| doc.name == name) else {
            return Ok(());
        };
        let asked = NewSchedule {
            name: doc.name.clone(),
            trigger: doc.trigger.clone(),
            task: doc.task.clone(),
            missed: Some(doc.missed.clone()),
            paused: doc.paused,
        };
        let row = schedules::checked(tx, &asked, self.parts().ambient().now()).await.map_err(|e| placed(e, at))?;
        match there.schedules.iter().find(|row| row.name == name) {
            Some(before) => schedules::replace(tx, before, row, None).await?,
            None => schedules::create(tx, row).await?,
        };
        Ok(())
    }

    async fn put_connection(
        &self,
        sealer: &TenantSealer,
        tx: &mut dyn Tx,
        there: Option<&Connection>,
        asked: &ConnectionDoc,
        done: &mut Done,
    ) -> Result<()> {
        let parts = self.parts();
        let id = there.map_or_else(|| ConnectionId::new(parts.ambient()), |row| row.id);
        let before = there.map(|row| &row.config);
        let config = credentials::seal(sealer, id, &asked.kind, asked.config.clone(), before)?;
        let system = catalog::system_of(&asked.kind, &config);
        let policy = asked.policy.clone();
        let Some(row) = there else {
            let new = NewConnection {
                id: Some(id),
                name: asked.name.clone(),
                kind: asked.kind.clone(),
                config,
                policy,
                system,
                safe_mode: asked.safe_mode,
            };
            limits::connection(tx, &parts.config).await?;
            let made = tx.create_connection(new).await?;
            if asked.paused {
                tx.set_connection_state(id, ConnectionState::Paused, None).await?;
            }
            tx.append_audit(NewAudit::new("connection.create", "connection", id).after(noted(&made))).await?;
            done.made.push((id, asked.name.clone()));
            let state = if asked.paused { ConnectionState::Paused } else { ConnectionState::Pending };
            done.facts.push(Fact::connector_state(id, state.as_str()).with("name", asked.name.clone()));
            return Ok(());
        };
        let change =
            ConnectionUpdate { config: Some(config), policy: Some(policy), system, ..ConnectionUpdate::default() };
        tx.update_connection(id, change, None).await?;
        if asked.paused != (row.state == ConnectionState::Paused) {
            let state = if asked.paused { ConnectionState::Paused } else { ConnectionState::Active };
            tx.set_connection_state(id, state, None).await?;
            done.facts.push(Fact::connector_state(id, state.as_str()));
        }
        let changed = tx.connection(id).await?;
        let note = NewAudit::new("connection.update", "connection", id).before(noted(row));
        tx.append_audit(note.after(noted(&changed))).await?;
        done.touched.insert(id);
        Ok(())
    }

    async fn put_stream(
        &self,
        tx: &mut dyn Tx,
        id: ConnectionId,
        there: Option<&Stream>,
        asked: &StreamDoc,
        done: &mut Done,
    ) -> Result<()> {
        let reads = there.is_none_or(|row| row.state != StreamState::Disabled);
        if there.is_none() {
            let (name, object) = (asked.name.clone(), asked.object.clone());
            tx.ensure_stream(NewStream { connection_id: id, name, object, schema: None }).await?;
            if let Some(cursor) = &asked.cursor {
                tx.rewind_stream(id, &asked.name, Some(cursor.clone())).await?;
            }
            done.touched.insert(id);
        }
        if reads != asked.read {
            let state = if asked.read {
                (StreamState::Active, None)
            } else {
                (StreamState::Disabled, Some("switched off by the configuration".to_owned()))
            };
            tx.update_stream(id, &asked.name, StreamUpdate { state: Some(state), ..StreamUpdate::default() }).await?;
            let note = NewAudit::new("stream.update", "stream", format!("{id}/{}", asked.name));
            tx.append_audit(note.before(json!({"read": reads})).after(json!({"read": asked.read}))).await?;
            done.touched.insert(id);
        }
        let Some(rules) = &asked.mapping else { return Ok(()) };
        let active = tx.active_mapping(id, &asked.name).await?;
        if active.as_ref().is_some_and(|active| same_rules(&MappingDoc::of(&active.mapping), rules)) {
            return Ok(());
        }
        let repair = Repair {
            connection: id,
            stream: &asked.name,
            mapping: rules.rules(&self.parts().vocabulary)?,
            expected_version: active.map_or(0, |active| active.version),
            from_seq: 1,
            drifts: Vec::new(),
            origin: Origin::Imported,
            reason: "applied from a document".to_owned(),
            revert: false,
            retracts: Vec::new(),
        };
        let version = carry_out::adopt(tx, None, repair).await?;
        let told = Fact::new(Topic::AamMapped, json!({"stream": asked.name})).about("connection", id).version(version);
        done.facts.push(told);
        done.touched.insert(id);
        Ok(())
    }

    async fn tell(&self, scope: &Scope, done: Done) -> Result<()> {
        let desk = self.desk(scope).await?;
        for (id, _) in &done.made {
            self.host.add_connector(scope, *id).await?;
        }
        for fact in done.facts {
            desk.publish(fact);
        }
        for id in done.touched {
            desk.connector(id).wake();
        }
        desk.materializer().wake();
        desk.schedules().wake();
        Ok(())
    }
}

/// What is wrong with a schedule, where it stands in the document.
fn placed(error: Error, at: usize) -> Error {
    let inner = error.field.clone().unwrap_or_default();
    error.field(format!("/schedules/{at}{inner}"))
}

/// Reads everything that a document can say.
async fn there(tx: &mut dyn Tx) -> Result<There> {
    let mut document = Document::empty();
    document.access_policy = Some(AccessRules { four_eyes: four_eyes::wanted(tx).await? });
    let set = tx.settings(PREFIX).await?.into_iter().filter_map(|row| Some(row.key.strip_prefix(PREFIX)?.to_owned()));
    let set: BTreeSet<String> = set.collect();
    for flag in Flag::ALL {
        document.flags.insert(flag.name().to_owned(), flag.is_on(tx).await?);
    }
    let mut rows = BTreeMap::new();
    let mut page = Page::first(1000);
    loop {
        let found = tx.connections(None, &page).await?;
        rows.extend(found.items.into_iter().map(|row| (row.name.clone(), row)));
        match found.next_cursor {
            Some(next) => page = Page::asked(Some(1000), Some(&next))?,
            None => break,
        }
    }
    for row in rows.values() {
        let rules = tx.active_mappings(row.id).await?;
        let streams = tx.streams(row.id).await?.into_iter().map(|stream| StreamDoc {
            mapping: rules.iter().find(|r| r.stream == stream.name).map(|r| MappingDoc::of(&r.mapping)),
            read: stream.state != StreamState::Disabled,
            object: stream.object.filter(|object| *object != stream.name),
            cursor: stream.cursor,
            name: stream.name,
        });
        document.connections.push(ConnectionDoc {
            name: row.name.clone(),
            kind: row.kind.clone(),
            config: credentials::masked(row),
            policy: if row.policy.is_null() { json!({}) } else { row.policy.clone() },
            safe_mode: row.safe_mode,
            paused: row.state == ConnectionState::Paused,
            streams: streams.collect(),
        });
    }
    let mut schedules = schedules::all(tx).await?;
    schedules.sort_by(|a, b| a.name.cmp(&b.name));
    let unreadable = |e| Error::internal("schedule.read", "a schedule cannot be read").source(e);
    for row in &schedules {
        document.schedules.push(ScheduleDoc {
            name: row.name.clone(),
            trigger: serde_json::from_value(row.set_off_by.clone()).map_err(unreadable)?,
            task: serde_json::from_value(row.work.clone()).map_err(unreadable)?,
            missed: row.missed.clone(),
            paused: row.paused,
        });
    }
    Ok(There { document, rows, schedules, set })
}

async fn set_access(tx: &mut dyn Tx, there: &There, wanted: &Document) -> Result<()> {
    let (Some(was), Some(rules)) = (there.document.access_policy, wanted.access_policy) else { return Ok(()) };
    four_eyes::set(tx, was.four_eyes, rules.four_eyes).await
}

async fn set_flag(tx: &mut dyn Tx, there: &There, wanted: &Document, name: &str) -> Result<Fact> {
    let flag = Flag::named(name)?;
    let before = there.document.flags.get(name).copied().unwrap_or(flag.unless_set());
    let on = wanted.flags.get(name).copied().unwrap_or(before);
    flag.set(tx, before, on).await?;
    Ok(Fact::flag_changed(name, on))
}
