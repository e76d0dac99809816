//! What everybody holds instead of a reference: a key, resolved at each send, with a deadline on each call.
//!
//! A message to an actor that is between two incarnations is `Unavailable`, an answer that does not come in time is
//! `Busy`: both are retryable errors, never a panic and never a wait without end. Calls go down the tree or to leaves;
//! upward go casts and bus events, because two actors that call each other wait for each other.

use std::marker::PhantomData;
use std::time::Duration;

use ractor::rpc::CallResult;
use ractor::{ActorRef, MessagingErr};

use super::wake::{self, Wake};
use super::{Directory, Key, Reply};
use crate::{Error, Result};

/// See the module. Cheap to clone.
pub struct Address<M> {
    key: Key,
    directory: Directory,
    message: PhantomData<fn(M)>,
}

impl<M> Clone for Address<M> {
    fn clone(&self) -> Self {
        Self { key: self.key.clone(), directory: self.directory.clone(), message: PhantomData }
    }
}

impl<M> std::fmt::Debug for Address<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Address({})", self.key)
    }
}

impl<M: Send + 'static> Address<M> {
    pub(super) const fn new(key: Key, directory: Directory) -> Self {
        Self { key, directory, message: PhantomData }
    }

    /// The place it names.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// Whether somebody sits there now.
    pub fn is_live(&self) -> bool {
        self.directory.generation(&self.key).is_some()
    }

    /// Sends and goes on. What carries weight must carry a permit of [`super::Credits`].
    pub fn cast(&self, message: M) -> Result<()> {
        let entry = self.directory.get(&self.key).ok_or_else(|| self.away())?;
        entry.cell.send_message(message).map_err(|cause| self.refused(&cause))
    }

    /// Asks and waits for the answer, at most until the deadline. The deadline does not stop the work: a handler looks
    /// at `reply.is_closed()` before anything costly.
    pub async fn call<T: Send + 'static>(
        &self,
        deadline: Duration,
        make: impl FnOnce(Reply<T>) -> M + Send,
    ) -> Result<T> {
        let entry = self.directory.get(&self.key).ok_or_else(|| self.away())?;
        let actor = ActorRef::<M>::from(entry.cell);
        match actor.call(make, Some(deadline)).await {
            Ok(CallResult::Success(answer)) => Ok(answer),
            Ok(CallResult::Timeout) => {
                Err(Error::busy("actor.busy", format!("{} did not answer in time", self.key.path()))
                    .remedy("try again; if it stays so, look at the actor's page"))
            }
            Ok(CallResult::SenderError) => Err(self.away()),
            Err(cause) => Err(self.refused(&cause)),
        }
    }

    /// [`call`](Self::call) for answers that can themselves be errors.
    pub async fn ask<T: Send + 'static>(
        &self,
        deadline: Duration,
        make: impl FnOnce(Reply<Result<T>>) -> M + Send,
    ) -> Result<T> {
        self.call(deadline, make).await?
    }

    /// Says that there may be work. Never queues twice; nothing to do when nobody sits there, because whoever comes
    /// next looks for work by itself.
    pub fn wake(&self)
    where
        M: From<Wake>,
    {
        if let Some(entry) = self.directory.get(&self.key) {
            wake::ring::<M>(&entry.bell, &entry.cell);
        }
    }

    fn away(&self) -> Error {
        Error::unavailable("actor.unavailable", format!("{} is not running at the moment", self.key.path()))
            .remedy("try again; if it stays so, look at the actor's page")
    }

    fn refused(&self, cause: &MessagingErr<M>) -> Error {
        match cause {
            MessagingErr::SendErr(_) | MessagingErr::ChannelClosed => self.away(),
            MessagingErr::InvalidActorType => {
                Error::internal("actor.wrong_type", format!("{} does not take such messages", self.key.path()))
            }
        }
    }
}
