//! `filter[field]=op:value`: read against the entity's fields, compiled to a condition with binds. Pure.
//!
//! Names become SQL only by way of the catalogue, values only as binds. Whatever is wrong is named with the filter at
//! fault and the words that would be right.

use autonomos_runtime::canonical::entity::{EntityDef, FieldType};
use autonomos_runtime::{Error, Result};

use super::catalogue::quoted;
use super::engine::Bind;

/// Filters in one question.
const MOST_FILTERS: usize = 32;
/// Values in one `in`.
const MOST_VALUES: usize = 1000;

/// What can be named in a filter or a sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A field of the entity.
    Field(String, FieldType),
    /// The row's own id.
    Id,
    /// Provenance.
    Connection,
    /// Provenance.
    Stream,
    /// Provenance.
    Key,
    /// Provenance: log position.
    Seq,
}

/// A condition and the values of its question marks.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Condition {
    pub(crate) sql: String,
    pub(crate) binds: Vec<Bind>,
}

/// Finds what a name means.
pub(crate) fn target(entity: &EntityDef, name: &str, at: &str) -> Result<Target> {
    if let Some(field) = entity.field(name) {
        return Ok(Target::Field(field.name.clone(), field.field_type));
    }
    match name {
        "id" => Ok(Target::Id),
        "source.connection_id" => Ok(Target::Connection),
        "source.stream" => Ok(Target::Stream),
        "source.key" => Ok(Target::Key),
        "source.seq" => Ok(Target::Seq),
        _ => {
            let names: Vec<&str> = entity.fields.iter().map(|f| f.name.as_str()).collect();
            let own = "id, source.connection_id, source.stream, source.key, source.seq";
            Err(Error::invalid("view.unknown_field", format!("{} have no field {name:?}", entity.view))
                .field(at.to_owned())
                .remedy(format!("use one of {}, {own}", names.join(", "))))
        }
    }
}

impl Target {
    /// The expression that holds it.
    pub(crate) fn sql(&self) -> String {
        match self {
            Self::Field(name, _) => quoted(name),
            Self::Id => "_hash".to_owned(),
            Self::Connection => "(SELECT s.connection FROM _streams s WHERE s.id = _stream)".to_owned(),
            Self::Stream => "(SELECT s.stream FROM _streams s WHERE s.id = _stream)".to_owned(),
            Self::Key => "_key".to_owned(),
            Self::Seq => "_seq".to_owned(),
        }
    }

    /// The expression that shows it.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Id => "lpad(lower(hex(_hash)), 16, '0')".to_owned(),
            other => other.sql(),
        }
    }

    pub(crate) fn kind(&self) -> FieldType {
        match self {
            Self::Field(_, kind) => *kind,
            Self::Seq => FieldType::Integer,
            _ => FieldType::String,
        }
    }

    /// Reads a value for it: the placeholder to put into the SQL, and what to bind.
    pub(crate) fn value(&self, text: &str, at: &str) -> Result<(&'static str, Bind)> {
        let wrong = |what: &str, like: &'static str| {
            let shown: String = text.chars().take(80).collect();
            Err(Error::invalid("view.bad_value", format!("{shown:?} is not {what}")).field(at.to_owned()).remedy(like))
        };
        if *self == Self::Id {
            return match u64::from_str_radix(text, 16) {
                Ok(hash) if text.len() == 16 => Ok(("?", Bind::Hash(hash))),
                _ => wrong("the id of a row", "write the 16 hex digits that the row has as `id`"),
            };
        }
        match self.kind() {
            FieldType::Integer => match text.parse() {
                Ok(value) => Ok(("?", Bind::Int(value))),
                Err(_) => wrong("a whole number", "write 42 or -42"),
            },
            FieldType::Number => match text.parse::<f64>() {
                Ok(value) if value.is_finite() => Ok(("?", Bind::Float(value))),
                _ => wrong("a number", "write 4.2 or 42"),
            },
            FieldType::Money if is_decimal(text) => Ok(("CAST(? AS DECIMAL(28,10))", Bind::Text(text.to_owned()))),
            FieldType::Money => wrong("an amount", "write 1200.50, at most 18 digits before the point"),
            FieldType::Boolean => match text {
                "true" => Ok(("?", Bind::Bool(true))),
                "false" => Ok(("?", Bind::Bool(false))),
                _ => wrong("a flag", "write true or false"),
            },
            FieldType::Date => match day(text) {
                Some(day) => Ok(("CAST(? AS DATE)", Bind::Text(day.to_string()))),
                None => wrong("a day", "write 2026-05-01"),
            },
            FieldType::Datetime => match moment(text) {
                Some(micros) => Ok(("make_timestamp(?)", Bind::Int(micros))),
                None => wrong("a moment", "write 2026-05-01T12:00:00Z or 2026-05-01"),
            },
            _ => Ok(("?", Bind::Text(text.to_owned()))),
        }
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    number(whole) && number(part) && whole.len() <= 18
}

fn day(text: &str) -> Option<chrono::NaiveDate> {
    chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|d| (0..=9999).contains(&chrono::Datelike::year(d)))
}

fn moment(text: &str) -> Option<i64> {
    if let Ok(moment) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(moment.timestamp_micros());
    }
    if let Ok(moment) = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f") {
        return Some(moment.and_utc().timestamp_micros());
    }
    Some(day(text)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}

const OPS: &str = "eq, ne, lt, le, gt, ge, in, contains, starts_with, is_null, between";

/// All filters of a question, joined by `AND`; an empty condition when there are none.
pub(crate) fn compile(entity: &EntityDef, filters: &[(String, String)]) -> Result<Condition> {
    if filters.len() > MOST_FILTERS {
        let error = Error::invalid("view.too_many_filters", format!("a question has at most {MOST_FILTERS} filters"));
        return Err(error.field("filter").remedy("use `in` for several values of one field"));
    }
    let mut out = Condition::default();
    for (name, spec) in filters {
        let at = format!("filter[{name}]");
        let target = target(entity, name, &at)?;
        let Some((op, value)) = spec.split_once(':') else {
            return Err(Error::invalid("view.bad_filter", format!("{at} has no operator"))
                .field(at)
                .remedy(format!("write op:value with op one of {OPS}")));
        };
        if !out.sql.is_empty() {
            out.sql.push_str(" AND ");
        }
        one(&mut out, &target, op, value, &at)?;
    }
    Ok(out)
}

fn one(out: &mut Condition, target: &Target, op: &str, value: &str, at: &str) -> Result<()> {
    let column = target.sql();
    let compared = match op {
        "eq" => Some("="),
        "lt" => Some("<"),
        "le" => Some("<="),
        "gt" => Some(">"),
        "ge" => Some(">="),
        _ => None,
    };
    if let Some(sign) = compared {
        let (place, bind) = target.value(value, at)?;
        out.sql.extend([format!("{column} {sign} {place}")]);
        out.binds.push(bind);
        return Ok(());
    }
    match op {
        // A row without a value is not equal to one either.
        "ne" => {
            let (place, bind) = target.value(value, at)?;
            out.sql.extend([format!("{column} IS DISTINCT FROM {place}")]);
            out.binds.push(bind);
        }
        "in" => {
            let values: Vec<&str> = value.split(',').collect();
            if values.len() > MOST_VALUES {
                let error = Error::invalid("view.too_many_values", format!("`in` takes at most {MOST_VALUES} values"));
                return Err(error.field(at.to_owned()).remedy("ask several times"));
            }
            let mut places = Vec::with_capacity(values.len());
            for value in values {
                let (place, bind) = target.value(value, at)?;
                places.push(place);
                out.binds.push(bind);
            }
            out.sql.extend([format!("{column} IN ({})", places.join(", "))]);
        }
        "between" => {
            let Some((low, high)) = value.split_once(',') else {
                return Err(Error::invalid("view.bad_filter", "`between` takes two values")
                    .field(at.to_owned())
                    .remedy("write between:low,high"));
            };
            let (first, low) = target.value(low, at)?;
            let (second, high) = target.value(high, at)?;
            out.sql.extend([format!("{column} BETWEEN {first} AND {second}")]);
            out.binds.extend([low, high]);
        }
        "contains" | "starts_with" => {
            let kind = target.kind();
            if *target == Target::Id || !(kind.is_text() || kind == FieldType::Map) {
                return Err(Error::invalid("view.bad_filter", format!("`{op}` is for text fields"))
                    .field(at.to_owned())
                    .remedy("use eq, lt, gt or between for this field"));
            }
            out.sql.extend([format!("{op}(lower({column}), lower(?))")]);
            out.binds.push(Bind::Text(value.to_owned()));
        }
        "is_null" => match value {
            "true" | "" => out.sql.extend([format!("{column} IS NULL")]),
            "false" => out.sql.extend([format!("{column} IS NOT NULL")]),
            _ => {
                return Err(Error::invalid("view.bad_filter", "`is_null` takes true or false")
                    .field(at.to_owned())
                    .remedy("write is_null:true or is_null:false"));
            }
        },
        _ => {
            let shown: String = op.chars().take(40).collect();
            return Err(Error::invalid("view.bad_filter", format!("there is no operator {shown:?}"))
                .field(at.to_owned())
                .remedy(format!("use one of {OPS}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::entity::Vocabulary;

    fn run(name: &str, spec: &str) -> Result<Condition> {
        let entity = Vocabulary::builtin().entity("opportunity").unwrap();
        compile(entity, &[(name.to_owned(), spec.to_owned())])
    }

    #[test]
    fn operators_become_conditions_with_binds() {
        for (name, spec, sql) in [
            ("name", "eq:Acme", r#""name" = ?"#),
            ("name", "ne:Acme", r#""name" IS DISTINCT FROM ?"#),
            ("amount", "ge:1200.50", r#""amount" >= CAST(? AS DECIMAL(28,10))"#),
            ("stage", "in:a,b", r#""stage" IN (?, ?)"#),
            ("name", "contains:x:y", r#"contains(lower("name"), lower(?))"#),
            (
                "close_date",
                "between:2026-01-01,2026-02-01",
                r#""close_date" BETWEEN CAST(? AS DATE) AND CAST(? AS DATE)"#,
            ),
            ("created_at", "lt:2026-01-01T00:00:00Z", r#""created_at" < make_timestamp(?)"#),
            ("is_won", "is_null:false", r#""is_won" IS NOT NULL"#),
            ("id", "eq:00000000000000ff", "_hash = ?"),
            ("source.seq", "gt:7", "_seq > ?"),
        ] {
            assert_eq!(run(name, spec).unwrap().sql, sql, "{name} {spec}");
        }
        assert_eq!(run("created_at", "eq:1970-01-01").unwrap().binds, [Bind::Int(0)]);
    }

    #[test]
    fn wrong_filters_name_themselves_and_what_would_be_right() {
        for (name, spec, code) in [
            ("nmae", "eq:x", "view.unknown_field"),
            ("name\" = '' OR 1=1 --", "eq:x", "view.unknown_field"),
            ("name", "Acme", "view.bad_filter"),
            ("name", "like:Acme", "view.bad_filter"),
            ("amount", "eq:1e9", "view.bad_value"),
            ("amount", "contains:9", "view.bad_filter"),
            ("probability", "eq:NaN", "view.bad_value"),
            ("close_date", "eq:31.12.2026", "view.bad_value"),
            ("is_won", "eq:yes", "view.bad_value"),
            ("amount", "between:1", "view.bad_filter"),
            ("id", "eq:12", "view.bad_value"),
        ] {
            let error = run(name, spec).unwrap_err();
            assert_eq!(error.code, code, "{name} {spec}");
            assert!(error.field.is_some() && error.remedy.is_some(), "{name} {spec}");
        }
        assert!(run("nmae", "eq:x").unwrap_err().remedy.unwrap().contains("close_date"));
    }
}
