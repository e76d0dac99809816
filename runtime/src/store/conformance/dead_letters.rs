//! Dead letters.

use super::{World, batch};
use crate::Kind;
use crate::ids::{ConnectionId, DeadLetterId};
use crate::store::{
    Committed, DeadLetterFilter, DeadLetterState, NewDeadLetter, Page, Place, Replayed, ReplayedFilter, Settled, Tx,
};

fn letter(row: i64) -> NewDeadLetter {
    NewDeadLetter {
        origin: None,
        row,
        field: Some("amount".into()),
        code: if row % 2 == 0 { "cast.number" } else { "required" }.into(),
        reason: "no".into(),
        raw: row.to_le_bytes().to_vec(),
    }
}

async fn some(world: &World, rows: i64) -> ConnectionId {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    tx.add_dead_letters(id, "accounts", 1, (0..rows).map(letter).collect()).await.unwrap();
    tx.save().await.unwrap();
    id
}

/// Kept, counted, tried, settled once.
pub async fn round_trip(world: &World) {
    let id = some(world, 3).await;
    let mut tx = world.begin().await;
    let filter = DeadLetterFilter { connection: Some(id), code: Some("cast.number".into()), ..Default::default() };
    let letters = tx.dead_letters(&filter, &Page::default()).await.unwrap().items;
    assert_eq!(letters.iter().map(|l| l.row).collect::<Vec<_>>(), [0, 2]);
    assert_eq!(tx.dead_letter(letters[1].id).await.unwrap(), letters[1]);
    assert_eq!(letters[1].raw, 2_i64.to_le_bytes());
    let ids: Vec<_> = letters.iter().map(|l| l.id).collect();
    tx.count_dead_letter_attempt(&ids).await.unwrap();
    let rows = [(ids[0], 4), (ids[1], 9)];
    assert_eq!(tx.settle_dead_letters(Settled::Replayed(7, &rows)).await.unwrap(), 2);
    assert_eq!(tx.settle_dead_letters(Settled::Discarded(&ids)).await.unwrap(), 0);
    let settled = tx.dead_letter(ids[1]).await.unwrap();
    assert_eq!((settled.state, settled.attempts), (DeadLetterState::Replayed, 1));
    assert_eq!((letters[1].replayed, settled.replayed), (None, Some(Place { seq: 7, row: 9 })));
    let counts = tx.dead_letter_counts(Some(id)).await.unwrap();
    assert_eq!(
        counts.iter().map(|c| (c.state, c.count)).collect::<Vec<_>>(),
        [(DeadLetterState::Replayed, 2), (DeadLetterState::Open, 1)]
    );
}

/// A whole batch that fails goes in at once and lists in the order of its rows.
pub async fn thousands_keep_their_order(world: &World) {
    some(world, 2_500).await;
    let mut tx = world.read().await;
    let (mut rows, mut cursor) = (Vec::new(), None);
    loop {
        let page = Page::asked(Some(1000), cursor.as_deref()).unwrap();
        let page = tx.dead_letters(&DeadLetterFilter::default(), &page).await.unwrap();
        rows.extend(page.items.iter().map(|l| l.row));
        cursor = page.next_cursor;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(rows, (0..2_500).collect::<Vec<_>>());
}

/// Replays letters in a batch of their own under a version of the rules; answers its position.
pub async fn replay(tx: &mut dyn Tx, id: ConnectionId, version: i64, letters: &[DeadLetterId]) -> i64 {
    let cursor = tx.stream(id, "accounts").await.unwrap().cursor;
    let mut rows = batch(id, cursor.as_deref(), cursor.as_deref().unwrap_or("1"), letters.len() as u64);
    rows.batch_id =
        crate::canonical::batch_id("replay", "accounts", Some(&version.to_string()), &format!("{letters:?}"));
    rows.mapping_version = version;
    let Committed::Committed { seq, .. } = tx.commit_batch(rows).await.unwrap() else { panic!("it is a new batch") };
    let rows: Vec<_> = letters.iter().copied().zip(0..).collect();
    assert_eq!(tx.settle_dead_letters(Settled::Replayed(seq, &rows)).await.unwrap(), letters.len() as u64);
    seq
}

/// The open letters of A, in the order of their rows.
pub async fn open(tx: &mut dyn Tx) -> Vec<DeadLetterId> {
    let filter = DeadLetterFilter { state: Some(DeadLetterState::Open), ..DeadLetterFilter::default() };
    tx.dead_letters(&filter, &Page::default()).await.unwrap().items.iter().map(|l| l.id).collect()
}

/// Replayed letters are found by where their rows are and by the version that took them, a part at a time.
pub async fn replayed_ones_know_their_place(world: &World) {
    let id = some(world, 5).await;
    let mut tx = world.begin().await;
    let letters = open(tx.as_mut()).await;
    let first = replay(tx.as_mut(), id, 1, &letters[3..]).await;
    let second = replay(tx.as_mut(), id, 2, &letters[..2]).await;
    tx.save().await.unwrap();
    let mut tx = world.read().await;
    let any = ReplayedFilter { connection: id, stream: "accounts", since_version: 0, after: None, limit: 3 };
    let places = |found: &[Replayed]| found.iter().map(|l| (l.place.seq, l.place.row, l.row)).collect::<Vec<_>>();
    let found = tx.replayed_dead_letters(any).await.unwrap();
    assert_eq!(places(&found), [(first, 0, 3), (first, 1, 4), (second, 0, 0)]);
    assert_eq!((found[2].mapping_version, found[2].raw.as_slice()), (2, &0_i64.to_le_bytes()[..]));
    let rest = ReplayedFilter { after: Some(found[2].place), ..any };
    assert_eq!(places(&tx.replayed_dead_letters(rest).await.unwrap()), [(second, 1, 1)]);
    let later = ReplayedFilter { since_version: 2, ..any };
    assert_eq!(places(&tx.replayed_dead_letters(later).await.unwrap()), [(second, 0, 0), (second, 1, 1)]);
    for nothing in [ReplayedFilter { since_version: 3, ..any }, ReplayedFilter { stream: "contacts", ..any }] {
        assert!(tx.replayed_dead_letters(nothing).await.unwrap().is_empty());
    }
    assert!(world.stranger().await.replayed_dead_letters(any).await.unwrap().is_empty());
}

/// B cannot see, settle or add A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let id = some(world, 1).await;
    let letter_id =
        world.read().await.dead_letters(&DeadLetterFilter::default(), &Page::default()).await.unwrap().items[0].id;
    let mut tx = world.stranger().await;
    assert_eq!(tx.dead_letter(letter_id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.dead_letters(&DeadLetterFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert!(tx.dead_letter_counts(Some(id)).await.unwrap().is_empty());
    assert_eq!(tx.settle_dead_letters(Settled::Discarded(&[letter_id])).await.unwrap(), 0);
    let added = tx.add_dead_letters(id, "accounts", 1, vec![letter(1)]).await.unwrap_err();
    assert_eq!(added.kind, Kind::NotFound);
}
