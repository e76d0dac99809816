//! What a browser may do with our answers: nothing, unless a page says otherwise about itself. No CORS header is ever
//! sent, so no other site's script can read an answer.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What the pages of this binary may do: their own script, style and connections, nothing inline, nothing foreign.
pub const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; \
                               img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds what is not there. What a browser would show as a page gets a page's policy.
pub fn secure(headers: &mut HeaderMap) {
    let page = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let policy =
        HeaderValue::from_static(if page { PAGE_POLICY } else { "default-src 'none'; frame-ancestors 'none'" });
    let defaults: [(HeaderName, HeaderValue); 6] = [
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CONTENT_SECURITY_POLICY, policy),
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    for (name, value) in defaults {
        headers.entry(name).or_insert(value);
    }
}
