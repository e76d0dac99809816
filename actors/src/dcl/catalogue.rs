//! Which tables a tenant's file has, which views stand on them, and how a canonical type is stored.
//!
//! One table an entity, made from the vocabulary when the file opens; columns of fields that a tenant added later are
//! added then. Identifiers in SQL come from here and nowhere else. A table that disagrees with the vocabulary makes the
//! file count as corrupt: it is set aside and folded again from the log.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::AsArray;
use autonomos_runtime::canonical::entity::{EntityDef, FieldType, Vocabulary};

use super::engine::{Conn, Fault};

/// Version of the layout; another one found on open means: fold again.
pub(crate) const LAYOUT: i64 = 1;

/// One entity's table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) entity: Arc<EntityDef>,
    /// Its quoted name.
    pub(crate) name: String,
    /// Its plain name, for the appender.
    pub(crate) plain: String,
}

impl Table {
    /// The views that checks may query by SQL: `id`, the fields, `extras` and `source_key`.
    fn view_sql(&self) -> String {
        let fields: Vec<String> = self.entity.fields.iter().map(|f| quoted(&f.name)).collect();
        let body = format!(
            "SELECT lpad(lower(hex(_hash)), 16, '0') AS id, {}, _extras AS extras, _key AS source_key FROM {}",
            fields.join(", "),
            self.name
        );
        let mut out = format!("CREATE OR REPLACE VIEW {} AS {body};", quoted(&self.entity.view));
        for alias in &self.entity.aliases {
            out.push_str(&format!(
                "CREATE OR REPLACE VIEW {} AS {body} WHERE lower({}) = lower('{}');",
                quoted(&alias.view),
                quoted(&alias.field),
                alias.equals.replace('\'', "''")
            ));
        }
        out
    }
}

/// A name in double quotes.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// How DuckDB stores a canonical type. Moments are UTC microseconds without a zone, so nothing depends on a time-zone
/// library.
pub(crate) const fn sql_type(field: FieldType) -> &'static str {
    match field {
        FieldType::Integer => "BIGINT",
        FieldType::Number => "DOUBLE",
        FieldType::Money => "DECIMAL(28,10)",
        FieldType::Boolean => "BOOLEAN",
        FieldType::Date => "DATE",
        FieldType::Datetime => "TIMESTAMP",
        _ => "VARCHAR",
    }
}

/// The columns that every table has besides its fields.
const OWN: [(&str, &str); 8] = [
    ("_stream", "INTEGER"),
    ("_hash", "UBIGINT"),
    ("_key", "VARCHAR"),
    ("_version", "BIGINT"),
    ("_seq", "BIGINT"),
    ("_row", "INTEGER"),
    ("_mapping", "BIGINT"),
    ("_extras", "VARCHAR"),
];

/// Every table of a vocabulary.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    tables: Vec<Table>,
}

impl Catalogue {
    pub(crate) fn of(vocabulary: &Vocabulary) -> Self {
        let tables = vocabulary
            .entities()
            .map(|entity| {
                let plain = format!("e_{}", entity.name);
                Table { entity: Arc::clone(entity), name: quoted(&plain), plain }
            })
            .collect();
        Self { tables }
    }

    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    pub(crate) fn index_of(&self, entity: &str) -> Option<u32> {
        self.tables.iter().position(|t| t.entity.name == entity).map(|i| i as u32)
    }

    /// The table of a view, and the condition that an alias adds: field and value.
    pub(crate) fn view(&self, name: &str) -> Option<(&Table, Option<(&str, &str)>)> {
        self.tables.iter().find_map(|table| {
            if table.entity.view == name {
                return Some((table, None));
            }
            let alias = table.entity.aliases.iter().find(|a| a.view == name)?;
            Some((table, Some((alias.field.as_str(), alias.equals.as_str()))))
        })
    }

    /// The names of all views.
    pub(crate) fn views(&self) -> impl Iterator<Item = &str> {
        self.tables.iter().flat_map(|t| {
            std::iter::once(t.entity.view.as_str()).chain(t.entity.aliases.iter().map(|a| a.view.as_str()))
        })
    }

    /// Makes what is missing.
    pub(crate) fn ensure(&self, conn: &Conn) -> Result<(), Fault> {
        conn.exec(
            "CREATE TABLE IF NOT EXISTS _applied (layout BIGINT, seq BIGINT, batch VARCHAR);
             CREATE TABLE IF NOT EXISTS _streams (id INTEGER, connection VARCHAR, stream VARCHAR, tables VARCHAR,
                 rows BIGINT, superseded BIGINT, deleted BIGINT, markers BIGINT, rejected BIGINT, unmapped BIGINT,
                 tombstones BIGINT, last_seq BIGINT, purged_seq BIGINT);
             CREATE TABLE IF NOT EXISTS _mappings (seq BIGINT, connection VARCHAR, stream VARCHAR, from_seq BIGINT,
                 rules VARCHAR);
             CREATE TABLE IF NOT EXISTS _tombstones (_stream INTEGER, _hash UBIGINT, _key VARCHAR, _version BIGINT,
                 _seq BIGINT, _row INTEGER);",
        )?;
        let found = columns(conn)?;
        for table in &self.tables {
            let wanted = OWN
                .iter()
                .map(|(name, kind)| (*name, *kind))
                .chain(table.entity.fields.iter().map(|f| (f.name.as_str(), sql_type(f.field_type))));
            let Some(have) = found.get(&table.plain) else {
                let columns: Vec<String> = wanted.map(|(name, kind)| format!("{} {kind}", quoted(name))).collect();
                conn.exec(&format!("CREATE TABLE {} ({}); {}", table.name, columns.join(", "), table.view_sql()))?;
                continue;
            };
            let mut grown = false;
            for (name, kind) in wanted {
                match have.get(name) {
                    Some(is) if is == kind => {}
                    Some(is) => return Err(Fault::corrupt(format!("{}.{name} is {is}, not {kind}", table.plain))),
                    None => {
                        conn.exec(&format!("ALTER TABLE {} ADD COLUMN {} {kind}", table.name, quoted(name)))?;
                        grown = true;
                    }
                }
            }
            if grown {
                conn.exec(&table.view_sql())?;
            }
        }
        Ok(())
    }
}

fn columns(conn: &Conn) -> Result<BTreeMap<String, BTreeMap<String, String>>, Fault> {
    let mut out: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for batch in conn.rows("SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal", &[])? {
        let [table, column, kind] = [0, 1, 2].map(|i| batch.column(i).as_string::<i32>().clone());
        for i in 0..batch.num_rows() {
            out.entry(table.value(i).to_owned())
                .or_default()
                .insert(column.value(i).to_owned(), kind.value(i).to_owned());
        }
    }
    Ok(out)
}
