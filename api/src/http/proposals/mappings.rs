//! `POST /api/v1/mappings/propose`: what the fields of an unknown object should feed. Pure, so it keeps nothing; it runs
//! off the runtime's threads, because an object may have many fields.

use autonomos_actors::platform::Platform;
use autonomos_actors::platform::shapes::{ProposeMapping, ProposedMapping};
use autonomos_runtime::Error;
use axum::Json;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::{Body, Items};

/// Proposes a mapping.
#[utoipa::path(post, path = "/api/v1/mappings/propose", operation_id = "propose_mapping", tag = "proposals",
    request_body = ProposeMapping, responses((status = 200, body = Items<ProposedMapping>)))]
pub async fn propose(_who: Member, Body(asked): Body<ProposeMapping>) -> Answer<Json<Items<ProposedMapping>>> {
    let proposed = tokio::task::spawn_blocking(move || Platform::propose_mapping(&asked))
        .await
        .map_err(|e| Error::internal("propose.failed", "the proposal could not be made").source(e))??;
    Ok(Json(proposed.into()))
}
