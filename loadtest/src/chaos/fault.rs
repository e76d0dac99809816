//! What fails, how that is brought about and ended, and what has to be true of it. The names are those of the fault matrix that
//! the design was made by.

use std::time::{Duration, Instant};

use super::proxy::Way;
use super::town::Town;
use crate::rng::Rng;
use crate::{Outcome, clock};

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Fault {
    /// F1: a node is killed, and not started again until others have its tenants.
    NodeKilled,
    /// F4: a node is frozen for longer than its lease, and wakes.
    NodeFrozen,
    /// F7: Redis is killed and comes back empty.
    RedisKilled,
    /// F8: Redis forgets everything.
    RedisFlushed,
    /// F9: Redis answers nothing for ten seconds.
    RedisFrozen,
    /// F10: Redis has no memory left.
    RedisFull,
    /// F11: the database ends at once and starts again.
    PostgresCrashed,
    /// F12: the database answers nothing for three seconds.
    PostgresHeld,
    /// F12: the database answers nothing for twenty seconds.
    PostgresFrozen,
    /// F14: a node is cut off from the database.
    NodeWithoutPostgres,
    /// F15: a node is cut off from Redis.
    NodeWithoutRedis,
    /// F16: nobody reaches a node but its clients.
    NodeApart,
    /// F17: a node's way to the database is slow.
    NodeSlow,
    /// A node is told to go, hands over, and comes back.
    NodeDrained,
    /// F28: a node is told to go while the database is away.
    NodeDrainedAlone,
}

/// Every one, as the lane of every change has them.
pub const LANE: [Fault; 15] = [
    Fault::NodeKilled,
    Fault::NodeDrained,
    Fault::RedisFrozen,
    Fault::NodeFrozen,
    Fault::RedisFlushed,
    Fault::PostgresCrashed,
    Fault::NodeWithoutPostgres,
    Fault::RedisKilled,
    Fault::PostgresHeld,
    Fault::NodeApart,
    Fault::NodeSlow,
    Fault::RedisFull,
    Fault::NodeWithoutRedis,
    Fault::NodeDrainedAlone,
    Fault::PostgresFrozen,
];

/// A fault that was brought about.
#[derive(Debug)]
pub struct Done {
    /// From when on recovery counts.
    pub from: Instant,
    /// What to undo when all have recovered.
    pub after: After,
}

/// What is to be undone.
#[derive(Debug)]
pub enum After {
    /// Nothing.
    Nothing,
    /// A node is started again.
    Start,
    /// Redis has memory again.
    Memory,
}

impl Fault {
    /// How long each tenant's first mutation after it may take.
    pub const fn bound(self) -> Duration {
        Duration::from_secs(match self {
            Self::NodeKilled
            | Self::NodeFrozen
            | Self::NodeWithoutPostgres
            | Self::NodeApart
            | Self::PostgresCrashed
            | Self::PostgresHeld
            | Self::PostgresFrozen
            | Self::NodeDrainedAlone => 10,
            Self::RedisKilled
            | Self::RedisFlushed
            | Self::RedisFrozen
            | Self::RedisFull
            | Self::NodeWithoutRedis
            | Self::NodeSlow => 2,
            Self::NodeDrained => 5,
        })
    }

    /// Whether nobody who only looks may notice it.
    pub const fn is_silent(self) -> bool {
        matches!(
            self,
            Self::RedisKilled | Self::RedisFlushed | Self::RedisFrozen | Self::RedisFull | Self::NodeWithoutRedis
        )
    }

    /// Whether it changes who owns what: none of the rest may.
    pub const fn moves_tenants(self) -> bool {
        matches!(
            self,
            Self::NodeKilled
                | Self::NodeFrozen
                | Self::NodeWithoutPostgres
                | Self::NodeDrained
                | Self::NodeDrainedAlone
                | Self::PostgresFrozen
        )
    }

    /// Brings it about, and ends it where it ends by itself.
    pub async fn happen(self, town: &mut Town, random: &mut Rng) -> Outcome<Done> {
        let n = random.below(town.nodes.len() as u64) as usize;
        let mut from = clock::now();
        let mut after = After::Nothing;
        match self {
            Self::NodeKilled => {
                town.nodes[n].kill();
                after = After::Start;
            }
            Self::NodeFrozen => {
                town.nodes[n].signal("-STOP")?;
                tokio::time::sleep(Duration::from_secs(12)).await;
                town.nodes[n].signal("-CONT")?;
                after = After::Start;
            }
            Self::RedisKilled => {
                tokio::task::block_in_place(|| town.redis.kill());
                tokio::time::sleep(Duration::from_secs(3)).await;
                tokio::task::block_in_place(|| town.redis.start_again());
            }
            Self::RedisFlushed => {
                town.redis.command::<String>(&["FLUSHALL"]).await;
            }
            Self::RedisFrozen => {
                town.redis.freeze();
                tokio::time::sleep(Duration::from_secs(10)).await;
                town.redis.thaw();
            }
            Self::RedisFull => {
                for words in
                    [["CONFIG", "SET", "maxmemory-policy", "noeviction"], ["CONFIG", "SET", "maxmemory", "1mb"]]
                {
                    town.redis.command::<String>(&words).await;
                }
                tokio::time::sleep(Duration::from_secs(5)).await;
                after = After::Memory;
            }
            Self::PostgresCrashed => {
                tokio::task::block_in_place(|| town.postgres.crash_and_start_again())?;
                from = clock::now();
            }
            Self::PostgresHeld | Self::PostgresFrozen => {
                town.postgres.freeze()?;
                tokio::time::sleep(Duration::from_secs(if self == Self::PostgresHeld { 3 } else { 20 })).await;
                town.postgres.thaw()?;
                from = clock::now();
                after = After::Start;
            }
            Self::NodeWithoutPostgres => {
                town.nodes[n].to_postgres.set(Way::Held);
                tokio::time::sleep(Duration::from_secs(15)).await;
                town.nodes[n].to_postgres.set(Way::Open);
                after = After::Start;
            }
            Self::NodeWithoutRedis => {
                town.nodes[n].to_redis.set(Way::Held);
                tokio::time::sleep(Duration::from_secs(5)).await;
                town.nodes[n].to_redis.set(Way::Open);
            }
            Self::NodeApart => {
                town.nodes[n].from_nodes.set(Way::Cut);
                tokio::time::sleep(Duration::from_secs(5)).await;
                town.nodes[n].from_nodes.set(Way::Open);
                from = clock::now();
            }
            Self::NodeSlow => {
                town.nodes[n].to_postgres.set(Way::Slow(Duration::from_millis(100)));
                tokio::time::sleep(Duration::from_secs(10)).await;
                town.nodes[n].to_postgres.set(Way::Open);
                from = clock::now();
            }
            Self::NodeDrained => {
                town.nodes[n].signal("-TERM")?;
                if !town.nodes[n].ends_within(Duration::from_secs(30)).await {
                    return Err("a node that was told to go did not end".to_owned());
                }
                after = After::Start;
            }
            Self::NodeDrainedAlone => {
                town.nodes[n].to_postgres.set(Way::Held);
                town.nodes[n].signal("-TERM")?;
                let ended = town.nodes[n].ends_within(Duration::from_secs(35)).await;
                town.nodes[n].to_postgres.set(Way::Open);
                if !ended {
                    return Err("a node that was told to go without a database did not end".to_owned());
                }
                after = After::Start;
            }
        }
        Ok(Done { from, after })
    }

    /// Everything as it was before.
    pub async fn undo(done: &Done, town: &mut Town) -> Outcome {
        match done.after {
            After::Nothing => {}
            After::Start => {
                // One that was missed ends by itself when it wakes.
                tokio::time::sleep(Duration::from_secs(1)).await;
                town.revive().await?;
            }
            After::Memory => {
                town.redis.command::<String>(&["CONFIG", "SET", "maxmemory", "0"]).await;
            }
        }
        Ok(())
    }
}
