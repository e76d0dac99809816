//! Keys for programs: `aos_`, 32 random bytes, and a check over both, so that a scanner recognises a leaked one and a
//! mistyped one costs no look into the store. Only the hash is kept; the key is shown once.
//!
//! When a key was last used is noted in memory at each request and written now and then, many at once: a read does not
//! wait for a commit. A crash loses at most the notes since the last writing.

use std::time::Duration;

use ahash::AHashMap;
use autonomos_runtime::ids::{ApiKeyId, TenantId};
use autonomos_runtime::store::{KeyUsed, TokenHash};
use autonomos_runtime::{Ambient, Error, Result, Timestamp};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

use super::caller::{Caller, Credential};
use super::grants::Grants;
use crate::state::AppState;

/// What every key begins with.
pub const PREFIX: &str = "aos_";
/// How long a key is good when nobody said, and at most.
pub const GOOD_FOR: Duration = Duration::from_hours(90 * 24);
/// See above.
pub const LONGEST: Duration = Duration::from_hours(366 * 24);
/// Characters of the check.
const CHECK: usize = 6;
/// Characters people know a key by: the prefix and eight more.
const HINT: usize = 12;

/// A new key: what the program sends, and what people see of it.
pub fn make(ambient: &Ambient) -> (String, String) {
    let body = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(ambient.bytes::<32>()));
    let key = format!("{body}{}", check(&body));
    let hint = key.chars().take(HINT).collect();
    (key, hint)
}

/// Whether it can be one of ours at all.
fn well_formed(key: &str) -> bool {
    key.len()
        .checked_sub(CHECK)
        .and_then(|at| key.split_at_checked(at))
        .is_some_and(|(body, given)| body.starts_with(PREFIX) && check(body) == given)
}

fn check(body: &str) -> String {
    let digest = Sha256::new_with_prefix(b"autonomos api key check v1\0").chain_update(body).finalize();
    let mut text = hex::encode(digest);
    text.truncate(CHECK);
    text
}

/// Whose key it is, if it opens.
pub async fn identify(app: &AppState, key: &str) -> Result<Caller> {
    let refused = || {
        Error::unauthenticated("auth.key_invalid", "the API key is not valid")
            .remedy("Use a key that is neither revoked nor expired; make one with POST /api/v1/api-keys.")
    };
    if !well_formed(key) {
        return Err(refused());
    }
    let found = app.store.directory().find_api_key(TokenHash::of(key)).await?.ok_or_else(refused)?;
    Ok(Caller {
        tenant: found.tenant_id,
        user: found.key.owner,
        role: found.role,
        credential: Credential::Key { id: found.key.id, grants: Grants::parse(&found.key.scopes)? },
        tenant_state: found.tenant,
        expires: found.key.expires_at.timestamp(),
    })
}

/// Uses that were not written yet.
#[derive(Debug, Default)]
pub struct Uses(Mutex<AHashMap<ApiKeyId, (TenantId, Timestamp)>>);

impl Uses {
    /// Notes one.
    pub fn note(&self, caller: &Caller, at: Timestamp) {
        if let Credential::Key { id, .. } = caller.credential {
            self.0.lock().insert(id, (caller.tenant, at));
        }
    }

    /// When a key was used since the last writing.
    pub fn of(&self, id: ApiKeyId) -> Option<Timestamp> {
        self.0.lock().get(&id).map(|(_, at)| *at)
    }

    /// Writes what was noted. What could not be written is kept for the next time.
    pub async fn write(&self, app: &AppState) {
        let taken = std::mem::take(&mut *self.0.lock());
        if taken.is_empty() {
            return;
        }
        let uses: Vec<_> =
            taken.iter().map(|(key, (tenant_id, at))| KeyUsed { tenant_id: *tenant_id, key: *key, at: *at }).collect();
        if let Err(error) = app.store.directory().note_key_uses(&uses).await {
            tracing::warn!("the last uses of API keys were not written: {}", error.chain());
            let mut noted = self.0.lock();
            for (key, used) in taken {
                noted.entry(key).or_insert(used);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognised_and_a_slip_is_not_taken_for_one() {
        let ambient = Ambient::system();
        let (key, hint) = make(&ambient);
        assert!(key.starts_with(&hint) && hint.starts_with(PREFIX) && well_formed(&key));
        assert_ne!(make(&ambient).0, key);
        let mut slip = key.clone();
        let last = if slip.pop() == Some('0') { '1' } else { '0' };
        slip.push(last);
        for bad in [slip.as_str(), "", "aos_", "aos_x", &key.to_uppercase(), &format!("{key} "), "aos_öööööö"] {
            assert!(!well_formed(bad), "{bad}");
        }
    }
}
