//! `POST /api/v1/lineage/openlineage`: others tell what their jobs read and write; it shows in the graph.

use autonomos_actors::platform::shapes::LineageTaken;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::auth::permission::Operator;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// A RunEvent, JobEvent or DatasetEvent of OpenLineage 1.x. What is inside a run, a job or a dataset may hold any facets.
#[derive(Debug, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct LineageEvent {
    /// When it happened.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_time: Option<Value>,
    /// `START`, `RUNNING`, `COMPLETE`, `ABORT`, `FAIL` or `OTHER`, of a run.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_type: Option<Value>,
    /// Who says so.
    #[schema(value_type = Option<String>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    producer: Option<Value>,
    /// The schema that the event keeps to.
    #[schema(value_type = Option<String>)]
    #[serde(default, rename = "schemaURL", skip_serializing_if = "Option::is_none")]
    schema_url: Option<Value>,
    /// `{runId, facets?}`.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Value>,
    /// `{namespace, name, facets?}`.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    job: Option<Value>,
    /// `{namespace, name, facets?}`, of a DatasetEvent.
    #[schema(value_type = Option<Object>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dataset: Option<Value>,
    /// Datasets that are read.
    #[schema(value_type = Option<Vec<Object>>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    inputs: Option<Value>,
    /// Datasets that are written.
    #[schema(value_type = Option<Vec<Object>>)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    outputs: Option<Value>,
}

/// Keeps what an event of OpenLineage 1.x says: a run, a job or a dataset.
#[utoipa::path(post, path = "/api/v1/lineage/openlineage", operation_id = "take_openlineage", tag = "lineage",
    request_body = LineageEvent, responses((status = 201, body = LineageTaken)))]
pub async fn take(
    State(app): State<AppState>,
    who: Operator,
    Body(event): Body<LineageEvent>,
) -> Answer<(StatusCode, Json<LineageTaken>)> {
    let event = serde_json::to_value(&event).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(app.platform.take_lineage(&who.scope, &event).await?)))
}
