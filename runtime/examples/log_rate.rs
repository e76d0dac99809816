//! How many rows a second go into the log: columnar batches of opportunities are made and encoded first, then only their
//! commits are timed, one transaction a batch, as a connector does it; one tenant, then four at once.
//!
//! `AUTONOMOS_TEST_POSTGRES_URL=postgres://postgres@host/postgres cargo run --release --features testkit --example log_rate --
//! [rows] [batch rows]`
//!
//! Without the variable a private server is started, whose commits do not wait for its disk. One JSON line a store comes out.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use autonomos_runtime::canonical::{batch_id, codec};
use autonomos_runtime::ids::{ConnectionId, TraceId};
use autonomos_runtime::store::postgres::{PostgresOptions, PostgresStore};
use autonomos_runtime::store::sqlite::{SqliteOptions, SqliteStore};
use autonomos_runtime::store::{BatchCommit, NewConnection, NewStream, Store, StreamUpdate};
use autonomos_runtime::testkit::postgres::Server;
use autonomos_runtime::{Actor, Ambient, Scope};
use bytes::Bytes;

type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Fifteen columns; names and amounts that differ, stages and currencies that repeat.
fn columns(first: usize, rows: usize) -> Outcome<RecordBatch> {
    let number = |n: usize| (first + n).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let each = || (0..rows).map(number);
    let text = |of: &dyn Fn(usize) -> String| Arc::new(StringArray::from_iter_values(each().map(of))) as ArrayRef;
    let of = |words: &'static [&'static str]| text(&|n| words[n % words.len()].to_owned());
    let whole = |span: usize| {
        Arc::new(Int64Array::from_iter_values(each().map(|n| (n % span) as i64 + 1_700_000_000_000))) as ArrayRef
    };
    let made = [
        ("_key", text(&|n| format!("{n:016x}"))),
        ("_version", whole(1 << 34)),
        ("opportunity_id", text(&|n| format!("006{n:015x}"))),
        ("account_id", text(&|n| format!("001{:015x}", n % 50_000))),
        ("name", text(&|n| format!("Renewal {} of {}", n % 9_973, n % 50_000))),
        ("stage", of(&["prospecting", "qualification", "proposal", "closed_won", "closed_lost"])),
        ("amount", Arc::new(Float64Array::from_iter_values(each().map(|n| (n % 10_000_000) as f64 / 100.0)))),
        ("currency", of(&["EUR", "USD", "GBP"])),
        ("close_date", whole(1 << 36)),
        ("owner_id", text(&|n| format!("005{:015x}", n % 400))),
        ("probability", Arc::new(Float64Array::from_iter_values(each().map(|n| (n % 101) as f64)))),
        ("type", of(&["new", "renewal", "upsell"])),
        ("lead_source", of(&["web", "partner", "event", "outbound"])),
        ("created_at", whole(1 << 35)),
        ("description", text(&|n| format!("Call again in week {}, then send the proposal", n % 52))),
    ];
    Ok(RecordBatch::try_from_iter(made)?)
}

async fn fill(store: Arc<dyn Store>, payloads: Arc<Vec<(u64, Bytes)>>, name: String) -> Outcome<()> {
    let tenant = store.directory().create_tenant(&name).await?.id;
    let scope = Scope::new(tenant, Actor::System("log_rate"), TraceId::new(store.ambient()));
    let mut tx = store.begin(&scope).await?;
    let new = NewConnection { name: "crm".into(), kind: "file".into(), ..NewConnection::default() };
    let connection = tx.create_connection(new).await?.id;
    tx.ensure_stream(NewStream { connection_id: connection, name: "s".into(), object: None, schema: None }).await?;
    tx.save().await?;
    for (n, (rows, payload)) in payloads.iter().enumerate() {
        let mut tx = store.begin(&scope).await?;
        tx.commit_batch(batch(connection, n, *rows, payload.clone())).await?;
        tx.save().await?;
    }
    Ok(())
}

fn batch(connection: ConnectionId, n: usize, rows: u64, payload: Bytes) -> BatchCommit {
    let (from, to) = ((n > 0).then(|| n.to_string()), (n + 1).to_string());
    BatchCommit {
        epoch: 1,
        batch_id: batch_id(&connection.to_string(), "s", from.as_deref(), &to),
        connection,
        stream: "s".into(),
        entity: "opportunity".into(),
        mapping_version: 1,
        fingerprint: "f".into(),
        rows,
        cursor_from: from,
        cursor_to: to,
        payload,
        dead_letters: Vec::new(),
        stream_update: StreamUpdate::default(),
        drifts: Vec::new(),
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut args = std::env::args().skip(1);
    let rows: usize = args.next().map_or(Ok(1_000_000), |a| a.parse())?;
    let size: usize = args.next().map_or(Ok(65_536), |a| a.parse())?;
    let (mut payloads, mut bytes) = (Vec::new(), 0);
    for first in (0..rows).step_by(size) {
        let here = size.min(rows - first);
        let payload = codec::encode(&columns(first, here)?)?;
        bytes += payload.len();
        payloads.push((here as u64, payload));
    }
    let (payloads, clock) = (Arc::new(payloads), Ambient::system());
    let folder = tempfile::tempdir()?;
    let urls = Server::shared().store().await;
    let options = PostgresOptions { owner_url: Some(urls.owner), ..PostgresOptions::new(urls.app) };
    let stores: [(&str, Arc<dyn Store>); 2] = [
        ("sqlite", Arc::new(SqliteStore::open(SqliteOptions::new(folder.path()), clock.clone()).await?)),
        ("postgres", Arc::new(PostgresStore::open(options, clock.clone()).await?)),
    ];
    for (name, store) in stores {
        let start = clock.elapsed();
        fill(store.clone(), payloads.clone(), "alone".into()).await?;
        let one = clock.elapsed().saturating_sub(start).as_secs_f64();
        let start = clock.elapsed();
        let four = (0..4).map(|n| tokio::spawn(fill(store.clone(), payloads.clone(), format!("one of four {n}"))));
        for done in futures::future::join_all(four).await {
            done??;
        }
        let four = clock.elapsed().saturating_sub(start).as_secs_f64();
        let line = serde_json::json!({
            "store": name, "rows": rows, "batch_rows": size, "bytes_per_row": bytes / rows.max(1),
            "rows_per_s": (rows as f64 / one) as u64, "rows_per_s_of_four": (4.0 * rows as f64 / four) as u64,
        });
        writeln!(std::io::stdout(), "{line}")?;
        store.close().await;
    }
    Ok(())
}
