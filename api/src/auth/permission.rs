//! Rights as types: a handler cannot name its tenant without having asked for a right, so it cannot forget to ask.

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::Role;
use autonomos_runtime::{Actor, Error, Scope};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::caller::Caller;
use crate::error::Problem;
use crate::gateway::trace::Trace;
use crate::state::AppState;

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident => $least:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $name {
            /// On whose behalf everything below is done.
            pub scope: Scope,
            /// Who asks.
            pub caller: Caller,
        }

        impl FromRequestParts<AppState> for $name {
            type Rejection = Problem;

            async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
                let (scope, caller) = granted(parts, Role::$least)?;
                Ok(Self { scope, caller })
            }
        }
    )+};
}

rights! {
    /// Anybody of the tenant: look.
    Member => Viewer,
    /// Run and decide.
    Operator => Operator,
    /// Everything of the tenant.
    Admin => Admin,
}

fn granted(parts: &Parts, least: Role) -> Result<(Scope, Caller), Problem> {
    let Some(caller) = parts.extensions.get::<Caller>().copied() else {
        return Err(Error::unauthenticated("auth.required", "sign in first")
            .remedy("Send Authorization: Bearer with a token from POST /api/v1/auth/login.")
            .into());
    };
    if caller.role < least {
        return Err(Error::denied("auth.role", format!("this needs the role {least}"))
            .remedy("Ask an admin of your tenant.")
            .into());
    }
    let trace = parts.extensions.get::<Trace>().map_or(TraceId::from_uuid(uuid::Uuid::nil()), |trace| trace.id);
    Ok((Scope::new(caller.tenant, Actor::User(caller.user), trace), caller))
}
