//! Pure: what to do about one detected change, given the rules in force, the stream as it looks now, and the policy.

use autonomos_runtime::canonical::entity::{EntityDef, Vocabulary};
use autonomos_runtime::canonical::mapping::{Mapping, Origin, Transform};
use autonomos_runtime::canonical::observe::casts;
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::store::Drift;
use serde_json::{Value, json};

pub use crate::drift::policy::Policy;
use crate::drift::policy::is_told_only;

use super::conversion::conversion;
use super::privacy;
use super::proposal::Proposal;
use crate::mapping::onboard::Tiers;
use crate::matching::{FieldSample, ObjectSample, propose_mapping};

/// Share of sample values that must pass through the proposal.
const REPLAY_SHARE: f64 = 0.95;

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Do it now.
    Apply(Judged),
    /// Ask a human.
    Ask(Judged),
    /// Leave the rules, keep the field out, tell people.
    Quarantine(Judged),
    /// It is told, and that is all: nothing in the rules could answer it.
    Note(Judged),
}

/// A proposal with why.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// What would be done.
    pub proposal: Proposal,
    /// How sure.
    pub confidence: f64,
    /// Scores, samples, gates.
    pub evidence: Value,
}

/// What is judged against.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Entities and fields.
    pub vocabulary: &'a Vocabulary,
    /// Rules in force.
    pub mapping: &'a Mapping,
    /// The stream as it looks now.
    pub schema: &'a SourceSchema,
    /// What the source is.
    pub system: Option<&'a str>,
    /// What the source calls the object.
    pub object: &'a str,
    /// The connection's policy.
    pub policy: &'a Value,
    /// Nothing is applied by itself.
    pub safe_mode: bool,
    /// Confidences that decide.
    pub tiers: Tiers,
}

impl Ground<'_> {
    /// See the module.
    pub fn judge(&self, drift: &Drift) -> Verdict {
        let judged = self.propose(drift);
        match Policy::of(self.policy, &drift.kind) {
            Policy::Propagate if is_told_only(&drift.kind) => return Verdict::Note(judged),
            // There is no field to keep out: whoever wants such a change apart is asked.
            Policy::Quarantine if is_told_only(&drift.kind) => return Verdict::Ask(judged),
            Policy::Quarantine => return Verdict::Quarantine(judged),
            Policy::Propose | Policy::Stop => return Verdict::Ask(judged),
            Policy::Propagate if self.safe_mode => return Verdict::Ask(judged),
            Policy::Propagate => {}
        }
        let passes = judged.evidence["gates"]
            .as_object()
            .is_some_and(|gates| gates.values().all(|g| g["passed"].as_bool() == Some(true)));
        if judged.confidence >= self.tiers.apply && passes {
            Verdict::Apply(judged)
        } else if judged.confidence >= self.tiers.review || drift.kind != "renamed" {
            // What nobody is sure of is still worth a question, unless it is a guess at a rename: acting on a bad guess
            // would put one field's values into another.
            Verdict::Ask(judged)
        } else {
            Verdict::Quarantine(judged)
        }
    }

    /// What somebody else proposes: the sample values as they would read, and what of the gates it passes.
    pub fn weighed(&self, proposal: &Proposal, column: &str) -> Value {
        json!({"replay": self.replay(proposal, column), "gates": self.gates(proposal, column)})
    }

    fn propose(&self, drift: &Drift) -> Judged {
        let from = drift.from.clone().unwrap_or_default();
        let to = drift.to.clone().unwrap_or_default();
        match drift.kind.as_str() {
            "renamed" => {
                let transform = self.turned(&from, &to);
                let proposal = Proposal::Rename { from, to: to.clone(), transform };
                self.judged(proposal, drift.confidence.unwrap_or(0.0), drift, &to)
            }
            "added" => self.addition(drift, &to),
            "removed" => self.judged(Proposal::Unmap { source_path: from.clone() }, 0.5, drift, &from),
            "retyped" => {
                let (fits, of) = self.fitting(&from);
                let share = fits as f64 / of.max(1) as f64;
                // Every sample still fits the canonical field: the change does not matter to the rules.
                let mut judged = if fits == of {
                    self.judged(Proposal::Accept, 0.95, drift, &from)
                } else {
                    self.judged(Proposal::Lenient { source_path: from.clone() }, 0.60 + 0.20 * share, drift, &from)
                };
                judged.evidence["fit"] = fits.into();
                judged.evidence["do_not_fit"] = (of - fits).into();
                judged
            }
            "key_changed" | "cursor_changed" => self.judged(first_option(drift), 0.5, drift, &from),
            _ => self.judged(Proposal::Accept, 0.5, drift, &from),
        }
    }

    /// What the values of a renamed column need, when its new name says the opposite or another unit.
    pub(super) fn turned(&self, from: &str, to: &str) -> Option<Transform> {
        let rule = self.mapping.rule_from(from)?;
        let field = self.vocabulary.entity(&self.mapping.entity)?.field(&rule.field)?;
        conversion(from, to, field.field_type, &rule.transform)
    }

    /// A new column: what the matcher makes of it, if the field it would feed is free.
    fn addition(&self, drift: &Drift, column: &str) -> Judged {
        let fields = self.schema.fields.iter().map(|f| FieldSample {
            name: f.name.clone(),
            data_type: Some(f.data_type.as_str().to_owned()),
            samples: f.samples.clone(),
        });
        let object = ObjectSample {
            system: self.system.map(str::to_owned),
            object: self.object.to_owned(),
            fields: fields.collect(),
        };
        let entity = self.vocabulary.entity(&self.mapping.entity);
        let free =
            |field: &str| self.mapping.rule_for(field).is_none() && entity.is_some_and(|e| e.field(field).is_some());
        let found = propose_mapping(&object).into_iter().find(|p| p.field == column);
        match found.and_then(|p| {
            let field = p.canonical_field.filter(|f| free(f))?;
            (p.entity.as_deref() == Some(self.mapping.entity.as_str())).then_some((field, p.confidence))
        }) {
            Some((field, confidence)) => {
                let proposal = Proposal::Map { source_path: column.to_owned(), field };
                self.judged(proposal, confidence, drift, column)
            }
            None => self.judged(Proposal::Accept, 0.5, drift, column),
        }
    }

    fn judged(&self, proposal: Proposal, confidence: f64, drift: &Drift, column: &str) -> Judged {
        let mut evidence = seen(drift);
        evidence["samples"] = self.schema.field(column).map(|f| f.samples.clone()).unwrap_or_default().into();
        evidence["replay"] = self.replay(&proposal, column);
        evidence["gates"] = self.gates(&proposal, column);
        Judged { proposal, confidence, evidence }
    }

    /// What must hold before anything is applied by itself.
    fn gates(&self, proposal: &Proposal, column: &str) -> Value {
        let Some(entity) = self.vocabulary.entity(&self.mapping.entity) else {
            return json!({"schema": {"passed": false, "why": "the entity is unknown"}});
        };
        let next = proposal.apply(self.mapping, entity, 0.0, Origin::Rule);
        let unique = next.as_ref().is_ok_and(one_rule_a_field);
        let (fits, of) = match proposal {
            Proposal::Lenient { .. } => self.fitting(column),
            _ => self.fitting_under(next.as_ref().ok(), entity, column),
        };
        let replay = of == 0 || fits as f64 >= REPLAY_SHARE * of as f64;
        json!({
            "schema": {"passed": unique, "why": if unique { "the new rules are valid" } else { "two columns would feed one field" }},
            "replay": {"passed": replay, "why": format!("{fits} of {of} sample values fit")},
            "views": {"passed": next.is_ok(), "why": "the entity's fields do not change"},
            "privacy": {"passed": self.privacy(proposal), "why": "personal data stays in fields meant for it"},
        })
    }

    /// Sample values as they would read.
    fn replay(&self, proposal: &Proposal, column: &str) -> Value {
        let Some(entity) = self.vocabulary.entity(&self.mapping.entity) else { return Value::Null };
        let Ok(next) = proposal.apply(self.mapping, entity, 0.0, Origin::Rule) else { return Value::Null };
        let Some(field) = next.rule_from(column).and_then(|r| entity.field(&r.field)) else {
            return Value::Null;
        };
        let samples = self.schema.field(column).map(|f| f.samples.as_slice()).unwrap_or_default();
        let rows: Vec<Value> = samples
            .iter()
            .map(|s| json!({"raw": s, "field": field.name, "fits": casts(field.field_type, s)}))
            .collect();
        Value::Array(rows)
    }

    /// How many samples of a column fit the field it feeds now.
    fn fitting(&self, column: &str) -> (usize, usize) {
        self.vocabulary
            .entity(&self.mapping.entity)
            .map_or((0, 0), |e| self.fitting_under(Some(self.mapping), e, column))
    }

    fn fitting_under(&self, mapping: Option<&Mapping>, entity: &EntityDef, column: &str) -> (usize, usize) {
        let rule = mapping.and_then(|m| m.rule_from(column));
        let Some(field) = rule.and_then(|r| entity.field(&r.field)) else { return (0, 0) };
        let samples = self.schema.field(column).map(|f| f.samples.as_slice()).unwrap_or_default();
        (samples.iter().filter(|s| casts(field.field_type, s)).count(), samples.len())
    }

    /// A column full of e-mail addresses must not move into a field that is not for them.
    fn privacy(&self, proposal: &Proposal) -> bool {
        let (column, field) = match proposal {
            Proposal::Map { source_path, field } => (source_path, field.clone()),
            Proposal::Rename { from, to, .. } => match self.mapping.rule_from(from) {
                Some(rule) => (to, rule.field.clone()),
                None => return true,
            },
            _ => return true,
        };
        let kind = self.vocabulary.entity(&self.mapping.entity).and_then(|e| e.field(&field)).map(|f| f.field_type);
        let samples = self.schema.field(column).map(|f| f.samples.as_slice()).unwrap_or_default();
        match (privacy::class(samples), kind) {
            (Some(class), Some(kind)) => privacy::meant_for(class, &field, kind),
            _ => true,
        }
    }
}

/// What is done about a stream that came or went; it needs no rules to be judged.
pub fn judge_stream(drift: &Drift, policy: &Value, safe_mode: bool) -> Verdict {
    let policy = Policy::of(policy, &drift.kind);
    let judged = |proposal, confidence| Judged { proposal, confidence, evidence: seen(drift) };
    if drift.kind == "stream_added" {
        return match policy {
            Policy::Propagate if !safe_mode => Verdict::Apply(judged(Proposal::Take, 1.0)),
            Policy::Quarantine => Verdict::Quarantine(judged(Proposal::Take, 0.5)),
            _ => Verdict::Ask(judged(Proposal::Take, 0.5)),
        };
    }
    match policy {
        Policy::Propagate => Verdict::Note(judged(Proposal::Accept, 1.0)),
        _ => Verdict::Ask(judged(Proposal::Accept, 0.5)),
    }
}

/// What was seen of a change, without what was decided about it.
fn seen(drift: &Drift) -> Value {
    let known = drift.evidence.as_object().into_iter().flatten();
    let own = known.filter(|(name, _)| !matches!(name.as_str(), "proposal" | "judged"));
    let mut seen: serde_json::Map<String, Value> = own.map(|(n, v)| (n.clone(), v.clone())).collect();
    seen.entry("reasons").or_insert_with(|| json!([]));
    seen.into()
}

/// The first of the ways on that a change came with; none: that the rules stay.
fn first_option(drift: &Drift) -> Proposal {
    let proposal = drift.evidence.pointer("/options/0/proposal");
    proposal.and_then(|p| Proposal::from_json(p).ok()).unwrap_or(Proposal::Accept)
}

fn one_rule_a_field(mapping: &Mapping) -> bool {
    let mut fields: Vec<&str> = mapping.rules.iter().map(|r| r.field.as_str()).collect();
    fields.sort_unstable();
    fields.windows(2).all(|pair| pair[0] != pair[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::mapping::FieldRule;
    use autonomos_runtime::canonical::schema::{SourceField, SourceType};
    use autonomos_runtime::ids::{ConnectionId, DriftId};
    use autonomos_runtime::store::DriftState;

    fn rule(source: &str, field: &str) -> FieldRule {
        FieldRule {
            source_path: source.to_owned(),
            field: field.to_owned(),
            transform: Transform::None,
            confidence: 0.99,
            origin: Origin::Rule,
            lenient: false,
        }
    }

    fn column(name: &str, samples: &[&str]) -> SourceField {
        SourceField {
            name: name.to_owned(),
            data_type: SourceType::String,
            nullable: false,
            samples: samples.iter().map(|s| (*s).to_owned()).collect(),
        }
    }

    fn drift(kind: &str, from: Option<&str>, to: Option<&str>, confidence: Option<f64>) -> Drift {
        let now = autonomos_runtime::Timestamp::default();
        let nobody = "00000000-0000-7000-8000-000000000000";
        Drift {
            id: nobody.parse::<DriftId>().unwrap(),
            connection_id: nobody.parse::<ConnectionId>().unwrap(),
            stream: "accounts".to_owned(),
            kind: kind.to_owned(),
            from: from.map(str::to_owned),
            to: to.map(str::to_owned),
            severity: "warning".to_owned(),
            state: DriftState::Detected,
            confidence,
            evidence: json!({"reasons": []}),
            detected_seq: 1,
            mapping_before: None,
            mapping_after: None,
            review_id: None,
            detected_at: now,
            updated_at: now,
        }
    }

    /// The verdict's word, and the proposal.
    fn judged(policy: &Value, safe_mode: bool, columns: Vec<SourceField>, drift: &Drift) -> (&'static str, Proposal) {
        let vocabulary = Vocabulary::builtin();
        let mapping = Mapping {
            version: 1,
            entity: "account".to_owned(),
            rules: vec![
                rule("Id", "account_id"),
                rule("Name", "name"),
                rule("Phone", "phone"),
                rule("Staff", "employees"),
            ],
            key: vec!["Id".to_owned()],
            order_by: None,
        };
        let schema = SourceSchema { fields: columns, ..SourceSchema::default() };
        let ground = Ground {
            vocabulary,
            mapping: &mapping,
            schema: &schema,
            system: None,
            object: "accounts",
            policy,
            safe_mode,
            tiers: Tiers::default(),
        };
        match ground.judge(drift) {
            Verdict::Apply(j) => ("apply", j.proposal),
            Verdict::Ask(j) => ("ask", j.proposal),
            Verdict::Quarantine(j) => ("quarantine", j.proposal),
            Verdict::Note(j) => ("note", j.proposal),
        }
    }

    #[test]
    fn three_tiers_and_the_gates() {
        let phones = || vec![column("PhoneNumber", &["+49 30 901820", "+1 212 555 0187"])];
        let emails = || vec![column("PhoneNumber", &["a@example.com", "b@example.com"])];
        let words = || vec![column("Headcount", &["many", "few", "some"])];
        let numbers = || vec![column("Headcount", &["12", "400"])];
        let (phone, staff) = (("Phone", "PhoneNumber"), ("Staff", "Headcount"));
        let table = [
            ("sure, and all gates pass", phone, 0.85, phones(), json!({}), false, "apply"),
            ("not quite sure", phone, 0.849, phones(), json!({}), false, "ask"),
            ("at the edge of a question", phone, 0.60, phones(), json!({}), false, "ask"),
            ("a guess", phone, 0.599, phones(), json!({}), false, "quarantine"),
            ("personal data of another kind", phone, 0.99, emails(), json!({}), false, "ask"),
            ("values that do not fit", staff, 0.99, words(), json!({}), false, "ask"),
            ("values that fit", staff, 0.99, numbers(), json!({}), false, "apply"),
            ("nothing by itself in safe mode", phone, 0.99, phones(), json!({}), true, "ask"),
            ("the policy asks", phone, 0.99, phones(), json!({"renamed": "propose"}), false, "ask"),
            ("the policy keeps it out", phone, 0.99, phones(), json!({"renamed": "quarantine"}), false, "quarantine"),
        ];
        for (why, (from, to), confidence, columns, policy, safe, wanted) in table {
            let change = drift("renamed", Some(from), Some(to), Some(confidence));
            assert_eq!(judged(&policy, safe, columns, &change).0, wanted, "{why}");
        }
    }

    #[test]
    fn a_lost_key_is_always_asked_about() {
        let change = drift("key_changed", Some("Id"), None, None);
        assert_eq!(judged(&json!({}), false, Vec::new(), &change), ("ask", Proposal::Accept));
        let mut told = change;
        let reread = Proposal::Reread { key: vec!["Id".into(), "Region".into()], order_by: None };
        told.evidence["options"] = json!([{"label": "another key", "proposal": reread.to_json()}]);
        for policy in [json!({}), json!({"key_changed": "propagate"}), json!({"key_changed": "propose"})] {
            assert_eq!(judged(&policy, false, Vec::new(), &told), ("ask", reread.clone()), "{policy}");
        }
    }

    #[test]
    fn what_is_only_told_changes_no_rule() {
        let mut change = drift("enum_changed", Some("Phone"), Some("Phone + none"), None);
        change.evidence =
            json!({"reasons": [], "change": "gained", "gained": [{"value": "none"}], "judged": {"old": 1}});
        let table = [
            (json!({}), false, "note"),
            (json!({}), true, "note"),
            (json!({"enum_changed": "propose"}), false, "ask"),
            (json!({"enum_changed": "stop"}), false, "ask"),
            (json!({"enum_changed": "quarantine"}), false, "ask"),
        ];
        for (policy, safe, wanted) in table {
            let said = judged(&policy, safe, vec![column("Phone", &["+1 212 555 0187"])], &change);
            assert_eq!(said, (wanted, Proposal::Accept), "{policy}");
        }
        assert_eq!(seen(&change)["gained"], json!([{"value": "none"}]));
        assert!(seen(&change).get("judged").is_none());
    }

    #[test]
    fn streams_come_by_word_or_by_policy() {
        let table = [
            ("stream_added", json!({}), false, "ask"),
            ("stream_added", json!({"stream_added": "propagate"}), false, "apply"),
            ("stream_added", json!({"stream_added": "propagate"}), true, "ask"),
            ("stream_added", json!({"stream_added": "quarantine"}), false, "quarantine"),
            ("stream_removed", json!({}), false, "note"),
            ("stream_removed", json!({}), true, "note"),
            ("stream_removed", json!({"stream_removed": "propose"}), false, "ask"),
        ];
        for (kind, policy, safe, wanted) in table {
            let word = match judge_stream(&drift(kind, None, Some("t"), None), &policy, safe) {
                Verdict::Apply(j) => ("apply", j.proposal),
                Verdict::Ask(j) => ("ask", j.proposal),
                Verdict::Quarantine(j) => ("quarantine", j.proposal),
                Verdict::Note(j) => ("note", j.proposal),
            };
            let proposal = if kind == "stream_added" { Proposal::Take } else { Proposal::Accept };
            assert_eq!(word, (wanted, proposal), "{kind} {policy}");
        }
    }

    #[test]
    fn a_retype_that_fits_is_accepted_and_one_that_does_not_is_asked_about() {
        let change = drift("retyped", Some("Staff"), Some("Staff"), None);
        let fits = judged(&json!({}), false, vec![column("Staff", &["12", "14"])], &change);
        assert_eq!(fits, ("apply", Proposal::Accept));
        let not = judged(&json!({}), false, vec![column("Staff", &["a dozen", "14"])], &change);
        assert_eq!(not, ("ask", Proposal::Lenient { source_path: "Staff".to_owned() }));
    }
}
