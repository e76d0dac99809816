//! Rows of `dead_letters`. Many may come at once (a whole batch whose type changed), so they go in by the thousand.

use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{Postgres, QueryBuilder};
use uuid::Uuid;

use super::row::{Columns, all, legible, millis};
use super::{PostgresTx, missing};
use crate::ids::{ConnectionId, DeadLetterId};
use crate::store::{
    self, DeadLetter, DeadLetterCount, DeadLetterFilter, DeadLetterState, DeadLetters, Log, NewDeadLetter, Page, Paged,
    Replayed, ReplayedFilter, Retract, Settled,
};
use crate::{Ambient, Result, Timestamp};

/// Rows a statement; PostgreSQL takes 65,535 values.
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
    connection: &mut PgConnection,
    place: &Place<'_>,
    mut letters: Vec<NewDeadLetter>,
    ambient: &Ambient,
) -> Result<()> {
    let at = millis(ambient.now());
    // Ids that follow each other, so that they list in the order of the rows.
    let mut next = ambient.uuid().as_u128();
    while !letters.is_empty() {
        let rest = letters.split_off(letters.len().min(AT_ONCE));
        let mut insert = QueryBuilder::<Postgres>::new(
            "insert into dead_letters (tenant_id, id, connection_id, stream, seq, origin, row, field, code, reason,
                 mapping_version, state, attempts, created_at, updated_at, raw) ",
        );
        insert.push_values(std::mem::replace(&mut letters, rest), |mut row, letter| {
            row.push_bind(place.tenant)
                .push_bind(Uuid::from_u128(next))
                .push_bind(place.connection.as_uuid())
                .push_bind(place.stream.to_owned())
                .push_bind(place.seq)
                .push_bind(letter.origin.map(legible))
                .push_bind(letter.row)
                .push_bind(letter.field.map(legible))
                .push_bind(letter.code)
                .push_bind(legible(letter.reason))
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

/// Opens the letters again whose rows are taken out of the log; answers how many were there.
pub(super) async fn reopen(
    connection: &mut PgConnection,
    (tenant, of, stream): (Uuid, ConnectionId, &str),
    retract: &Retract,
    at: Timestamp,
) -> Result<u64> {
    let done = sqlx::query(
        "update dead_letters set state = 'open', replayed_seq = null, replayed_row = null, updated_at = $6
         where tenant_id = $1 and connection_id = $2 and stream = $3 and replayed_seq = $4
             and replayed_row = any ($5)",
    )
    .bind(tenant)
    .bind(of.as_uuid())
    .bind(stream)
    .bind(retract.seq)
    .bind(retract.rows.iter().map(|row| i64::from(*row)).collect::<Vec<_>>())
    .bind(millis(at))
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

fn place(row: &PgRow) -> Result<Option<store::Place>> {
    let at = row.maybe_int("replayed_seq")?.zip(row.maybe_int("replayed_row")?);
    Ok(at.map(|(seq, row)| store::Place { seq, row: row as u32 }))
}

fn read(row: &PgRow) -> Result<DeadLetter> {
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
        replayed: place(row)?,
        attempts: row.int("attempts")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl DeadLetters for PostgresTx {
    async fn dead_letter(&mut self, id: DeadLetterId) -> Result<DeadLetter> {
        let row = sqlx::query("select * from dead_letters where tenant_id = $1 and id = $2")
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
             where tenant_id = $1 and id > $2 and ($3 is null or connection_id = $3) and ($4 is null or stream = $4)
                 and ($5 is null or state = $5) and ($6 is null or code = $6)
             order by id limit $7",
        )
        .bind(self.tenant)
        .bind(page.after_key::<Uuid>()?.unwrap_or(Uuid::nil()))
        .bind(filter.connection.map(|id| id.as_uuid()))
        .bind(&filter.stream)
        .bind(filter.state.map(DeadLetterState::as_str))
        .bind(&filter.code)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |letter| letter.id.to_string()))
    }

    async fn dead_letter_counts(&mut self, connection: Option<ConnectionId>) -> Result<Vec<DeadLetterCount>> {
        let rows = sqlx::query(
            "select connection_id, stream, code, field, state, count(*) as n from dead_letters
             where tenant_id = $1 and ($2 is null or connection_id = $2)
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

    async fn replayed_dead_letters(&mut self, filter: ReplayedFilter<'_>) -> Result<Vec<Replayed>> {
        let (seq, at) = filter.after.map_or((0, -1), |after| (after.seq, i64::from(after.row)));
        let rows = sqlx::query(
            "select d.replayed_seq, d.replayed_row, e.mapping_version as taken_under, d.origin, d.row, d.raw
             from dead_letters d join canonical_streams e on e.tenant_id = d.tenant_id and e.seq = d.replayed_seq
             where d.tenant_id = $1 and d.connection_id = $2 and d.stream = $3 and d.replayed_seq is not null
                 and (d.replayed_seq, d.replayed_row) > ($4, $5) and e.mapping_version >= $6
             order by d.replayed_seq, d.replayed_row limit $7",
        )
        .bind(self.tenant)
        .bind(filter.connection.as_uuid())
        .bind(filter.stream)
        .bind(seq)
        .bind(at)
        .bind(filter.since_version)
        .bind(i64::from(filter.limit))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, |row| {
            Ok(Replayed {
                place: place(row)?.unwrap_or_default(),
                mapping_version: row.int("taken_under")?,
                origin: row.maybe_text("origin")?,
                row: row.int("row")?,
                raw: row.get("raw")?,
            })
        })
    }

    async fn settle_dead_letters(&mut self, settled: Settled<'_>) -> Result<u64> {
        type Row = (DeadLetterId, Option<i64>);
        let (state, seq, rows): (DeadLetterState, Option<i64>, Vec<Row>) = match settled {
            Settled::Replayed(seq, rows) => {
                let rows = rows.iter().map(|(id, row)| (*id, Some(i64::from(*row)))).collect();
                (DeadLetterState::Replayed, Some(seq), rows)
            }
            Settled::Discarded(ids) => (DeadLetterState::Discarded, None, ids.iter().map(|id| (*id, None)).collect()),
        };
        let mut done = 0;
        let (tenant, at) = (self.tenant, millis(self.now()));
        for (id, row) in rows {
            done += sqlx::query(
                "update dead_letters set state = $3, replayed_seq = $4, replayed_row = $5, updated_at = $6
                 where tenant_id = $1 and id = $2 and state = 'open'",
            )
            .bind(tenant)
            .bind(id.as_uuid())
            .bind(state.as_str())
            .bind(seq)
            .bind(row)
            .bind(at)
            .execute(self.conn()?)
            .await?
            .rows_affected();
        }
        Ok(done)
    }

    async fn count_dead_letter_attempt(&mut self, ids: &[DeadLetterId]) -> Result<()> {
        let (tenant, at) = (self.tenant, millis(self.now()));
        for id in ids {
            sqlx::query(
                "update dead_letters set attempts = attempts + 1, updated_at = $3 where tenant_id = $1 and id = $2",
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
