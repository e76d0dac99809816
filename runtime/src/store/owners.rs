//! Which process may write a tenant's truth. Every durable transaction of the tenant's tree first checks the epoch it
//! was started under: the transactions of a [`Scope`](crate::Scope) that says so are begun with that. After a takeover, a
//! zombie's writes find another epoch and fail. Embedded, each start of the process raises every epoch, so the fence is
//! exercised there as well.

use crate::{Error, Result, Timestamp};

/// Who owns a tenant.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Owner {
    /// The node.
    pub node_id: String,
    /// One start of its process.
    pub incarnation: String,
    /// Rises with every change of owner and, embedded, with every start.
    pub epoch: i64,
}

/// From when on a tenant was owned so.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Owned {
    /// Whose it was, under which epoch.
    #[serde(flatten)]
    pub owner: Owner,
    /// From this moment on, by the clock of the database.
    pub at: Timestamp,
}

/// What whoever owns a tenant no more is told.
pub(super) fn fenced() -> Error {
    Error::fenced(FENCED.0, FENCED.1)
}

/// Code and message of [`fenced`].
pub(super) const FENCED: (&str, &str) = ("owner.fenced", "this node does not own the tenant any more");

/// See the module.
#[async_trait::async_trait]
pub trait Owners {
    /// The owner as of now.
    async fn owner(&mut self) -> Result<Owner>;
    /// Its last owners, the latest first, at most so many; a thousand are kept.
    async fn owners(&mut self, at_most: u32) -> Result<Vec<Owned>>;
    /// Fails with kind `Fenced` unless the tenant is still owned under this epoch, and keeps it so until the end of the
    /// transaction.
    async fn fence(&mut self, epoch: i64) -> Result<()>;
}
