//! The matcher's face: an object in, one proposal a field out, by the shipped model.
//!
//! Guarantee: one proposal per field, in order; a field held to be nothing has no entity and no canonical field, and its
//! confidence is that of being nothing. The model is read from the binary once. A crash cannot do anything to it.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::calibrate::APPLY;
use super::features::Scratch;
use super::lexicon::TargetInfo;
use super::model::{Model, ModelFile, SHOW, Tables, Verdict};
use super::object::ObjectView;

/// A field to be mapped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSample {
    /// Its path in the source; nested with `.`, lists with `[]`.
    pub name: String,
    /// Its type, as the source or a schema names it.
    #[serde(default)]
    pub data_type: Option<String>,
    /// A few values.
    #[serde(default)]
    pub samples: Vec<String>,
}

/// An object to be mapped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectSample {
    /// The system it comes from, when known.
    #[serde(default)]
    pub system: Option<String>,
    /// Its name there.
    pub object: String,
    /// Its fields.
    pub fields: Vec<FieldSample>,
}

/// What a field is held to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MappingProposal {
    /// The field's path.
    pub field: String,
    /// The entity; none for nothing.
    pub entity: Option<String>,
    /// The canonical field; none for nothing.
    pub canonical_field: Option<String>,
    /// How sure, calibrated: of what says 0.9, nine in ten are right.
    pub confidence: f64,
    /// Why, for the person who reviews it.
    pub reasons: Vec<String>,
}

/// The same in brief, for bulk work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Brief {
    /// The entity; none for nothing.
    pub entity: Option<&'static str>,
    /// The canonical field; none for nothing.
    pub canonical_field: Option<&'static str>,
    /// How sure.
    pub confidence: f32,
}

const MODEL: &str = include_str!("model/mapping.json");

/// The tables and the shipped model.
pub fn shipped() -> &'static (Tables, Model) {
    static SHIPPED: OnceLock<(Tables, Model)> = OnceLock::new();
    SHIPPED.get_or_init(|| {
        let tables = Tables::new();
        let file = serde_json::from_str::<ModelFile>(MODEL).ok();
        let model = file.and_then(|f| Model::from_file(tables.lexicon, &f));
        (tables, model.unwrap_or_default())
    })
}

/// Proposes a mapping for each field of an object.
pub fn propose_mapping(object: &ObjectSample) -> Vec<MappingProposal> {
    let (tables, model) = shipped();
    let mut view = ObjectView::default();
    let mut verdicts = Vec::new();
    let (entity, odds) = judge(tables, model, object, &mut view, &mut Scratch::default(), &mut verdicts);
    let name = tables.lexicon.entities[entity as usize];
    let of_entity = format!("the object looks like {name} ({:.0} %)", odds[entity as usize] * 100.0);
    object
        .fields
        .iter()
        .zip(&verdicts)
        .map(|(field, verdict)| proposal(tables, field, verdict.as_ref(), &of_entity))
        .collect()
}

/// Proposes for many objects, in brief and without a copy of any name.
pub fn propose_mapping_bulk(objects: &[ObjectSample]) -> Vec<Vec<Brief>> {
    let (tables, model) = shipped();
    let (mut view, mut scratch, mut verdicts) = (ObjectView::default(), Scratch::default(), Vec::new());
    let mut out = Vec::with_capacity(objects.len());
    for object in objects {
        judge(tables, model, object, &mut view, &mut scratch, &mut verdicts);
        out.push(verdicts.iter().map(|v| brief(tables, v.as_ref())).collect());
    }
    out
}

fn judge(
    tables: &Tables,
    model: &Model,
    object: &ObjectSample,
    view: &mut ObjectView,
    scratch: &mut Scratch,
    verdicts: &mut Vec<Option<Verdict>>,
) -> (u8, super::entity::Odds) {
    view.start(tables.words, &tables.parts, object.system.as_deref(), &object.object);
    for field in &object.fields {
        view.add(tables.words, &tables.parts, &field.name, field.data_type.as_deref(), &field.samples);
    }
    model.judge(tables, 0, view, scratch, verdicts)
}

fn brief(tables: &Tables, verdict: Option<&Verdict>) -> Brief {
    match verdict.filter(|v| v.confidence >= SHOW) {
        Some(v) => {
            let info = &tables.lexicon.targets[v.target as usize];
            let entity = tables.lexicon.entities[info.entity as usize];
            Brief { entity: Some(entity), canonical_field: Some(info.field), confidence: v.confidence }
        }
        None => Brief { confidence: 1.0 - verdict.map_or(0.02, |v| v.confidence), ..Brief::default() },
    }
}

fn proposal(tables: &Tables, field: &FieldSample, verdict: Option<&Verdict>, of_entity: &str) -> MappingProposal {
    let short = brief(tables, verdict);
    let mut reasons = Vec::new();
    match verdict {
        None => reasons.push("no canonical field is called anything like it".to_owned()),
        Some(v) => {
            let info: &TargetInfo = &tables.lexicon.targets[v.target as usize];
            reasons.push(of_entity.to_owned());
            reasons.push(v.candidate.reason(info.field));
            if short.canonical_field.is_none() {
                reasons.push(format!("yet {} is too unlikely ({:.0} %)", info.field, v.confidence * 100.0));
            } else if v.confidence < APPLY {
                reasons.push("not sure enough to be applied without a look".to_owned());
            }
        }
    }
    MappingProposal {
        field: field.name.clone(),
        entity: short.entity.map(str::to_owned),
        canonical_field: short.canonical_field.map(str::to_owned),
        confidence: (f64::from(short.confidence) * 1000.0).round() / 1000.0,
        reasons,
    }
}

#[cfg(test)]
mod tests {
    use super::super::score::Tally;
    use super::super::train::{Lessons, Show};
    use super::*;

    fn propose(system: &str, object: &str, names: &[&str]) -> Vec<MappingProposal> {
        let fields = names.iter().map(|n| FieldSample { name: (*n).to_owned(), ..FieldSample::default() }).collect();
        propose_mapping(&ObjectSample { system: Some(system.to_owned()), object: object.to_owned(), fields })
    }

    #[test]
    fn a_system_nobody_labelled_is_mapped_and_traps_are_left_alone() {
        let names = [
            "Id",
            "Deal_Name",
            "Amount",
            "Closing_Date",
            "Owner.id",
            "Created_By.id",
            "Account_Name.id",
            "Next_Activity_Count",
        ];
        let got: Vec<_> = propose("zoho", "Deals", &names).into_iter().map(|p| p.canonical_field).collect();
        let want = [
            Some("opportunity_id"),
            Some("name"),
            Some("amount"),
            Some("close_date"),
            Some("owner_id"),
            None,
            Some("account_id"),
            None,
        ];
        assert_eq!(got.iter().map(Option::as_deref).collect::<Vec<_>>(), want);
    }

    #[test]
    fn an_object_of_no_entity_is_left_alone() {
        let got = propose(
            "hris",
            "payroll_runs",
            &["run_id", "period", "gross_pay", "net_pay", "employee_count", "currency"],
        );
        assert!(got.iter().all(|p| p.canonical_field.is_none()), "{got:?}");
    }

    #[test]
    fn bad_objects_give_proposals_of_nothing() {
        assert!(propose("", "", &[]).is_empty());
        let odd = ["", ".", "[]", "....", "日本語", "\u{0}", &"x".repeat(5000), "a.b.c.d.e.f.g", "__c", "%%%"];
        let got = propose("", "\u{fffd}", &odd);
        assert_eq!(got.len(), odd.len());
        assert!(got.iter().all(|p| p.canonical_field.is_none() && !p.reasons.is_empty()));
    }

    #[test]
    fn bulk_says_the_same() {
        let object = ObjectSample {
            system: Some("copper".to_owned()),
            object: "people".to_owned(),
            fields: ["id", "first_name", "emails[].email", "address.city", "prefix"]
                .map(|n| FieldSample { name: n.to_owned(), ..FieldSample::default() })
                .to_vec(),
        };
        let one = propose_mapping(&object);
        let many = propose_mapping_bulk(&[object.clone(), object]);
        for (long, short) in one.iter().zip(&many[1]) {
            assert_eq!(long.canonical_field.as_deref(), short.canonical_field);
            assert!((long.confidence - f64::from(short.confidence)).abs() < 0.001);
        }
    }

    /// The committed model is the one the committed code trains: it says about its own lessons what `train` printed.
    #[test]
    fn the_shipped_model_is_in_step_with_the_code() {
        let (tables, model) = shipped();
        let lessons = Lessons::read(include_str!("../../data/truth/mapping_truth.jsonl"), tables).unwrap();
        let mut tally = Tally::default();
        for lesson in &lessons.objects {
            for (at, verdict) in lesson.fields.iter().zip(lessons.judge_all(tables, model, lesson, Show::Names)) {
                let label = &lessons.labels[*at];
                if label.scored {
                    let shown = verdict.filter(|v| v.confidence >= SHOW);
                    tally.add(
                        label.canonical_field.is_some(),
                        shown.map(|v| (lessons.is_right(*at, v.target), v.confidence)),
                    );
                }
            }
        }
        let f = tally.figures();
        assert_eq!((f.rows, f.positives), (2706, 1012));
        assert!(f.f1 > 0.95 && f.applied_precision > 0.985 && f.applied_recall > 0.7 && f.ece < 0.05, "{f:?}");
    }
}
