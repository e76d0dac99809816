//! Budgets that all nodes spend from, and how many nodes there are.
//!
//! A budget is one number, the moment at which it is whole again; a node adds what was taken on it and learns what all owe. It
//! asks beside its requests and never within one, so between two asks each node knows only what itself took: of a budget
//! that is spent on many nodes at once more may be had than it holds, and what was too much is owed back. Nothing durable
//! depends on it; a Redis that was emptied has forgotten what was spent, which each node remembers of its own part.

use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisError, RedisResult, Script};
use autonomos_runtime::{Error, Result};

use super::keys;
use super::link::Place;

/// After so long without a word a node is not counted.
const SILENT: Duration = Duration::from_secs(20);

/// What was taken of a budget on this node since it said so last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// Which budget: `<tenant>:session`.
    pub name: String,
    /// How long it takes to come back.
    pub refills_in: Duration,
}

/// What all nodes know together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// How many nodes there are, the asking one with them.
    pub nodes: u32,
    /// How long each budget that was told of needs to be whole again, in order.
    pub owed: Vec<Duration>,
}

/// See the module.
pub struct Budgets {
    place: Place,
    node: String,
    settle: Script,
    connection: Option<MultiplexedConnection>,
}

impl std::fmt::Debug for Budgets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Budgets({:?})", self.place)
    }
}

impl Budgets {
    /// In that Redis, which need not be there yet; of the node of that name.
    pub fn new(place: Place, node: &str) -> Self {
        let settle = Script::new(include_str!("scripts/settle.lua"));
        Self { place, node: node.to_owned(), settle, connection: None }
    }

    /// Says that this node is here, and counts what was taken on it. An error: Redis does not answer or refuses, and whether it
    /// was counted is not known.
    pub async fn settle(&mut self, spent: &[Spent]) -> Result<Settled> {
        let mut call = self.settle.key(keys::NODES);
        call.arg(&self.node).arg(SILENT.as_secs());
        for one in spent {
            call.key(keys::budget(&one.name)).arg(one.refills_in.as_micros().to_string());
        }
        let answer = match connected(&mut self.connection, &self.place).await {
            Ok(connection) => call.invoke_async::<Vec<u64>>(connection).await,
            Err(error) => Err(error),
        };
        let answer = answer.map_err(|error| {
            // It is connected anew the next time, whatever was wrong with it.
            self.connection = None;
            away(&error)
        })?;
        let Some((nodes, owed)) = answer.split_first().filter(|(_, owed)| owed.len() == spent.len()) else {
            return Err(Error::internal("redis.unread", "Redis answered something else than budgets"));
        };
        Ok(Settled {
            nodes: u32::try_from(*nodes).unwrap_or(u32::MAX),
            owed: owed.iter().copied().map(Duration::from_micros).collect(),
        })
    }
}

async fn connected<'a>(
    held: &'a mut Option<MultiplexedConnection>,
    place: &Place,
) -> RedisResult<&'a mut MultiplexedConnection> {
    match held {
        Some(connection) => Ok(connection),
        // Nothing is pushed over it.
        None => Ok(held.insert(place.connect(|_| Ok(())).await?)),
    }
}

fn away(error: &RedisError) -> Error {
    let code = error.code().unwrap_or("away").to_owned();
    Error::unavailable("redis.away", format!("Redis does not answer, or refuses: {code}"))
}
