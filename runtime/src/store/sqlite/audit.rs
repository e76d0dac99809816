//! Rows of `audit`, and the chain over them.

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use uuid::Uuid;

use super::row::{Columns, all, maybe_json, millis};
use super::{SqliteTx, missing};
use crate::Result;
use crate::store::audit::{chain, exact_or_beneath};
use crate::store::{Audit, AuditEntry, AuditFilter, NewAudit, Page, Paged};

fn read(row: &SqliteRow) -> Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.int("seq")?,
        at: row.time("at")?,
        actor: row.text("actor")?,
        trace_id: row.text("trace_id")?,
        action: row.text("action")?,
        subject: row.text("subject")?,
        before: row.maybe_json("before")?,
        after: row.maybe_json("after")?,
        hash: row.text("hash")?,
    })
}

/// Adds an entry to the tenant's chain: by whom, for which request, what.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    tenant: Uuid,
    at: i64,
    (actor, trace): (&str, &str),
    new: NewAudit,
) -> Result<()> {
    let counter = sqlx::query(
        "update tenant_counters set audit_head = audit_head + 1 where tenant_id = ?1 returning audit_head, audit_hash",
    )
    .bind(tenant)
    .fetch_optional(&mut *connection)
    .await?
    .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
    let (seq, last) = (counter.int("audit_head")?, counter.text("audit_hash")?);
    let (before, after) = (maybe_json(new.before.as_ref())?, maybe_json(new.after.as_ref())?);
    let parts = [
        &*last,
        actor,
        trace,
        &new.action,
        &new.subject,
        before.as_deref().unwrap_or_default(),
        after.as_deref().unwrap_or_default(),
    ];
    let hash = chain(seq, at, parts);
    sqlx::query(
        "insert into audit (tenant_id, seq, at, actor, trace_id, action, subject, before, after, hash)
         values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(tenant)
    .bind(seq)
    .bind(at)
    .bind(actor)
    .bind(trace)
    .bind(&new.action)
    .bind(&new.subject)
    .bind(&before)
    .bind(&after)
    .bind(&hash)
    .execute(&mut *connection)
    .await?;
    sqlx::query("update tenant_counters set audit_hash = ?2 where tenant_id = ?1")
        .bind(tenant)
        .bind(&hash)
        .execute(connection)
        .await?;
    Ok(())
}

#[async_trait::async_trait]
impl Audit for SqliteTx {
    async fn append_audit(&mut self, new: NewAudit) -> Result<()> {
        let (tenant, at) = (self.tenant, millis(self.now()));
        let (actor, trace) = (self.actor.clone(), self.trace.clone());
        append(self.conn()?, tenant, at, (&actor, &trace), new).await?;
        self.noted = true;
        Ok(())
    }

    async fn audit(&mut self, filter: &AuditFilter, page: &Page) -> Result<Paged<AuditEntry>> {
        let (action, actions) = exact_or_beneath(filter.action.as_deref(), '.');
        let (subject, subjects) = exact_or_beneath(filter.subject.as_deref(), '/');
        let rows = sqlx::query(
            "select * from audit
             where tenant_id = ?1 and seq < ?2 and (?3 is null or actor = ?3) and (?4 is null or action = ?4)
                 and (?5 is null or substr(action, 1, length(?5)) = ?5) and (?6 is null or subject = ?6)
                 and (?7 is null or substr(subject, 1, length(?7)) = ?7)
                 and (?8 is null or at >= ?8) and (?9 is null or at < ?9)
                 and (?10 is null or instr(lower(action || ' ' || subject || ' ' || coalesce(before, '') || ' '
                     || coalesce(after, '')), lower(?10)) > 0)
             order by seq desc limit ?11",
        )
        .bind(self.tenant)
        .bind(page.after_key::<i64>()?.unwrap_or(i64::MAX))
        .bind(&filter.actor)
        .bind(action)
        .bind(actions)
        .bind(subject)
        .bind(subjects)
        .bind(filter.since.map(millis))
        .bind(filter.until.map(millis))
        .bind(&filter.text)
        .bind(page.limit() + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |entry| entry.seq.to_string()))
    }

    async fn audit_chain(&mut self, after: i64, limit: u32) -> Result<Vec<AuditEntry>> {
        let rows = sqlx::query("select * from audit where tenant_id = ?1 and seq > ?2 order by seq limit ?3")
            .bind(self.tenant)
            .bind(after)
            .bind(limit)
            .fetch_all(self.conn()?)
            .await?;
        all(&rows, read)
    }

    async fn verify_audit(&mut self) -> Result<Option<i64>> {
        let counter = sqlx::query("select audit_head, audit_hash from tenant_counters where tenant_id = ?1")
            .bind(self.tenant)
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("tenant", "tenant.unknown"))?;
        let (mut expected, mut last) = (1_i64, String::new());
        loop {
            let rows = sqlx::query("select * from audit where tenant_id = ?1 and seq >= ?2 order by seq limit 1000")
                .bind(self.tenant)
                .bind(expected)
                .fetch_all(self.conn()?)
                .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let (before, after) = (row.maybe_text("before")?, row.maybe_text("after")?);
                let parts = [
                    &*last,
                    &row.text("actor")?,
                    &row.text("trace_id")?,
                    &row.text("action")?,
                    &row.text("subject")?,
                    before.as_deref().unwrap_or_default(),
                    after.as_deref().unwrap_or_default(),
                ];
                let hash = chain(row.int("seq")?, row.int("at")?, parts);
                if row.int("seq")? != expected || row.text("hash")? != hash {
                    return Ok(Some(expected));
                }
                (expected, last) = (expected + 1, hash);
            }
        }
        let whole = counter.int("audit_head")? == expected - 1 && counter.text("audit_hash")? == last;
        Ok(if whole { None } else { Some(expected) })
    }
}
