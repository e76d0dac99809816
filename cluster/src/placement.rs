//! Pure: which tenant belongs on which node. Weighted rendezvous hashing with a cap on load.
//!
//! The guarantee: the answer depends on nothing but the nodes, their weights, the loads and who is where, so every node that
//! sees the same rows works out the same one. Whoever has a home keeps it unless the home is going or over its cap, so the
//! end of a node moves its own tenants and no others. Nobody is above the cap (a quarter over its fair share, or one tenant
//! over it where tenants are few and heavy), except by a pin or where nobody with room has proved itself. Done twice, the
//! second time changes nothing.

use autonomos_runtime::authority::NodeId;
use autonomos_runtime::ids::TenantId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// What may be given to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Anything.
    Proved,
    /// It has to prove itself: only what nobody else has room for.
    New,
    /// Nothing; it keeps what it has.
    Late,
    /// Nothing, and it keeps nothing.
    Draining,
}

/// A node that tenants may be on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Its name.
    pub node: NodeId,
    /// Its share of the load, relative to that of others; at least one.
    pub weight: u32,
    /// What may be given to it.
    pub room: Room,
}

/// A tenant to be placed; nodes are told by their index among the seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lodger {
    /// Who.
    pub tenant: TenantId,
    /// Its measured work.
    pub load: u32,
    /// Where it is.
    pub home: Option<usize>,
    /// Where an operator wants it.
    pub pinned: Option<usize>,
}

/// How much a tenant likes a node: of two nodes that are there, the relation never changes.
fn liking(tenant: TenantId, seat: &Seat) -> f64 {
    let (high, low) = tenant.as_uuid().as_u64_pair();
    let hash = xxh3_64_with_seed(seat.node.as_str().as_bytes(), high ^ low.rotate_left(32));
    let fraction = ((hash >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
    -f64::from(seat.weight.max(1)) / fraction.ln()
}

struct Board<'a> {
    seats: &'a [Seat],
    used: Vec<u64>,
    caps: Vec<u64>,
}

impl<'a> Board<'a> {
    fn new(seats: &'a [Seat], lodgers: &[Lodger]) -> Self {
        let keeps = |seat: &Seat| if seat.room == Room::Draining { 0 } else { u64::from(seat.weight.max(1)) };
        let weights: u64 = seats.iter().map(keeps).sum();
        let total: u64 = lodgers.iter().map(|l| u64::from(l.load)).sum();
        let heaviest = lodgers.iter().map(|l| u64::from(l.load)).max().unwrap_or(0);
        let cap = |seat: &Seat| {
            let fair = (total * keeps(seat)).div_ceil(weights.max(1));
            (fair + fair / 4).max(fair + heaviest)
        };
        Self { seats, used: vec![0; seats.len()], caps: seats.iter().map(cap).collect() }
    }

    fn fits(&self, at: usize, load: u32) -> bool {
        self.used[at] + u64::from(load) <= self.caps[at]
    }

    /// The seat of such a room that the tenant likes most, of those with room under the cap; or the emptiest of them.
    fn best(&self, lodger: &Lodger, room: Room, capped: bool) -> Option<usize> {
        let seats = self.seats.iter().enumerate().filter(|(at, s)| s.room == room && Some(*at) != lodger.home);
        if capped {
            seats
                .filter(|(at, _)| self.fits(*at, lodger.load))
                .map(|(at, seat)| (at, liking(lodger.tenant, seat)))
                .max_by(|(a, x), (b, y)| x.total_cmp(y).then_with(|| self.seats[*b].node.cmp(&self.seats[*a].node)))
                .map(|(at, _)| at)
        } else {
            let fullness = |at: usize| self.used[at] * 1024 / u64::from(self.seats[at].weight.max(1));
            seats.map(|(at, _)| at).min_by(|a, b| {
                fullness(*a).cmp(&fullness(*b)).then_with(|| self.seats[*a].node.cmp(&self.seats[*b].node))
            })
        }
    }

    /// Where somebody goes who has to go somewhere: rather over the cap than nowhere.
    fn anywhere(&self, lodger: &Lodger) -> Option<usize> {
        self.best(lodger, Room::Proved, true)
            .or_else(|| self.best(lodger, Room::New, true))
            .or_else(|| self.best(lodger, Room::Proved, false))
            .or_else(|| self.best(lodger, Room::New, false))
            .or_else(|| self.best(lodger, Room::Late, false))
    }
}

/// Where each tenant belongs, by index among the seats, in the order the tenants were given. None: there is nobody, or
/// (for one on a node that drains) nobody else.
pub fn place(seats: &[Seat], lodgers: &[Lodger]) -> Vec<Option<usize>> {
    let mut board = Board::new(seats, lodgers);
    let stays = |at: &usize| seats.get(*at).is_some_and(|seat| seat.room != Room::Draining);
    let mut placed: Vec<Option<usize>> =
        lodgers.iter().map(|l| l.pinned.filter(stays).or_else(|| l.home.filter(stays))).collect();
    for (lodger, at) in lodgers.iter().zip(&placed) {
        if let Some(at) = at {
            board.used[*at] += u64::from(lodger.load);
        }
    }
    // Heavy ones first: small ones fit in between.
    let mut homeless: Vec<usize> = (0..lodgers.len()).filter(|i| placed[*i].is_none()).collect();
    homeless.sort_unstable_by_key(|i| (std::cmp::Reverse(lodgers[*i].load), lodgers[*i].tenant));
    for i in homeless {
        placed[i] = board.anywhere(&lodgers[i]);
        if let Some(at) = placed[i] {
            board.used[at] += u64::from(lodgers[i].load);
        }
    }
    let mut by_name: Vec<usize> = (0..seats.len()).collect();
    by_name.sort_unstable_by(|a, b| seats[*a].node.cmp(&seats[*b].node));
    for at in by_name {
        if board.used[at] > board.caps[at] {
            shed(&mut board, lodgers, &mut placed, at);
        }
    }
    placed
}

/// Moves those away that like a seat least until it is within its cap, to where there is room.
fn shed(board: &mut Board<'_>, lodgers: &[Lodger], placed: &mut [Option<usize>], at: usize) {
    let movable = |i: &usize| placed[*i] == Some(at) && lodgers[*i].home == Some(at) && lodgers[*i].pinned.is_none();
    let mut leaving: Vec<(f64, usize)> =
        (0..lodgers.len()).filter(movable).map(|i| (liking(lodgers[i].tenant, &board.seats[at]), i)).collect();
    leaving.sort_unstable_by(|(x, i), (y, j)| x.total_cmp(y).then(lodgers[*i].tenant.cmp(&lodgers[*j].tenant)));
    for (_, i) in leaving {
        if board.used[at] <= board.caps[at] {
            return;
        }
        if let Some(to) = board.best(&lodgers[i], Room::Proved, true) {
            board.used[at] -= u64::from(lodgers[i].load);
            board.used[to] += u64::from(lodgers[i].load);
            placed[i] = Some(to);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn seat(n: usize, weight: u32, room: Room) -> Seat {
        Seat { node: NodeId::new(&format!("node-{n}")), weight, room }
    }

    fn lodger(n: usize, load: u32, home: Option<usize>) -> Lodger {
        Lodger { tenant: TenantId::from_uuid(uuid::Uuid::from_u128(n as u128 * 7919)), load, home, pinned: None }
    }

    fn settle(lodgers: &[Lodger], placed: &[Option<usize>]) -> Vec<Lodger> {
        lodgers.iter().zip(placed).map(|(l, at)| Lodger { home: *at, ..*l }).collect()
    }

    fn used(seats: usize, lodgers: &[Lodger], placed: &[Option<usize>]) -> Vec<u64> {
        (0..seats)
            .map(|at| lodgers.iter().zip(placed).filter(|(_, p)| **p == Some(at)).map(|(l, _)| u64::from(l.load)).sum())
            .collect()
    }

    fn moved(lodgers: &[Lodger], placed: &[Option<usize>]) -> usize {
        lodgers.iter().zip(placed).filter(|(l, at)| l.home != **at).count()
    }

    #[test]
    fn ten_thousand_on_three_and_a_fourth_joins() {
        let three: Vec<_> = (0..3).map(|n| seat(n, 1, Room::Proved)).collect();
        let new: Vec<_> = (0..10_000).map(|n| lodger(n, 1, None)).collect();
        let homes = settle(&new, &place(&three, &new));
        let spread = used(3, &homes, &place(&three, &homes));
        assert!(spread.iter().all(|n| (3_000..3_700).contains(n)), "{spread:?}");
        let mut four = three.clone();
        four.push(seat(3, 1, Room::New));
        assert_eq!(moved(&homes, &place(&four, &homes)), 0, "it has to prove itself");
        four[3].room = Room::Proved;
        let after = place(&four, &homes);
        let to_the_new = after.iter().filter(|at| **at == Some(3)).count();
        assert_eq!(moved(&homes, &after), to_the_new, "nobody moves but to the new one");
        assert!((500..800).contains(&to_the_new), "what is over the cap of a quarter: {to_the_new}");
    }

    #[test]
    fn weights_count_and_pins_go_before() {
        let seats = [seat(0, 1, Room::Proved), seat(1, 3, Room::Proved)];
        let mut all: Vec<_> = (0..4_000).map(|n| lodger(n, 1, None)).collect();
        let spread = used(2, &all, &place(&seats, &all));
        assert!((800..1_250).contains(&spread[0]), "{spread:?}");
        all[0] = Lodger { pinned: Some(0), load: 10_000, home: Some(1), ..all[0] };
        assert_eq!(place(&seats, &all)[0], Some(0), "over any cap");
    }

    #[test]
    fn orphans_go_somewhere_even_where_nobody_is_proved() {
        let one = [lodger(1, 5, None)];
        assert_eq!(place(&[seat(0, 1, Room::New)], &one), [Some(0)]);
        assert_eq!(place(&[seat(0, 1, Room::Late)], &one), [Some(0)]);
        assert_eq!(place(&[seat(0, 1, Room::Draining)], &one), [None]);
        assert_eq!(place(&[seat(0, 1, Room::Late), seat(1, 1, Room::New)], &one), [Some(1)]);
        let there = [lodger(1, 5, Some(0))];
        assert_eq!(place(&[seat(0, 1, Room::Late), seat(1, 1, Room::Proved)], &there), [Some(0)], "no reason to move");
    }

    const ANY: &[Room] = &[Room::Proved, Room::Proved, Room::Proved, Room::New, Room::Late, Room::Draining];
    const PROVED: &[Room] = &[Room::Proved];

    prop_compose! {
        fn town(rooms: &'static [Room])
            (seats in vec((1_u32..4, select(rooms)), 1..8), lodgers in vec((0_u32..50, 0_usize..10), 0..80)) -> (Vec<Seat>, Vec<Lodger>) {
            let seats: Vec<_> = seats.into_iter().enumerate().map(|(n, (weight, room))| seat(n, weight, room)).collect();
            let home = |at: usize| (at < seats.len()).then_some(at);
            let lodgers = lodgers.into_iter().enumerate().map(|(n, (load, at))| lodger(n, load, home(at))).collect();
            (seats, lodgers)
        }
    }

    proptest! {
        #[test]
        fn the_order_of_the_rows_does_not_matter((seats, lodgers) in town(ANY), turn in 0_usize..8) {
            let turned: Vec<Lodger> = lodgers.iter().rev().copied().collect();
            let mut straight = place(&seats, &lodgers);
            straight.reverse();
            prop_assert_eq!(&place(&seats, &turned), &straight);
            let turn = turn % seats.len();
            let mut others = seats.clone();
            others.rotate_left(turn);
            let there = |at: usize| (at + seats.len() - turn) % seats.len();
            let turned: Vec<Lodger> = turned.iter().map(|l| Lodger { home: l.home.map(there), ..*l }).collect();
            let expected: Vec<_> = straight.iter().map(|at| at.map(there)).collect();
            prop_assert_eq!(place(&others, &turned), expected);
        }

        #[test]
        fn done_twice_changes_nothing((seats, lodgers) in town(&[Room::Proved, Room::Proved, Room::Draining])) {
            let homes = settle(&lodgers, &place(&seats, &lodgers));
            let again = place(&seats, &homes);
            for (lodger, at) in homes.iter().zip(&again) {
                prop_assert!(lodger.home == *at, "{lodger:?} to {at:?}");
            }
        }

        #[test]
        fn nobody_is_above_the_cap((seats, lodgers) in town(PROVED)) {
            let placed = place(&seats, &lodgers);
            let board = Board::new(&seats, &lodgers);
            for (used, cap) in used(seats.len(), &lodgers, &placed).iter().zip(&board.caps) {
                prop_assert!(used <= cap, "{used} over {cap}");
            }
            prop_assert!(placed.iter().all(Option::is_some));
        }

        #[test]
        fn the_end_of_a_node_moves_its_own_tenants_only((seats, lodgers) in town(PROVED), gone in 0_usize..8) {
            let gone = gone % seats.len();
            let homes = settle(&lodgers, &place(&seats, &lodgers));
            let left: Vec<Seat> = seats.iter().enumerate().filter(|(at, _)| *at != gone).map(|(_, s)| s.clone()).collect();
            let there = |at: usize| match at.cmp(&gone) {
                std::cmp::Ordering::Less => Some(at),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(at - 1),
            };
            let orphaned: Vec<Lodger> = homes.iter().map(|l| Lodger { home: l.home.and_then(there), ..*l }).collect();
            for (lodger, at) in orphaned.iter().zip(place(&left, &orphaned)) {
                prop_assert!(lodger.home.is_none() || lodger.home == at);
                prop_assert!(at.is_some() || left.is_empty());
            }
        }
    }
}
