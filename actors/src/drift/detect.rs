//! Pure: an agreed schema and the one a batch was seen with become a typed diff and the schema to agree on from here.
//!
//! Widening within a kind (integer to number, date to datetime, anything to what was all null) is quiet: it changes the
//! agreed type and nothing else. A column of nothing but nulls agrees with everything. Each change is told once, at the
//! batch that first has it, because the schema that comes out is what the next batch is compared with.

use std::collections::HashSet;

use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::schema::{SourceField, SourceSchema, SourceType};
use autonomos_runtime::store::NewDrift;
use serde_json::json;

use super::severity::severity;
use crate::matching::rename::{RepairCase, RepairField, RepairKind, propose_repair};

/// Distinct values kept of a column.
const SAMPLES: usize = 5;

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The schema to agree on from here; the one before when nothing changed.
    pub schema: SourceSchema,
    /// Changes, for the log.
    pub drifts: Vec<NewDrift>,
}

/// See the module. An empty agreed schema agrees with anything: the stream is new.
pub fn detect(
    system: Option<&str>,
    object: &str,
    agreed: &SourceSchema,
    seen: &SourceSchema,
    mapping: &Mapping,
) -> Found {
    let mut schema = merged(agreed, seen);
    if agreed.fields.is_empty() {
        return Found { schema, drifts: Vec::new() };
    }
    let before: HashSet<&str> = agreed.fields.iter().map(|f| f.name.as_str()).collect();
    let after: HashSet<&str> = seen.fields.iter().map(|f| f.name.as_str()).collect();
    let mut drifts = Vec::new();
    if before != after {
        drifts.extend(moved(system, object, agreed, seen, mapping));
    }
    for field in &seen.fields {
        let Some(old) = agreed.field(&field.name) else { continue };
        if let Some(kind) = retyped(old.data_type, field.data_type) {
            drifts.push(change(
                kind,
                Some(&field.name),
                Some(&field.name),
                mapping,
                None,
                vec![format!("{} became {}", old.data_type.as_str(), field.data_type.as_str())],
            ));
        }
    }
    if drifts.is_empty() && same_shape(agreed, &schema) {
        schema = agreed.clone();
    }
    Found { schema, drifts }
}

/// Columns that came and went, paired into renames where they belong together.
fn moved(
    system: Option<&str>,
    object: &str,
    agreed: &SourceSchema,
    seen: &SourceSchema,
    mapping: &Mapping,
) -> Vec<NewDrift> {
    let case = RepairCase {
        system: system.map(str::to_owned),
        object: object.to_owned(),
        before: agreed.fields.iter().map(described).collect(),
        after: seen.fields.iter().map(described).collect(),
    };
    let mut out = Vec::new();
    for proposal in propose_repair(&case) {
        let (from, to) = (proposal.from.names().to_vec(), proposal.to.names().to_vec());
        let mut tell = |kind, from: Option<&String>, to: Option<&String>, sure| {
            let (from, to) = (from.map(String::as_str), to.map(String::as_str));
            out.push(change(kind, from, to, mapping, sure, proposal.reasons.clone()));
        };
        match proposal.kind {
            RepairKind::Renamed => tell("renamed", from.first(), to.first(), Some(proposal.confidence)),
            RepairKind::Removed => tell(gone(from.first(), mapping), from.first(), None, None),
            RepairKind::Added => tell("added", None, to.first(), None),
            // A split or a merge has no rule that could carry it; its halves are told one by one.
            RepairKind::Split | RepairKind::Merged => {
                for name in &from {
                    tell(gone(Some(name), mapping), Some(name), None, None);
                }
                for name in &to {
                    tell("added", None, Some(name), None);
                }
            }
            // Types are compared below by what the values are, not by how they were declared.
            RepairKind::Retyped => {}
        }
    }
    out
}

/// What the loss of a column is called: without its key or its cursor a stream cannot safely go on.
fn gone(column: Option<&String>, mapping: &Mapping) -> &'static str {
    match column {
        Some(name) if mapping.key.contains(name) => "key_changed",
        Some(_) if column == mapping.order_by.as_ref() => "cursor_changed",
        _ => "removed",
    }
}

fn change(
    kind: &str,
    from: Option<&str>,
    to: Option<&str>,
    mapping: &Mapping,
    confidence: Option<f64>,
    reasons: Vec<String>,
) -> NewDrift {
    NewDrift {
        kind: kind.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        severity: severity(kind, from.or(to), mapping).as_str().to_owned(),
        confidence,
        evidence: json!({"reasons": reasons}),
    }
}

/// What a change of type is called; none when it is a quiet widening or no change.
fn retyped(old: SourceType, new: SourceType) -> Option<&'static str> {
    use SourceType::{Date, Datetime, Integer, List, Number, Object, Unknown};
    let nested = |t| matches!(t, Object | List);
    match (old, new) {
        (a, b) if a == b => None,
        (Unknown, _) | (_, Unknown) => None,
        (Integer | Number, Integer | Number) | (Date | Datetime, Date | Datetime) => None,
        // A text column whose values of this batch all happen to be numbers is still a text column.
        (SourceType::String, b) if !nested(b) => None,
        (a, b) if nested(a) || nested(b) => Some("nesting_changed"),
        _ => Some("retyped"),
    }
}

/// The columns seen, their types widened by what was known, samples renewed.
fn merged(agreed: &SourceSchema, seen: &SourceSchema) -> SourceSchema {
    let fields = seen.fields.iter().map(|field| {
        let Some(old) = agreed.field(&field.name) else { return field.clone() };
        let data_type = match retyped(old.data_type, field.data_type) {
            Some(_) => field.data_type,
            None => old.data_type.widen(field.data_type),
        };
        let mut samples = if field.samples.is_empty() { old.samples.clone() } else { field.samples.clone() };
        samples.truncate(SAMPLES);
        SourceField { name: field.name.clone(), data_type, nullable: old.nullable || field.nullable, samples }
    });
    let fields = fields.collect();
    let keep = |name: &String| seen.field(name).is_some();
    SourceSchema {
        fields,
        key: if seen.key.is_empty() {
            agreed.key.iter().filter(|k| keep(k)).cloned().collect()
        } else {
            seen.key.clone()
        },
        cursor: seen.cursor.clone().or_else(|| agreed.cursor.clone().filter(keep)),
    }
}

/// The same columns, types and nullability: fresh samples alone are not worth a write with every batch.
fn same_shape(a: &SourceSchema, b: &SourceSchema) -> bool {
    let shape = |s: &SourceSchema| -> Vec<(String, SourceType, bool)> {
        s.fields.iter().map(|f| (f.name.clone(), f.data_type, f.nullable)).collect()
    };
    a.key == b.key && a.cursor == b.cursor && shape(a) == shape(b)
}

fn described(field: &SourceField) -> RepairField {
    RepairField {
        name: field.name.clone(),
        data_type: (field.data_type != SourceType::Unknown).then(|| field.data_type.as_str().to_owned()),
        samples: field.samples.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(fields: &[(&str, SourceType)]) -> SourceSchema {
        let field = |(name, data_type): &(&str, SourceType)| SourceField {
            name: (*name).to_owned(),
            data_type: *data_type,
            nullable: false,
            samples: Vec::new(),
        };
        SourceSchema { fields: fields.iter().map(field).collect(), ..SourceSchema::default() }
    }

    fn mapping() -> Mapping {
        Mapping { version: 1, entity: "account".into(), rules: Vec::new(), key: vec!["Id".into()], order_by: None }
    }

    fn kinds(agreed: &SourceSchema, seen: &SourceSchema) -> Vec<String> {
        detect(Some("salesforce"), "Account", agreed, seen, &mapping()).drifts.into_iter().map(|d| d.kind).collect()
    }

    #[test]
    fn widening_is_quiet_and_remembered() {
        use SourceType::{Date, Datetime, Integer, Number, String, Unknown};
        let agreed = schema(&[("Id", String), ("Amount", Integer), ("Day", Date), ("Note", Unknown)]);
        let seen = schema(&[("Id", Integer), ("Amount", Number), ("Day", Datetime), ("Note", String)]);
        let found = detect(None, "Account", &agreed, &seen, &mapping());
        assert_eq!(found.drifts, []);
        let types: Vec<SourceType> = found.schema.fields.iter().map(|f| f.data_type).collect();
        assert_eq!(types, [String, Number, Datetime, String]);
    }

    #[test]
    fn every_change_is_told_once() {
        use SourceType::{Integer, String};
        let agreed = schema(&[("Id", String), ("Phone", String), ("Employees", Integer)]);
        let seen = schema(&[("Id", String), ("PhoneNumber", String), ("Employees", String)]);
        assert_eq!(kinds(&agreed, &seen), ["renamed", "retyped"]);
        let next = detect(None, "Account", &agreed, &seen, &mapping()).schema;
        assert_eq!(kinds(&next, &seen), Vec::<std::string::String>::new());
    }

    #[test]
    fn a_lost_key_or_cursor_is_no_mere_removal() {
        use SourceType::{Datetime, Integer, String};
        let agreed = schema(&[("Id", String), ("Changed", Datetime), ("Fax", String), ("Size", Integer)]);
        let ordered = Mapping { order_by: Some("Changed".into()), ..mapping() };
        let seen = schema(&[("Size", Integer)]);
        let drifts = detect(None, "Account", &agreed, &seen, &ordered).drifts;
        let kinds: Vec<&str> = drifts.iter().map(|d| d.kind.as_str()).collect();
        assert_eq!(kinds, ["key_changed", "cursor_changed", "removed"]);
        assert_eq!(drifts[0].severity, "breaking");
    }

    #[test]
    fn a_new_stream_agrees_with_anything() {
        let seen = schema(&[("Id", SourceType::String)]);
        assert_eq!(kinds(&SourceSchema::default(), &seen), Vec::<String>::new());
    }
}
