//! The unified views: asked, exported, proven.

use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{NewAudit, NewTask as NewRow};
use autonomos_runtime::{Result, Scope};
use bytes::Bytes;
use serde_json::{Value, json};

use super::Platform;
use super::shapes::{EncodedPage, Export, ExportFormat, SqlQuery, ViewRequest};

impl Platform {
    /// Names of the views and their fields.
    pub async fn views(&self, scope: &Scope) -> Result<Value> {
        let stats = self.parts().dcl.stats(scope).await?;
        let rows_of = |view: &str| stats.views.iter().find(|v| v.view == view).map_or(0, |v| v.rows);
        let items: Vec<Value> = self
            .parts()
            .vocabulary
            .entities()
            .map(|entity| {
                let fields: Vec<Value> = entity
                    .fields
                    .iter()
                    .map(|f| json!({"name": f.name, "type": f.field_type.as_str(), "description": f.description}))
                    .collect();
                json!({"view": entity.view, "entity": entity.name, "rows": rows_of(&entity.view), "fields": fields})
            })
            .collect();
        Ok(json!({"items": items, "position": stats.position}))
    }

    /// A page of a view. The hot path: the same question at the same position gives the same bytes from memory.
    pub async fn query(&self, scope: &Scope, ask: ViewRequest) -> Result<EncodedPage> {
        self.parts().dcl.query(scope, &ask).await
    }

    /// Rows of a `SELECT` that somebody of the tenant wrote, as JSON; see [`TableAnswer`](super::shapes::TableAnswer).
    pub async fn sql(&self, scope: &Scope, ask: &SqlQuery) -> Result<Bytes> {
        self.parts().dcl.sql(scope, ask).await
    }

    /// A whole view (its filter, sort and fields; no page), streamed.
    pub async fn export(&self, scope: &Scope, ask: ViewRequest, format: ExportFormat) -> Result<Export> {
        self.parts().dcl.export(scope, &ask, format).await
    }

    /// Position, lag, size, rows a view, health of the tenant's DuckDB.
    pub async fn dcl_state(&self, scope: &Scope) -> Result<Value> {
        let stats = self.parts().dcl.stats(scope).await?;
        let mut tx = self.parts().store.read(scope).await?;
        let log = tx.log_stats().await?;
        let mut state = serde_json::to_value(&stats).unwrap_or_default();
        state["head"] = json!(log.head);
        state["lag"] = json!((log.head - stats.position).max(0));
        state["log_bytes"] = json!(log.bytes);
        state["log_rows"] = json!(log.rows);
        state["log_entries_compacted"] = json!(log.compacted);
        state["log_bytes_saved"] = json!(log.saved);
        Ok(state)
    }

    /// Builds the views again from the log, beside the live ones, and swaps them in.
    pub async fn rebuild(&self, scope: &Scope) -> Result<TaskId> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let row = NewRow { kind: "rebuild".to_owned(), key: Some("rebuild".to_owned()), ..NewRow::default() };
        let task = tx.create_task(row).await?;
        let note = NewAudit::new("views.rebuild", "task", task.id).after(json!({"state": task.state}));
        tx.append_audit(note).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(task.id)
    }

    /// Digest of the views and the position it is of.
    pub async fn digest(&self, scope: &Scope) -> Result<Value> {
        let digest = self.parts().dcl.digest(scope).await?;
        Ok(serde_json::to_value(&digest).unwrap_or_default())
    }
}
