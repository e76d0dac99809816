//! Every file below a folder (one folder a system) uploaded through the API and accounted for: rows in = rows in views +
//! superseded + dead-lettered. Prints a table and a JSON line.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use crate::Outcome;
use crate::client::Client;
use crate::report::line;
use crate::server::{Mode, Server};

/// See the module.
pub async fn run(binary: &Path, folder: &Path) -> Outcome {
    let server = Server::start(binary, Mode::Serve).await?;
    let client = Client::register(&server.url, "seeds").await?;
    let mut files: Vec<(String, PathBuf)> = Vec::new();
    for system in entries(folder)?.into_iter().filter(|p| p.is_dir()) {
        let name = system.file_name().unwrap_or_default().to_string_lossy().into_owned();
        files.extend(
            entries(&system)?
                .into_iter()
                .filter(|p| p.extension().is_some_and(|e| e == "csv"))
                .map(|p| (name.clone(), p)),
        );
    }
    files.sort();
    println!(
        "{:<46} {:>6} {:>6} {:>6} {:>6} {:>6}  {:<15} {:>6} {:>6}",
        "file", "in", "views", "super", "dead", "diff", "entity", "mapped", "asked"
    );
    let (mut off, mut mapped_files, mut rows_in) = (0, 0, 0);
    for (system, path) in &files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let target = format!("{system}/{name}");
        let rows = count(path)?;
        client.upload(&target, path).await?;
        let config = json!({"path": target, "system": system});
        let connection = client.connect(&target, "file", config).await?;
        let task = client.sync(&connection).await?;
        client.wait(&task, Duration::from_mins(1)).await?;
        let row = account(&client, &connection).await?;
        let sum = row.live + row.superseded + row.rejected;
        let difference = rows as i64 - sum;
        off += i64::from(difference != 0);
        mapped_files += i64::from(row.mapped > 0);
        rows_in += rows;
        println!(
            "{target:<46} {rows:>6} {:>6} {:>6} {:>6} {difference:>6}  {:<15} {:>6} {:>6}",
            row.live, row.superseded, row.rejected, row.entity, row.mapped, row.asked
        );
    }
    line(
        "seeds",
        json!({"files": files.len(), "rows": rows_in, "files_off": off, "files_mapped_without_a_hand": mapped_files}),
    );
    if off == 0 { Ok(()) } else { Err(format!("{off} files do not add up")) }
}

struct Account {
    live: i64,
    superseded: i64,
    rejected: i64,
    entity: String,
    mapped: usize,
    asked: usize,
}

async fn account(client: &Client, connection: &str) -> Outcome<Account> {
    let state = client.get("/api/v1/dcl/state").await?;
    let streams = state["streams"].as_array().cloned().unwrap_or_default();
    let of = |stream: &&Value| stream["connection_id"] == connection;
    let sum = |field: &str| streams.iter().filter(of).filter_map(|s| s[field].as_i64()).sum::<i64>();
    let detail = client.get(&format!("/api/v1/aam/connections/{connection}")).await?;
    let own = detail["streams"].as_array().cloned().unwrap_or_default();
    let rejected = own.iter().filter_map(|s| s["rejected"].as_i64()).sum();
    let entity = own.iter().filter_map(|s| s["entity"].as_str()).collect::<Vec<_>>().join("+");
    let rules = client.get(&format!("/api/v1/aam/connections/{connection}/mappings")).await?;
    let reviews = client.get("/api/v1/reviews?state=pending&limit=1000").await?;
    let asked = reviews["items"]
        .as_array()
        .map_or(0, |items| items.iter().filter(|r| r["subject"]["connection_id"] == connection).count());
    Ok(Account {
        live: sum("live"),
        superseded: sum("superseded"),
        rejected,
        entity,
        mapped: rules["items"].as_array().map_or(0, Vec::len),
        asked,
    })
}

fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let read = std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(read.filter_map(|e| e.ok().map(|e| e.path())).collect())
}

/// Rows of a CSV file, counted by a parser that is not ours.
fn count(path: &Path) -> Outcome<u64> {
    let db = duckdb::Connection::open_in_memory().map_err(|e| e.to_string())?;
    let sql = format!(
        "SELECT count(*) FROM read_csv('{}', all_varchar=true, header=true, null_padding=true)",
        path.display()
    );
    db.query_row(&sql, [], |row| row.get::<_, i64>(0)).map(|n| n as u64).map_err(|e| e.to_string())
}
