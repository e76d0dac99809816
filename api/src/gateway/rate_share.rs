//! Nodes with a Redis spend the same budgets: each tells what was taken on it and hears what all took, a few times a second and
//! never within a request. While Redis does not answer, each node has its part of every limit, by how many there were, and
//! what it took is told when Redis is back.
//!
//! What that costs: of a budget that is spent on n nodes within one turn up to n times as much may be had, once; it is owed,
//! so over any longer time no more gets through than the limit says.

use std::time::Duration;

use autonomos_cluster::redis::budgets::{Budgets, Spent};
use autonomos_runtime::Result;
use tokio::time::MissedTickBehavior;

use super::rate_limit::RateLimits;
use crate::state::AppState;

/// Between two turns.
const TURN: Duration = Duration::from_millis(200);
/// Budgets of a turn; more are told in those that follow.
const TOGETHER: usize = 500;

/// Tells and hears until the node goes down.
pub async fn run(app: AppState, mut budgets: Budgets) {
    app.rates.share();
    let mut turns = tokio::time::interval(TURN);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut nodes, mut shared) = (1, true);
    loop {
        tokio::select! {
            () = app.draining.cancelled() => return,
            _ = turns.tick() => {}
        }
        match turn(&app.rates, &mut budgets).await {
            Ok(here) => {
                nodes = here;
                app.rates.divide(1);
                if !std::mem::replace(&mut shared, true) {
                    tracing::info!(nodes, "limits are shared by all nodes again");
                }
            }
            Err(error) => {
                app.rates.divide(nodes);
                if std::mem::replace(&mut shared, false) {
                    tracing::warn!(nodes, "each node has its part of the limits: {}", error.chain());
                }
            }
        }
    }
}

/// One turn; how many nodes there are.
async fn turn(rates: &RateLimits, budgets: &mut Budgets) -> Result<u32> {
    let told = rates.tell(TOGETHER);
    let spent: Vec<Spent> =
        told.iter().map(|one| Spent { name: one.name.to_string(), refills_in: one.refills_in }).collect();
    let settled = budgets.settle(&spent).await;
    rates.settle(&told, settled.as_ref().ok().map(|settled| &*settled.owed));
    settled.map(|settled| settled.nodes)
}
