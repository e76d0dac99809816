//! Whose data, on whose behalf, for which request. It is the first argument of every call that touches a tenant's
//! data, and the only thing such a call accepts a tenant from: isolation is a type here, not a habit.
//!
//! A `Scope` is made in three places only: from a verified token (api), from a tenant tree when it starts (actors),
//! and in tests.
//!
//! What is done as the owner of a tenant says so by the epoch of that ownership: every transaction that is begun with it is
//! fenced by it, so that nobody who was an owner once writes anything more.

use crate::ids::{ApiKeyId, TenantId, TraceId, UserId};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A signed-in person.
    User(UserId),
    /// A program, by a key somebody made for it.
    ApiKey {
        /// The key.
        key: ApiKeyId,
        /// Whose rights it has, at most.
        owner: UserId,
    },
    /// A part of the platform, by its role: `connector`, `repairer`, `agents`.
    System(&'static str),
}

impl Actor {
    /// The person who answers for it: themselves, or the owner of the key. None for a part of the platform.
    pub const fn person(&self) -> Option<UserId> {
        match self {
            Self::User(id) | Self::ApiKey { owner: id, .. } => Some(*id),
            Self::System(_) => None,
        }
    }
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "user:{id}"),
            Self::ApiKey { key, .. } => write!(f, "api_key:{key}"),
            Self::System(role) => write!(f, "system:{role}"),
        }
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Scope {
    tenant: TenantId,
    actor: Actor,
    trace: TraceId,
    epoch: Option<i64>,
}

impl Scope {
    /// Binds a tenant, an actor and a request together.
    pub const fn new(tenant: TenantId, actor: Actor, trace: TraceId) -> Self {
        Self { tenant, actor, trace, epoch: None }
    }

    /// The same, as the owner under that epoch; nobody's in particular where there is none.
    #[must_use]
    pub fn under(self, epoch: impl Into<Option<i64>>) -> Self {
        Self { epoch: epoch.into(), ..self }
    }

    /// The ownership it acts under, if it acts as an owner.
    pub const fn epoch(&self) -> Option<i64> {
        self.epoch
    }

    /// The tenant.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Who acts.
    pub const fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The request or piece of work this belongs to.
    pub const fn trace(&self) -> TraceId {
        self.trace
    }

    /// The same tenant and request, done by a part of the platform.
    #[must_use]
    pub fn as_system(&self, role: &'static str) -> Self {
        Self { actor: Actor::System(role), ..self.clone() }
    }
}
