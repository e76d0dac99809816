//! Truth: rows. [`Store`] hands out [`Tx`], the sum of small traits, a noun a file; `save` makes everything done in it
//! durable at once, and forgetting to save means it never happened.
//!
//! A `Tx` is bound to the tenant of the [`Scope`] it was begun with and cannot see another's rows. The few calls that
//! have no tenant yet (sign-in by e-mail, a refresh token, the list of tenants at start) are on [`Directory`], each its
//! own transaction. The store stamps ids and times from the `Ambient` it was opened with.
//!
//! A crash loses what was not saved and nothing else. A caller that is cancelled in the middle loses its transaction;
//! one cancelled during `save` cannot know, which is why batches carry ids of what they hold ([`Log::commit_batch`]).
//!
//! ```ignore
//! let mut tx = store.begin(&scope).await?;      // takes the writer; `store.read(&scope)` does not, and refuses writes
//! let connection = tx.create_connection(new).await?;
//! tx.save().await?;
//! ```

use crate::{Ambient, Result, Scope};

mod erase;
mod migrations;
mod opening;
mod rows;
pub(crate) mod words;

pub mod agents;
pub mod api_keys;
pub mod audit;
pub mod bulk_mappings;
pub mod connections;
pub mod dead_letters;
pub mod decisions;
pub mod deliveries;
pub mod demo;
pub mod directory;
pub mod drifts;
pub mod files;
pub mod idempotency;
pub mod identities;
pub mod lineage;
pub mod log;
pub mod mappings;
pub mod model_use;
pub mod owners;
pub mod page;
pub mod playbooks;
pub mod questions;
pub mod reviews;
pub mod schedules;
pub mod sealing_keys;
pub mod sessions;
pub mod settings;
pub mod streams;
pub mod tasks;
pub mod tenants;
pub mod tokens;
pub mod users;

#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
pub mod postgres;
pub mod sqlite;

pub use agents::*;
pub use api_keys::*;
pub use audit::*;
pub use bulk_mappings::*;
pub use connections::*;
pub use dead_letters::*;
pub use decisions::*;
pub use deliveries::*;
pub use demo::*;
pub use directory::*;
pub use drifts::*;
pub use files::*;
pub use idempotency::*;
pub use identities::*;
pub use lineage::*;
pub use log::*;
pub use mappings::*;
pub use model_use::*;
pub use opening::open;
pub use owners::*;
pub use page::{Page, Paged};
pub use playbooks::*;
pub use questions::*;
pub use reviews::*;
pub use schedules::*;
pub use sealing_keys::*;
pub use sessions::*;
pub use settings::*;
pub use streams::*;
pub use tasks::*;
pub use tenants::*;
pub use tokens::*;
pub use users::*;

/// Where truth is kept.
#[async_trait::async_trait]
pub trait Store: Send + Sync + 'static {
    /// A transaction that may write. It waits for the writer; a queue that is too long answers `Busy`. Begun as an owner
    /// ([`Scope::epoch`]), it fails with kind `Fenced` if the tenant is owned otherwise, and keeps it so until its end.
    async fn begin(&self, scope: &Scope) -> Result<Box<dyn Tx>>;

    /// A transaction that only reads one consistent moment and never waits for writers. Its writes are refused.
    async fn read(&self, scope: &Scope) -> Result<Box<dyn Tx>>;

    /// The few calls without a tenant.
    fn directory(&self) -> &dyn Directory;

    /// The clock and entropy that rows are stamped from.
    fn ambient(&self) -> &Ambient;

    /// Whether it answers, for `/readyz`.
    async fn ping(&self) -> Result<()>;

    /// Finishes what runs and lets go of the data directory, or of the server.
    async fn close(&self);
}

/// One unit of work of one tenant. Dropping it rolls back.
#[async_trait::async_trait]
pub trait Tx:
    Agents
    + ApiKeys
    + Audit
    + BulkMappings
    + Connections
    + DeadLetters
    + Decisions
    + Deliveries
    + Demo
    + Drifts
    + Files
    + Idempotency
    + Identities
    + Lineage
    + Log
    + Mappings
    + ModelUses
    + Owners
    + Playbooks
    + Questions
    + Reviews
    + Schedules
    + SealingKeys
    + Sessions
    + Settings
    + Streams
    + Tasks
    + Tenants
    + Tokens
    + Users
    + Send
{
    /// Makes everything done here durable, at once. Refused when a person acts and nothing was noted ([`audit`]).
    async fn save(self: Box<Self>) -> Result<()>;
}
