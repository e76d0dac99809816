//! Drifts and the questions they lead to: looked at, decided, taken back.

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::mapping::Origin;
use autonomos_runtime::ids::{ConnectionId, DriftId, ReviewId};
use autonomos_runtime::store::{
    ConnectionState, DriftFilter, DriftState, DriftUpdate, NewAudit, Paged, Review, ReviewChange, ReviewFilter,
    ReviewState, StreamState, StreamUpdate, Tx, Verdict as Said,
};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::shapes::{Decision, DriftView, ReviewView, Verdict};
use super::{Listing, Platform, four_eyes};
use crate::repair::carry_out::{self, Repair};
use crate::repair::proposal::Proposal;
use crate::repair::repairer::waits;
use crate::repair::undo::{Undoing, healed};
use crate::unify::questions;

impl Platform {
    /// Detected changes.
    pub async fn drifts(&self, scope: &Scope, listing: Listing) -> Result<Paged<DriftView>> {
        let filter = DriftFilter { state: listing.state()?, connection: listing.connection, stream: None };
        let mut tx = self.parts().store.read(scope).await?;
        Ok(tx.drifts(&filter, &listing.page).await?.map(DriftView::from))
    }

    /// One detected change.
    pub async fn drift(&self, scope: &Scope, id: DriftId) -> Result<DriftView> {
        Ok(self.parts().store.read(scope).await?.drift(id).await?.into())
    }

    /// Questions to humans.
    pub async fn reviews(&self, scope: &Scope, listing: Listing) -> Result<Paged<ReviewView>> {
        let filter = ReviewFilter { state: listing.state()?, ..ReviewFilter::default() };
        let mut tx = self.parts().store.read(scope).await?;
        Ok(tx.reviews(&filter, &listing.page).await?.map(ReviewView::from))
    }

    /// One question.
    pub async fn review(&self, scope: &Scope, id: ReviewId) -> Result<ReviewView> {
        Ok(self.parts().store.read(scope).await?.review(id).await?.into())
    }

    /// Answers a question. Where two people are wanted, nobody approves what they proposed themselves (`Denied`), and an
    /// edit is a proposal to somebody else. `Stale` when the version moved on, `Conflict` when it is decided already.
    pub async fn decide_review(
        &self,
        scope: &Scope,
        id: ReviewId,
        version: i64,
        decision: Decision,
    ) -> Result<ReviewView> {
        let review = self.parts().store.read(scope).await?.review(id).await?;
        if matches!(review.kind.as_str(), questions::MERGE | questions::SPLIT) {
            return self.answer_identity(scope, &review, version, decision.decision).await;
        }
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let review = tx.review(id).await?;
        let two_people = four_eyes::wanted(tx.as_mut()).await?;
        if two_people && decision.decision == Verdict::Approve {
            four_eyes::somebody_elses(scope, &review)?;
        }
        let proposal = match (decision.decision, &decision.edit) {
            (Verdict::Edit, Some(edit)) => Proposal::from_json(edit)?,
            (Verdict::Edit, None) => {
                return Err(
                    Error::invalid("review.no_edit", "An edit needs the proposal to carry out instead.").field("/edit")
                );
            }
            _ => Proposal::from_json(&review.proposal)?,
        };
        let change = match decision.decision {
            Verdict::Approve => ReviewChange::Approve,
            Verdict::Reject => ReviewChange::Reject,
            Verdict::Edit if two_people => ReviewChange::Propose(proposal.to_json()),
            Verdict::Edit => ReviewChange::Edit(proposal.to_json()),
        };
        let decided = tx.change_review(id, version, change).await?;
        if decided.state == ReviewState::Pending {
            return four_eyes::proposed(tx, &desk, scope, &review, decided).await;
        }
        let about = About::of(&review)?;
        let accepted = decision.decision != Verdict::Reject;
        let new_version = if accepted { self.accept(tx.as_mut(), &about, &proposal).await? } else { None };
        if let Some(drift) = about.drift {
            let state = if accepted { DriftState::Healed } else { DriftState::Rejected };
            let mut evidence = tx.drift(drift).await?.evidence;
            if evidence.is_object() {
                evidence["proposal"] = proposal.to_json();
            }
            let change = DriftUpdate {
                state: Some(state),
                evidence: Some(evidence),
                mapping_after: new_version,
                ..DriftUpdate::default()
            };
            tx.update_drift(drift, change, None).await?;
        }
        let connection = tx.connection(about.connection).await?;
        let said = if accepted { Said::Accepted } else { Said::Rejected };
        let confidence = review.confidence.unwrap_or(0.0);
        let memory = carry_out::decision(connection.system.as_deref(), &about.stream, &proposal, said, confidence);
        tx.remember(memory.into_iter().collect()).await?;
        let resumes = settle_stream(tx.as_mut(), &about).await? || (accepted && proposal.reads_on());
        let note = NewAudit::new("review.decide", "review", id);
        let note = note.before(json!({"state": review.state, "proposal": review.proposal}));
        let after = json!({"state": decided.state, "proposal": proposal.to_json(), "mapping_version": new_version});
        tx.append_audit(note.after(after)).await?;
        tx.save().await?;
        desk.publish(Fact::review(Topic::ReviewDecided, id, decided.version, &scope.actor().to_string(), &review.kind));
        if let (Some(drift), Some(_)) = (about.drift, new_version) {
            desk.publish(Fact::repair(
                Topic::RepairApplied,
                drift,
                about.connection,
                &about.stream,
                confidence,
                new_version,
            ));
        }
        desk.materializer().wake();
        desk.connector(about.connection).wake();
        if let Some(version) = new_version {
            self.replay_after(scope, about.connection, &about.stream, version).await?;
        }
        if resumes && !matches!(connection.state, ConnectionState::Paused | ConnectionState::Quarantined) {
            self.sync_now(scope, about.connection).await?;
        }
        Ok(decided.into())
    }

    /// New rules, history mapped again; none when the rules do not change.
    async fn accept(&self, tx: &mut dyn Tx, about: &About, proposal: &Proposal) -> Result<Option<i64>> {
        match proposal {
            Proposal::Accept => return Ok(None),
            Proposal::Take => {
                let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
                tx.update_stream(about.connection, &about.stream, change).await?;
                return Ok(None);
            }
            Proposal::Reread { .. } => tx.rewind_stream(about.connection, &about.stream, None).await?,
            _ => {}
        }
        let active = tx.active_mapping(about.connection, &about.stream).await?;
        let active = active.ok_or_else(|| Error::conflict("stream.no_rules", "The stream has no rules any more."))?;
        if !proposal.changes(&active.mapping) {
            return Ok(None);
        }
        let from_seq = match about.drift {
            // Records of before are identified anew as well, or they would stand beside those that come.
            _ if matches!(proposal, Proposal::Reread { .. }) => 1,
            Some(drift) => tx.drift(drift).await?.detected_seq,
            None => 1,
        };
        let entity = self.parts().vocabulary.entity(&active.mapping.entity);
        let entity =
            entity.ok_or_else(|| Error::internal("mapping.unknown_entity", "The stream's entity is unknown."))?;
        let mapping = proposal.apply(&active.mapping, entity, 1.0, Origin::Human)?;
        let repair = Repair {
            connection: about.connection,
            stream: &about.stream,
            mapping,
            expected_version: active.version,
            from_seq,
            drifts: about.drift.map(|d| (d, DriftState::Healed)).into_iter().collect(),
            origin: Origin::Human,
            reason: "approved in review".to_owned(),
            revert: false,
            retracts: Vec::new(),
        };
        carry_out::adopt(tx, None, repair).await.map(Some)
    }

    /// Takes back the repair of a drift, to the row, and asks about it again, so that it can be approved once more.
    pub async fn revert(&self, scope: &Scope, id: DriftId) -> Result<DriftView> {
        let desk = self.desk(scope).await?;
        let sealer = self.parts().vault.of(scope).await?;
        let mut tx = self.parts().store.read(scope).await?;
        let seen = healed(tx.as_mut(), id).await?;
        let undoing = Undoing::of(desk.parts.clone(), scope, sealer, tx.as_mut(), &seen).await?;
        drop(tx);
        let undoing = match undoing {
            Some(undoing) => Some(undoing.decided(self.parts().store.as_ref()).await?),
            None => None,
        };
        let mut tx = self.parts().store.begin(scope).await?;
        let drift = healed(tx.as_mut(), id).await?;
        if drift.mapping_after != seen.mapping_after {
            return Err(Error::conflict("drift.changed_meanwhile", "The repair was made anew meanwhile.")
                .remedy("Look at the drift as it is now and decide again."));
        }
        let version = match undoing {
            Some(undoing) => Some(undoing.carry_out(tx.as_mut()).await?),
            None => None,
        };
        let connection = tx.connection(drift.connection_id).await?;
        let expires_at = self.parts().lapses_at();
        let proposal = carry_out::proposal_of(&drift)?;
        let review = carry_out::ask_again(tx.as_mut(), &connection, &drift, &proposal, expires_at).await?;
        if proposal == Proposal::Take {
            let off = Some((StreamState::Disabled, Some("taken back by hand; what was read stays".to_owned())));
            let change = StreamUpdate { state: off, ..StreamUpdate::default() };
            tx.update_stream(drift.connection_id, &drift.stream, change).await?;
        }
        let change =
            DriftUpdate { state: Some(DriftState::Reverted), review_id: Some(review.id), ..DriftUpdate::default() };
        let drift = tx.update_drift(id, change, None).await?;
        let note = NewAudit::new("drift.revert", "drift", id).before(json!({"state": DriftState::Healed}));
        tx.append_audit(note.after(json!({"state": drift.state, "mapping_version": version}))).await?;
        tx.save().await?;
        let confidence = drift.confidence.unwrap_or(0.0);
        desk.publish(Fact::repair(Topic::RepairReverted, id, drift.connection_id, &drift.stream, confidence, version));
        let (asked, by) = (review.version, scope.actor().to_string());
        desk.publish(Fact::review(Topic::ReviewCreated, review.id, asked, &by, &review.kind));
        desk.materializer().wake();
        desk.connector(drift.connection_id).wake();
        Ok(drift.into())
    }
}

/// What a question is about.
struct About {
    connection: ConnectionId,
    stream: String,
    drift: Option<DriftId>,
}

impl About {
    fn of(review: &Review) -> Result<Self> {
        let text = |name: &str| review.subject.get(name).and_then(Value::as_str);
        let unknown =
            || Error::conflict("review.unknown_subject", "The question is about nothing that can be decided here.");
        Ok(Self {
            connection: text("connection_id").and_then(|t| t.parse().ok()).ok_or_else(unknown)?,
            stream: text("stream").ok_or_else(unknown)?.to_owned(),
            drift: text("drift_id").and_then(|t| t.parse().ok()),
        })
    }
}

/// A stream without open changes is well again; whether it was stopped until now.
async fn settle_stream(tx: &mut dyn Tx, about: &About) -> Result<bool> {
    let open = waits(tx, about.connection, &about.stream).await?;
    let stream = tx.stream(about.connection, &about.stream).await?;
    if open || !matches!(stream.state, StreamState::Drifted | StreamState::Stopped) {
        return Ok(false);
    }
    let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
    tx.update_stream(about.connection, &about.stream, change).await?;
    Ok(stream.state == StreamState::Stopped)
}
