//! A question to a view, compiled: names checked against the catalogue, values bound, the page's order made total.
//!
//! A page goes on by the sort values of the last row and its log position, not by an offset: rows that come or go in
//! between neither repeat nor hide others, and equal sort keys keep their order. Nulls come last in either direction.
//! Without a sort, rows come in log order, which DuckDB can find without sorting everything. Pure.

use autonomos_runtime::canonical::entity::{EntityDef, FieldType};
use autonomos_runtime::{Error, Result};

use super::catalogue::{Catalogue, Table, quoted};
use super::engine::Bind;
use super::filter::{self, Condition, Target};
use crate::platform::shapes::ViewRequest;

/// Rows a page unless asked otherwise.
pub(crate) const PAGE: u32 = 100;
/// Most rows a page.
pub(crate) const MOST_ROWS: u32 = 1000;
/// Fields in one sort.
const MOST_KEYS: usize = 8;

/// One key of the order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    pub(crate) target: Target,
    pub(crate) descending: bool,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// Fields, in the entity's order or as selected.
    pub(crate) fields: Vec<(String, FieldType)>,
    pub(crate) external_ids: bool,
    pub(crate) extras: bool,
    pub(crate) source: bool,
}

/// See the module.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    pub(crate) table: String,
    pub(crate) filter: Condition,
    pub(crate) keys: Vec<Key>,
    pub(crate) shown: Shown,
    pub(crate) limit: u32,
    pub(crate) after: Option<super::page::Cursor>,
}

/// Columns before the fields: `_stream, _hash, _key, _seq, _row, _mapping, _extras`.
pub(crate) const LEADING: usize = 7;

impl Query {
    /// Reads a question.
    pub(crate) fn compile(catalogue: &Catalogue, ask: &ViewRequest) -> Result<Self> {
        let (table, filter) = source(catalogue, &ask.view, &ask.filters)?;
        let entity = &table.entity;
        let keys = sort(entity, ask.sort.as_deref())?;
        let shown = select(entity, ask.select.as_deref())?;
        let limit = ask.limit.unwrap_or(PAGE);
        if !(1..=MOST_ROWS).contains(&limit) {
            let error = Error::invalid("view.bad_limit", format!("a page has between 1 and {MOST_ROWS} rows"));
            return Err(error.field("limit").remedy("ask for fewer rows and follow next_cursor, or use the export"));
        }
        let after = ask.cursor.as_deref().map(|c| super::page::Cursor::read(c, &keys)).transpose()?;
        Ok(Self { table: table.whole.clone(), filter, keys, shown, limit, after })
    }

    fn columns(&self) -> String {
        let mut out = "_stream, _hash, _key, _seq, _row, _mapping, _extras".to_owned();
        for (name, _) in &self.shown.fields {
            out.push_str(", ");
            out.push_str(&quoted(name));
        }
        for (i, key) in self.keys.iter().enumerate() {
            out.extend([format!(", {} AS _sort{i}", key.target.sql())]);
        }
        out
    }

    fn order(&self) -> String {
        let mut out = String::new();
        for key in &self.keys {
            out.push_str(&key.target.sql());
            out.push_str(if key.descending { " DESC NULLS LAST, " } else { " ASC NULLS LAST, " });
        }
        out + "_seq, _row"
    }

    /// The rows of the page and one more, which tells whether there is a next page.
    pub(crate) fn page_sql(&self) -> Result<Condition> {
        let mut conditions = Vec::new();
        let mut binds = self.filter.binds.clone();
        if !self.filter.sql.is_empty() {
            conditions.push(self.filter.sql.clone());
        }
        if let Some(after) = &self.after {
            let next = after.condition(&self.keys)?;
            conditions.push(next.sql);
            binds.extend(next.binds);
        }
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let sql = format!(
            "SELECT {} FROM {}{filter} ORDER BY {} LIMIT {}",
            self.columns(),
            self.table,
            self.order(),
            self.limit + 1
        );
        Ok(Condition { sql, binds })
    }

    fn all(&self) -> String {
        if self.filter.sql.is_empty() { String::new() } else { format!(" WHERE {}", self.filter.sql) }
    }

    /// How many rows the filter lets through.
    pub(crate) fn count_sql(&self) -> Condition {
        let sql = format!("SELECT count(*) FROM {}{}", self.table, self.all());
        Condition { sql, binds: self.filter.binds.clone() }
    }

    /// All rows, for an export; sorted only if asked, so that memory stays bounded.
    pub(crate) fn export_sql(&self) -> Condition {
        let order = if self.keys.is_empty() { String::new() } else { format!(" ORDER BY {}", self.order()) };
        let sql = format!("SELECT {} FROM {}{}{order}", self.columns(), self.table, self.all());
        Condition { sql, binds: self.filter.binds.clone() }
    }
}

/// The table of a view, and which of its rows are asked for.
pub(crate) fn source<'a>(
    catalogue: &'a Catalogue,
    view: &str,
    filters: &[(String, String)],
) -> Result<(&'a Table, Condition)> {
    let Some((table, alias)) = catalogue.view(view) else {
        let names: Vec<&str> = catalogue.views().collect();
        let shown: String = view.chars().take(80).collect();
        return Err(Error::not_found("view.unknown", format!("there is no view {shown:?}"))
            .field("view")
            .remedy(format!("use one of {}", names.join(", "))));
    };
    let mut filter = filter::compile(&table.entity, filters)?;
    if let Some((field, equals)) = alias {
        let more = format!("lower({}) = lower(?)", quoted(field));
        filter.sql = if filter.sql.is_empty() { more } else { format!("{} AND {more}", filter.sql) };
        filter.binds.push(Bind::Text(equals.to_owned()));
    }
    Ok((table, filter))
}

fn sort(entity: &EntityDef, spec: Option<&str>) -> Result<Vec<Key>> {
    let mut out: Vec<Key> = Vec::new();
    for word in spec.unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty()) {
        let (descending, name) = word.strip_prefix('-').map_or((false, word), |rest| (true, rest));
        let target = filter::target(entity, name, "sort")?;
        if out.iter().any(|k| k.target == target) {
            continue; // said twice, the first decides
        }
        if out.len() == MOST_KEYS {
            let error = Error::invalid("view.too_many_keys", format!("a sort has at most {MOST_KEYS} fields"));
            return Err(error.field("sort").remedy("sort by fewer fields"));
        }
        out.push(Key { target, descending });
    }
    Ok(out)
}

fn select(entity: &EntityDef, spec: Option<&str>) -> Result<Shown> {
    let Some(spec) = spec.filter(|s| !s.trim().is_empty()) else {
        let fields = entity.fields.iter().map(|f| (f.name.clone(), f.field_type)).collect();
        return Ok(Shown { fields, external_ids: true, extras: true, source: true });
    };
    let mut out = Shown { fields: Vec::new(), external_ids: false, extras: false, source: false };
    for name in spec.split(',').map(str::trim).filter(|w| !w.is_empty()) {
        match name {
            "id" => {}
            "external_ids" => out.external_ids = true,
            "extras" => out.extras = true,
            "source" => out.source = true,
            _ => match filter::target(entity, name, "select")? {
                Target::Field(name, kind) if !out.fields.iter().any(|f| f.0 == name) => out.fields.push((name, kind)),
                Target::Field(..) | Target::Id => {}
                _ => out.source = true,
            },
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::entity::Vocabulary;

    fn compile(ask: &ViewRequest) -> Result<Query> {
        Query::compile(&Catalogue::of(Vocabulary::builtin()), ask)
    }

    #[test]
    fn a_question_becomes_one_statement() {
        let ask = ViewRequest {
            view: "aws_resources".into(),
            limit: Some(5),
            sort: Some("-created_at,name".into()),
            select: Some("name,source".into()),
            filters: vec![("region".into(), "eq:eu-west-1".into())],
            ..ViewRequest::default()
        };
        let sql = compile(&ask).unwrap().page_sql().unwrap();
        assert_eq!(
            sql.sql,
            "SELECT _stream, _hash, _key, _seq, _row, _mapping, _extras, \"name\", \"created_at\" AS _sort0, \"name\" \
             AS _sort1 FROM \"v_cloud_resource\" WHERE \"region\" = ? AND lower(\"provider\") = lower(?) ORDER BY \
             \"created_at\" DESC NULLS LAST, \"name\" ASC NULLS LAST, _seq, _row LIMIT 6"
        );
        assert_eq!(sql.binds, [Bind::Text("eu-west-1".into()), Bind::Text("aws".into())]);
    }

    #[test]
    fn wrong_questions_name_what_is_wrong() {
        let ask = |change: fn(&mut ViewRequest)| {
            let mut ask = ViewRequest { view: "accounts".into(), ..ViewRequest::default() };
            change(&mut ask);
            compile(&ask).unwrap_err()
        };
        assert_eq!(ask(|a| a.view = "account".into()).code, "view.unknown");
        assert_eq!(ask(|a| a.limit = Some(0)).code, "view.bad_limit");
        assert_eq!(ask(|a| a.limit = Some(100_000)).field.as_deref(), Some("limit"));
        assert_eq!(ask(|a| a.sort = Some("nmae".into())).field.as_deref(), Some("sort"));
        assert_eq!(ask(|a| a.select = Some("nmae".into())).field.as_deref(), Some("select"));
        assert_eq!(ask(|a| a.cursor = Some("zz".into())).code, "view.bad_cursor");
    }
}
