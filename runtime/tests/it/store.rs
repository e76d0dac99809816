//! The store under kill -9: a process commits batches as fast as it can and is killed at a moment it does not choose.
//! What it was told is committed is there, positions are gapless, the cursor stands at the last batch, nothing is twice.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use autonomos_runtime::canonical::batch_id;
use autonomos_runtime::ids::{ConnectionId, TenantId, TraceId};
use autonomos_runtime::store::sqlite::{SqliteOptions, SqliteStore};
use autonomos_runtime::store::{
    BatchCommit, Committed, NewConnection, NewDeadLetter, NewStream, ReadLimit, Store, StreamUpdate,
};
use autonomos_runtime::{Actor, Ambient, Scope};

const FOLDER: &str = "AUTONOMOS_TEST_STORE_FOLDER";
const ROUNDS: usize = 8;

fn scope(tenant: TenantId, ambient: &Ambient) -> Scope {
    Scope::new(tenant, Actor::System("test"), TraceId::new(ambient))
}

async fn open(folder: &str) -> (SqliteStore, Scope, i64) {
    let ambient = Ambient::system();
    let store = SqliteStore::open(SqliteOptions::new(folder), ambient.clone()).await.unwrap();
    let tenant = store.directory().tenant_refs().await.unwrap()[0].clone();
    (store, scope(tenant.id, &ambient), tenant.owner.epoch)
}

fn batch(connection: ConnectionId, epoch: i64, n: i64) -> BatchCommit {
    let (from, to) = ((n > 0).then(|| n.to_string()), (n + 1).to_string());
    BatchCommit {
        epoch,
        batch_id: batch_id(&connection.to_string(), "s", from.as_deref(), &to),
        connection,
        stream: "s".into(),
        entity: "account".into(),
        mapping_version: 1,
        fingerprint: "f".into(),
        rows: 3,
        cursor_from: from,
        cursor_to: to,
        payload: vec![n as u8; 200_000].into(),
        dead_letters: vec![NewDeadLetter {
            origin: None,
            row: n,
            field: None,
            code: "x".into(),
            reason: "x".into(),
            raw: vec![],
        }],
        stream_update: StreamUpdate::default(),
        drifts: Vec::new(),
    }
}

/// The process that is killed; started by the test below.
#[tokio::test]
#[ignore = "runs until it is killed"]
async fn the_writer() {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let (store, scope, epoch) = open(&folder).await;
    let connection = store.read(&scope).await.unwrap().all_streams().await.unwrap()[0].connection_id;
    loop {
        let mut tx = store.begin(&scope).await.unwrap();
        let cursor = tx.stream(connection, "s").await.unwrap().cursor;
        let n = cursor.map_or(0, |c| c.parse().unwrap());
        assert!(matches!(tx.commit_batch(batch(connection, epoch, n)).await.unwrap(), Committed::Committed { .. }));
        tx.save().await.unwrap();
        println!("committed {}", n + 1);
    }
}

#[tokio::test]
async fn what_was_answered_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap().to_owned();
    let ambient = Ambient::system();
    let store = SqliteStore::open(SqliteOptions::new(&path), ambient.clone()).await.unwrap();
    let tenant = store.directory().create_tenant("A").await.unwrap().id;
    let mut tx = store.begin(&scope(tenant, &ambient)).await.unwrap();
    let new = NewConnection { name: "c".into(), kind: "file".into(), ..NewConnection::default() };
    let connection = tx.create_connection(new).await.unwrap().id;
    let stream = NewStream { connection_id: connection, name: "s".into(), object: None, schema: None };
    tx.ensure_stream(stream).await.unwrap();
    tx.save().await.unwrap();
    store.close().await;

    let mut answered = 0;
    for round in 1..=ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["store::the_writer", "--exact", "--ignored", "--nocapture"])
            .env(FOLDER, &path)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let few = 1 + (ambient.fraction() * 15.0) as usize;
        let committed =
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("committed ")?.parse::<i64>().ok());
        for n in committed.take(few) {
            answered = n;
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let (store, scope, epoch) = open(&path).await;
        assert_eq!(epoch, 2 * round as i64 + 1, "every start raises the epoch");
        let mut tx = store.read(&scope).await.unwrap();
        let head = tx.log_head().await.unwrap();
        assert!(head >= answered, "round {round}: {answered} were answered, {head} are there");
        let entries = tx.read_log(0, ReadLimit { bytes: u64::MAX, entries: u32::MAX }).await.unwrap();
        assert!(entries.iter().enumerate().all(|(i, e)| e.seq == i as i64 + 1 && e.payload == vec![i as u8; 200_000]));
        let stream = tx.stream(connection, "s").await.unwrap();
        assert_eq!((stream.cursor, stream.rows, stream.rejected), (Some(head.to_string()), head * 3, head));
        let letters = tx.dead_letter_counts(None).await.unwrap();
        assert_eq!(letters[0].count, head);
        drop(tx);
        store.close().await;
    }
    assert!(answered >= ROUNDS as i64);
}
