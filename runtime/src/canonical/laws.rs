//! The laws of the canonical functions, held against random columns and random mappings.

use std::sync::Arc;

use arrow::array::types::UInt8Type;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Field, Schema};
use proptest::prelude::*;

use super::cast::{map, moment, number, text::text_of, word};
use super::entity::{FieldType, Vocabulary};
use super::mapping::{FieldRule, Mapping, Origin, Transform};
use super::normalize::{KEY, OP, Plan};
use super::record::RawBatch;
use super::source::simplify;
use super::{codec, json, observe, remap};

const COLUMNS: [&str; 6] = ["Id", "A", "B", "C", "D", "E"];

/// Values that look like something, and values that look like nothing.
fn value() -> impl Strategy<Value = Option<String>> {
    prop_oneof![
        4 => any::<String>().prop_map(Some),
        2 => Just(None),
        2 => "[ ]{0,2}-?[0-9]{1,30}([.,][0-9]{0,12})?%?[ ]{0,2}".prop_map(Some),
        2 => "[$€(]?[0-9]{1,3}(,[0-9]{3}){0,4}(\\.[0-9]{1,4})?\\)?".prop_map(Some),
        2 => "[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,12})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
            .prop_map(Some),
        1 => "[0-9]{1,2}[/.-][0-9A-Za-z]{1,3}[/.-][0-9]{2,4}( [0-9]{1,2}:[0-9]{2} ?[AP]M)?".prop_map(Some),
        1 => prop::sample::select(vec!["", "N/A", "null", "-", "true", "No", "0000-00-00", "{}", "[1]", "a=b", "\0", "1e999999",
            "/Date(1)/", "\u{feff}x", "9999999999999999999999999999999999999999"]).prop_map(|t| Some(t.to_owned())),
    ]
}

fn text_columns(rows: usize) -> impl Strategy<Value = RecordBatch> {
    let column = prop::collection::vec(value(), rows);
    prop::collection::vec(column, COLUMNS.len()).prop_map(move |columns| {
        let schema = Schema::new(COLUMNS.map(|n| Field::new(n, arrow::datatypes::DataType::Utf8, true)).to_vec());
        let arrays = columns.into_iter().map(|c| Arc::new(StringArray::from(c)) as ArrayRef).collect();
        RecordBatch::try_new(Arc::new(schema), arrays).unwrap()
    })
}

fn transform() -> impl Strategy<Value = Transform> {
    prop_oneof![
        6 => Just(Transform::None),
        1 => prop::sample::select(vec!["0.01", "100", "3", "-0.5"]).prop_map(|f| Transform::Scale(f.into())),
        1 => Just(Transform::Negate),
        1 => Just(Transform::EpochMillis),
        1 => Just(Transform::EpochSeconds),
        1 => Just(Transform::Lower),
        1 => Just(Transform::Values([("a".to_owned(), "b".to_owned())].into())),
        1 => Just(Transform::Constant("7".into())),
    ]
}

/// A mapping of random columns to random fields of an entity, with transforms that apply.
fn mapping() -> impl Strategy<Value = Mapping> {
    let entity = prop::sample::select(vec!["opportunity", "cloud_resource", "user", "record", "cost_report"]);
    let rule = (0..COLUMNS.len(), 0..64_usize, transform());
    (entity, prop::collection::vec(rule, 0..8), any::<bool>()).prop_map(|(entity, rules, ordered)| {
        let def = Vocabulary::builtin().entity(entity).unwrap();
        let mut mapping = Mapping {
            version: 1,
            entity: entity.into(),
            rules: Vec::new(),
            key: vec!["Id".into()],
            order_by: ordered.then(|| "E".into()),
        };
        for (column, field, transform) in rules {
            let field = &def.fields[field % def.fields.len()];
            if mapping.rule_for(&field.name).is_some() {
                continue;
            }
            let applies = super::transform::Prepared::compile(&transform, field).is_ok();
            mapping.rules.push(FieldRule {
                source_path: COLUMNS[column].into(),
                field: field.name.clone(),
                transform: if applies { transform } else { Transform::None },
                confidence: 1.0,
                origin: Origin::Rule,
                lenient: false,
            });
        }
        mapping
    })
}

/// Every mapped value as text, by row and field: what "the same values" means.
fn texts(batch: &RecordBatch) -> Vec<(String, Vec<Option<String>>)> {
    let names = batch.schema();
    let mut out: Vec<(String, Vec<Option<String>>)> = Vec::new();
    for (field, column) in names.fields().iter().zip(batch.columns()) {
        if field.name() != "_extras" {
            let text = text_of(&simplify(column));
            out.push((field.name().clone(), text.iter().map(|t| t.map(ToOwned::to_owned)).collect()));
        }
    }
    out
}

/// What a text says: `$1,000` and `1000` are one amount, `yes` and `true` one answer. A value that was read as a number on
/// the way comes back as the number.
fn meaning(text: Option<&String>) -> Option<String> {
    let text = text?;
    if let Ok(answer) = word::boolean(text.as_bytes()) {
        return answer.map(|a| a.to_string());
    }
    if let Ok(amount) = number::money(text.as_bytes(), &mut false) {
        return amount.map(number::money_text);
    }
    if let Ok(at) = moment::datetime(text.as_bytes(), &mut false) {
        return at.map(moment::moment_text);
    }
    map::map(text).map_or_else(|_| Some(text.clone()), |m| m.map(Into::into))
}

fn meanings(batch: &RecordBatch) -> Vec<(String, Vec<Option<String>>)> {
    let mean =
        |(name, values): (String, Vec<Option<String>>)| (name, values.iter().map(|v| meaning(v.as_ref())).collect());
    texts(batch).into_iter().map(mean).collect()
}

/// A canonical batch under a mapping, all of whose rows were taken.
fn taken(batch: &RecordBatch, mapping: &Mapping) -> RecordBatch {
    let plan = Plan::compile(Vocabulary::builtin(), mapping, batch.schema_ref()).unwrap();
    plan.run(&RawBatch::of(batch.clone())).unwrap().batch
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics_and_every_row_is_somewhere(
        (columns, deletes) in (0..24_usize).prop_flat_map(|n| (text_columns(n), prop::collection::vec(any::<Option<bool>>(), n))),
        mapping in mapping(),
        positions in any::<bool>(),
        deleting in any::<bool>(),
    ) {
        let mapping = Mapping { key: if positions { vec![] } else { mapping.key }, ..mapping };
        let plan = Plan::compile(Vocabulary::builtin(), &mapping, columns.schema_ref()).unwrap();
        let raw = RawBatch { deletes: deleting.then(|| BooleanArray::from(deletes.clone())), ..RawBatch::of(columns) };
        let out = plan.run(&raw).unwrap();
        prop_assert_eq!(out.batch.num_rows() + out.rejects.len(), raw.columns.num_rows());
        prop_assert_eq!(out.batch.column_by_name(KEY).unwrap().null_count(), 0);
        for reject in &out.rejects {
            prop_assert!(serde_json::from_str::<serde_json::Value>(&reject.raw).is_ok());
            prop_assert!(!reject.reason.is_empty());
        }
        let deleted = out.batch.column_by_name(OP).map_or(0, |ops| {
            ops.as_primitive::<UInt8Type>().values().iter().map(|op| usize::from(*op)).sum()
        });
        let asked = if deleting { deletes.iter().filter(|d| **d == Some(true)).count() } else { 0 };
        prop_assert!(deleted <= asked);
        prop_assert_eq!(codec::decode(&codec::encode(&out.batch).unwrap()).unwrap(), out.batch);
        observe::observe(&raw);
    }

    #[test]
    fn remapping_keeps_every_row_and_there_and_back_gives_the_same_values(
        columns in (1..24_usize).prop_flat_map(text_columns),
        from in mapping(),
        to in mapping(),
    ) {
        let vocabulary = Vocabulary::builtin();
        let first = taken(&columns, &from);
        prop_assert_eq!(&remap(vocabulary, &first, &from, &from).unwrap(), &first);

        let there = remap(vocabulary, &first, &from, &to).unwrap();
        prop_assert_eq!(there.num_rows(), first.num_rows());
        let back = remap(vocabulary, &there, &to, &from).unwrap();
        prop_assert_eq!(meanings(&back), meanings(&first));
    }

    #[test]
    fn a_row_that_both_mappings_take_reads_the_same_remapped_as_anew(
        columns in (1..24_usize).prop_flat_map(text_columns),
        from in mapping(),
        to in mapping(),
    ) {
        // What repair promises: history mapped again is what reading the source again would have given.
        let to = Mapping { order_by: from.order_by.clone(), ..to };
        let healed = remap(Vocabulary::builtin(), &taken(&columns, &from), &from, &to).unwrap();
        let anew = taken(&columns, &to);
        let rows = |batch: &RecordBatch| -> std::collections::BTreeMap<String, Vec<String>> {
            let texts = texts(batch);
            let keys = texts.iter().find(|(name, _)| name == KEY).unwrap().1.clone();
            let mut out = std::collections::BTreeMap::new();
            for (row, key) in keys.into_iter().enumerate() {
                let kind = |name: &String| Vocabulary::builtin().entity(&to.entity).and_then(|e| e.field(name)).map(|f| f.field_type);
                // A text gives back what was meant, not how it was written.
                let exact = texts.iter().filter(|(name, _)| kind(name).is_some_and(|k| !k.is_text() && k != FieldType::Map));
                out.insert(key.unwrap(), exact.map(|(n, t)| format!("{n}={:?}", t[row])).collect());
            }
            out
        };
        let (healed, anew) = (rows(&healed), rows(&anew));
        for (key, row) in &anew {
            if let Some(other) = healed.get(key) {
                prop_assert_eq!(other, row, "{}", key);
            }
        }
    }

    #[test]
    fn typed_columns_are_taken_or_refused(
        numbers in prop::collection::vec(any::<Option<f64>>(), 1..16),
        whole in prop::collection::vec(any::<Option<i64>>(), 16),
    ) {
        let rows = numbers.len();
        let arrays: Vec<ArrayRef> = vec![
            Arc::new(Float64Array::from(numbers)),
            Arc::new(Int64Array::from(whole[..rows].to_vec())),
            Arc::new(Int64Array::from_iter_values(0..rows as i64)),
        ];
        let schema = Schema::new(vec![
            Field::new("A", arrays[0].data_type().clone(), true),
            Field::new("B", arrays[1].data_type().clone(), true),
            Field::new("Id", arrays[2].data_type().clone(), true),
        ]);
        let batch = RecordBatch::try_new(Arc::new(schema), arrays).unwrap();
        for kind in FieldType::ALL {
            for column in batch.columns() {
                let cast = super::cast::typed::column(column, kind);
                prop_assert_eq!(cast.array.len(), rows);
                prop_assert_eq!(cast.array.data_type(), &kind.data_type());
                for (row, _) in &cast.faults {
                    prop_assert!(cast.array.is_null(*row as usize));
                }
            }
        }
        let text = json::row_text(&batch, 0, 1000);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{}", text);
    }
}
