//! Detected changes of a source's schema, and what became of each.

use super::page::{Page, Paged};
use crate::ids::{ConnectionId, DriftId, ReviewId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What became of a drift.
    DriftState {
        /// Seen; nobody looked yet.
        Detected = "detected",
        /// Waits for a person.
        Review = "review",
        /// A mapping was adopted for it.
        Healed = "healed",
        /// Its field is kept out of the views; the last good mapping stays.
        Quarantined = "quarantined",
        /// Its mapping was taken back.
        Reverted = "reverted",
        /// It does not matter.
        Ignored = "ignored",
        /// Told; there is nothing to decide.
        Noted = "noted",
        /// The proposal was refused.
        Rejected = "rejected",
    }
}

impl DriftState {
    /// Whether it still waits for something. A stream has at most one open drift of the same kind and field.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Detected | Self::Review | Self::Quarantined)
    }
}

/// A change of a source's schema.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Drift {
    /// Id.
    pub id: DriftId,
    /// Connection.
    pub connection_id: ConnectionId,
    /// Stream.
    pub stream: String,
    /// `renamed`, `added`, `enum_changed`, ...: the words of the drift room.
    pub kind: String,
    /// What was there: field or type.
    pub from: Option<String>,
    /// What is there now.
    pub to: Option<String>,
    /// How bad.
    pub severity: String,
    /// What became of it.
    pub state: DriftState,
    /// How sure the proposal is, if there is one.
    pub confidence: Option<f64>,
    /// Scores, samples, gates, blast radius.
    pub evidence: serde_json::Value,
    /// Log position of the first batch that has it.
    pub detected_seq: i64,
    /// Version in force when it was seen.
    pub mapping_before: Option<i64>,
    /// Version that healed it.
    pub mapping_after: Option<i64>,
    /// The question it led to.
    pub review_id: Option<ReviewId>,
    /// When.
    pub detected_at: Timestamp,
    /// When last changed.
    pub updated_at: Timestamp,
}

/// A drift to be.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDrift {
    /// Kind.
    pub kind: String,
    /// What was there.
    pub from: Option<String>,
    /// What is there now.
    pub to: Option<String>,
    /// How bad.
    pub severity: String,
    /// How sure, if a proposal is there already.
    pub confidence: Option<f64>,
    /// Scores, samples.
    pub evidence: serde_json::Value,
}

/// What to change; `None` leaves it.
#[derive(Clone, Debug, Default)]
pub struct DriftUpdate {
    /// State.
    pub state: Option<DriftState>,
    /// How sure.
    pub confidence: Option<f64>,
    /// Evidence, whole.
    pub evidence: Option<serde_json::Value>,
    /// The question it led to.
    pub review_id: Option<ReviewId>,
    /// Version that healed it.
    pub mapping_after: Option<i64>,
}

/// Which drifts.
#[derive(Clone, Debug, Default)]
pub struct DriftFilter {
    /// In this state.
    pub state: Option<DriftState>,
    /// Of this connection.
    pub connection: Option<ConnectionId>,
    /// Of this stream.
    pub stream: Option<String>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Drifts {
    /// Keeps drifts seen outside a batch (by asking the source); an open one already known answers its own id. Drifts
    /// seen in a batch go through [`super::Log::commit_batch`].
    async fn detect_drifts(
        &mut self,
        connection: ConnectionId,
        stream: &str,
        drifts: Vec<NewDrift>,
    ) -> Result<Vec<DriftId>>;
    /// One.
    async fn drift(&mut self, id: DriftId) -> Result<Drift>;
    /// Those that match, newest first.
    async fn drifts(&mut self, filter: &DriftFilter, page: &Page) -> Result<Paged<Drift>>;
    /// Changes one. `expect`: only if it is in this state, else a conflict (`drift.moved_on`).
    async fn update_drift(&mut self, id: DriftId, change: DriftUpdate, expect: Option<DriftState>) -> Result<Drift>;
}
