//! Sealed secrets: credentials of connections and rows that could not be taken, encrypted at rest.
//!
//! Three keys, each wrapped by the one before: the master key, which comes from the configured secret; a key of each
//! tenant, a row of its own; a data key of each secret. Tenant and purpose (which names the connection) are associated data
//! of all, so a sealed value that is moved to another row does not open. Who destroys a tenant's one row has made
//! everything that was ever sealed for it unreadable, in backups as well. What belongs to no tenant is sealed under the
//! master key itself, and so was everything before tenants had keys; that still opens.
//!
//! A changed master key means that the tenants' rows are wrapped anew, and nothing else. Without the key the values are
//! lost, by intent. Opened bytes are wiped when dropped; nothing here implements `Serialize`, and `Debug` shows nothing.

mod redact;
mod tenant;
mod wrapping;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::ids::ConnectionId;
use crate::{Ambient, Result, Scope};

pub use redact::redact;
pub use tenant::TenantSealer;
use wrapping::Wrapping;

/// What a secret is for; part of what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(String);

impl Purpose {
    /// A credential of a connection.
    pub fn credential(connection: ConnectionId) -> Self {
        Self(format!("credential:{connection}"))
    }

    /// An answer kept for a request that may be sent again.
    pub fn kept_answer() -> Self {
        Self("kept_answer".to_owned())
    }

    /// A key that signs access tokens.
    pub fn token_key(kid: &str) -> Self {
        Self(format!("token_key:{kid}"))
    }

    /// A sign-in by an identity provider that is under way, in the browser's hands.
    pub fn sign_in() -> Self {
        Self("sign_in".to_owned())
    }

    /// A row of a connection that could not be taken.
    pub fn dead_letter(connection: ConnectionId) -> Self {
        Self(format!("dead_letter:{connection}"))
    }

    /// Where a callback or an alert goes: addresses hold secrets.
    pub fn address() -> Self {
        Self("address".to_owned())
    }

    /// What callbacks are signed with.
    pub fn signing_secret() -> Self {
        Self("signing_secret".to_owned())
    }

    /// The key of a tenant.
    fn tenant_key() -> Self {
        Self("tenant_key".to_owned())
    }
}

/// Seals what belongs to no tenant, and the keys of tenants. See the module.
pub struct Sealer {
    ambient: Ambient,
    /// The first seals; all open.
    masters: Vec<Wrapping>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Under a secret, and under earlier ones for what was sealed then.
    pub fn new(ambient: Ambient, secret: &str, previous: &[&str]) -> Self {
        let master = |secret: &&str| {
            let key = Sha256::new_with_prefix("autonomos/sealing/1").chain_update(secret).finalize();
            Wrapping::new(&Zeroizing::new(key.into()))
        };
        Self { ambient, masters: std::iter::once(&secret).chain(previous).map(master).collect() }
    }

    /// A secret of the installation itself, which belongs to no tenant.
    pub fn seal_own(&self, purpose: &Purpose, secret: &[u8]) -> Result<Vec<u8>> {
        self.seal_bound(&bound_to_none(purpose), secret)
    }

    /// A secret of the installation, if it was sealed for that purpose under a key that is known.
    pub fn open_own(&self, purpose: &Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        wrapping::open(&self.masters, &bound_to_none(purpose), sealed)
    }

    /// A new key for a tenant, as its row has it.
    pub fn make_tenant_key(&self, scope: &Scope) -> Result<Vec<u8>> {
        let key = Zeroizing::new(self.ambient.bytes::<32>());
        self.seal_bound(&bound(scope, &Purpose::tenant_key()), key.as_slice())
    }

    /// What seals for a tenant, given its row.
    pub fn tenant(&self, scope: &Scope, row: &[u8]) -> Result<TenantSealer> {
        let opened = wrapping::open(&self.masters, &bound(scope, &Purpose::tenant_key()), row)?;
        let key = <[u8; 32]>::try_from(opened.as_slice()).map(Zeroizing::new).map_err(|_| wrapping::shut())?;
        Ok(TenantSealer::new(scope, &self.ambient, Wrapping::for_tenant(&key), &self.masters))
    }

    /// A tenant's row wrapped under the master key of now, if it was wrapped under an earlier one.
    pub fn wrap_anew(&self, scope: &Scope, row: &[u8]) -> Result<Option<Vec<u8>>> {
        if self.masters.first().is_some_and(|master| master.wrapped(row)) {
            return Ok(None);
        }
        let bound = bound(scope, &Purpose::tenant_key());
        let key = wrapping::open(&self.masters, &bound, row)?;
        self.seal_bound(&bound, &key).map(Some)
    }

    fn seal_bound(&self, bound: &[u8], secret: &[u8]) -> Result<Vec<u8>> {
        let master = self.masters.first().ok_or_else(wrapping::no_key)?;
        Ok(wrapping::seal(master, &self.ambient, bound, [secret])?.pop().unwrap_or_default())
    }
}

fn bound(scope: &Scope, purpose: &Purpose) -> Vec<u8> {
    format!("{}\u{1f}{}", scope.tenant(), purpose.0).into_bytes()
}

/// No tenant's id is empty, so this is nobody's.
fn bound_to_none(purpose: &Purpose) -> Vec<u8> {
    format!("\u{1f}{}", purpose.0).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use crate::ids::{TenantId, TraceId};

    #[test]
    fn a_secret_opens_for_its_tenant_purpose_and_key_only() {
        let ambient = Ambient::system();
        let scope = || Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
        let (a, b) = (scope(), scope());
        let connection = ConnectionId::new(&ambient);
        let purpose = Purpose::credential(connection);
        let master = Sealer::new(ambient.clone(), "one", &[]);
        let row = master.make_tenant_key(&a).unwrap();
        let sealer = master.tenant(&a, &row).unwrap();
        let sealed = sealer.seal(&purpose, b"pa55").unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"pa55"));
        assert_ne!(sealed, sealer.seal(&purpose, b"pa55").unwrap());
        assert_eq!(sealer.open(&purpose, &sealed).unwrap().as_slice(), b"pa55");
        assert!(sealer.open(&Purpose::dead_letter(connection), &sealed).is_err(), "another purpose");
        let many = sealer.seal_all(&purpose, [&b"pa55"[..], b"pa55", b""]).unwrap();
        assert_ne!(many[0], many[1]);
        assert_eq!(sealer.open(&purpose, &many[1]).unwrap().as_slice(), b"pa55");
        assert!(sealer.open(&purpose, &many[2]).unwrap().is_empty());

        assert!(master.tenant(&b, &row).is_err(), "another tenant's row");
        let other = master.tenant(&b, &master.make_tenant_key(&b).unwrap()).unwrap();
        assert!(other.open(&purpose, &sealed).is_err(), "another tenant");
        let anew = master.tenant(&a, &master.make_tenant_key(&a).unwrap()).unwrap();
        assert!(anew.open(&purpose, &sealed).is_err(), "without the row it was sealed under nothing opens it");
        assert!(master.open_own(&purpose, &sealed).is_err());
        for cut in 0..sealed.len() {
            assert!(sealer.open(&purpose, &sealed[..cut]).is_err());
        }
        let mut bent = sealed;
        if let Some(last) = bent.last_mut() {
            *last ^= 1;
        }
        assert!(sealer.open(&purpose, &bent).is_err());
    }

    #[test]
    fn a_new_master_key_wraps_the_tenants_rows_and_touches_nothing_else() {
        let ambient = Ambient::system();
        let scope = Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
        let purpose = Purpose::kept_answer();
        let before = Sealer::new(ambient.clone(), "one", &[]);
        let row = before.make_tenant_key(&scope).unwrap();
        let sealed = before.tenant(&scope, &row).unwrap().seal(&purpose, b"pa55").unwrap();
        assert!(before.wrap_anew(&scope, &row).unwrap().is_none());

        let between = Sealer::new(ambient.clone(), "two", &["one"]);
        assert_eq!(between.tenant(&scope, &row).unwrap().open(&purpose, &sealed).unwrap().as_slice(), b"pa55");
        let wrapped = between.wrap_anew(&scope, &row).unwrap().expect("it was under the old key");
        let after = Sealer::new(ambient, "two", &[]);
        assert!(after.tenant(&scope, &row).is_err(), "another key");
        assert_eq!(after.tenant(&scope, &wrapped).unwrap().open(&purpose, &sealed).unwrap().as_slice(), b"pa55");
    }

    #[test]
    fn what_was_sealed_before_tenants_had_keys_opens() {
        let ambient = Ambient::system();
        let scope = Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
        let master = Sealer::new(ambient, "one", &[]);
        let purpose = Purpose::kept_answer();
        let old = master.seal_bound(&bound(&scope, &purpose), b"pa55").unwrap();
        let sealer = master.tenant(&scope, &master.make_tenant_key(&scope).unwrap()).unwrap();
        assert_eq!(sealer.open(&purpose, &old).unwrap().as_slice(), b"pa55");
    }
}
