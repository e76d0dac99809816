//! A connector that panics on every poll, beside healthy tenants: quarantined within its budget and shown, while the
//! others' reads take as long as before.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::client::Client;
use crate::report::{line, percentile, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock, data};

/// See the module.
pub async fn run(binary: &Path, tenants: usize) -> Outcome {
    let server = Server::start(binary, Mode::Serve).await?;
    let file = server.folder().join("opportunities.csv");
    data::write(&file, 9, 0, 1_000)?;
    let mut healthy = Vec::new();
    for tenant in 0..tenants {
        let client = Client::register(&server.url, &format!("healthy{tenant}")).await?;
        client.upload("crm/opportunities.csv", &file).await?;
        let config = json!({"path": "crm/*.csv", "system": "salesforce"});
        let connection = client.connect("crm", "file", config).await?;
        let task = client.sync(&connection).await?;
        client.wait(&task, Duration::from_mins(1)).await?;
        healthy.push(client);
    }
    let sick = Client::register(&server.url, "sick").await?;
    let before = reads(&healthy, Duration::from_secs(5)).await?;
    let began = clock::now();
    let connection = sick.connect("sick", "demo", json!({"source": "crm", "fault": "panic"})).await?;
    sick.sync(&connection).await.ok();
    let during = reads(&healthy, Duration::from_secs(5)).await?;
    let mut state = serde_json::Value::Null;
    let mut quarantined = None;
    while began.elapsed() < Duration::from_mins(1) {
        state = sick.get(&format!("/api/v1/aam/connections/{connection}")).await?;
        if state["state"] == "quarantined" {
            quarantined = Some(began.elapsed().as_secs_f64());
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let metrics = String::from_utf8_lossy(&healthy[0].bytes("/metrics").await?).into_owned();
    let shown = metrics.lines().any(|l| l.contains("quarantined") && !l.starts_with('#') && !l.ends_with(" 0"));
    line(
        "panic",
        json!({
            "tenants": tenants, "quarantined_s": quarantined.map(round), "goal_quarantined_s": 30, "last_error": state["last_error"], "in_metrics": shown,
            "p99_before_ms": round(before), "p99_during_ms": round(during), "ratio": round(during / before), "goal_ratio": 1.2,
        }),
    );
    if quarantined.is_some() { Ok(()) } else { Err(format!("the sick connector is {state}")) }
}

/// p99 in ms of reads over all tenants in turn.
async fn reads(clients: &[Client], span: Duration) -> Outcome<f64> {
    let began = clock::now();
    let mut times = Vec::new();
    while began.elapsed() < span {
        for client in clients {
            let at = clock::now();
            client.bytes("/api/v1/dcl/views/opportunities?limit=100").await?;
            times.push(at.elapsed().as_secs_f64() * 1000.0);
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(percentile(&times, 0.99))
}
