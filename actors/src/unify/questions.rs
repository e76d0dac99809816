//! Questions to people about identity: are these two one, and does this one still belong. Pure: the shapes of reviews.

use autonomos_runtime::store::{NewReview, Review};
use serde_json::{Map, Value, json};

use super::explain::explain;
use super::golden::Row;
use super::plan::{Plan, probability};
use crate::dcl::Pair;

/// Kind of the question whether two entities are one.
pub const MERGE: &str = "merge";
/// Kind of the question whether a record still belongs to its entity.
pub const SPLIT: &str = "split";

/// An id as the wire has it.
pub fn spelled(id: u64) -> String {
    format!("{id:016x}")
}

/// An id off the wire.
pub fn read_id(text: &str) -> Option<u64> {
    (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok()).flatten()
}

/// What of a record a person looks at: what is compared, and where it comes from.
fn shown(plan: &Plan, row: &Row) -> Value {
    let mut out: Map<String, Value> = plan
        .fields
        .iter()
        .filter_map(|f| Some((f.clone(), row.values.get(f).filter(|v| !v.is_null())?.clone())))
        .collect();
    out.insert("id".to_owned(), json!(spelled(row.record)));
    out.insert("source".to_owned(), row.values.get("source").cloned().unwrap_or(Value::Null));
    Value::Object(out)
}

/// Are these two entities one?
pub fn merge(plan: &Plan, names: &[String], pair: &Pair, entities: (u64, u64), a: &Row, b: &Row) -> NewReview {
    let told = explain(plan, names, pair.bits, &pair.evidence, Some(&a.values), Some(&b.values));
    NewReview {
        kind: MERGE.to_owned(),
        key: Some(format!("{}:{}:{}", plan.entity, spelled(pair.a), spelled(pair.b))),
        subject: json!({"entity": plan.entity, "a": spelled(pair.a), "b": spelled(pair.b)}),
        proposal: json!({"merge": [spelled(entities.0), spelled(entities.1)]}),
        evidence: json!({
            "probability": told.probability,
            "bits": told.bits,
            "comparisons": told.comparisons,
            "records": [shown(plan, a), shown(plan, b)],
        }),
        confidence: Some(probability(pair.bits)),
        ..NewReview::default()
    }
}

/// Does this record still belong to its entity?
pub fn split(plan: &Plan, entity: u64, record: &Row, others: &[&Row]) -> NewReview {
    NewReview {
        kind: SPLIT.to_owned(),
        key: Some(format!("{}:{}", plan.entity, spelled(record.record))),
        subject: json!({"entity": plan.entity, "id": spelled(entity), "record": spelled(record.record)}),
        proposal: json!({"split": {"id": spelled(entity), "records": [spelled(record.record)]}}),
        evidence: json!({
            "why": "the record changed, and nothing that it says ties it to the others any more",
            "record": shown(plan, record),
            "others": others.iter().take(20).map(|row| shown(plan, row)).collect::<Vec<_>>(),
        }),
        ..NewReview::default()
    }
}

/// Somebody says that two entities are one, and asks somebody else.
pub fn merge_said(entity: &str, records: (u64, u64), entities: (u64, u64), reason: Option<&str>) -> NewReview {
    let (a, b) = (records.0.min(records.1), records.0.max(records.1));
    NewReview {
        kind: MERGE.to_owned(),
        key: Some(format!("{entity}:{}:{}", spelled(a), spelled(b))),
        subject: json!({"entity": entity, "a": spelled(a), "b": spelled(b)}),
        proposal: json!({"merge": [spelled(entities.0), spelled(entities.1)]}),
        evidence: json!({"why": "somebody says so", "reason": reason}),
        ..NewReview::default()
    }
}

/// Somebody says that records are not of their entity, and asks somebody else.
pub fn split_said(entity: &str, id: u64, records: &[u64], reason: Option<&str>) -> Option<NewReview> {
    let first = spelled(*records.first()?);
    let records: Vec<String> = records.iter().copied().map(spelled).collect();
    Some(NewReview {
        kind: SPLIT.to_owned(),
        key: Some(format!("{entity}:{first}")),
        subject: json!({"entity": entity, "id": spelled(id), "record": first}),
        proposal: json!({"split": {"id": spelled(id), "records": records}}),
        evidence: json!({"why": "somebody says so", "reason": reason}),
        ..NewReview::default()
    })
}

/// The records that a question would take out of their entity.
pub fn taken_out(review: &Review) -> Vec<u64> {
    let records = review.proposal["split"]["records"].as_array().into_iter().flatten();
    records.filter_map(|id| id.as_str().and_then(read_id)).collect()
}
