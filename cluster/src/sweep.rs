//! Pure: what a node does about the rows it just read: once a second, and at once after it changed some.
//!
//! Everything follows from the rows and from what runs here; nothing is remembered between two sweeps but who was watched.
//! So a statement that was lost, refused or overtaken needs no care: the next rows say what is left to do. Rows of a lower
//! epoch than what runs here, or than what is known of a tenant, are older than that, and are not believed: a view that took
//! long must not bring back what was handed over meanwhile.
//!
//! A node that does not hold its lease does nothing at all.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use autonomos_runtime::authority::{Instance, Member, MemberState, NodeId, Placer, Tenure, Title, View};
use autonomos_runtime::ids::TenantId;

use crate::departure;
use crate::lease::Terms;
use crate::membership::{Health, Silent, Watch, health};
use crate::placement::{Lodger, Room, Seat, place};
use crate::proving::Proving;
use crate::routing::Routes;
use crate::takeover;

/// The figures that all of this goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Of leases.
    pub terms: Terms,
    /// Of nodes that joined.
    pub proving: Proving,
    /// So many tenants move at a time for the sake of balance: at most, and of a hundred.
    pub moving: usize,
    /// See `moving`.
    pub moving_percent: usize,
    /// Tenants of the dead that were not taken for so long by the node they belong on are taken by whoever sees them: a node
    /// whose lease is renewed may be stuck all the same.
    pub leftover: Duration,
    /// A move that takes longer is made without the owner.
    pub patience: Duration,
    /// Between two sweeps.
    pub period: Duration,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            terms: Terms::default(),
            proving: Proving::default(),
            moving: 20,
            moving_percent: 10,
            leftover: Duration::from_secs(3),
            patience: Duration::from_secs(12),
            period: Duration::from_secs(1),
        }
    }
}

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// A tree runs here under a title that the rows do not name any more: stop it.
    Stop(TenantId),
    /// The rows name this node and nothing runs: start it under that epoch.
    Start(TenantId, i64),
    /// The rows name this node under a title that it handed over, as far as it knows: take a new one before anything starts.
    /// See [`autonomos_runtime::authority::Authority::reclaim`].
    Reclaim(Title),
    /// A tenant that runs here is wanted elsewhere: hand it over, if that is not under way.
    HandOver(Title, NodeId),
    /// See [`autonomos_runtime::authority::Authority::declare_dead`].
    DeclareDead(Silent),
    /// See [`autonomos_runtime::authority::Authority::take_over`].
    TakeOver(Vec<TenantId>),
    /// See [`autonomos_runtime::authority::Authority::claim_placing`].
    ClaimPlacing,
    /// See [`autonomos_runtime::authority::Authority::want`].
    Want(Placer, TenantId, i64, Option<NodeId>),
    /// See [`autonomos_runtime::authority::Authority::transfer_anyway`].
    TransferAnyway(Placer, TenantId, i64, NodeId),
}

/// The node that sweeps.
#[derive(Clone, Copy)]
pub struct Here<'a> {
    /// Who it is.
    pub me: &'a Instance,
    /// Whether it holds its lease at this moment.
    pub held: bool,
    /// What runs here, or is being started, under which epoch.
    pub running: &'a BTreeMap<TenantId, i64>,
    /// Epochs under which tenants were handed over, the answer not known or against what the rows say.
    pub unsettled: &'a BTreeMap<TenantId, i64>,
    /// Whose tenants are, as far as it knows.
    pub routes: &'a Routes,
    /// Who it has watched, the view that is swept included.
    pub watch: &'a Watch,
}

/// The rows, sorted out.
struct Town<'a> {
    view: &'a View,
    seats: Vec<Seat>,
    /// Who sits there.
    sitting: Vec<&'a Member>,
}

impl<'a> Town<'a> {
    /// The youngest start of each node that lives and whose lease has not run out.
    fn new(view: &'a View, rules: &Rules) -> Self {
        let mut sitting: Vec<&Member> = Vec::new();
        for member in view.members.iter().filter(|m| health(m, &rules.terms) != Health::Out) {
            match sitting.iter_mut().find(|other| other.instance.node == member.instance.node) {
                Some(other) if other.age > member.age => *other = member,
                Some(_) => {}
                None => sitting.push(member),
            }
        }
        let room = |member: &Member| {
            if member.state == MemberState::Draining {
                Room::Draining
            } else if health(member, &rules.terms) == Health::Late {
                Room::Late
            } else if rules.proving.proved(view, member) {
                Room::Proved
            } else {
                Room::New
            }
        };
        let seat = |m: &&Member| Seat { node: m.instance.node.clone(), weight: m.weight, room: room(m) };
        Self { view, seats: sitting.iter().map(seat).collect(), sitting }
    }

    fn at(&self, node: &NodeId) -> Option<usize> {
        self.seats.iter().position(|seat| seat.node == *node)
    }

    /// Whether an instance is over, or so long gone that its row is.
    fn over(&self, who: &Instance) -> bool {
        self.view.members.iter().find(|m| m.instance == *who).is_none_or(|m| !m.state.lives())
    }

    /// Whether a tenant may be brought to a node.
    fn receives(&self, node: &NodeId) -> bool {
        self.at(node).is_some_and(|at| self.seats[at].room != Room::Draining)
    }

    /// The tenants that have to be placed, and where each belongs. Those whose owner neither sits here nor is over are left
    /// out: they are waited for.
    fn placed(&self) -> Vec<(&'a Tenure, Lodger, Option<usize>)> {
        let lodger = |tenure: &Tenure| {
            let sits = self.sitting.iter().position(|m| m.instance == tenure.holder);
            if sits.is_none() && !self.over(&tenure.holder) {
                return None;
            }
            // Where it is on its way to counts, or it would be sent there twice.
            let heading =
                tenure.wanted.as_ref().filter(|(node, _)| self.receives(node)).and_then(|(node, _)| self.at(node));
            let home = sits.map(|at| heading.unwrap_or(at));
            let pinned = tenure.pinned.as_ref().and_then(|node| self.at(node));
            Some(Lodger { tenant: tenure.tenant, load: tenure.load, home, pinned })
        };
        let (tenures, lodgers): (Vec<_>, Vec<_>) =
            self.view.tenures.iter().filter_map(|t| Some((t, lodger(t)?))).unzip();
        let placed = place(&self.seats, &lodgers);
        tenures.into_iter().zip(lodgers).zip(placed).map(|((tenure, lodger), at)| (tenure, lodger, at)).collect()
    }
}

/// See the module. `silent` is what [`crate::membership::Watch::see`] said of the same view.
pub fn sweep(view: &View, silent: Vec<Silent>, here: Here<'_>, rules: &Rules, now: Duration) -> Vec<Act> {
    let living = view.members.iter().find(|m| m.instance == *here.me).filter(|m| m.state.lives());
    let (Some(me), true) = (living, here.held) else { return Vec::new() };
    let town = Town::new(view, rules);
    let mut acts = own(&town, here);
    acts.extend(silent.into_iter().map(Act::DeclareDead));
    let orphans = view.tenures.iter().any(|t| town.over(&t.holder));
    let placer = view.placer.as_ref();
    let places = placer.is_some_and(|p| p.holder == *here.me);
    let placed = if orphans || places { town.placed() } else { Vec::new() };
    if me.state == MemberState::Active {
        // By its own clock; or so long ago that the row of the owner is gone.
        let left = |t: &Tenure| here.watch.ended(&t.holder, now).is_none_or(|since| since >= rules.leftover);
        let belongs = |at: &Option<usize>| at.is_some_and(|at| town.seats[at].node == here.me.node);
        let mine = placed.iter().filter(|(t, _, at)| town.over(&t.holder) && (belongs(at) || left(t)));
        acts.extend(takeover::batches(mine.map(|(t, ..)| *t)).into_iter().map(Act::TakeOver));
        if placer.is_none_or(|p| town.over(&p.holder)) {
            acts.push(Act::ClaimPlacing);
        }
    }
    if let Some(placer) = placer.filter(|_| places) {
        moves(&town, placer, &placed, rules, &mut acts);
    }
    acts
}

/// What the rows say of the tenants that run here, or should.
fn own(town: &Town<'_>, here: Here<'_>) -> Vec<Act> {
    let (mut stops, mut starts, mut handing) = (Vec::new(), Vec::new(), Vec::new());
    let current = |t: &&Tenure| here.routes.get(t.tenant).is_none_or(|known| known.epoch <= t.epoch);
    for tenure in town.view.tenures.iter().filter(current) {
        let runs = here.running.get(&tenure.tenant).copied();
        let mine = tenure.holder == *here.me;
        match runs {
            // Older than what runs.
            Some(epoch) if tenure.epoch < epoch => {}
            Some(epoch) if mine && tenure.epoch == epoch => {
                let elsewhere = tenure.wanted.iter().map(|(node, _)| node);
                handing.extend(elsewhere.filter(|node| **node != here.me.node && town.receives(node)).map(|node| {
                    let title = Title { tenant: tenure.tenant, holder: here.me.clone(), epoch };
                    Act::HandOver(title, node.clone())
                }));
            }
            Some(_) => stops.push(Act::Stop(tenure.tenant)),
            None if mine && here.unsettled.get(&tenure.tenant) == Some(&tenure.epoch) => {
                let title = Title { tenant: tenure.tenant, holder: here.me.clone(), epoch: tenure.epoch };
                starts.push((tenure.idle, Act::Reclaim(title)));
            }
            None if mine => starts.push((tenure.idle, Act::Start(tenure.tenant, tenure.epoch))),
            None => {}
        }
    }
    // Of a tenant that is gone, or on its way out, no row is left.
    let rows: HashSet<TenantId> = town.view.tenures.iter().map(|t| t.tenant).collect();
    stops.extend(here.running.keys().filter(|tenant| !rows.contains(tenant)).map(|tenant| Act::Stop(*tenant)));
    starts.sort_by_key(|(idle, _)| *idle);
    stops.into_iter().chain(starts.into_iter().map(|(_, start)| start)).chain(handing).collect()
}

/// What the placer writes: wishes that cannot come true are taken back, those that take too long are carried out, and new
/// ones are made as far as there is room for them.
fn moves(
    town: &Town<'_>,
    placer: &Placer,
    placed: &[(&Tenure, Lodger, Option<usize>)],
    rules: &Rules,
    acts: &mut Vec<Act>,
) {
    let (mut balancing, mut draining) = (0, 0);
    let drains = |tenure: &Tenure| {
        let seat = town.sitting.iter().position(|m| m.instance == tenure.holder);
        seat.is_some_and(|at| town.seats[at].room == Room::Draining)
    };
    for tenure in &town.view.tenures {
        let Some((node, since)) = &tenure.wanted else { continue };
        if !town.receives(node) {
            acts.push(Act::Want(placer.clone(), tenure.tenant, tenure.epoch, None));
        } else if *since > rules.patience {
            acts.push(Act::TransferAnyway(placer.clone(), tenure.tenant, tenure.epoch, node.clone()));
        } else if drains(tenure) {
            draining += 1;
        } else {
            balancing += 1;
        }
    }
    let share = (town.view.tenures.len() * rules.moving_percent / 100).clamp(1, rules.moving.max(1));
    for (tenure, lodger, at) in placed {
        let Some(to) = at.filter(|to| lodger.home.is_some() && Some(*to) != lodger.home) else { continue };
        let (count, most) = if drains(tenure) { (&mut draining, departure::AT_ONCE) } else { (&mut balancing, share) };
        if *count < most {
            *count += 1;
            let node = town.seats[to].node.clone();
            acts.push(Act::Want(placer.clone(), tenure.tenant, tenure.epoch, Some(node)));
        }
    }
}

/// How long until the rows are looked at again: not long while somebody is on the way from one node to another.
pub fn pause(view: &View, rules: &Rules) -> Duration {
    let goes = view.members.iter().any(|m| m.state == MemberState::Draining);
    let moves = goes || view.tenures.iter().any(|t| t.wanted.is_some());
    if moves { rules.period / 5 } else { rules.period }
}

/// Whether anybody else could be handed the tenants of a node that goes.
pub fn heirs(view: &View, me: &Instance, rules: &Rules) -> bool {
    let town = Town::new(view, rules);
    town.seats.iter().any(|seat| seat.node != me.node && seat.room != Room::Draining)
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::ids::IncarnationId;

    use super::*;
    use crate::routing::Route;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn who(node: &str) -> Instance {
        Instance { node: NodeId::new(node), incarnation: IncarnationId::from_uuid(uuid::Uuid::nil()) }
    }

    fn id(n: u128) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(n))
    }

    fn member(node: &str, state: MemberState) -> Member {
        let over = (!state.lives()).then_some(s(1));
        Member {
            instance: who(node),
            address: node.into(),
            version: "".into(),
            state,
            weight: 1,
            beat: 1,
            lease_left: s(5),
            age: s(3600),
            over,
        }
    }

    fn tenure(n: u128, holder: &str, epoch: i64, wanted: Option<(&str, u64)>) -> Tenure {
        let wanted = wanted.map(|(node, since)| (NodeId::new(node), s(since)));
        Tenure { tenant: id(n), holder: who(holder), epoch, wanted, pinned: None, load: 1, idle: s(0) }
    }

    /// Three nodes `a`, `b`, `c`, of which some are in another state; `a` places.
    fn view(states: &[(&str, MemberState)], tenures: Vec<Tenure>) -> View {
        let state = |node| states.iter().find(|(n, _)| *n == node).map_or(MemberState::Active, |(_, state)| *state);
        let members = ["a", "b", "c"].map(|node| member(node, state(node))).to_vec();
        View { members, tenures, placer: Some(Placer { holder: who("a"), epoch: 1 }) }
    }

    /// Who saw the rows at a moment for the first time.
    fn seen(rows: &View, at: u64) -> Watch {
        let mut watch = Watch::default();
        watch.see(rows, &who("nobody"), &Terms::default(), s(at), s(at));
        watch
    }

    fn acts(view: &View, node: &str, running: &[(u128, i64)]) -> Vec<Act> {
        acts_seen(view, node, running, 101)
    }

    fn acts_seen(rows: &View, node: &str, running: &[(u128, i64)], at: u64) -> Vec<Act> {
        let running = running.iter().map(|(n, epoch)| (id(*n), *epoch)).collect();
        let here = Here {
            me: &who(node),
            held: true,
            running: &running,
            unsettled: &BTreeMap::from([(id(50), 7)]),
            routes: &Routes::default(),
            watch: &seen(rows, at),
        };
        sweep(rows, Vec::new(), here, &Rules::default(), s(101))
    }

    #[test]
    fn rows_say_what_runs_and_older_rows_are_not_believed() {
        let rows = view(&[], vec![tenure(1, "b", 3, None), tenure(2, "c", 4, None), tenure(3, "b", 1, None)]);
        assert_eq!(acts(&rows, "b", &[(2, 3), (3, 2)]), [Act::Stop(id(2)), Act::Start(id(1), 3)]);
        assert_eq!(acts(&rows, "b", &[(1, 2), (3, 1)]), [Act::Stop(id(1))], "an epoch of its own is another start");
        let gone = acts(&rows, "b", &[(1, 3), (3, 1), (9, 1)]);
        assert_eq!(gone, [Act::Stop(id(9))], "a tenant without a row is gone");
    }

    #[test]
    fn a_title_that_may_still_be_handed_over_is_not_served_again() {
        let title = Title { tenant: id(50), holder: who("b"), epoch: 7 };
        assert_eq!(acts(&view(&[], vec![tenure(50, "b", 7, None)]), "b", &[]), [Act::Reclaim(title)]);
        assert_eq!(acts(&view(&[], vec![tenure(50, "b", 8, None)]), "b", &[]), [Act::Start(id(50), 8)]);
        assert!(acts(&view(&[], vec![tenure(50, "c", 8, None)]), "b", &[]).is_empty());
    }

    #[test]
    fn a_view_that_took_long_brings_nothing_back() {
        let (me, running) = (who("b"), BTreeMap::new());
        let mut routes = Routes::default();
        routes.learn(id(1), Route { owner: who("c"), epoch: 4, address: None });
        let watch = Watch::default();
        let here = Here { me: &me, held: true, running: &running, unsettled: &running, routes: &routes, watch: &watch };
        let started =
            |epoch| sweep(&view(&[], vec![tenure(1, "b", epoch, None)]), Vec::new(), here, &Rules::default(), s(101));
        assert!(started(3).is_empty(), "it was handed over under four");
        assert_eq!(started(5), [Act::Start(id(1), 5)], "and came back");
    }

    #[test]
    fn without_a_lease_or_a_row_nothing_is_done() {
        let rows = view(&[("b", MemberState::Dead)], vec![tenure(1, "b", 3, None)]);
        assert!(acts(&rows, "b", &[]).is_empty());
        let (me, running) = (who("c"), BTreeMap::new());
        let (routes, watch) = (Routes::default(), seen(&rows, 101));
        let here =
            Here { me: &me, held: false, running: &running, unsettled: &running, routes: &routes, watch: &watch };
        assert!(sweep(&rows, Vec::new(), here, &Rules::default(), s(101)).is_empty());
    }

    #[test]
    fn each_takes_its_own_of_the_dead_and_all_are_taken() {
        let rows = view(&[("b", MemberState::Left)], (0..100).map(|n| tenure(n, "b", 1, None)).collect());
        let taken = |node| {
            acts(&rows, node, &[]).into_iter().filter_map(|act| if let Act::TakeOver(t) = act { Some(t) } else { None })
        };
        let (a, c): (Vec<_>, Vec<_>) = (taken("a").flatten().collect(), taken("c").flatten().collect());
        assert_eq!(a.len() + c.len(), 100);
        assert!(a.iter().all(|t| !c.contains(t)) && a.len() > 30 && c.len() > 30);
        assert!(
            acts(&view(&[("b", MemberState::Dead), ("a", MemberState::Dead)], Vec::new()), "c", &[])
                .contains(&Act::ClaimPlacing)
        );
    }

    #[test]
    fn what_is_left_over_is_taken_by_whoever_sees_it() {
        let rows = view(&[("b", MemberState::Dead)], (0..10).map(|n| tenure(n, "b", 1, None)).collect());
        let taken = |node| {
            let acts = acts_seen(&rows, node, &[], 98);
            acts.iter().map(|act| if let Act::TakeOver(t) = act { t.len() } else { 0 }).sum::<usize>()
        };
        assert_eq!((taken("a"), taken("c")), (10, 10), "the statement lets one of them through");
    }

    #[test]
    fn the_placer_empties_a_node_that_drains_so_many_at_a_time() {
        let rows = view(&[("b", MemberState::Draining)], (0..100).map(|n| tenure(n, "b", 1, None)).collect());
        let wants = acts(&rows, "a", &[]);
        assert_eq!(wants.len(), departure::AT_ONCE);
        assert!(wants.iter().all(|act| matches!(act, Act::Want(_, _, 1, Some(node)) if node.as_str() != "b")));
        assert!(acts(&rows, "c", &[]).is_empty(), "it does not place");
    }

    #[test]
    fn who_is_on_the_move_is_looked_at_more_often() {
        let rules = Rules::default();
        let still = view(&[("b", MemberState::Dead)], vec![tenure(1, "a", 3, None)]);
        assert_eq!(pause(&still, &rules), rules.period);
        let wanted = view(&[], vec![tenure(1, "a", 3, Some(("c", 0)))]);
        let drains = view(&[("b", MemberState::Draining)], Vec::new());
        assert!([wanted, drains].iter().all(|view| pause(view, &rules) == rules.period / 5));
    }

    #[test]
    fn wishes_are_carried_out_taken_back_or_overtaken() {
        let wanted = |to, since| vec![tenure(1, "b", 3, Some((to, since)))];
        let title = Title { tenant: id(1), holder: who("b"), epoch: 3 };
        let placer = Placer { holder: who("a"), epoch: 1 };
        assert_eq!(acts(&view(&[], wanted("c", 1)), "b", &[(1, 3)]), [Act::HandOver(title, NodeId::new("c"))]);
        assert!(acts(&view(&[], wanted("c", 1)), "a", &[]).is_empty(), "it is under way");
        let gone = view(&[("c", MemberState::Dead)], wanted("c", 1));
        assert_eq!(acts(&gone, "a", &[]), [Act::Want(placer.clone(), id(1), 3, None)]);
        assert!(acts(&gone, "b", &[(1, 3)]).is_empty());
        let late = view(&[], wanted("c", 13));
        assert_eq!(acts(&late, "a", &[]), [Act::TransferAnyway(placer, id(1), 3, NodeId::new("c"))]);
    }
}
