//! The words of schema repair: the schema change that is asked about and the proposals that answer.
//!
//! Guarantee: what stands here is the wire of `propose repair`. A crash cannot do anything to it.

/// A field of a schema before or after.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RepairField {
    /// Its name or path.
    pub name: String,
    /// Its declared type, as the source spells it.
    #[serde(rename = "type", default)]
    pub data_type: Option<String>,
    /// Some of its values, as text.
    #[serde(default)]
    pub samples: Vec<String>,
}

/// A schema change to be explained.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RepairCase {
    /// The source system, if known.
    #[serde(default)]
    pub system: Option<String>,
    /// The object (stream, table) whose schema changed.
    #[serde(default)]
    pub object: String,
    /// Its fields before, in source order.
    pub before: Vec<RepairField>,
    /// Its fields after, in source order.
    pub after: Vec<RepairField>,
}

/// What became of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairKind {
    /// It has another name now.
    Renamed,
    /// It is gone.
    Removed,
    /// It is new.
    Added,
    /// It kept its name and changed its type.
    Retyped,
    /// It became several.
    Split,
    /// Several became one.
    Merged,
}

/// No field, one, or several.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One field.
    One(String),
    /// Several.
    Many(Vec<String>),
    /// None.
    Nothing,
}

impl OneOrMany {
    /// The fields as a slice.
    pub fn names(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Many(names) => names,
            Self::Nothing => &[],
        }
    }
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RepairProposal {
    /// What became of the field.
    pub kind: RepairKind,
    /// The field or fields before.
    pub from: OneOrMany,
    /// The field or fields after.
    pub to: OneOrMany,
    /// The probability that it is so.
    pub confidence: f64,
    /// Why, in words.
    pub reasons: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_is_as_agreed() {
        let one = RepairProposal {
            kind: RepairKind::Split,
            from: OneOrMany::One("a".to_owned()),
            to: OneOrMany::Many(vec!["b".to_owned(), "c".to_owned()]),
            confidence: 0.5,
            reasons: Vec::new(),
        };
        let text = serde_json::to_string(&one).unwrap();
        assert_eq!(text, r#"{"kind":"split","from":"a","to":["b","c"],"confidence":0.5,"reasons":[]}"#);
        let back: RepairProposal = serde_json::from_str(&text.replace("\"a\"", "null")).unwrap();
        assert_eq!(back.from, OneOrMany::Nothing);
        let bare: RepairField = serde_json::from_str(r#"{"name":"x"}"#).unwrap();
        assert_eq!(bare.data_type, None);
    }
}
