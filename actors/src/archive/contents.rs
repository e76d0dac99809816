//! What is in the archive, a page at a time.

use autonomos_runtime::canonical::pack::Pack;
use autonomos_runtime::store::{
    AuditFilter, DriftFilter, EntryKind, FindingFilter, LogEntry, Page, Paged, ReadLimit, ReviewFilter, TaskFilter,
};
use autonomos_runtime::{Error, Result};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use super::tar::Member;
use crate::connector::credentials;
use crate::connector::replaying::off_thread;
use crate::tenant::Desk;

/// Rows of a page, which is a member of its own where there may be more.
const PAGE: u32 = 1000;
/// Decisions that are remembered, at most.
const DECISIONS: u32 = 100_000;
/// The other side went away.
pub(super) const ENDED: &str = "export.ended";

/// Every page of a list, each its own member: `name/000001.jsonl`.
macro_rules! paged {
    ($writer:ident, $name:literal, |$tx:ident, $page:ident| $read:expr) => {{
        let mut $page = Page::first(PAGE);
        for number in 1_u32.. {
            let mut $tx = $writer.desk.parts.store.read(&$writer.desk.scope).await?;
            let found = $read.await?;
            drop($tx);
            let next = found.next_cursor.clone();
            $writer.lines(&format!("{}/{number:06}.jsonl", $name), &found.items).await?;
            let Some(cursor) = next else { break };
            $page = Page::asked(Some(PAGE), Some(&cursor))?;
        }
    }};
}

struct Writer<'a> {
    desk: &'a Desk,
    sink: &'a Sender<Option<Member>>,
}

/// Sends every member. Whoever reads them may go away; that ends it.
pub async fn write(desk: &Desk, sink: &Sender<Option<Member>>) -> Result<()> {
    let writer = Writer { desk, sink };
    writer.configuration().await?;
    let audit = AuditFilter::default();
    paged!(writer, "audit", |tx, page| tx.audit(&audit, &page));
    let tasks = TaskFilter::default();
    paged!(writer, "tasks", |tx, page| tx.tasks(&tasks, &page));
    let drifts = DriftFilter::default();
    paged!(writer, "drifts", |tx, page| tx.drifts(&drifts, &page));
    let reviews = ReviewFilter::default();
    paged!(writer, "reviews", |tx, page| tx.reviews(&reviews, &page));
    let findings = FindingFilter::default();
    paged!(writer, "findings", |tx, page| tx.findings(&findings, &page));
    paged!(writer, "agent_runs", |tx, page| tx.runs(None, &page));
    paged!(writer, "questions", |tx, page| tx.questions(&page));
    paged!(writer, "users", |tx, page| tx.users(&page));
    paged!(writer, "api_keys", |tx, page| tx.api_keys(None, &page));
    paged!(writer, "files", |tx, page| tx.files("", &page));
    writer.log().await?;
    sink.send(None).await.map_err(|_| ended())
}

fn ended() -> Error {
    Error::unavailable(ENDED, "the archive was not written to its end")
}

impl Writer<'_> {
    async fn send(&self, name: String, content: Vec<u8>) -> Result<()> {
        let modified = self.desk.parts.ambient().now().timestamp().unsigned_abs();
        self.sink.send(Some(Member { name, content, modified })).await.map_err(|_| ended())
    }

    async fn lines<T: Serialize>(&self, name: &str, items: &[T]) -> Result<()> {
        let mut text = Vec::new();
        for item in items {
            serde_json::to_writer(&mut text, item)
                .map_err(|e| Error::internal("export.line", "a row could not be written").source(e))?;
            text.push(b'\n');
        }
        self.send(name.to_owned(), text).await
    }

    /// The tenant, its connections with their streams and rules, its settings and what it remembers.
    async fn configuration(&self) -> Result<()> {
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let tenant = tx.tenant().await?;
        let settings = tx.settings("").await?;
        let decisions = tx.decisions(None, None, DECISIONS).await?;
        let streams = tx.all_streams().await?;
        let mut connections = Vec::new();
        let mut mappings = Vec::new();
        let mut page = Page::first(PAGE);
        loop {
            let found: Paged<_> = tx.connections(None, &page).await?;
            for mut connection in found.items {
                connection.config = credentials::masked(&connection);
                for stream in tx.streams(connection.id).await? {
                    mappings.extend(tx.mappings(connection.id, &stream.name).await?);
                }
                connections.push(connection);
            }
            let Some(cursor) = found.next_cursor else { break };
            page = Page::asked(Some(PAGE), Some(&cursor))?;
        }
        drop(tx);
        let manifest = json!({"format": 1, "tenant": tenant.id, "made_at": self.desk.parts.ambient().now()});
        self.lines("manifest.jsonl", &[manifest]).await?;
        self.lines("tenant.jsonl", &[tenant]).await?;
        self.lines("settings.jsonl", &settings).await?;
        self.lines("connections.jsonl", &connections).await?;
        self.lines("streams.jsonl", &streams).await?;
        self.lines("mappings.jsonl", &mappings).await?;
        self.lines("decisions.jsonl", &decisions).await
    }

    /// The log: a member an entry, in order; rows as the canonical model has them, with where they come from.
    async fn log(&self) -> Result<()> {
        let mut after = 0;
        loop {
            let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
            let entries = tx.read_log(after, ReadLimit::default()).await?;
            drop(tx);
            let Some(last) = entries.last() else { return Ok(()) };
            after = last.seq;
            for entry in entries {
                let name = format!("log/{:012}-{}.jsonl", entry.seq, entry.kind.as_str());
                let text = off_thread(move || told(&entry)).await?;
                self.send(name, text).await?;
            }
        }
    }
}

/// An entry as lines: what it is, then its rows.
fn told(entry: &LogEntry) -> Result<Vec<u8>> {
    let failed =
        |e: arrow::error::ArrowError| Error::internal("export.rows", "rows of the log could not be written").source(e);
    let head = json!({
        "seq": entry.seq, "kind": entry.kind, "connection_id": entry.connection, "stream": entry.stream,
        "entity": entry.entity, "mapping_version": entry.mapping_version, "rows": entry.rows,
    });
    let mut text = head.to_string().into_bytes();
    text.push(b'\n');
    if entry.payload.is_empty() {
        return Ok(text);
    }
    match entry.kind {
        EntryKind::Records | EntryKind::Identity => {
            let pack = Pack::decode(entry.seq, &entry.payload)?;
            let mut writer = arrow::json::LineDelimitedWriter::new(&mut text);
            for at in 0..pack.len() {
                writer.write(&pack.batch(at)?).map_err(failed)?;
            }
            writer.finish().map_err(failed)?;
        }
        EntryKind::Mapping | EntryKind::Purge => {
            let value: Value = serde_json::from_slice(&entry.payload)
                .map_err(|e| Error::internal("export.entry", "an entry of the log cannot be read").source(e))?;
            text.extend_from_slice(value.to_string().as_bytes());
            text.push(b'\n');
        }
    }
    Ok(text)
}
