//! What a declared type says about a field's values, whoever declared it: Postgres, dbt, JSON Schema, Prisma, Stripe.
//!
//! Guarantee: pure; an unknown or empty spelling is [`Family::Unknown`] and says nothing. A crash cannot do anything to it.

/// A family of types whose values look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Not declared, or only nulls seen.
    Unknown,
    /// true or false.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers with a fraction.
    Number,
    /// A day.
    Date,
    /// A moment.
    Datetime,
    /// Text.
    Text,
    /// A UUID.
    Uuid,
    /// An object.
    Nested,
    /// A list.
    List,
}

/// How two declared types stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// One of them is not known.
    Unknown,
    /// The same family.
    Same,
    /// Families that hold the same values (integer and number, date and datetime).
    Near,
    /// Families one may be rewritten to (text and a date).
    Far,
    /// Families that do not hold the same fact.
    Conflict,
}

/// The family of a declared type.
pub fn family(declared: Option<&str>) -> Family {
    let Some(text) = declared else { return Family::Unknown };
    let mut depth = 0_u8;
    // precision and length say nothing here: `numeric(28,10)` is `numeric`
    let lower: String = text
        .trim()
        .chars()
        .filter(|c| {
            depth = depth.saturating_add(u8::from(*c == '('));
            let keep = depth == 0;
            depth = depth.saturating_sub(u8::from(*c == ')'));
            keep
        })
        .flat_map(char::to_lowercase)
        .collect();
    let mut found = Family::Unknown;
    for part in lower.split(['|', ',']).map(str::trim).filter(|p| !p.is_empty() && *p != "null") {
        let one = single(part);
        found = match (found, one) {
            (Family::Unknown, any) => any,
            (a, b) if a == b => a,
            // a union: an expandable reference, or a column not agreed upon
            _ => Family::Text,
        };
    }
    found
}

fn single(part: &str) -> Family {
    let base = part.split([' ', '?', '<']).next().unwrap_or(part);
    if part.ends_with("[]") {
        return Family::List;
    }
    match base {
        "bool" | "boolean" | "bit" => Family::Boolean,
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "int2" | "int4" | "int8" | "int32" | "int64"
        | "long" | "serial" | "bigserial" | "short" => Family::Integer,
        "float" | "double" | "number" | "numeric" | "decimal" | "real" | "float4" | "float8" | "float32"
        | "float64" | "money" | "currency" | "bignumeric" | "percent" => Family::Number,
        "date" => Family::Date,
        "datetime" | "timestamp" | "timestamptz" | "timestamp_ntz" | "timestamp_tz" | "timestamp_ltz" | "date-time" => {
            Family::Datetime
        }
        "uuid" | "guid" => Family::Uuid,
        "string" | "text" | "varchar" | "char" | "character" | "nvarchar" | "citext" | "enum" | "enumeration"
        | "id" | "picklist" | "textarea" | "email" | "phone" | "url" | "uri" | "reference" | "str" | "utf8" => {
            Family::Text
        }
        "object" | "json" | "jsonb" | "map" | "struct" | "record" | "variant" | "hash" | "dict" | "super"
        | "hstore" => Family::Nested,
        "array" | "list" | "multipicklist" | "set" => Family::List,
        _ => Family::Unknown,
    }
}

/// How two families stand to each other.
pub fn relation(a: Family, b: Family) -> Relation {
    use Family::{Boolean, Date, Datetime, Integer, List, Nested, Number, Text, Unknown, Uuid};
    match (a, b) {
        (Unknown, _) | (_, Unknown) => Relation::Unknown,
        (a, b) if a == b => Relation::Same,
        (Integer, Number) | (Number, Integer) | (Date, Datetime) | (Datetime, Date) | (Text, Uuid) | (Uuid, Text) => {
            Relation::Near
        }
        (Text, Nested | List) | (Nested | List, Text) | (Nested, List) | (List, Nested) => Relation::Far,
        (Boolean | Nested | List, _) | (_, Boolean | Nested | List) => Relation::Conflict,
        (Text, _) | (_, Text) | (Integer, Datetime | Date) | (Datetime | Date, Integer) => Relation::Far,
        _ => Relation::Conflict,
    }
}

/// Whether two declarations of one field differ: a spelling is compared as it stands, an empty one agrees with all.
pub fn retyped(before: Option<&str>, after: Option<&str>) -> bool {
    let clean = |t: Option<&str>| {
        t.map(|t| t.trim().to_ascii_lowercase()).filter(|t| !t.is_empty() && t != "unknown" && t != "null")
    };
    matches!((clean(before), clean(after)), (Some(a), Some(b)) if a != b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_of_many_houses() {
        for (declared, wanted) in [
            ("varchar(255)", Family::Text),
            ("NUMERIC(28,10)", Family::Number),
            ("timestamp with time zone", Family::Datetime),
            ("string|object", Family::Text),
            ("null|integer", Family::Integer),
            ("String?", Family::Text),
            ("jsonb", Family::Nested),
            ("text[]", Family::List),
            ("", Family::Unknown),
            ("blorp", Family::Unknown),
        ] {
            assert_eq!(family(Some(declared)), wanted, "{declared}");
        }
        assert_eq!(family(None), Family::Unknown);
    }

    #[test]
    fn unknown_is_never_a_retype() {
        assert!(retyped(Some("integer"), Some("bigint")));
        assert!(!retyped(Some("integer"), Some("Integer")));
        assert!(!retyped(Some("unknown"), Some("string")));
        assert!(!retyped(None, Some("string")));
        assert!(!retyped(Some(""), Some("string")));
    }
}
