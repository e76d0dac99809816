//! Asking running work to stop. The request is a row; this tells whoever is at the work, wherever its own mailbox is held
//! up, so that nothing has to look into rows to hear of it.
//!
//! The tenant's task runner reads the rows and asks; whoever does a task for it listens. A restart makes a new one, and the
//! runner asks again from the rows.

use std::collections::HashMap;

use autonomos_runtime::ids::TaskId;
use autonomos_runtime::{Error, Result};
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;

/// Code of the error that work ends with when it was asked to.
pub const STOPPED: &str = "task.stopped";

/// What a tenant's running tasks are told by.
#[derive(Debug, Default)]
pub struct Stops(Mutex<HashMap<TaskId, CancellationToken>>);

impl Stops {
    /// For whoever does the task.
    pub fn of(&self, task: TaskId) -> Stop {
        Stop(self.0.lock().entry(task).or_default().clone())
    }

    /// Asks it to stop; whoever begins to listen later is asked as well.
    pub fn ask(&self, task: TaskId) {
        self.of(task).0.cancel();
    }

    /// Forgets those that do not run any more.
    pub fn keep(&self, runs: impl Fn(TaskId) -> bool) {
        self.0.lock().retain(|task, _| runs(*task));
    }
}

/// Hears whether one task was asked to stop.
#[derive(Clone, Debug, Default)]
pub struct Stop(CancellationToken);

impl Stop {
    /// Whether it was.
    pub fn is_asked(&self) -> bool {
        self.0.is_cancelled()
    }

    /// The error that the work ends with, if it was.
    pub fn check(&self) -> Result<()> {
        if self.is_asked() { Err(stopped()) } else { Ok(()) }
    }

    /// Does a piece of the work that may be dropped anywhere, unless it is asked to stop meanwhile.
    pub async fn or<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.0.cancelled() => Err(stopped()),
            done = work => done,
        }
    }
}

/// What work ends with that was asked to.
pub fn stopped() -> Error {
    Error::conflict(STOPPED, "Somebody asked it to stop.")
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::Ambient;

    use super::*;

    #[tokio::test]
    async fn who_listens_is_told_early_and_late() {
        let (stops, ambient) = (Stops::default(), Ambient::system());
        let (a, b) = (TaskId::new(&ambient), TaskId::new(&ambient));
        let early = stops.of(a);
        assert_eq!(early.or(async { Ok(5) }).await.unwrap(), 5);
        let waits = early.or::<()>(std::future::pending());
        stops.ask(a);
        assert_eq!(waits.await.unwrap_err().code, STOPPED);
        assert!(stops.of(a).is_asked() && !stops.of(b).is_asked(), "nobody else is");
        stops.keep(|task| task == b);
        assert!(!stops.of(a).is_asked(), "what ended is forgotten");
    }
}
