//! Pure: what this node serves, where everybody else's tenants are as far as it knows, and what is under way. Changed by the
//! director and by hand-overs, read by whoever answers requests.
//!
//! The guarantee: a tenant is served here only between the moment its row named this start of the process and the moment it
//! was stopped, handed over, or the lease lapsed; and a title that may still be handed over by a statement on its way is
//! remembered as such for as long as the process lives.
//!
//! A crash forgets all of it; the next start serves nobody until the rows say so.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use autonomos_runtime::authority::{Instance, Title, View};
use autonomos_runtime::ids::TenantId;

use crate::handoff::{Giving, Heard, Step};
use crate::routing::{Answer, Route, Routes, Way};
use crate::takeover::Starts;

/// One tenant that is served here.
#[derive(Debug)]
struct Serving {
    epoch: i64,
    giving: Option<Giving>,
    /// What the rows said of it since it was last asked.
    row: Option<Heard>,
}

/// Where a request for a tenant belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is answered here, under that ownership.
    Here(i64),
    /// One hop.
    Hop(Route),
    /// It came by a hop, and is somebody else's.
    Misdirected(Route),
    /// Nobody can answer it at this moment.
    Later,
}

/// See the module.
pub struct Board {
    me: Instance,
    routes: Routes,
    served: BTreeMap<TenantId, Serving>,
    unsettled: BTreeMap<TenantId, i64>,
    starts: Starts,
    view: Arc<View>,
}

impl Board {
    /// Nobody is served; so many trees are started at a time.
    pub fn new(me: Instance, starts_at_once: usize) -> Self {
        Self {
            me,
            routes: Routes::default(),
            served: BTreeMap::new(),
            unsettled: BTreeMap::new(),
            starts: Starts::new(starts_at_once),
            view: Arc::default(),
        }
    }

    /// The rows as they were seen last.
    pub const fn view(&self) -> &Arc<View> {
        &self.view
    }

    /// Whose tenants are, as far as is known.
    pub const fn routes(&self) -> &Routes {
        &self.routes
    }

    /// See [`crate::sweep::Here::unsettled`].
    pub const fn unsettled(&self) -> &BTreeMap<TenantId, i64> {
        &self.unsettled
    }

    /// See [`crate::sweep::Here::running`].
    pub fn running(&self) -> BTreeMap<TenantId, i64> {
        self.served.iter().map(|(tenant, serving)| (*tenant, serving.epoch)).collect()
    }

    /// How many are served.
    pub fn count(&self) -> usize {
        self.served.len()
    }

    /// Under which epoch a tenant is served here.
    pub fn epoch(&self, tenant: TenantId) -> Option<i64> {
        self.served.get(&tenant).map(|serving| serving.epoch)
    }

    /// Rows were read: whose tenants are, and what that says of those that are being handed over. Whether somebody is gone
    /// since the rows before.
    pub fn see(&mut self, view: View) -> bool {
        self.routes.see(&view);
        let there: HashSet<TenantId> = view.tenures.iter().map(|tenure| tenure.tenant).collect();
        let gone = self.view.tenures.iter().any(|tenure| !there.contains(&tenure.tenant));
        for tenure in &view.tenures {
            // Once the transfer was sent only its answer counts.
            let early = |giving: &Giving| giving.writes() || giving.step() == Step::Checkpointing;
            let serving = self.served.get_mut(&tenure.tenant);
            let Some(serving) = serving.filter(|s| s.giving.as_ref().is_some_and(early)) else { continue };
            if tenure.epoch >= serving.epoch {
                let mine = tenure.holder == self.me && tenure.epoch == serving.epoch;
                let wanted = tenure.wanted.as_ref().map(|(node, _)| node.clone());
                serving.row = Some(Heard::Row { mine, wanted });
            }
        }
        self.view = Arc::new(view);
        gone
    }

    /// Somebody told of an owner.
    pub fn learn(&mut self, tenant: TenantId, owner: &Instance, epoch: i64) {
        let address = self.view.members.iter().find(|m| m.instance == *owner).map(|m| m.address.clone());
        self.routes.learn(tenant, Route { owner: owner.clone(), epoch, address });
    }

    /// A tenant is served from now on.
    pub fn serve(&mut self, tenant: TenantId, epoch: i64) {
        self.served.insert(tenant, Serving { epoch, giving: None, row: None });
    }

    /// It is served no more. Whether it was.
    pub fn forget(&mut self, tenant: TenantId) -> bool {
        self.starts.done(tenant);
        let Some(serving) = self.served.remove(&tenant) else { return false };
        if serving.giving.as_ref().is_some_and(Giving::unsettled) {
            self.unsettled.insert(tenant, serving.epoch);
        }
        true
    }

    /// Nobody is: the lease lapsed. Whether anybody was.
    pub fn lapse(&mut self) -> bool {
        let all: Vec<TenantId> = self.served.keys().copied().collect();
        for tenant in &all {
            self.forget(*tenant);
        }
        self.starts.clear();
        !all.is_empty()
    }

    /// A tree is to be started.
    pub fn start(&mut self, tenant: TenantId) {
        if self.served.contains_key(&tenant) {
            self.starts.add(tenant, false);
        }
    }

    /// The next tree to start, and under which epoch, if there is room.
    pub fn next_start(&mut self) -> Option<(TenantId, i64)> {
        loop {
            let tenant = self.starts.take()?;
            match self.epoch(tenant) {
                Some(epoch) => return Some((tenant, epoch)),
                None => self.starts.done(tenant),
            }
        }
    }

    /// A start ended, well or not.
    pub fn started(&mut self, tenant: TenantId) {
        self.starts.done(tenant);
    }

    /// Begins to hand a tenant over, unless that is under way, or it is served otherwise. What is first.
    pub fn give(&mut self, giving: Giving) -> bool {
        let title = giving.title();
        let free = |s: &&mut Serving| s.giving.is_none() && s.epoch == title.epoch;
        let Some(serving) = self.served.get_mut(&title.tenant).filter(free) else { return false };
        self.starts.done(title.tenant);
        serving.giving = Some(giving);
        true
    }

    /// What came of a step of a hand-over; what the rows said meanwhile is heard first. Nothing if it is not under way any
    /// more.
    pub fn hear(&mut self, title: &Title, heard: &Heard) -> Option<crate::handoff::Do> {
        let serving = self.served.get_mut(&title.tenant).filter(|serving| serving.epoch == title.epoch)?;
        let giving = serving.giving.as_mut()?;
        let row = serving.row.take();
        row.and_then(|row| giving.heard(&row)).or_else(|| giving.heard(heard))
    }

    /// Where a request belongs. `holds`: whether the lease does; `changes`: whether it changes anything; `hopped`: whether it
    /// came from another node.
    pub fn place(&self, tenant: TenantId, holds: bool, changes: bool, hopped: bool) -> Place {
        let serving = self.served.get(&tenant).filter(|_| holds);
        let open = |giving: &Giving| giving.reads() && !changes;
        let here = serving.filter(|serving| serving.giving.as_ref().is_none_or(open));
        match self.routes.way(tenant, &self.me, here.is_some(), hopped) {
            Way::Here => here.map_or(Place::Later, |serving| Place::Here(serving.epoch)),
            Way::Hop(route) => Place::Hop(route),
            Way::Misdirected(Some(route)) => Place::Misdirected(route),
            // New, or on its way here or from here: it is known in a moment.
            Way::Misdirected(None) | Way::Later => Place::Later,
        }
    }

    /// See [`Routes::again`].
    pub fn again(&mut self, tenant: TenantId, nth: u32, tried: i64, answer: Answer) -> Option<Place> {
        match self.routes.again(tenant, &self.me, nth, tried, answer)? {
            Way::Hop(route) => Some(Place::Hop(route)),
            _ => Some(Place::Later),
        }
    }

    /// Whether this node is the one that sees to what is left of a tenant that nobody serves any more: the last owner known,
    /// or who places if that one is over.
    pub fn settles(&self, tenant: TenantId) -> bool {
        let lives = |who: &Instance| self.view.members.iter().any(|m| m.instance == *who && m.state.lives());
        match self.routes.get(tenant).filter(|route| lives(&route.owner)) {
            Some(route) => route.owner == self.me,
            None => self.view.placer.as_ref().is_some_and(|placer| placer.holder == self.me),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use autonomos_runtime::authority::NodeId;
    use autonomos_runtime::ids::IncarnationId;

    use super::*;
    use crate::handoff::Do;

    const TENANT: TenantId = TenantId::from_uuid(uuid::Uuid::nil());

    fn who(node: &str) -> Instance {
        Instance { node: NodeId::new(node), incarnation: IncarnationId::from_uuid(uuid::Uuid::nil()) }
    }

    fn board() -> Board {
        let mut board = Board::new(who("a"), 2);
        board.learn(TENANT, &who("a"), 3);
        board.serve(TENANT, 3);
        board
    }

    fn title() -> Title {
        Title { tenant: TENANT, holder: who("a"), epoch: 3 }
    }

    #[test]
    fn what_is_served_is_answered_here_while_the_lease_holds() {
        let mut board = board();
        assert_eq!(board.place(TENANT, true, true, false), Place::Here(3));
        assert_eq!(board.place(TENANT, false, false, false), Place::Later, "the lease lapsed");
        assert_eq!(board.place(TENANT, false, false, true), Place::Later);
        assert!(board.lapse() && !board.lapse());
        assert_eq!(board.place(TENANT, true, false, false), Place::Later);
    }

    #[test]
    fn reads_go_on_until_the_views_are_closed_and_changes_wait() {
        let mut board = board();
        let (giving, first) = Giving::begin(title(), NodeId::new("b"), Duration::ZERO);
        assert!(first == Do::Drain && board.give(giving.clone()) && !board.give(giving));
        assert_eq!(board.place(TENANT, true, false, false), Place::Here(3));
        assert_eq!(board.place(TENANT, true, true, false), Place::Later);
        assert_eq!(board.hear(&title(), &Heard::Drained), Some(Do::Checkpoint));
        assert_eq!(board.place(TENANT, true, false, false), Place::Later);
        assert_eq!(board.hear(&title(), &Heard::Checkpointed), Some(Do::Transfer));
        board.learn(TENANT, &who("b"), 4);
        assert_eq!(board.hear(&title(), &Heard::Transferred(true)), Some(Do::Close));
        board.forget(TENANT);
        assert_eq!(board.unsettled().get(&TENANT), Some(&3), "a statement of it may still be on its way");
        assert!(matches!(board.place(TENANT, true, true, true), Place::Misdirected(route) if route.epoch == 4));
        assert_eq!(board.hear(&title(), &Heard::Drained), None, "it is not under way any more");
    }

    #[test]
    fn rows_that_take_a_wish_back_are_heard_first() {
        let mut board = board();
        let (giving, _) = Giving::begin(title(), NodeId::new("b"), Duration::ZERO);
        board.give(giving);
        let serving = board.served.get_mut(&TENANT).unwrap();
        serving.row = Some(Heard::Row { mine: true, wanted: None });
        assert_eq!(board.hear(&title(), &Heard::Drained), Some(Do::Resume));
    }

    #[test]
    fn who_settles_what_is_left() {
        let mut board = board();
        assert!(!board.settles(TENANT), "this node is not even a member");
        let placer = autonomos_runtime::authority::Placer { holder: who("a"), epoch: 1 };
        assert!(!board.see(View { placer: Some(placer), ..View::default() }));
        assert!(board.settles(TENANT));
    }
}
