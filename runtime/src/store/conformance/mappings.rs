//! Mappings and their adoption.

use super::{World, batch, dead_letters, mapping};
use crate::Kind;
use crate::canonical::mapping::{Mapping, Origin};
use crate::ids::ConnectionId;
use crate::store::{
    AdoptMapping, Adopted, DeadLetterState, DriftState, Effective, EntryKind, MappingState, NewDeadLetter, NewDrift,
    Place, Retract, StreamUpdate, Tx,
};

/// An adoption of a mapping, under the first epoch.
pub fn adopt(connection: ConnectionId, mapping: Mapping) -> AdoptMapping {
    AdoptMapping {
        epoch: Some(1),
        connection,
        stream: "accounts".into(),
        mapping,
        expected_version: None,
        origin: Origin::Rule,
        reason: Some("found by name".into()),
        from_seq: None,
        revert: false,
        retracts: Vec::new(),
        drifts: Vec::new(),
        stream_update: StreamUpdate::default(),
    }
}

async fn two_versions(tx: &mut Box<dyn Tx>, id: ConnectionId) -> crate::ids::DriftId {
    let first = tx.adopt_mapping(adopt(id, mapping("Name"))).await.unwrap();
    assert_eq!(first, Adopted::Adopted { version: 1, seq: 1, from_seq: 1 });
    let drift = NewDrift {
        kind: "field_renamed".into(),
        from: Some("Name".into()),
        to: Some("Title".into()),
        severity: "breaking".into(),
        confidence: None,
        evidence: serde_json::json!({}),
    };
    let mut drifted = batch(id, None, "1", 10);
    drifted.drifts = vec![drift];
    let crate::store::Committed::Committed { seq: 2, drifts } = tx.commit_batch(drifted).await.unwrap() else {
        panic!("it is the first batch")
    };
    let mut second = adopt(id, mapping("Title"));
    (second.expected_version, second.from_seq) = (Some(1), Some(2));
    second.drifts = vec![(drifts[0], DriftState::Healed)];
    let second = tx.adopt_mapping(second).await.unwrap();
    assert_eq!(second, Adopted::Adopted { version: 2, seq: 3, from_seq: 2 });
    drifts[0]
}

/// A version, its log entry and the drift it heals appear together.
pub async fn adoption(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let drift = two_versions(&mut tx, id).await;
    tx.save().await.unwrap();

    let mut tx = world.read().await;
    let active = tx.active_mapping(id, "accounts").await.unwrap().unwrap();
    assert_eq!((active.version, active.from_seq, active.mapping.version), (2, 2, 2));
    assert_eq!(active.author, world.a.actor().to_string());
    assert_eq!(active.mapping.rules[0].source_path, "Title");
    let history = tx.mappings(id, "accounts").await.unwrap();
    assert_eq!(
        history.iter().map(|m| (m.version, m.state)).collect::<Vec<_>>(),
        [(2, MappingState::Active), (1, MappingState::Superseded)]
    );
    assert_eq!(tx.mapping(id, "accounts", 1).await.unwrap(), history[1]);
    assert_eq!(tx.active_mappings(id).await.unwrap(), std::slice::from_ref(&active));
    assert_eq!(tx.all_active_mappings().await.unwrap(), std::slice::from_ref(&active));
    let stream = tx.stream(id, "accounts").await.unwrap();
    assert_eq!((stream.mapping_version, stream.entity.as_deref()), (Some(2), Some("account")));
    let drift = tx.drift(drift).await.unwrap();
    assert_eq!((drift.state, drift.mapping_before, drift.mapping_after), (DriftState::Healed, Some(1), Some(2)));

    let entries = tx.mapping_entries(Some((id, "accounts"))).await.unwrap();
    assert_eq!(entries, tx.mapping_entries(None).await.unwrap());
    assert_eq!(
        entries.iter().map(|e| (e.seq, e.kind, e.from_seq)).collect::<Vec<_>>(),
        [(1, EntryKind::Mapping, Some(1)), (3, EntryKind::Mapping, Some(2))]
    );
    let carried: Mapping = serde_json::from_slice(&entries[1].payload).unwrap();
    assert_eq!(carried, active.mapping, "replay needs no other input");
    assert!(!String::from_utf8_lossy(&entries[1].payload).contains("retracts"), "nothing is said of nothing");
    let carried: Effective = serde_json::from_slice(&entries[1].payload).unwrap();
    assert_eq!(carried, Effective { mapping: active.mapping, retracts: Vec::new() });
}

/// Rules made from a version that is not in force any more are refused, and nothing is written.
pub async fn a_stale_adoption_is_refused(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let mut early = adopt(id, mapping("x"));
    early.expected_version = Some(1);
    assert_eq!(tx.adopt_mapping(early).await.unwrap(), Adopted::Conflict { active_version: None });
    two_versions(&mut tx, id).await;
    let mut late = adopt(id, mapping("x"));
    late.expected_version = Some(1);
    assert_eq!(tx.adopt_mapping(late).await.unwrap(), Adopted::Conflict { active_version: Some(2) });
    let mut fenced = adopt(id, mapping("x"));
    fenced.epoch = Some(0);
    assert_eq!(tx.adopt_mapping(fenced).await.unwrap_err().kind, Kind::Fenced);
    assert_eq!(tx.log_head().await.unwrap(), 3);
}

/// Taking back is going on: earlier rules, the same reach, a new version.
pub async fn a_revert_is_a_further_version(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    let drift = two_versions(&mut tx, id).await;
    let mut revert = adopt(id, tx.mapping(id, "accounts", 1).await.unwrap().mapping);
    (revert.from_seq, revert.revert, revert.epoch) = (Some(2), true, None);
    revert.drifts = vec![(drift, DriftState::Reverted)];
    let reverted = tx.adopt_mapping(revert).await.unwrap();
    assert_eq!(reverted, Adopted::Adopted { version: 3, seq: 4, from_seq: 2 });
    assert_eq!(tx.mapping(id, "accounts", 2).await.unwrap().state, MappingState::Reverted);
    let drift = tx.drift(drift).await.unwrap();
    assert_eq!((drift.state, drift.mapping_after), (DriftState::Reverted, Some(2)));
}

/// The log says which rows go, and their letters are open again, all of it or nothing; what was not replayed cannot go.
pub async fn rules_taken_back_take_replayed_rows_along(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    two_versions(&mut tx, id).await;
    let letter = |row| NewDeadLetter {
        origin: None,
        row,
        field: None,
        code: "required".into(),
        reason: "no".into(),
        raw: Vec::new(),
    };
    tx.add_dead_letters(id, "accounts", 1, (0..4).map(letter).collect()).await.unwrap();
    let letters = dead_letters::open(tx.as_mut()).await;
    let seq = dead_letters::replay(tx.as_mut(), id, 2, &letters[..3]).await;
    let rows = tx.stream(id, "accounts").await.unwrap().rows;
    tx.save().await.unwrap();

    let back = |retracts| AdoptMapping { revert: true, epoch: None, retracts, ..adopt(id, mapping("Name")) };
    for retract in [Retract { seq, rows: vec![0, 3] }, Retract { seq: 2, rows: vec![0] }] {
        let mut tx = world.begin().await;
        let refused = tx.adopt_mapping(back(vec![retract])).await.unwrap_err();
        assert_eq!(refused.code, "dead_letter.not_replayed");
    }
    let retracts = vec![Retract { seq, rows: vec![0, 2] }];
    for save in [false, true] {
        let mut tx = world.begin().await;
        let taken_back = tx.adopt_mapping(back(retracts.clone())).await.unwrap();
        assert_eq!(taken_back, Adopted::Adopted { version: 3, seq: seq + 1, from_seq: seq + 1 });
        if save {
            tx.save().await.unwrap();
        } else {
            drop(tx);
        }
        let mut tx = world.read().await;
        let open = dead_letters::open(tx.as_mut()).await;
        assert_eq!(open, if save { vec![letters[0], letters[2], letters[3]] } else { vec![letters[3]] });
        let gone = if save { 2 } else { 0 };
        assert_eq!(tx.stream(id, "accounts").await.unwrap().rows, rows - gone);
    }
    let mut tx = world.read().await;
    let (first, second) = (tx.dead_letter(letters[0]).await.unwrap(), tx.dead_letter(letters[1]).await.unwrap());
    assert_eq!((first.state, first.replayed), (DeadLetterState::Open, None));
    assert_eq!((second.state, second.replayed), (DeadLetterState::Replayed, Some(Place { seq, row: 1 })));
    let carried: Effective = serde_json::from_slice(&tx.log_entry(seq + 1).await.unwrap().payload).unwrap();
    assert_eq!(carried.retracts, retracts);
    assert_eq!(tx.mapping(id, "accounts", 3).await.unwrap().mapping, carried.mapping);
}

/// B cannot read or adopt for A's stream.
pub async fn a_stranger_sees_nothing(world: &World) {
    let id = world.connection().await.id;
    let mut tx = world.begin().await;
    two_versions(&mut tx, id).await;
    tx.save().await.unwrap();
    let mut tx = world.stranger().await;
    assert_eq!(tx.active_mapping(id, "accounts").await.unwrap(), None);
    assert_eq!(tx.mapping(id, "accounts", 1).await.unwrap_err().kind, Kind::NotFound);
    assert!(tx.mappings(id, "accounts").await.unwrap().is_empty());
    assert!(tx.active_mappings(id).await.unwrap().is_empty());
    assert!(tx.all_active_mappings().await.unwrap().is_empty());
    assert!(tx.mapping_entries(None).await.unwrap().is_empty());
    assert_eq!(tx.adopt_mapping(adopt(id, mapping("x"))).await.unwrap_err().kind, Kind::NotFound);
}
