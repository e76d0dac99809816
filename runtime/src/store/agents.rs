//! Runs of agents and what they found. A finding has a key of its own (agent, check, subject), so that the next run
//! updates it rather than finding it again, and what people said to it stays.

use super::page::{Page, Paged};
use crate::ids::{FindingId, RunId};
use crate::{Result, Timestamp};

super::words::words! {
    /// Where a run is.
    RunState {
        /// At work.
        Running = "running",
        /// Done.
        Success = "success",
        /// Given up.
        Failed = "failed",
        /// Called off.
        Cancelled = "cancelled",
    }

    /// What became of a finding.
    FindingState {
        /// Waits.
        Open = "open",
        /// Somebody acts on it.
        Accepted = "accepted",
        /// Somebody said it does not matter; it stays so when found again.
        Dismissed = "dismissed",
        /// The last run did not find it any more; found again, it is open again.
        Resolved = "resolved",
    }
}

/// One run.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct AgentRun {
    /// Id.
    pub id: RunId,
    /// Which agent.
    pub agent: String,
    /// What set it off: `views`, `manual`, `schedule`.
    pub trigger: String,
    /// Where it is.
    pub state: RunState,
    /// Log position of the views it read.
    pub position: i64,
    /// Steps done, in order; a restart resumes after the last.
    pub steps: serde_json::Value,
    /// What came out, in short.
    pub summary: Option<serde_json::Value>,
    /// Why it failed.
    pub error: Option<String>,
    /// When.
    pub started_at: Timestamp,
    /// When.
    pub finished_at: Option<Timestamp>,
}

/// Something an agent found.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Finding {
    /// Id.
    pub id: FindingId,
    /// Which agent.
    pub agent: String,
    /// Stable name in the agent: check and subject.
    pub key: String,
    /// The check.
    pub check: String,
    /// One sentence.
    pub title: String,
    /// How bad.
    pub severity: String,
    /// What it is worth, as a number with its unit: `{amount, currency}`.
    pub impact: serde_json::Value,
    /// What it is about: `{entity, key}`.
    pub subject: serde_json::Value,
    /// Rows of the views it rests on.
    pub evidence: serde_json::Value,
    /// What became of it.
    pub state: FindingState,
    /// Runs that found it.
    pub times_seen: i64,
    /// The last of them.
    pub last_run_id: RunId,
    /// Log position it was found at, first and last.
    pub first_position: i64,
    /// See above.
    pub last_position: i64,
    /// When first found.
    pub first_seen_at: Timestamp,
    /// When last.
    pub last_seen_at: Timestamp,
    /// Who said what became of it.
    pub decided_by: Option<String>,
    /// What they said.
    pub note: Option<String>,
    /// Rises with every decision.
    pub version: i64,
}

/// A finding of one run.
#[derive(Clone, Debug)]
pub struct NewFinding {
    /// Stable name in the agent.
    pub key: String,
    /// The check.
    pub check: String,
    /// One sentence.
    pub title: String,
    /// How bad.
    pub severity: String,
    /// What it is worth.
    pub impact: serde_json::Value,
    /// What it is about.
    pub subject: serde_json::Value,
    /// Rows it rests on.
    pub evidence: serde_json::Value,
}

/// What a run changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct FindingsChange {
    /// Found for the first time.
    pub new: u64,
    /// Found again.
    pub seen_again: u64,
    /// Found again after it had been resolved.
    pub reopened: u64,
    /// Not found any more.
    pub resolved: u64,
}

/// Which findings.
#[derive(Clone, Debug, Default)]
pub struct FindingFilter {
    /// Of this agent.
    pub agent: Option<String>,
    /// In this state.
    pub state: Option<FindingState>,
    /// Of this check.
    pub check: Option<String>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Agents {
    /// Begins a run.
    async fn start_run(&mut self, agent: &str, trigger: &str, position: i64) -> Result<AgentRun>;
    /// Notes the steps done so far.
    async fn progress_run(&mut self, id: RunId, steps: serde_json::Value) -> Result<()>;
    /// Ends a run.
    async fn finish_run(
        &mut self,
        id: RunId,
        state: RunState,
        summary: Option<serde_json::Value>,
        error: Option<String>,
    ) -> Result<AgentRun>;
    /// One.
    async fn run(&mut self, id: RunId) -> Result<AgentRun>;
    /// Runs (of one agent), newest first.
    async fn runs(&mut self, agent: Option<&str>, page: &Page) -> Result<Paged<AgentRun>>;
    /// The last run of each agent.
    async fn last_runs(&mut self) -> Result<Vec<AgentRun>>;

    /// Keeps everything a run found: new ones are open, known ones refreshed, and open or accepted ones of the agent
    /// that this run did not find are resolved.
    async fn record_findings(&mut self, run: RunId, findings: Vec<NewFinding>) -> Result<FindingsChange>;
    /// One.
    async fn finding(&mut self, id: FindingId) -> Result<Finding>;
    /// Those that match, newest first.
    async fn findings(&mut self, filter: &FindingFilter, page: &Page) -> Result<Paged<Finding>>;
    /// Says what became of one, if still at that version.
    async fn decide_finding(
        &mut self,
        id: FindingId,
        state: FindingState,
        note: Option<String>,
        if_version: Option<i64>,
    ) -> Result<Finding>;
}
