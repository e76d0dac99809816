//! Envelope encryption: a secret under a data key of its own, that one wrapped by a longer-lived key.
//!
//! Format of what is stored: version, id of the wrapping key, nonce and wrapped data key, nonce and text. XChaCha20-Poly1305
//! throughout, whose nonces are long enough to be drawn at random.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Ambient, Error, Result};

/// Wrapped by a master key.
const BY_MASTER: u8 = 1;
/// Wrapped by a tenant's key.
const BY_TENANT: u8 = 2;
const KEY_ID: usize = 8;
const NONCE: usize = 24;
const WRAPPED: usize = 32 + 16;

/// A key that wraps data keys.
#[derive(Clone)]
pub struct Wrapping {
    version: u8,
    id: [u8; KEY_ID],
    cipher: XChaCha20Poly1305,
}

impl Wrapping {
    /// A master key.
    pub fn new(key: &[u8; 32]) -> Self {
        Self::of(BY_MASTER, key)
    }

    /// A tenant's.
    pub fn for_tenant(key: &[u8; 32]) -> Self {
        Self::of(BY_TENANT, key)
    }

    fn of(version: u8, key: &[u8; 32]) -> Self {
        let mut id = [0; KEY_ID];
        id.copy_from_slice(&Sha256::new_with_prefix("autonomos/sealing/id").chain_update(key).finalize()[..KEY_ID]);
        Self { version, id, cipher: XChaCha20Poly1305::new(key.into()) }
    }

    /// Whether it is the one that wrapped this.
    pub fn wrapped(&self, sealed: &[u8]) -> bool {
        sealed.first() == Some(&self.version) && sealed.get(1..=KEY_ID) == Some(&self.id)
    }
}

/// Secrets encrypted under one data key, bound to what they belong to.
pub fn seal<'s>(
    key: &Wrapping,
    ambient: &Ambient,
    bound: &[u8],
    secrets: impl IntoIterator<Item = &'s [u8]>,
) -> Result<Vec<Vec<u8>>> {
    let failed = |_| Error::internal("secret.seal", "A secret could not be sealed.");
    let data_key = Zeroizing::new(ambient.bytes::<32>());
    let outer = ambient.bytes::<NONCE>();
    let wrapped = key
        .cipher
        .encrypt(XNonce::from_slice(&outer), Payload { msg: data_key.as_slice(), aad: bound })
        .map_err(failed)?;
    let cipher = XChaCha20Poly1305::new(data_key.as_slice().into());
    let sealed = secrets.into_iter().map(|secret| {
        let inner = ambient.bytes::<NONCE>();
        let text = cipher.encrypt(XNonce::from_slice(&inner), Payload { msg: secret, aad: bound }).map_err(failed)?;
        Ok([&[key.version][..], &key.id, &outer, &wrapped, &inner, &text].concat())
    });
    sealed.collect()
}

/// The secret, if one of these keys wrapped it and it is bound to what is said.
pub fn open(keys: &[Wrapping], bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
    let key = keys.iter().find(|key| key.wrapped(sealed)).ok_or_else(shut)?;
    let rest = sealed.get(1 + KEY_ID..).ok_or_else(shut)?;
    let (outer, rest) = rest.split_at_checked(NONCE).ok_or_else(shut)?;
    let (wrapped, rest) = rest.split_at_checked(WRAPPED).ok_or_else(shut)?;
    let (inner, text) = rest.split_at_checked(NONCE).ok_or_else(shut)?;
    let data_key = key.cipher.decrypt(XNonce::from_slice(outer), Payload { msg: wrapped, aad: bound });
    let data_key = Zeroizing::new(data_key.map_err(|_| shut())?);
    let cipher = XChaCha20Poly1305::new_from_slice(&data_key).map_err(|_| shut())?;
    let text = cipher.decrypt(XNonce::from_slice(inner), Payload { msg: text, aad: bound });
    text.map(Zeroizing::new).map_err(|_| shut())
}

/// It does not open.
pub fn shut() -> Error {
    Error::unavailable("secret.shut", "A sealed value cannot be opened.")
        .remedy("Start the server with the secret key it was sealed under, or enter the value again.")
}

/// There is nothing to seal under.
pub fn no_key() -> Error {
    Error::internal("secret.no_key", "There is no key to seal secrets under.")
}
