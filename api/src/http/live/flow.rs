//! `GET /api/v1/flow-monitor`: a snapshot; the stream goes on from its position.

use autonomos_actors::platform::shapes::FlowView;
use autonomos_runtime::Error;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// Events of each layer, unless said, and at most.
const OF_EACH: usize = 100;
const MOST: usize = 500;

/// How much to see.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Depth {
    /// Events of each layer at most; 100 unless said, 1 to 500.
    pub limit_per_layer: Option<usize>,
}

/// What flows through the three layers now.
#[utoipa::path(get, path = "/api/v1/flow-monitor", operation_id = "flow_monitor", tag = "live", params(Depth),
    responses((status = 200, body = FlowView)))]
pub async fn flow(State(app): State<AppState>, who: Member, Params(depth): Params<Depth>) -> Answer<Json<FlowView>> {
    let of_each = depth.limit_per_layer.unwrap_or(OF_EACH);
    if !(1..=MOST).contains(&of_each) {
        return Err(Error::invalid("live.limit_per_layer", format!("limit_per_layer is 1 to {MOST}"))
            .field("limit_per_layer")
            .into());
    }
    Ok(Json(app.platform.flow(&who.scope, of_each).await?))
}
