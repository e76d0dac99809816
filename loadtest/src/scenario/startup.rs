//! From process start to a bound port, and what an idle demo node weighs.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::Outcome;
use crate::report::{line, round};
use crate::server::{Mode, Server};

/// See the module.
pub async fn run(binary: &Path) -> Outcome {
    let mut server = Server::start(binary, Mode::Dev).await?;
    // The demo tenant settles; what it weighs is what it weighs while it lives.
    tokio::time::sleep(Duration::from_secs(20)).await;
    let resident = server.resident_mb();
    server.kill();
    let (bound, ready) = server.launch().await?;
    line(
        "startup",
        json!({
            "bound_s": round(bound), "ready_s": round(ready), "demo_resident_mb": round(resident), "goal_bound_s": 0.5, "goal_resident_mb": 150,
        }),
    );
    Ok(())
}
