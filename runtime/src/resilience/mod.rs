//! What stands around every call that leaves the process: a deadline, another try where the same call may be made twice, a
//! circuit that stops calling whoever does not answer, and a bound on calls at once.
//!
//! The problem: a peer that is slow or gone must cost neither the threads of those who wait for it nor the peers that are
//! well. [`circuit`] decides, pure, with the clock as an argument; [`guard`] holds one circuit for each peer and is what
//! callers use. Nothing of it is stored: a process that starts believes that everybody answers, and learns.

pub mod circuit;
pub mod guard;

pub use circuit::{Circuit, Limits, Pass, Refused, Verdict};
pub use guard::{Entered, Guard};
