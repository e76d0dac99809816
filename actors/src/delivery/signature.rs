//! Pure: Standard Webhooks, symmetric. What is signed is `id.timestamp.body`, so that neither can be swapped; a header has a
//! signature for each secret that signs, so that whoever checks may be anywhere between two of them.

use autonomos_runtime::{Ambient, Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// What a secret's text begins with.
const PREFIX: &str = "whsec_";
/// Bytes of a new one.
const BYTES: usize = 32;

/// What callbacks are signed with; shown by [`Secret::text`] alone.
pub struct Secret(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one.
    pub fn fresh(ambient: &Ambient) -> Self {
        Self(Zeroizing::new(ambient.bytes::<BYTES>().to_vec()))
    }

    /// Of its bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    /// Its bytes, to be sealed.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As whoever checks signatures is given it.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(self.bytes()))
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> Result<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.bytes())
            .map_err(|e| Error::internal("webhook.secret", "a secret cannot sign").source(e))?;
        mac.update(format!("{id}.{timestamp}.").as_bytes());
        mac.update(body);
        Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
    }
}

/// The header `webhook-signature`: the first is the secret in force.
pub fn header(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> Result<String> {
    let signed: Vec<String> = secrets.iter().map(|secret| secret.sign(id, timestamp, body)).collect::<Result<_>>()?;
    Ok(signed.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(text: &str) -> Secret {
        Secret::of(&STANDARD.decode(text.strip_prefix(PREFIX).unwrap()).unwrap())
    }

    #[test]
    fn it_signs_as_the_specification_has_it() {
        // The example that the libraries of Standard Webhooks are tested with.
        let secret = of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        let signed =
            header(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, b"{\"test\": 2432232314}").unwrap();
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_shown_when_asked_and_never_by_accident() {
        let secret = Secret::fresh(&Ambient::system());
        assert!(secret.text().starts_with(PREFIX) && !format!("{secret:?}").contains("whsec"));
        assert_eq!(of(&secret.text()).bytes(), secret.bytes());
        assert_ne!(Secret::fresh(&Ambient::system()).text(), secret.text());
    }

    proptest! {
        /// Nothing of what is signed can be changed, and each secret that signs is in the header.
        #[test]
        fn whatever_changes_changes_the_signature(
            body in prop::collection::vec(any::<u8>(), 0..50), at in 0_i64..2_000_000_000, id in "[a-z]{1,12}",
        ) {
            let secrets = [Secret::of(b"one one one one one one!"), Secret::of(b"two two two two two two!")];
            let both = header(&secrets, &id, at, &body).unwrap();
            let each: Vec<String> =
                secrets.iter().map(|secret| secret.sign(&id, at, &body).unwrap()).collect();
            prop_assert_eq!(&both, &each.join(" "));
            prop_assert_ne!(&each[0], &each[1]);
            let mut longer = body.clone();
            longer.push(b' ');
            for other in [
                secrets[0].sign(&id, at + 1, &body), secrets[0].sign(&format!("{id}x"), at, &body),
                secrets[0].sign(&id, at, &longer),
            ] {
                prop_assert_ne!(&each[0], &other.unwrap());
            }
        }
    }
}
