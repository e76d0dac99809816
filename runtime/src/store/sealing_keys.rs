//! The key that everything sealed for a tenant is sealed under; the row holds it sealed ([`crate::secrets`]).

use crate::Result;

/// See the module.
#[async_trait::async_trait]
pub trait SealingKeys {
    /// The row, if there is one yet.
    async fn sealing_key(&mut self) -> Result<Option<Vec<u8>>>;
    /// Keeps a row in the place of the one that was seen (none: the first); says whether it was still that one. A tenant
    /// on its way out gets none (`tenant.deleting`).
    async fn put_sealing_key(&mut self, row: &[u8], seen: Option<&[u8]>) -> Result<bool>;
}
