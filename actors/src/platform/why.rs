//! Why a value is what it is: the record that gives it, the batch it was read in, the rule that made it, what the source had
//! sent; and for a golden record, why its records are one and why this one of them gives the value.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use autonomos_runtime::canonical::entity::{EntityDef, FieldDef};
use autonomos_runtime::canonical::mapping::Transform;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{MappingVersion, Tx};
use autonomos_runtime::{Error, Kind, Result, Scope};
use serde_json::{Value, json};

use super::Platform;
use super::entities::{absent, members, pairs, rank};
use super::shapes::{MergeWhy, OriginalValue, RecordWhy, SourceBatch, SourceRecord, Survivorship, ValueRule, ValueWhy};
use crate::dcl::EntityRows;
use crate::lineage::lines;
use crate::lineage::value::{self, Batch, Origin, Place};
use crate::unify::golden::{Row, Survived};
use crate::unify::questions::{read_id, spelled};
use crate::unify::{Link, entry, unifier};

/// Decisions about identity that are looked up for one entity.
const DECISIONS: usize = 20;

/// Which values, of what.
#[derive(Clone, Debug, Default)]
pub struct WhyRequest {
    /// The view.
    pub view: String,
    /// A record; where records are unified, any id that leads to an entity.
    pub id: String,
    /// Only this field.
    pub field: Option<String>,
    /// The record by itself, and not the golden record of its entity.
    pub alone: bool,
}

/// What is read once for a whole answer.
struct Reading {
    names: HashMap<String, String>,
    batches: BTreeMap<(String, String, i64), Option<Arc<Batch>>>,
    rules: BTreeMap<(String, String, i64), Option<MappingVersion>>,
}

impl Platform {
    /// See the module.
    pub async fn why(&self, scope: &Scope, asked: &WhyRequest) -> Result<RecordWhy> {
        let id = read_id(&asked.id).ok_or_else(absent)?;
        let vocabulary = Arc::clone(&self.parts().vocabulary);
        let is = |e: &&Arc<EntityDef>| e.view == asked.view || e.aliases.iter().any(|a| a.view == asked.view);
        let entity = vocabulary.entities().find(is).cloned();
        let Some(entity) = entity else {
            // Who names a view that is not there is told which there are.
            self.parts().dcl.record(scope, &asked.view, id).await?;
            return Err(absent());
        };
        let fields = wanted(&entity, asked.field.as_deref())?;
        if asked.alone || entity.identity.is_none() {
            let (position, row) = self.parts().dcl.record(scope, &asked.view, id).await?.ok_or_else(absent)?;
            let mut out = RecordWhy {
                view: asked.view.clone(),
                id: spelled(row.record),
                kind: "record",
                position,
                values: Vec::new(),
                merge: None,
            };
            let mut reading = self.reading(scope).await?;
            let mut tx = self.parts().store.read(scope).await?;
            for field in fields {
                let value = row.values.get(&field.name).cloned().unwrap_or(Value::Null);
                if value.is_null() && asked.field.is_none() {
                    continue;
                }
                out.values.push(reading.told(tx.as_mut(), field, value, Some(&row), None).await?);
            }
            return Ok(out);
        }
        let found = self.parts().dcl.entity(scope, &entity.view, id).await?.ok_or_else(absent)?;
        self.golden(scope, &entity, &fields, asked, found).await
    }

    async fn golden(
        &self,
        scope: &Scope,
        entity: &EntityDef,
        fields: &[&FieldDef],
        asked: &WhyRequest,
        found: EntityRows,
    ) -> Result<RecordWhy> {
        let ranks = self.ranks(scope).await?;
        let mut reading = self.reading(scope).await?;
        let mut tx = self.parts().store.read(scope).await?;
        let mut values = Vec::new();
        for field in fields {
            let survived = Survived::of(entity, &found.rows, |row| rank(&ranks, row), &field.name);
            let Some(survived) = survived else {
                if asked.field.is_some() {
                    values.push(reading.told(tx.as_mut(), field, Value::Null, None, None).await?);
                }
                continue;
            };
            let giver = found.rows.iter().find(|row| row.record == survived.record);
            let value = giver.and_then(|row| row.values.get(&field.name)).cloned().unwrap_or(Value::Null);
            values.push(reading.told(tx.as_mut(), field, value, giver, Some(survived)).await?);
        }
        let decisions = decisions(tx.as_mut(), &found).await?;
        drop(tx);
        let plans = unifier::plans(&*self.desk(scope).await?)?;
        let plan = plans.into_iter().find(|plan| plan.entity == entity.name);
        let said = |(a, b, link): &(u64, u64, Link)| {
            let word = if *link == Link::Together { "together" } else { "apart" };
            json!({"a": spelled(*a), "b": spelled(*b), "said": word})
        };
        let merge = MergeWhy {
            members: members(&found),
            pairs: plan.map(|plan| pairs(&plan, &found)).unwrap_or_default(),
            said: found.links.iter().map(said).collect(),
            decisions,
        };
        Ok(RecordWhy {
            view: entity.view.clone(),
            id: spelled(found.id),
            kind: "golden",
            position: found.position,
            values,
            merge: Some(merge),
        })
    }

    async fn reading(&self, scope: &Scope) -> Result<Reading> {
        let known = self.known(scope).await?;
        let names =
            known.lines.all().iter().map(|line| (line.connection.to_string(), line.source.to_string())).collect();
        Ok(Reading { names, batches: BTreeMap::new(), rules: BTreeMap::new() })
    }
}

/// The fields asked about; one that is not there is named.
fn wanted<'a>(entity: &'a EntityDef, field: Option<&str>) -> Result<Vec<&'a FieldDef>> {
    let Some(name) = field else { return Ok(entity.fields.iter().collect()) };
    let found = entity.field(name).ok_or_else(|| {
        let names: Vec<&str> = entity.fields.iter().map(|f| f.name.as_str()).collect();
        let shown: String = name.chars().take(80).collect();
        Error::invalid("lineage.unknown_field", format!("{} have no field {shown:?}", entity.view))
            .field("field")
            .remedy(format!("Use one of {}.", names.join(", ")))
    })?;
    Ok(vec![found])
}

/// The log entries in which pairs of the entity were written down.
async fn decisions(tx: &mut dyn Tx, found: &EntityRows) -> Result<Vec<Value>> {
    let positions: BTreeSet<i64> = found.pairs.iter().map(|pair| pair.seq).collect();
    let mut out = Vec::new();
    for seq in positions.into_iter().rev().take(DECISIONS) {
        let log = tx.log_entry(seq).await?;
        let (head, _) = entry::decode(&log.payload)?;
        out.push(json!({
            "position": seq, "at": log.at, "by": head.by, "reason": head.reason, "model": head.model,
        }));
    }
    Ok(out)
}

impl Reading {
    /// Where one value comes from.
    async fn told(
        &mut self,
        tx: &mut dyn Tx,
        field: &FieldDef,
        value: Value,
        row: Option<&Row>,
        survived: Option<Survived>,
    ) -> Result<ValueWhy> {
        let mut out = ValueWhy {
            field: field.name.clone(),
            value,
            record: None,
            batch: None,
            rule: None,
            original: None,
            carried: false,
            survivorship: survived.map(|s| Survivorship {
                rule: s.rule,
                together: s.together,
                candidates: s.candidates.iter().map(|(id, v)| json!({"record": spelled(*id), "value": v})).collect(),
            }),
        };
        let Some(row) = row else { return Ok(out) };
        let source = row.values.get("source").cloned().unwrap_or_default();
        let text = |name: &str| source[name].as_str().unwrap_or_default().to_owned();
        let (connection, stream, key) = (text("connection_id"), text("stream"), text("key"));
        out.record = Some(SourceRecord {
            id: spelled(row.record),
            connection: self.names.get(&connection).cloned().unwrap_or_default(),
            connection_id: connection.clone(),
            stream: stream.clone(),
            key: key.clone(),
        });
        let Ok(id) = connection.parse::<ConnectionId>() else { return Ok(out) };
        let rules = self.rules(tx, id, &stream, source["mapping_version"].as_i64().unwrap_or(0)).await?;
        let rule = rules.as_ref().and_then(|version| version.mapping.rule_for(&field.name));
        out.rule = rules.as_ref().zip(rule).map(|(version, rule)| ValueRule {
            source_path: rule.source_path.clone(),
            cast: field.field_type.as_str(),
            transform: (rule.transform != Transform::None)
                .then(|| serde_json::to_value(&rule.transform).unwrap_or_default()),
            version: version.version,
            origin: lines::word(rule.origin),
            confidence: rule.confidence,
            author: version.author.clone(),
            reason: version.reason.clone(),
            adopted_at: version.created_at,
        });
        let place =
            Place { connection: id, stream: &stream, key: &key, seq: row.read.0, row: row.read.1.max(0) as usize };
        let Some(batch) = self.batch(tx, &place).await? else { return Ok(out) };
        let path = rule.map(|rule| rule.source_path.as_str()).filter(|path| !path.is_empty());
        let origin = value::origin(tx, &place, field, path, &batch).await?;
        out.carried = origin.carried;
        out.original = origin.sent.clone().map(|sent| OriginalValue { value: sent.value, form: sent.form });
        out.batch = Some(shown(&origin));
        Ok(out)
    }

    async fn batch(&mut self, tx: &mut dyn Tx, place: &Place<'_>) -> Result<Option<Arc<Batch>>> {
        let key = (place.connection.to_string(), place.stream.to_owned(), place.seq);
        if let Some(known) = self.batches.get(&key) {
            return Ok(known.clone());
        }
        let found = value::batch(tx, place.connection, place.stream, place.seq).await?.map(Arc::new);
        self.batches.insert(key, found.clone());
        Ok(found)
    }

    async fn rules(
        &mut self,
        tx: &mut dyn Tx,
        connection: ConnectionId,
        stream: &str,
        version: i64,
    ) -> Result<Option<MappingVersion>> {
        let key = (connection.to_string(), stream.to_owned(), version);
        if let Some(known) = self.rules.get(&key) {
            return Ok(known.clone());
        }
        let found = match tx.mapping(connection, stream, version).await {
            Ok(found) => Some(found),
            Err(error) if error.kind == Kind::NotFound => None,
            Err(error) => return Err(error),
        };
        self.rules.insert(key, found.clone());
        Ok(found)
    }
}

fn shown(origin: &Origin) -> SourceBatch {
    let entry = &origin.batch.entry;
    let cursor = |text: &Option<String>| {
        text.as_ref().map(|text| serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())))
    };
    SourceBatch {
        position: entry.seq,
        batch_id: entry.batch_id.to_string(),
        at: entry.at,
        row: origin.row,
        cursor_from: cursor(&entry.cursor_from),
        cursor_to: cursor(&entry.cursor_to),
        fingerprint: entry.fingerprint.clone(),
        made_under: origin.made_by.as_ref().map(|version| version.version),
    }
}
