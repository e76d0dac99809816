//! A raw batch and a mapping in, a canonical batch and the rows that could not be taken out.
//!
//! Guarantees: every row of the raw batch is in the canonical one or among the rejects, never both, never neither; no
//! input makes it panic; no source value is lost: columns that no rule reads, and columns that the canonical ones
//! cannot give back exactly, ride in `_extras`. Pure: a crash has nothing to lose here.
//!
//! The canonical batch has the mapped fields whose source column is there, in the entity's order, then `_key`,
//! `_version`, `_op` (only where a row deletes) and `_extras` (only where there are any; members in name order). A required
//! field rejects rows in which it is null; a required field whose *column* is missing does not, because that is a
//! drift of the stream and not a fault of its rows: [`Plan::absent`] names it. A row that deletes needs a key and
//! nothing else.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::types::{Decimal128Type, Float64Type, Int64Type};
use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, RecordBatch, StructArray, UInt8Array,
};
use arrow::compute::{FilterBuilder, nullif};
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};

use super::cast::{Cast, Fault, number};
use super::entity::{EntityDef, FieldDef, FieldType, Vocabulary};
use super::key::{Key, Order};
use super::mapping::{Mapping, Transform};
use super::path::Path;
use super::record::{RAW_CAP, RawBatch, Reject};
use super::transform::Prepared;
use super::{json, source};
use crate::{Error, Result};

/// Column of the record's identity in its source.
pub const KEY: &str = "_key";
/// Column of what orders two states of one record.
pub const VERSION: &str = "_version";
/// Column of what happened to the record: 0 upsert, 1 delete; absent: all upserts.
pub const OP: &str = "_op";
/// Column of the source values that no canonical column gives back.
pub const EXTRAS: &str = "_extras";

/// What a run gives.
#[derive(Clone, Debug)]
pub struct Normalized {
    /// The rows that were taken.
    pub batch: RecordBatch,
    /// The rows that were not, the parser's among them.
    pub rejects: Vec<Reject>,
    /// Indices in the raw batch of the rows that were not, rising; the parser's are not in it.
    pub refused: Vec<u32>,
}

/// A rule that is ready to run.
#[derive(Debug)]
struct FieldPlan {
    def: FieldDef,
    source_path: String,
    /// None: a constant.
    path: Option<Path>,
    transform: Prepared,
    required: bool,
    /// What does not cast is null and stays in the extras.
    lenient: bool,
}

/// A mapping compiled against the columns of a stream. See the module.
#[derive(Debug)]
pub struct Plan {
    entity: Arc<EntityDef>,
    schema: SchemaRef,
    fields: Vec<FieldPlan>,
    key: Key,
    order: Order,
    /// Columns that no rule reads.
    rest: Vec<usize>,
    absent: Vec<String>,
}

/// Whether what cannot be taken rejects its row, or stays in the extras.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Reject.
    Strict,
    /// Keep the row and the value.
    Lenient,
}

/// Faults of a batch: row, field plan or [`usize::MAX`] for key and version, fault.
type Faults = Vec<(u32, usize, Fault)>;

/// The mapped columns before rows are dropped.
pub(super) struct Projection {
    casts: Vec<Option<ArrayRef>>,
    faults: Faults,
    /// Columns that stay in the extras although a rule reads them.
    kept: BTreeSet<usize>,
}

/// Checks a mapping against the vocabulary alone, for editors and gates.
pub fn check(vocabulary: &Vocabulary, mapping: &Mapping) -> Result<()> {
    let entity = vocabulary.expect_entity(&mapping.entity)?;
    let mut seen = BTreeSet::new();
    for rule in &mapping.rules {
        let Some(def) = entity.field(&rule.field) else {
            return Err(Error::invalid(
                "mapping.unknown_field",
                format!("{} has no field {:?}.", entity.name, rule.field),
            )
            .field(rule.field.clone())
            .remedy("Use a field of the entity, or add it to the vocabulary."));
        };
        if !seen.insert(rule.field.as_str()) {
            return Err(Error::invalid("mapping.duplicate_field", format!("Two rules feed {:?}.", rule.field))
                .field(rule.field.clone())
                .remedy("Keep one of them."));
        }
        Prepared::compile(&rule.transform, def)?;
    }
    Ok(())
}

impl Plan {
    /// Compiles a mapping against the columns that a stream has.
    pub fn compile(vocabulary: &Vocabulary, mapping: &Mapping, columns: &Schema) -> Result<Self> {
        check(vocabulary, mapping)?;
        let mut names = BTreeSet::new();
        if let Some(twice) = columns.fields().iter().find(|f| !names.insert(f.name().as_str())) {
            return Err(Error::invalid(
                "source.duplicate_column",
                format!("Two columns are called {:?}.", twice.name()),
            )
            .field(twice.name().clone())
            .remedy("Rename one of them in the source."));
        }
        let plan = Self::build(vocabulary, mapping, columns)?;
        if let Some(lost) = mapping.key.iter().find(|k| Path::find(columns.fields(), k).is_none()) {
            return Err(Error::conflict(
                "mapping.key_absent",
                format!("The key column {lost:?} is not in the source any more."),
            )
            .field(lost.clone())
            .remedy("Choose another key for the stream, or bring the column back."));
        }
        Ok(plan)
    }

    /// Compiles what can be compiled: rules of fields that are gone are left out.
    pub(super) fn build(vocabulary: &Vocabulary, mapping: &Mapping, columns: &Schema) -> Result<Self> {
        let entity = Arc::clone(vocabulary.expect_entity(&mapping.entity)?);
        let mut fields = Vec::with_capacity(mapping.rules.len());
        let mut absent = Vec::new();
        let mut read = BTreeSet::new();
        for def in &entity.fields {
            let Some(rule) = mapping.rule_for(&def.name) else { continue };
            let Ok(transform) = Prepared::compile(&rule.transform, def) else { continue };
            let constant = matches!(rule.transform, Transform::Constant(_));
            let path = if constant { None } else { Path::find(columns.fields(), &rule.source_path) };
            if path.is_none() && !constant {
                absent.push(rule.source_path.clone());
                continue;
            }
            if let Some(path) = path.as_ref().filter(|p| p.is_column()) {
                read.insert(path.column());
            }
            fields.push(FieldPlan {
                required: entity.requires(&def.name),
                lenient: rule.lenient,
                def: def.clone(),
                source_path: rule.source_path.clone(),
                path,
                transform,
            });
        }
        Ok(Self {
            key: Key::find(&mapping.key, columns),
            order: Order::find(mapping.order_by.as_deref(), columns),
            rest: (0..columns.fields().len()).filter(|at| !read.contains(at)).collect(),
            schema: Arc::new(columns.clone()),
            entity,
            fields,
            absent,
        })
    }

    /// The entity that it makes.
    pub const fn entity(&self) -> &Arc<EntityDef> {
        &self.entity
    }

    /// Where the identity of a record comes from.
    pub(super) const fn key(&self) -> &Key {
        &self.key
    }

    /// What orders two states of a record.
    pub(super) const fn order(&self) -> &Order {
        &self.order
    }

    /// Source paths that rules name and the stream has not: fields that are not sent any more.
    pub fn absent(&self) -> &[String] {
        &self.absent
    }

    /// Source columns that no rule reads.
    pub fn unmapped(&self) -> impl Iterator<Item = &str> {
        self.rest.iter().map(|at| self.schema.field(*at).name().as_str())
    }

    /// Whether the plan was compiled for these columns; if not, compile again.
    pub fn fits(&self, columns: &Schema) -> bool {
        std::ptr::eq(self.schema.as_ref(), columns)
            || (self.schema.fields().len() == columns.fields().len()
                && self
                    .schema
                    .fields()
                    .iter()
                    .zip(columns.fields())
                    .all(|(a, b)| Arc::ptr_eq(a, b) || (a.name() == b.name() && a.data_type() == b.data_type())))
    }

    /// Normalises a batch.
    pub fn run(&self, raw: &RawBatch) -> Result<Normalized> {
        let columns = &raw.columns;
        if !self.fits(columns.schema_ref()) {
            return Err(Error::internal("normalize.other_columns", "The batch has other columns than the plan."));
        }
        let mut projection = self.project(columns, Strictness::Strict);
        let (key, keyless) = self.key.column(columns, self.shared(&projection, columns), raw);
        let (version, unordered) = self.order.column(columns, self.ordered(&projection));
        let beside = |fault| move |row: u32| (row, usize::MAX, fault);
        projection.faults.extend(unordered.into_iter().map(beside(Fault::NoOrder)));
        self.forgive_deletes(&mut projection, raw.deletes.as_ref());
        projection.faults.extend(keyless.into_iter().map(beside(Fault::NoKey)));
        // Stable: of several faults of a row the first stays, in the order of fields, version, key.
        projection.faults.sort_by_key(|(row, ..)| *row);
        projection.faults.dedup_by_key(|(row, ..)| *row);

        let faults = std::mem::take(&mut projection.faults);
        let batch = self.assemble(columns, projection, key, version, raw.deletes.as_ref())?;
        let batch = if faults.is_empty() { batch } else { without(&batch, &faults)? };
        let mut rejects = raw.rejects.clone();
        rejects.extend(faults.iter().map(|fault| self.reject(raw, *fault)));
        Ok(Normalized { batch, rejects, refused: faults.iter().map(|(row, ..)| *row).collect() })
    }

    /// Casts every mapped column.
    pub(super) fn project(&self, columns: &RecordBatch, strictness: Strictness) -> Projection {
        let rows = columns.num_rows();
        let mut out =
            Projection { casts: Vec::with_capacity(self.fields.len()), faults: Vec::new(), kept: BTreeSet::new() };
        let mut simple: Vec<Option<ArrayRef>> = vec![None; columns.num_columns()];
        for (at, field) in self.fields.iter().enumerate() {
            let kind = field.def.field_type;
            let shaped = match &field.path {
                None => Arc::new(arrow::array::NullArray::new(rows)) as ArrayRef,
                Some(path) if path.is_column() => Arc::clone(
                    simple[path.column()].get_or_insert_with(|| source::simplify(columns.column(path.column()))),
                ),
                Some(path) => source::simplify(&path.take(columns)),
            };
            let cast = within(field.transform.run(&shaped, kind), &field.def);
            let forgiving = field.lenient || strictness == Strictness::Lenient;
            let faulty = forgiving && !cast.faults.is_empty();
            if (cast.lossy || faulty || field.transform.keeps(kind))
                && let Some(path) = field.path.as_ref().filter(|p| p.is_column())
            {
                out.kept.insert(path.column());
            }
            if strictness == Strictness::Strict {
                if field.required && cast.array.null_count() > 0 {
                    // A value that did not cast is a fault of its own, or forgiven: it is not missing.
                    let faulty: BTreeSet<u32> = cast.faults.iter().map(|(row, _)| *row).collect();
                    let nulls = (0..rows as u32).filter(|r| cast.array.is_null(*r as usize) && !faulty.contains(r));
                    out.faults.extend(nulls.map(|row| (row, at, Fault::Missing)));
                }
                if !forgiving {
                    out.faults.extend(cast.faults.into_iter().map(|(row, fault)| (row, at, fault)));
                }
            }
            out.casts.push(Some(cast.array));
        }
        out
    }

    /// The mapped column that already is the key, so that it is not made twice.
    fn shared(&self, projection: &Projection, columns: &RecordBatch) -> Option<ArrayRef> {
        let path = self.key.single()?;
        let at = self.fields.iter().position(|field| {
            let plain = matches!(field.transform, Prepared::None) && field.def.field_type.is_text();
            plain && field.path.as_ref() == Some(path)
        })?;
        debug_assert!(path.column() < columns.num_columns());
        projection.casts.get(at)?.clone()
    }

    /// The mapped column that already orders the states.
    fn ordered(&self, projection: &Projection) -> Option<ArrayRef> {
        let path = self.order.path()?;
        let at = self.fields.iter().position(|field| {
            let plain = matches!(field.transform, Prepared::None);
            plain && field.def.field_type == FieldType::Datetime && field.path.as_ref() == Some(path)
        })?;
        // A lossy one was read off bare numbers, and numbers order themselves.
        if projection.kept.contains(&path.column()) { None } else { projection.casts.get(at)?.clone() }
    }

    /// A row that deletes is taken whatever else it holds.
    fn forgive_deletes(&self, projection: &mut Projection, deletes: Option<&BooleanArray>) {
        let Some(deletes) = deletes else { return };
        let (faults, kept) = (&mut projection.faults, &mut projection.kept);
        faults.retain(|(row, at, fault)| {
            let row = *row as usize;
            let delete = row < deletes.len() && deletes.is_valid(row) && deletes.value(row);
            if delete
                && *fault != Fault::Missing
                && let Some(path) = self.fields.get(*at).and_then(|f| f.path.as_ref()).filter(|p| p.is_column())
            {
                kept.insert(path.column());
            }
            !delete
        });
    }

    /// Puts the columns of a canonical batch side by side.
    pub(super) fn assemble(
        &self,
        columns: &RecordBatch,
        projection: Projection,
        key: ArrayRef,
        version: ArrayRef,
        deletes: Option<&BooleanArray>,
    ) -> Result<RecordBatch> {
        let mut fields = Vec::with_capacity(self.fields.len() + 4);
        let mut arrays = Vec::with_capacity(self.fields.len() + 4);
        for (plan, array) in self.fields.iter().zip(projection.casts) {
            if let Some(array) = array {
                fields.push(Field::new(&plan.def.name, plan.def.field_type.data_type(), true));
                arrays.push(array);
            }
        }
        fields.push(Field::new(KEY, DataType::Utf8, true));
        arrays.push(key);
        fields.push(Field::new(VERSION, DataType::Int64, true));
        arrays.push(version);
        if let Some(deletes) = deletes.filter(|d| d.true_count() > 0) {
            let ops: UInt8Array = deletes.iter().map(|d| Some(u8::from(d == Some(true)))).collect();
            fields.push(Field::new(OP, DataType::UInt8, true));
            arrays.push(Arc::new(ops));
        }
        if let Some(extras) = self.extras(columns, &projection.kept) {
            fields.push(Field::new(EXTRAS, extras.data_type().clone(), true));
            arrays.push(Arc::new(extras));
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).map_err(|e| {
            Error::internal("normalize.assemble", "A canonical batch could not be put together.").source(e)
        })
    }

    fn extras(&self, columns: &RecordBatch, kept: &BTreeSet<usize>) -> Option<StructArray> {
        let schema = columns.schema_ref();
        let mut members: Vec<usize> = self.rest.iter().chain(kept).copied().collect();
        members.sort_by_key(|at| schema.field(*at).name());
        members.dedup();
        let arrays: Vec<ArrayRef> = members.iter().map(|at| source::simplify(columns.column(*at))).collect();
        let fields: Fields = members
            .iter()
            .zip(&arrays)
            .map(|(at, array)| Field::new(schema.field(*at).name(), array.data_type().clone(), true))
            .collect();
        if fields.is_empty() { None } else { StructArray::try_new(fields, arrays, None).ok() }
    }

    #[cold]
    fn reject(&self, raw: &RawBatch, (row, at, fault): (u32, usize, Fault)) -> Reject {
        let row = row as usize;
        let field = self.fields.get(at);
        let name = match (field, fault) {
            (Some(field), _) => Some(field.source_path.clone()),
            (None, Fault::NoOrder) => self.order.name(),
            (None, _) => self.key.name(),
        };
        let shown = name.as_deref().and_then(|name| {
            let path = Path::find(raw.columns.schema_ref().fields(), name)?;
            let array = path.take(&raw.columns);
            (!array.is_null(row)).then(|| excerpt(&array, row))
        });
        let label = name.as_deref().unwrap_or("the row");
        let reason = match (shown, fault) {
            (Some(value), Fault::OutOfRange) => {
                let bound = |b: Option<f64>| b.map_or_else(|| "any".to_owned(), |b| b.to_string());
                let (low, high) = field.map_or((None, None), |f| (f.def.minimum, f.def.maximum));
                format!("{value} in {label} is not between {} and {}.", bound(low), bound(high))
            }
            (Some(value), _) => format!("{value} in {label} {}.", fault.reason()),
            (None, _) => format!("{label} {}.", fault.reason()),
        };
        Reject {
            row: raw.row_number(row),
            origin: raw.origin.clone(),
            field: name,
            code: Cow::Borrowed(fault.code()),
            reason,
            raw: json::row_text(&raw.columns, row, RAW_CAP),
        }
    }
}

fn excerpt(array: &ArrayRef, row: usize) -> String {
    const CAP: usize = 80;
    let one = source::simplify(&array.slice(row, 1));
    let text = super::cast::text::text_of(&one);
    let text = text.value(0);
    let cut = text.floor_char_boundary(CAP);
    let mark = if cut < text.len() { "…" } else { "" };
    format!("\"{}{mark}\"", text.get(..cut).unwrap_or_default())
}

/// Adds faults where a number is outside the field's bounds, and nulls it.
fn within(mut cast: Cast, def: &FieldDef) -> Cast {
    if def.minimum.is_none() && def.maximum.is_none() {
        return cast;
    }
    let (low, high) = (def.minimum.unwrap_or(f64::MIN), def.maximum.unwrap_or(f64::MAX));
    let mut outside = Vec::new();
    let mut see = |row: usize, value: f64| {
        if !(low..=high).contains(&value) {
            outside.push(row as u32);
        }
    };
    match cast.array.data_type() {
        DataType::Float64 => {
            let values = cast.array.as_primitive::<Float64Type>();
            values.values().iter().enumerate().for_each(|(row, v)| see(row, *v));
        }
        DataType::Int64 => {
            let values = cast.array.as_primitive::<Int64Type>();
            values.values().iter().enumerate().for_each(|(row, v)| see(row, *v as f64));
        }
        DataType::Decimal128(..) => {
            let values = cast.array.as_primitive::<Decimal128Type>();
            values.values().iter().enumerate().for_each(|(row, v)| see(row, number::money_number(*v)));
        }
        _ => {}
    }
    // What lies under a null is no value.
    outside.retain(|row| cast.array.is_valid(*row as usize));
    if outside.is_empty() {
        return cast;
    }
    let mut mask = BooleanBufferBuilder::new(cast.array.len());
    mask.append_n(cast.array.len(), false);
    for row in &outside {
        mask.set_bit(*row as usize, true);
    }
    if let Ok(array) = nullif(&cast.array, &BooleanArray::new(mask.finish(), None)) {
        cast.array = array;
    }
    cast.faults.extend(outside.into_iter().map(|row| (row, Fault::OutOfRange)));
    cast.faults.sort_by_key(|(row, _)| *row);
    cast
}

/// The batch without the faulty rows.
fn without(batch: &RecordBatch, faults: &Faults) -> Result<RecordBatch> {
    let mut keep = BooleanBufferBuilder::new(batch.num_rows());
    keep.append_n(batch.num_rows(), true);
    for (row, ..) in faults {
        keep.set_bit(*row as usize, false);
    }
    let keep = BooleanArray::new(keep.finish(), None);
    FilterBuilder::new(&keep)
        .optimize()
        .build()
        .filter_record_batch(batch)
        .map_err(|e| Error::internal("normalize.filter", "A canonical batch could not be filtered.").source(e))
}
