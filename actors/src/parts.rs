//! What every part of a tenant works with, composed once by the binary and shared by all trees of the node.

use std::sync::Arc;

use autonomos_runtime::bus::EventBus;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::config::Config;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::store::Store;
use autonomos_runtime::supervision::{Credits, Node};
use autonomos_runtime::{Actor, Ambient, Scope, Timestamp, ids::TenantId};

use crate::dcl::Dcl;
use crate::files::Folder;
use crate::intelligence::LanguageModel;
use crate::lineage::keeper::Keeper;
use crate::outside::Outside;
use crate::vault::Vault;

/// Batches of one tenant, and of the node, that may be between source and log at once.
const BATCHES_OF_NODE: u32 = 24;
const BATCHES_OF_TENANT: u32 = 8;

/// Records that may be held for unification on the node at once, in thousands: some two gigabytes.
const THOUSANDS_OF_NODE: u32 = 4000;

/// See the module.
pub struct Parts {
    /// Truth.
    pub store: Arc<dyn Store>,
    /// Nudges to people.
    pub bus: Arc<dyn EventBus>,
    /// Views.
    pub dcl: Arc<Dcl>,
    /// The tenants' folders.
    pub folders: Arc<Folder>,
    /// Archives of whole tenants, a folder each.
    pub archives: Arc<Folder>,
    /// The way out to addresses that tenants choose.
    pub outside: Arc<Outside>,
    /// What gives second opinions, if one is configured.
    pub model: Option<LanguageModel>,
    /// Stands around calls to the bucket that files may be in.
    pub bucket: Guard,
    /// Seals credentials and refused rows.
    pub vault: Arc<Vault>,
    /// Entities and their fields.
    pub vocabulary: Arc<Vocabulary>,
    /// Settings of the node.
    pub config: Arc<Config>,
    /// Where actors live.
    pub node: Node,
    /// Bounds the batches in memory.
    pub batches: Credits,
    /// Bounds the records held for unification, in thousands.
    pub indexed: Credits,
    /// Bounds the tasks that run.
    pub slots: Credits,
    /// Graphs of lineage that were made lately.
    pub lineage: Keeper,
}

impl std::fmt::Debug for Parts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Parts")
    }
}

impl Parts {
    /// Clock and entropy.
    pub fn ambient(&self) -> &Ambient {
        self.node.ambient()
    }

    /// When a question that is asked now lapses.
    pub fn lapses_at(&self) -> Timestamp {
        self.ambient().now() + chrono::Duration::days(i64::from(self.config.repair.expire_days))
    }

    /// What stands around calls to the outside, to be shown.
    pub fn guards(&self) -> impl Iterator<Item = &Guard> {
        [self.outside.guard(), &self.bucket].into_iter().chain(self.model.as_ref().map(LanguageModel::guard))
    }

    /// The budget of batches between source and log.
    pub fn batch_credits() -> Credits {
        Credits::new("batches", BATCHES_OF_NODE, BATCHES_OF_TENANT)
    }

    /// The budget of records held for unification: a credit is a thousand of them.
    pub fn index_credits() -> Credits {
        Credits::new("records for unification", THOUSANDS_OF_NODE, THOUSANDS_OF_NODE)
    }

    /// The budget of tasks that run.
    pub fn slot_credits(config: &Config) -> Credits {
        Credits::new("running tasks", config.tenant.running_tasks_of_node, config.tenant.running_tasks)
    }

    /// A scope for work the platform does by itself for a tenant.
    pub fn scope_of(&self, tenant: TenantId, role: &'static str) -> Scope {
        Scope::new(tenant, Actor::System(role), TraceId::new(self.ambient()))
    }
}
