//! Objects of a mapping job, each with its fields and, once that is done, what they are held to be. A restart goes on with
//! those that are left; what was done stays done.

use super::page::{Page, Paged};
use crate::ids::TaskId;
use crate::{Result, Timestamp};

/// An object.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct BulkObject {
    /// Its place in the job, from zero.
    pub place: i64,
    /// Where it comes from, for people: the name of a connection, or what the caller called it.
    pub source: String,
    /// The system, if known.
    pub system: Option<String>,
    /// Its name there.
    pub object: String,
    /// Its fields: `[{name, data_type?, samples}]`.
    pub fields: serde_json::Value,
    /// How many.
    pub field_count: i64,
    /// What they are held to be, one for each field; none: not done.
    pub proposals: Option<serde_json::Value>,
    /// How many were held to be something.
    pub mapped: Option<i64>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
}

/// An object to be mapped.
#[derive(Clone, Debug)]
pub struct NewBulkObject {
    /// Where it comes from.
    pub source: String,
    /// The system, if known.
    pub system: Option<String>,
    /// Its name there.
    pub object: String,
    /// Its fields.
    pub fields: serde_json::Value,
    /// How many.
    pub field_count: u64,
}

/// One that is done.
#[derive(Clone, Debug)]
pub struct BulkDone {
    /// Its place.
    pub place: i64,
    /// What its fields are held to be.
    pub proposals: serde_json::Value,
    /// How many were held to be something.
    pub mapped: u64,
}

/// How far a job is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct BulkCounts {
    /// Objects.
    pub objects: i64,
    /// Of them, done.
    pub done: i64,
    /// Fields of all objects.
    pub fields: i64,
    /// Fields of those that are done.
    pub fields_done: i64,
    /// Of these, held to be something.
    pub mapped: i64,
}

/// See the module.
#[async_trait::async_trait]
pub trait BulkMappings {
    /// Puts objects behind those that a job has.
    async fn add_bulk_objects(&mut self, job: TaskId, objects: Vec<NewBulkObject>) -> Result<()>;
    /// The first of those that are left.
    async fn bulk_objects_left(&mut self, job: TaskId, at_most: u32) -> Result<Vec<BulkObject>>;
    /// Notes those that are done.
    async fn finish_bulk_objects(&mut self, job: TaskId, done: Vec<BulkDone>) -> Result<()>;
    /// Objects of a job in their order.
    async fn bulk_objects(&mut self, job: TaskId, page: &Page) -> Result<Paged<BulkObject>>;
    /// How far it is.
    async fn bulk_counts(&mut self, job: TaskId) -> Result<BulkCounts>;
}
