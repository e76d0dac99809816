//! Decides who is who when the views have moved: once per wave of changes, incrementally, and writes it to the log.
//!
//! Supervised by the tenant's tree, permanent; the one that writes `identity` entries, so decisions of people go through
//! it as well and never cross its own. A restart loses the records it holds as they are compared, and nothing else: how
//! far everything is decided is in the views, folded from its own entries, and a round that was not written is made again
//! from the same rows. Nudges coalesce. It decides from views that hold everything it wrote, or waits for them.
//!
//! Bounds: records of an entity, and records in memory for the node; what is over the first is said on its page and left
//! undecided, what is over the second waits. Records are let go of when nobody needed them for a while. Out: entries,
//! questions, facts; a nudge to the materializer.

mod asking;
mod deciding;
mod writing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Permit, Seat, Wake, Wave};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

pub use deciding::{Decide, Decision, Outcome};

use super::{Bands, Bounds, Index, Model, Plan, Round};
use crate::dcl::{Ask, Delta};
use crate::tenant::{Desk, Post};

/// A wave ends when nothing has moved for so long, or when it has lasted so long.
const QUIET: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(15);
/// Pause before views that could not be read are tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How long a decision waits for the views to catch up, and for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
const DEADLINE: Duration = Duration::from_secs(25);
/// Records that one credit stands for.
const RECORDS_A_CREDIT: u64 = 1000;

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// A person decides.
    Decide(Box<Decide>),
    /// The views may have moved.
    Wake(Wake),
    /// The wave is over.
    Due,
    /// Nobody needed the records for a while.
    Cool,
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// The records of an entity, held as they are compared.
struct Warm {
    index: Index,
    /// Held for as long as the records are.
    room: Permit,
}

/// What it holds.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    /// Compiled when there is something to decide: a tenant without data costs nothing.
    plans: Option<Vec<Arc<Plan>>>,
    warm: BTreeMap<String, Warm>,
    /// Position up to which each entity is decided, as far as this incarnation knows: a round that changes nothing writes
    /// nothing.
    decided: BTreeMap<String, i64>,
    /// Position that the views must hold before anything is decided from them; none: not known yet.
    floor: Option<i64>,
    /// Position of the views when questions were last looked after.
    asked: i64,
    wave: Wave,
    cooling: Alarm,
    rounds: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("floor", &self.floor).field("rounds", &self.rounds).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Unifier;

impl Actor for Unifier {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State {
            seat: post.seat,
            desk: post.desk,
            plans: None,
            warm: BTreeMap::new(),
            decided: BTreeMap::new(),
            floor: None,
            asked: 0,
            wave: Wave::new(QUIET, LONGEST),
            cooling: Alarm::new(),
            rounds: 0,
        })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Decide(decide) => state.on_decide(*decide).await,
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself);
                Ok(())
            }
            Msg::Due => state.on_due(&myself).await,
            Msg::Cool => {
                state.warm.clear();
                Ok(())
            }
        }
        .or_else(|error| state.survive(&myself, error))
    }
}

/// What is unified, by the node's settings.
pub fn plans(desk: &Desk) -> Result<Vec<Arc<Plan>>> {
    let config = &desk.parts.config.unify;
    let bands = Bands { merge: config.merge, review: config.review, never: config.never };
    let bounds = Bounds { threads: config.threads, ..Bounds::default() };
    desk.parts.vocabulary.entities().filter_map(|e| Plan::of(e, bands, bounds).transpose()).collect()
}

impl State {
    fn on_wake(&mut self, myself: &ActorRef<Msg>) {
        self.wave.nudge(myself, self.desk.parts.ambient().elapsed(), || Msg::Due);
    }

    async fn on_due(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        self.wave.over();
        // What the views do not hold yet comes with the next nudge of the materializer.
        if self.desk.position() < self.floor().await? || self.desk.position() == 0 {
            return Ok(());
        }
        let plans = self.compiled()?;
        let mut wrote = false;
        for plan in &plans {
            wrote |= self.unify(plan).await?;
        }
        if wrote {
            self.desk.materializer().wake();
        } else if self.asked != self.desk.position() {
            let position = self.desk.position();
            for plan in &plans {
                self.look_after_questions(plan).await?;
            }
            self.asked = position;
        }
        self.seat.progress(self.desk.position() as u64, 0);
        self.seat.recovered();
        let keep = Duration::from_secs(self.desk.parts.config.unify.keep_seconds);
        self.cooling.set(myself, keep, || Msg::Cool);
        Ok(())
    }

    fn compiled(&mut self) -> Result<Vec<Arc<Plan>>> {
        if let Some(plans) = &self.plans {
            return Ok(plans.clone());
        }
        Ok(self.plans.insert(plans(&self.desk)?).clone())
    }

    /// The position that the views must hold: of what was written here, and of what the log had at the start.
    async fn floor(&mut self) -> Result<i64> {
        if let Some(floor) = self.floor {
            return Ok(floor);
        }
        let head = self.desk.parts.store.read(&self.desk.scope).await?.log_head().await?;
        Ok(*self.floor.insert(head))
    }

    /// Decides about what is new of one entity; whether that changed anything.
    async fn unify(&mut self, plan: &Arc<Plan>) -> Result<bool> {
        let desk = self.desk.clone();
        let dcl = &desk.parts.dcl;
        let held = self.warm.contains_key(&plan.entity);
        let since = self.decided.get(&plan.entity).copied();
        let news = dcl.news(&desk.scope, &plan.entity, since, held).await?;
        if !news.any {
            return Ok(false);
        }
        if news.records > desk.parts.config.unify.records {
            let error = Error::too_large(
                "unify.too_many",
                format!("{} records of {} are not unified", news.records, plan.entity),
            )
            .remedy("raise unify.records, if the node has the memory");
            self.seat.error(&error);
            return Ok(false);
        }
        self.seat.progress(self.desk.position() as u64, 1);
        let ask = Ask { fields: plan.fields.clone(), since, held };
        let delta = dcl.undecided(&desk.scope, &plan.entity, ask).await?;
        let (position, upto) = (delta.position, delta.upto);
        let (index, room) = match self.warm.remove(&plan.entity) {
            Some(warm) if delta.touched.is_none() => (Some(warm.index), warm.room),
            Some(warm) => (None, warm.room),
            None => (None, self.room(news.records).await?),
        };
        let of = plan.clone();
        let work = tokio::task::spawn_blocking(move || decided(&of, index, delta));
        let (index, round, learnt) =
            work.await.map_err(|e| Error::internal("unify.failed", "identities could not be decided").source(e))?;
        let wrote = !round.changes.is_empty() || learnt;
        if wrote {
            let learnt = learnt.then(|| index.model().clone());
            self.write(plan, (upto, position), &round, index.model().version, learnt).await?;
        }
        self.rounds += 1;
        self.seat.extra(json!({
            "rounds": self.rounds, "entity": plan.entity, "records": index.len(), "compared": round.compared,
            "model": index.model().version, "decided_to": position,
        }));
        self.decided.insert(plan.entity.clone(), position);
        self.warm.insert(plan.entity.clone(), Warm { index, room });
        Ok(wrote)
    }

    /// Room for so many records in memory. What this tenant holds already makes way before anybody waits for others.
    async fn room(&mut self, records: u64) -> Result<Permit> {
        let credits = u32::try_from(records / RECORDS_A_CREDIT + 1).unwrap_or(u32::MAX);
        if let Ok(permit) = self.desk.parts.indexed.try_take(&self.desk.scope, credits) {
            return Ok(permit);
        }
        self.warm.clear();
        self.desk.parts.indexed.take(&self.desk.scope, credits).await
    }

    /// Views that open anew or have no room are waited out; anything else is the supervisor's.
    fn survive(&mut self, myself: &ActorRef<Msg>, error: Error) -> Result<(), Failure> {
        self.seat.survive(error, "identities could not be decided")?;
        self.wave.again(myself, AGAIN, || Msg::Due);
        Ok(())
    }
}

/// The work of a round, off the runtime's threads.
fn decided(plan: &Arc<Plan>, index: Option<Index>, delta: Delta) -> (Index, Round, bool) {
    let Delta { position, rows, touched, gone, standings, links, model, .. } = delta;
    if let Some(mut index) = index {
        for id in gone {
            index.remove(id);
        }
        let (round, learnt) = index.advance(&rows, None, position);
        return (index, round, learnt);
    }
    let mut index = Index::new(plan.clone(), model.unwrap_or_else(|| Model::assumed(plan)));
    for (ids, columns) in &rows {
        index.load(ids, columns);
    }
    drop(rows);
    for (id, standing) in standings {
        index.place(id, standing);
    }
    for (a, b, link) in links {
        index.link(a, b, link);
    }
    let (round, learnt) = index.advance(&[], Some(&touched.unwrap_or_default()), position);
    (index, round, learnt)
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

    /// Carries out what a person decides, as that person.
    pub async fn decide(
        &self,
        scope: &Scope,
        entity: &str,
        decision: Decision,
        reason: Option<String>,
    ) -> Result<Outcome> {
        let (scope, entity) = (scope.clone(), entity.to_owned());
        self.0.ask(DEADLINE, |reply| Msg::Decide(Box::new(Decide { scope, entity, decision, reason, reply }))).await
    }
}
