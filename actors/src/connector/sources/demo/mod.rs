//! Demo sources: simulated systems that live, change, and can be told to drift, so that a newcomer sees everything move
//! and anyone can watch a repair.
//!
//! What a source sends at a tick is a pure function of (seed, tick, its drift): [`rows`] makes it, [`shape`] applies the
//! drift. Only the drift is state, a row of the store; the cursor is the tick. A crash changes nothing of either.

mod rows;
pub mod shape;

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_runtime::canonical::observe;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::Store;
use autonomos_runtime::{Error, Result, Scope};

use self::rows::Flavor;
use self::shape::Drift;
use super::super::source::{BatchStream, Checked, Limits, RawBatch, ReadMode, Source, StreamInfo};
use super::position::Position;

/// Settings of a connection of type `demo`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Which simulated system.
    pub source: Flavor,
    /// Another seed, other values.
    #[serde(default)]
    pub seed: u64,
    /// `panic`: every read fails as badly as it can, to show what that does.
    #[serde(default)]
    pub fault: Option<Fault>,
}

/// How a demo source can be broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Every read panics.
    Panic,
}

/// See the module.
pub struct Demo {
    store: Arc<dyn Store>,
    connection: ConnectionId,
    settings: Settings,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Demo({:?})", self.settings)
    }
}

#[derive(Clone, Copy, Debug, Default, serde::Serialize, serde::Deserialize)]
struct Cursor {
    tick: u64,
}

impl Position for Cursor {}

impl Demo {
    /// Of a connection.
    pub const fn new(store: Arc<dyn Store>, connection: ConnectionId, settings: Settings) -> Self {
        Self { store, connection, settings }
    }

    async fn drift(&self, scope: &Scope, stream: &str) -> Result<Drift> {
        let row = self.store.read(scope).await?.demo_source(self.connection, stream).await?;
        Ok(row.and_then(|r| serde_json::from_value(r.state).ok()).unwrap_or_default())
    }

    fn batch(&self, stream: &str, tick: u64, drift: &Drift) -> Result<RecordBatch> {
        let made = rows::make(self.settings.source, self.settings.seed, stream, tick);
        let made = made.ok_or_else(|| super::no_stream(stream))?;
        columns(&shape::apply(&made, drift))
    }
}

fn columns(made: &rows::Made) -> Result<RecordBatch> {
    let fields: Vec<Field> = made.columns.iter().map(|c| Field::new(c, DataType::Utf8, true)).collect();
    let column =
        |at: usize| -> ArrayRef { Arc::new(made.rows.iter().map(|r| r[at].as_deref()).collect::<StringArray>()) };
    let columns = (0..made.columns.len()).map(column).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
        .map_err(|e| Error::internal("demo.batch", "The demo source made a bad batch.").source(e))
}

#[async_trait::async_trait]
impl Source for Demo {
    fn kind(&self) -> &'static str {
        "demo"
    }

    async fn check(&self, _: &Scope) -> Result<Checked> {
        Ok(Checked { summary: "A simulated source; it always answers.".to_owned(), warnings: Vec::new() })
    }

    async fn discover(&self, scope: &Scope) -> Result<Vec<StreamInfo>> {
        let mut out = Vec::new();
        for stream in self.settings.source.streams() {
            // What it was at first is what is agreed at first; a drift shows in the batches.
            let batch = self.batch(stream, 0, &Drift::default())?;
            let mut schema = observe(&RawBatch::of(batch));
            let key = rows::key(stream);
            schema.key = if key.is_empty() { Vec::new() } else { vec![key.to_owned()] };
            schema.cursor = rows::order_by(stream).map(str::to_owned);
            let drifted = self.drift(scope, stream).await? != Drift::default();
            out.push(StreamInfo {
                name: (*stream).to_owned(),
                object: (*stream).to_owned(),
                order_by: schema.cursor.clone(),
                schema,
                mode: ReadMode::Incremental,
                declared: false,
                chosen: true,
                estimated_rows: Some(200),
                warnings: if drifted { vec![format!("{stream} was told to drift")] } else { Vec::new() },
            });
        }
        Ok(out)
    }

    async fn read(&self, scope: &Scope, stream: &str, cursor: Option<String>, limits: &Limits) -> Result<BatchStream> {
        if self.settings.fault == Some(Fault::Panic) {
            #[expect(clippy::panic, reason = "this source exists to fail as badly as a source can")]
            return BatchStream::blocking("demo", limits, |_| panic!("a demo source was told to panic"));
        }
        let tick = match cursor.as_deref() {
            None => 0,
            read => Cursor::parse(read)?.tick + 1,
        };
        let drift = self.drift(scope, stream).await?;
        let columns = self.batch(stream, tick, &drift)?;
        let to = Cursor { tick }.text()?;
        let mut raw = RawBatch::of(columns);
        raw.origin = Some(Arc::from(format!("tick {tick}")));
        raw.from = cursor;
        raw.to = to;
        Ok(BatchStream::spawned(limits, move |feed| async move { feed.send(raw).await }))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use autonomos_runtime::canonical::mapping::Mapping;
    use autonomos_runtime::canonical::schema::SourceSchema;
    use autonomos_runtime::canonical::values::tally;

    use super::*;
    use crate::drift::detect::{Agreed, Found, detect};
    use crate::drift::values::{Looked, asked, settle};

    /// A simulated system that is left alone is not told to drift, however long it lives.
    #[test]
    fn a_demo_that_nobody_touches_never_drifts() {
        for flavor in [Flavor::Crm, Flavor::Cloud, Flavor::Relational, Flavor::Document] {
            for stream in flavor.streams() {
                let key = vec![rows::key(stream).to_owned()];
                let order_by = rows::order_by(stream).map(str::to_owned);
                let mapping = Mapping { version: 1, entity: "record".into(), rules: Vec::new(), key, order_by };
                let mut schema = SourceSchema::default();
                for tick in 0..1_500 {
                    let columns = columns(&rows::make(flavor, 7, stream, tick).unwrap()).unwrap();
                    if columns.num_rows() == 0 {
                        continue;
                    }
                    let mut seen = observe(&RawBatch::of(columns.clone()));
                    seen.values = tally(&columns, &seen, |name| asked(&schema, &mapping, name));
                    let mut looked = Looked::default();
                    looked.add(&seen);
                    let (declared, fresh) = (HashSet::new(), tick == 0);
                    let known = Agreed {
                        system: None,
                        object: stream,
                        schema: &schema,
                        mapping: &mapping,
                        declared: &declared,
                        fresh,
                    };
                    let Found { schema: next, drifts } = detect(&known, &seen);
                    assert_eq!(drifts, [], "{stream} at {tick}");
                    let settled = settle(&next, &looked, &mapping);
                    assert_eq!(settled.drifts, [], "{stream} at {tick}");
                    schema = settled.schema;
                }
            }
        }
    }
}
