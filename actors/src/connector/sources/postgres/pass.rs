//! One pass over a table, page by page: each page is a statement of its own that begins after the last row of the one
//! before, so no lock and no snapshot outlives a page, and any page can be the first after a crash.

use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, RecordBatchOptions, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::canonical::source::simplify;
use autonomos_runtime::{Error, Result};
use futures::TryStreamExt as _;

use super::super::position::Position as _;
use super::catalogue::{Column, Table};
use super::connect::{Session, classify};
use super::cursor::Cursor;
use super::ledger::{Ledger, Shelf};
use super::sql::{Parts, Term, Which, page};
use super::value::{Builder, Shape};
use crate::connector::source::{Feed, Limits, RawBatch};

/// See the module.
pub struct Pass {
    /// Where to read.
    pub session: Session,
    /// What to read.
    pub table: Table,
    /// Bounds.
    pub limits: Limits,
    /// The cursor as given.
    pub from: Option<String>,
    /// Where it stands.
    pub cursor: Cursor,
    /// Where full passes keep their notes.
    pub shelf: Shelf,
    /// Rows sent.
    pub sent: u64,
}

/// Rows of one statement.
struct Page {
    batch: RecordBatch,
    /// Texts of the terms of the last row looked at.
    last: Option<Vec<String>>,
    /// Whether the statement has more.
    more: bool,
}

impl Pass {
    /// Reads what is new after the cursor column.
    pub async fn incremental(mut self, cursor: &Column, feed: &Feed) -> Result<()> {
        let mut terms = vec![Term::column(&self.table, cursor)];
        terms.extend(self.key_terms());
        let by = std::iter::once(&cursor.name).chain(&self.table.key).cloned();
        self.cursor = std::mem::take(&mut self.cursor).ordered(by.collect());
        let begun = self.cursor.clone();
        let resumed = begun.open.is_some();
        if !resumed {
            let snapshot = self.snapshot().await?;
            if let (Some(after), Some(since)) = (&begun.after, begun.snapshot)
                && matches!(cursor.shape, Shape::Moment { .. })
            {
                let mut values = after.clone();
                values.push(since);
                self.late(&terms, &values, &snapshot, feed).await?;
            }
            self.cursor.open = Some(snapshot);
        }
        while cursor.nullable && !self.cursor.nulls_done {
            let values = self.cursor.nulls.clone().unwrap_or_default();
            let which = if values.is_empty() { Which::Null } else { Which::NullAfter };
            let page = self.page(&terms, which, &values, None, self.limits.room(self.sent)).await?;
            self.cursor.nulls = page.last.filter(|_| page.more);
            self.cursor.nulls_done = !page.more;
            if page.batch.num_rows() > 0 {
                self.send(feed, page.batch, None).await?;
            }
            if self.enough() {
                return Ok(());
            }
        }
        loop {
            let values = self.cursor.after.clone().unwrap_or_default();
            let which = if values.is_empty() { Which::All } else { Which::After };
            let page = self.page_with_values(&terms, which, &values).await?;
            let more = page.more;
            if page.last.is_some() {
                self.cursor.after = page.last;
            }
            if !more {
                self.cursor.nulls_done = false;
                self.cursor.snapshot = self.cursor.open.take().filter(|s| !s.is_empty());
            }
            // A pass that told something, or was resumed, is closed even if its end has no rows.
            let close = !more && (self.sent > 0 || resumed);
            if page.batch.num_rows() > 0 || close {
                self.send(feed, page.batch, None).await?;
            }
            if !more || self.enough() {
                return Ok(());
            }
        }
    }

    /// Sends rows of transactions that were still open when the place was passed.
    async fn late(&mut self, terms: &[Term], values: &[String], snapshot: &str, feed: &Feed) -> Result<()> {
        let late = self.page(terms, Which::Late, values, None, usize::MAX).await?.batch;
        let mut at = 0;
        while at < late.num_rows() {
            let rows = self.limits.batch_rows.min(late.num_rows() - at);
            let part = late.slice(at, rows);
            at += rows;
            // Until all are sent, the cursor says that they are still to be looked for.
            if at == late.num_rows() {
                self.cursor.open = Some(snapshot.to_owned());
            }
            self.send(feed, part, None).await?;
        }
        Ok(())
    }

    /// Rows without a cursor value are not among those with one.
    async fn page_with_values(&self, terms: &[Term], which: Which, values: &[String]) -> Result<Page> {
        self.page(terms, which, values, None, self.limits.room(self.sent)).await
    }

    /// Looks at all rows, sends those that changed, and tells which are gone.
    pub async fn full(mut self, feed: &Feed) -> Result<()> {
        let terms = self.key_terms();
        self.cursor = std::mem::take(&mut self.cursor).ordered(self.table.key.clone());
        let begun = self.cursor.clone();
        let mut ledger = Ledger::load(&self.shelf, begun.pass).await?;
        if let Some(after) = &begun.after {
            self.pass_by(&terms, after, &mut ledger).await?;
        }
        let mut held: Option<(RecordBatch, Cursor)> = None;
        loop {
            let values = self.cursor.after.clone().unwrap_or_default();
            let which = if values.is_empty() { Which::All } else { Which::After };
            let at_hand = held.as_ref().map_or(0, |h| h.0.num_rows() as u64);
            let room = self.limits.room(self.sent + at_hand);
            let page = self.page(&terms, which, &values, Some(&mut ledger), room).await?;
            if page.last.is_some() {
                self.cursor.after = page.last;
            }
            if page.batch.num_rows() > 0 {
                // One batch is held back, so that the last can say that the pass is done.
                if let Some((batch, at)) = held.take() {
                    self.send_at(feed, batch, None, &at).await?;
                }
                held = Some((page.batch, self.cursor.clone()));
            }
            if !page.more {
                break;
            }
            if self
                .limits
                .max_rows
                .is_some_and(|most| self.sent + held.as_ref().map_or(0, |h| h.0.num_rows() as u64) >= most)
            {
                if let Some((batch, at)) = held.take() {
                    self.send_at(feed, batch, None, &at).await?;
                }
                return Ok(());
            }
        }
        let gone = ledger.gone(begun.gone.as_deref());
        let mut gone_batches = gone.chunks(self.limits.batch_rows).peekable();
        let idle = held.is_none() && gone_batches.peek().is_none() && begun.after.is_none() && begun.gone.is_none();
        if idle {
            return Ok(());
        }
        let pass = ledger.save(&self.shelf, begun.pass).await?;
        let done = Cursor { pass, row: self.cursor.row, by: self.cursor.by.clone(), ..Cursor::default() };
        let mut last: Option<(RecordBatch, Option<BooleanArray>, Cursor)> = held.map(|(batch, at)| (batch, None, at));
        for keys in gone_batches {
            if let Some((batch, deletes, at)) = last.take() {
                self.send_at(feed, batch, deletes, &at).await?;
            }
            let batch = self.gone(keys)?;
            let deletes = BooleanArray::from(vec![true; keys.len()]);
            let at = Cursor { gone: keys.last().cloned(), ..self.cursor.clone() };
            last = Some((batch, Some(deletes), at));
        }
        let empty = || (RecordBatch::new_empty(self.schema()), None, Cursor::default());
        let (batch, deletes, _) = last.unwrap_or_else(empty);
        self.send_at(feed, batch, deletes, &done).await
    }

    /// Notes the keys of what was sent before an interruption.
    async fn pass_by(&self, terms: &[Term], until: &[String], ledger: &mut Ledger) -> Result<()> {
        let mut after: Vec<String> = Vec::new();
        loop {
            let which = if after.is_empty() { Which::UpTo } else { Which::Between };
            let mut values = after.clone();
            values.extend_from_slice(until);
            let text = page(&self.table, terms, which, Parts::Keys, self.limits.batch_rows);
            let rows = self.session.bounded(Some(&self.table.name), async {
                let rows = self.session.client.query_raw(text.as_str(), &values).await?;
                rows.try_collect::<Vec<_>>().await
            });
            let rows = rows.await?;
            for row in &rows {
                after = self.texts(row, 0, terms.len())?;
                ledger.pass_by(&key_text(&after)?);
            }
            if rows.len() < self.limits.batch_rows {
                return Ok(());
            }
        }
    }

    fn key_terms(&self) -> Vec<Term> {
        let columns = self.table.key.iter().filter_map(|name| self.table.column(name));
        columns.map(|c| Term::column(&self.table, c)).collect()
    }

    fn enough(&self) -> bool {
        self.limits.max_rows.is_some_and(|most| self.sent >= most)
    }

    /// Which transactions are done now; empty where the server or the table cannot tell.
    async fn snapshot(&self) -> Result<String> {
        if !self.table.heap {
            return Ok(String::new());
        }
        let asked = self.session.client.query_one("select pg_current_snapshot()::text", &[]);
        match self.session.bounded(None, asked).await {
            Ok(row) => row.try_get(0).map_err(|e| classify(&e, None)),
            // Before version 13.
            Err(e) if e.code == "postgres.changed" => Ok(String::new()),
            Err(e) => Err(e),
        }
    }

    fn schema(&self) -> Arc<Schema> {
        let field = |c: &Column| Field::new(&c.name, c.shape.data_type(), true);
        Arc::new(Schema::new(self.table.columns.iter().map(field).collect::<Vec<_>>()))
    }

    fn texts(&self, row: &tokio_postgres::Row, from: usize, terms: usize) -> Result<Vec<String>> {
        (from..from + terms)
            .map(|i| row.try_get::<_, String>(i).map_err(|e| classify(&e, Some(&self.table.name))))
            .collect()
    }

    /// One statement. With a ledger, only rows that it does not know as they are get into the batch.
    async fn page(
        &self,
        terms: &[Term],
        which: Which,
        values: &[String],
        ledger: Option<&mut Ledger>,
        limit: usize,
    ) -> Result<Page> {
        let width = self.table.columns.len();
        let placed = terms.len() - usize::from(matches!(which, Which::Null | Which::NullAfter));
        let asked = limit.min(i32::MAX as usize);
        let parts = if ledger.is_some() { Parts::Digested } else { Parts::Columns };
        let text = page(&self.table, terms, which, parts, asked + 1);
        let table = Some(self.table.name.as_str());
        let mut rows =
            std::pin::pin!(self.session.bounded(table, self.session.client.query_raw(text.as_str(), values)).await?);
        let mut builders: Vec<Builder> = self.table.columns.iter().map(|c| c.shape.builder()).collect();
        let (mut looked, mut taken, mut bytes) = (0_usize, 0_usize, 0_usize);
        let (mut last, mut more, mut ledger) = (None, false, ledger);
        while let Some(row) = self.session.bounded(table, rows.try_next()).await? {
            if looked == asked || (bytes >= self.limits.batch_bytes && which != Which::Late) {
                more = true;
                break;
            }
            looked += 1;
            let place = self.texts(&row, width, placed)?;
            let wanted = match &mut ledger {
                Some(ledger) => {
                    let digest: Option<i64> = row.try_get(width + placed).map_err(|e| classify(&e, table))?;
                    ledger.see(&key_text(&place)?, digest.unwrap_or(0))
                }
                None => true,
            };
            if wanted {
                for (i, builder) in builders.iter_mut().enumerate() {
                    bytes += builder.push(&row, i).map_err(|e| classify(&e, table))?;
                }
                taken += 1;
            }
            last = Some(place);
        }
        let arrays: Vec<ArrayRef> = builders.iter_mut().map(Builder::finish).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(taken));
        let batch = RecordBatch::try_new_with_options(self.schema(), arrays, &options)
            .map_err(|e| Error::internal("source.batch", "The rows read do not fit their columns.").source(e))?;
        Ok(Page { batch, last, more })
    }

    /// Rows that are told to be gone: their key columns.
    fn gone(&self, keys: &[String]) -> Result<RecordBatch> {
        let broken =
            |e: serde_json::Error| Error::internal("postgres.note", "A note of the source is broken.").source(e);
        let places: Vec<Vec<String>> =
            keys.iter().map(|k| serde_json::from_str(k)).collect::<Result<_, _>>().map_err(broken)?;
        let (mut fields, mut arrays) = (Vec::new(), Vec::new());
        for (i, column) in self.table.key.iter().filter_map(|name| self.table.column(name)).enumerate() {
            let text = places.iter().map(|p| p.get(i).map(|t| t.strip_prefix("\\x").unwrap_or(t)));
            let text: ArrayRef = Arc::new(text.collect::<StringArray>());
            let kind = column.shape.data_type();
            let array = match &kind {
                DataType::Timestamp(unit, _) => {
                    arrow::compute::cast(&text, &DataType::Timestamp(*unit, None)).map(|naive| simplify(&naive))
                }
                kind => arrow::compute::cast(&text, kind),
            };
            let array = array
                .map_err(|e| Error::internal("source.batch", "A key of a row that is gone does not fit.").source(e))?;
            fields.push(Field::new(&column.name, kind, true));
            arrays.push(array);
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|e| Error::internal("source.batch", "The rows that are gone do not fit their columns.").source(e))
    }

    async fn send(&mut self, feed: &Feed, batch: RecordBatch, deletes: Option<BooleanArray>) -> Result<()> {
        let at = self.cursor.clone();
        self.send_at(feed, batch, deletes, &at).await
    }

    async fn send_at(
        &mut self,
        feed: &Feed,
        batch: RecordBatch,
        deletes: Option<BooleanArray>,
        at: &Cursor,
    ) -> Result<()> {
        let first_row = self.cursor.row + 1;
        self.cursor.row += batch.num_rows() as u64;
        self.sent += batch.num_rows() as u64;
        let to = Cursor { row: self.cursor.row, ..at.clone() }.text()?;
        let from = self.from.replace(to.clone());
        let (origin, rows, rejects) = (None, None, Vec::new());
        feed.send(RawBatch { columns: batch, origin, first_row, rows, deletes, rejects, from, to }).await
    }
}

fn key_text(place: &[String]) -> Result<String> {
    serde_json::to_string(place).map_err(|e| Error::internal("postgres.key", "A key has no text.").source(e))
}
