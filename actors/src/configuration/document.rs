//! The document: its shape, and how it is read and written.
//!
//! What is not understood is refused with its line and column: a key that nobody reads is a slip, and a document that
//! unfolds without end (aliases of aliases, an anchor within itself) is none.

use std::collections::{BTreeMap, BTreeSet};

use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text;
use crate::agent::definition::Definition;
use crate::flags::Flag;
use crate::schedule::Said;
use crate::task::work::Work;

/// The version of the shape.
const VERSION: u32 = 1;
/// Bytes of a document at most.
const LONGEST: usize = 1 << 20;

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Version of the shape.
    pub version: u32,
    /// Who may decide what, beyond roles; none: as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_policy: Option<AccessRules>,
    /// Feature flags; one that is not named stays as it is.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub flags: BTreeMap<String, bool>,
    /// Agents that the tenant relies on; a node without one of them refuses the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agents: Vec<String>,
    /// Sources, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<ConnectionDoc>,
    /// What sets off work by itself, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<ScheduleDoc>,
}

/// What sets off work by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleDoc {
    /// Unique in the tenant; what the schedule is known by.
    pub name: String,
    /// What sets it off.
    pub trigger: Said,
    /// What it does.
    pub task: Work,
    /// What becomes of times that were missed: `skip`, `once`, `all`.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub missed: String,
    /// It does nothing until resumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
}

fn once() -> String {
    "once".to_owned()
}

fn is_once(missed: &str) -> bool {
    missed == "once"
}

/// Who may decide what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRules {
    /// Two people for one decision.
    pub four_eyes: bool,
}

/// A source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectionDoc {
    /// Unique in the tenant; what the connection is known by.
    pub name: String,
    /// Type of source.
    #[serde(rename = "type")]
    pub kind: String,
    /// Settings, each secret as `${NAME}`.
    pub config: Value,
    /// Drift kind to what is done about it; none: the defaults.
    #[serde(default = "nothing", skip_serializing_if = "is_nothing")]
    pub policy: Value,
    /// Read-only and capped until confirmed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub safe_mode: bool,
    /// Not read until resumed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub paused: bool,
    /// What was decided of its streams; one that is not named begins as the source offers it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<StreamDoc>,
}

/// A stream of a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamDoc {
    /// Name in its connection.
    pub name: String,
    /// What the source calls the object, where that is not the stream's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Whether it is read.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub read: bool,
    /// Where reading begins if the stream is not there yet, as its source wrote it; none: from the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// Its rules; none: as they are, or as the matcher finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<MappingDoc>,
}

/// Rules of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingDoc {
    /// Canonical entity.
    pub entity: String,
    /// Source columns that identify a record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// Source column that orders two states of one record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_by: Option<String>,
    /// One for each canonical field that is fed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleDoc>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDoc {
    /// Column of the source.
    pub source_path: String,
    /// Canonical field.
    pub field: String,
    /// Beyond the cast: a word, or a word with a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<Value>,
    /// How sure whoever made it was.
    #[serde(default = "certain", skip_serializing_if = "is_certain")]
    pub confidence: f64,
    /// Who made it.
    #[serde(default = "human", skip_serializing_if = "is_human")]
    pub origin: Origin,
    /// A value that does not cast becomes null instead of refusing its row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lenient: bool,
}

fn nothing() -> Value {
    Value::Object(serde_json::Map::new())
}

fn is_nothing(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

const fn yes() -> bool {
    true
}

const fn certain() -> f64 {
    1.0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_certain(confidence: &f64) -> bool {
    (*confidence - 1.0).abs() < f64::EPSILON
}

const fn human() -> Origin {
    Origin::Human
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_human(origin: &Origin) -> bool {
    *origin == Origin::Human
}

impl Document {
    /// One with nothing in it.
    pub const fn empty() -> Self {
        Self {
            version: VERSION,
            access_policy: None,
            flags: BTreeMap::new(),
            agents: Vec::new(),
            connections: Vec::new(),
            schedules: Vec::new(),
        }
    }

    /// Reads one, and looks whether it can be meant: names once, rules of fields that exist.
    pub fn read(text: &str, vocabulary: &Vocabulary) -> Result<Self> {
        if text.len() > LONGEST {
            return Err(Error::too_large("config.too_long", format!("a document has at most {LONGEST} bytes"))
                .field("/document")
                .remedy("Apply it in parts; what a part does not name is left alone."));
        }
        let document: Self = text::read(text)?;
        document.check(vocabulary)?;
        Ok(document)
    }

    /// As YAML.
    pub fn write(&self) -> Result<String> {
        serde_norway::to_string(self)
            .map_err(|e| Error::internal("config.write", "the configuration could not be written").source(e))
    }

    fn check(&self, vocabulary: &Vocabulary) -> Result<()> {
        if self.version != VERSION {
            return Err(wrong("/version", format!("this is version {VERSION} of the shape, not {}", self.version))
                .remedy(format!("Write version: {VERSION}.")));
        }
        for name in self.flags.keys() {
            Flag::named(name).map_err(|e| e.field(format!("/flags/{name}")))?;
        }
        if let Some((at, name)) = self.agents.iter().enumerate().find(|(_, name)| Definition::named(name).is_none()) {
            return Err(wrong(&format!("/agents/{at}"), format!("there is no agent {name} here")));
        }
        let mut names = BTreeSet::new();
        for (at, connection) in self.connections.iter().enumerate() {
            let place = format!("/connections/{at}");
            if !names.insert(&connection.name) {
                return Err(wrong(&format!("{place}/name"), format!("{} is named twice", connection.name)));
            }
            connection.check(&place, vocabulary)?;
        }
        let mut names = BTreeSet::new();
        for (at, schedule) in self.schedules.iter().enumerate() {
            let place = format!("/schedules/{at}");
            if !names.insert(&schedule.name) {
                return Err(wrong(&format!("{place}/name"), format!("{} is named twice", schedule.name)));
            }
            schedule.task.check(&format!("{place}/task"))?;
        }
        Ok(())
    }
}

impl ConnectionDoc {
    fn check(&self, place: &str, vocabulary: &Vocabulary) -> Result<()> {
        let mut names = BTreeSet::new();
        for (at, stream) in self.streams.iter().enumerate() {
            let place = format!("{place}/streams/{at}");
            if !names.insert(&stream.name) {
                return Err(wrong(&format!("{place}/name"), format!("{} is named twice", stream.name)));
            }
            if let Some(mapping) = &stream.mapping {
                mapping.rules(vocabulary).map_err(|e| {
                    let inner = e.field.clone().unwrap_or_default();
                    e.field(format!("{place}/mapping{inner}"))
                })?;
            }
        }
        Ok(())
    }
}

impl MappingDoc {
    /// Of rules in force, in the order of their fields, so that two of the same rules are the same text.
    pub fn of(mapping: &Mapping) -> Self {
        let mut rules: Vec<RuleDoc> = mapping.rules.iter().map(RuleDoc::of).collect();
        rules.sort_by(|a, b| a.field.cmp(&b.field));
        Self { entity: mapping.entity.clone(), key: mapping.key.clone(), order_by: mapping.order_by.clone(), rules }
    }

    /// As rules, each checked.
    pub fn rules(&self, vocabulary: &Vocabulary) -> Result<Mapping> {
        let entity = vocabulary.entity(&self.entity).ok_or_else(|| {
            wrong("/entity", format!("there is no entity {}", self.entity)).remedy("GET /api/v1/entities lists them.")
        })?;
        let mut rules: Vec<FieldRule> = Vec::with_capacity(self.rules.len());
        for (at, rule) in self.rules.iter().enumerate() {
            if entity.field(&rule.field).is_none() {
                return Err(wrong(
                    &format!("/rules/{at}/field"),
                    format!("{} has no field {}", entity.name, rule.field),
                )
                .remedy("Choose one of the entity's fields."));
            }
            if rules.iter().any(|r| r.field == rule.field) {
                return Err(wrong(&format!("/rules/{at}/field"), format!("two rules feed {}", rule.field)));
            }
            if !(0.0..=1.0).contains(&rule.confidence) {
                return Err(wrong(&format!("/rules/{at}/confidence"), "a confidence is 0 to 1".to_owned()));
            }
            rules.push(
                rule.rule().map_err(|e| {
                    wrong(&format!("/rules/{at}/transform"), format!("the transform is not known: {e}"))
                })?,
            );
        }
        let (key, order_by) = (self.key.clone(), self.order_by.clone());
        Ok(Mapping { version: 0, entity: self.entity.clone(), rules, key, order_by })
    }
}

impl RuleDoc {
    fn of(rule: &FieldRule) -> Self {
        let transform = (rule.transform != Transform::None).then(|| serde_json::to_value(&rule.transform).ok());
        Self {
            source_path: rule.source_path.clone(),
            field: rule.field.clone(),
            transform: transform.flatten(),
            confidence: rule.confidence,
            origin: rule.origin,
            lenient: rule.lenient,
        }
    }

    fn rule(&self) -> serde_json::Result<FieldRule> {
        let transform = self.transform.clone().map(serde_json::from_value).transpose()?;
        Ok(FieldRule {
            source_path: self.source_path.clone(),
            field: self.field.clone(),
            transform: transform.unwrap_or_default(),
            confidence: self.confidence,
            origin: self.origin,
            lenient: self.lenient,
        })
    }
}

fn wrong(field: &str, what: String) -> Error {
    Error::invalid("config.wrong", what).field(field).remedy("Correct the document there.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Document> {
        Document::read(text, Vocabulary::builtin())
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_place() {
        for (text, code, said) in [
            ("version: 1\nconections: []\n", "config.not_understood", "line 2 column 1"),
            (
                "version: 1\nconnections:\n- name: a\n  type: file\n  config: {}\n  polcy: {}\n",
                "config.not_understood",
                "line 6",
            ),
            ("version: one\n", "config.not_understood", "line 1"),
            ("version: 1\nflags: {a: [}\n", "config.not_understood", "line 2"),
            ("version: 1\nversion: 1\n", "config.not_understood", "line 2 column 1"),
            ("version: 1\nflags: &a {x: *a}\n", "config.not_understood", "line 2 column 15"),
            ("version: 1\nflags: {A: true, A: false}\n", "config.not_understood", "line 2 column 18"),
            ("--- {version: 1}\n--- {version: 1}\n", "config.not_understood", "more than one document"),
            ("version: 2\n", "config.wrong", "version 1"),
            ("version: 1\nflags: {NO_SUCH: true}\n", "flag.unknown", "NO_SUCH"),
            ("version: 1\nagents: [nobody]\n", "config.wrong", "nobody"),
        ] {
            let error = read(text).unwrap_err();
            assert_eq!(error.code, code, "{text}: {}", error.chain());
            assert!(error.message.contains(said), "{text}: {}", error.message);
            assert!(error.field.is_some());
        }
    }

    #[test]
    fn a_document_that_unfolds_without_end_is_none() {
        let mut bomb = String::from(
            "version: 1\nconnections:\n- name: a\n  type: file\n  config:\n    a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n",
        );
        for n in 1..12 {
            let before = vec![format!("*a{}", n - 1); 10].join(", ");
            bomb.extend(["    a", &n.to_string(), ": &a", &n.to_string(), " [", &before, "]\n"]);
        }
        let cycle = "version: 1\nconnections:\n- name: a\n  type: file\n  config: &c\n    again: *c\n";
        let deep = format!("version: 1\nconnections: {}", "[".repeat(100_000));
        let ambient = autonomos_runtime::Ambient::system();
        for (name, text) in [("bomb", bomb.as_str()), ("cycle", cycle), ("deep", &deep)] {
            let began = ambient.elapsed();
            let error = read(text).unwrap_err();
            let took = ambient.elapsed().saturating_sub(began);
            assert_eq!(error.code, "config.not_understood", "{name}");
            assert!(error.message.contains("line"), "{name}: {}", error.message);
            assert!(took < std::time::Duration::from_secs(2), "{name}: {took:?}");
        }
        assert_eq!(read(&" ".repeat(LONGEST + 1)).unwrap_err().code, "config.too_long");
    }

    #[test]
    fn rules_are_checked_where_they_stand() {
        let with = |rules: &str| {
            format!(
                "version: 1\nconnections:\n- name: a\n  type: file\n  config: {{path: a.csv}}\n  streams:\n  - name: s\n    mapping:\n      entity: account\n      rules: {rules}\n"
            )
        };
        for (rules, field) in [
            ("[{source_path: A, field: nmae}]", "/connections/0/streams/0/mapping/rules/0/field"),
            (
                "[{source_path: A, field: name}, {source_path: B, field: name}]",
                "/connections/0/streams/0/mapping/rules/1/field",
            ),
            (
                "[{source_path: A, field: name, transform: {scle: 2}}]",
                "/connections/0/streams/0/mapping/rules/0/transform",
            ),
            ("[{source_path: A, field: name, confidence: 2}]", "/connections/0/streams/0/mapping/rules/0/confidence"),
        ] {
            assert_eq!(read(&with(rules)).unwrap_err().field.as_deref(), Some(field), "{rules}");
        }
        assert!(read(&with("[{source_path: A, field: name, transform: {scale: '0.01'}}]")).is_ok());
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z_][a-zA-Z0-9_ ]{0,12}",
            "\\PC{1,20}",
            Just("yes".to_owned()),
            Just("1e3".to_owned()),
            Just("~".to_owned()),
            Just("${A}".to_owned())
        ]
    }

    fn stream() -> impl Strategy<Value = StreamDoc> {
        let fields = proptest::sample::subsequence(vec!["name", "industry", "phone", "website"], 0..4);
        let transform = prop_oneof![
            Just(None),
            Just(Some(serde_json::json!({"scale": "0.01"}))),
            Just(Some(serde_json::json!("lower"))),
            Just(Some(serde_json::json!({"values": {"1": "yes", "no": "2"}}))),
        ];
        (text(), any::<bool>(), proptest::option::of(text()), fields, transform, 0.0..=1.0_f64, text()).prop_map(
            |(name, read, cursor, fields, transform, confidence, column)| {
                let rules = fields.into_iter().map(|field| RuleDoc {
                    source_path: column.clone(),
                    field: field.to_owned(),
                    transform: transform.clone(),
                    confidence,
                    origin: Origin::Rule,
                    lenient: !read,
                });
                let mapping = MappingDoc {
                    entity: "account".into(),
                    key: vec![column.clone()],
                    order_by: cursor.clone(),
                    rules: rules.collect(),
                };
                StreamDoc { name, object: cursor.clone(), read, cursor, mapping: Some(mapping) }
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            four_eyes in proptest::option::of(any::<bool>()),
            flag in proptest::option::of(any::<bool>()),
            names in proptest::collection::btree_set(text(), 0..4),
            stream in stream(),
            policy in proptest::option::of(text()),
        ) {
            let mut document = Document::empty();
            document.access_policy = four_eyes.map(|four_eyes| AccessRules { four_eyes });
            document.flags.extend(flag.map(|on| ("ENABLE_AUTO_REPAIR".to_owned(), on)));
            document.agents = vec!["revops".into()];
            document.connections = names.into_iter().map(|name| ConnectionDoc {
                config: serde_json::json!({"path": name, "n": 3, "on": true, "list": ["a", "1"], "none": null}),
                name,
                kind: "file".into(),
                policy: policy.as_ref().map_or_else(nothing, |word| serde_json::json!({"renamed": word})),
                safe_mode: four_eyes == Some(true),
                paused: flag == Some(true),
                streams: vec![stream.clone()],
            }).collect();
            let text = document.write().unwrap();
            let back = read(&text);
            prop_assert!(back.is_ok(), "{}\n{:?}", text, back.map_err(|e| e.to_string()));
            prop_assert_eq!(back.unwrap(), document, "{}", text);
        }
    }
}
