//! The one file that reads the wall clock or makes entropy. Everybody else takes them as arguments, so that every
//! decision can be replayed in a test.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A moment in UTC. Stores keep milliseconds; see [`truncate`].
pub type Timestamp = chrono::DateTime<chrono::Utc>;

/// The moment as both stores can hold it: whole milliseconds.
pub fn truncate(at: Timestamp) -> Timestamp {
    chrono::DateTime::from_timestamp_millis(at.timestamp_millis()).unwrap_or(at)
}

/// What time it is.
pub trait Clock: Send + Sync + 'static {
    /// Wall-clock time in whole milliseconds.
    fn now(&self) -> Timestamp;
    /// Time since some fixed point, never going back, and going on while the machine sleeps; for measuring and deadlines.
    fn elapsed(&self) -> Duration;
}

/// Where random bytes come from.
pub trait Entropy: Send + Sync + 'static {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The clock and the entropy a component was given.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl std::fmt::Debug for Ambient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ambient")
    }
}

impl Ambient {
    /// The machine's own clock and entropy.
    pub fn system() -> Self {
        Self { clock: Arc::new(SystemClock::default()), entropy: Arc::new(SystemEntropy) }
    }

    /// A clock that stands still until told, and entropy that repeats for the same seed.
    pub fn manual(clock: Arc<ManualClock>, seed: u64) -> Self {
        Self { clock, entropy: Arc::new(SeededEntropy(AtomicU64::new(seed))) }
    }

    /// Composes the two.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy }
    }

    /// Wall-clock time in whole milliseconds.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Monotonic time since some fixed point.
    pub fn elapsed(&self) -> Duration {
        self.clock.elapsed()
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.entropy.fill(&mut out);
        out
    }

    /// A number in `0.0..1.0`, for jitter.
    pub fn fraction(&self) -> f64 {
        (u64::from_le_bytes(self.bytes::<8>()) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A UUIDv7 of now.
    pub fn uuid(&self) -> uuid::Uuid {
        let millis = self.now().timestamp_millis().max(0) as u64;
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }
}

/// Reads the machine's clocks. [`std::time::Instant`] stands still while the machine sleeps, and a lease does not.
#[derive(Debug)]
pub struct SystemClock(Duration);

impl Default for SystemClock {
    fn default() -> Self {
        Self(since_boot())
    }
}

fn since_boot() -> Duration {
    let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(since.tv_sec.unsigned_abs(), since.tv_nsec as u32)
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        truncate(chrono::Utc::now())
    }

    fn elapsed(&self) -> Duration {
        since_boot().saturating_sub(self.0)
    }
}

/// Reads the operating system's random source.
#[derive(Debug)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::expect_used, reason = "a machine without a random source cannot make a safe id or key")]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system has a random source");
    }
}

/// Stands still until advanced.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// Starts at the given moment.
    pub fn at(moment: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(moment.timestamp_millis())))
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        chrono::DateTime::from_timestamp_millis(self.0.load(Ordering::SeqCst)).unwrap_or_default()
    }

    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.0.load(Ordering::SeqCst).max(0) as u64)
    }
}

/// The same bytes for the same seed (splitmix64); for tests only.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let mut z = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let bytes = (z ^ (z >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_and_a_seed_repeat_themselves() {
        let make = || {
            let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
            clock.advance(Duration::from_secs(5));
            let ambient = Ambient::manual(clock, 7);
            (ambient.uuid(), ambient.uuid())
        };
        assert_eq!(make(), make());
        assert_ne!(make().0, make().1);
    }
}
