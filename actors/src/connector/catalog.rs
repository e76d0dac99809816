//! The types of sources there are: their settings' JSON Schema, and a source made from a connection's settings.

use std::sync::Arc;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Connection, NewAudit, Store};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::credentials;
use super::source::Source;
use super::sources::demo::shape::Drift;
use super::sources::{demo, files, postgres};
use crate::parts::Parts;
use crate::platform::shapes::DemoDrift;

/// Names of the types.
pub const KINDS: [&str; 3] = ["file", "postgres", "demo"];

/// The JSON Schema of a type's settings.
pub fn spec(kind: &str) -> Result<Value> {
    match kind {
        "file" => Ok(json!({
            "type": "object", "required": ["path"], "additionalProperties": false,
            "properties": {
                "path": {"type": "string", "description": "file or pattern below the tenant's folder, such as crm/*.csv"},
                "format": {"enum": ["csv", "tsv", "jsonl", "parquet"], "description": "absent: by the file's name"},
                "system": {"type": "string", "description": "whose export it is: salesforce, hubspot, ..."},
                "entity": {"type": "string", "description": "what it holds, if you know: account, opportunity, ..."},
                "delimiter": {"type": "string"}, "encoding": {"type": "string"},
                "key": {"type": "array", "items": {"type": "string"}}, "order_by": {"type": "string"},
                "watch": {"type": "boolean", "description": "read new and changed files by itself, without a sync being asked for"},
            },
        })),
        "postgres" => Ok(json!({
            "type": "object", "required": ["url"], "additionalProperties": false,
            "properties": {
                "url": {"type": "string", "description": "postgres://user:password@host:port/database", "writeOnly": true},
                "schema": {"type": "string", "default": "public"},
                "tables": {"type": "array", "items": {"type": "string"}, "description": "absent: all"},
                "cursor": {"type": "string", "description": "column that rises with every change, such as updated_at"},
                "sslmode": {
                    "enum": ["disable", "prefer", "require", "verify-ca", "verify-full"],
                    "description": "as libpq means them; absent: verify-full with a ca_certificate, else prefer on this machine and require elsewhere",
                },
                "ca_certificate": {"type": "string", "description": "PEM of the authority that signed the server's certificate"},
                "system": {"type": "string"}, "entity": {"type": "string"},
            },
        })),
        "demo" => Ok(json!({
            "type": "object", "required": ["source"], "additionalProperties": false,
            "properties": {
                "source": {"enum": ["crm", "cloud", "relational", "document"]},
                "seed": {"type": "integer"}, "fault": {"enum": ["panic"]},
            },
        })),
        other => Err(Error::invalid("connection.unknown_type", format!("There is no source of type {other}."))
            .field("/type")
            .remedy("Use file, postgres or demo.")),
    }
}

/// Settings that can be right: the type exists, nothing is missing, nothing is unknown, every value has its type.
pub fn validate(kind: &str, config: &Value) -> Result<()> {
    let spec = spec(kind)?;
    let bad = |name: &str, what: String| {
        Err(Error::invalid("connection.bad_config", what)
            .field(format!("/config/{name}"))
            .remedy(format!("Settings of a {kind} connection: {}.", names(&spec))))
    };
    let Some(fields) = config.as_object() else { return bad("", "The settings are not an object.".to_owned()) };
    // What is misspelt is said before what it was meant to be is missed.
    for (name, value) in fields {
        let Some(property) = spec["properties"].get(name) else {
            return bad(name, format!("There is no setting {name}."));
        };
        if !fits(property, value) {
            return bad(name, format!("{name} does not take {value}."));
        }
    }
    for required in spec["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if fields.get(required).is_none_or(Value::is_null) {
            return bad(required, format!("{required} is missing."));
        }
    }
    if let Some(path) = fields.get("path").and_then(Value::as_str) {
        crate::files::check_pattern(path).map_err(|e| e.field("/config/path"))?;
    }
    Ok(())
}

fn fits(property: &Value, value: &Value) -> bool {
    if let Some(words) = property["enum"].as_array() {
        return words.contains(value);
    }
    match property["type"].as_str() {
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
        _ => true,
    }
}

fn names(spec: &Value) -> String {
    spec["properties"].as_object().map(|p| p.keys().cloned().collect::<Vec<_>>().join(", ")).unwrap_or_default()
}

/// The system whose mappings apply, as far as the settings say.
pub fn system_of(kind: &str, config: &Value) -> Option<String> {
    if let Some(system) = config.get("system").and_then(Value::as_str) {
        return Some(system.to_lowercase());
    }
    match kind {
        "demo" => demo_settings(config).ok().map(|s| s.source.system().to_owned()),
        "postgres" => Some("supabase".to_owned()),
        _ => None,
    }
}

fn demo_settings(config: &Value) -> Result<demo::Settings> {
    serde_json::from_value(config.clone()).map_err(|e| {
        Error::invalid("connection.bad_config", format!("The settings are not those of a demo source: {e}."))
            .field("/config")
    })
}

/// The source of a connection, its secrets opened.
pub async fn open(parts: &Parts, scope: &Scope, connection: &Connection) -> Result<Arc<dyn Source>> {
    let config = credentials::open(&parts.vault.of(scope).await?, connection.id, &connection.config)?;
    open_plain(parts, scope, &connection.kind, connection.id, &config)
}

/// The source of settings whose secrets are open.
pub fn open_plain(parts: &Parts, _: &Scope, kind: &str, id: ConnectionId, config: &Value) -> Result<Arc<dyn Source>> {
    let unreadable = |e: serde_json::Error| {
        Error::invalid("connection.bad_config", format!("The settings cannot be read: {e}.")).field("/config")
    };
    match kind {
        "file" => {
            let settings: files::Settings = serde_json::from_value(config.clone()).map_err(unreadable)?;
            Ok(Arc::new(files::Files::new((*parts.folders).clone(), settings)?))
        }
        "demo" => Ok(Arc::new(demo::Demo::new(parts.store.clone(), id, demo_settings(config)?))),
        "postgres" => {
            let settings: postgres::Settings = serde_json::from_value(config.clone()).map_err(unreadable)?;
            Ok(Arc::new(postgres::Postgres::new((*parts.folders).clone(), id, settings)?))
        }
        other => Err(Error::invalid("connection.unknown_type", format!("There is no source of type {other}."))
            .field("/type")
            .remedy("Use file, postgres or demo.")),
    }
}

/// Tells a stream of a demo source to drift, on top of what it was told before.
pub async fn drift_demo(parts: &Parts, scope: &Scope, connection: &Connection, drift: DemoDrift) -> Result<Value> {
    let settings = demo_settings(&connection.config)?;
    let streams = settings.source.streams();
    let stream = drift.stream.clone().unwrap_or_else(|| streams[0].to_owned());
    if !streams.contains(&stream.as_str()) {
        return Err(Error::invalid("demo.unknown_stream", format!("The source has no stream {stream}."))
            .field("/stream")
            .remedy(format!("Use one of {}.", streams.join(", "))));
    }
    let more = Drift { rename: drift.rename, remove: drift.remove, add: drift.add, retype: drift.retype };
    put_drift(&parts.store, scope, connection.id, &stream, more).await
}

async fn put_drift(
    store: &Arc<dyn Store>,
    scope: &Scope,
    id: ConnectionId,
    stream: &str,
    more: Drift,
) -> Result<Value> {
    let mut tx = store.begin(scope).await?;
    let now = tx.demo_source(id, stream).await?;
    let version = now.as_ref().map_or(0, |s| s.version);
    let before: Drift = now.and_then(|s| serde_json::from_value(s.state).ok()).unwrap_or_default();
    let was = serde_json::to_value(&before).unwrap_or_default();
    let state = serde_json::to_value(before.and(more))
        .map_err(|e| Error::internal("demo.state", "The drift could not be kept.").source(e))?;
    let kept = tx.put_demo_source(id, stream, state, version).await?;
    let note = NewAudit::new("connection.drift", "connection", id);
    let note = note.before(json!({"stream": stream, "drift": was}));
    tx.append_audit(note.after(json!({"stream": stream, "drift": kept.state}))).await?;
    tx.save().await?;
    Ok(json!({"stream": stream, "drift": kept.state}))
}
