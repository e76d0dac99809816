//! What tables there are, from the server's own catalogues: columns, keys, cursors, sizes.

use autonomos_runtime::{Error, Result};

use super::connect::Session;
use super::value::Shape;
use crate::connector::sources::files::names;

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// How it is selected and decoded.
    pub shape: Shape,
    /// Its type as SQL spells it, for casts of cursors.
    pub sql_type: String,
    /// Whether it can be null.
    pub nullable: bool,
}

/// One table or view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its schema.
    pub schema: String,
    /// Its name.
    pub name: String,
    /// Columns this user may read.
    pub columns: Vec<Column>,
    /// Names of the columns of its primary key, or of a unique index without nulls.
    pub key: Vec<String>,
    /// Rows, as the planner believes.
    pub rows: Option<u64>,
    /// Whether rows carry the transaction that wrote them, and this user may see it.
    pub heap: bool,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|c| c.name == name)
    }

    /// The column that rises with every change: the one asked for, or one that is named so and never null.
    pub fn cursor(&self, asked: Option<&str>) -> Option<&Column> {
        if let Some(asked) = asked {
            return self.column(asked);
        }
        self.columns
            .iter()
            .filter(|c| !c.nullable && matches!(c.shape, Shape::Moment { .. }))
            .find(|c| names::is_update_time(&c.name))
    }
}

const TABLES: &str = "
select c.relname::text, a.attname::text, a.attnotnull,
       format_type(a.atttypid, a.atttypmod), coalesce(b.typname, t.typname)::text,
       t.typcategory::text, t.typtype::text, a.atttypmod,
       c.reltuples::float8, c.relkind in ('r', 'p', 'm') and has_table_privilege(c.oid, 'select')
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_type b on b.oid = t.typbasetype and t.typtype = 'd'
where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
  and has_schema_privilege(n.oid, 'usage')
  and has_column_privilege(c.oid, a.attnum, 'select')
order by c.relname, a.attnum";

const KEYS: &str = "
select c.relname::text, i.indisprimary, array_agg(a.attname::text order by k.place), bool_and(a.attnotnull)
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral unnest(i.indkey[0:i.indnkeyatts - 1]) with ordinality as k(attnum, place)
join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
where n.nspname = $1 and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
group by c.relname, i.indexrelid, i.indisprimary
order by c.relname, i.indisprimary desc, count(*), i.indexrelid";

/// The tables of a schema, all or those named.
pub async fn tables(session: &Session, schema: &str, wanted: Option<&[String]>) -> Result<Vec<Table>> {
    let rows = session.bounded(None, session.client.query(TABLES, &[&schema])).await?;
    let keys = session.bounded(None, session.client.query(KEYS, &[&schema])).await?;
    let mut tables: Vec<Table> = Vec::new();
    for row in &rows {
        let text = |i: usize| row.try_get::<_, String>(i).map_err(|e| unreadable(&e));
        let name = text(0)?;
        if tables.last().is_none_or(|t| t.name != name) {
            let rows = row.try_get::<_, f64>(8).map_err(|e| unreadable(&e))?;
            tables.push(Table {
                schema: schema.to_owned(),
                name: name.clone(),
                columns: Vec::new(),
                key: Vec::new(),
                rows: (rows >= 0.0).then_some(rows as u64),
                heap: row.try_get(9).map_err(|e| unreadable(&e))?,
            });
        }
        let modifier = row.try_get::<_, i32>(7).map_err(|e| unreadable(&e))?;
        let column = Column {
            name: text(1)?,
            shape: Shape::of(&text(4)?, &text(5)?, &text(6)?, modifier),
            sql_type: text(3)?,
            nullable: !row.try_get::<_, bool>(2).map_err(|e| unreadable(&e))?,
        };
        if let Some(table) = tables.last_mut() {
            table.columns.push(column);
        }
    }
    for row in &keys {
        let name: String = row.try_get(0).map_err(|e| unreadable(&e))?;
        let columns: Vec<String> = row.try_get(2).map_err(|e| unreadable(&e))?;
        let sure: bool = row.try_get(3).map_err(|e| unreadable(&e))?;
        if let Some(table) = tables.iter_mut().find(|t| t.name == name && t.key.is_empty())
            && sure
            && columns.iter().all(|c| table.column(c).is_some())
        {
            table.key = columns;
        }
    }
    if let Some(wanted) = wanted {
        if let Some(missing) = wanted.iter().find(|w| !tables.iter().any(|t| t.name == **w)) {
            return Err(self::missing(missing));
        }
        tables.retain(|t| wanted.contains(&t.name));
    }
    Ok(tables)
}

/// A table is named and not there.
pub fn missing(name: &str) -> Error {
    Error::not_found("postgres.table_gone", format!("There is no table `{name}` that this user may read."))
        .field("config/tables")
        .remedy("Correct its name, or grant SELECT on it to the connection's user.")
}

fn unreadable(error: &tokio_postgres::Error) -> Error {
    Error::internal("postgres.catalogue", "The server's catalogue has an unexpected shape.")
        .source(std::io::Error::other(error.to_string()))
}
