//! `GET /api/v1/tasks`: what runs, waits and ran.

use autonomos_actors::platform::Listing;
use autonomos_actors::platform::shapes::TaskView;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Member;
use crate::error::{self, Answer, Problem};
use crate::http::extract::{Items, Params};
use crate::state::AppState;

/// What the list takes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those of this connection.
    pub connection_id: Option<String>,
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Which {
    fn listing(self) -> Result<Listing, Problem> {
        let connection = self.connection_id.map(|id| id.parse::<ConnectionId>().map_err(|_| error::absent()));
        let page = Page::asked(self.limit, self.cursor.as_deref())?;
        Ok(Listing { state: self.state, connection: connection.transpose()?, page })
    }
}

/// Tasks, newest first.
#[utoipa::path(get, path = "/api/v1/tasks", operation_id = "list_tasks", tag = "tasks", params(Which), responses((status = 200, body = Items<TaskView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Member,
    Params(mut which): Params<Which>,
) -> Answer<Json<Items<TaskView>>> {
    let kind = which.kind.take();
    Ok(Json(app.platform.tasks(&who.scope, kind, which.listing()?).await?.into()))
}
