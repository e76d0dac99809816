//! Streams.

use super::{World, batch, new_stream};
use crate::Kind;
use crate::canonical::schema::{SourceField, SourceSchema, SourceType};
use crate::store::{Committed, StaleField, StreamState, StreamUpdate};

/// Made once, changed piece by piece.
pub async fn round_trip(world: &World) {
    let connection = world.connection().await;
    let mut tx = world.begin().await;
    let made = tx.ensure_stream(new_stream(connection.id)).await.unwrap();
    assert_eq!(
        (made.state, made.cursor.as_deref(), made.object.as_deref()),
        (StreamState::Active, None, Some("Account"))
    );
    let field = SourceField { name: "Id".into(), data_type: SourceType::String, nullable: false, samples: vec![] };
    let schema = SourceSchema { fields: vec![field], key: vec!["Id".into()], ..SourceSchema::default() };
    let stale = vec![StaleField { name: "Old".into(), since_seq: 3, since: world.store.ambient().now() }];
    let change = StreamUpdate {
        schema: Some(schema.clone()),
        state: Some((StreamState::Stopped, Some("the key changed".into()))),
        stale: Some(stale.clone()),
        synced: true,
    };
    let changed = tx.update_stream(connection.id, "accounts", change).await.unwrap();
    assert_eq!(changed.fingerprint, Some(schema.fingerprint()));
    assert_eq!((changed.schema.as_ref(), &changed.stale), (Some(&schema), &stale));
    assert_eq!(changed.last_sync_at, Some(world.store.ambient().now()));
    let same = tx.update_stream(connection.id, "accounts", StreamUpdate::default()).await.unwrap();
    assert_eq!((same.state, same.last_error.as_deref()), (StreamState::Stopped, Some("the key changed")));
    let active = StreamUpdate { state: Some((StreamState::Active, None)), ..Default::default() };
    let again = tx.update_stream(connection.id, "accounts", active).await.unwrap();
    assert_eq!((again.last_error, again.schema), (None, Some(schema)));
    assert_eq!(tx.streams(connection.id).await.unwrap().len(), 1);
}

/// A stream that was set back is read again, under batch ids of its own.
pub async fn rewinding(world: &World) {
    let connection = world.connection().await;
    let mut tx = world.begin().await;
    tx.commit_batch(batch(connection.id, None, "1", 10)).await.unwrap();
    tx.rewind_stream(connection.id, "accounts", None).await.unwrap();
    let stream = tx.stream(connection.id, "accounts").await.unwrap();
    assert_eq!((stream.cursor, stream.generation), (None, 1));
    let mut again = batch(connection.id, None, "1", 10);
    again.batch_id = crate::canonical::batch_id("c", "accounts", Some("1:"), "1");
    assert!(matches!(tx.commit_batch(again).await.unwrap(), Committed::Committed { seq: 2, .. }));
}

/// B cannot find, change or rewind A's stream.
pub async fn a_stranger_sees_nothing(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.stranger().await;
    assert_eq!(tx.stream(id, "accounts").await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.streams(id).await.unwrap().is_empty());
    assert!(tx.all_streams().await.unwrap().is_empty());
    let changed = tx.update_stream(id, "accounts", StreamUpdate::default()).await.unwrap_err();
    assert_eq!(changed.kind, Kind::NotFound);
    assert_eq!(tx.rewind_stream(id, "accounts", None).await.unwrap_err().kind, Kind::NotFound);
}
