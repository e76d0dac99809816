//! Agents and what they found.

use autonomos_runtime::ids::{FindingId, TaskId};
use autonomos_runtime::store::{FindingFilter, FindingState, NewAudit, NewTask as NewRow, Page, Paged};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

use super::shapes::{AgentView, FindingView};
use super::{Listing, Platform};
use crate::agent::definition::Definition;

impl Platform {
    /// Agents and how they are.
    pub async fn agents(&self, scope: &Scope) -> Result<Vec<AgentView>> {
        let mut tx = self.parts().store.read(scope).await?;
        let runs = tx.last_runs().await?;
        let mut out = Vec::new();
        for definition in Definition::shipped() {
            let last = runs.iter().find(|r| r.agent == definition.id);
            let filter =
                FindingFilter { agent: Some(definition.id.clone()), state: Some(FindingState::Open), check: None };
            let open = tx.findings(&filter, &Page::first(1000)).await?.items.len();
            out.push(AgentView {
                id: definition.id.clone(),
                name: definition.name.clone(),
                purpose: definition.purpose.clone(),
                autonomy: serde_json::to_value(definition.autonomy)
                    .ok()
                    .and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default(),
                entities: definition.entities.clone(),
                open_findings: open as i64,
                last_run_at: last.map(|r| r.started_at),
                last_run_state: last.map(|r| r.state.to_string()),
            });
        }
        Ok(out)
    }

    /// Runs an agent now.
    pub async fn run_agent(&self, scope: &Scope, agent: &str) -> Result<TaskId> {
        if Definition::named(agent).is_none() {
            return Err(Error::not_found("agent.unknown", format!("There is no agent {agent}.")));
        }
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let row = NewRow { kind: "agent".to_owned(), payload: json!({"agent": agent}), ..NewRow::default() };
        let task = tx.create_task(row).await?;
        tx.append_audit(NewAudit::new("agent.run", "agent", agent).after(json!({"task_id": task.id}))).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(task.id)
    }

    /// What agents found; `agent` narrows.
    pub async fn findings(&self, scope: &Scope, agent: Option<&str>, listing: Listing) -> Result<Paged<FindingView>> {
        if let Some(agent) = agent
            && Definition::named(agent).is_none()
        {
            return Err(Error::not_found("agent.unknown", format!("There is no agent {agent}.")));
        }
        let filter = FindingFilter { agent: agent.map(str::to_owned), state: listing.state()?, check: None };
        let mut tx = self.parts().store.read(scope).await?;
        Ok(tx.findings(&filter, &listing.page).await?.map(FindingView::from))
    }

    /// Accepts or dismisses a finding.
    pub async fn decide_finding(&self, scope: &Scope, id: FindingId, state: &str) -> Result<FindingView> {
        let state: FindingState = state.parse().map_err(|e: Error| e.field("/state"))?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.finding(id).await?;
        let finding = tx.decide_finding(id, state, None, None).await?;
        let note = NewAudit::new("finding.decide", "finding", id).before(json!({"state": before.state}));
        tx.append_audit(note.after(json!({"state": finding.state, "title": finding.title}))).await?;
        tx.save().await?;
        Ok(finding.into())
    }
}
