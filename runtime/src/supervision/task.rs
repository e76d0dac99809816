//! Work beside an actor that ends with it: the one way to spawn. Dropping the handle stops the work at its next await,
//! so a restarted actor never finds its predecessor's helper still running. A panic in it is an error to whoever awaits.

use std::pin::Pin;
use std::task::{Context, Poll};

use crate::{Error, Result};

/// See the module. Awaiting it gives what the work gave.
#[derive(Debug)]
pub struct Task<T>(tokio::task::JoinHandle<T>);

/// Starts work that stops when the handle is dropped.
pub fn task<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Task<T> {
    Task(tokio::spawn(work))
}

impl<T> Task<T> {
    /// Whether it has ended.
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// Asks it to stop at its next await.
    pub fn stop(&self) {
        self.0.abort();
    }
}

impl<T> Future for Task<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0)
            .poll(cx)
            .map_err(|cause| Error::internal("task.failed", "background work ended early").source(cause))
    }
}

impl<T> Drop for Task<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}
