//! The rules that turn one stream of a source into one canonical entity.

/// Who made a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A person.
    Human,
    /// Shipped, or found by the matcher.
    Rule,
    /// A language model.
    Model,
    /// A file.
    Imported,
}

/// What happens to a value besides the cast that its canonical type implies.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// Trim and cast.
    #[default]
    None,
    /// Multiply a number or an amount: cents to units is `scale: "0.01"`. Exact decimal text.
    Scale(String),
    /// A fraction to percent when every value lies in 0..=1 is `scale: "100"`; this one flips a flag.
    Negate,
    /// Numbers are seconds since 1970.
    EpochSeconds,
    /// Numbers are milliseconds since 1970.
    EpochMillis,
    /// Codes to words; what is not listed passes unchanged.
    Values(std::collections::BTreeMap<String, String>),
    /// Every row gets this value; the source path is ignored.
    Constant(String),
    /// Text to lower case.
    Lower,
    /// Text to upper case.
    Upper,
}

/// One source field that feeds one canonical field.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FieldRule {
    /// Column of the source, as the source spells it.
    pub source_path: String,
    /// Canonical field of the entity.
    pub field: String,
    /// Beyond the cast.
    #[serde(default, skip_serializing_if = "is_none")]
    pub transform: Transform,
    /// How sure whoever proposed it was, 0..=1; calibrated.
    pub confidence: f64,
    /// Who.
    pub origin: Origin,
    /// A value that does not cast becomes null and stays in extras, instead of refusing its row.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub lenient: bool,
}

fn is_none(transform: &Transform) -> bool {
    *transform == Transform::None
}

/// One version of a stream's rules. What the log's `mapping` entries carry, so that replay needs nothing else.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Mapping {
    /// Rises by one with every change of the stream's rules, from 1.
    pub version: i64,
    /// Canonical entity: `account`, ..., or `record` for objects that match none.
    pub entity: String,
    /// Rules; at most one for a canonical field.
    pub rules: Vec<FieldRule>,
    /// Source columns that identify a record in its source; empty: the row's position does.
    #[serde(default)]
    pub key: Vec<String>,
    /// Source column that orders two states of one record; none: the later row wins.
    #[serde(default)]
    pub order_by: Option<String>,
}

impl Mapping {
    /// The rule that feeds a canonical field.
    pub fn rule_for(&self, field: &str) -> Option<&FieldRule> {
        self.rules.iter().find(|r| r.field == field)
    }

    /// The first rule that reads a path of the source.
    pub fn rule_from(&self, source_path: &str) -> Option<&FieldRule> {
        self.rules.iter().find(|rule| rule.source_path == source_path)
    }
}
