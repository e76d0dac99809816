//! A canonical row as it leaves the platform: a CloudEvents 1.0 envelope, structured JSON (SPEC D4).
//!
//! Guarantees: the id is made of the batch and the row, so a receiver that sees an event twice can tell; `data` follows
//! the entity's JSON Schema, which `dataschema` names. Decoded on demand: nothing of this is on the hot path.

use arrow::array::types::{Int64Type, UInt8Type};
use arrow::array::{Array, AsArray, RecordBatch, StructArray};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::cast::map::is_json;
use super::entity::{EntityDef, FieldType};
use super::json::{write_members, write_text, write_value};
use super::normalize::{EXTRAS, KEY, OP, VERSION};
use crate::Timestamp;

/// What a batch knows of its rows besides their columns.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// Tenant, as on the wire.
    pub tenant: String,
    /// Connection, as on the wire.
    pub connection: String,
    /// System that the connection speaks to: `salesforce`, `file`.
    pub system: String,
    /// Stream of the connection.
    pub stream: String,
    /// The batch's id.
    pub batch_id: String,
    /// The batch's place in the tenant's log.
    pub seq: i64,
    /// Version of the mapping in force.
    pub mapping_version: i64,
    /// Fingerprint of the source's schema.
    pub fingerprint: String,
    /// Trace of the work that made it.
    pub trace_id: Option<String>,
    /// When it was logged.
    pub emitted_at: Timestamp,
}

/// The envelope of one row. Serialize it: amounts stay exact, which a parsed JSON value would not keep.
#[derive(Debug, serde::Serialize)]
pub struct CloudEvent {
    specversion: &'static str,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    subject: String,
    time: String,
    datacontenttype: &'static str,
    dataschema: String,
    tenantid: String,
    partitionkey: String,
    sequence: String,
    schemafp: String,
    mappingver: i64,
    data: Data,
}

#[derive(Debug, serde::Serialize)]
struct Data {
    meta: Value,
    source: Value,
    entity: String,
    op: &'static str,
    record_version: i64,
    #[serde(rename = "data")]
    record: Box<RawValue>,
    mapping_version: i64,
    unknown_fields: Vec<String>,
}

impl CloudEvent {
    /// `com.autonomos.canonical.{entity}.{upserted|deleted}.v1`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The same for the same row of the same batch.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The entity's id, or the record's key.
    pub fn subject(&self) -> &str {
        &self.subject
    }
}

/// The event of one row of a canonical batch.
pub fn cloud_event(entity: &EntityDef, batch: &RecordBatch, row: usize, envelope: &Envelope) -> CloudEvent {
    let ops = batch.column_by_name(OP).and_then(|ops| ops.as_primitive_opt::<UInt8Type>());
    let deleted = ops.is_some_and(|ops| ops.is_valid(row) && ops.value(row) == 1);
    let text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let versions = batch.column_by_name(VERSION).and_then(|v| v.as_primitive_opt::<Int64Type>());
    let key = text(KEY).unwrap_or_default();
    let extras = batch.column_by_name(EXTRAS).and_then(|e| e.as_struct_opt());
    let at = envelope.emitted_at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
    let op = if deleted { "deleted" } else { "upserted" };
    CloudEvent {
        specversion: "1.0",
        id: format!("{}-{row}", envelope.batch_id),
        source: format!("/tenants/{}/connectors/{}", envelope.tenant, envelope.connection),
        kind: format!("com.autonomos.canonical.{}.{op}.v{}", entity.name, entity.version),
        subject: entity.id.as_deref().and_then(text).unwrap_or_else(|| key.clone()),
        datacontenttype: "application/json",
        dataschema: entity.schema_id(),
        tenantid: envelope.tenant.clone(),
        sequence: format!("{:020}", envelope.seq),
        schemafp: envelope.fingerprint.clone(),
        mappingver: envelope.mapping_version,
        data: Data {
            meta: json!({
                "version": "1.0.0",
                "tenant": envelope.tenant,
                "trace_id": envelope.trace_id,
                "emitted_at": at,
            }),
            source: json!({
                "system": envelope.system,
                "connection_id": envelope.connection,
                "stream": envelope.stream,
                "schema_version": envelope.fingerprint,
            }),
            entity: entity.name.clone(),
            op: if deleted { "delete" } else { "upsert" },
            record_version: versions.filter(|v| v.is_valid(row)).map_or(0, |v| v.value(row)),
            record: record(entity, batch, row, &key, extras),
            mapping_version: envelope.mapping_version,
            unknown_fields: extras.map_or_else(Vec::new, |e| e.fields().iter().map(|f| f.name().clone()).collect()),
        },
        partitionkey: key,
        time: at,
    }
}

/// A row of a canonical batch as an object of its entity.
fn record(
    entity: &EntityDef,
    batch: &RecordBatch,
    row: usize,
    key: &str,
    extras: Option<&StructArray>,
) -> Box<RawValue> {
    let mut out = vec![b'{'];
    for field in &entity.fields {
        let Some(array) = batch.column_by_name(&field.name) else {
            if entity.id.as_ref() == Some(&field.name) {
                // Where the mapping names no id, the key is it.
                write_text(&mut out, &field.name);
                out.push(b':');
                write_text(&mut out, key);
                out.push(b',');
            }
            continue;
        };
        write_text(&mut out, &field.name);
        out.push(b':');
        match array.as_string_opt::<i32>() {
            // A map is JSON already.
            Some(map) if field.field_type == FieldType::Map && map.is_valid(row) && is_json(map.value(row)) => {
                out.extend_from_slice(map.value(row).as_bytes());
            }
            _ => write_value(&mut out, array, row),
        }
        out.push(b',');
    }
    out.extend_from_slice(b"\"external_ids\":[");
    write_text(&mut out, key);
    out.extend_from_slice(b"],\"extras\":");
    match extras {
        Some(extras) => {
            write_members(&mut out, extras.fields().iter().map(|f| f.name().as_str()).zip(extras.columns()), row);
        }
        None => out.extend_from_slice(b"{}"),
    }
    out.push(b'}');
    let text = String::from_utf8_lossy(&out).into_owned();
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Vocabulary;
    use crate::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
    use crate::canonical::normalize::Plan;
    use crate::canonical::record::RawBatch;
    use arrow::array::{ArrayRef, BooleanArray, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};
    use std::sync::Arc;

    #[test]
    fn a_row_leaves_with_exact_amounts_and_its_unknown_fields() {
        let columns =
            [("Id", "o1"), ("Name", "Deal"), ("Amount", "$123,456,789,012,345,678.50"), ("Region__c", "EMEA")];
        let schema = Schema::new(columns.map(|(name, _)| Field::new(name, DataType::Utf8, true)).to_vec());
        let arrays = columns.map(|(_, v)| Arc::new(StringArray::from(vec![v, v])) as ArrayRef).to_vec();
        let rule = |source: &str, field: &str| FieldRule {
            source_path: source.into(),
            field: field.into(),
            transform: Transform::None,
            confidence: 1.0,
            origin: Origin::Rule,
            lenient: false,
        };
        let mapping = Mapping {
            version: 3,
            entity: "opportunity".into(),
            rules: vec![rule("Id", "opportunity_id"), rule("Name", "name"), rule("Amount", "amount")],
            key: vec!["Id".into()],
            order_by: None,
        };
        let raw = RawBatch {
            deletes: Some(BooleanArray::from(vec![false, true])),
            ..RawBatch::of(RecordBatch::try_new(Arc::new(schema), arrays).unwrap())
        };
        let vocabulary = Vocabulary::builtin();
        let plan = Plan::compile(vocabulary, &mapping, raw.columns.schema_ref()).unwrap();
        let out = plan.run(&raw).unwrap();
        let envelope = Envelope {
            tenant: "t".into(),
            connection: "c".into(),
            system: "salesforce".into(),
            stream: "Opportunity".into(),
            batch_id: "b".into(),
            seq: 7,
            mapping_version: 3,
            fingerprint: "f".into(),
            trace_id: None,
            emitted_at: chrono::DateTime::UNIX_EPOCH,
        };
        let event = cloud_event(plan.entity(), &out.batch, 0, &envelope);
        assert_eq!(event.kind(), "com.autonomos.canonical.opportunity.upserted.v1");
        assert_eq!(event.subject(), "o1");
        let text = serde_json::to_string(&event).unwrap();
        assert!(text.contains(r#""amount":123456789012345678.5,"#), "{text}");
        assert!(text.contains(r#""extras":{"Region__c":"EMEA"}"#), "{text}");
        assert!(text.contains(r#""unknown_fields":["Region__c"]"#), "{text}");
        let gone = cloud_event(plan.entity(), &out.batch, 1, &envelope);
        assert_eq!(gone.kind(), "com.autonomos.canonical.opportunity.deleted.v1");
        assert_eq!(gone.id(), "b-1");
    }
}
