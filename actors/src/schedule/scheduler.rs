//! Fires schedules when their time has come, or when what they wait for has happened.
//!
//! Supervised by the tenant's tree, permanent. The task, when the schedule fired and when it fires next are one transaction,
//! so a restart fires nothing twice; what it was late for is decided by the schedule. Nudges come in waves. In: that a
//! source was read, that a schedule changed. Out: tasks.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::store::{Fired, Page, Schedule, StreamState, Tx};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Seat, Wake, Wave};
use autonomos_runtime::{Error, Result, Timestamp};

use super::due::{Missed, due};
use super::trigger::{Said, Trigger};
use crate::task::work::Work;
use crate::tenant::{Desk, Post};

/// A wave of nudges ends when nothing has moved for so long, or when it has lasted so long.
const QUIET: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);
/// When what could not be done is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// The longest sleep: a clock that is set is noticed.
const LOOK: Duration = Duration::from_mins(1);
/// Schedules that are looked at in one transaction.
const AT_ONCE: u32 = 1000;

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// Something may be due.
    Wake(Wake),
    /// The wave is over, or a time has come.
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
    alarm: Alarm,
    fired: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("fired", &self.fired).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Scheduler;

impl Actor for Scheduler {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State { seat: post.seat, desk: post.desk, wave: Wave::new(QUIET, LONGEST), alarm: Alarm::new(), fired: 0 })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself);
                Ok(())
            }
            Msg::Due => state.on_due(&myself).await,
        }
        .or_else(|error: Error| {
            state.alarm.set(&myself, AGAIN, || Msg::Due);
            state.seat.survive(error, "schedules wait")
        })
    }
}

impl State {
    fn on_wake(&mut self, myself: &ActorRef<Msg>) {
        self.wave.nudge(myself, self.desk.parts.ambient().elapsed(), || Msg::Due);
    }

    async fn on_due(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        self.wave.over();
        let desk = self.desk.clone();
        let ready = desk.parts.store.read(&desk.scope).await?.ready_schedules(AT_ONCE).await?;
        if !ready.is_empty() {
            self.fire().await?;
        }
        let next = desk.parts.store.read(&desk.scope).await?.next_schedule_at().await?;
        match next {
            Some(at) => {
                let left = (at - desk.parts.ambient().now()).to_std().unwrap_or_default();
                self.alarm.set(myself, left.min(LOOK), || Msg::Due);
            }
            None => self.alarm.clear(),
        }
        self.seat.progress(self.fired, 0);
        Ok(())
    }

    /// Everything that is ready, in one transaction. One that cannot be carried out says why and stands in nobody's way.
    async fn fire(&mut self) -> Result<()> {
        let desk = self.desk.clone();
        let now = desk.parts.ambient().now();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let mut facts = Vec::new();
        for schedule in tx.ready_schedules(AT_ONCE).await? {
            let Some((runs, next_at)) = runs(tx.as_mut(), &schedule, now).await? else { continue };
            let (mut task, mut error) = (None, None);
            for at in &runs {
                match set_off(tx.as_mut(), &schedule, *at).await {
                    Ok(made) => task = Some(made),
                    Err(e) if e.kind == autonomos_runtime::Kind::Internal || e.retryable() => return Err(e),
                    Err(e) => error = Some(e.message.to_string()),
                }
            }
            if !runs.is_empty() {
                facts.push(Fact::schedule_fired(schedule.id, &schedule.name, task, error.as_deref()));
            }
            let fired = Fired { at: runs.last().copied(), next_at, task, error };
            tx.fired_schedule(schedule.id, fired).await?;
        }
        tx.save().await?;
        self.fired += facts.len() as u64;
        for fact in facts {
            desk.publish(fact);
        }
        desk.tasks().wake();
        Ok(())
    }
}

/// Makes the task of a schedule for one of its times.
pub async fn set_off(tx: &mut dyn Tx, schedule: &Schedule, at: Timestamp) -> Result<autonomos_runtime::ids::TaskId> {
    let work: Work = serde_json::from_value(schedule.work.clone())
        .map_err(|e| Error::invalid("schedule.work", "What the schedule does cannot be read.").source(e))?;
    let key = format!("schedule/{}/{}", schedule.id, at.timestamp_millis());
    let new = work.task(tx, key).await?;
    Ok(tx.create_task(new).await?.id)
}

/// The times that a schedule has to run for now, and when it is next; none: not yet.
async fn runs(
    tx: &mut dyn Tx,
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Option<(Vec<Timestamp>, Option<Timestamp>)>> {
    let said: Said = serde_json::from_value(schedule.set_off_by.clone())
        .map_err(|e| Error::invalid("schedule.trigger", "What sets the schedule off cannot be read.").source(e))?;
    match (said.understood(now)?, schedule.next_at) {
        (Trigger::After(names), _) => {
            let since = schedule.last_at.unwrap_or(schedule.created_at).max(schedule.updated_at);
            Ok(fresh(tx, &names).await?.filter(|at| *at > since).map(|at| (vec![at], None)))
        }
        (trigger, Some(next_at)) if next_at <= now => {
            Ok(Some(due(&trigger, Missed::named(&schedule.missed)?, next_at, now)))
        }
        (trigger, None) => Ok(Some((Vec::new(), trigger.next(now)))),
        (_, Some(_)) => Ok(None),
    }
}

/// Since when all of these were read to their ends: the earliest of their last times. None while one was never read.
async fn fresh(tx: &mut dyn Tx, names: &[String]) -> Result<Option<Timestamp>> {
    let mut earliest: Option<Timestamp> = None;
    let (mut page, mut known) = (Page::first(1000), Vec::new());
    loop {
        let found = tx.connections(None, &page).await?;
        known.extend(found.items);
        match found.next_cursor {
            Some(next) => page = Page::asked(Some(1000), Some(&next))?,
            None => break,
        }
    }
    for name in names {
        let Some(one) = known.iter().find(|c| c.name == *name || c.id.to_string() == *name) else { return Ok(None) };
        let streams = tx.streams(one.id).await?;
        let read = streams.iter().filter(|s| !matches!(s.state, StreamState::Disabled | StreamState::Gone));
        let times: Vec<Option<Timestamp>> = read.map(|s| s.last_sync_at).collect();
        let Some(at) = times.into_iter().collect::<Option<Vec<_>>>().and_then(|all| all.into_iter().min()) else {
            return Ok(None);
        };
        earliest = Some(earliest.map_or(at, |before| before.min(at)));
    }
    Ok(earliest)
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// Something may be due.
    pub fn wake(&self) {
        self.0.wake();
    }
}
