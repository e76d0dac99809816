//! `GET /api/v1/lineage/grid`: every rule in force as a line, from the source's column to whoever reads the field.

use autonomos_actors::lineage::lines::Query as Ask;
use autonomos_actors::platform::shapes::LineageGrid;
use autonomos_runtime::Error;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::{Query, State};

use crate::auth::permission::Member;
use crate::error::{Answer, Problem};
use crate::state::AppState;

/// Rules in force, searched, filtered, sorted and paged.
#[utoipa::path(get, path = "/api/v1/lineage/grid", operation_id = "lineage_grid", tag = "lineage",
    params(
        ("q" = Option<String>, Query, description = "Words, each of which stands somewhere in the line"),
        ("sort" = Option<String>, Query, description = "source, stream, column, entity, field, view, agent, origin, confidence, version or rows; with - before it from the greatest"),
        ("limit" = Option<u32>, Query, description = "Lines a page; 100 unless said, 1000 at most"),
        ("cursor" = Option<String>, Query, description = "next_cursor of the page before"),
        ("filter[field]" = Option<String>, Query, description = "op:value by any of the names that sort takes; eq, ne, contains, in, for numbers eq, lt, le, gt, ge")),
    responses((status = 200, body = LineageGrid)))]
pub async fn grid(
    State(app): State<AppState>,
    who: Member,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Answer<Json<LineageGrid>> {
    Ok(Json(app.platform.lineage_grid(&who.scope, read(pairs)?).await?))
}

fn read(pairs: Vec<(String, String)>) -> Result<Ask, Problem> {
    let (mut ask, mut limit, mut cursor) = (Ask::default(), None, None);
    for (name, value) in pairs {
        match name.as_str() {
            "q" => ask.words = Some(value),
            "sort" => ask.sort = Some(value),
            "cursor" => cursor = Some(value),
            "limit" => {
                let number = value.parse::<u32>().map_err(|_| {
                    Error::invalid("request.parameter", "this is not a number").field("limit").remedy("Send a number.")
                })?;
                limit = Some(number);
            }
            _ => match name.strip_prefix("filter[").and_then(|rest| rest.strip_suffix(']')) {
                Some(field) => ask.filters.push((field.to_owned(), value)),
                None => {
                    return Err(Error::invalid("request.parameter", "there is no such parameter")
                        .field(name)
                        .remedy("Use q, sort, limit, cursor or filter[field]=op:value.")
                        .into());
                }
            },
        }
    }
    ask.page = Page::asked(limit, cursor.as_deref())?;
    Ok(ask)
}
