//! Reviews.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::Kind;
use crate::store::{NewReview, Page, Review, ReviewChange, ReviewFilter, ReviewState};

fn question(key: Option<&str>) -> NewReview {
    NewReview {
        kind: "drift".into(),
        key: key.map(Into::into),
        subject: json!({ "stream": "accounts" }),
        proposal: json!({ "rename": ["Name", "Title"] }),
        evidence: json!({}),
        confidence: Some(0.7),
        ..NewReview::default()
    }
}

async fn ask(world: &World) -> Review {
    let mut tx = world.begin().await;
    let review = tx.create_review(question(None)).await.unwrap();
    tx.save().await.unwrap();
    review
}

/// Asked, assigned, decided.
pub async fn round_trip(world: &World) {
    let asked = ask(world).await;
    assert_eq!((asked.state, asked.version, asked.confidence), (ReviewState::Pending, 1, Some(0.7)));
    let mut tx = world.begin().await;
    let assigned = tx.change_review(asked.id, 1, ReviewChange::Assign(Some(world.admin.id))).await.unwrap();
    assert_eq!((assigned.assignee, assigned.version, assigned.decided_by.as_ref()), (Some(world.admin.id), 2, None));
    let edit = json!({ "rename": ["Name", "FullName"] });
    let edited = tx.change_review(asked.id, 2, ReviewChange::Edit(edit.clone())).await.unwrap();
    assert_eq!((edited.state, edited.decision.as_ref()), (ReviewState::Edited, Some(&edit)));
    assert_eq!(edited.decided_by, Some(world.a.actor().to_string()));
    assert_eq!(tx.review(asked.id).await.unwrap(), edited);
    assert_eq!(tx.pending_reviews().await.unwrap(), 0);
}

/// The second one is told that what they looked at is not what is.
pub async fn two_deciders(world: &World) {
    let asked = ask(world).await;
    let mut tx = world.begin().await;
    tx.change_review(asked.id, 1, ReviewChange::Approve).await.unwrap();
    let late = tx.change_review(asked.id, 1, ReviewChange::Reject).await.unwrap_err();
    assert_eq!((late.kind, late.code), (Kind::Stale, "review.stale"));
    let again = tx.change_review(asked.id, 2, ReviewChange::Reject).await.unwrap_err();
    assert_eq!((again.kind, again.code), (Kind::Conflict, "review.settled"));
}

/// Snoozed ones come back, forgotten ones expire.
pub async fn waiting_and_expiry(world: &World) {
    let now = world.store.ambient().now();
    let mut tx = world.begin().await;
    let asked = tx
        .create_review(NewReview { expires_at: Some(now + Duration::from_hours(2)), ..question(None) })
        .await
        .unwrap();
    tx.change_review(asked.id, 1, ReviewChange::Snooze(now + Duration::from_hours(1))).await.unwrap();
    tx.save().await.unwrap();
    let pending = ReviewFilter { state: Some(ReviewState::Pending), ..ReviewFilter::default() };
    for (hours, waiting, expired) in [(0, 0, 0), (1, 1, 0), (1, 0, 1)] {
        world.clock.advance(Duration::from_hours(hours));
        let mut tx = world.begin().await;
        assert_eq!(tx.expire_reviews().await.unwrap().len(), expired);
        assert_eq!(tx.reviews(&pending, &Page::default()).await.unwrap().items.len(), waiting);
        assert_eq!(tx.pending_reviews().await.unwrap(), waiting as i64);
        tx.save().await.unwrap();
    }
}

/// The same question asked again while it waits is refreshed.
pub async fn one_question_a_key(world: &World) {
    let mut tx = world.begin().await;
    let first = tx.create_review(question(Some("k"))).await.unwrap();
    let again = tx.create_review(NewReview { confidence: Some(0.8), ..question(Some("k")) }).await.unwrap();
    assert_eq!((again.id, again.version, again.confidence), (first.id, 2, Some(0.8)));
    tx.change_review(first.id, 2, ReviewChange::Reject).await.unwrap();
    assert_ne!(tx.create_review(question(Some("k"))).await.unwrap().id, first.id);
}

/// B cannot see or decide A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let asked = ask(world).await;
    let mut tx = world.stranger().await;
    assert_eq!(tx.review(asked.id).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.reviews(&ReviewFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert_eq!(tx.change_review(asked.id, 1, ReviewChange::Approve).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.pending_reviews().await.unwrap(), 0);
}
