//! What of our own runs is told to others: the runs of syncs, put in line with what they did in one transaction, and where
//! others look for it.

use std::path::{Path, PathBuf};

use autonomos_runtime::config::Lineage as Settings;
use autonomos_runtime::ids::{ConnectionId, RunId, TenantId};
use autonomos_runtime::store::{ForeignName, StreamState, Tx};
use autonomos_runtime::{Error, Result, Timestamp};

use super::event::{self, Dataset, End, Run};
use super::keeper::namespace;
use crate::tenant::Desk;

/// The sink that is a file.
pub const FILE: &str = "file";

/// The sink that is an address.
pub const HTTP: &str = "http";

/// The sinks that are configured.
pub fn sinks(settings: &Settings) -> Vec<&'static str> {
    let all = [(FILE, !settings.folder.is_empty()), (HTTP, !settings.url.is_empty())];
    all.into_iter().filter(|(_, there)| *there).map(|(sink, _)| sink).collect()
}

/// The file of a tenant, where files are written.
pub fn file(settings: &Settings, tenant: TenantId) -> Option<PathBuf> {
    (!settings.folder.is_empty()).then(|| PathBuf::from(&settings.folder).join(format!("{tenant}.jsonl")))
}

/// Deletes it. One that is not there is gone already.
pub fn forget(file: &Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::internal("lineage.file", "the file of run events could not be deleted").source(error))
        }
        _ => Ok(()),
    }
}

/// Puts the events of a run into the line of each sink.
pub async fn queue(desk: &Desk, tx: &mut dyn Tx, run: &Run) -> Result<()> {
    let settings = &desk.parts.config.lineage;
    let events = event::events(run);
    for sink in sinks(settings) {
        let gone = tx.queue_lineage(sink, &events, settings.waiting).await?;
        if gone > 0 {
            tracing::warn!(sink, gone, "run events made room for later ones; the receiver is too far behind");
        }
    }
    Ok(())
}

/// Tells of a sync that is over, in the transaction that ends it.
pub async fn sync(
    desk: &Desk,
    tx: &mut dyn Tx,
    connection: ConnectionId,
    began: Timestamp,
    rows: Option<u64>,
    error: Option<&Error>,
) -> Result<()> {
    if sinks(&desk.parts.config.lineage).is_empty() {
        return Ok(());
    }
    let ours = namespace(&desk.parts, desk.scope.tenant());
    let name = tx.connection(connection).await?.name;
    let streams = tx.streams(connection).await?;
    let read = streams.into_iter().filter(|s| !matches!(s.state, StreamState::Disabled | StreamState::Gone));
    let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
    for stream in read {
        let word =
            |kind| serde_json::to_value(kind).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default();
        let schema = stream.schema.iter().flat_map(|s| &s.fields);
        let fields: Vec<(String, String)> = schema.map(|f| (f.name.clone(), word(f.data_type))).collect();
        let source = stream.object.clone().unwrap_or_else(|| stream.name.clone());
        inputs.push(Dataset {
            namespace: format!("{ours}/sources/{name}"),
            name: source,
            fields: fields.clone(),
            ..Dataset::default()
        });
        outputs.push(Dataset {
            namespace: ours.clone(),
            name: format!("{name}.{}", stream.name),
            fields,
            ..Dataset::default()
        });
    }
    // Of several streams nobody counted which rows were whose.
    if let [only] = outputs.as_mut_slice() {
        only.rows = rows.map(|n| n as i64);
    }
    let end = match (error, rows) {
        (Some(error), _) => End::Fail(error.message.to_string()),
        (None, Some(_)) => End::Complete,
        (None, None) => End::Abort,
    };
    let run = Run {
        id: RunId::new(desk.parts.ambient()),
        job: ForeignName { namespace: ours, name: format!("sync.{name}") },
        kind: "SYNC",
        began,
        ended: desk.parts.ambient().now(),
        end,
        inputs,
        outputs,
    };
    queue(desk, tx, &run).await
}
