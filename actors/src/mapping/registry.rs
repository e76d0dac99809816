//! The mappings that ship with the product: one YAML file a system under `shipped/`, compiled in.
//!
//! A file lists the system's objects; an object names its canonical entity, key and ordering columns, and for each
//! canonical field the source columns that may feed it, best first. Columns are compared by [`super::names::column`],
//! so the API's spelling and a warehouse's are one. Adding a system is adding a file.

use super::names;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::canonical::schema::SourceSchema;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// How sure a shipped rule is: people wrote it from the vendor's reference.
const SHIPPED_CONFIDENCE: f64 = 0.99;

static SHIPPED: LazyLock<Registry> = LazyLock::new(|| {
    let files = [
        include_str!("shipped/salesforce.yaml"),
        include_str!("shipped/hubspot.yaml"),
        include_str!("shipped/dynamics365.yaml"),
        include_str!("shipped/pipedrive.yaml"),
        include_str!("shipped/zendesk.yaml"),
        include_str!("shipped/mongodb.yaml"),
        include_str!("shipped/supabase.yaml"),
        include_str!("shipped/netsuite.yaml"),
        include_str!("shipped/sap.yaml"),
        include_str!("shipped/snowflake.yaml"),
        include_str!("shipped/stripe.yaml"),
        include_str!("shipped/aws.yaml"),
        include_str!("shipped/azure.yaml"),
        include_str!("shipped/file.yaml"),
    ];
    // A file that does not parse is left out here and turns `every_shipped_file_parses` red.
    Registry { systems: files.iter().filter_map(|text| serde_norway::from_str(text).ok()).collect() }
});

/// All systems with shipped mappings.
#[derive(Debug, Default)]
pub struct Registry {
    systems: Vec<System>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    #[serde(rename = "system")]
    name: String,
    #[serde(default)]
    names: Vec<String>,
    objects: Vec<Object>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Object {
    #[serde(rename = "object")]
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    entity: String,
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    order_by: Vec<String>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
    /// Columns that carry a canonical field's own name feed it.
    #[serde(default)]
    identity: bool,
    #[serde(default)]
    fields: BTreeMap<String, Candidates>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
enum Candidates {
    One(String),
    Many(Vec<Candidate>),
    Shaped(Candidate),
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
enum Candidate {
    Plain(String),
    Shaped {
        from: OneOrMany,
        #[serde(default)]
        scale: Option<String>,
        #[serde(default)]
        negate: bool,
    },
}

#[derive(Debug, serde::Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Candidate {
    fn sources(&self) -> Vec<(&str, Transform)> {
        match self {
            Self::Plain(name) => vec![(name, Transform::None)],
            Self::Shaped { from, scale, negate } => {
                let transform = match (scale, negate) {
                    (Some(factor), _) => Transform::Scale(factor.clone()),
                    (None, true) => Transform::Negate,
                    (None, false) => Transform::None,
                };
                match from {
                    OneOrMany::One(name) => vec![(name.as_str(), transform)],
                    OneOrMany::Many(names) => names.iter().map(|n| (n.as_str(), transform.clone())).collect(),
                }
            }
        }
    }
}

impl Candidates {
    fn sources(&self) -> Vec<(&str, Transform)> {
        match self {
            Self::One(name) => vec![(name, Transform::None)],
            Self::Many(list) => list.iter().flat_map(Candidate::sources).collect(),
            Self::Shaped(one) => one.sources(),
        }
    }
}

impl Registry {
    /// What the binary carries.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The systems it knows.
    pub fn systems(&self) -> impl Iterator<Item = &str> {
        self.systems.iter().map(|s| s.name.as_str())
    }

    /// Whether a system of that name is known, by name or by one of its other names.
    pub fn knows(&self, system: &str) -> bool {
        self.system(system).is_some()
    }

    fn system(&self, name: &str) -> Option<&System> {
        let wanted = names::column(name);
        self.systems
            .iter()
            .find(|s| names::column(&s.name) == wanted || s.names.iter().any(|n| names::column(n) == wanted))
    }

    /// The shipped rules for a stream of a known system, or of whichever system the columns give away when none is
    /// named. `None` when no object fits the stream's name and columns.
    pub fn resolve(
        &self,
        vocabulary: &Vocabulary,
        system: Option<&str>,
        object: &str,
        schema: &SourceSchema,
    ) -> Option<Mapping> {
        let columns = Columns::of(schema);
        if let Some(system) = system.and_then(|name| self.system(name)) {
            let named = best(system, object).and_then(|o| o.mapping(vocabulary, &columns, false));
            return named.or_else(|| telling(system, vocabulary, &columns, schema.fields.len()));
        }
        // Nobody said which system this is: take the one whose object of that name explains most of the columns, if
        // it explains at least half of them. Ties go to the first, and the files are in order of how telling they are.
        let mut found: Option<(usize, Mapping)> = None;
        for object in self.systems.iter().filter_map(|s| best(s, object)) {
            if let Some(mapping) = object.mapping(vocabulary, &columns, true)
                && mapping.rules.len() >= 3
                && mapping.rules.len() * 2 >= schema.fields.len()
                && found.as_ref().is_none_or(|(n, _)| mapping.rules.len() > *n)
            {
                found = Some((mapping.rules.len(), mapping));
            }
        }
        found.map(|(_, mapping)| mapping)
    }
}

/// The system's object that explains most of the columns, for a stream whose name says nothing (`export_2024`): at least
/// half of them and three, or a third and five. Of two that explain as many, the one listed first.
fn telling(system: &System, vocabulary: &Vocabulary, columns: &Columns<'_>, of: usize) -> Option<Mapping> {
    let found = system.objects.iter().filter(|o| o.entity != "record");
    let enough = |m: &Mapping| {
        let rules = m.rules.len();
        (rules >= 3 && rules * 2 >= of) || (rules >= 5 && rules * 3 >= of)
    };
    let mut best: Option<Mapping> = None;
    for mapping in found.filter_map(|o| o.mapping(vocabulary, columns, true)).filter(enough) {
        if best.as_ref().is_none_or(|b| mapping.rules.len() > b.rules.len()) {
            best = Some(mapping);
        }
    }
    best
}

/// The object whose name or alias fits best.
fn best<'a>(system: &'a System, object: &str) -> Option<&'a Object> {
    let fit = |o: &Object| {
        std::iter::once(&o.name).chain(&o.aliases).map(|alias| names::object_fit(object, alias)).max().unwrap_or(0)
    };
    system.objects.iter().map(|o| (fit(o), o)).filter(|(n, _)| *n > 0).max_by_key(|(n, _)| *n).map(|(_, o)| o)
}

/// The stream's columns by normalised name; the first of two alike wins.
struct Columns<'a> {
    by_name: HashMap<String, &'a str>,
}

impl<'a> Columns<'a> {
    fn of(schema: &'a SourceSchema) -> Self {
        let mut by_name = HashMap::new();
        for field in &schema.fields {
            by_name.entry(names::column(&field.name)).or_insert(field.name.as_str());
        }
        Self { by_name }
    }

    fn find(&self, name: &str) -> Option<&'a str> {
        self.by_name.get(&names::column(name)).copied()
    }
}

impl Object {
    /// This object's rules for the columns at hand; `None` when too little of it is there to be this object.
    fn mapping(&self, vocabulary: &Vocabulary, columns: &Columns<'_>, strict: bool) -> Option<Mapping> {
        let entity = vocabulary.entity(&self.entity)?;
        let mut rules: Vec<FieldRule> = Vec::new();
        let mut add = |field: &str, source: &str, transform: Transform| {
            rules.push(FieldRule {
                source_path: source.to_owned(),
                field: field.to_owned(),
                transform,
                confidence: SHIPPED_CONFIDENCE,
                origin: Origin::Rule,
                lenient: false,
            });
        };
        for def in &entity.fields {
            let named = self.fields.get(&def.name).into_iter().flat_map(Candidates::sources);
            let own = self.identity.then_some((def.name.as_str(), Transform::None));
            let source = named.chain(own).find_map(|(name, t)| columns.find(name).map(|c| (c, t)));
            match (source, self.constants.get(&def.name)) {
                (Some((source, transform)), _) => add(&def.name, source, transform),
                (None, Some(value)) => add(&def.name, "", Transform::Constant(value.clone())),
                (None, None) => {}
            }
        }
        let key = self.key_columns(columns);
        let mapped = rules.iter().filter(|r| !r.source_path.is_empty()).count();
        let enough = self.entity == "record" || mapped >= if strict { 3 } else { 1 };
        if !enough || (key.is_empty() && !self.key.is_empty() && self.entity != "record") {
            return None;
        }
        let order_by = self.order_by.iter().find_map(|name| columns.find(name)).map(str::to_owned);
        Some(Mapping { version: 1, entity: self.entity.clone(), rules, key, order_by })
    }

    /// Alternatives for a single key are listed best first; objects with a composite key list all its parts, which
    /// only `record` objects do.
    fn key_columns(&self, columns: &Columns<'_>) -> Vec<String> {
        let mut present = self.key.iter().filter_map(|name| columns.find(name)).map(str::to_owned);
        if self.entity == "record" { present.collect() } else { present.next().into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::schema::{SourceField, SourceType};

    fn schema(columns: &[&str]) -> SourceSchema {
        let field = |name: &&str| SourceField {
            name: (*name).to_owned(),
            data_type: SourceType::String,
            nullable: true,
            samples: Vec::new(),
        };
        SourceSchema { fields: columns.iter().map(field).collect(), ..SourceSchema::default() }
    }

    #[test]
    fn every_shipped_file_parses_and_speaks_the_vocabulary() {
        let vocabulary = Vocabulary::builtin();
        assert_eq!(Registry::shipped().systems().count(), 14);
        for object in Registry::shipped().systems.iter().flat_map(|s| &s.objects) {
            let entity = vocabulary.entity(&object.entity).unwrap_or_else(|| panic!("{}", object.entity));
            for field in object.fields.keys().chain(object.constants.keys()) {
                assert!(entity.fields.iter().any(|f| f.name == *field), "{}: {}.{field}", object.name, object.entity);
            }
        }
    }

    #[test]
    fn api_and_warehouse_spellings_find_the_same_rules() {
        let vocabulary = Vocabulary::builtin();
        let api = schema(&["Id", "AccountId", "StageName", "LastModifiedDate", "Custom__c"]);
        let warehouse = schema(&["id", "account_id", "stage_name", "last_modified_date", "custom_c"]);
        for columns in [api, warehouse] {
            let mapping =
                Registry::shipped().resolve(vocabulary, Some("Salesforce"), "opportunities", &columns).unwrap();
            assert_eq!(mapping.entity, "opportunity");
            assert_eq!(mapping.rules.len(), 4);
            assert_eq!(mapping.key.len(), 1);
            assert!(mapping.order_by.is_some());
        }
    }

    #[test]
    fn a_name_that_says_nothing_leaves_it_to_the_columns() {
        let columns = schema(&["Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "OwnerId"]);
        let vocabulary = Vocabulary::builtin();
        let mapping = Registry::shipped().resolve(vocabulary, Some("salesforce"), "crm", &columns).unwrap();
        assert_eq!(mapping.entity, "opportunity");
        let few = schema(&["Id", "Name", "Industry", "AnnualRevenue"]);
        let mapping = Registry::shipped().resolve(vocabulary, Some("salesforce"), "crm", &few).unwrap();
        assert_eq!(mapping.entity, "account");
    }

    #[test]
    fn columns_give_the_system_away_when_nobody_names_it() {
        let columns = schema(&["Id", "AccountId", "Name", "StageName", "Amount", "CloseDate", "OwnerId"]);
        let mapping = Registry::shipped().resolve(Vocabulary::builtin(), None, "opportunities", &columns).unwrap();
        assert_eq!(mapping.rule_for("stage").unwrap().source_path, "StageName");
        let strange = schema(&["a", "b", "c"]);
        assert!(Registry::shipped().resolve(Vocabulary::builtin(), None, "opportunities", &strange).is_none());
    }
}
