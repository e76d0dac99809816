//! The data connection layer: a tenant's views, folded from the canonical log into one DuckDB file a tenant.
//!
//! [`Dcl`] is the room's door. Writing: [`Dcl::advance`] folds what the log has after the views' position, rows and
//! position in one transaction; a `mapping` entry that reaches back heals the past in the same transaction. Reading:
//! [`Dcl::query`] answers a page with the position it reflects, [`Dcl::export`] streams a whole view.
//!
//! The file is a fold over the log and nothing else. Whatever happens to it (a crash in the middle of anything, a
//! damaged block, a full disk, a file that is ahead of its log) ends in the same way: it is opened again where its last
//! commit left it, or set aside and folded from nothing, and [`Dcl::digest`] is the same.
//!
//! Reading order: log (what comes in), catalogue (tables), resolve and run (which row wins; pure), ledger, fold (the
//! transaction) and identity (who is who); entities (what an entity is made of); filter, query, page, aggregate, table, json, views,
//! answers (a page out), export, digest, stats; sql (what people write, in a process of its own); engine (DuckDB), feed (many rows at once), handle (threads), guard
//! (files), pool (open files), door (the verbs); compaction (what may be written smaller; pure) and compactor, which
//! keeps the log itself small.

mod aggregate;
mod answers;
mod catalogue;
mod compaction;
pub mod compactor;
pub mod connect;
mod digest;
mod door;
mod engine;
mod entities;
mod export;
mod feed;
mod filter;
mod fold;
mod guard;
mod handle;
mod identity;
mod json;
mod kept;
mod ledger;
mod log;
pub mod materializer;
mod page;
mod pool;
mod query;
mod resolve;
mod run;
pub mod sql;
mod stats;
mod table;
#[cfg(test)]
mod tests;
mod views;

pub use digest::Digest;
pub use entities::{Company, EntitiesPage, EntityRows, News};
pub use fold::Applied;
pub use identity::{Ask, Delta, Pair};
pub use log::{EntryKind, Log, LogEntry, LogSource, StoredLog};
pub use pool::{Dcl, Settings};
pub use stats::{Stats, StreamStats, ViewStats};
pub use views::Selected;
