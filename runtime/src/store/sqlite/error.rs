//! What SQLite's result codes mean to a caller.

use crate::Kind;
pub(super) use crate::store::rows::{taken, unreadable};

/// SQLite's (extended) result codes, as far as they mean something to a caller.
pub(in crate::store) const fn of_code(code: i32) -> (Kind, &'static str, &'static str) {
    match (code, code & 0xff) {
        (2067 | 1555, _) => (Kind::Conflict, "store.exists", "it exists already"),
        (787, _) => (Kind::NotFound, "store.parent_missing", "what it belongs to does not exist"),
        (_, 5 | 6) => (Kind::Busy, "store.busy", "the store is busy; try again"),
        (_, 13) => (Kind::Unavailable, "store.full", "the disk of the store is full; nothing was changed"),
        (_, 10 | 14) => (Kind::Unavailable, "store.unavailable", "the store cannot be reached"),
        (_, 11 | 26) => (Kind::Internal, "store.corrupt", "the store's file is damaged"),
        (_, 8) => (Kind::Internal, "store.read_only", "a reading transaction cannot write"),
        (_, 18) => (Kind::TooLarge, "store.too_large", "it is larger than the store takes"),
        _ => (Kind::Internal, "store.failed", "the store failed"),
    }
}
