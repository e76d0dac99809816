//! Rows that could not be taken: shown opened to those who may see them, and tried again.

use autonomos_runtime::ids::{ConnectionId, DeadLetterId, TaskId};
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{DeadLetterFilter, DeadLetterState, NewAudit, NewTask as NewRow, Paged, Settled};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::shapes::DeadLetterView;
use super::{Listing, Platform, rows};

impl Platform {
    /// Rows that could not be taken.
    pub async fn dead_letters(&self, scope: &Scope, listing: Listing) -> Result<Paged<DeadLetterView>> {
        let filter =
            DeadLetterFilter { state: listing.state()?, connection: listing.connection, ..DeadLetterFilter::default() };
        let mut tx = self.parts().store.read(scope).await?;
        let found = tx.dead_letters(&filter, &listing.page).await?;
        drop(tx);
        let sealer = self.parts().vault.of(scope).await?;
        Ok(found.map(|letter| {
            let opened = sealer.open(&Purpose::dead_letter(letter.connection_id), &letter.raw);
            let raw = opened.map_or(Value::Null, |bytes| {
                serde_json::from_slice(&bytes)
                    .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()))
            });
            rows::dead_letter(letter, raw)
        }))
    }

    /// Runs dead letters through the rules now in force: the given ones, or all of the connection.
    pub async fn replay_dead_letters(
        &self,
        scope: &Scope,
        id: ConnectionId,
        only: Option<Vec<DeadLetterId>>,
    ) -> Result<TaskId> {
        let key = only.is_none().then(|| format!("replay:{id}"));
        self.ask_to_replay(scope, id, only, key).await
    }

    /// After new rules of a stream: what the old ones refused may pass now. The task is named after the rules, because one
    /// that is under way may have tried the rows under the old ones already.
    pub(super) async fn replay_after(&self, scope: &Scope, id: ConnectionId, stream: &str, version: i64) -> Result<()> {
        let mut tx = self.parts().store.read(scope).await?;
        let counts = tx.dead_letter_counts(Some(id)).await?;
        drop(tx);
        if counts.iter().any(|c| c.state == DeadLetterState::Open && c.count > 0) {
            self.ask_to_replay(scope, id, None, Some(format!("replay:{id}:{stream}:{version}"))).await?;
        }
        Ok(())
    }

    async fn ask_to_replay(
        &self,
        scope: &Scope,
        id: ConnectionId,
        only: Option<Vec<DeadLetterId>>,
        key: Option<String>,
    ) -> Result<TaskId> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        tx.connection(id).await?;
        let task = tx
            .create_task(NewRow {
                kind: "replay".to_owned(),
                payload: json!({"connection_id": id, "only": only}),
                connection_id: Some(id),
                key,
                ..NewRow::default()
            })
            .await?;
        let note = NewAudit::new("connection.replay", "connection", id);
        tx.append_audit(note.after(json!({"task_id": task.id, "only": only}))).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(task.id)
    }

    /// Says of open dead letters that they do not matter; answers how many changed.
    pub async fn discard_dead_letters(&self, scope: &Scope, id: ConnectionId, ids: &[DeadLetterId]) -> Result<u64> {
        let mut tx = self.parts().store.begin(scope).await?;
        tx.connection(id).await?;
        for letter in ids {
            if tx.dead_letter(*letter).await?.connection_id != id {
                return Err(
                    Error::not_found("dead_letter.unknown", "The connection has no such dead letter.").field("/ids")
                );
            }
        }
        let changed = tx.settle_dead_letters(Settled::Discarded(ids)).await?;
        let note = NewAudit::new("dead_letters.discard", "connection", id).after(json!({"ids": ids}));
        tx.append_audit(note).await?;
        tx.save().await?;
        Ok(changed)
    }
}
