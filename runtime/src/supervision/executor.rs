//! The actor that executes a tree: the only one that handles supervision events.
//!
//! Role: starts its children in order, starts again what fails (after a back-off, within a budget), takes out what
//! fails too often, stops children in reverse order within their deadlines. Supervised by: another of its kind, or
//! nobody. What a restart of it loses: nothing; its children end with it and the list of them is kept in its spec, so
//! the next incarnation starts what the last one had. What bounds its queue: it gets a few messages a child and
//! lifecycle event. It never waits for a child in a handler, except for the start of one (which only builds state, and
//! has a deadline).

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, SupervisionEvent};

use super::directory::Entry;
use super::observe::Slot;
use super::strategy::{self, End, Verdict};
use super::{Budget, ChildSpec, Intensity, Key, Node, Phase, Reply, Reports, Seat, Shutdown, task};
use crate::{Error, Kind, Result, metrics};

/// What a tree boils down to. Outlives incarnations of its supervisor.
pub(super) struct Roster {
    pub(super) together: bool,
    pub(super) escalation: Option<Intensity>,
    pub(super) reports: Arc<dyn Reports>,
    pub(super) children: Mutex<Vec<ChildSpec>>,
}

/// The supervisor itself as somebody's child.
pub(super) fn child_spec(key: Key, roster: Roster) -> ChildSpec {
    let roster = Arc::new(roster);
    ChildSpec::new(key, "supervisor", Executor, move |seat| Args { seat, roster: roster.clone() })
}

struct Args {
    seat: Seat,
    roster: Arc<Roster>,
}

pub(super) enum Msg {
    // from outside
    StartChild(Box<ChildSpec>, Reply<Result<()>>),
    StopChild(Key, Reply<Result<()>>),
    RestartChild(Key, Reply<Result<()>>),
    GetChildren(Reply<Vec<Key>>),
    // to itself, each naming the incarnation it is about
    Due(Key, u64),
    Gone(Key, u64),
}

/// What a child is doing, and what is needed to go on from there.
enum Doing {
    Running(ActorCell),
    /// Waits for [`Msg::Due`].
    Waiting,
    /// Quarantined; [`Msg::Due`] comes if it has a probation.
    Out,
    /// Waits for [`Msg::Gone`]; then starts again or is taken out, and tells who asked.
    Stopping {
        cell: ActorCell,
        again: bool,
        asked: Vec<Reply<Result<()>>>,
    },
}

struct Child {
    spec: ChildSpec,
    doing: Doing,
    generation: u64,
    started_before: bool,
    budget: Budget,
    slot: Arc<Slot>,
}

struct State {
    seat: Seat,
    roster: Arc<Roster>,
    children: Vec<Child>,
    escalations: Option<Budget>,
}

#[derive(Clone, Copy)]
struct Executor;

impl Actor for Executor {
    type Msg = Msg;
    type State = State;
    type Arguments = Args;

    async fn pre_start(&self, myself: ActorRef<Msg>, args: Args) -> Result<State, ActorProcessingErr> {
        let specs = args.roster.children.lock().clone();
        let escalations = args.roster.escalation.map(Budget::new);
        let mut state =
            State { seat: args.seat, roster: args.roster, children: Vec::with_capacity(specs.len()), escalations };
        for spec in specs {
            let adopted = state.adopt(&myself, spec).await;
            state.settle(adopted).await?;
        }
        Ok(state)
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), ActorProcessingErr> {
        let outcome = match message {
            Msg::StartChild(spec, reply) => state.on_start_child(&myself, *spec, reply).await,
            Msg::StopChild(key, reply) => {
                state.on_stop_child(&myself, &key, reply);
                Ok(())
            }
            Msg::RestartChild(key, reply) => state.on_restart_child(&myself, &key, reply).await,
            Msg::GetChildren(reply) => {
                state.on_get_children(reply);
                Ok(())
            }
            Msg::Due(key, generation) => state.on_due(&myself, &key, generation).await,
            Msg::Gone(key, generation) => state.on_gone(&myself, &key, generation).await,
        };
        state.settle(outcome).await
    }

    async fn handle_supervisor_evt(
        &self,
        myself: ActorRef<Msg>,
        event: SupervisionEvent,
        state: &mut State,
    ) -> Result<(), ActorProcessingErr> {
        let (cell, end, error) = match event {
            SupervisionEvent::ActorStarted(_) | SupervisionEvent::ProcessGroupChanged(_) => return Ok(()),
            // Whoever was killed gives that as its reason; whoever was before it ran has no state to hand over.
            SupervisionEvent::ActorTerminated(cell, state, reason) => {
                let killed = state.is_none() || reason.as_deref() == Some("killed");
                let end = if killed { End::Failed } else { End::Normal };
                (cell, end, reason.unwrap_or_else(|| "ended".into()))
            }
            SupervisionEvent::ActorFailed(cell, cause) => {
                let (end, error) = diagnose(&cause);
                (cell, end, error)
            }
        };
        let outcome = state.on_end(&myself, &cell, end, &error);
        state.settle(outcome).await
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), ActorProcessingErr> {
        state.stop_all().await;
        Ok(())
    }
}

/// What an error that ended an actor means, and its words.
fn diagnose(cause: &ActorProcessingErr) -> (End, String) {
    match cause.downcast_ref::<Error>() {
        Some(error) if error.kind == Kind::Fenced => (End::Fenced, error.to_string()),
        Some(error) => (End::Failed, format!("{}: {error}", error.code)),
        None => (End::Failed, cause.to_string()),
    }
}

/// Stops an actor in the way and time its spec gives, then kills it. One that blocks its thread cannot even be killed:
/// it is left behind, fenced off by its generation.
pub(super) async fn shut(cell: &ActorCell, shutdown: Shutdown) {
    match shutdown {
        Shutdown::Drain(_) => drop(cell.drain()),
        Shutdown::Stop(_) => cell.stop(None),
    }
    if cell.wait(Some(shutdown.deadline())).await.is_ok() {
        return;
    }
    tracing::warn!(actor = ?cell.get_name(), "did not stop within its deadline and is killed");
    if cell.kill_and_wait(Some(Duration::from_secs(1))).await.is_err() {
        tracing::error!(actor = ?cell.get_name(), "blocks its thread and could not be killed; it is left behind");
    }
}

impl State {
    fn node(&self) -> &Node {
        self.seat.node()
    }

    fn find(&self, key: &Key) -> Option<usize> {
        self.children.iter().position(|child| child.spec.key == *key)
    }

    /// Takes a child in and starts it.
    async fn adopt(&mut self, myself: &ActorRef<Msg>, spec: ChildSpec) -> Result<(), ActorProcessingErr> {
        let slot = self.node().observatory().slot(&spec.key, spec.kind);
        let budget = Budget::new(spec.intensity);
        self.children.push(Child { spec, doing: Doing::Waiting, generation: 0, started_before: false, budget, slot });
        self.start(myself, self.children.len() - 1).await
    }

    /// Starts an incarnation. A start that fails is a failure like any other, only that ractor sends no event for it.
    async fn start(&mut self, myself: &ActorRef<Msg>, at: usize) -> Result<(), ActorProcessingErr> {
        let node = self.node().clone();
        let child = &mut self.children[at];
        let seat = Seat::new(node.clone(), child.spec.key.clone(), child.slot.clone());
        let (generation, bell) = (seat.generation(), seat.bell.clone());
        child.generation = generation;
        let again = std::mem::replace(&mut child.started_before, true);
        child.slot.update(|observed| {
            observed.state = Phase::Starting;
            observed.generation = generation;
            observed.restarts += u64::from(again);
            observed.started_at = Some(node.ambient().now());
        });
        if again {
            metrics::actor_restarted(child.spec.kind);
        }
        match child.spec.start(seat, Some(myself.get_cell())).await {
            Ok(cell) => {
                node.directory().put(&child.spec.key, Entry { cell: cell.clone(), generation, bell });
                child.doing = Doing::Running(cell);
                child.slot.update(|observed| observed.state = Phase::Running);
                Ok(())
            }
            Err(error) => self.on_failure(myself, at, End::Failed, &error),
        }
    }

    async fn on_start_child(
        &mut self,
        myself: &ActorRef<Msg>,
        spec: ChildSpec,
        reply: Reply<Result<()>>,
    ) -> Result<(), ActorProcessingErr> {
        if self.find(&spec.key).is_some() {
            let error = Error::conflict("supervision.child_exists", format!("{} is there already", spec.key.path()));
            reply.send(Err(error)).ok();
            return Ok(());
        }
        self.roster.children.lock().push(spec.clone());
        let adopted = self.adopt(myself, spec).await;
        reply.send(Ok(())).ok();
        adopted
    }

    fn on_stop_child(&mut self, myself: &ActorRef<Msg>, key: &Key, reply: Reply<Result<()>>) {
        let Some(at) = self.find(key) else {
            reply.send(Ok(())).ok();
            return;
        };
        self.roster.children.lock().retain(|spec| spec.key != *key);
        match &mut self.children[at].doing {
            Doing::Running(_) => self.stop(myself, at, false, reply),
            Doing::Stopping { again, asked, .. } => {
                *again = false;
                asked.push(reply);
            }
            Doing::Waiting | Doing::Out => {
                self.remove(at);
                reply.send(Ok(())).ok();
            }
        }
    }

    async fn on_restart_child(
        &mut self,
        myself: &ActorRef<Msg>,
        key: &Key,
        reply: Reply<Result<()>>,
    ) -> Result<(), ActorProcessingErr> {
        let Some(at) = self.find(key) else {
            reply.send(Err(Error::not_found("supervision.no_such_child", format!("there is no {}", key.path())))).ok();
            return Ok(());
        };
        match &mut self.children[at].doing {
            Doing::Running(_) => self.stop(myself, at, true, reply),
            Doing::Stopping { again: true, asked, .. } => asked.push(reply),
            Doing::Stopping { .. } => {
                reply
                    .send(Err(Error::conflict("supervision.stopping", format!("{} is being stopped", key.path()))))
                    .ok();
            }
            Doing::Waiting | Doing::Out => {
                let started = self.release(myself, at).await;
                reply.send(Ok(())).ok();
                return started;
            }
        }
        Ok(())
    }

    fn on_get_children(&self, reply: Reply<Vec<Key>>) {
        reply.send(self.children.iter().map(|child| child.spec.key.clone()).collect()).ok();
    }

    /// A back-off or a probation is over, unless somebody was faster.
    async fn on_due(&mut self, myself: &ActorRef<Msg>, key: &Key, generation: u64) -> Result<(), ActorProcessingErr> {
        let Some(at) = self.find(key).filter(|at| self.children[*at].generation == generation) else { return Ok(()) };
        match self.children[at].doing {
            Doing::Waiting => self.start(myself, at).await,
            Doing::Out => self.release(myself, at).await,
            Doing::Running(_) | Doing::Stopping { .. } => Ok(()),
        }
    }

    /// A child that was to stop has stopped.
    async fn on_gone(&mut self, myself: &ActorRef<Msg>, key: &Key, generation: u64) -> Result<(), ActorProcessingErr> {
        let Some(at) = self.find(key).filter(|at| self.children[*at].generation == generation) else { return Ok(()) };
        let Doing::Stopping { again, asked, .. } = std::mem::replace(&mut self.children[at].doing, Doing::Waiting)
        else {
            return Ok(());
        };
        self.node().directory().remove(key, generation);
        let outcome = if again {
            self.children[at].budget.clear();
            self.start(myself, at).await
        } else {
            self.remove(at);
            Ok(())
        };
        for reply in asked {
            reply.send(Ok(())).ok();
        }
        outcome
    }

    /// A child ended without having been asked to.
    fn on_end(
        &mut self,
        myself: &ActorRef<Msg>,
        cell: &ActorCell,
        end: End,
        error: &str,
    ) -> Result<(), ActorProcessingErr> {
        let running = |child: &Child| matches!(&child.doing, Doing::Running(running) if running == cell);
        let Some(at) = self.children.iter().position(running) else { return Ok(()) };
        let child = &self.children[at];
        self.node().directory().remove(&child.spec.key, child.generation);
        self.on_failure(myself, at, end, error)
    }

    /// When it is suspended, the children that are left stop in order before it ends with the error.
    async fn settle(&mut self, outcome: Result<(), ActorProcessingErr>) -> Result<(), ActorProcessingErr> {
        if outcome.is_err() {
            self.stop_all().await;
        }
        outcome
    }

    /// Decides what follows from an end and sets it going.
    fn on_failure(
        &mut self,
        myself: &ActorRef<Msg>,
        at: usize,
        end: End,
        error: &str,
    ) -> Result<(), ActorProcessingErr> {
        let ambient = self.node().ambient().clone();
        let child = &mut self.children[at];
        let (key, kind, generation) = (child.spec.key.clone(), child.spec.kind, child.generation);
        if end != End::Normal {
            child.slot.update(|observed| observed.fail(error, ambient.now()));
        }
        match strategy::judge(
            child.spec.restart,
            end,
            &mut child.budget,
            &child.spec.backoff,
            ambient.elapsed(),
            ambient.fraction(),
        ) {
            Verdict::Restart(wait) => {
                tracing::warn!(%key, error, ?wait, "failed and will be started again");
                child.doing = Doing::Waiting;
                // Told before shown, here and below: whoever sees the state can rely on the report.
                self.roster.reports.failed(&key, kind, error, wait);
                child.slot.update(|observed| observed.state = Phase::BackingOff);
                myself.send_after(wait, move || Msg::Due(key, generation));
                Ok(())
            }
            Verdict::Quarantine => {
                tracing::error!(%key, error, "failed too often and is quarantined");
                child.doing = Doing::Out;
                metrics::actor_quarantined(kind);
                self.roster.reports.quarantined(&key, kind, error);
                child.slot.update(|observed| observed.state = Phase::Quarantined);
                if let Some(probation) = child.spec.probation {
                    let key = key.clone();
                    myself.send_after(probation, move || Msg::Due(key, generation));
                }
                self.escalate(&key, error)
            }
            Verdict::Forget => {
                self.roster.children.lock().retain(|spec| spec.key != key);
                self.remove(at);
                Ok(())
            }
            Verdict::Yield => {
                tracing::warn!(%key, "this node no longer owns the tenant");
                self.roster.children.lock().retain(|spec| spec.key != key);
                self.roster.reports.fenced(&key);
                self.remove(at);
                Ok(())
            }
        }
    }

    /// One of its children is out. Too many of those, and it suspends itself.
    fn escalate(&mut self, key: &Key, error: &str) -> Result<(), ActorProcessingErr> {
        let now = self.node().ambient().elapsed();
        if self.escalations.as_mut().is_none_or(|budget| budget.spend(now).is_some()) {
            return Ok(());
        }
        let own = self.seat.key().clone();
        let why = format!("its parts failed too often; the last was {}: {error}", key.path());
        tracing::error!(key = %own, why, "is suspended");
        let now = self.node().ambient().now();
        metrics::tree_suspended();
        self.roster.reports.suspended(&own, &why);
        self.node().directory().remove(&own, self.seat.generation());
        self.node().observatory().slot(&own, "supervisor").publish(self.seat.generation(), |observed| {
            observed.state = Phase::Suspended;
            observed.fail(&why, now);
        });
        Err(Error::unavailable("supervision.suspended", why).into())
    }

    /// Starts one that waits or is quarantined, with its budget whole again.
    async fn release(&mut self, myself: &ActorRef<Msg>, at: usize) -> Result<(), ActorProcessingErr> {
        let child = &mut self.children[at];
        child.budget.clear();
        if matches!(child.doing, Doing::Out) {
            self.roster.reports.released(&child.spec.key, child.spec.kind);
        }
        self.start(myself, at).await
    }

    /// Stops a running child beside the mailbox, so that the others are not held up; [`Msg::Gone`] tells when it is done.
    fn stop(&mut self, myself: &ActorRef<Msg>, at: usize, again: bool, reply: Reply<Result<()>>) {
        let child = &mut self.children[at];
        let Doing::Running(cell) = std::mem::replace(&mut child.doing, Doing::Waiting) else { return };
        child.slot.update(|observed| observed.state = Phase::Stopping);
        child.doing = Doing::Stopping { cell: cell.clone(), again, asked: vec![reply] };
        let (key, generation, shutdown, myself) =
            (child.spec.key.clone(), child.generation, child.spec.shutdown, myself.clone());
        tokio::spawn(async move {
            shut(&cell, shutdown).await;
            // A supervisor that is gone meanwhile has stopped its children itself.
            myself.send_message(Msg::Gone(key, generation)).ok();
        });
    }

    /// Takes a child out of the tree, the directory and the observatory.
    fn remove(&mut self, at: usize) {
        let child = self.children.remove(at);
        self.node().directory().remove(&child.spec.key, child.generation);
        self.node().observatory().forget(&child.spec.key);
        if let Doing::Stopping { asked, .. } = child.doing {
            for reply in asked {
                reply.send(Ok(())).ok();
            }
        }
    }

    /// Stops all children, in reverse order or all at once.
    async fn stop_all(&mut self) {
        for group in strategy::stop_order(self.children.len(), self.roster.together) {
            let mut under_way = Vec::with_capacity(group.len());
            for at in group {
                let child = &self.children[at];
                if let Doing::Running(cell) | Doing::Stopping { cell, .. } = &child.doing {
                    child.slot.update(|observed| observed.state = Phase::Stopping);
                    let (cell, shutdown) = (cell.clone(), child.spec.shutdown);
                    under_way.push(task(async move { shut(&cell, shutdown).await }));
                }
            }
            for stopping in under_way {
                stopping.await.ok();
            }
        }
        while let Some(last) = self.children.len().checked_sub(1) {
            self.remove(last);
        }
    }
}
