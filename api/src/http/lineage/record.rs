//! `GET /api/v1/lineage/records/{view}/{id}`: why the values of one record are what they are.

use autonomos_actors::platform::shapes::RecordWhy;
use autonomos_actors::platform::why::WhyRequest;
use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Params;
use crate::state::AppState;

/// Which values.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only this field; absent: every field that has a value.
    pub field: Option<String>,
    /// The record by itself, and not the golden record of the entity it belongs to.
    pub alone: Option<bool>,
}

/// Source record, batch, rule and original value of each value; for a golden record, why it is this one.
#[utoipa::path(get, path = "/api/v1/lineage/records/{view}/{id}", operation_id = "why_record", tag = "lineage",
    params(
        ("view" = String, Path, description = "accounts, opportunities, ..."),
        ("id" = String, Path, description = "Id of a record or an entity, as the view shows it"),
        Which),
    responses((status = 200, body = RecordWhy)))]
pub async fn record(
    State(app): State<AppState>,
    who: Member,
    Path((view, id)): Path<(String, String)>,
    Params(which): Params<Which>,
) -> Answer<Json<RecordWhy>> {
    let asked = WhyRequest { view, id, field: which.field, alone: which.alone.unwrap_or(false) };
    Ok(Json(app.platform.why(&who.scope, &asked).await?))
}
