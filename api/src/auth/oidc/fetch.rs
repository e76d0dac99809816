//! The calls that leave the node for the provider: bounded in time and size, no redirects, TLS or this machine. The
//! provider is the operator's choice, so it may be inside.

use autonomos_actors::outside::transport;
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Error, Result};
use reqwest::{Client, RequestBuilder, Url};
use serde::de::DeserializeOwned;

/// Largest answer.
const MOST: usize = 1 << 20;

/// Asks a provider.
#[derive(Clone, Debug)]
pub struct Fetch {
    client: Client,
    guard: Guard,
}

/// It does not answer as it should.
pub fn away(what: &'static str) -> Error {
    Error::unavailable("oidc.provider", format!("the identity provider's {what} cannot be had"))
        .remedy("Try again in a moment, or sign in with a password.")
}

/// An address that may be asked.
pub fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let safe = url.scheme() == "https" || url.scheme() == "http" && here;
    (safe && url.username().is_empty() && url.password().is_none() && url.fragment().is_none()).then_some(url)
}

/// A text as a form has it.
fn encoded(text: &str) -> Result<String> {
    let mut form = Url::parse("form:").map_err(|e| away("address").source(e))?;
    form.query_pairs_mut().append_key_only(text);
    Ok(form.query().unwrap_or_default().to_owned())
}

impl Fetch {
    /// Under a guard, which has how long a call may take.
    pub fn new(guard: Guard) -> Result<Self> {
        let built = transport::builder().no_proxy().build();
        let client = built.map_err(|e| Error::internal("oidc.client", "no client for the provider").source(e))?;
        Ok(Self { client, guard })
    }

    /// A document; asked for again if that may help.
    pub async fn get<T: DeserializeOwned>(&self, url: &Url, what: &'static str) -> Result<T> {
        self.guard.again(&peer(url), || self.read(self.client.get(url.clone()), what)).await
    }

    /// What a form is answered with. A code is good for one use, so this is asked once.
    pub async fn post<T: DeserializeOwned>(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
        what: &'static str,
    ) -> Result<T> {
        let mut body = Url::parse("form:").map_err(|e| away(what).source(e))?;
        body.query_pairs_mut().extend_pairs(form);
        let mut request = self
            .client
            .post(url.clone())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.query().unwrap_or_default().to_owned());
        if let Some((user, password)) = basic {
            // As forms have it, before they are joined by a colon.
            request = request.basic_auth(encoded(user)?, Some(encoded(password)?));
        }
        self.guard.once(&peer(url), self.read(request, what)).await
    }

    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder, what: &'static str) -> Result<T> {
        let failed = |e: reqwest::Error| away(what).source(e.without_url());
        let answer = request.header("accept", "application/json").send().await.map_err(failed)?;
        let status = answer.status();
        let body = transport::whole(answer, MOST).await.map_err(|e| away(what).source(e))?;
        // A refusal of the code is the visitor's trouble, anything else the provider's.
        if status.is_client_error() {
            return Err(Error::unauthenticated("oidc.refused", "the identity provider did not confirm the sign-in")
                .remedy("Begin again.")
                .source(format!("{what}: {status}")));
        }
        if !status.is_success() {
            return Err(away(what).source(status.to_string()));
        }
        serde_json::from_slice(&body).map_err(|e| away(what).source(e))
    }
}

/// Whom a call is counted for.
fn peer(url: &Url) -> String {
    format!("provider/{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tls_or_this_machine_is_asked() {
        for (text, fine) in [
            ("https://idp.example.org/x", true),
            ("http://127.0.0.1:9/x", true),
            ("http://localhost/x", true),
            ("http://idp.example.org/x", false),
            ("http://127.0.0.1.evil.org/x", false),
            ("https://u:p@idp.example.org/", false),
            ("https://idp.example.org/#x", false),
            ("file:///etc/passwd", false),
            ("nonsense", false),
        ] {
            assert_eq!(address(text).is_some(), fine, "{text}");
        }
    }
}
