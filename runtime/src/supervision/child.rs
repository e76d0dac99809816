//! What a supervisor knows about a child, as data: where it sits, how it starts, when it is started again, how it is
//! stopped, and its budget. Cloned at will; nothing runs until a supervisor takes it.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use ractor::{Actor, ActorCell};

use super::{Backoff, Intensity, Key, Seat};

/// When it is started again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// Whenever it ends.
    Permanent,
    /// When it ends with an error; a normal end is its goal.
    Transient,
    /// Never.
    Temporary,
}

/// How it is stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// It works through its queue first; killed at the deadline.
    Drain(Duration),
    /// It finishes the message at hand and skips the rest; killed at the deadline.
    Stop(Duration),
}

impl Shutdown {
    /// How long it may take.
    pub const fn deadline(&self) -> Duration {
        match self {
            Self::Drain(deadline) | Self::Stop(deadline) => *deadline,
        }
    }
}

type Start = dyn Fn(Seat, String, Option<ActorCell>) -> BoxFuture<'static, Result<ActorCell, String>> + Send + Sync;

/// See the module.
#[derive(Clone)]
pub struct ChildSpec {
    pub(super) key: Key,
    pub(super) kind: &'static str,
    pub(super) restart: Restart,
    pub(super) shutdown: Shutdown,
    pub(super) intensity: Intensity,
    pub(super) backoff: Backoff,
    pub(super) probation: Option<Duration>,
    pub(super) start_within: Duration,
    start: Arc<Start>,
}

impl ChildSpec {
    /// A permanent child, stopped within 5 s without working through its queue, allowed 3 restarts in 30 s with waits
    /// from 0.2 s to 30 s. `args` makes the arguments of each incarnation.
    pub fn new<A, F>(key: Key, kind: &'static str, actor: A, args: F) -> Self
    where
        A: Actor + Clone,
        F: Fn(Seat) -> A::Arguments + Send + Sync + 'static,
    {
        let args = Arc::new(args);
        let start = move |seat: Seat, name: String, parent: Option<ActorCell>| {
            let (actor, args) = (actor.clone(), args.clone());
            // Boxed inside as well: futures of actors can be large, and this one is awaited in a handler.
            let work = Box::pin(async move {
                let args = args(seat);
                let spawned = match parent {
                    Some(parent) => A::spawn_linked(Some(name), actor, args, parent).await,
                    None => A::spawn(Some(name), actor, args).await,
                };
                spawned.map(|(actor, _)| actor.get_cell()).map_err(|cause| cause.to_string())
            });
            AssertUnwindSafe(work)
                .catch_unwind()
                .map(|result| result.unwrap_or_else(|_| Err("its arguments could not be made".into())))
                .boxed()
        };
        Self {
            key,
            kind,
            restart: Restart::Permanent,
            shutdown: Shutdown::Stop(Duration::from_secs(5)),
            intensity: Intensity::new(3, 30),
            backoff: Backoff::default(),
            probation: None,
            start_within: Duration::from_secs(5),
            start: Arc::new(start),
        }
    }

    /// Where it sits.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// What it is: `connector`, `materializer`; a label of metrics.
    pub const fn kind(&self) -> &'static str {
        self.kind
    }

    /// When it is started again.
    #[must_use]
    pub const fn restart(mut self, restart: Restart) -> Self {
        self.restart = restart;
        self
    }

    /// Stopped by working through its queue first.
    #[must_use]
    pub const fn drain(mut self, within: Duration) -> Self {
        self.shutdown = Shutdown::Drain(within);
        self
    }

    /// Stopped without working through its queue.
    #[must_use]
    pub const fn stop(mut self, within: Duration) -> Self {
        self.shutdown = Shutdown::Stop(within);
        self
    }

    /// How often it may be started again before it is quarantined.
    #[must_use]
    pub const fn intensity(mut self, intensity: Intensity) -> Self {
        self.intensity = intensity;
        self
    }

    /// The waits before it is started again.
    #[must_use]
    pub const fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = backoff;
        self
    }

    /// Gives it another chance so long after it was quarantined; without this, only when somebody asks.
    #[must_use]
    pub const fn retry_after(mut self, probation: Duration) -> Self {
        self.probation = Some(probation);
        self
    }

    /// How long building its state may take.
    #[must_use]
    pub const fn start_within(mut self, deadline: Duration) -> Self {
        self.start_within = deadline;
        self
    }

    /// Starts an incarnation; a start that fails, panics or takes too long is an error.
    pub(super) async fn start(&self, seat: Seat, parent: Option<ActorCell>) -> Result<ActorCell, String> {
        let name = format!("{}/{}#{}", seat.node().name(), self.key, seat.generation());
        tokio::time::timeout(self.start_within, (self.start)(seat, name, parent))
            .await
            .unwrap_or_else(|_| Err(format!("did not start within {:?}", self.start_within)))
    }
}

impl std::fmt::Debug for ChildSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ChildSpec({} {} {:?} {:?})", self.kind, self.key, self.restart, self.shutdown)
    }
}
