//! The worst that SQL can do: queries that take all time and all memory there is, one by one, while another tenant goes on
//! reading. What the node and its worker grow by, how long each lasts, and what the reader notices.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::client::Client;
use crate::report::{line, percentile, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock};

/// Each takes more time or memory than there is.
const WORST: [&str; 7] = [
    "SELECT list_sum(range(200000000))",
    "SELECT length(repeat('x', 1000000000))",
    "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c WHERE a.range + b.range + c.range = -1",
    "SELECT a.range FROM range(100000000) a ORDER BY hash(a.range) OFFSET 99999999",
    "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE a.range + b.range = -1",
    "SELECT count(DISTINCT hash(range)) FROM range(1000000000)",
    "WITH RECURSIVE t(x) AS (SELECT 'xx' UNION ALL SELECT x || x FROM t) SELECT max(length(x)) FROM t",
];
/// What a reader of another tenant asks all the while.
const PAGE: &str = "/api/v1/dcl/views/accounts?limit=100";
/// Between two looks at memory.
const LOOK: Duration = Duration::from_millis(20);
const GOAL_MB: f64 = 512.0;
const GOAL_S: f64 = 5.5;

/// See the module.
pub async fn run(binary: &Path, rows: u64) -> Outcome {
    let server = Server::start(binary, Mode::Serve).await?;
    let (client, other) = (Client::register(&server.url, "asks").await?, Client::register(&server.url, "reads").await?);
    for who in [&client, &other] {
        fill(who, server.folder(), rows).await?;
    }
    let plain = "SELECT industry, count(*), avg(employees) FROM accounts GROUP BY ALL";
    ask(&client, plain).await?;
    let began = clock::now();
    ask(&client, plain).await?;
    let usual = began.elapsed().as_secs_f64();

    let over = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(read(other, over.clone()));
    let (mut worst, mut longest, mut node, mut all) = (Vec::new(), 0.0_f64, 0.0_f64, 0.0_f64);
    for sql in WORST {
        let began = clock::now();
        let (answer, grown, grown_all) = watched(&server, ask(&client, sql)).await;
        let seconds = began.elapsed().as_secs_f64();
        let code = answer.err().map_or_else(|| "answered".to_owned(), |said| code(&said));
        worst.push(json!({
            "sql": sql, "code": code, "s": round(seconds), "node_grew_mb": round(grown),
            "node_and_worker_grew_mb": round(grown_all),
        }));
        (longest, node, all) = (longest.max(seconds), node.max(grown), all.max(grown_all));
    }
    over.store(true, Ordering::Relaxed);
    let mut waits = reader.await.map_err(|e| e.to_string())??;
    waits.sort_by(f64::total_cmp);
    ask(&client, plain).await?;
    line(
        "sql",
        json!({
            "rows": rows, "usual_s": round(usual), "worst": worst, "longest_s": round(longest), "goal_s": GOAL_S,
            "node_grew_mb": round(node), "node_and_worker_grew_mb": round(all), "goal_mb": GOAL_MB,
            "reads_beside": waits.len(), "reads_p99_ms": round(percentile(&waits, 0.99) * 1000.0),
        }),
    );
    if longest <= GOAL_S && all <= GOAL_MB { Ok(()) } else { Err("a query took more than it may".to_owned()) }
}

/// Accounts of a tenant, in its view.
async fn fill(client: &Client, folder: &Path, rows: u64) -> Outcome {
    let path = folder.join("accounts.csv");
    let mut text = "Id,Name,Industry,NumberOfEmployees\n".to_owned();
    for i in 0..rows {
        let industry = ["Energy", "Media", "Health"][(i % 3) as usize];
        let line = format!("001{i:012},Company {i},{industry},{}\n", i % 500);
        text.push_str(&line);
    }
    std::fs::write(&path, text).map_err(|e| e.to_string())?;
    client.upload("crm/accounts.csv", &path).await?;
    let connection = client.connect("crm", "file", json!({"path": "crm/*.csv", "system": "salesforce"})).await?;
    client.wait(&client.sync(&connection).await?, Duration::from_mins(2)).await?;
    let began = clock::now();
    while client.get(PAGE).await?["total"] != rows {
        if began.elapsed() > Duration::from_mins(1) {
            return Err("the rows did not reach the view".to_owned());
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

async fn ask(client: &Client, sql: &str) -> Outcome<Value> {
    client.post("/api/v1/dcl/sql", json!({"sql": sql})).await
}

/// The code of a problem in what a refused call says.
fn code(said: &str) -> String {
    let body = said.find('{').and_then(|at| said.get(at..)).unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    body["code"].as_str().unwrap_or(said).to_owned()
}

/// Waits for something, and looks how much the node, and the node with its workers, grow meanwhile, in MB.
async fn watched<T>(server: &Server, work: impl Future<Output = T>) -> (T, f64, f64) {
    let before = server.resident_mb();
    let (mut node, mut all) = (0.0_f64, 0.0_f64);
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return (done, node, all),
            () = tokio::time::sleep(LOOK) => {
                let (own, children) = (server.resident_mb(), server.children_mb());
                node = node.max(own - before);
                all = all.max(own + children - before);
            }
        }
    }
}

/// Reads pages until it is over; the seconds that each took.
async fn read(client: Client, over: Arc<AtomicBool>) -> Outcome<Vec<f64>> {
    let mut waits = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let began = clock::now();
        client.get(PAGE).await?;
        waits.push(began.elapsed().as_secs_f64());
        tokio::time::sleep(LOOK).await;
    }
    Ok(waits)
}
