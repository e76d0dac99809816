//! Everything a tenant can be asked, as verbs: what `api` and the command line call, and the only thing they call.
//!
//! A verb takes the [`Scope`] first, checks what it was given, writes rows, and nudges the tenant's actors; it holds no
//! state of its own, so a crash between two verbs loses nothing. Another tenant's id is `NotFound`, like an absent one.
//! The verbs stand by noun in the files beside this one.

mod agents;
pub mod alerts;
pub mod bulk_mappings;
mod catalogue;
mod configuration;
mod connections;
mod decisions;
pub mod deliveries;
pub(crate) mod demo;
mod entities;
mod files;
mod flags;
pub mod four_eyes;
mod journey;
pub mod life;
pub mod limits;
pub mod lineage;
mod mappings;
pub mod model_use;
mod observe;
mod orchestration;
mod pipeline;
pub mod playbooks;
mod propose;
mod questions;
mod refused;
pub mod rows;
mod scan;
pub mod schedules;
pub mod shapes;
mod tasks;
mod views;
pub mod why;

use std::sync::Arc;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Page;
use autonomos_runtime::{Error, Result, Scope};

use crate::parts::Parts;
use crate::tenant::{Desk, Host};

/// Which rows of a list are asked for.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    /// Only those in this state.
    pub state: Option<String>,
    /// Only those of this connection.
    pub connection: Option<ConnectionId>,
    /// Which part.
    pub page: Page,
}

impl Listing {
    /// The state as a word of the noun's own list.
    fn state<T: std::str::FromStr<Err = Error>>(&self) -> Result<Option<T>> {
        self.state.as_deref().map(|word| word.parse::<T>().map_err(|e| e.field("state"))).transpose()
    }
}

/// See the module. Made once by the composition root.
#[derive(Clone, Debug)]
pub struct Platform {
    host: Arc<Host>,
}

impl Platform {
    /// Over the trees of this node.
    pub const fn new(host: Arc<Host>) -> Self {
        Self { host }
    }

    /// What runs here.
    pub const fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// Starts the tenant's actors if they do not run; a tenant costs nothing until somebody asks for it.
    pub async fn wake(&self, scope: &Scope) -> Result<()> {
        self.desk(scope).await.map(drop)
    }

    fn parts(&self) -> &Parts {
        self.host.parts()
    }

    async fn desk(&self, scope: &Scope) -> Result<Arc<Desk>> {
        self.host.desk(scope).await
    }
}
