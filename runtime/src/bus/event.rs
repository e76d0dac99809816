//! A fact with its place in the tenant's sequence. Its text forms are made at most once, when the first reader needs
//! them, and shared by all.

use std::sync::OnceLock;

use bytes::Bytes;

use super::{Fact, Topic};
use crate::Timestamp;
use crate::ids::TraceId;

/// See the module.
#[derive(Debug)]
pub struct Event {
    /// Its place: one above the tenant's event before.
    pub seq: u64,
    /// When it was published.
    pub at: Timestamp,
    /// What it is about.
    pub topic: Topic,
    /// What kind of thing it happened to: `account`, `connection`, `task`.
    pub entity: Option<String>,
    /// To which one.
    pub id: Option<String>,
    /// And to which version of it.
    pub version: Option<i64>,
    /// The work it is part of.
    pub trace: TraceId,
    /// What else there is to say.
    pub data: serde_json::Value,
    json: OnceLock<Bytes>,
    sse: OnceLock<Bytes>,
}

impl Event {
    /// Gives a fact its place.
    pub fn new(seq: u64, at: Timestamp, trace: TraceId, fact: Fact) -> Self {
        let Fact { topic, entity, id, version, data } = fact;
        Self { seq, at, topic, entity, id, version, trace, data, json: OnceLock::new(), sse: OnceLock::new() }
    }

    /// Reads one back from its JSON, which it then shares.
    pub(super) fn read(json: &Bytes) -> Option<Self> {
        let event = Self::parse(json)?;
        event.json.set(json.clone()).ok()?;
        Some(event)
    }

    /// Reads one from its JSON, whatever place that says it had.
    pub fn parse(json: &[u8]) -> Option<Self> {
        let Read { seq, at, topic, entity, id, version, trace_id, data } = serde_json::from_slice(json).ok()?;
        let fact = Fact { topic: topic.parse().ok()?, entity, id, version, data };
        Some(Self::new(seq, at, trace_id, fact))
    }

    /// The same at another place.
    #[must_use]
    pub fn at_place(self, seq: u64) -> Self {
        Self { seq, json: OnceLock::new(), sse: OnceLock::new(), ..self }
    }

    /// The same, waiting for a place.
    pub(super) fn again(&self) -> Self {
        let Self { at, topic, entity, id, version, trace, data, .. } = self;
        let (entity, id, data) = (entity.clone(), id.clone(), data.clone());
        Self::new(0, *at, *trace, Fact { topic: *topic, entity, id, version: *version, data })
    }

    /// As JSON, valid UTF-8.
    pub fn json(&self) -> Bytes {
        self.json.get_or_init(|| serde_json::to_vec(self).unwrap_or_default().into()).clone()
    }

    /// As a server-sent event, ready to write.
    pub fn sse(&self) -> Bytes {
        let make = || {
            let json = self.json();
            let mut out = Vec::with_capacity(json.len() + 80);
            out.extend_from_slice(format!("id: {}\nevent: {}\ndata: ", self.seq, self.topic).as_bytes());
            out.extend_from_slice(&json);
            out.extend_from_slice(b"\n\n");
            out.into()
        };
        self.sse.get_or_init(make).clone()
    }

    /// About how much memory it holds, its text forms included, which it may not have yet.
    pub(super) fn weight(&self) -> usize {
        size_of::<Self>() + 3 * weigh(&self.data)
    }
}

/// An event as its JSON says it.
#[derive(serde::Deserialize)]
struct Read<'a> {
    seq: u64,
    at: Timestamp,
    #[serde(borrow)]
    topic: std::borrow::Cow<'a, str>,
    entity: Option<String>,
    id: Option<String>,
    version: Option<i64>,
    trace_id: TraceId,
    data: serde_json::Value,
}

/// About how much memory a value holds.
fn weigh(value: &serde_json::Value) -> usize {
    use serde_json::Value;
    let own = size_of::<Value>();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => own,
        Value::String(text) => own + text.len(),
        Value::Array(items) => own + items.iter().map(weigh).sum::<usize>(),
        Value::Object(fields) => {
            own + fields.iter().map(|(name, value)| 2 * own + name.len() + weigh(value)).sum::<usize>()
        }
    }
}

impl serde::Serialize for Event {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seq", &self.seq)?;
        map.serialize_entry("at", &self.at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true))?;
        map.serialize_entry("topic", &self.topic)?;
        if let Some(entity) = &self.entity {
            map.serialize_entry("entity", entity)?;
        }
        if let Some(id) = &self.id {
            map.serialize_entry("id", id)?;
        }
        if let Some(version) = &self.version {
            map.serialize_entry("version", version)?;
        }
        map.serialize_entry("trace_id", &self.trace)?;
        map.serialize_entry("data", &self.data)?;
        map.end()
    }
}
