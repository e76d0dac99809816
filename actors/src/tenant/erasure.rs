//! The end of a tenant: its actors, its files, its views, its rows, and what is left of them in the store's own files.
//!
//! Before the first step its sealing key is gone and its end is a row ([`autonomos_runtime::store::Tenants::begin_erasure`]),
//! in one transaction: whatever a crash leaves is unreadable as far as it was secret, and nobody is let in. Every step may be
//! taken again from its beginning, so a crash at any point means to begin anew with the next start. The row of the tenant
//! goes last; its end stays as the proof.

use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Error, Result, Scope};

use super::Host;
use crate::lineage;

/// Ends looked at together.
const AT_ONCE: u32 = 100;

/// A part of it, in the order they are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its actors stop, nobody hears of it any more, its key leaves the memory.
    Silence,
    /// Uploaded files, archives of all of it, and what was told of its runs.
    Files,
    /// The DuckDB file, and what lies beside it.
    Views,
    /// Every row.
    Rows,
    /// What somebody wrote who was let in just before.
    Late,
    /// The store's own files.
    Scrub,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 6] = [Self::Silence, Self::Files, Self::Views, Self::Rows, Self::Late, Self::Scrub];

    /// Takes it.
    pub async fn take(self, host: &Host, scope: &Scope) -> Result<()> {
        let parts = host.parts();
        match self {
            Self::Silence => host.silence(scope).await,
            Self::Files => files(host, scope).await,
            Self::Views => parts.dcl.erase(scope).await,
            Self::Rows => rows(host, scope).await,
            Self::Late => {
                files(host, scope).await?;
                parts.dcl.erase(scope).await?;
                parts.lineage.forget(scope);
                parts.bus.forget(scope).await;
                Ok(())
            }
            Self::Scrub => parts.store.directory().finish_erasure(scope.tenant()).await,
        }
    }
}

/// Erases a tenant whose end has begun.
pub async fn erase(host: &Host, scope: &Scope) -> Result<()> {
    for step in Step::ALL {
        step.take(host, scope).await?;
    }
    tracing::info!(tenant = %scope.tenant(), "a tenant was erased");
    Ok(())
}

/// Goes on with every end that is not finished and is this node's to see to. One that cannot be is left for the next time;
/// answers how many were.
pub async fn erase_all(host: &Host, ours: impl Fn(TenantId) -> bool + Send) -> Result<usize> {
    let mut left = 0;
    for end in host.parts().store.directory().erasures(AT_ONCE).await? {
        if end.finished_at.is_some() || !ours(end.tenant_id) {
            continue;
        }
        let scope = host.parts().scope_of(end.tenant_id, "erasure");
        if let Err(error) = erase(host, &scope).await {
            left += 1;
            tracing::error!(tenant = %end.tenant_id, error = error.chain(), "a tenant could not be erased yet");
        }
    }
    Ok(left)
}

async fn files(host: &Host, scope: &Scope) -> Result<()> {
    let (folders, archives, of) = (host.parts().folders.clone(), host.parts().archives.clone(), scope.clone());
    let told = lineage::outbox::file(&host.parts().config.lineage, scope.tenant());
    let all = move || {
        folders.delete_all(&of)?;
        archives.delete_all(&of)?;
        told.map_or(Ok(()), |file| lineage::outbox::forget(&file))
    };
    tokio::task::spawn_blocking(all)
        .await
        .map_err(|e| Error::internal("erasure.files", "the files could not be deleted").source(e))?
}

async fn rows(host: &Host, scope: &Scope) -> Result<()> {
    loop {
        let mut tx = host.parts().store.begin(scope).await?;
        let all = tx.erase_rows().await?;
        tx.save().await?;
        if all {
            return Ok(());
        }
    }
}
