//! Brings the database to this version's tables, as the role that owns them; the role that nodes connect as owns nothing and
//! is only given its rights here. What is missing is run in one transaction, one process at a time, so that a crash in the
//! middle leaves the version before. A migration whose text is not the one that was run, or a database from a newer version,
//! is refused rather than guessed at.

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection};

use super::SCHEMA;
use super::row::{Columns, all};
use crate::store::migrations::{self, Listed, Migration};
use crate::{Error, Result, Timestamp};

/// Name, which begins with its number, and text; in order. Numbers are handed out beforehand, so one may come before a
/// smaller one that is still being written; each runs once, whenever it is there.
const MIGRATIONS: &[Listed] = &[
    ("0001_people", include_str!("../../../../migrations/postgres/0001_people.sql")),
    ("0002_sources", include_str!("../../../../migrations/postgres/0002_sources.sql")),
    ("0003_log", include_str!("../../../../migrations/postgres/0003_log.sql")),
    ("0004_drift", include_str!("../../../../migrations/postgres/0004_drift.sql")),
    ("0005_work", include_str!("../../../../migrations/postgres/0005_work.sql")),
    ("0006_retract", include_str!("../../../../migrations/postgres/0006_retract.sql")),
    ("0007_access", include_str!("../../../../migrations/postgres/0007_access.sql")),
    ("0008_compaction", include_str!("../../../../migrations/postgres/0008_compaction.sql")),
    ("0010_outside", include_str!("../../../../migrations/postgres/0010_outside.sql")),
    ("0012_life", include_str!("../../../../migrations/postgres/0012_life.sql")),
    ("0014_lineage", include_str!("../../../../migrations/postgres/0014_lineage.sql")),
    ("0016_tasks", include_str!("../../../../migrations/postgres/0016_tasks.sql")),
    ("0018_questions", include_str!("../../../../migrations/postgres/0018_questions.sql")),
    ("0020_intelligence", include_str!("../../../../migrations/postgres/0020_intelligence.sql")),
    ("0021_cluster", include_str!("../../../../migrations/postgres/0021_cluster.sql")),
];

/// Runs what is missing and gives the role its rights; answers the names of what was run.
pub(super) async fn migrate(
    owner: &PgConnectOptions,
    role: &str,
    at: Timestamp,
    allow_destructive: bool,
) -> Result<Vec<&'static str>> {
    let mut connection = owner.connect().await?;
    sqlx::raw_sql("BEGIN; select pg_advisory_xact_lock(hashtext('autonomos.migrate'))")
        .execute(&mut connection)
        .await?;
    make_schema(&mut connection).await?;
    let missing = missing(&mut connection).await?;
    for migration in &missing {
        migration.allowed(allow_destructive)?;
        sqlx::raw_sql(migration.text).execute(&mut connection).await?;
        sqlx::query("insert into migrations (number, name, sha256, at) values ($1, $2, $3, $4)")
            .bind(migration.number)
            .bind(migration.name)
            .bind(&migration.sha256)
            .bind(at.timestamp_millis())
            .execute(&mut connection)
            .await?;
    }
    give_rights(&mut connection, role).await?;
    sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
    connection.close().await?;
    Ok(missing.iter().map(|migration| migration.name).collect())
}

async fn make_schema(connection: &mut PgConnection) -> Result<()> {
    let there: bool =
        sqlx::query_scalar("select to_regnamespace($1) is not null").bind(SCHEMA).fetch_one(&mut *connection).await?;
    if !there {
        // Asked for only then: it needs a right on the database that the owner may have lost since.
        sqlx::raw_sql("create schema autonomos").execute(&mut *connection).await?;
    }
    sqlx::raw_sql(
        "set local search_path = autonomos, pg_temp;
         create table if not exists migrations (
             number bigint not null primary key, name text not null, sha256 text not null, at bigint not null
         )",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What the database lacks. Reading is everybody's who connects.
pub(super) async fn missing(connection: &mut PgConnection) -> Result<Vec<Migration>> {
    let known =
        sqlx::query("select number, name, sha256 from migrations order by number").fetch_all(connection).await?;
    let seen = all(&known, |row| Ok((row.int("number")?, (row.text("name")?, row.text("sha256")?))))?;
    migrations::missing(MIGRATIONS, &seen.into_iter().collect(), "database")
}

/// Rows may be read and written, and the directory asked; nothing may be emptied at once, the list of migrations and what
/// the audit says may not be changed.
async fn give_rights(connection: &mut PgConnection, role: &str) -> Result<()> {
    let role: String = sqlx::query_scalar("select quote_ident($1)").bind(role).fetch_one(&mut *connection).await?;
    let sql = format!(
        "revoke all on schema autonomos from public;
         revoke all on all routines in schema autonomos from public;
         grant usage on schema autonomos to {role};
         grant select, insert, update, delete on all tables in schema autonomos to {role};
         revoke insert, update, delete on migrations from {role};
         revoke update on audit from {role};
         grant execute on all functions in schema autonomos to {role}"
    );
    // The name is quoted by the server.
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map_err(|e| {
        Error::from(e)
            .remedy("The role in store.owner_url has to own what is in the schema autonomos of that database.")
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_of_the_folder_is_in_the_list_in_order() {
        crate::store::migrations::check("postgres", super::MIGRATIONS);
    }
}
