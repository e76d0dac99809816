//! Everything of a tenant in one archive that any tool opens: configuration, people, rules, questions and answers, findings,
//! the list of files, the audit, and the canonical log, each as JSON lines.
//!
//! It is made as a task and lands in a folder beside the tenant's files, because it holds what only its admins may see. Read
//! in pages and written as a stream: memory does not grow with the tenant. Secrets are masked; hashes are left out. A crash
//! leaves no half archive, and the task is begun anew. The last few are kept.

mod contents;
mod tar;

use std::sync::Arc;

use autonomos_runtime::ids::TaskId;
use autonomos_runtime::{Error, Result, Scope, supervision};
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use self::tar::Member;
use crate::connector::replaying::off_thread;
use crate::files::Opened;
use crate::parts::Parts;
use crate::platform::limits;
use crate::tenant::Desk;

/// The kind of its task.
pub const TASK: &str = "tenant_export";
/// Archives of a tenant that are kept.
const KEPT: usize = 3;
/// Members that wait for the disk.
const AHEAD: usize = 4;

/// Makes the archive a task asked for.
pub async fn run(desk: &Arc<Desk>, task: TaskId) -> Result<Value> {
    let (sink, members) = mpsc::channel(AHEAD);
    let of = desk.clone();
    let reading = supervision::task(async move { contents::write(&of, &sink).await });
    let name = name_of(task);
    let most = limits::file_bytes(&desk.parts, &desk.scope).await?;
    let stored = desk.parts.archives.put(&desk.scope, &name, bytes(members).boxed(), most).await;
    let read = reading.await.and_then(|read| read);
    let stored = match (stored, read) {
        (stored, Ok(())) => stored?,
        // Whichever of the two broke first says why.
        (Err(error), Err(ended)) if ended.code == contents::ENDED => return Err(error),
        (_, Err(error)) => return Err(error),
    };
    sweep(desk).await?;
    let path = format!("/api/v1/admin/tenant/exports/{task}");
    Ok(json!({"path": path, "size": stored.size, "sha256": stored.sha256}))
}

/// The archive that a task made, opened; an absent one is `NotFound`.
pub async fn open(parts: &Parts, scope: &Scope, task: TaskId) -> Result<Opened> {
    let (archives, of) = (parts.archives.clone(), scope.clone());
    off_thread(move || archives.open_file(&of, &name_of(task))).await
}

fn name_of(task: TaskId) -> String {
    format!("{task}.tar")
}

/// Keeps the last few. Ids rise with time, and so do their names.
async fn sweep(desk: &Desk) -> Result<()> {
    let (archives, of) = (desk.parts.archives.clone(), desk.scope.clone());
    off_thread(move || {
        let all = archives.list(&of, "*.tar")?;
        for old in all.iter().rev().skip(KEPT) {
            archives.delete(&of, &old.path)?;
        }
        Ok(())
    })
    .await
}

/// The archive's bytes. Members that cease without their end are an error, so that half an archive is never kept.
fn bytes(members: mpsc::Receiver<Option<Member>>) -> impl Stream<Item = Result<Bytes>> {
    futures::stream::unfold(Some(members), |members| async {
        let mut members = members?;
        match members.recv().await {
            Some(Some(member)) => Some((member.encode(), Some(members))),
            Some(None) => Some((Ok(tar::end()), None)),
            None => Some((Err(Error::unavailable(contents::ENDED, "the archive ended early")), None)),
        }
    })
}
