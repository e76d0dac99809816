//! The tenant's own life: SPEC A5. What a person of it may do; whoever operates the platform has [`super::operator`].

pub mod delete;
pub mod download;
pub mod export;
pub mod get;
pub mod resume;
pub mod suspend;
pub mod update;

use autonomos_runtime::Error;
use axum::http::HeaderMap;
use serde::Deserialize;

use super::auth::register::named;
use super::extract::if_match;
use crate::error::Problem;

/// What confirms that a tenant should go.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Farewell {
    /// Its name, typed as it is shown.
    pub name: String,
}

/// The version that was looked at; here it is not optional.
pub fn looked_at(headers: &HeaderMap) -> Result<i64, Problem> {
    let version = if_match(headers)?.ok_or_else(|| {
        Error::invalid("request.if_match_required", "say which version of the tenant you looked at")
            .field("If-Match")
            .remedy("Read the tenant and send its version as If-Match.")
    })?;
    Ok(version)
}

/// A patch whose name is as names are kept.
pub fn checked(
    mut patch: autonomos_actors::platform::shapes::TenantPatch,
) -> Result<autonomos_actors::platform::shapes::TenantPatch, Problem> {
    if patch.name.is_none() && patch.limits.is_none() {
        return Err(Error::invalid("tenant.no_change", "there is nothing to change").remedy("Send name.").into());
    }
    patch.name = patch.name.map(|name| named(&name, "/name")).transpose()?;
    Ok(patch)
}
