//! Queries in SQL, without the process around them: what is let in, what is not, and what comes out.

use serde_json::{Value, json};

use super::log::{Bench, batch};
use super::views::bench as deals;
use crate::dcl::sql::Here;
use crate::platform::shapes::{SqlQuery, StructuredQuery};
use crate::testkit::escapes::{ESCAPES, WRITTEN};

async fn bench() -> Bench {
    let bench = Bench::new();
    let names = vec![Some("Acme"), Some("Blue"), None];
    let rows = [("1", 1, false), ("2", 1, false), ("3", 1, false)];
    bench.memory.records(bench.connection(), "s", "account", 1, &batch(&rows, &[("name", names)]));
    bench.advance().await;
    bench
}

impl Bench {
    async fn sql(&self, sql: &str) -> Result<Value, (&'static str, String)> {
        self.limited(sql, None).await
    }

    async fn limited(&self, sql: &str, limit: Option<u32>) -> Result<Value, (&'static str, String)> {
        let answer = self.dcl.here(&self.scope, &SqlQuery { sql: sql.to_owned(), limit }).await;
        answer.map_err(|error| (error.code, error.message.into_owned()))
    }
}

#[tokio::test]
async fn a_select_over_views_is_answered_with_columns_rows_and_position() {
    let bench = bench().await;
    let answer = bench.sql("SELECT name, source_key AS key, 1.5 AS n FROM accounts ORDER BY key").await.unwrap();
    assert_eq!(
        answer["columns"],
        json!([{"name": "name", "type": "string"}, {"name": "key", "type": "string"}, {"name": "n", "type": "money"}])
    );
    assert_eq!(answer["rows"], json!([["Acme", "1", 1.5], ["Blue", "2", 1.5], [null, "3", 1.5]]));
    assert_eq!((&answer["position"], &answer["truncated"]), (&json!(1), &json!(false)));
    let none = bench.sql("SELECT name FROM accounts WHERE name = 'no' ").await.unwrap();
    assert_eq!((&none["columns"][0]["name"], &none["rows"]), (&json!("name"), &json!([])));
}

#[tokio::test]
async fn what_a_statement_defines_may_be_named_where_it_is_defined() {
    let bench = bench().await;
    for sql in [
        "FROM accounts",
        "VALUES (1), (2);",
        "SELECT count(*) FROM main.ACCOUNTS a JOIN Opportunities o ON a.id = o.id",
        "WITH a AS (SELECT 1 AS x), b AS (SELECT * FROM a) SELECT * FROM a, b",
        "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 5) SELECT * FROM t",
        "SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) UNION ALL SELECT 2 -- a comment; and a semicolon",
        "SELECT * FROM range(3), unnest([1, 2]), generate_series(1, 2) ORDER BY ALL",
        "SELECT json_extract_string(extras, '$.x'), list(name), map {'a': 1}, {'a': 1} FROM accounts GROUP BY ALL",
        "SELECT name, row_number() OVER (ORDER BY name) FROM accounts QUALIFY row_number() OVER () < 3",
        "SELECT now() > timestamp '2026-01-01', uuid() IS NOT NULL, random() < 1",
    ] {
        let answer = bench.sql(sql).await;
        assert!(answer.is_ok(), "{sql}: {answer:?}");
    }
    for sql in [
        "WITH a AS (SELECT * FROM b), b AS (SELECT 1) SELECT * FROM a",
        "WITH _streams AS (SELECT * FROM _streams) SELECT * FROM _streams",
        "SELECT * FROM (WITH _streams AS (SELECT 1) SELECT * FROM _streams), _streams",
        "SELECT * FROM other.accounts",
        "SELECT * FROM v_account",
    ] {
        assert_eq!(bench.sql(sql).await.unwrap_err().0, "query.no_view", "{sql}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place() {
    let bench = bench().await;
    for (sql, code, begins) in [
        ("", "query.wrong", "there is no statement"),
        ("SELECT\n  nmae FROM accounts", "query.wrong", "line 2, column 3: "),
        ("SELECT *\nFORM accounts", "query.wrong", "line 2, column 6: "),
        ("SELECT 'é', nmae FROM accounts", "query.wrong", "line 1, column 13: "),
        ("SELECT * FROM acounts", "query.no_view", "line 1, column 15: there is no view \"acounts\""),
        ("SELECT 'x'::INTEGER", "query.wrong", "line 1, column 11: "),
        ("SELECT ?", "query.wrong", ""),
        ("SELECT error('no')", "query.wrong", "no"),
        ("DELETE FROM accounts", "query.not_allowed", "only SELECT is run here"),
        ("SELECT 1; SELECT 2", "query.not_allowed", "there is more than one statement"),
        ("SUMMARIZE accounts", "query.not_allowed", ""),
        ("SELECT * FROM duckdb_tables()", "query.not_allowed", "line 1, column 15: the function \"duckdb_tables\""),
    ] {
        let (found, message) = bench.sql(sql).await.unwrap_err();
        assert_eq!(found, code, "{sql}: {message}");
        assert!(message.starts_with(begins) && !message.contains("LINE 1"), "{sql}: {message}");
    }
}

#[tokio::test]
async fn every_escape_is_refused_by_us_and_by_duckdb_as_well() {
    let bench = bench().await;
    let locked = bench.dcl.locked(&bench.scope).await;
    for sql in ESCAPES {
        let (code, message) = bench.sql(sql).await.unwrap_err();
        assert!(["query.wrong", "query.not_allowed", "query.no_view"].contains(&code), "{sql}: {code} {message}");
        // Harmless in a process of its own, so DuckDB may let them be; what reaches out, it refuses too.
        let inside = [
            "duckdb_",
            "information_schema",
            "_streams",
            "current_setting",
            "CREATE TEMP",
            "PRAGMA",
            "CALL",
            "CHECKPOINT",
        ];
        let inside = inside.iter().any(|word| sql.contains(word))
            || ["SELECT 1; SELECT 2", "ATTACH ':memory:' AS other"].contains(&sql);
        assert!(inside || locked.refuses(sql), "DuckDB runs {sql}");
    }
    assert!(!std::path::Path::new(WRITTEN).exists());
}

#[tokio::test]
async fn an_answer_that_was_cut_says_so() {
    let bench = bench().await;
    let rows = |answer: &Value| answer["rows"].as_array().unwrap().len();
    let cut = bench.sql("SELECT * FROM range(2000)").await.unwrap();
    assert_eq!((rows(&cut), &cut["truncated"]), (1000, &json!(true)));
    let whole = bench.limited("SELECT * FROM range(2000)", Some(2000)).await.unwrap();
    assert_eq!((rows(&whole), &whole["truncated"]), (2000, &json!(false)));
    let wide = bench.sql("SELECT repeat('x', 3 << 20) FROM range(9)").await.unwrap();
    assert_eq!((rows(&wide), &wide["truncated"]), (2, &json!(true)));
    assert_eq!(bench.sql("SELECT repeat('x', 9 << 20)").await.unwrap_err().0, "query.too_large");
    assert_eq!(bench.limited("SELECT 1", Some(0)).await.unwrap_err().0, "query.limit");
    assert_eq!(bench.sql(&" ".repeat(70_000)).await.unwrap_err().0, "query.text");
}

#[tokio::test]
async fn a_copy_serves_until_the_views_move_and_goes_when_nobody_holds_it() {
    let bench = bench().await;
    let copies = || {
        let folder = std::fs::read_dir(bench.folder.path()).unwrap().map(|e| e.unwrap().path());
        let folder = folder.into_iter().find(|path| path.extension().is_some_and(|e| e == "snapshots"));
        folder.map_or(0, |folder| std::fs::read_dir(folder).unwrap().count())
    };
    let count = "SELECT count(*) FROM accounts";
    assert_eq!(bench.sql(count).await.unwrap()["rows"], json!([[3]]));
    assert_eq!(bench.sql(count).await.unwrap()["position"], 1);
    assert_eq!(copies(), 1);
    bench.memory.records(bench.connection(), "s", "account", 1, &batch(&[("4", 1, false)], &[("name", vec![None])]));
    bench.advance().await;
    let moved = bench.sql(count).await.unwrap();
    assert_eq!((&moved["rows"], &moved["position"]), (&json!([[4]]), &json!(2)));
    assert_eq!(copies(), 1, "the one before is gone");
    bench.dcl.close(&bench.scope).await;
    assert_eq!(copies(), 0);
    assert_eq!(bench.sql(count).await.unwrap()["rows"], json!([[4]]));
    bench.dcl.erase(&bench.scope).await.unwrap();
    assert_eq!(std::fs::read_dir(bench.folder.path()).unwrap().count(), 0);
}

impl Bench {
    async fn structured(&self, ask: Value) -> Value {
        let ask: StructuredQuery = serde_json::from_value(ask).unwrap();
        serde_json::from_slice(&self.dcl.ask(&self.scope, &ask).await.unwrap()).unwrap()
    }
}

#[tokio::test]
async fn groups_amount_to_what_the_same_sql_says() {
    let bench = deals(60).await;
    let asked = json!({
        "view": "opportunities", "group_by": ["name", "close_date:month"],
        "measures": ["count", "sum:amount", "avg:probability", "count_distinct:opportunity_id", "max:created_at"],
        "filter": [{"field": "amount", "is": "gt:0"}], "sort": "-sum_amount,name",
    });
    let answer = bench.structured(asked).await;
    let sql = "SELECT name, date_trunc('month', close_date)::DATE, count(*), sum(amount), avg(probability),
        count(DISTINCT opportunity_id), max(created_at) FROM opportunities WHERE amount > 0 GROUP BY 1, 2
        ORDER BY 4 DESC, 1 NULLS LAST, 2";
    assert_eq!(answer["rows"], bench.sql(sql).await.unwrap()["rows"]);
    assert!(answer["rows"].as_array().unwrap().len() > 3, "{answer}");
    let names: Vec<&str> = answer["columns"].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap()).collect();
    assert_eq!(names[..4], ["name", "close_date_month", "count", "sum_amount"]);
    assert_eq!((&answer["position"], &answer["columns"][3]["type"]), (&json!(1), &json!("money")));

    let all = bench.structured(json!({"view": "opportunities", "measures": ["count", "sum:amount"]})).await;
    assert_eq!(all["rows"][0][0], 60);
    let streams = json!({"view": "opportunities", "group_by": ["source.stream"], "measures": ["count:name"]});
    assert_eq!(bench.structured(streams).await["rows"], json!([["s", 51]]));
    let rows = json!({"view": "opportunities", "select": ["id", "amount"], "sort": "-amount", "limit": 2});
    let rows = bench.structured(rows).await;
    assert_eq!((rows["rows"].as_array().unwrap().len(), &rows["truncated"]), (2, &json!(true)));
    assert_eq!(rows["rows"][0][0].as_str().unwrap().len(), 16, "{rows}");
}
