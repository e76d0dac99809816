//! Hands a tenant's queued tasks to whoever does them, at most five at a time.
//!
//! Supervised by the tenant's tree, permanent. A restart loses nothing: what was handed out is in state `in_progress`
//! and is handed out again at the start, and every kind of work can be begun twice. Nudges coalesce.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::store::{Page, Task, TaskFilter, TaskOutcome, TaskState};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Seat, Task as Errand, Wake, task};
use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

use super::bulk_mapping;
use crate::archive;
use crate::dcl::connect;
use crate::playbook::conductor;
use crate::tenant::{Desk, Post};

/// No-op tasks handed through in one transaction: a burst costs one commit, not one each.
const BURST: u32 = 256;

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// There may be tasks.
    Wake(Wake),
    /// A task that waits is due.
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
    fresh: bool,
    alarm: Alarm,
    done: u64,
    /// Work that nobody else's mailbox has; it ends with this actor and is begun anew with the next.
    errands: Vec<Errand<()>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("done", &self.done).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Runner;

impl Actor for Runner {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State { seat: post.seat, desk: post.desk, fresh: true, alarm: Alarm::new(), done: 0, errands: Vec::new() })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => wake.begin(),
            Msg::Due => {}
        }
        Ok(state.on_wake(&myself).await?)
    }
}

impl State {
    async fn on_wake(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let desk = self.desk.clone();
        if std::mem::take(&mut self.fresh) {
            let mut tx = desk.parts.store.begin(&desk.scope).await?;
            tx.requeue_orphans(desk.epoch).await?;
            let filter = TaskFilter { state: Some(TaskState::InProgress), ..TaskFilter::default() };
            let running = tx.tasks(&filter, &Page::first(100)).await?.items;
            tx.save().await?;
            self.hand_out(running).await?;
        }
        loop {
            let mut tx = desk.parts.store.begin(&desk.scope).await?;
            let claimed = tx.claim_tasks(desk.epoch, BURST, desk.parts.config.tenant.running_tasks).await?;
            tx.save().await?;
            if claimed.is_empty() {
                break;
            }
            self.hand_out(claimed).await?;
        }
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        match tx.next_task_at().await? {
            Some(at) => {
                let left = (at - desk.parts.ambient().now()).to_std().unwrap_or_default();
                // One that is due but has no slot is found again when a running one ends and wakes us.
                if left > Duration::ZERO {
                    self.alarm.set(myself, left, || Msg::Due);
                }
            }
            None => self.alarm.clear(),
        }
        self.seat.progress(self.done, 0);
        Ok(())
    }

    async fn hand_out(&mut self, tasks: Vec<Task>) -> Result<()> {
        let mut outcomes: Vec<(TaskId, TaskOutcome)> = Vec::new();
        for task in tasks {
            self.desk.publish(Fact::task_state(task.id, &task.kind, "in_progress", task.attempts as u32, 0.0));
            match self.begin(&task) {
                Ok(None) => {}
                Ok(Some(result)) => outcomes.push((task.id, TaskOutcome::Success(result))),
                Err(error) => {
                    let said = json!({"code": error.code, "message": error.message, "remedy": error.remedy});
                    outcomes.push((task.id, TaskOutcome::Failed(said)));
                }
            }
        }
        if outcomes.is_empty() {
            return Ok(());
        }
        let facts: Vec<Fact> = outcomes
            .iter()
            .map(|(id, outcome)| match outcome {
                TaskOutcome::Success(_) => Fact::task_state(*id, "task", "success", 1, 1.0),
                _ => Fact::task_state(*id, "task", "failed", 1, 0.0),
            })
            .collect();
        self.done += outcomes.len() as u64;
        let mut tx = self.desk.parts.store.begin(&self.desk.scope).await?;
        tx.finish_tasks(self.desk.epoch, outcomes).await?;
        tx.save().await?;
        for fact in facts {
            self.desk.publish(fact);
        }
        Ok(())
    }

    /// Begins one; `Some` when it is done already.
    fn begin(&mut self, asked: &Task) -> Result<Option<Value>> {
        self.errands.retain(|errand| !errand.is_finished());
        match asked.kind.as_str() {
            "noop" => Ok(Some(json!({}))),
            "sync" => {
                let id = connection_of(asked)?;
                // A connector that is between two incarnations looks for its task by itself when it is back.
                self.desk
                    .connector(id)
                    .sync(asked.id)
                    .or_else(|error| if error.retryable() { Ok(()) } else { Err(error) })?;
                Ok(None)
            }
            "rebuild" => {
                self.desk.materializer().rebuild(asked.id)?;
                Ok(None)
            }
            "agent" => {
                let agent = asked.payload["agent"].as_str().unwrap_or_default();
                self.desk.agents().run(agent)?;
                Ok(Some(json!({"agent": agent})))
            }
            archive::TASK => {
                self.errands.push(task(archive::run(self.desk.clone(), asked.id)));
                Ok(None)
            }
            bulk_mapping::TASK => {
                self.errands.push(task(bulk_mapping::run(self.desk.clone(), asked.id)));
                Ok(None)
            }
            "playbook" => {
                self.errands.push(task(conductor::run(self.desk.clone(), asked.id)));
                Ok(None)
            }
            connect::TASK => {
                self.errands.push(task(connect::run(self.desk.clone(), asked.id, asked.payload.clone())));
                Ok(None)
            }
            "replay" => {
                self.desk.connector(connection_of(asked)?).replay(asked.id)?;
                Ok(None)
            }
            other => Err(Error::invalid("task.unknown_kind", format!("There is no task of kind {other}."))
                .field("/kind")
                .remedy("Use noop; sync, rebuild, replay, connect and agent are made by their own routes.")),
        }
    }
}

fn connection_of(task: &Task) -> Result<ConnectionId> {
    task.connection_id.ok_or_else(|| Error::invalid("task.no_connection", "The task names no connection."))
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// There may be tasks.
    pub fn wake(&self) {
        self.0.wake();
    }
}
