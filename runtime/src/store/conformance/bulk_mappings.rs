//! Objects of mapping jobs.

use serde_json::json;

use super::World;
use crate::ids::TaskId;
use crate::store::{BulkCounts, BulkDone, NewBulkObject, Page};

fn object(name: &str, fields: u64) -> NewBulkObject {
    NewBulkObject {
        source: "crm".into(),
        system: None,
        object: name.into(),
        fields: json!([{"name": "Id"}]),
        field_count: fields,
    }
}

/// Added, done a part at a time, counted, paged.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let job = TaskId::new(world.store.ambient());
    assert_eq!(tx.bulk_counts(job).await.unwrap(), BulkCounts::default());
    tx.add_bulk_objects(job, vec![object("a", 2), object("b", 3)]).await.unwrap();
    tx.add_bulk_objects(job, vec![object("c", 5)]).await.unwrap();
    let left = tx.bulk_objects_left(job, 2).await.unwrap();
    assert_eq!(left.iter().map(|o| (o.place, &*o.object)).collect::<Vec<_>>(), [(0, "a"), (1, "b")]);
    let done = BulkDone { place: 1, proposals: json!([{"entity": null}]), mapped: 2 };
    tx.finish_bulk_objects(job, vec![done]).await.unwrap();
    let left: Vec<_> = tx.bulk_objects_left(job, 9).await.unwrap().into_iter().map(|o| o.place).collect();
    assert_eq!(left, [0, 2]);
    let counts = BulkCounts { objects: 3, done: 1, fields: 10, fields_done: 3, mapped: 2 };
    assert_eq!(tx.bulk_counts(job).await.unwrap(), counts);
    let first = tx.bulk_objects(job, &Page::first(2)).await.unwrap();
    let rest = Page::asked(Some(2), first.next_cursor.as_deref()).unwrap();
    let rest = tx.bulk_objects(job, &rest).await.unwrap();
    assert_eq!((first.items.len(), rest.items.len(), rest.next_cursor), (2, 1, None));
    assert!(first.items[1].done_at.is_some() && first.items[1].proposals == Some(json!([{"entity": null}])));
}

/// B sees and does nothing of A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let job = TaskId::new(world.store.ambient());
    tx.add_bulk_objects(job, vec![object("a", 2)]).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.bulk_counts(job).await.unwrap(), BulkCounts::default());
    assert!(tx.bulk_objects_left(job, 9).await.unwrap().is_empty());
    assert!(tx.bulk_objects(job, &Page::default()).await.unwrap().items.is_empty());
    let done = BulkDone { place: 0, proposals: json!([]), mapped: 1 };
    tx.finish_bulk_objects(job, vec![done]).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(world.read().await.bulk_counts(job).await.unwrap().done, 0);
}
