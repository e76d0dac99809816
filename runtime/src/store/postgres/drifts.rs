//! Rows of `drifts`.

use sqlx::postgres::{PgConnection, PgRow};
use uuid::Uuid;

use super::row::{Columns, all, before, json, millis};
use super::{PostgresTx, missing};
use crate::ids::{ConnectionId, DriftId, ReviewId};
use crate::store::{Drift, DriftFilter, DriftState, DriftUpdate, Drifts, Log, NewDrift, Page, Paged, Streams};
use crate::{Ambient, Error, Result, Timestamp};

/// Where drifts were seen.
pub(super) struct Place<'a> {
    pub(super) tenant: Uuid,
    pub(super) connection: ConnectionId,
    pub(super) stream: &'a str,
    pub(super) seq: i64,
    pub(super) mapping_before: Option<i64>,
}

/// Keeps drifts; answers their ids, or those of the open ones that say the same.
pub(super) async fn insert(
    connection: &mut PgConnection,
    place: &Place<'_>,
    drifts: Vec<NewDrift>,
    ambient: &Ambient,
) -> Result<Vec<DriftId>> {
    let at = millis(ambient.now());
    let mut ids = Vec::with_capacity(drifts.len());
    for drift in drifts {
        let known: Option<Uuid> = sqlx::query_scalar(
            "select id from drifts
             where tenant_id = $1 and connection_id = $2 and stream = $3 and kind = $4
                 and coalesce(was, '') = coalesce($5, '') and coalesce(became, '') = coalesce($6, '')
                 and state in ('detected', 'review', 'quarantined')",
        )
        .bind(place.tenant)
        .bind(place.connection.as_uuid())
        .bind(place.stream)
        .bind(&drift.kind)
        .bind(&drift.from)
        .bind(&drift.to)
        .fetch_optional(&mut *connection)
        .await?;
        if let Some(id) = known {
            ids.push(DriftId::from_uuid(id));
            continue;
        }
        let id = DriftId::new(ambient);
        sqlx::query(
            "insert into drifts (tenant_id, id, connection_id, stream, kind, was, became, severity, state, confidence,
                 evidence, detected_seq, mapping_before, detected_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)",
        )
        .bind(place.tenant)
        .bind(id.as_uuid())
        .bind(place.connection.as_uuid())
        .bind(place.stream)
        .bind(drift.kind)
        .bind(drift.from)
        .bind(drift.to)
        .bind(drift.severity)
        .bind(DriftState::Detected.as_str())
        .bind(drift.confidence)
        .bind(json(&drift.evidence)?)
        .bind(place.seq)
        .bind(place.mapping_before)
        .bind(at)
        .execute(&mut *connection)
        .await?;
        ids.push(id);
    }
    Ok(ids)
}

/// What an adopted mapping makes of a drift. A reverted one keeps the version that had healed it.
pub(super) async fn settle(
    connection: &mut PgConnection,
    tenant: Uuid,
    id: DriftId,
    state: DriftState,
    version: i64,
    at: Timestamp,
) -> Result<()> {
    let done = sqlx::query(
        "update drifts set state = $3, updated_at = $5,
             mapping_after = case when $3 = 'healed' then $4 else mapping_after end
         where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id.as_uuid())
    .bind(state.as_str())
    .bind(version)
    .bind(millis(at))
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(missing("drift", "drift.unknown")) } else { Ok(()) }
}

fn read(row: &PgRow) -> Result<Drift> {
    Ok(Drift {
        id: DriftId::from_uuid(row.uuid("id")?),
        connection_id: ConnectionId::from_uuid(row.uuid("connection_id")?),
        stream: row.text("stream")?,
        kind: row.text("kind")?,
        from: row.maybe_text("was")?,
        to: row.maybe_text("became")?,
        severity: row.text("severity")?,
        state: row.word("state")?,
        confidence: row.get("confidence")?,
        evidence: row.json("evidence")?,
        detected_seq: row.int("detected_seq")?,
        mapping_before: row.maybe_int("mapping_before")?,
        mapping_after: row.maybe_int("mapping_after")?,
        review_id: row.maybe_uuid("review_id")?.map(ReviewId::from_uuid),
        detected_at: row.time("detected_at")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl Drifts for PostgresTx {
    async fn detect_drifts(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        drifts: Vec<NewDrift>,
    ) -> Result<Vec<DriftId>> {
        let place = Place {
            tenant: self.tenant,
            connection,
            stream,
            seq: self.log_head().await? + 1,
            mapping_before: self.stream(connection, stream).await?.mapping_version,
        };
        let ambient = self.ambient.clone();
        insert(self.conn()?, &place, drifts, &ambient).await
    }

    async fn drift(&mut self, id: DriftId) -> Result<Drift> {
        let row = sqlx::query("select * from drifts where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("drift", "drift.unknown"))?;
        read(&row)
    }

    async fn drifts(&mut self, filter: &DriftFilter, page: &Page) -> Result<Paged<Drift>> {
        let rows = sqlx::query(
            "select * from drifts
             where tenant_id = $1 and id < $2 and ($3 is null or state = $3) and ($4 is null or connection_id = $4)
                 and ($5 is null or stream = $5)
             order by id desc limit $6",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(filter.state.map(DriftState::as_str))
        .bind(filter.connection.map(|id| id.as_uuid()))
        .bind(&filter.stream)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |drift| drift.id.to_string()))
    }

    async fn update_drift(&mut self, id: DriftId, change: DriftUpdate, expect: Option<DriftState>) -> Result<Drift> {
        let row = sqlx::query(
            "update drifts set state = coalesce($3, state), confidence = coalesce($4, confidence),
                 evidence = coalesce($5, evidence), review_id = coalesce($6, review_id),
                 mapping_after = coalesce($7, mapping_after), updated_at = $8
             where tenant_id = $1 and id = $2 and ($9 is null or state = $9) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(change.state.map(DriftState::as_str))
        .bind(change.confidence)
        .bind(change.evidence.as_ref().map(json).transpose()?)
        .bind(change.review_id.map(|id| id.as_uuid()))
        .bind(change.mapping_after)
        .bind(millis(self.now()))
        .bind(expect.map(DriftState::as_str))
        .fetch_optional(self.conn()?)
        .await?;
        match row {
            Some(row) => read(&row),
            None => self.drift(id).await.and_then(|drift| {
                Err(Error::conflict("drift.moved_on", format!("the drift is {} by now", drift.state)))
            }),
        }
    }
}
