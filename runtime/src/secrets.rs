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

    /// An answer kept for a request that may be sent again.
    pub fn kept_answer() -> Self {
        Self("kept_answer".to_owned())
    }

    /// A key that signs access tokens.
    pub fn token_key(kid: &str) -> Self {
        Self(format!("token_key:{kid}"))
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
        let key = Zeroizing::new(<[u8; 32]>::from(
            Sha256::new_with_prefix("autonomos/sealing/1").chain_update(secret).finalize(),
        ));
        let mut id = [0; KEY_ID];
        id.copy_from_slice(
            &Sha256::new_with_prefix("autonomos/sealing/id").chain_update(key.as_slice()).finalize()[..KEY_ID],
        );
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
        Ok(self.seal_all(scope, purpose, [secret])?.pop().unwrap_or_default())
    }

    /// Many secrets of one tenant and purpose under one data key (the rows of a batch that were refused): each opens by
    /// itself, and each has a nonce of its own.
    pub fn seal_all<'s>(
        &self,
        scope: &Scope,
        purpose: &Purpose,
        secrets: impl IntoIterator<Item = &'s [u8]>,
    ) -> Result<Vec<Vec<u8>>> {
        self.seal_bound(&bound(scope, purpose), secrets)
    }

    /// A secret of the installation itself, which belongs to no tenant.
    pub fn seal_own(&self, purpose: &Purpose, secret: &[u8]) -> Result<Vec<u8>> {
        Ok(self.seal_bound(&bound_to_none(purpose), [secret])?.pop().unwrap_or_default())
    }

    fn seal_bound<'s>(&self, bound: &[u8], secrets: impl IntoIterator<Item = &'s [u8]>) -> Result<Vec<Vec<u8>>> {
        let failed = |_| Error::internal("secret.seal", "A secret could not be sealed.");
        let Some(master) = self.masters.first() else {
            return Err(Error::internal("secret.no_key", "There is no key to seal secrets under."));
        };
        let data_key = Zeroizing::new(self.ambient.bytes::<32>());
        let outer = self.ambient.bytes::<NONCE>();
        let wrapped = master
            .cipher
            .encrypt(XNonce::from_slice(&outer), Payload { msg: data_key.as_slice(), aad: bound })
            .map_err(failed)?;
        let cipher = XChaCha20Poly1305::new(data_key.as_slice().into());
        let sealed = secrets.into_iter().map(|secret| {
            let inner = self.ambient.bytes::<NONCE>();
            let text =
                cipher.encrypt(XNonce::from_slice(&inner), Payload { msg: secret, aad: bound }).map_err(failed)?;
            Ok([&[VERSION][..], &master.id, &outer, &wrapped, &inner, &text].concat())
        });
        sealed.collect()
    }

    /// The secret, if it was sealed for this tenant and purpose under a key that is known.
    pub fn open(&self, scope: &Scope, purpose: &Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.open_bound(&bound(scope, purpose), sealed)
    }

    /// A secret of the installation, if it was sealed for that purpose under a key that is known.
    pub fn open_own(&self, purpose: &Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        self.open_bound(&bound_to_none(purpose), sealed)
    }

    fn open_bound(&self, bound: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
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
        let key = master.cipher.decrypt(XNonce::from_slice(outer), Payload { msg: wrapped, aad: bound });
        let key = Zeroizing::new(key.map_err(|_| shut())?);
        let cipher = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| shut())?;
        let text = cipher.decrypt(XNonce::from_slice(inner), Payload { msg: text, aad: bound });
        text.map(Zeroizing::new).map_err(|_| shut())
    }
}

fn bound(scope: &Scope, purpose: &Purpose) -> Vec<u8> {
    format!("{}\u{1f}{}", scope.tenant(), purpose.0).into_bytes()
}

/// No tenant's id is empty, so this is nobody's.
fn bound_to_none(purpose: &Purpose) -> Vec<u8> {
    format!("\u{1f}{}", purpose.0).into_bytes()
}

/// What starts a secret in running text; everything up to white space, a quote or a separator is taken out.
const MARKS: [&str; 13] = [
    "password=",
    "passwd=",
    "pwd=",
    "secret=",
    "token=",
    "api_key=",
    "apikey=",
    "access_key=",
    "bearer ",
    "basic ",
    "aos_",
    "sig=",
    "signature=",
];

/// Text that may go into a log or to people, whatever a vendor's error message had in it: passwords in addresses, bearer
/// tokens, keys and web tokens become `***`. A belt besides the types: nothing should get here that needs it.
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let boundary = out.chars().next_back().is_none_or(|before| !before.is_alphanumeric());
        if let Some((kept, len)) = boundary.then(|| secret_at(rest)).flatten() {
            out.push_str(rest.get(..kept).unwrap_or_default());
            out.push_str("***");
            rest = rest.get(kept + len..).unwrap_or_default();
        } else {
            out.push(first);
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        }
    }
    out
}

/// Where the text starts with something secret: how much of it may stay, and how much has to go.
fn secret_at(text: &str) -> Option<(usize, usize)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ',' | ';' | ')' | '}' | ']' | '<' | '>');
    let word = |from: usize| text.get(from..).map_or(0, |rest| rest.find(ends).unwrap_or(rest.len()));
    for mark in MARKS {
        if text.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark)) {
            let len = word(mark.len());
            return (len > 0).then_some((mark.len(), len));
        }
    }
    // A web token: header, claims and signature in base64.
    if text.starts_with("eyJ") {
        let len = word(0);
        return text.get(..len).is_some_and(|t| t.matches('.').count() == 2).then_some((0, len));
    }
    // scheme://user:password@host
    let scheme = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '+')?;
    if scheme == 0 || !text.get(scheme..).is_some_and(|rest| rest.starts_with("://")) {
        return None;
    }
    let start = scheme + 3;
    let address = text.get(start..start + word(start))?;
    let authority = address.split(['/', '?', '#']).next().unwrap_or(address);
    // A password may hold a slash that nobody escaped: the last @ of the word ends it.
    let user = authority.rfind('@').or_else(|| address.rfind('@'))?;
    let colon = address.get(..user)?.find(':')?;
    Some((start + colon + 1, user - colon - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_text_loses_its_secrets_and_nothing_else() {
        for (text, expected) in [
            ("connect postgres://ada:pa55@db/x failed", "connect postgres://ada:***@db/x failed"),
            ("rediss://:p/a@55@h:1/0", "rediss://:***@h:1/0"),
            ("postgres://db:5432/x failed for a@b", "postgres://db:5432/x failed for a@b"),
            ("401 for Authorization: Bearer abc.def-1, retry", "401 for Authorization: Bearer ***, retry"),
            ("host=db password=pa55 user=ada", "host=db password=*** user=ada"),
            ("GET /x?token=t0k&limit=5", "GET /x?token=***&limit=5"),
            ("{\"key\":\"aos_live_1\"}", "{\"key\":\"aos_***\"}"),
            ("got eyJhbGciOi.eyJzdWIi.c2ln", "got ***"),
            ("eyJust a word, broken_token=x, price 5€", "eyJust a word, broken_token=***, price 5€"),
            ("nothing: to see", "nothing: to see"),
        ] {
            assert_eq!(redact(text), expected);
        }
    }
    use crate::Actor;
    use crate::ids::{TenantId, TraceId};

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
        let many = sealer.seal_all(&a, &purpose, [&b"pa55"[..], b"pa55", b""]).unwrap();
        assert_ne!(many[0], many[1]);
        assert_eq!(sealer.open(&a, &purpose, &many[1]).unwrap().as_slice(), b"pa55");
        assert!(sealer.open(&a, &purpose, &many[2]).unwrap().is_empty());
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
