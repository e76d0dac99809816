//! The routes: a noun a folder, a verb a file. [`routes`] is the whole table, and the OpenAPI document is made from the
//! same table, so that no route can be missing in it.

pub mod agents;
pub mod alerts;
pub mod aoa;
pub mod api_keys;
pub mod audit;
pub mod auth;
pub mod bulk_mappings;
pub mod config;
pub mod connections;
pub mod dcl;
pub mod demo;
pub mod drifts;
pub mod entities;
pub mod extract;
pub mod files;
pub mod flags;
pub mod identities;
pub mod lineage;
pub mod live;
pub mod model_use;
pub mod operator;
pub mod pages;
pub mod playbooks;
pub mod policy;
pub mod proposals;
pub mod questions;
pub mod reviews;
pub mod schedules;
pub mod system;
pub mod tasks;
pub mod tenant;
pub mod users;
pub mod views;
pub mod webhooks;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::error::Problem;
use crate::gateway::{self, limits};
use crate::state::AppState;

/// Every documented route.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(auth::register::register))
        .routes(routes!(auth::login::login))
        .routes(routes!(auth::link::link))
        .routes(routes!(auth::oidc::offered))
        .routes(routes!(auth::oidc::start))
        .routes(routes!(auth::oidc::callback))
        .routes(routes!(auth::refresh::refresh))
        .routes(routes!(auth::logout::logout))
        .routes(routes!(auth::me::me))
        .routes(routes!(auth::password::change))
        .routes(routes!(auth::sessions::list))
        .routes(routes!(auth::sessions::revoke))
        .routes(routes!(auth::ticket::create))
        .routes(routes!(auth::invite::invite))
        .routes(routes!(auth::jwks::jwks))
        .routes(routes!(users::list::list))
        .routes(routes!(users::update::update))
        .routes(routes!(api_keys::create::create, api_keys::list::list))
        .routes(routes!(api_keys::revoke::revoke))
        .routes(routes!(audit::list::list))
        .routes(routes!(audit::export::export))
        .routes(routes!(audit::verify::verify))
        .routes(routes!(policy::get, policy::put))
        .routes(routes!(config::export::export))
        .routes(routes!(config::apply::apply))
        .routes(routes!(flags::list))
        .routes(routes!(flags::toggle))
        .routes(routes!(files::list::list))
        .routes(routes!(entities::list::list))
        .routes(routes!(entities::get::get))
        .routes(routes!(connections::create::create, connections::list::list))
        .routes(routes!(connections::check::settings))
        .routes(routes!(connections::types::list))
        .routes(routes!(connections::get::get, connections::update::update, connections::delete::delete))
        .routes(routes!(connections::sync::sync))
        .routes(routes!(connections::pause::pause))
        .routes(routes!(connections::confirm::confirm))
        .routes(routes!(connections::resume::resume))
        .routes(routes!(connections::check::check))
        .routes(routes!(connections::discover::discover))
        .routes(routes!(connections::preview::preview))
        .routes(routes!(connections::mappings::get, connections::mappings::put))
        .routes(routes!(connections::mappings::history))
        .routes(routes!(connections::mappings::attempt))
        .routes(routes!(connections::rewind::rewind))
        .routes(routes!(connections::dead_letters::list))
        .routes(routes!(connections::dead_letters::discard))
        .routes(routes!(connections::dead_letters::replay))
        .routes(routes!(connections::drift::drift))
        .routes(routes!(tasks::create::create, tasks::list::list))
        .routes(routes!(tasks::get::get, tasks::cancel::cancel))
        .routes(routes!(tasks::many::create))
        .routes(routes!(tasks::retry::retry))
        .routes(routes!(tasks::log::log))
        .routes(routes!(schedules::create, schedules::list))
        .routes(routes!(schedules::get, schedules::update, schedules::delete))
        .routes(routes!(schedules::run))
        .routes(routes!(bulk_mappings::create, bulk_mappings::list))
        .routes(routes!(bulk_mappings::get, bulk_mappings::cancel))
        .routes(routes!(bulk_mappings::results))
        .routes(routes!(playbooks::create, playbooks::list))
        .routes(routes!(playbooks::get, playbooks::put, playbooks::delete))
        .routes(routes!(playbooks::run))
        .routes(routes!(playbooks::runs))
        .routes(routes!(playbooks::get_run, playbooks::cancel))
        .routes(routes!(webhooks::list::list))
        .routes(routes!(webhooks::get::get))
        .routes(routes!(webhooks::replay::replay))
        .routes(routes!(webhooks::secrets::list))
        .routes(routes!(webhooks::secrets::rotate))
        .routes(routes!(alerts::get, alerts::put))
        .routes(routes!(alerts::test))
        .routes(routes!(model_use::get))
        .routes(routes!(drifts::list::list))
        .routes(routes!(drifts::get::get))
        .routes(routes!(drifts::revert::revert))
        .routes(routes!(reviews::list::list))
        .routes(routes!(reviews::get::get))
        .routes(routes!(reviews::decide::decide))
        .routes(routes!(proposals::mappings::propose))
        .routes(routes!(proposals::repairs::propose))
        .routes(routes!(views::list::list))
        .routes(routes!(views::query::query))
        .routes(routes!(identities::list::list))
        .routes(routes!(identities::get::get))
        .routes(routes!(identities::merge::merge))
        .routes(routes!(identities::split::split))
        .routes(routes!(dcl::state::state))
        .routes(routes!(dcl::digest::digest))
        .routes(routes!(dcl::graph::graph))
        .routes(routes!(dcl::rebuild::rebuild))
        .routes(routes!(dcl::connect::connect))
        .routes(routes!(dcl::metadata::metadata))
        .routes(routes!(dcl::preview::preview))
        .routes(routes!(dcl::sql::sql))
        .routes(routes!(dcl::query::query))
        .routes(routes!(questions::create, questions::list))
        .routes(routes!(questions::get, questions::update, questions::delete))
        .routes(routes!(questions::run))
        .routes(routes!(lineage::grid::grid))
        .routes(routes!(lineage::tree::tree))
        .routes(routes!(lineage::neighbourhood::neighbourhood))
        .routes(routes!(lineage::impact::impact))
        .routes(routes!(lineage::search::search))
        .routes(routes!(lineage::record::record))
        .routes(routes!(lineage::openlineage::take))
        .routes(routes!(agents::list::list))
        .routes(routes!(agents::run::run))
        .routes(routes!(agents::findings::list))
        .routes(routes!(agents::findings::decide))
        .routes(routes!(agents::findings::results))
        .routes(routes!(aoa::state))
        .routes(routes!(aoa::run))
        .routes(routes!(aoa::reset))
        .routes(routes!(aoa::discover))
        .routes(routes!(aoa::demo_scan))
        .routes(routes!(demo::start))
        .routes(routes!(demo::status))
        .routes(routes!(demo::reset))
        .routes(routes!(live::flow::flow))
        .routes(routes!(live::journey::journey))
        .routes(routes!(live::events::stream))
        .routes(routes!(live::socket::socket))
        .routes(routes!(system::actors::list))
        .routes(routes!(system::cluster::cluster))
        .routes(routes!(tenant::get::get, tenant::update::update, tenant::delete::delete))
        .routes(routes!(tenant::suspend::suspend))
        .routes(routes!(tenant::resume::resume))
        .routes(routes!(tenant::export::export))
        .routes(routes!(tenant::download::download))
        .routes(routes!(operator::list::list, operator::create::create))
        .routes(routes!(operator::get::get, operator::update::update, operator::delete::delete))
        .routes(routes!(operator::suspend::suspend))
        .routes(routes!(operator::resume::resume))
        .routes(routes!(operator::export::export))
        .routes(routes!(operator::erasures::erasures))
        .routes(routes!(system::health::alive))
        .routes(routes!(system::health::ready))
        .routes(routes!(system::metrics::metrics))
}

/// Routes whose path the document cannot spell: a file's path has slashes in it.
fn files() -> Router<AppState> {
    let file = get(files::get::get).put(files::put::put).delete(files::delete::delete);
    Router::new().route("/api/v1/files/{*path}", file.layer(DefaultBodyLimit::disable()))
}

/// A path that is no route: a page of the console for a browser, nothing for a program.
async fn elsewhere(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    if pages::console::wanted(&method, uri.path(), &headers) {
        pages::console::index(headers).await
    } else {
        Problem::of_status(StatusCode::NOT_FOUND).into_response()
    }
}

/// Everything that is served, behind the gateway.
pub fn router(app: AppState) -> Router {
    let (router, _) = routes().split_for_parts();
    router
        .merge(files())
        .route("/", get(pages::console::index))
        .route("/assets/{*name}", get(pages::console::asset))
        .route("/app.js", get(pages::script))
        .route("/app.css", get(pages::style))
        .route("/docs", get(pages::docs))
        .route("/docs.js", get(pages::docs_script))
        .route("/openapi.json", get(pages::openapi))
        .fallback(elsewhere)
        .layer(DefaultBodyLimit::max(limits::body(&app.config)))
        .layer(from_fn_with_state(app.clone(), gateway::enter))
        .with_state(app)
}
