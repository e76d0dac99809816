//! Brings the file to this version's tables: what is missing is run at start, all of it in one transaction under the
//! write lock, so that a crash in the middle leaves the version before. A migration whose text is not the one that was
//! run, or a file from a newer version, refuses to start rather than to guess.

use super::lane::Held;
use super::row::{Columns, all};
use crate::store::migrations::{self, Listed};
use crate::{Result, Timestamp};

/// Name, which begins with its number, and text; in order. Numbers are handed out beforehand, so one may come before a
/// smaller one that is still being written; each runs once, whenever it is there.
const MIGRATIONS: &[Listed] = &[
    ("0001_people", include_str!("../../../../migrations/sqlite/0001_people.sql")),
    ("0002_sources", include_str!("../../../../migrations/sqlite/0002_sources.sql")),
    ("0003_log", include_str!("../../../../migrations/sqlite/0003_log.sql")),
    ("0004_drift", include_str!("../../../../migrations/sqlite/0004_drift.sql")),
    ("0005_work", include_str!("../../../../migrations/sqlite/0005_work.sql")),
    ("0006_retract", include_str!("../../../../migrations/sqlite/0006_retract.sql")),
    ("0007_access", include_str!("../../../../migrations/sqlite/0007_access.sql")),
    ("0008_compaction", include_str!("../../../../migrations/sqlite/0008_compaction.sql")),
    ("0010_outside", include_str!("../../../../migrations/sqlite/0010_outside.sql")),
    ("0012_life", include_str!("../../../../migrations/sqlite/0012_life.sql")),
    ("0014_lineage", include_str!("../../../../migrations/sqlite/0014_lineage.sql")),
    ("0016_tasks", include_str!("../../../../migrations/sqlite/0016_tasks.sql")),
    ("0018_questions", include_str!("../../../../migrations/sqlite/0018_questions.sql")),
    ("0020_intelligence", include_str!("../../../../migrations/sqlite/0020_intelligence.sql")),
    ("0021_cluster", include_str!("../../../../migrations/sqlite/0021_cluster.sql")),
];

/// Runs what is missing; answers the names of what was run.
pub(super) async fn migrate(held: &mut Held, at: Timestamp, allow_destructive: bool) -> Result<Vec<&'static str>> {
    let connection = held.connection()?;
    sqlx::query(
        "create table if not exists migrations (
             number integer not null primary key, name text not null, sha256 text not null, at integer not null
         ) strict",
    )
    .execute(&mut *connection)
    .await?;
    let known =
        sqlx::query("select number, name, sha256 from migrations order by number").fetch_all(&mut *connection).await?;
    let ran_before = all(&known, |row| Ok((row.int("number")?, (row.text("name")?, row.text("sha256")?))))?;
    let missing = migrations::missing(MIGRATIONS, &ran_before.into_iter().collect(), "data directory")?;
    for migration in &missing {
        migration.allowed(allow_destructive)?;
        sqlx::raw_sql(migration.text).execute(&mut *connection).await?;
        sqlx::query("insert into migrations (number, name, sha256, at) values (?1, ?2, ?3, ?4)")
            .bind(migration.number)
            .bind(migration.name)
            .bind(&migration.sha256)
            .bind(at.timestamp_millis())
            .execute(&mut *connection)
            .await?;
    }
    Ok(missing.iter().map(|migration| migration.name).collect())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_of_the_folder_is_in_the_list_in_order() {
        crate::store::migrations::check("sqlite", super::MIGRATIONS);
    }
}
