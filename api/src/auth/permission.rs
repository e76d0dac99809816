//! Rights as types: a handler cannot name its tenant without having asked for a right, so it cannot forget to ask.

use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{Role, TenantState};
use autonomos_runtime::{Error, Scope};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::caller::Caller;
use crate::error::Problem;
use crate::gateway::relay::Owned;
use crate::gateway::trace::Trace;
use crate::state::AppState;

/// What a right asks for.
struct Asks {
    /// At least this role.
    least: Role,
    /// A person, not a program with a key.
    person: bool,
    /// Also while the tenant is suspended.
    suspended: bool,
}

macro_rules! rights {
    ($($(#[$doc:meta])* $name:ident => $least:ident $(, $more:ident)*;)+) => {$(
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
                let (scope, caller) = granted(parts, &Asks { $($more: true,)* ..Asks::of(Role::$least) })?;
                Ok(Self { scope, caller })
            }
        }
    )+};
}

rights! {
    /// Anybody of the tenant: look.
    Member => Viewer;
    /// Anybody who signed in themselves: passwords, sessions and keys are not for programs.
    Person => Viewer, person;
    /// Run and decide.
    Operator => Operator;
    /// The same, by a person.
    OperatingPerson => Operator, person;
    /// Everything of the tenant.
    Admin => Admin;
    /// The tenant's own life: an admin in person, also while it is suspended.
    Keeper => Admin, person, suspended;
}

impl Asks {
    const fn of(least: Role) -> Self {
        Self { least, person: false, suspended: false }
    }
}

fn granted(parts: &Parts, asks: &Asks) -> Result<(Scope, Caller), Problem> {
    let Some(caller) = parts.extensions.get::<Caller>().copied() else {
        return Err(Error::unauthenticated("auth.required", "sign in first")
            .remedy("Send Authorization: Bearer with a token from POST /api/v1/auth/login.")
            .into());
    };
    let Asks { least, person, suspended } = *asks;
    if caller.role < least {
        return Err(Error::denied("auth.role", format!("this needs the role {least}"))
            .remedy("Ask an admin of your tenant.")
            .into());
    }
    if person && caller.session().is_none() {
        return Err(Error::denied("auth.person", "this is for people, not for a program with a key")
            .remedy("Sign in and do it yourself.")
            .into());
    }
    // Its people may look; nothing is run or changed.
    let looks = least == Role::Viewer || parts.method.is_safe();
    if caller.tenant_state != TenantState::Active && !looks && !suspended {
        return Err(Error::denied("tenant.suspended", "the tenant is suspended")
            .remedy("An admin can resume it with POST /api/v1/admin/tenant/resume.")
            .into());
    }
    let trace = parts.extensions.get::<Trace>().map_or(TraceId::from_uuid(uuid::Uuid::nil()), |trace| trace.id);
    let owned = Owned::of(&parts.extensions);
    Ok((Scope::new(caller.tenant, caller.actor(), trace).under(owned), caller))
}
