//! The pages of the binary: the console, the readable API, and a plain page for builds without the console. No inline
//! script or style, nothing from elsewhere.

pub mod console;

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The plain page's script.
pub async fn script() -> Response {
    page("text/javascript; charset=utf-8", include_str!("../../../static/app.js"))
}

/// The style of the plain page and of the API's.
pub async fn style() -> Response {
    page("text/css; charset=utf-8", include_str!("../../../static/app.css"))
}

/// The readable form of the OpenAPI document.
pub async fn docs() -> Response {
    page("text/html; charset=utf-8", include_str!("../../../static/docs.html"))
}

/// Its script.
pub async fn docs_script() -> Response {
    page("text/javascript; charset=utf-8", include_str!("../../../static/docs.js"))
}

/// The OpenAPI document.
pub async fn openapi() -> Response {
    page("application/json", crate::openapi::text())
}

fn page(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "no-cache")], text).into_response()
}
