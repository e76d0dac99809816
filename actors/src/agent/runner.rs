//! Runs the agents when the views have moved: once per wave of changes, not once per change.
//!
//! Supervised by the tenant's tree, permanent. A restart loses at most the wave under way, and runs anew when woken or
//! when its last run is behind the views. Out: runs and findings as rows, facts on the bus.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::store::{NewFinding, RunState};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Failure, Seat, Wake, Wave};
use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

use super::definition::Definition;
use super::finding::found;
use crate::dcl::Selected;
use crate::tenant::{Desk, Post};

/// A wave ends when nothing has moved for so long, or when it has lasted so long.
const QUIET: Duration = Duration::from_millis(700);
const LONGEST: Duration = Duration::from_secs(5);

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// Somebody asks for a run of one agent now.
    Run(String),
    /// The views may have moved.
    Wake(Wake),
    /// The wave is over.
    Due,
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// What it holds.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    /// Views as of the last runs.
    seen: i64,
    wave: Wave,
    runs: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("seen", &self.seen).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Runner;

impl Actor for Runner {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, _: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        Ok(State { seat: post.seat, desk: post.desk, seen: 0, wave: Wave::new(QUIET, LONGEST), runs: 0 })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Run(agent) => state.on_run(&agent, "manual").await,
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself);
                Ok(())
            }
            Msg::Due => state.on_due().await,
        }
        .or_else(|error: Error| {
            state.seat.error(&error);
            tracing::warn!(error = error.chain(), "an agent's run failed");
            Ok(())
        })
    }
}

impl State {
    fn on_wake(&mut self, myself: &ActorRef<Msg>) {
        self.wave.nudge(myself, self.desk.parts.ambient().elapsed(), || Msg::Due);
    }

    async fn on_due(&mut self) -> Result<()> {
        self.wave.over();
        let position = self.desk.position();
        if position <= self.seen {
            return Ok(());
        }
        self.seat.progress(self.seen as u64, (position - self.seen) as u64);
        for definition in Definition::shipped() {
            self.run(definition, "views").await?;
        }
        self.seen = position;
        self.seat.progress(position as u64, 0);
        Ok(())
    }

    async fn on_run(&mut self, agent: &str, trigger: &str) -> Result<()> {
        match Definition::named(agent) {
            Some(definition) => self.run(definition, trigger).await,
            None => Err(Error::not_found("agent.unknown", format!("There is no agent {agent}."))),
        }
    }

    /// One run: each check a step, noted as it is done.
    async fn run(&mut self, definition: &Definition, trigger: &str) -> Result<()> {
        let desk = self.desk.clone();
        let began = desk.parts.ambient().elapsed();
        let held = desk.parts.dcl.entities_with_rows(&desk.scope).await?;
        if !definition.entities.iter().any(|e| held.contains(e)) {
            return Ok(());
        }
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let run = tx.start_run(&definition.id, trigger, desk.position()).await?;
        tx.save().await?;
        desk.publish(Fact::agent_started(&definition.id, run.id));
        let now = desk.parts.ambient().now();
        let (mut steps, mut findings) = (Vec::new(), Vec::new());
        for check in &definition.checks {
            if !check.needs.iter().all(|e| held.contains(e)) {
                steps.push(json!({"check": check.id, "skipped": "a view it needs has no rows"}));
                continue;
            }
            let step_began = desk.parts.ambient().elapsed();
            let Selected { rows, truncated } =
                match desk.parts.dcl.select(&desk.scope, &definition.query(check, now)).await {
                    Ok(selected) => selected,
                    Err(error) => return self.fail(definition, run.id, &error).await,
                };
            let ms = desk.parts.ambient().elapsed().saturating_sub(step_began).as_millis() as u64;
            steps.push(json!({"check": check.id, "rows": rows.len(), "truncated": truncated, "ms": ms}));
            desk.publish(Fact::agent_stepped(&definition.id, run.id, &check.id, ms));
            findings.extend(rows.into_iter().filter_map(|row| {
                let subject = row.get("id").cloned().unwrap_or_default();
                let found = found(definition, check, &row)?;
                Some(NewFinding {
                    key: found.key,
                    check: check.id.clone(),
                    title: found.title,
                    severity: check.severity.as_str().to_owned(),
                    impact: found.impact.unwrap_or(Value::Null),
                    subject: json!({"entity": check.needs.first(), "id": subject, "remedy": check.remedy}),
                    evidence: found.evidence,
                })
            }));
        }
        let count = findings.len() as u64;
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        tx.progress_run(run.id, Value::Array(steps)).await?;
        let change = tx.record_findings(run.id, findings).await?;
        let summary = serde_json::to_value(&change).ok();
        tx.finish_run(run.id, RunState::Success, summary, None).await?;
        tx.save().await?;
        let ms = desk.parts.ambient().elapsed().saturating_sub(began).as_millis() as u64;
        let fact = Fact::agent_completed(&definition.id, run.id, count, run.position, ms);
        desk.publish(fact.with("new", change.new).with("resolved", change.resolved));
        self.runs += 1;
        self.seat.extra(json!({"runs": self.runs, "last": definition.id, "findings": count}));
        Ok(())
    }

    async fn fail(&self, definition: &Definition, run: autonomos_runtime::ids::RunId, error: &Error) -> Result<()> {
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        tx.finish_run(run, RunState::Failed, None, Some(error.message.to_string())).await?;
        tx.save().await?;
        self.seat.error(error);
        tracing::warn!(agent = definition.id, error = error.chain(), "a check failed");
        self.desk.publish(Fact::agent_failed(&definition.id, run, error.code, &error.message));
        Ok(())
    }
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// The views have moved.
    pub fn wake(&self) {
        self.0.wake();
    }

    /// Run this one now.
    pub fn run(&self, agent: &str) -> Result<()> {
        self.0.cast(Msg::Run(agent.to_owned()))
    }
}
