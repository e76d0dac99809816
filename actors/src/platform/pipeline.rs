//! Runs through all layers: sources are asked and read, their rows become views, agents look. Asked for as a whole, seen
//! stage by stage.
//!
//! Nothing conducts a run. Starting it asks for what everybody can ask for, and writes down what was asked; how far it is
//! is read from the rows that the parts leave: tasks, the log, the views' position, runs of agents. So a restart in the
//! middle loses nothing, and no stage can say more than what is so. Agents look by themselves once views have moved; where
//! nothing was new, what they found before still holds.

use std::collections::BTreeSet;

use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::store::{AgentRun, NewAudit, RunState, Stream, Task, TaskState, Tx};
use autonomos_runtime::{Error, Kind, Result, Scope, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Platform;
use super::shapes::{PipelineView, StageView};
use crate::agent::definition::Definition;
use crate::flags::Flag;

/// What a run was started with; a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Started {
    pub at: Timestamp,
    pub sources: Vec<Asked>,
    pub agents: Vec<String>,
}

/// One source of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Asked {
    pub connection: ConnectionId,
    pub name: String,
    pub task: TaskId,
    /// Streams that it offers.
    pub streams: Vec<String>,
    /// Why it could not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
}

/// What the parts have left in rows by now.
#[derive(Debug, Default)]
struct Seen {
    /// None: its connection was deleted, and the task with it.
    tasks: Vec<Option<Task>>,
    streams: Vec<Stream>,
    /// Position of the views.
    position: i64,
    runs: Vec<AgentRun>,
    /// Entities whose views have rows.
    held: BTreeSet<String>,
}

/// Where a stage is.
const WAITING: &str = "waiting";
const RUNNING: &str = "running";
const SUCCESS: &str = "success";
const FAILED: &str = "failed";
const SKIPPED: &str = "skipped";

impl Platform {
    /// The run kept under this name and how far it is; none was started: nothing.
    pub(super) async fn pipeline(&self, scope: &Scope, kept: &str) -> Result<PipelineView> {
        let mut tx = self.parts().store.read(scope).await?;
        let aam_enabled = Flag::AamAsSource.is_on(tx.as_mut()).await?;
        let Some(started) = started(tx.as_mut(), kept).await? else {
            return Ok(PipelineView { state: "idle".to_owned(), aam_enabled, started_at: None, stages: Vec::new() });
        };
        let mut seen = Seen { runs: tx.last_runs().await?, ..Seen::default() };
        for source in &started.sources {
            seen.tasks.push(match tx.task(source.task).await {
                Ok(task) => Some(task),
                Err(error) if error.kind == Kind::NotFound => None,
                Err(error) => return Err(error),
            });
            seen.streams.extend(tx.streams(source.connection).await?);
        }
        drop(tx);
        seen.position = self.parts().dcl.stats(scope).await?.position;
        seen.held = self.parts().dcl.entities_with_rows(scope).await?;
        let stages = stages(&started, &seen);
        Ok(PipelineView { state: whole(&stages).to_owned(), aam_enabled, started_at: Some(started.at), stages })
    }

    /// Asks every source what it offers and for its rows, and keeps what was asked under this name. A conflict while the
    /// last one is under way.
    pub(super) async fn start_pipeline(
        &self,
        scope: &Scope,
        kept: &str,
        sources: Vec<(ConnectionId, String)>,
        agents: Vec<String>,
    ) -> Result<PipelineView> {
        let mut asked = Vec::with_capacity(sources.len());
        for (connection, name) in sources {
            // One that does not answer stops none of the others; its task will say the same.
            let (streams, error) = match self.discover(scope, connection).await {
                Ok(streams) => (streams.into_iter().map(|s| s.name).collect(), None),
                Err(e) => (Vec::new(), Some(json!({"code": e.code, "message": e.message, "remedy": e.remedy}))),
            };
            let task = self.sync_now(scope, connection).await?;
            asked.push(Asked { connection, name, task, streams, error });
        }
        let started = Started { at: self.parts().ambient().now(), sources: asked, agents };
        let row = serde_json::to_value(&started)
            .map_err(|e| Error::internal("pipeline.write", "the run could not be kept").source(e))?;
        let mut tx = self.parts().store.begin(scope).await?;
        tx.put_setting(kept, Some(row.clone())).await?;
        tx.append_audit(NewAudit::new("pipeline.start", "setting", kept).after(row)).await?;
        tx.save().await?;
        self.pipeline(scope, kept).await
    }

    /// Refuses when the run kept under this name is under way.
    pub(super) async fn not_running(&self, scope: &Scope, kept: &str, code: &'static str) -> Result<()> {
        if self.pipeline(scope, kept).await?.state == RUNNING {
            return Err(Error::conflict(code, "A run is under way.").remedy("Wait for its end, or reset it."));
        }
        Ok(())
    }
}

/// What was started under a name.
pub(super) async fn started(tx: &mut dyn Tx, kept: &str) -> Result<Option<Started>> {
    // What an older version wrote is a run that nobody can follow any more.
    Ok(tx.setting(kept).await?.and_then(|row| serde_json::from_value(row.value).ok()))
}

/// Pure: the four stages, each as the rows say.
fn stages(started: &Started, seen: &Seen) -> Vec<StageView> {
    let offered: usize = started.sources.iter().map(|s| s.streams.len()).sum();
    let told =
        |s: &Asked| json!({"connection_id": s.connection, "name": s.name, "streams": s.streams, "error": s.error});
    let sources: Vec<Value> = started.sources.iter().map(told).collect();
    let found = if started.sources.iter().all(|s| s.error.is_none()) { SUCCESS } else { FAILED };
    let discovery = stage("AOD_DISCOVERY", found, json!({"sources": sources, "streams": offered}));
    let onboarding = onboarding(started, seen);
    let target = seen.streams.iter().filter_map(|s| s.last_seq).max().unwrap_or(0);
    let views = views(&onboarding, seen, target);
    let agents = agents(&views, started, seen, target);
    vec![discovery, onboarding, views, agents]
}

fn stage(name: &str, state: &str, data: Value) -> StageView {
    StageView { stage: name.to_owned(), state: state.to_owned(), data }
}

fn onboarding(started: &Started, seen: &Seen) -> StageView {
    let ended = |wanted: fn(TaskState) -> bool| seen.tasks.iter().flatten().filter(|t| wanted(t.state)).count();
    let done = ended(|state| state == TaskState::Success);
    let lost = seen.tasks.iter().filter(|task| task.is_none()).count();
    let failed = ended(|state| matches!(state, TaskState::Failed | TaskState::Cancelled)) + lost;
    let state = match (done + failed == seen.tasks.len(), failed) {
        (false, _) => RUNNING,
        (true, 0) => SUCCESS,
        (true, _) => FAILED,
    };
    let tasks = started.sources.iter().zip(&seen.tasks).map(|(source, task)| {
        let (state, error) = task.as_ref().map_or(("gone", None), |t| (t.state.as_str(), t.error.clone()));
        json!({"connection_id": source.connection, "name": source.name, "task_id": source.task, "state": state, "error": error})
    });
    let rows: i64 = seen.streams.iter().map(|s| s.rows).sum();
    let data = json!({"tasks": tasks.collect::<Vec<_>>(), "done": done, "total": seen.tasks.len(), "rows": rows});
    stage("AAM_ONBOARDING", state, data)
}

fn views(before: &StageView, seen: &Seen, target: i64) -> StageView {
    let state = match before.state.as_str() {
        SUCCESS if seen.position >= target => SUCCESS,
        SUCCESS => RUNNING,
        FAILED => SKIPPED,
        _ => WAITING,
    };
    let entities: BTreeSet<&String> = seen.streams.iter().filter_map(|s| s.entity.as_ref()).collect();
    let mapped = seen.streams.iter().filter(|s| s.mapping_version.is_some()).count();
    let data = json!({
        "position": seen.position, "wanted": target, "lag": (target - seen.position).max(0),
        "entities": entities, "streams_mapped": mapped,
    });
    stage("DCL_INTELLIGENCE", state, data)
}

fn agents(before: &StageView, started: &Started, seen: &Seen, target: i64) -> StageView {
    let looks = |agent: &str| {
        let reads = Definition::named(agent).map(|d| d.entities.as_slice()).unwrap_or_default();
        reads.iter().any(|entity| seen.held.contains(entity))
    };
    let of = |agent: &String| -> (&'static str, Value) {
        let run = seen.runs.iter().find(|run| run.agent == *agent && run.position >= target);
        let state = match run.map(|run| run.state) {
            Some(RunState::Success) => SUCCESS,
            Some(RunState::Failed | RunState::Cancelled) => FAILED,
            _ if before.state == SKIPPED => SKIPPED,
            _ if before.state != SUCCESS => WAITING,
            _ if !looks(agent) => SKIPPED,
            _ => RUNNING,
        };
        let told = run.map(|run| json!({"run_id": run.id, "position": run.position, "summary": run.summary}));
        (state, json!({"agent": agent, "state": state, "run": told}))
    };
    let each: Vec<_> = started.agents.iter().map(of).collect();
    let any = |wanted: &str| each.iter().any(|(state, _)| *state == wanted);
    let state = if before.state == SUCCESS {
        [RUNNING, FAILED, SUCCESS].into_iter().find(|state| any(state)).unwrap_or(SKIPPED)
    } else if before.state == SKIPPED {
        SKIPPED
    } else {
        WAITING
    };
    stage("AGENT_EXECUTION", state, json!({"agents": each.into_iter().map(|(_, told)| told).collect::<Vec<_>>()}))
}

/// Where the whole is: under way until every stage has ended, and well if none ended badly.
fn whole(stages: &[StageView]) -> &'static str {
    let any = |wanted: &str| stages.iter().any(|stage| stage.state == wanted);
    if any(FAILED) && !any(RUNNING) {
        FAILED
    } else if any(RUNNING) || any(WAITING) {
        RUNNING
    } else {
        SUCCESS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(stages: &[StageView]) -> Vec<&str> {
        stages.iter().map(|stage| stage.state.as_str()).chain([whole(stages)]).collect()
    }

    fn made(states: &[Option<&str>]) -> (Started, Seen) {
        let ambient = autonomos_runtime::Ambient::system();
        let now = ambient.now();
        let mut started = Started { at: now, sources: Vec::new(), agents: vec!["revops".into()] };
        let mut seen = Seen::default();
        for state in states {
            let (connection, id) = (ConnectionId::new(&ambient), TaskId::new(&ambient));
            started.sources.push(Asked {
                connection,
                name: "a".into(),
                task: id,
                streams: vec!["s".into()],
                error: None,
            });
            seen.tasks.push(state.map(|state| Task {
                id,
                kind: "sync".into(),
                payload: json!({}),
                connection_id: Some(connection),
                state: state.parse().unwrap(),
                progress: json!({}),
                attempts: 1,
                losses: 0,
                max_attempts: 3,
                result: None,
                error: None,
                callback_url: None,
                cancel_requested: false,
                run_at: now,
                created_at: now,
                started_at: None,
                finished_at: None,
                created_by: "system:test".into(),
            }));
        }
        (started, seen)
    }

    #[test]
    fn a_stage_says_no_more_than_the_rows() {
        for (tasks, said) in [
            (&[Some("queued"), Some("success")][..], ["success", "running", "waiting", "waiting", "running"]),
            (&[Some("failed"), Some("in_progress")][..], ["success", "running", "waiting", "waiting", "running"]),
            (&[Some("failed"), Some("success")][..], ["success", "failed", "skipped", "skipped", "failed"]),
            (&[None, Some("success")][..], ["success", "failed", "skipped", "skipped", "failed"]),
            (&[Some("success")][..], ["success", "success", "success", "skipped", "success"]),
        ] {
            let (started, seen) = made(tasks);
            assert_eq!(words(&stages(&started, &seen)), said, "{tasks:?}");
        }
        let (started, mut seen) = made(&[Some("success")]);
        seen.held.insert("account".into());
        assert_eq!(words(&stages(&started, &seen)), ["success", "success", "success", "running", "running"]);
    }
}
