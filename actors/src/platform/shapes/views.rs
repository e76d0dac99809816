//! Questions to views, and their encoded answers.

use bytes::Bytes;

/// A question to a view, as its caller spelled it; the DCL resolves names against its catalogue.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ViewRequest {
    /// `accounts`, `opportunities`, ...
    pub view: String,
    /// Rows a page.
    pub limit: Option<u32>,
    /// From the page before.
    pub cursor: Option<String>,
    /// `name` or `-amount`, several by comma.
    pub sort: Option<String>,
    /// Fields, by comma.
    pub select: Option<String>,
    /// `filter[field]=op:value`, in the order given.
    pub filters: Vec<(String, String)>,
}

/// A page of a view, encoded once; cloning shares the bytes.
#[derive(Clone, Debug)]
pub struct EncodedPage {
    /// `{"items":[...],"next_cursor":...,"total":...,"position":...}`.
    pub body: Bytes,
    /// Log position it reflects.
    pub position: i64,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A JSON array of objects.
    Json,
    /// RFC 4180 with formula cells defused.
    Csv,
    /// Arrow IPC stream.
    Arrow,
    /// Parquet.
    Parquet,
}

/// An export while it is written.
pub struct Export {
    /// Log position it reflects.
    pub position: i64,
    /// The bytes.
    pub body: futures::stream::BoxStream<'static, std::io::Result<Bytes>>,
}
