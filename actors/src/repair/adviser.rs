//! Asks a language model for a second opinion on changes that people are asked about, and puts it beside the question.
//!
//! Supervised by the tenant's tree where a model is configured, permanent. A restart loses nothing: what nobody gave an
//! opinion on is a question without one. Nudges coalesce; one question is asked at a time, the latest first, and a model that
//! is away or used up is asked again later. Nothing waits for it and nothing is applied by it: a question that was decided
//! meanwhile, or that is a person's, stays as it is. Out: questions in a further version, facts.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::Result;
use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::ids::DriftId;
use autonomos_runtime::store::{
    Connection, Drift, MappingVersion, NewReview, Page, Review, ReviewFilter, ReviewState, Stream,
};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Alarm, Failure, Seat, Wake};
use serde_json::{Value, json};

use super::judge::Ground;
use super::opinion::{self, Opinion};
use super::proposal::Proposal;
use super::repairer;
use crate::intelligence::{LanguageModel, meter};
use crate::tenant::{Desk, Post};

/// What calls are counted under.
const PURPOSE: &str = "repair";
/// Questions that are looked at, the latest; older ones have waited without an opinion so far and can go on so.
const AT_ONCE: u32 = 100;
/// When a model that could not answer is asked again.
const AGAIN: Duration = Duration::from_mins(1);

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// There may be a question without an opinion.
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
    alarm: Alarm,
    given: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("given", &self.given).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Adviser;

impl Actor for Adviser {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State { seat: post.seat, desk: post.desk, alarm: Alarm::new(), given: 0 })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        if let Msg::Wake(wake) = message {
            wake.begin();
        }
        state.on_wake().await.or_else(|error| {
            state.alarm.set(&myself, AGAIN, || Msg::Due);
            state.seat.survive(error, "second opinions wait")
        })
    }
}

impl State {
    async fn on_wake(&mut self) -> Result<()> {
        let desk = self.desk.clone();
        let filter = ReviewFilter {
            kind: Some("drift".to_owned()),
            state: Some(ReviewState::Pending),
            ..ReviewFilter::default()
        };
        let waiting = desk.parts.store.read(&desk.scope).await?.reviews(&filter, &Page::first(AT_ONCE)).await?.items;
        for review in waiting.iter().filter(|review| wants_one(review)) {
            let Some(case) = case(&desk, review).await? else { continue };
            let ground = case.ground(&desk);
            let values = desk.parts.config.llm.send_samples;
            let Some(question) = opinion::question(&ground, &case.drift, values) else { continue };
            let said = meter::ask(&desk.parts, &desk.scope, PURPOSE, &question).await;
            match said.and_then(|said| opinion::read(&ground, &case.drift, &said)) {
                Ok(opinion) => self.put(review, evidence(review, &ground, &opinion, desk.parts.model.as_ref())).await?,
                Err(error) if error.retryable() => return Err(error),
                // Asked again it would cost again and most likely say the same.
                Err(error) => {
                    tracing::warn!(review = %review.id, error = error.chain(), "a second opinion came to nothing");
                    let mut evidence = review.evidence.clone();
                    evidence["opinion"] = json!({"says": "failed", "code": error.code, "why": error.message});
                    self.put(review, evidence).await?;
                }
            }
        }
        self.seat.progress(self.given, 0);
        self.seat.recovered();
        Ok(())
    }

    /// Puts an opinion beside the question, if that is still the one it was given on.
    async fn put(&mut self, review: &Review, evidence: Value) -> Result<()> {
        let desk = self.desk.clone();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let now = tx.review(review.id).await?;
        if now.version != review.version || !wants_one(&now) {
            return Ok(());
        }
        let again = NewReview {
            kind: now.kind,
            key: review.subject["drift_id"].as_str().map(str::to_owned),
            connection_id: now.connection_id,
            subject: now.subject,
            proposal: now.proposal,
            evidence,
            confidence: now.confidence,
            assignee: now.assignee,
            expires_at: now.expires_at,
        };
        let told = tx.create_review(again).await?;
        tx.save().await?;
        self.given += 1;
        desk.publish(Fact::review(Topic::ReviewCreated, told.id, told.version, "system:adviser", "drift"));
        Ok(())
    }
}

/// A question that is the platform's and has no opinion yet.
fn wants_one(review: &Review) -> bool {
    let open = matches!(review.state, ReviewState::Pending | ReviewState::Snoozed);
    open && review.proposed_by.is_none() && review.evidence.is_object() && review.evidence.get("opinion").is_none()
}

/// What a question is about, as it is now.
struct Case {
    drift: Drift,
    connection: Connection,
    stream: Stream,
    schema: SourceSchema,
    rules: MappingVersion,
}

impl Case {
    fn ground<'a>(&'a self, desk: &'a Desk) -> Ground<'a> {
        repairer::ground(&desk.parts, &self.connection, &self.stream, &self.schema, &self.rules.mapping, true)
    }
}

/// None where the drift, or the rules that it is about, are gone.
async fn case(desk: &Desk, review: &Review) -> Result<Option<Case>> {
    let id = review.subject["drift_id"].as_str().and_then(|id| id.parse::<DriftId>().ok());
    let Some(id) = id else { return Ok(None) };
    let mut tx = desk.parts.store.read(&desk.scope).await?;
    let drift = tx.drift(id).await?;
    let connection = tx.connection(drift.connection_id).await?;
    let stream = tx.stream(drift.connection_id, &drift.stream).await?;
    let Some(rules) = tx.active_mapping(drift.connection_id, &drift.stream).await? else { return Ok(None) };
    let schema = stream.schema.clone().unwrap_or_default();
    Ok(Some(Case { drift, connection, stream, schema, rules }))
}

/// The question's evidence with the opinion, and with what it proposes as a way on beside the others. Pure.
fn evidence(review: &Review, ground: &Ground<'_>, opinion: &Opinion, model: Option<&LanguageModel>) -> Value {
    let mut evidence = review.evidence.clone();
    let proposed = opinion.proposal.as_ref().map(Proposal::to_json);
    let says = match &proposed {
        None => "nothing",
        Some(proposal) if *proposal == review.proposal => "agrees",
        Some(_) => "proposes",
    };
    let model = model.map(|model| model.name().to_owned());
    evidence["opinion"] = json!({"model": model, "says": says, "why": opinion.why});
    if let (Some(proposal), "proposes") = (&opinion.proposal, says) {
        let mut option = ground.weighed(proposal, opinion::column_of(proposal));
        option["label"] = label(proposal).into();
        option["proposal"] = proposal.to_json();
        option["by"] = "model".into();
        let mut options = evidence["options"].as_array().cloned().unwrap_or_default();
        options.push(option);
        evidence["options"] = options.into();
    }
    evidence
}

fn label(proposal: &Proposal) -> String {
    match proposal {
        Proposal::Rename { from, to, .. } => format!("{from} is now {to}"),
        Proposal::Map { source_path, field } => format!("{source_path} feeds {field}"),
        _ => String::new(),
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

    /// There may be a question without an opinion.
    pub fn wake(&self) {
        self.0.wake();
    }
}
