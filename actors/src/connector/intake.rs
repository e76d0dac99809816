//! Pure: what happens to one raw batch between its source and the log. Look at it, say what changed, cast it, seal up
//! what could not be taken, and name it after where it came from.
//!
//! Runs off the runtime's threads; holds nothing that a crash could lose, because it is made anew from rows.

use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use autonomos_runtime::Result;
use autonomos_runtime::canonical::BatchId;
use autonomos_runtime::canonical::batch::batch_id;
use autonomos_runtime::canonical::codec;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::normalize::Plan;
use autonomos_runtime::canonical::observe;
use autonomos_runtime::canonical::record::{RawBatch, Reject};
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::NewDrift;
use bytes::Bytes;

use crate::drift::detect::detect;

/// One stream while it is read.
#[derive(Debug)]
pub struct Intake {
    /// Entities and fields.
    pub vocabulary: Arc<Vocabulary>,
    /// What the source is, if known.
    pub system: Option<String>,
    /// Its connection.
    pub connection: ConnectionId,
    /// Its name.
    pub stream: String,
    /// What the source calls the object.
    pub object: String,
    /// Rises with every rewind; part of every batch's name.
    pub generation: i64,
    /// Rules in force.
    pub mapping: Mapping,
    /// What the stream looked like last.
    pub schema: SourceSchema,
    plan: Option<(SchemaRef, Plan)>,
}

/// A batch that is ready for the log.
#[derive(Debug)]
pub struct Prepared {
    /// Its name.
    pub batch_id: BatchId,
    /// Canonical rows, encoded.
    pub payload: Bytes,
    /// How many.
    pub rows: u64,
    /// Rows that could not be taken.
    pub rejects: Vec<Reject>,
    /// Where it began.
    pub from: Option<String>,
    /// Where it ended.
    pub to: String,
    /// Digest of the schema it had.
    pub fingerprint: String,
    /// The schema to agree on from here, when it is not the one before.
    pub schema: Option<SourceSchema>,
    /// What changed.
    pub drifts: Vec<NewDrift>,
}

impl Intake {
    /// Begins with the rules in force and the schema agreed.
    pub fn new(
        vocabulary: Arc<Vocabulary>,
        system: Option<String>,
        stream: &autonomos_runtime::store::Stream,
        mapping: Mapping,
        schema: SourceSchema,
    ) -> Self {
        Self {
            vocabulary,
            system,
            connection: stream.connection_id,
            stream: stream.name.clone(),
            object: stream.object.clone().unwrap_or_else(|| stream.name.clone()),
            generation: stream.generation,
            mapping,
            schema,
            plan: None,
        }
    }

    /// Goes on under other rules.
    pub fn adopt(&mut self, mapping: Mapping) {
        self.mapping = mapping;
        self.plan = None;
    }

    /// See the module.
    pub fn prepare(&mut self, mut raw: RawBatch) -> Result<Prepared> {
        let stream = format!("{}#{}", self.stream, self.generation);
        let id = batch_id(&self.connection.to_string(), &stream, raw.from.as_deref(), &raw.to);
        let mut rejects = std::mem::take(&mut raw.rejects);
        let (mut schema, mut drifts) = (None, Vec::new());
        if raw.columns.num_rows() > 0 {
            let seen = observe(&raw);
            let found = detect(self.system.as_deref(), &self.object, &self.schema, &seen, &self.mapping);
            drifts = found.drifts;
            if found.schema != self.schema {
                self.schema = found.schema.clone();
                schema = Some(found.schema);
            }
        }
        let normalized = self.plan_for(&raw)?.run(&raw)?;
        rejects.extend(normalized.rejects);
        Ok(Prepared {
            batch_id: id,
            payload: codec::encode(&normalized.batch)?,
            rows: normalized.batch.num_rows() as u64,
            rejects,
            from: raw.from,
            to: raw.to,
            fingerprint: self.schema.fingerprint(),
            schema,
            drifts,
        })
    }

    fn plan_for(&mut self, raw: &RawBatch) -> Result<&Plan> {
        let columns = raw.columns.schema();
        if self.plan.as_ref().is_none_or(|(known, _)| *known != columns) {
            let plan = Plan::compile(&self.vocabulary, &self.mapping, &columns)?;
            self.plan = Some((columns, plan));
        }
        // Set right above when it was not.
        self.plan.as_ref().map(|(_, plan)| plan).ok_or_else(|| {
            autonomos_runtime::Error::internal("intake.no_plan", "The rules of the stream could not be prepared.")
        })
    }
}
