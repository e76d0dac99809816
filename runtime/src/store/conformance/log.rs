//! The log.

use std::sync::Arc;

use super::mappings::adopt;
use super::{World, batch, mapping};
use crate::Kind;
use crate::canonical::batch_id;
use crate::ids::ConnectionId;
use crate::store::{
    Committed, DeadLetterFilter, DriftFilter, EntryKind, LogEntry, NewDeadLetter, NewDrift, NewEntry, Outline, Page,
    ReadLimit, Replacement, StreamState, StreamUpdate, Tx,
};

fn committed(outcome: &Committed) -> i64 {
    match outcome {
        Committed::Committed { seq, .. } => *seq,
        other => panic!("not committed: {other:?}"),
    }
}

fn letter(row: i64) -> NewDeadLetter {
    NewDeadLetter {
        origin: Some("a.csv".into()),
        row,
        field: Some("amount".into()),
        code: "cast.number".into(),
        reason: "\"x\" is no number".into(),
        raw: vec![1, 2, 3],
    }
}

/// Positions follow each other, whatever was rolled back in between.
pub async fn numbers_are_gapless(world: &World) {
    let id = world.connection().await.id;
    let cursors = [None, Some("1"), Some("2"), Some("3")];
    for (n, pair) in cursors.windows(2).enumerate() {
        let mut lost = world.begin().await;
        committed(&lost.commit_batch(batch(id, pair[0], "lost", 5)).await.unwrap());
        drop(lost);
        let mut tx = world.begin().await;
        let seq = committed(&tx.commit_batch(batch(id, pair[0], pair[1].unwrap(), 5)).await.unwrap());
        assert_eq!(seq, n as i64 + 1);
        tx.save().await.unwrap();
    }
    let mut tx = world.read().await;
    let stats = tx.log_stats().await.unwrap();
    assert_eq!((stats.head, stats.rows), (3, 15));
    let entries = tx.read_log(1, ReadLimit::default()).await.unwrap();
    assert_eq!(entries.iter().map(|e| e.seq).collect::<Vec<_>>(), [2, 3]);
    let entry = &entries[0];
    assert_eq!(
        (entry.kind, entry.connection, entry.stream.as_deref()),
        (EntryKind::Records, Some(id), Some("accounts"))
    );
    assert_eq!((entry.cursor_from.as_deref(), entry.cursor_to.as_deref()), (Some("1"), Some("2")));
    assert_eq!((entry.rows, entry.rejected, entry.epoch, entry.mapping_version), (5, 0, 1, Some(1)));
    assert_eq!(&entry.payload[..], b"rows Some(\"1\")..2");
    assert_eq!(&tx.log_entry(2).await.unwrap(), entry);
    assert_eq!(tx.read_stream(id, "accounts", 1, ReadLimit::default()).await.unwrap(), entries);
    let stream = tx.stream(id, "accounts").await.unwrap();
    assert_eq!((stream.cursor.as_deref(), stream.rows, stream.last_seq), (Some("3"), 15, Some(3)));
}

/// A batch sent again is answered with its position and changes nothing.
pub async fn a_batch_is_taken_once(world: &World) {
    let id = world.connection().await.id;
    for expected in [Committed::Committed { seq: 1, drifts: vec![] }, Committed::AlreadyCommitted { seq: 1 }] {
        let mut tx = world.begin().await;
        let mut again = batch(id, None, "1", 5);
        again.dead_letters = vec![letter(1)];
        assert_eq!(tx.commit_batch(again).await.unwrap(), expected);
        tx.save().await.unwrap();
    }
    let mut tx = world.read().await;
    let stream = tx.stream(id, "accounts").await.unwrap();
    assert_eq!((tx.log_head().await.unwrap(), stream.rows, stream.rejected), (1, 5, 1));
    assert_eq!(tx.find_batch(&batch(id, None, "1", 5).batch_id).await.unwrap(), Some(1));
}

/// A batch that does not start where the cursor stands is told where it does.
pub async fn a_cursor_moves_from_where_it_stands(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let gap = tx.commit_batch(batch(id, Some("1"), "2", 5)).await.unwrap();
    assert_eq!(gap, Committed::Conflict { cursor: None });
    committed(&tx.commit_batch(batch(id, None, "1", 5)).await.unwrap());
    let twice = tx.commit_batch(batch(id, None, "2", 5)).await.unwrap();
    assert_eq!(twice, Committed::Conflict { cursor: Some("1".into()) });
    assert_eq!(tx.log_head().await.unwrap(), 1);
    let mut nowhere = batch(id, None, "1", 5);
    nowhere.stream = "contacts".into();
    nowhere.batch_id = batch_id("c", "contacts", None, "1");
    assert_eq!(tx.commit_batch(nowhere).await.unwrap_err().code, "stream.unknown");
}

/// Nothing for the log, but the cursor moves past the rejected rows, once.
pub async fn a_batch_without_rows_moves_the_cursor(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let mut empty = batch(id, None, "1", 0);
    empty.dead_letters = vec![letter(1), letter(2)];
    assert_eq!(committed(&tx.commit_batch(empty.clone()).await.unwrap()), 0);
    assert_eq!(tx.commit_batch(empty).await.unwrap(), Committed::AlreadyCommitted { seq: 0 });
    let stream = tx.stream(id, "accounts").await.unwrap();
    assert_eq!((stream.cursor.as_deref(), stream.rejected, stream.last_seq), (Some("1"), 2, None));
    assert_eq!(tx.log_head().await.unwrap(), 0);
    assert_eq!(committed(&tx.commit_batch(batch(id, Some("1"), "2", 5)).await.unwrap()), 1);
}

/// Rows, cursor, state, dead letters and drifts are there together after `save`, and none without.
pub async fn everything_of_a_batch_or_nothing(world: &World) {
    let id = world.connection().await.id;
    let drift = NewDrift {
        kind: "field_added".into(),
        from: None,
        to: Some("phone".into()),
        severity: "info".into(),
        confidence: Some(0.5),
        evidence: serde_json::json!({ "samples": ["1"] }),
    };
    let mut full = batch(id, None, "1", 5);
    full.dead_letters = vec![letter(3)];
    full.drifts = vec![drift];
    full.stream_update =
        StreamUpdate { state: Some((StreamState::Drifted, Some("a new field".into()))), ..Default::default() };
    for save in [false, true] {
        let mut tx = world.begin().await;
        committed(&tx.commit_batch(full.clone()).await.unwrap());
        if save {
            tx.save().await.unwrap();
        } else {
            drop(tx);
        }
        let mut tx = world.read().await;
        let stream = tx.stream(id, "accounts").await.unwrap();
        assert_eq!(stream.state, if save { StreamState::Drifted } else { StreamState::Active });
        assert_eq!(stream.cursor.is_some(), save);
        assert_eq!(tx.log_head().await.unwrap(), i64::from(save));
        let letters = tx.dead_letters(&DeadLetterFilter::default(), &Page::default()).await.unwrap().items;
        let drifts = tx.drifts(&DriftFilter::default(), &Page::default()).await.unwrap().items;
        assert_eq!((letters.len(), drifts.len()), (usize::from(save), usize::from(save)));
        if save {
            assert_eq!((letters[0].row, letters[0].seq, letters[0].origin.as_deref()), (3, 1, Some("a.csv")));
            assert_eq!((drifts[0].detected_seq, drifts[0].to.as_deref()), (1, Some("phone")));
        }
    }
}

/// A reader gets what fits, but always at least one entry.
pub async fn reading_keeps_to_its_budget(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let names: Vec<String> = (0..6).map(|n| n.to_string()).collect();
    for pair in names.windows(2) {
        let from = (pair[0] != "0").then_some(&*pair[0]);
        let mut big = batch(id, from, &pair[1], 1);
        big.payload = vec![7; 100_000].into();
        committed(&tx.commit_batch(big).await.unwrap());
    }
    let read = |bytes, entries| ReadLimit { bytes, entries };
    for (limit, expected) in
        [(read(250_000, 100), 2), (read(1, 100), 1), (read(u64::MAX, 3), 3), (read(1 << 30, 100), 5), (read(0, 0), 1)]
    {
        assert_eq!(tx.read_log(0, limit).await.unwrap().len(), expected);
        assert_eq!(tx.read_stream(id, "accounts", 0, limit).await.unwrap().len(), expected);
    }
    assert!(tx.read_log(5, ReadLimit::default()).await.unwrap().is_empty());
    assert_eq!(tx.log_stats().await.unwrap().bytes, 500_000);
}

/// Identity and purge entries take their place among the others, once each.
pub async fn entries_are_appended_once(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    committed(&tx.commit_batch(batch(id, None, "1", 5)).await.unwrap());
    let merge = NewEntry {
        epoch: 1,
        batch_id: batch_id("merge", "", None, "1"),
        kind: EntryKind::Identity,
        connection: None,
        stream: None,
        entity: Some("account".into()),
        payload: "{\"merge\":[1,2]}".into(),
    };
    assert_eq!(tx.append_entry(merge.clone()).await.unwrap(), 2);
    assert_eq!(tx.append_entry(merge.clone()).await.unwrap(), 2);
    assert_eq!(tx.log_entry(2).await.unwrap().payload, merge.payload);
    assert_eq!(tx.log_entry(3).await.unwrap_err().kind, Kind::NotFound);
}

fn replace(seq: i64, was: (i64, i64), rows: i64, payload: &'static str) -> Replacement {
    Replacement { seq, was, rows, payload: payload.into(), pruned: false }
}

/// Three batches of five rows, in 12, 17 and 17 bytes.
async fn three(world: &World) -> (ConnectionId, Box<dyn Tx>) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    for (from, to) in [(None, "1"), (Some("1"), "2"), (Some("2"), "3")] {
        committed(&tx.commit_batch(batch(id, from, to, 5)).await.unwrap());
    }
    (id, tx)
}

/// Compacted entries keep positions, ids and everything but their contents; counters follow.
pub async fn compaction_keeps_positions(world: &World) {
    let (id, mut tx) = three(world).await;
    let before = tx.read_log(0, ReadLimit::default()).await.unwrap();
    tx.compact_log(1, vec![replace(1, (5, 12), 0, ""), replace(2, (5, 17), 7, "seven")]).await.unwrap();
    let after = tx.read_log(0, ReadLimit::default()).await.unwrap();
    assert_eq!(
        after.iter().map(|e| (e.seq, e.rows, e.payload.len())).collect::<Vec<_>>(),
        [(1, 0, 0), (2, 7, 5), (3, 5, 17)]
    );
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(&LogEntry { rows: before.rows, payload: before.payload.clone(), ..after.clone() }, before);
    }
    let stats = tx.log_stats().await.unwrap();
    assert_eq!((stats.head, stats.rows, stats.bytes), (3, 12, 22));
    assert_eq!((stats.compacted, stats.saved), (1, 24));
    // A batch that moved on is known still, and sent again changes nothing.
    assert_eq!(tx.commit_batch(batch(id, None, "1", 5)).await.unwrap(), Committed::AlreadyCommitted { seq: 1 });
    assert_eq!(tx.compact_log(0, vec![]).await.unwrap_err().kind, Kind::Fenced);
    assert_eq!(tx.compact_log(1, vec![replace(9, (0, 0), 0, "")]).await.unwrap_err().kind, Kind::NotFound);
}

/// What changed since it was read, and rows that were tried again, are left alone, and then nothing is written.
pub async fn compaction_writes_over_nothing(world: &World) {
    let (id, mut tx) = three(world).await;
    let mut again = batch(id, Some("3"), "3", 2);
    again.batch_id = batch_id("replay", "", None, "1");
    assert_eq!(committed(&tx.commit_batch(again).await.unwrap()), 4);
    let before = tx.read_log(0, ReadLimit::default()).await.unwrap();
    for (bad, code) in [(replace(2, (5, 16), 0, ""), "log.changed"), (replace(4, (2, 17), 0, ""), "log.replay")] {
        let error = tx.compact_log(1, vec![replace(1, (5, 12), 0, ""), bad]).await.unwrap_err();
        assert_eq!(error.code, code);
    }
    assert_eq!(tx.read_log(0, ReadLimit::default()).await.unwrap(), before);
}

/// An outline has what a stream holds, what stands between, and what compaction made of it.
pub async fn an_outline_of_a_stream(world: &World) {
    let (id, mut tx) = three(world).await;
    let mut again = batch(id, Some("3"), "3", 2);
    again.batch_id = batch_id("replay", "", None, "1");
    committed(&tx.commit_batch(again).await.unwrap());
    tx.adopt_mapping(adopt(id, mapping("Name"))).await.unwrap();
    let kinds = |of: &[Outline]| of.iter().map(|o| (o.seq, o.kind, o.rows, o.replay, o.packed)).collect::<Vec<_>>();
    let all = tx.outline(id, "accounts", 1, 100).await.unwrap();
    let (records, rules) = (EntryKind::Records, EntryKind::Mapping);
    assert_eq!(
        kinds(&all),
        [
            (2, records, 5, false, None),
            (3, records, 5, false, None),
            (4, records, 2, true, None),
            (5, rules, 0, false, None)
        ]
    );
    assert_eq!((all[0].bytes, all[0].entity.as_deref(), all[0].mapping_version), (17, Some("account"), Some(1)));
    assert_eq!(tx.first_unpruned().await.unwrap(), None);
    tx.compact_log(1, vec![replace(2, (5, 17), 0, ""), replace(3, (5, 17), 9, "nine")]).await.unwrap();
    let all = tx.outline(id, "accounts", 0, 2).await.unwrap();
    assert_eq!(
        kinds(&all),
        [(1, records, 5, false, None), (3, records, 9, false, Some(false)), (5, rules, 0, false, None)]
    );
    let packed = tx.first_unpruned().await.unwrap().unwrap();
    assert_eq!((packed.connection, &*packed.stream, packed.seq, packed.at), (id, "accounts", 3, all[1].at));
    let seen = Replacement { pruned: true, ..replace(3, (9, 4), 9, "nine") };
    tx.compact_log(1, vec![seen]).await.unwrap();
    assert_eq!(tx.first_unpruned().await.unwrap(), None);
    let all = tx.outline(id, "accounts", 2, 1).await.unwrap();
    assert_eq!(kinds(&all)[0], (3, records, 9, false, Some(true)));
    // A stream is read without what holds nothing any more.
    let read = tx.read_stream(id, "accounts", 0, ReadLimit::default()).await.unwrap();
    assert_eq!(read.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 3, 4]);
    let purge = tx.delete_connection(id, 1).await.unwrap();
    assert_eq!(kinds(&tx.outline(id, "accounts", 5, 9).await.unwrap()), [(purge, EntryKind::Purge, 0, false, None)]);
    let stats = tx.log_stats().await.unwrap();
    assert_eq!((stats.rows, stats.compacted), (0, 1));
}

/// Under an epoch that is over, nothing is written.
pub async fn a_fenced_owner_writes_nothing(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let mut zombie = batch(id, None, "1", 5);
    zombie.epoch = 0;
    assert_eq!(tx.commit_batch(zombie).await.unwrap_err().kind, Kind::Fenced);
    tx.save().await.unwrap();
    assert_eq!(world.read().await.log_head().await.unwrap(), 0);
}

/// Two readers of one source interleave without losing or doubling a batch.
pub async fn two_writers_of_one_stream(world: &World) {
    let id = world.connection().await.id;
    let reader = |store: Arc<dyn crate::store::Store>, scope: crate::Scope| async move {
        let mut done = 0;
        loop {
            let mut tx = store.begin(&scope).await.unwrap();
            let cursor = tx.stream(id, "accounts").await.unwrap().cursor;
            let next = cursor.as_deref().map_or(0, |c| c.parse::<i32>().unwrap()) + 1;
            if next > 20 {
                return done;
            }
            drop(tx);
            tokio::task::yield_now().await;
            let mut tx = store.begin(&scope).await.unwrap();
            let outcome = tx.commit_batch(batch(id, cursor.as_deref(), &next.to_string(), 1)).await.unwrap();
            tx.save().await.unwrap();
            done += usize::from(matches!(outcome, Committed::Committed { .. }));
        }
    };
    let (one, two) = tokio::join!(
        reader(Arc::clone(&world.store), world.a.clone()),
        reader(Arc::clone(&world.store), world.a.clone())
    );
    assert_eq!(one + two, 20);
    let mut tx = world.read().await;
    assert_eq!((tx.log_head().await.unwrap(), tx.log_stats().await.unwrap().rows), (20, 20));
}

/// B's log is empty, has numbers of its own, and cannot take A's stream.
pub async fn a_stranger_sees_nothing(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    committed(&tx.commit_batch(batch(id, None, "1", 5)).await.unwrap());
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.log_head().await.unwrap(), 0);
    assert!(tx.read_log(0, ReadLimit::default()).await.unwrap().is_empty());
    assert!(tx.read_stream(id, "accounts", 0, ReadLimit::default()).await.unwrap().is_empty());
    assert_eq!(tx.log_entry(1).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.find_batch(&batch(id, None, "1", 5).batch_id).await.unwrap(), None);
    assert_eq!(tx.commit_batch(batch(id, Some("1"), "2", 5)).await.unwrap_err().code, "stream.unknown");
    assert!(tx.outline(id, "accounts", 0, 9).await.unwrap().is_empty());
    assert_eq!(tx.compact_log(1, vec![replace(1, (5, 12), 0, "")]).await.unwrap_err().kind, Kind::NotFound);
}
