//! What a canonical entity is: its fields and their types, its id, what it requires, its views, its JSON Schema.
//!
//! Guarantees: a field type has exactly one Arrow type, so two batches of one entity never disagree about a column; and a
//! schema's `$id` changes when its fields do. Pure data: a crash has nothing to lose here.

use std::sync::LazyLock;

use arrow::datatypes::{DataType, TimeUnit};
use serde_json::{Map, Value, json};

use super::identity::IdentityDef;
pub use super::vocabulary::{Extension, Vocabulary};

/// The name of the time zone of every canonical datetime.
pub const UTC: &str = "UTC";
/// Precision of money: 28 digits, ten of them after the point.
pub const MONEY_PRECISION: u8 = 28;
/// Digits of money after the point.
pub const MONEY_SCALE: i8 = 10;

/// The canonical types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// An identifier in the source; text, never computed with.
    Id,
    /// A short text.
    String,
    /// A long text.
    Text,
    /// A web address or a domain.
    Url,
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// An exact amount; its currency is a field of its own.
    Money,
    /// True or false.
    Boolean,
    /// A day.
    Date,
    /// A moment, in UTC.
    Datetime,
    /// Names and values, held as JSON text.
    Map,
}

static UTC_MICROS: LazyLock<DataType> = LazyLock::new(|| DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())));

impl FieldType {
    /// Every type, in the order of the declaration.
    pub const ALL: [Self; 13] = [
        Self::Id,
        Self::String,
        Self::Text,
        Self::Url,
        Self::Email,
        Self::Phone,
        Self::Integer,
        Self::Number,
        Self::Money,
        Self::Boolean,
        Self::Date,
        Self::Datetime,
        Self::Map,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::String => "string",
            Self::Text => "text",
            Self::Url => "url",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Money => "money",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::Datetime => "datetime",
            Self::Map => "map",
        }
    }

    /// The Arrow type of its columns.
    pub fn data_type(self) -> DataType {
        match self {
            Self::Integer => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Money => DataType::Decimal128(MONEY_PRECISION, MONEY_SCALE),
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Datetime => UTC_MICROS.clone(),
            _ => DataType::Utf8,
        }
    }

    /// Whether its values are plain text (a map is not: it is JSON).
    pub const fn is_text(self) -> bool {
        matches!(self, Self::Id | Self::String | Self::Text | Self::Url | Self::Email | Self::Phone)
    }

    fn json_schema(self) -> Map<String, Value> {
        let schema = match self {
            Self::Integer => json!({"type": ["integer", "null"]}),
            Self::Number => json!({"type": ["number", "null"]}),
            Self::Money => json!({"type": ["number", "null"], "x-exact": "decimal(28,10)"}),
            Self::Boolean => json!({"type": ["boolean", "null"]}),
            Self::Date => json!({"type": ["string", "null"], "format": "date"}),
            Self::Datetime => json!({"type": ["string", "null"], "format": "date-time"}),
            Self::Map => json!({"type": ["object", "null"]}),
            _ => json!({"type": ["string", "null"]}),
        };
        match schema {
            Value::Object(map) => map,
            _ => Map::new(),
        }
    }
}

/// One field of an entity.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDef {
    /// Its name, in snake_case.
    pub name: String,
    /// Its type.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// What it means, for people and for the matcher.
    #[serde(default)]
    pub description: String,
    /// The least value allowed, for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// The greatest value allowed, for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
}

/// A second view of an entity: those of its rows in which a field has a value.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewAlias {
    /// Name of the view.
    pub view: String,
    /// Field that selects.
    pub field: String,
    /// Value that it must have.
    pub equals: String,
}

const fn one() -> u32 {
    1
}

/// One entity.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityDef {
    /// Its name, singular.
    pub name: String,
    /// The name of its view, plural.
    pub view: String,
    /// The field that identifies it in its source, if the entity has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Fields that no row may lack, besides the id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    /// What it is.
    #[serde(default)]
    pub description: String,
    /// Rises with every change of its meaning.
    #[serde(default = "one")]
    pub version: u32,
    /// Further views of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<ViewAlias>,
    /// How its records are told to be one real thing; none: each record is its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityDef>,
    /// Its fields, in the order in which they are shown.
    pub fields: Vec<FieldDef>,
}

impl EntityDef {
    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&FieldDef> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Whether a row must have the field: its id and what it requires besides.
    pub fn requires(&self, field: &str) -> bool {
        self.id.as_deref() == Some(field) || self.required.iter().any(|r| r == field)
    }

    /// The id of its JSON Schema; fields that a tenant added change it.
    pub fn schema_id(&self) -> String {
        let fields: Vec<String> = self.fields.iter().map(|f| format!("{}:{}", f.name, f.field_type.as_str())).collect();
        let digest = xxhash_rust::xxh3::xxh3_64(fields.join(",").as_bytes());
        format!("urn:autonomos:entity:{}:v{}:{digest:016x}", self.name, self.version)
    }

    /// Its JSON Schema (2020-12) as events and views show it.
    pub fn json_schema(&self) -> Value {
        let mut properties = Map::new();
        for field in &self.fields {
            let mut schema = field.field_type.json_schema();
            if !field.description.is_empty() {
                schema.insert("description".into(), json!(field.description));
            }
            if let Some(minimum) = field.minimum {
                schema.insert("minimum".into(), json!(minimum));
            }
            if let Some(maximum) = field.maximum {
                schema.insert("maximum".into(), json!(maximum));
            }
            schema.insert("x-type".into(), json!(field.field_type.as_str()));
            properties.insert(field.name.clone(), Value::Object(schema));
        }
        properties.insert(
            "external_ids".into(),
            json!({"type": "array", "items": {"type": "string"}, "description": "its identifiers in its sources"}),
        );
        properties.insert(
            "extras".into(),
            json!({"type": "object", "description": "source fields that the mapping does not name"}),
        );
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": self.schema_id(),
            "title": self.name,
            "description": self.description,
            "type": "object",
            "properties": properties,
            "required": self.id.iter().chain(&self.required).collect::<Vec<_>>(),
            "additionalProperties": false,
            "x-id": self.id,
            "x-view": self.view,
            "x-version": self.version,
        })
    }
}
