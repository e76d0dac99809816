//! How a tenant's actors are, and what flows through them.

use autonomos_runtime::supervision::Observed;
use autonomos_runtime::{Result, Scope};
use serde_json::{Value, json};

use super::Platform;
use crate::tenant::Suspension;

/// Events of a snapshot.
const RECENT: usize = 300;

impl Platform {
    /// The tenant's actors as they are now.
    pub fn observed(&self, scope: &Scope) -> Vec<Observed> {
        self.parts().node.observatory().snapshot(scope)
    }

    /// Why the tenant's actors are stopped on this node, if they are because they could not go on.
    pub fn suspension(&self, scope: &Scope) -> Option<Suspension> {
        self.host.suspension(scope)
    }

    /// Brings the node's gauges up to date; called when metrics are scraped.
    pub fn report(&self) {
        autonomos_runtime::metrics::observe(self.parts().node.observatory(), &[&self.parts().batches]);
    }

    /// What flows through the three layers, for a page that was just opened; the stream goes on from `seq`.
    pub async fn flow(&self, scope: &Scope) -> Result<Value> {
        let (span, events) = self.parts().bus.recent(scope, RECENT);
        let of = |layer: &str| -> Vec<Value> {
            events
                .iter()
                .filter(|e| e.topic.as_str().starts_with(layer))
                .map(|e| serde_json::to_value(e.as_ref()).unwrap_or_default())
                .collect()
        };
        let mut tx = self.parts().store.read(scope).await?;
        let pending = tx.pending_reviews().await?;
        let connections = tx.connections(None, &autonomos_runtime::store::Page::first(1000)).await?.items;
        let states: Vec<Value> =
            connections.iter().map(|c| json!({"id": c.id, "name": c.name, "type": c.kind, "state": c.state})).collect();
        Ok(json!({
            "seq": span.head,
            "floor": span.floor,
            "aam": of("flow.aam."),
            "dcl": of("flow.dcl."),
            "agent": of("flow.agent."),
            "connections": states,
            "reviews_pending": pending,
        }))
    }
}
