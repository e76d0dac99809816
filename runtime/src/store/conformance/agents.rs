//! Runs and findings.

use serde_json::json;

use super::World;
use crate::Kind;
use crate::store::{FindingFilter, FindingState, FindingsChange, NewFinding, Page, RunState, Tx};

fn finding(key: &str) -> NewFinding {
    NewFinding {
        key: key.into(),
        check: "stalled".into(),
        title: format!("{key} has not moved for 90 days"),
        severity: "warning".into(),
        impact: json!({ "amount": "10.50", "currency": "EUR" }),
        subject: json!({ "entity": "opportunity", "key": key }),
        evidence: json!([{ "stage": "proposal" }]),
    }
}

async fn run(tx: &mut Box<dyn Tx>, position: i64, keys: &[&str]) -> FindingsChange {
    let run = tx.start_run("revops", "views", position).await.unwrap();
    tx.record_findings(run.id, keys.iter().map(|k| finding(k)).collect()).await.unwrap()
}

/// Begun, noted, ended.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let begun = tx.start_run("revops", "views", 7).await.unwrap();
    tx.progress_run(begun.id, json!([{ "step": "stalled" }])).await.unwrap();
    let ended = tx.finish_run(begun.id, RunState::Success, Some(json!({ "findings": 1 })), None).await.unwrap();
    assert_eq!((ended.state, ended.position, &ended.steps), (RunState::Success, 7, &json!([{ "step": "stalled" }])));
    assert_eq!(tx.run(begun.id).await.unwrap(), ended);
    assert_eq!(tx.runs(Some("revops"), &Page::default()).await.unwrap().items, std::slice::from_ref(&ended));
    world.clock.advance(std::time::Duration::from_millis(1));
    let later = tx.start_run("revops", "manual", 8).await.unwrap();
    let other = tx.start_run("finops", "views", 8).await.unwrap();
    assert_eq!(tx.last_runs().await.unwrap(), [other, later]);
}

/// The next run updates what it finds again, keeps what people said, and resolves what is gone.
pub async fn a_finding_is_updated_not_found_again(world: &World) {
    let mut tx = world.begin().await;
    assert_eq!(run(&mut tx, 1, &["a", "b", "c"]).await, FindingsChange { new: 3, ..Default::default() });
    let all = tx.findings(&FindingFilter::default(), &Page::default()).await.unwrap().items;
    let dismissed = all.iter().find(|f| f.key == "b").unwrap();
    let note = Some("known".to_owned());
    let decided = tx.decide_finding(dismissed.id, FindingState::Dismissed, note, Some(1)).await.unwrap();
    assert_eq!((decided.version, decided.decided_by), (2, Some(world.a.actor().to_string())));
    let late = tx.decide_finding(dismissed.id, FindingState::Open, None, Some(1)).await.unwrap_err();
    assert_eq!(late.kind, Kind::Stale);

    let change = run(&mut tx, 5, &["a", "b", "d"]).await;
    assert_eq!(change, FindingsChange { new: 1, seen_again: 2, reopened: 0, resolved: 1 });
    let again = tx.finding(dismissed.id).await.unwrap();
    assert_eq!(
        (again.state, again.times_seen, again.first_position, again.last_position),
        (FindingState::Dismissed, 2, 1, 5)
    );
    let change = run(&mut tx, 6, &["c"]).await;
    assert_eq!(change, FindingsChange { new: 0, seen_again: 0, reopened: 1, resolved: 2 });
    let open =
        FindingFilter { state: Some(FindingState::Open), agent: Some("revops".into()), check: Some("stalled".into()) };
    let open = tx.findings(&open, &Page::default()).await.unwrap().items;
    assert_eq!(open.iter().map(|f| &*f.key).collect::<Vec<_>>(), ["c"]);
}

/// Every finding once.
pub async fn paging(world: &World) {
    let mut tx = world.begin().await;
    run(&mut tx, 1, &["a", "b", "c"]).await;
    let first = tx.findings(&FindingFilter::default(), &Page::first(2)).await.unwrap();
    let page = Page::asked(Some(2), first.next_cursor.as_deref()).unwrap();
    let second = tx.findings(&FindingFilter::default(), &page).await.unwrap();
    let mut keys: Vec<_> = first.items.iter().chain(&second.items).map(|f| f.key.clone()).collect();
    keys.sort();
    assert_eq!(keys, ["a", "b", "c"]);
}

/// B cannot see or decide A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    run(&mut tx, 1, &["a"]).await;
    let found = tx.findings(&FindingFilter::default(), &Page::default()).await.unwrap().items.remove(0);
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.finding(found.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.run(found.last_run_id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.record_findings(found.last_run_id, vec![]).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.findings(&FindingFilter::default(), &Page::default()).await.unwrap().items.is_empty());
    assert!(tx.runs(None, &Page::default()).await.unwrap().items.is_empty());
    let decided = tx.decide_finding(found.id, FindingState::Dismissed, None, None).await.unwrap_err();
    assert_eq!(decided.kind, Kind::NotFound);
}
