//! Playbooks and their runs.

use serde_json::json;

use super::World;
use crate::Kind;
use crate::ids::TaskId;
use crate::store::{Page, PlaybookRunState, StepChange, StepState};

const STEPS: [&str; 2] = ["read", "look"];

/// Written, begun, gone through, ended; an edit leaves a run as it was begun.
pub async fn round_trip(world: &World) {
    let mut tx = world.begin().await;
    let one = tx.create_playbook("nightly", "version: 1").await.unwrap();
    let steps = STEPS.map(str::to_owned);
    let task = TaskId::new(world.store.ambient());
    let run = tx.start_playbook(&one, Some(task), &steps).await.unwrap();
    assert_eq!((run.state, run.task_id, &*run.document), (PlaybookRunState::InProgress, Some(task), "version: 1"));
    let edited = tx.update_playbook(one.id, "version: 1 # two", Some(1)).await.unwrap();
    assert_eq!((edited.version, tx.playbook_named("nightly").await.unwrap()), (2, edited));
    assert_eq!(tx.update_playbook(one.id, "x", Some(1)).await.unwrap_err().kind, Kind::Stale);
    assert_eq!(tx.playbook_run(run.id).await.unwrap().document, "version: 1");
    let seen = tx.playbook_steps(run.id).await.unwrap();
    assert_eq!(seen.iter().map(|s| (&*s.name, s.state)).collect::<Vec<_>>(), STEPS.map(|s| (s, StepState::Waiting)));
    let begun = StepChange { state: StepState::InProgress, task_id: Some(task), result: None, error: None };
    tx.change_step(run.id, 0, begun).await.unwrap();
    let done = StepChange { state: StepState::Success, task_id: None, result: Some(json!({"rows": 1})), error: None };
    tx.change_step(run.id, 0, done).await.unwrap();
    let first = tx.playbook_steps(run.id).await.unwrap().remove(0);
    assert_eq!((first.state, first.task_id, first.result), (StepState::Success, Some(task), Some(json!({"rows": 1}))));
    assert!(first.started_at.is_some() && first.finished_at.is_some());
    assert_eq!(tx.open_playbook_runs(9).await.unwrap().len(), 1);
    let ended = tx.finish_playbook_run(run.id, PlaybookRunState::Failed, Some("why".into())).await.unwrap();
    assert_eq!((ended.state, ended.finished_at.is_some()), (PlaybookRunState::Failed, true));
    let again = tx.finish_playbook_run(run.id, PlaybookRunState::Success, None).await.unwrap();
    assert_eq!(again, ended, "what is over stays as it is");
    assert!(tx.open_playbook_runs(9).await.unwrap().is_empty());
    tx.delete_playbook(one.id).await.unwrap();
    assert_eq!(tx.playbook(one.id).await.unwrap_err().kind, Kind::NotFound);
    assert_eq!(tx.playbook_runs(Some("nightly"), &Page::default()).await.unwrap().items.len(), 1);
    tx.create_playbook("nightly", "x").await.unwrap();
    assert_eq!(tx.create_playbook("nightly", "x").await.unwrap_err().code, "playbook.name_taken");
}

/// B sees and changes nothing of A's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    let one = tx.create_playbook("nightly", "version: 1").await.unwrap();
    let run = tx.start_playbook(&one, None, &STEPS.map(str::to_owned)).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(tx.playbooks(&Page::default()).await.unwrap().items.is_empty());
    assert!(tx.playbook_runs(None, &Page::default()).await.unwrap().items.is_empty());
    assert!(tx.open_playbook_runs(9).await.unwrap().is_empty() && tx.playbook_steps(run.id).await.unwrap().is_empty());
    for error in [
        tx.playbook(one.id).await.unwrap_err(),
        tx.playbook_named("nightly").await.unwrap_err(),
        tx.update_playbook(one.id, "x", None).await.unwrap_err(),
        tx.delete_playbook(one.id).await.unwrap_err(),
        tx.playbook_run(run.id).await.unwrap_err(),
        tx.finish_playbook_run(run.id, PlaybookRunState::Failed, None).await.unwrap_err(),
    ] {
        assert_eq!(error.kind, Kind::NotFound);
    }
    let change = StepChange { state: StepState::Failed, task_id: None, result: None, error: None };
    tx.change_step(run.id, 0, change).await.unwrap();
    tx.save().await.unwrap();
    assert_eq!(world.read().await.playbook_steps(run.id).await.unwrap()[0].state, StepState::Waiting);
}
