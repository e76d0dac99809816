//! `GET /api/v1/aam/connector-types`: the types of sources there are, each with the JSON Schema of its settings, from
//! which a form can be made.

use autonomos_actors::connector::catalog;
use axum::Json;
use serde::Serialize;
use serde_json::Value;

use crate::auth::permission::Member;
use crate::error::Answer;
use crate::http::extract::Items;

/// A type of source.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ConnectorType {
    /// `file`, `postgres`, `demo`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// JSON Schema of `config`; secrets are `writeOnly`.
    #[schema(value_type = Object)]
    spec: Value,
}

/// Types of sources and their settings.
#[utoipa::path(get, path = "/api/v1/aam/connector-types", operation_id = "list_connector_types", tag = "connections",
    responses((status = 200, body = Items<ConnectorType>)))]
pub async fn list(_who: Member) -> Answer<Json<Items<ConnectorType>>> {
    let mut types = Vec::with_capacity(catalog::KINDS.len());
    for kind in catalog::KINDS {
        types.push(ConnectorType { kind, spec: catalog::spec(kind)? });
    }
    Ok(Json(types.into()))
}
