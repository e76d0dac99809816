//! The journey of one entity: what the connectors brought of it, what became of that in log and views, and which findings
//! of agents rest on it. Read from rows and views, never from the live stream, so it is whole however long ago it was.

use std::collections::BTreeMap;

use autonomos_runtime::store::{FindingFilter, Page, Tx};
use autonomos_runtime::{Error, Kind, Result, Scope, Timestamp};
use serde_json::{Value, json};

use super::Platform;
use super::shapes::{EntityView, JourneyStep, JourneyView, ViewRequest};

/// Findings that are looked through.
const FINDINGS: u32 = 1000;
/// Records of one entity that are told of.
const RECORDS: usize = 200;

/// A record: its id, and where it comes from.
struct Part {
    id: String,
    source: Value,
}

impl Platform {
    /// See the module. `id` is any id of an entity, or of one record of a view that is not unified.
    pub async fn journey(&self, scope: &Scope, view: &str, id: &str) -> Result<JourneyView> {
        self.parts().bus.settled(scope).await;
        let seq = self.parts().bus.recent(scope, 0, &|_| false).0.head;
        let unified = match self.entity(scope, view, id).await {
            Ok(entity) => Some(entity),
            Err(error) if error.code == "entity.not_unified" => None,
            Err(error) => return Err(error),
        };
        let (name, position, parts) = match &unified {
            Some(entity) => (entity.id.clone(), entity.position, records(entity)),
            None => self.record(scope, view, id).await?,
        };
        let truncated = parts.len() > RECORDS;
        let mut steps = self.brought(scope, parts.iter().take(RECORDS)).await?;
        if let Some(entity) = unified.filter(|entity| entity.members.len() > 1) {
            steps.push(merged(&entity));
        }
        let mut ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        ids.push(&name);
        let (found, more) = self.found(scope, &ids).await?;
        steps.extend(found);
        steps.sort_by_key(|step| step.at);
        Ok(JourneyView { view: view.to_owned(), id: name, steps, truncated: truncated || more, position, seq })
    }

    /// One record of a view by its id.
    async fn record(&self, scope: &Scope, view: &str, id: &str) -> Result<(String, i64, Vec<Part>)> {
        let absent = || Error::not_found("entity.unknown", "There is no such entity.");
        let ask = ViewRequest {
            view: view.to_owned(),
            limit: Some(1),
            filters: vec![("id".to_owned(), format!("eq:{id}"))],
            ..ViewRequest::default()
        };
        let page = self.query(scope, ask).await.map_err(|e| if e.kind == Kind::Invalid { absent() } else { e })?;
        let body: Value = serde_json::from_slice(&page.body)
            .map_err(|e| Error::internal("view.page", "a page could not be read").source(e))?;
        let row = body["items"].get(0).ok_or_else(absent)?;
        Ok((id.to_owned(), page.position, vec![Part { id: id.to_owned(), source: row["source"].clone() }]))
    }

    /// What the connectors brought, and where the log has it.
    async fn brought(&self, scope: &Scope, parts: impl Iterator<Item = &Part>) -> Result<Vec<JourneyStep>> {
        let mut tx = self.parts().store.read(scope).await?;
        let mut written: BTreeMap<i64, Option<Timestamp>> = BTreeMap::new();
        let mut steps = Vec::new();
        for part in parts {
            let seq = part.source["seq"].as_i64();
            let at = match (seq, seq.and_then(|seq| written.get(&seq))) {
                (_, Some(at)) => *at,
                (None, None) => None,
                (Some(seq), None) => {
                    let at = written_at(tx.as_mut(), &part.source, seq).await?;
                    written.insert(seq, at);
                    at
                }
            };
            let step = |layer: &str, step: &str, data: Value| JourneyStep {
                layer: layer.to_owned(),
                step: step.to_owned(),
                at,
                data,
            };
            steps.push(step("aam", "normalized", json!({"record": part.id, "source": part.source})));
            steps.push(step("dcl", "stored", json!({"record": part.id, "position": seq})));
        }
        Ok(steps)
    }

    /// Findings that rest on any of these, and whether some may have been left out.
    async fn found(&self, scope: &Scope, ids: &[&str]) -> Result<(Vec<JourneyStep>, bool)> {
        let mut tx = self.parts().store.read(scope).await?;
        let page = tx.findings(&FindingFilter::default(), &Page::first(FINDINGS)).await?;
        let rests = page.items.iter().filter(|f| names(&f.evidence, ids) || names(&f.subject, ids));
        let steps = rests.map(|finding| JourneyStep {
            layer: "agent".to_owned(),
            step: "finding".to_owned(),
            at: Some(finding.first_seen_at),
            data: json!({
                "finding_id": finding.id, "agent": finding.agent, "check": finding.check, "title": finding.title,
                "severity": finding.severity, "state": finding.state, "run_id": finding.last_run_id,
            }),
        });
        Ok((steps.collect(), page.next_cursor.is_some()))
    }
}

/// When a position of the log was written; none when compaction moved its rows.
async fn written_at(tx: &mut dyn Tx, source: &Value, seq: i64) -> Result<Option<Timestamp>> {
    let (connection, stream) = (source["connection_id"].as_str(), source["stream"].as_str());
    let (Some(connection), Some(stream)) = (connection.and_then(|id| id.parse().ok()), stream) else {
        return Ok(None);
    };
    let next = tx.outline(connection, stream, seq - 1, 1).await?;
    Ok(next.iter().find(|entry| entry.seq == seq).map(|entry| entry.at))
}

fn records(entity: &EntityView) -> Vec<Part> {
    let part = |member: &Value| Part {
        id: member["id"].as_str().unwrap_or_default().to_owned(),
        source: member["source"].clone(),
    };
    entity.members.iter().filter(|member| member["live"] == true).map(part).collect()
}

fn merged(entity: &EntityView) -> JourneyStep {
    let ids: Vec<&Value> = entity.members.iter().map(|member| &member["id"]).collect();
    let data = json!({"members": ids, "pairs": entity.pairs, "said": entity.said, "sources": entity.sources});
    JourneyStep { layer: "dcl".to_owned(), step: "merged".to_owned(), at: None, data }
}

/// Whether one of the ids stands somewhere in a value, as a whole text.
fn names(value: &Value, ids: &[&str]) -> bool {
    match value {
        Value::String(text) => ids.contains(&text.as_str()),
        Value::Array(items) => items.iter().any(|item| names(item, ids)),
        Value::Object(fields) => fields.values().any(|field| names(field, ids)),
        _ => false,
    }
}
