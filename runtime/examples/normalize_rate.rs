//! How many rows a second one core normalises: a CSV file is read into text columns first, then only the canonical part is
//! timed, a batch at a time, best of several rounds.
//!
//! `cargo run --release --example normalize_rate -- opportunities_1000000.csv [batch rows] [rounds]`
//!
//! The file is the benchmark's opportunities (15 columns, dirty values). One JSON line comes out.

use std::io::{BufReader, Write};
use std::sync::Arc;
use std::time::Duration;

use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::canonical::spread::sample;
use autonomos_runtime::canonical::values::tally;
use autonomos_runtime::canonical::{Plan, RawBatch, Vocabulary, codec, observe, remap};
use autonomos_runtime::clock::Ambient;

const RULES: [(&str, &str); 14] = [
    ("Id", "opportunity_id"),
    ("AccountId", "account_id"),
    ("Name", "name"),
    ("StageName", "stage"),
    ("Amount", "amount"),
    ("CurrencyIsoCode", "currency"),
    ("CloseDate", "close_date"),
    ("OwnerId", "owner_id"),
    ("Probability", "probability"),
    ("Type", "type"),
    ("LeadSource", "lead_source"),
    ("CreatedDate", "created_at"),
    ("LastModifiedDate", "updated_at"),
    ("Description", "description"),
];

fn mapping(rules: usize) -> Mapping {
    let rule = |(source, field): &(&str, &str)| FieldRule {
        source_path: (*source).into(),
        field: (*field).into(),
        transform: Transform::None,
        confidence: 1.0,
        origin: Origin::Rule,
        lenient: false,
    };
    Mapping {
        version: 1,
        entity: "opportunity".into(),
        rules: RULES.iter().take(rules).map(rule).collect(),
        key: vec!["Id".into()],
        order_by: Some("LastModifiedDate".into()),
    }
}

/// Time this thread was on a processor, so that others on the machine do not count; wall time where nobody says.
fn spent(clock: &Ambient) -> Duration {
    let line = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = line.split_whitespace().next().and_then(|n| n.parse().ok());
    nanos.map_or_else(|| clock.elapsed(), Duration::from_nanos)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: normalize_rate FILE.csv [batch rows] [rounds]")?;
    let size: usize = args.next().map_or(Ok(65_536), |a| a.parse())?;
    let rounds: usize = args.next().map_or(Ok(5), |a| a.parse())?;
    let clock = Ambient::system();

    let header = std::io::BufRead::lines(BufReader::new(std::fs::File::open(&path)?)).next().ok_or("empty file")??;
    let schema = Schema::new(header.split(',').map(|n| Field::new(n, DataType::Utf8, true)).collect::<Vec<_>>());
    let reader = arrow::csv::ReaderBuilder::new(Arc::new(schema))
        .with_header(true)
        .with_batch_size(size)
        .build(std::fs::File::open(&path)?)?;
    let batches: Vec<RawBatch> = reader.map(|b| b.map(RawBatch::of)).collect::<Result<_, _>>()?;
    let rows: usize = batches.iter().map(|b| b.columns.num_rows()).sum();
    let first = batches.first().ok_or("no rows")?;

    let vocabulary = Vocabulary::builtin();
    let whole = mapping(RULES.len());
    let plan = Plan::compile(vocabulary, &whole, first.columns.schema_ref())?;
    let narrow = mapping(9);

    // All rounds together: the kernel adds a thread's time up at its ticks, and a short round may see none of them.
    let timed = |work: &mut dyn FnMut() -> Result<usize, Box<dyn std::error::Error>>| {
        let (start, mut count) = (spent(&clock), 0);
        for _ in 0..rounds {
            count = work()?;
        }
        let each = spent(&clock).saturating_sub(start).as_secs_f64() / rounds.max(1) as f64;
        Ok::<_, Box<dyn std::error::Error>>((each, count))
    };
    let (run, taken) = timed(&mut || {
        let mut taken = 0;
        for batch in &batches {
            taken += plan.run(batch)?.batch.num_rows();
        }
        Ok(taken)
    })?;
    let (look, fields) = timed(&mut || Ok(batches.iter().map(|b| observe(b).fields.len()).sum()))?;
    let schemas: Vec<SourceSchema> = batches.iter().map(observe).collect();
    // Columns that hold identifiers, names or free text are not asked for: their names say so.
    let asked = |name: &str| !matches!(name, "Id" | "AccountId" | "OwnerId" | "Name" | "Description");
    let (list, _) = timed(&mut || {
        Ok(batches.iter().zip(&schemas).map(|(batch, seen)| tally(&batch.columns, seen, asked).len()).sum())
    })?;
    let (spread, _) = timed(&mut || {
        Ok(batches.iter().zip(&schemas).map(|(batch, seen)| sample(&batch.columns, seen, asked).len()).sum())
    })?;
    let canonical: Vec<_> = batches.iter().map(|b| plan.run(b).map(|n| n.batch)).collect::<Result<_, _>>()?;
    let (again, _) = timed(&mut || {
        let mut count = 0;
        for batch in &canonical {
            count += remap(vocabulary, batch, &whole, &narrow)?.num_rows();
        }
        Ok(count)
    })?;
    let (encode, bytes) = timed(&mut || {
        let mut bytes = 0;
        for batch in &canonical {
            bytes += codec::encode(batch)?.len();
        }
        Ok(bytes)
    })?;
    let rate = |seconds: f64| (rows as f64 / seconds) as u64;
    let line = serde_json::json!({
        "rows": rows,
        "taken": taken,
        "rejected": rows - taken,
        "normalize_rows_per_s": rate(run),
        "observe_rows_per_s": rate(look),
        "observe_share_of_normalize": (look / run * 1000.0).round() / 1000.0,
        "tally_rows_per_s": rate(list),
        "tally_share_of_observe_normalize_encode": (list / (look + run + encode) * 10_000.0).round() / 10_000.0,
        "spread_share_of_observe_normalize_encode": (spread / (look + run + encode) * 10_000.0).round() / 10_000.0,
        "remap_rows_per_s": rate(again),
        "encode_rows_per_s": rate(encode),
        "encoded_bytes_per_row": bytes / rows.max(1),
        "fields": fields / batches.len().max(1),
    });
    writeln!(std::io::stdout(), "{line}")?;
    Ok(())
}
