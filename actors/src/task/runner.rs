//! Gives a tenant's queued tasks their slots and begins their work, at most five at a time.
//!
//! Supervised by the tenant's tree, permanent. A slot is a row in state `in_progress` and nothing else: a restart reads
//! which are taken, hands that work out again and goes on. A round is one transaction: what ended is ended, what was asked
//! to stop is stopped, what is due is claimed, and what is done at once is done and ended, so a burst of such tasks costs
//! one commit. After a round that left something due, the next waits behind the other tenants' for the store's writer, and
//! work that takes a slot waits in turn for one of the node's: no tenant gets ahead by having more to do.
//!
//! In: nudges, ends of errands, a slot of the node. Out: work to whoever does it, facts, asking to stop.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{Claimed, Rest, Room, Task, TaskOutcome, TaskState, Tx};
use autonomos_runtime::supervision::{
    Actor, ActorRef, Address, Alarm, Failure, Permit, Seat, Task as Errand, Wake, task,
};
use autonomos_runtime::{Error, Kind, Result, Timestamp};
use serde_json::Value;

use super::ending;
use super::kinds::{self, AT_ONCE, Begun};
use crate::metrics;
use crate::tenant::{Desk, Post};

/// Tasks claimed in one transaction: a burst of what is done at once costs one commit, and others wait no longer than that.
const BURST: u32 = 512;
/// Tasks of a round that are told one by one; of more, how many there were.
const TOLD: usize = 16;
/// How long whoever has a task may take to stop it; then it counts as stopped, and whatever it still does is not taken.
const GRACE: Duration = Duration::from_secs(1);
/// When a round that the store did not take is tried again.
const AGAIN: Duration = Duration::from_secs(1);

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// There may be tasks.
    Wake(Wake),
    /// A task that waits is due, or one that was to stop has had its time.
    Due,
    /// An errand ended.
    Ended(TaskId, Result<Value>),
    /// One of the node's slots is ours.
    Slot(Permit),
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// A slot that is taken, as far as it is more than a row.
struct Held {
    attempt: i64,
    /// The node's part of it. None after a restart for which the node had none left: the work goes on all the same.
    _permit: Option<Permit>,
    /// The work, if it is done beside this actor; dropping it drops the work.
    errand: Option<Errand<()>>,
    /// Since when it was asked to stop.
    stopping: Option<Duration>,
}

/// What it holds.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    fresh: bool,
    alarm: Alarm,
    done: u64,
    held: BTreeMap<TaskId, Held>,
    /// Ends of errands that are not rows yet.
    ended: Vec<(TaskId, TaskOutcome)>,
    /// Slots of the node that are ours and not used yet.
    spare: Vec<Permit>,
    /// Stands in the node's queue for a slot.
    queueing: Option<Errand<()>>,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("done", &self.done).field("held", &self.held.len()).finish_non_exhaustive()
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
        Ok(State {
            seat: post.seat,
            desk: post.desk,
            fresh: true,
            alarm: Alarm::new(),
            done: 0,
            held: BTreeMap::new(),
            ended: Vec::new(),
            spare: Vec::new(),
            queueing: None,
        })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => wake.begin(),
            Msg::Due => {}
            Msg::Ended(id, result) => state.on_ended(id, result),
            Msg::Slot(permit) => state.spare.push(permit),
        }
        state.on_wake(&myself).await.or_else(|error| {
            state.alarm.set(&myself, AGAIN, || Msg::Due);
            state.seat.survive(error, "tasks wait")
        })
    }

    /// In order: what runs is queued again, and it is not held against it.
    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), Failure> {
        state.held.clear();
        let desk = &state.desk;
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        tx.finish_tasks(desk.epoch, std::mem::take(&mut state.ended)).await?;
        let running = tx.running_tasks().await?;
        tx.finish_tasks(desk.epoch, running.into_iter().map(|t| (t.id, TaskOutcome::Released)).collect()).await?;
        Ok(tx.save().await?)
    }
}

/// What a round came to, to be acted on once it is saved.
#[derive(Default)]
struct Round {
    facts: Vec<Fact>,
    /// Slots that were taken before the claim and still are.
    running: Vec<Task>,
    /// Work to begin.
    begun: Vec<Task>,
    rest: Rest,
    /// When the next one is due.
    next_at: Option<Timestamp>,
    ended: u64,
}

impl State {
    fn on_ended(&mut self, id: TaskId, result: Result<Value>) {
        let Some(held) = self.held.get_mut(&id) else { return };
        held.errand = None;
        let outcome = ending::outcome(&self.desk, held.attempt, result);
        self.ended.push((id, outcome));
    }

    async fn on_wake(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let desk = self.desk.clone();
        let mut round = Round::default();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        if self.fresh {
            let left = tx.requeue_orphans(desk.epoch, desk.parts.config.tenant.poison_after).await?;
            round.facts.extend(left.iter().map(|task| told(task, task.state)));
        }
        self.end(tx.as_mut(), &mut round).await?;
        self.claim(tx.as_mut(), &mut round).await?;
        tx.save().await?;
        self.ended.clear();
        let fresh = std::mem::take(&mut self.fresh);
        self.done += round.ended;
        let runs = |id: TaskId| round.running.iter().chain(&round.begun).any(|task| task.id == id);
        self.held.retain(|id, _| runs(*id));
        desk.stops.keep(runs);
        let again = if fresh { round.running } else { Vec::new() };
        for task in again.iter().chain(&round.begun) {
            self.begin(myself, task);
        }
        self.spare.clear();
        // Told when it is so: whoever hears that a task ended finds its slot free.
        for fact in round.facts {
            desk.publish(fact);
        }
        self.go_on(myself, round.rest, round.next_at);
        self.seat.recovered();
        self.seat.progress(self.done, 0);
        Ok(())
    }

    /// Ends what ended, and what was asked to stop and is ours to stop; asks whoever has the rest.
    async fn end(&mut self, tx: &mut dyn Tx, round: &mut Round) -> Result<()> {
        let desk = self.desk.clone();
        let now = desk.parts.ambient().elapsed();
        let before = tx.running_tasks().await?;
        let mut outcomes = self.ended.clone();
        for task in before.iter().filter(|task| task.cancel_requested) {
            let held = self.held.get_mut(&task.id);
            let overdue = held.as_ref().and_then(|h| h.stopping).is_some_and(|since| now >= since + GRACE);
            if overdue || !kinds::is_elsewhere(&task.kind) {
                // Dropped before it counts as stopped.
                if let Some(held) = held {
                    held.errand = None;
                }
                outcomes.push((task.id, TaskOutcome::Cancelled));
                continue;
            }
            desk.stops.ask(task.id);
            if let Some(held) = held {
                held.stopping.get_or_insert(now);
            }
            if let Some(connection) = task.connection_id {
                desk.connector(connection).wake();
            }
        }
        let ended: HashMap<TaskId, TaskState> = tx.finish_tasks(desk.epoch, outcomes).await?.into_iter().collect();
        round.ended += ended.len() as u64;
        for (state, count) in counted(ended.values().copied()) {
            metrics::tasks_ended(state, count);
        }
        for task in before {
            match ended.get(&task.id) {
                Some(state) => round.facts.push(told(&task, *state)),
                None => round.running.push(task),
            }
        }
        Ok(())
    }

    /// Takes what is due, as far as there is room, and does what is done at once.
    async fn claim(&mut self, tx: &mut dyn Tx, round: &mut Round) -> Result<()> {
        let desk = self.desk.clone();
        let most = desk.parts.config.tenant.running_tasks;
        while self.spare.len() + round.running.len() < most as usize
            && let Ok(permit) = desk.parts.slots.try_take(&desk.scope, 1)
        {
            self.spare.push(permit);
        }
        let room = Room { limit: BURST, running: most, slots: self.spare.len() as u32, at_once: AT_ONCE };
        let Claimed { tasks, rest } = tx.claim_tasks(desk.epoch, &room).await?;
        round.rest = rest;
        let now = desk.parts.ambient().elapsed();
        for waited in tasks.iter().filter_map(|task| desk.asked.take(task.id, now)) {
            metrics::task_started(waited);
        }
        let (at_once, begun): (Vec<Task>, Vec<Task>) =
            tasks.into_iter().partition(|task| AT_ONCE.contains(&task.kind.as_str()));
        round.begun = begun;
        let mut outcomes = Vec::with_capacity(at_once.len());
        for task in &at_once {
            let result = kinds::at_once(tx, task).await;
            if let Err(error) = &result
                && (error.retryable() || error.kind == Kind::Internal)
            {
                // It is the store's, and this transaction's.
                return result.map(drop);
            }
            outcomes.push((task.id, ending::outcome(&desk, task.attempts, result)));
        }
        let ended = tx.pass_tasks(desk.epoch, outcomes).await?;
        round.ended += ended.len() as u64;
        for (state, count) in counted(ended.iter().map(|(_, state)| *state)) {
            metrics::tasks_ended(state, count);
            if at_once.len() > TOLD {
                round.facts.push(Fact::tasks_in_state(state.as_str(), count));
            }
        }
        if at_once.len() <= TOLD {
            let of = |id: TaskId| at_once.iter().find(|task| task.id == id);
            round.facts.extend(ended.iter().filter_map(|(id, state)| of(*id).map(|task| told(task, *state))));
        }
        if round.rest == Rest::Nothing {
            round.next_at = tx.next_task_at().await?;
        }
        Ok(())
    }

    /// Begins the work of a task whose slot is taken.
    fn begin(&mut self, myself: &ActorRef<Msg>, asked: &Task) {
        self.desk.publish(told(asked, TaskState::InProgress));
        let permit = self.spare.pop().or_else(|| self.desk.parts.slots.try_take(&self.desk.scope, 1).ok());
        let attempt = asked.attempts;
        let mut held = Held { attempt, _permit: permit, errand: None, stopping: None };
        match kinds::begin(&self.desk, asked) {
            Ok(Begun::Elsewhere) => {
                if asked.cancel_requested {
                    self.desk.stops.ask(asked.id);
                    held.stopping = Some(self.desk.parts.ambient().elapsed());
                }
            }
            Ok(Begun::Errand(work)) => {
                let (id, myself) = (asked.id, myself.clone());
                held.errand = Some(task(async move {
                    // In a task of its own, so that a panic is an end like another.
                    let result = task(work).await.unwrap_or_else(|_| {
                        Err(Error::unavailable("task.panicked", "The work broke off.")
                            .remedy("Look at the node's log for what happened."))
                    });
                    myself.cast(Msg::Ended(id, result)).ok();
                }));
            }
            Ok(Begun::Done(result)) => self.ended.push((asked.id, TaskOutcome::Success(result))),
            Err(error) => self.ended.push((asked.id, ending::outcome(&self.desk, attempt, Err(error)))),
        }
        self.held.insert(asked.id, held);
    }

    /// Sees to the next round.
    fn go_on(&mut self, myself: &ActorRef<Msg>, rest: Rest, next_at: Option<Timestamp>) {
        if rest == Rest::More || !self.ended.is_empty() {
            self.seat.wake(myself);
        }
        if rest == Rest::NoSlot {
            if self.queueing.as_ref().is_none_or(Errand::is_finished) {
                let (desk, myself) = (self.desk.clone(), myself.clone());
                self.queueing = Some(task(async move {
                    if let Ok(permit) = desk.parts.slots.take(&desk.scope, 1).await {
                        myself.cast(Msg::Slot(permit)).ok();
                    }
                }));
            }
        } else {
            self.queueing = None;
        }
        let ambient = self.desk.parts.ambient();
        let now = ambient.elapsed();
        let graces =
            self.held.values().filter_map(|held| held.stopping).map(|since| (since + GRACE).saturating_sub(now));
        let due = next_at.map(|at| (at - ambient.now()).to_std().unwrap_or_default());
        match graces.chain(due).min() {
            Some(left) => self.alarm.set(myself, left.max(Duration::from_millis(1)), || Msg::Due),
            None => self.alarm.clear(),
        }
    }
}

/// Where a task is, for people.
fn told(task: &Task, state: TaskState) -> Fact {
    let done = if state == TaskState::Success { 1.0 } else { 0.0 };
    Fact::task_state(task.id, &task.kind, state.as_str(), task.attempts as u32, done)
}

fn counted(states: impl Iterator<Item = TaskState>) -> BTreeMap<TaskState, u64> {
    let mut counts = BTreeMap::new();
    for state in states {
        *counts.entry(state).or_insert(0) += 1;
    }
    counts
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
