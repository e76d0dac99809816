//! Pure: who of the others is there, as far as their rows tell, and whom to declare dead.
//!
//! The problem: an expired lease may mean that its holder is dead, or that the database was away and nobody could renew, or
//! that its clock jumped. The guarantee: whoever judges has watched, without a gap and by its own clock, that an instance
//! made no sign for longer than it may act without one ([`Terms::silence`]), and the lease has run out by the database's
//! clock as well. The declaration then repeats both in one statement, so that a renewal in between wins. Whoever just lost
//! the database has a gap and begins to watch anew: it judges nobody until all others had the time to come back.
//!
//! A crash loses what was watched; the next start watches anew.

use std::time::Duration;

use autonomos_runtime::authority::{Instance, Member, View};

use crate::lease::Terms;

/// What a row says of an instance at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It renews.
    Well,
    /// It missed at least one renewal: nothing new is given to it.
    Late,
    /// Its lease ran out, or it is over.
    Out,
}

/// Judges by the row alone.
pub fn health(member: &Member, terms: &Terms) -> Health {
    if !member.state.lives() || member.lease_left.is_zero() {
        Health::Out
    } else if member.lease_left + terms.beat * 2 < terms.ttl {
        Health::Late
    } else {
        Health::Well
    }
}

/// Somebody to be declared dead, and the sign of life that must still be its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// Who.
    pub instance: Instance,
    /// See [`Member::beat`].
    pub beat: i64,
}

struct Watched {
    instance: Instance,
    beat: i64,
    since: Duration,
}

/// See the module.
#[derive(Default)]
pub struct Watch {
    watched: Vec<Watched>,
    /// Those that are over, and since when that was seen here.
    ended: Vec<(Instance, Duration)>,
    last: Option<Duration>,
}

impl Watch {
    /// A view was asked for at `sent` and is here at `now`: who of the others has been silent for too long? What was seen
    /// counts from `now`, as late as can be; a gap longer than half a lease between two sights forgets everything, and so
    /// does a sight that took so long.
    pub fn see(&mut self, view: &View, me: &Instance, terms: &Terms, sent: Duration, now: Duration) -> Vec<Silent> {
        let gap = terms.ttl / 2;
        if self.last.is_some_and(|last| now.saturating_sub(last) > gap) || now.saturating_sub(sent) > gap {
            self.watched.clear();
        }
        self.last = Some(now);
        let mut silent = Vec::new();
        let others = view.members.iter().filter(|m| m.state.lives() && m.instance != *me);
        let mut watched = Vec::with_capacity(self.watched.len());
        for member in others {
            let before = self.watched.iter().find(|w| w.instance == member.instance && w.beat == member.beat);
            let since = before.map_or(now, |w| w.since);
            // More than anybody is granted: the database's clock went back, and says nothing of this lease.
            let out = member.lease_left.is_zero() || member.lease_left > terms.ttl;
            if out && now.saturating_sub(since) >= terms.silence() {
                silent.push(Silent { instance: member.instance.clone(), beat: member.beat });
            }
            watched.push(Watched { instance: member.instance.clone(), beat: member.beat, since });
        }
        self.watched = watched;
        self.ended.retain(|(who, _)| view.members.iter().any(|m| m.instance == *who));
        for member in view.members.iter().filter(|m| !m.state.lives()) {
            if !self.ended.iter().any(|(who, _)| *who == member.instance) {
                self.ended.push((member.instance.clone(), now));
            }
        }
        silent
    }

    /// For how long, by its own clock, it has seen that an instance is over.
    pub fn ended(&self, who: &Instance, now: Duration) -> Option<Duration> {
        self.ended.iter().find(|(ended, _)| ended == who).map(|(_, since)| now.saturating_sub(*since))
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::authority::{MemberState, NodeId};
    use autonomos_runtime::ids::IncarnationId;

    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn instance(name: &str) -> Instance {
        Instance { node: NodeId::new(name), incarnation: IncarnationId::from_uuid(uuid::Uuid::nil()) }
    }

    fn member(name: &str, beat: i64, lease_left: u64) -> Member {
        Member {
            instance: instance(name),
            address: "".into(),
            version: "".into(),
            state: MemberState::Active,
            weight: 1,
            beat,
            lease_left: ms(lease_left),
            age: ms(60_000),
            over: None,
        }
    }

    /// Sights of one other: at which moment, which beat, how much is left; who was silent at each.
    fn sights(watch: &mut Watch, sights: &[(u64, i64, u64)]) -> Vec<bool> {
        let seen = |&(at, beat, left): &(u64, i64, u64)| {
            let view = View { members: vec![member("b", beat, left)], ..View::default() };
            !watch.see(&view, &instance("a"), &Terms::default(), ms(at), ms(at)).is_empty()
        };
        sights.iter().map(seen).collect()
    }

    #[test]
    fn silence_and_a_lease_that_ran_out_are_both_needed() {
        let steady: Vec<_> = (0..8).map(|s| (s * 1000, 1, 6000_u64.saturating_sub(s * 1000))).collect();
        assert_eq!(sights(&mut Watch::default(), &steady).iter().position(|s| *s), Some(6));
        let longer: Vec<_> = (0..8).map(|s| (s * 1000, 1, 100)).collect();
        assert!(!sights(&mut Watch::default(), &longer).contains(&true), "it has something left");
        let jumped: Vec<_> = (0..8).map(|s| (s * 1000, s as i64, 0)).collect();
        assert!(
            !sights(&mut Watch::default(), &jumped).contains(&true),
            "it renews, whatever the database's clock says"
        );
    }

    #[test]
    fn a_lease_longer_than_any_that_is_granted_says_nothing() {
        let back: Vec<_> = (0..8).map(|s| (s * 1000, 1, 3_600_000)).collect();
        assert_eq!(sights(&mut Watch::default(), &back).iter().position(|s| *s), Some(6));
    }

    #[test]
    fn who_lost_the_database_watches_anew() {
        let mut watch = Watch::default();
        // Twenty seconds without the database, in which nobody could renew.
        let seen =
            sights(&mut watch, &[(0, 1, 6000), (1000, 1, 5000), (21_000, 1, 0), (22_000, 2, 6000), (23_000, 2, 5000)]);
        assert!(!seen.contains(&true), "{seen:?}");
        let dead: Vec<_> = (0..8).map(|s| (50_000 + s * 1000, 2, 0)).collect();
        assert_eq!(sights(&mut watch, &dead).iter().position(|s| *s), Some(6), "a full silence after it is back");
    }

    #[test]
    fn nobody_judges_itself_and_the_over_are_over() {
        let mut watch = Watch::default();
        let mut dead = member("b", 1, 0);
        dead.state = MemberState::Dead;
        let view = View { members: vec![member("a", 1, 0), dead], ..View::default() };
        for at in 0..10 {
            let now = ms(at * 1000);
            assert!(watch.see(&view, &instance("a"), &Terms::default(), now, now).is_empty());
        }
    }

    #[test]
    fn health_by_the_row() {
        let of = |left| health(&member("b", 1, left), &Terms::default());
        assert_eq!([of(6000), of(3000), of(2999), of(0)], [Health::Well, Health::Well, Health::Late, Health::Out]);
    }
}
