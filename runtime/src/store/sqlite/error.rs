//! From SQLite's words to ours. Whatever SQLite says goes to the log (`source`), never to a tenant.

use crate::{Error, Kind};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let (kind, code, message) = match &error {
            sqlx::Error::Database(e) => of_code(e.code().and_then(|c| c.parse::<i32>().ok()).unwrap_or(1)),
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => {
                (Kind::Unavailable, "store.unavailable", "the store cannot be reached")
            }
            sqlx::Error::RowNotFound => (Kind::NotFound, "store.not_found", "there is no such thing"),
            _ => (Kind::Internal, "store.failed", "the store failed"),
        };
        let mapped = Self::new(kind, code, message).source(error);
        if code == "store.full" { mapped.remedy("Free space on the volume of the data directory.") } else { mapped }
    }
}

/// SQLite's (extended) result codes, as far as they mean something to a caller.
const fn of_code(code: i32) -> (Kind, &'static str, &'static str) {
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

/// Turns a broken uniqueness into the conflict that its place knows the name of.
pub(super) fn taken(code: &'static str, message: &'static str, field: &str) -> impl FnOnce(sqlx::Error) -> Error {
    let field = field.to_owned();
    move |error| {
        let mapped = Error::from(error);
        if mapped.code == "store.exists" { Error::conflict(code, message).field(field) } else { mapped }
    }
}

/// A stored value that this version cannot read: written by a newer one, or damaged.
pub(super) fn unreadable(column: &str, why: impl std::fmt::Display) -> Error {
    Error::internal("store.unreadable", "a stored value cannot be read").source(format!("column {column}: {why}"))
}
