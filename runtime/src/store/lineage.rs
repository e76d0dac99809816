//! What feeds what, as far as it is not in other rows: datasets and jobs of others, told as OpenLineage; our own run events
//! that wait for a receiver; and the stamp by which whoever keeps a graph in memory knows whether it still holds.
//!
//! Events wait in one line a sink, in the order they were made, and leave it when the sink has them: a crash in between
//! sends one twice, never none. A line is bounded; when it is full, the oldest make room.

use std::collections::BTreeMap;

use crate::{Result, Timestamp};

/// Two equal stamps: nothing that a graph is made from has changed in between, besides how far the views are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineageStamp {
    /// Position of the log: rows and rules.
    pub head: i64,
    /// Count, latest change and sum of all changes of connections.
    pub connections: [i64; 3],
    /// The same of streams.
    pub streams: [i64; 3],
    /// The same of foreign datasets and jobs.
    pub foreign: [i64; 3],
    /// Open findings by agent.
    pub findings: BTreeMap<String, i64>,
}

/// How others name a dataset or a job: namespace and name, unique together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub struct ForeignName {
    /// `postgres://db.example.com:5432`.
    pub namespace: String,
    /// `shop.public.orders`.
    pub name: String,
}

/// A dataset of others.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForeignDataset {
    /// Its name.
    pub name: ForeignName,
    /// Its columns, as last told; empty: nobody said.
    pub fields: Vec<String>,
    /// When it was last told of.
    pub seen_at: Timestamp,
}

/// Which column of one dataset feeds which of another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct ForeignColumn {
    /// The dataset that is read.
    pub from: ForeignName,
    /// Its column.
    pub from_field: String,
    /// The dataset that is written.
    pub to: ForeignName,
    /// Its column.
    pub to_field: String,
}

/// A job of others.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ForeignJob {
    /// Its name.
    pub name: ForeignName,
    /// Its last run.
    pub run: Option<String>,
    /// How that stands, in OpenLineage's words: `START`, `COMPLETE`, ...
    pub state: Option<String>,
    /// Datasets it reads.
    pub inputs: Vec<ForeignName>,
    /// Datasets it writes.
    pub outputs: Vec<ForeignName>,
    /// Columns that feed columns.
    pub columns: Vec<ForeignColumn>,
    /// Time of the event that was last told.
    pub event_at: Option<Timestamp>,
    /// When it was last told of.
    pub seen_at: Timestamp,
}

/// See the module.
#[async_trait::async_trait]
pub trait Lineage {
    /// Whether a graph made earlier still holds.
    async fn lineage_stamp(&mut self) -> Result<LineageStamp>;

    /// Keeps a dataset as it was told; one without fields keeps those told before. `seen_at` is set here.
    async fn put_foreign_dataset(&mut self, dataset: ForeignDataset) -> Result<()>;
    /// All of them, by name.
    async fn foreign_datasets(&mut self) -> Result<Vec<ForeignDataset>>;
    /// Keeps a job, whole. `seen_at` is set here.
    async fn put_foreign_job(&mut self, job: ForeignJob) -> Result<()>;
    /// One, if it was told of.
    async fn foreign_job(&mut self, name: &ForeignName) -> Result<Option<ForeignJob>>;
    /// All of them, by name.
    async fn foreign_jobs(&mut self) -> Result<Vec<ForeignJob>>;

    /// Puts events at the end of a sink's line, which holds at most so many; answers how many of the oldest made room.
    async fn queue_lineage(&mut self, sink: &str, events: &[serde_json::Value], most: u64) -> Result<u64>;
    /// The first of a sink's line, with their numbers.
    async fn queued_lineage(&mut self, sink: &str, limit: u32) -> Result<Vec<(i64, serde_json::Value)>>;
    /// Takes those up to a number out of a sink's line: it has them.
    async fn sent_lineage(&mut self, sink: &str, upto: i64) -> Result<()>;
}
