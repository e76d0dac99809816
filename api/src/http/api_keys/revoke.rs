//! `DELETE /api/v1/api-keys/{id}`: it opens nothing any more, on this node at once and everywhere within a minute.

use autonomos_runtime::ids::ApiKeyId;
use autonomos_runtime::store::{NewAudit, Role};
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::json;

use crate::auth::permission::OperatingPerson;
use crate::auth::token::Ended;
use crate::error::{self, Answer};
use crate::http::extract::Id;
use crate::state::AppState;

/// Ends a key: one's own, or as an admin anybody's.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", operation_id = "revoke_api_key", tag = "api keys",
    responses((status = 204)))]
pub async fn revoke(State(app): State<AppState>, who: OperatingPerson, Id(id): Id<ApiKeyId>) -> Answer<StatusCode> {
    let mut tx = app.store.begin(&who.scope).await?;
    let key = tx.api_key(id).await.map_err(|_| error::absent())?;
    if key.owner != who.caller.user && who.caller.role < Role::Admin {
        return Err(error::absent().into());
    }
    let ended = tx.revoke_api_key(id).await?;
    let note = NewAudit::new("api_key.revoke", "api_key", id).before(json!({"revoked_at": key.revoked_at}));
    tx.append_audit(note.after(json!({"revoked_at": ended.revoked_at, "name": ended.name}))).await?;
    tx.save().await?;
    app.tokens.forget(Ended::Key(id));
    Ok(StatusCode::NO_CONTENT)
}
