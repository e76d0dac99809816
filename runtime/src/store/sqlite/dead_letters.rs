//! Rows of `dead_letters`. Many may come at once (a whole batch whose type changed), so they go in by the thousand.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Sqlite};
use uuid::Uuid;

use super::row::{Columns, all, millis};
use super::{SqliteTx, missing};
use crate::ids::{ConnectionId, DeadLetterId};
use crate::store::{
    DeadLetter, DeadLetterCount, DeadLetterFilter, DeadLetterState, DeadLetters, Log, NewDeadLetter, Page, Paged,
};
use crate::{Ambient, Result};

/// Rows a statement; SQLite takes 32,766 values.
const AT_ONCE: usize = 1000;

/// Where dead letters come from.
pub(super) struct Place<'a> {
    pub(super) tenant: Uuid,
    pub(super) connection: ConnectionId,
    pub(super) stream: &'a str,
    pub(super) seq: i64,
    pub(super) mapping_version: i64,
}

pub(super) async fn insert(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
    mut letters: Vec<NewDeadLetter>,
    ambient: &Ambient,
) -> Result<()> {
    let at = millis(ambient.now());
    // Ids that follow each other, so that they list in the order of the rows.
    let mut next = ambient.uuid().as_u128();
    while !letters.is_empty() {
        let rest = letters.split_off(letters.len().min(AT_ONCE));
        let mut insert = QueryBuilder::<Sqlite>::new(
            "insert into dead_letters (tenant_id, id, connection_id, stream, seq, origin, row, field, code, reason,
                 mapping_version, state, attempts, created_at, updated_at, raw) ",
        );
        insert.push_values(std::mem::replace(&mut letters, rest), |mut row, letter| {
            row.push_bind(place.tenant)
                .push_bind(Uuid::from_u128(next))
                .push_bind(place.connection.as_uuid())
                .push_bind(place.stream.to_owned())
                .push_bind(place.seq)
                .push_bind(letter.origin)
                .push_bind(letter.row)
                .push_bind(letter.field)
                .push_bind(letter.code)
                .push_bind(letter.reason)
                .push_bind(place.mapping_version)
                .push_bind(DeadLetterState::Open.as_str())
                .push_bind(0_i64)
                .push_bind(at)
                .push_bind(at)
                .push_bind(letter.raw);
            next = next.wrapping_add(1);
        });
        insert.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

fn read(row: &SqliteRow) -> Result<DeadLetter> {
    Ok(DeadLetter {
        id: DeadLetterId::from_uuid(row.uuid("id")?),
        connection_id: ConnectionId::from_uuid(row.uuid("connection_id")?),
        stream: row.text("stream")?,
        seq: row.int("seq")?,
        origin: row.maybe_text("origin")?,
        row: row.int("row")?,
        field: row.maybe_text("field")?,
        code: row.text("code")?,
        reason: row.text("reason")?,
        raw: row.get("raw")?,
        mapping_version: row.int("mapping_version")?,
        state: row.word("state")?,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl DeadLetters for SqliteTx {
    async fn dead_letter(&mut self, id: DeadLetterId) -> Result<DeadLetter> {
        let row = sqlx::query("select * from dead_letters where tenant_id = ?1 and id = ?2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("dead letter", "dead_letter.unknown"))?;
        read(&row)
    }

    async fn dead_letters(&mut self, filter: &DeadLetterFilter, page: &Page) -> Result<Paged<DeadLetter>> {
        let rows = sqlx::query(
            "select * from dead_letters
             where tenant_id = ?1 and id > ?2 and (?3 is null or connection_id = ?3) and (?4 is null or stream = ?4)
                 and (?5 is null or state = ?5) and (?6 is null or code = ?6)
             order by id limit ?7",
        )
        .bind(self.tenant)
        .bind(page.after_key::<Uuid>()?.unwrap_or(Uuid::nil()))
        .bind(filter.connection.map(|id| id.as_uuid()))
        .bind(&filter.stream)
        .bind(filter.state.map(DeadLetterState::as_str))
        .bind(&filter.code)
        .bind(page.limit() + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |letter| letter.id.to_string()))
    }

    async fn dead_letter_counts(&mut self, connection: Option<ConnectionId>) -> Result<Vec<DeadLetterCount>> {
        let rows = sqlx::query(
            "select connection_id, stream, code, field, state, count(*) as n from dead_letters
             where tenant_id = ?1 and (?2 is null or connection_id = ?2)
             group by connection_id, stream, state, code, field order by n desc, stream, code",
        )
        .bind(self.tenant)
        .bind(connection.map(|id| id.as_uuid()))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, |row| {
            Ok(DeadLetterCount {
                connection_id: ConnectionId::from_uuid(row.uuid("connection_id")?),
                stream: row.text("stream")?,
                code: row.text("code")?,
                field: row.maybe_text("field")?,
                state: row.word("state")?,
                count: row.int("n")?,
            })
        })
    }

    async fn add_dead_letters(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        mapping_version: i64,
        letters: Vec<NewDeadLetter>,
    ) -> Result<()> {
        let place = Place { tenant: self.tenant, connection, stream, seq: self.log_head().await?, mapping_version };
        let ambient = self.ambient.clone();
        insert(self.conn()?, &place, letters, &ambient).await
    }

    async fn settle_dead_letters(&mut self, ids: &[DeadLetterId], state: DeadLetterState) -> Result<u64> {
        let mut settled = 0;
        let (tenant, at) = (self.tenant, millis(self.now()));
        for id in ids {
            settled += sqlx::query(
                "update dead_letters set state = ?3, updated_at = ?4
                 where tenant_id = ?1 and id = ?2 and state = 'open'",
            )
            .bind(tenant)
            .bind(id.as_uuid())
            .bind(state.as_str())
            .bind(at)
            .execute(self.conn()?)
            .await?
            .rows_affected();
        }
        Ok(settled)
    }

    async fn count_dead_letter_attempt(&mut self, ids: &[DeadLetterId]) -> Result<()> {
        let (tenant, at) = (self.tenant, millis(self.now()));
        for id in ids {
            sqlx::query(
                "update dead_letters set attempts = attempts + 1, updated_at = ?3 where tenant_id = ?1 and id = ?2",
            )
            .bind(tenant)
            .bind(id.as_uuid())
            .bind(at)
            .execute(self.conn()?)
            .await?;
        }
        Ok(())
    }
}
