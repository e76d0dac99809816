//! What the platform knows before any data is there: the entities of the canonical model.

use autonomos_runtime::{Error, Result, Scope};
use serde_json::Value;

use super::Platform;
use super::shapes::EntityType;

impl Platform {
    /// The entities, by name.
    pub fn entity_types(&self, _: &Scope) -> Vec<EntityType> {
        let view = |e: &std::sync::Arc<autonomos_runtime::canonical::entity::EntityDef>| EntityType {
            name: e.name.clone(),
            view: e.view.clone(),
            version: e.version,
            description: e.description.clone(),
            id: e.id.clone(),
            required: e.required.clone(),
            fields: e.fields.len(),
            schema_id: e.schema_id(),
        };
        self.parts().vocabulary.entities().map(view).collect()
    }

    /// One entity as a JSON Schema (2020-12).
    pub fn entity_schema(&self, _: &Scope, name: &str) -> Result<Value> {
        let entity = self.parts().vocabulary.entity(name).ok_or_else(|| {
            Error::not_found("entity.unknown", "There is no such entity.").remedy("GET /api/v1/entities lists them.")
        })?;
        Ok(entity.json_schema())
    }
}
