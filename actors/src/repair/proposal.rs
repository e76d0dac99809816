//! Pure: what could be done about a change, applied to a mapping or taken back from it.

use autonomos_runtime::canonical::entity::EntityDef;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::{Error, Result};
use serde_json::Value;

/// What would be done. This is the `proposal` of a review, and what a person may write as its `edit`.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Proposal {
    /// Read a column under its new name.
    Rename {
        /// Old name.
        from: String,
        /// New name.
        to: String,
        /// What its values need from here on, when the new name says the opposite or another unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transform: Option<Transform>,
    },
    /// Let a column feed a canonical field.
    Map {
        /// Column.
        source_path: String,
        /// Canonical field.
        field: String,
    },
    /// Let a column feed nothing; it rides in extras.
    Unmap {
        /// Column.
        source_path: String,
    },
    /// Take rows whose value does not fit, with the value in extras and the field null.
    Lenient {
        /// Column.
        source_path: String,
    },
    /// Identify records by another key, or order their states by another column, and read the stream again from its
    /// start: what was read before cannot be joined to what comes.
    Reread {
        /// Columns that identify a record.
        key: Vec<String>,
        /// Column that orders two states of one.
        #[serde(default)]
        order_by: Option<String>,
    },
    /// Read a stream that the source offers and nobody asked for yet.
    Take,
    /// Agree to the change; the rules stay.
    Accept,
}

impl Proposal {
    /// As it stands in a review.
    pub fn to_json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }

    /// As a person or a row wrote it.
    pub fn from_json(value: &Value) -> Result<Self> {
        serde_json::from_value(value.clone()).map_err(|e| {
            Error::invalid("review.bad_edit", format!("The edit is not a proposal: {e}."))
                .field("/edit")
                .remedy("Give {\"action\": \"rename\" | \"map\" | \"unmap\" | \"lenient\" | \"reread\" | \"take\" | \"accept\", ...} as in the proposal.")
        })
    }

    /// The rules with this done to them. What another rule feeds already is given up by that rule.
    pub fn apply(&self, mapping: &Mapping, entity: &EntityDef, confidence: f64, origin: Origin) -> Result<Mapping> {
        let mut next = mapping.clone();
        match self {
            Self::Rename { from, to, transform } => {
                for rule in next.rules.iter_mut().filter(|r| r.source_path == *from) {
                    rule.source_path.clone_from(to);
                    if let Some(transform) = transform {
                        rule.transform.clone_from(transform);
                    }
                    rule.confidence = confidence;
                    rule.origin = origin;
                }
                for key in next.key.iter_mut().chain(next.order_by.as_mut()).filter(|k| **k == *from) {
                    key.clone_from(to);
                }
            }
            Self::Map { source_path, field } => {
                if entity.field(field).is_none() {
                    return Err(Error::invalid(
                        "mapping.unknown_field",
                        format!("{} has no field {field}.", entity.name),
                    )
                    .field("/field")
                    .remedy("Choose one of the entity's fields."));
                }
                next.rules.retain(|r| r.field != *field);
                next.rules.push(FieldRule {
                    source_path: source_path.clone(),
                    field: field.clone(),
                    transform: Transform::None,
                    confidence,
                    origin,
                    lenient: false,
                });
            }
            Self::Unmap { source_path } => next.rules.retain(|r| r.source_path != *source_path),
            Self::Lenient { source_path } => {
                for rule in next.rules.iter_mut().filter(|r| r.source_path == *source_path) {
                    rule.lenient = true;
                }
            }
            Self::Reread { key, order_by } => {
                next.key.clone_from(key);
                next.order_by.clone_from(order_by);
            }
            Self::Take | Self::Accept => {}
        }
        Ok(next)
    }

    /// The rules with this taken back: what it touched stands again as it stood in `before`, what others changed since
    /// stays.
    pub fn undo(&self, now: &Mapping, before: &Mapping) -> Mapping {
        let mut next = now.clone();
        match self {
            Self::Rename { from, to, .. } => {
                for old in before.rules.iter().filter(|r| r.source_path == *from) {
                    if let Some(rule) = next.rules.iter_mut().find(|r| r.source_path == *to && r.field == old.field) {
                        rule.clone_from(old);
                    }
                }
                for key in next.key.iter_mut().chain(next.order_by.as_mut()).filter(|k| **k == *to) {
                    key.clone_from(from);
                }
            }
            Self::Map { field, .. } => {
                next.rules.retain(|r| r.field != *field);
                next.rules.extend(before.rule_for(field).cloned());
            }
            Self::Unmap { source_path } | Self::Lenient { source_path } => {
                next.rules.retain(|r| r.source_path != *source_path);
                let old = before.rules.iter().filter(|r| r.source_path == *source_path);
                next.rules.extend(old.cloned());
            }
            Self::Reread { .. } => {
                next.key.clone_from(&before.key);
                next.order_by.clone_from(&before.order_by);
            }
            Self::Take | Self::Accept => {}
        }
        next
    }

    /// Whether there is something to read once it is carried out.
    pub const fn reads_on(&self) -> bool {
        matches!(self, Self::Reread { .. } | Self::Take)
    }

    /// Whether the rules change at all.
    pub fn changes(&self, mapping: &Mapping) -> bool {
        match self {
            Self::Rename { from, .. } => {
                mapping.rule_from(from).is_some()
                    || mapping.key.contains(from)
                    || mapping.order_by.as_ref() == Some(from)
            }
            Self::Unmap { source_path } | Self::Lenient { source_path } => mapping.rule_from(source_path).is_some(),
            Self::Map { .. } => true,
            Self::Reread { key, order_by } => mapping.key != *key || mapping.order_by != *order_by,
            Self::Take | Self::Accept => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::entity::Vocabulary;

    fn mapping(pairs: &[(&str, &str)]) -> Mapping {
        let rule = |(source, field): &(&str, &str)| FieldRule {
            source_path: (*source).to_owned(),
            field: (*field).to_owned(),
            transform: Transform::None,
            confidence: 0.99,
            origin: Origin::Rule,
            lenient: false,
        };
        Mapping {
            version: 1,
            entity: "account".to_owned(),
            rules: pairs.iter().map(rule).collect(),
            key: vec!["Id".to_owned()],
            order_by: Some("Changed".to_owned()),
        }
    }

    #[test]
    fn every_proposal_taken_back_gives_the_rules_from_before() {
        let vocabulary = Vocabulary::builtin();
        let account = vocabulary.entity("account").unwrap();
        let before = mapping(&[("Id", "account_id"), ("Name", "name"), ("Phone", "phone")]);
        let proposals = [
            Proposal::Rename { from: "Phone".into(), to: "PhoneNumber".into(), transform: None },
            Proposal::Rename { from: "Phone".into(), to: "Tel".into(), transform: Some(Transform::Lower) },
            Proposal::Rename { from: "Id".into(), to: "Key".into(), transform: None },
            Proposal::Map { source_path: "Tel".into(), field: "phone".into() },
            Proposal::Map { source_path: "Sector".into(), field: "industry".into() },
            Proposal::Unmap { source_path: "Phone".into() },
            Proposal::Lenient { source_path: "Phone".into() },
            Proposal::Reread { key: vec!["Id".into(), "Region".into()], order_by: None },
            Proposal::Reread { key: vec!["Id".into()], order_by: Some("Changed".into()) },
            Proposal::Take,
            Proposal::Accept,
        ];
        for proposal in proposals {
            let after = proposal.apply(&before, account, 0.9, Origin::Human).unwrap();
            assert_eq!(after != before, proposal.changes(&before), "{proposal:?}");
            let mut back = proposal.undo(&after, &before);
            back.rules.sort_by(|a, b| a.field.cmp(&b.field));
            let mut wanted = before.clone();
            wanted.rules.sort_by(|a, b| a.field.cmp(&b.field));
            assert_eq!(back, wanted, "{proposal:?}");
            assert_eq!(Proposal::from_json(&proposal.to_json()).unwrap(), proposal);
        }
    }

    #[test]
    fn a_field_that_does_not_exist_is_refused_by_name() {
        let vocabulary = Vocabulary::builtin();
        let account = vocabulary.entity("account").unwrap();
        let proposal = Proposal::Map { source_path: "x".into(), field: "shoe_size".into() };
        let error = proposal.apply(&mapping(&[]), account, 0.9, Origin::Human).unwrap_err();
        assert!(error.message.contains("shoe_size"));
    }
}
