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

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::batch_id;
use autonomos_runtime::ids::ReviewId;
use autonomos_runtime::store::{EntryKind, NewAudit, NewEntry, Page, Review, ReviewChange, ReviewFilter, ReviewState};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Permit, Reply, Seat, Wake, Wave};
use autonomos_runtime::{Error, Kind, Result, Scope};
use serde_json::json;

use super::change::Change;
use super::decide::{self, Decided, Member};
use super::entry::{self, Head, MOST_CHANGES};
use super::index::pair;
use super::questions::{self, MERGE, SPLIT, read_id, spelled};
use super::{Bands, Bounds, Index, Link, Model, Plan, Round};
use crate::dcl::{Ask, Company, Delta};
use crate::platform::four_eyes;
use crate::tenant::{Desk, Post};

/// A wave ends when nothing has moved for so long, or when it has lasted so long.
const QUIET: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(15);
/// Pause before views that could not be read are tried again.
const AGAIN: Duration = Duration::from_secs(2);
/// How long a decision waits for the views to catch up, and for its turn.
const PATIENCE: Duration = Duration::from_secs(10);
const DEADLINE: Duration = Duration::from_secs(25);
/// Facts of one round at most: a first one would tell of everybody.
const TOLD: usize = 100;
/// Questions whether a record still belongs, of one round.
const STRAYS: usize = 50;
/// Records that one credit stands for.
const RECORDS_A_CREDIT: u64 = 1000;

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The entities that these ids lead to are one.
    Merge(Vec<u64>),
    /// These records are not of the entity that the id leads to.
    Split(u64, Vec<u64>),
    /// A question is answered, looked at in this version.
    Answer(ReviewId, i64, bool),
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Position of the log from which it holds.
    pub position: i64,
    /// The entities concerned: the merged one, or the one that keeps its id and the new one.
    pub entities: Vec<u64>,
    /// The question, answered.
    pub review: Option<Review>,
}

/// Somebody's decision about an entity's records.
#[derive(Debug)]
pub struct Decide {
    scope: Scope,
    entity: String,
    decision: Decision,
    reason: Option<String>,
    reply: Reply<Result<Outcome>>,
}

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

    /// Writes a round down, its questions with it.
    async fn write(
        &mut self,
        plan: &Plan,
        span: (i64, i64),
        round: &Round,
        model: i64,
        mut learnt: Option<Model>,
    ) -> Result<()> {
        let desk = self.desk.clone();
        let strays = self.strays(plan, round).await?;
        let parts: Vec<&[Change]> =
            if round.changes.is_empty() { vec![&[]] } else { round.changes.chunks(MOST_CHANGES).collect() };
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let (last, mut position) = (parts.len() - 1, 0);
        for (at, part) in parts.into_iter().enumerate() {
            let head = Head {
                entity: plan.entity.clone(),
                at: span.1,
                complete: at == last,
                by: desk.scope.actor().to_string(),
                reason: None,
                model,
                learnt: learnt.take(),
            };
            let name = format!("{}.{at}", span.1);
            position = tx
                .append_entry(NewEntry {
                    epoch: desk.epoch,
                    batch_id: batch_id("identity", &plan.entity, Some(&span.0.to_string()), &name),
                    kind: EntryKind::Identity,
                    connection: None,
                    stream: None,
                    entity: Some(plan.entity.clone()),
                    payload: entry::encode(&head, part)?,
                })
                .await?;
        }
        let mut facts = Vec::new();
        for stray in strays {
            let review = tx.create_review(stray).await?;
            facts.push(Fact::review(Topic::ReviewCreated, review.id, review.version, "system:unifier", SPLIT));
        }
        tx.save().await?;
        self.floor = Some(position);
        let names = |ids: &[u64]| ids.iter().copied().map(spelled).collect::<Vec<_>>();
        let merged = round.merged.iter().take(TOLD);
        facts.extend(merged.map(|(id, from)| Fact::merged(&plan.entity, &spelled(*id), &names(from))));
        let parted = round.parted.iter().take(TOLD);
        facts.extend(parted.map(|(id, into)| Fact::split(&plan.entity, &spelled(*id), &names(into))));
        for fact in facts {
            desk.publish(fact);
        }
        Ok(())
    }

    /// Questions whether records still belong.
    async fn strays(&self, plan: &Plan, round: &Round) -> Result<Vec<autonomos_runtime::store::NewReview>> {
        let mut out = Vec::new();
        let dcl = &self.desk.parts.dcl;
        for &(record, entity) in round.strays.iter().take(STRAYS) {
            let Some(found) = dcl.entity(&self.desk.scope, &plan.entity, record).await? else { continue };
            let (mine, others): (Vec<_>, Vec<_>) = found.rows.iter().partition(|row| row.record == record);
            if let Some(mine) = mine.first().filter(|_| !others.is_empty()) {
                out.push(questions::split(plan, entity, mine, &others));
            }
        }
        Ok(out)
    }

    /// Takes back questions that answered themselves, and asks the surest of those that nobody was asked yet.
    async fn look_after_questions(&mut self, plan: &Plan) -> Result<()> {
        let desk = self.desk.clone();
        let dcl = &desk.parts.dcl;
        let most = desk.parts.config.unify.questions;
        let mut waiting = Vec::new();
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        for kind in [MERGE, SPLIT] {
            for state in [ReviewState::Pending, ReviewState::Snoozed] {
                let filter =
                    ReviewFilter { kind: Some(kind.to_owned()), state: Some(state), ..ReviewFilter::default() };
                waiting.extend(tx.reviews(&filter, &Page::first(1000)).await?.items);
            }
        }
        drop(tx);
        waiting.retain(|review| review.subject["entity"] == plan.entity.as_str());
        waiting.sort_by_key(|review| review.id);
        waiting.dedup_by_key(|review| review.id);
        let ids: Vec<u64> = waiting.iter().flat_map(|review| [about(review).0, about(review).1]).collect();
        let entities = dcl.company(&desk.scope, &plan.entity, ids).await?;
        let there: HashSet<u64> = entities.members.iter().filter(|m| m.live).map(|m| m.record).collect();
        let (mut open, mut moot) = (HashSet::new(), Vec::new());
        for (review, two) in waiting.iter().zip(entities.entities.chunks(2)) {
            let (a, b) = about(review);
            let known = there.contains(&a) && (review.kind == SPLIT || there.contains(&b));
            match (two, review.kind.as_str()) {
                (&[Some(x), Some(y)], MERGE) if x != y && known => drop(open.insert(pair(x, y))),
                (&[Some(x), Some(y)], SPLIT) if x == y && known => {}
                _ => moot.push((review.id, review.version, review.kind.clone())),
            }
        }
        let mut new = Vec::new();
        if open.len() < most {
            for (found, x, y) in dcl.doubts(&desk.scope, &plan.entity, most * 4).await? {
                if open.len() < most && open.insert(pair(x, y)) {
                    new.push((found, x, y));
                }
            }
        }
        if new.is_empty() && moot.is_empty() {
            return Ok(());
        }
        let records = new.iter().flat_map(|(found, ..)| [found.a, found.b]).collect();
        let rows = dcl.records(&desk.scope, &plan.entity, records).await?;
        let models = dcl.comparisons(&desk.scope, &plan.entity, new.iter().map(|n| n.0.model).collect()).await?;
        let row = |id: u64| rows.iter().find(|row| row.record == id);
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let mut facts = Vec::new();
        for (found, x, y) in &new {
            let names = models.iter().find(|(version, _)| *version == found.model).map(|(_, names)| names);
            if let (Some(a), Some(b), Some(names)) = (row(found.a), row(found.b), names) {
                let review = tx.create_review(questions::merge(plan, names, found, (*x, *y), a, b)).await?;
                facts.push(Fact::review(Topic::ReviewCreated, review.id, review.version, "system:unifier", MERGE));
            }
        }
        for (id, version, kind) in moot {
            match tx.change_review(id, version, ReviewChange::Reject).await {
                Ok(review) => {
                    facts.push(Fact::review(Topic::ReviewDecided, id, review.version, "system:unifier", &kind));
                }
                // Somebody answered just now; their answer is on its way here.
                Err(error) if matches!(error.kind, Kind::Stale | Kind::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        tx.save().await?;
        for fact in facts {
            desk.publish(fact);
        }
        Ok(())
    }

    async fn on_decide(&mut self, decide: Decide) -> Result<()> {
        if decide.reply.is_closed() {
            return Ok(());
        }
        let outcome = self.decide(&decide).await;
        // One who went away meanwhile reads it from the log.
        drop(decide.reply.send(outcome));
        Ok(())
    }

    async fn decide(&mut self, asked: &Decide) -> Result<Outcome> {
        let desk = self.desk.clone();
        let floor = self.floor().await?;
        desk.materializer().wake();
        tokio::time::timeout(PATIENCE, desk.until_folded(floor)).await.map_err(|_| {
            Error::busy("unify.behind", "the views have not caught up with the log yet").remedy("try again in a moment")
        })?;
        let question = match asked.decision {
            Decision::Answer(id, ..) => Some(desk.parts.store.read(&asked.scope).await?.review(id).await?),
            _ => None,
        };
        let entity = match &question {
            Some(review) => review.subject["entity"].as_str().unwrap_or_default().to_owned(),
            None => asked.entity.clone(),
        };
        let ids = match (&asked.decision, &question) {
            (_, Some(review)) => vec![about(review).0, about(review).1],
            (Decision::Merge(ids), _) => ids.clone(),
            (Decision::Split(id, _), _) => vec![*id],
            (Decision::Answer(..), None) => Vec::new(),
        };
        let company = desk.parts.dcl.company(&asked.scope, &entity, ids).await?;
        let decided = match (&asked.decision, &question) {
            (Decision::Answer(_, _, yes), Some(review)) => answered(review, *yes, &company)?,
            (Decision::Merge(_), _) => decide::merge(known(&company)?, &linked(&company, Link::Apart))?,
            (Decision::Split(_, records), _) => {
                decide::split(known(&company)?, records, &linked(&company, Link::Together))?
            }
            (Decision::Answer(..), None) => Decided::default(),
        };
        self.carry_out(asked, &entity, company.position, decided).await
    }

    /// The decision in the log, and the question answered, in one transaction of the one who decided.
    async fn carry_out(&mut self, asked: &Decide, entity: &str, at: i64, decided: Decided) -> Result<Outcome> {
        let desk = self.desk.clone();
        let head = Head {
            entity: entity.to_owned(),
            at,
            complete: false,
            by: asked.scope.actor().to_string(),
            reason: asked.reason.clone(),
            model: 0,
            learnt: None,
        };
        let changes: Vec<Change> = decided.changes.iter().map(|key| (*key).into()).collect();
        let mut tx = desk.parts.store.begin(&asked.scope).await?;
        let mut review = None;
        if let Decision::Answer(id, version, yes) = asked.decision {
            if yes && four_eyes::wanted(tx.as_mut()).await? {
                four_eyes::somebody_elses(&asked.scope, &tx.review(id).await?)?;
            }
            let change = if yes { ReviewChange::Approve } else { ReviewChange::Reject };
            review = Some(tx.change_review(id, version, change).await?);
        }
        let mut position = tx.log_head().await?;
        if !changes.is_empty() {
            let name = desk.parts.ambient().uuid().to_string();
            position = tx
                .append_entry(NewEntry {
                    epoch: desk.epoch,
                    batch_id: batch_id("identity", entity, Some("decision"), &name),
                    kind: EntryKind::Identity,
                    connection: None,
                    stream: None,
                    entity: Some(entity.to_owned()),
                    payload: entry::encode(&head, &changes)?,
                })
                .await?;
        }
        let named: Vec<String> = decided.entities.iter().copied().map(spelled).collect();
        let note = match &asked.decision {
            Decision::Answer(id, ..) => NewAudit::new("review.decide", "review", id),
            Decision::Merge(..) => NewAudit::new("entity.merge", entity, named.join("+")),
            Decision::Split(..) => NewAudit::new("entity.split", entity, named.join("+")),
        };
        let after = json!({"entities": named, "changes": changes.len(), "position": position, "reason": asked.reason});
        tx.append_audit(note.after(after)).await?;
        tx.save().await?;
        self.floor = Some(position);
        self.asked = 0;
        if let Some(warm) = self.warm.get_mut(entity) {
            warm.index.apply(&decided.changes);
        }
        let names: Vec<String> = decided.entities.iter().copied().map(spelled).collect();
        match decided.entities[..] {
            [id] if !changes.is_empty() => desk.publish(Fact::merged(entity, &spelled(id), &names)),
            [id, _] if changes.iter().any(|c| matches!(c, Change::Moved { .. })) => {
                desk.publish(Fact::split(entity, &spelled(id), &names));
            }
            _ => {}
        }
        if let Some(review) = &review {
            let by = asked.scope.actor().to_string();
            desk.publish(Fact::review(Topic::ReviewDecided, review.id, review.version, &by, &review.kind));
        }
        desk.materializer().wake();
        Ok(Outcome { position, entities: decided.entities, review })
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

/// The two records, or the entity and the record, that a question is about.
fn about(review: &Review) -> (u64, u64) {
    let id = |name: &str| review.subject[name].as_str().and_then(read_id).unwrap_or_default();
    if review.kind == SPLIT { (id("record"), id("id")) } else { (id("a"), id("b")) }
}

/// The members, if every id leads somewhere.
fn known(company: &Company) -> Result<&[Member]> {
    if company.entities.iter().any(Option::is_none) {
        return Err(Error::not_found("entity.unknown", "There is no such entity."));
    }
    Ok(&company.members)
}

fn linked(company: &Company, link: Link) -> Vec<(u64, u64)> {
    company.links.iter().filter(|(.., l)| *l == link).map(|(a, b, _)| (*a, *b)).collect()
}

/// What an answer means by now.
fn answered(review: &Review, yes: bool, company: &Company) -> Result<Decided> {
    let members = known(company)?;
    let (first, second) = about(review);
    let of = |id: u64| members.iter().find(|m| m.record == id).map(|m| m.entity);
    let same = of(first) == of(second);
    let with = |id: u64| members.iter().filter(|m| of(id) == Some(m.entity)).copied().collect::<Vec<_>>();
    match (review.kind.as_str(), yes) {
        (MERGE, true) if same => {
            Ok(Decided { entities: Vec::new(), changes: vec![decide::ChangeKey::Together(first, second)] })
        }
        (MERGE, true) => decide::merge(members, &linked(company, Link::Apart)),
        (MERGE, false) if same => Ok(Decided::default()),
        (MERGE, false) => decide::apart(&with(first), &with(second)),
        (SPLIT, true) if same => {
            decide::split(&with(first), &questions::taken_out(review), &linked(company, Link::Together))
        }
        (SPLIT, false) if same => {
            let other = with(first).into_iter().find(|m| m.live && m.record != first).map(|m| m.record);
            let changes = other.map(|other| decide::ChangeKey::Together(first.min(other), first.max(other)));
            Ok(Decided { entities: Vec::new(), changes: changes.into_iter().collect() })
        }
        _ => Ok(Decided::default()),
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
