//! Who this process is among the nodes of a cluster, and until when it may act as an owner.
//!
//! The problem: the thread that renews the lease, the store that begins transactions and whoever answers a request all have to
//! agree on whether this process still holds it, and the one that knows best may be the one that is stuck. The guarantee: it
//! is one number, which only renewing moves forward; whoever acts compares it with the clock itself, so that a process that
//! wakes from a long sleep acts no more, whichever of its threads wakes first.
//!
//! The other way round, a lease is not kept for a process that does nothing any more: what runs the tenants says now and then
//! that it moves, and who renews looks at that.
//!
//! A crash forgets it; the next start is another instance.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::authority::Instance;
use crate::{Ambient, Error, Result};

/// See the module. Moments are those of [`Ambient::elapsed`].
#[derive(Debug)]
pub struct Holder {
    me: Instance,
    until: AtomicU64,
    moved: AtomicU64,
}

impl Holder {
    /// A process that has not joined yet.
    pub const fn new(me: Instance) -> Self {
        Self { me, until: AtomicU64::new(0), moved: AtomicU64::new(0) }
    }

    /// Who.
    pub const fn me(&self) -> &Instance {
        &self.me
    }

    /// The lease holds until then, whatever was said before.
    pub fn hold(&self, until: Duration) {
        self.until.store(micros(until), Ordering::Release);
    }

    /// It is over.
    pub fn let_go(&self) {
        self.hold(Duration::ZERO);
    }

    /// Until when it holds.
    pub fn until(&self) -> Duration {
        Duration::from_micros(self.until.load(Ordering::Acquire))
    }

    /// Whether this process may act as an owner now.
    pub fn holds(&self, now: Duration) -> bool {
        now < self.until()
    }

    /// Fails unless it does.
    pub fn check(&self, ambient: &Ambient) -> Result<()> {
        if self.holds(ambient.elapsed()) {
            return Ok(());
        }
        Err(Error::unavailable(
            "owner.lapsed",
            "this node has lost touch with the cluster and does nothing until it is back",
        )
        .remedy("Try again in a moment; another node may have taken over by then."))
    }

    /// What runs the tenants moves.
    pub fn moves(&self, now: Duration) {
        self.moved.store(micros(now), Ordering::Release);
    }

    /// For how long it has not.
    pub fn still(&self, now: Duration) -> Duration {
        now.saturating_sub(Duration::from_micros(self.moved.load(Ordering::Acquire)))
    }
}

fn micros(moment: Duration) -> u64 {
    u64::try_from(moment.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authority::NodeId;
    use crate::clock::ManualClock;
    use crate::ids::IncarnationId;

    #[test]
    fn holds_until_then_and_not_a_moment_longer() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let ambient = Ambient::manual(clock.clone(), 1);
        let me = Instance { node: NodeId::new("a"), incarnation: IncarnationId::new(&ambient) };
        let holder = Holder::new(me);
        assert_eq!(holder.check(&ambient).unwrap_err().code, "owner.lapsed", "it has not joined");
        holder.hold(Duration::from_secs(5));
        holder.check(&ambient).unwrap();
        clock.advance(Duration::from_secs(5));
        assert!(holder.check(&ambient).unwrap_err().retryable(), "it may be renewed");
        holder.moves(Duration::from_secs(2));
        assert_eq!(holder.still(ambient.elapsed()), Duration::from_secs(3));
        holder.hold(Duration::from_secs(9));
        holder.let_go();
        assert!(holder.check(&ambient).is_err());
    }
}
