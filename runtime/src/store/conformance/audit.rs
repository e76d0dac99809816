//! The audit. Registering tenant A and its admin is in it already.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::ids::ApiKeyId;
use crate::store::{AuditFilter, NewAudit, Page};
use crate::{Actor, Kind, Scope};

/// What registering noted.
const BEFORE: i64 = 2;

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
    assert_eq!(all.items.iter().map(|e| e.seq).collect::<Vec<_>>(), [BEFORE + 3, BEFORE + 2]);
    let page = Page::asked(Some(2), all.next_cursor.as_deref()).unwrap();
    let first = tx.audit(&AuditFilter::default(), &page).await.unwrap().items.remove(0);
    assert_eq!(
        (first.actor, first.trace_id),
        (world.a.actor().to_string(), world.a.trace().as_uuid().simple().to_string())
    );
    assert_eq!((first.after, first.before), (Some(json!({ "name": "crm" })), None));
    let beneath = AuditFilter { action: Some("connection.".into()), ..AuditFilter::default() };
    assert_eq!(tx.audit(&beneath, &Page::default()).await.unwrap().items.len(), 2);
    let exact = AuditFilter { action: Some("connection".into()), ..AuditFilter::default() };
    assert!(tx.audit(&exact, &Page::default()).await.unwrap().items.is_empty());
}

/// By time, by noun, by any word of it; and in the order of the chain.
pub async fn it_is_searched(world: &World) {
    let began = world.store.ambient().now();
    for (n, name) in ["Acme", "Blue", "acme two"].into_iter().enumerate() {
        world.clock.advance(Duration::from_secs(1));
        let mut tx = world.begin().await;
        let note =
            NewAudit::new("task.create", "task", n).before(json!({"name": "nobody"})).after(json!({"name": name}));
        tx.append_audit(note).await.unwrap();
        tx.save().await.unwrap();
    }
    let mut tx = world.read().await;
    for (filter, numbers) in [
        (AuditFilter { text: Some("ACME".into()), ..AuditFilter::default() }, vec![5, 3]),
        (AuditFilter { text: Some("nobody".into()), ..AuditFilter::default() }, vec![5, 4, 3]),
        (AuditFilter { subject: Some("task/".into()), ..AuditFilter::default() }, vec![5, 4, 3]),
        (AuditFilter { subject: Some("task/1".into()), ..AuditFilter::default() }, vec![4]),
        (AuditFilter { since: Some(began + Duration::from_secs(2)), ..AuditFilter::default() }, vec![5, 4]),
        (AuditFilter { until: Some(began + Duration::from_secs(2)), ..AuditFilter::default() }, vec![3, 2, 1]),
    ] {
        let page = tx.audit(&filter, &Page::default()).await.unwrap();
        assert_eq!(page.items.iter().map(|e| e.seq).collect::<Vec<_>>(), numbers, "{filter:?}");
    }
    let chain = tx.audit_chain(BEFORE, 2).await.unwrap();
    assert_eq!(chain.iter().map(|e| e.seq).collect::<Vec<_>>(), [3, 4]);
}

/// What a person or a person's key does is noted, or it does not happen.
pub async fn a_person_changes_nothing_unnoted(world: &World) {
    let key = ApiKeyId::new(world.store.ambient());
    for actor in [Actor::User(world.admin.id), Actor::ApiKey { key, owner: world.admin.id }] {
        let scope = Scope::new(world.a.tenant(), actor, world.a.trace());
        let mut tx = world.store.begin(&scope).await.unwrap();
        tx.put_setting("x", Some(1.into())).await.unwrap();
        let refused = tx.save().await.unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Internal, "audit.missing"));
        assert!(world.read().await.setting("x").await.unwrap().is_none(), "and nothing was changed");

        let mut tx = world.store.begin(&scope).await.unwrap();
        tx.put_setting("x", Some(1.into())).await.unwrap();
        tx.append_audit(NewAudit::new("setting.put", "setting", "x")).await.unwrap();
        tx.put_setting("x", None).await.unwrap();
        tx.save().await.unwrap();
        let last = world.read().await.audit(&AuditFilter::default(), &Page::first(1)).await.unwrap().items.remove(0);
        assert_eq!(last.actor, scope.actor().to_string());
    }
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
    let theirs = AuditFilter { action: Some("x".into()), ..AuditFilter::default() };
    assert!(tx.audit(&theirs, &Page::default()).await.unwrap().items.is_empty());
    assert_eq!(tx.audit_chain(0, 10).await.unwrap().len(), BEFORE as usize);
    tx.append_audit(note("y")).await.unwrap();
    assert_eq!(tx.audit(&AuditFilter::default(), &Page::default()).await.unwrap().items[0].seq, BEFORE + 1);
    assert_eq!(tx.verify_audit().await.unwrap(), None);
}
