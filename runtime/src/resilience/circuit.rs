//! Pure: whether one more call to a peer may begin. So many failures in a row open the circuit for a while; then a single
//! call tries, and its end closes the circuit or opens it anew. So many calls are under way at most; one more is refused,
//! not queued, because whoever calls knows better what can wait.
//!
//! A call that began before the circuit opened says nothing about the peer afterwards: each pass carries the era it was given
//! in. One that is given up without a verdict gives its place back, also the place of the one that tries.

use std::time::Duration;

/// How much is borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Failures in a row that open the circuit.
    pub failures: u32,
    /// For so long.
    pub open: Duration,
    /// Calls under way at most.
    pub at_once: u32,
}

/// Where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Calls go through.
    Closed,
    /// None goes through until then.
    Open(Duration),
    /// One is under way to find out.
    Trying,
}

/// Why a call may not begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The peer did not answer lately; it is asked again after so long.
    Open(Duration),
    /// Too many are under way.
    Full,
}

/// What came of a call, as far as it tells something about the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It answered.
    Worked,
    /// It did not, or not in time.
    Failed,
    /// Nobody knows: the call was given up.
    Unknown,
}

/// A call that may begin; to be given back with [`Circuit::leave`].
#[derive(Debug)]
pub struct Pass {
    era: u64,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Circuit {
    limits: Limits,
    phase: Phase,
    failures: u32,
    under_way: u32,
    /// Rises with every change of phase.
    era: u64,
}

impl Circuit {
    /// One that believes its peer is well.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, phase: Phase::Closed, failures: 0, under_way: 0, era: 0 }
    }

    /// Where it is.
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// Calls under way.
    pub const fn under_way(&self) -> u32 {
        self.under_way
    }

    /// Whether it is as a new one would be, so that it need not be kept.
    pub const fn is_quiet(&self) -> bool {
        matches!(self.phase, Phase::Closed) && self.failures == 0 && self.under_way == 0
    }

    /// A call wants to begin.
    pub fn enter(&mut self, now: Duration) -> Result<Pass, Refused> {
        match self.phase {
            Phase::Open(until) if now < until => return Err(Refused::Open(until.saturating_sub(now))),
            Phase::Trying => return Err(Refused::Open(Duration::ZERO)),
            Phase::Open(_) | Phase::Closed if self.under_way >= self.limits.at_once => return Err(Refused::Full),
            Phase::Open(_) => self.turn(Phase::Trying),
            Phase::Closed => {}
        }
        self.under_way += 1;
        Ok(Pass { era: self.era })
    }

    /// A call has ended.
    #[expect(clippy::needless_pass_by_value, reason = "a pass is spent")]
    pub fn leave(&mut self, pass: Pass, verdict: Verdict, now: Duration) {
        self.under_way = self.under_way.saturating_sub(1);
        if pass.era != self.era {
            return;
        }
        match (self.phase, verdict) {
            (Phase::Closed, Verdict::Worked) => self.failures = 0,
            (Phase::Closed, Verdict::Failed) => {
                self.failures += 1;
                if self.failures >= self.limits.failures {
                    self.turn(Phase::Open(now + self.limits.open));
                }
            }
            (Phase::Trying, Verdict::Worked) => {
                self.failures = 0;
                self.turn(Phase::Closed);
            }
            (Phase::Trying, Verdict::Failed) => self.turn(Phase::Open(now + self.limits.open)),
            // The next one may try at once.
            (Phase::Trying, Verdict::Unknown) => self.turn(Phase::Open(now)),
            (Phase::Closed, Verdict::Unknown) | (Phase::Open(_), _) => {}
        }
    }

    const fn turn(&mut self, phase: Phase) {
        self.phase = phase;
        self.era += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LIMITS: Limits = Limits { failures: 3, open: Duration::from_secs(10), at_once: 4 };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn fail(circuit: &mut Circuit, now: Duration) {
        let pass = circuit.enter(now).unwrap();
        circuit.leave(pass, Verdict::Failed, now);
    }

    #[test]
    fn failures_in_a_row_open_it_and_one_try_closes_it() {
        let mut circuit = Circuit::new(LIMITS);
        for _ in 0..2 {
            fail(&mut circuit, at(0));
        }
        let pass = circuit.enter(at(0)).unwrap();
        circuit.leave(pass, Verdict::Worked, at(0));
        for _ in 0..3 {
            assert_eq!(circuit.phase(), Phase::Closed, "an answer in between begins the count anew");
            fail(&mut circuit, at(1));
        }
        assert_eq!(circuit.enter(at(4)).unwrap_err(), Refused::Open(at(7)));
        let trying = circuit.enter(at(11)).unwrap();
        assert_eq!(circuit.enter(at(11)).unwrap_err(), Refused::Open(at(0)), "one tries, the others wait");
        circuit.leave(trying, Verdict::Failed, at(12));
        assert_eq!(circuit.enter(at(21)).unwrap_err(), Refused::Open(at(1)));
        let trying = circuit.enter(at(22)).unwrap();
        circuit.leave(trying, Verdict::Worked, at(23));
        assert!(circuit.is_quiet());
    }

    #[test]
    fn whoever_began_before_it_opened_says_nothing_afterwards() {
        let mut circuit = Circuit::new(LIMITS);
        let (slow, slower) = (circuit.enter(at(0)).unwrap(), circuit.enter(at(0)).unwrap());
        for _ in 0..3 {
            fail(&mut circuit, at(0));
        }
        circuit.leave(slow, Verdict::Worked, at(1));
        assert_eq!(circuit.phase(), Phase::Open(at(10)));
        let trying = circuit.enter(at(10)).unwrap();
        circuit.leave(slower, Verdict::Failed, at(10));
        assert_eq!(circuit.phase(), Phase::Trying);
        circuit.leave(trying, Verdict::Unknown, at(11));
        assert!(circuit.enter(at(11)).is_ok(), "a try that was given up is nobody's place");
    }

    #[derive(Clone, Debug)]
    enum Step {
        Wait(u64),
        Enter,
        Leave(usize, u8),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0_u64..8).prop_map(Step::Wait),
            Just(Step::Enter),
            (0_usize..6, 0_u8..3).prop_map(|(which, how)| Step::Leave(which, how)),
        ];
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        /// Whatever happens: never more under way than allowed, never more than one try, no call before its time, the count
        /// of those under way is right, and once all have left and time has passed somebody gets in.
        #[test]
        fn it_keeps_its_bounds_and_is_never_stuck(steps in steps()) {
            let (mut circuit, mut held, mut now) = (Circuit::new(LIMITS), Vec::new(), at(0));
            for step in steps {
                match step {
                    Step::Wait(seconds) => now += at(seconds),
                    Step::Enter => {
                        let before = circuit.phase();
                        match circuit.enter(now) {
                            Ok(pass) => {
                                held.push(pass);
                                let may = match before {
                                    Phase::Closed => true,
                                    Phase::Open(until) => now >= until && circuit.phase() == Phase::Trying,
                                    Phase::Trying => false,
                                };
                                prop_assert!(may);
                            }
                            Err(Refused::Full) => prop_assert_eq!(held.len(), 4),
                            Err(Refused::Open(_)) => prop_assert!(before != Phase::Closed),
                        }
                    }
                    Step::Leave(which, how) if which < held.len() => {
                        let verdict = [Verdict::Worked, Verdict::Failed, Verdict::Unknown][how as usize];
                        circuit.leave(held.remove(which), verdict, now);
                    }
                    Step::Leave(..) => {}
                }
                prop_assert_eq!(circuit.under_way() as usize, held.len());
                prop_assert!(held.len() <= 4);
            }
            for pass in held {
                circuit.leave(pass, Verdict::Unknown, now);
            }
            prop_assert!(circuit.enter(now + LIMITS.open).is_ok());
        }

        /// Exactly that many failures in a row open it, whatever worked before.
        #[test]
        fn it_opens_after_its_failures(verdicts in prop::collection::vec(any::<bool>(), 0..60)) {
            let (mut circuit, mut row) = (Circuit::new(LIMITS), 0);
            for worked in verdicts {
                let pass = circuit.enter(at(0)).unwrap();
                circuit.leave(pass, if worked { Verdict::Worked } else { Verdict::Failed }, at(0));
                row = if worked { 0 } else { row + 1 };
                prop_assert_eq!(circuit.phase() == Phase::Closed, row < 3);
                if row == 3 {
                    return Ok(());
                }
            }
        }
    }
}
