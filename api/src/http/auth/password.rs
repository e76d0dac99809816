//! `POST /api/v1/auth/password`: a new password; every other session of the person ends.

use autonomos_runtime::Error;
use autonomos_runtime::store::{NewAudit, UserUpdate};
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::json;

use crate::auth::permission::Person;
use crate::auth::token::Ended;
use crate::error::{self, Answer};
use crate::http::extract::Body;
use crate::state::AppState;

/// The change.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The password in force.
    pub current: String,
    /// The new one.
    pub password: String,
}

/// Changes one's password.
#[utoipa::path(post, path = "/api/v1/auth/password", operation_id = "change_password", tag = "auth",
    request_body = PasswordChange, responses((status = 204)))]
pub async fn change(State(app): State<AppState>, who: Person, Body(asked): Body<PasswordChange>) -> Answer<StatusCode> {
    let me = who.caller.user;
    let session = who.caller.session().ok_or_else(error::absent)?;
    let user = app.store.read(&who.scope).await?.user(me).await?;
    app.attempts.check(&user.email, "password change")?;
    if !app.passwords.verify(asked.current, user.password).await? {
        app.attempts.failed(&user.email, "password change");
        return Err(Error::denied("auth.credentials", "the current password is wrong").field("/current").into());
    }
    let password = Some(app.passwords.hash(asked.password).await?);
    let mut tx = app.store.begin(&who.scope).await?;
    tx.update_user(me, UserUpdate { password, ..UserUpdate::default() }, None).await?;
    let ended = tx.revoke_sessions(me, Some(session)).await?;
    tx.append_audit(NewAudit::new("user.password", "user", me).after(json!({"sessions_ended": ended}))).await?;
    tx.save().await?;
    app.tokens.forget(Ended::OthersOf(me, session));
    Ok(StatusCode::NO_CONTENT)
}
