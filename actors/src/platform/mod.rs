//! Everything a tenant can be asked, as verbs: what `api` and the command line call, and the only thing they call.
//!
//! A verb takes the [`Scope`] first, checks what it was given, writes rows, and nudges the tenant's actors; it holds no
//! state of its own, so a crash between two verbs loses nothing. Another tenant's id is `NotFound`, like an absent one.

pub mod rows;
pub mod shapes;

use autonomos_runtime::ids::{ConnectionId, DeadLetterId, DriftId, FindingId, ReviewId, TaskId};
use autonomos_runtime::store::{Page, Paged};
use autonomos_runtime::supervision::Observed;
use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::Value;

use shapes::{
    AgentView, CheckReport, ConnectionPatch, ConnectionView, DeadLetterView, Decision, DemoDrift, DiscoveredStream,
    DriftView, EncodedPage, Export, ExportFormat, FileView, FindingView, MappingEdit, MappingRow, NewConnection,
    NewTask, Preview, ProposeMapping, ProposeRepair, ProposedMapping, ProposedRepair, ReviewView, TaskView,
    ViewRequest,
};

/// Which rows of a list are asked for.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this connection.
    pub connection: Option<ConnectionId>,
    /// Which part.
    pub page: Page,
}

/// See the module. Made once by the composition root.
#[derive(Debug, Default)]
pub struct Platform {}

fn unwired<T>() -> Result<T> {
    Err(Error::unavailable("platform.unwired", "this part of the platform does not run on this node"))
}

#[expect(clippy::unused_async, reason = "the bodies arrive with the actors they call")]
impl Platform {
    /// Starts the tenant's actors if they do not run; a tenant costs nothing until somebody asks for it.
    pub async fn wake(&self, _scope: &Scope) -> Result<()> {
        unwired()
    }

    // --- files

    /// Streams a body into the tenant's folder; the old content stays until the new one is whole.
    pub async fn put_file(
        &self,
        _scope: &Scope,
        _path: &str,
        _body: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> Result<FileView> {
        unwired()
    }

    /// Opens a file of the tenant's folder.
    pub async fn get_file(
        &self,
        _scope: &Scope,
        _path: &str,
    ) -> Result<(FileView, BoxStream<'static, std::io::Result<Bytes>>)> {
        unwired()
    }

    /// Files whose path begins so, in path order.
    pub async fn list_files(&self, _scope: &Scope, _prefix: &str) -> Result<Vec<FileView>> {
        unwired()
    }

    // --- connections

    /// Checks the settings, seals their secrets, makes the connection and starts its connector.
    pub async fn create_connection(&self, _scope: &Scope, _new: NewConnection) -> Result<ConnectionView> {
        unwired()
    }

    /// One connection.
    pub async fn connection(&self, _scope: &Scope, _id: ConnectionId) -> Result<ConnectionView> {
        unwired()
    }

    /// The tenant's connections.
    pub async fn connections(&self, _scope: &Scope, _listing: Listing) -> Result<Paged<ConnectionView>> {
        unwired()
    }

    /// Changes a connection; `version` is what the caller saw, if it says so.
    pub async fn update_connection(
        &self,
        _scope: &Scope,
        _id: ConnectionId,
        _version: Option<i64>,
        _patch: ConnectionPatch,
    ) -> Result<ConnectionView> {
        unwired()
    }

    /// Stops and removes a connection; its records are purged from log and views.
    pub async fn delete_connection(&self, _scope: &Scope, _id: ConnectionId) -> Result<()> {
        unwired()
    }

    /// Asks for a sync now; one that is queued already is the answer.
    pub async fn sync_now(&self, _scope: &Scope, _id: ConnectionId) -> Result<TaskId> {
        unwired()
    }

    /// Reads no more until resumed.
    pub async fn pause(&self, _scope: &Scope, _id: ConnectionId) -> Result<ConnectionView> {
        unwired()
    }

    /// Reads again; also leads out of quarantine.
    pub async fn resume(&self, _scope: &Scope, _id: ConnectionId) -> Result<ConnectionView> {
        unwired()
    }

    /// Whether settings reach their source, before or after a connection is made from them.
    pub async fn check_settings(&self, _scope: &Scope, _kind: &str, _config: &Value) -> Result<CheckReport> {
        unwired()
    }

    /// Whether a connection reaches its source.
    pub async fn check(&self, _scope: &Scope, _id: ConnectionId) -> Result<CheckReport> {
        unwired()
    }

    /// Streams the source offers.
    pub async fn discover(&self, _scope: &Scope, _id: ConnectionId) -> Result<Vec<DiscoveredStream>> {
        unwired()
    }

    /// First rows of a stream, as the source holds them.
    pub async fn preview(&self, _scope: &Scope, _id: ConnectionId, _stream: &str, _limit: u32) -> Result<Preview> {
        unwired()
    }

    /// Rules in force.
    pub async fn mappings(&self, _scope: &Scope, _id: ConnectionId) -> Result<Vec<MappingRow>> {
        unwired()
    }

    /// Adopts new rules for a stream, for its history as well.
    pub async fn put_mapping(&self, _scope: &Scope, _id: ConnectionId, _edit: MappingEdit) -> Result<Vec<MappingRow>> {
        unwired()
    }

    /// Rows that could not be taken.
    pub async fn dead_letters(&self, _scope: &Scope, _listing: Listing) -> Result<Paged<DeadLetterView>> {
        unwired()
    }

    /// Runs dead letters through the rules now in force: the given ones, or all of the connection.
    pub async fn replay_dead_letters(
        &self,
        _scope: &Scope,
        _id: ConnectionId,
        _only: Option<Vec<DeadLetterId>>,
    ) -> Result<TaskId> {
        unwired()
    }

    /// Tells a demo source to change its schema; a conflict for any other type.
    pub async fn demo_drift(&self, _scope: &Scope, _id: ConnectionId, _drift: DemoDrift) -> Result<Value> {
        unwired()
    }

    // --- tasks

    /// Queues a task.
    pub async fn create_task(&self, _scope: &Scope, _new: NewTask) -> Result<TaskView> {
        unwired()
    }

    /// One task.
    pub async fn task(&self, _scope: &Scope, _id: TaskId) -> Result<TaskView> {
        unwired()
    }

    /// The tenant's tasks.
    pub async fn tasks(&self, _scope: &Scope, _listing: Listing) -> Result<Paged<TaskView>> {
        unwired()
    }

    /// Stops a task within two seconds; one that ended stays as it is, and that is a conflict.
    pub async fn cancel_task(&self, _scope: &Scope, _id: TaskId) -> Result<TaskView> {
        unwired()
    }

    // --- drift, review, repair

    /// Detected changes.
    pub async fn drifts(&self, _scope: &Scope, _listing: Listing) -> Result<Paged<DriftView>> {
        unwired()
    }

    /// One detected change.
    pub async fn drift(&self, _scope: &Scope, _id: DriftId) -> Result<DriftView> {
        unwired()
    }

    /// Questions to humans.
    pub async fn reviews(&self, _scope: &Scope, _listing: Listing) -> Result<Paged<ReviewView>> {
        unwired()
    }

    /// One question.
    pub async fn review(&self, _scope: &Scope, _id: ReviewId) -> Result<ReviewView> {
        unwired()
    }

    /// Answers a question. `Stale` when the version moved on, `Conflict` when it is decided already.
    pub async fn decide_review(
        &self,
        _scope: &Scope,
        _id: ReviewId,
        _version: i64,
        _decision: Decision,
    ) -> Result<ReviewView> {
        unwired()
    }

    /// Takes back the repair of a drift, to the row.
    pub async fn revert(&self, _scope: &Scope, _drift: DriftId) -> Result<DriftView> {
        unwired()
    }

    /// What the fields of an unknown object should feed; pure, needs no tenant and no server.
    pub fn propose_mapping(_ask: &ProposeMapping) -> Result<Vec<ProposedMapping>> {
        unwired()
    }

    /// What happened between two states of an object; pure, needs no tenant and no server.
    pub fn propose_repair(_ask: &ProposeRepair) -> Result<Vec<ProposedRepair>> {
        unwired()
    }

    // --- views

    /// Names of the views and their fields.
    pub async fn views(&self, _scope: &Scope) -> Result<Value> {
        unwired()
    }

    /// A page of a view. The hot path: the same question at the same position gives the same bytes from memory.
    pub async fn query(&self, _scope: &Scope, _ask: ViewRequest) -> Result<EncodedPage> {
        unwired()
    }

    /// A whole view (its filter, sort and fields; no page), streamed.
    pub async fn export(&self, _scope: &Scope, _ask: ViewRequest, _format: ExportFormat) -> Result<Export> {
        unwired()
    }

    /// Position, lag, size, rows a view, health of the tenant's DuckDB.
    pub async fn dcl_state(&self, _scope: &Scope) -> Result<Value> {
        unwired()
    }

    /// Builds the views again from the log, beside the live ones, and swaps them in.
    pub async fn rebuild(&self, _scope: &Scope) -> Result<TaskId> {
        unwired()
    }

    /// Digest of the views and the position it is of.
    pub async fn digest(&self, _scope: &Scope) -> Result<Value> {
        unwired()
    }

    // --- agents

    /// Agents and how they are.
    pub async fn agents(&self, _scope: &Scope) -> Result<Vec<AgentView>> {
        unwired()
    }

    /// Runs an agent now.
    pub async fn run_agent(&self, _scope: &Scope, _agent: &str) -> Result<TaskId> {
        unwired()
    }

    /// What agents found; `agent` narrows.
    pub async fn findings(
        &self,
        _scope: &Scope,
        _agent: Option<&str>,
        _listing: Listing,
    ) -> Result<Paged<FindingView>> {
        unwired()
    }

    /// Accepts or dismisses a finding.
    pub async fn decide_finding(&self, _scope: &Scope, _id: FindingId, _state: &str) -> Result<FindingView> {
        unwired()
    }

    // --- observation

    /// The tenant's actors as they are now, in the order of the tree.
    pub fn observed(&self, _scope: &Scope) -> Vec<Observed> {
        Vec::new()
    }

    /// Brings the gauges of actors and budgets up to date, before they are read.
    pub fn report(&self) {}

    /// What flows through the three layers, for a page that was just opened; the stream goes on from `position`.
    pub async fn flow(&self, _scope: &Scope) -> Result<Value> {
        unwired()
    }
}
