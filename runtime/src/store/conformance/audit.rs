//! The audit.

use serde_json::json;

use super::World;
use crate::store::{AuditFilter, NewAudit, Page};

fn note(action: &str) -> NewAudit {
    NewAudit {
        action: action.into(),
        subject: "connection/1".into(),
        before: None,
        after: Some(json!({ "name": "crm" })),
    }
}

/// Noted with who and which request, found by what.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    for action in ["connection.create", "connection.delete", "user.create"] {
        tx.append_audit(note(action)).await.unwrap();
    }
    tx.save().await.unwrap();
    let mut tx = world.read().await;
    let all = tx.audit(&AuditFilter::default(), &Page::first(2)).await.unwrap();
    assert_eq!(all.items.iter().map(|e| e.seq).collect::<Vec<_>>(), [3, 2]);
    let page = Page::asked(Some(2), all.next_cursor.as_deref()).unwrap();
    let first = tx.audit(&AuditFilter::default(), &page).await.unwrap().items.remove(0);
    assert_eq!((first.actor, first.trace_id), (world.a.actor().to_string(), world.a.trace().to_string()));
    assert_eq!((first.after, first.before), (Some(json!({ "name": "crm" })), None));
    let beneath = AuditFilter { action: Some("connection.".into()), ..AuditFilter::default() };
    assert_eq!(tx.audit(&beneath, &Page::default()).await.unwrap().items.len(), 2);
    let exact = AuditFilter { action: Some("connection".into()), ..AuditFilter::default() };
    assert!(tx.audit(&exact, &Page::default()).await.unwrap().items.is_empty());
}

/// An unbroken chain holds, over pages of the check as well.
pub async fn an_edit_shows_in_the_chain(world: &World) {
    let mut tx = world.begin().await;
    assert_eq!(tx.verify_audit().await.unwrap(), None);
    for _ in 0..1_100 {
        tx.append_audit(note("x")).await.unwrap();
    }
    assert_eq!(tx.verify_audit().await.unwrap(), None);
    let hashes: std::collections::HashSet<_> = tx
        .audit(&AuditFilter::default(), &Page::first(1000))
        .await
        .unwrap()
        .items
        .into_iter()
        .map(|e| e.hash)
        .collect();
    assert_eq!(hashes.len(), 1000, "equal entries have hashes of their own");
}

/// B's audit is B's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.append_audit(note("x")).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(tx.audit(&AuditFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    tx.append_audit(note("y")).await.unwrap();
    assert_eq!(tx.audit(&AuditFilter::default(), &Page::default()).await.unwrap().items[0].seq, 1);
    assert_eq!(tx.verify_audit().await.unwrap(), None);
}
