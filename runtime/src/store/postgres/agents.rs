//! Rows of `agent_runs` and `findings`.

use std::collections::HashMap;

use sqlx::postgres::PgRow;

use super::row::{Columns, all, before, json, maybe_json, millis};
use super::{PostgresTx, missing, stale};
use crate::Result;
use crate::ids::{FindingId, RunId};
use crate::store::{
    AgentRun, Agents, Finding, FindingFilter, FindingState, FindingsChange, NewFinding, Page, Paged, RunState,
};

fn read_run(row: &PgRow) -> Result<AgentRun> {
    Ok(AgentRun {
        id: RunId::from_uuid(row.uuid("id")?),
        agent: row.text("agent")?,
        trigger: row.text("set_off_by")?,
        state: row.word("state")?,
        position: row.int("position")?,
        steps: row.json("steps")?,
        summary: row.maybe_json("summary")?,
        error: row.maybe_text("error")?,
        started_at: row.time("started_at")?,
        finished_at: row.maybe_time("finished_at")?,
    })
}

fn read_finding(row: &PgRow) -> Result<Finding> {
    Ok(Finding {
        id: FindingId::from_uuid(row.uuid("id")?),
        agent: row.text("agent")?,
        key: row.text("key")?,
        check: row.text("check_name")?,
        title: row.text("title")?,
        severity: row.text("severity")?,
        impact: row.json("impact")?,
        subject: row.json("subject")?,
        evidence: row.json("evidence")?,
        state: row.word("state")?,
        times_seen: row.int("times_seen")?,
        last_run_id: RunId::from_uuid(row.uuid("last_run_id")?),
        first_position: row.int("first_position")?,
        last_position: row.int("last_position")?,
        first_seen_at: row.time("first_seen_at")?,
        last_seen_at: row.time("last_seen_at")?,
        decided_by: row.maybe_text("decided_by")?,
        note: row.maybe_text("note")?,
        version: row.int("version")?,
    })
}

#[async_trait::async_trait]
impl Agents for PostgresTx {
    async fn start_run(&mut self, agent: &str, trigger: &str, position: i64) -> Result<AgentRun> {
        let row = sqlx::query(
            "insert into agent_runs (tenant_id, id, agent, set_off_by, state, position, steps, started_at)
             values ($1, $2, $3, $4, 'running', $5, '[]', $6) returning *",
        )
        .bind(self.tenant)
        .bind(RunId::new(&self.ambient).as_uuid())
        .bind(agent)
        .bind(trigger)
        .bind(position)
        .bind(millis(self.now()))
        .fetch_one(self.conn()?)
        .await?;
        read_run(&row)
    }

    async fn progress_run(&mut self, id: RunId, steps: serde_json::Value) -> Result<()> {
        let done = sqlx::query("update agent_runs set steps = $3 where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .bind(json(&steps)?)
            .execute(self.conn()?)
            .await?;
        if done.rows_affected() == 0 { Err(missing("run", "run.unknown")) } else { Ok(()) }
    }

    async fn finish_run(
        &mut self,
        id: RunId,
        state: RunState,
        summary: Option<serde_json::Value>,
        error: Option<String>,
    ) -> Result<AgentRun> {
        let row = sqlx::query(
            "update agent_runs set state = $3, summary = $4, error = $5, finished_at = $6
             where tenant_id = $1 and id = $2 returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(state.as_str())
        .bind(maybe_json(summary.as_ref())?)
        .bind(error)
        .bind(millis(self.now()))
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| missing("run", "run.unknown"))?;
        read_run(&row)
    }

    async fn run(&mut self, id: RunId) -> Result<AgentRun> {
        let row = sqlx::query("select * from agent_runs where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("run", "run.unknown"))?;
        read_run(&row)
    }

    async fn runs(&mut self, agent: Option<&str>, page: &Page) -> Result<Paged<AgentRun>> {
        let rows = sqlx::query(
            "select * from agent_runs where tenant_id = $1 and id < $2 and ($3 is null or agent = $3)
             order by id desc limit $4",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(agent)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read_run)?, page, |run| run.id.to_string()))
    }

    async fn last_runs(&mut self) -> Result<Vec<AgentRun>> {
        let rows =
            sqlx::query("select distinct on (agent) * from agent_runs where tenant_id = $1 order by agent, id desc")
                .bind(self.tenant)
                .fetch_all(self.conn()?)
                .await?;
        all(&rows, read_run)
    }

    async fn record_findings(&mut self, run: RunId, findings: Vec<NewFinding>) -> Result<FindingsChange> {
        let run = self.run(run).await?;
        let (tenant, at) = (self.tenant, millis(self.now()));
        let rows = sqlx::query("select key, state from findings where tenant_id = $1 and agent = $2")
            .bind(tenant)
            .bind(&run.agent)
            .fetch_all(self.conn()?)
            .await?;
        let mut known = HashMap::with_capacity(rows.len());
        for row in &rows {
            known.insert(row.text("key")?, row.word::<FindingState>("state")?);
        }
        let mut change = FindingsChange::default();
        for finding in findings {
            match known.get(&finding.key) {
                None => change.new += 1,
                Some(FindingState::Resolved) => change.reopened += 1,
                Some(_) => change.seen_again += 1,
            }
            sqlx::query(
                "insert into findings (tenant_id, id, agent, key, check_name, title, severity, impact, subject,
                     evidence, state, times_seen, last_run_id, first_position, last_position, first_seen_at,
                     last_seen_at, version)
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'open', 1, $11, $12, $12, $13, $13, 1)
                 on conflict (tenant_id, agent, key) do update set
                     check_name = excluded.check_name, title = excluded.title, severity = excluded.severity,
                     impact = excluded.impact, subject = excluded.subject, evidence = excluded.evidence,
                     state = case when findings.state = 'resolved' then 'open' else findings.state end,
                     times_seen = findings.times_seen + 1,
                     last_run_id = excluded.last_run_id, last_position = excluded.last_position,
                     last_seen_at = excluded.last_seen_at",
            )
            .bind(tenant)
            .bind(FindingId::new(&self.ambient).as_uuid())
            .bind(&run.agent)
            .bind(&finding.key)
            .bind(finding.check)
            .bind(finding.title)
            .bind(finding.severity)
            .bind(json(&finding.impact)?)
            .bind(json(&finding.subject)?)
            .bind(json(&finding.evidence)?)
            .bind(run.id.as_uuid())
            .bind(run.position)
            .bind(at)
            .execute(self.conn()?)
            .await?;
        }
        change.resolved = sqlx::query(
            "update findings set state = 'resolved', version = version + 1
             where tenant_id = $1 and agent = $2 and state in ('open', 'accepted') and last_run_id <> $3",
        )
        .bind(tenant)
        .bind(&run.agent)
        .bind(run.id.as_uuid())
        .execute(self.conn()?)
        .await?
        .rows_affected();
        Ok(change)
    }

    async fn finding(&mut self, id: FindingId) -> Result<Finding> {
        let row = sqlx::query("select * from findings where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("finding", "finding.unknown"))?;
        read_finding(&row)
    }

    async fn findings(&mut self, filter: &FindingFilter, page: &Page) -> Result<Paged<Finding>> {
        let rows = sqlx::query(
            "select * from findings
             where tenant_id = $1 and id < $2 and ($3 is null or agent = $3) and ($4 is null or state = $4)
                 and ($5 is null or check_name = $5)
             order by id desc limit $6",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(&filter.agent)
        .bind(filter.state.map(FindingState::as_str))
        .bind(&filter.check)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read_finding)?, page, |finding| finding.id.to_string()))
    }

    async fn decide_finding(
        &mut self,
        id: FindingId,
        state: FindingState,
        note: Option<String>,
        if_version: Option<i64>,
    ) -> Result<Finding> {
        let actor = self.actor.clone();
        let row = sqlx::query(
            "update findings set state = $3, note = coalesce($4, note), decided_by = $5, version = version + 1
             where tenant_id = $1 and id = $2 and ($6 is null or version = $6) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(state.as_str())
        .bind(note)
        .bind(actor)
        .bind(if_version)
        .fetch_optional(self.conn()?)
        .await?;
        match row {
            Some(row) => read_finding(&row),
            None => self.finding(id).await.and_then(|_| Err(stale("finding", "finding.stale"))),
        }
    }
}
