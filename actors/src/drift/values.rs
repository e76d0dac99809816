//! Pure: lists of values (a status, a currency, a stage): learnt from batch to batch, agreed on once they stand still, and
//! told of when they change.
//!
//! A list is agreed on at the end of a read, never in its middle: whatever a first read brings is how the stream is.
//! From then on a batch with another value tells of it at once, and the value is on the list. That a value went is told
//! at the end of a read, and only when so many rows came without it that chance does not explain it; small reads add up
//! to that, and none decides alone. Each change is told once. Names, identifiers and free text are no lists: they are told
//! apart by the column's name, by their shape, and by new ones never ceasing to come.
//!
//! Nothing here ever leads to another mapping.

use std::collections::BTreeMap;

use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::schema::{SourceSchema, SourceType};
use autonomos_runtime::canonical::values::{Few, MOST, Values};
use autonomos_runtime::store::NewDrift;
use serde_json::{Value, json};

use super::detect::Found;
use super::severity::severity;
use crate::matching::flags::tokens;

/// Lists kept of one stream.
const LISTS: usize = 64;
/// Rows with a value before a list can be agreed on, and rows for each value of it.
const ENOUGH: u64 = 100;
const ROWS_A_VALUE: u64 = 20;
/// Of so many rows one may have a value that no other has: more of those say that others are still to come.
const ROWS_A_SINGLE: u64 = 200;
/// Rows that must come without a value before it can be gone: so many, this part of all rows it was learnt from, and
/// so many that it would have been in this many of them (by chance none: one in 500 million).
const LOST_ROWS: u64 = 1_000;
const LOST_PART: u64 = 4;
const LOST_EXPECTED: f64 = 20.0;
/// Longest text of what changed, in characters.
const SHOWN: usize = 120;

/// Whether the values of a column may be a list, as far as its name and what is known of it say.
pub fn asked(agreed: &SourceSchema, mapping: &Mapping, column: &str) -> bool {
    agreed.values.get(column) != Some(&Values::Many) && describes(mapping, column)
}

/// Whether a column by its name and the rules describes its records, rather than telling them apart.
pub fn describes(mapping: &Mapping, column: &str) -> bool {
    !mapping.key.iter().any(|k| k == column) && mapping.order_by.as_deref() != Some(column) && !identifies(column)
}

/// Whether a column by its name holds identifiers, people, places or free text.
fn identifies(column: &str) -> bool {
    const LAST: &[&str] = &[
        "id",
        "ids",
        "uid",
        "uuid",
        "guid",
        "key",
        "keys",
        "ref",
        "reference",
        "number",
        "no",
        "nr",
        "num",
        "hash",
        "token",
        "sku",
        "email",
        "mail",
        "phone",
        "fax",
        "mobile",
        "url",
        "uri",
        "website",
        "web",
        "link",
        "domain",
        "address",
        "street",
        "city",
        "town",
        "zip",
        "zipcode",
        "postcode",
        "postal",
        "description",
        "comment",
        "comments",
        "note",
        "notes",
        "text",
        "subject",
        "body",
        "message",
        "title",
        "tags",
        "owner",
        "manager",
        "assignee",
        "author",
        "by",
        "company",
        "organization",
        "customer",
        "contact",
        "username",
        "firstname",
        "lastname",
    ];
    const WHOSE: &[&str] = &[
        "first", "last", "middle", "full", "given", "family", "sur", "user", "display", "nick", "legal", "account",
        "company", "contact", "customer", "lead", "owner", "billing", "shipping", "employee",
    ];
    let words = tokens(column.strip_suffix("__c").unwrap_or(column));
    match words.as_slice() {
        [.., whose, last] if last == "name" => WHOSE.contains(&whose.as_str()),
        [.., last] => last == "name" || LAST.contains(&last.as_str()) || last.ends_with("name"),
        [] => true,
    }
}

/// What a batch adds to the lists; `schema` is the one to agree on from here, and gets them. Tells of new values.
pub fn compare(
    agreed: &SourceSchema,
    seen: &SourceSchema,
    schema: &mut SourceSchema,
    mapping: &Mapping,
) -> Vec<NewDrift> {
    let mut drifts = Vec::new();
    let mut lists = agreed.values.values().filter(|v| matches!(v, Values::Few(_))).count();
    let text = schema.fields.iter().filter(|f| f.data_type == SourceType::String).map(|f| f.name.clone());
    for column in text.collect::<Vec<_>>() {
        let kept = match (agreed.values.get(&column), seen.values.get(&column)) {
            (None, None) => continue,
            (Some(known), None) => known.clone(),
            (Some(Values::Few(known)), Some(new)) if known.agreed => {
                let (next, told) = gained(&column, known, new, mapping);
                drifts.extend(told);
                next
            }
            (known, Some(new)) => {
                lists += usize::from(known.is_none() && matches!(new, Values::Few(_)));
                if lists > LISTS && known.is_none() { Values::Many } else { learnt(known, new) }
            }
        };
        schema.values.insert(column, kept);
    }
    drifts
}

/// What is known and what a batch had, together.
fn learnt(known: Option<&Values>, new: &Values) -> Values {
    let (known, new) = match (known, new) {
        (Some(Values::Many), _) | (_, Values::Many) => return Values::Many,
        (None, Values::Few(new)) => return Values::Few(new.clone()),
        (Some(Values::Few(known)), Values::Few(new)) => (known, new),
    };
    let mut sum = known.clone();
    let fresh = new.counts.keys().any(|v| !known.counts.contains_key(v));
    sum.quiet = if fresh { new.quiet } else { known.quiet + new.rows };
    sum.rows += new.rows;
    for (value, rows) in &new.counts {
        *sum.counts.entry(value.clone()).or_default() += rows;
    }
    if sum.counts.len() > MOST { Values::Many } else { Values::Few(sum) }
}

/// An agreed list after a batch. What known values count is added at the end of the read.
fn gained(column: &str, known: &Few, new: &Values, mapping: &Mapping) -> (Values, Option<NewDrift>) {
    let Values::Few(new) = new else {
        let reason = format!("{column} had {} different values and now has more than {MOST}", known.counts.len());
        let told = told(column, "gained", "others", mapping, json!({"reasons": [reason], "gained": []}), known);
        return (Values::Many, Some(told));
    };
    let others: BTreeMap<&String, u64> =
        new.counts.iter().filter(|(v, _)| !known.counts.contains_key(*v)).map(|(v, n)| (v, *n)).collect();
    if others.is_empty() {
        return (Values::Few(known.clone()), None);
    }
    let rows: u64 = others.values().sum();
    let reason = format!("{rows} of {} rows have a value that {column} did not have before", new.rows);
    let list: Vec<Value> =
        others.iter().map(|(v, n)| json!({"value": v, "rows": n, "share": share(*n, new.rows)})).collect();
    let evidence = json!({"reasons": [reason], "gained": list, "rows": new.rows});
    let names = named(others.keys().map(|v| v.as_str()));
    let told = told(column, "gained", &names, mapping, evidence, known);
    let mut next = known.clone();
    next.counts.extend(others.into_keys().map(|v| (v.clone(), 0)));
    let next = if next.counts.len() > MOST { Values::Many } else { Values::Few(next) };
    (next, Some(told))
}

/// What one read has seen of the lists; made anew with every read.
#[derive(Clone, Debug, Default)]
pub struct Looked(BTreeMap<String, Values>);

impl Looked {
    /// A batch of it.
    pub fn add(&mut self, seen: &SourceSchema) {
        for (column, new) in &seen.values {
            let sum = learnt(self.0.get(column), new);
            self.0.insert(column.clone(), sum);
        }
    }
}

/// At the end of a read: lists that stand still are agreed on, and values that are gone are told and taken off.
pub fn settle(schema: &SourceSchema, looked: &Looked, mapping: &Mapping) -> Found {
    let (mut next, mut drifts) = (schema.clone(), Vec::new());
    for (column, values) in &mut next.values {
        let Values::Few(list) = values else { continue };
        if list.agreed {
            if let Some(Values::Few(run)) = looked.0.get(column) {
                drifts.extend(lost(column, list, run, mapping));
            }
        } else if list.rows >= ENOUGH && list.counts.keys().any(|v| is_identifier(v)) {
            *values = Values::Many;
        } else {
            list.agreed = stands_still(list);
        }
    }
    Found { schema: next, drifts }
}

fn stands_still(list: &Few) -> bool {
    let distinct = list.counts.len() as u64;
    let singles = list.counts.values().filter(|n| **n == 1).count() as u64;
    distinct > 0
        && list.rows >= ENOUGH.max(distinct * ROWS_A_VALUE)
        && list.quiet * 2 >= list.rows
        && singles * ROWS_A_SINGLE <= list.rows
}

/// A value that names one thing rather than a kind of things: an address of the web or of mail, a long number, hexadecimal.
fn is_identifier(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let hexadecimal = value.len() >= 16 && value.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    value.contains('@') || value.contains("://") || digits >= 6 || hexadecimal
}

/// Adds a read to an agreed list; tells which of its values are gone.
fn lost(column: &str, list: &mut Few, run: &Few, mapping: &Mapping) -> Option<NewDrift> {
    let before = list.clone();
    for (value, rows) in &mut list.counts {
        match run.counts.get(value) {
            Some(came) => {
                *rows += came;
                list.missing.remove(value);
            }
            None => *list.missing.entry(value.clone()).or_default() += run.rows,
        }
    }
    list.rows += run.rows;
    let is_gone = |value: &str, missing: u64| {
        let share = share(before.counts.get(value).copied().unwrap_or_default(), before.rows);
        missing >= LOST_ROWS.max(before.rows / LOST_PART) && share * missing as f64 >= LOST_EXPECTED
    };
    let gone: Vec<(String, u64)> =
        list.missing.iter().filter(|(v, n)| is_gone(v, **n)).map(|(v, n)| (v.clone(), *n)).collect();
    for (value, _) in &gone {
        list.counts.remove(value);
        list.missing.remove(value);
    }
    let (names, most) = (named(gone.iter().map(|(v, _)| v.as_str())), gone.iter().map(|(_, n)| *n).max()?);
    let was = |v: &str| share(before.counts.get(v).copied().unwrap_or_default(), before.rows);
    let evidence = json!({
        "reasons": [format!("none of the last {most} rows of {column} has it")],
        "lost": gone.iter().map(|(v, n)| json!({"value": v, "share": was(v), "rows_without": n})).collect::<Vec<_>>(),
        "rows": run.rows,
    });
    Some(told(column, "lost", &names, mapping, evidence, &before))
}

fn told(column: &str, change: &str, names: &str, mapping: &Mapping, mut evidence: Value, before: &Few) -> NewDrift {
    let values = before.counts.iter().map(|(v, n)| json!({"value": v, "share": share(*n, before.rows)}));
    evidence["change"] = change.into();
    evidence["values"] = values.collect::<Vec<_>>().into();
    let sign = if change == "lost" { '-' } else { '+' };
    NewDrift {
        kind: "enum_changed".to_owned(),
        from: Some(column.to_owned()),
        // Two changes of one list are two drifts: what changed is part of the name.
        to: Some(format!("{column} {sign} {names}")),
        severity: severity("enum_changed", Some(change), Some(column), mapping).as_str().to_owned(),
        confidence: None,
        evidence,
    }
}

fn named<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let all = values.collect::<Vec<_>>().join(", ");
    if all.chars().count() <= SHOWN { all } else { all.chars().take(SHOWN).chain(['…']).collect() }
}

fn share(rows: u64, of: u64) -> f64 {
    (rows as f64 / of.max(1) as f64 * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::canonical::schema::SourceField;

    use super::*;

    fn mapping() -> Mapping {
        Mapping { version: 1, entity: "record".into(), rules: Vec::new(), key: vec!["code".into()], order_by: None }
    }

    /// A batch whose column has each word so many times, in turn.
    fn batch(column: &str, words: &[(&str, u64)]) -> SourceSchema {
        let counts: BTreeMap<String, u64> = words.iter().map(|(v, n)| ((*v).to_owned(), *n)).collect();
        let rows = counts.values().sum();
        let quiet = rows - counts.len() as u64;
        let field =
            SourceField { name: column.into(), data_type: SourceType::String, nullable: false, samples: Vec::new() };
        let values =
            if counts.len() > MOST { Values::Many } else { Values::Few(Few { rows, quiet, counts, ..Few::default() }) };
        let values = if asked(&SourceSchema::default(), &mapping(), column) {
            BTreeMap::from([(column.to_owned(), values)])
        } else {
            BTreeMap::new()
        };
        SourceSchema { fields: vec![field], values, ..SourceSchema::default() }
    }

    /// Reads, each of one batch; what each tells, as `to` and severity.
    fn told(reads: &[SourceSchema]) -> Vec<Vec<String>> {
        let mut agreed = SourceSchema::default();
        let mut out = Vec::new();
        for seen in reads {
            let mut schema = SourceSchema { values: BTreeMap::new(), ..seen.clone() };
            let mut drifts = compare(&agreed, seen, &mut schema, &mapping());
            let mut looked = Looked::default();
            looked.add(seen);
            let found = settle(&schema, &looked, &mapping());
            drifts.extend(found.drifts);
            agreed = found.schema;
            out.push(drifts.iter().map(|d| format!("{} {}", d.to.clone().unwrap_or_default(), d.severity)).collect());
        }
        out
    }

    const OPEN: [(&str, u64); 3] = [("open", 600), ("won", 300), ("lost", 100)];

    #[test]
    fn what_is_gained_is_told_once_and_at_once() {
        let with = |word, rows| batch("status", &[("open", 5), (word, rows)]);
        let reads = [batch("status", &OPEN), with("won", 1), with("paused", 1), with("paused", 9), with("held", 2)];
        let wanted: [&[&str]; 5] = [&[], &[], &["status + paused info"], &[], &["status + held info"]];
        assert_eq!(told(&reads), wanted);
    }

    #[test]
    fn what_is_lost_is_told_once_and_only_on_many_rows() {
        let without = |rows: u64| batch("status", &[("open", rows * 2 / 3), ("won", rows / 3)]);
        // A large read without it, a few small ones, many that add up, and nothing again.
        assert_eq!(told(&[batch("status", &OPEN), without(3_000)])[1], ["status - lost warning"]);
        assert!(told(&[batch("status", &OPEN), without(9), without(90)]).iter().all(Vec::is_empty));
        let mut reads = vec![batch("status", &OPEN)];
        reads.extend((0..40).map(|_| without(99)));
        let all = told(&reads);
        assert_eq!(all.iter().flatten().collect::<Vec<_>>(), ["status - lost warning"]);
        assert!(all[..11].iter().all(Vec::is_empty), "{all:?}");
        // A rare value is missed by many more rows than a common one.
        let rare = batch("status", &[("open", 9_000), ("won", 990), ("lost", 10)]);
        assert!(told(&[rare.clone(), without(3_000)])[1].is_empty());
        assert_eq!(told(&[rare, without(30_000)])[1], ["status - lost warning"]);
        // One that comes back is gained, as any other.
        let back = [batch("status", &OPEN), without(3_000), batch("status", &OPEN)];
        assert_eq!(told(&back)[2], ["status + lost info"]);
    }

    #[test]
    fn a_value_that_comes_now_and_then_is_not_lost() {
        let turn = |n: u64| {
            if n % 9 == 8 { batch("status", &[("lost", 1), ("open", 99)]) } else { batch("status", &[("open", 100)]) }
        };
        let mut reads = vec![batch("status", &[("open", 980), ("lost", 20)])];
        reads.extend((0..90).map(turn));
        assert!(told(&reads).iter().all(Vec::is_empty));
    }

    #[test]
    fn what_is_no_list_says_nothing() {
        let some = |column: &str| [batch(column, &OPEN), batch(column, &[("else", 400)])];
        let columns = [
            "code",
            "OwnerId",
            "owner",
            "name",
            "Name",
            "FirstName",
            "surname",
            "last_name",
            "City",
            "billing_city",
            "Email",
            "Description",
            "Manager__c",
            "account name",
            "created_by",
            "order_number",
            "AccountNumber",
            "Title",
            "customer_id",
        ];
        for column in columns {
            assert!(told(&some(column)).iter().all(Vec::is_empty), "{column}");
        }
        for column in
            ["StageName", "service_name", "status", "Type", "BillingCountry", "CurrencyIsoCode", "region", "priority"]
        {
            assert_eq!(told(&some(column))[1], [format!("{column} + else info")], "{column}");
        }
        // Too few rows to know, still growing, values that are addresses, and more than can be listed.
        let few = [batch("status", &[("a", 30), ("b", 30)]), batch("status", &[("c", 9)])];
        let growing = [batch("status", &[("a", 97), ("b", 1), ("c", 1), ("d", 1)]), batch("status", &[("e", 9)])];
        let mails =
            [batch("status", &[("a@x.example", 90), ("b@x.example", 90)]), batch("status", &[("c@x.example", 9)])];
        let words: Vec<String> = (0..=MOST).map(|n| format!("w{n}")).collect();
        let many: Vec<(&str, u64)> = words.iter().map(|w| (w.as_str(), 90)).collect();
        for reads in [&few[..], &growing, &mails, &[batch("status", &many), batch("status", &[("new", 50)])]] {
            assert!(told(reads).iter().all(Vec::is_empty), "{reads:?}");
        }
    }

    #[test]
    fn a_list_that_becomes_free_text_is_told_once() {
        let words: Vec<String> = (0..=MOST).map(|n| format!("w{n}")).collect();
        let many: Vec<(&str, u64)> = words.iter().map(|w| (w.as_str(), 3)).collect();
        let reads = [batch("status", &OPEN), batch("status", &many), batch("status", &[("new", 50)])];
        let wanted: [&[&str]; 3] = [&[], &["status + others info"], &[]];
        assert_eq!(told(&reads), wanted);
    }

    #[test]
    fn evidence_has_the_shares() {
        let agreed = settle(&batch("status", &OPEN), &Looked::default(), &mapping()).schema;
        let seen = batch("status", &[("open", 30), ("paused", 10)]);
        let mut schema = seen.clone();
        let drift = compare(&agreed, &seen, &mut schema, &mapping()).remove(0);
        assert_eq!(drift.evidence["gained"], json!([{"value": "paused", "rows": 10, "share": 0.25}]));
        assert_eq!(drift.evidence["values"][1], json!({"value": "open", "share": 0.6}));
        assert_eq!((drift.kind.as_str(), drift.from.as_deref()), ("enum_changed", Some("status")));
    }
}
