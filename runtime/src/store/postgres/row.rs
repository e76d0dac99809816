//! Reading columns: what a row says, in our types. A value that cannot be read is an error that names its column.

use std::str::FromStr;

use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::store::rows::unreadable;
pub(super) use crate::store::rows::{before, json, maybe_json, millis};
use crate::{Error, Result, Timestamp};

/// The columns of a row by name.
pub(super) trait Columns {
    /// Whatever PostgreSQL and sqlx agree on.
    fn get<'r, T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(&'r self, name: &str) -> Result<T>;

    fn text(&self, name: &str) -> Result<String> {
        self.get(name)
    }
    fn maybe_text(&self, name: &str) -> Result<Option<String>> {
        self.get(name)
    }
    fn int(&self, name: &str) -> Result<i64> {
        self.get(name)
    }
    fn maybe_int(&self, name: &str) -> Result<Option<i64>> {
        self.get(name)
    }
    fn flag(&self, name: &str) -> Result<bool> {
        self.get(name)
    }
    fn uuid(&self, name: &str) -> Result<Uuid> {
        self.get(name)
    }
    fn maybe_uuid(&self, name: &str) -> Result<Option<Uuid>> {
        self.get(name)
    }
    fn time(&self, name: &str) -> Result<Timestamp> {
        let millis = self.int(name)?;
        chrono::DateTime::from_timestamp_millis(millis).ok_or_else(|| unreadable(name, "no such time"))
    }
    fn maybe_time(&self, name: &str) -> Result<Option<Timestamp>> {
        self.maybe_int(name)?.map(|_| self.time(name)).transpose()
    }
    fn word<T: FromStr<Err = Error>>(&self, name: &str) -> Result<T> {
        self.text(name)?.parse().map_err(|e: Error| unreadable(name, e))
    }
    fn json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T> {
        serde_json::from_str(self.get::<&str>(name)?).map_err(|e| unreadable(name, e))
    }
    fn maybe_json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let text: Option<&str> = self.get(name)?;
        text.map(|text| serde_json::from_str(text).map_err(|e| unreadable(name, e))).transpose()
    }
}

impl Columns for PgRow {
    fn get<'r, T: sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>>(&'r self, name: &str) -> Result<T> {
        self.try_get(name).map_err(|e| unreadable(name, e))
    }
}

/// All rows in our types.
pub(super) fn all<T>(rows: &[PgRow], read: impl Fn(&PgRow) -> Result<T>) -> Result<Vec<T>> {
    rows.iter().map(read).collect()
}

/// Text that people read, as PostgreSQL keeps it: it knows no NUL character, so the picture of one stands for it.
pub(super) fn legible(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{2400}") } else { text }
}
