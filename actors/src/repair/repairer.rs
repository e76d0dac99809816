//! Looks at detected drifts and decides: heal now, ask a human, or keep the field out.
//!
//! Supervised by the tenant's tree, permanent. A restart loses nothing: drifts are rows in state `detected`, and a round
//! begins by reading them. Nudges coalesce into one round. Out: mapping versions in the log, reviews, facts; nudges to
//! the materializer (history is mapped again) and to the connector (the next batch goes by the new rules).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::mapping::{Mapping, Origin};
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{
    Connection, Drift, DriftFilter, DriftState, DriftUpdate, Page, Stream, StreamState, StreamUpdate, Tx,
    Verdict as Said,
};
use autonomos_runtime::supervision::{Actor, ActorRef, Address, Failure, Reply, Seat, Wake};
use autonomos_runtime::{Result, Timestamp};

use super::carry_out::{self, Repair};
use super::judge::{Ground, Judged, Policy, Verdict, judge_stream};
use super::proposal::Proposal;
use crate::flags::Flag;
use crate::mapping::onboard::Tiers;
use crate::parts::Parts;
use crate::tenant::{Desk, Post};

/// How long somebody may wait for a round.
const ROUND: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub enum Msg {
    // from siblings
    /// Look at the drifts there are, then answer.
    GetDecided(Reply<Result<()>>),
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
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State { seat: post.seat, desk: post.desk, healed: 0, asked: 0 })
    }

    async fn handle(&self, _: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::GetDecided(reply) => state.on_get_decided(reply).await,
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake().await
            }
        }
        .map_err(Failure::from)
    }
}

impl State {
    async fn on_get_decided(&mut self, reply: Reply<Result<()>>) -> Result<()> {
        if reply.is_closed() {
            return Ok(());
        }
        self.on_wake().await?;
        // Whoever asked may have given up meanwhile; what was decided stands in rows.
        reply.send(Ok(())).ok();
        Ok(())
    }

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
        let expires_at = desk.parts.lapses_at();
        let mut facts: Vec<Fact> = Vec::new();
        let (whole, drifts): (Vec<Drift>, Vec<Drift>) =
            drifts.into_iter().partition(|drift| drift.kind.starts_with("stream_"));
        for drift in whole {
            let verdict = judge_stream(&drift, &connection.policy, connection.safe_mode);
            self.about_stream(tx.as_mut(), &connection, drift, verdict, expires_at, &mut facts).await?;
        }
        if !drifts.is_empty() {
            self.about_fields(tx.as_mut(), &connection, &row, from_seq, drifts, expires_at, &mut facts).await?;
        }
        tx.save().await?;
        for fact in facts {
            desk.publish(fact);
        }
        desk.materializer().wake();
        desk.connector(connection.id).wake();
        desk.adviser().wake();
        Ok(())
    }

    /// A stream that came or went.
    async fn about_stream(
        &mut self,
        tx: &mut dyn Tx,
        connection: &Connection,
        drift: Drift,
        verdict: Verdict,
        expires_at: Timestamp,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        match verdict {
            Verdict::Apply(judged) => {
                if judged.proposal == Proposal::Take {
                    let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
                    tx.update_stream(connection.id, &drift.stream, change).await?;
                }
                close(tx, &drift, &judged, DriftState::Healed).await?;
                facts.push(Fact::repair(
                    Topic::RepairApplied,
                    drift.id,
                    connection.id,
                    &drift.stream,
                    judged.confidence,
                    None,
                ));
                self.healed += 1;
            }
            Verdict::Ask(judged) => self.ask(tx, connection, &drift, &judged, expires_at, facts).await?,
            Verdict::Quarantine(judged) => close(tx, &drift, &judged, DriftState::Quarantined).await?,
            Verdict::Note(judged) => close(tx, &drift, &judged, DriftState::Noted).await?,
        }
        Ok(())
    }

    /// Changes of a stream's fields that one batch brought.
    #[expect(clippy::too_many_arguments, reason = "one step of `decide`, with what that has read")]
    async fn about_fields(
        &mut self,
        tx: &mut dyn Tx,
        connection: &Connection,
        row: &Stream,
        from_seq: i64,
        drifts: Vec<Drift>,
        expires_at: Timestamp,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let desk = self.desk.clone();
        let stream = row.name.as_str();
        let Some(active) = tx.active_mapping(connection.id, stream).await? else { return Ok(()) };
        let schema = row.schema.clone().unwrap_or_default();
        let safe_mode = connection.safe_mode || !Flag::AutoRepair.is_on(tx).await?;
        let ground = ground(&desk.parts, connection, row, &schema, &active.mapping, safe_mode);
        let Some(entity) = desk.parts.vocabulary.entity(&active.mapping.entity) else { return Ok(()) };
        let mut next = active.mapping.clone();
        let mut applied: Vec<(Drift, Judged)> = Vec::new();
        let (mut open, mut stop) = (false, None);
        for drift in drifts {
            match ground.judge(&drift) {
                Verdict::Apply(judged) => {
                    next = judged.proposal.apply(&next, entity, judged.confidence, Origin::Rule)?;
                    applied.push((drift, judged));
                }
                Verdict::Ask(judged) => {
                    self.ask(tx, connection, &drift, &judged, expires_at, facts).await?;
                    open = true;
                    if Policy::of(&connection.policy, &drift.kind) == Policy::Stop {
                        stop = Some(stopped(&drift.kind, drift.from.as_deref()));
                    }
                }
                Verdict::Note(judged) => close(tx, &drift, &judged, DriftState::Noted).await?,
                Verdict::Quarantine(judged) => {
                    open = true;
                    close(tx, &drift, &judged, DriftState::Quarantined).await?;
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
            self.apply(tx, connection, stream, from_seq, next, &active, applied, facts).await?;
        }
        let state = match (row.state, stop) {
            (_, Some(why)) => Some((StreamState::Stopped, Some(why))),
            (StreamState::Active, None) if open => Some((StreamState::Drifted, None)),
            // What it was stopped for is answered.
            (StreamState::Stopped, None) if !open && !waits(tx, connection.id, stream).await? => {
                Some((StreamState::Active, None))
            }
            _ => None,
        };
        if state.is_some() {
            tx.update_stream(connection.id, stream, StreamUpdate { state, ..StreamUpdate::default() }).await?;
        }
        Ok(())
    }

    async fn ask(
        &mut self,
        tx: &mut dyn Tx,
        connection: &Connection,
        drift: &Drift,
        judged: &Judged,
        expires_at: Timestamp,
        facts: &mut Vec<Fact>,
    ) -> Result<()> {
        let review = carry_out::ask(tx, connection, drift, judged, expires_at).await?;
        self.asked += 1;
        let (proposed, stream) = (Topic::RepairProposed, drift.stream.as_str());
        facts.push(Fact::repair(proposed, drift.id, connection.id, stream, judged.confidence, None));
        facts.push(Fact::review(Topic::ReviewCreated, review.id, review.version, "system:repairer", "drift"));
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one step of `decide`, with what that has read")]
    async fn apply(
        &mut self,
        tx: &mut dyn Tx,
        connection: &Connection,
        stream: &str,
        from_seq: i64,
        next: Mapping,
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

/// What changes of a stream are judged against.
pub(super) fn ground<'a>(
    parts: &'a Parts,
    connection: &'a Connection,
    row: &'a Stream,
    schema: &'a SourceSchema,
    mapping: &'a Mapping,
    safe_mode: bool,
) -> Ground<'a> {
    let config = &parts.config.repair;
    Ground {
        vocabulary: &parts.vocabulary,
        mapping,
        schema,
        system: connection.system.as_deref(),
        object: row.object.as_deref().unwrap_or(&row.name),
        policy: &connection.policy,
        safe_mode,
        tiers: Tiers { apply: config.apply, review: config.review },
    }
}

/// Brings a drift to an end without a question.
async fn close(tx: &mut dyn Tx, drift: &Drift, judged: &Judged, state: DriftState) -> Result<()> {
    let change = DriftUpdate {
        state: Some(state),
        confidence: Some(judged.confidence),
        evidence: Some(carry_out::remembered(drift, judged)),
        ..DriftUpdate::default()
    };
    tx.update_drift(drift.id, change, None).await.map(drop)
}

/// Whether anything about a stream is still to be decided.
pub async fn waits(tx: &mut dyn Tx, connection: ConnectionId, stream: &str) -> Result<bool> {
    let filter = DriftFilter { state: None, connection: Some(connection), stream: Some(stream.to_owned()) };
    Ok(tx.drifts(&filter, &Page::first(1000)).await?.items.iter().any(|d| d.state.is_open()))
}

/// Why a stream is not read until somebody decides.
pub fn stopped(kind: &str, field: Option<&str>) -> String {
    let of = field.map(|f| format!(" of {f}")).unwrap_or_default();
    format!("{kind}{of} needs a decision before reading goes on")
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

    /// Waits until whatever was detected before is decided, asked about or noted.
    pub async fn decided(&self) -> Result<()> {
        self.0.ask(ROUND, Msg::GetDecided).await
    }
}
