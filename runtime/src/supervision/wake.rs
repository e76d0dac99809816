//! A nudge that says "there may be work" and never queues twice.
//!
//! The guarantee: a nudge given after the work began leads to another round; any number of nudges before that lead to
//! one. Forgetting [`Wake::begin`] costs a superfluous round, never a lost one. A crash of the actor loses its nudges
//! with its mailbox, which is harmless, because it reads its state when it starts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use ractor::ActorCell;

/// Nobody has rung.
const QUIET: u8 = 0;
/// A wake is queued or being worked on.
const RUNG: u8 = 1;
/// And somebody has rung since.
const AGAIN: u8 = 2;

/// The bell of one incarnation of an actor.
#[derive(Debug, Default)]
pub(super) struct Bell(AtomicU8);

/// See the module. Comes in a message; call [`begin`](Wake::begin) first thing.
#[derive(Debug)]
pub struct Wake {
    bell: Arc<Bell>,
    cell: ActorCell,
    send: fn(&ActorCell, Self),
    begun: bool,
}

/// Rings unless it is ringing already.
pub(super) fn ring<M: From<Wake> + Send + 'static>(bell: &Arc<Bell>, cell: &ActorCell) {
    let rung = bell.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, |state| match state {
        QUIET => Some(RUNG),
        RUNG => Some(AGAIN),
        _ => None,
    });
    if rung == Ok(QUIET) {
        send::<M>(cell, Wake { bell: bell.clone(), cell: cell.clone(), send: send::<M>, begun: false });
    }
}

/// An actor that has ended does not need it: the wake comes back in the error and is dropped, which silences the bell.
fn send<M: From<Wake> + Send + 'static>(cell: &ActorCell, wake: Wake) {
    drop(cell.send_message(M::from(wake)));
}

impl Wake {
    /// Work begins: whoever rings from now on wants another round.
    pub fn begin(mut self) {
        self.begun = true;
        self.bell.0.store(QUIET, Ordering::Release);
    }
}

impl Drop for Wake {
    fn drop(&mut self) {
        if self.begun {
            return;
        }
        let silenced = self.bell.0.compare_exchange(RUNG, QUIET, Ordering::AcqRel, Ordering::Acquire);
        if silenced == Err(AGAIN) {
            self.bell.0.store(RUNG, Ordering::Release);
            let next = Self { bell: self.bell.clone(), cell: self.cell.clone(), send: self.send, begun: false };
            (self.send)(&self.cell, next);
        }
    }
}
