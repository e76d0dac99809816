//! `/api/v1/auth/oidc`: sign-in by an identity provider. The start sends the browser there, the return brings it back with a
//! session in its cookie; the console goes on from that as after any sign-in.

use autonomos_runtime::{Error, Result};
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::agent;
use crate::auth::oidc::flow::{self, Flow};
use crate::auth::oidc::{Oidc, people};
use crate::auth::session;
use crate::error::Answer;
use crate::gateway::trace::Trace;
use crate::http::extract::Params;
use crate::state::AppState;

/// Whether people can sign in by a provider here.
#[derive(Serialize, utoipa::ToSchema)]
pub struct SignIns {
    /// They can.
    enabled: bool,
    /// What the provider is called.
    name: Option<String>,
    /// Where a browser begins.
    start: Option<&'static str>,
}

/// What a sign-in begins with.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Start {
    /// An invitation to join by.
    pub invitation: Option<String>,
}

/// What the provider sends the browser back with.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Return {
    /// Redeemed for who they are.
    pub code: Option<String>,
    /// As it was given at the start.
    pub state: Option<String>,
    /// Why it did not work out.
    pub error: Option<String>,
    /// Who sends them.
    pub iss: Option<String>,
}

fn configured(app: &AppState) -> Result<&Oidc> {
    app.oidc.as_ref().ok_or_else(|| {
        Error::not_found("oidc.off", "nobody signs in by an identity provider here")
            .remedy("Sign in with a password; whoever runs this node can configure [oidc].")
    })
}

/// How people may sign in besides a password.
#[utoipa::path(get, path = "/api/v1/auth/oidc", operation_id = "sign_ins", tag = "auth",
    responses((status = 200, body = SignIns)))]
pub async fn offered(State(app): State<AppState>) -> Json<SignIns> {
    let (enabled, name) = app.oidc.as_ref().map_or((false, None), |oidc| (true, Some(oidc.name.clone())));
    Json(SignIns { enabled, name, start: enabled.then_some("/api/v1/auth/oidc/start") })
}

/// Sends the browser to the identity provider.
#[utoipa::path(get, path = "/api/v1/auth/oidc/start", operation_id = "sign_in_elsewhere", tag = "auth", params(Start),
    responses((status = 303, description = "To the identity provider")))]
pub async fn start(State(app): State<AppState>, Params(asked): Params<Start>) -> Answer<Response> {
    let oidc = configured(&app)?;
    let flow = Flow::begin(&app.ambient, asked.invitation.filter(|text| text.len() <= 200));
    let to = oidc.provider.authorize(&flow).await?;
    let cookie = flow.cookie(app.sealer(), app.settings.secure_cookies)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, location(&to)?), (header::SET_COOKIE, cookie)]).into_response())
}

/// Takes the browser back, signed in.
#[utoipa::path(get, path = "/api/v1/auth/oidc/callback", operation_id = "signed_in_elsewhere", tag = "auth",
    params(Return), responses((status = 303, description = "To the console, with a session in the cookie")))]
pub async fn callback(
    State(app): State<AppState>,
    Extension(trace): Extension<Trace>,
    headers: HeaderMap,
    Params(back): Params<Return>,
) -> Answer<Response> {
    let oidc = configured(&app)?;
    let state = back.state.as_deref().unwrap_or_default();
    let flow = Flow::resume(app.sealer(), &headers, state, app.ambient.now().timestamp())?;
    let Some(code) = back.code.filter(|_| back.error.is_none()) else {
        return Err(Error::unauthenticated("oidc.refused", "the identity provider did not confirm the sign-in")
            .remedy("Begin again.")
            .source(back.error.unwrap_or_default())
            .into());
    };
    let who = oidc.provider.redeem(&flow, &code, back.iss.as_deref()).await?;
    let user = people::find(&app, oidc, &who, flow.invitation.as_deref(), trace.id).await?;
    let grant = session::start(&app, &user, trace, agent(&headers)).await?;
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, HeaderValue::from_static("/"))]).into_response();
    for cookie in [session::cookie(&app, Some(&grant.refresh_token)), flow::gone(app.settings.secure_cookies)?] {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

fn location(to: &str) -> Result<HeaderValue> {
    HeaderValue::from_str(to).map_err(|e| Error::internal("oidc.location", "the provider has no address").source(e))
}
