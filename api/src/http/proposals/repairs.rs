//! `POST /api/v1/repairs/propose`: what happened between two states of an object. Pure; see its neighbour.

use autonomos_actors::platform::Platform;
use autonomos_actors::platform::shapes::{ProposeRepair, ProposedRepair};
use autonomos_runtime::Error;
use axum::Json;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::{Body, Items};

/// Proposes repairs.
#[utoipa::path(post, path = "/api/v1/repairs/propose", operation_id = "propose_repair", tag = "proposals",
    request_body = ProposeRepair, responses((status = 200, body = Items<ProposedRepair>)))]
pub async fn propose(_who: Member, Body(asked): Body<ProposeRepair>) -> Answer<Json<Items<ProposedRepair>>> {
    let proposed = tokio::task::spawn_blocking(move || Platform::propose_repair(&asked))
        .await
        .map_err(|e| Error::internal("propose.failed", "the proposal could not be made").source(e))??;
    Ok(Json(proposed.into()))
}
