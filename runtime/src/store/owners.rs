//! Which process may write a tenant's truth. Every durable transaction of the tenant's tree first checks the epoch it
//! was started under; after a takeover, a zombie's writes find another epoch and fail. Embedded, each start of the
//! process raises every epoch, so the fence is exercised there as well.

use crate::Result;

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

/// See the module.
#[async_trait::async_trait]
pub trait Owners {
    /// The owner as of now.
    async fn owner(&mut self) -> Result<Owner>;
    /// Fails with kind `Fenced` unless the tenant is still owned under this epoch, and keeps it so until the end of the
    /// transaction.
    async fn fence(&mut self, epoch: i64) -> Result<()>;
}
