//! Entities out of the views: which there are, of what records each is made, and what is to be decided about them.
//!
//! Records that nobody has looked at yet are entities of their own. Every answer is of one moment. Blocking work runs on
//! the blocking pool; nothing is written.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{Int32Type, Int64Type, UInt64Type};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Map, Value};

use super::catalogue::{Table, quoted};
use super::engine::{Bind, Conn, Fault};
use super::filter;
use super::handle::Handle;
use super::identity::{self, Ask, Delta, Pair};
use super::page::RowEncoder;
use super::pool::{Dcl, SCAN};
use super::query::{LEADING, MOST_ROWS, PAGE, Query};
use super::views::{at_one_moment, sources};
use crate::platform::shapes::ViewRequest;
use crate::unify::Link;
use crate::unify::decide::Member;
use crate::unify::golden::Row;

/// Pairs shown as the evidence of one entity.
const MOST_PAIRS: usize = 500;

/// Whether there is something to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// Position of the views.
    pub position: i64,
    /// Records there are.
    pub records: u64,
    /// Whether any of them is new or changed.
    pub any: bool,
}

/// The records that a decision concerns.
#[derive(Clone, Debug)]
pub struct Company {
    /// Position of the views.
    pub position: i64,
    /// The entities that the ids lead to, each in the place of its id.
    pub entities: Vec<Option<u64>>,
    /// All records of those.
    pub members: Vec<Member>,
    /// What people said of pairs of them.
    pub links: Vec<(u64, u64, Link)>,
}

/// A page of entities.
#[derive(Clone, Debug)]
pub struct EntitiesPage {
    /// Position of the views.
    pub position: i64,
    /// Entities that match.
    pub total: i64,
    /// Their ids, in order.
    pub ids: Vec<u64>,
    /// All their records.
    pub rows: Vec<Row>,
    /// The id to go on from.
    pub next: Option<u64>,
}

/// One entity.
#[derive(Clone, Debug)]
pub struct EntityRows {
    /// Position of the views.
    pub position: i64,
    /// Its id.
    pub id: u64,
    /// Its records.
    pub rows: Vec<Row>,
    /// All records that it ever had, with those that are gone from their source.
    pub members: Vec<Member>,
    /// Pairs of them that were found.
    pub pairs: Vec<Pair>,
    /// Names of the comparisons, by version of the model that a pair was scored by.
    pub names: Vec<(i64, Vec<String>)>,
    /// What people said of pairs of them.
    pub links: Vec<(u64, u64, Link)>,
}

/// Who each record is: `who(record, entity, born)`.
fn who(table: &Table) -> String {
    format!(
        "who AS (SELECT v._hash AS record, coalesce(i.entity, v._hash) AS entity, coalesce(i.born, {}) AS born FROM {} v LEFT \
         JOIN (SELECT * FROM _identity WHERE kind = '{}') i ON i.record = v._hash)",
        i64::MAX,
        table.name,
        table.entity.name
    )
}

/// The records for which a condition holds, each with its entity, as the views show them.
fn rows(handle: &Handle, conn: &Conn, table: &Table, query: &Query, condition: &str) -> Result<Vec<Row>, Fault> {
    let fields: Vec<String> = query.shown.fields.iter().map(|(name, _)| format!("v.{}", quoted(name))).collect();
    let sql = format!(
        "WITH {} SELECT v._stream, v._hash, v._key, v._seq, v._row, v._mapping, v._extras, {}, v._version AS _v, who.entity AS \
         _e, who.born AS _b FROM {} v JOIN who ON who.record = v._hash WHERE {condition} ORDER BY _e, _b, v._hash",
        who(table),
        fields.join(", "),
        table.whole
    );
    let batches = conn.rows(&sql, &[])?;
    let named = sources(handle, conn, &batches)?;
    let encoder = RowEncoder::new(&query.shown, &named);
    let mut out = Vec::new();
    for batch in &batches {
        let (mut text, mut first) = (vec![b'['], true);
        encoder.rows(&mut text, batch, batch.num_rows(), &mut first)?;
        text.push(b']');
        let values: Vec<Map<String, Value>> = serde_json::from_slice(&text).map_err(|e| Fault::other(e.to_string()))?;
        let after = LEADING + query.shown.fields.len();
        let hash = |c: usize| batch.column(c).as_primitive::<UInt64Type>().clone();
        let int = |c: usize| batch.column(c).as_primitive::<Int64Type>().clone();
        let (record, entity, version, born, seq) = (hash(1), hash(after + 1), int(after), int(after + 2), int(3));
        let place = batch.column(4).as_primitive::<Int32Type>();
        out.extend(values.into_iter().enumerate().map(|(i, values)| Row {
            record: record.value(i),
            entity: entity.value(i),
            born: born.value(i),
            version: version.value(i),
            read: (seq.value(i), i64::from(place.value(i))),
            values,
        }));
    }
    Ok(out)
}

impl Dcl {
    /// The table of an entity that is unified, by the name of its view or its own; and the question that shows all of it.
    fn unified(&self, name: &str) -> Result<(u32, Arc<Query>)> {
        let catalogue = &self.inner.catalogue;
        let found = catalogue.tables().iter().position(|t| t.entity.view == name || t.entity.name == name);
        let found = found.filter(|&at| catalogue.tables()[at].entity.identity.is_some());
        let Some(at) = found else {
            let named: Vec<&str> = catalogue
                .tables()
                .iter()
                .filter(|t| t.entity.identity.is_some())
                .map(|t| t.entity.view.as_str())
                .collect();
            let shown: String = name.chars().take(80).collect();
            return Err(Error::not_found("entity.not_unified", format!("records of {shown:?} are not unified"))
                .field("view")
                .remedy(format!("Use one of {}.", named.join(", "))));
        };
        let view = catalogue.tables()[at].entity.view.clone();
        let query = Query::compile(catalogue, &ViewRequest { view, ..ViewRequest::default() })?;
        Ok((at as u32, Arc::new(query)))
    }

    /// One record of any view, as the view shows it, with the position of the views; none: there is no such record.
    pub async fn record(&self, scope: &Scope, view: &str, id: u64) -> Result<Option<(i64, Row)>> {
        let ask = ViewRequest { view: view.to_owned(), ..ViewRequest::default() };
        let query = Query::compile(&self.inner.catalogue, &ask)?;
        let catalogue = Arc::clone(&self.inner.catalogue);
        let view = view.to_owned();
        let read = move |handle: &Handle, conn: &Conn| {
            at_one_moment(conn, |position| {
                let Some((table, _)) = catalogue.view(&view) else { return Ok(None) };
                let found = rows(handle, conn, table, &query, &format!("v._hash = {id}::UBIGINT"))?;
                Ok(found.into_iter().next().map(|row| (position, row)))
            })
        };
        self.read(&self.slot(scope), self.inner.settings.deadline, read).await
    }

    /// Reads about one unified entity at one moment.
    async fn about<T: Send + 'static>(
        &self,
        scope: &Scope,
        name: &str,
        deadline: std::time::Duration,
        read: impl FnOnce(&Handle, &Conn, &Table, &Query, i64) -> Result<T, Fault> + Clone + Send + 'static,
    ) -> Result<T> {
        let (at, query) = self.unified(name)?;
        let catalogue = Arc::clone(&self.inner.catalogue);
        self.read(&self.slot(scope), deadline, move |handle, conn| {
            at_one_moment(conn, |position| read(handle, conn, &catalogue.tables()[at as usize], &query, position))
        })
        .await
    }

    /// Whether there is something to decide about an entity's records since a position; none: since the last decision.
    /// Who holds the records cares about those that are gone as well.
    pub async fn news(&self, scope: &Scope, entity: &str, since: Option<i64>, held: bool) -> Result<News> {
        self.about(scope, entity, SCAN, move |_, conn, table, _, position| {
            let (records, any) = identity::news(conn, table, since, held)?;
            Ok(News { position, records, any })
        })
        .await
    }

    /// What is to be decided about an entity's records.
    pub async fn undecided(&self, scope: &Scope, entity: &str, ask: Ask) -> Result<Delta> {
        self.about(scope, entity, SCAN, move |_, conn, table, _, position| identity::delta(conn, table, position, &ask))
            .await
    }

    /// The records that a decision about these ids concerns.
    pub async fn company(&self, scope: &Scope, entity: &str, ids: Vec<u64>) -> Result<Company> {
        let deadline = self.inner.settings.deadline;
        self.about(scope, entity, deadline, move |_, conn, table, _, position| {
            let entities = identity::resolve(conn, table, &ids)?;
            let found: Vec<u64> = entities.iter().copied().flatten().collect();
            let members = identity::members(conn, table, &found)?;
            let records: Vec<u64> = members.iter().map(|m| m.record).collect();
            let links =
                if records.is_empty() { Vec::new() } else { identity::links(conn, &table.entity.name, &records)? };
            Ok(Company { position, entities, members, links })
        })
        .await
    }

    /// Pairs that people are to say something about, with the entities of the two; the surest first.
    pub async fn doubts(&self, scope: &Scope, entity: &str, most: usize) -> Result<Vec<(Pair, u64, u64)>> {
        let deadline = self.inner.settings.deadline;
        self.about(scope, entity, deadline, move |_, conn, table, _, _| identity::doubts(conn, table, most)).await
    }

    /// Names of the comparisons of these models; a version that nothing is known of is left out.
    pub async fn comparisons(
        &self,
        scope: &Scope,
        entity: &str,
        versions: Vec<i64>,
    ) -> Result<Vec<(i64, Vec<String>)>> {
        let deadline = self.inner.settings.deadline;
        self.about(scope, entity, deadline, move |_, conn, table, _, _| names(conn, table, versions)).await
    }

    /// These records, as the views show them.
    pub async fn records(&self, scope: &Scope, entity: &str, ids: Vec<u64>) -> Result<Vec<Row>> {
        let deadline = self.inner.settings.deadline;
        self.about(scope, entity, deadline, move |handle, conn, table, query, _| {
            rows(handle, conn, table, query, &format!("v._hash IN ({})", identity::listed(&ids)))
        })
        .await
    }

    /// A page of entities: those that have a record for which the filters hold, with at least so many records, after an id.
    pub async fn entities(
        &self,
        scope: &Scope,
        view: &str,
        filters: &[(String, String)],
        members: u32,
        limit: Option<u32>,
        after: Option<u64>,
    ) -> Result<EntitiesPage> {
        let limit = limit.unwrap_or(PAGE);
        if !(1..=MOST_ROWS).contains(&limit) {
            let error = Error::invalid("view.bad_limit", format!("a page has between 1 and {MOST_ROWS} entities"));
            return Err(error.field("limit").remedy("ask for fewer and follow next_cursor"));
        }
        let (at, _) = self.unified(view)?;
        let condition = filter::compile(&self.inner.catalogue.tables()[at as usize].entity, filters)?;
        let deadline = self.inner.settings.deadline;
        self.about(scope, view, deadline, move |handle, conn, table, query, position| {
            let mut from = "FROM who".to_owned();
            let mut holds = vec!["true".to_owned()];
            if !condition.sql.is_empty() {
                holds.push(format!("record IN (SELECT _hash FROM {} WHERE {})", table.whole, condition.sql));
            }
            if members > 1 {
                holds.push(format!("entity IN (SELECT entity FROM who GROUP BY entity HAVING count(*) >= {members})"));
            }
            from.extend([" WHERE ".to_owned(), holds.join(" AND ")]);
            let with = who(table);
            let count = conn.rows(&format!("WITH {with} SELECT count(DISTINCT entity) {from}"), &condition.binds)?;
            let total = count.first().map_or(0, |b| b.column(0).as_primitive::<Int64Type>().value(0));
            let mut binds = condition.binds.clone();
            let mut beyond = String::new();
            if let Some(after) = after {
                beyond.push_str(" AND entity > ?");
                binds.push(Bind::Hash(after));
            }
            let sql = format!("WITH {with} SELECT DISTINCT entity {from}{beyond} ORDER BY entity LIMIT {}", limit + 1);
            let found = conn.rows(&sql, &binds)?;
            let mut ids: Vec<u64> =
                found.iter().flat_map(|b| b.column(0).as_primitive::<UInt64Type>().values().to_vec()).collect();
            let more = ids.len() > limit as usize;
            ids.truncate(limit as usize);
            let next = ids.last().copied().filter(|_| more);
            let rows = rows(handle, conn, table, query, &format!("who.entity IN ({})", identity::listed(&ids)))?;
            Ok(EntitiesPage { position, total, ids, rows, next })
        })
        .await
    }

    /// The entity that an id leads to: its own, one that it took over, or that of any of its records.
    pub async fn entity(&self, scope: &Scope, view: &str, id: u64) -> Result<Option<EntityRows>> {
        let deadline = self.inner.settings.deadline;
        self.about(scope, view, deadline, move |handle, conn, table, query, position| {
            let kind = table.entity.name.as_str();
            let Some(entity) = identity::resolve(conn, table, &[id])?.into_iter().next().flatten() else {
                return Ok(None);
            };
            let members = identity::members(conn, table, &[entity])?;
            let rows = rows(handle, conn, table, query, &format!("who.entity = {entity}::UBIGINT"))?;
            if rows.is_empty() {
                return Ok(None);
            }
            let records: Vec<u64> = members.iter().map(|m| m.record).collect();
            let pairs = identity::pairs(conn, kind, &records, MOST_PAIRS)?;
            let names = names(conn, table, pairs.iter().map(|p| p.model).collect())?;
            let links = identity::links(conn, kind, &records)?;
            Ok(Some(EntityRows { position, id: entity, rows, members, pairs, names, links }))
        })
        .await
    }
}

/// What the comparisons of models are called; of the assumed one, as they are now.
fn names(conn: &Conn, table: &Table, mut versions: Vec<i64>) -> Result<Vec<(i64, Vec<String>)>, Fault> {
    versions.sort_unstable();
    versions.dedup();
    let mut out = Vec::new();
    for version in versions {
        if version == 0 {
            let now = table.entity.identity.iter().flat_map(|i| &i.compare).map(|c| c.name.clone());
            out.push((0, now.collect()));
        } else if let Some(model) = identity::model(conn, &table.entity.name, Some(version))? {
            out.push((version, model.tables.into_iter().map(|t| t.name).collect()));
        }
    }
    Ok(out)
}
