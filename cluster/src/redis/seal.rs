//! Who may speak on the bus: whoever knows the installation's secret. A message carries a code over its tenant, the line of the
//! sequence it belongs to, who sent it as their how-manieth, and its text; so nothing that was not said can be put into
//! anybody's sequence, and nothing that was can be put there again, into another tenant's, or in another's name.
//!
//! Each tenant has a key of its own, made from the secret; an earlier secret is believed as well while it is being replaced.

use autonomos_runtime::ids::TenantId;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

/// What codes of the whole installation are made with.
#[derive(Clone)]
pub struct Secrets(Vec<[u8; 32]>);

/// What codes of one tenant are made with; the first signs, all are believed.
#[derive(Clone)]
pub struct Seal(Vec<Hmac<Sha256>>);

/// What a code is over.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    /// The line of the tenant's sequence.
    pub line: &'a str,
    /// Who says it: a node, in one of its lives.
    pub by: &'a str,
    /// As their how-manieth.
    pub n: u64,
    /// What is said.
    pub text: &'a [u8],
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seal")
    }
}

impl Secrets {
    /// From the installation's secret, and earlier ones that are still believed.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let key = |secret| Sha256::new_with_prefix("autonomos/bus/1").chain_update(secret).finalize().into();
        Self(secrets.into_iter().map(key).collect())
    }

    /// A tenant's.
    pub fn of(&self, tenant: TenantId) -> Seal {
        let own = |key: &[u8; 32]| {
            let code = keyed(key)?.chain_update(tenant.as_uuid().as_bytes()).finalize().into_bytes();
            keyed(&code)
        };
        Seal(self.0.iter().filter_map(own).collect())
    }
}

fn keyed(key: &[u8]) -> Option<Hmac<Sha256>> {
    // A key of any length will do, so this is always some.
    Hmac::new_from_slice(key).ok()
}

impl Seal {
    /// The code of a message.
    pub fn sign(&self, said: Said<'_>) -> Vec<u8> {
        self.0.first().map(|key| over(key, said).finalize().into_bytes().to_vec()).unwrap_or_default()
    }

    /// Whether the code is the message's. Takes as long whether it is or not.
    pub fn fits(&self, said: Said<'_>, code: &[u8]) -> bool {
        self.0.iter().any(|key| over(key, said).verify_slice(code).is_ok())
    }
}

/// Each part with its length before it, so that none can lend the next one anything.
fn over(key: &Hmac<Sha256>, Said { line, by, n, text }: Said<'_>) -> Hmac<Sha256> {
    let mut code = key.clone();
    for part in [line.as_bytes(), by.as_bytes(), &n.to_be_bytes(), text] {
        code.update(&(part.len() as u64).to_be_bytes());
        code.update(part);
    }
    code
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::Ambient;

    use super::*;

    #[test]
    fn a_code_is_of_one_message_of_one_tenant_under_one_secret() {
        let ambient = Ambient::system();
        let (a, b) = (TenantId::new(&ambient), TenantId::new(&ambient));
        let secrets = Secrets::new(["now", "before"]);
        let said = Said { line: "l", by: "n1 x", n: 7, text: b"{}" };
        let code = secrets.of(a).sign(said);
        assert!(secrets.of(a).fits(said, &code));
        assert!(Secrets::new(["next", "now"]).of(a).fits(said, &code), "while it is being replaced");
        assert!(!Secrets::new(["next"]).of(a).fits(said, &code));
        assert!(!secrets.of(b).fits(said, &code), "another tenant");
        for other in [
            Said { line: "m", ..said },
            Said { by: "n1 ", ..said },
            Said { n: 8, ..said },
            Said { text: b"{} ", ..said },
            Said { line: "ln", by: "1 x", ..said },
        ] {
            assert!(!secrets.of(a).fits(other, &code), "{other:?}");
        }
        assert!(!secrets.of(a).fits(said, &[]) && !secrets.of(a).fits(said, &code[..31]));
    }
}
