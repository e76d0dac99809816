//! How a tenant's actors are, and what flows through them.

use std::sync::Arc;

use autonomos_runtime::bus::Event;
use autonomos_runtime::store::{Connection, Page};
use autonomos_runtime::supervision::{Key, Observed};
use autonomos_runtime::{Result, Scope};
use serde_json::{Value, json};

use super::Platform;
use super::shapes::FlowView;
use crate::tenant::Suspension;

impl Platform {
    /// The tenant's actors as they are now.
    pub fn observed(&self, scope: &Scope) -> Vec<Observed> {
        self.parts().node.observatory().snapshot(scope)
    }

    /// Entries of the log that the tenant's views do not have yet; none where they are not kept up to date on this node.
    pub fn lag(&self, scope: &Scope) -> Option<u64> {
        let seen = self.parts().node.observatory().get(&Key::of(scope, "dcl"))?;
        Some(seen.progress.lag)
    }

    /// Why the tenant's actors are stopped on this node, if they are because they could not go on.
    pub fn suspension(&self, scope: &Scope) -> Option<Suspension> {
        self.host.suspension(scope)
    }

    /// Brings the node's gauges up to date; called when metrics are scraped.
    pub fn report(&self) {
        autonomos_runtime::metrics::observe(self.parts().node.observatory(), &[&self.parts().batches]);
    }

    /// What flows through the three layers, for a page that was just opened, so many events of each at most; the stream
    /// goes on from `seq`.
    pub async fn flow(&self, scope: &Scope, of_each: usize) -> Result<FlowView> {
        let bus = &self.parts().bus;
        bus.settled(scope).await;
        // The first answer says where the stream goes on, so that what comes meanwhile is in it and never in neither.
        let (span, aam) = bus.recent(scope, of_each, &|e| e.topic.layer() == Some("aam"));
        let layer = |name: &'static str| {
            let wanted = move |e: &Event| e.topic.layer() == Some(name) && e.seq <= span.head;
            bus.recent(scope, of_each, &wanted).1
        };
        let shown = |events: Vec<Arc<Event>>| -> Vec<Value> {
            events.iter().map(|e| serde_json::to_value(e.as_ref()).unwrap_or_default()).collect()
        };
        let (aam, dcl, agent) = (shown(aam), shown(layer("dcl")), shown(layer("agent")));
        let mut tx = self.parts().store.read(scope).await?;
        let reviews_pending = tx.pending_reviews().await?;
        let connections = tx.connections(None, &Page::first(1000)).await?.items;
        let state = |c: &Connection| json!({"id": c.id, "name": c.name, "type": c.kind, "state": c.state});
        Ok(FlowView {
            seq: span.head,
            floor: span.floor,
            total_count: aam.len() + dcl.len() + agent.len(),
            aam_events: aam,
            dcl_events: dcl,
            agent_events: agent,
            tenant_id: scope.tenant(),
            timestamp: self.parts().ambient().now(),
            connections: connections.iter().map(state).collect(),
            reviews_pending,
        })
    }
}
