//! The edge: HTTP, live streams, the command line, and the composition root of the binary `autonomos`.
//!
//! Reading order: error, state; auth (who asks); gateway (what happens to every request); http (a verb a file); live
//! (from the bus to browsers); then openapi, telemetry, membership (one of many nodes), boot and cli. Nothing here decides anything about data.

pub mod auth;
pub mod boot;
pub mod cli;
pub mod error;
pub mod gateway;
pub mod http;
pub mod live;
pub mod membership;
pub mod metrics;
pub mod openapi;
pub mod state;
pub mod telemetry;
