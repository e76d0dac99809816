//! Whole passes over real folders.

use std::path::PathBuf;

use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::{Actor, Ambient};

use super::*;
use crate::files::Quota;

mod bucket;

pub struct Home {
    _root: tempfile::TempDir,
    pub folder: Folder,
    pub scope: Scope,
    pub path: PathBuf,
}

pub fn home() -> Home {
    let root = tempfile::tempdir().unwrap();
    let ambient = Ambient::system();
    let scope = Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
    let path = root.path().join(scope.tenant().to_string());
    std::fs::create_dir_all(path.join("crm")).unwrap();
    let folder = Folder::open(root.path(), Quota::default(), ambient).unwrap();
    Home { _root: root, folder, scope, path }
}

impl Home {
    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        // In place whole, as an upload does it.
        let beside = self.path.join("beside");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, self.path.join(name)).unwrap();
    }

    fn files(&self, path: &str) -> Files {
        let settings = serde_json::from_value(serde_json::json!({ "path": path })).unwrap();
        Files::new(self.folder.clone(), settings).unwrap()
    }
}

fn lines(rows: usize, line: impl Fn(usize) -> String) -> String {
    (0..rows).map(line).collect::<Vec<_>>().concat()
}

struct Got {
    rows: Vec<String>,
    rejects: Vec<String>,
    cursors: Vec<String>,
    error: Option<Error>,
}

async fn read(home: &Home, files: &Files, cursor: Option<String>, limits: &Limits) -> Got {
    let mut got = Got { rows: vec![], rejects: vec![], cursors: vec![], error: None };
    let mut from = cursor.clone();
    let mut stream = files.read(&home.scope, &files.stream, cursor, limits).await.unwrap();
    while let Some(batch) = stream.next().await {
        match batch {
            Ok(batch) => {
                assert_eq!(batch.from, from, "batches join up");
                from = Some(batch.to.clone());
                let origin = batch.origin.clone().unwrap();
                for i in 0..batch.columns.num_rows() {
                    let first = arrow::util::display::array_value_to_string(batch.columns.column(0), i).unwrap();
                    got.rows.push(format!("{origin}#{}:{first}", batch.row_number(i)));
                }
                got.rejects.extend(batch.rejects.iter().map(|r| format!("{origin}#{}:{}", r.row, r.code)));
                got.cursors.push(batch.to);
            }
            Err(e) => got.error = Some(e),
        }
    }
    got
}

fn small() -> Limits {
    Limits { batch_rows: 2, ..Limits::default() }
}

#[tokio::test]
async fn a_pattern_is_one_stream_and_only_changes_are_read_again() {
    let home = home();
    home.write("crm/deals_1.csv", "id,v\na,1\nb,2\nc,3\n");
    home.write("crm/deals_2.csv", "id,v\nd,4\nbad\n");
    home.write("crm/other.csv", "x\n1\n");
    let files = home.files("crm/deals*.csv");
    assert_eq!(files.stream, "deals");
    let got = read(&home, &files, None, &small()).await;
    assert_eq!(got.rows, ["crm/deals_1.csv#1:a", "crm/deals_1.csv#2:b", "crm/deals_1.csv#3:c", "crm/deals_2.csv#1:d"]);
    assert_eq!(got.rejects, ["crm/deals_2.csv#2:csv.ragged_row"]);
    let end = got.cursors.last().cloned();
    assert!(read(&home, &files, end.clone(), &small()).await.cursors.is_empty(), "nothing changed");
    home.write("crm/deals_1.csv", "id,v\na,1\nb,2\nc,3\n");
    assert!(read(&home, &files, end.clone(), &small()).await.rows.is_empty(), "the same content again");
    home.write("crm/deals_1.csv", "id,v\na,1\nb,2\nc,9\n");
    home.write("crm/deals_3.csv", "id,v\n");
    let again = read(&home, &files, end, &small()).await;
    assert_eq!(again.rows, ["crm/deals_1.csv#1:a", "crm/deals_1.csv#2:b", "crm/deals_1.csv#3:c"]);
    assert!(read(&home, &files, again.cursors.last().cloned(), &small()).await.cursors.is_empty());
}

#[tokio::test]
async fn any_boundary_resumes_even_when_a_date_changes_and_not_when_the_content_does() {
    let home = home();
    let rows = lines(9, |i| format!("r{i},x\n"));
    home.write("a.csv", format!("id,v\n{rows}"));
    let files = home.files("a.csv");
    let whole = read(&home, &files, None, &small()).await;
    assert_eq!((whole.rows.len(), whole.cursors.len()), (9, 5));
    for (i, cursor) in whole.cursors.iter().enumerate().take(4) {
        home.write("a.csv", format!("id,v\n{rows}"));
        let rest = read(&home, &files, Some(cursor.clone()), &small()).await;
        assert_eq!(rest.rows, whole.rows[(i + 1) * 2..]);
    }
    home.write("a.csv", format!("id,w\n{rows}"));
    assert_eq!(read(&home, &files, Some(whole.cursors[1].clone()), &small()).await.rows.len(), 9);
    home.write("a.csv", "id,v\nr0,x\n");
    assert_eq!(read(&home, &files, Some(whole.cursors[1].clone()), &small()).await.rows, ["a.csv#1:r0"]);
    let capped = Limits { max_rows: Some(4), ..small() };
    home.write("a.csv", format!("id,v\n{rows}"));
    let first = read(&home, &files, None, &capped).await;
    assert_eq!(first.rows.len(), 4);
    assert_eq!(read(&home, &files, first.cursors.last().cloned(), &small()).await.rows, whole.rows[4..]);
}

#[tokio::test]
async fn a_bad_file_among_good_ones_is_named_at_the_end() {
    let home = home();
    home.write("crm/1.csv", "id\n1\n");
    home.write("crm/2.csv", [0_u8; 64]);
    home.write("crm/3.csv", "id\n3\n");
    let files = home.files("crm/*.csv");
    let got = read(&home, &files, None, &small()).await;
    assert_eq!(got.rows.len(), 2);
    let error = got.error.unwrap();
    assert_eq!(error.code, "file.not_text");
    assert!(error.message.contains("crm/2.csv") && error.remedy.is_some());
    let info = files.discover(&home.scope).await.unwrap().remove(0);
    assert_eq!(info.schema.key, ["id"]);
    assert_eq!(info.warnings.len(), 1);
    let none = home.files("nothing.csv");
    let error = none.check(&home.scope).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), ("file.not_found", Some("config/path")));
    let error = home.files("crm/2.csv").check(&home.scope).await.unwrap_err();
    assert_eq!(error.code, "file.not_text");
}

#[tokio::test]
async fn a_file_that_changes_under_the_reader_is_noticed() {
    use std::io::Write as _;
    let home = home();
    let rows = lines(50, |i| format!("r{i}\n"));
    home.write("a.csv", format!("id\n{rows}"));
    let files = home.files("a.csv");
    let mut stream = files.read(&home.scope, "a", None, &Limits { batch_rows: 5, ..Limits::default() }).await.unwrap();
    assert!(stream.next().await.unwrap().is_ok());
    // Two batches wait, one is in hand: the reader cannot have ended yet.
    std::fs::write(home.path.join("a.csv"), "id\nzz\n").unwrap();
    let mut error = None;
    while let Some(batch) = stream.next().await {
        error = batch.err();
    }
    assert_eq!(error.unwrap().code, "file.changed");
    home.write("a.csv", format!("id\n{rows}"));
    let mut stream = files.read(&home.scope, "a", None, &Limits { batch_rows: 5, ..Limits::default() }).await.unwrap();
    let mut last = stream.next().await.unwrap().unwrap().to;
    std::fs::OpenOptions::new().append(true).open(home.path.join("a.csv")).unwrap().write_all(b"late\n").unwrap();
    while let Some(batch) = stream.next().await {
        last = batch.unwrap().to;
    }
    let rest = read(&home, &files, Some(last), &small()).await;
    assert!(rest.rows.len() <= 1, "at most the appended row is left: {:?}", rest.rows);
}

#[tokio::test]
async fn settings_are_checked() {
    let home = home();
    let make = |v: serde_json::Value| Files::new(home.folder.clone(), serde_json::from_value(v).unwrap());
    assert_eq!(make(serde_json::json!({"path": "../x"})).unwrap_err().field.as_deref(), Some("config/path"));
    let bad = make(serde_json::json!({"path": "x.csv", "delimiter": "::"})).unwrap_err();
    assert_eq!(bad.field.as_deref(), Some("config/delimiter"));
    home.write("x.csv", "id;updated_at\n1;2024-01-01T00:00:00Z\n2;2024-01-02T00:00:00Z\n");
    let keyed = make(serde_json::json!({"path": "x.csv", "key": ["nope"]})).unwrap();
    assert_eq!(keyed.discover(&home.scope).await.unwrap_err().code, "config.unknown_column");
    let info = home.files("x.csv").discover(&home.scope).await.unwrap().remove(0);
    assert_eq!(info.order_by.as_deref(), Some("updated_at"));
    assert_eq!(info.estimated_rows, Some(2));
}

#[tokio::test]
async fn it_keeps_the_contract() {
    let home = home();
    let csv = lines(20, |i| if i == 7 { "bad\n".to_owned() } else { format!("k{i},\"a\n{i}\"\n") });
    home.write("crm/one_1.csv", format!("id,v\n{csv}"));
    home.write("crm/one_2.csv", "id,v\nz,1\n");
    let json = lines(20, |i| format!("{{\"id\":{i},\"n\":{{\"v\":{i}.5}}}}\n"));
    home.write("two.jsonl", json);
    home.write("three.parquet", parquet(20));
    for path in ["crm/one_*.csv", "two.jsonl", "three.parquet"] {
        let files = home.files(path);
        let limits = Limits { batch_rows: 6, ..Limits::default() };
        crate::connector::conformance::holds(&files, &home.scope, &files.stream, &limits).await.unwrap();
    }
}

/// A file with nested and odd types in two row groups.
fn parquet(rows: i64) -> Vec<u8> {
    use arrow::array::{ArrayRef, Float32Array, Int32Array, StringArray, StructArray, TimestampSecondArray};
    use arrow::datatypes::{DataType, Field};
    let number = |n: i64| n as i32;
    let inner: ArrayRef = Arc::new(StringArray::from_iter_values((0..rows).map(|i| format!("s{i}"))));
    let part: ArrayRef = Arc::new(StructArray::from(vec![(Arc::new(Field::new("name", DataType::Utf8, true)), inner)]));
    let list: ArrayRef = Arc::new(arrow::array::ListArray::from_iter_primitive::<arrow::datatypes::Int32Type, _, _>(
        (0..rows).map(|i| Some(vec![Some(number(i)), None])),
    ));
    let batch = arrow::array::RecordBatch::try_from_iter([
        ("id", Arc::new(Int32Array::from_iter_values((0..rows).map(number))) as ArrayRef),
        ("f", Arc::new(Float32Array::from_iter_values((0..rows).map(|i| i as f32 / 10.0)))),
        ("at", Arc::new(TimestampSecondArray::from_iter_values(0..rows))),
        ("part", part),
        ("list", list),
    ])
    .unwrap();
    let mut out = Vec::new();
    let properties =
        ::parquet::file::properties::WriterProperties::builder().set_max_row_group_row_count(Some(15)).build();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    out
}

#[tokio::test]
async fn parquet_is_flat_and_typed() {
    let home = home();
    home.write("three.parquet", parquet(20));
    let files = home.files("three.parquet");
    let mut stream = files.read(&home.scope, "three", None, &Limits::default()).await.unwrap();
    let batch = stream.next().await.unwrap().unwrap().columns;
    let names: Vec<_> = batch.schema().fields().iter().map(|f| format!("{}: {}", f.name(), f.data_type())).collect();
    assert_eq!(names, ["id: Int64", "f: Float64", "at: Timestamp(µs, \"UTC\")", "part.name: Utf8", "list: Utf8"]);
    assert_eq!(batch["list"].as_string::<i32>().value(3), "[3,null]");
    assert_eq!(batch["f"].as_primitive::<arrow::datatypes::Float64Type>().value(1).to_string(), "0.1");
    home.write("bad.parquet", b"PAR1 and then nothing");
    let error = home.files("bad.parquet").check(&home.scope).await.unwrap_err();
    assert_eq!(error.code, "parquet.broken");
}

#[tokio::test]
async fn a_page_that_repeats_a_long_word_costs_what_the_limits_allow() {
    use arrow::array::{ArrayRef, Int64Array, StringArray};
    let home = home();
    let rows = 5_000;
    let word = "x".repeat(100_000);
    let giant = "y".repeat(2 << 20);
    let words = (0..rows).map(|i| if i == 4_000 { giant.as_str() } else { word.as_str() });
    let batch = arrow::array::RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from_iter_values(0..rows)) as ArrayRef),
        ("word", Arc::new(StringArray::from_iter_values(words))),
    ])
    .unwrap();
    let mut out = Vec::new();
    let properties =
        ::parquet::file::properties::WriterProperties::builder().set_dictionary_page_size_limit(64 << 20).build();
    let mut writer = ::parquet::arrow::ArrowWriter::try_new(&mut out, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(out.len() < 20 << 20, "{} bytes", out.len());
    home.write("bomb.parquet", out);
    let files = home.files("bomb.parquet");
    let limits = Limits { batch_bytes: 8 << 20, ..Limits::default() };
    let mut stream = files.read(&home.scope, "bomb", None, &limits).await.unwrap();
    let (mut seen, mut rejected) = (0, Vec::new());
    while let Some(batch) = stream.next().await {
        let batch = batch.unwrap();
        assert!(batch.columns.get_array_memory_size() < 12 << 20);
        assert_eq!(batch.columns.column(1).data_type(), &arrow::datatypes::DataType::Utf8);
        seen += batch.columns.num_rows();
        rejected.extend(batch.rejects.iter().map(|r| (r.row, r.code.to_string())));
    }
    assert_eq!(seen as i64, rows - 1);
    assert_eq!(rejected, [(4_001, "parquet.field_too_long".to_owned())]);
}

#[tokio::test]
async fn lines_that_each_bring_a_field_do_not_fill_the_memory() {
    let home = home();
    home.write("wide.jsonl", lines(12_000, |i| format!("{{\"id\":{i},\"f{i}\":1}}\n")));
    let files = home.files("wide.jsonl");
    let mut stream = files.read(&home.scope, "wide", None, &Limits::default()).await.unwrap();
    let (mut seen, mut batches) = (0, 0);
    while let Some(batch) = stream.next().await {
        let batch = batch.unwrap();
        seen += batch.columns.num_rows() + batch.rejects.len();
        batches += 1;
        assert!(batch.columns.num_columns() * batch.columns.num_rows() <= 8_100_000);
    }
    assert_eq!(seen, 12_000);
    assert!(batches > 3);
}
