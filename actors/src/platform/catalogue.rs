//! What the platform knows before any data is there: the entities of the canonical model, and the types of sources.

use autonomos_runtime::{Error, Result, Scope};
use serde_json::Value;

use super::Platform;
use super::shapes::{ConnectorType, EntityView};
use crate::connector::catalog;

impl Platform {
    /// The entities, by name.
    pub fn entities(&self, _: &Scope) -> Vec<EntityView> {
        let view = |e: &std::sync::Arc<autonomos_runtime::canonical::entity::EntityDef>| EntityView {
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

    /// The types of sources, each with the JSON Schema of its settings.
    pub fn connector_types(&self, _: &Scope) -> Result<Vec<ConnectorType>> {
        catalog::KINDS.iter().map(|kind| Ok(ConnectorType { kind, spec: catalog::spec(kind)? })).collect()
    }
}
