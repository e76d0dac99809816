//! Several batches of one stream in one payload: what compaction makes of many small ones, and how each is had back.
//!
//! The problem: a batch of three rows costs five kilobytes, nearly all of it schema and padding. So the columns of many
//! are put end to end in one record batch, nulls where a batch lacks a column, and the schema's metadata says for each
//! batch its position in the log, how many rows it has and which columns it had. What was dropped because later batches
//! superseded it is remembered as a count.
//!
//! Guarantees: each batch comes back as it was, to the column, so whatever is done to batches of the log (rules that
//! hold from a position on, mapping again, provenance) is done to packed ones alike; a payload that was never packed is
//! a pack of one. Any Arrow reader takes a packed payload, as one batch with every column. Pure.

use std::ops::Range;
use std::sync::Arc;

use arrow::array::builder::NullBufferBuilder;
use arrow::array::{
    Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions, StructArray, UInt32Array, new_null_array,
};
use arrow::compute::{concat, take_record_batch};
use arrow::datatypes::{DataType, Field, Fields, Schema};
use bytes::Bytes;

use super::codec;
use super::normalize::{EXTRAS, OP};
use crate::{Error, Result};

/// Name of the metadata that makes a payload a packed one.
const METADATA: &str = "autonomos.pack";

/// A batch with its position in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// Position it was committed at.
    pub seq: i64,
    /// What was committed.
    pub batch: RecordBatch,
}

/// Neighbouring batches that were dropped, because later ones superseded every row of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Dropped {
    /// Position of the first.
    pub first: i64,
    /// Position of the last.
    pub last: i64,
    /// Rows they had, all upserts.
    pub rows: i64,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Pack {
    /// Every column, every row.
    whole: RecordBatch,
    places: Vec<Place>,
    shapes: Vec<Shape>,
    dropped: Vec<Dropped>,
}

/// One batch in the whole.
#[derive(Clone, Copy, Debug)]
struct Place {
    seq: i64,
    from: usize,
    rows: usize,
    shape: usize,
}

/// The columns a batch had, as places among those of the whole.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
struct Shape {
    columns: Vec<usize>,
    /// Of its extras, if it had any: places among the members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    extras: Option<Vec<usize>>,
}

/// What the metadata says. Positions as differences, because they are many and the differences small.
#[derive(serde::Serialize, serde::Deserialize)]
struct Index {
    seqs: Vec<i64>,
    rows: Vec<usize>,
    /// Which shape each batch has; empty: all have the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    shape: Vec<usize>,
    shapes: Vec<Shape>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dropped: Vec<Dropped>,
}

fn damaged() -> Error {
    Error::internal("batch.damaged", "A packed batch could not be read.")
}

fn failed(error: arrow::error::ArrowError) -> Error {
    Error::internal("batch.pack", "Batches could not be packed.").source(error)
}

/// Columns of many batches while they are put together: by name and type, in order of appearance.
#[derive(Default)]
struct Columns {
    fields: Vec<Field>,
    /// By column: what each batch so far has of it.
    arrays: Vec<Vec<Option<ArrayRef>>>,
}

impl Columns {
    /// Takes a batch's columns in; where each went. `at` counts the batches before.
    fn add<'a>(&mut self, at: usize, columns: impl Iterator<Item = (&'a Field, &'a ArrayRef)>) -> Vec<usize> {
        let mut shape = Vec::new();
        for (field, array) in columns {
            let same = |f: &Field| f.name() == field.name() && f.data_type() == field.data_type();
            let place = self.fields.iter().position(same).unwrap_or_else(|| {
                self.fields.push(field.clone());
                self.arrays.push(vec![None; at]);
                self.fields.len() - 1
            });
            if field.is_nullable() {
                self.fields[place].set_nullable(true);
            }
            self.arrays[place].push(Some(Arc::clone(array)));
            shape.push(place);
        }
        for arrays in self.arrays.iter_mut().filter(|a| a.len() == at) {
            arrays.push(None);
        }
        shape
    }

    /// Each column end to end, nulls where a batch lacks it.
    fn join(self, rows: &[usize]) -> Result<(Vec<Field>, Vec<ArrayRef>)> {
        let mut fields = Vec::with_capacity(self.fields.len());
        let mut joined = Vec::with_capacity(self.fields.len());
        for (field, arrays) in self.fields.into_iter().zip(self.arrays) {
            let lacking = arrays.iter().any(Option::is_none);
            let whole: Vec<ArrayRef> = arrays
                .into_iter()
                .zip(rows)
                .map(|(array, rows)| array.unwrap_or_else(|| new_null_array(field.data_type(), *rows)))
                .collect();
            let parts: Vec<&dyn Array> = whole.iter().map(AsRef::as_ref).collect();
            joined.push(concat(&parts).map_err(failed)?);
            let nullable = field.is_nullable() || lacking;
            fields.push(field.with_nullable(nullable));
        }
        Ok((fields, joined))
    }
}

fn extras(batch: &RecordBatch) -> Option<&StructArray> {
    batch.column_by_name(EXTRAS)?.as_struct_opt()
}

fn is_extras(field: &Field) -> bool {
    field.name() == EXTRAS && matches!(field.data_type(), DataType::Struct(_))
}

fn whole_of(fields: Vec<Field>, arrays: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options).map_err(failed)
}

impl Pack {
    /// Puts batches together, given in order of position, with what was dropped around them.
    pub fn of(pieces: &[Piece], dropped: Vec<Dropped>) -> Result<Self> {
        let rows: Vec<usize> = pieces.iter().map(|p| p.batch.num_rows()).collect();
        let (mut columns, mut members) = (Columns::default(), Columns::default());
        let (mut shapes, mut places) = (Vec::<Shape>::new(), Vec::with_capacity(pieces.len()));
        let mut validity = NullBufferBuilder::new(rows.iter().sum());
        // Stands for the extras among the columns until their members are joined.
        let stand_in = Field::new(EXTRAS, DataType::Null, true);
        let mut from = 0;
        for (at, piece) in pieces.iter().enumerate() {
            let (fields, count) = (piece.batch.schema_ref().fields(), rows[at]);
            let nothing: ArrayRef = new_null_array(&DataType::Null, count);
            let own = fields.iter().zip(piece.batch.columns());
            let own = own.map(|(f, c)| if is_extras(f) { (&stand_in, &nothing) } else { (f.as_ref(), c) });
            let mut shape = Shape { columns: columns.add(at, own), extras: None };
            let object = extras(&piece.batch);
            let named = object.map(|object| object.fields().iter().map(AsRef::as_ref).zip(object.columns()));
            let own = members.add(at, named.into_iter().flatten());
            shape.extras = object.map(|_| own);
            match object.and_then(Array::nulls) {
                Some(nulls) => validity.append_buffer(nulls),
                None => validity.append_n_non_nulls(count),
            }
            let known = shapes.iter().position(|s| *s == shape);
            let shape = known.unwrap_or_else(|| {
                shapes.push(shape);
                shapes.len() - 1
            });
            places.push(Place { seq: piece.seq, from, rows: count, shape });
            from += count;
        }
        let (mut fields, mut arrays) = columns.join(&rows)?;
        if let Some(at) = fields.iter().position(|f| *f == stand_in) {
            let (names, joined) = members.join(&rows)?;
            let object = StructArray::try_new_with_length(names.into(), joined, validity.finish(), from);
            let object = object.map_err(failed)?;
            fields[at] = Field::new(EXTRAS, object.data_type().clone(), true);
            arrays[at] = Arc::new(object);
        }
        Ok(Self { whole: whole_of(fields, arrays, from)?, places, shapes, dropped })
    }

    /// As the log stores it.
    pub fn encode(&self) -> Result<Bytes> {
        let differ = self.shapes.len() > 1;
        let mut last = 0;
        let index = Index {
            seqs: self.places.iter().map(|p| p.seq - std::mem::replace(&mut last, p.seq)).collect(),
            rows: self.places.iter().map(|p| p.rows).collect(),
            shape: if differ { self.places.iter().map(|p| p.shape).collect() } else { Vec::new() },
            shapes: self.shapes.clone(),
            dropped: self.dropped.clone(),
        };
        let text = serde_json::to_string(&index)
            .map_err(|e| Error::internal("batch.pack", "Batches could not be packed.").source(e))?;
        let schema = self.whole.schema_ref().as_ref().clone().with_metadata([(METADATA.to_owned(), text)].into());
        codec::encode(&self.whole.clone().with_schema(Arc::new(schema)).map_err(failed)?)
    }

    /// What the log stored at a position, packed or not.
    pub fn decode(seq: i64, payload: &[u8]) -> Result<Self> {
        let whole = codec::decode(payload)?;
        let Some(text) = whole.schema_ref().metadata().get(METADATA) else {
            let (rows, columns) = (whole.num_rows(), (0..whole.num_columns()).collect());
            let extras = extras(&whole).map(|object| (0..object.num_columns()).collect());
            let places = vec![Place { seq, from: 0, rows, shape: 0 }];
            return Ok(Self { whole, places, shapes: vec![Shape { columns, extras }], dropped: Vec::new() });
        };
        let index: Index = serde_json::from_str(text).map_err(|e| damaged().source(e))?;
        let fields = whole.schema_ref().fields().iter().map(|f| f.as_ref().clone()).collect();
        let whole = whole_of(fields, whole.columns().to_vec(), whole.num_rows())?;
        let mut places: Vec<Place> = Vec::with_capacity(index.seqs.len());
        let (mut seq, mut from) = (0, 0);
        for (at, (step, rows)) in index.seqs.iter().zip(&index.rows).enumerate() {
            seq += step;
            places.push(Place { seq, from, rows: *rows, shape: index.shape.get(at).copied().unwrap_or_default() });
            from += rows;
        }
        let out = Self { whole, places, shapes: index.shapes, dropped: index.dropped };
        let complete = index.seqs.len() == index.rows.len() && from == out.whole.num_rows();
        if complete && out.is_sound() { Ok(out) } else { Err(damaged()) }
    }

    /// Whether every place that the index names is there.
    fn is_sound(&self) -> bool {
        let members = extras(&self.whole).map_or(0, StructArray::num_columns);
        let shapes = self.shapes.iter().all(|shape| {
            shape.columns.iter().all(|c| *c < self.whole.num_columns())
                && shape.extras.iter().flatten().all(|m| *m < members)
        });
        shapes && self.places.iter().all(|p| p.shape < self.shapes.len())
    }

    /// How many batches.
    pub const fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Position of a batch.
    pub fn seq(&self, at: usize) -> i64 {
        self.places[at].seq
    }

    /// Rows of a batch.
    pub fn rows(&self, at: usize) -> usize {
        self.places[at].rows
    }

    /// The first batch that stands after a position of the log.
    pub fn after(&self, seq: i64) -> usize {
        self.places.partition_point(|p| p.seq <= seq)
    }

    /// What was dropped, in order.
    pub fn dropped(&self) -> &[Dropped] {
        &self.dropped
    }

    /// Where the run of batches with the same canonical columns that begins at one ends, as far as `same` goes.
    pub fn alike(&self, at: usize, mut same: impl FnMut(i64) -> bool) -> usize {
        let (shape, first) = (self.places[at].shape, self.canonical(at));
        let fits = |next: usize| self.places[next].shape == shape || self.canonical(next) == first;
        (at + 1..self.len()).find(|&next| !fits(next) || !same(self.seq(next))).unwrap_or(self.len())
    }

    /// The columns of a batch that make a difference to a view: a missing operation is an upsert, and a missing extra
    /// is as good as a null one.
    fn canonical(&self, at: usize) -> Vec<usize> {
        let shape = &self.shapes[self.places[at].shape];
        let schema = self.whole.schema_ref();
        let counts = |c: &&usize| schema.fields().get(**c).is_some_and(|f| f.name() != OP && f.name() != EXTRAS);
        shape.columns.iter().filter(counts).copied().collect()
    }

    /// A batch as it was committed.
    pub fn batch(&self, at: usize) -> Result<RecordBatch> {
        let place = self.places[at];
        let rows = self.slice(place.from..place.from + place.rows)?;
        let shape = &self.shapes[place.shape];
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for &column in &shape.columns {
            let field = rows.schema_ref().field(column);
            match (&shape.extras, rows.column(column).as_struct_opt()) {
                (Some(members), Some(object)) if is_extras(field) => {
                    let object = members_of(object, members)?;
                    fields.push(Field::new(EXTRAS, object.data_type().clone(), true));
                    arrays.push(Arc::new(object) as ArrayRef);
                }
                _ => {
                    fields.push(field.clone());
                    arrays.push(Arc::clone(rows.column(column)));
                }
            }
        }
        whole_of(fields, arrays, place.rows)
    }

    /// The rows of neighbouring batches that are [`alike`](Self::alike), as one batch with the columns they all have.
    pub fn together(&self, range: Range<usize>) -> Result<RecordBatch> {
        let (Some(first), Some(last)) = (self.places.get(range.start), self.places[range.clone()].last()) else {
            return Err(damaged());
        };
        let rows = self.slice(first.from..last.from + last.rows)?;
        let mut columns = self.canonical(range.start);
        let besides = rows.schema_ref().fields().iter().enumerate();
        columns.extend(besides.filter(|(_, f)| f.name() == OP || f.name() == EXTRAS).map(|(at, _)| at));
        rows.project(&columns).map_err(failed)
    }

    /// Rows of the whole, as arrays of their own: nothing of the others hangs on.
    fn slice(&self, rows: Range<usize>) -> Result<RecordBatch> {
        if rows == (0..self.whole.num_rows()) {
            return Ok(self.whole.clone());
        }
        let picks = UInt32Array::from_iter_values(rows.start as u32..rows.end as u32);
        take_record_batch(&self.whole, &picks).map_err(failed)
    }

    /// Every batch by itself.
    pub fn pieces(&self) -> Result<Vec<Piece>> {
        (0..self.len()).map(|at| Ok(Piece { seq: self.seq(at), batch: self.batch(at)? })).collect()
    }
}

/// An object with only some of its members.
fn members_of(object: &StructArray, members: &[usize]) -> Result<StructArray> {
    let nulls = object.nulls().filter(|n| n.null_count() > 0).cloned();
    let fields: Fields = members.iter().map(|m| object.fields()[*m].as_ref().clone()).collect();
    let arrays = members.iter().map(|m| Arc::clone(object.column(*m))).collect();
    StructArray::try_new_with_length(fields, arrays, nulls, object.len()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Int64Array, StringArray, UInt8Array};
    use proptest::prelude::*;

    /// A batch whose columns, extras and operations are as the bits say.
    fn batch(rows: usize, bits: u16, value: u8) -> RecordBatch {
        let bit = |n: u16| bits & (1 << n) != 0;
        let text = |tag: &str| -> ArrayRef {
            let value =
                |row: usize| (!(row + value as usize).is_multiple_of(5)).then(|| format!("{tag} {row} {value}"));
            Arc::new((0..rows).map(value).collect::<StringArray>())
        };
        let numbers = || -> ArrayRef { Arc::new(Int64Array::from_iter_values((0..rows as i64).map(|r| r * 7))) };
        let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
        columns.extend(bit(0).then(|| ("name", text("name"))));
        columns.extend(bit(1).then(|| ("employees", numbers())));
        columns.push(("_key", text("key")));
        columns.push(("_version", numbers()));
        columns.extend(bit(2).then(|| ("_op", Arc::new(UInt8Array::from_value(1, rows)) as ArrayRef)));
        if bit(3) {
            let mut members: Vec<(&str, ArrayRef)> = Vec::new();
            members.extend(bit(4).then(|| ("A", text("a"))));
            // The same name with two types.
            members.push(("B", if bit(5) { text("b") } else { numbers() }));
            members.extend(bit(6).then(|| ("C", text("c"))));
            let fields = members.iter().map(|(n, a)| Field::new(*n, a.data_type().clone(), true)).collect();
            let nulls = bit(7).then(|| (0..rows).map(|row| row % 3 != 1).collect());
            let object = StructArray::try_new(fields, members.into_iter().map(|m| m.1).collect(), nulls).unwrap();
            columns.push(("_extras", Arc::new(object)));
        }
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true))).unwrap()
    }

    fn pieces(of: &[(usize, u16, u8)]) -> Vec<Piece> {
        let mut seq = 40;
        let piece = |&(rows, bits, value): &(usize, u16, u8)| {
            seq += 1 + i64::from(value % 9);
            Piece { seq, batch: batch(rows, bits, value) }
        };
        of.iter().map(piece).collect()
    }

    proptest! {
        #[test]
        fn every_batch_comes_back_as_it_was(of in prop::collection::vec((1..6_usize, 0..256_u16, any::<u8>()), 1..12)) {
            let pieces = pieces(&of);
            let dropped = vec![Dropped { first: 7, last: 30, rows: 12 }];
            let packed = Pack::of(&pieces, dropped.clone()).unwrap();
            prop_assert_eq!(&packed.pieces().unwrap(), &pieces);
            let again = Pack::decode(99, &packed.encode().unwrap()).unwrap();
            prop_assert_eq!(again.dropped(), &dropped);
            prop_assert_eq!(&again.pieces().unwrap(), &pieces);
            // Packing what was packed is packing at once.
            let (some, others) = pieces.split_at(pieces.len() / 2);
            let mut halves = Vec::new();
            for half in [some, others].into_iter().filter(|h| !h.is_empty()) {
                let half = Pack::of(half, Vec::new()).unwrap();
                halves.extend(Pack::decode(99, &half.encode().unwrap()).unwrap().pieces().unwrap());
            }
            prop_assert_eq!(&halves, &pieces);
        }

        #[test]
        fn what_is_alike_comes_together(of in prop::collection::vec((1..6_usize, 0..256_u16, any::<u8>()), 1..12)) {
            let pieces = pieces(&of);
            let packed = Pack::of(&pieces, Vec::new()).unwrap();
            let mut at = 0;
            while at < packed.len() {
                let end = packed.alike(at, |_| true);
                let together = packed.together(at..end).unwrap();
                prop_assert_eq!(together.num_rows(), pieces[at..end].iter().map(|p| p.batch.num_rows()).sum::<usize>());
                let key = |b: &RecordBatch| b.column_by_name("_key").unwrap().as_string::<i32>().clone();
                let keys: Vec<_> = pieces[at..end].iter().map(|p| key(&p.batch)).collect();
                let keys: StringArray = keys.iter().flat_map(StringArray::iter).collect();
                prop_assert_eq!(key(&together), keys);
                at = end;
            }
        }
    }

    #[test]
    fn what_was_never_packed_is_a_pack_of_one() {
        let batch = batch(3, 0b1_1011, 1);
        let one = Pack::decode(7, &codec::encode(&batch).unwrap()).unwrap();
        assert_eq!(one.pieces().unwrap(), [Piece { seq: 7, batch: batch.clone() }]);
        assert_eq!((one.after(6), one.after(7), one.alike(0, |_| false)), (0, 1, 1));
        assert_eq!(one.together(0..1).unwrap().num_rows(), 3);
        assert!(Pack::decode(7, b"no payload at all").is_err_and(|e| e.code == "batch.damaged"));
    }

    #[test]
    fn many_small_batches_cost_what_their_rows_cost() {
        let many = pieces(&(0..200).map(|n| (3, 0b1_1001, n as u8)).collect::<Vec<_>>());
        let apart: usize = many.iter().map(|p| codec::encode(&p.batch).unwrap().len()).sum();
        let packed = Pack::of(&many, Vec::new()).unwrap().encode().unwrap().len();
        assert!(packed * 15 < apart, "{packed} of {apart}");
    }

    #[test]
    fn an_index_that_lies_is_an_error() {
        let packed = Pack::of(&pieces(&[(2, 3, 0), (2, 9, 1)]), Vec::new()).unwrap();
        for lie in [
            |p: &mut Pack| p.places[1].rows = 3,
            |p: &mut Pack| p.places[1].shape = 5,
            |p: &mut Pack| p.shapes[0].columns.push(77),
            |p: &mut Pack| p.shapes[1].extras = Some(vec![9]),
        ] {
            let mut lying = packed.clone();
            lie(&mut lying);
            assert!(Pack::decode(1, &lying.encode().unwrap()).is_err_and(|e| e.code == "batch.damaged"));
        }
    }
}
