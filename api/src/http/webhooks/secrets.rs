//! `GET /api/v1/webhooks/secrets` and `POST .../rotate`: what callbacks are signed with.

use autonomos_actors::platform::deliveries::{RotateSecret, SigningSecretView};
use axum::Json;
use axum::extract::State;

use crate::auth::permission::Admin;
use crate::error::Answer;
use crate::http::extract::{Body, Items};
use crate::state::AppState;

/// The secrets that sign now, the one in force first; for whoever checks signatures.
#[utoipa::path(get, path = "/api/v1/webhooks/secrets", operation_id = "list_webhook_secrets", tag = "webhooks",
    responses((status = 200, body = Items<SigningSecretView>)))]
pub async fn list(State(app): State<AppState>, who: Admin) -> Answer<Json<Items<SigningSecretView>>> {
    Ok(Json(app.platform.signing_secrets(&who.scope).await?.into()))
}

/// Puts a new secret in force. Those before sign as well, for a day unless said, so that nobody has to change at once.
#[utoipa::path(post, path = "/api/v1/webhooks/secrets/rotate", operation_id = "rotate_webhook_secret",
    tag = "webhooks", request_body = RotateSecret, responses((status = 200, body = Items<SigningSecretView>)))]
pub async fn rotate(
    State(app): State<AppState>,
    who: Admin,
    Body(asked): Body<RotateSecret>,
) -> Answer<Json<Items<SigningSecretView>>> {
    Ok(Json(app.platform.rotate_signing_secret(&who.scope, &asked).await?.into()))
}
