//! Sign-in by an identity provider (OpenID Connect), found by its issuer's address: authorization code with PKCE.
//!
//! [`flow`] is what the browser carries from the start to the return; [`provider`] is what the provider says of itself and
//! its keys; [`id_token`] decides whether a token of theirs is one, and is pure; [`people`] decides who that is here. All that
//! leaves the node goes through [`fetch`].
//!
//! Nothing is kept between start and return but a sealed cookie: a crash in between costs a click.

mod fetch;
pub mod flow;
pub mod id_token;
pub mod people;
pub mod provider;

use autonomos_runtime::config;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::store::Role;
use autonomos_runtime::{Ambient, Error, Result};

pub use provider::Provider;

/// Where people come back to.
pub const CALLBACK: &str = "/api/v1/auth/oidc/callback";

/// People of these addresses belong to that tenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    /// What stands behind the `@`, lower case.
    pub name: String,
    /// Their tenant.
    pub tenant: TenantId,
    /// What they may do when they come for the first time.
    pub role: Role,
}

/// How this node signs people in elsewhere.
#[derive(Debug)]
pub struct Oidc {
    /// Who they are asked by.
    pub provider: Provider,
    /// What the sign-in page calls it.
    pub name: String,
    /// Who belongs where without an invitation.
    pub domains: Vec<Domain>,
}

impl Oidc {
    /// As configured; none when there is no issuer. What is asked of the provider goes under `guard`.
    pub fn configured(config: &config::Oidc, guard: Guard, ambient: &Ambient) -> Result<Option<Self>> {
        if config.issuer.is_empty() {
            return Ok(None);
        }
        let domains = config.domains.iter().map(|text| domain(text)).collect::<Result<_>>()?;
        let provider = Provider::new(config, guard, ambient.clone())?;
        Ok(Some(Self { provider, name: config.name.clone(), domains }))
    }

    /// Where people of an address belong without an invitation.
    pub fn domain_of(&self, email: &str) -> Option<&Domain> {
        let domain = email.rsplit_once('@')?.1.to_lowercase();
        self.domains.iter().find(|known| known.name == domain)
    }
}

/// `example.org=0192...:viewer`.
fn domain(text: &str) -> Result<Domain> {
    let parse = || {
        let (name, rest) = text.split_once('=')?;
        let (tenant, role) = rest.rsplit_once(':').unwrap_or((rest, "viewer"));
        let name = name.trim().to_lowercase();
        let plain = !name.is_empty() && !name.contains(['@', '*', ' ']);
        Some(Domain {
            name: plain.then_some(name)?,
            tenant: tenant.trim().parse().ok()?,
            role: role.trim().parse().ok()?,
        })
    };
    parse().ok_or_else(|| {
        Error::invalid("config.oidc", format!("{text} says no domain and its tenant"))
            .field("oidc.domains")
            .remedy("Write example.org=<id of the tenant>:viewer.")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_names_its_tenant_and_role() {
        let id = "01920000-0000-7000-8000-000000000000";
        let known = domain(&format!(" Example.ORG={id}:operator")).unwrap();
        assert_eq!((&*known.name, known.role), ("example.org", Role::Operator));
        assert_eq!(domain(&format!("example.org={id}")).unwrap().role, Role::Viewer);
        for bad in ["", "example.org", "example.org=x", "=01920000-0000-7000-8000-000000000000", "a@b.org=x:viewer"] {
            assert_eq!(domain(bad).unwrap_err().field.as_deref(), Some("oidc.domains"), "{bad}");
        }
        assert!(domain(&format!("*={id}:viewer")).is_err() && domain(&format!("e.org={id}:root")).is_err());
    }
}
