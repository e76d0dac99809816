//! `GET` and `PUT /api/v1/admin/alerts`, `POST .../test`: what the tenant's people are told of by Slack.

use autonomos_actors::platform::alerts::{AlertTried, AlertsView, SetAlerts};
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// How it stands.
#[utoipa::path(get, path = "/api/v1/admin/alerts", operation_id = "get_alerts", tag = "admin",
    responses((status = 200, body = AlertsView)))]
pub async fn get(State(app): State<AppState>, who: Admin) -> Answer<Json<AlertsView>> {
    Ok(Json(app.platform.alerts(&who.scope).await?))
}

/// Says what people are told of from now on, and where.
#[utoipa::path(put, path = "/api/v1/admin/alerts", operation_id = "put_alerts", tag = "admin",
    request_body = SetAlerts, responses((status = 200, body = AlertsView)))]
pub async fn put(State(app): State<AppState>, who: Admin, Body(asked): Body<SetAlerts>) -> Answer<Json<AlertsView>> {
    Ok(Json(app.platform.set_alerts(&who.scope, &asked).await?))
}

/// Sends a message at once, for trying.
#[utoipa::path(post, path = "/api/v1/admin/alerts/test", operation_id = "test_alerts", tag = "admin",
    responses((status = 200, body = AlertTried)))]
pub async fn test(State(app): State<AppState>, who: Admin) -> Answer<Json<AlertTried>> {
    Ok(Json(app.platform.try_alerts(&who.scope).await?))
}
