//! What a key may do: a right for each area of the API, made of scopes. `read`, `write` and `admin` are the three roles'
//! rights everywhere; `connections:write` is one of them in one area. A key has what its scopes say and never more than
//! its owner: the lower of the two is its role for the path that is asked.
//!
//! Areas are found by how a path begins; a path of no area is open to scopes without an area only, so that a new route
//! is not opened by an old key for something else.

use autonomos_runtime::store::Role;
use autonomos_runtime::{Error, Result};

/// Most scopes of a key.
const MOST: usize = 32;

macro_rules! areas {
    ($($(#[$doc:meta])* $name:ident = $word:literal: [$($prefix:literal),+ $(,)?]),+ $(,)?) => {
        /// A part of the API that a scope may be confined to.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Area {
            $($(#[$doc])* $name),+
        }

        impl Area {
            /// Every area.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Its name in a scope.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            const fn prefixes(self) -> &'static [&'static str] {
                match self { $(Self::$name => &[$($prefix),+]),+ }
            }
        }
    };
}

areas! {
    /// Sources and their rules.
    Connections = "connections": ["/api/v1/aam/", "/api/v1/mappings/", "/api/v1/repairs/"],
    /// Files of the tenant.
    Files = "files": ["/api/v1/files"],
    /// The unified views.
    Views = "views": ["/api/v1/dcl/", "/api/v1/entities", "/api/v1/lineage/"],
    /// Orchestrated work.
    Tasks = "tasks": [
        "/api/v1/tasks", "/api/v1/aoa/", "/api/v1/demo/", "/api/v1/schedules", "/api/v1/bulk-mappings",
        "/api/v1/playbooks", "/api/v1/playbook-runs",
    ],
    /// Drifts and questions to people.
    Reviews = "reviews": ["/api/v1/reviews", "/api/v1/drifts"],
    /// Agents and what they found.
    Agents = "agents": ["/api/v1/agents", "/api/v1/findings"],
    /// What happens now.
    Live = "live": ["/api/v1/events/", "/api/v1/flow-monitor", "/ws/", "/api/v1/actors"],
    /// The tenant, its people, its keys and its audit.
    Tenant = "tenant": [
        "/api/v1/auth/", "/api/v1/users", "/api/v1/api-keys", "/api/v1/audit", "/api/v1/admin/", "/api/v1/tenant",
        "/api/v1/config/", "/api/v1/webhooks/",
    ],
}

impl Area {
    /// The area of a path.
    pub fn of(path: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|area| area.prefixes().iter().any(|prefix| path.starts_with(prefix)))
    }
}

/// What a key may do where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grants {
    everywhere: Option<Role>,
    areas: [Option<Role>; Area::ALL.len()],
}

impl Grants {
    /// Of scopes as they were asked for; names the one at fault.
    pub fn parse(scopes: &[String]) -> Result<Self> {
        let bad = |at: usize, what: String| {
            let areas: Vec<_> = Area::ALL.iter().map(|area| area.as_str()).collect();
            Error::invalid("api_key.scope", what).field(format!("/scopes/{at}")).remedy(format!(
                "Use read, write or admin, alone or for one of {}: connections:write.",
                areas.join(", ")
            ))
        };
        if scopes.is_empty() || scopes.len() > MOST {
            return Err(Error::invalid("api_key.scopes", format!("a key has 1 to {MOST} scopes"))
                .field("/scopes")
                .remedy("Say what the key is for: [\"read\"], for example."));
        }
        let mut grants = Self::default();
        for (at, scope) in scopes.iter().enumerate() {
            let (area, right) = scope.split_once(':').map_or((None, scope.as_str()), |(area, r)| (Some(area), r));
            let role = match right {
                "read" => Role::Viewer,
                "write" => Role::Operator,
                "admin" => Role::Admin,
                _ => return Err(bad(at, format!("{scope} is no scope"))),
            };
            let place = match area {
                None => &mut grants.everywhere,
                Some(name) => {
                    let index = Area::ALL.iter().position(|area| area.as_str() == name);
                    &mut grants.areas[index.ok_or_else(|| bad(at, format!("there is no area {name}")))?]
                }
            };
            *place = (*place).max(Some(role));
        }
        Ok(grants)
    }

    /// The right for a path; none: it is not for this key.
    pub fn role_for(&self, path: &str) -> Option<Role> {
        self.everywhere.max(Area::of(path).and_then(|area| self.areas[area as usize]))
    }

    /// The most it may do anywhere.
    pub fn most(&self) -> Option<Role> {
        self.areas.iter().copied().max().flatten().max(self.everywhere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(scopes: &[&str]) -> Result<Grants> {
        Grants::parse(&scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_scope_opens_its_area_and_nothing_else() {
        let key = grants(&["read", "tasks:write", "views:admin"]).unwrap();
        for (path, role) in [
            ("/api/v1/tasks", Some(Role::Operator)),
            ("/api/v1/tasks/x/cancel", Some(Role::Operator)),
            ("/api/v1/dcl/rebuild", Some(Role::Admin)),
            ("/api/v1/aam/connections", Some(Role::Viewer)),
            ("/api/v1/brand/new", Some(Role::Viewer)),
        ] {
            assert_eq!(key.role_for(path), role, "{path}");
        }
        let narrow = grants(&["files:write"]).unwrap();
        assert_eq!(narrow.role_for("/api/v1/files/a.csv"), Some(Role::Operator));
        assert_eq!(narrow.role_for("/api/v1/tasks"), None);
        assert_eq!(narrow.role_for("/api/v1/brand/new"), None);
        assert_eq!((narrow.most(), key.most()), (Some(Role::Operator), Some(Role::Admin)));
    }

    #[test]
    fn what_is_no_scope_is_named() {
        for (scopes, field) in [
            (&["read", "everything"][..], "/scopes/1"),
            (&["moon:read"][..], "/scopes/0"),
            (&["tasks:"][..], "/scopes/0"),
            (&[][..], "/scopes"),
        ] {
            assert_eq!(grants(scopes).unwrap_err().field.as_deref(), Some(field), "{scopes:?}");
        }
    }

    #[test]
    fn every_documented_path_of_the_api_has_an_area() {
        let document = crate::openapi::document();
        for path in document.paths.paths.keys() {
            use crate::gateway::access::{Access, of};
            let nobodys = matches!(of(path), Access::Public | Access::Operator);
            assert!(
                nobodys || Area::of(path).is_some(),
                "{path} has no area: add its beginning to one in auth/grants.rs"
            );
        }
    }
}
