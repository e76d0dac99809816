//! `GET /api/v1/admin/cluster`: nodes and their leases, and where the caller's tenant runs, since when, or why it does not. Any
//! node answers it, from the rows that it saw last and the tenant's own.

use std::time::Duration;

use autonomos_actors::tenant::Suspension;
use autonomos_cluster::lease::Terms;
use autonomos_cluster::membership::{Health, health};
use autonomos_runtime::authority::{Member, MemberState, View};
use autonomos_runtime::{Scope, Timestamp};
use axum::Json;
use axum::extract::State;
use serde::Serialize;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::state::AppState;

/// Changes of owner that are shown.
const MOVES: u32 = 20;

/// The cluster as a tenant's admin sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ClusterView {
    nodes: Vec<NodeView>,
    tenants: Vec<PlaceView>,
}

/// A node; of one that is alone only who it is.
#[derive(Serialize, utoipa::ToSchema)]
pub struct NodeView {
    id: String,
    /// `ready`, `late` (it missed a renewal), `expired` (its lease ran out and nobody acted on it yet), `draining`, `left`, `dead`.
    state: &'static str,
    version: String,
    /// Whether it is the one that answers.
    here: bool,
    /// Of one of many.
    #[serde(skip_serializing_if = "Option::is_none")]
    lease: Option<LeaseView>,
}

/// What the rows say of a start of a node of a cluster.
#[derive(Serialize, utoipa::ToSchema)]
pub struct LeaseView {
    /// This start of its process.
    incarnation: String,
    /// Where other nodes reach it.
    address: String,
    /// What is left of its lease, in milliseconds.
    lease_ms: u64,
    /// How long ago it joined, in seconds.
    age_seconds: u64,
    /// Its share of the tenants, relative to that of others.
    weight: u32,
    /// Tenants that it owns.
    owns: usize,
    /// Tenants of it that are wanted elsewhere.
    leaving: usize,
    /// Whether it is the one that places tenants.
    places: bool,
}

/// Where a tenant runs.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PlaceView {
    tenant_id: String,
    node: String,
    epoch: i64,
    /// As the tenant's life has it, or `suspended` when its actors were stopped on this node.
    state: String,
    /// The node that it is on its way to.
    #[serde(skip_serializing_if = "Option::is_none")]
    moving_to: Option<String>,
    /// Entries of the log that its views do not have yet; where another node answers than its own, that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    lag: Option<u64>,
    /// Its last owners, the latest first.
    moves: Vec<MoveView>,
    /// Why its actors were stopped, since when, and when they start again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    suspension: Option<Suspension>,
}

/// From when on a tenant was owned so.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MoveView {
    epoch: i64,
    node: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// Nodes and places.
#[utoipa::path(get, path = "/api/v1/admin/cluster", operation_id = "cluster", tag = "system",
    responses((status = 200, body = ClusterView)))]
pub async fn cluster(State(app): State<AppState>, who: Admin) -> Answer<Json<ClusterView>> {
    Ok(Json(ClusterView { nodes: nodes(&app), tenants: vec![place(&app, &who.scope).await?] }))
}

fn nodes(app: &AppState) -> Vec<NodeView> {
    let Some(relay) = &app.relay else {
        let state = if app.draining.is_cancelled() { "draining" } else { "ready" };
        let version = env!("CARGO_PKG_VERSION").to_owned();
        return vec![NodeView { id: app.settings.node.clone(), state, version, here: true, lease: None }];
    };
    let terms = Terms::of(Duration::from_secs(app.config.cluster.lease_seconds));
    let (view, _) = relay.director().seen();
    let node = |member: &Member| NodeView {
        id: member.instance.node.to_string(),
        state: state(member, &terms),
        version: member.version.to_string(),
        here: member.instance == *relay.director().me(),
        lease: Some(lease(member, &view)),
    };
    view.members.iter().map(node).collect()
}

fn state(member: &Member, terms: &Terms) -> &'static str {
    match (member.state, health(member, terms)) {
        (MemberState::Dead, _) => "dead",
        (MemberState::Left, _) => "left",
        (_, Health::Out) => "expired",
        (MemberState::Draining, _) => "draining",
        (MemberState::Active, Health::Late) => "late",
        (MemberState::Active, Health::Well) => "ready",
    }
}

fn lease(member: &Member, view: &View) -> LeaseView {
    let own = || view.tenures.iter().filter(|tenure| tenure.holder == member.instance);
    LeaseView {
        incarnation: member.instance.incarnation.to_string(),
        address: member.address.to_string(),
        lease_ms: member.lease_left.as_millis() as u64,
        age_seconds: member.age.as_secs(),
        weight: member.weight,
        owns: own().count(),
        leaving: own().filter(|tenure| tenure.wanted.is_some()).count(),
        places: view.placer.as_ref().is_some_and(|placer| placer.holder == member.instance),
    }
}

/// Where a tenant runs now.
pub async fn place(app: &AppState, scope: &Scope) -> Answer<PlaceView> {
    let mut tx = app.store.read(scope).await?;
    let (owner, owners, tenant) = (tx.owner().await?, tx.owners(MOVES).await?, tx.tenant().await?);
    drop(tx);
    let suspension = app.platform.suspension(scope);
    let state = suspension.as_ref().map_or_else(|| tenant.state.to_string(), |_| "suspended".to_owned());
    let node = if owner.node_id.is_empty() { app.settings.node.clone() } else { owner.node_id };
    let moving_to = app.relay.as_ref().and_then(|relay| {
        let (view, _) = relay.director().seen();
        let tenure = view.tenures.iter().find(|tenure| tenure.tenant == scope.tenant())?;
        tenure.wanted.as_ref().map(|(node, _)| node.to_string())
    });
    let moves = owners
        .into_iter()
        .map(|owned| MoveView { epoch: owned.owner.epoch, node: owned.owner.node_id, at: owned.at })
        .collect();
    Ok(PlaceView {
        tenant_id: tenant.id.to_string(),
        node,
        epoch: owner.epoch,
        state,
        moving_to,
        lag: app.platform.lag(scope),
        moves,
        suspension,
    })
}
