//! The only file that knows status codes: [`runtime::Error`](autonomos_runtime::Error) becomes an RFC 9457 problem.
//!
//! A handler returns the error; the gateway, which knows the trace id and the path, writes the body. So nobody can send
//! an error without its id, and what an error's `source` says stays in the log.

use std::sync::Arc;

use autonomos_runtime::{Error, Kind};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// What a handler returns.
pub type Answer<T> = Result<T, Problem>;

/// An error on its way out.
#[derive(Clone, Debug)]
pub struct Problem {
    error: Arc<Error>,
    retry_after: Option<u64>,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self { error: Arc::new(error), retry_after: None }
    }
}

impl Problem {
    /// Says when the same call may succeed, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The error inside.
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        status_of(self.error.kind, self.error.code)
    }

    /// The problem behind a bare status that some library answered with.
    pub fn of_status(status: StatusCode) -> Self {
        let error = match status {
            StatusCode::NOT_FOUND => {
                Error::not_found("route.not_found", "there is nothing at this path").remedy("See /docs for every path.")
            }
            StatusCode::METHOD_NOT_ALLOWED => {
                Error::invalid("request.method", "this path does not take this method").remedy("See the Allow header.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => too_large(),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => media_type(),
            StatusCode::REQUEST_TIMEOUT => slow_body(),
            StatusCode::UNAUTHORIZED => Error::unauthenticated("auth.required", "sign in first"),
            status if status.is_client_error() => Error::invalid("request.invalid", "the request cannot be understood"),
            _ => Error::internal("internal", "something went wrong on our side"),
        };
        error.into()
    }

    /// The body, given what only the gateway knows.
    pub fn body(&self, instance: &str, trace_id: &str) -> Vec<u8> {
        let status = self.status();
        let error = &*self.error;
        let errors: Vec<Pointed<'_>> =
            error.field.iter().map(|field| Pointed { pointer: field, detail: &error.message }).collect();
        let document = Document {
            kind: "/docs#errors",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            detail: &error.message,
            instance,
            code: error.code,
            trace_id,
            retryable: error.retryable(),
            errors,
            remedy: error.remedy.as_deref(),
        };
        serde_json::to_vec(&document).unwrap_or_default()
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    instance: &'a str,
    code: &'a str,
    trace_id: &'a str,
    retryable: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Pointed<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<&'a str>,
}

#[derive(Serialize)]
struct Pointed<'a> {
    pointer: &'a str,
    detail: &'a str,
}

/// The problem document, as the OpenAPI document describes it.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemSchema {
    /// Where the codes are explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// What went wrong, for the person who asked.
    pub detail: String,
    /// The path that was asked.
    pub instance: String,
    /// Stable; scripts may match on it.
    pub code: String,
    /// Quote it when you ask for help.
    pub trace_id: String,
    /// Whether the same call may succeed later.
    pub retryable: bool,
    /// Fields at fault, if there are any.
    pub errors: Option<Vec<PointedSchema>>,
    /// What to do.
    pub remedy: Option<String>,
}

/// A field at fault.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PointedSchema {
    /// JSON pointer, or the name of a parameter.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

fn status_of(kind: Kind, code: &str) -> StatusCode {
    match code {
        "request.method" => return StatusCode::METHOD_NOT_ALLOWED,
        "request.media_type" => return StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "request.slow_body" => return StatusCode::REQUEST_TIMEOUT,
        "request.if_match_required" => return StatusCode::PRECONDITION_REQUIRED,
        "tenant.elsewhere" => return StatusCode::MISDIRECTED_REQUEST,
        "request.not_acceptable" => return StatusCode::NOT_ACCEPTABLE,
        // The request is in order; what it says is not, or the statement in it was too much.
        "idempotency.mismatch"
        | "query.wrong"
        | "query.not_allowed"
        | "query.no_view"
        | "query.memory"
        | "query.too_large"
        | "query.timeout"
        | "query.crashed" => return StatusCode::UNPROCESSABLE_ENTITY,
        _ => {}
    }
    match kind {
        Kind::Invalid => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::Denied => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::Stale => StatusCode::PRECONDITION_FAILED,
        Kind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::Busy => StatusCode::TOO_MANY_REQUESTS,
        Kind::Unavailable | Kind::Fenced => StatusCode::SERVICE_UNAVAILABLE,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        let headers = response.headers_mut();
        match self.error.kind {
            Kind::Unauthenticated => {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Kind::Busy | Kind::Unavailable | Kind::Fenced => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(self.retry_after.unwrap_or(1)));
            }
            _ => {}
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A body over its limit.
pub fn too_large() -> Error {
    Error::too_large("request.too_large", "the body is larger than this path takes")
        .remedy("Send at most 1 MiB of JSON; files go to PUT /api/v1/files/{path}.")
}

/// A body of another type.
pub fn media_type() -> Error {
    Error::invalid("request.media_type", "this path takes JSON").remedy("Send content-type: application/json.")
}

/// A body that does not come.
pub fn slow_body() -> Error {
    Error::invalid("request.slow_body", "the body did not arrive in time").remedy("Send it again, without pauses.")
}

/// The one answer for what is absent and for what belongs to somebody else.
pub fn absent() -> Error {
    Error::not_found("object.not_found", "there is no such object")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_names_code_field_and_remedy_and_hides_its_source() {
        let error = Error::invalid("mapping.unknown_field", "no such field")
            .field("/rules/0/field")
            .remedy("Use one of ...")
            .source("select secret from users");
        let problem = Problem::from(error);
        let body: serde_json::Value = serde_json::from_slice(&problem.body("/api/v1/x", "ab12")).unwrap();
        assert_eq!(body["status"], 400);
        assert_eq!(body["code"], "mapping.unknown_field");
        assert_eq!(body["errors"][0]["pointer"], "/rules/0/field");
        assert_eq!(body["trace_id"], "ab12");
        assert_eq!(body["retryable"], false);
        assert!(!body.to_string().contains("select"));
    }

    #[test]
    fn every_kind_has_a_status() {
        assert_eq!(Problem::from(Error::stale("a", "b")).status(), 412);
        assert_eq!(Problem::from(Error::invalid("request.if_match_required", "b")).status(), 428);
        assert_eq!(Problem::from(Error::busy("a", "b")).into_response().headers()["retry-after"], "1");
    }
}
