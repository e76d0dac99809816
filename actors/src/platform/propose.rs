//! What the matcher and the repairer would propose; pure, so the command line needs no server for it.

use autonomos_runtime::Result;
use serde_json::Value;

use super::Platform;
use super::shapes::{DescribedField, ProposeMapping, ProposeRepair, ProposedMapping, ProposedRepair};
use crate::matching::rename::{RepairCase, RepairField, propose_repair};
use crate::matching::{FieldSample, ObjectSample, propose_mapping};

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn repair_field(field: &DescribedField) -> RepairField {
    RepairField {
        name: field.name.clone(),
        data_type: field.data_type.clone(),
        samples: field.samples.iter().map(text).collect(),
    }
}

impl Platform {
    /// What the fields of an unknown object should feed; pure, needs no tenant and no server.
    pub fn propose_mapping(ask: &ProposeMapping) -> Result<Vec<ProposedMapping>> {
        let object = ObjectSample {
            system: ask.system.clone(),
            object: ask.object.clone(),
            fields: ask
                .fields
                .iter()
                .map(|f| FieldSample {
                    name: f.name.clone(),
                    data_type: f.data_type.clone(),
                    samples: f.samples.iter().map(text).collect(),
                })
                .collect(),
        };
        let proposed = propose_mapping(&object).into_iter().map(|p| ProposedMapping {
            field: p.field,
            entity: p.entity,
            canonical_field: p.canonical_field,
            confidence: p.confidence,
            reasons: p.reasons,
        });
        Ok(proposed.collect())
    }

    /// What happened between two states of an object; pure, needs no tenant and no server.
    pub fn propose_repair(ask: &ProposeRepair) -> Result<Vec<ProposedRepair>> {
        let case = RepairCase {
            system: ask.system.clone(),
            object: ask.object.clone(),
            before: ask.before.iter().map(repair_field).collect(),
            after: ask.after.iter().map(repair_field).collect(),
        };
        let proposed = propose_repair(&case).into_iter().map(|p| ProposedRepair {
            kind: serde_json::to_value(p.kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
            from: serde_json::to_value(p.from).unwrap_or_default(),
            to: serde_json::to_value(p.to).unwrap_or_default(),
            confidence: p.confidence,
            reasons: p.reasons,
        });
        Ok(proposed.collect())
    }
}
