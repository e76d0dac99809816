//! One kind of outside call and everybody it is made to: a circuit a peer, a bound on all of them together.
//!
//! Peers are told apart by a name that the caller makes, with the tenant in it where the tenant chose the peer: nobody's
//! broken peer is anybody else's trouble. Circuits of peers that are well are not kept. When more peers than can be kept are
//! unwell, further ones share a circuit.

use std::sync::Arc;
use std::time::Duration;

use ahash::AHashMap;
use parking_lot::Mutex;

use super::circuit::{Circuit, Limits, Pass, Phase, Refused, Verdict};
use crate::config::Breaker;
use crate::supervision::Backoff;
use crate::{Ambient, Error, Result, metrics};

/// Peers that are remembered.
const MOST: usize = 4096;
/// Whom further ones are counted as.
const OTHERS: &str = "*";

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Guard(Arc<Inner>);

struct Inner {
    name: &'static str,
    limits: Limits,
    in_all: u32,
    timeout: Duration,
    tries: u32,
    ambient: Ambient,
    peers: Mutex<Peers>,
}

#[derive(Default)]
struct Peers {
    circuits: AHashMap<String, Circuit>,
    under_way: u32,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Guard({})", self.0.name)
    }
}

/// A call under way. Dropped without a word, it gives its place back and says nothing about the peer.
#[derive(Debug)]
pub struct Entered {
    guard: Guard,
    peer: String,
    pass: Option<Pass>,
}

impl Entered {
    /// The peer answered.
    pub fn worked(mut self) {
        self.end(Verdict::Worked);
    }

    /// It did not.
    pub fn failed(mut self) {
        self.end(Verdict::Failed);
    }

    fn end(&mut self, verdict: Verdict) {
        let Some(pass) = self.pass.take() else { return };
        let inner = &self.guard.0;
        let now = inner.ambient.elapsed();
        let mut peers = inner.peers.lock();
        peers.under_way = peers.under_way.saturating_sub(1);
        if let Some(circuit) = peers.circuits.get_mut(&self.peer) {
            let before = circuit.phase();
            circuit.leave(pass, verdict, now);
            if !matches!(before, Phase::Open(_)) && matches!(circuit.phase(), Phase::Open(until) if until > now) {
                tracing::warn!(guard = inner.name, "an outside circuit is open: a peer did not answer");
                metrics::circuit_opened(inner.name);
            }
            if circuit.is_quiet() {
                peers.circuits.remove(&self.peer);
            }
        }
        metrics::outside_call(
            inner.name,
            match verdict {
                Verdict::Worked => "worked",
                Verdict::Failed => "failed",
                Verdict::Unknown => "given_up",
            },
        );
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.end(Verdict::Unknown);
    }
}

impl Guard {
    /// As configured, under the name it has in metrics.
    pub fn new(name: &'static str, config: &Breaker, ambient: Ambient) -> Self {
        Self(Arc::new(Inner {
            name,
            limits: Limits {
                failures: config.failures.max(1),
                open: Duration::from_secs(config.open_seconds),
                at_once: config.at_once.max(1),
            },
            in_all: config.in_all.max(1),
            timeout: Duration::from_secs(config.timeout_seconds.max(1)),
            tries: config.tries.max(1),
            ambient,
            peers: Mutex::default(),
        }))
    }

    /// How long one call may take.
    pub fn timeout(&self) -> Duration {
        self.0.timeout
    }

    /// How often a call may be made.
    pub fn tries(&self) -> u32 {
        self.0.tries
    }

    /// Begins a call to a peer. `Unavailable` while the peer does not answer, `Busy` while too many are under way.
    pub fn enter(&self, peer: &str) -> Result<Entered> {
        let inner = &self.0;
        let mut peers = inner.peers.lock();
        if peers.under_way >= inner.in_all {
            metrics::outside_call(inner.name, "full");
            return Err(full());
        }
        if peers.circuits.len() >= MOST && !peers.circuits.contains_key(peer) {
            peers.circuits.retain(|_, circuit| circuit.phase() != Phase::Closed || circuit.under_way() > 0);
        }
        let known = peers.circuits.contains_key(peer) || peers.circuits.len() < MOST;
        let peer = if known { peer } else { OTHERS };
        let circuit = peers.circuits.entry(peer.to_owned()).or_insert_with(|| Circuit::new(inner.limits));
        match circuit.enter(inner.ambient.elapsed()) {
            Ok(pass) => {
                peers.under_way += 1;
                Ok(Entered { guard: self.clone(), peer: peer.to_owned(), pass: Some(pass) })
            }
            Err(Refused::Full) => {
                metrics::outside_call(inner.name, "full");
                Err(full())
            }
            Err(Refused::Open(left)) => {
                metrics::outside_call(inner.name, "refused");
                Err(Error::unavailable("outside.open", "The other side did not answer lately and is not asked now.")
                    .remedy(format!("It is asked again in {} s.", left.as_secs() + 1)))
            }
        }
    }

    /// One call, in its time. An error that may pass counts against the peer; any other is an answer like another.
    pub async fn once<T>(&self, peer: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
        self.judged(peer, work, |_| false).await
    }

    /// The same, where some answers count against the peer as well.
    pub async fn judged<T>(
        &self,
        peer: &str,
        work: impl Future<Output = Result<T>>,
        bad: impl FnOnce(&T) -> bool,
    ) -> Result<T> {
        let entered = self.enter(peer)?;
        let ended = tokio::time::timeout(self.0.timeout, work).await.unwrap_or_else(|_| {
            Err(Error::unavailable("outside.slow", "The other side did not answer in time.")
                .remedy("Try again later; whoever runs it knows why."))
        });
        match &ended {
            Err(error) if error.retryable() => entered.failed(),
            Ok(answer) if bad(answer) => entered.failed(),
            _ => entered.worked(),
        }
        ended
    }

    /// A call that may be made twice: tried again after a pause, as often as configured, if its error may pass and the
    /// circuit did not open meanwhile.
    pub async fn again<T, F: Future<Output = Result<T>>>(&self, peer: &str, mut work: impl FnMut() -> F) -> Result<T> {
        let pauses = Backoff::default();
        let mut attempt = 0;
        loop {
            match self.once(peer, work()).await {
                Err(error) if error.retryable() && error.code != "outside.open" && attempt + 1 < self.0.tries => {
                    tracing::debug!(guard = self.0.name, error = error.chain(), "an outside call is tried again");
                    tokio::time::sleep(pauses.wait(attempt, self.0.ambient.fraction())).await;
                    attempt += 1;
                }
                ended => return ended,
            }
        }
    }

    /// Shows how the circuits are, in metrics.
    pub fn observe(&self) {
        let peers = self.0.peers.lock();
        let count =
            |is: fn(Phase) -> bool| peers.circuits.values().filter(|circuit| is(circuit.phase())).count() as u64;
        let open = count(|phase| matches!(phase, Phase::Open(_)));
        metrics::circuits(self.0.name, open, count(|phase| phase == Phase::Trying), u64::from(peers.under_way));
    }
}

fn full() -> Error {
    Error::busy("outside.full", "Too many calls to the other side are under way.").remedy("Try again in a moment.")
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::Kind;
    use crate::clock::ManualClock;

    fn guard(clock: &Arc<ManualClock>) -> Guard {
        let config = Breaker { failures: 2, open_seconds: 60, timeout_seconds: 5, tries: 3, at_once: 2, in_all: 3 };
        Guard::new("test", &config, Ambient::manual(clock.clone(), 1))
    }

    fn away() -> Error {
        Error::unavailable("test.away", "away")
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_is_away_is_left_alone_and_the_others_are_not() {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let guard = guard(&clock);
        for _ in 0..2 {
            assert_eq!(guard.once("a", async { Err::<(), _>(away()) }).await.unwrap_err().code, "test.away");
        }
        let refused = guard.once("a", async { Ok(()) }).await.unwrap_err();
        assert_eq!((refused.kind, refused.code), (Kind::Unavailable, "outside.open"));
        guard.once("b", async { Ok(()) }).await.unwrap();
        clock.advance(Duration::from_mins(1));
        guard.once("a", async { Ok(()) }).await.unwrap();
        assert!(guard.0.peers.lock().circuits.is_empty(), "whoever is well is not kept");
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_says_no_is_an_answer() {
        let guard = guard(&ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        for _ in 0..9 {
            let no = guard.again("a", || async { Err::<(), _>(Error::denied("test.no", "no")) }).await;
            assert_eq!(no.unwrap_err().code, "test.no");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_pass_is_tried_again_as_often_as_configured() {
        let guard = Guard::new(
            "test",
            &Breaker { failures: 9, open_seconds: 60, timeout_seconds: 5, tries: 3, at_once: 2, in_all: 3 },
            Ambient::system(),
        );
        let asked = Cell::new(0);
        let ask = |fine: u32| {
            asked.set(asked.get() + 1);
            let ended = if asked.get() >= fine { Ok(()) } else { Err(away()) };
            async move { ended }
        };
        guard.again("a", || ask(3)).await.unwrap();
        assert_eq!(asked.replace(0), 3);
        assert_eq!(guard.again("a", || ask(4)).await.unwrap_err().code, "test.away");
        assert_eq!(asked.get(), 3);
        // One that never answers costs its time and no more.
        let slow = guard.once("b", std::future::pending::<Result<()>>()).await.unwrap_err();
        assert_eq!(slow.code, "outside.slow");
    }

    #[test]
    fn places_are_bounded_and_come_back() {
        let guard = guard(&ManualClock::at(chrono::DateTime::UNIX_EPOCH));
        let (one, two) = (guard.enter("a").unwrap(), guard.enter("a").unwrap());
        assert_eq!(guard.enter("a").unwrap_err().kind, Kind::Busy);
        let three = guard.enter("b").unwrap();
        assert_eq!(guard.enter("c").unwrap_err().kind, Kind::Busy, "all together have a bound as well");
        drop((one, two, three));
        assert_eq!(guard.0.peers.lock().under_way, 0);
        guard.enter("c").unwrap().worked();
    }

    #[test]
    fn peers_beyond_the_most_share_a_circuit() {
        let guard = Guard::new(
            "test",
            &Breaker { failures: 1, open_seconds: 1, timeout_seconds: 1, tries: 1, at_once: 9, in_all: 9 },
            Ambient::system(),
        );
        for n in 0..MOST + 10 {
            // The first of those beyond opens the circuit of all of them.
            match guard.enter(&n.to_string()) {
                Ok(entered) => entered.failed(),
                Err(refused) => assert!(n > MOST && refused.code == "outside.open", "{n}"),
            }
        }
        assert_eq!(guard.0.peers.lock().circuits.len(), MOST + 1);
    }
}
