//! Writes what was decided: new rules with the healing of the past in one transaction, questions for the rest, and the
//! way back.

use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin};
use autonomos_runtime::ids::{ConnectionId, DriftId};
use autonomos_runtime::store::{
    AdoptMapping, Adopted, Connection, Drift, DriftState, DriftUpdate, NewAudit, NewDecision, NewReview, Retract,
    Review, StreamUpdate, Tx, Verdict as Said,
};
use autonomos_runtime::{Error, Result, Timestamp};
use serde_json::{Value, json};

use super::judge::Judged;
use super::proposal::Proposal;

/// Changes of one stream that are applied together.
#[derive(Debug)]
pub struct Repair<'a> {
    /// Connection.
    pub connection: ConnectionId,
    /// Stream.
    pub stream: &'a str,
    /// The rules from here on.
    pub mapping: Mapping,
    /// The rules they were made from.
    pub expected_version: i64,
    /// First log position that has the change: history from there is mapped again.
    pub from_seq: i64,
    /// What this settles.
    pub drifts: Vec<(DriftId, DriftState)>,
    /// Who made the rules.
    pub origin: Origin,
    /// Why, for people.
    pub reason: String,
    /// It takes rules back.
    pub revert: bool,
    /// Replayed rows that go with the rules taken back.
    pub retracts: Vec<Retract>,
}

/// Adopts, and notes who changed which rules; `Conflict` when other rules came into force meanwhile.
pub async fn adopt(tx: &mut dyn Tx, epoch: Option<i64>, repair: Repair<'_>) -> Result<i64> {
    let before = tx.active_mapping(repair.connection, repair.stream).await?.map(|active| active.mapping);
    let (mapping, reason, from_seq) = (repair.mapping.clone(), repair.reason.clone(), repair.from_seq);
    let adopted = tx
        .adopt_mapping(AdoptMapping {
            epoch,
            connection: repair.connection,
            stream: repair.stream.to_owned(),
            mapping: repair.mapping,
            expected_version: Some(repair.expected_version),
            origin: repair.origin,
            reason: Some(repair.reason),
            from_seq: Some(repair.from_seq),
            revert: repair.revert,
            retracts: repair.retracts,
            drifts: repair.drifts,
            stream_update: StreamUpdate::default(),
        })
        .await?;
    match adopted {
        Adopted::Adopted { version, .. } => {
            let (was, is) = difference(before.as_ref(), &mapping);
            let subject = format!("{}/{}", repair.connection, repair.stream);
            let note = NewAudit::new("mapping.adopt", "mapping", subject);
            let note = note.before(json!({"version": repair.expected_version, "rules": was}));
            let after = json!({"version": version, "rules": is, "reason": reason, "from_seq": from_seq});
            tx.append_audit(note.after(after)).await?;
            Ok(version)
        }
        Adopted::Conflict { .. } => {
            Err(Error::conflict("mapping.changed_meanwhile", "The rules of the stream were changed meanwhile.")
                .remedy("Look at the rules as they are now and decide again."))
        }
    }
}

/// The rules that only one of the two has.
fn difference<'m>(before: Option<&'m Mapping>, after: &'m Mapping) -> (Vec<&'m FieldRule>, Vec<&'m FieldRule>) {
    let before = before.map(|mapping| mapping.rules.as_slice()).unwrap_or_default();
    let only = |these: &'m [FieldRule], those: &[FieldRule]| these.iter().filter(|r| !those.contains(r)).collect();
    (only(before, &after.rules), only(&after.rules, before))
}

/// Puts a change before a human.
pub async fn ask(
    tx: &mut dyn Tx,
    connection: &Connection,
    drift: &Drift,
    judged: &Judged,
    expires_at: Timestamp,
) -> Result<Review> {
    let evidence = judged.evidence.clone();
    let question = question(connection, drift, &judged.proposal, Some(judged.confidence), evidence, expires_at);
    let review = tx.create_review(question).await?;
    let change = DriftUpdate {
        state: Some(DriftState::Review),
        confidence: Some(judged.confidence),
        evidence: Some(remembered(drift, judged)),
        review_id: Some(review.id),
        mapping_after: None,
    };
    tx.update_drift(drift.id, change, None).await?;
    Ok(review)
}

/// Puts what was taken back before a human once more, as it was done: it can be approved again.
pub async fn ask_again(
    tx: &mut dyn Tx,
    connection: &Connection,
    drift: &Drift,
    proposal: &Proposal,
    expires_at: Timestamp,
) -> Result<Review> {
    let evidence = drift.evidence.get("judged").cloned().unwrap_or_else(|| json!({}));
    tx.create_review(question(connection, drift, proposal, drift.confidence, evidence, expires_at)).await
}

fn question(
    connection: &Connection,
    drift: &Drift,
    proposal: &Proposal,
    confidence: Option<f64>,
    evidence: Value,
    expires_at: Timestamp,
) -> NewReview {
    NewReview {
        connection_id: Some(connection.id),
        kind: "drift".to_owned(),
        key: Some(drift.id.to_string()),
        subject: json!({
            "drift_id": drift.id, "connection_id": connection.id, "connection": connection.name,
            "stream": drift.stream, "kind": drift.kind, "from": drift.from, "to": drift.to,
            "severity": drift.severity,
        }),
        proposal: proposal.to_json(),
        evidence,
        confidence,
        assignee: None,
        expires_at: Some(expires_at),
    }
}

/// What a drift keeps of what was decided about it, so that it can be taken back.
pub fn remembered(drift: &Drift, judged: &Judged) -> Value {
    let mut evidence = drift.evidence.clone();
    if !evidence.is_object() {
        evidence = json!({});
    }
    evidence["proposal"] = judged.proposal.to_json();
    evidence["judged"] = judged.evidence.clone();
    evidence
}

/// What was done about a drift.
pub fn proposal_of(drift: &Drift) -> Result<Proposal> {
    drift.evidence.get("proposal").map(Proposal::from_json).transpose()?.ok_or_else(|| {
        Error::conflict("drift.nothing_done", "Nothing was done about this drift, so nothing can be taken back.")
    })
}

/// The tenant's memory of a decision, which later proposals consult.
pub fn decision(
    system: Option<&str>,
    object: &str,
    proposal: &Proposal,
    said: Said,
    confidence: f64,
) -> Option<NewDecision> {
    let (source_field, target, kind) = match proposal {
        Proposal::Rename { from, to, .. } => (from, to, "rename"),
        Proposal::Map { source_path, field } => (source_path, field, "mapping"),
        _ => return None,
    };
    Some(NewDecision {
        system: system.map(str::to_owned),
        object: object.to_owned(),
        source_field: source_field.clone(),
        target: target.clone(),
        kind: kind.to_owned(),
        verdict: said,
        confidence: Some(confidence),
    })
}
