//! `GET /api/v1/agents`: who looks after the data.

use crate::http::extract::Items;
use autonomos_actors::platform::shapes::AgentView;
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::state::AppState;

/// Agents and how they are.
#[utoipa::path(get, path = "/api/v1/agents", operation_id = "list_agents", tag = "agents", responses((status = 200, body = Items<AgentView>)))]
pub async fn list(State(app): State<AppState>, who: Member) -> Answer<Json<Items<AgentView>>> {
    Ok(Json(app.platform.agents(&who.scope).await?.into()))
}
