//! The work of a connect: everything that is in the log is folded into the views, then who is who and what agents find is
//! looked at. Syncs of what was never read were asked for with it and have tasks of their own, so it holds no slot for them.
//!
//! It changes nothing that is right: where there is nothing to fold it ends at once. A crash begins it again.

use std::time::Duration;

use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

use crate::tenant::Desk;

/// Kind of its task.
pub const TASK: &str = "connect";

/// How long the views may take; what is not folded then goes on by itself.
const PATIENCE: Duration = Duration::from_mins(10);

/// Does it.
pub async fn run(desk: &Desk, payload: Value) -> Result<Value> {
    let head = desk.parts.store.read(&desk.scope).await?.log_head().await?;
    if head > 0 {
        desk.materializer().wake();
        let folded = tokio::time::timeout(PATIENCE, desk.until_folded(head)).await;
        folded
            .map_err(|_| Error::busy("views.folding", "the views are still being folded").remedy("ask again later"))?;
    }
    desk.unifier().wake();
    desk.agents().wake();
    let stats = desk.parts.dcl.stats(&desk.scope).await?;
    let views: Vec<Value> = stats.views.iter().map(|v| json!({"view": v.view, "rows": v.rows})).collect();
    Ok(json!({
        "sources": payload["sources"], "syncs": payload["syncs"], "position": stats.position, "views": views,
    }))
}
