//! Pure: how bad a change is, which depends on whether anything feeds on the field.

use autonomos_runtime::canonical::mapping::Mapping;

/// How bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth a line on the timeline.
    Info,
    /// Views lack something.
    Warning,
    /// Reading on would be wrong.
    Breaking,
}

impl Severity {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Breaking => "breaking",
        }
    }
}

/// Of a change of kind `kind` to a column that was called `column` (or is new). `change` says which way it went, where
/// the kind has several: `widened`, `narrowed`, `changed`; `gained`, `lost`.
pub fn severity(kind: &str, change: Option<&str>, column: Option<&str>, mapping: &Mapping) -> Severity {
    let is_key = column.is_some_and(|c| mapping.key.iter().any(|k| k == c));
    let orders = column.is_some() && mapping.order_by.as_deref() == column;
    let feeds = column.is_some_and(|c| mapping.rule_from(c).is_some());
    match kind {
        "key_changed" | "cursor_changed" => Severity::Breaking,
        "stream_removed" => Severity::Warning,
        "enum_changed" if change == Some("lost") => Severity::Warning,
        "retyped" if change == Some("widened") => Severity::Info,
        "removed" | "renamed" if is_key => Severity::Breaking,
        "retyped" if is_key => Severity::Warning,
        "removed" | "renamed" | "retyped" if feeds || orders => Severity::Warning,
        "nesting_changed" | "distribution_changed" if feeds => Severity::Warning,
        _ => Severity::Info,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nothing_feeds_on_is_only_worth_knowing() {
        let mapping = Mapping {
            version: 1,
            entity: "account".into(),
            rules: vec![autonomos_runtime::canonical::mapping::FieldRule {
                source_path: "Phone".into(),
                field: "phone".into(),
                transform: autonomos_runtime::canonical::mapping::Transform::None,
                confidence: 1.0,
                origin: autonomos_runtime::canonical::mapping::Origin::Rule,
                lenient: false,
            }],
            key: vec!["Id".into()],
            order_by: Some("Changed".into()),
        };
        let table = [
            ("removed", None, Some("Id"), Severity::Breaking),
            ("renamed", None, Some("Phone"), Severity::Warning),
            ("retyped", Some("widened"), Some("Phone"), Severity::Info),
            ("retyped", Some("narrowed"), Some("Phone"), Severity::Warning),
            ("retyped", Some("changed"), Some("Changed"), Severity::Warning),
            ("retyped", Some("changed"), Some("Fax"), Severity::Info),
            ("nesting_changed", None, Some("Phone"), Severity::Warning),
            ("key_changed", None, Some("Id"), Severity::Breaking),
            ("cursor_changed", None, Some("Changed"), Severity::Breaking),
            ("enum_changed", Some("gained"), Some("Phone"), Severity::Info),
            ("enum_changed", Some("lost"), Some("Fax"), Severity::Warning),
            ("distribution_changed", Some("shifted"), Some("Phone"), Severity::Warning),
            ("distribution_changed", Some("emptied"), Some("Fax"), Severity::Info),
            ("stream_added", None, None, Severity::Info),
            ("stream_removed", None, None, Severity::Warning),
            ("removed", None, Some("Fax"), Severity::Info),
            ("added", None, Some("New"), Severity::Info),
        ];
        for (kind, change, column, wanted) in table {
            assert_eq!(severity(kind, change, column, &mapping), wanted, "{kind} {change:?} {column:?}");
        }
    }
}
