//! Who is who, as the fold keeps it: the entity of each record, the pairs that say why, what people said of pairs, and the
//! models that pairs were scored by. All of it comes from `identity` entries of the log and from nothing else, one after
//! the other, so a fold from nothing ends in the same tables.
//!
//! Records are named by their hash, which does not depend on the file. A record that is gone keeps its line: its id still
//! leads to its entity, and should it come back it is who it was.

use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::{Float32Type, Int64Type, UInt8Type, UInt64Type};
use autonomos_runtime::Error;

use super::catalogue::{Table, quoted};
use super::engine::{Bind, Conn, Fault};
use super::fold::Failure;
use super::log::LogEntry;
use crate::unify::decide::Member;
use crate::unify::entry::{self, op};
use crate::unify::{Link, Model, Standing};

/// The tables.
pub(crate) const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS _identity (kind VARCHAR, record UBIGINT, entity UBIGINT, born BIGINT);
    CREATE TABLE IF NOT EXISTS _pairs (kind VARCHAR, a UBIGINT, b UBIGINT, bits FLOAT, evidence BLOB, sure BOOLEAN,
        model BIGINT, seq BIGINT);
    CREATE TABLE IF NOT EXISTS _links (kind VARCHAR, a UBIGINT, b UBIGINT, together BOOLEAN, said_by VARCHAR, seq BIGINT);
    CREATE TABLE IF NOT EXISTS _models (kind VARCHAR, version BIGINT, body VARCHAR, seq BIGINT);
    CREATE TABLE IF NOT EXISTS _unified (kind VARCHAR, upto BIGINT, seq BIGINT);";

/// What a digest covers of them.
pub(crate) const DIGESTED: [(&str, &str); 4] = [
    ("_identity", "hash(kind, record, entity, born)"),
    ("_pairs", "hash(kind, a, b, bits, evidence, sure, model)"),
    ("_links", "hash(kind, a, b, together, said_by)"),
    ("_models", "hash(kind, version, body)"),
];

/// Folds an entry; the entity whose view it changes.
pub(crate) fn fold(conn: &Conn, log: &LogEntry) -> Result<String, Failure> {
    let (head, batch) = entry::decode(&log.payload)?;
    let kind = || Bind::Text(head.entity.clone());
    let seq = Bind::Int(log.seq);
    if let Some(model) = &head.learnt {
        let body = serde_json::to_string(model)
            .map_err(|e| Error::internal("identity.model", "a model cannot be written down").source(e))?;
        conn.run(
            "INSERT INTO _models VALUES (?, ?, ?, ?)",
            &[kind(), Bind::Int(model.version), Bind::Text(body), seq.clone()],
        )?;
    }
    let mut there = [false; 16];
    batch.column(0).as_primitive::<UInt8Type>().values().iter().for_each(|&op| there[usize::from(op & 15)] = true);
    conn.exec("CREATE OR REPLACE TEMP TABLE _ops (op UTINYINT, a UBIGINT, b UBIGINT, bits FLOAT, evidence BLOB)")?;
    if batch.num_rows() > 0 {
        conn.append_temp("_ops", [batch])?;
    }
    let has = |op: u8| there[usize::from(op)];
    let of = |op: u8| format!("SELECT a FROM _ops WHERE op = {op}");
    if has(op::ANEW) {
        conn.run("DELETE FROM _pairs WHERE kind = ?", &[kind()])?;
    }
    if has(op::FORGOTTEN) {
        let gone = of(op::FORGOTTEN);
        conn.run(&format!("DELETE FROM _pairs WHERE kind = ? AND (a IN ({gone}) OR b IN ({gone}))"), &[kind()])?;
    }
    if has(op::BORN) {
        // A record is born once, whatever a log says twice.
        let sql = format!(
            "INSERT INTO _identity SELECT ?, a, b, ? FROM _ops o WHERE op = {} AND NOT EXISTS (SELECT 1 FROM _identity i \
             WHERE i.kind = ? AND i.record = o.a)",
            op::BORN
        );
        conn.run(&sql, &[kind(), Bind::Int(head.at), kind()])?;
    }
    if has(op::MOVED) {
        let sql = format!(
            "UPDATE _identity SET entity = o.b FROM _ops o WHERE o.op = {} AND kind = ? AND record = o.a",
            op::MOVED
        );
        conn.run(&sql, &[kind()])?;
    }
    if has(op::PAIR) || has(op::DOUBT) {
        let these = format!("op IN ({}, {})", op::PAIR, op::DOUBT);
        let sql = format!("DELETE FROM _pairs WHERE kind = ? AND (a, b) IN (SELECT (a, b) FROM _ops WHERE {these})");
        conn.run(&sql, &[kind()])?;
        let sql = format!(
            "INSERT INTO _pairs SELECT ?, a, b, bits, evidence, op = {}, ?, ? FROM _ops WHERE {these}",
            op::PAIR
        );
        conn.run(&sql, &[kind(), Bind::Int(head.model), seq.clone()])?;
    }
    if has(op::TOGETHER) || has(op::APART) || has(op::UNLINKED) {
        let these = format!("op IN ({}, {}, {})", op::TOGETHER, op::APART, op::UNLINKED);
        let sql = format!("DELETE FROM _links WHERE kind = ? AND (a, b) IN (SELECT (a, b) FROM _ops WHERE {these})");
        conn.run(&sql, &[kind()])?;
        let sql = format!(
            "INSERT INTO _links SELECT ?, a, b, op = {together}, ?, ? FROM _ops WHERE op IN ({together}, {apart})",
            together = op::TOGETHER,
            apart = op::APART
        );
        conn.run(&sql, &[kind(), Bind::Text(head.by.clone()), seq.clone()])?;
    }
    if head.complete {
        conn.run("DELETE FROM _unified WHERE kind = ?", &[kind()])?;
        conn.run("INSERT INTO _unified VALUES (?, ?, ?)", &[kind(), Bind::Int(head.at), seq])?;
    }
    Ok(head.entity)
}

/// What is to be decided, read at one moment.
#[derive(Debug)]
pub struct Delta {
    /// Position of the views.
    pub position: i64,
    /// Position up to which everything was decided.
    pub upto: i64,
    /// Ids and columns: all records, or those that are new or changed.
    pub rows: Vec<(Vec<u64>, Vec<StringArray>)>,
    /// Which of them are new or changed, when `rows` are all; none: all of `rows` are.
    pub touched: Option<Vec<u64>>,
    /// Records that are gone.
    pub gone: Vec<u64>,
    /// Where records stand; only when `rows` are all.
    pub standings: Vec<(u64, Standing)>,
    /// What people said; only when `rows` are all.
    pub links: Vec<(u64, u64, Link)>,
    /// The model in use; only when `rows` are all.
    pub model: Option<Model>,
}

/// How to read it.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Fields to read.
    pub fields: Vec<String>,
    /// The position up to which the reader decided; none: it asks for that.
    pub since: Option<i64>,
    /// Whether it holds all records as they were then; else it reads all of them.
    pub held: bool,
}

fn ints(batches: &[RecordBatch], column: usize) -> Vec<i64> {
    batches.iter().flat_map(|b| b.column(column).as_primitive::<Int64Type>().values().to_vec()).collect()
}

fn hashes(batches: &[RecordBatch], column: usize) -> Vec<u64> {
    batches.iter().flat_map(|b| b.column(column).as_primitive::<UInt64Type>().values().to_vec()).collect()
}

/// The position up to which an entity's records are decided.
fn upto(conn: &Conn, kind: &str) -> Result<i64, Fault> {
    let rows = conn.rows("SELECT upto FROM _unified WHERE kind = ?", &[Bind::Text(kind.to_owned())])?;
    Ok(ints(&rows, 0).first().copied().unwrap_or(0))
}

/// Streams whose history was mapped again or erased since: which values that changed only a look at all of them tells.
fn healed(conn: &Conn, since: i64) -> Result<Vec<i64>, Fault> {
    let sql = "SELECT s.id::BIGINT FROM _streams s WHERE s.purged_seq > ? OR EXISTS (SELECT 1 FROM _mappings m WHERE \
               m.connection = s.connection AND m.stream = s.stream AND m.seq > ? AND m.from_seq < m.seq)";
    Ok(ints(&conn.rows(sql, &[Bind::Int(since), Bind::Int(since)])?, 0))
}

/// How many records there are, and whether any is new, changed or gone since a position.
pub(crate) fn news(conn: &Conn, table: &Table, since: Option<i64>, held: bool) -> Result<(u64, bool), Fault> {
    let since = match since {
        Some(since) => since,
        None => upto(conn, &table.entity.name)?,
    };
    let sql = format!("SELECT count(*), count(*) FILTER (_seq > {since}) FROM {}", table.name);
    let rows = conn.rows(&sql, &[])?;
    let (records, new) = (ints(&rows, 0).first().copied().unwrap_or(0), ints(&rows, 1).first().copied().unwrap_or(0));
    let gone = || -> Result<bool, Fault> {
        let gone = conn.rows("SELECT count(*) FROM _tombstones WHERE _seq > ?", &[Bind::Int(since)])?;
        Ok(held && ints(&gone, 0).first().is_some_and(|n| *n > 0))
    };
    Ok((records.unsigned_abs(), records > 0 && (new > 0 || !healed(conn, since)?.is_empty() || gone()?)))
}

/// Reads what is new since; everything, if the reader has nothing, or if history changed meanwhile.
pub(crate) fn delta(conn: &Conn, table: &Table, position: i64, ask: &Ask) -> Result<Delta, Fault> {
    let kind = table.entity.name.as_str();
    let upto = upto(conn, kind)?;
    let since = ask.since.unwrap_or(upto);
    let healed = healed(conn, since)?;
    let whole = !ask.held || !healed.is_empty();
    let columns: Vec<String> = ask.fields.iter().map(|f| format!("CAST({} AS VARCHAR)", quoted(f))).collect();
    let streams: Vec<String> = healed.iter().map(i64::to_string).collect();
    let new = if streams.is_empty() {
        format!("_seq > {since}")
    } else {
        format!("(_seq > {since} OR _stream IN ({}))", streams.join(", "))
    };
    let filter = if whole { String::new() } else { format!(" WHERE _seq > {since}") };
    let sql = format!("SELECT _hash, {new} AS touched, {} FROM {}{filter}", columns.join(", "), table.whole);
    let (mut rows, mut touched) = (Vec::new(), Vec::new());
    conn.stream(&sql, &[], |batch| {
        let ids = batch.column(0).as_primitive::<UInt64Type>().values().to_vec();
        let is_new = batch.column(1).as_boolean();
        touched.extend(ids.iter().enumerate().filter(|(i, _)| is_new.value(*i)).map(|(_, id)| *id));
        let texts = batch.columns()[2..].iter().map(|c| c.as_string::<i32>().clone()).collect();
        rows.push((ids, texts));
        true
    })?;
    let mut out = Delta {
        position,
        upto,
        rows,
        touched: whole.then_some(touched),
        gone: Vec::new(),
        standings: Vec::new(),
        links: Vec::new(),
        model: None,
    };
    if !whole {
        let gone = conn.rows("SELECT _hash FROM _tombstones WHERE _seq > ?", &[Bind::Int(since)])?;
        out.gone = hashes(&gone, 0);
        return Ok(out);
    }
    let of = [Bind::Text(kind.to_owned())];
    conn.stream("SELECT record, entity, born FROM _identity WHERE kind = ?", &of, |batch| {
        let (record, entity) =
            (batch.column(0).as_primitive::<UInt64Type>(), batch.column(1).as_primitive::<UInt64Type>());
        let born = batch.column(2).as_primitive::<Int64Type>();
        let standing = |i: usize| Standing { entity: entity.value(i), born: born.value(i) };
        out.standings.extend((0..batch.num_rows()).map(|i| (record.value(i), standing(i))));
        true
    })?;
    out.links = links(conn, kind, &[])?;
    out.model = model(conn, kind, None)?;
    Ok(out)
}

/// What people said of pairs; of these records only, if any are named.
pub(crate) fn links(conn: &Conn, kind: &str, among: &[u64]) -> Result<Vec<(u64, u64, Link)>, Fault> {
    let of = if among.is_empty() { String::new() } else { format!(" AND (a IN ({0}) OR b IN ({0}))", listed(among)) };
    let sql = format!("SELECT a, b, together FROM _links WHERE kind = ?{of} ORDER BY seq, a, b");
    let rows = conn.rows(&sql, &[Bind::Text(kind.to_owned())])?;
    let (a, b) = (hashes(&rows, 0), hashes(&rows, 1));
    let together = rows.iter().flat_map(|r| r.column(2).as_boolean().iter().map(Option::unwrap_or_default));
    let link = |together| if together { Link::Together } else { Link::Apart };
    Ok(a.into_iter().zip(b).zip(together).map(|((a, b), together)| (a, b, link(together))).collect())
}

/// A model by its version, or the latest.
pub(crate) fn model(conn: &Conn, kind: &str, version: Option<i64>) -> Result<Option<Model>, Fault> {
    let of = version.map_or(String::new(), |v| format!(" AND version = {v}"));
    let sql = format!("SELECT body FROM _models WHERE kind = ?{of} ORDER BY version DESC LIMIT 1");
    let rows = conn.rows(&sql, &[Bind::Text(kind.to_owned())])?;
    let Some(body) = rows.first().map(|b| b.column(0).as_string::<i32>().value(0)) else { return Ok(None) };
    serde_json::from_str(body).map(Some).map_err(|e| Fault::corrupt(e.to_string()))
}

/// Numbers as the inside of an `IN (...)`.
pub(crate) fn listed(ids: &[u64]) -> String {
    if ids.is_empty() {
        return "NULL".to_owned();
    }
    let all: Vec<String> = ids.iter().map(|id| format!("{id}::UBIGINT")).collect();
    all.join(", ")
}

/// The entities that ids lead to, each in the place of its id; none for an id that nothing is known of. A record that has
/// not been looked at yet is its own.
pub(crate) fn resolve(conn: &Conn, table: &Table, ids: &[u64]) -> Result<Vec<Option<u64>>, Fault> {
    let sql = format!(
        "SELECT record, entity FROM _identity WHERE kind = ? AND record IN ({0}) UNION ALL SELECT _hash, _hash FROM {1} v \
         WHERE _hash IN ({0}) AND NOT EXISTS (SELECT 1 FROM _identity i WHERE i.kind = ? AND i.record = v._hash)",
        listed(ids),
        table.name
    );
    let kind = Bind::Text(table.entity.name.clone());
    let rows = conn.rows(&sql, &[kind.clone(), kind])?;
    let (records, entities) = (hashes(&rows, 0), hashes(&rows, 1));
    let of = |id: &u64| records.iter().position(|r| r == id).map(|at| entities[at]);
    Ok(ids.iter().map(of).collect())
}

/// Every record of these entities, those that are gone included.
pub(crate) fn members(conn: &Conn, table: &Table, entities: &[u64]) -> Result<Vec<Member>, Fault> {
    let sql = format!(
        "SELECT i.record, i.entity, i.born, EXISTS (SELECT 1 FROM {1} v WHERE v._hash = i.record) FROM _identity i WHERE \
         i.kind = ? AND i.entity IN ({0}) UNION ALL SELECT v._hash, v._hash, {2}, true FROM {1} v WHERE v._hash IN ({0}) \
         AND NOT EXISTS (SELECT 1 FROM _identity i WHERE i.kind = ? AND i.record = v._hash) ORDER BY 3, 1",
        listed(entities),
        table.name,
        i64::MAX
    );
    let kind = Bind::Text(table.entity.name.clone());
    let rows = conn.rows(&sql, &[kind.clone(), kind])?;
    let (records, entities, born) = (hashes(&rows, 0), hashes(&rows, 1), ints(&rows, 2));
    let live = rows.iter().flat_map(|r| r.column(3).as_boolean().iter().map(Option::unwrap_or_default));
    let line = |(((record, entity), born), live)| Member { record, entity, born, live };
    Ok(records.into_iter().zip(entities).zip(born).zip(live).map(line).collect())
}

/// A pair as it was written down.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The smaller id.
    pub a: u64,
    /// The greater one.
    pub b: u64,
    /// Evidence in bits.
    pub bits: f32,
    /// By comparison, packed.
    pub evidence: Vec<u8>,
    /// Whether it joined them, or people are to say.
    pub sure: bool,
    /// Version of the model that it was scored by.
    pub model: i64,
    /// Position of the log entry that says so.
    pub seq: i64,
}

fn pairs_of(rows: &[RecordBatch]) -> Vec<Pair> {
    let mut out = Vec::new();
    for batch in rows {
        let (a, b) = (batch.column(0).as_primitive::<UInt64Type>(), batch.column(1).as_primitive::<UInt64Type>());
        let (bits, evidence) = (batch.column(2).as_primitive::<Float32Type>(), batch.column(3).as_binary::<i32>());
        let (sure, model) = (batch.column(4).as_boolean(), batch.column(5).as_primitive::<Int64Type>());
        let seq = batch.column(6).as_primitive::<Int64Type>();
        out.extend((0..batch.num_rows()).map(|i| Pair {
            a: a.value(i),
            b: b.value(i),
            bits: bits.value(i),
            evidence: if evidence.is_valid(i) { evidence.value(i).to_vec() } else { Vec::new() },
            sure: sure.value(i),
            model: model.value(i),
            seq: seq.value(i),
        }));
    }
    out
}

/// Pairs of two of these records that were found, the surest first.
pub(crate) fn pairs(conn: &Conn, kind: &str, among: &[u64], most: usize) -> Result<Vec<Pair>, Fault> {
    let sql = format!(
        "SELECT a, b, bits, evidence, sure, model, seq FROM _pairs WHERE kind = ? AND a IN ({0}) AND b IN ({0}) ORDER BY bits \
         DESC, a, b LIMIT {most}",
        listed(among)
    );
    Ok(pairs_of(&conn.rows(&sql, &[Bind::Text(kind.to_owned())])?))
}

/// Pairs that people are to say something about, the surest first: of two entities still, and nothing said of them.
pub(crate) fn doubts(conn: &Conn, table: &Table, most: usize) -> Result<Vec<(Pair, u64, u64)>, Fault> {
    let sql = format!(
        "SELECT p.a, p.b, p.bits, p.evidence, p.sure, p.model, p.seq, x.entity, y.entity FROM _pairs p
         JOIN _identity x ON x.kind = p.kind AND x.record = p.a JOIN _identity y ON y.kind = p.kind AND y.record = p.b
         WHERE p.kind = ? AND NOT p.sure AND x.entity <> y.entity
           AND p.a IN (SELECT _hash FROM {0}) AND p.b IN (SELECT _hash FROM {0})
           AND NOT EXISTS (SELECT 1 FROM _links l WHERE l.kind = p.kind AND l.a = p.a AND l.b = p.b)
         ORDER BY p.bits DESC, p.a, p.b LIMIT {most}",
        table.name
    );
    let rows = conn.rows(&sql, &[Bind::Text(table.entity.name.clone())])?;
    let (x, y) = (hashes(&rows, 7), hashes(&rows, 8));
    Ok(pairs_of(&rows).into_iter().zip(x).zip(y).map(|((pair, x), y)| (pair, x, y)).collect())
}
