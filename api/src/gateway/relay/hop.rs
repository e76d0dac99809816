//! The signature of a hop: what one node says to another about a request that it passes on, so that the other believes it.
//!
//! The problem: a request that came by a hop is treated otherwise (it goes no further, and its deadline is what the first
//! node has left), so nobody else may say that it did. The guarantee: a hop is signed by a key that only nodes have, over
//! method, path, tenant, credential, body, deadline, sender and receiver; it is good for a minute, once, at the node that it
//! was made for. It opens nothing by itself: whoever asks has to show their own token all the same.
//!
//! Keys are derived from the installation's secret for every hour; those of the hour of the signature are tried, also with
//! the secret before this one. A body that is passed on while it arrives (an upload) is not covered by the signature, and
//! says so. A restart forgets which hops came; the receiver is another instance then, and refuses the old ones for that.

use std::collections::HashSet;
use std::time::Duration;

use autonomos_runtime::authority::{Instance, NodeId};
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Ambient, Error, Result, Timestamp};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use hmac::{Hmac, Mac};
use parking_lot::Mutex;
use sha2::{Digest, Sha256};

/// The header of a hop.
pub const HEADER: HeaderName = HeaderName::from_static("x-autonomos-hop");
/// Stands for the hash of a body that is not covered.
pub const STREAMED: &str = "streamed";
/// For so long a hop is good, before and after its moment: clocks differ.
const WINDOW: Duration = Duration::from_mins(1);
/// Hops remembered within a window; more at once are refused.
const MOST: usize = 500_000;

/// What is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The node that passes on.
    pub from: Instance,
    /// The node that is to answer.
    pub to: Instance,
    /// Whose data it is about.
    pub tenant: TenantId,
    /// What is left of the time for an answer.
    pub left: Duration,
    /// SHA-256 of the body in hexadecimal digits, or [`STREAMED`].
    pub body: String,
}

/// The request that a hop is of.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// Its method.
    pub method: &'a Method,
    /// Its path, with what is behind the question mark.
    pub path: &'a str,
    /// The token or key that the caller brings.
    pub credential: &'a str,
}

/// Signs hops, and believes each once.
pub struct Hops {
    ambient: Ambient,
    secrets: Vec<zeroize::Zeroizing<Vec<u8>>>,
    seen: Mutex<Seen>,
}

/// Those that came: since when the younger ones are collected, these, and the ones before.
#[derive(Default)]
struct Seen {
    since: Duration,
    now: HashSet<[u8; 16]>,
    before: HashSet<[u8; 16]>,
}

impl Seen {
    /// Whether it came before; none if there is no room to remember it.
    fn note(&mut self, nonce: [u8; 16], at: Duration) -> Option<bool> {
        if at.saturating_sub(self.since) > WINDOW * 2 {
            self.before = std::mem::take(&mut self.now);
            self.since = at;
        }
        if self.before.contains(&nonce) || self.now.contains(&nonce) {
            return Some(true);
        }
        (self.now.len() < MOST).then(|| {
            self.now.insert(nonce);
            false
        })
    }
}

/// A key of any length is taken.
fn keyed(key: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::new_from_slice(key).ok()
}

fn refused(why: &'static str) -> Error {
    Error::unauthenticated("hop.refused", "this request was not passed on by a node of this cluster")
        .remedy(
            "Leave the header x-autonomos-hop to the nodes; give all of them the same AUTONOMOS_SECRET_KEY and clocks.",
        )
        .source(why)
}

impl Hops {
    /// Signs with the first of the secrets.
    pub fn new(ambient: Ambient, secrets: &[&str]) -> Self {
        let secrets = secrets.iter().map(|secret| secret.as_bytes().to_vec().into()).collect();
        Self { ambient, secrets, seen: Mutex::default() }
    }

    fn mac(secret: &[u8], at: Timestamp, hop: &Hop, of: Of<'_>, nonce: &str) -> Option<Hmac<Sha256>> {
        let mut key = keyed(secret)?;
        key.update(format!("autonomos hop {}", at.timestamp().div_euclid(3600)).as_bytes());
        let mut mac = keyed(&key.finalize().into_bytes())?;
        let said = [
            "1",
            of.method.as_str(),
            of.path,
            &hex::encode(Sha256::digest(of.credential.as_bytes())),
            &hop.tenant.to_string(),
            hop.from.node.as_str(),
            &hop.from.incarnation.to_string(),
            hop.to.node.as_str(),
            &hop.to.incarnation.to_string(),
            &hop.left.as_millis().to_string(),
            &hop.body,
            &at.timestamp_millis().to_string(),
            nonce,
        ];
        for part in said {
            // With its length before it, so that no two lists of parts read alike.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        Some(mac)
    }

    /// The header of a hop.
    pub fn sign(&self, hop: &Hop, of: Of<'_>) -> Result<HeaderValue> {
        let (at, nonce) = (self.ambient.now(), hex::encode(self.ambient.bytes::<16>()));
        let mac = self.secrets.first().and_then(|secret| Self::mac(secret, at, hop, of, &nonce));
        let mac = mac.ok_or_else(|| Error::internal("hop.secret", "there is nothing to sign a hop with"))?;
        let signature = hex::encode(mac.finalize().into_bytes());
        let Hop { from, to, tenant, left, body } = hop;
        let said = format!(
            "1 {} {} {} {} {tenant} {} {body} {} {nonce} {signature}",
            hex::encode(from.node.as_str()),
            from.incarnation,
            hex::encode(to.node.as_str()),
            to.incarnation,
            left.as_millis(),
            at.timestamp_millis(),
        );
        HeaderValue::from_str(&said).map_err(|e| Error::internal("hop.header", "a hop could not be written").source(e))
    }

    /// The hop of a request, if it came by one: signed by a node, of now, for the first time.
    pub fn verify(&self, headers: &HeaderMap, of: Of<'_>) -> Result<Option<Hop>> {
        let mut values = headers.get_all(HEADER).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return if headers.contains_key(HEADER) { Err(refused("two headers")) } else { Ok(None) };
        };
        let text = value.to_str().map_err(|_| refused("no text"))?;
        let (hop, at, nonce, signature) = parse(text).ok_or_else(|| refused("it cannot be read"))?;
        let age = (self.ambient.now() - at).abs().to_std().unwrap_or(Duration::MAX);
        if age > WINDOW {
            return Err(refused("too old, or from the future"));
        }
        // Compared in constant time.
        let good = |secret: &zeroize::Zeroizing<Vec<u8>>| {
            let mac = Self::mac(secret, at, &hop, of, &hex::encode(nonce));
            mac.is_some_and(|mac| mac.verify_slice(&signature).is_ok())
        };
        if !self.secrets.iter().any(good) {
            return Err(refused("signed by somebody else, or changed"));
        }
        match self.seen.lock().note(nonce, self.ambient.elapsed()) {
            Some(false) => Ok(Some(hop)),
            Some(true) => Err(refused("it came before")),
            None => Err(Error::busy("hop.busy", "more requests are passed on than this node can tell apart")),
        }
    }
}

fn parse(text: &str) -> Option<(Hop, Timestamp, [u8; 16], Vec<u8>)> {
    let mut parts = text.split(' ');
    let mut next = || parts.next();
    if next()? != "1" {
        return None;
    }
    let mut instance = || {
        let node = String::from_utf8(hex::decode(next()?).ok()?).ok()?;
        Some(Instance { node: NodeId::new(&node), incarnation: next()?.parse().ok()? })
    };
    let (from, to) = (instance()?, instance()?);
    let (tenant, left, body) = (next()?.parse().ok()?, next()?.parse().ok()?, next()?.to_owned());
    let at = Timestamp::from_timestamp_millis(next()?.parse().ok()?)?;
    let nonce = hex::decode(next()?).ok()?.try_into().ok()?;
    let signature = hex::decode(next()?).ok()?;
    if next().is_some() {
        return None;
    }
    Some((Hop { from, to, tenant, left: Duration::from_millis(left), body }, at, nonce, signature))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use autonomos_runtime::clock::ManualClock;
    use autonomos_runtime::ids::IncarnationId;

    use super::*;

    fn hops(clock: &Arc<ManualClock>, secrets: &[&str], seed: u64) -> Hops {
        Hops::new(Ambient::manual(Arc::clone(clock), seed), secrets)
    }

    fn hop() -> Hop {
        let who = |node: &str, n: u128| Instance {
            node: NodeId::new(node),
            incarnation: IncarnationId::from_uuid(uuid::Uuid::from_u128(n)),
        };
        let (from, to) = (who("a node", 1), who("b", 2));
        let tenant = TenantId::from_uuid(uuid::Uuid::from_u128(3));
        Hop { from, to, tenant, left: Duration::from_secs(20), body: STREAMED.into() }
    }

    fn headers(value: &HeaderValue) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, value.clone());
        headers
    }

    const OF: Of<'_> = Of { method: &Method::POST, path: "/api/v1/tasks?x=1", credential: "token" };

    #[test]
    fn a_hop_is_believed_once_by_whoever_has_the_secret() {
        let clock = ManualClock::at("2026-01-02T03:59:50Z".parse().unwrap());
        let (a, b) = (hops(&clock, &["old"], 1), hops(&clock, &["new", "old"], 2));
        let signed = headers(&a.sign(&hop(), OF).unwrap());
        clock.advance(Duration::from_secs(30));
        assert_eq!(b.verify(&signed, OF).unwrap(), Some(hop()), "over the hour, with the secret before");
        let again = b.verify(&signed, OF).unwrap_err();
        assert_eq!((again.code, again.kind), ("hop.refused", autonomos_runtime::Kind::Unauthenticated));
        assert_eq!(b.verify(&HeaderMap::new(), OF).unwrap(), None);
        assert!(hops(&clock, &["new"], 3).verify(&signed, OF).is_err());
        clock.advance(Duration::from_secs(31));
        assert!(hops(&clock, &["old"], 4).verify(&signed, OF).is_err(), "a minute is over");
    }

    #[test]
    fn nothing_of_it_may_be_changed() {
        let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
        let signed = hops(&clock, &["s"], 1).sign(&hop(), OF).unwrap();
        let refuses = |headers: &HeaderMap, of: Of<'_>| hops(&clock, &["s"], 2).verify(headers, of).is_err();
        let all = headers(&signed);
        assert!(!refuses(&all, OF));
        assert!(refuses(&all, Of { method: &Method::PUT, ..OF }));
        assert!(refuses(&all, Of { path: "/api/v1/tasks?x=2", ..OF }));
        assert!(refuses(&all, Of { credential: "another", ..OF }));
        let text = signed.to_str().unwrap();
        let parts: Vec<&str> = text.split(' ').collect();
        for at in 0..parts.len() {
            let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            let last = if parts[at].ends_with('0') { '1' } else { '0' };
            parts[at].pop();
            parts[at].push(last);
            let changed = headers(&HeaderValue::from_str(&parts.join(" ")).unwrap());
            assert!(refuses(&changed, OF), "part {at}");
        }
        let mut twice = all.clone();
        twice.append(HEADER, signed.clone());
        assert!(refuses(&twice, OF));
        for nonsense in ["", "1", "1 2 3", "2 a b"] {
            assert!(refuses(&headers(&HeaderValue::from_str(nonsense).unwrap()), OF));
        }
    }
}
