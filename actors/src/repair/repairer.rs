//! Looks at detected drifts and decides: heal now, ask a human, or keep the field out.
//!
//! Supervised by the tenant's tree, permanent. A restart loses nothing: drifts are rows in state `detected`, and a round
//! begins by reading them. Nudges coalesce into one round. Out: mapping versions in the log, reviews, facts; nudges to
//! the materializer (history is mapped again) and to the connector (the next batch goes by the new rules).

use std::collections::BTreeMap;
use std::sync::Arc;

use autonomos_runtime::Result;
use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::mapping::Origin;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{
    Drift, DriftFilter, DriftState, DriftUpdate, Page, StreamState, StreamUpdate, Verdict as Said,
};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Failure, Seat, Wake};

use super::carry_out::{self, Repair};
use super::judge::{Ground, Judged, Policy, Verdict};
use crate::mapping::onboard::Tiers;
use crate::tenant::Desk;

/// What it needs to start.
#[derive(Clone, Debug)]
pub struct Args {
    /// From the kit.
    pub seat: Seat,
    /// The tenant's.
    pub desk: Arc<Desk>,
}

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// There may be drifts to look at.
    Wake(Wake),
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// What it holds.
#[derive(Debug)]
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    healed: u64,
    asked: u64,
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Repairer;

impl Actor for Repairer {
    type Msg = Msg;
    type State = State;
    type Arguments = Args;

    async fn pre_start(&self, myself: ActorRef<Msg>, args: Args) -> Result<State, Failure> {
        args.seat.wake(&myself);
        Ok(State { seat: args.seat, desk: args.desk, healed: 0, asked: 0 })
    }

    async fn handle(&self, _: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => {
                wake.begin();
                Ok(state.on_wake().await?)
            }
        }
    }
}

impl State {
    async fn on_wake(&mut self) -> Result<()> {
        let desk = self.desk.clone();
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        let filter = DriftFilter { state: Some(DriftState::Detected), ..DriftFilter::default() };
        let detected = tx.drifts(&filter, &Page::first(500)).await?.items;
        drop(tx);
        // What one batch brought is decided together: renames that belong together become one version.
        let mut groups: BTreeMap<(ConnectionId, String, i64), Vec<Drift>> = BTreeMap::new();
        for drift in detected {
            groups.entry((drift.connection_id, drift.stream.clone(), drift.detected_seq)).or_default().push(drift);
        }
        let waiting = groups.len() as u64;
        self.seat.progress(self.healed + self.asked, waiting);
        for ((connection, stream, from_seq), drifts) in groups {
            self.decide(connection, &stream, from_seq, drifts).await?;
        }
        self.seat.progress(self.healed + self.asked, 0);
        self.seat.extra(serde_json::json!({"healed": self.healed, "asked": self.asked}));
        Ok(())
    }

    /// One batch's changes of one stream, in one transaction.
    async fn decide(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        from_seq: i64,
        drifts: Vec<Drift>,
    ) -> Result<()> {
        let desk = self.desk.clone();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let connection = tx.connection(connection).await?;
        let row = tx.stream(connection.id, stream).await?;
        let Some(active) = tx.active_mapping(connection.id, stream).await? else { return Ok(()) };
        let schema = row.schema.clone().unwrap_or_default();
        let object = row.object.clone().unwrap_or_else(|| row.name.clone());
        let config = &desk.parts.config.repair;
        let ground = Ground {
            vocabulary: &desk.parts.vocabulary,
            mapping: &active.mapping,
            schema: &schema,
            system: connection.system.as_deref(),
            object: &object,
            policy: &connection.policy,
            safe_mode: connection.safe_mode,
            tiers: Tiers { apply: config.apply, review: config.review },
        };
        let Some(entity) = desk.parts.vocabulary.entity(&active.mapping.entity) else { return Ok(()) };
        let mut next = active.mapping.clone();
        let mut applied: Vec<(Drift, Judged)> = Vec::new();
        let mut facts: Vec<Fact> = Vec::new();
        let mut open = false;
        let expires_at = desk.parts.lapses_at();
        for drift in drifts {
            match ground.judge(&drift) {
                Verdict::Apply(judged) => {
                    next = judged.proposal.apply(&next, entity, judged.confidence, Origin::Rule)?;
                    applied.push((drift, judged));
                }
                Verdict::Ask(judged) => {
                    let review = carry_out::ask(tx.as_mut(), &connection, &drift, &judged, expires_at).await?;
                    open = true;
                    self.asked += 1;
                    facts.push(Fact::repair(
                        Topic::RepairProposed,
                        drift.id,
                        connection.id,
                        stream,
                        judged.confidence,
                        None,
                    ));
                    facts.push(Fact::review(
                        Topic::ReviewCreated,
                        review.id,
                        review.version,
                        "system:repairer",
                        "drift",
                    ));
                    if Policy::of(&connection.policy, &drift.kind) == Policy::Stop {
                        let why = format!("{} needs a decision before reading goes on", drift.kind);
                        let change =
                            StreamUpdate { state: Some((StreamState::Stopped, Some(why))), ..StreamUpdate::default() };
                        tx.update_stream(connection.id, stream, change).await?;
                    }
                }
                Verdict::Quarantine(judged) => {
                    open = true;
                    let change = DriftUpdate {
                        state: Some(DriftState::Quarantined),
                        confidence: Some(judged.confidence),
                        evidence: Some(carry_out::remembered(&drift, &judged)),
                        ..DriftUpdate::default()
                    };
                    tx.update_drift(drift.id, change, None).await?;
                    let what = drift.to.clone().or(drift.from.clone()).unwrap_or_default();
                    facts.push(Fact::quarantined(
                        connection.id,
                        stream,
                        0,
                        &format!("field {what} is kept out of the views"),
                    ));
                }
            }
        }
        if !applied.is_empty() {
            self.apply(tx.as_mut(), &connection, stream, from_seq, next, &active, applied, &mut facts).await?;
        }
        if open {
            let change = StreamUpdate { state: Some((StreamState::Drifted, None)), ..StreamUpdate::default() };
            if row.state == StreamState::Active {
                tx.update_stream(connection.id, stream, change).await?;
            }
        }
        tx.save().await?;
        for fact in facts {
            desk.publish(fact);
        }
        desk.materializer().wake();
        desk.connector(connection.id).wake();
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `decide`, with what that has read")]
    async fn apply(
        &mut self,
        tx: &mut dyn autonomos_runtime::store::Tx,
        connection: &autonomos_runtime::store::Connection,
        stream: &str,
        from_seq: i64,
        next: autonomos_runtime::canonical::mapping::Mapping,
        active: &autonomos_runtime::store::MappingVersion,
        applied: Vec<(Drift, Judged)>,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let settled = applied.iter().map(|(d, _)| (d.id, DriftState::Healed)).collect();
        let version = if next == active.mapping {
            None
        } else {
            let reason: Vec<String> = applied.iter().map(|(d, _)| describe(d)).collect();
            let repair = Repair {
                connection: connection.id,
                stream,
                mapping: next,
                expected_version: active.version,
                from_seq,
                drifts: settled,
                origin: Origin::Rule,
                reason: reason.join("; "),
                revert: false,
                retracts: Vec::new(),
            };
            Some(carry_out::adopt(tx, Some(self.desk.epoch), repair).await?)
        };
        let mut memory = Vec::new();
        for (drift, judged) in applied {
            let change = DriftUpdate {
                state: Some(DriftState::Healed),
                confidence: Some(judged.confidence),
                evidence: Some(carry_out::remembered(&drift, &judged)),
                review_id: None,
                mapping_after: version,
            };
            tx.update_drift(drift.id, change, None).await?;
            memory.extend(carry_out::decision(
                connection.system.as_deref(),
                stream,
                &judged.proposal,
                Said::Accepted,
                judged.confidence,
            ));
            facts.push(Fact::repair(Topic::RepairApplied, drift.id, connection.id, stream, judged.confidence, version));
            self.healed += 1;
        }
        tx.remember(memory).await
    }
}

fn describe(drift: &Drift) -> String {
    match (&drift.from, &drift.to) {
        (Some(from), Some(to)) if from != to => format!("{} {from} to {to}", drift.kind),
        (Some(field), _) | (None, Some(field)) => format!("{} {field}", drift.kind),
        (None, None) => drift.kind.clone(),
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

    /// There are drifts to look at.
    pub fn wake(&self) {
        self.0.wake();
    }
}
