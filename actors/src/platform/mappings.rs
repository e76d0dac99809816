//! Rules in force, and a person's edits of them.

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::json;
use autonomos_runtime::canonical::mapping::{FieldRule, Mapping, Origin, Transform};
use autonomos_runtime::canonical::normalize::Plan;
use autonomos_runtime::canonical::record::{RawBatch, Reject};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{MappingVersion, StreamState, StreamUpdate, Tx};
use autonomos_runtime::{Error, Result, Scope};

use super::shapes::{MappingEdit, MappingRow, MappingTrial, MappingVersionView, TrialRefusal};
use super::{Platform, rows};
use crate::connector::catalog;
use crate::connector::source::Limits;
use crate::repair::carry_out::{self, Repair};
use crate::repair::repairer::waits;

/// Rows that new rules are tried on.
const TRIED: usize = 50;

impl Platform {
    /// Rules in force.
    pub async fn mappings(&self, scope: &Scope, id: ConnectionId) -> Result<Vec<MappingRow>> {
        let mut tx = self.parts().store.read(scope).await?;
        tx.connection(id).await?;
        Ok(tx.active_mappings(id).await?.into_iter().flat_map(rows::mapping).collect())
    }

    /// Adopts new rules for a stream, for its history as well.
    pub async fn put_mapping(&self, scope: &Scope, id: ConnectionId, edit: MappingEdit) -> Result<Vec<MappingRow>> {
        let mut tx = self.parts().store.begin(scope).await?;
        tx.connection(id).await?;
        let active = in_force(tx.as_mut(), id, &edit.stream).await?;
        let (stream, expected_version) = (edit.stream.clone(), edit.version.unwrap_or(active.version));
        let mapping = self.edited(&active.mapping, edit)?;
        let repair = Repair {
            connection: id,
            stream: &stream,
            mapping,
            expected_version,
            from_seq: 1,
            drifts: Vec::new(),
            origin: Origin::Human,
            reason: "edited by hand".to_owned(),
            revert: false,
            retracts: Vec::new(),
        };
        let version = carry_out::adopt(tx.as_mut(), None, repair).await?;
        // Rules by hand are an answer to whatever the stream was stopped for, unless a question still waits.
        let stopped = tx.stream(id, &stream).await?.state == StreamState::Stopped;
        if stopped && !waits(tx.as_mut(), id, &stream).await? {
            let change = StreamUpdate { state: Some((StreamState::Active, None)), ..StreamUpdate::default() };
            tx.update_stream(id, &stream, change).await?;
        }
        tx.save().await?;
        let desk = self.desk(scope).await?;
        desk.publish(
            Fact::new(Topic::AamMapped, serde_json::json!({"stream": stream})).about("connection", id).version(version),
        );
        desk.materializer().wake();
        desk.connector(id).wake();
        self.mappings(scope, id).await
    }

    /// All versions of the rules of a stream, newest first.
    pub async fn mapping_history(
        &self,
        scope: &Scope,
        id: ConnectionId,
        stream: &str,
    ) -> Result<Vec<MappingVersionView>> {
        let mut tx = self.parts().store.read(scope).await?;
        tx.connection(id).await?;
        tx.stream(id, stream).await?;
        Ok(tx.mappings(id, stream).await?.into_iter().map(rows::mapping_version).collect())
    }

    /// What new rules would make of the source's first rows; nothing is kept.
    pub async fn try_mapping(&self, scope: &Scope, id: ConnectionId, edit: MappingEdit) -> Result<MappingTrial> {
        let mut tx = self.parts().store.read(scope).await?;
        let connection = tx.connection(id).await?;
        let active = in_force(tx.as_mut(), id, &edit.stream).await?;
        drop(tx);
        let stream = edit.stream.clone();
        let mapping = self.edited(&active.mapping, edit)?;
        let source = catalog::open(self.parts(), scope, &connection).await?;
        let bounds = Limits::of(&self.parts().config.connector);
        let limits = Limits { batch_rows: TRIED, max_rows: Some(TRIED as u64), ..bounds };
        let mut batches = source.read(scope, &stream, None, &limits).await?;
        let Some(batch) = batches.next().await else {
            return Ok(MappingTrial { tried: 0, rows: Vec::new(), refused: Vec::new() });
        };
        trial(&self.parts().vocabulary, &mapping, batch?)
    }

    /// The mapping that an edit makes of the rules in force, every name checked.
    fn edited(&self, active: &Mapping, edit: MappingEdit) -> Result<Mapping> {
        let entity = self.parts().vocabulary.entity(&edit.entity).ok_or_else(|| {
            Error::invalid("mapping.unknown_entity", format!("There is no entity {}.", edit.entity))
                .field("/entity")
                .remedy("GET /api/v1/entities lists them.")
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
        Ok(Mapping {
            version: active.version,
            entity: edit.entity,
            rules,
            key: edit.key.unwrap_or_else(|| active.key.clone()),
            order_by: edit.order_by.or_else(|| active.order_by.clone()),
        })
    }
}

async fn in_force(tx: &mut dyn Tx, id: ConnectionId, stream: &str) -> Result<MappingVersion> {
    tx.active_mapping(id, stream).await?.ok_or_else(|| {
        Error::not_found("stream.unknown", format!("The connection has no stream {stream} with rules yet."))
            .field("/stream")
            .remedy("Sync the connection once, then edit its rules.")
    })
}

/// Pure: the first rows through the rules.
fn trial(vocabulary: &Vocabulary, mapping: &Mapping, raw: RawBatch) -> Result<MappingTrial> {
    let tried = raw.columns.num_rows() + raw.rejects.len();
    let mut normalized = Plan::compile(vocabulary, mapping, &raw.columns.schema())?.run(&raw)?;
    let row = |at| serde_json::from_str(&json::row_text(&normalized.batch, at, usize::MAX)).unwrap_or_default();
    let rows = (0..normalized.batch.num_rows()).map(row).collect();
    normalized.rejects.extend(raw.rejects);
    let refusal = |r: Reject| TrialRefusal { row: r.row, field: r.field, code: r.code.into_owned(), reason: r.reason };
    Ok(MappingTrial { tried, rows, refused: normalized.rejects.into_iter().map(refusal).collect() })
}
