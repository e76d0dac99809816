//! `GET /api/v1/operator/erasures`: tenants that are going or gone, and when the last of each was gone.

use autonomos_runtime::store::Erasure;
use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::auth::operator::Operating;
use crate::error::Answer;
use crate::http::extract::Items;
use crate::state::AppState;

/// Most that are shown.
const MOST: u32 = 1000;

/// The end of a tenant.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ErasureView {
    tenant_id: String,
    asked_by: String,
    asked_at: DateTime<Utc>,
    /// Null while it is under way.
    finished_at: Option<DateTime<Utc>>,
}

impl From<Erasure> for ErasureView {
    fn from(end: Erasure) -> Self {
        let Erasure { tenant_id, asked_by, asked_at, finished_at } = end;
        Self { tenant_id: tenant_id.to_string(), asked_by, asked_at, finished_at }
    }
}

/// Ends of tenants, those under way first.
#[utoipa::path(get, path = "/api/v1/operator/erasures", operation_id = "operator_erasures", tag = "operator",
    responses((status = 200, body = Items<ErasureView>)))]
pub async fn erasures(State(app): State<AppState>, _: Operating) -> Answer<Json<Items<ErasureView>>> {
    let all = app.store.directory().erasures(MOST).await?;
    Ok(Json(all.into_iter().map(ErasureView::from).collect::<Vec<_>>().into()))
}
