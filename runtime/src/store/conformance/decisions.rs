//! The memory of decisions.

use super::World;
use crate::store::{NewDecision, Verdict};

fn decision(verdict: Verdict) -> NewDecision {
    NewDecision {
        system: Some("hubspot".into()),
        object: "companies".into(),
        source_field: "nm".into(),
        target: "name".into(),
        kind: "mapping".into(),
        verdict,
        confidence: Some(0.7),
    }
}

/// The last word counts, and how often it was said.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    tx.remember(vec![decision(Verdict::Accepted), decision(Verdict::Accepted)]).await.unwrap();
    let known = tx.decisions(Some("hubspot"), Some("companies"), 10).await.unwrap();
    assert_eq!((known.len(), known[0].verdict, known[0].times), (1, Verdict::Accepted, 2));
    tx.remember(vec![decision(Verdict::Rejected)]).await.unwrap();
    let known = tx.decisions(None, None, 10).await.unwrap();
    assert_eq!((known[0].verdict, known[0].times, known[0].system.as_deref()), (Verdict::Rejected, 1, Some("hubspot")));
    assert!(tx.decisions(Some("salesforce"), None, 10).await.unwrap().is_empty());
}

/// B learns nothing from A.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.remember(vec![decision(Verdict::Accepted)]).await.unwrap();
    tx.save().await.unwrap();
    assert!(world.stranger().await.decisions(None, None, 10).await.unwrap().is_empty());
}
