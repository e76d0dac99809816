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

/// A transaction that is begun as an owner is fenced from its first statement on, whatever it does.
pub async fn begun_as_an_owner(world: &World) {
    let epoch = world.read().await.owner().await.unwrap().epoch;
    let mut tx = world.store.begin(&world.a.clone().under(epoch)).await.unwrap();
    tx.fence(epoch).await.unwrap();
    tx.put_setting("as", Some("owner".into())).await.unwrap();
    tx.save().await.unwrap();
    for other in [epoch - 1, epoch + 1] {
        let error = world.store.begin(&world.a.clone().under(other)).await.map(drop).unwrap_err();
        assert_eq!((error.kind, error.code, error.retryable()), (Kind::Fenced, "owner.fenced", false));
    }
    // One that was refused holds nobody up, and a part of the platform stays under the same ownership.
    let part = world.a.clone().under(epoch).as_system("part");
    assert_eq!(part.epoch(), Some(epoch));
    let mut tx = world.store.begin(&part).await.unwrap();
    assert_eq!(tx.fence(epoch - 1).await.unwrap_err().kind, Kind::Fenced);
    drop(tx);
    assert_eq!(world.read().await.setting("as").await.unwrap().unwrap().value, "owner");
}

/// Who owned it, and under which epoch, is kept.
pub async fn former_owners(world: &World) {
    let mut tx = world.read().await;
    let owner = tx.owner().await.unwrap();
    let kept = tx.owners(10).await.unwrap();
    assert_eq!(kept.iter().map(|owned| &owned.owner).collect::<Vec<_>>(), [&owner]);
    drop(tx);
    assert!(world.stranger().await.owners(10).await.unwrap().iter().all(|owned| owned.owner.epoch == 1));
}
