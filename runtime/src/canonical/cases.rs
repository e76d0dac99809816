//! What users meet, case by case: dirty values, lost columns, deletes, renames that are healed.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, RecordBatch, StringArray, StructArray};
use arrow::datatypes::{DataType, Field, Schema};

use super::cast::text::text_of;
use super::entity::Vocabulary;
use super::mapping::{FieldRule, Mapping, Origin, Transform};
use super::normalize::{EXTRAS, KEY, Normalized, OP, Plan, VERSION};
use super::record::RawBatch;
use super::remap;

fn rule(source: &str, field: &str) -> FieldRule {
    FieldRule {
        source_path: source.into(),
        field: field.into(),
        transform: Transform::None,
        confidence: 1.0,
        origin: Origin::Rule,
        lenient: false,
    }
}

fn deals(rules: &[(&str, &str)]) -> Mapping {
    Mapping {
        version: 1,
        entity: "opportunity".into(),
        rules: rules.iter().map(|(s, f)| rule(s, f)).collect(),
        key: vec!["Id".into()],
        order_by: None,
    }
}

fn columns(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> = columns.iter().map(|(n, a)| Field::new(*n, a.data_type().clone(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns.into_iter().map(|(_, a)| a).collect()).unwrap()
}

/// Text columns from rows.
fn table<const N: usize>(names: [&str; N], rows: &[[&str; N]]) -> RecordBatch {
    let column = |at: usize| Arc::new(rows.iter().map(|r| Some(r[at])).collect::<StringArray>()) as ArrayRef;
    columns(names.iter().enumerate().map(|(at, n)| (*n, column(at))).collect())
}

fn run(mapping: &Mapping, raw: &RawBatch) -> Normalized {
    let plan = Plan::compile(Vocabulary::builtin(), mapping, raw.columns.schema_ref()).unwrap();
    plan.run(raw).unwrap()
}

fn shown(array: &ArrayRef) -> String {
    text_of(array).iter().map(|v| v.unwrap_or("null").to_owned()).collect::<Vec<_>>().join(" ")
}

fn field(batch: &RecordBatch, name: &str) -> String {
    batch.column_by_name(name).map_or_else(|| "absent".into(), shown)
}

fn extra(batch: &RecordBatch, name: &str) -> String {
    let extras = batch.column_by_name(EXTRAS).and_then(|e| e.as_struct().column_by_name(name));
    extras.map_or_else(|| "absent".into(), shown)
}

const SALES: [(&str, &str); 6] = [
    ("Id", "opportunity_id"),
    ("Name", "name"),
    ("Amount", "amount"),
    ("CloseDate", "close_date"),
    ("Probability", "probability"),
    ("LastModifiedDate", "updated_at"),
];

#[test]
fn dirty_values_are_read_nulled_or_refused() {
    let names = ["Id", "Name", "Amount", "CloseDate", "Probability", "LastModifiedDate", "Region"];
    let at = "2024-05-01T10:00:00.000Z";
    let raw = RawBatch {
        first_row: 10,
        origin: Some("deals.csv".into()),
        ..RawBatch::of(table(
            names,
            &[
                ["o1", " Deal ", "$1,234.50", "05/31/2024", "75%", at, "EMEA"],
                ["o2", "Deal", "1234,5", "31-May-2024", "0.75", at, ""],
                ["o3", "Deal", "N/A", "0000-00-00", "", at, "x"],
                ["o4", "Deal", "1", "2024-05-31", "150", at, "x"],
                ["o5", "Deal", "many", "2024-05-31", "10", at, "x"],
                ["o6", "N/A", "1", "2024-05-31", "10", at, "x"],
                ["", "Deal", "1", "2024-05-31", "10", at, "x"],
            ],
        ))
    };
    let out = run(&Mapping { order_by: Some("LastModifiedDate".into()), ..deals(&SALES) }, &raw);
    assert_eq!(field(&out.batch, KEY), "o1 o2 o3");
    assert_eq!(field(&out.batch, "name"), "Deal Deal Deal");
    assert_eq!(field(&out.batch, "amount"), "1234.5 1234.5 null");
    assert_eq!(field(&out.batch, "close_date"), "2024-05-31 2024-05-31 null");
    assert_eq!(field(&out.batch, "probability"), "75 0.75 null");
    assert_eq!(field(&out.batch, VERSION), "1714557600000000 1714557600000000 1714557600000000");
    assert_eq!(field(&out.batch, OP), "absent");
    assert_eq!(extra(&out.batch, "Region"), "EMEA  x");
    let rejects: Vec<_> =
        out.rejects.iter().map(|r| (r.row, r.field.as_deref().unwrap(), r.code.as_ref(), r.reason.as_str())).collect();
    assert_eq!(
        rejects,
        [
            (13, "Probability", "value.out_of_range", "\"150\" in Probability is not between 0 and 100."),
            (14, "Amount", "value.not_a_number", "\"many\" in Amount is not a number."),
            (15, "Name", "value.missing", "\"N/A\" in Name is required and empty."),
            (16, "Id", "value.missing", "\"\" in Id is required and empty."),
        ]
    );
    assert!(out.rejects[0].raw.starts_with(r#"{"Id":"o4","Name":"Deal","#));
    assert_eq!(out.rejects[0].origin.as_deref(), Some("deals.csv"));
}

#[test]
fn a_column_that_is_not_sent_is_absent_and_no_fault_of_its_rows() {
    let raw = RawBatch::of(table(["Id", "Title"], &[["o1", "Deal"]]));
    let mapping = deals(&SALES);
    let plan = Plan::compile(Vocabulary::builtin(), &mapping, raw.columns.schema_ref()).unwrap();
    assert_eq!(plan.absent(), ["Name", "Amount", "Probability", "CloseDate", "LastModifiedDate"]);
    assert_eq!(plan.unmapped().collect::<Vec<_>>(), ["Title"]);
    let out = plan.run(&raw).unwrap();
    assert_eq!((out.batch.num_rows(), out.rejects.len()), (1, 0));
    assert_eq!(field(&out.batch, "name"), "absent");
    assert_eq!(extra(&out.batch, "Title"), "Deal");
}

#[test]
fn a_lost_key_stops_with_its_name() {
    let raw = table(["Key", "Name"], &[["o1", "Deal"]]);
    let error = Plan::compile(Vocabulary::builtin(), &deals(&SALES), raw.schema_ref()).unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), ("mapping.key_absent", Some("Id")));
    let mut twice = deals(&SALES);
    twice.rules.push(rule("Other", "name"));
    let error = Plan::compile(Vocabulary::builtin(), &twice, raw.schema_ref()).unwrap_err();
    assert_eq!(error.code, "mapping.duplicate_field");
    let error = Plan::compile(Vocabulary::builtin(), &deals(&[("a", "nope")]), raw.schema_ref()).unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), ("mapping.unknown_field", Some("nope")));
}

#[test]
fn a_delete_needs_its_key_and_nothing_else() {
    let raw = RawBatch {
        deletes: Some(BooleanArray::from(vec![true, false, true])),
        ..RawBatch::of(table(["Id", "Name", "Amount"], &[["o1", "", "many"], ["o2", "Deal", "1"], ["", "", ""]]))
    };
    let out = run(&deals(&SALES), &raw);
    assert_eq!(field(&out.batch, KEY), "o1 o2");
    assert_eq!(
        out.batch.column_by_name(OP).unwrap().as_primitive::<arrow::array::types::UInt8Type>().values(),
        &[1, 0]
    );
    assert_eq!(extra(&out.batch, "Amount"), "many 1");
    assert_eq!(out.rejects.iter().map(|r| r.code.as_ref()).collect::<Vec<_>>(), ["key.missing"]);
}

#[test]
fn a_lenient_rule_keeps_the_row_and_the_value() {
    let raw = RawBatch::of(table(["Id", "Name", "Amount"], &[["o1", "Deal", "many"], ["o2", "Deal", "2"]]));
    let mut mapping = deals(&SALES);
    mapping.rules[2].lenient = true;
    let out = run(&mapping, &raw);
    assert_eq!((field(&out.batch, "amount").as_str(), out.rejects.len()), ("null 2", 0));
    assert_eq!(extra(&out.batch, "Amount"), "many 2");
}

#[test]
fn what_a_column_cannot_give_back_stays_beside_it() {
    let raw = RawBatch::of(table(
        ["Id", "Name", "CloseDate", "Probability"],
        &[["o1", "Deal", "2024-05-31T17:00:00Z", "007"]],
    ));
    let out = run(&deals(&SALES), &raw);
    assert_eq!(field(&out.batch, "close_date"), "2024-05-31");
    assert_eq!(extra(&out.batch, "CloseDate"), "2024-05-31T17:00:00Z");
    assert_eq!(extra(&out.batch, "Probability"), "007");
    assert_eq!(extra(&out.batch, "Name"), "absent");
}

#[test]
fn members_of_nested_columns_are_reached_by_path() {
    let inner = StructArray::from(vec![(
        Arc::new(Field::new("amount", DataType::Int64, true)),
        Arc::new(Int64Array::from(vec![Some(5), None])) as ArrayRef,
    )]);
    let raw = RawBatch::of(columns(vec![
        ("Id", Arc::new(StringArray::from(vec!["o1", "o2"]))),
        ("properties", Arc::new(inner)),
    ]));
    let out = run(&deals(&[("Id", "opportunity_id"), ("properties.amount", "amount")]), &raw);
    assert_eq!(field(&out.batch, "amount"), "5 null");
    assert_eq!(extra(&out.batch, "properties"), r#"{"amount":5} {"amount":null}"#);
}

#[test]
fn a_rename_heals_what_was_logged_and_reverts_to_the_row() {
    let vocabulary = Vocabulary::builtin();
    let before = deals(&SALES);
    // The source calls Amount DealValue now, and the batch is logged before anyone noticed.
    let raw = RawBatch::of(table(["Id", "Name", "DealValue"], &[["o1", "Deal", "$7.50"], ["o2", "Deal", "lots"]]));
    let logged = run(&before, &raw).batch;
    assert_eq!(field(&logged, "amount"), "absent");

    let mut after = before.clone();
    after.version = 2;
    after.rules[2].source_path = "DealValue".into();
    let healed = remap(vocabulary, &logged, &before, &after).unwrap();
    assert_eq!(field(&healed, "amount"), "7.5 null");
    assert_eq!(extra(&healed, "DealValue"), "$7.50 lots");
    assert_eq!(field(&healed, KEY), "o1 o2");

    let reverted = remap(vocabulary, &logged, &before, &Mapping { version: 3, ..before.clone() }).unwrap();
    assert_eq!(reverted, logged);
}

#[test]
fn another_entity_and_another_key_can_be_chosen_afterwards() {
    let vocabulary = Vocabulary::builtin();
    let record = Mapping { version: 1, entity: "record".into(), rules: vec![], key: vec!["Id".into()], order_by: None };
    let raw = RawBatch::of(table(["Id", "Name", "Mail"], &[["1", "Ann", "ann@x.org"], ["2", "Bob", ""]]));
    let logged = run(&record, &raw).batch;
    let contact = Mapping {
        entity: "contact".into(),
        rules: vec![rule("Name", "full_name"), rule("Mail", "email")],
        key: vec!["Mail".into()],
        ..record.clone()
    };
    let remapped = remap(vocabulary, &logged, &record, &contact).unwrap();
    assert_eq!(field(&remapped, "full_name"), "Ann Bob");
    // Bob has no mail: he keeps the key he had.
    assert_eq!(field(&remapped, KEY), "ann@x.org 2");
    assert_eq!(extra(&remapped, "Id"), "1 2");
    let back = remap(vocabulary, &remapped, &contact, &record).unwrap();
    assert_eq!(field(&back, KEY), "1 2");
    assert_eq!(extra(&back, "Name"), "Ann Bob");
}
