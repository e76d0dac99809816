//! Sends to an address that a tenant chose. See the room's head for what it holds to.
//!
//! One call, no second try: what may be sent again is up to whoever keeps what was sent. A peer that does not answer opens
//! its circuit for the tenant that calls it, and for nobody else.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::config::Config;
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Ambient, Error, Result, Scope};
use bytes::Bytes;
use reqwest::{Client, Url, header};

use super::address::{self, refused};
use super::network::Allowed;
use super::resolver::{Guarded, LeadsInside, Lookup};
use super::transport;

/// As much of an answer is kept.
const KEPT: usize = 1024;
/// How long a name may be looked up before an address is taken as it is; it is looked at again when it is used.
const LOOKUP: Duration = Duration::from_secs(2);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Status of HTTP.
    pub status: u16,
    /// When the other side wants to be asked again, if it says so in seconds.
    pub retry_after: Option<Duration>,
    /// How it began, as text.
    pub beginning: String,
}

impl Answer {
    /// Whether it was taken.
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }
}

/// See the module.
pub struct Outside {
    allowed: Allowed,
    names: [Guarded; 2],
    tls: Client,
    plain: Client,
    guard: Guard,
}

impl std::fmt::Debug for Outside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outside")
    }
}

impl Outside {
    /// As configured; names mean what `lookup` says.
    pub fn new(config: &Config, lookup: &Arc<dyn Lookup>, ambient: Ambient) -> Result<Self> {
        let allowed = Allowed::of(&config.outside.allow)?;
        let names = [false, true].map(|plain| Guarded { lookup: lookup.clone(), allowed: allowed.clone(), plain });
        let client = |names: &Guarded| {
            let builder =
                transport::builder().no_proxy().https_only(!names.plain).dns_resolver(Arc::new(names.clone()));
            builder.build().map_err(|e| Error::internal("outside.client", "no client for outside calls").source(e))
        };
        let (tls, plain) = (client(&names[0])?, client(&names[1])?);
        Ok(Self { allowed, names, tls, plain, guard: Guard::new("http", &config.resilience.http, ambient) })
    }

    /// What stands around its calls.
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Whether an address may be called, as far as can be told now. One whose name means nothing at the moment is taken.
    pub async fn check(&self, text: &str) -> Result<Url> {
        let url = address::address(text, &self.allowed)?;
        if address::literal(&url).is_none()
            && let Some(host) = url.host_str()
        {
            let names = &self.names[usize::from(url.scheme() == "http")];
            match tokio::time::timeout(LOOKUP, names.addresses(host)).await {
                Ok(Err(error)) if error.is::<LeadsInside>() => return Err(refused("it leads inside")),
                _ => {}
            }
        }
        Ok(url)
    }

    /// Sends once. An answer is an answer, whatever its status; those of trouble (5xx) count against the peer.
    pub async fn post(&self, scope: &Scope, text: &str, headers: &[(&str, &str)], body: Bytes) -> Result<Answer> {
        let url = address::address(text, &self.allowed)?;
        let port = url.port_or_known_default().unwrap_or_default();
        let peer = format!("{}/{}:{port}", scope.tenant(), url.host_str().unwrap_or_default());
        let client = if url.scheme() == "http" { &self.plain } else { &self.tls };
        let mut request = client.post(url).header(header::CONTENT_TYPE, "application/json").body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let exchange = async {
            let answer = request.send().await.map_err(failed)?;
            let status = answer.status().as_u16();
            let seconds = answer.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
            let (beginning, _) = transport::beginning(answer, KEPT).await.map_err(failed)?;
            let beginning = String::from_utf8_lossy(&beginning).into_owned();
            Ok(Answer { status, retry_after: seconds.map(Duration::from_secs), beginning })
        };
        self.guard.judged(&peer, exchange, |answer| answer.status >= 500).await
    }
}

/// What a call that came to nothing means.
fn failed(error: reqwest::Error) -> Error {
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(one) = cause {
        if one.is::<LeadsInside>() {
            return refused("it leads inside");
        }
        cause = one.source();
    }
    let what = if error.is_connect() {
        "No connection to the other side could be made."
    } else if error.is_timeout() {
        "The other side did not answer in time."
    } else {
        "The other side broke off."
    };
    Error::unavailable("outside.away", what)
        .remedy("Check the address; it is tried again where that is possible.")
        .source(error)
}

#[cfg(test)]
mod tests;
