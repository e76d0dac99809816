//! Parquet to typed columns, one row group at a time.
//!
//! Types are brought to the few that mappings know (booleans, 64-bit numbers, decimals, days, moments in UTC, text);
//! structures become dotted paths, lists and maps JSON text, bytes hexadecimal. Portions never span row groups, so their
//! boundaries follow from the file alone. A file is known by the digest of all its bytes, taken once before reading.
//!
//! Text is read as views into the file's pages and copied out only after its size was counted, so a page that repeats a
//! long word a million times costs what the limits allow: a portion ends early, and a row with a longer field is a reject.

use std::io::Read as _;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray as _, Float64Array, RecordBatch, RecordBatchOptions, StringArray, StructArray,
};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float32Type, Schema, SchemaRef, TimeUnit};
use autonomos_runtime::{Error, Result};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use xxhash_rust::xxh3::Xxh3;

use super::pages::Pages;
use super::portion::{Mark, Portion, reject_text};
use super::text::unreadable;
use crate::connector::source::{Limits, cancelled};
use crate::files::Content;

/// Structures inside structures that become paths.
const DEEPEST: usize = 8;

/// See the module.
pub struct Columnar {
    pages: Pages,
    metadata: ArrowReaderMetadata,
    digest: String,
    group: usize,
    in_group: u64,
    row: u64,
    open: Option<ParquetRecordBatchReader>,
}

fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::invalid("parquet.broken", "The file is not Parquet, or is damaged or cut off.")
        .field("path")
        .remedy("Write it again and upload it whole.")
        .source(error)
}

impl Columnar {
    /// Opens a file; none if it is empty.
    pub fn open(file: Content, limits: &Limits, stop: &dyn Fn() -> bool) -> Result<Option<Self>> {
        if file.size().map_err(unreadable)? == 0 {
            return Ok(None);
        }
        let pages = Pages::of(file);
        let metadata = ArrowReaderMetadata::load(&pages, ArrowReaderOptions::new())
            .map_err(|e| pages.fault().unwrap_or_else(|| broken(e)))?;
        let viewed = Arc::new(Schema::new(metadata.schema().fields().iter().map(viewed).collect::<Vec<_>>()));
        let options = ArrowReaderOptions::new().with_schema(viewed);
        // Where a file's own schema cannot be read as views, it is read as it is.
        let metadata = ArrowReaderMetadata::try_new(metadata.metadata().clone(), options).unwrap_or(metadata);
        if metadata.metadata().file_metadata().schema_descr().num_columns() > limits.columns {
            return Err(Error::too_large(
                "parquet.too_many_columns",
                format!("The file has more than {} columns.", limits.columns),
            )
            .field("path")
            .remedy("Leave out columns."));
        }
        let digest = digest(pages.whole().map_err(unreadable)?, stop)?;
        Ok(Some(Self { pages, metadata, digest, group: 0, in_group: 0, row: 0, open: None }))
    }

    /// The columns, when there are no rows.
    pub fn schema(&self) -> Result<SchemaRef> {
        Ok(plain(&RecordBatch::new_empty(self.metadata.schema().clone()))?.schema())
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        Mark { offset: self.row, row: self.row, digest: self.digest.clone() }
    }

    /// Goes on from a mark; false if it is another file.
    pub fn resume(&mut self, mark: &Mark) -> bool {
        if mark.digest != self.digest {
            return false;
        }
        (self.group, self.in_group, self.row) = (0, mark.row, mark.row);
        while self.in_group > 0 && self.in_group >= self.group_rows() && self.group_rows() > 0 {
            self.in_group -= self.group_rows();
            self.group += 1;
        }
        self.open = None;
        true
    }

    /// What was wrong: that the bytes could not be had, or what they are.
    fn failed(&self, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        self.pages.fault().unwrap_or_else(|| broken(error))
    }

    fn group_rows(&self) -> u64 {
        self.metadata.metadata().row_groups().get(self.group).map_or(0, |g| g.num_rows().max(0) as u64)
    }

    /// The next rows; none at the end.
    pub fn next(&mut self, limits: &Limits) -> Result<Option<Portion>> {
        while self.group < self.metadata.metadata().num_row_groups() {
            if self.open.is_none() {
                let pages = self.pages.again().map_err(unreadable)?;
                let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(pages, self.metadata.clone())
                    .with_row_groups(vec![self.group])
                    .with_offset(self.in_group as usize)
                    .with_batch_size(limits.batch_rows)
                    .build()
                    .map_err(|e| self.failed(e))?;
                self.open = Some(reader);
            }
            if let Some(batch) = self.open.as_mut().and_then(Iterator::next) {
                let batch = batch.map_err(|e| self.failed(e))?;
                let sizes = sizes(&batch);
                let rows = fitting(&sizes, limits.batch_bytes).min(batch.num_rows()).min(limits.batch_rows);
                if rows < batch.num_rows() {
                    // The rest is read anew, as it would be after a restart: boundaries stay the same.
                    self.open = None;
                }
                let first = self.row + 1;
                self.row += rows as u64;
                self.in_group += rows as u64;
                if rows > 0 {
                    return portion(&batch.slice(0, rows), &sizes, first, limits).map(Some);
                }
            } else {
                self.open = None;
                self.group += 1;
                self.in_group = 0;
            }
        }
        Ok(None)
    }
}

/// The same field with text and bytes as views.
fn viewed(field: &Arc<Field>) -> Field {
    let kind = match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => DataType::Utf8View,
        DataType::Binary | DataType::LargeBinary => DataType::BinaryView,
        DataType::Struct(inner) => DataType::Struct(inner.iter().map(viewed).collect::<Vec<_>>().into()),
        other => other.clone(),
    };
    field.as_ref().clone().with_data_type(kind)
}

/// Bytes of text in each row, and the longest field of each.
fn sizes(batch: &RecordBatch) -> Vec<(usize, usize)> {
    fn add(array: &ArrayRef, out: &mut [(usize, usize)]) {
        let lengths: Option<Vec<usize>> = match array.data_type() {
            // The lower half of a view is its length.
            DataType::Utf8View => Some(array.as_string_view().views().iter().map(|v| *v as u32 as usize).collect()),
            DataType::BinaryView => {
                Some(array.as_binary_view().views().iter().map(|v| *v as u32 as usize * 2).collect())
            }
            DataType::Struct(_) => {
                for child in array.as_struct().columns() {
                    add(child, out);
                }
                None
            }
            _ => None,
        };
        for ((sum, most), length) in out.iter_mut().zip(lengths.into_iter().flatten()) {
            *sum += length;
            *most = (*most).max(length);
        }
    }
    let mut out = vec![(0, 0); batch.num_rows()];
    for array in batch.columns() {
        add(array, &mut out);
    }
    out
}

/// How many of the first rows fit, at least one.
fn fitting(sizes: &[(usize, usize)], most: usize) -> usize {
    let mut sum = 0;
    let full = |(size, _): &(usize, usize)| {
        sum += size;
        sum > most
    };
    sizes.iter().position(full).map_or(sizes.len(), |at| at.max(1))
}

fn portion(batch: &RecordBatch, sizes: &[(usize, usize)], first: u64, limits: &Limits) -> Result<Portion> {
    let next = first + batch.num_rows() as u64;
    let long = |row: usize| sizes.get(row).is_some_and(|(_, most)| *most > limits.field_bytes);
    if !(0..batch.num_rows()).any(long) {
        return Ok(Portion { columns: plain(batch)?, first_row: first, rows: None, rejects: Vec::new() });
    }
    let good: arrow::array::BooleanArray = (0..batch.num_rows()).map(|row| Some(!long(row))).collect();
    let kept = arrow::compute::filter_record_batch(batch, &good).map_err(broken)?;
    let (bad, fine): (Vec<u64>, Vec<u64>) = (first..next).partition(|number| long((number - first) as usize));
    let reason = format!("A field is longer than {} bytes.", limits.field_bytes);
    let reject = |row| reject_text(row, b"", "parquet.field_too_long", reason.clone());
    Ok(Portion::new(plain(&kept)?, fine, bad.into_iter().map(reject).collect(), next))
}

fn digest(mut file: Content, stop: &dyn Fn() -> bool) -> Result<String> {
    let (mut hash, mut buffer) = (Xxh3::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer).map_err(unreadable)?;
        if read == 0 {
            break;
        }
        if stop() {
            return Err(cancelled());
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(format!("{:032x}", hash.digest128()))
}

/// Any batch as columns of plain types under dotted names.
pub fn plain(batch: &RecordBatch) -> Result<RecordBatch> {
    let mut out = Vec::with_capacity(batch.num_columns());
    for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
        flatten(field.name().clone(), array, DEEPEST, &mut out)?;
    }
    let mut taken = std::collections::HashSet::new();
    let mut fields = Vec::with_capacity(out.len());
    let mut arrays = Vec::with_capacity(out.len());
    for (mut name, array) in out {
        while !taken.insert(name.clone()) {
            name.push_str("_2");
        }
        fields.push(Field::new(name, array.data_type().clone(), true));
        arrays.push(array);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
        .map_err(|e| Error::internal("source.batch", "The rows read do not fit their columns.").source(e))
}

fn flatten(path: String, array: &ArrayRef, deeper: usize, out: &mut Vec<(String, ArrayRef)>) -> Result<()> {
    use DataType as T;
    let to = |kind: &T| cast(array, kind).map_err(broken);
    let plain: ArrayRef = match array.data_type() {
        T::Struct(fields) if deeper > 0 && !fields.is_empty() => {
            let inner = array.as_struct();
            for (field, child) in fields.iter().zip(inner.columns()) {
                flatten(format!("{path}.{}", field.name()), &masked(inner, child)?, deeper - 1, out)?;
            }
            return Ok(());
        }
        T::Boolean | T::Int64 | T::Float64 | T::Utf8 | T::Date32 | T::Decimal128(..) => array.clone(),
        T::Int8 | T::Int16 | T::Int32 | T::UInt8 | T::UInt16 | T::UInt32 => to(&T::Int64)?,
        T::UInt64 => to(&T::Decimal128(20, 0))?,
        T::Float16 => to(&T::Float64)?,
        T::Float32 => {
            // By way of the shortest text: 0.1 stays 0.1.
            let narrow = array.as_primitive::<Float32Type>();
            Arc::new(narrow.iter().map(|v| v.and_then(|v| v.to_string().parse::<f64>().ok())).collect::<Float64Array>())
        }
        T::Date64 => utc(&cast(array, &T::Timestamp(TimeUnit::Millisecond, None)).map_err(broken)?),
        T::Timestamp(..) => utc(array),
        T::Dictionary(_, value) => {
            let values = cast(array, value).map_err(broken)?;
            return flatten(path, &values, deeper, out);
        }
        T::Binary | T::LargeBinary | T::FixedSizeBinary(_) | T::BinaryView => {
            let bytes = cast(array, &T::Binary).map_err(broken)?;
            let hex = bytes.as_binary::<i32>().iter().map(|v| v.map(hex::encode));
            Arc::new(hex.collect::<StringArray>())
        }
        T::Struct(_) | T::List(_) | T::LargeList(_) | T::FixedSizeList(..) | T::Map(..) => json(array)?,
        _ => to(&T::Utf8)?,
    };
    out.push((path, plain));
    Ok(())
}

/// Moments of any unit as microseconds; those without a zone are taken to be UTC.
fn utc(array: &ArrayRef) -> ArrayRef {
    autonomos_runtime::canonical::source::simplify(array)
}

/// A child is null where its parent is.
fn masked(parent: &StructArray, child: &ArrayRef) -> Result<ArrayRef> {
    let Some(nulls) = parent.nulls().filter(|n| n.null_count() > 0) else { return Ok(child.clone()) };
    let gone = arrow::array::BooleanArray::new(!nulls.inner(), None);
    arrow::compute::nullif(child, &gone).map_err(broken)
}

/// Each value as JSON text.
fn json(array: &ArrayRef) -> Result<ArrayRef> {
    let field = Arc::new(Field::new("v", array.data_type().clone(), true));
    let options = arrow::json::writer::EncoderOptions::default().with_explicit_nulls(true);
    let mut encoder = arrow::json::writer::make_encoder(&field, array.as_ref(), &options).map_err(broken)?;
    let mut texts = Vec::with_capacity(array.len());
    for row in 0..array.len() {
        if array.is_null(row) {
            texts.push(None);
        } else {
            let mut out = Vec::new();
            encoder.encode(row, &mut out);
            texts.push(Some(String::from_utf8_lossy(&out).into_owned()));
        }
    }
    Ok(Arc::new(StringArray::from_iter(texts)))
}
