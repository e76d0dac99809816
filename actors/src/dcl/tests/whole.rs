//! Fold, read, heal, rebuild: the room's promises on small data.

use crate::platform::shapes::ViewRequest;

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
