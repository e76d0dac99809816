//! Tries a connection's refused rows again: opened, through the rules in force, into the log, and settled in the same
//! transaction. A crash in between leaves them open, and the batch's name keeps it from being taken twice.

use std::collections::BTreeMap;

use autonomos_runtime::Result;
use autonomos_runtime::canonical::batch::batch_id;
use autonomos_runtime::canonical::codec;
use autonomos_runtime::canonical::normalize::Plan;
use autonomos_runtime::ids::{ConnectionId, DeadLetterId, TaskId};
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{
    BatchCommit, Committed, DeadLetter, DeadLetterFilter, DeadLetterState, Page, StreamUpdate,
};

use super::replay::{Refused, batches};
use crate::tenant::Desk;

/// Rows tried at a time.
const PAGE: u32 = 1000;

/// What came of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Replayed {
    /// Rows that are in the log now.
    pub replayed: u64,
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
    let Some(active) = tx.active_mapping(connection, stream).await? else { return Ok(()) };
    let row = tx.stream(connection, stream).await?;
    tx.save().await?;
    // A stream that has refused rows has a cursor: the commit that refused them moved it.
    let Some(cursor) = row.cursor else { return Ok(()) };
    let mut by_place: BTreeMap<(Option<String>, i64), DeadLetterId> = BTreeMap::new();
    let mut rows = Vec::new();
    for letter in &letters {
        let opened = desk.parts.sealer.open(&desk.scope, &Purpose::dead_letter(connection), &letter.raw)?;
        match Refused::parse(letter.origin.clone(), letter.row, &opened) {
            Some(refused) => {
                by_place.insert((letter.origin.clone(), letter.row), letter.id);
                rows.push(refused);
            }
            None => done.refused += 1,
        }
    }
    for raw in batches(rows)? {
        let plan = Plan::compile(&desk.parts.vocabulary, &active.mapping, &raw.columns.schema())?;
        let normalized = plan.run(&raw)?;
        done.refused += normalized.rejects.len() as u64;
        if normalized.batch.num_rows() == 0 {
            continue;
        }
        let origin = raw.origin.as_deref().map(str::to_owned);
        let still: Vec<i64> = normalized.rejects.iter().map(|r| r.row as i64).collect();
        let passed: Vec<DeadLetterId> = (0..raw.columns.num_rows())
            .map(|at| raw.row_number(at) as i64)
            .filter(|row| !still.contains(row))
            .filter_map(|row| by_place.get(&(origin.clone(), row)).copied())
            .collect();
        let named: Vec<String> = passed.iter().map(ToString::to_string).collect();
        let id = batch_id(&connection.to_string(), stream, Some("replay"), &named.join(","));
        let count = normalized.batch.num_rows() as u64;
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let committed = tx
            .commit_batch(BatchCommit {
                epoch: desk.epoch,
                batch_id: id,
                connection,
                stream: stream.to_owned(),
                entity: active.mapping.entity.clone(),
                mapping_version: active.version,
                fingerprint: row.fingerprint.clone().unwrap_or_default(),
                rows: count,
                cursor_from: Some(cursor.clone()),
                cursor_to: cursor.clone(),
                payload: codec::encode(&normalized.batch)?,
                dead_letters: Vec::new(),
                stream_update: StreamUpdate::default(),
                drifts: Vec::new(),
            })
            .await?;
        if let Committed::Committed { seq, .. } | Committed::AlreadyCommitted { seq } = committed {
            tx.settle_dead_letters(&passed, DeadLetterState::Replayed).await?;
            tx.save().await?;
            done.replayed += count;
            done.position = done.position.max(seq);
        }
    }
    Ok(())
}
