//! A clock an actor sets for itself: at most one message is under way, setting it again replaces it, dropping it (with
//! the actor's state) silences it.
//!
//! It exists because intervals burst after a slow handler and fire-and-forget timers pile up. Set it at the end of a
//! handler; a crash takes it along.

use std::time::Duration;

use ractor::ActorRef;

/// See the module.
#[derive(Debug, Default)]
pub struct Alarm(Option<tokio::task::AbortHandle>);

impl Alarm {
    /// An alarm that is not set.
    pub const fn new() -> Self {
        Self(None)
    }

    /// Sends a message to the actor after a while, instead of what was set before.
    pub fn set<M: Send + 'static>(
        &mut self,
        myself: &ActorRef<M>,
        after: Duration,
        message: impl FnOnce() -> M + Send + 'static,
    ) {
        self.clear();
        self.0 = Some(myself.send_after(after, message).abort_handle());
    }

    /// Takes it back.
    pub fn clear(&mut self) {
        if let Some(set) = self.0.take() {
            set.abort();
        }
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        self.clear();
    }
}
