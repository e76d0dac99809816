//! The living demo: a tenant with four simulated systems, one of which changes its schema, so that a newcomer sees data
//! flow, a repair happen, another wait for a decision, and agents find things.
//!
//! Everything goes through the same verbs as anybody's data. Run again over a tenant that has it, it does nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::{Result, Scope};

use crate::platform::demo::connection;
use crate::platform::shapes::DemoDrift;
use crate::platform::{Listing, Platform};

/// The simulated systems and what people call them.
pub(crate) const SYSTEMS: [(&str, &str); 4] = [
    ("Salesforce (demo)", "crm"),
    ("Cloud inventory and bill (demo)", "cloud"),
    ("Product database (demo)", "relational"),
    ("Documents (demo)", "document"),
];
/// How long the first sync of each may take before the drift is caused.
const PATIENCE: Duration = Duration::from_mins(1);

/// See the module.
pub async fn ensure(platform: &Platform, scope: &Scope) -> Result<()> {
    if !platform.connections(scope, Listing::default()).await?.items.is_empty() {
        return Ok(());
    }
    let mut first = None;
    for (name, source) in SYSTEMS {
        let made = platform.create_connection(scope, connection(name, source)).await?;
        let task = platform.sync_now(scope, made.id).await?;
        first.get_or_insert((made.id, task));
    }
    if let Some((crm, task)) = first {
        drift(platform, scope, crm, task).await?;
    }
    Ok(())
}

/// Causes the drift once there is something that can drift: one rename that is healed without a hand, one that asks.
async fn drift(platform: &Platform, scope: &Scope, crm: ConnectionId, task: TaskId) -> Result<()> {
    let desk = platform.host().desk(scope).await?;
    let settled = async {
        loop {
            let at = platform.task(scope, task).await?;
            if matches!(at.state.as_str(), "success" | "failed" | "cancelled") {
                return Ok::<(), autonomos_runtime::Error>(());
            }
            // The views move when the sync does; what is waited for shows then.
            desk.until_folded(desk.position() + 1).await;
        }
    };
    // Late is no failure: the demo lives on without its drift, and the next start finds connections and leaves them.
    let Ok(done) = tokio::time::timeout(PATIENCE, settled).await else { return Ok(()) };
    done?;
    let rename = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
    };
    let drift = DemoDrift {
        stream: Some("Account".to_owned()),
        rename: rename(&[("Phone", "PhoneNumber"), ("Industry", "Segment")]),
        ..DemoDrift::default()
    };
    platform.demo_drift(scope, crm, drift).await?;
    Ok(())
}
