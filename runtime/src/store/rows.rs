//! What both backends do alike with rows: values as columns hold them, pages by id, and an error of the driver in our words.
//!
//! Whatever a database says goes to the log (`source`), never to a tenant.

pub(super) mod tasks;

use uuid::Uuid;

use super::{postgres, sqlite};
use crate::{Error, Kind, Result, Timestamp};

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let (kind, code, message) = match &error {
            sqlx::Error::Database(e) => match e.try_downcast_ref::<sqlx::postgres::PgDatabaseError>() {
                Some(e) => postgres::error::of_state(e.code()),
                None => sqlite::error::of_code(e.code().and_then(|c| c.parse::<i32>().ok()).unwrap_or(1)),
            },
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::WorkerCrashed => {
                (Kind::Unavailable, "store.unavailable", "the store cannot be reached")
            }
            sqlx::Error::RowNotFound => (Kind::NotFound, "store.not_found", "there is no such thing"),
            _ => (Kind::Internal, "store.failed", "the store failed"),
        };
        let mapped = Self::new(kind, code, message).source(error);
        if code == "store.full" { mapped.remedy("Free space on the store's volume.") } else { mapped }
    }
}

/// The conflict that a place knows the name of.
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

/// Nothing was there to change: absent, or another tenant's, which is the same.
pub(super) fn missing(what: &'static str, code: &'static str) -> Error {
    Error::not_found(code, format!("there is no such {what}"))
}

/// It was changed meanwhile.
pub(super) fn stale(what: &'static str, code: &'static str) -> Error {
    Error::stale(code, format!("the {what} was changed meanwhile")).remedy("Read it again and decide anew.")
}

/// A time as rows hold it.
pub(super) const fn millis(at: Timestamp) -> i64 {
    at.timestamp_millis()
}

/// A value as JSON text.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::internal("store.unwritable", "a value cannot be written").source(e))
}

/// An optional value as JSON text.
pub(super) fn maybe_json(value: Option<&impl serde::Serialize>) -> Result<Option<String>> {
    value.map(json).transpose()
}

/// Where a list that is sorted by id, newest first, goes on.
pub(super) fn before(page: &super::Page) -> Result<Uuid> {
    Ok(page.after_key::<Uuid>()?.unwrap_or(Uuid::max()))
}
