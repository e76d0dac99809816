//! What schedules and playbooks set off: a kind of task and what it is about, by names. Checked when it is said, as far as
//! its shape tells; what it names is looked for when it is made, because sources come and go.

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Connection, ConnectionState, NewTask, Page, Tx};
use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

use crate::agent::definition::Definition;
pub use crate::platform::shapes::Work;

/// Attempts of one task at most.
const ATTEMPTS: u32 = 20;

/// No payload.
pub fn nothing() -> Value {
    json!({})
}

/// Whether a payload says nothing.
pub fn is_nothing(value: &Value) -> bool {
    value.as_object().is_some_and(serde_json::Map::is_empty)
}

/// What a kind needs, and what it may be given besides.
fn needs(kind: &str) -> Option<(&'static [&'static str], &'static [&'static str])> {
    Some(match kind {
        "noop" | "rebuild" => (&[], &[]),
        "sync" => (&["connection"], &[]),
        "agent" => (&["agent"], &[]),
        "playbook" => (&["playbook"], &[]),
        "bulk_mapping" => (&[], &["connections"]),
        _ => return None,
    })
}

impl Work {
    /// Whether it can be meant; `field` is where it stands.
    pub fn check(&self, field: &str) -> Result<()> {
        let wrong = |at: &str, what: String| Error::invalid("work.wrong", what).field(format!("{field}{at}"));
        let Some((needed, more)) = needs(&self.kind) else {
            return Err(wrong("/kind", format!("There is no work of kind {}.", self.kind))
                .remedy("Use sync, agent, rebuild, playbook, bulk_mapping or noop."));
        };
        if self.max_attempts.is_some_and(|attempts| !(1..=ATTEMPTS).contains(&attempts)) {
            return Err(wrong("/max_attempts", format!("A task has 1 to {ATTEMPTS} attempts.")).remedy("Say fewer."));
        }
        let Some(given) = self.payload.as_object() else {
            return Err(wrong("/payload", "What work needs is an object.".into()).remedy("Name each thing it needs."));
        };
        if let Some(unknown) =
            given.keys().find(|name| !needed.contains(&name.as_str()) && !more.contains(&name.as_str()))
        {
            return Err(wrong(&format!("/payload/{unknown}"), format!("{} needs no {unknown}.", self.kind))
                .remedy("Remove it, or correct its name."));
        }
        if let Some(missing) = needed.iter().find(|name| !given.get(**name).is_some_and(Value::is_string)) {
            return Err(wrong(
                &format!("/payload/{missing}"),
                format!("{} needs a {missing}, by its name.", self.kind),
            )
            .remedy("Name it."));
        }
        let texts = |value: &Value| value.as_array().is_some_and(|all| all.iter().all(Value::is_string));
        if given.get("connections").is_some_and(|value| !texts(value)) {
            return Err(wrong("/payload/connections", "Connections are a list of names.".into()).remedy("Name each."));
        }
        if self.kind == "agent"
            && let Some(agent) = self.payload["agent"].as_str()
            && Definition::named(agent).is_none()
        {
            return Err(
                wrong("/payload/agent", format!("There is no agent {agent}.")).remedy("GET /api/v1/agents lists them.")
            );
        }
        Ok(())
    }

    /// The task, with what it names found. `key` is what it is known by while it is not over; work that goes by a key of its
    /// own is not asked for twice.
    pub async fn task(&self, tx: &mut dyn Tx, key: String) -> Result<NewTask> {
        let mut new = NewTask {
            kind: self.kind.clone(),
            payload: self.payload.clone(),
            key: Some(key),
            max_attempts: self.max_attempts.unwrap_or(0),
            ..NewTask::default()
        };
        match self.kind.as_str() {
            "sync" => {
                let connection = named(tx, self.payload["connection"].as_str().unwrap_or_default()).await?;
                if matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined) {
                    let state = connection.state;
                    let what = format!("The connection {} is {state}.", connection.name);
                    return Err(Error::conflict("connection.not_running", what).remedy("Resume it."));
                }
                new = NewTask { max_attempts: new.max_attempts, ..sync(connection.id) };
            }
            "rebuild" => new.key = Some("rebuild".to_owned()),
            _ => {}
        }
        Ok(new)
    }
}

/// The task that reads a connection; one at a time.
pub fn sync(id: ConnectionId) -> NewTask {
    NewTask {
        kind: "sync".to_owned(),
        payload: json!({"connection_id": id}),
        connection_id: Some(id),
        key: Some(format!("sync:{id}")),
        ..NewTask::default()
    }
}

/// A connection by its name or id.
pub async fn named(tx: &mut dyn Tx, name: &str) -> Result<Connection> {
    let mut page = Page::first(1000);
    loop {
        let found = tx.connections(None, &page).await?;
        if let Some(one) = found.items.into_iter().find(|c| c.name == name || c.id.to_string() == name) {
            return Ok(one);
        }
        match found.next_cursor {
            Some(next) => page = Page::asked(Some(1000), Some(&next))?,
            None => break,
        }
    }
    Err(Error::not_found("connection.unknown", format!("There is no connection {name}."))
        .remedy("GET /api/v1/aam/connections lists them."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_says_what_it_needs() {
        for (work, field) in [
            (json!({"kind": "dance"}), "/task/kind"),
            (json!({"kind": "sync"}), "/task/payload/connection"),
            (json!({"kind": "sync", "payload": {"connection": 5}}), "/task/payload/connection"),
            (json!({"kind": "noop", "payload": {"x": 1}}), "/task/payload/x"),
            (json!({"kind": "noop", "payload": []}), "/task/payload"),
            (json!({"kind": "agent", "payload": {"agent": "nobody"}}), "/task/payload/agent"),
            (json!({"kind": "bulk_mapping", "payload": {"connections": "crm"}}), "/task/payload/connections"),
            (json!({"kind": "noop", "max_attempts": 0}), "/task/max_attempts"),
        ] {
            let error = serde_json::from_value::<Work>(work.clone()).unwrap().check("/task").unwrap_err();
            assert_eq!((error.code, error.field.as_deref()), ("work.wrong", Some(field)), "{work}");
        }
        for fine in [
            json!({"kind": "noop"}),
            json!({"kind": "sync", "payload": {"connection": "crm"}, "max_attempts": 5}),
            json!({"kind": "agent", "payload": {"agent": "revops"}}),
            json!({"kind": "bulk_mapping", "payload": {"connections": ["crm"]}}),
        ] {
            serde_json::from_value::<Work>(fine).unwrap().check("/task").unwrap();
        }
    }
}
