//! Pure: how a node goes when it is told to. It stops being given tenants, hands over those it has, and ends its lease; it
//! waits for nobody longer than a limit, since what is left is safe without it: its lease is over, and others take over at
//! once instead of after its time.

use std::time::Duration;

/// For so long it hands over.
pub const LIMIT: Duration = Duration::from_secs(20);
/// So many at a time.
pub const AT_ONCE: usize = 16;

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Go on handing over.
    HandOver,
    /// Stop what is left, end the lease, exit.
    Leave,
}

/// A node on its way out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure(Duration);

impl Departure {
    /// It was told to go.
    pub const fn begin(now: Duration) -> Self {
        Self(now)
    }

    /// So many tenants are still here; `heirs`: whether there is anybody to hand them to.
    pub fn next(&self, tenants: usize, heirs: bool, now: Duration) -> Next {
        if tenants == 0 || !heirs || now.saturating_sub(self.0) >= LIMIT { Next::Leave } else { Next::HandOver }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_for_heirs_within_a_limit() {
        let s = Duration::from_secs;
        let departure = Departure::begin(s(10));
        assert_eq!(departure.next(5, true, s(29)), Next::HandOver);
        assert_eq!(departure.next(5, true, s(30)), Next::Leave);
        assert_eq!(departure.next(5, false, s(11)), Next::Leave);
        assert_eq!(departure.next(0, true, s(11)), Next::Leave);
    }
}
