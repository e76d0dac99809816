//! Rules in force, and a person's edits of them.

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{StreamState, StreamUpdate};
use autonomos_runtime::{Error, Result, Scope};

use super::shapes::{MappingEdit, MappingRow};
use super::{Platform, rows};
use crate::repair::carry_out::{self, Repair};
use crate::repair::repairer::waits;

impl Platform {
    /// Rules in force.
    pub async fn mappings(&self, scope: &Scope, id: ConnectionId) -> Result<Vec<MappingRow>> {
        let mut tx = self.parts().store.read(scope).await?;
        tx.connection(id).await?;
        Ok(tx.active_mappings(id).await?.into_iter().flat_map(rows::mapping).collect())
    }

    /// Adopts new rules for a stream, for its history as well.
    pub async fn put_mapping(&self, scope: &Scope, id: ConnectionId, edit: MappingEdit) -> Result<Vec<MappingRow>> {
        let vocabulary = &self.parts().vocabulary;
        let entity = vocabulary.entity(&edit.entity).ok_or_else(|| {
            Error::invalid("mapping.unknown_entity", format!("There is no entity {}.", edit.entity)).field("/entity")
        })?;
        let mut tx = self.parts().store.begin(scope).await?;
        tx.connection(id).await?;
        let active = tx.active_mapping(id, &edit.stream).await?.ok_or_else(|| {
            Error::not_found("stream.unknown", format!("The connection has no stream {} with rules yet.", edit.stream))
                .field("/stream")
                .remedy("Sync the connection once, then edit its rules.")
        })?;
        let mut rules = Vec::with_capacity(edit.rules.len());
        for (at, rule) in edit.rules.into_iter().enumerate() {
            if entity.field(&rule.field).is_none() {
                return Err(Error::invalid(
                    "mapping.unknown_field",
                    format!("{} has no field {}.", entity.name, rule.field),
                )
                .field(format!("/rules/{at}/field"))
                .remedy("Choose one of the entity's fields."));
            }
            if rules.iter().any(|r: &FieldRule| r.field == rule.field) {
                return Err(Error::invalid("mapping.field_twice", format!("Two rules feed {}.", rule.field))
                    .field(format!("/rules/{at}/field")));
            }
            let transform = match rule.transform {
                None => Transform::None,
                Some(value) => serde_json::from_value(value).map_err(|e| {
                    Error::invalid("mapping.bad_transform", format!("The transform is not known: {e}."))
                        .field(format!("/rules/{at}/transform"))
                })?,
            };
            rules.push(FieldRule {
                source_path: rule.source_path,
                field: rule.field,
                transform,
                confidence: 1.0,
                origin: Origin::Human,
                lenient: false,
            });
        }
        let mapping = Mapping {
            version: active.version,
            entity: edit.entity,
            rules,
            key: edit.key.unwrap_or_else(|| active.mapping.key.clone()),
            order_by: edit.order_by.or_else(|| active.mapping.order_by.clone()),
        };
        let repair = Repair {
            connection: id,
            stream: &edit.stream,
            mapping,
            expected_version: edit.version.unwrap_or(active.version),
            from_seq: 1,
            drifts: Vec::new(),
            origin: Origin::Human,
            reason: "edited by hand".to_owned(),
            revert: false,
        };
        let version = carry_out::adopt(tx.as_mut(), None, repair).await?;
        // Rules by hand are an answer to whatever the stream was stopped for, unless a question still waits.
        let stream = tx.stream(id, &edit.stream).await?;
        let resumes = stream.state == StreamState::Stopped && !waits(tx.as_mut(), id, &edit.stream).await?;
        if resumes {
            let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
            tx.update_stream(id, &edit.stream, change).await?;
        }
        tx.save().await?;
        let desk = self.desk(scope).await?;
        desk.publish(
            Fact::new(Topic::AamMapped, serde_json::json!({"stream": edit.stream}))
                .about("connection", id)
                .version(version),
        );
        desk.materializer().wake();
        desk.connector(id).wake();
        self.mappings(scope, id).await
    }
}
