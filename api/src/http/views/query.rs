//! `GET /api/v1/dcl/views/{view}`: a page of a view as JSON, or the whole of it as CSV, Parquet, Arrow or JSON.
//!
//! The hot path: a page is encoded once for a question and a log position, and the same bytes go out to whoever asks
//! the same.

use autonomos_actors::platform::shapes::{ExportFormat, ViewRequest};
use autonomos_runtime::Error;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::auth::permission::Member;
use crate::error::{Answer, Problem};
use crate::state::AppState;

/// Rows of a view. `filter[field]=op:value` (repeat for more), `sort=-amount,name`, `select=name,amount`, `limit`,
/// `cursor`; `format=csv|parquet|arrow|json` (or Accept) exports everything that matches.
#[utoipa::path(get, path = "/api/v1/dcl/views/{view}", operation_id = "query_view", tag = "dcl",
    params(
        ("view" = String, Path, description = "accounts, opportunities, contacts, ..."),
        ("limit" = Option<u32>, Query, description = "Rows a page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("sort" = Option<String>, Query, description = "Fields by comma, a minus in front for descending"),
        ("select" = Option<String>, Query, description = "Fields by comma"),
        ("filter[field]" = Option<String>, Query, description = "op:value; op is eq, ne, lt, le, gt, ge, in, contains, starts_with, is_null, between"),
        ("format" = Option<String>, Query, description = "csv, parquet, arrow, json: export instead of a page")),
    responses((status = 200, body = Object)))]
pub async fn query(
    State(app): State<AppState>,
    who: Member,
    Path(view): Path<String>,
    headers: HeaderMap,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer<Response> {
    let (ask, format) = read(view, pairs)?;
    let format = match format {
        Some(format) => Some(format),
        None => accepted(&headers)?,
    };
    let Some(format) = format else {
        let page = app.platform.query(&who.scope, ask).await?;
        let mut response = Response::new(Body::from(page.body));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        return Ok(response);
    };
    let (kind, ending) = match format {
        ExportFormat::Json => ("application/json", "json"),
        ExportFormat::Csv => ("text/csv; charset=utf-8; header=present", "csv"),
        ExportFormat::Arrow => ("application/vnd.apache.arrow.stream", "arrows"),
        ExportFormat::Parquet => ("application/vnd.apache.parquet", "parquet"),
    };
    // A view's name is a word of the catalogue by the time an export begins, so it is safe in a header.
    let name = format!("attachment; filename=\"{}.{ending}\"", ask.view);
    let export = app.platform.export(&who.scope, ask, format).await?;
    let mut response = Body::from_stream(export.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert("autonomos-position", HeaderValue::from(export.position));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}

fn read(view: String, pairs: Vec<(String, String)>) -> Result<(ViewRequest, Option<ExportFormat>), Problem> {
    let mut ask = ViewRequest { view, ..ViewRequest::default() };
    let mut format = None;
    for (name, value) in pairs {
        match name.as_str() {
            "limit" => {
                ask.limit = Some(value.parse().map_err(|_| {
                    Error::invalid("request.parameter", "the limit is not a number")
                        .field("limit")
                        .remedy("Send 1 to 1000.")
                })?);
            }
            "cursor" => ask.cursor = Some(value),
            "sort" => ask.sort = Some(value),
            "select" | "fields" => ask.select = Some(value),
            "format" => format = Some(named(&value)?),
            _ => match name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']')) {
                Some(field) => ask.filters.push((field.to_owned(), value)),
                None => {
                    return Err(Error::invalid("request.parameter", "there is no such parameter")
                        .field(name)
                        .remedy("Use limit, cursor, sort, select, format or filter[field]=op:value.")
                        .into());
                }
            },
        }
    }
    Ok((ask, format))
}

fn named(format: &str) -> Result<ExportFormat, Error> {
    match format {
        "json" => Ok(ExportFormat::Json),
        "csv" => Ok(ExportFormat::Csv),
        "arrow" => Ok(ExportFormat::Arrow),
        "parquet" => Ok(ExportFormat::Parquet),
        _ => Err(Error::invalid("request.format", "there is no such format")
            .field("format")
            .remedy("Use csv, parquet, arrow or json.")),
    }
}

/// The format that Accept asks for; none is a page of JSON, which is also what anything goes for.
fn accepted(headers: &HeaderMap) -> Result<Option<ExportFormat>, Error> {
    let Some(accept) = headers.get(header::ACCEPT) else { return Ok(None) };
    let accept = accept.to_str().unwrap_or_default();
    if accept == "*/*" {
        return Ok(None);
    }
    for kind in accept.split(',') {
        match kind.split(';').next().unwrap_or_default().trim() {
            "text/csv" => return Ok(Some(ExportFormat::Csv)),
            "application/vnd.apache.arrow.stream" => return Ok(Some(ExportFormat::Arrow)),
            "application/vnd.apache.parquet" => return Ok(Some(ExportFormat::Parquet)),
            "application/json" | "application/*" | "*/*" | "" => return Ok(None),
            _ => {}
        }
    }
    Err(Error::invalid("request.not_acceptable", "none of the types in Accept can be had").field("Accept").remedy(
        "Use application/json, text/csv, application/vnd.apache.arrow.stream or application/vnd.apache.parquet.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_and_a_strange_parameter_named() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let (ask, format) =
            read("accounts".into(), vec![pair("limit", "5"), pair("filter[name]", "eq:x"), pair("format", "csv")])
                .unwrap();
        assert_eq!((ask.limit, ask.filters.len(), format), (Some(5), 1, Some(ExportFormat::Csv)));
        let refused = read("accounts".into(), vec![pair("tenant_id", "x")]).unwrap_err();
        assert_eq!(refused.error().field.as_deref(), Some("tenant_id"));
    }
}
