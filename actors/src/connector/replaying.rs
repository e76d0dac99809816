//! Tries a connection's refused rows again: opened, through the rules in force, into the log, and settled in the same
//! transaction, each with the place where its row is now.
//!
//! A crash leaves a letter open or settled with its row in the log, never between. Rules may change while rows are tried:
//! the transaction that would take them sees that others are in force, takes nothing, and they are tried under those; so
//! no row comes in by rules that were taken back. The batch is named after its letters and the rules' version, because
//! letters that were opened again may pass again, under later rules, as rows that are not the ones retracted.

use std::collections::BTreeMap;
use std::sync::Arc;

use autonomos_runtime::canonical::BatchId;
use autonomos_runtime::canonical::batch::batch_id;
use autonomos_runtime::canonical::codec;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::ids::{ConnectionId, DeadLetterId, TaskId};
use autonomos_runtime::secrets::{Purpose, TenantSealer};
use autonomos_runtime::store::{
    BatchCommit, Committed, DeadLetter, DeadLetterFilter, DeadLetterState, MappingVersion, Page, Settled, StreamUpdate,
};
use autonomos_runtime::{Error, Result};
use bytes::Bytes;

use super::replay::{Refused, attempt};
use crate::tenant::Desk;

/// Rows tried at a time.
const PAGE: u32 = 1000;

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Replayed {
    /// Rows that are in the log now.
    pub taken: u64,
    /// Rows that are refused still.
    pub refused: u64,
    /// Log position that has them.
    pub position: i64,
}

/// See the module. A task may name the letters; else all open ones of the connection are tried.
pub async fn replay(desk: &Desk, connection: ConnectionId, task: TaskId) -> Result<Replayed> {
    let mut tx = desk.parts.store.read(&desk.scope).await?;
    let payload = tx.task(task).await?.payload;
    drop(tx);
    let only: Option<Vec<DeadLetterId>> = payload.get("only").and_then(|v| serde_json::from_value(v.clone()).ok());
    let mut done = Replayed::default();
    let filter = DeadLetterFilter {
        connection: Some(connection),
        state: Some(DeadLetterState::Open),
        ..DeadLetterFilter::default()
    };
    let mut page = Page::first(PAGE);
    loop {
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        let found = tx.dead_letters(&filter, &page).await?;
        drop(tx);
        let wanted = |l: &DeadLetter| only.as_ref().is_none_or(|ids| ids.contains(&l.id));
        let mut streams: BTreeMap<String, Vec<DeadLetter>> = BTreeMap::new();
        for letter in found.items.into_iter().filter(|l| wanted(l)) {
            streams.entry(letter.stream.clone()).or_default().push(letter);
        }
        for (stream, letters) in streams {
            try_again(desk, connection, &stream, letters, &mut done).await?;
        }
        match found.next_cursor {
            Some(cursor) => page = Page::asked(Some(PAGE), Some(&cursor))?,
            None => return Ok(done),
        }
    }
}

async fn try_again(
    desk: &Desk,
    connection: ConnectionId,
    stream: &str,
    letters: Vec<DeadLetter>,
    done: &mut Replayed,
) -> Result<()> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let ids: Vec<DeadLetterId> = letters.iter().map(|l| l.id).collect();
    tx.count_dead_letter_attempt(&ids).await?;
    let Some(mut active) = tx.active_mapping(connection, stream).await? else { return Ok(()) };
    tx.save().await?;
    let sealer = desk.parts.vault.of(&desk.scope).await?;
    let tried = ids.len() as u64;
    let rows = off_thread(move || open(&sealer, connection, letters)).await.map(Arc::new)?;
    loop {
        let (vocabulary, rules, rows) = (Arc::clone(&desk.parts.vocabulary), active.clone(), Arc::clone(&rows));
        let ready = off_thread(move || prepare(&vocabulary, &rules, &rows)).await?;
        match take(desk, &active, ready).await? {
            Taken::Rows(taken, position) => {
                done.taken += taken;
                done.refused += tried - taken;
                done.position = done.position.max(position);
                return Ok(());
            }
            Taken::OtherRules(now) => active = *now,
        }
    }
}

/// Rows that pass, ready for the log.
struct Ready {
    batch_id: BatchId,
    payload: Bytes,
    /// Whose each row is.
    rows: Vec<(DeadLetterId, u32)>,
}

/// What became of rows that passed.
enum Taken {
    /// So many are in the log, the last at this position.
    Rows(u64, i64),
    /// Nothing was taken, because these rules are in force by now.
    OtherRules(Box<MappingVersion>),
}

/// The letters' rows; one that was cut off has none.
fn open(
    sealer: &TenantSealer,
    connection: ConnectionId,
    letters: Vec<DeadLetter>,
) -> Result<Vec<Refused<DeadLetterId>>> {
    let purpose = Purpose::dead_letter(connection);
    let mut rows = Vec::with_capacity(letters.len());
    for letter in letters {
        let opened = sealer.open(&purpose, &letter.raw)?;
        rows.extend(Refused::parse(letter.id, letter.origin, letter.row, &opened));
    }
    Ok(rows)
}

fn prepare(vocabulary: &Vocabulary, active: &MappingVersion, rows: &[Refused<DeadLetterId>]) -> Result<Vec<Ready>> {
    let mut out = Vec::new();
    for tried in attempt(vocabulary, &active.mapping, rows)? {
        let Some(batch) = tried.batch else { continue };
        let named: Vec<String> = tried.passed.iter().map(ToString::to_string).collect();
        let name = format!("{}:{}", active.version, named.join(","));
        out.push(Ready {
            batch_id: batch_id(&active.connection_id.to_string(), &active.stream, Some("replay"), &name),
            payload: codec::encode(&batch)?,
            rows: tried.passed.into_iter().zip(0..).collect(),
        });
    }
    Ok(out)
}

/// Into the log, with the letters settled, if the rules that let the rows pass are in force still.
async fn take(desk: &Desk, active: &MappingVersion, ready: Vec<Ready>) -> Result<Taken> {
    let (connection, name) = (active.connection_id, &active.stream);
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let now = tx.active_mapping(connection, name).await?;
    if let Some(now) = now.filter(|now| now.version != active.version) {
        return Ok(Taken::OtherRules(Box::new(now)));
    }
    let stream = tx.stream(connection, name).await?;
    // A stream that has refused rows has a cursor, because the commit that refused them moved it; unless it was sent back
    // to its start, where the rows come again by themselves.
    let Some(cursor) = stream.cursor else { return Ok(Taken::Rows(0, 0)) };
    let (mut taken, mut position) = (0, 0);
    for Ready { batch_id, payload, rows } in ready {
        let committed = tx
            .commit_batch(BatchCommit {
                epoch: desk.epoch,
                batch_id,
                connection,
                stream: name.clone(),
                entity: active.mapping.entity.clone(),
                mapping_version: active.version,
                fingerprint: stream.fingerprint.clone().unwrap_or_default(),
                rows: rows.len() as u64,
                cursor_from: Some(cursor.clone()),
                cursor_to: cursor.clone(),
                payload,
                dead_letters: Vec::new(),
                stream_update: StreamUpdate::default(),
                drifts: Vec::new(),
            })
            .await?;
        let (Committed::Committed { seq, .. } | Committed::AlreadyCommitted { seq }) = committed else {
            return Err(Error::internal("replay.cursor", "The stream's cursor moved inside a transaction."));
        };
        let settled = tx.settle_dead_letters(Settled::Replayed(seq, &rows)).await?;
        if settled != rows.len() as u64 {
            return Err(Error::conflict(
                "dead_letter.settled",
                "A row was settled elsewhere while it was tried again.",
            )
            .remedy("Try again; what is still open is tried."));
        }
        taken += settled;
        position = position.max(seq);
    }
    tx.save().await?;
    Ok(Taken::Rows(taken, position))
}

/// Opening and casting a thousand rows would hold up a runtime thread.
pub(crate) async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("replay.panicked", "Refused rows could not be tried again.").source(e))?
}
