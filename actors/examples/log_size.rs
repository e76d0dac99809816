//! Measures what compaction makes of a demo tenant's log: `cargo run -p autonomos-actors --features testkit --example
//! log_size [batches]`. Prints one JSON line. Nothing is kept.

use autonomos_actors::testkit::node::TestNode;
use autonomos_runtime::store::{LogStats, Space};
use serde_json::json;

async fn sizes(node: &TestNode) -> (LogStats, Space) {
    let space = node.parts().store.directory().space().await.unwrap_or_default();
    (node.log().await, space)
}

#[tokio::main]
async fn main() {
    let batches = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1_000);
    let node = TestNode::start(|config| config.compaction.every_seconds = 0).await;
    let crm = node.demo("crm").await;
    while node.log().await.head < batches {
        node.sync(crm).await;
    }
    let ((plain, file), digest) = (sizes(&node).await, node.digest().await);
    let mut out = json!({
        "batches": plain.head, "rows": plain.rows, "log_bytes": plain.bytes, "store_bytes_in_use": file.bytes - file.free,
    });
    let mut node = node;
    for (name, days) in [("merged", 30), ("and_pruned", 0)] {
        node = node
            .again(|config| {
                config.compaction.every_seconds = 1;
                config.compaction.after_seconds = 0;
                config.compaction.superseded_days = days;
            })
            .await;
        let waked = node.platform.wake(&node.scope).await;
        assert!(waked.is_ok(), "{waked:?}");
        // Quiet when a whole round has found nothing more.
        let seen = node.until("compaction", |seen| seen.extra["rounds"].as_u64() >= Some(1)).await;
        let (log, space) = sizes(&node).await;
        let same = node.digest().await == digest;
        out[name] = json!({
            "rows": log.rows, "log_bytes": log.bytes, "entries_compacted": log.compacted,
            "store_bytes_in_use": space.bytes - space.free, "views_unchanged": same,
            "steps": seen.extra["steps"], "longest_write_ms": seen.extra["longest_write_ms"],
        });
    }
    println!("{out}");
    node.platform.host().stop_all().await;
}
