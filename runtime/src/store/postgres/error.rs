//! What PostgreSQL's states mean to a caller.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::query::Query;

use crate::Kind;
use crate::store::owners::FENCED;
pub(super) use crate::store::rows::taken;

/// SQLSTATE, as far as it means something to a caller.
pub(in crate::store) fn of_state(state: &str) -> (Kind, &'static str, &'static str) {
    match state {
        // Ours: the function `fence`.
        "AU001" => (Kind::Fenced, FENCED.0, FENCED.1),
        "23505" => (Kind::Conflict, "store.exists", "it exists already"),
        "23503" => (Kind::NotFound, "store.parent_missing", "what it belongs to does not exist"),
        "22021" | "22P05" => (Kind::Invalid, "store.text", "text with a NUL character cannot be kept"),
        // A lock, a deadlock, a serialisation, a statement that took too long, too many clients.
        "55P03" | "40P01" | "40001" | "57014" | "53300" => (Kind::Busy, "store.busy", "the store is busy; try again"),
        "53100" => (Kind::Unavailable, "store.full", "the disk of the store is full; nothing was changed"),
        "25006" => (Kind::Internal, "store.read_only", "a reading transaction cannot write"),
        "25P02" => (Kind::Internal, "store.broken_off", "something failed in this transaction before; it cannot go on"),
        "25P03" => (Kind::Unavailable, "store.idle", "the transaction did nothing for too long and was ended"),
        "42501" => (Kind::Internal, "store.refused", "the store's role may not do that"),
        "28000" | "28P01" | "3D000" => (Kind::Unavailable, "store.sign_in", "the store's server does not let us in"),
        _ if state.starts_with("08") || state.starts_with("57P") => {
            (Kind::Unavailable, "store.unavailable", "the store cannot be reached")
        }
        _ if state.starts_with("54") => (Kind::TooLarge, "store.too_large", "it is larger than the store takes"),
        _ if state.starts_with("XX") || state.starts_with("58") => {
            (Kind::Internal, "store.corrupt", "the store's server is in trouble")
        }
        _ => (Kind::Internal, "store.failed", "the store failed"),
    }
}

/// Runs a statement that may meet a name that is taken. PostgreSQL ends the whole transaction with a statement that fails;
/// with this one it goes on without it, as in SQLite.
pub(super) async fn attempt(
    connection: &mut PgConnection,
    statement: Query<'_, sqlx::Postgres, PgArguments>,
) -> Result<Option<PgRow>, sqlx::Error> {
    sqlx::raw_sql("SAVEPOINT attempt").execute(&mut *connection).await?;
    let done = statement.fetch_optional(&mut *connection).await;
    let after = if done.is_ok() { "RELEASE attempt" } else { "ROLLBACK TO attempt; RELEASE attempt" };
    sqlx::raw_sql(after).execute(connection).await?;
    done
}
