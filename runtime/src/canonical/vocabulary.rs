//! The set of entities that a tenant's mappings may name: the compiled-in one, and what the tenant added to it.
//!
//! Guarantees: names are unique and safe as SQL identifiers and JSON members; an extension never changes or removes
//! what was there. Cheap to clone. Pure data.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::entity::{EntityDef, FieldDef};
use crate::{Error, Result};

/// What a tenant adds.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// Whole entities.
    #[serde(default)]
    pub entities: Vec<EntityDef>,
    /// Fields of entities that exist, by the entity's name.
    #[serde(default)]
    pub fields: BTreeMap<String, Vec<FieldDef>>,
}

/// See the module.
#[derive(Clone, Debug, PartialEq)]
pub struct Vocabulary {
    entities: Vec<Arc<EntityDef>>,
}

static BUILTIN: LazyLock<Vocabulary> = LazyLock::new(|| {
    let extension: Result<Extension, _> = serde_norway::from_str(include_str!("vocabulary.yaml"));
    #[expect(clippy::expect_used, reason = "the text is compiled in and a test parses it")]
    let extension = extension.expect("the vocabulary parses");
    Vocabulary { entities: extension.entities.into_iter().map(Arc::new).collect() }
});

impl Vocabulary {
    /// The shipped one, version 1.
    pub fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Every entity, in the order of the vocabulary.
    pub fn entities(&self) -> impl Iterator<Item = &Arc<EntityDef>> {
        self.entities.iter()
    }

    /// The entity of that name.
    pub fn entity(&self, name: &str) -> Option<&Arc<EntityDef>> {
        self.entities.iter().find(|e| e.name == name)
    }

    /// The entity of that name, or a sentence that lists those there are.
    pub fn expect_entity(&self, name: &str) -> Result<&Arc<EntityDef>> {
        self.entity(name).ok_or_else(|| {
            let names: Vec<&str> = self.entities.iter().map(|e| e.name.as_str()).collect();
            Error::invalid("mapping.unknown_entity", format!("There is no entity {name:?}."))
                .field("entity")
                .remedy(format!("Use one of {}, or add it to the vocabulary.", names.join(", ")))
        })
    }

    /// The entity whose view, or view alias, has that name.
    pub fn by_view(&self, view: &str) -> Option<&Arc<EntityDef>> {
        self.entities.iter().find(|e| e.view == view || e.aliases.iter().any(|a| a.view == view))
    }

    /// This vocabulary with a tenant's additions.
    pub fn extend(&self, extension: &Extension) -> Result<Self> {
        let mut entities = self.entities.clone();
        for entity in &extension.entities {
            entities.push(Arc::new(entity.clone()));
        }
        for (name, fields) in &extension.fields {
            let Some(entity) = entities.iter_mut().find(|e| e.name == *name) else {
                return Err(Error::invalid("vocabulary.unknown_entity", format!("There is no entity {name:?}."))
                    .field(format!("fields.{name}"))
                    .remedy("Name an entity of the vocabulary, or add one under `entities`."));
            };
            Arc::make_mut(entity).fields.extend(fields.iter().cloned());
        }
        let extended = Self { entities };
        extended.check()?;
        Ok(extended)
    }

    fn check(&self) -> Result<()> {
        let mut names = std::collections::BTreeSet::new();
        let mut views = std::collections::BTreeSet::new();
        for entity in &self.entities {
            let at = |what: &str| format!("entities.{}.{what}", entity.name);
            name_ok(&entity.name, || at("name"))?;
            unique(&mut names, &entity.name, || at("name"))?;
            for view in std::iter::once(&entity.view).chain(entity.aliases.iter().map(|a| &a.view)) {
                name_ok(view, || at("view"))?;
                unique(&mut views, view, || at("view"))?;
            }
            let mut fields = std::collections::BTreeSet::new();
            for field in &entity.fields {
                let place = || at(&format!("fields.{}", field.name));
                name_ok(&field.name, place)?;
                unique(&mut fields, &field.name, place)?;
                if matches!(field.name.as_str(), "id" | "source" | "extras" | "external_ids") {
                    return Err(Error::invalid("vocabulary.reserved_name", "The name is taken by the platform.")
                        .field(place())
                        .remedy("Choose another name."));
                }
            }
            let named = entity.id.iter().chain(&entity.required).chain(entity.aliases.iter().map(|a| &a.field));
            for name in named {
                if entity.field(name).is_none() {
                    return Err(Error::invalid("vocabulary.unknown_field", format!("There is no field {name:?}."))
                        .field(at(name))
                        .remedy("Declare it under `fields`."));
                }
            }
            if let Some(identity) = &entity.identity {
                identity.check(entity)?;
            }
        }
        Ok(())
    }
}

fn name_ok(name: &str, place: impl Fn() -> String) -> Result<()> {
    let bytes = name.as_bytes();
    let good = bytes.len() <= 63
        && bytes.first().is_some_and(u8::is_ascii_lowercase)
        && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_');
    if good {
        return Ok(());
    }
    Err(Error::invalid("vocabulary.bad_name", format!("{name:?} is not a name."))
        .field(place())
        .remedy("Use lower-case letters, digits and _, a letter first, at most 63."))
}

fn unique<'a>(seen: &mut std::collections::BTreeSet<&'a str>, name: &'a str, place: impl Fn() -> String) -> Result<()> {
    if seen.insert(name) {
        return Ok(());
    }
    Err(Error::conflict("vocabulary.duplicate_name", format!("{name:?} exists already."))
        .field(place())
        .remedy("Choose another name."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::entity::FieldType;

    #[test]
    fn the_shipped_vocabulary_is_sound() {
        let vocabulary = Vocabulary::builtin();
        vocabulary.check().unwrap();
        assert_eq!(vocabulary.entities().count(), 13);
        assert_eq!(vocabulary.entity("opportunity").unwrap().fields.len(), 21);
        assert!(vocabulary.entity("account").unwrap().requires("name"));
        assert!(vocabulary.entity("account").unwrap().requires("account_id"));
        assert_eq!(vocabulary.by_view("aws_resources").unwrap().name, "cloud_resource");
        assert_eq!(vocabulary.by_view("records").unwrap().name, "record");
        for entity in vocabulary.entities() {
            let schema = entity.json_schema();
            assert_eq!(schema["properties"].as_object().unwrap().len(), entity.fields.len() + 2);
        }
    }

    #[test]
    fn a_tenant_may_add_and_only_add() {
        let field = |name: &str| FieldDef {
            name: name.into(),
            field_type: FieldType::Number,
            description: String::new(),
            minimum: None,
            maximum: None,
        };
        let add = |entity: &str, name: &str| Extension {
            fields: BTreeMap::from([(entity.to_owned(), vec![field(name)])]),
            ..Extension::default()
        };
        let builtin = Vocabulary::builtin();
        let extended = builtin.extend(&add("account", "nps")).unwrap();
        assert!(extended.entity("account").unwrap().field("nps").is_some());
        assert_ne!(extended.entity("account").unwrap().schema_id(), builtin.entity("account").unwrap().schema_id());
        assert_eq!(builtin.extend(&add("account", "name")).unwrap_err().code, "vocabulary.duplicate_name");
        assert_eq!(builtin.extend(&add("nope", "x")).unwrap_err().code, "vocabulary.unknown_entity");
        assert_eq!(builtin.extend(&add("account", "a;b")).unwrap_err().code, "vocabulary.bad_name");
        assert_eq!(builtin.extend(&add("account", "extras")).unwrap_err().code, "vocabulary.reserved_name");
    }
}
