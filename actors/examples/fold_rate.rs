//! Measures the fold and the views on made-up opportunities: `cargo run --release -p autonomos-actors --example fold_rate
//! [rows]`. Prints one line a figure. Nothing is kept.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    StructArray, TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Field, Fields};
use autonomos_actors::dcl::{Dcl, EntryKind, Log, LogEntry, LogSource, Settings};
use autonomos_actors::platform::shapes::ViewRequest;
use autonomos_actors::task::stop::Stop;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::{BatchId, codec};
use autonomos_runtime::ids::{ConnectionId, TenantId, TraceId};
use autonomos_runtime::store::ReadLimit;
use autonomos_runtime::{Actor, Ambient, Result, Scope};
use parking_lot::Mutex;

const BATCH: usize = 65_536;

struct VecLog(Mutex<Vec<LogEntry>>);

#[async_trait::async_trait]
impl LogSource for VecLog {
    async fn head(&self, _: &Scope) -> Result<i64> {
        Ok(self.0.lock().len() as i64)
    }
    async fn read_after(&self, _: &Scope, after: i64, limit: ReadLimit) -> Result<Vec<LogEntry>> {
        Ok(self.0.lock().iter().skip(after as usize).take(limit.entries as usize).cloned().collect())
    }
    async fn read_stream(
        &self,
        scope: &Scope,
        _: ConnectionId,
        _: &str,
        after: i64,
        limit: ReadLimit,
    ) -> Result<Vec<LogEntry>> {
        self.read_after(scope, after, limit).await
    }
    async fn mappings(&self, _: &Scope) -> Result<Vec<LogEntry>> {
        Ok(Vec::new())
    }
}

fn opportunities(from: usize, rows: usize, version: i64) -> Result<RecordBatch, arrow::error::ArrowError> {
    let text = |f: &dyn Fn(usize) -> String| -> ArrayRef {
        Arc::new(StringArray::from_iter_values((from..from + rows).map(f)))
    };
    let money = Decimal128Array::from_iter_values(
        (from..from + rows).map(|i| ((i * 7919) % 100_000_000) as i128 * 100_000_000),
    )
    .with_precision_and_scale(28, 10)?;
    let moments = |shift: usize| -> ArrayRef {
        let values = (from..from + rows).map(|i| 1_700_000_000_000_000 + ((i * 37 + shift) as i64) * 1_000_000);
        Arc::new(TimestampMicrosecondArray::from_iter_values(values).with_timezone("UTC"))
    };
    let extra = Fields::from(vec![Field::new("Custom__c", DataType::Utf8, true)]);
    let extras = StructArray::new(extra, vec![text(&|i| format!("custom {}", i % 1000))], None);
    RecordBatch::try_from_iter_with_nullable([
        ("_key", text(&|i| format!("006{i:015}")), false),
        ("_version", Arc::new(Int64Array::from_value(version, rows)) as ArrayRef, false),
        ("opportunity_id", text(&|i| format!("006{i:015}")), true),
        ("account_id", text(&|i| format!("001{:015}", i / 5)), true),
        ("name", text(&|i| format!("Opportunity number {i} of many")), true),
        ("stage", text(&|i| ["Prospecting", "Qualification", "Closed Won", "Closed Lost"][i % 4].to_owned()), true),
        ("amount", Arc::new(money), true),
        ("currency", text(&|i| ["USD", "EUR"][i % 2].to_owned()), true),
        ("probability", Arc::new(Float64Array::from_iter_values((from..from + rows).map(|i| (i % 100) as f64))), true),
        (
            "close_date",
            Arc::new(Date32Array::from_iter_values((from..from + rows).map(|i| 19_000 + (i % 700) as i32))),
            true,
        ),
        ("owner_id", text(&|i| format!("005{:015}", i % 200)), true),
        ("is_won", Arc::new((from..from + rows).map(|i| Some(i % 4 == 2)).collect::<BooleanArray>()), true),
        ("lead_source", text(&|i| ["Web", "Phone", "Partner"][i % 3].to_owned()), true),
        ("created_at", moments(0), true),
        ("updated_at", moments(1000), true),
        ("_extras", Arc::new(extras), true),
    ])
}

struct Bench {
    dcl: Dcl,
    scope: Scope,
    log: Log,
    entries: Arc<VecLog>,
    connection: ConnectionId,
    ambient: Ambient,
}

impl Bench {
    fn push(&self, batch: &RecordBatch) -> Result<()> {
        let payload = codec::encode(batch)?;
        let mut log = self.entries.0.lock();
        let seq = log.len() as i64 + 1;
        log.push(LogEntry {
            seq,
            batch_id: BatchId::from_stored(format!("{seq:032x}")),
            kind: EntryKind::Records,
            connection: Some(self.connection),
            stream: Some("opportunities".to_owned()),
            entity: Some("opportunity".to_owned()),
            mapping_version: Some(1),
            fingerprint: None,
            rows: batch.num_rows() as i64,
            rejected: 0,
            cursor_from: None,
            cursor_to: None,
            epoch: 1,
            at: self.ambient.now(),
            payload,
            from_seq: None,
        });
        Ok(())
    }

    async fn catch_up(&self) -> Result<(i64, f64)> {
        let (began, mut rows) = (self.ambient.elapsed(), 0);
        let busy = processor();
        loop {
            let applied = self.dcl.advance(&self.scope, &self.log).await?;
            rows += applied.rows;
            if !applied.more {
                println!("  processor: {:.2} s", processor() - busy);
                return Ok((rows, self.ambient.elapsed().saturating_sub(began).as_secs_f64()));
            }
        }
    }

    async fn ask(&self, what: &str, ask: &ViewRequest, times: u32) -> Result<()> {
        let (mut first, mut bytes) = (None, 0);
        let (began, busy) = (self.ambient.elapsed(), processor());
        for i in 0..times {
            // Another filter each time, so that no answer is remembered.
            let mut ask = ask.clone();
            ask.filters.push(("probability".into(), format!("ge:-{}", i + 1)));
            bytes = self.dcl.query(&self.scope, &ask).await?.body.len();
            first.get_or_insert(self.ambient.elapsed().saturating_sub(began));
        }
        let each = self.ambient.elapsed().saturating_sub(began).as_secs_f64() / f64::from(times);
        let busy = (processor() - busy) / f64::from(times) * 1e3;
        let first = first.unwrap_or_default();
        println!("{what}: {:.2} ms each ({busy:.2} processor), first {first:.2?}, {bytes} bytes", each * 1e3);
        Ok(())
    }
}

/// Processor seconds of this process so far: what a busy machine cannot distort.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|t| t.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find(|l| l.starts_with("VmRSS")).unwrap_or_default().to_owned()
}

#[tokio::main]
async fn main() -> Result<()> {
    let rows: usize = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1_000_000);
    let threads: usize = std::env::args().nth(2).and_then(|a| a.parse().ok()).unwrap_or(1);
    let folder = std::env::temp_dir().join("autonomos_fold_rate");
    drop(std::fs::remove_dir_all(&folder));
    let ambient = Ambient::system();
    let settings =
        Settings { threads, commit: ReadLimit { bytes: 1 << 30, entries: 8 }, ..Settings::in_folder(&folder) };
    let entries = Arc::new(VecLog(Mutex::new(Vec::new())));
    let bench = Bench {
        dcl: Dcl::new(settings, Arc::new(Vocabulary::builtin().clone()), ambient.clone()),
        scope: Scope::new(TenantId::new(&ambient), Actor::System("bench"), TraceId::new(&ambient)),
        log: entries.clone(),
        entries,
        connection: ConnectionId::new(&ambient),
        ambient: ambient.clone(),
    };
    let made = |e: arrow::error::ArrowError| autonomos_runtime::Error::internal("bench", e.to_string());
    for from in (0..rows).step_by(BATCH) {
        bench.push(&opportunities(from, BATCH.min(rows - from), 1).map_err(made)?)?;
    }
    let position = bench.dcl.position(&bench.scope).await?;
    println!("log of {rows} rows made, views at {position}; {}", resident());
    let (folded, took) = bench.catch_up().await?;
    println!("fresh: {folded} rows in {took:.2} s, {:.0} rows/s; {}", folded as f64 / took, resident());
    bench.push(&opportunities(rows / 3, 100_000.min(rows / 2), 2).map_err(made)?)?;
    let (folded, took) = bench.catch_up().await?;
    println!("update: {folded} known keys in {took:.3} s");
    bench.push(&opportunities(rows / 2, 100, 3).map_err(made)?)?;
    let (folded, took) = bench.catch_up().await?;
    println!("trickle: {folded} known keys in {took:.3} s");
    let began = ambient.elapsed();
    let digest = bench.dcl.digest(&bench.scope).await?;
    println!("digest of {} rows in {:.0?}", digest.rows, ambient.elapsed().saturating_sub(began));
    let plain = ViewRequest { view: "opportunities".into(), ..ViewRequest::default() };
    bench.ask("page in log order", &plain, 50).await?;
    bench.ask("page by amount", &ViewRequest { sort: Some("-amount".into()), ..plain.clone() }, 50).await?;
    let by_name = ViewRequest { sort: Some("stage,-created_at".into()), ..plain.clone() };
    bench.ask("page by stage and moment", &by_name, 50).await?;
    let began = ambient.elapsed();
    let times = 200_000;
    for _ in 0..times {
        bench.dcl.query(&bench.scope, &plain).await?;
    }
    println!("remembered page: {:.0}/s", f64::from(times) / ambient.elapsed().saturating_sub(began).as_secs_f64());
    let stats = bench.dcl.stats(&bench.scope).await?;
    println!("{} bytes on disk; {:?}; {}", stats.bytes, stats.streams, resident());
    let began = ambient.elapsed();
    let applied = bench.dcl.rebuild(&bench.scope, &bench.log, &Stop::default()).await?;
    println!("rebuild: {} rows in {:.2?}", applied.rows, ambient.elapsed().saturating_sub(began));
    println!("same digest: {}", bench.dcl.digest(&bench.scope).await?.digest == digest.digest);
    bench.dcl.close_all().await;
    drop(std::fs::remove_dir_all(&folder));
    Ok(())
}
