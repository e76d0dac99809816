//! Who somebody is at an identity provider: its issuer and the subject it calls them by, which never change, unlike an
//! address. One person may have several.

use crate::Result;
use crate::ids::UserId;

/// See the module.
#[async_trait::async_trait]
pub trait Identities {
    /// Binds a person to who they are there; one that is bound to somebody already is a conflict (`identity.taken`).
    async fn bind_identity(&mut self, user: UserId, issuer: &str, subject: &str, email: &str) -> Result<()>;
    /// Notes that somebody came by it.
    async fn touch_identity(&mut self, issuer: &str, subject: &str) -> Result<()>;
}
