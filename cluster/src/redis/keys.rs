//! What things are called in Redis. The names are those that the predecessor's users and services know, with the tenant in
//! every one of them; whoever writes to one tenant's keys cannot reach another's.

use autonomos_runtime::bus::Topic;
use autonomos_runtime::ids::{ConnectionId, TenantId};

/// The streams that a tenant's sequence is spread over: a layer each, and one for what belongs to no layer.
pub const STREAMS: usize = 4;

/// The channel on which new heads are told, a channel a tenant.
pub const HEADS: &str = "live:heads:";

/// The nodes that share budgets, by when each said last that it is here.
pub const NODES: &str = "live:nodes";

/// What a node's role needs to be allowed, as Redis' ACL writes it.
pub const ROLE: &str = "~live:* ~aam:* ~dcl:* ~agent:* &live:heads:* +@all -@admin -@dangerous +info +config|get";

/// The head of a tenant's sequence and who wrote to it, its streams, and the channel on which its head is told.
pub fn sequence(tenant: TenantId) -> [String; STREAMS + 2] {
    [
        format!("live:head:{tenant}"),
        format!("aam:flow:{tenant}"),
        format!("dcl:flow:{tenant}"),
        format!("agent:flow:{tenant}"),
        format!("live:flow:{tenant}"),
        format!("{HEADS}{tenant}"),
    ]
}

/// Which of its streams an event stands in, counted from one.
pub fn stream_of(topic: Topic) -> usize {
    match topic.layer() {
        Some("aam") => 1,
        Some("dcl") => 2,
        Some("agent") => 3,
        _ => 4,
    }
}

/// Where committed batches of a connection are announced.
pub fn announcements(tenant: TenantId, connection: ConnectionId) -> String {
    format!("aam:dcl:{tenant}:{connection}")
}

/// All of a tenant's announcements, as a pattern.
pub fn announcements_of(tenant: TenantId) -> String {
    format!("aam:dcl:{tenant}:*")
}

/// The group in which services beside ours read them.
pub fn group(tenant: TenantId) -> String {
    format!("dcl_engine:{tenant}")
}

/// What is spent of a budget.
pub fn budget(name: &str) -> String {
    format!("live:rate:{name}")
}
