//! Pure: a check's row becomes a finding with a sentence, a worth and the row as evidence.

use super::definition::{Check, Definition};
use serde_json::{Map, Value, json};

/// What a row of a check says.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The same thing from run to run: `revops/stalled/<id>`.
    pub key: String,
    /// One sentence.
    pub title: String,
    /// What it is worth: `{amount, currency?}`.
    pub impact: Option<Value>,
    /// The rows it rests on.
    pub evidence: Value,
}

/// A row without an `id` cannot be told from others and is no finding.
pub fn found(definition: &Definition, check: &Check, row: &Map<String, Value>) -> Option<Found> {
    let id = row.get("id").filter(|v| !v.is_null()).map(text)?;
    let impact = check.impact.as_ref().and_then(|impact| {
        let amount = row.get(&impact.amount).filter(|v| !v.is_null())?;
        let currency = impact.currency.as_ref().and_then(|c| row.get(c)).filter(|v| !v.is_null());
        Some(match currency {
            Some(currency) => json!({"amount": amount, "currency": currency}),
            None => json!({"amount": amount}),
        })
    });
    Some(Found {
        key: format!("{}/{}/{id}", definition.id, check.id),
        title: fill(&check.title, row),
        impact,
        evidence: json!([row]),
    })
}

/// `{column}` places filled from the row; a place without a value says so.
fn fill(template: &str, row: &Map<String, Value>) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, tail)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        out.push_str(&row.get(name).filter(|v| !v.is_null()).map_or_else(|| format!("(no {name})"), text));
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_becomes_a_sentence_a_worth_and_its_own_evidence() {
        let revops = Definition::named("revops").unwrap();
        let stalled = revops.checks.iter().find(|c| c.id == "stalled").unwrap();
        let Value::Object(row) =
            json!({"id": "x1", "name": "Big {deal}", "idle_days": 41, "worth": 5, "currency": null})
        else {
            unreachable!()
        };
        let found = found(revops, stalled, &row).unwrap();
        assert_eq!(found.key, "revops/stalled/x1");
        assert_eq!(found.title, "Deal \"Big {deal}\" has not moved for 41 days");
        assert_eq!(found.impact, Some(json!({"amount": 5})));
        assert_eq!(found.evidence[0]["id"], "x1");
    }
}
