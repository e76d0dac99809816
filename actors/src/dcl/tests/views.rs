//! Pages, orders, exports and checks over views.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use futures::TryStreamExt;

use super::log::Bench;
use crate::platform::shapes::{ExportFormat, ViewRequest};

/// Deals with every type, nulls and equal sort keys.
fn deals(rows: i64) -> RecordBatch {
    let some = |i: i64| i % 7 != 3;
    let names: StringArray = (0..rows).map(|i| some(i).then(|| format!("deal {}", i % 5))).collect();
    let amounts: Decimal128Array = (0..rows).map(|i| some(i).then(|| i128::from(i % 4) * 5_000_000_000)).collect();
    let probabilities: Float64Array = (0..rows).map(|i| some(i).then(|| (i % 3) as f64 / 3.0)).collect();
    let days: Date32Array = (0..rows).map(|i| some(i).then_some((i % 6) as i32)).collect();
    let moments: TimestampMicrosecondArray = (0..rows).map(|i| some(i).then_some(i % 2 * 1_500_000)).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("_key", Arc::new(StringArray::from_iter_values((0..rows).map(|i| i.to_string())))),
        ("_version", Arc::new(Int64Array::from_value(0, rows as usize))),
        ("opportunity_id", Arc::new(StringArray::from_iter_values((0..rows).map(|i| i.to_string())))),
        ("name", Arc::new(names)),
        ("amount", Arc::new(amounts.with_precision_and_scale(28, 10).unwrap())),
        ("probability", Arc::new(probabilities)),
        ("close_date", Arc::new(days)),
        ("created_at", Arc::new(moments.with_timezone("UTC"))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

pub(super) async fn bench(rows: i64) -> Bench {
    let bench = Bench::new();
    bench.memory.records(bench.connection(), "s", "opportunity", 1, &deals(rows));
    bench.advance().await;
    bench
}

fn ask() -> ViewRequest {
    ViewRequest { view: "opportunities".into(), ..ViewRequest::default() }
}

#[tokio::test]
async fn following_the_cursor_gives_every_row_once_in_any_order() {
    let bench = bench(60).await;
    for sort in
        ["", "name", "-amount,name", "probability,-close_date", "-created_at", "id", "-source.key", "source.stream"]
    {
        let mut ask = ViewRequest { limit: Some(7), sort: Some(sort.into()), ..ask() };
        let mut seen = Vec::new();
        loop {
            let page = bench.ask(&ask).await;
            assert_eq!(page["total"], 60);
            seen.extend(
                page["items"].as_array().unwrap().iter().map(|r| r["opportunity_id"].as_str().unwrap().to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => ask.cursor = Some(next.to_owned()),
                None => break,
            }
        }
        assert_eq!(seen.len(), 60, "{sort}");
        let whole = bench.ask(&ViewRequest { limit: Some(100), cursor: None, ..ask.clone() }).await;
        let order = whole["items"].as_array().unwrap().iter().map(|r| r["opportunity_id"].as_str().unwrap().to_owned());
        assert_eq!(seen, order.collect::<Vec<_>>(), "{sort}");
    }
}

#[tokio::test]
async fn filters_of_every_type_select_what_they_say() {
    let bench = bench(60).await;
    for (field, spec, want) in [
        ("name", "eq:deal 1", 11),
        ("name", "contains:EAL 1", 11),
        ("name", "is_null:true", 9),
        ("amount", "eq:0.5", 13),
        ("amount", "between:0.5,1", 26),
        ("probability", "gt:0.5", 17),
        ("close_date", "in:1970-01-01,1970-01-02", 18),
        ("created_at", "ge:1970-01-01T00:00:01Z", 25),
        ("opportunity_id", "ne:7", 59),
        ("source.stream", "eq:s", 60),
        ("source.stream", "eq:other", 0),
        ("source.key", "starts_with:5", 11),
    ] {
        let page = bench.ask(&ViewRequest { filters: vec![(field.into(), spec.into())], ..ask() }).await;
        assert_eq!(page["total"], want, "{field} {spec}");
    }
    let row = bench.ask(&ViewRequest { limit: Some(1), ..ask() }).await["items"][0].clone();
    let by_id = ViewRequest { filters: vec![("id".into(), format!("eq:{}", row["id"].as_str().unwrap()))], ..ask() };
    assert_eq!(bench.ask(&by_id).await["items"][0], row);
    assert_eq!(row["created_at"], "1970-01-01T00:00:00Z");
    let few = bench.ask(&ViewRequest { select: Some("name".into()), limit: Some(1), ..ask() }).await;
    assert_eq!(few["items"][0].as_object().unwrap().len(), 2);
}

#[tokio::test]
async fn the_same_question_gives_the_same_bytes_until_the_position_moves() {
    let bench = bench(10).await;
    let first = bench.dcl.query(&bench.scope, &ask()).await.unwrap();
    let again = bench.dcl.query(&bench.scope, &ask()).await.unwrap();
    assert_eq!(first.body.as_ptr(), again.body.as_ptr());
    bench.memory.records(bench.connection(), "s", "opportunity", 1, &deals(1));
    bench.advance().await;
    let moved = bench.dcl.query(&bench.scope, &ask()).await.unwrap();
    assert_eq!((first.position, moved.position), (1, 2));
    assert_ne!(first.body, moved.body);
}

#[tokio::test]
async fn every_export_has_every_row() {
    let bench = bench(5000).await;
    for format in [ExportFormat::Json, ExportFormat::Csv, ExportFormat::Arrow, ExportFormat::Parquet] {
        let export = bench.dcl.export(&bench.scope, &ask(), format).await.unwrap();
        assert_eq!(export.position, 1);
        let chunks: Vec<bytes::Bytes> = export.body.try_collect().await.unwrap();
        let bytes: Vec<u8> = chunks.concat();
        let rows = match format {
            ExportFormat::Json => serde_json::from_slice::<Vec<serde_json::Value>>(&bytes).unwrap().len(),
            ExportFormat::Csv => {
                let text = String::from_utf8(bytes).unwrap();
                assert!(text.starts_with("id,opportunity_id,"), "{:?}", text.get(..80));
                assert!(text.contains(",0.5,") && text.contains("1970-01-01T00:00:01.500Z"));
                text.lines().count() - 1
            }
            ExportFormat::Arrow => {
                let reader = arrow::ipc::reader::StreamReader::try_new(bytes.as_slice(), None).unwrap();
                reader.map(|b| b.unwrap().num_rows()).sum()
            }
            ExportFormat::Parquet => {
                let bytes = bytes::Bytes::from(bytes);
                let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap();
                let batches: Vec<RecordBatch> = reader.build().unwrap().map(Result::unwrap).collect();
                let streams = batches[0].column_by_name("source_stream").unwrap();
                assert_eq!(streams.as_string::<i32>().value(0), "s");
                batches.iter().map(RecordBatch::num_rows).sum()
            }
        };
        assert_eq!(rows, 5000, "{format:?}");
    }
}

#[tokio::test]
async fn checks_query_the_views_by_sql_and_cannot_write_or_reach_files() {
    let bench = bench(10).await;
    let sql = "SELECT name, sum(amount) AS worth, max(created_at) AS last, count(*) AS n,
        max(date_diff('day', created_at, CAST('2026-01-01T00:00:00.000Z' AS TIMESTAMPTZ) - INTERVAL 30 DAY)) AS days
        FROM opportunities WHERE name = 'deal 1' GROUP BY name";
    let rows = bench.dcl.select(&bench.scope, sql).await.unwrap().rows;
    assert_eq!((&rows[0]["worth"], &rows[0]["n"]), (&serde_json::json!(1.5), &2.into()));
    assert_eq!(rows[0]["last"], "1970-01-01T00:00:01.500Z");
    assert_eq!(
        bench.dcl.entities_with_rows(&bench.scope).await.unwrap().into_iter().collect::<Vec<_>>(),
        ["opportunity"]
    );
    for sql in
        ["DELETE FROM e_opportunity", "COPY opportunities TO '/tmp/x.csv'", "SELECT * FROM read_csv('/etc/passwd')"]
    {
        assert!(bench.dcl.select(&bench.scope, sql).await.is_err(), "{sql}");
    }
    assert_eq!(bench.ask(&ask()).await["total"], 10);
    let many = bench.dcl.select(&bench.scope, "SELECT * FROM range(10001)").await.unwrap();
    let all = bench.dcl.select(&bench.scope, "SELECT * FROM range(10000)").await.unwrap();
    assert_eq!((many.rows.len(), many.truncated, all.rows.len(), all.truncated), (10_000, true, 10_000, false));
}

#[tokio::test]
async fn every_shipped_check_runs_over_views_with_and_without_rows() {
    use crate::agent::definition::Definition;
    let (empty, held) = (Bench::new(), bench(50).await);
    let now = held.ambient.now();
    for definition in Definition::shipped() {
        for check in &definition.checks {
            let sql = definition.query(check, now);
            for bench in [&empty, &held] {
                let rows = bench.dcl.select(&bench.scope, &sql).await;
                assert!(rows.is_ok(), "{} {}: {}", definition.id, check.id, rows.unwrap_err().chain());
            }
        }
    }
}
