//! Which tables a tenant's file has, which views stand on them, and how a canonical type is stored.
//!
//! One table an entity, with a column for each field that any batch ever sent: a column that nobody fills would still
//! cost a twentieth of a second a million rows. In front of it stands a view with every field of the vocabulary, which is
//! what all reads name; a column is added and the view replaced in one transaction before the rows come, so a reader
//! never misses one. Identifiers in SQL come from here and nowhere else. A table that disagrees with the vocabulary makes
//! the file count as corrupt: it is set aside and folded again from the log.
//!
//! Amounts and identifiers are stored uncompressed: reading packed 128-bit amounts costs fifty times as much, and a
//! dictionary of keys that are all different only costs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use autonomos_runtime::canonical::entity::{EntityDef, FieldType, Vocabulary};

use super::engine::{Conn, Fault};

/// Version of the layout; another one found on open means: fold again.
pub(crate) const LAYOUT: i64 = 3;

/// One entity's table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) entity: Arc<EntityDef>,
    /// Its quoted name.
    pub(crate) name: String,
    /// Its plain name, for the appender.
    pub(crate) plain: String,
    /// The quoted name of the view with every field, which reads use.
    pub(crate) whole: String,
    whole_plain: String,
}

/// The fields that have a column, by table.
pub(crate) type Present = Vec<BTreeSet<String>>;

impl Table {
    /// The views over the table: the whole one, and those that checks may query by SQL (`id`, the fields, `extras` and
    /// `source_key`).
    fn views_sql(&self, present: &BTreeSet<String>) -> String {
        let own: Vec<&str> = OWN.iter().map(|(name, _)| *name).collect();
        let field = |name: &str, kind: FieldType| {
            if present.contains(name) { quoted(name) } else { format!("NULL::{} AS {}", sql_type(kind), quoted(name)) }
        };
        let fields: Vec<String> = self.entity.fields.iter().map(|f| field(&f.name, f.field_type)).collect();
        let names: Vec<String> = self.entity.fields.iter().map(|f| quoted(&f.name)).collect();
        let mut out = format!(
            "CREATE OR REPLACE VIEW {} AS SELECT {}, {} FROM {};",
            self.whole,
            own.join(", "),
            fields.join(", "),
            self.name
        );
        let body = format!(
            "SELECT lpad(lower(hex(_hash)), 16, '0') AS id, {}, _extras AS extras, _key AS source_key FROM {}",
            names.join(", "),
            self.whole
        );
        out.extend([format!("CREATE OR REPLACE VIEW {} AS {body};", quoted(&self.entity.view))]);
        for alias in &self.entity.aliases {
            out.extend([format!(
                "CREATE OR REPLACE VIEW {} AS {body} WHERE lower({}) = lower('{}');",
                quoted(&alias.view),
                quoted(&alias.field),
                alias.equals.replace('\'', "''")
            )]);
        }
        out
    }

    /// Makes columns for fields, and the views over them, at once.
    pub(crate) fn grow(&self, conn: &Conn, present: &mut BTreeSet<String>, fields: &[String]) -> Result<(), Fault> {
        let mut sql = "BEGIN TRANSACTION;".to_owned();
        for name in fields {
            if let Some(field) = self.entity.field(name).filter(|_| present.insert(name.clone())) {
                let (kind, storage) = (sql_type(field.field_type), storage(field.field_type));
                sql.extend([format!("ALTER TABLE {} ADD COLUMN {} {kind}{storage};", self.name, quoted(name))]);
            }
        }
        sql.push_str(&self.views_sql(present));
        sql.push_str("COMMIT;");
        conn.exec(&sql)
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

/// What follows the type where a column is made.
const fn storage(field: FieldType) -> &'static str {
    match field {
        FieldType::Id | FieldType::Money => " USING COMPRESSION uncompressed",
        _ => "",
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
                let (plain, whole_plain) = (format!("e_{}", entity.name), format!("v_{}", entity.name));
                Table {
                    entity: Arc::clone(entity),
                    name: quoted(&plain),
                    plain,
                    whole: quoted(&whole_plain),
                    whole_plain,
                }
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

    /// Makes what is missing; which fields have columns.
    pub(crate) fn ensure(&self, conn: &Conn) -> Result<Present, Fault> {
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
        conn.exec(super::identity::TABLES)?;
        let found = columns(conn)?;
        let mut out = Present::with_capacity(self.tables.len());
        let mut sql = String::new();
        for table in &self.tables {
            let mut present = BTreeSet::new();
            match found.get(&table.plain) {
                None => {
                    let storage = |name: &str| if name == "_key" { storage(FieldType::Id) } else { "" };
                    let own: Vec<String> = OWN.iter().map(|(n, kind)| format!("{n} {kind}{}", storage(n))).collect();
                    sql.extend([format!("CREATE TABLE {} ({});", table.name, own.join(", "))]);
                }
                Some(have) => {
                    for field in &table.entity.fields {
                        let (name, kind) = (&field.name, sql_type(field.field_type));
                        match have.get(name) {
                            Some(is) if is == kind => drop(present.insert(name.clone())),
                            Some(is) => {
                                let what = format!("{}.{name} is {is}, not {kind}", table.plain);
                                return Err(Fault::corrupt(what));
                            }
                            None => {}
                        }
                    }
                }
            }
            let viewed = found.get(&table.whole_plain);
            let complete = viewed.is_some_and(|v| table.entity.fields.iter().all(|f| v.contains_key(&f.name)));
            if !complete {
                sql.push_str(&table.views_sql(&present));
            }
            out.push(present);
        }
        if !sql.is_empty() {
            conn.exec(&format!("BEGIN TRANSACTION;{sql}COMMIT;"))?;
        }
        Ok(out)
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
