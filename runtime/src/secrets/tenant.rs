//! Seals and opens for one tenant, under the key of its row: whoever holds this was given a [`Scope`] for it.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::wrapping::{self, Wrapping};
use super::{Purpose, bound};
use crate::{Ambient, Result, Scope};

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct TenantSealer {
    scope: Scope,
    ambient: Ambient,
    /// The tenant's key, which seals; then those that sealed before tenants had keys.
    keys: Arc<[Wrapping]>,
}

impl std::fmt::Debug for TenantSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TenantSealer")
    }
}

impl TenantSealer {
    pub(super) fn new(scope: &Scope, ambient: &Ambient, key: Wrapping, masters: &[Wrapping]) -> Self {
        let keys = std::iter::once(key).chain(masters.iter().cloned()).collect();
        Self { scope: scope.clone(), ambient: ambient.clone(), keys }
    }

    /// The secret, encrypted for the tenant and its purpose.
    pub fn seal(&self, purpose: &Purpose, secret: &[u8]) -> Result<Vec<u8>> {
        Ok(self.seal_all(purpose, [secret])?.pop().unwrap_or_default())
    }

    /// Many secrets of one purpose under one data key (the rows of a batch that were refused): each opens by itself, and
    /// each has a nonce of its own.
    pub fn seal_all<'s>(&self, purpose: &Purpose, secrets: impl IntoIterator<Item = &'s [u8]>) -> Result<Vec<Vec<u8>>> {
        let key = self.keys.first().ok_or_else(wrapping::no_key)?;
        wrapping::seal(key, &self.ambient, &bound(&self.scope, purpose), secrets)
    }

    /// The secret, if it was sealed for this tenant and purpose under a key that is known.
    pub fn open(&self, purpose: &Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        wrapping::open(&self.keys, &bound(&self.scope, purpose), sealed)
    }
}
