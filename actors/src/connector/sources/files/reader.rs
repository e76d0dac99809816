//! One file of any known format, read in portions from a mark.

use std::sync::Arc;

use arrow::datatypes::{Schema, SchemaRef};
use autonomos_runtime::{Error, Result};

use super::columnar::Columnar;
use super::csv::{Csv, Dialect};
use super::jsonl::Jsonl;
use super::portion::{Mark, Portion};
use crate::connector::source::Limits;
use crate::files::Content;

/// What a file is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Delimited text; the delimiter is found.
    Csv,
    /// Tab-delimited text.
    Tsv,
    /// A JSON object a line.
    #[serde(alias = "ndjson", alias = "jsonlines")]
    Jsonl,
    /// Apache Parquet.
    Parquet,
}

impl Format {
    /// By the end of a name.
    pub fn of(path: &str) -> Result<Self> {
        let end = path.rsplit('/').next().and_then(|f| f.rsplit_once('.')).map_or("", |(_, e)| e);
        match end.to_ascii_lowercase().as_str() {
            "csv" | "txt" => Ok(Self::Csv),
            "tsv" | "tab" => Ok(Self::Tsv),
            "jsonl" | "ndjson" | "json" => Ok(Self::Jsonl),
            "parquet" | "pq" => Ok(Self::Parquet),
            _ => Err(Error::invalid("file.unknown_format", format!("The name `{path}` does not tell the format."))
                .field("format")
                .remedy("Set `format` to csv, tsv, jsonl or parquet.")),
        }
    }
}

/// See the module.
pub enum Reader {
    /// CSV and TSV.
    Csv(Box<Csv>),
    /// JSON Lines.
    Jsonl(Box<Jsonl>),
    /// Parquet.
    Columnar(Box<Columnar>),
}

impl Reader {
    /// Opens a file; none if there is nothing in it.
    pub fn open(
        file: Content,
        format: Format,
        dialect: Dialect,
        limits: &Limits,
        stop: &dyn Fn() -> bool,
    ) -> Result<Option<Self>> {
        Ok(match format {
            Format::Csv => Csv::open(file, dialect, limits)?.map(|r| Self::Csv(Box::new(r))),
            Format::Tsv => {
                let tabbed = Dialect { delimiter: dialect.delimiter.or(Some(b'\t')), ..dialect };
                Csv::open(file, tabbed, limits)?.map(|r| Self::Csv(Box::new(r)))
            }
            Format::Jsonl => Jsonl::open(file, dialect.encoding)?.map(|r| Self::Jsonl(Box::new(r))),
            Format::Parquet => Columnar::open(file, limits, stop)?.map(|r| Self::Columnar(Box::new(r))),
        })
    }

    /// Where it stands.
    pub fn mark(&self) -> Mark {
        match self {
            Self::Csv(r) => r.mark(),
            Self::Jsonl(r) => r.mark(),
            Self::Columnar(r) => r.mark(),
        }
    }

    /// Goes on from a mark; false if the file does not begin with what was read then.
    pub fn resume(&mut self, mark: &Mark, stop: &dyn Fn() -> bool) -> Result<bool> {
        match self {
            Self::Csv(r) => r.resume(mark, stop),
            Self::Jsonl(r) => r.resume(mark, stop),
            Self::Columnar(r) => Ok(r.resume(mark)),
        }
    }

    /// The next rows; none at the end.
    pub fn next(&mut self, limits: &Limits, stop: &dyn Fn() -> bool) -> Result<Option<Portion>> {
        match self {
            Self::Csv(r) => r.next(limits, stop),
            Self::Jsonl(r) => r.next(limits, stop),
            Self::Columnar(r) => r.next(limits),
        }
    }

    /// The columns, when there are no rows.
    pub fn schema(&self) -> Result<SchemaRef> {
        match self {
            Self::Csv(r) => Ok(r.schema()),
            // Without rows there are no columns.
            Self::Jsonl(_) => Ok(Arc::new(Schema::empty())),
            Self::Columnar(r) => r.schema(),
        }
    }

    /// Decisions taken on the way.
    pub fn warnings(&self) -> &[String] {
        match self {
            Self::Csv(r) => r.warnings(),
            Self::Jsonl(_) | Self::Columnar(_) => &[],
        }
    }

    /// Bytes of a text file read so far, and whether its last record had an end.
    pub fn read_so_far(&self) -> Option<(u64, bool)> {
        match self {
            Self::Csv(r) => Some((r.raw_read(), r.terminated())),
            Self::Jsonl(r) => Some((r.raw_read(), r.terminated())),
            Self::Columnar(_) => None,
        }
    }
}
