//! What an entity shows: the golden record, each value with the record it comes from.
//!
//! The rules of survivorship: a source that goes before others, then the record that changed last, then the one that was
//! read last; the first of them that has a value gives it. Fields that belong together are given together, by the first
//! that has any of them, so that no street stands in another record's city. The entity's id field and the ids of other
//! things are the source's own and are given like any other value. Pure.

use autonomos_runtime::canonical::entity::EntityDef;
use serde_json::{Map, Value};

/// A record of an entity, as views show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its id.
    pub record: u64,
    /// Its entity.
    pub entity: u64,
    /// How old it is; the greatest number: nobody has looked at it yet.
    pub born: i64,
    /// What orders its states.
    pub version: i64,
    /// Where in the log it was read.
    pub read: (i64, i64),
    /// Its fields, and `source`.
    pub values: Map<String, Value>,
}

/// See the module.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Golden {
    /// Value by field, in the entity's order.
    pub values: Map<String, Value>,
    /// The record that gave it, by field that has a value.
    pub sources: Vec<(String, u64)>,
}

impl Golden {
    /// Of these records. `rank` says which source goes before which: the smaller first.
    pub fn of(entity: &EntityDef, rows: &[Row], rank: impl Fn(&Row) -> usize) -> Self {
        let mut order: Vec<&Row> = rows.iter().collect();
        order.sort_by_cached_key(|row| {
            (rank(row), std::cmp::Reverse(row.version), std::cmp::Reverse(row.read), row.record)
        });
        let has = |row: &Row, field: &str| row.values.get(field).is_some_and(|value| !value.is_null());
        let groups = entity.identity.iter().flat_map(|identity| &identity.together);
        let groups: Vec<&Vec<String>> = groups.collect();
        let mut out = Self::default();
        for field in &entity.fields {
            let name = field.name.as_str();
            let group = groups.iter().find(|group| group.iter().any(|f| f == name));
            let giver = match group {
                Some(group) => order.iter().find(|row| group.iter().any(|f| has(row, f))),
                None => order.iter().find(|row| has(row, name)),
            };
            let value = giver.and_then(|row| row.values.get(name)).cloned().unwrap_or(Value::Null);
            if let Some(row) = giver.filter(|_| !value.is_null()) {
                out.sources.push((name.to_owned(), row.record));
            }
            out.values.insert(name.to_owned(), value);
        }
        out
    }
}

/// Why a record gives a value of the golden record.
#[derive(Clone, Debug, PartialEq)]
pub struct Survived {
    /// The record that gives it.
    pub record: u64,
    /// What decided: `only_value`, `source_order`, `latest_change`, `read_last`, `first_id`.
    pub rule: &'static str,
    /// Fields that are given together with it.
    pub together: Vec<String>,
    /// Every record with a value, in the order in which they may give it, with that value.
    pub candidates: Vec<(u64, Value)>,
}

impl Survived {
    /// Of one field of these records, as [`Golden::of`] decides; none: no record has a value.
    pub fn of(entity: &EntityDef, rows: &[Row], rank: impl Fn(&Row) -> usize, field: &str) -> Option<Self> {
        let mut order: Vec<&Row> = rows.iter().collect();
        order.sort_by_cached_key(|row| {
            (rank(row), std::cmp::Reverse(row.version), std::cmp::Reverse(row.read), row.record)
        });
        let groups = entity.identity.iter().flat_map(|identity| &identity.together);
        let together: Vec<String> =
            groups.into_iter().find(|group| group.iter().any(|f| f == field)).cloned().unwrap_or_default();
        let value = |row: &Row, field: &str| row.values.get(field).filter(|value| !value.is_null()).cloned();
        let may = |row: &&&Row| {
            if together.is_empty() {
                value(row, field).is_some()
            } else {
                together.iter().any(|f| value(row, f).is_some())
            }
        };
        let able: Vec<&&Row> = order.iter().filter(may).collect();
        let (first, next) = (able.first()?, able.get(1));
        value(first, field)?;
        let rule = match next {
            None => "only_value",
            Some(next) if rank(first) != rank(next) => "source_order",
            Some(next) if first.version != next.version => "latest_change",
            Some(next) if first.read != next.read => "read_last",
            Some(_) => "first_id",
        };
        let candidates = able.iter().map(|row| (row.record, value(row, field).unwrap_or(Value::Null))).collect();
        Some(Self { record: first.record, rule, together, candidates })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::entity::Vocabulary;
    use serde_json::json;

    fn row(record: u64, version: i64, values: Value) -> Row {
        let Value::Object(values) = values else { panic!("an object") };
        Row { record, entity: 1, born: 1, version, read: (record as i64, 0), values }
    }

    fn golden(rows: &[Row], rank: impl Fn(&Row) -> usize) -> Golden {
        Golden::of(Vocabulary::builtin().entity("account").unwrap(), rows, rank)
    }

    fn source(golden: &Golden, field: &str) -> Option<u64> {
        golden.sources.iter().find(|(name, _)| name == field).map(|(_, record)| *record)
    }

    #[test]
    fn the_latest_value_that_is_there_wins() {
        let rows = [
            row(1, 10, json!({"name": "Acme", "phone": "1", "industry": "Energy"})),
            row(2, 20, json!({"name": "Acme Inc", "phone": null})),
        ];
        let found = golden(&rows, |_| 0);
        assert_eq!((&found.values["name"], source(&found, "name")), (&json!("Acme Inc"), Some(2)));
        assert_eq!((&found.values["phone"], source(&found, "phone")), (&json!("1"), Some(1)));
        assert_eq!((&found.values["website"], source(&found, "website")), (&Value::Null, None));
        assert_eq!(found.values.keys().next().map(String::as_str), Some("account_id"), "in the entity's order");
    }

    #[test]
    fn a_source_may_go_before_others() {
        let rows = [row(1, 10, json!({"name": "Acme"})), row(2, 20, json!({"name": "Acme Inc", "phone": "2"}))];
        let found = golden(&rows, |row| usize::from(row.record != 1));
        assert_eq!((source(&found, "name"), source(&found, "phone")), (Some(1), Some(2)));
    }

    #[test]
    fn what_decided_is_told() {
        let account = Vocabulary::builtin().entity("account").unwrap();
        let rows = [
            row(1, 10, json!({"name": "Acme", "phone": "1", "billing_street": "1 Old St"})),
            row(2, 20, json!({"name": "Acme Inc", "billing_city": "Oslo"})),
        ];
        let told = |rank: fn(&Row) -> usize, field: &str| Survived::of(account, &rows, rank, field);
        let latest = told(|_| 0, "name").unwrap();
        assert_eq!((latest.record, latest.rule), (2, "latest_change"));
        assert_eq!(latest.candidates, [(2, json!("Acme Inc")), (1, json!("Acme"))]);
        assert_eq!(told(|row| usize::from(row.record != 1), "name").unwrap().rule, "source_order");
        assert_eq!(told(|_| 0, "phone").unwrap().rule, "only_value");
        assert_eq!(told(|_| 0, "website"), None);
        assert_eq!(told(|_| 0, "billing_street"), None, "the one that gives the address has no street");
        for (field, record) in Golden::of(account, &rows, |_| 0).sources {
            assert_eq!(told(|_| 0, &field).unwrap().record, record, "{field}");
        }
    }

    #[test]
    fn what_belongs_together_stays_together() {
        let rows = [
            row(1, 10, json!({"billing_street": "1 Old St", "billing_city": "Leeds"})),
            row(2, 20, json!({"billing_city": "Oslo"})),
        ];
        let found = golden(&rows, |_| 0);
        assert_eq!((&found.values["billing_city"], &found.values["billing_street"]), (&json!("Oslo"), &Value::Null));
    }
}
