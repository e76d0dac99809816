//! Files of the tenant's folder: CSV, TSV, JSON Lines, Parquet. A path is one stream; a pattern is one stream made of its
//! files in name order. An unchanged file is not read again (size, time and inode, else the digest of its content); a
//! changed one is read again whole, which the fold's "latest by key" makes an update. There are no deletes.
//!
//! Guarantee: each row is in exactly one batch of a pass, taken or rejected with its position. A batch's `to` says the
//! file, offset and digest of what lies before, so a crash anywhere resumes at the last committed batch, and only in a
//! file that still begins with the same bytes; otherwise it is read from its start. A file that shrinks or is written
//! over while it is read is noticed before its last batch leaves. In a pattern, a file that is not readable as data is
//! left out, the others come in, and the read ends with the error that names it.

mod columnar;
mod columns;
mod csv;
mod cursor;
mod jsonl;
pub mod names;
mod pages;
mod pass;
mod portion;
mod reader;
mod split;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array as _, AsArray as _};
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::{Error, Result, Scope};

use self::csv::Dialect;
use self::cursor::Cursor;
use self::reader::{Format, Reader};
use self::text::Encoding;
use super::super::source::{BatchStream, Checked, Limits, RawBatch, ReadMode, Source, StreamInfo};
use super::position::Position as _;
use crate::files::{Entry, Folder};
use autonomos_runtime::canonical::observe::observe;

/// Rows looked at to know a stream.
const SAMPLE_ROWS: usize = 20_000;
/// Files looked into.
const SAMPLE_FILES: usize = 3;

/// Settings of a connection of type `file`.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Settings {
    /// File or pattern below the tenant's folder.
    pub path: String,
    /// Fixed format; none: by the name.
    #[serde(default)]
    pub format: Option<Format>,
    /// Whose export it is; read by the mapping.
    #[serde(default)]
    pub system: Option<String>,
    /// What it holds; read by the mapping.
    #[serde(default)]
    pub entity: Option<String>,
    /// One character, or `tab`.
    #[serde(default)]
    pub delimiter: Option<String>,
    /// Fixed encoding.
    #[serde(default)]
    pub encoding: Option<Encoding>,
    /// Columns that identify a record; none: found.
    #[serde(default)]
    pub key: Option<Vec<String>>,
    /// Column that orders two states of a record; none: found.
    #[serde(default)]
    pub order_by: Option<String>,
    /// Look for new and changed files by itself; read by the schedule.
    #[serde(default)]
    pub watch: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Files {
    folder: Folder,
    settings: Arc<Settings>,
    dialect: Dialect,
    stream: String,
}

impl Files {
    /// Checks the settings, not yet the files.
    pub fn new(folder: Folder, settings: Settings) -> Result<Self> {
        let delimiter = match settings.delimiter.as_deref() {
            None => None,
            Some("tab" | "\\t") => Some(b'\t'),
            Some(text) => match text.as_bytes() {
                [one] if !matches!(one, b'"' | b'\n' | b'\r') => Some(*one),
                _ => {
                    return Err(Error::invalid("config.invalid", "The delimiter must be one ASCII character.")
                        .field("config/delimiter")
                        .remedy("Use `,`, `;`, `|` or `tab`, or leave it out to have it found."));
                }
            },
        };
        crate::files::check_pattern(&settings.path)
            .map_err(|e| Error { field: Some("config/path".to_owned()), ..e })?;
        let stream = names::stream_of(&settings.path);
        let dialect = Dialect { delimiter, encoding: settings.encoding };
        Ok(Self { folder, settings: Arc::new(settings), dialect, stream })
    }

    fn list(&self, scope: &Scope) -> Result<Vec<Entry>> {
        let files = self.folder.list(scope, &self.settings.path)?;
        if files.is_empty() {
            return Err(Error::not_found("file.not_found", format!("No file matches `{}`.", self.settings.path))
                .field("config/path")
                .remedy("Upload it first, or correct the path."));
        }
        Ok(files)
    }

    fn open(&self, scope: &Scope, path: &str, limits: &Limits, stop: &dyn Fn() -> bool) -> Result<Option<Reader>> {
        let format = self.settings.format.map_or_else(|| Format::of(path), Ok)?;
        let opened = self.folder.open_file(scope, path)?;
        Reader::open(opened.content, format, self.dialect, limits, stop)
    }

    fn look(&self, scope: &Scope) -> Result<StreamInfo> {
        let files = self.list(scope)?;
        let limits = Limits { batch_rows: SAMPLE_ROWS, batch_bytes: 8 << 20, ..Limits::default() };
        let mut schema = SourceSchema::default();
        let mut warnings = Vec::new();
        let (mut first, mut sampled, mut bytes) = (None, 0_u64, 0_u64);
        let mut failed = None;
        let mut looked = 0;
        for entry in &files {
            if looked == SAMPLE_FILES {
                break;
            }
            let mut reader = match self.open(scope, &entry.path, &limits, &|| false) {
                Ok(Some(reader)) => reader,
                Ok(None) => {
                    warnings.push(format!("`{}` is empty.", entry.path));
                    continue;
                }
                Err(e) if files.len() > 1 => {
                    warnings.push(format!("`{}` cannot be read: {}", entry.path, e.message));
                    failed.get_or_insert(e);
                    continue;
                }
                Err(e) => return Err(e),
            };
            looked += 1;
            warnings.extend(reader.warnings().iter().map(|w| format!("`{}`: {w}", entry.path)));
            let columns = match reader.next(&limits, &|| false)? {
                Some(portion) => {
                    if !portion.rejects.is_empty() {
                        warnings.push(format!(
                            "`{}`: {} sampled rows cannot be read.",
                            entry.path,
                            portion.rejects.len()
                        ));
                    }
                    sampled += portion.seen();
                    bytes += reader.mark().offset;
                    portion.columns
                }
                None => arrow::array::RecordBatch::new_empty(reader.schema()?),
            };
            merge(&mut schema, observe(&RawBatch::of(columns.clone())));
            if first.as_ref().is_none_or(|f: &arrow::array::RecordBatch| f.num_rows() == 0) {
                first = Some(columns);
            }
        }
        let Some(first) = first else {
            return Err(failed.unwrap_or_else(|| {
                Error::invalid("file.empty", format!("`{}` holds nothing.", self.settings.path))
                    .field("config/path")
                    .remedy("Upload a file with a header line and rows.")
            }));
        };
        let object = names::object_of(&self.stream);
        schema.key = self.key(&object, &first, &schema)?;
        let order_by = match &self.settings.order_by {
            Some(name) => Some(known(&schema, name, "config/order_by")?),
            None => names::order_of(&schema),
        };
        schema.cursor.clone_from(&order_by);
        let all: u64 = files.iter().map(|f| f.identity.size).sum();
        let estimated_rows =
            (bytes > 0).then(|| (all as f64 / bytes as f64 * sampled as f64) as u64).filter(|r| *r > 0);
        Ok(StreamInfo {
            name: self.stream.clone(),
            object,
            schema,
            order_by,
            mode: ReadMode::FullRefresh,
            declared: false,
            chosen: true,
            estimated_rows,
            warnings,
        })
    }

    fn key(&self, object: &str, sample: &arrow::array::RecordBatch, schema: &SourceSchema) -> Result<Vec<String>> {
        if let Some(key) = &self.settings.key {
            return key.iter().map(|name| known(schema, name, "config/key")).collect();
        }
        let described = sample.schema();
        let columns: Vec<&str> = described.fields().iter().map(|f| f.name().as_str()).collect();
        let unique = |index: usize| {
            let Some(array) = sample.columns().get(index).filter(|a| a.null_count() == 0 && !a.is_empty()) else {
                return false;
            };
            let Ok(text) = arrow::compute::cast(array, &arrow::datatypes::DataType::Utf8) else { return false };
            let mut seen = ahash::AHashSet::with_capacity(text.len());
            text.as_string::<i32>().iter().all(|v| v.is_some_and(|v| !v.trim().is_empty() && seen.insert(v)))
        };
        Ok(names::key_of(object, &columns, unique)
            .map(|i| columns.get(i).map_or_else(String::new, ToString::to_string))
            .into_iter()
            .collect())
    }
}

fn known(schema: &SourceSchema, name: &str, field: &str) -> Result<String> {
    if schema.field(name).is_some() {
        return Ok(name.to_owned());
    }
    Err(Error::invalid("config.unknown_column", format!("There is no column `{name}`."))
        .field(field)
        .remedy("Name a column of the file as its header spells it."))
}

fn merge(into: &mut SourceSchema, more: SourceSchema) {
    for field in more.fields {
        match into.fields.iter_mut().find(|f| f.name == field.name) {
            Some(known) => {
                known.data_type = known.data_type.widen(field.data_type);
                known.nullable |= field.nullable;
            }
            None => into.fields.push(field),
        }
    }
}

#[async_trait::async_trait]
impl Source for Files {
    fn kind(&self) -> &'static str {
        "file"
    }

    async fn check(&self, scope: &Scope) -> Result<Checked> {
        let (me, owner) = (self.clone(), scope.clone());
        blocking(move || {
            let files = me.list(&owner)?;
            let info = me.look(&owner)?;
            let summary = format!("{} file(s), {} columns in `{}`.", files.len(), info.schema.fields.len(), info.name);
            Ok(Checked { summary, warnings: info.warnings })
        })
        .await
    }

    async fn discover(&self, scope: &Scope) -> Result<Vec<StreamInfo>> {
        let (me, owner) = (self.clone(), scope.clone());
        blocking(move || Ok(vec![me.look(&owner)?])).await
    }

    async fn has_news(&self, scope: &Scope, cursors: &BTreeMap<String, String>) -> Result<bool> {
        let (me, owner) = (self.clone(), scope.clone());
        let cursor = Cursor::parse(cursors.get(&self.stream).map(String::as_str))?;
        blocking(move || {
            // No file yet is no news: a watched folder may be empty for as long as it likes.
            let files = me.folder.list(&owner, &me.settings.path)?;
            let read = |e: &Entry| cursor.done.get(&e.path).is_some_and(|done| done.is(e.identity));
            Ok(!files.iter().all(read))
        })
        .await
    }

    async fn read(&self, scope: &Scope, stream: &str, cursor: Option<String>, limits: &Limits) -> Result<BatchStream> {
        if stream != self.stream {
            return Err(super::no_stream(stream));
        }
        let pass = pass::Pass::new(self.clone(), scope.clone(), cursor, limits.clone())?;
        BatchStream::blocking("file", limits, move |feed| pass.run(feed))
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|e| Error::internal("source.interrupted", "The files could not be looked at.").source(e))?
}

#[cfg(test)]
mod tests;
