//! `PATCH /api/v1/users/{id}`: another name or role, or the end of somebody's access. A new role holds for tokens and keys
//! that are out already; whoever is disabled is signed out at once. The last admin stays one.

use autonomos_runtime::Error;
use autonomos_runtime::ids::UserId;
use autonomos_runtime::store::{NewAudit, Role, User, UserState, UserUpdate};
use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use super::UserView;
use crate::auth::permission::Admin;
use crate::auth::token::Ended;
use crate::error::Answer;
use crate::http::auth::register::named;
use crate::http::extract::{Body, Id, if_match};
use crate::state::AppState;

/// The change; what is not said stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// `viewer`, `operator`, `admin`.
    #[serde(default)]
    pub role: Option<String>,
    /// `active`, `disabled`.
    #[serde(default)]
    pub state: Option<String>,
}

impl UserPatch {
    fn change(self) -> Result<UserUpdate, Error> {
        let role = self.role.map(|word| word.parse::<Role>().map_err(|e| e.field("/role"))).transpose()?;
        let state = self.state.map(|word| word.parse::<UserState>().map_err(|e| e.field("/state"))).transpose()?;
        let name = self.name.map(|name| named(&name, "/name")).transpose()?;
        if role.is_none() && state.is_none() && name.is_none() {
            return Err(
                Error::invalid("user.no_change", "there is nothing to change").remedy("Send name, role or state.")
            );
        }
        Ok(UserUpdate { name, role, state, password: None })
    }
}

fn noted(user: &User) -> Value {
    json!({"email": user.email, "name": user.name, "role": user.role, "state": user.state})
}

/// Changes a person's name, role or access.
#[utoipa::path(patch, path = "/api/v1/users/{id}", operation_id = "update_user", tag = "users",
    params(("If-Match" = Option<String>, Header, description = "Version of the person that was looked at")),
    request_body = UserPatch, responses((status = 200, body = UserView)))]
pub async fn update(
    State(app): State<AppState>,
    who: Admin,
    Id(id): Id<UserId>,
    headers: HeaderMap,
    Body(patch): Body<UserPatch>,
) -> Answer<Json<UserView>> {
    let (version, change) = (if_match(&headers)?, patch.change()?);
    let mut tx = app.store.begin(&who.scope).await?;
    let before = tx.user(id).await?;
    let user = tx.update_user(id, change, version).await?;
    let shut_out = user.state == UserState::Disabled && before.state == UserState::Active;
    if shut_out {
        tx.revoke_sessions(id, None).await?;
    }
    tx.append_audit(NewAudit::new("user.update", "user", id).before(noted(&before)).after(noted(&user))).await?;
    tx.save().await?;
    if shut_out {
        app.tokens.forget(Ended::AllOf(id));
    } else {
        app.tokens.look_again(Ended::AllOf(id));
    }
    Ok(Json(user.into()))
}
