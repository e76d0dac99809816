//! A million-row CSV through log and fold to a view that can be asked, beside DuckDB's own `read_csv` into a table, and
//! dlt's Arrow path where the Python named by `DLT_PYTHON` (else `python3`) has dlt: both as processes, from start to end;
//! dlt's rate without its start and imports stands beside that.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::json;

use crate::client::Client;
use crate::report::{line, round};
use crate::server::{Mode, Server};
use crate::{Outcome, clock, data};

const DLT: &str = r#"
import os, sys, tempfile, time
try:
    import dlt, pyarrow as pa, pyarrow.csv as pc
except ImportError:
    sys.exit(7)
tmp = tempfile.mkdtemp()
os.environ.update(DLT_DATA_DIR=tmp, RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR", DLT_PROJECT_DIR=tmp)
began = time.time()
d = dlt.destinations.duckdb(tmp + "/x.duckdb")
p = dlt.pipeline("bench", destination=d, dataset_name="bench", pipelines_dir=tmp)
cols = open(sys.argv[1], encoding="utf-8").readline().strip().split(",")
o = pc.open_csv(sys.argv[1], parse_options=pc.ParseOptions(newlines_in_values=True),
                convert_options=pc.ConvertOptions(column_types={k: "string" for k in cols}))
def chunks():
    for b in o: yield pa.Table.from_batches([b])
p.run(chunks(), table_name="opps", write_disposition="replace")
print(time.time() - began)
"#;

/// See the module.
pub async fn run(binary: &Path, rows: u64) -> Outcome {
    let mut server = Server::start(binary, Mode::Serve).await?;
    let file = server.folder().join("opportunities.csv");
    let accepted = data::write(&file, 7, 0, rows)?;
    let bytes = std::fs::metadata(&file).map_or(0, |m| m.len());
    let client = Client::register(&server.url, "ingest").await?;
    client.upload("crm/opportunities.csv", &file).await?;
    let config = json!({"path": "crm/*.csv", "system": "salesforce"});
    let connection = client.connect("crm", "file", config).await?;
    let before = server.resident_mb();
    let began = clock::now();
    let task = client.sync(&connection).await?;
    client.wait(&task, Duration::from_mins(10)).await?;
    let seconds = began.elapsed().as_secs_f64();
    let (total, peak) = (client.total("opportunities").await?, server.peak_mb());
    if total != accepted {
        return Err(format!("the view has {total} rows, the model {accepted}"));
    }
    server.kill();
    let duckdb = best_of(3, || baseline(&file))?;
    let dlt = dlt(&file);
    let rate = rows as f64 / seconds;
    line(
        "ingest",
        json!({
            "rows": rows, "mb": bytes / 1_000_000, "seconds": round(seconds), "rows_per_s": rate.round(),
            "accepted": accepted, "refused": rows - accepted,
            "resident_before_mb": round(before), "peak_resident_mb": round(peak),
            "read_csv_rows_per_s": (rows as f64 / duckdb).round(), "ratio_to_read_csv": round(rate * duckdb / rows as f64), "goal_ratio_to_read_csv": 0.5,
            "dlt_arrow_rows_per_s": dlt.map(|d| (rows as f64 / d.whole).round()), "ratio_to_dlt": dlt.map(|d| round(rate * d.whole / rows as f64)), "goal_ratio_to_dlt": 1.5,
            "dlt_imported_rows_per_s": dlt.map(|d| (rows as f64 / d.imported).round()), "ratio_to_dlt_imported": dlt.map(|d| round(rate * d.imported / rows as f64)),
        }),
    );
    Ok(())
}

fn best_of(runs: u32, mut measure: impl FnMut() -> Outcome<f64>) -> Outcome<f64> {
    let mut times = (0..runs).map(|_| measure()).collect::<Outcome<Vec<f64>>>()?;
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// DuckDB in a process of its own; seconds from start to closed table.
fn baseline(file: &Path) -> Outcome<f64> {
    let me = std::env::current_exe().map_err(|e| e.to_string())?;
    let began = clock::now();
    let status = Command::new(me).arg("baseline-duckdb").arg(file).status().map_err(|e| e.to_string())?;
    if status.success() { Ok(began.elapsed().as_secs_f64()) } else { Err("the DuckDB baseline failed".to_owned()) }
}

/// What that process does.
pub fn baseline_duckdb(file: &Path) -> Outcome {
    let table = file.with_extension(format!("baseline-{}.duckdb", std::process::id()));
    let work = || -> duckdb::Result<()> {
        let db = duckdb::Connection::open(&table)?;
        db.execute_batch(&format!("CREATE TABLE o AS SELECT * FROM read_csv('{}'); CHECKPOINT;", file.display()))?;
        db.close().map_err(|(_, e)| e)
    };
    let done = work().map_err(|e| e.to_string());
    std::fs::remove_file(&table).ok();
    done
}

/// Seconds of dlt: of its process from start to end, as the DuckDB baseline's are, and once it was imported.
#[derive(Clone, Copy, Debug)]
struct Dlt {
    whole: f64,
    imported: f64,
}

fn dlt(file: &Path) -> Option<Dlt> {
    let python = std::env::var("DLT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let began = clock::now();
    let out = Command::new(python).args(["-c", DLT]).arg(file).output().ok()?;
    let whole = began.elapsed().as_secs_f64();
    Some(Dlt { whole, imported: String::from_utf8_lossy(&out.stdout).trim().parse().ok()? })
}
