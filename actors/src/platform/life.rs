//! The tenant's own life: looked at, renamed, suspended, resumed, written out, ended.
//!
//! What the platform's operator does and what a tenant's admin does are the same verbs; only who suspended it is kept,
//! because an admin does not undo what the operator did.

use autonomos_runtime::host::TenantHost as _;
use autonomos_runtime::ids::{TaskId, TenantId};
use autonomos_runtime::store::{NewAudit, NewTask as NewRow, Tenant, TenantState, TenantUpdate};
use autonomos_runtime::{Actor, Error, Result, Scope};
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::{Value, json};

use super::Platform;
use super::limits::Limits;
use super::shapes::{TenantPatch, TenantView};
use crate::archive;
use crate::tenant::erasure;

/// The role under which the platform's operator acts.
pub const OPERATOR: &str = "operator";

fn by_operator(scope: &Scope) -> bool {
    *scope.actor() == Actor::System(OPERATOR)
}

fn noted(tenant: &Tenant) -> Value {
    json!({"name": tenant.name, "state": tenant.state, "held": tenant.held, "limits": tenant.limits})
}

impl Platform {
    /// The tenant, what it has and what it may have.
    pub async fn tenant(&self, scope: &Scope) -> Result<TenantView> {
        let mut tx = self.parts().store.read(scope).await?;
        let (tenant, usage) = (tx.tenant().await?, tx.usage().await?);
        let limits = Limits::of(&tenant, &self.parts().config)?;
        Ok(TenantView::new(tenant, limits, usage))
    }

    /// Changes its name, or, for the platform's operator, its limits. `version` is what the caller saw, if it says so.
    pub async fn update_tenant(&self, scope: &Scope, version: Option<i64>, patch: TenantPatch) -> Result<TenantView> {
        let limits = patch.limits.map(|limits| Limits::check(&limits).map(|()| limits)).transpose()?;
        if limits.is_some() && !by_operator(scope) {
            return Err(Error::denied("tenant.limits", "limits are set by whoever operates the platform")
                .field("/limits")
                .remedy("Ask them, or delete what is no longer needed."));
        }
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.tenant().await?;
        let change = TenantUpdate { name: patch.name, limits, ..TenantUpdate::default() };
        let after = tx.update_tenant(change, version).await?;
        let note = NewAudit::new("tenant.update", "tenant", after.id);
        tx.append_audit(note.before(noted(&before)).after(noted(&after))).await?;
        tx.save().await?;
        self.tenant(scope).await
    }

    /// Suspends it: its actors stop, its people may look and no more. One that is suspended stays so; what the operator
    /// suspends, only the operator resumes.
    pub async fn suspend_tenant(&self, scope: &Scope) -> Result<TenantView> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.tenant().await?;
        let held = before.held || by_operator(scope);
        let change = TenantUpdate { state: Some(TenantState::Suspended), held: Some(held), ..TenantUpdate::default() };
        let after = tx.update_tenant(change, None).await?;
        let note = NewAudit::new("tenant.suspend", "tenant", after.id);
        tx.append_audit(note.before(noted(&before)).after(noted(&after))).await?;
        tx.save().await?;
        self.host.stop(scope).await?;
        self.tenant(scope).await
    }

    /// Resumes it, whether somebody suspended it or its actors were stopped on this node because they failed too often or
    /// lost its ownership; nothing to do when they run. Noted before they start: what they do comes after it.
    pub async fn resume_tenant(&self, scope: &Scope) -> Result<()> {
        let failed = self.suspension(scope).map(|suspension| suspension.why);
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.tenant().await?;
        if before.held && !by_operator(scope) {
            return Err(Error::denied("tenant.held", "the tenant was suspended by whoever operates the platform")
                .remedy("Ask them to resume it."));
        }
        if before.state != TenantState::Active {
            let change =
                TenantUpdate { state: Some(TenantState::Active), held: Some(false), ..TenantUpdate::default() };
            tx.update_tenant(change, None).await?;
        }
        let note = NewAudit::new("tenant.resume", "tenant", scope.tenant());
        tx.append_audit(note.before(json!({"state": before.state, "suspended": failed}))).await?;
        tx.save().await?;
        self.host.resume(scope).await
    }

    /// Writes all of it into an archive in its own folder, as a task whose result names the file.
    pub async fn export_tenant(&self, scope: &Scope) -> Result<TaskId> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let row = NewRow { kind: archive::TASK.to_owned(), key: Some(archive::TASK.to_owned()), ..NewRow::default() };
        let task = tx.create_task(row).await?;
        let note = NewAudit::new("tenant.export", "task", task.id).after(json!({"state": task.state}));
        tx.append_audit(note).await?;
        tx.save().await?;
        desk.tasks().wake();
        Ok(task.id)
    }

    /// The bytes of an archive that such a task made, and how many.
    pub async fn exported(
        &self,
        scope: &Scope,
        task: TaskId,
    ) -> Result<(u64, BoxStream<'static, std::io::Result<Bytes>>)> {
        let opened = archive::open(self.parts(), scope, task).await?;
        Ok((opened.identity.size, opened.content.into_stream()))
    }

    /// Begins its end, confirmed by its name and the version that was looked at. From here on nobody is let in and what was
    /// sealed is unreadable; the rest goes in [`erase_tenants`](Self::erase_tenants), also after a crash.
    pub async fn delete_tenant(&self, scope: &Scope, version: i64, name: &str) -> Result<()> {
        let mut tx = self.parts().store.begin(scope).await?;
        let tenant = tx.tenant().await?;
        if tenant.name != name {
            return Err(Error::invalid("tenant.name_mismatch", "that is not the name of the tenant")
                .field("/name")
                .remedy("Type its name as it is shown, to confirm that this tenant and everything of it should go."));
        }
        tx.begin_erasure(Some(version)).await?;
        let note = NewAudit::new("tenant.delete", "tenant", tenant.id);
        tx.append_audit(note.before(json!({"state": tenant.state}))).await?;
        tx.save().await?;
        self.parts().vault.forget(scope);
        Ok(())
    }

    /// Goes on with every end that is not finished and is this node's to see to; answers how many of them are left.
    pub async fn erase_tenants(&self, ours: impl Fn(TenantId) -> bool + Send) -> Result<usize> {
        erasure::erase_all(&self.host, ours).await
    }
}
