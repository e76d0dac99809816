//! What there is to do so that a tenant is as a document says. Pure: two documents in, changes out; none when they agree.

use autonomos_runtime::{Error, Result};
use serde::Serialize;
use serde_json::Value;

use super::document::{ConnectionDoc, Document, MappingDoc, ScheduleDoc, StreamDoc};

/// One thing to do. Says which parts differ, never their values: some were secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// `create` or `update`.
    pub action: &'static str,
    /// `connection`, `stream`, `mapping`, `flag`, `access_policy`, `schedule`.
    pub kind: &'static str,
    /// Which one: a name, or `connection/stream`.
    pub subject: String,
    /// What of it.
    pub fields: Vec<String>,
}

/// Compares what is with what is wanted. Secrets in both are masked the same where they are to stay as they are.
pub fn plan(now: &Document, wanted: &Document) -> Result<Vec<Change>> {
    let mut changes = Vec::new();
    if let Some(rules) = wanted.access_policy
        && now.access_policy != Some(rules)
    {
        changes.push(update("access_policy", "access_policy", vec!["four_eyes".to_owned()]));
    }
    for (name, on) in &wanted.flags {
        if now.flags.get(name) != Some(on) {
            changes.push(update("flag", name, vec!["enabled".to_owned()]));
        }
    }
    for (at, connection) in wanted.connections.iter().enumerate() {
        let place = format!("/connections/{at}");
        match now.connections.iter().find(|c| c.name == connection.name) {
            None => create(connection, &mut changes),
            Some(there) => compare(there, connection, &place, &mut changes)?,
        }
    }
    for schedule in &wanted.schedules {
        match now.schedules.iter().find(|s| s.name == schedule.name) {
            None => changes.push(Change {
                action: "create",
                kind: "schedule",
                subject: schedule.name.clone(),
                fields: vec![format!("task={}", schedule.task.kind)],
            }),
            Some(there) => {
                let fields = schedule_differing(there, schedule);
                if !fields.is_empty() {
                    changes.push(update("schedule", &schedule.name, fields));
                }
            }
        }
    }
    Ok(changes)
}

fn schedule_differing(there: &ScheduleDoc, wanted: &ScheduleDoc) -> Vec<String> {
    let parts = [
        ("trigger", there.trigger == wanted.trigger),
        ("task", there.task == wanted.task),
        ("missed", there.missed == wanted.missed),
        ("paused", there.paused == wanted.paused),
    ];
    parts.into_iter().filter(|(_, same)| !same).map(|(name, _)| name.to_owned()).collect()
}

fn update(kind: &'static str, subject: &str, fields: Vec<String>) -> Change {
    Change { action: "update", kind, subject: subject.to_owned(), fields }
}

fn create(connection: &ConnectionDoc, changes: &mut Vec<Change>) {
    let made = |kind, subject, fields| Change { action: "create", kind, subject, fields };
    changes.push(made("connection", connection.name.clone(), vec![format!("type={}", connection.kind)]));
    for stream in &connection.streams {
        let subject = format!("{}/{}", connection.name, stream.name);
        changes.push(made("stream", subject.clone(), stream_fields(stream)));
        if let Some(mapping) = &stream.mapping {
            changes.push(made("mapping", subject, vec![format!("entity={}", mapping.entity)]));
        }
    }
}

fn stream_fields(stream: &StreamDoc) -> Vec<String> {
    let cursor = stream.cursor.as_ref().map(|_| "cursor".to_owned());
    cursor.into_iter().chain((!stream.read).then(|| "read".to_owned())).collect()
}

fn compare(there: &ConnectionDoc, wanted: &ConnectionDoc, place: &str, changes: &mut Vec<Change>) -> Result<()> {
    if there.kind != wanted.kind {
        return Err(Error::conflict("config.other_type", format!("{} is a {} connection", there.name, there.kind))
            .field(format!("{place}/type"))
            .remedy("Give the new one another name; delete the old one by hand when it is not needed any more."));
    }
    if there.safe_mode != wanted.safe_mode {
        return Err(Error::conflict("connection.safe_mode", "Safe Mode is not changed by a document.")
            .field(format!("{place}/safe_mode"))
            .remedy("Look at what was read, then POST /api/v1/aam/connections/{id}/confirm."));
    }
    let mut fields = differing("config", &there.config, &wanted.config);
    if there.policy != wanted.policy {
        fields.push("policy".to_owned());
    }
    if there.paused != wanted.paused {
        fields.push("paused".to_owned());
    }
    if !fields.is_empty() {
        changes.push(update("connection", &wanted.name, fields));
    }
    for stream in &wanted.streams {
        let subject = format!("{}/{}", wanted.name, stream.name);
        let known = there.streams.iter().find(|s| s.name == stream.name);
        match known {
            None => {
                let fields = stream_fields(stream);
                changes.push(Change { action: "create", kind: "stream", subject: subject.clone(), fields });
            }
            Some(known) if known.read != stream.read => {
                changes.push(update("stream", &subject, vec!["read".to_owned()]));
            }
            Some(_) => {}
        }
        let Some(mapping) = &stream.mapping else { continue };
        match known.and_then(|known| known.mapping.as_ref()) {
            None => changes.push(Change {
                action: "create",
                kind: "mapping",
                subject,
                fields: vec![format!("entity={}", mapping.entity)],
            }),
            Some(known) => {
                let fields = rules_differing(known, mapping);
                if !fields.is_empty() {
                    changes.push(update("mapping", &subject, fields));
                }
            }
        }
    }
    Ok(())
}

/// The settings that are not the same in both.
fn differing(at: &str, there: &Value, wanted: &Value) -> Vec<String> {
    let (Some(there), Some(wanted)) = (there.as_object(), wanted.as_object()) else {
        return if there == wanted { Vec::new() } else { vec![at.to_owned()] };
    };
    let mut names: Vec<&String> = there.keys().chain(wanted.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names.into_iter().filter(|n| there.get(*n) != wanted.get(*n)).map(|n| format!("{at}.{n}")).collect()
}

/// Whether two come to the same, in whatever order their rules stand.
pub fn same_rules(there: &MappingDoc, wanted: &MappingDoc) -> bool {
    rules_differing(there, wanted).is_empty()
}

fn rules_differing(there: &MappingDoc, wanted: &MappingDoc) -> Vec<String> {
    let mut fields = Vec::new();
    for (name, same) in [
        ("entity", there.entity == wanted.entity),
        ("key", there.key == wanted.key),
        ("order_by", there.order_by == wanted.order_by),
    ] {
        if !same {
            fields.push(name.to_owned());
        }
    }
    let of = |rules: &MappingDoc, field: &str| rules.rules.iter().find(|r| r.field == field).cloned();
    let mut names: Vec<&str> = there.rules.iter().chain(&wanted.rules).map(|r| r.field.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let other = names.into_iter().filter(|name| of(there, name) != of(wanted, name));
    fields.extend(other.map(|name| format!("rules.{name}")));
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::entity::Vocabulary;

    const NOW: &str = "
version: 1
flags: {ENABLE_AUTO_REPAIR: true}
connections:
- name: crm
  type: file
  config: {path: crm/*.csv, system: salesforce}
  streams:
  - name: accounts
    cursor: here
    mapping: {entity: account, key: [Id], rules: [{source_path: Name, field: name}, {source_path: Id, field: account_id}]}
- {name: other, type: file, config: {path: o.csv}}
";

    fn read(text: &str) -> Document {
        Document::read(text, Vocabulary::builtin()).unwrap()
    }

    fn changed(text: &str) -> Vec<String> {
        let changes = plan(&read(NOW), &read(text)).unwrap();
        changes.iter().map(|c| format!("{} {} {} {}", c.action, c.kind, c.subject, c.fields.join(","))).collect()
    }

    #[test]
    fn what_agrees_is_left_alone_and_so_is_what_is_not_named() {
        assert!(changed(NOW).is_empty());
        assert!(changed("version: 1\n").is_empty());
        let elsewhere = NOW.replace("cursor: here", "cursor: somewhere else");
        assert!(changed(&elsewhere).is_empty(), "a stream that is there reads on from where it stands");
        let shuffled = NOW.replace(
            "[{source_path: Name, field: name}, {source_path: Id, field: account_id}]",
            "[{source_path: Id, field: account_id}, {source_path: Name, field: name}]",
        );
        assert!(changed(&shuffled).is_empty(), "the order of rules means nothing");
    }

    #[test]
    fn what_differs_is_named() {
        for (from, to, said) in [
            ("REPAIR: true", "REPAIR: false", &["update flag ENABLE_AUTO_REPAIR enabled"][..]),
            ("path: crm/*.csv", "path: x.csv", &["update connection crm config.path"][..]),
            (", system: salesforce}", "}\n  paused: true", &["update connection crm config.system,paused"][..]),
            ("field: name}", "field: name, lenient: true}", &["update mapping crm/accounts rules.name"][..]),
            ("key: [Id]", "key: [Nr]", &["update mapping crm/accounts key"][..]),
            ("cursor: here", "read: false", &["update stream crm/accounts read"][..]),
            (
                "name: crm\n",
                "name: neu\n",
                &[
                    "create connection neu type=file",
                    "create stream neu/accounts cursor",
                    "create mapping neu/accounts entity=account",
                ][..],
            ),
        ] {
            assert_eq!(changed(&NOW.replace(from, to)), said, "{to}");
        }
        let other = NOW.replace("- name: crm\n  type: file", "- name: crm\n  type: postgres");
        assert_eq!(plan(&read(NOW), &read(&other)).unwrap_err().field.as_deref(), Some("/connections/0/type"));
    }
}
