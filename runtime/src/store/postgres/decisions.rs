//! Rows of `decisions`.

use sqlx::postgres::PgRow;

use super::PostgresTx;
use super::row::{Columns, all, millis};
use crate::Result;
use crate::store::{Decision, Decisions, NewDecision};

fn read(row: &PgRow) -> Result<Decision> {
    Ok(Decision {
        system: Some(row.text("system")?).filter(|system| !system.is_empty()),
        object: row.text("object")?,
        source_field: row.text("source_field")?,
        target: row.text("target")?,
        kind: row.text("kind")?,
        verdict: row.word("verdict")?,
        confidence: row.get("confidence")?,
        decided_by: row.text("decided_by")?,
        times: row.int("times")?,
        decided_at: row.time("decided_at")?,
    })
}

#[async_trait::async_trait]
impl Decisions for PostgresTx {
    async fn remember(&mut self, decisions: Vec<NewDecision>) -> Result<()> {
        let (tenant, actor, at) = (self.tenant, self.actor.clone(), millis(self.now()));
        for decision in decisions {
            sqlx::query(
                "insert into decisions (tenant_id, kind, system, object, source_field, target, verdict, confidence,
                     decided_by, times, decided_at)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
                 on conflict (tenant_id, kind, system, object, source_field, target) do update set
                     times = case when decisions.verdict = excluded.verdict then decisions.times + 1 else 1 end,
                     verdict = excluded.verdict, confidence = excluded.confidence, decided_by = excluded.decided_by,
                     decided_at = excluded.decided_at",
            )
            .bind(tenant)
            .bind(decision.kind)
            .bind(decision.system.unwrap_or_default())
            .bind(decision.object)
            .bind(decision.source_field)
            .bind(decision.target)
            .bind(decision.verdict.as_str())
            .bind(decision.confidence)
            .bind(&actor)
            .bind(at)
            .execute(self.conn()?)
            .await?;
        }
        Ok(())
    }

    async fn decisions(&mut self, system: Option<&str>, object: Option<&str>, limit: u32) -> Result<Vec<Decision>> {
        let rows = sqlx::query(
            "select * from decisions
             where tenant_id = $1 and ($2 is null or system = $2) and ($3 is null or object = $3)
             order by decided_at desc, kind, system, object, source_field, target limit $4",
        )
        .bind(self.tenant)
        .bind(system)
        .bind(object)
        .bind(i64::from(limit))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }
}
