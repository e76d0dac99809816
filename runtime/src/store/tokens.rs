//! Tokens that work once: sign-in links, invitations, password resets, tickets for a live socket. Only hashes are kept;
//! redeeming is on [`super::Directory`], because whoever holds one has not said yet who they are.

use super::sessions::TokenHash;
use crate::ids::{TenantId, UserId};
use crate::{Result, Timestamp};

super::words::words! {
    /// What a token is good for; one for a purpose is worthless for another.
    TokenPurpose {
        /// Signs its person in.
        SignIn = "sign_in",
        /// Lets a new person join the tenant.
        Invitation = "invitation",
        /// Lets its person set a new password.
        PasswordReset = "password_reset",
        /// Opens one live socket.
        Ticket = "ticket",
    }
}

/// A token to be.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its hash.
    pub token: TokenHash,
    /// Good for.
    pub purpose: TokenPurpose,
    /// For whom, unless it makes them.
    pub user_id: Option<UserId>,
    /// What whoever redeems it needs to know: e-mail and role of an invitation, origin of a ticket.
    pub payload: serde_json::Value,
    /// Until.
    pub expires_at: Timestamp,
}

/// A token that was good.
#[derive(Clone, Debug, PartialEq)]
pub struct Redeemed {
    /// Tenant.
    pub tenant_id: TenantId,
    /// For whom.
    pub user_id: Option<UserId>,
    /// What it carried.
    pub payload: serde_json::Value,
}

/// See the module.
#[async_trait::async_trait]
pub trait Tokens {
    /// Keeps a token's hash.
    async fn create_token(&mut self, new: NewToken) -> Result<()>;
}
