//! `DELETE /api/v1/admin/tenant`: the tenant and everything of it goes. Confirmed by its name and the version that was looked
//! at, by an admin in person; from the answer on nobody is let in, and there is no way back.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

use super::{Farewell, looked_at};
use crate::auth::permission::Keeper;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::http::extract::Body;
use crate::state::AppState;

/// Deletes the tenant with everything of it.
#[utoipa::path(delete, path = "/api/v1/admin/tenant", operation_id = "delete_tenant", tag = "tenant",
    params(("If-Match" = String, Header, description = "Version of the tenant that was looked at")),
    request_body = Farewell, responses((status = 202, description = "It is going")))]
pub async fn delete(
    State(app): State<AppState>,
    who: Keeper,
    headers: HeaderMap,
    Body(asked): Body<Farewell>,
) -> Answer<StatusCode> {
    app.platform.delete_tenant(&who.scope, looked_at(&headers)?, &asked.name).await?;
    app.tokens.forget(Ended::Tenant(who.scope.tenant()));
    app.erase.notify_one();
    Ok(StatusCode::ACCEPTED)
}
