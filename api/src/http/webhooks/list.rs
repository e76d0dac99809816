//! `GET /api/v1/webhooks/deliveries`: what was told outside, and what came back.

use autonomos_actors::platform::deliveries::{DeliveryListing, DeliveryView};
use autonomos_runtime::store::Page;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;

use crate::auth::permission::Operator;
use crate::error::{Answer, Problem};
use crate::http::extract::{Items, Params};
use crate::state::AppState;

/// What the list takes.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Which {
    /// Only those in this state: `waiting`, `delivered`, `failed`.
    pub state: Option<String>,
    /// Only those about this: `task/<id>`.
    pub subject: Option<String>,
    /// At most so many; 100 unless said, 1000 at most.
    pub limit: Option<u32>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl Which {
    fn listing(self) -> Result<DeliveryListing, Problem> {
        let page = Page::asked(self.limit, self.cursor.as_deref())?;
        Ok(DeliveryListing { state: self.state, subject: self.subject, page })
    }
}

/// Messages to the outside, newest first.
#[utoipa::path(get, path = "/api/v1/webhooks/deliveries", operation_id = "list_deliveries", tag = "webhooks",
    params(Which), responses((status = 200, body = Items<DeliveryView>)))]
pub async fn list(
    State(app): State<AppState>,
    who: Operator,
    Params(which): Params<Which>,
) -> Answer<Json<Items<DeliveryView>>> {
    Ok(Json(app.platform.deliveries(&who.scope, which.listing()?).await?.into()))
}
