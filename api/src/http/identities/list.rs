//! `GET /api/v1/dcl/entities/{view}`: one line a real thing, with its golden record.

use autonomos_actors::platform::shapes::{EntitiesRequest, EntitiesView};
use autonomos_runtime::Error;
use axum::Json;
use axum::extract::{Path, Query, State};

use crate::auth::permission::Member;
use crate::error::{Answer, Problem};
use crate::state::AppState;

/// Entities by id: those that have a record for which the filters hold.
#[utoipa::path(get, path = "/api/v1/dcl/entities/{view}", operation_id = "list_identities", tag = "dcl",
    params(
        ("view" = String, Path, description = "accounts, contacts"),
        ("limit" = Option<u32>, Query, description = "Entities a page"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("members" = Option<u32>, Query, description = "Only entities of at least so many records"),
        ("filter[field]" = Option<String>, Query, description = "op:value, as for views")),
    responses((status = 200, body = EntitiesView)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Path(view): Path<String>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer<Json<EntitiesView>> {
    Ok(Json(app.platform.entities(&who.scope, read(view, pairs)?).await?))
}

fn read(view: String, pairs: Vec<(String, String)>) -> Result<EntitiesRequest, Problem> {
    let mut ask = EntitiesRequest { view, ..EntitiesRequest::default() };
    for (name, value) in pairs {
        let number = || {
            value.parse().map_err(|_| {
                Error::invalid("request.parameter", "this is not a number").field(name.clone()).remedy("Send a number.")
            })
        };
        match name.as_str() {
            "limit" => ask.limit = Some(number()?),
            "members" => ask.members = Some(number()?),
            "cursor" => ask.cursor = Some(value),
            _ => match name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']')) {
                Some(field) => ask.filters.push((field.to_owned(), value)),
                None => {
                    return Err(Error::invalid("request.parameter", "there is no such parameter")
                        .field(name)
                        .remedy("Use limit, cursor, members or filter[field]=op:value.")
                        .into());
                }
            },
        }
    }
    Ok(ask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_read_and_a_strange_parameter_named() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let pairs = vec![pair("limit", "5"), pair("members", "2"), pair("filter[name]", "eq:x")];
        let ask = read("accounts".into(), pairs).unwrap();
        assert_eq!((ask.limit, ask.members, ask.filters.len()), (Some(5), Some(2), 1));
        for (name, value) in [("limit", "x"), ("sort", "name")] {
            let refused = read("accounts".into(), vec![pair(name, value)]).unwrap_err();
            assert_eq!(refused.error().field.as_deref(), Some(name));
        }
    }
}
