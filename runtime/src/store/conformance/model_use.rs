//! What language models were asked.

use super::World;
use crate::store::ModelCall;

fn call(purpose: &str, failed: bool, tokens: i64) -> ModelCall {
    ModelCall {
        purpose: purpose.to_owned(),
        model: "small".to_owned(),
        failed,
        input_tokens: tokens,
        output_tokens: 2,
        cost_micros: 3,
    }
}

/// Calls of a day add up, for each purpose of its own; days that are over are still told, until they are too long ago.
pub async fn calls_add_up(world: &World) {
    let mut tx = world.begin().await;
    for one in [call("repair", false, 10), call("repair", true, 0), call("answer", false, 5)] {
        tx.count_model_call(&one).await.unwrap();
    }
    tx.save().await.unwrap();
    world.clock.advance(std::time::Duration::from_hours(24));
    let mut tx = world.begin().await;
    tx.count_model_call(&call("repair", false, 7)).await.unwrap();
    let told = |rows: Vec<crate::store::ModelUse>| -> Vec<(String, i64, i64, i64, i64, i64)> {
        let row =
            |u: crate::store::ModelUse| (u.purpose, u.calls, u.failed, u.input_tokens, u.output_tokens, u.cost_micros);
        rows.into_iter().map(row).collect()
    };
    let today = ("repair".to_owned(), 1, 0, 7, 2, 3);
    let before = [("answer".to_owned(), 1, 0, 5, 2, 3), ("repair".to_owned(), 2, 1, 10, 4, 6)];
    assert_eq!(told(tx.model_use(1).await.unwrap()), std::slice::from_ref(&today));
    assert_eq!(told(tx.model_use(2).await.unwrap()), [[today].as_slice(), &before].concat());
}

/// B's calls are B's.
pub async fn a_stranger_sees_nothing(world: &World) {
    let mut tx = world.begin().await;
    tx.count_model_call(&call("repair", false, 10)).await.unwrap();
    tx.save().await.unwrap();
    assert!(world.stranger().await.model_use(30).await.unwrap().is_empty());
}
