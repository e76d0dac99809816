//! Puts a stream's first rules into force, and the matcher's open questions into the review queue.

use autonomos_runtime::Result;
use autonomos_runtime::canonical::mapping::{Mapping, Origin};
use autonomos_runtime::store::{AdoptMapping, Adopted, Connection, NewReview, StreamUpdate, Tx};
use serde_json::json;

use super::onboard::{Tiers, onboard};
use crate::connector::source::StreamInfo;
use crate::flags::Flag;
use crate::repair::proposal::Proposal;
use crate::tenant::Desk;

/// Decides and writes; the caller saves.
pub async fn first_mapping(
    desk: &Desk,
    tx: &mut dyn Tx,
    connection: &Connection,
    info: &StreamInfo,
) -> Result<Mapping> {
    let config = &connection.config;
    let entity = config.get("entity").and_then(serde_json::Value::as_str);
    let tiers = if Flag::DclIntelligence.is_on(tx).await? {
        Tiers { apply: desk.parts.config.repair.apply, review: desk.parts.config.repair.review }
    } else {
        Tiers::NEVER
    };
    let mut schema = info.schema.clone();
    schema.cursor = schema.cursor.or_else(|| info.order_by.clone());
    let vocabulary = &desk.parts.vocabulary;
    let onboarding = onboard(vocabulary, connection.system.as_deref(), entity, &info.object, &schema, tiers);
    let adopted = tx
        .adopt_mapping(AdoptMapping {
            epoch: Some(desk.epoch),
            connection: connection.id,
            stream: info.name.clone(),
            mapping: onboarding.mapping.clone(),
            expected_version: None,
            origin: Origin::Rule,
            reason: Some("first rules of the stream".to_owned()),
            from_seq: Some(1),
            revert: false,
            retracts: Vec::new(),
            drifts: Vec::new(),
            stream_update: StreamUpdate::default(),
        })
        .await?;
    let mut mapping = onboarding.mapping;
    if let Adopted::Adopted { version, .. } = adopted {
        mapping.version = version;
    }
    let expires_at = Some(desk.parts.lapses_at());
    for question in onboarding.questions {
        let Some(field) = question.canonical_field else { continue };
        let samples = schema.field(&question.field).map(|f| f.samples.clone()).unwrap_or_default();
        tx.create_review(NewReview {
            connection_id: Some(connection.id),
            kind: "mapping".to_owned(),
            key: Some(format!("{}/{}/{}", connection.id, info.name, question.field)),
            subject: json!({
                "connection_id": connection.id, "connection": connection.name, "stream": info.name,
                "field": question.field, "entity": mapping.entity,
            }),
            proposal: Proposal::Map { source_path: question.field, field }.to_json(),
            evidence: json!({"reasons": question.reasons, "samples": samples}),
            confidence: Some(question.confidence),
            assignee: None,
            expires_at,
        })
        .await?;
    }
    Ok(mapping)
}
