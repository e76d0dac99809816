//! Dead letters.

use super::World;
use crate::Kind;
use crate::ids::ConnectionId;
use crate::store::{DeadLetterFilter, DeadLetterState, NewDeadLetter, Page};

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
    assert_eq!(tx.settle_dead_letters(&ids, DeadLetterState::Replayed).await.unwrap(), 2);
    assert_eq!(tx.settle_dead_letters(&ids, DeadLetterState::Discarded).await.unwrap(), 0);
    let settled = tx.dead_letter(ids[0]).await.unwrap();
    assert_eq!((settled.state, settled.attempts), (DeadLetterState::Replayed, 1));
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

/// B cannot see, settle or add A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let id = some(world, 1).await;
    let letter_id =
        world.read().await.dead_letters(&DeadLetterFilter::default(), &Page::default()).await.unwrap().items[0].id;
    let mut tx = world.stranger().await;
    assert_eq!(tx.dead_letter(letter_id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.dead_letters(&DeadLetterFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert!(tx.dead_letter_counts(Some(id)).await.unwrap().is_empty());
    assert_eq!(tx.settle_dead_letters(&[letter_id], DeadLetterState::Discarded).await.unwrap(), 0);
    let added = tx.add_dead_letters(id, "accounts", 1, vec![letter(1)]).await.unwrap_err();
    assert_eq!(added.kind, Kind::NotFound);
}
