//! Drifts.

use serde_json::json;

use super::World;
use crate::Kind;
use crate::ids::{ConnectionId, DriftId};
use crate::store::{DriftFilter, DriftState, DriftUpdate, NewDrift, Page};

fn added(field: &str) -> NewDrift {
    NewDrift {
        kind: "field_added".into(),
        from: None,
        to: Some(field.into()),
        severity: "info".into(),
        confidence: None,
        evidence: json!({ "samples": ["1"] }),
    }
}

async fn detect(world: &World, fields: &[&str]) -> (ConnectionId, Vec<DriftId>) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let ids = tx.detect_drifts(id, "accounts", fields.iter().map(|f| added(f)).collect()).await.unwrap();
    tx.save().await.unwrap();
    (id, ids)
}

/// Detected, listed, moved on.
pub async fn round_trip(world: &World) {
    let (id, drifts) = detect(world, &["phone", "fax"]).await;
    let mut tx = world.begin().await;
    let drift = tx.drift(drifts[0]).await.unwrap();
    assert_eq!((drift.state, drift.detected_seq, drift.to.as_deref()), (DriftState::Detected, 1, Some("phone")));
    let change = DriftUpdate { state: Some(DriftState::Review), confidence: Some(0.7), ..DriftUpdate::default() };
    let moved = tx.update_drift(drift.id, change.clone(), Some(DriftState::Detected)).await.unwrap();
    assert_eq!((moved.state, moved.confidence, &moved.evidence), (DriftState::Review, Some(0.7), &drift.evidence));
    let late = tx.update_drift(drift.id, change, Some(DriftState::Detected)).await.unwrap_err();
    assert_eq!((late.kind, late.code), (Kind::Conflict, "drift.moved_on"));
    let filter =
        DriftFilter { state: Some(DriftState::Detected), connection: Some(id), stream: Some("accounts".into()) };
    let open = tx.drifts(&filter, &Page::default()).await.unwrap().items;
    assert_eq!(open.iter().map(|d| d.id).collect::<Vec<_>>(), [drifts[1]]);
    let first = tx.drifts(&DriftFilter::default(), &Page::first(1)).await.unwrap();
    assert!(first.next_cursor.is_some());
}

/// While it is open it is one; afterwards it may come again.
pub async fn an_open_drift_is_not_detected_twice(world: &World) {
    let (id, drifts) = detect(world, &["phone"]).await;
    let mut tx = world.begin().await;
    assert_eq!(tx.detect_drifts(id, "accounts", vec![added("phone")]).await.unwrap(), drifts);
    let change = DriftUpdate { state: Some(DriftState::Healed), ..DriftUpdate::default() };
    tx.update_drift(drifts[0], change, None).await.unwrap();
    assert_ne!(tx.detect_drifts(id, "accounts", vec![added("phone")]).await.unwrap(), drifts);
}

/// B cannot see, move or add A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let (id, drifts) = detect(world, &["phone"]).await;
    let mut tx = world.stranger().await;
    assert_eq!(tx.drift(drifts[0]).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.drifts(&DriftFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert_eq!(tx.update_drift(drifts[0], DriftUpdate::default(), None).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.detect_drifts(id, "accounts", vec![added("fax")]).await.unwrap_err().kind, Kind::NotFound);
}
