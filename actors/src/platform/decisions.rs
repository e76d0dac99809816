//! Drifts and the questions they lead to: looked at, decided, taken back.

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::mapping::Origin;
use autonomos_runtime::ids::{ConnectionId, DriftId, ReviewId};
use autonomos_runtime::store::{
    DriftFilter, DriftState, DriftUpdate, Paged, Review, ReviewChange, ReviewFilter, StreamState, StreamUpdate, Tx,
    Verdict as Said,
};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::Value;

use super::shapes::{Decision, DriftView, ReviewView, Verdict};
use super::{Listing, Platform};
use crate::repair::carry_out::{self, Repair};
use crate::repair::proposal::Proposal;
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

    /// Answers a question. `Stale` when the version moved on, `Conflict` when it is decided already.
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
            Verdict::Edit => ReviewChange::Edit(proposal.to_json()),
        };
        let decided = tx.change_review(id, version, change).await?;
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
        settle_stream(tx.as_mut(), &about).await?;
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
        if accepted {
            self.replay_after(scope, about.connection).await?;
        }
        Ok(decided.into())
    }

    /// New rules, history mapped again; none when the rules do not change.
    async fn accept(&self, tx: &mut dyn Tx, about: &About, proposal: &Proposal) -> Result<Option<i64>> {
        let active = tx.active_mapping(about.connection, &about.stream).await?;
        let active = active.ok_or_else(|| Error::conflict("stream.no_rules", "The stream has no rules any more."))?;
        if !proposal.changes(&active.mapping) {
            return Ok(None);
        }
        let from_seq = match about.drift {
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
        };
        carry_out::adopt(tx, None, repair).await.map(Some)
    }

    /// Takes back the repair of a drift, to the row.
    pub async fn revert(&self, scope: &Scope, id: DriftId) -> Result<DriftView> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let drift = tx.drift(id).await?;
        if drift.state != DriftState::Healed {
            return Err(Error::conflict(
                "drift.not_healed",
                format!("The drift is {}, not healed.", drift.state.as_str()),
            )
            .remedy("Only a repair that is in force can be taken back."));
        }
        let proposal = carry_out::proposal_of(&drift)?;
        let version = match (drift.mapping_before, drift.mapping_after) {
            (Some(before), Some(_)) => {
                let before = tx.mapping(drift.connection_id, &drift.stream, before).await?;
                let active = tx.active_mapping(drift.connection_id, &drift.stream).await?;
                let active =
                    active.ok_or_else(|| Error::conflict("stream.no_rules", "The stream has no rules any more."))?;
                let repair = Repair {
                    connection: drift.connection_id,
                    stream: &drift.stream,
                    mapping: proposal.undo(&active.mapping, &before.mapping),
                    expected_version: active.version,
                    from_seq: drift.detected_seq,
                    drifts: vec![(id, DriftState::Reverted)],
                    origin: Origin::Human,
                    reason: "taken back".to_owned(),
                    revert: true,
                };
                Some(carry_out::adopt(tx.as_mut(), None, repair).await?)
            }
            _ => None,
        };
        let change = DriftUpdate { state: Some(DriftState::Reverted), ..DriftUpdate::default() };
        let drift = tx.update_drift(id, change, None).await?;
        tx.save().await?;
        let confidence = drift.confidence.unwrap_or(0.0);
        desk.publish(Fact::repair(Topic::RepairReverted, id, drift.connection_id, &drift.stream, confidence, version));
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

/// A stream without open changes is well again.
async fn settle_stream(tx: &mut dyn Tx, about: &About) -> Result<()> {
    let filter = DriftFilter { state: None, connection: Some(about.connection), stream: Some(about.stream.clone()) };
    let page = autonomos_runtime::store::Page::first(1000);
    let open = tx.drifts(&filter, &page).await?.items.iter().any(|d| d.state.is_open());
    let stream = tx.stream(about.connection, &about.stream).await?;
    if !open && matches!(stream.state, StreamState::Drifted | StreamState::Stopped) {
        let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
        tx.update_stream(about.connection, &about.stream, change).await?;
    }
    Ok(())
}
