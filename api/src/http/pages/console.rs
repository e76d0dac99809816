//! The web console: the files that `web/` was built into, inside the binary. A build without them serves the plain page
//! instead, so that the crate never needs Node.
//!
//! Guarantee: what a name with a digest in it stands for never changes, so browsers may keep it for good; the page that
//! names them is asked for each time. Pages are addresses of the console and not of the server: whoever navigates to a
//! path that is no route gets the console, which knows its own pages. The page says nothing about anybody's data, so it
//! needs no token.

use std::borrow::Cow;

use autonomos_runtime::Error;
use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::response::{IntoResponse, Response};

use crate::error::Answer;

/// Files of `web/dist`; in a debug build they are read from there at run time.
#[derive(rust_embed::RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// Where a proxy says that the console is mounted.
const PREFIX: &str = "x-forwarded-prefix";
/// Paths that are never pages: programs ask there, and want to be told when they are wrong.
const NO_PAGES: [&str; 8] = ["api", "ws", "mcp", "metrics", "healthz", "readyz", "openapi.json", ".well-known"];

/// Whether a request is for the console itself: one of its files, or a browser that goes to one of its pages.
pub fn wanted(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let file = matches!(*method, Method::GET | Method::HEAD) && path.starts_with("/assets/");
    file || page(method, path, headers)
}

/// Whether a browser goes to one of its pages. A file that is not there is none.
pub fn page(method: &Method, path: &str, headers: &HeaderMap) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    matches!(*method, Method::GET | Method::HEAD)
        && plain
        && !matches!(first, "" | "." | "assets")
        && !NO_PAGES.contains(&first)
        && accept.contains("text/html")
}

/// The console's page, whatever its address; the plain page where the console was not built in.
pub async fn index(headers: HeaderMap) -> Response {
    let Some(file) = Dist::get("index.html") else {
        return super::page("text/html; charset=utf-8", include_str!("../../../static/index.html"));
    };
    let text = String::from_utf8_lossy(&file.data);
    let prefix = headers.get(PREFIX).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The build writes addresses relative to the root of the console; a page deeper down needs them whole.
    let text = text.replace("=\"./", &format!("=\"{}/", mounted(prefix)));
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"))], text)
        .into_response()
}

/// One of its files, in the smallest form that the browser takes.
pub async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (encoding, data) =
        found(&name, accepted).ok_or_else(|| Error::not_found("route.not_found", "there is no such file"))?;
    let cache = if hashed(&name) { "public, max-age=31536000, immutable" } else { "no-cache" };
    let mut response = Body::from(data).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(&name)));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}

fn found(name: &str, accepted: &str) -> Option<(Option<&'static str>, Cow<'static, [u8]>)> {
    for (encoding, ending) in [("br", "br"), ("gzip", "gz")] {
        let takes = accepted.split(',').any(|one| one.split(';').next().is_some_and(|word| word.trim() == encoding));
        if let Some(file) = takes.then(|| Dist::get(&format!("assets/{name}.{ending}"))).flatten() {
            return Some((Some(encoding), file.data));
        }
    }
    Dist::get(&format!("assets/{name}")).map(|file| (None, file.data))
}

/// Whether the build put a digest into the name: `index-3f9a0c1B.js`.
fn hashed(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.len() > 9 && stem.as_bytes().get(stem.len() - 9) == Some(&b'-')
}

fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("json") => "application/json",
        _ => "application/octet-stream",
    }
}

/// The prefix without its last slash; none where it is no plain path from the root.
fn mounted(prefix: &str) -> &str {
    let plain = prefix.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_' | b'.'));
    if plain && prefix.starts_with('/') && !prefix.starts_with("//") { prefix.trim_end_matches('/') } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_get_pages_and_programs_do_not() {
        let browser = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
        for page in ["/connect", "/connect/01920000-0000-7000-8000-000000000000", "/review", "/no/such.page"] {
            assert!(wanted(&Method::GET, page, &browser), "{page}");
            assert!(!wanted(&Method::GET, page, &HeaderMap::new()), "{page}");
            assert!(!wanted(&Method::POST, page, &browser), "{page}");
        }
        for other in [
            "/api/v1/tasks",
            "/api",
            "//api/v1/tasks",
            "/./api/v1/tasks",
            "/%61pi/v1/tasks",
            "/ws/flow-monitor",
            "/metrics",
        ] {
            assert!(!wanted(&Method::GET, other, &browser), "{other}");
        }
        assert!(wanted(&Method::GET, "/assets/index-12345678.js", &HeaderMap::new()));
        assert!(!page(&Method::GET, "/assets/none/of.js", &browser));
    }

    #[test]
    fn only_names_with_a_digest_are_kept_for_good() {
        assert!(hashed("index-3f9a0c1B.js") && hashed("quicksand-latin-wght-normal-Ab_d-f7h.woff2"));
        assert!(!hashed("theme.js") && !hashed("icon.svg") && !hashed("manifest.json"));
    }

    #[test]
    fn a_prefix_is_a_plain_path_or_nothing() {
        assert_eq!(mounted("/aos/"), "/aos");
        for bad in ["", "//elsewhere.example", "aos", "/a\"><script>", "https://x"] {
            assert_eq!(mounted(bad), "", "{bad}");
        }
    }
}
