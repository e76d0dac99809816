//! The one contract of every source: say what you can be set to, check it, list your streams, read one from a cursor.
//!
//! A read is a channel of at most two batches, filled by the source's own thread or task. Truth about how far we are is
//! the cursor in the log, never in here: a crash loses what is in the channel, and the next read starts from the last
//! committed cursor and makes the same batches again, with the same `from` and `to`. Dropping the [`BatchStream`]
//! cancels: the feeder sees the closed channel at its next chunk or call.
//!
//! Cursors are opaque JSON text to everybody but the source that made them. A batch may have no rows: it moves the
//! cursor (and shows the columns) only.

use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::config;
use autonomos_runtime::{Error, Result, Scope};
use futures::FutureExt as _;
use tokio::sync::mpsc;

pub use autonomos_runtime::canonical::record::{RawBatch, Reject};

/// Batches that may wait between a source and its reader.
const DEPTH: usize = 2;

/// How the rows of a stream arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadMode {
    /// Only what is new or changed since the cursor.
    Incremental,
    /// All rows are looked at, the changed ones are sent.
    FullRefresh,
}

/// What a source offers.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct StreamInfo {
    /// Name within the connection.
    pub name: String,
    /// What the rows are about, in the source's words: the matcher's hint (`opportunities`, `public.invoice`).
    pub object: String,
    /// Fields, key and order column, with samples.
    pub schema: SourceSchema,
    /// Column that orders two states of one record, if there is one.
    pub order_by: Option<String>,
    /// How rows arrive.
    pub mode: ReadMode,
    /// Whether types, key and order column are the source's own word (a catalogue's), not a guess at its rows: only then
    /// does a change of them mean something.
    #[serde(default)]
    pub declared: bool,
    /// Whether the settings ask for it, by name or by a pattern it is within; else it is one of all there are.
    #[serde(default)]
    pub chosen: bool,
    /// Rows that a first read would bring, roughly.
    pub estimated_rows: Option<u64>,
    /// What people should know: a decision taken for them, a part that cannot be read.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// The answer of a check that passed.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Checked {
    /// One sentence: what was found.
    pub summary: String,
    /// What works but should be known.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// Bounds of one read. Boundaries of batches follow from these, the cursor and the content alone.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Rows (taken and rejected) in a batch at most.
    pub batch_rows: usize,
    /// Bytes of source text in a batch at most, give or take one row.
    pub batch_bytes: usize,
    /// A longer field rejects its row.
    pub field_bytes: usize,
    /// A longer row is rejected and skipped.
    pub row_bytes: usize,
    /// More columns refuse the object.
    pub columns: usize,
    /// Stop after this many rows (Safe Mode); the stream then ends early, its cursor is good.
    pub max_rows: Option<u64>,
    /// Longest wait for the next batch, and for any one call to the source.
    pub call: Duration,
}

impl Limits {
    /// Rows that the next batch may have when so many were sent: never more than the read may have in all.
    pub fn room(&self, sent: u64) -> usize {
        let left = self.max_rows.map_or(usize::MAX, |most| most.saturating_sub(sent) as usize);
        self.batch_rows.min(left).max(1)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            batch_rows: 65_536,
            batch_bytes: 64 << 20,
            field_bytes: 1 << 20,
            row_bytes: 16 << 20,
            columns: 10_000,
            max_rows: None,
            call: Duration::from_mins(1),
        }
    }
}

impl Limits {
    /// As configured.
    pub fn of(config: &config::Connector) -> Self {
        Self {
            batch_rows: config.batch_rows,
            batch_bytes: config.batch_mb << 20,
            field_bytes: config.field_mb << 20,
            call: Duration::from_secs(config.call_seconds),
            ..Self::default()
        }
    }
}

/// See the module. The settings' JSON Schema is [`super::catalog`]'s, because it is asked for before there is a source.
#[async_trait::async_trait]
pub trait Source: Send + Sync + 'static {
    /// The type's name: `file`, `postgres`, `demo`.
    fn kind(&self) -> &'static str;

    /// Can it be reached and read with these settings? Names the field at fault and the remedy.
    async fn check(&self, scope: &Scope) -> Result<Checked>;

    /// Its streams as they are now.
    async fn discover(&self, scope: &Scope) -> Result<Vec<StreamInfo>>;

    /// Whether a read from these cursors (by stream) could bring anything, as far as can be told without reading. A source
    /// that cannot tell says yes.
    async fn has_news(&self, _scope: &Scope, _cursors: &BTreeMap<String, String>) -> Result<bool> {
        Ok(true)
    }

    /// Rows of a stream after the cursor (none: from the start). Ends when there is nothing more for now.
    async fn read(&self, scope: &Scope, stream: &str, cursor: Option<String>, limits: &Limits) -> Result<BatchStream>;
}

enum Fed {
    Batch(Box<RawBatch>),
    Fault(Error),
    End,
}

/// Batches on their way; see the module.
pub struct BatchStream {
    inbox: mpsc::Receiver<Fed>,
    call: Duration,
    over: bool,
}

impl std::fmt::Debug for BatchStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchStream").field("over", &self.over).finish_non_exhaustive()
    }
}

impl BatchStream {
    /// Runs a blocking reader on its own thread.
    pub fn blocking<F>(name: &str, limits: &Limits, work: F) -> Result<Self>
    where
        F: FnOnce(&Feed) -> Result<()> + Send + 'static,
    {
        let (feed, stream) = Self::pair(limits);
        std::thread::Builder::new()
            .name(format!("source-{name}"))
            .spawn(move || {
                let done = std::panic::catch_unwind(AssertUnwindSafe(|| work(&feed)));
                let last = feed.verdict(done);
                // A closed channel means that the reader has gone: nobody to tell.
                drop(feed.outbox.blocking_send(last));
            })
            .map_err(|e| {
                Error::unavailable("source.no_thread", "The node cannot start another reader thread now.").source(e)
            })?;
        Ok(stream)
    }

    /// Runs an asynchronous reader on its own task.
    pub fn spawned<F, W>(limits: &Limits, work: W) -> Self
    where
        W: FnOnce(Arc<Feed>) -> F,
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let (feed, stream) = Self::pair(limits);
        let feed = Arc::new(feed);
        let running = AssertUnwindSafe(work(feed.clone())).catch_unwind();
        tokio::spawn(async move {
            let gone = feed.outbox.clone();
            let done = tokio::select! {
                done = running => done,
                () = gone.closed() => return,
            };
            drop(feed.outbox.send(feed.verdict(done)).await);
        });
        stream
    }

    fn pair(limits: &Limits) -> (Feed, Self) {
        let (outbox, inbox) = mpsc::channel(DEPTH);
        (Feed { outbox }, Self { inbox, call: limits.call, over: false })
    }

    /// The next batch; `None` when there is nothing more for now. After an error the stream is over.
    pub async fn next(&mut self) -> Option<Result<RawBatch>> {
        if self.over {
            return None;
        }
        if let Ok(fed) = tokio::time::timeout(self.call, self.inbox.recv()).await {
            return self.take(fed);
        }
        self.over = true;
        self.inbox.close();
        Some(Err(Error::unavailable("source.no_progress", "The source sent nothing within its deadline.")
            .remedy("Try again; if it stays, check that the source answers, or raise its call timeout.")))
    }

    /// Cancels, and waits until the feeder has noticed. Dropping the stream cancels as well, without waiting.
    pub async fn cancel(mut self) {
        self.inbox.close();
        while self.inbox.recv().await.is_some() {}
    }

    /// The next batch, for callers on a thread of their own.
    pub fn blocking_next(&mut self) -> Option<Result<RawBatch>> {
        if self.over {
            return None;
        }
        let fed = self.inbox.blocking_recv();
        self.take(fed)
    }

    fn take(&mut self, fed: Option<Fed>) -> Option<Result<RawBatch>> {
        match fed {
            Some(Fed::Batch(batch)) => Some(Ok(*batch)),
            Some(Fed::Fault(error)) => {
                self.over = true;
                Some(Err(error))
            }
            Some(Fed::End) => {
                self.over = true;
                None
            }
            None => {
                self.over = true;
                Some(Err(Error::unavailable("source.died", "The reader of the source ended without a word.")))
            }
        }
    }
}

/// The source's end of the channel.
#[derive(Debug)]
pub struct Feed {
    outbox: mpsc::Sender<Fed>,
}

impl std::fmt::Debug for Fed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Batch(_) => "Batch",
            Self::Fault(_) => "Fault",
            Self::End => "End",
        })
    }
}

impl Feed {
    /// Whether the reader has gone; look at every chunk or call.
    pub fn cancelled(&self) -> bool {
        self.outbox.is_closed()
    }

    /// Hands a batch over, waiting for room; an error means that the reader has gone.
    pub fn send_blocking(&self, batch: RawBatch) -> Result<()> {
        self.outbox.blocking_send(Fed::Batch(Box::new(batch))).map_err(|_| cancelled())
    }

    /// Hands a batch over, waiting for room; an error means that the reader has gone.
    pub async fn send(&self, batch: RawBatch) -> Result<()> {
        self.outbox.send(Fed::Batch(Box::new(batch))).await.map_err(|_| cancelled())
    }

    #[expect(clippy::unused_self, reason = "reads as what this end of the channel has to say last")]
    fn verdict(&self, done: std::thread::Result<Result<()>>) -> Fed {
        match done {
            Ok(Ok(())) => Fed::End,
            Ok(Err(error)) => Fed::Fault(error),
            Err(panic) => {
                let said = panic
                    .downcast_ref::<String>()
                    .cloned()
                    .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string))
                    .unwrap_or_default();
                tracing::error!(said, "a source's reader panicked");
                Fed::Fault(Error::internal("source.panicked", "The reader of the source failed unexpectedly."))
            }
        }
    }
}

/// The reader has gone; nobody will see this error but the feeder itself.
pub fn cancelled() -> Error {
    Error::unavailable("source.cancelled", "The read was cancelled.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_an_error_and_not_an_end() {
        let mut stream = BatchStream::blocking("test", &Limits::default(), |_| panic!("oh")).unwrap();
        assert_eq!(stream.next().await.unwrap().unwrap_err().code, "source.panicked");
        assert!(stream.next().await.is_none());
        let mut stream = BatchStream::spawned(&Limits::default(), |_| async { panic!("oh") });
        assert_eq!(stream.next().await.unwrap().unwrap_err().code, "source.panicked");
    }

    #[tokio::test]
    async fn a_silent_source_meets_its_deadline() {
        let limits = Limits { call: Duration::from_millis(5), ..Limits::default() };
        let mut stream = BatchStream::spawned(&limits, |_| std::future::pending());
        assert_eq!(stream.next().await.unwrap().unwrap_err().code, "source.no_progress");
        assert!(stream.next().await.is_none());
    }
}
