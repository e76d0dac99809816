//! PostgreSQL (Supabase too): every table and view that the connection's user may read in one schema is a stream.
//!
//! With a column that rises with every change (named in the settings, or a never-null time of the last update) and a
//! key, reading is incremental: pages ordered by (column, key). Rows of transactions that were still open when a place was
//! passed are found by that pass's snapshot, within ten minutes (times only, from version 13); rows whose column is null are read at every pass.
//! Deletes are not seen this way.
//!
//! Without such a column each pass looks at all rows and sends those whose digest changed; keys that were there before
//! are told to be gone. A table without a key is keyed by the digest of its rows (`_row_id`): equal rows are one record.
//!
//! A place belongs to the columns it was taken by: when key or cursor are others now, reading begins at the start again.
//! Tables that the settings name and that are not there are left out and said, as long as one of them is.
//!
//! A crash resumes after the last committed page. A server that is away or slow is a retryable error within seconds; a table
//! that is dropped half-way is an error that names it, with all that was read before kept.

mod catalogue;
mod connect;
mod cursor;
mod ledger;
mod pass;
mod sql;
mod tls;
mod value;

use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::{Field, Schema};
use autonomos_runtime::canonical::observe::observe_columns;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::{Error, Result, Scope};
use futures::TryStreamExt as _;

use self::catalogue::{Column, Table, tables};
use self::connect::{Address, Session, classify};
use self::cursor::Cursor;
use self::ledger::Shelf;
use self::pass::Pass;
use self::value::{Builder, Shape};
use super::super::source::{BatchStream, Checked, Limits, ReadMode, Source, StreamInfo};
use super::position::Position as _;
use crate::files::Folder;

/// Rows looked at to know a stream.
const SAMPLE_ROWS: usize = 1_000;
/// Tables of which rows are looked at.
const SAMPLED: usize = 300;
/// The key of rows without a key.
const ROW_ID: &str = "_row_id";

/// Settings of a connection of type `postgres`.
#[derive(Clone, serde::Deserialize)]
pub struct Settings {
    /// Where, and as whom.
    pub url: String,
    /// Which schema.
    #[serde(default = "public")]
    pub schema: String,
    /// Which tables; none: all.
    #[serde(default)]
    pub tables: Option<Vec<String>>,
    /// Column that rises with every change, in tables that have it.
    #[serde(default)]
    pub cursor: Option<String>,
    /// How TLS is used, as libpq means it; none: as the URL says, else as [`tls`] decides.
    #[serde(default)]
    pub sslmode: Option<String>,
    /// Certificates of the authorities that are trusted, as PEM.
    #[serde(default)]
    pub ca_certificate: Option<String>,
}

impl std::fmt::Debug for Settings {
    /// Without the address, which holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Settings").field("schema", &self.schema).field("tables", &self.tables).finish_non_exhaustive()
    }
}

fn public() -> String {
    "public".to_owned()
}

/// See the module.
#[derive(Clone)]
pub struct Postgres {
    address: Address,
    settings: Arc<Settings>,
    folder: Folder,
    connection: ConnectionId,
}

impl Postgres {
    /// Checks the settings, not yet the server. Notes of full passes go into the tenant's folder.
    pub fn new(folder: Folder, connection: ConnectionId, settings: Settings) -> Result<Self> {
        let address = Address::parse(&settings.url, settings.sslmode.as_deref(), settings.ca_certificate.as_deref())?;
        let settings = Settings { url: String::new(), ..settings };
        Ok(Self { address, settings: Arc::new(settings), folder, connection })
    }

    async fn tables(&self, session: &Session) -> Result<Vec<Table>> {
        let found = tables(session, &self.settings.schema, self.settings.tables.as_deref()).await?;
        Ok(found.into_iter().map(keyed).collect())
    }

    /// The column to read by; none: full passes.
    fn cursor_of<'a>(&self, table: &'a Table) -> Option<&'a Column> {
        if table.key.iter().any(|k| k == ROW_ID) {
            return None;
        }
        table.cursor(self.settings.cursor.as_deref()).filter(|c| !matches!(c.shape, Shape::Json | Shape::Bytes))
    }

    async fn info(&self, session: &Session, table: &Table, sampled: bool) -> Result<StreamInfo> {
        let mut warnings = Vec::new();
        let mut sample = RecordBatch::new_empty(Arc::new(Schema::new(
            table.columns.iter().map(|c| Field::new(&c.name, c.shape.data_type(), true)).collect::<Vec<_>>(),
        )));
        if sampled {
            match look(session, table).await {
                Ok(rows) => sample = rows,
                Err(e) if e.retryable() && e.code == "postgres.away" => return Err(e),
                Err(e) => warnings.push(format!("`{}` could not be looked into: {}", table.name, e.message)),
            }
        }
        let mut schema = observe_columns(&sample);
        for (field, column) in schema.fields.iter_mut().zip(&table.columns) {
            field.nullable = column.nullable;
        }
        schema.key.clone_from(&table.key);
        let cursor = self.cursor_of(table);
        schema.cursor = cursor.map(|c| c.name.clone());
        if table.key.iter().any(|k| k == ROW_ID) {
            warnings.push(format!("`{}` has no key: equal rows are one record. Add a primary key.", table.name));
        }
        if let Some(asked) = &self.settings.cursor
            && cursor.is_none()
        {
            warnings.push(format!("`{}` cannot be read by `{asked}`: it is read whole each time.", table.name));
        }
        Ok(StreamInfo {
            name: table.name.clone(),
            object: table.name.clone(),
            order_by: cursor
                .filter(|c| matches!(c.shape, Shape::Moment { .. } | Shape::Day | Shape::Integer))
                .map(|c| c.name.clone()),
            mode: if cursor.is_some() { ReadMode::Incremental } else { ReadMode::FullRefresh },
            declared: true,
            chosen: self.settings.tables.is_some(),
            estimated_rows: table.rows,
            schema,
            warnings,
        })
    }
}

/// The tables that the settings ask for, and the names of those that are not there.
fn chosen(all: Vec<Table>, wanted: Option<&[String]>) -> (Vec<Table>, Vec<&str>) {
    let Some(wanted) = wanted else { return (all, Vec::new()) };
    let missing = wanted.iter().filter(|w| !all.iter().any(|t| t.name == **w)).map(String::as_str).collect();
    (all.into_iter().filter(|t| wanted.contains(&t.name)).collect(), missing)
}

/// A table without a key gets one made of its rows.
fn keyed(mut table: Table) -> Table {
    if table.key.is_empty() {
        let row_id =
            Column { name: ROW_ID.to_owned(), shape: Shape::Digest, sql_type: "text".to_owned(), nullable: false };
        table.columns.push(row_id);
        table.key.push(ROW_ID.to_owned());
    }
    table
}

async fn look(session: &Session, table: &Table) -> Result<RecordBatch> {
    let name = Some(table.name.as_str());
    let text = sql::sample(table, SAMPLE_ROWS);
    let rows = session.bounded(name, async {
        let none: [&str; 0] = [];
        session.client.query_raw(text.as_str(), none).await?.try_collect::<Vec<_>>().await
    });
    let rows = rows.await?;
    let mut builders: Vec<Builder> = table.columns.iter().map(|c| c.shape.builder()).collect();
    for row in &rows {
        for (i, builder) in builders.iter_mut().enumerate() {
            builder.push(row, i).map_err(|e| classify(&e, name))?;
        }
    }
    let fields: Vec<Field> = table.columns.iter().map(|c| Field::new(&c.name, c.shape.data_type(), true)).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), builders.iter_mut().map(Builder::finish).collect())
        .map_err(|e| Error::internal("source.batch", "The rows read do not fit their columns.").source(e))
}

#[async_trait::async_trait]
impl Source for Postgres {
    fn kind(&self) -> &'static str {
        "postgres"
    }

    async fn check(&self, _scope: &Scope) -> Result<Checked> {
        let session = self.address.connect(Limits::default().call).await?;
        let tables = self.tables(&session).await?;
        if tables.is_empty() {
            return Err(Error::not_found(
                "postgres.nothing",
                format!("There is no table this user may read in `{}`.", self.settings.schema),
            )
            .field("config/schema")
            .remedy("Correct the schema, or grant USAGE on it and SELECT on its tables to the connection's user."));
        }
        let by_cursor = tables.iter().filter(|t| self.cursor_of(t).is_some()).count();
        let summary =
            format!("{} table(s) in `{}`, {by_cursor} of them incremental.", tables.len(), self.settings.schema);
        Ok(Checked { summary, warnings: Vec::new() })
    }

    async fn discover(&self, _scope: &Scope) -> Result<Vec<StreamInfo>> {
        let session = self.address.connect(Limits::default().call).await?;
        let all: Vec<Table> = tables(&session, &self.settings.schema, None).await?.into_iter().map(keyed).collect();
        let (found, missing) = chosen(all, self.settings.tables.as_deref());
        if let (true, Some(first)) = (found.is_empty(), missing.first()) {
            return Err(catalogue::missing(first));
        }
        let mut streams = Vec::new();
        for (i, table) in found.iter().enumerate() {
            streams.push(self.info(&session, table, i < SAMPLED).await?);
        }
        if let Some(first) = streams.first_mut() {
            let left_out = |name: &&str| format!("{} It is left out.", catalogue::missing(name).message);
            first.warnings.extend(missing.iter().map(left_out));
        }
        Ok(streams)
    }

    async fn read(&self, scope: &Scope, stream: &str, cursor: Option<String>, limits: &Limits) -> Result<BatchStream> {
        let position = Cursor::parse(cursor.as_deref())?;
        if self.settings.tables.as_ref().is_some_and(|t| !t.iter().any(|t| t == stream)) {
            return Err(super::no_stream(stream));
        }
        let (me, name, bounds) = (self.clone(), stream.to_owned(), limits.clone());
        let folder = self.folder.clone();
        let shelf = Shelf { folder, scope: scope.clone(), name: note_name(self.connection, stream) };
        Ok(BatchStream::spawned(limits, move |feed| async move {
            let session = me.address.connect(bounds.call).await?;
            let only = [name];
            let table = tables(&session, &me.settings.schema, Some(&only)).await?.pop();
            let Some(table) = table.map(keyed) else { return Err(super::no_stream(&only.concat())) };
            let column = me.cursor_of(&table).cloned();
            let pass = Pass { session, table, limits: bounds, from: cursor, cursor: position, shelf, sent: 0 };
            match column {
                Some(column) => pass.incremental(&column, &feed).await,
                None => pass.full(&feed).await,
            }
        }))
    }
}

fn note_name(connection: ConnectionId, stream: &str) -> String {
    format!("{connection}-{:016x}", xxhash_rust::xxh3::xxh3_64(stream.as_bytes()))
}

#[cfg(test)]
mod tests;
