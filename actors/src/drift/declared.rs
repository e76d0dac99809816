//! Pure: the key and the cursor that a source declares, against those agreed on. Rows that are told apart by another key,
//! or read on by another column, cannot be joined to what was read before without somebody's word.
//!
//! A key column that only has another name is left to the batches: they show whether it is a rename. A cursor where there
//! was none asks nobody: the next read begins at the start by itself. Each change is told once, because the schema that
//! comes out is agreed on from then.

use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::store::NewDrift;
use serde_json::{Value, json};

use super::detect::{Found, case};
use super::severity::severity;
use crate::matching::rename::{RepairKind, propose_repair};

/// How sure a rename must be for the batches to be waited for.
const RENAMED: f64 = 0.5;

/// See the module. `order` is the column that orders two states of a record from here, as far as the source says.
pub fn compare(
    (system, object): (Option<&str>, &str),
    agreed: &SourceSchema,
    offered: &SourceSchema,
    order: Option<&str>,
    mapping: &Mapping,
) -> Found {
    let (mut schema, mut drifts) = (agreed.clone(), Vec::new());
    let new_key = offered.key != agreed.key && !offered.key.is_empty();
    if new_key && agreed.key.is_empty() {
        schema.key.clone_from(&offered.key);
    } else if new_key && !renamed((system, object), agreed, offered) {
        let (old, new) = (agreed.key.join(", "), offered.key.join(", "));
        let reason = format!("the source identifies rows by {new} now, not by {old}");
        let options = options(&offered.key, order, &old);
        drifts.push(told("key_changed", Some(&old), Some(&new), &reason, &options, mapping));
        schema.key.clone_from(&offered.key);
        // A column that was there for the old key only is not told to be gone, nor one for the new key to have come.
        let only = |name: &String, is: &[String], was: &SourceSchema| is.contains(name) && was.field(name).is_none();
        schema.fields.retain(|f| !only(&f.name, &agreed.key, offered));
        let come = offered.fields.iter().filter(|f| only(&f.name, &offered.key, agreed));
        schema.fields.extend(come.cloned());
    }
    match (&agreed.cursor, &offered.cursor) {
        (Some(old), new) if new.as_ref() != Some(old) && offered.field(old).is_some() => {
            let reason = match new {
                Some(new) => format!("the source is read on by {new} now, not by {old}"),
                None => format!("the source can no longer be read on by {old}"),
            };
            let options = options(&mapping.key, order, old);
            drifts.push(told("cursor_changed", Some(old), new.as_deref(), &reason, &options, mapping));
            schema.cursor.clone_from(new);
        }
        (None, Some(_)) => schema.cursor.clone_from(&offered.cursor),
        _ => {}
    }
    Found { schema, drifts }
}

/// Whether the new key is the old one under other names.
fn renamed((system, object): (Option<&str>, &str), agreed: &SourceSchema, offered: &SourceSchema) -> bool {
    if agreed.key.iter().all(|k| offered.field(k).is_some()) {
        return false;
    }
    let pairs: Vec<(String, String)> = propose_repair(&case(system, object, agreed, offered))
        .into_iter()
        .filter(|p| p.kind == RepairKind::Renamed && p.confidence >= RENAMED)
        .filter_map(|p| Some((p.from.names().first()?.clone(), p.to.names().first()?.clone())))
        .collect();
    let now = |name: &String| pairs.iter().find(|(from, _)| from == name).map_or(name, |(_, to)| to).clone();
    agreed.key.iter().map(now).eq(offered.key.iter().cloned())
}

fn options(key: &[String], order: Option<&str>, old: &str) -> Value {
    let by = if key.is_empty() { "their place".to_owned() } else { key.join(", ") };
    json!([
        {
            "label": format!("identify records by {by} and read the stream again from its start"),
            "proposal": {"action": "reread", "key": key, "order_by": order},
        },
        {"label": format!("keep {old} in the rules and read on"), "proposal": {"action": "accept"}},
    ])
}

fn told(
    kind: &str,
    from: Option<&str>,
    to: Option<&str>,
    reason: &str,
    options: &Value,
    mapping: &Mapping,
) -> NewDrift {
    NewDrift {
        kind: kind.to_owned(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        severity: severity(kind, None, from, mapping).as_str().to_owned(),
        confidence: None,
        evidence: json!({"reasons": [reason], "options": options}),
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::canonical::schema::{SourceField, SourceType};

    use super::*;

    fn schema(columns: &str, key: &str, cursor: &str) -> SourceSchema {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let field =
            |name: String| SourceField { name, data_type: SourceType::String, nullable: false, samples: Vec::new() };
        let fields = words(columns).into_iter().map(field).collect();
        SourceSchema { fields, key: words(key), cursor: words(cursor).pop(), ..SourceSchema::default() }
    }

    #[test]
    fn another_key_or_cursor_is_told_once() {
        let mapping =
            Mapping { version: 1, entity: "record".into(), rules: Vec::new(), key: vec!["id".into()], order_by: None };
        let columns = "id region name updated_at changed_at";
        let table: [(&str, SourceSchema, SourceSchema, &[&str]); 10] = [
            ("nothing", schema(columns, "id", "updated_at"), schema(columns, "id", "updated_at"), &[]),
            ("another key", schema(columns, "id", ""), schema(columns, "region", ""), &["key_changed id to region"]),
            (
                "a wider key",
                schema(columns, "id", ""),
                schema(columns, "id region", ""),
                &["key_changed id to id, region"],
            ),
            ("no key before", schema(columns, "", ""), schema(columns, "id", ""), &[]),
            ("a guess that failed", schema(columns, "id", ""), schema(columns, "", ""), &[]),
            (
                "a made key gone",
                schema("_row_id id", "_row_id", ""),
                schema("id", "id", ""),
                &["key_changed _row_id to id"],
            ),
            (
                "a renamed key",
                schema("account_id name", "account_id", ""),
                schema("accountId name", "accountId", ""),
                &[],
            ),
            (
                "another cursor",
                schema(columns, "id", "updated_at"),
                schema(columns, "id", "changed_at"),
                &["cursor_changed updated_at to changed_at"],
            ),
            (
                "no cursor now",
                schema(columns, "id", "updated_at"),
                schema(columns, "id", ""),
                &["cursor_changed updated_at to "],
            ),
            ("a cursor at last", schema(columns, "id", ""), schema(columns, "id", "updated_at"), &[]),
        ];
        for (what, agreed, offered, wanted) in table {
            let found = compare((None, "t"), &agreed, &offered, None, &mapping);
            let said: Vec<String> = found
                .drifts
                .iter()
                .map(|d| format!("{} {} to {}", d.kind, d.from.clone().unwrap(), d.to.clone().unwrap_or_default()))
                .collect();
            assert_eq!(said, wanted, "{what}");
            assert!(found.drifts.iter().all(|d| d.severity == "breaking" && d.evidence["options"][0].is_object()));
            assert_eq!(compare((None, "t"), &found.schema, &offered, None, &mapping).drifts, [], "{what}: told once");
        }
    }

    #[test]
    fn columns_made_for_a_key_come_and_go_with_it() {
        let mapping =
            Mapping { version: 1, entity: "record".into(), rules: Vec::new(), key: Vec::new(), order_by: None };
        let (without, with) = (schema("id", "id", ""), schema("id _row_id", "_row_id", ""));
        let names = |found: Found| found.schema.fields.into_iter().map(|f| f.name).collect::<Vec<_>>();
        assert_eq!(names(compare((None, "t"), &without, &with, None, &mapping)), ["id", "_row_id"]);
        assert_eq!(names(compare((None, "t"), &with, &without, None, &mapping)), ["id"]);
    }
}
