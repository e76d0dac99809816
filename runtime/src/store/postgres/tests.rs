//! The suite against PostgreSQL, and what only a server can show: walls between tenants, roles that are refused, a
//! transaction that nobody came back to, a server that went away.

use std::sync::Arc;

use super::{PostgresOptions, PostgresStore};
use crate::Ambient;
use crate::clock::ManualClock;
use crate::store::conformance::World;
use crate::testkit::postgres::{Server, StoreUrls};

crate::store_conformance!(suite, fixture);

fn options(urls: &StoreUrls) -> PostgresOptions {
    PostgresOptions { owner_url: Some(urls.owner.clone()), ..PostgresOptions::new(&urls.app) }
}

async fn open(urls: &StoreUrls, clock: &Arc<ManualClock>, seed: u64) -> crate::Result<PostgresStore> {
    PostgresStore::open(options(urls), Ambient::manual(Arc::clone(clock), seed)).await
}

async fn fixture() -> World {
    let urls = Server::shared().store().await;
    let clock = ManualClock::at("2026-01-02T03:04:05Z".parse().unwrap());
    let store = open(&urls, &clock, 1).await.unwrap();
    World::new(Arc::new(store), clock, Box::new(urls)).await
}
