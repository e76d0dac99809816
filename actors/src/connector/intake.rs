//! Pure: what happens to one raw batch between its source and the log. Look at it, say what changed, cast it, seal up
//! what could not be taken, and name it after where it came from.
//!
//! A batch that lacks the key of its records is held: what changed is told, its rows wait at their source. Runs off the
//! runtime's threads; holds nothing that a crash could lose, because it is made anew from rows.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use arrow::datatypes::{DataType, Schema, SchemaRef};
use autonomos_runtime::canonical::BatchId;
use autonomos_runtime::canonical::batch::batch_id;
use autonomos_runtime::canonical::codec;
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::normalize::Plan;
use autonomos_runtime::canonical::observe;
use autonomos_runtime::canonical::record::{RawBatch, Reject};
use autonomos_runtime::canonical::schema::SourceSchema;
use autonomos_runtime::canonical::spread::{Bands, sample};
use autonomos_runtime::canonical::values::tally;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Connection, NewDrift, Stream};
use autonomos_runtime::{Error, Result};
use bytes::Bytes;
use serde_json::Value;

use super::source::StreamInfo;
use crate::drift::detect::{Agreed, Found, detect};
use crate::drift::policy::Policy;
use crate::drift::spread;
use crate::drift::values::{self, Looked};
use crate::repair::repairer::stopped;

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
    /// The connection's policy.
    policy: Value,
    /// Whether the source declares its types.
    declared: bool,
    /// Whether the stream was never read to its end.
    fresh: bool,
    /// Values of this read.
    looked: Looked,
    /// How the columns of this read are spread.
    spreads: BTreeMap<String, Bands>,
    plan: Option<(SchemaRef, Plan)>,
}

/// What came of a batch.
#[derive(Debug)]
pub enum Outcome {
    /// It is ready for the log.
    Ready(Box<Prepared>),
    /// Its records cannot be told apart; it must be read again under other rules.
    Held(Box<Held>),
}

/// See [`Outcome::Held`].
#[derive(Debug)]
pub struct Held {
    /// The schema to agree on from here, when it is not the one before.
    pub schema: Option<SourceSchema>,
    /// What changed; nothing when it was told before.
    pub drifts: Vec<NewDrift>,
    /// What is missing.
    pub why: Error,
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
    /// Why nothing may be read after it until somebody decides.
    pub stop: Option<String>,
}

impl Intake {
    /// Begins with the rules in force and the schema agreed.
    pub fn new(
        vocabulary: Arc<Vocabulary>,
        connection: &Connection,
        stream: &Stream,
        info: &StreamInfo,
        mapping: Mapping,
        schema: SourceSchema,
    ) -> Self {
        Self {
            vocabulary,
            system: connection.system.clone(),
            connection: stream.connection_id,
            stream: stream.name.clone(),
            object: stream.object.clone().unwrap_or_else(|| stream.name.clone()),
            generation: stream.generation,
            mapping,
            schema,
            policy: connection.policy.clone(),
            declared: info.declared,
            fresh: stream.last_sync_at.is_none(),
            looked: Looked::default(),
            spreads: BTreeMap::new(),
            plan: None,
        }
    }

    /// Goes on under other rules.
    pub fn adopt(&mut self, mapping: Mapping) {
        self.mapping = mapping;
        self.plan = None;
    }

    /// See the module.
    pub fn prepare(&mut self, mut raw: RawBatch) -> Result<Outcome> {
        let stream = format!("{}#{}", self.stream, self.generation);
        let id = batch_id(&self.connection.to_string(), &stream, raw.from.as_deref(), &raw.to);
        let mut rejects = std::mem::take(&mut raw.rejects);
        let Found { schema, drifts } = self.look(&raw);
        let schema = (schema != self.schema).then_some(schema);
        if let Some(schema) = &schema {
            self.schema.clone_from(schema);
        }
        let normalized = match self.plan_for(&raw) {
            Ok(plan) => plan.run(&raw)?,
            Err(why) if why.code == "mapping.key_absent" => {
                return Ok(Outcome::Held(Box::new(Held { schema, drifts, why })));
            }
            Err(error) => return Err(error),
        };
        rejects.extend(normalized.rejects);
        let stop = drifts.iter().find(|d| Policy::of(&self.policy, &d.kind) == Policy::Stop);
        Ok(Outcome::Ready(Box::new(Prepared {
            batch_id: id,
            payload: codec::encode(&normalized.batch)?,
            rows: normalized.batch.num_rows() as u64,
            rejects,
            from: raw.from,
            to: raw.to,
            fingerprint: self.schema.fingerprint(),
            schema,
            stop: stop.map(|d| stopped(&d.kind, d.from.as_deref())),
            drifts,
        })))
    }

    /// The stream was read to its end: what its values were all in all.
    pub fn settle(&self) -> Found {
        let mut found = values::settle(&self.schema, &self.looked, &self.mapping);
        found.drifts.extend(spread::settle(&mut found.schema.spreads, &self.spreads, &self.mapping));
        found
    }

    /// What a batch shows. Rows that only tell that records are gone show nothing of how records look.
    fn look(&mut self, raw: &RawBatch) -> Found {
        let rows = raw.columns.num_rows();
        if raw.deletes.as_ref().map_or(0, arrow::array::BooleanArray::true_count) == rows {
            return Found { schema: self.schema.clone(), drifts: Vec::new() };
        }
        let mut seen = observe(raw);
        seen.values = tally(&raw.columns, &seen, |column| values::asked(&self.schema, &self.mapping, column));
        self.looked.add(&seen);
        for (column, bands) in sample(&raw.columns, &seen, |column| values::describes(&self.mapping, column)) {
            self.spreads.entry(column).or_default().add(&bands);
        }
        let declared = if self.declared { typed(raw.columns.schema_ref()) } else { HashSet::new() };
        let known = Agreed {
            system: self.system.as_deref(),
            object: &self.object,
            schema: &self.schema,
            mapping: &self.mapping,
            declared: &declared,
            fresh: self.fresh,
        };
        detect(&known, &seen)
    }

    fn plan_for(&mut self, raw: &RawBatch) -> Result<&Plan> {
        let columns = raw.columns.schema();
        if self.plan.as_ref().is_none_or(|(known, _)| *known != columns) {
            let plan = Plan::compile(&self.vocabulary, &self.mapping, &columns)?;
            self.plan = Some((columns, plan));
        }
        // Set right above when it was not.
        self.plan
            .as_ref()
            .map(|(_, plan)| plan)
            .ok_or_else(|| Error::internal("intake.no_plan", "The rules of the stream could not be prepared."))
    }
}

/// Columns whose type is not text's, which may hold anything.
fn typed(columns: &Schema) -> HashSet<String> {
    let text = |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    columns.fields().iter().filter(|f| !text(f.data_type())).map(|f| f.name().clone()).collect()
}
