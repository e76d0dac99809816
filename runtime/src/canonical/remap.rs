//! A canonical batch under other rules: how a repair heals what was logged before it, and how a revert undoes it.
//!
//! The source's columns are put together again, from the extras where they are and from the canonical columns where the
//! old rules can be undone, and the new rules run over them. Guarantees: a row never disappears; a value that does not
//! fit a new field is null there and stays in the extras; `remap(batch, a, a)` is the batch; from `a` to `b` and back
//! gives the values of `a` again, for keys that both can make. Pure: the log's batch is not touched.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::types::{Int64Type, UInt8Type};
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, StringArray};
use arrow::compute::{is_null, kernels::zip::zip};
use arrow::datatypes::{DataType, Field, Fields, Schema};

use super::entity::{FieldDef, FieldType, Vocabulary};
use super::mapping::{Mapping, Transform};
use super::normalize::{EXTRAS, KEY, OP, Plan, Strictness, VERSION};
use super::path::Path;
use super::transform::Prepared;
use crate::{Error, Result};

/// The batch as if `to` had been in force when it was logged under `from`.
pub fn remap(vocabulary: &Vocabulary, batch: &RecordBatch, from: &Mapping, to: &Mapping) -> Result<RecordBatch> {
    if same_rules(from, to) {
        return Ok(batch.clone());
    }
    let columns = sources(batch, from)?;
    let plan = Plan::build(vocabulary, to, columns.schema_ref())?;
    let projection = plan.project(&columns, Strictness::Lenient);

    let given = column(batch, KEY)?;
    let key = if from.key == to.key || !plan.key().is_whole() {
        Arc::clone(given)
    } else {
        // A row whose new key is empty keeps the old one: it must not disappear.
        let made = plan.key().texts(&columns);
        let absent = is_null(&made).map_err(failed)?;
        if absent.true_count() == 0 { made } else { zip(&absent, given, &made).map_err(failed)? }
    };
    // A column that this batch lacks orders nothing anew; no column at all is version 0.
    let lost = to.order_by.is_some() && plan.order().path().is_none();
    let version = if from.order_by == to.order_by || lost {
        Arc::clone(column(batch, VERSION)?)
    } else {
        plan.order().column(&columns, None).0
    };
    let deletes = batch.column_by_name(OP).map(|ops| {
        let ops = ops.as_primitive_opt::<UInt8Type>();
        let bits = (0..batch.num_rows()).map(|row| ops.map(|o| o.is_valid(row) && o.value(row) == 1));
        bits.collect::<BooleanArray>()
    });
    plan.assemble(&columns, projection, key, version, deletes.as_ref())
}

/// Whether two versions of a mapping do the same to rows that were taken: confidence, origin and leniency change nothing.
pub fn same_rules(a: &Mapping, b: &Mapping) -> bool {
    let rules = |m: &Mapping| -> BTreeMap<String, (String, Transform)> {
        m.rules.iter().map(|r| (r.field.clone(), (r.source_path.clone(), r.transform.clone()))).collect()
    };
    a.entity == b.entity && a.key == b.key && a.order_by == b.order_by && rules(a) == rules(b)
}

fn failed(error: arrow::error::ArrowError) -> Error {
    Error::internal("remap.columns", "A canonical batch could not be mapped again.").source(error)
}

fn column<'a>(batch: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef> {
    let damaged = || Error::internal("batch.damaged", format!("A stored batch has no column {name}."));
    let column = batch.column_by_name(name).ok_or_else(damaged)?;
    let sound = match name {
        VERSION => column.as_primitive_opt::<Int64Type>().is_some(),
        _ => column.as_any().is::<StringArray>(),
    };
    if sound { Ok(column) } else { Err(damaged()) }
}

/// The source's columns that a canonical batch holds, under their own names: what previews, samples and gates read.
pub fn sources(batch: &RecordBatch, mapping: &Mapping) -> Result<RecordBatch> {
    let (mut fields, mut arrays): (Vec<Field>, Vec<ArrayRef>) = match batch.column_by_name(EXTRAS) {
        Some(extras) => match extras.as_struct_opt() {
            Some(extras) => (extras.fields().iter().map(|f| f.as_ref().clone()).collect(), extras.columns().to_vec()),
            None => return Err(Error::internal("batch.damaged", "The extras of a stored batch are no columns.")),
        },
        None => (Vec::new(), Vec::new()),
    };
    let extras: Fields = fields.clone().into();
    // A source column may feed several fields: the one that changed it least gives it back.
    let mut best: BTreeMap<&str, (u8, ArrayRef)> = BTreeMap::new();
    for rule in &mapping.rules {
        let path = rule.source_path.as_str();
        let constant = matches!(rule.transform, Transform::Constant(_));
        let Some(array) = batch.column_by_name(&rule.field).filter(|_| !constant && !rule.field.starts_with('_'))
        else {
            continue;
        };
        if Path::find(&extras, path).is_some() {
            continue;
        }
        let (kind, rank) = kind(array.data_type());
        let field = FieldDef {
            name: rule.field.clone(),
            field_type: kind,
            description: String::new(),
            minimum: None,
            maximum: None,
        };
        let undone =
            Prepared::compile(&rule.transform, &field).map_or_else(|_| Arc::clone(array), |t| t.undo(array, kind));
        if best.get(path).is_none_or(|(held, _)| rank < *held) {
            best.insert(path, (rank, undone));
        }
    }
    for (name, (_, array)) in best {
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(failed)
}

/// The canonical type of a column of a stored batch, and how much of its source it may have lost: less is better.
const fn kind(data_type: &DataType) -> (FieldType, u8) {
    match data_type {
        DataType::Decimal128(..) => (FieldType::Money, 1),
        DataType::Timestamp(..) => (FieldType::Datetime, 2),
        DataType::Float64 => (FieldType::Number, 3),
        DataType::Int64 => (FieldType::Integer, 4),
        DataType::Date32 => (FieldType::Date, 5),
        DataType::Boolean => (FieldType::Boolean, 6),
        _ => (FieldType::Text, 0),
    }
}
