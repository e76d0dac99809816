//! What a source offers, written down before anything of it is read: streams that came, went or are back, and, of a
//! stream that is about to be read, another key or cursor than the one agreed on.
//!
//! Each piece is one transaction, changes and what is told of them together; a crash before it finds the same again.

use autonomos_runtime::Result;
use autonomos_runtime::bus::Fact;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::ids::{ConnectionId, DriftId};
use autonomos_runtime::store::{Connection, NewDrift, NewStream, Stream, StreamState, StreamUpdate, Tx};

use super::source::StreamInfo;
use crate::drift::declared;
use crate::drift::policy::Policy;
use crate::drift::streams::{self, Census, Offered};
use crate::repair::repairer::stopped;
use crate::tenant::Desk;

/// Compares the streams offered with those known; says whether there is anything to decide before reading begins.
pub async fn take(desk: &Desk, connection: &Connection, offered: &[StreamInfo]) -> Result<bool> {
    let known = desk.parts.store.read(&desk.scope).await?.streams(connection.id).await?;
    let names: Vec<(&str, StreamState)> = known.iter().map(|s| (s.name.as_str(), s.state)).collect();
    let seen: Vec<Offered<'_>> = offered.iter().map(|s| Offered { name: &s.name, chosen: s.chosen }).collect();
    let census = streams::census(&names, &seen)?;
    if census == Census::default() {
        return Ok(false);
    }
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let mut told = Vec::new();
    for info in offered.iter().filter(|s| census.take.contains(&s.name) || census.added.contains(&s.name)) {
        ensure(tx.as_mut(), connection.id, info).await?;
        if census.added.contains(&info.name) {
            let why = "new in the source; it is read once somebody says so";
            let columns: Vec<&str> = info.schema.fields.iter().map(|f| f.name.as_str()).collect();
            let drift = streams::added(&info.name, &columns);
            told.push(turn(tx.as_mut(), connection.id, &info.name, (StreamState::Disabled, why), drift).await?);
        }
    }
    for row in known.iter().filter(|s| census.removed.contains(&s.name)) {
        let why = "the source does not offer it any more; what was read is kept";
        let drift = streams::removed(&row.name, row.rows);
        told.push(turn(tx.as_mut(), connection.id, &row.name, (StreamState::Gone, why), drift).await?);
    }
    for name in &census.back {
        let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
        tx.update_stream(connection.id, name, change).await?;
    }
    tx.save().await?;
    for (stream, ids, drift) in &told {
        announce(desk, connection.id, stream, ids, std::slice::from_ref(drift));
    }
    Ok(!told.is_empty())
}

/// A stream's row, made if it is not there.
pub async fn ensure(tx: &mut dyn Tx, connection: ConnectionId, info: &StreamInfo) -> Result<Stream> {
    tx.ensure_stream(NewStream {
        connection_id: connection,
        name: info.name.clone(),
        object: Some(info.object.clone()),
        schema: Some(info.schema.clone()),
    })
    .await
}

async fn turn(
    tx: &mut dyn Tx,
    connection: ConnectionId,
    stream: &str,
    (state, why): (StreamState, &str),
    drift: NewDrift,
) -> Result<(String, Vec<DriftId>, NewDrift)> {
    let change = StreamUpdate { state: Some((state, Some(why.to_owned()))), ..StreamUpdate::default() };
    tx.update_stream(connection, stream, change).await?;
    let ids = tx.detect_drifts(connection, stream, vec![drift.clone()]).await?;
    Ok((stream.to_owned(), ids, drift))
}

/// What a stream declares, compared with what was agreed.
#[derive(Debug)]
pub struct Declared {
    /// The schema to agree on from here.
    pub schema: SourceSchema,
    /// Why the stream must not be read now.
    pub stop: Option<String>,
    /// What changed, for whoever announces it once it is saved.
    pub told: Vec<NewDrift>,
    /// Its ids.
    pub ids: Vec<DriftId>,
}

/// Compares key and cursor; the caller saves.
pub async fn declare(
    tx: &mut dyn Tx,
    connection: &Connection,
    stream: &Stream,
    info: &StreamInfo,
    mapping: &Mapping,
) -> Result<Declared> {
    let agreed = stream.schema.clone().unwrap_or_else(|| info.schema.clone());
    if !info.declared {
        return Ok(Declared { schema: agreed, stop: None, told: Vec::new(), ids: Vec::new() });
    }
    let names = (connection.system.as_deref(), info.object.as_str());
    let found = declared::compare(names, &agreed, &info.schema, info.order_by.as_deref(), mapping);
    let stops = found.drifts.iter().find(|d| Policy::of(&connection.policy, &d.kind) == Policy::Stop);
    let stop = stops.map(|d| stopped(&d.kind, d.from.as_deref()));
    if found.schema != agreed {
        let state = stop.clone().map(|why| (StreamState::Stopped, Some(why)));
        let change = StreamUpdate { schema: Some(found.schema.clone()), state, ..StreamUpdate::default() };
        tx.update_stream(connection.id, &stream.name, change).await?;
    }
    let ids = match found.drifts.as_slice() {
        [] => Vec::new(),
        _ => tx.detect_drifts(connection.id, &stream.name, found.drifts.clone()).await?,
    };
    Ok(Declared { schema: found.schema, stop, told: found.drifts, ids })
}

/// Tells whoever listens, and the repairer, of drifts that stand in rows.
pub fn announce(desk: &Desk, connection: ConnectionId, stream: &str, ids: &[DriftId], drifts: &[NewDrift]) {
    for (id, drift) in ids.iter().zip(drifts) {
        let change = serde_json::json!([{"kind": drift.kind, "from": drift.from, "to": drift.to}]);
        desk.publish(Fact::drift_detected(*id, connection, stream, &drift.severity, change));
    }
    if !drifts.is_empty() {
        desk.repairer().wake();
    }
}
