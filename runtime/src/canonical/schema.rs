//! What a source's stream looks like: its fields, their types, and the fingerprint that changes when they do.
//!
//! A schema is read off every batch for free. Types are those of the source, narrowed for text sources to what all
//! values seen so far allow; [`SourceType::Unknown`] (nothing but nulls seen) agrees with everything.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::spread::Spread;
use super::values::Values;

/// A source field's type, as far as a mapping or a drift cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceType {
    /// Only nulls so far.
    Unknown,
    /// true/false.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Number,
    /// A day.
    Date,
    /// A moment.
    Datetime,
    /// Any text.
    String,
    /// A nested object.
    Object,
    /// A list.
    List,
    /// Bytes.
    Binary,
}

impl SourceType {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::String => "string",
            Self::Object => "object",
            Self::List => "list",
            Self::Binary => "binary",
        }
    }

    /// The narrowest type that holds both: what a stream's field becomes when a batch widens it.
    #[must_use]
    pub fn widen(self, other: Self) -> Self {
        use SourceType::{Date, Datetime, Integer, Number, String, Unknown};
        match (self, other) {
            (a, b) if a == b => a,
            (Unknown, b) => b,
            (a, Unknown) => a,
            (Integer, Number) | (Number, Integer) => Number,
            (Date, Datetime) | (Datetime, Date) => Datetime,
            _ => String,
        }
    }
}

/// One field of a stream.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceField {
    /// Its path in the source, as the source spells it.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub data_type: SourceType,
    /// Whether a null was seen.
    pub nullable: bool,
    /// At most a handful of distinct values, as text, for proposals and reviews.
    #[serde(default)]
    pub samples: Vec<String>,
}

/// A stream's fields in the order the source gives them, and the fields that make its key.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SourceSchema {
    /// Fields in source order.
    pub fields: Vec<SourceField>,
    /// Names of the key fields, empty when the source has no key.
    #[serde(default)]
    pub key: Vec<String>,
    /// The field that orders two states of one record, if there is one.
    #[serde(default)]
    pub cursor: Option<String>,
    /// What is known of the values of text fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Values>,
    /// How the values of fields are spread.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub spreads: BTreeMap<String, Spread>,
}

impl SourceSchema {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&SourceField> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Order-independent digest of names, types and keys (not of nullability seen, samples, values or spreads): 32 hex digits.
    pub fn fingerprint(&self) -> String {
        let mut lines: Vec<String> =
            self.fields.iter().map(|f| format!("f\u{1f}{}\u{1f}{}", f.name, f.data_type.as_str())).collect();
        lines.extend(self.key.iter().map(|k| format!("k\u{1f}{k}")));
        lines.sort_unstable();
        let mut digest = Sha256::new();
        for line in &lines {
            digest.update(line.as_bytes());
            digest.update([0x1e]);
        }
        hex::encode(&digest.finalize()[..16])
    }
}
