//! The statements that read pages of a table: pure text, identifiers quoted, values as parameters.

use super::catalogue::{Column, Table};
use super::value::{DIGEST, Shape};

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
    pub fn column(column: &Column) -> Self {
        if column.shape == Shape::Digest {
            return Self { sql: DIGEST.to_owned(), kind: "text".to_owned() };
        }
        Self { sql: format!("src.{}", quoted(&column.name)), kind: column.sql_type.clone() }
    }
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

/// The statement of a page: the columns (unless only keys are asked for), the text of each term, the row's digest.
pub fn page(table: &Table, terms: &[Term], which: Which, keys_only: bool, limit: usize) -> String {
    let columns = if keys_only { &[][..] } else { &table.columns[..] };
    let mut select: Vec<String> = columns.iter().map(|c| c.shape.select(&quoted(&c.name))).collect();
    let null = matches!(which, Which::Null | Which::NullAfter);
    let placed = if null { terms.get(1..).unwrap_or_default() } else { terms };
    select.extend(placed.iter().map(|t| format!("({})::text", t.sql)));
    select.push("hashtextextended((src.*)::text, 0)".to_owned());
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
    let select: Vec<String> = table.columns.iter().map(|c| c.shape.select(&quoted(&c.name))).collect();
    let (schema, name) = (quoted(&table.schema), quoted(&table.name));
    format!("select {} from {schema}.{name} as src limit {limit}", select.join(", "))
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
        let terms = [Term::column(&table.columns[1]), Term::column(&table.columns[0])];
        let text = page(&table, &terms, Which::After, false, 10);
        assert!(text.contains(r#"from "pub""lic"."t; drop" as src where (src."at", src."i""d") > ($1::text::timestamp with time zone, $2::text::integer)"#), "{text}");
        assert!(text.ends_with(r#"order by src."at", src."i""d" limit 10"#));
        let text = page(&table, &terms, Which::NullAfter, true, 10);
        assert!(text.contains(r#"where src."at" is null and (src."i""d") > ($1::text::integer)"#), "{text}");
    }
}
