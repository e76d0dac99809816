//! The tenant's folder.

use autonomos_runtime::store::{FileMeta, NewAudit};
use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::{Value, json};

use super::shapes::FileView;
use super::{Platform, limits};

fn noted(file: &FileMeta) -> Value {
    json!({"size": file.size, "sha256": file.sha256})
}

impl Platform {
    /// Streams a body into the tenant's folder; the old content stays until the new one is whole.
    pub async fn put_file(
        &self,
        scope: &Scope,
        path: &str,
        body: BoxStream<'static, std::io::Result<Bytes>>,
    ) -> Result<FileView> {
        let most = limits::file_bytes(self.parts(), scope).await?;
        let stored = self.parts().folders.put(scope, path, body, most).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.file(path).await?;
        let meta = tx.put_file(path, stored.size as i64, &stored.sha256).await?;
        let note = NewAudit { before: before.as_ref().map(noted), ..NewAudit::new("file.put", "file", path) };
        tx.append_audit(note.after(noted(&meta))).await?;
        tx.save().await?;
        Ok(meta.into())
    }

    /// Opens a file of the tenant's folder.
    pub async fn get_file(
        &self,
        scope: &Scope,
        path: &str,
    ) -> Result<(FileView, BoxStream<'static, std::io::Result<Bytes>>)> {
        let mut tx = self.parts().store.read(scope).await?;
        let meta = tx.file(path).await?;
        drop(tx);
        let (folders, of, name) = (self.parts().folders.clone(), scope.clone(), path.to_owned());
        let opened = tokio::task::spawn_blocking(move || folders.open_file(&of, &name))
            .await
            .map_err(|e| Error::internal("file.open", "The file could not be opened.").source(e))??;
        let view = match meta {
            Some(meta) => meta.into(),
            None => FileView { path: path.to_owned(), size: opened.identity.size, sha256: None, modified_at: None },
        };
        Ok((view, opened.content.into_stream()))
    }

    /// Takes a file out of the tenant's folder; what was read from it stays.
    pub async fn delete_file(&self, scope: &Scope, path: &str) -> Result<()> {
        let (folders, of, name) = (self.parts().folders.clone(), scope.clone(), path.to_owned());
        let gone = tokio::task::spawn_blocking(move || folders.delete(&of, &name))
            .await
            .map_err(|e| Error::internal("file.delete", "The file could not be deleted.").source(e))??;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.file(path).await?;
        if !gone && before.is_none() {
            return Err(Error::not_found("file.not_found", "There is no such file."));
        }
        tx.forget_file(path).await?;
        let note = NewAudit { before: before.as_ref().map(noted), ..NewAudit::new("file.delete", "file", path) };
        tx.append_audit(note).await?;
        tx.save().await
    }

    /// Files whose path begins so, in path order.
    pub async fn list_files(&self, scope: &Scope, prefix: &str) -> Result<Vec<FileView>> {
        let mut tx = self.parts().store.read(scope).await?;
        let mut page = autonomos_runtime::store::Page::first(1000);
        let mut all = Vec::new();
        loop {
            let found = tx.files(prefix, &page).await?;
            all.extend(found.items.into_iter().map(FileView::from));
            match found.next_cursor {
                Some(cursor) if all.len() < 10_000 => {
                    page = autonomos_runtime::store::Page::asked(Some(1000), Some(&cursor))?;
                }
                _ => return Ok(all),
            }
        }
    }
}
