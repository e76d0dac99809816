//! What a browser carries from the start of a sign-in to its return: a cookie that no script can read and nobody else can
//! make or open. Whoever comes back with another browser, or after a while, begins again.

use std::time::Duration;

use autonomos_runtime::secrets::{Purpose, Sealer};
use autonomos_runtime::{Ambient, Error, Result};
use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long a sign-in may take.
pub const GOOD_FOR: Duration = Duration::from_mins(10);
/// Name of the cookie.
const COOKIE: &str = "aos-oidc";

/// See the module.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// Comes back in the address.
    pub state: String,
    /// Comes back in the token.
    pub nonce: String,
    /// Proves that whoever redeems the code is whoever began.
    pub verifier: String,
    /// An invitation they came with.
    pub invitation: Option<String>,
    /// Until when, in seconds since 1970.
    pub until: i64,
}

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flow")
    }
}

fn lost() -> Error {
    Error::unauthenticated("oidc.state", "this sign-in was not begun in this browser, or too long ago")
        .remedy("Begin again.")
}

impl Flow {
    /// A new one.
    pub fn begin(ambient: &Ambient, invitation: Option<String>) -> Self {
        let random = || URL_SAFE_NO_PAD.encode(ambient.bytes::<32>());
        let until = ambient.now().timestamp() + GOOD_FOR.as_secs() as i64;
        Self { state: random(), nonce: random(), verifier: random(), invitation, until }
    }

    /// What is said of the verifier at the start.
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.as_bytes()))
    }

    /// As the browser carries it.
    pub fn cookie(&self, sealer: &Sealer, secure: bool) -> Result<HeaderValue> {
        let text = serde_json::to_vec(self).map_err(|e| lost().source(e))?;
        let sealed = URL_SAFE_NO_PAD.encode(sealer.seal_own(&Purpose::sign_in(), &text)?);
        set(&sealed, GOOD_FOR.as_secs(), secure)
    }

    /// What came back, if it is what was begun here, in this browser, for this answer.
    pub fn resume(sealer: &Sealer, headers: &HeaderMap, state: &str, now: i64) -> Result<Self> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, sealed) = pairs.find(|(name, _)| *name == COOKIE).ok_or_else(lost)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|e| lost().source(e))?;
        let opened = sealer.open_own(&Purpose::sign_in(), &sealed).map_err(|e| lost().source(e))?;
        let flow: Self = serde_json::from_slice(&opened).map_err(|e| lost().source(e))?;
        if flow.until <= now || flow.state != state {
            return Err(lost());
        }
        Ok(flow)
    }
}

/// Takes the cookie away.
pub fn gone(secure: bool) -> Result<HeaderValue> {
    set("", 0, secure)
}

// Lax: the way back is a link on another site.
fn set(value: &str, age: u64, secure: bool) -> Result<HeaderValue> {
    let secure = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!(
        "{COOKIE}={value}; HttpOnly; SameSite=Lax; Path=/api/v1/auth/oidc; Max-Age={age}{secure}"
    ))
    .map_err(|e| lost().source(e))
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::clock::ManualClock;

    use super::*;

    #[test]
    fn what_comes_back_is_what_was_begun_in_this_browser() {
        let clock = ManualClock::at(chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap());
        let ambient = Ambient::manual(clock.clone(), 1);
        let sealer = Sealer::new(ambient.clone(), "a secret that is long enough", &[]);
        let flow = Flow::begin(&ambient, Some("aoi_x".into()));
        let cookie = flow.cookie(&sealer, true).unwrap();
        let text = cookie.to_str().unwrap();
        assert!(text.contains("; HttpOnly; SameSite=Lax;") && text.ends_with("; Secure"));
        assert!(!text.contains(&flow.state) && !text.contains("aoi_x"));
        let headers = |value: &str| HeaderMap::from_iter([(header::COOKIE, value.parse().unwrap())]);
        let sent = text.split(';').next().unwrap();
        let now = ambient.now().timestamp();
        let resume = |value: &str, state: &str, now| Flow::resume(&sealer, &headers(value), state, now);
        assert_eq!(resume(&format!("a=b; {sent}"), &flow.state, now).unwrap(), flow);
        assert!(resume(sent, "another", now).is_err(), "another answer");
        assert!(resume(sent, &flow.state, flow.until).is_err(), "too late");
        assert!(resume("a=b", &flow.state, now).is_err(), "another browser");
        assert!(resume(&sent.replace('=', "=A"), &flow.state, now).is_err(), "bent");
        let stranger = Sealer::new(ambient, "another secret, long enough", &[]);
        assert!(Flow::resume(&stranger, &headers(sent), &flow.state, now).is_err(), "made by another");
        assert_eq!(flow.challenge().len(), 43);
    }
}
