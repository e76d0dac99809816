//! Takes runs of playbooks from step to step.
//!
//! Supervised by the tenant's tree, permanent. A look at a run, the tasks that it leads to and the steps' rows are one
//! transaction; a restart looks at all that is under way. Nudges come in waves. In: that a task ended. Out: tasks.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{
    PlaybookRow, PlaybookRun, PlaybookRunState, StepChange, StepState, Task, TaskState, Tx,
};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Failure, Seat, Wake, Wave};
use autonomos_runtime::{Error, Kind, Result};
use serde_json::{Value, json};

use super::Playbook;
use super::steps::{Next, Seen, next, outcome};
use crate::tenant::{Desk, Post};

/// A wave of nudges ends when nothing has moved for so long, or when it has lasted so long.
const QUIET: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_millis(300);
/// When what could not be done is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// Runs that are under way at once; further ones wait for their turn.
const AT_ONCE: u32 = 200;

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// A run may go on.
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
    wave: Wave,
    moved: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("moved", &self.moved).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Conductor;

impl Actor for Conductor {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State { seat: post.seat, desk: post.desk, wave: Wave::new(QUIET, LONGEST), moved: 0 })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => {
                wake.begin();
                state.wave.nudge(&myself, state.desk.parts.ambient().elapsed(), || Msg::Due);
                Ok(())
            }
            Msg::Due => state.on_due().await,
        }
        .or_else(|error: Error| {
            state.wave.again(&myself, AGAIN, || Msg::Due);
            state.seat.survive(error, "runs of playbooks wait")
        })
    }
}

impl State {
    async fn on_due(&mut self) -> Result<()> {
        self.wave.over();
        let desk = self.desk.clone();
        let open = desk.parts.store.read(&desk.scope).await?.open_playbook_runs(AT_ONCE).await?;
        for run in open {
            let mut tx = desk.parts.store.begin(&desk.scope).await?;
            let facts = advance(tx.as_mut(), &run).await?;
            if facts.is_empty() {
                continue;
            }
            tx.save().await?;
            self.moved += facts.len() as u64;
            for fact in facts {
                desk.publish(fact);
            }
            desk.tasks().wake();
        }
        self.seat.progress(self.moved, 0);
        Ok(())
    }
}

/// Takes a run as far as it goes now; what changed is told.
async fn advance(tx: &mut dyn Tx, run: &PlaybookRun) -> Result<Vec<Fact>> {
    let playbook = match Playbook::read(&run.document) {
        Ok(playbook) => playbook,
        Err(error) => {
            tx.finish_playbook_run(run.id, PlaybookRunState::Failed, Some(error.message.to_string())).await?;
            return Ok(vec![Fact::playbook_stepped(run.id, &run.playbook, None, "failed")]);
        }
    };
    let mut facts = Vec::new();
    let told = |step: &str, state: StepState| Fact::playbook_stepped(run.id, &run.playbook, Some(step), state.as_str());
    for step in tx.playbook_steps(run.id).await? {
        let (StepState::InProgress, Some(task)) = (step.state, step.task_id) else { continue };
        if let Some(change) = ended(tx, task).await? {
            facts.push(told(&step.name, change.state));
            tx.change_step(run.id, step.place, change).await?;
        }
    }
    loop {
        let rows = tx.playbook_steps(run.id).await?;
        let seen: Vec<Seen> = rows.into_iter().map(|row| Seen { state: row.state, result: row.result }).collect();
        if let Some(success) = outcome(&playbook, &seen) {
            let state = if success { PlaybookRunState::Success } else { PlaybookRunState::Failed };
            let failed =
                playbook.steps.iter().zip(&seen).find(|(step, one)| one.state == StepState::Failed && !step.may_fail);
            let why = failed.map(|(step, _)| format!("{} failed.", step.name));
            tx.finish_playbook_run(run.id, state, why).await?;
            facts.push(Fact::playbook_stepped(run.id, &run.playbook, None, state.as_str()));
            return Ok(facts);
        }
        let coming = next(&playbook, &seen);
        if coming.is_empty() {
            return Ok(facts);
        }
        for (at, what) in coming {
            let Some(step) = playbook.steps.get(at) else { continue };
            let change = match what {
                Next::Skip => StepChange { state: StepState::Skipped, task_id: None, result: None, error: None },
                Next::Start => start(tx, run, at, step).await?,
            };
            facts.push(told(&step.name, change.state));
            tx.change_step(run.id, at as i64, change).await?;
        }
    }
}

/// Makes the task of a step. One that cannot be made is a step that failed.
async fn start(tx: &mut dyn Tx, run: &PlaybookRun, at: usize, step: &super::document::Step) -> Result<StepChange> {
    let made = match step.work().task(tx, format!("playbook/{}/{at}", run.id)).await {
        Ok(new) => tx.create_task(new).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(task) => Ok(StepChange { state: StepState::InProgress, task_id: Some(task.id), result: None, error: None }),
        Err(error) if error.retryable() || error.kind == Kind::Internal => Err(error),
        Err(error) => {
            let error = Some(json!({"code": error.code, "message": error.message, "remedy": error.remedy}));
            Ok(StepChange { state: StepState::Failed, task_id: None, result: None, error })
        }
    }
}

/// What became of a step's task, once it is over. One that is gone (with its source) is a failure.
async fn ended(tx: &mut dyn Tx, id: TaskId) -> Result<Option<StepChange>> {
    let failed =
        |error: Value| StepChange { state: StepState::Failed, task_id: None, result: None, error: Some(error) };
    let task = match tx.task(id).await {
        Ok(task) => task,
        Err(error) if error.kind == Kind::NotFound => {
            return Ok(Some(failed(json!({"code": "task.gone", "message": "The task went with its source."}))));
        }
        Err(error) => return Err(error),
    };
    Ok(match task.state {
        TaskState::Success => {
            Some(StepChange { state: StepState::Success, task_id: None, result: task.result, error: None })
        }
        TaskState::Failed => Some(failed(task.error.unwrap_or_default())),
        TaskState::Cancelled => Some(failed(json!({"code": "task.cancelled", "message": "The task was called off."}))),
        _ => None,
    })
}

/// Begins a run of a playbook.
pub async fn begin(tx: &mut dyn Tx, of: &PlaybookRow, task: Option<TaskId>) -> Result<PlaybookRun> {
    let names: Vec<String> = Playbook::read(&of.document)?.steps.into_iter().map(|step| step.name).collect();
    tx.start_playbook(of, task, &names).await
}

/// Does a task that asks for a run: it is over once the run is there.
pub async fn begin_named(tx: &mut dyn Tx, task: &Task) -> Result<Value> {
    let of = tx.playbook_named(task.payload["playbook"].as_str().unwrap_or_default()).await?;
    let run = begin(tx, &of, Some(task.id)).await?;
    Ok(json!({"run_id": run.id}))
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// A run may go on.
    pub fn wake(&self) {
        self.0.wake();
    }
}
