//! `POST /api/v1/api-keys`: a key for a program, shown once. Its scopes reach as far as its maker does.

use std::time::Duration;

use autonomos_runtime::Error;
use autonomos_runtime::store::{NewApiKey, NewAudit, TokenHash};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::ApiKeyView;
use crate::auth::api_key;
use crate::auth::grants::Grants;
use crate::auth::permission::OperatingPerson;
use crate::error::Answer;
use crate::http::auth::register::named;
use crate::http::extract::Body;
use crate::state::AppState;

/// A key to be.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// `read`, `write`, `admin`, alone or for an area: `connections:write`.
    pub scopes: Vec<String>,
    /// Days it is good; 90 unless said, 366 at most.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
}

/// A key and what it opens with.
#[derive(Serialize, utoipa::ToSchema)]
pub struct MadeKey {
    /// Send as `Authorization: Bearer` or `X-API-Key`. It is not shown again.
    key: String,
    /// What is kept of it.
    api_key: ApiKeyView,
}

/// Makes a key.
#[utoipa::path(post, path = "/api/v1/api-keys", operation_id = "create_api_key", tag = "api keys",
    request_body = NewKey, responses((status = 201, body = MadeKey)))]
pub async fn create(
    State(app): State<AppState>,
    who: OperatingPerson,
    Body(asked): Body<NewKey>,
) -> Answer<(StatusCode, Json<MadeKey>)> {
    let name = named(&asked.name, "/name")?;
    if Grants::parse(&asked.scopes)?.most() > Some(who.caller.role) {
        return Err(Error::denied("api_key.scope_too_wide", "a key cannot do more than whoever makes it")
            .field("/scopes")
            .remedy("Ask for less, or ask an admin to make it.")
            .into());
    }
    let good_for = good_for(asked.expires_in_days)?;
    let (key, hint) = api_key::make(&app.ambient);
    let mut tx = app.store.begin(&who.scope).await?;
    let made = tx
        .create_api_key(NewApiKey {
            owner: who.caller.user,
            token: TokenHash::of(&key),
            hint,
            name,
            scopes: asked.scopes,
            expires_at: app.ambient.now() + good_for,
        })
        .await?;
    let after = json!({"name": made.name, "hint": made.hint, "scopes": made.scopes, "expires_at": made.expires_at});
    tx.append_audit(NewAudit::new("api_key.create", "api_key", made.id).after(after)).await?;
    tx.save().await?;
    Ok((StatusCode::CREATED, Json(MadeKey { key, api_key: ApiKeyView::of(made, &app.key_uses) })))
}

fn good_for(days: Option<u32>) -> Result<Duration, Error> {
    let Some(days) = days else { return Ok(api_key::GOOD_FOR) };
    let asked = Duration::from_hours(u64::from(days) * 24);
    if days == 0 || asked > api_key::LONGEST {
        return Err(Error::invalid("api_key.expiry", "a key is good for 1 to 366 days").field("/expires_in_days"));
    }
    Ok(asked)
}
