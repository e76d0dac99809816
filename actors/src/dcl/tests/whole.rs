//! Fold, read, heal, rebuild: the room's promises on small data.

use std::sync::Arc;

use crate::platform::shapes::ViewRequest;
use crate::task::stop::Stop;

use super::log::{Bench, batch};

fn accounts() -> ViewRequest {
    ViewRequest { view: "accounts".into(), sort: Some("account_id".into()), ..ViewRequest::default() }
}

#[tokio::test]
async fn rows_are_folded_and_read_with_their_position() {
    let bench = Bench::new();
    let connection = bench.connection();
    let first = batch(
        &[("a", 1, false), ("b", 1, false)],
        &[("account_id", vec![Some("a"), Some("b")]), ("name", vec![Some("Acme \"A\""), Some("Beta")])],
    );
    bench.memory.records(connection, "s", "account", 1, &first);
    let applied = bench.advance().await;
    assert_eq!((applied.from, applied.to, applied.rows, applied.more), (0, 1, 2, false));
    let page = bench.ask(&accounts()).await;
    assert_eq!(page["total"], 2);
    assert_eq!(page["position"], 1);
    assert_eq!(page["items"][0]["name"], "Acme \"A\"");
    assert_eq!(page["items"][0]["external_ids"][0], "a");
    assert_eq!(page["items"][0]["source"]["connection_id"], connection.to_string());

    // An update that does not send `name` keeps it; a delete ends its record; a late row loses.
    let second = batch(
        &[("a", 2, false), ("b", 3, true), ("b", 2, false)],
        &[("account_id", vec![Some("a"), None, Some("b")]), ("industry", vec![Some("steel"), None, Some("x")])],
    );
    bench.memory.records(connection, "s", "account", 1, &second);
    bench.advance().await;
    let page = bench.ask(&accounts()).await;
    assert_eq!(page["total"], 1);
    assert_eq!(page["items"][0]["name"], "Acme \"A\"");
    assert_eq!(page["items"][0]["industry"], "steel");
    let stats = bench.dcl.stats(&bench.scope).await.unwrap();
    let stream = &stats.streams[0];
    assert_eq!((stream.rows, stream.live, stream.superseded, stream.deleted), (4, 1, 2, 1));
}

#[tokio::test]
async fn a_rebuild_from_the_log_has_the_same_digest() {
    let bench = Bench::new();
    let connection = bench.connection();
    for i in 0..4 {
        let rows = batch(&[("a", i, false), ("b", 9 - i, false)], &[("name", vec![Some("x"), Some("y")])]);
        bench.memory.records(connection, "s", "account", 1, &rows);
        bench.advance().await;
    }
    bench.memory.purge(bench.connection());
    bench.advance().await;
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    let (_folder, other) = bench.other();
    other.advance(&bench.scope, &bench.log).await.unwrap();
    assert_eq!(other.digest(&bench.scope).await.unwrap(), live);
    assert_eq!(live.rows, 2);
    bench.memory.purge(connection);
    bench.advance().await;
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap().rows, 0);
}

#[tokio::test]
async fn a_repair_heals_the_past_and_a_revert_restores_the_digest() {
    let bench = Bench::new();
    let connection = bench.connection();
    let (first, second) = (super::random::rules(1, 0b0001), super::random::rules(2, 0b0000));
    bench.memory.mapping(connection, "s", &first, 1);
    let normal = |columns: &[(&str, &str)]| {
        use autonomos_runtime::canonical::{Plan, RawBatch, Vocabulary};
        let arrays = columns.iter().map(|(name, value)| {
            (*name, Arc::new(arrow::array::StringArray::from(vec![*value])) as arrow::array::ArrayRef)
        });
        let raw = RawBatch::of(arrow::array::RecordBatch::try_from_iter(arrays).unwrap());
        let plan = Plan::compile(Vocabulary::builtin(), &first, raw.columns.schema_ref()).unwrap();
        plan.run(&raw).unwrap().batch
    };
    bench.memory.records(connection, "s", "account", 1, &normal(&[("Id", "1"), ("Name", "Old")]));
    // The source renamed Name to Title; until the repair it rides in the extras, and the view keeps the last name.
    let from = bench.memory.records(connection, "s", "account", 1, &normal(&[("Id", "1"), ("Title", "New")]));
    bench.advance().await;
    let before = bench.dcl.digest(&bench.scope).await.unwrap();
    let page = bench.ask(&accounts()).await;
    assert_eq!((&page["items"][0]["name"], &page["items"][0]["extras"]["Title"]), (&"Old".into(), &"New".into()));

    bench.memory.mapping(connection, "s", &second, from);
    let applied = bench.advance().await;
    assert_eq!(applied.refolded, [(connection, "s".to_owned(), 2)]);
    let page = bench.ask(&accounts()).await;
    assert_eq!((&page["items"][0]["name"], &page["items"][0]["extras"]), (&"New".into(), &serde_json::json!({})));
    assert_eq!(page["items"][0]["source"]["mapping_version"], 2);
    assert_ne!(bench.dcl.digest(&bench.scope).await.unwrap().digest, before.digest);

    let third = autonomos_runtime::canonical::mapping::Mapping { version: 3, ..first.clone() };
    bench.memory.mapping(connection, "s", &third, from);
    bench.advance().await;
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap().digest, before.digest);
}

#[tokio::test]
async fn a_damaged_or_foreign_file_is_set_aside_and_folded_again() {
    let bench = Bench::new();
    let rows = batch(&[("a", 1, false)], &[("name", vec![Some("x")])]);
    bench.memory.records(bench.connection(), "s", "account", 1, &rows);
    bench.advance().await;
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    let file = bench.folder.path().join(format!("registry_{}.duckdb", bench.scope.tenant()));

    // Its header is overwritten.
    bench.dcl.close(&bench.scope).await;
    std::fs::write(&file, vec![7; 8192]).unwrap();
    bench.advance().await;
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap(), live);

    // Somebody died while opening it.
    bench.dcl.close(&bench.scope).await;
    std::fs::write(file.with_extension("duckdb.opening"), b"").unwrap();
    assert_eq!(bench.dcl.position(&bench.scope).await.unwrap(), 0, "it is not trusted");
    bench.advance().await;
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap(), live);

    // The log is another one, shorter than the file thinks.
    bench.dcl.close(&bench.scope).await;
    let other = std::sync::Arc::new(super::log::MemoryLog::default());
    let log: super::super::Log = other.clone();
    let applied = bench.dcl.advance(&bench.scope, &log).await.unwrap();
    assert_eq!((applied.from, applied.to), (0, 0));
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap().rows, 0);
}

#[tokio::test]
async fn a_rebuild_takes_the_live_files_place_and_idle_files_close() {
    let bench = Bench::new();
    let rows = batch(&[("a", 1, false), ("b", 1, false)], &[("name", vec![Some("x"), Some("y")])]);
    for _ in 0..20 {
        bench.memory.records(bench.connection(), "s", "account", 1, &rows);
    }
    while bench.advance().await.more {}
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    let rebuilt = bench.dcl.rebuild(&bench.scope, &bench.log, &Stop::default()).await.unwrap();
    assert_eq!((rebuilt.rows, rebuilt.to), (40, 20));
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap(), live);
    assert_eq!(bench.dcl.open_files(), 1);
    bench.dcl.close_all().await;
    assert_eq!(bench.dcl.open_files(), 0);
    assert_eq!(bench.ask(&accounts()).await["total"], 40, "the next use opens it");
    bench.dcl.erase(&bench.scope).await.unwrap();
    assert_eq!(std::fs::read_dir(bench.folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_damaged_block_is_found_by_reading_and_healed_from_the_log() {
    let bench = Bench::new();
    let text = "x".repeat(200);
    let keys: Vec<String> = (0..20_000).map(|i| format!("k{i}")).collect();
    let rows: Vec<(&str, i64, bool)> = keys.iter().map(|k| (k.as_str(), 1, false)).collect();
    let names: Vec<String> = keys.iter().map(|k| format!("{k}{text}")).collect();
    let columns = [("description", names.iter().map(|n| Some(n.as_str())).collect())];
    bench.memory.records(bench.connection(), "s", "account", 1, &batch(&rows, &columns));
    bench.advance().await;
    let live = bench.dcl.digest(&bench.scope).await.unwrap();
    bench.dcl.close(&bench.scope).await;
    let file = bench.folder.path().join(format!("registry_{}.duckdb", bench.scope.tenant()));
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    assert_eq!(bench.dcl.position(&bench.scope).await.unwrap(), 1, "it opens as if nothing were wrong");
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap_err().code, "views.rebuilding");
    bench.advance().await;
    assert_eq!(bench.dcl.digest(&bench.scope).await.unwrap(), live);
}

#[tokio::test]
async fn odd_text_and_many_small_batches_survive() {
    let bench = Bench::new();
    let connection = bench.connection();
    let long = "ß".repeat(1 << 20);
    let odd = ["nul\0inside", "quote\"\\\u{7}", long.as_str(), "😀"];
    for (i, text) in odd.iter().enumerate() {
        let key = i.to_string();
        let columns = [("account_id", vec![Some(key.as_str())]), ("name", vec![Some(*text)])];
        bench.memory.records(connection, "s", "account", 1, &batch(&[(key.as_str(), 0, false)], &columns));
    }
    bench.advance().await;
    let page = bench.ask(&accounts()).await;
    for (i, text) in odd.iter().enumerate() {
        assert_eq!(page["items"][i]["name"], *text);
    }
}
