//! A new stream's first mapping: shipped rules where the system is known, the matcher's proposals for the rest.
//!
//! What the matcher is sure of (the apply threshold) becomes a rule; what it half believes becomes a question; what no
//! entity fits becomes a `record`, so that every row of every source can be seen and queried.

use super::Registry;
use crate::matching::{FieldSample, MappingProposal, ObjectSample, propose_mapping};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin};
use autonomos_runtime::canonical::schema::SourceSchema;
use std::collections::{HashMap, HashSet};

/// Confidences that decide (SPEC E4).
#[derive(Clone, Copy, Debug)]
pub struct Tiers {
    /// At least this: applied without a hand.
    pub apply: f64,
    /// At least this: put to a human.
    pub review: f64,
}

impl Tiers {
    /// The matcher is not asked.
    pub const NEVER: Self = Self { apply: f64::INFINITY, review: f64::INFINITY };
}

impl Default for Tiers {
    fn default() -> Self {
        Self { apply: 0.85, review: 0.60 }
    }
}

/// What a new stream starts with.
#[derive(Clone, Debug)]
pub struct Onboarding {
    /// Effective at once.
    pub mapping: Mapping,
    /// Proposals a human should look at, each a field of the mapping's entity that nothing feeds yet.
    pub questions: Vec<MappingProposal>,
}

/// See the module. `entity` is the user's own word for what the stream holds, which outranks every guess.
pub fn onboard(
    vocabulary: &Vocabulary,
    system: Option<&str>,
    entity: Option<&str>,
    object: &str,
    schema: &SourceSchema,
    tiers: Tiers,
) -> Onboarding {
    let shipped = Registry::shipped()
        .resolve(vocabulary, system, object, schema)
        .filter(|m| entity.is_none_or(|wanted| wanted == m.entity));
    if let Some(mapping) = &shipped
        && mapping.entity == "record"
    {
        return Onboarding { mapping: as_record(schema, mapping.key.clone()), questions: Vec::new() };
    }
    let sample = ObjectSample {
        system: system.map(str::to_owned),
        object: entity.unwrap_or(object).to_owned(),
        fields: schema
            .fields
            .iter()
            .map(|f| FieldSample {
                name: f.name.clone(),
                data_type: Some(f.data_type.as_str().to_owned()),
                samples: f.samples.clone(),
            })
            .collect(),
    };
    let mut proposals = propose_mapping(&sample);
    let Some(chosen) = entity
        .map(str::to_owned)
        .or_else(|| shipped.as_ref().map(|m| m.entity.clone()))
        .or_else(|| likeliest_entity(&proposals, tiers))
    else {
        return Onboarding { mapping: as_record(schema, key_of(schema)), questions: Vec::new() };
    };
    let mut mapping = shipped.unwrap_or_else(|| Mapping {
        version: 1,
        entity: chosen.clone(),
        rules: Vec::new(),
        key: key_of(schema),
        order_by: schema.cursor.clone(),
    });
    // The matcher knows names; which fields there are is the vocabulary's word.
    let known = vocabulary.entity(&chosen);
    proposals.retain(|p| {
        p.entity.as_deref() == Some(chosen.as_str())
            && p.canonical_field.as_deref().is_some_and(|f| known.is_some_and(|e| e.field(f).is_some()))
    });
    let questions = fill(&mut mapping, proposals, tiers);
    if mapping.rules.is_empty() && entity.is_none() {
        return Onboarding { mapping: as_record(schema, key_of(schema)), questions };
    }
    adopt_id(vocabulary, &mut mapping);
    Onboarding { mapping, questions }
}

/// Adds what the matcher is sure of to fields and columns that are still free; gives back what it half believes.
fn fill(mapping: &mut Mapping, mut proposals: Vec<MappingProposal>, tiers: Tiers) -> Vec<MappingProposal> {
    proposals.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    let mut fields: HashSet<String> = mapping.rules.iter().map(|r| r.field.clone()).collect();
    let used: HashSet<String> = mapping.rules.iter().map(|r| r.source_path.clone()).collect();
    let mut questions = Vec::new();
    for proposal in proposals {
        let Some(field) = proposal.canonical_field.clone() else { continue };
        if used.contains(&proposal.field) || proposal.confidence < tiers.review || !fields.insert(field.clone()) {
            continue;
        }
        if proposal.confidence >= tiers.apply {
            mapping.rules.push(FieldRule {
                source_path: proposal.field,
                field,
                transform: autonomos_runtime::canonical::mapping::Transform::None,
                confidence: proposal.confidence,
                origin: Origin::Rule,
                lenient: false,
            });
        } else {
            questions.push(proposal);
        }
    }
    questions
}

/// The entity most of the confident proposals agree on, when at least two fields speak for it.
fn likeliest_entity(proposals: &[MappingProposal], tiers: Tiers) -> Option<String> {
    let mut weight: HashMap<&str, (f64, usize)> = HashMap::new();
    for p in proposals.iter().filter(|p| p.canonical_field.is_some() && p.confidence >= tiers.review) {
        if let Some(entity) = p.entity.as_deref() {
            let sum = weight.entry(entity).or_default();
            sum.0 += p.confidence;
            sum.1 += 1;
        }
    }
    let best =
        weight.into_iter().filter(|(_, (_, n))| *n >= 2).max_by(|a, b| a.1.0.total_cmp(&b.1.0).then(b.0.cmp(a.0)));
    best.map(|(entity, _)| entity.to_owned())
}

/// The rule for the entity's own id feeds the key when the source named none, and the other way round.
fn adopt_id(vocabulary: &Vocabulary, mapping: &mut Mapping) {
    let Some(id) = vocabulary.entity(&mapping.entity).and_then(|e| e.id.clone()) else { return };
    match (mapping.rule_for(&id).map(|r| r.source_path.clone()), mapping.key.first().cloned()) {
        (Some(source), None) => mapping.key = vec![source],
        (None, Some(key)) if mapping.key.len() == 1 && mapping.rule_from(&key).is_none() => {
            mapping.rules.push(FieldRule {
                source_path: key,
                field: id,
                transform: autonomos_runtime::canonical::mapping::Transform::None,
                confidence: 0.9,
                origin: Origin::Rule,
                lenient: false,
            });
        }
        _ => {}
    }
}

fn key_of(schema: &SourceSchema) -> Vec<String> {
    schema.key.clone()
}

/// What matches no entity stays whole: every column rides in extras.
fn as_record(schema: &SourceSchema, key: Vec<String>) -> Mapping {
    Mapping {
        version: 1,
        entity: "record".to_owned(),
        rules: Vec::new(),
        key: if key.is_empty() { key_of(schema) } else { key },
        order_by: schema.cursor.clone(),
    }
}
