//! Kill -9 at random moments during ingest, start again, go on; in the end the views equal the model to the row.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::report::{line, percentile, round};
use crate::rng::Rng;
use crate::server::{Mode, Server};
use crate::{Outcome, clock, data};

const SEED: u64 = 11;

/// See the module.
pub async fn run(binary: &Path, kills: u32, rows: u64) -> Outcome {
    let mut server = Server::start(binary, Mode::Serve).await?;
    let client = Client::register(&server.url, "kill").await?;
    // Small files one after the other, so that there is something to kill for as long as it takes.
    let parts = u64::from(kills).max(4);
    let file = server.folder().join("part.csv");
    for part in 0..parts {
        data::write(&file, SEED, part * rows / parts, (part + 1) * rows / parts)?;
        client.upload(&format!("crm/opportunities_{part:04}.csv"), &file).await?;
    }
    let config = json!({"path": "crm/opportunities*.csv", "system": "salesforce"});
    let connection = client.connect("crm", "file", config).await?;
    let mut task = client.sync(&connection).await?;
    let began = clock::now();
    let mut random = Rng::new(began.elapsed().subsec_nanos().into());
    let mut ready = Vec::new();
    let mut done = 0;
    while done < kills {
        tokio::time::sleep(Duration::from_millis(20 + random.below(180))).await;
        if client.get(&format!("/api/v1/tasks/{task}")).await.is_ok_and(|t| t["state"] == "success") {
            // All read before the last kill: read it again from the start, which must change nothing.
            task = client.sync(&connection).await?;
        }
        server.kill();
        done += 1;
        let (_, seconds) = server.launch().await?;
        ready.push(seconds);
    }
    let task = client.sync(&connection).await?;
    client.wait(&task, Duration::from_mins(10)).await?;
    let wrong = compare(&client, SEED, rows).await?;
    ready.sort_by(f64::total_cmp);
    line(
        "kill",
        json!({
            "kills": kills, "rows": rows, "rows_wrong": wrong.len(), "first_wrong": wrong.first(),
            "ready_p50_s": round(percentile(&ready, 0.5)), "ready_max_s": round(percentile(&ready, 1.0)), "goal_ready_s": 2,
            "seconds": round(began.elapsed().as_secs_f64()),
        }),
    );
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} rows differ from the model", wrong.len())) }
}

/// Every row of the view against the model, and every row of the model against the view.
pub async fn compare(client: &Client, seed: u64, rows: u64) -> Outcome<Vec<String>> {
    let body = client.bytes("/api/v1/dcl/views/opportunities?format=json").await?;
    let items: Vec<Value> = serde_json::from_slice(&body).map_err(|e| format!("the export is no JSON: {e}"))?;
    let mut seen: HashMap<String, Value> = HashMap::with_capacity(items.len());
    let mut wrong = Vec::new();
    for item in items {
        let id = item["opportunity_id"].as_str().unwrap_or_default().to_owned();
        if seen.insert(id.clone(), item).is_some() {
            wrong.push(format!("{id} is there twice"));
        }
    }
    let mut line = String::new();
    for i in 0..rows {
        line.clear();
        let Some(expected) = data::row(seed, i, &mut line) else { continue };
        match seen.remove(&expected.id) {
            None => wrong.push(format!("{} is missing", expected.id)),
            Some(item) if !matches(&item, &expected) => wrong.push(format!("{} is {item}", expected.id)),
            Some(_) => {}
        }
    }
    wrong.extend(seen.into_keys().map(|id| format!("{id} should not be there")));
    Ok(wrong)
}

fn matches(item: &Value, expected: &data::Expected) -> bool {
    let cents = item["amount"].as_f64().map(|a| (a * 100.0).round() as i64);
    item["name"] == expected.name.as_str()
        && item["stage"] == expected.stage.as_str()
        && cents == expected.cents
        && item["close_date"].as_str() == expected.close_date.as_deref()
        && item["probability"].as_f64() == expected.probability.map(f64::from)
}
