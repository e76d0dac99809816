//! How the process and the tenant's actors are: SPEC B6, L3, and the actor page.

pub mod actors;
pub mod cluster;
pub mod health;
pub mod metrics;
