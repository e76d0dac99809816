//! What callers of the platform say and hear: the shapes of SPEC N, spelled once.
//!
//! They are plain data. A request refuses unknown fields; an answer names every field it may carry, so nothing that
//! lives beside it in a row (a sealed secret, a cursor of another tenant) can leak by being added to a struct.

mod agents;
mod configuration;
mod connections;
mod dead_letters;
mod demo;
mod drifts;
mod entities;
mod files;
mod flags;
mod flow;
mod lineage;
mod mappings;
mod orchestra;
mod pipeline;
mod propose;
mod questions;
mod reviews;
mod schedules;
mod sql;
mod structured;
mod tasks;
mod tenants;
mod views;

pub use agents::*;
pub use configuration::*;
pub use connections::*;
pub use dead_letters::*;
pub use demo::*;
pub use drifts::*;
pub use entities::*;
pub use files::*;
pub use flags::*;
pub use flow::*;
pub use lineage::*;
pub use mappings::*;
pub use orchestra::*;
pub use pipeline::*;
pub use propose::*;
pub use questions::*;
pub use reviews::*;
pub use schedules::*;
pub use sql::*;
pub use structured::*;
pub use tasks::*;
pub use tenants::*;
pub use views::*;
