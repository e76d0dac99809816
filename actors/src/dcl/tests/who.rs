//! Who is who, folded: ids that lead on, decisions taken back, what is to be decided and what is not.

use autonomos_runtime::ids::ConnectionId;

use super::super::Ask;
use super::log::{Bench, batch};
use crate::unify::change::{Change, Found};
use crate::unify::entry::{self, Head};

const FIELDS: [&str; 2] = ["name", "phone"];

fn ask(since: Option<i64>) -> Ask {
    Ask { fields: FIELDS.map(str::to_owned).to_vec(), since, held: since.is_some() }
}

fn write(bench: &Bench, connection: ConnectionId, at: i64, complete: bool, changes: &[Change]) {
    let (entity, by) = ("account".to_owned(), "system:unifier".to_owned());
    let head = Head { entity, at, complete, by, reason: None, model: 0, learnt: None };
    bench.memory.identity(connection, "account", entry::encode(&head, changes).unwrap());
}

/// Three accounts; their ids.
async fn three(bench: &Bench, connection: ConnectionId) -> [u64; 3] {
    let columns =
        [("name", vec![Some("Acme"), Some("ACME"), Some("Zenith")]), ("phone", vec![Some("1"), None, Some("3")])];
    let rows = batch(&[("a", 1, false), ("b", 2, false), ("c", 3, false)], &columns);
    bench.memory.records(connection, "s", "account", 1, &rows);
    bench.advance().await;
    let page = bench.dcl.entities(&bench.scope, "accounts", &[], 1, None, None).await.unwrap();
    let id = |key: &str| page.rows.iter().find(|r| r.values["source"]["key"] == key).unwrap().record;
    ["a", "b", "c"].map(id)
}

#[tokio::test]
async fn records_nobody_looked_at_are_entities_of_their_own() {
    let bench = Bench::new();
    let [a, b, c] = three(&bench, bench.connection()).await;
    let page = bench.dcl.entities(&bench.scope, "accounts", &[], 1, Some(2), None).await.unwrap();
    let mut ids = [a, b, c];
    ids.sort_unstable();
    assert_eq!((page.total, page.ids.as_slice(), page.next), (3, &ids[..2], Some(ids[1])));
    let page = bench.dcl.entities(&bench.scope, "accounts", &[], 1, None, page.next).await.unwrap();
    assert_eq!((page.ids.as_slice(), page.next), (&ids[2..], None));
    assert_eq!(bench.dcl.entity(&bench.scope, "accounts", a).await.unwrap().unwrap().id, a);
    assert!(bench.dcl.entity(&bench.scope, "accounts", 12).await.unwrap().is_none());
    assert_eq!(bench.dcl.entity(&bench.scope, "opportunities", a).await.unwrap_err().code, "entity.not_unified");
}

#[tokio::test]
async fn an_entity_is_found_by_every_id_it_had() {
    let bench = Bench::new();
    let connection = bench.connection();
    let [a, b, c] = three(&bench, connection).await;
    let evidence: Vec<u8> = vec![0, 40, 15, 0];
    let found = Found { a: a.min(b), b: a.max(b), bits: 9.0, evidence: evidence.clone().into() };
    let born = |record: u64, entity: u64| Change::Born { record, entity };
    write(&bench, connection, 1, true, &[born(a, a), born(b, a), born(c, c), Change::Pair(found)]);
    bench.advance().await;
    for id in [a, b] {
        let entity = bench.dcl.entity(&bench.scope, "accounts", id).await.unwrap().unwrap();
        assert_eq!((entity.id, entity.rows.len(), entity.members.len()), (a, 2, 2));
        assert_eq!((entity.pairs.len(), &entity.pairs[0].evidence), (1, &evidence));
        assert_eq!(entity.names[0].1.first().map(String::as_str), Some("name"));
    }
    let page = bench.dcl.entities(&bench.scope, "accounts", &[], 2, None, None).await.unwrap();
    assert_eq!((page.total, page.rows.len()), (1, 2), "of two records at least");
    let named = [("name".to_owned(), "eq:ACME".to_owned())];
    let page = bench.dcl.entities(&bench.scope, "accounts", &named, 1, None, None).await.unwrap();
    assert_eq!((page.ids.as_slice(), page.rows.len()), (&[a][..], 2), "one record holds, all are shown");

    // Taken over and given back: the ids lead where the records are.
    write(&bench, connection, 2, false, &[Change::Moved { record: c, entity: a }]);
    bench.advance().await;
    assert_eq!(bench.dcl.entity(&bench.scope, "accounts", c).await.unwrap().unwrap().id, a);
    write(&bench, connection, 3, false, &[Change::Moved { record: c, entity: c }]);
    bench.advance().await;
    assert_eq!(bench.dcl.entity(&bench.scope, "accounts", c).await.unwrap().unwrap().id, c);

    // The oldest record goes: its id stays, and leads on.
    bench.memory.records(connection, "s", "account", 1, &batch(&[("a", 9, true)], &[]));
    bench.advance().await;
    let entity = bench.dcl.entity(&bench.scope, "accounts", a).await.unwrap().unwrap();
    assert_eq!((entity.id, entity.rows.len(), entity.members.len()), (a, 1, 2));
}

#[tokio::test]
async fn only_what_is_new_is_to_be_decided() {
    let bench = Bench::new();
    let connection = bench.connection();
    let [a, b, c] = three(&bench, connection).await;
    assert!(bench.dcl.news(&bench.scope, "account", None, false).await.unwrap().any);
    let delta = bench.dcl.undecided(&bench.scope, "account", ask(None)).await.unwrap();
    assert_eq!(delta.touched.unwrap().len(), 3);
    let all = [a, b, c].map(|record| Change::Born { record, entity: record });
    write(&bench, connection, 1, true, &all);
    bench.advance().await;
    assert!(!bench.dcl.news(&bench.scope, "account", None, false).await.unwrap().any, "a restart finds nothing to do");

    let rows = batch(&[("a", 5, false)], &[("name", vec![Some("Acme Inc")])]);
    bench.memory.records(connection, "s", "account", 1, &rows);
    bench.memory.records(connection, "s", "account", 1, &batch(&[("c", 6, true)], &[]));
    bench.advance().await;
    // Whoever holds the rest reads what changed and what is gone; whoever holds nothing reads everything.
    let delta = bench.dcl.undecided(&bench.scope, "account", ask(Some(1))).await.unwrap();
    let ids: Vec<u64> = delta.rows.iter().flat_map(|(ids, _)| ids.clone()).collect();
    assert_eq!((ids, delta.gone, delta.touched), (vec![a], vec![c], None));
    let delta = bench.dcl.undecided(&bench.scope, "account", ask(None)).await.unwrap();
    assert_eq!((delta.touched, delta.standings.len(), delta.upto), (Some(vec![a]), 3, 1));
}
