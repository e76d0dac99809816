//! AOA: the tenant's sources and agents as one orchestra: its state, a run of all of it, and a new start.

use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::store::{NewAudit, Page, TaskFilter, TaskState};
use autonomos_runtime::{Error, Kind, Result, Scope};
use serde_json::json;

use super::pipeline::started;
use super::shapes::{OrchestraView, PipelineView, RunOrchestra};
use super::{Listing, Platform};
use crate::agent::definition::Definition;

/// Where the last run is kept.
const RUN: &str = "aoa.run";

impl Platform {
    /// How everything is: the last run stage by stage, work by state, views, agents.
    pub async fn orchestra(&self, scope: &Scope) -> Result<OrchestraView> {
        let run = self.pipeline(scope, RUN).await?;
        let mut tx = self.parts().store.read(scope).await?;
        let mut tasks = serde_json::Map::new();
        for state in [TaskState::Queued, TaskState::InProgress, TaskState::RetryWait] {
            let filter = TaskFilter { state: Some(state), ..TaskFilter::default() };
            let found = tx.tasks(&filter, &Page::first(1000)).await?;
            let more = found.next_cursor.is_some();
            tasks.insert(state.as_str().to_owned(), json!({"count": found.items.len(), "more": more}));
        }
        drop(tx);
        let connections = self.connections(scope, Listing { page: Page::first(1000), ..Listing::default() }).await?;
        let sources = connections.items.into_iter().map(|c| json!({"id": c.id, "name": c.name, "state": c.state}));
        Ok(OrchestraView {
            state: run.state.clone(),
            run,
            running_limit: self.parts().config.tenant.running_tasks,
            tasks: tasks.into(),
            sources: sources.collect(),
            views: self.dcl_state(scope).await?,
            agents: self.agents(scope).await?,
        })
    }

    /// Reads sources (all that can be, unless some are named), and lets agents look at what came of it.
    pub async fn run_orchestra(&self, scope: &Scope, asked: &RunOrchestra) -> Result<PipelineView> {
        self.not_running(scope, RUN, "aoa.running").await?;
        let agents = match asked.agents.as_deref().map(listed) {
            None => Definition::shipped().iter().map(|agent| agent.id.clone()).collect(),
            Some(named) => named,
        };
        if let Some(unknown) = agents.iter().find(|name| Definition::named(name).is_none()) {
            return Err(Error::invalid("agent.unknown", format!("There is no agent {unknown}."))
                .field("agents")
                .remedy("GET /api/v1/agents lists them."));
        }
        let all = self.connections(scope, Listing { page: Page::first(1000), ..Listing::default() }).await?.items;
        let sources: Vec<(ConnectionId, String)> = match asked.sources.as_deref().map(listed) {
            None => {
                let runs = all.into_iter().filter(|c| !matches!(c.state.as_str(), "paused" | "quarantined"));
                runs.map(|c| (c.id, c.name)).collect()
            }
            Some(named) => {
                let find = |name: String| {
                    let found = all.iter().find(|c| c.name == name || c.id.to_string() == name);
                    found.map(|c| (c.id, c.name.clone())).ok_or_else(|| {
                        Error::invalid("aoa.unknown_source", format!("There is no source {name}."))
                            .field("sources")
                            .remedy("Name connections by name or id; GET /api/v1/aam/connections lists them.")
                    })
                };
                named.into_iter().map(find).collect::<Result<_>>()?
            }
        };
        if sources.is_empty() {
            return Err(Error::conflict("aoa.no_sources", "There is no source that could be read.")
                .remedy("Make a connection, or resume a paused one."));
        }
        self.start_pipeline(scope, RUN, sources, agents).await
    }

    /// Calls off what the last run left unfinished, forgets it, and builds the views anew from the log.
    pub async fn reset_orchestra(&self, scope: &Scope) -> Result<TaskId> {
        self.forget_pipeline(scope, RUN).await?;
        self.rebuild(scope).await
    }

    /// Calls off what is unfinished of the run kept under this name, and forgets it.
    pub(super) async fn forget_pipeline(&self, scope: &Scope, kept: &str) -> Result<()> {
        let last = started(self.parts().store.read(scope).await?.as_mut(), kept).await?;
        for source in last.iter().flat_map(|run| &run.sources) {
            match self.cancel_task(scope, source.task).await {
                Ok(_) => {}
                // It has ended, or went with its connection.
                Err(error) if matches!(error.kind, Kind::Conflict | Kind::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        let mut tx = self.parts().store.begin(scope).await?;
        tx.put_setting(kept, None).await?;
        tx.append_audit(NewAudit::new("pipeline.reset", "setting", kept).before(json!({"started": last}))).await?;
        tx.save().await
    }
}

fn listed(names: &str) -> Vec<String> {
    names.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
