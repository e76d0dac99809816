//! Pure: what is done about a kind of change, by default and where the connection says otherwise.
//!
//! Defaults: what the rules can follow by themselves propagates (and is asked about where nobody is sure); a change of
//! nesting is always asked about; without its key or its cursor a stream cannot go on safely, so it stops and asks. A
//! stream that came is off until someone says so, or the policy takes it in. Of values gained or lost, values spread otherwise and of a stream that
//! went there is nothing to repair: it is told, and its data is kept; whoever wants to be asked about such a change names
//! it in the policy.

use serde_json::Value;

/// What is done about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// Repair by itself where sure enough; where there is nothing to repair, tell.
    Propagate,
    /// Always ask.
    Propose,
    /// Keep the field out, change nothing.
    Quarantine,
    /// Stop reading the stream and ask.
    Stop,
}

/// The kinds of change a policy may name, and what is done about each unless it does.
pub const DEFAULTS: [(&str, Policy); 11] = [
    ("added", Policy::Propagate),
    ("removed", Policy::Propagate),
    ("renamed", Policy::Propagate),
    ("retyped", Policy::Propagate),
    ("key_changed", Policy::Stop),
    ("cursor_changed", Policy::Stop),
    ("enum_changed", Policy::Propagate),
    ("distribution_changed", Policy::Propagate),
    ("nesting_changed", Policy::Propose),
    ("stream_added", Policy::Propose),
    ("stream_removed", Policy::Propagate),
];

/// Whether a kind of change is only ever told: there is nothing in the rules that could answer it.
pub fn is_told_only(kind: &str) -> bool {
    matches!(kind, "enum_changed" | "distribution_changed" | "stream_removed")
}

impl Policy {
    /// The word for it in a connection's policy.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "propagate" => Some(Self::Propagate),
            "propose" => Some(Self::Propose),
            "quarantine" => Some(Self::Quarantine),
            "stop" => Some(Self::Stop),
            _ => None,
        }
    }

    /// Unless the connection says otherwise.
    pub fn default_of(kind: &str) -> Self {
        DEFAULTS.iter().find(|(name, _)| *name == kind).map_or(Self::Propose, |(_, policy)| *policy)
    }

    /// By the connection's policy, `{"renamed": "propose"}` or `{"drift": {"renamed": "propose"}}`, else by default.
    pub fn of(policy: &Value, kind: &str) -> Self {
        let word = policy.get(kind).or_else(|| policy.get("drift").and_then(|d| d.get(kind))).and_then(Value::as_str);
        word.and_then(Self::parse).unwrap_or_else(|| Self::default_of(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_connection_has_the_last_word() {
        let table = [
            (json!({}), "renamed", Policy::Propagate),
            (json!(null), "key_changed", Policy::Stop),
            (json!({}), "cursor_changed", Policy::Stop),
            (json!({}), "nesting_changed", Policy::Propose),
            (json!({}), "enum_changed", Policy::Propagate),
            (json!({"enum_changed": "propose"}), "enum_changed", Policy::Propose),
            (json!({}), "stream_added", Policy::Propose),
            (json!({"stream_added": "propagate"}), "stream_added", Policy::Propagate),
            (json!({}), "stream_removed", Policy::Propagate),
            (json!({"key_changed": "propose"}), "key_changed", Policy::Propose),
            (json!({"drift": {"added": "quarantine"}}), "added", Policy::Quarantine),
            (json!({"renamed": "stop"}), "renamed", Policy::Stop),
            (json!({"renamed": "sometimes"}), "renamed", Policy::Propagate),
            (json!({}), "never heard of", Policy::Propose),
        ];
        for (policy, kind, wanted) in table {
            assert_eq!(Policy::of(&policy, kind), wanted, "{policy} {kind}");
        }
    }
}
