//! Rows that could not be taken: shown opened to those who may see them, and tried again.

use autonomos_runtime::ids::{ConnectionId, DeadLetterId, TaskId};
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{DeadLetterFilter, DeadLetterState, NewAudit, NewTask as NewRow, Paged};
use autonomos_runtime::{Result, Scope};
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
        let sealer = &self.parts().sealer;
        Ok(found.map(|letter| {
            let opened = sealer.open(scope, &Purpose::dead_letter(letter.connection_id), &letter.raw);
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
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        tx.connection(id).await?;
        let task = tx
            .create_task(NewRow {
                kind: "replay".to_owned(),
                payload: json!({"connection_id": id, "only": only}),
                connection_id: Some(id),
                key: only.is_none().then(|| format!("replay:{id}")),
                ..NewRow::default()
            })
            .await?;
        let note = NewAudit::new("connection.replay", "connection", id);
        tx.append_audit(note.after(json!({"task_id": task.id, "only": only}))).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(task.id)
    }

    /// After new rules: what the old ones refused may pass now.
    pub(super) async fn replay_after(&self, scope: &Scope, id: ConnectionId) -> Result<()> {
        let mut tx = self.parts().store.read(scope).await?;
        let counts = tx.dead_letter_counts(Some(id)).await?;
        drop(tx);
        if counts.iter().any(|c| c.state == DeadLetterState::Open && c.count > 0) {
            self.replay_dead_letters(scope, id, None).await?;
        }
        Ok(())
    }
}
