//! How a handler gets its input: what does not fit is refused with the field's pointer and what to do about it.

use std::str::FromStr;

use autonomos_runtime::Error;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Page;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, RawPathParams, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::error::{self, Problem};
use crate::gateway::limits;
use crate::state::AppState;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, Problem> {
        let json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(|value| value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
        if !json.is_some_and(|kind| kind == "application/json" || kind.ends_with("+json")) {
            return Err(error::media_type().into());
        }
        let bytes = tokio::time::timeout(limits::body_time(&app.config), Bytes::from_request(request, app))
            .await
            .map_err(|_| error::slow_body())?
            .map_err(|rejection| Problem::of_status(rejection.status()))?;
        parse(&bytes).map(Self)
    }
}

/// Reads JSON, naming the field at fault.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| refusal(&e))?;
    reader.end().map_err(|e| {
        Error::invalid("request.malformed", format!("there is something behind the JSON value: {e}"))
            .remedy("Send one JSON value.")
    })?;
    Ok(value)
}

fn refusal(fault: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = fault.inner();
    let text = inner.to_string();
    if !inner.is_data() {
        return Error::invalid("request.malformed", format!("the body is not JSON: {text}"))
            .remedy("Send one JSON value in UTF-8.")
            .into();
    }
    // serde says "unknown field `x`, expected one of `a`, `b` at line 1 column 8".
    let place = text.rfind(" at line ").unwrap_or(text.len());
    let said = text.get(..place).unwrap_or(&text).to_owned();
    let quoted = || said.split('`').nth(1).unwrap_or_default().to_owned();
    let mut pointer = pointer(fault.path());
    let (code, remedy) = if said.starts_with("unknown field") {
        let name = quoted();
        if !pointer.ends_with(&format!("/{name}")) {
            pointer = format!("{pointer}/{name}");
        }
        ("request.unknown_field", "Remove the field, or correct its name.")
    } else if said.starts_with("missing field") {
        pointer = format!("{pointer}/{}", quoted());
        ("request.missing_field", "Send the field.")
    } else {
        ("request.invalid_field", "Send a value of the expected type; see /docs.")
    };
    Error::invalid(code, said).field(pointer).remedy(remedy).into()
}

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}

/// Parameters behind the question mark; unknown ones are refused by name.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<AppState> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Problem> {
        axum::extract::Query::<T>::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|rejection| {
            let text = std::error::Error::source(&rejection).map_or_else(|| rejection.to_string(), ToString::to_string);
            let field = text.split('`').nth(1).or_else(|| text.split(':').next()).unwrap_or_default().to_owned();
            Error::invalid("request.parameter", text).field(field).remedy("See /docs for the parameters.").into()
        })
    }
}

/// The `{id}` of a path. One that is no id at all is as absent as one of somebody else's.
#[derive(Debug)]
pub struct Id<T>(pub T);

impl<T: FromStr + Send> FromRequestParts<AppState> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let params = RawPathParams::from_request_parts(parts, app).await.map_err(|_| error::absent())?;
        let id = params.iter().find(|(name, _)| *name == "id").map(|(_, value)| value);
        Ok(Self(id.and_then(|id| id.parse().ok()).ok_or_else(error::absent)?))
    }
}

/// What every list takes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct List {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this connection.
    pub connection_id: Option<String>,
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl List {
    /// As the platform understands it.
    pub fn listing(self) -> Result<autonomos_actors::platform::Listing, Problem> {
        let connection = self.connection_id.map(|id| id.parse::<ConnectionId>().map_err(|_| error::absent()));
        Ok(autonomos_actors::platform::Listing {
            state: self.state,
            connection: connection.transpose()?,
            page: Page::asked(self.limit, self.cursor.as_deref())?,
        })
    }
}

/// One page of a list.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Items<T> {
    /// The items.
    pub items: Vec<T>,
    /// Pass as `cursor` to read on; null at the end.
    pub next_cursor: Option<String>,
}

impl<T> From<autonomos_runtime::store::Paged<T>> for Items<T> {
    fn from(page: autonomos_runtime::store::Paged<T>) -> Self {
        Self { items: page.items, next_cursor: page.next_cursor }
    }
}

impl<T> From<Vec<T>> for Items<T> {
    fn from(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}

/// Work that was asked for.
#[derive(Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Asked {
    /// Ask `GET /api/v1/tasks/{id}` how far it is.
    #[schema(value_type = String, format = Uuid)]
    pub task_id: autonomos_runtime::ids::TaskId,
}

/// The version of `If-Match`, if there is one: `7`, `"7"` or `W/"7"`.
pub fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim().trim_start_matches("W/").trim_matches('"');
    let version = text.parse().map_err(|_| {
        Error::invalid("request.if_match", "If-Match does not name a version")
            .field("If-Match")
            .remedy("Send the object's version, for example If-Match: \"3\".")
    })?;
    Ok(Some(version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[serde(default)]
        _list: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        _name: u32,
    }

    #[test]
    fn what_does_not_fit_is_named_by_pointer() {
        for (body, code, pointer) in [
            (r#"{"nmae": 1}"#, "request.unknown_field", Some("/nmae")),
            (r#"{"_list": [{"_name": 1}, {"_nam": 1}]}"#, "request.unknown_field", Some("/_list/1/_nam")),
            (r#"{"_list": [{}]}"#, "request.missing_field", Some("/_list/0/_name")),
            (r#"{"_list": [{"_name": "x"}]}"#, "request.invalid_field", Some("/_list/0/_name")),
            (r#"{"_list": "#, "request.malformed", None),
            ("{} {}", "request.malformed", None),
            ("[[[[", "request.invalid_field", None),
        ] {
            let problem = parse::<Outer>(body.as_bytes()).unwrap_err();
            if body != "[[[[" {
                assert_eq!(problem.error().code, code, "{body}");
                assert_eq!(problem.error().field.as_deref(), pointer, "{body}");
            }
        }
        let deep = "[".repeat(100_000);
        assert!(parse::<serde_json::Value>(deep.as_bytes()).is_err());
    }

    #[test]
    fn a_version_is_read_in_every_spelling() {
        for (text, version) in [("7", 7), ("\"7\"", 7), ("W/\"7\"", 7)] {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_MATCH, text.parse().unwrap());
            assert_eq!(if_match(&headers).unwrap(), Some(version));
        }
        assert_eq!(if_match(&HeaderMap::new()).unwrap(), None);
    }
}
