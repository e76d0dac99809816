//! Tokens that work once.

use std::time::Duration;

use serde_json::json;

use super::World;
use crate::store::{NewToken, TokenHash, TokenPurpose};

async fn invite(world: &World, token: &str) {
    let mut tx = world.begin().await;
    tx.create_token(NewToken {
        token: TokenHash::of(token),
        purpose: TokenPurpose::Invitation,
        user_id: None,
        payload: json!({ "email": "n@a.example" }),
        expires_at: world.store.ambient().now() + Duration::from_mins(1),
    })
    .await
    .unwrap();
    tx.save().await.unwrap();
}

/// The second to come is too late.
pub async fn once(world: &World) {
    invite(world, "t").await;
    let redeem = || world.store.directory().redeem_token(TokenHash::of("t"), TokenPurpose::Invitation);
    let redeemed = redeem().await.unwrap().unwrap();
    assert_eq!((redeemed.tenant_id, redeemed.payload), (world.a.tenant(), json!({ "email": "n@a.example" })));
    assert_eq!(redeem().await.unwrap(), None);
}

/// For something else, or after its time, it is worth nothing.
pub async fn for_its_purpose_and_in_time(world: &World) {
    invite(world, "t").await;
    let directory = world.store.directory();
    assert_eq!(directory.redeem_token(TokenHash::of("t"), TokenPurpose::SignIn).await.unwrap(), None);
    world.clock.advance(Duration::from_mins(1));
    assert_eq!(directory.redeem_token(TokenHash::of("t"), TokenPurpose::Invitation).await.unwrap(), None);
    assert_eq!(directory.sweep().await.unwrap(), 1);
}
