//! Pure: an agreed schema and the one a batch was seen with become a typed diff and the schema to agree on from here.
//!
//! Widening within a kind (integer to number, date to datetime) is a line on the timeline once a stream is known, and
//! nothing at all before: what a first read brings is how the stream is. Narrowing shows only where the source declares
//! types, because a batch of text says what its values happen to be. A column of nothing but nulls agrees with
//! everything. Lists of values are [`super::values`]'s. Each change is told once, at the batch that first has it,
//! because the schema that comes out is what the next batch is compared with.

use std::collections::{BTreeMap, HashSet};

use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::schema::{SourceField, SourceSchema, SourceType};
use autonomos_runtime::store::NewDrift;
use serde_json::json;

use super::severity::severity;
use super::values;
use crate::matching::flags::tokens;
use crate::matching::rename::{RepairCase, RepairField, RepairKind, propose_repair};

/// Distinct values kept of a column.
const SAMPLES: usize = 5;
/// Other keys that are offered when one is lost.
const KEYS: usize = 3;

/// What a batch is compared with.
#[derive(Clone, Copy, Debug)]
pub struct Agreed<'a> {
    /// What the source is, if known.
    pub system: Option<&'a str>,
    /// What the source calls the object.
    pub object: &'a str,
    /// The schema agreed on; an empty one agrees with anything: the stream is new.
    pub schema: &'a SourceSchema,
    /// Rules in force.
    pub mapping: &'a Mapping,
    /// Columns whose type in the batch is the source's own word.
    pub declared: &'a HashSet<String>,
    /// Whether the stream was never read to its end.
    pub fresh: bool,
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The schema to agree on from here; the one before when nothing changed.
    pub schema: SourceSchema,
    /// Changes, for the log.
    pub drifts: Vec<NewDrift>,
}

/// See the module.
pub fn detect(known: &Agreed<'_>, seen: &SourceSchema) -> Found {
    let (agreed, mapping) = (known.schema, known.mapping);
    let mut schema = merged(known, seen);
    let mut drifts = values::compare(agreed, seen, &mut schema, mapping);
    if agreed.fields.is_empty() {
        return Found { schema, drifts: Vec::new() };
    }
    let before: HashSet<&str> = agreed.fields.iter().map(|f| f.name.as_str()).collect();
    let after: HashSet<&str> = seen.fields.iter().map(|f| f.name.as_str()).collect();
    if before != after {
        drifts.extend(moved(known, seen));
    }
    for field in &seen.fields {
        let Some(old) = agreed.field(&field.name) else { continue };
        if let Some((kind, how)) = retyped(old.data_type, field.data_type, known.declared.contains(&field.name))
            && !(how == "widened" && known.fresh)
        {
            let name = Some(field.name.as_str());
            let reasons = [format!("{} became {}", old.data_type.as_str(), field.data_type.as_str())];
            let mut drift = change((kind, Some(how)), name, name, mapping, None, &reasons);
            drift.evidence["types"] = json!([old.data_type, field.data_type]);
            drifts.push(drift);
        }
    }
    if drifts.is_empty() && same_shape(agreed, &schema) {
        schema = agreed.clone();
    }
    Found { schema, drifts }
}

/// Columns that came and went, paired into renames where they belong together.
fn moved(known: &Agreed<'_>, seen: &SourceSchema) -> Vec<NewDrift> {
    let mapping = known.mapping;
    let mut out = Vec::new();
    for proposal in propose_repair(&case(known.system, known.object, known.schema, seen)) {
        let (from, to) = (proposal.from.names().to_vec(), proposal.to.names().to_vec());
        let mut tell = |kind, from: Option<&String>, to: Option<&String>, sure| {
            let (from, to) = (from.map(String::as_str), to.map(String::as_str));
            let mut drift = change((kind, None), from, to, mapping, sure, &proposal.reasons);
            if kind == "key_changed" {
                drift.evidence["options"] = keys(seen, mapping).into();
            }
            out.push(drift);
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

/// Columns that could identify the records instead, as a person would choose them.
fn keys(seen: &SourceSchema, mapping: &Mapping) -> Vec<serde_json::Value> {
    let alike = |name: &str| tokens(name).last().is_some_and(|w| matches!(w.as_str(), "id" | "key" | "uuid" | "guid"));
    let others = seen.fields.iter().filter(|f| alike(&f.name) && !mapping.key.contains(&f.name)).take(KEYS);
    let order = mapping.order_by.as_ref().filter(|name| seen.field(name).is_some());
    let option = |f: &SourceField| {
        json!({
            "label": format!("identify records by {} and read the stream again from its start", f.name),
            "proposal": {"action": "reread", "key": [f.name], "order_by": order},
        })
    };
    others.map(option).collect()
}

/// What two schemas are to the matcher of renames.
pub(super) fn case(system: Option<&str>, object: &str, before: &SourceSchema, after: &SourceSchema) -> RepairCase {
    RepairCase {
        system: system.map(str::to_owned),
        object: object.to_owned(),
        before: before.fields.iter().map(described).collect(),
        after: after.fields.iter().map(described).collect(),
    }
}

fn change(
    (kind, how): (&str, Option<&str>),
    from: Option<&str>,
    to: Option<&str>,
    mapping: &Mapping,
    confidence: Option<f64>,
    reasons: &[String],
) -> NewDrift {
    let mut evidence = json!({"reasons": reasons});
    if let Some(how) = how {
        evidence["change"] = how.into();
    }
    NewDrift {
        kind: kind.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        severity: severity(kind, how, from.or(to), mapping).as_str().to_owned(),
        confidence,
        evidence,
    }
}

/// What a change of type is called, and which way it went; none when it is no change.
fn retyped(old: SourceType, new: SourceType, declared: bool) -> Option<(&'static str, &'static str)> {
    use SourceType::{Date, Datetime, Integer, List, Number, Object, String, Unknown};
    let nested = |t| matches!(t, Object | List);
    match (old, new) {
        (a, b) if a == b => None,
        (Unknown, _) | (_, Unknown) => None,
        (Integer, Number) | (Date, Datetime) => Some(("retyped", "widened")),
        (a, b) if nested(a) || nested(b) => Some(("nesting_changed", "changed")),
        // A column whose values of this batch all happen to be narrower is still what it was, unless its source says so.
        (Number, Integer) | (Datetime, Date) | (String, _) => declared.then_some(("retyped", "narrowed")),
        _ => Some(("retyped", "changed")),
    }
}

/// The columns seen, their types widened by what was known, samples renewed.
fn merged(known: &Agreed<'_>, seen: &SourceSchema) -> SourceSchema {
    let agreed = known.schema;
    let fields = seen.fields.iter().map(|field| {
        let Some(old) = agreed.field(&field.name) else { return field.clone() };
        let data_type = match retyped(old.data_type, field.data_type, known.declared.contains(&field.name)) {
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
        values: BTreeMap::new(),
        spreads: agreed.spreads.iter().filter(|(name, _)| keep(name)).map(|(n, s)| (n.clone(), s.clone())).collect(),
    }
}

/// The same columns, types, nullability and lists: fresh samples alone are not worth a write with every batch.
fn same_shape(a: &SourceSchema, b: &SourceSchema) -> bool {
    let shape = |s: &SourceSchema| -> Vec<(String, SourceType, bool)> {
        s.fields.iter().map(|f| (f.name.clone(), f.data_type, f.nullable)).collect()
    };
    a.key == b.key && a.cursor == b.cursor && a.values == b.values && shape(a) == shape(b)
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

    fn found(agreed: &SourceSchema, seen: &SourceSchema, mapping: &Mapping) -> Found {
        let (declared, system, object) = (HashSet::new(), Some("salesforce"), "Account");
        detect(&Agreed { system, object, schema: agreed, mapping, declared: &declared, fresh: false }, seen)
    }

    fn kinds(agreed: &SourceSchema, seen: &SourceSchema) -> Vec<String> {
        found(agreed, seen, &mapping()).drifts.into_iter().map(|d| d.kind).collect()
    }

    #[test]
    fn types_widen_narrow_and_change() {
        use SourceType::{Boolean, Date, Datetime, Integer, List, Number, Object, String, Unknown};
        let (widened, narrowed, changed) = (Some("widened"), Some("narrowed"), Some("changed"));
        // What a batch of text says, what a source declares, and the type agreed on from a batch of text.
        let table = [
            (Integer, Number, widened, widened, Number),
            (Date, Datetime, widened, widened, Datetime),
            (Number, Integer, None, narrowed, Number),
            (Datetime, Date, None, narrowed, Datetime),
            (String, Integer, None, narrowed, String),
            (String, Boolean, None, narrowed, String),
            (Integer, String, changed, changed, String),
            (Boolean, Integer, changed, changed, Integer),
            (Date, Integer, changed, changed, Integer),
            (Object, String, changed, changed, String),
            (Unknown, List, None, None, List),
            (Date, Unknown, None, None, Date),
        ];
        for (old, new, by_values, by_word, agreed_on) in table {
            let how = |found: &Found| found.drifts.first().map(|d| d.evidence["change"].as_str().unwrap().to_owned());
            let (before, after) = (schema(&[("Id", String), ("x", old)]), schema(&[("Id", String), ("x", new)]));
            let read = found(&before, &after, &mapping());
            assert_eq!(how(&read).as_deref(), by_values, "{old:?} {new:?}");
            assert_eq!(read.schema.field("x").unwrap().data_type, agreed_on, "{old:?} {new:?}");
            assert_eq!(found(&read.schema, &after, &mapping()).drifts, [], "told once");
            let (declared, mapping) = (HashSet::from(["x".to_owned()]), mapping());
            let mut known = Agreed {
                system: None,
                object: "o",
                schema: &before,
                mapping: &mapping,
                declared: &declared,
                fresh: false,
            };
            let word = detect(&known, &after);
            assert_eq!(how(&word).as_deref(), by_word, "{old:?} {new:?}");
            known.schema = &word.schema;
            assert_eq!(detect(&known, &after).drifts, [], "told once");
            (known.schema, known.fresh) = (&before, true);
            assert_eq!(detect(&known, &after).drifts.is_empty(), by_word.is_none() || by_word == widened);
        }
    }

    #[test]
    fn every_change_is_told_once() {
        use SourceType::{Integer, String};
        let agreed = schema(&[("Id", String), ("Phone", String), ("Employees", Integer)]);
        let seen = schema(&[("Id", String), ("PhoneNumber", String), ("Employees", String)]);
        assert_eq!(kinds(&agreed, &seen), ["renamed", "retyped"]);
        let next = found(&agreed, &seen, &mapping()).schema;
        assert_eq!(kinds(&next, &seen), Vec::<std::string::String>::new());
    }

    #[test]
    fn a_lost_key_or_cursor_is_no_mere_removal() {
        use SourceType::{Datetime, Integer, String};
        let agreed = schema(&[("Id", String), ("Changed", Datetime), ("Fax", String), ("Size", Integer)]);
        let ordered = Mapping { order_by: Some("Changed".into()), ..mapping() };
        let seen = schema(&[("Size", Integer)]);
        let drifts = found(&agreed, &seen, &ordered).drifts;
        let kinds: Vec<&str> = drifts.iter().map(|d| d.kind.as_str()).collect();
        assert_eq!(kinds, ["key_changed", "cursor_changed", "removed"]);
        assert_eq!((drifts[0].severity.as_str(), drifts[1].severity.as_str()), ("breaking", "breaking"));
        let seen = schema(&[("AccountId", String), ("Size", Integer)]);
        let lost = found(&schema(&[("Id", Integer), ("AccountId", String)]), &seen, &mapping()).drifts;
        let key = lost.iter().find(|d| d.kind == "key_changed").unwrap();
        assert_eq!(key.evidence["options"][0]["proposal"]["key"], json!(["AccountId"]));
    }

    #[test]
    fn a_new_stream_agrees_with_anything() {
        let seen = schema(&[("Id", SourceType::String)]);
        assert_eq!(kinds(&SourceSchema::default(), &seen), Vec::<String>::new());
    }
}
