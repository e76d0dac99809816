//! The statements that read pages of a table: pure text, identifiers quoted, values as parameters.

use super::catalogue::{Column, Table};
use super::value::Shape;

/// A name as SQL takes it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// One expression that rows are ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The expression.
    pub sql: String,
    /// Its type.
    pub kind: String,
}

impl Term {
    /// A column.
    pub fn column(table: &Table, column: &Column) -> Self {
        if column.shape == Shape::Digest {
            return Self { sql: format!("md5({}::text)", whole(table)), kind: "text".to_owned() };
        }
        Self { sql: format!("src.{}", quoted(&column.name)), kind: column.sql_type.clone() }
    }
}

/// The row, of the columns that may be read.
fn whole(table: &Table) -> String {
    let own = table.columns.iter().filter(|c| c.shape != Shape::Digest);
    format!("row({})", own.map(|c| format!("src.{}", quoted(&c.name))).collect::<Vec<_>>().join(", "))
}

fn selected(table: &Table) -> Vec<String> {
    let select = |c: &Column| c.shape.select(&Term::column(table, c).sql);
    table.columns.iter().map(select).collect()
}

/// Which rows a page holds. Parameters are the texts of the terms, in the order named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those after a place.
    After,
    /// Those up to a place.
    UpTo,
    /// Those after a place and up to a second.
    Between,
    /// Those whose first term is null; terms and places are the others.
    Null,
    /// Those after a place whose first term is null.
    NullAfter,
    /// Those up to a place, not long before it, whose transaction was not done in a snapshot, the last parameter.
    Late,
}

/// What a page has of each row, besides the text of each term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Nothing.
    Keys,
    /// The columns, before the terms.
    Columns,
    /// The columns before, and a digest of them after the terms.
    Digested,
}

/// The statement of a page.
pub fn page(table: &Table, terms: &[Term], which: Which, parts: Parts, limit: usize) -> String {
    let mut select = if parts == Parts::Keys { Vec::new() } else { selected(table) };
    let null = matches!(which, Which::Null | Which::NullAfter);
    let placed = if null { terms.get(1..).unwrap_or_default() } else { terms };
    select.extend(placed.iter().map(|t| format!("({})::text", t.sql)));
    if parts == Parts::Digested {
        select.push(format!("hashtextextended({}::text, 0)", whole(table)));
    }
    let list = placed.iter().map(|t| t.sql.clone()).collect::<Vec<_>>().join(", ");
    let values = |from: usize| {
        let cast = |(i, t): (usize, &Term)| format!("${}::text::{}", i + from, t.kind);
        placed.iter().enumerate().map(cast).collect::<Vec<_>>().join(", ")
    };
    let first = terms.first().map(|t| t.sql.as_str()).unwrap_or_default();
    let filter = match which {
        Which::All => String::new(),
        Which::After => format!(" where ({list}) > ({})", values(1)),
        Which::UpTo => format!(" where ({list}) <= ({})", values(1)),
        Which::Between => format!(" where ({list}) > ({}) and ({list}) <= ({})", values(1), values(placed.len() + 1)),
        Which::Null => format!(" where {first} is null"),
        Which::NullAfter => format!(" where {first} is null and ({list}) > ({})", values(1)),
        Which::Late => {
            let kind = terms.first().map(|t| t.kind.as_str()).unwrap_or_default();
            format!(
                " where {first} > $1::text::{kind} - interval '{LOOK_BACK}' and ({list}) <= ({}) \
                 and not pg_visible_in_snapshot(({WRITER})::text::xid8, ${}::text::pg_snapshot)",
                values(1),
                placed.len() + 1
            )
        }
    };
    format!(
        "select {} from {}.{} as src{filter} order by {list} limit {limit}",
        select.join(", "),
        quoted(&table.schema),
        quoted(&table.name)
    )
}

/// How long a transaction may stay open after the moments it writes, and its rows still be found.
pub const LOOK_BACK: &str = "10 minutes";

/// The full number of the transaction that wrote a row: rows carry its lower half, the server's next number the rest.
const WRITER: &str = "src.xmin::text::int8 \
     + (select pg_snapshot_xmax(pg_current_snapshot())::text::int8 / 4294967296 * 4294967296) \
     - case when src.xmin::text::int8 >= (select pg_snapshot_xmax(pg_current_snapshot())::text::int8 % 4294967296) \
       then 4294967296 else 0 end";

/// A few rows in no order.
pub fn sample(table: &Table, limit: usize) -> String {
    let (schema, name) = (quoted(&table.schema), quoted(&table.name));
    format!("select {} from {schema}.{name} as src limit {limit}", selected(table).join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_and_values_are_parameters() {
        let column = |name: &str, kind: &str| Column {
            name: name.to_owned(),
            shape: Shape::Text,
            sql_type: kind.to_owned(),
            nullable: false,
        };
        let table = Table {
            schema: "pub\"lic".to_owned(),
            name: "t; drop".to_owned(),
            columns: vec![column("i\"d", "integer"), column("at", "timestamp with time zone")],
            key: vec![],
            rows: None,
            heap: true,
        };
        let terms = [Term::column(&table, &table.columns[1]), Term::column(&table, &table.columns[0])];
        let text = page(&table, &terms, Which::After, Parts::Columns, 10);
        assert!(text.contains(r#"from "pub""lic"."t; drop" as src where (src."at", src."i""d") > ($1::text::timestamp with time zone, $2::text::integer)"#), "{text}");
        assert!(text.ends_with(r#"order by src."at", src."i""d" limit 10"#));
        let text = page(&table, &terms, Which::NullAfter, Parts::Keys, 10);
        assert!(text.contains(r#"where src."at" is null and (src."i""d") > ($1::text::integer)"#), "{text}");
    }
}
