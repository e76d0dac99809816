//! The name of a place in the tree: whose it is and its path. Whoever sits there changes at each restart; the key stays.

use std::sync::Arc;

use crate::Scope;
use crate::ids::TenantId;

/// See the module. Sorts by tenant, then path, so that a tenant's keys are neighbours.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    tenant: Option<TenantId>,
    path: Arc<str>,
}

impl Key {
    /// A place of the node itself, beneath no tenant.
    pub fn node(path: impl AsRef<str>) -> Self {
        Self { tenant: None, path: path.as_ref().into() }
    }

    /// A place in a tenant's tree: `Key::of(&scope, "dcl")`.
    pub fn of(scope: &Scope, path: impl AsRef<str>) -> Self {
        Self { tenant: Some(scope.tenant()), path: path.as_ref().into() }
    }

    /// A place beneath this one.
    #[must_use]
    pub fn child(&self, name: impl std::fmt::Display) -> Self {
        Self { tenant: self.tenant, path: format!("{}/{name}", self.path).into() }
    }

    /// Whose place it is.
    pub const fn tenant(&self) -> Option<TenantId> {
        self.tenant
    }

    /// Where it is: `connectors/<id>`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The lowest key a tenant can have; where a scan of its keys begins.
    pub(super) fn first_of(tenant: Option<TenantId>) -> Self {
        Self { tenant, path: "".into() }
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.tenant {
            Some(tenant) => write!(f, "tenant/{tenant}/{}", self.path),
            None => write!(f, "node/{}", self.path),
        }
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

/// As its path alone: who reads it knows the tenant, and nobody else may.
impl serde::Serialize for Key {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.path)
    }
}
