//! Copies of a tenant's file for queries to run over: made between two folds, by the thread that folds, so that no copy is
//! of the middle of one. One is made when somebody asks and serves until the views move; it is gone when nobody holds it.
//!
//! The live file is read through one descriptor that stays open as long as the file is: DuckDB's lock on it belongs to the
//! process, and closing any other descriptor would let go of it. What DuckDB has in its own log only is replayed in the
//! copy, by us, so that the copy can be opened for reading alone.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use autonomos_runtime::{Error, Result};
use parking_lot::Mutex;

use crate::dcl::answers::Moment;
use crate::dcl::engine::{Conn, Fault};
use crate::dcl::guard::Place;
use crate::dcl::handle::{Handle, REOPENING};
use crate::dcl::pool::{Dcl, Slot};

/// A copy that took less time than this is made anew whenever the views have moved.
const CHEAP: Duration = Duration::from_millis(100);
/// One that took more serves for so many times as long, so that folding has the rest.
const SHARE: u32 = 10;

/// A copy, as long as somebody holds it.
#[derive(Debug)]
pub(in crate::dcl) struct Snapshot {
    place: Place,
    moment: Moment,
    /// When it was ready, and how long that took.
    made: Duration,
    took: Duration,
}

impl Snapshot {
    /// Where it is.
    pub(super) const fn place(&self) -> &Place {
        &self.place
    }

    /// Whether it may still be asked.
    fn serves(&self, moment: Moment, now: Duration) -> bool {
        let same = self.moment.generation == moment.generation;
        let dear = self.took > CHEAP && now.saturating_sub(self.made) < self.took * SHARE;
        same && (self.moment.position == moment.position || dear)
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if let Err(error) = self.place.remove() {
            tracing::warn!("a copy of views was not removed: {}", error.chain());
        }
    }
}

/// A tenant's copies.
#[derive(Debug, Default)]
pub(in crate::dcl) struct Shelf {
    /// Held while one is made; how many were.
    making: tokio::sync::Mutex<u64>,
    last: Mutex<Option<Arc<Snapshot>>>,
}

impl Shelf {
    /// Forgets the last copy; whoever runs over it keeps it.
    pub(in crate::dcl) fn clear(&self) {
        drop(self.last.lock().take());
    }
}

impl Dcl {
    /// A copy of the tenant's views as they are now, or as they were a moment ago if copies of them take long.
    pub(super) async fn snapshot(&self, slot: &Arc<Slot>) -> Result<Arc<Snapshot>> {
        let mut made = slot.shelf.making.lock().await;
        let mut tries = 0;
        loop {
            let generation = slot.generation.load(Ordering::Acquire);
            let handle = self.handle(slot).await?;
            let last = slot.shelf.last.lock().clone();
            if let Some(last) = last.filter(|last| slot.moment().is_some_and(|at| last.serves(at, self.elapsed()))) {
                return Ok(last);
            }
            match self.copy(slot, generation, &handle, *made).await {
                Err(error) if error.code == REOPENING && tries < 3 => tries += 1,
                Err(error) => return Err(error),
                Ok(snapshot) => {
                    *made += 1;
                    let snapshot = Arc::new(snapshot);
                    *slot.shelf.last.lock() = Some(Arc::clone(&snapshot));
                    return Ok(snapshot);
                }
            }
        }
    }

    async fn copy(&self, slot: &Arc<Slot>, generation: u32, handle: &Arc<Handle>, number: u64) -> Result<Snapshot> {
        let began = self.elapsed();
        // The first of this process: what another left lies there still.
        let place = handle.place.snapshot(number)?;
        let (from, to) = (Arc::clone(handle), place.clone());
        // A copy that fails says nothing about the file: the writer goes on.
        let copied = handle.write(move |writer| Ok(from.copy_to(&to).map(|()| writer.ledger.applied))).await?;
        let position = copied.inspect_err(|_| drop(place.remove()))?;
        let (settled, limits) = (place.clone(), self.limits());
        let settle = move || -> Result<(), Fault> { Conn::open(settled.file(), &limits)?.exec("CHECKPOINT") };
        let settled = tokio::task::spawn_blocking(settle).await;
        let settled = settled.map_err(|e| Error::internal("views.copy", "a copy of the views failed").source(e))?;
        let moment = Moment { tenant: slot.tenant, generation, position };
        let made = self.elapsed();
        // Made first, so that the copy goes whatever comes next.
        let snapshot = Snapshot { place, moment, made, took: made.saturating_sub(began) };
        settled?;
        Ok(snapshot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::Ambient;
    use autonomos_runtime::ids::TenantId;

    #[test]
    fn a_cheap_copy_serves_its_moment_and_a_dear_one_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let tenant = TenantId::new(&Ambient::system());
        let at = |generation, position| Moment { tenant, generation, position };
        let copy = |took: u64| Snapshot {
            place: Place::of(folder.path(), tenant).unwrap().snapshot(0).unwrap(),
            moment: at(1, 7),
            made: Duration::from_secs(100),
            took: Duration::from_millis(took),
        };
        let now = Duration::from_secs(101);
        assert!(copy(5).serves(at(1, 7), now) && !copy(5).serves(at(1, 8), now));
        assert!(copy(500).serves(at(1, 8), now) && !copy(500).serves(at(2, 8), now));
        assert!(!copy(500).serves(at(1, 8), Duration::from_secs(106)));
    }
}
