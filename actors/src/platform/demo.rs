//! The demo driven through all layers: its systems are connected, read, unified and looked at, like anybody's.

use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

use super::shapes::{NewConnection, PipelineView};
use super::{Listing, Platform};
use crate::agent::definition::Definition;
use crate::demo::SYSTEMS;
use autonomos_runtime::store::Page;

/// Where its last run is kept.
const RUN: &str = "demo.pipeline";

impl Platform {
    /// Starts it, with one of the systems or all.
    pub async fn start_demo(&self, scope: &Scope, source: Option<&str>) -> Result<PipelineView> {
        let wanted: Vec<_> = SYSTEMS.into_iter().filter(|(_, name)| source.is_none_or(|s| s == *name)).collect();
        if wanted.is_empty() {
            let names = SYSTEMS.map(|(_, name)| name).join(", ");
            return Err(Error::invalid("demo.unknown_source", "the demo has no such system")
                .field("source_type")
                .remedy(format!("Use one of {names}, or none for all.")));
        }
        self.not_running(scope, RUN, "demo.running").await?;
        let there = self.connections(scope, Listing { page: Page::first(1000), ..Listing::default() }).await?.items;
        let mut sources = Vec::new();
        for (name, source) in wanted {
            let id = match there.iter().find(|c| c.name == name) {
                Some(connection) => connection.id,
                None => self.create_connection(scope, connection(name, source)).await?.id,
            };
            sources.push((id, name.to_owned()));
        }
        let agents = Definition::shipped().iter().map(|agent| agent.id.clone()).collect();
        self.start_pipeline(scope, RUN, sources, agents).await
    }

    /// How far it is.
    pub async fn demo_status(&self, scope: &Scope) -> Result<PipelineView> {
        self.pipeline(scope, RUN).await
    }

    /// Takes its systems out again, with everything that was read of them.
    pub async fn reset_demo(&self, scope: &Scope) -> Result<PipelineView> {
        self.forget_pipeline(scope, RUN).await?;
        let there = self.connections(scope, Listing { page: Page::first(1000), ..Listing::default() }).await?.items;
        let ours = |name: &str| SYSTEMS.iter().any(|(known, _)| *known == name);
        for connection in there.into_iter().filter(|c| c.kind == "demo" && ours(&c.name)) {
            self.delete_connection(scope, connection.id).await?;
        }
        self.demo_status(scope).await
    }
}

/// A system of the demo, as anybody would connect it.
pub fn connection(name: &str, source: &str) -> NewConnection {
    NewConnection {
        name: name.to_owned(),
        kind: "demo".to_owned(),
        config: json!({"source": source}),
        policy: None,
        safe_mode: false,
    }
}
