//! Many registered tenants, few active: how long the node takes to be ready with them, what it weighs, and how it ends.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::client::Client;
use crate::report::{line, round};
use crate::server::{Mode, Server};
use crate::{Outcome, data};

/// See the module.
pub async fn run(binary: &Path, tenants: usize) -> Outcome {
    let mut server = Server::start(binary, Mode::Serve).await?;
    let file = server.folder().join("opportunities.csv");
    data::write(&file, 5, 0, 1_000)?;
    let active = (tenants / 50).max(1);
    for tenant in 0..tenants {
        let client = Client::register(&server.url, &format!("tenant{tenant}")).await?;
        if tenant % (tenants / active).max(1) == 0 {
            client.upload("crm/opportunities.csv", &file).await?;
            let config = json!({"path": "crm/*.csv", "system": "salesforce"});
            let connection = client.connect("crm", "file", config).await?;
            let task = client.sync(&connection).await?;
            client.wait(&task, Duration::from_mins(1)).await?;
        }
    }
    let ended = server.terminate().await?;
    let (bound, ready) = server.launch().await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let resident = server.resident_mb();
    let again = server.terminate().await?;
    line(
        "idle",
        json!({
            "tenants": tenants, "active": active, "bound_s": round(bound), "ready_s": round(ready), "goal_ready_s": 3,
            "resident_mb": round(resident), "goal_resident_mb": 600, "sigterm_s": round(ended), "sigterm_again_s": round(again), "goal_sigterm_s": 30,
        }),
    );
    Ok(())
}
