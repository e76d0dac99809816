//! Which records of a component are one thing: the strongest pairs first, as long as nobody in between says never.
//!
//! A component is closed: no record outside is linked to one inside. Its partition is a function of the records in it, of
//! what people decided, and, where the evidence that held records together is gone, of who was together before. So it
//! does not depend on the order in which records came.
//!
//! Against chaining: two groups join only if none of their pairs is as good as impossible; and a group takes no more
//! members than it may have. What people said goes before what scores say: those they joined are not held against
//! each other, those they parted never join. Pure.

/// Members of a group that are held against those of another.
const LOOK: usize = 16;

/// A pair inside, by places.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tie {
    pub(crate) bits: f32,
    pub(crate) a: usize,
    pub(crate) b: usize,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Component {
    /// Ids of its records, oldest record first: the places stand in this order.
    pub(crate) records: Vec<u64>,
    /// Pairs that are one by their score.
    pub(crate) ties: Vec<Tie>,
    /// Pairs that people joined.
    pub(crate) together: Vec<(usize, usize)>,
    /// Pairs that people parted.
    pub(crate) apart: Vec<(usize, usize)>,
    /// The entity of each record, if it has one.
    pub(crate) entity: Vec<Option<u64>>,
}

/// What became of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Partition {
    /// The group of each record: the place of its first member.
    pub(crate) group: Vec<usize>,
    /// Ties between two groups: refused.
    pub(crate) refused: Vec<Tie>,
    /// Records that are with their entity although nothing ties them to it any more.
    pub(crate) held: Vec<usize>,
}

/// Groups of places, joined one by one.
struct Groups {
    of: Vec<usize>,
    members: Vec<Vec<usize>>,
}

impl Groups {
    fn alone(n: usize) -> Self {
        Self { of: (0..n).collect(), members: (0..n).map(|i| vec![i]).collect() }
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.of[a], self.of[b]);
        if a == b {
            return;
        }
        let (into, from) = if self.members[a].len() >= self.members[b].len() { (a, b) } else { (b, a) };
        let moved = std::mem::take(&mut self.members[from]);
        for &member in &moved {
            self.of[member] = into;
        }
        self.members[into].extend(moved);
    }

    fn same(&self, a: usize, b: usize) -> bool {
        self.of[a] == self.of[b]
    }

    fn with(&self, a: usize) -> &[usize] {
        &self.members[self.of[a]]
    }
}

impl Component {
    /// Parts it. `score` gives the bits of any two of its records, `never` is what speaks against any company, `most` the
    /// members a group may have.
    pub(crate) fn part(&self, never: f32, most: usize, mut score: impl FnMut(usize, usize) -> f32) -> Partition {
        let n = self.records.len();
        let mut ties = self.ties.clone();
        // Of equal ties the ids decide, not the ages: those depend on who came first.
        let ids = |tie: &Tie| super::index::pair(self.records[tie.a], self.records[tie.b]);
        ties.sort_by(|x, y| y.bits.total_cmp(&x.bits).then_with(|| ids(x).cmp(&ids(y))));
        ties.dedup_by(|x, y| (x.a, x.b) == (y.a, y.b));
        // Those whom scores alone joined; those who are together for whatever reason; those whom ties connect.
        let (mut natural, mut whole, mut tied) = (Groups::alone(n), Groups::alone(n), Groups::alone(n));
        for &(a, b) in &self.together {
            whole.join(a, b);
        }
        let mut refused = Vec::new();
        for tie in ties {
            tied.join(tie.a, tie.b);
            if whole.same(tie.a, tie.b) {
                natural.join(tie.a, tie.b);
                continue;
            }
            let against = |natural: &Groups, score: &mut dyn FnMut(usize, usize) -> f32| {
                let (x, y) = (self.by_id(natural.with(tie.a)), self.by_id(natural.with(tie.b)));
                x.iter().take(LOOK).any(|&i| y.iter().take(LOOK).any(|&j| score(i, j) < never))
            };
            if self.may_join(&whole, tie.a, tie.b, most) && !against(&natural, &mut score) {
                natural.join(tie.a, tie.b);
                whole.join(tie.a, tie.b);
            } else {
                refused.push(tie);
            }
        }
        let held = self.hold(&mut whole, &tied, most);
        refused.retain(|tie| !whole.same(tie.a, tie.b));
        let first = |place: usize| whole.with(place).iter().copied().min().unwrap_or(place);
        Partition { group: (0..n).map(first).collect(), refused, held }
    }

    fn may_join(&self, whole: &Groups, a: usize, b: usize, most: usize) -> bool {
        let fits = whole.with(a).len() + whole.with(b).len() <= most;
        let parted =
            |&(x, y): &(usize, usize)| (whole.same(x, a) && whole.same(y, b)) || (whole.same(x, b) && whole.same(y, a));
        fits && !self.apart.iter().any(parted)
    }

    /// Records of one entity that nothing connects any more stay together until somebody says otherwise: what held them
    /// may have been changed for reasons that have nothing to do with who they are.
    fn hold(&self, whole: &mut Groups, tied: &Groups, most: usize) -> Vec<usize> {
        let mut held = Vec::new();
        let mut anchors: Vec<(u64, Vec<usize>)> = Vec::new();
        for place in 0..self.records.len() {
            let Some(entity) = self.entity[place] else { continue };
            let Some((_, known)) = anchors.iter_mut().find(|(e, _)| *e == entity) else {
                anchors.push((entity, vec![place]));
                continue;
            };
            if known.iter().any(|&k| tied.same(k, place)) {
                continue;
            }
            let anchor = known[0];
            known.push(place);
            if whole.same(anchor, place) {
                continue;
            }
            if self.may_join(whole, anchor, place, most) {
                whole.join(anchor, place);
                held.push(place);
            }
        }
        held
    }

    fn by_id(&self, places: &[usize]) -> Vec<usize> {
        let mut out = places.to_vec();
        out.sort_unstable_by_key(|&place| self.records[place]);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: f32 = -20.0;

    fn tie(bits: f32, a: usize, b: usize) -> Tie {
        Tie { bits, a, b }
    }

    fn component(records: usize, ties: &[Tie]) -> Component {
        Component {
            records: (0..records as u64).collect(),
            ties: ties.to_vec(),
            entity: vec![None; records],
            ..Component::default()
        }
    }

    #[test]
    fn ties_join_and_their_absence_parts() {
        let found = component(4, &[tie(9.0, 0, 1), tie(5.0, 1, 2)]).part(NEVER, 100, |_, _| 0.0);
        assert_eq!(found.group, [0, 0, 0, 3]);
    }

    #[test]
    fn a_record_in_between_does_not_join_two_that_are_never_one() {
        // 0 and 2 are strangers; 1 is close to both, closer to 0.
        let score = |i: usize, j: usize| if (i.min(j), i.max(j)) == (0, 2) { -30.0 } else { 9.0 };
        let found = component(3, &[tie(5.0, 1, 2), tie(9.0, 0, 1)]).part(NEVER, 100, score);
        assert_eq!(found.group, [0, 0, 2]);
        assert_eq!(found.refused, [tie(5.0, 1, 2)]);
    }

    #[test]
    fn a_hub_takes_no_more_than_it_may_have() {
        let ties: Vec<Tie> = (1..50).map(|i| tie(50.0 - i as f32, 0, i)).collect();
        let found = component(50, &ties).part(NEVER, 10, |_, _| 0.0);
        assert_eq!(found.group.iter().filter(|g| **g == 0).count(), 10);
        assert_eq!(found.refused.len(), 40);
    }

    #[test]
    fn people_go_before_scores() {
        let mut two = component(3, &[tie(9.0, 0, 1)]);
        two.apart = vec![(0, 1)];
        two.together = vec![(0, 2)];
        let found = two.part(NEVER, 100, |_, _| -99.0);
        assert_eq!(found.group, [0, 1, 0]);
        // Whom people joined does not keep away whom scores join to one of them.
        let mut three = component(3, &[tie(9.0, 0, 2)]);
        three.together = vec![(0, 1)];
        let score = |i: usize, j: usize| if (i.min(j), i.max(j)) == (1, 2) { -99.0 } else { 9.0 };
        assert_eq!(three.part(NEVER, 100, score).group, [0, 0, 0]);
        // But parting holds for the whole company.
        three.apart = vec![(1, 2)];
        assert_eq!(three.part(NEVER, 100, score).group, [0, 0, 2]);
    }

    #[test]
    fn who_was_together_stays_when_the_evidence_is_gone() {
        let mut old = component(3, &[tie(9.0, 0, 1)]);
        old.entity = vec![Some(7), Some(7), Some(7)];
        let found = old.part(NEVER, 100, |_, _| 0.0);
        assert_eq!((found.group, found.held), (vec![0, 0, 0], vec![2]));
        old.apart = vec![(1, 2)];
        assert_eq!(old.part(NEVER, 100, |_, _| 0.0).group, [0, 0, 2], "unless people parted them");
        // Better evidence elsewhere parts by itself.
        let mut moved = component(3, &[tie(9.0, 0, 1), tie(8.0, 1, 2)]);
        moved.entity = vec![None, Some(7), Some(7)];
        let score = |i: usize, j: usize| if (i.min(j), i.max(j)) == (0, 2) { -30.0 } else { 9.0 };
        assert_eq!(moved.part(NEVER, 100, score).group, [0, 0, 2]);
    }
}
