//! A prepared batch into the log: rows, cursor, schema, refused rows and drifts in one transaction, fenced by the owner's
//! epoch. All of it is durable or none; a commit whose answer was lost is answered with the first one's position.

use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::record::Reject;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::secrets::{Purpose, TenantSealer};
use autonomos_runtime::store::{BatchCommit, Committed, NewDeadLetter, StreamState, StreamUpdate};
use autonomos_runtime::{Error, Result};

use super::intake::{Intake, Prepared};
use super::stock;
use crate::platform::limits;
use crate::tenant::Desk;

/// What became of a batch.
#[derive(Debug)]
pub struct Stored {
    /// Its position (the log's head, if it had no rows).
    pub seq: i64,
    /// The rules in force now, when they are not those it was made under: they were adopted while it was under way.
    pub adopted: Option<Mapping>,
}

/// See the module.
pub async fn commit(desk: &Desk, connection: ConnectionId, intake: &Intake, batch: Prepared) -> Result<Stored> {
    let dead_letters = match batch.rejects.as_slice() {
        [] => Vec::new(),
        _ => letters(&desk.parts.vault.of(&desk.scope).await?, connection, batch.rejects)?,
    };
    let drifts = batch.drifts.clone();
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    limits::rows(tx.as_mut(), &desk.parts.config, batch.rows).await?;
    let committed = tx
        .commit_batch(BatchCommit {
            epoch: desk.epoch,
            batch_id: batch.batch_id,
            connection,
            stream: intake.stream.clone(),
            entity: intake.mapping.entity.clone(),
            mapping_version: intake.mapping.version,
            fingerprint: batch.fingerprint,
            rows: batch.rows,
            cursor_from: batch.from,
            cursor_to: batch.to,
            payload: batch.payload,
            dead_letters,
            stream_update: StreamUpdate {
                schema: batch.schema,
                state: batch.stop.map(|why| (StreamState::Stopped, Some(why))),
                ..StreamUpdate::default()
            },
            drifts: batch.drifts,
        })
        .await?;
    let active = tx.active_mapping(connection, &intake.stream).await?;
    let adopted = active.filter(|now| now.version != intake.mapping.version).map(|now| now.mapping);
    match committed {
        Committed::Committed { seq, drifts: ids } => {
            tx.save().await?;
            stock::announce(desk, connection, &intake.stream, &ids, &drifts);
            Ok(Stored { seq, adopted })
        }
        Committed::AlreadyCommitted { seq } => Ok(Stored { seq, adopted }),
        Committed::Conflict { .. } => Err(Error::unavailable(
            "connector.cursor_moved",
            "The stream was read from elsewhere meanwhile; it is read again from where it stands.",
        )),
    }
}

/// Refused rows, sealed.
fn letters(sealer: &TenantSealer, connection: ConnectionId, rejects: Vec<Reject>) -> Result<Vec<NewDeadLetter>> {
    let sealed = sealer.seal_all(&Purpose::dead_letter(connection), rejects.iter().map(|r| r.raw.as_bytes()))?;
    let letter = |(reject, raw): (Reject, Vec<u8>)| NewDeadLetter {
        origin: reject.origin.as_deref().map(str::to_owned),
        row: reject.row as i64,
        field: reject.field,
        code: reject.code.into_owned(),
        reason: reject.reason,
        raw,
    };
    Ok(rejects.into_iter().zip(sealed).map(letter).collect())
}
