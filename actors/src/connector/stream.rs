//! One stream of a run, in rows: opened before its first batch is read, held when a batch cannot be taken under the rules
//! in force, closed when it is read to its end.
//!
//! Each is one transaction with what is told of it. Its cursor moves with its batches, and nowhere else: a stream that
//! dies between opening and closing is opened again where it stands.

use autonomos_runtime::Result;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{NewDrift, Stream, StreamState, StreamUpdate};

use super::intake::{Held, Intake};
use super::reading::Reading;
use super::source::{Limits, Source, StreamInfo};
use super::stock;
use crate::mapping::adopt;
use crate::tenant::Desk;

/// What became of a stream that was to be read.
#[derive(Debug)]
pub enum Opened {
    /// It is read.
    Reading(Box<Reading>),
    /// It is not read now, and why, if people should know.
    PassedBy(Option<String>),
    /// Safe Mode reads no more of it; its cursor is good.
    Capped(Box<StreamInfo>),
}

/// Opens a stream: its row, its first rules if it has none, its batches from the cursor.
pub async fn open(desk: &Desk, source: &dyn Source, id: ConnectionId, info: StreamInfo) -> Result<Opened> {
    let config = &desk.parts.config.connector;
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let connection = tx.connection(id).await?;
    let stream = stock::ensure(tx.as_mut(), id, &info).await?;
    if matches!(stream.state, StreamState::Stopped | StreamState::Disabled | StreamState::Gone) {
        tx.save().await?;
        return Ok(Opened::PassedBy(waits(&stream)));
    }
    let most = connection.safe_mode.then(|| left_in_safe_mode(config.safe_mode_rows, &stream));
    if most == Some(0) {
        tx.save().await?;
        return Ok(Opened::Capped(Box::new(info)));
    }
    let mapping = match tx.active_mapping(id, &info.name).await? {
        Some(version) => version.mapping,
        None => adopt::first_mapping(desk, tx.as_mut(), &connection, &info).await?,
    };
    let declared = stock::declare(tx.as_mut(), &connection, &stream, &info, &mapping).await?;
    tx.save().await?;
    stock::announce(desk, id, &info.name, &declared.ids, &declared.told);
    if let Some(why) = declared.stop {
        return Ok(Opened::PassedBy(Some(format!("{} is not read: {why}.", info.name))));
    }
    let intake = Intake::new(desk.parts.vocabulary.clone(), &connection, &stream, &info, mapping, declared.schema);
    let limits = Limits { max_rows: most, ..Limits::of(config) };
    let batches = source.read(&desk.scope, &info.name, stream.cursor, &limits).await?;
    let waiting_since = desk.parts.ambient().elapsed();
    let reading = Reading { info, intake: Some(intake), batches, waiting_since, rejected: 0, seen: 0, most };
    Ok(Opened::Reading(Box::new(reading)))
}

/// What to say of a stream that is not read now. One that is off, or that went, says nothing with every sync.
fn waits(stream: &Stream) -> Option<String> {
    let why = stream.last_error.as_deref().unwrap_or("it waits for a decision");
    (stream.state == StreamState::Stopped).then(|| format!("{} is not read: {why}.", stream.name))
}

/// Rows that Safe Mode still lets a stream have.
fn left_in_safe_mode(most: u64, stream: &Stream) -> u64 {
    most.saturating_sub((stream.rows + stream.rejected).max(0) as u64)
}

/// A batch that cannot be taken under the rules in force. What changed is told, and the stream stops until the repairer or
/// a person has an answer; the cursor stands before the batch. Answers why, if there is nothing to decide first.
pub async fn hold(desk: &Desk, id: ConnectionId, name: &str, held: Held) -> Result<Option<String>> {
    let why = format!("{} {}", held.why.message, held.why.remedy.as_deref().unwrap_or_default());
    let told = format!("{name} is not read: {why}");
    let state = Some((StreamState::Stopped, Some(why)));
    let change = StreamUpdate { schema: held.schema, state, ..StreamUpdate::default() };
    update(desk, id, name, change, &held.drifts).await?;
    Ok(held.drifts.is_empty().then_some(told))
}

/// A stream is read to its end.
pub async fn close(desk: &Desk, id: ConnectionId, reading: Reading) -> Result<()> {
    let settled = reading.intake.map(|intake| (intake.settle(), intake.schema));
    let (schema, drifts) = match settled {
        Some((found, before)) => ((found.schema != before).then_some(found.schema), found.drifts),
        None => (None, Vec::new()),
    };
    let change = StreamUpdate { schema, synced: true, ..StreamUpdate::default() };
    update(desk, id, &reading.info.name, change, &drifts).await
}

/// Changes a stream's row and keeps what changed in its source, together.
async fn update(desk: &Desk, id: ConnectionId, name: &str, change: StreamUpdate, drifts: &[NewDrift]) -> Result<()> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    tx.update_stream(id, name, change).await?;
    let ids = match drifts {
        [] => Vec::new(),
        _ => tx.detect_drifts(id, name, drifts.to_vec()).await?,
    };
    tx.save().await?;
    stock::announce(desk, id, name, &ids, drifts);
    Ok(())
}
