//! Live events: what just happened, for whoever watches. Nothing durable depends on them; a page that missed some reads
//! its state again.
//!
//! The guarantee: a tenant's events form one sequence without gaps. A subscriber gets each event once and in order, or
//! is told what it did not get: [`Delivery::Missed`] when it was too slow, [`Delivery::Reset`] when what it asked to
//! resume from is gone. There is no silent loss, and no subscriber slows anybody: publishing never waits and never
//! fails the work that publishes.
//!
//! What a crash does: a bus that keeps the past shows nobody an event before it is written, so the sequence goes on over a
//! restart without a gap and without a double. After a crash it says `stream.gap` where the process ended: what was
//! committed in its last moment may never have been told. Without a kept past, and after the machine itself went down,
//! sequences begin above all earlier ones, and resuming is an explicit reset.

mod event;
mod fact;
mod journal;
mod keeper;
pub mod local;
mod ring;
mod rings;
mod subscription;
mod topic;

#[cfg(any(test, feature = "testkit"))]
pub mod conformance;

use std::sync::Arc;

pub use event::Event;
pub use fact::Fact;
pub use ring::{Ring, Taken};
pub use rings::{Limits, Numbers, Rings, Word};
pub use subscription::{Delivery, Subscription};
pub use topic::Topic;

use crate::Scope;

/// What a tenant's sequence spans at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Span {
    /// The lowest sequence number that can still be delivered (one above the head when there is none).
    pub floor: u64,
    /// The highest number given so far.
    pub head: u64,
}

/// See the module.
#[async_trait::async_trait]
pub trait EventBus: Send + Sync + 'static {
    /// Announces a fact to the tenant's subscribers. Never waits, never fails.
    fn publish(&self, scope: &Scope, fact: Fact);

    /// Waits until the tenant's past was read and everything published so far can be seen. For pages that begin with a
    /// snapshot, and before subscribing, where the position matters at once.
    async fn settled(&self, scope: &Scope);

    /// Listens to the tenant's events: those after a sequence number that was seen before, or from now on.
    fn subscribe(&self, scope: &Scope, after: Option<u64>) -> Subscription;

    /// The latest events that are wanted, oldest first, and the span of all; for pages that begin with a snapshot and
    /// then subscribe after its head.
    fn recent(&self, scope: &Scope, at_most: usize, wanted: &dyn Fn(&Event) -> bool) -> (Span, Vec<Arc<Event>>);

    /// Ends all subscriptions of the tenant and forgets its events, those that were kept over restarts as well.
    async fn forget(&self, scope: &Scope);

    /// Ends in order: what was published is kept, where the past is kept. Nothing is delivered afterwards.
    async fn close(&self);
}
