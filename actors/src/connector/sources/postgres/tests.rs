//! Against a real server.

use std::time::Duration;

use arrow::array::{Array as _, AsArray as _};
use arrow::datatypes::{Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType};
use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::{Actor, Ambient};
use tokio_postgres::Client;

use super::*;
use crate::connector::source::RawBatch;
use crate::files::Quota;
use crate::testkit::postgres::{Server, database};

struct World {
    _root: tempfile::TempDir,
    scope: Scope,
    client: Client,
    url: String,
    folder: Folder,
}

async fn world(setup: &str) -> World {
    world_on(Server::shared(), setup).await
}

async fn world_on(server: &Server, setup: &str) -> World {
    let (url, client) = database(server).await;
    client.batch_execute(setup).await.unwrap();
    let root = tempfile::tempdir().unwrap();
    let ambient = Ambient::system();
    let scope = Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient));
    let folder = Folder::open(root.path(), Quota::default(), ambient).unwrap();
    World { _root: root, scope, client, url, folder }
}

impl World {
    fn source(&self, more: &serde_json::Value) -> Postgres {
        let mut config = serde_json::json!({"url": self.url});
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let id: ConnectionId = "00000000-0000-0000-0000-000000000005".parse().unwrap();
        Postgres::new(self.folder.clone(), id, serde_json::from_value(config).unwrap()).unwrap()
    }

    async fn read(
        &self,
        source: &Postgres,
        stream: &str,
        cursor: Option<String>,
        rows: usize,
    ) -> (Vec<RawBatch>, Option<Error>) {
        let limits = Limits { batch_rows: rows, call: Duration::from_secs(5), ..Limits::default() };
        let mut stream = source.read(&self.scope, stream, cursor, &limits).await.unwrap();
        let (mut batches, mut error) = (Vec::new(), None);
        while let Some(batch) = stream.next().await {
            match batch {
                Ok(batch) => batches.push(batch),
                Err(e) => error = Some(e),
            }
        }
        (batches, error)
    }
}

fn firsts(batches: &[RawBatch]) -> Vec<String> {
    let text = |b: &RawBatch, i| {
        let gone = b.deletes.as_ref().is_some_and(|d| d.value(i));
        let value = arrow::util::display::array_value_to_string(b.columns.column(0), i).unwrap();
        if gone { format!("-{value}") } else { value }
    };
    batches.iter().flat_map(|b| (0..b.columns.num_rows()).map(|i| text(b, i)).collect::<Vec<_>>()).collect()
}

#[tokio::test]
async fn types_come_as_themselves() {
    let world = world(
        "create type mood as enum ('ok'); create table t (id int primary key, n numeric(12,2), big numeric, ok bool, d date,
         at timestamptz, naive timestamp, j jsonb, a int[], m mood, u uuid, f real, b bytea, inf timestamptz);
         insert into t values (1, 12.30, 123456789012345678901234567890.5, true, '2024-02-29', '2024-01-01 12:00+02',
         '2024-01-01 12:00', '{\"a\": 1}', '{1,null}', 'ok', '00000000-0000-0000-0000-000000000001', 0.1, '\\x00ff', 'infinity'),
         (2, null, null, null, null, null, null, null, null, null, null, null, null, null)",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let info = source.discover(&world.scope).await.unwrap().remove(0);
    assert_eq!((info.name.as_str(), info.schema.key.as_slice()), ("t", &["id".to_owned()][..]));
    assert_eq!(info.mode, ReadMode::FullRefresh);
    let (batches, error) = world.read(&source, "t", None, 10).await;
    assert!(error.is_none(), "{error:?}");
    let batch = &batches[0].columns;
    let text = |name: &str| batch[name].as_string::<i32>().value(0).to_owned();
    assert_eq!(batch["id"].as_primitive::<Int64Type>().value(0), 1);
    assert_eq!(batch["n"].as_primitive::<Decimal128Type>().value(0), 1230);
    assert_eq!(text("big"), "123456789012345678901234567890.5");
    assert_eq!(batch["d"].as_primitive::<Date32Type>().value(0), 19_782);
    let at = chrono::DateTime::parse_from_rfc3339("2024-01-01T10:00:00Z").unwrap().timestamp_micros();
    assert_eq!(batch["at"].as_primitive::<TimestampMicrosecondType>().value(0), at);
    assert!(batch["inf"].is_null(0));
    assert_eq!((text("j").as_str(), text("a").as_str(), text("m").as_str()), (r#"{"a": 1}"#, "[1,null]", "ok"));
    assert_eq!(text("b"), "00ff");
    assert!(batch.columns().iter().skip(1).all(|c| c.is_null(1)));
}

#[tokio::test]
async fn incremental_by_cursor_and_tie_break() {
    let world = world(
        "create table deals (name text, updated_at timestamptz not null, id bigint primary key);
         insert into deals select 'd' || i, '2024-01-01'::timestamptz + (i / 4) * interval '1 s', i from generate_series(1, 10) i",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let info = source.discover(&world.scope).await.unwrap().remove(0);
    assert_eq!((info.mode, info.order_by.as_deref()), (ReadMode::Incremental, Some("updated_at")));
    let (batches, _) = world.read(&source, "deals", None, 3).await;
    let all: Vec<String> = (1..=10).map(|i| format!("d{i}")).collect();
    assert_eq!(firsts(&batches), all);
    for (i, batch) in batches.iter().enumerate() {
        let (rest, _) = world.read(&source, "deals", Some(batch.to.clone()), 3).await;
        assert_eq!(firsts(&rest), all[((i + 1) * 3).min(10)..]);
        assert_eq!(rest.first().map(|b| b.from.clone()), batches.get(i + 1).map(|b| b.from.clone()));
        assert_eq!(rest.first().map(|b| b.to.clone()), batches.get(i + 1).map(|b| b.to.clone()));
    }
    let end = batches.last().unwrap().to.clone();
    world.client.batch_execute("update deals set name = 'new', updated_at = '2025-01-01' where id = 2").await.unwrap();
    let (more, _) = world.read(&source, "deals", Some(end), 3).await;
    assert_eq!(firsts(&more), ["new"]);
}

#[tokio::test]
async fn rows_of_late_transactions_are_found() {
    let world = world(
        "create table t (name text, updated_at timestamptz not null, id int primary key);
         insert into t values ('a', '2024-01-01 00:00', 1)",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let (late, connection) = tokio_postgres::connect(&world.url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    late.batch_execute("begin; insert into t values ('late', '2024-01-01 00:01', 2)").await.unwrap();
    world.client.batch_execute("insert into t values ('b', '2024-01-01 00:02', 3)").await.unwrap();
    let (first, _) = world.read(&source, "t", None, 10).await;
    assert_eq!(firsts(&first), ["a", "b"]);
    late.batch_execute("commit").await.unwrap();
    let (second, _) = world.read(&source, "t", Some(first[0].to.clone()), 10).await;
    assert!(firsts(&second).contains(&"late".to_owned()), "{:?}", firsts(&second));
    let (third, _) = world.read(&source, "t", Some(second.last().unwrap().to.clone()), 10).await;
    assert!(third.is_empty());
}

#[tokio::test]
async fn null_cursors_are_not_lost() {
    let world = world(
        "create table t (name text, changed int, id int primary key);
         insert into t values ('a', null, 1), ('b', 5, 2), ('c', null, 3), ('d', 1, 4), ('e', null, 5)",
    )
    .await;
    let source = world.source(&serde_json::json!({"cursor": "changed"}));
    let (batches, error) = world.read(&source, "t", None, 2).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(firsts(&batches), ["a", "c", "e", "d", "b"]);
    let (again, _) = world.read(&source, "t", batches.last().map(|b| b.to.clone()), 2).await;
    assert_eq!(firsts(&again), ["a", "c", "e"], "rows without a value are looked at in every pass");
    for (i, batch) in batches.iter().enumerate().take(2) {
        let (rest, _) = world.read(&source, "t", Some(batch.to.clone()), 2).await;
        assert_eq!(firsts(&rest), firsts(&batches)[[2, 3][i]..]);
    }
}

#[tokio::test]
async fn full_passes_send_changes_and_tell_what_is_gone() {
    let world = world(
        "create table t (name text, id int primary key);
         insert into t select 'n' || i, i from generate_series(1, 7) i;
         create table bare (v text); insert into bare values ('x'), ('y'), ('y')",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let (first, error) = world.read(&source, "t", None, 3).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(firsts(&first).len(), 7);
    let (rest, _) = world.read(&source, "t", Some(first[0].to.clone()), 3).await;
    assert_eq!(firsts(&rest), ["n4", "n5", "n6", "n7"]);
    assert_eq!(rest.last().map(|b| &b.to), first.last().map(|b| &b.to));
    let end = Some(first.last().unwrap().to.clone());
    let (again, _) = world.read(&source, "t", end.clone(), 3).await;
    // What was passed by when the read was resumed above is sent once more, to be sure.
    let settled = again.last().map_or(end.clone(), |b| Some(b.to.clone()));
    assert!(world.read(&source, "t", settled.clone(), 3).await.0.is_empty());
    world
        .client
        .batch_execute("update t set name = 'new' where id = 5; delete from t where id in (2, 7)")
        .await
        .unwrap();
    let (changed, _) = world.read(&source, "t", settled, 3).await;
    assert_eq!(firsts(&changed), ["new", "-2", "-7"]);
    assert_eq!(changed.last().unwrap().columns.schema().field(0).name(), "id");
    assert!(world.read(&source, "t", Some(changed.last().unwrap().to.clone()), 3).await.0.is_empty());
    let (bare, _) = world.read(&source, "bare", None, 10).await;
    assert_eq!(firsts(&bare).len(), 3);
    world.client.batch_execute("delete from bare where v = 'x'").await.unwrap();
    let (bare, _) = world.read(&source, "bare", Some(bare.last().unwrap().to.clone()), 10).await;
    assert_eq!(firsts(&bare).len(), 1);
    assert!(bare[0].deletes.as_ref().unwrap().value(0));
}

#[tokio::test]
async fn away_slow_refused_and_dropped_are_told_apart() {
    let world = world(
        "create table t (id int primary key, v text); insert into t select i, 'v' from generate_series(1, 100) i",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = |u: &str| serde_json::json!({"url": u});
    let away = world.source(&url(&format!("postgres://postgres@{nobody}/x")));
    let error = away.check(&world.scope).await.unwrap_err();
    assert!(error.code == "postgres.away" && error.retryable() && error.remedy.is_some(), "{error:?}");
    let wrong = world.source(&url(&format!("{}_not", world.url)));
    assert_eq!(wrong.check(&world.scope).await.unwrap_err().code, "postgres.no_database");
    let missing = world.source(&serde_json::json!({"tables": ["nope"]}));
    assert_eq!(missing.check(&world.scope).await.unwrap_err().code, "postgres.table_gone");

    let limits = Limits { batch_rows: 10, call: Duration::from_millis(300), ..Limits::default() };
    world.client.batch_execute("begin; lock table t in access exclusive mode").await.unwrap();
    let mut stream = source.read(&world.scope, "t", None, &limits).await.unwrap();
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error.code, "postgres.slow" | "source.no_progress") && error.retryable(), "{error:?}");
    world.client.batch_execute("rollback").await.unwrap();

    let limits = Limits { call: Duration::from_secs(5), ..limits };
    let mut stream = source.read(&world.scope, "t", None, &limits).await.unwrap();
    let first = stream.next().await.unwrap().unwrap();
    // Nothing is held between pages, so the table can go.
    world.client.batch_execute("drop table t").await.unwrap();
    let mut error = None;
    while let Some(batch) = stream.next().await {
        error = batch.err();
    }
    let error = error.unwrap();
    assert_eq!((error.code, error.message.contains("`t`")), ("postgres.table_gone", true));
    assert_eq!(first.columns.num_rows(), 10);
}

#[tokio::test]
async fn a_read_that_breaks_off_goes_on_where_it_stood() {
    let make = |table: &str, more: &str| {
        format!(
            "create table {table} (id int primary key, v text{more}); insert into {table} select i, 'v'{} from generate_series(1, 100) i;",
            if more.is_empty() { "" } else { ", '2024-01-01'::timestamptz + i * interval '1 s'" }
        )
    };
    let (full, by_time) = (make("f", ""), make("t", ", updated_at timestamptz not null"));
    let world = world(&format!("{full} {by_time}")).await;
    let source = world.source(&serde_json::json!({}));
    let gone = "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'autonomos' and datname = current_database()";
    for (table, made) in [("f", &full), ("t", &by_time)] {
        let (lock, drop) =
            (format!("begin; lock table {table} in access exclusive mode"), format!("drop table {table}"));
        let breaks = [
            ("postgres.away", gone, "select 1"),
            ("postgres.slow", lock.as_str(), "rollback"),
            ("postgres.table_gone", drop.as_str(), made.as_str()),
        ];
        for (code, breaking, mending) in breaks {
            let limits = Limits { batch_rows: 10, call: Duration::from_millis(400), ..Limits::default() };
            let mut stream = source.read(&world.scope, table, None, &limits).await.unwrap();
            let mut batches = vec![stream.next().await.unwrap().unwrap()];
            // The reader is ahead by a few batches at most, which are good as well.
            world.client.batch_execute(breaking).await.unwrap();
            let error = loop {
                match stream.next().await.expect("it breaks before its end") {
                    Ok(batch) => batches.push(batch),
                    Err(error) => break error,
                }
            };
            // Who gives a silent server up first, the server itself or its reader, is a matter of moments.
            let code = if error.code == "source.no_progress" && code == "postgres.slow" { error.code } else { code };
            assert_eq!(error.code, code, "{table}: {error:?}");
            assert_eq!((error.retryable(), error.remedy.is_some()), (code != "postgres.table_gone", true), "{code}");
            world.client.batch_execute(mending).await.unwrap();
            let (rest, error) = world.read(&source, table, batches.last().map(|b| b.to.clone()), 10).await;
            assert!(error.is_none(), "{error:?}");
            batches.extend(rest);
            let mut ids: Vec<i32> = firsts(&batches).iter().map(|id| id.parse().unwrap()).collect();
            ids.sort_unstable();
            assert_eq!(ids, (1..=100).collect::<Vec<_>>(), "{table} {code}: nothing is lost and nothing twice");
        }
    }
}

#[tokio::test]
async fn it_keeps_the_contract() {
    // A server of its own: cursors tell which transactions were done, and other tests make some.
    let server = Server::start().unwrap();
    let world = world_on(
        &server,
        "create table a (id int primary key, v text, updated_at timestamptz not null);
         insert into a select i, 'v', '2024-01-01'::timestamptz + i * interval '1 s' from generate_series(1, 11) i;
         create table b (id uuid primary key, v numeric(9,2));
         insert into b select md5(i::text)::uuid, i from generate_series(1, 11) i",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let limits = Limits { batch_rows: 4, call: Duration::from_secs(10), ..Limits::default() };
    for stream in ["a", "b"] {
        crate::connector::conformance::holds(&source, &world.scope, stream, &limits).await.unwrap();
    }
}

#[tokio::test]
async fn odd_tables_are_read_too() {
    let world = world(
        "create table \"We\"\"ird T\" (\"src\" int, \"Up Date\" text, k2 text, primary key (\"src\", k2));
         insert into \"We\"\"ird T\" values (1, 'a', 'x'), (1, 'b', 'y'), (2, 'c', 'x');
         create view v as select 1 as one, now() as updated_at;
         create table parts (id int, updated_at timestamptz not null, primary key (id)) partition by range (id);
         create table parts_1 partition of parts for values from (0) to (100);
         insert into parts values (1, '2024-01-01'), (2, '2024-01-02');
         create table secret (id int primary key, open text, hidden text); insert into secret values (1, 'o', 'h');
         create table empty (id int primary key);
         create role limited login; grant usage on schema public to limited; grant select (id, open) on secret to limited",
    )
    .await;
    let source = world.source(&serde_json::json!({}));
    let names: Vec<String> = source.discover(&world.scope).await.unwrap().into_iter().map(|s| s.name).collect();
    assert_eq!(names, ["We\"ird T", "empty", "parts", "secret", "v"]);
    let (weird, error) = world.read(&source, "We\"ird T", None, 2).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(firsts(&weird), ["1", "1", "2"]);
    let (parts, error) = world.read(&source, "parts", None, 10).await;
    assert!(error.is_none() && parts.len() == 1, "{error:?}");
    let (again, error) = world.read(&source, "parts", Some(parts[0].to.clone()), 10).await;
    assert!(error.is_none() && again.is_empty(), "{error:?}");
    assert_eq!(firsts(&world.read(&source, "v", None, 10).await.0).len(), 1);
    assert!(world.read(&source, "empty", None, 10).await.0.is_empty());
    let limited = world.url.replace("postgres@", "limited@");
    let limited = world.source(&serde_json::json!({"url": limited, "tables": ["secret"]}));
    let (secret, error) = world.read(&limited, "secret", None, 10).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(secret[0].columns.num_columns(), 2);
}
