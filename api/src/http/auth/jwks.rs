//! `GET /.well-known/jwks.json`: public keys of our tokens. Empty while they are signed with a shared secret.

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use crate::state::AppState;

/// Public keys that access tokens can be verified with.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "jwks", tag = "auth",
    responses((status = 200, body = Object)))]
pub async fn jwks(State(app): State<AppState>) -> Json<Value> {
    Json(serde_json::to_value(app.tokens.public()).unwrap_or_default())
}
