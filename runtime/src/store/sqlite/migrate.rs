//! Brings the file to this version's tables: what is missing is run at start, all of it in one transaction under the
//! write lock, so that a crash in the middle leaves the version before. A migration whose text is not the one that was
//! run, or a file from a newer version, refuses to start rather than to guess.

use sha2::{Digest, Sha256};

use super::lane::Held;
use super::row::Columns;
use crate::{Error, Result, Timestamp};

/// Name, which begins with its number, and text; in order. Numbers are handed out beforehand, so one may come before a
/// smaller one that is still being written; each runs once, whenever it is there.
const MIGRATIONS: &[(&str, &str)] = &[
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
];

/// What a name begins with.
fn number_of(name: &str) -> i64 {
    name.split('_').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

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
    let mut ran_before = std::collections::BTreeMap::new();
    for row in &known {
        ran_before.insert(row.int("number")?, (row.text("name")?, row.text("sha256")?));
    }
    if ran_before.keys().any(|number| !MIGRATIONS.iter().any(|(name, _)| number_of(name) == *number)) {
        return Err(Error::conflict("store.newer", "the data directory was written by a newer version")
            .remedy("Start that version, or restore a backup made before it ran."));
    }
    let mut ran = Vec::new();
    for &(name, text) in MIGRATIONS {
        let digest = hex::encode(Sha256::digest(text.as_bytes()));
        if let Some(before) = ran_before.get(&number_of(name)) {
            if *before != (name.to_owned(), digest) {
                return Err(Error::conflict(
                    "store.migration_changed",
                    format!("migration {name} is not the one that made this data directory"),
                )
                .remedy("Start the version that made it; released migrations are never edited."));
            }
            continue;
        }
        if text.starts_with("-- destructive") && !allow_destructive {
            return Err(Error::conflict("store.destructive", format!("migration {name} takes data away"))
                .remedy("Make a backup, then start once with store.allow_destructive = true."));
        }
        sqlx::raw_sql(text).execute(&mut *connection).await?;
        sqlx::query("insert into migrations (number, name, sha256, at) values (?1, ?2, ?3, ?4)")
            .bind(number_of(name))
            .bind(name)
            .bind(digest)
            .bind(at.timestamp_millis())
            .execute(&mut *connection)
            .await?;
        ran.push(name);
    }
    Ok(ran)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_in_the_list_in_order() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations/sqlite");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.trim_end_matches(".sql").to_owned())
            .collect();
        names.sort();
        assert_eq!(names, MIGRATIONS.iter().map(|m| m.0).collect::<Vec<_>>());
        let numbers: Vec<i64> = names.iter().map(|name| number_of(name)).collect();
        assert!(numbers[0] == 1 && numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    }
}
