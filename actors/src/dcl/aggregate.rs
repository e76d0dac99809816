//! A question to a view about groups of rows, or about single rows as a table, compiled to one statement: names checked
//! against the catalogue, values bound, the order made total. Pure.
//!
//! It knows the fields and filters of [`super::query`]; what it adds are groups, measures, and an answer of columns.

use autonomos_runtime::canonical::entity::{EntityDef, FieldType};
use autonomos_runtime::{Error, Result};

use super::catalogue::{Catalogue, quoted};
use super::filter::{self, Condition, Target};
use super::query::source;
use crate::platform::shapes::StructuredQuery;

/// Columns of an answer.
const MOST_COLUMNS: usize = 64;
const GRAINS: [&str; 5] = ["day", "week", "month", "quarter", "year"];
const MEASURES: &str = "count, count:field, count_distinct:field, sum:field, avg:field, min:field or max:field";

/// A column of the answer.
struct Column {
    name: String,
    sql: String,
}

/// The statement. `rows` are the most that its answer may have; it asks for one more, which tells whether there are more.
pub(crate) fn compile(catalogue: &Catalogue, ask: &StructuredQuery, rows: usize) -> Result<Condition> {
    let filters: Vec<(String, String)> = ask.filter.iter().map(|f| (f.field.clone(), f.is.clone())).collect();
    let (table, condition) = source(catalogue, &ask.view, &filters)?;
    let grouped = !ask.group_by.is_empty() || !ask.measures.is_empty();
    if grouped != ask.select.is_empty() {
        let what = if grouped { "a row of a group has no single fields" } else { "nothing is asked for" };
        return Err(Error::invalid("view.columns", what)
            .field("/select")
            .remedy("Give `select`, or `group_by` and `measures`, not both."));
    }
    let mut columns = Vec::new();
    for (i, word) in ask.group_by.iter().enumerate() {
        columns.push(key(&table.entity, word, &format!("/group_by/{i}"))?);
    }
    let keys = columns.len();
    for (i, word) in ask.measures.iter().enumerate() {
        columns.push(measure(&table.entity, word, &format!("/measures/{i}"))?);
    }
    for (i, word) in ask.select.iter().enumerate() {
        let target = filter::target(&table.entity, word, &format!("/select/{i}"))?;
        columns.push(Column { name: word.clone(), sql: target.shown() });
    }
    check(&columns)?;
    let mut order = sort(&columns, ask.sort.as_deref())?;
    let places: Vec<String> = (1..=keys).map(|place| place.to_string()).collect();
    order.extend(if grouped { places.clone() } else { vec!["_seq".to_owned(), "_row".to_owned()] });
    let shown: Vec<String> = columns.iter().map(|c| format!("{} AS {}", c.sql, quoted(&c.name))).collect();
    let mut sql = format!("SELECT {} FROM {}", shown.join(", "), table.whole);
    if !condition.sql.is_empty() {
        sql.extend([format!(" WHERE {}", condition.sql)]);
    }
    if keys > 0 {
        sql.extend([format!(" GROUP BY {}", places.join(", "))]);
    }
    if !order.is_empty() {
        sql.extend([format!(" ORDER BY {}", order.join(", "))]);
    }
    sql.extend([format!(" LIMIT {}", rows + 1)]);
    Ok(Condition { sql, binds: condition.binds })
}

fn check(columns: &[Column]) -> Result<()> {
    if columns.len() > MOST_COLUMNS {
        let error = Error::invalid("view.columns", format!("an answer has at most {MOST_COLUMNS} columns"));
        return Err(error.field("/select").remedy("Ask for fewer at a time."));
    }
    let twice = columns.iter().enumerate().find(|(i, c)| columns.iter().take(*i).any(|before| before.name == c.name));
    twice.map_or(Ok(()), |(_, column)| {
        Err(Error::invalid("view.columns", format!("there would be two columns {:?}", column.name))
            .field("/select")
            .remedy("Ask for each once."))
    })
}

/// A field that makes groups, cut to a grain if told.
fn key(entity: &EntityDef, word: &str, at: &str) -> Result<Column> {
    let (name, grain) = word.split_once(':').map_or((word, None), |(name, grain)| (name, Some(grain)));
    let target = filter::target(entity, name, at)?;
    let Some(grain) = grain else { return Ok(Column { name: name.to_owned(), sql: target.shown() }) };
    if !GRAINS.contains(&grain) || !matches!(target.kind(), FieldType::Date | FieldType::Datetime) {
        return Err(Error::invalid("view.bad_group", format!("{name} cannot be cut to {grain:?}"))
            .field(at.to_owned())
            .remedy(format!("Dates and moments can be cut to {}.", GRAINS.join(", "))));
    }
    // A part of a date is a date, and one of a moment is a moment.
    let kind = if target.kind() == FieldType::Date { "DATE" } else { "TIMESTAMP" };
    let sql = format!("CAST(date_trunc('{grain}', {}) AS {kind})", target.sql());
    Ok(Column { name: format!("{name}_{grain}"), sql })
}

/// What a group amounts to.
fn measure(entity: &EntityDef, word: &str, at: &str) -> Result<Column> {
    if word == "count" {
        return Ok(Column { name: word.to_owned(), sql: "count(*)".to_owned() });
    }
    let wrong = |what: String, remedy: String| {
        Err(Error::invalid("view.bad_measure", what).field(at.to_owned()).remedy(remedy))
    };
    let Some((op, name)) = word.split_once(':') else {
        let shown: String = word.chars().take(40).collect();
        return wrong(format!("there is no measure {shown:?}"), format!("Use {MEASURES}."));
    };
    let target = filter::target(entity, name, at)?;
    let numeric = matches!(target.kind(), FieldType::Integer | FieldType::Number | FieldType::Money);
    let sql = match op {
        "count" => format!("count({})", target.sql()),
        "count_distinct" => format!("count(DISTINCT {})", target.sql()),
        "sum" | "avg" if !numeric => return wrong(format!("{name} is no number"), "Use count, min or max.".to_owned()),
        "min" | "max" if target == Target::Id => {
            return wrong("an id has no order".to_owned(), "Use count or count_distinct.".to_owned());
        }
        "sum" | "avg" | "min" | "max" => format!("{op}({})", target.sql()),
        _ => {
            let shown: String = op.chars().take(40).collect();
            return wrong(format!("there is no measure {shown:?}"), format!("Use {MEASURES}."));
        }
    };
    Ok(Column { name: format!("{op}_{name}"), sql })
}

/// The order by columns of the answer, by their places.
fn sort(columns: &[Column], spec: Option<&str>) -> Result<Vec<String>> {
    let mut order: Vec<String> = Vec::new();
    for word in spec.unwrap_or_default().split(',').map(str::trim).filter(|w| !w.is_empty()) {
        let (way, name) = word.strip_prefix('-').map_or(("ASC", word), |rest| ("DESC", rest));
        let Some(place) = columns.iter().position(|c| c.name == name) else {
            let names: Vec<&str> = columns.iter().map(|c| c.name.as_str()).collect();
            return Err(Error::invalid("view.unknown_field", format!("the answer has no column {name:?}"))
                .field("/sort")
                .remedy(format!("Use one of {}.", names.join(", "))));
        };
        order.push(format!("{} {way} NULLS LAST", place + 1));
    }
    Ok(order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::shapes::StructuredFilter;
    use autonomos_runtime::canonical::entity::Vocabulary;

    fn ask(group_by: &[&str], measures: &[&str]) -> StructuredQuery {
        let words = |words: &[&str]| words.iter().map(|w| (*w).to_owned()).collect();
        StructuredQuery {
            view: "opportunities".into(),
            group_by: words(group_by),
            measures: words(measures),
            ..StructuredQuery::default()
        }
    }

    fn run(ask: &StructuredQuery) -> Result<Condition> {
        compile(&Catalogue::of(Vocabulary::builtin()), ask, 10)
    }

    #[test]
    fn groups_and_measures_become_one_statement() {
        let filter = vec![StructuredFilter { field: "amount".into(), is: "gt:5".into() }];
        let asked = StructuredQuery {
            filter,
            sort: Some("-sum_amount".into()),
            ..ask(&["stage", "close_date:month"], &["count", "sum:amount", "count_distinct:id"])
        };
        let sql = run(&asked).unwrap();
        assert_eq!(
            sql.sql,
            "SELECT \"stage\" AS \"stage\", CAST(date_trunc('month', \"close_date\") AS DATE) AS \"close_date_month\", \
             count(*) AS \"count\", sum(\"amount\") AS \"sum_amount\", count(DISTINCT _hash) AS \"count_distinct_id\" FROM \
             \"v_opportunity\" WHERE \"amount\" > CAST(? AS DECIMAL(28,10)) GROUP BY 1, 2 ORDER BY 4 DESC NULLS LAST, 1, 2 \
             LIMIT 11"
        );
        assert_eq!(sql.binds.len(), 1);
        let all = run(&ask(&[], &["count"])).unwrap();
        assert_eq!(all.sql, "SELECT count(*) AS \"count\" FROM \"v_opportunity\" LIMIT 11");
        let rows = StructuredQuery { select: vec!["id".into(), "name".into()], ..ask(&[], &[]) };
        assert!(run(&rows).unwrap().sql.ends_with("FROM \"v_opportunity\" ORDER BY _seq, _row LIMIT 11"));
    }

    #[test]
    fn wrong_questions_name_what_is_wrong() {
        let sorted = StructuredQuery { sort: Some("amount".into()), ..ask(&["stage"], &["count"]) };
        let both = StructuredQuery { select: vec!["name".into()], ..ask(&["stage"], &[]) };
        let unknown = StructuredQuery { view: "x".into(), ..ask(&[], &["count"]) };
        for (asked, code, field) in [
            (ask(&[], &[]), "view.columns", "/select"),
            (both, "view.columns", "/select"),
            (unknown, "view.unknown", "view"),
            (sorted, "view.unknown_field", "/sort"),
            (ask(&["nmae"], &["count"]), "view.unknown_field", "/group_by/0"),
            (ask(&["name:month"], &[]), "view.bad_group", "/group_by/0"),
            (ask(&["close_date:hour"], &[]), "view.bad_group", "/group_by/0"),
            (ask(&["stage", "stage"], &[]), "view.columns", "/select"),
            (ask(&[], &["total"]), "view.bad_measure", "/measures/0"),
            (ask(&[], &["median:amount"]), "view.bad_measure", "/measures/0"),
            (ask(&[], &["sum:name"]), "view.bad_measure", "/measures/0"),
            (ask(&[], &["min:id"]), "view.bad_measure", "/measures/0"),
            (ask(&[], &["count", "sum:\"x\" --"]), "view.unknown_field", "/measures/1"),
        ] {
            let error = run(&asked).unwrap_err();
            assert_eq!((error.code, error.field.as_deref()), (code, Some(field)), "{asked:?}");
            assert!(error.remedy.is_some(), "{asked:?}");
        }
    }
}
