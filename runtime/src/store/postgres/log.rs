//! Rows of `canonical_streams`, and the transactions of the ledger: a batch, the adoption of a mapping, a compaction.
//!
//! The order of statements is that of the guarantees: fence, known batch, cursor, number, row, cursor moved. All checks
//! stand before the first write, so an answer other than "committed" has written nothing.

use bytes::Bytes;
use futures::TryStreamExt;
use sqlx::postgres::PgRow;

use super::row::{Columns, all, json, millis};
use super::{PostgresTx, dead_letters, drifts, missing, stale, streams};
use crate::canonical::{BatchId, batch_id};
use crate::ids::{ConnectionId, MappingId};
use crate::store::{
    AdoptMapping, Adopted, BatchCommit, Committed, Effective, EntryKind, Log, LogEntry, LogStats, MappingState,
    Mappings, NewEntry, Outline, Owners, Packed, ReadLimit, Replacement, Streams,
};
use crate::{Error, Result};

fn read(row: &PgRow) -> Result<LogEntry> {
    Ok(LogEntry {
        seq: row.int("seq")?,
        batch_id: BatchId::from_stored(row.text("batch_id")?),
        kind: row.word("kind")?,
        connection: row.maybe_uuid("connection_id")?.map(ConnectionId::from_uuid),
        stream: row.maybe_text("stream")?,
        entity: row.maybe_text("entity")?,
        mapping_version: row.maybe_int("mapping_version")?,
        fingerprint: row.maybe_text("fingerprint")?,
        rows: row.int("rows")?,
        rejected: row.int("rejected")?,
        cursor_from: row.maybe_text("cursor_from")?,
        cursor_to: row.maybe_text("cursor_to")?,
        epoch: row.int("epoch")?,
        at: row.time("at")?,
        payload: Bytes::from(row.get::<Vec<u8>>("payload")?),
        from_seq: row.maybe_int("from_seq")?,
    })
}

/// What a row of the log is made of, but for what the transaction knows.
struct Insert {
    batch_id: BatchId,
    kind: EntryKind,
    connection: Option<ConnectionId>,
    stream: Option<String>,
    entity: Option<String>,
    mapping_version: Option<i64>,
    fingerprint: Option<String>,
    rows: i64,
    rejected: i64,
    cursor_from: Option<String>,
    cursor_to: Option<String>,
    epoch: i64,
    from_seq: Option<i64>,
    payload: Bytes,
}

fn outline(row: &PgRow) -> Result<Outline> {
    Ok(Outline {
        seq: row.int("seq")?,
        kind: row.word("kind")?,
        entity: row.maybe_text("entity")?,
        mapping_version: row.maybe_int("mapping_version")?,
        rows: row.int("rows")?,
        bytes: row.int("bytes")?,
        replay: row.flag("replay")?,
        at: row.time("at")?,
        packed: row.get("pruned")?,
    })
}

/// Position and bytes of an entry.
fn weight(row: &PgRow) -> Result<(i64, i64)> {
    Ok((row.int("seq")?, row.int("bytes")?))
}

impl PostgresTx {
    /// Takes the tenant's next number.
    async fn next_seq(&mut self, rows: i64, bytes: i64) -> Result<i64> {
        sqlx::query_scalar(
            "update tenant_counters set log_head = log_head + 1, log_rows = log_rows + $2, log_bytes = log_bytes + $3
             where tenant_id = $1 returning log_head",
        )
        .bind(self.tenant)
        .bind(rows)
        .bind(bytes)
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| missing("tenant", "tenant.unknown"))
    }

    async fn insert_entry(&mut self, seq: i64, entry: Insert) -> Result<()> {
        let bytes = entry.payload.len() as i64;
        sqlx::query(
            "insert into canonical_streams (tenant_id, seq, batch_id, kind, connection_id, stream, entity,
                 mapping_version, fingerprint, rows, rejected, cursor_from, cursor_to, epoch, at, from_seq, bytes, payload)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        )
        .bind(self.tenant)
        .bind(seq)
        .bind(entry.batch_id.as_str())
        .bind(entry.kind.as_str())
        .bind(entry.connection.map(|id| id.as_uuid()))
        .bind(entry.stream)
        .bind(entry.entity)
        .bind(entry.mapping_version)
        .bind(entry.fingerprint)
        .bind(entry.rows)
        .bind(entry.rejected)
        .bind(entry.cursor_from)
        .bind(entry.cursor_to)
        .bind(entry.epoch)
        .bind(millis(self.now()))
        .bind(entry.from_seq)
        .bind(bytes)
        // Without a copy when nobody else holds it.
        .bind(Vec::<u8>::from(entry.payload))
        .execute(self.conn()?)
        .await?;
        Ok(())
    }

    /// The entries whose weights were read, one payload in memory at a time besides those answered.
    async fn entries(&mut self, after: i64, until: i64) -> Result<Vec<LogEntry>> {
        let tenant = self.tenant;
        sqlx::query("select * from canonical_streams where tenant_id = $1 and seq > $2 and seq <= $3 order by seq")
            .bind(tenant)
            .bind(after)
            .bind(until)
            .fetch(self.conn()?)
            .map_err(Error::from)
            .and_then(|row| std::future::ready(read(&row)))
            .try_collect()
            .await
    }
}

#[async_trait::async_trait]
impl Log for PostgresTx {
    async fn commit_batch(&mut self, batch: BatchCommit) -> Result<Committed> {
        self.fence(batch.epoch).await?;
        if let Some(seq) = self.find_batch(&batch.batch_id).await? {
            return Ok(Committed::AlreadyCommitted { seq });
        }
        let stream = self.stream(batch.connection, &batch.stream).await?;
        if stream.cursor != batch.cursor_from {
            // A batch without rows leaves nothing in the log; that the cursor stands at its end is all that shows it.
            if batch.rows == 0 && stream.cursor.as_deref() == Some(&*batch.cursor_to) {
                return Ok(Committed::AlreadyCommitted { seq: self.log_head().await? });
            }
            return Ok(Committed::Conflict { cursor: stream.cursor });
        }
        let (rows, rejected) = (batch.rows as i64, batch.dead_letters.len() as i64);
        let (tenant, now) = (self.tenant, self.now());
        let (seq, detected) = if rows > 0 {
            let seq = self.next_seq(rows, batch.payload.len() as i64).await?;
            (seq, seq)
        } else {
            let head = self.log_head().await?;
            (head, head + 1)
        };
        sqlx::query(
            "update streams set cursor = $4, entity = $5, rows = rows + $6, rejected = rejected + $7,
                 last_seq = case when $6 > 0 then $8 else last_seq end, updated_at = $9
             where tenant_id = $1 and connection_id = $2 and name = $3",
        )
        .bind(tenant)
        .bind(batch.connection.as_uuid())
        .bind(&batch.stream)
        .bind(&batch.cursor_to)
        .bind(&batch.entity)
        .bind(rows)
        .bind(rejected)
        .bind(seq)
        .bind(millis(now))
        .execute(self.conn()?)
        .await?;
        streams::apply(self.conn()?, (tenant, batch.connection, &batch.stream), &batch.stream_update, now).await?;
        let place = dead_letters::Place {
            tenant,
            connection: batch.connection,
            stream: &batch.stream,
            seq,
            mapping_version: batch.mapping_version,
        };
        let ambient = self.ambient.clone();
        dead_letters::insert(self.conn()?, &place, batch.dead_letters, &ambient).await?;
        let place = drifts::Place {
            tenant,
            connection: batch.connection,
            stream: &batch.stream,
            seq: detected,
            mapping_before: stream.mapping_version,
        };
        let drifts = drifts::insert(self.conn()?, &place, batch.drifts, &ambient).await?;
        if rows > 0 {
            let entry = Insert {
                batch_id: batch.batch_id,
                kind: EntryKind::Records,
                connection: Some(batch.connection),
                stream: Some(batch.stream),
                entity: Some(batch.entity),
                mapping_version: Some(batch.mapping_version),
                fingerprint: Some(batch.fingerprint),
                rows,
                rejected,
                cursor_from: batch.cursor_from,
                cursor_to: Some(batch.cursor_to),
                epoch: batch.epoch,
                from_seq: None,
                payload: batch.payload,
            };
            self.insert_entry(seq, entry).await?;
        }
        Ok(Committed::Committed { seq, drifts })
    }

    async fn adopt_mapping(&mut self, adopt: AdoptMapping) -> Result<Adopted> {
        let epoch = if let Some(epoch) = adopt.epoch {
            self.fence(epoch).await?;
            epoch
        } else {
            self.owner().await?.epoch
        };
        self.stream(adopt.connection, &adopt.stream).await?;
        let active = self.active_mapping(adopt.connection, &adopt.stream).await?;
        let active_version = active.as_ref().map(|m| m.version);
        if adopt.expected_version.is_some_and(|expected| expected != active_version.unwrap_or(0)) {
            return Ok(Adopted::Conflict { active_version });
        }
        let (tenant, connection, now) = (self.tenant, adopt.connection.as_uuid(), self.now());
        let last: i64 = sqlx::query_scalar(
            "select coalesce(max(version), 0) from mappings where tenant_id = $1 and connection_id = $2 and stream = $3",
        )
        .bind(tenant)
        .bind(connection)
        .bind(&adopt.stream)
        .fetch_one(self.conn()?)
        .await?;
        let version = last + 1;
        let mut mapping = adopt.mapping;
        mapping.version = version;
        let rules = json(&mapping)?;
        let effective = Effective { mapping, retracts: adopt.retracts };
        let payload = json(&effective)?;
        let Effective { mapping, retracts } = effective;
        let mut retracted = 0;
        for retract in &retracts {
            let place = (tenant, adopt.connection, adopt.stream.as_str());
            let reopened = dead_letters::reopen(self.conn()?, place, retract, now).await?;
            if reopened != retract.rows.len() as u64 {
                return Err(Error::conflict(
                    "dead_letter.not_replayed",
                    format!("Entry {} of the log has rows that are no replayed dead letter's.", retract.seq),
                )
                .remedy("Look at the stream as it is now and decide again."));
            }
            retracted += reopened as i64;
        }
        let seq = self.next_seq(0, payload.len() as i64).await?;
        let from_seq = adopt.from_seq.unwrap_or(seq);

        let past = if adopt.revert { MappingState::Reverted } else { MappingState::Superseded };
        sqlx::query(
            "update mappings set state = $4
             where tenant_id = $1 and connection_id = $2 and stream = $3 and state = 'active'",
        )
        .bind(tenant)
        .bind(connection)
        .bind(&adopt.stream)
        .bind(past.as_str())
        .execute(self.conn()?)
        .await?;
        let (id, author) = (MappingId::new(&self.ambient), self.actor.clone());
        sqlx::query(
            "insert into mappings (tenant_id, id, connection_id, stream, version, mapping, author, origin, reason,
                 from_seq, seq, state, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(tenant)
        .bind(id.as_uuid())
        .bind(connection)
        .bind(&adopt.stream)
        .bind(version)
        .bind(&rules)
        .bind(author)
        .bind(json(&adopt.origin)?.trim_matches('"'))
        .bind(adopt.reason)
        .bind(from_seq)
        .bind(seq)
        .bind(MappingState::Active.as_str())
        .bind(millis(now))
        .execute(self.conn()?)
        .await?;
        sqlx::query(
            "update streams set mapping_version = $4, entity = $5, rows = rows - $6
             where tenant_id = $1 and connection_id = $2 and name = $3",
        )
        .bind(tenant)
        .bind(connection)
        .bind(&adopt.stream)
        .bind(version)
        .bind(&mapping.entity)
        .bind(retracted)
        .execute(self.conn()?)
        .await?;
        streams::apply(self.conn()?, (tenant, adopt.connection, &adopt.stream), &adopt.stream_update, now).await?;
        for (drift, state) in adopt.drifts {
            drifts::settle(self.conn()?, tenant, drift, state, version, now).await?;
        }
        let entry = Insert {
            batch_id: batch_id(&adopt.connection.to_string(), &adopt.stream, Some("mapping"), &version.to_string()),
            kind: EntryKind::Mapping,
            connection: Some(adopt.connection),
            stream: Some(adopt.stream),
            entity: Some(mapping.entity),
            mapping_version: Some(version),
            fingerprint: None,
            rows: 0,
            rejected: 0,
            cursor_from: None,
            cursor_to: None,
            epoch,
            from_seq: Some(from_seq),
            payload: payload.into(),
        };
        self.insert_entry(seq, entry).await?;
        Ok(Adopted::Adopted { version, seq, from_seq })
    }

    async fn append_entry(&mut self, entry: NewEntry) -> Result<i64> {
        self.fence(entry.epoch).await?;
        if matches!(entry.kind, EntryKind::Records | EntryKind::Mapping) {
            return Err(Error::internal("log.kind", "records and mappings have calls of their own"));
        }
        if let Some(seq) = self.find_batch(&entry.batch_id).await? {
            return Ok(seq);
        }
        let seq = self.next_seq(0, entry.payload.len() as i64).await?;
        let entry = Insert {
            batch_id: entry.batch_id,
            kind: entry.kind,
            connection: entry.connection,
            stream: entry.stream,
            entity: entry.entity,
            mapping_version: None,
            fingerprint: None,
            rows: 0,
            rejected: 0,
            cursor_from: None,
            cursor_to: None,
            epoch: entry.epoch,
            from_seq: None,
            payload: entry.payload,
        };
        self.insert_entry(seq, entry).await?;
        Ok(seq)
    }

    async fn log_head(&mut self) -> Result<i64> {
        Ok(self.log_stats().await?.head)
    }

    async fn log_stats(&mut self) -> Result<LogStats> {
        let row = sqlx::query(
            "select log_head, log_rows, log_bytes, log_compacted, log_saved from tenant_counters where tenant_id = $1",
        )
        .bind(self.tenant)
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
        Ok(LogStats {
            head: row.int("log_head")?,
            rows: row.int("log_rows")?,
            bytes: row.int("log_bytes")?,
            compacted: row.int("log_compacted")?,
            saved: row.int("log_saved")?,
        })
    }

    async fn read_log(&mut self, after: i64, limit: ReadLimit) -> Result<Vec<LogEntry>> {
        let weights = sqlx::query(
            "select seq, bytes from canonical_streams where tenant_id = $1 and seq > $2 order by seq limit $3",
        )
        .bind(self.tenant)
        .bind(after)
        .bind(i64::from(limit.entries.max(1)))
        .fetch_all(self.conn()?)
        .await?;
        match limit.reach(all(&weights, weight)?) {
            Some(until) => self.entries(after, until).await,
            None => Ok(Vec::new()),
        }
    }

    async fn read_stream(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        after: i64,
        limit: ReadLimit,
    ) -> Result<Vec<LogEntry>> {
        let weights = sqlx::query(
            "select seq, bytes from canonical_streams
             where tenant_id = $1 and connection_id = $2 and stream = $3 and kind = 'records' and seq > $4
                 and (bytes > 0 or rejected > 0)
             order by seq limit $5",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .bind(after)
        .bind(i64::from(limit.entries.max(1)))
        .fetch_all(self.conn()?)
        .await?;
        let Some(until) = limit.reach(all(&weights, weight)?) else { return Ok(Vec::new()) };
        let tenant = self.tenant;
        sqlx::query(
            "select * from canonical_streams
             where tenant_id = $1 and connection_id = $2 and stream = $3 and kind = 'records' and seq > $4 and seq <= $5
                 and (bytes > 0 or rejected > 0)
             order by seq",
        )
        .bind(tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .bind(after)
        .bind(until)
        .fetch(self.conn()?)
        .map_err(Error::from)
        .and_then(|row| std::future::ready(read(&row)))
        .try_collect()
        .await
    }

    async fn mapping_entries(&mut self, stream: Option<(ConnectionId, &str)>) -> Result<Vec<LogEntry>> {
        let rows = sqlx::query(
            "select * from canonical_streams
             where tenant_id = $1 and kind = 'mapping' and kind <> 'records'
                 and ($2 is null or (connection_id = $2 and stream = $3))
             order by seq",
        )
        .bind(self.tenant)
        .bind(stream.map(|(connection, _)| connection.as_uuid()))
        .bind(stream.map(|(_, name)| name))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }

    async fn log_entry(&mut self, seq: i64) -> Result<LogEntry> {
        let row = sqlx::query("select * from canonical_streams where tenant_id = $1 and seq = $2")
            .bind(self.tenant)
            .bind(seq)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("position of the log", "log.unknown"))?;
        read(&row)
    }

    async fn find_batch(&mut self, id: &BatchId) -> Result<Option<i64>> {
        Ok(sqlx::query_scalar("select seq from canonical_streams where tenant_id = $1 and batch_id = $2")
            .bind(self.tenant)
            .bind(id.as_str())
            .fetch_optional(self.conn()?)
            .await?)
    }

    async fn outline(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<Outline>> {
        let records = sqlx::query(
            "select s.seq, s.kind, s.entity, s.mapping_version, s.rows, s.bytes, s.cursor_from is not distinct from s.cursor_to as replay,
                 s.at, p.pruned
             from canonical_streams s left join canonical_packs p on p.tenant_id = s.tenant_id and p.seq = s.seq
             where s.tenant_id = $1 and s.connection_id = $2 and s.stream = $3 and s.kind = 'records' and s.seq > $4
                 and (s.bytes > 0 or s.rejected > 0) and s.bytes > 0
             order by s.seq limit $5",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .bind(after)
        .bind(i64::from(limit.max(1)))
        .fetch_all(self.conn()?)
        .await?;
        let others = sqlx::query(
            "select seq, kind, entity, mapping_version, rows, bytes, false as replay, at, null::boolean as pruned
             from canonical_streams
             where tenant_id = $1 and kind in ('mapping', 'purge') and kind <> 'records' and connection_id = $2
                 and (stream is null or stream = $3) and seq > $4
             order by seq",
        )
        .bind(self.tenant)
        .bind(connection.as_uuid())
        .bind(stream)
        .bind(after)
        .fetch_all(self.conn()?)
        .await?;
        let mut found = all(&records, outline)?;
        found.extend(all(&others, outline)?);
        found.sort_unstable_by_key(|o| o.seq);
        Ok(found)
    }

    async fn first_unpruned(&mut self) -> Result<Option<Packed>> {
        let row = sqlx::query(
            "select s.connection_id, s.stream, s.seq, s.at
             from canonical_packs p join canonical_streams s on s.tenant_id = p.tenant_id and s.seq = p.seq
             where p.tenant_id = $1 and not p.pruned order by p.seq limit 1",
        )
        .bind(self.tenant)
        .fetch_optional(self.conn()?)
        .await?;
        let packed = |row: PgRow| {
            Ok(Packed {
                connection: ConnectionId::from_uuid(row.uuid("connection_id")?),
                stream: row.text("stream")?,
                seq: row.int("seq")?,
                at: row.time("at")?,
            })
        };
        row.map(packed).transpose()
    }

    async fn compact_log(&mut self, epoch: i64, replacements: Vec<Replacement>) -> Result<()> {
        self.fence(epoch).await?;
        for replacement in &replacements {
            let before: Option<(i64, i64, bool)> = sqlx::query_as(
                "select rows, bytes, cursor_from is not distinct from cursor_to from canonical_streams
                 where tenant_id = $1 and seq = $2 and kind = 'records'",
            )
            .bind(self.tenant)
            .bind(replacement.seq)
            .fetch_optional(self.conn()?)
            .await?;
            let (rows, bytes, replay) = before.ok_or_else(|| missing("position of the log", "log.unknown"))?;
            if replay {
                return Err(Error::conflict("log.replay", "an entry of rows that were tried again stays as it is"));
            }
            if (rows, bytes) != replacement.was {
                return Err(stale("entry of the log", "log.changed"));
            }
        }
        for replacement in replacements {
            self.replace_entry(replacement).await?;
        }
        Ok(())
    }
}

impl PostgresTx {
    /// Puts an entry in anew with other contents.
    async fn replace_entry(&mut self, replacement: Replacement) -> Result<()> {
        let (tenant, seq, bytes) = (self.tenant, replacement.seq, replacement.payload.len() as i64);
        let emptied = replacement.payload.is_empty();
        sqlx::query(
            "update canonical_streams set rows = $3, bytes = $4, payload = $5 where tenant_id = $1 and seq = $2",
        )
        .bind(tenant)
        .bind(seq)
        .bind(replacement.rows)
        .bind(bytes)
        .bind(Vec::<u8>::from(replacement.payload))
        .execute(self.conn()?)
        .await?;
        sqlx::query("delete from canonical_packs where tenant_id = $1 and seq = $2")
            .bind(tenant)
            .bind(seq)
            .execute(self.conn()?)
            .await?;
        if !emptied {
            sqlx::query("insert into canonical_packs (tenant_id, seq, pruned) values ($1, $2, $3)")
                .bind(tenant)
                .bind(seq)
                .bind(replacement.pruned)
                .execute(self.conn()?)
                .await?;
        }
        sqlx::query(
            "update tenant_counters set log_rows = log_rows + $2, log_bytes = log_bytes + $3,
                 log_compacted = log_compacted + $4, log_saved = log_saved - $3
             where tenant_id = $1",
        )
        .bind(tenant)
        .bind(replacement.rows - replacement.was.0)
        .bind(bytes - replacement.was.1)
        .bind(i64::from(emptied))
        .execute(self.conn()?)
        .await?;
        Ok(())
    }
}
