//! Tenants, for whoever operates the platform: SPEC A5. The command line (`autonomos tenant`) calls these and nothing else.

pub mod create;
pub mod delete;
pub mod erasures;
pub mod export;
pub mod get;
pub mod list;
pub mod resume;
pub mod suspend;
pub mod update;
