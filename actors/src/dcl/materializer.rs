//! Folds the tenant's log into its views: reads on from where the views are, applies, says how far it is.
//!
//! Supervised by the tenant's tree, permanent, first to start and last to stop. A restart loses nothing: the position is
//! in the DuckDB file, committed with the rows. Nudges coalesce; one message does one commit, so that nothing holds the
//! mailbox for longer. Out: facts, the desk's position, nudges to the unifier, the agents, the compactor and the teller of runs.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Seat, Wake};
use autonomos_runtime::{Error, Result};
use serde_json::json;

use super::{Applied, Log, StoredLog};
use crate::task::ending;
use crate::tenant::{Desk, Post};

/// Pause before the views are tried again when their disk or file would not have it.
const AGAIN: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// Build the views anew from the log, for this task.
    Rebuild(TaskId),
    /// The log may have more.
    Wake(Wake),
    /// Try again.
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
    log: Log,
    alarm: Alarm,
    rows: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("rows", &self.rows).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Materializer;

impl Actor for Materializer {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        let log = StoredLog::new(post.desk.parts.store.clone());
        Ok(State { seat: post.seat, desk: post.desk, log, alarm: Alarm::new(), rows: 0 })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself).await
            }
            Msg::Due => state.on_wake(&myself).await,
            Msg::Rebuild(task) => state.on_rebuild(task).await,
        }
        .or_else(|error| state.survive(&myself, error))
    }
}

impl State {
    async fn on_wake(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let began = self.desk.parts.ambient().elapsed();
        let mut tx = self.desk.parts.store.read(&self.desk.scope).await?;
        let head = tx.log_head().await?;
        drop(tx);
        if head == 0 {
            // Nothing to fold: a tenant without data costs no file.
            return Ok(());
        }
        self.seat.progress(self.desk.position() as u64, (head - self.desk.position()).max(0) as u64);
        let applied = self.desk.parts.dcl.advance(&self.desk.scope, &self.log).await?;
        self.tell(&applied, began);
        if applied.more {
            self.seat.wake(myself);
        }
        Ok(())
    }

    fn tell(&mut self, applied: &Applied, began: Duration) {
        let ms = self.desk.parts.ambient().elapsed().saturating_sub(began).as_millis() as u64;
        self.rows += applied.rows as u64;
        self.desk.folded_to(applied.to);
        self.seat.progress(applied.to as u64, u64::from(applied.more));
        self.seat.extra(json!({"rows": self.rows, "position": applied.to, "last_ms": ms}));
        self.seat.recovered();
        self.desk.compactor().wake();
        if applied.entries == 0 {
            return;
        }
        for entity in &applied.entities {
            let view = self.desk.parts.vocabulary.entity(entity).map_or(entity.as_str(), |e| e.view.as_str());
            let fact = Fact::view_refreshed(view, applied.rows as u64, applied.to, ms);
            self.desk.publish(if applied.refolded.is_empty() { fact } else { fact.with("healed", true) });
        }
        self.desk.unifier().wake();
        self.desk.exporter().wake();
        self.desk.agents().wake();
    }

    async fn on_rebuild(&mut self, task: TaskId) -> Result<()> {
        let desk = self.desk.clone();
        let stop = desk.stops.of(task);
        let rebuilt = desk.parts.dcl.rebuild(&desk.scope, &self.log, &stop).await.map(|applied| {
            desk.folded_to(applied.to);
            json!({"position": applied.to, "rows": applied.rows})
        });
        ending::end(&desk, task, "rebuild", rebuilt).await
    }

    /// A full disk or a file that opens anew is waited out; anything else is the supervisor's.
    fn survive(&mut self, myself: &ActorRef<Msg>, error: Error) -> Result<(), Failure> {
        self.seat.survive(error, "the views could not be advanced")?;
        self.alarm.set(myself, AGAIN, || Msg::Due);
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

    /// The log has more.
    pub fn wake(&self) {
        self.0.wake();
    }

    /// Build the views anew, for a task.
    pub fn rebuild(&self, task: TaskId) -> Result<()> {
        self.0.cast(Msg::Rebuild(task))
    }
}
