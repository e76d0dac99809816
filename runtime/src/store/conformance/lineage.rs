//! Lineage: the stamp, what others tell, what waits to be told.

use serde_json::json;

use super::{World, batch};
use crate::store::{ConnectionUpdate, ForeignColumn, ForeignDataset, ForeignJob, ForeignName, NewFinding};

fn named(name: &str) -> ForeignName {
    ForeignName { namespace: "postgres://db.example.com:5432".into(), name: name.into() }
}

fn dataset(world: &World, name: &str, fields: &[&str]) -> ForeignDataset {
    let fields = fields.iter().map(|f| (*f).to_owned()).collect();
    ForeignDataset { name: named(name), fields, seen_at: world.store.ambient().now() }
}

fn job(world: &World, run: &str) -> ForeignJob {
    let (from, to) = (named("raw"), named("clean"));
    ForeignJob {
        name: ForeignName { namespace: "airflow".into(), name: "nightly".into() },
        run: Some(run.into()),
        state: Some("COMPLETE".into()),
        inputs: vec![from.clone()],
        outputs: vec![to.clone()],
        columns: vec![ForeignColumn { from, from_field: "a".into(), to, to_field: "b".into() }],
        event_at: Some(world.store.ambient().now()),
        seen_at: world.store.ambient().now(),
    }
}

/// Datasets and jobs of others: kept, told again, listed.
pub async fn what_others_tell(world: &World) {
    let mut tx = world.begin().await;
    for fields in [&["a", "b"][..], &[][..]] {
        tx.put_foreign_dataset(dataset(world, "raw", fields)).await.unwrap();
    }
    assert_eq!(
        tx.foreign_datasets().await.unwrap(),
        [dataset(world, "raw", &["a", "b"])],
        "silence takes nothing away"
    );
    for run in ["1", "2"] {
        tx.put_foreign_job(job(world, run)).await.unwrap();
    }
    assert_eq!(tx.foreign_jobs().await.unwrap(), [job(world, "2")]);
    assert_eq!(tx.foreign_job(&job(world, "2").name).await.unwrap(), Some(job(world, "2")));
    assert_eq!(tx.foreign_job(&named("nobody")).await.unwrap(), None);
}

/// Each sink has its own line, in order, bounded, and what was sent is gone from it.
pub async fn a_line_for_each_sink(world: &World) {
    let mut tx = world.begin().await;
    let events: Vec<_> = (1..=4).map(|n| json!({ "n": n })).collect();
    assert_eq!(tx.queue_lineage("file", &events, 10).await.unwrap(), 0);
    assert_eq!(tx.queue_lineage("http", &events, 3).await.unwrap(), 1, "the oldest made room");
    let first = tx.queued_lineage("file", 2).await.unwrap();
    assert_eq!(first.iter().map(|(_, e)| e["n"].as_i64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    tx.sent_lineage("file", first[1].0).await.unwrap();
    let rest = tx.queued_lineage("file", 10).await.unwrap();
    assert_eq!(rest.iter().map(|(_, e)| e["n"].as_i64().unwrap()).collect::<Vec<_>>(), [3, 4]);
    assert_eq!(tx.queued_lineage("http", 10).await.unwrap().len(), 3);
}

/// Whatever a graph is made from changes the stamp, and nothing else does.
pub async fn a_stamp_changes_with_what_it_is_of(world: &World) {
    let connection = world.connection().await;
    let mut tx = world.begin().await;
    let mut before = tx.lineage_stamp().await.unwrap();
    assert_eq!(tx.lineage_stamp().await.unwrap(), before);
    let change = ConnectionUpdate { name: Some("other".into()), ..ConnectionUpdate::default() };
    tx.update_connection(connection.id, change, None).await.unwrap();
    let mut changed = |now| assert_ne!(std::mem::replace(&mut before, now), before);
    changed(tx.lineage_stamp().await.unwrap());
    tx.commit_batch(batch(connection.id, None, "1", 2)).await.unwrap();
    changed(tx.lineage_stamp().await.unwrap());
    tx.put_foreign_dataset(dataset(world, "raw", &[])).await.unwrap();
    changed(tx.lineage_stamp().await.unwrap());
    let run = tx.start_run("revops", "manual", 1).await.unwrap();
    let finding = NewFinding {
        key: "one".into(),
        check: "stalled".into(),
        title: "One".into(),
        severity: "info".into(),
        impact: json!({}),
        subject: json!({}),
        evidence: json!([]),
    };
    tx.record_findings(run.id, vec![finding]).await.unwrap();
    let now = tx.lineage_stamp().await.unwrap();
    assert_eq!(now.findings["revops"], 1);
    changed(now);
}

/// B sees nothing of it.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.put_foreign_dataset(dataset(world, "raw", &["a"])).await.unwrap();
    tx.put_foreign_job(job(world, "1")).await.unwrap();
    tx.queue_lineage("file", &[json!({})], 10).await.unwrap();
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert!(tx.foreign_datasets().await.unwrap().is_empty());
    assert!(tx.foreign_jobs().await.unwrap().is_empty());
    assert_eq!(tx.foreign_job(&job(world, "1").name).await.unwrap(), None);
    assert!(tx.queued_lineage("file", 10).await.unwrap().is_empty());
    assert_eq!(tx.lineage_stamp().await.unwrap(), crate::store::LineageStamp::default());
}
