//! Sealed secrets: credentials of connections and rows that could not be taken, encrypted at rest.
//!
//! Each secret has a data key of its own, wrapped by the master key; tenant and purpose (which names the connection) are
//! associated data of both, so a sealed value that is moved to another row does not open. The master key comes from the
//! configured secret by SHA-256 over a fixed label; secrets sealed under a previous one still open. Without the key the
//! values are lost, by intent. Opened bytes are wiped when dropped; nothing here implements `Debug` or `Serialize`.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::ids::ConnectionId;
use crate::{Ambient, Error, Result, Scope};

/// Format of what is stored: version, id of the master key, nonce and wrapped data key, nonce and text.
const VERSION: u8 = 1;
const KEY_ID: usize = 8;
const NONCE: usize = 24;
const WRAPPED: usize = 32 + 16;

/// What a secret is for; part of what it is bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose(String);

impl Purpose {
    /// A credential of a connection.
    pub fn credential(connection: ConnectionId) -> Self {
        Self(format!("credential:{connection}"))
    }

    /// A row of a connection that could not be taken.
    pub fn dead_letter(connection: ConnectionId) -> Self {
        Self(format!("dead_letter:{connection}"))
    }
}

struct Master {
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

impl Master {
    fn derive(secret: &str) -> Self {
        let key = Zeroizing::new(<[u8; 32]>::from(Sha256::new_with_prefix("autonomos/sealing/1").chain_update(secret).finalize()));
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&Sha256::new_with_prefix("autonomos/sealing/id").chain_update(key.as_slice()).finalize()[..KEY_ID]);
        Self { id, cipher: XChaCha20Poly1305::new(key.as_slice().into()) }
    }
}

/// Seals and opens. See the module.
pub struct Sealer {
    ambient: Ambient,
    /// The first seals; all open.
    masters: Vec<Master>,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// Under a secret, and under earlier ones for what was sealed then.
    pub fn new(ambient: Ambient, secret: &str, previous: &[&str]) -> Self {
        let masters = std::iter::once(&secret).chain(previous).map(|s| Master::derive(s)).collect();
        Self { ambient, masters }
    }

    /// The secret, encrypted for its tenant and purpose.
    pub fn seal(&self, scope: &Scope, purpose: &Purpose, secret: &[u8]) -> Result<Vec<u8>> {
        let failed = |_| Error::internal("secret.seal", "A secret could not be sealed.");
        let Some(master) = self.masters.first() else {
            return Err(Error::internal("secret.no_key", "There is no key to seal secrets under."));
        };
        let bound = bound(scope, purpose);
        let data_key = Zeroizing::new(self.ambient.bytes::<32>());
        let (outer, inner) = (self.ambient.bytes::<NONCE>(), self.ambient.bytes::<NONCE>());
        let wrapped = master
            .cipher
            .encrypt(XNonce::from_slice(&outer), Payload { msg: data_key.as_slice(), aad: &bound })
            .map_err(failed)?;
        let text = XChaCha20Poly1305::new(data_key.as_slice().into())
            .encrypt(XNonce::from_slice(&inner), Payload { msg: secret, aad: &bound })
            .map_err(failed)?;
        let mut out = Vec::with_capacity(1 + KEY_ID + 2 * NONCE + WRAPPED + text.len());
        out.push(VERSION);
        out.extend_from_slice(&master.id);
        out.extend_from_slice(&outer);
        out.extend_from_slice(&wrapped);
        out.extend_from_slice(&inner);
        out.extend_from_slice(&text);
        Ok(out)
    }

    /// The secret, if it was sealed for this tenant and purpose under a key that is known.
    pub fn open(&self, scope: &Scope, purpose: &Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let shut = || {
            Error::unavailable("secret.shut", "A sealed value cannot be opened.")
                .remedy("Start the server with the secret key it was sealed under, or enter the value again.")
        };
        let rest = sealed.strip_prefix(&[VERSION]).ok_or_else(shut)?;
        let (id, rest) = rest.split_at_checked(KEY_ID).ok_or_else(shut)?;
        let (outer, rest) = rest.split_at_checked(NONCE).ok_or_else(shut)?;
        let (wrapped, rest) = rest.split_at_checked(WRAPPED).ok_or_else(shut)?;
        let (inner, text) = rest.split_at_checked(NONCE).ok_or_else(shut)?;
        let master = self.masters.iter().find(|m| m.id == id).ok_or_else(shut)?;
        let bound = bound(scope, purpose);
        let key = master.cipher.decrypt(XNonce::from_slice(outer), Payload { msg: wrapped, aad: &bound });
        let key = Zeroizing::new(key.map_err(|_| shut())?);
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| shut())?;
        let text = cipher.decrypt(XNonce::from_slice(inner), Payload { msg: text, aad: &bound });
        text.map(Zeroizing::new).map_err(|_| shut())
    }
}

fn bound(scope: &Scope, purpose: &Purpose) -> Vec<u8> {
    format!("{}\u{1f}{}", scope.tenant(), purpose.0).into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{TenantId, TraceId};
    use crate::Actor;

    #[test]
    fn a_secret_opens_for_its_tenant_purpose_and_key_only() {
        let ambient = Ambient::system();
        let scope = || Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
        let (a, b) = (scope(), scope());
        let connection = ConnectionId::new(&ambient);
        let purpose = Purpose::credential(connection);
        let sealer = Sealer::new(ambient.clone(), "one", &[]);
        let sealed = sealer.seal(&a, &purpose, b"pa55").unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"pa55"));
        assert_ne!(sealed, sealer.seal(&a, &purpose, b"pa55").unwrap());
        assert_eq!(sealer.open(&a, &purpose, &sealed).unwrap().as_slice(), b"pa55");
        assert!(sealer.open(&b, &purpose, &sealed).is_err(), "another tenant");
        assert!(sealer.open(&a, &Purpose::dead_letter(connection), &sealed).is_err(), "another purpose");
        let rotated = Sealer::new(ambient.clone(), "two", &["one"]);
        assert_eq!(rotated.open(&a, &purpose, &sealed).unwrap().as_slice(), b"pa55");
        assert!(Sealer::new(ambient.clone(), "two", &[]).open(&a, &purpose, &sealed).is_err(), "another key");
        for cut in 0..sealed.len() {
            assert!(sealer.open(&a, &purpose, &sealed[..cut]).is_err());
        }
        let mut bent = sealed;
        if let Some(last) = bent.last_mut() {
            *last ^= 1;
        }
        assert!(sealer.open(&a, &purpose, &bent).is_err());
    }
}
