//! The fence.

use super::World;
use crate::Kind;

/// The epoch in force passes, any other is fenced.
pub async fn the_fence(world: &World) {
    let mut tx = world.begin().await;
    let owner = tx.owner().await.unwrap();
    tx.fence(owner.epoch).await.unwrap();
    for epoch in [owner.epoch - 1, owner.epoch + 1] {
        let error = tx.fence(epoch).await.unwrap_err();
        assert_eq!((error.kind, error.retryable()), (Kind::Fenced, false));
    }
}
