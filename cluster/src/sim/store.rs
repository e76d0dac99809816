//! The simulated database: the rows of the authority and the ledgers, with the transactional semantics that the design
//! relies on and no others. Each statement is atomic when it arrives; `for share` on an owner row holds back whoever wants to
//! change it (a takeover skips the row, a transfer waits for it); the tenant's counter admits one writer at a time; a wait
//! for a lock, and a transaction that nobody goes on with, end after two seconds.
//!
//! It keeps what was committed whatever is done to it; open transactions do not survive its restart.

use std::time::Duration;

use autonomos_runtime::authority::{Instance, Member, MemberState, NodeId, Placer, Tenure, Title, View};
use autonomos_runtime::ids::TenantId;

use super::check::Checks;
use super::ledger::{Cause, Row, Write};
use super::sabotage::Sabotage;
use super::wire::{Answer, Process, Sent, Statement};
use crate::fence::{Fence, judge};

/// `lock_timeout` and `idle_in_transaction_session_timeout`.
pub const PATIENCE: u64 = 2_000_000;

#[derive(Debug)]
pub(super) struct MemberRow {
    instance: Instance,
    state: MemberState,
    lease_until: i64,
    joined: i64,
    over: Option<i64>,
}

#[derive(Debug)]
pub(super) struct Tx {
    pub(super) id: u64,
    pub(super) owner: Process,
    pub(super) at: usize,
    pub(super) title: Title,
    pub(super) write: Write,
    /// Waits for the counter.
    pub(super) waits: bool,
}

pub(super) struct Parked {
    pub(super) nth: u64,
    pub(super) sent: Sent,
    pub(super) tx: Option<u64>,
}

/// See the module.
pub struct Store {
    pub(super) members: Vec<MemberRow>,
    pub(super) rows: Vec<Row>,
    pub(super) placer: Option<Placer>,
    pub(super) open: Vec<Tx>,
    pub(super) parked: Vec<Parked>,
    pub(super) count: u64,
    pub(super) ttl: i64,
    pub(super) sabotage: Sabotage,
    /// How much its clock is ahead, and how fast it runs, in parts of a million.
    pub(super) ahead: i64,
    pub(super) drift: i64,
}

/// What follows from a statement besides its answer.
#[derive(Default)]
pub struct Follows {
    /// Answers, to it and to those that waited.
    pub answers: Vec<(Sent, Answer)>,
    /// A wait or a transaction began that ends by itself: its number.
    pub expires: Vec<u64>,
}

/// A tenant's index, which is its id.
pub fn index(tenant: TenantId) -> usize {
    tenant.as_uuid().as_u128() as usize
}

/// The tenant of an index.
pub fn tenant(at: usize) -> TenantId {
    TenantId::from_uuid(uuid::Uuid::from_u128(at as u128))
}

fn span(micros: i64) -> Duration {
    Duration::from_micros(micros.max(0) as u64)
}

impl Store {
    pub fn new(rows: Vec<Row>, ttl: Duration, sabotage: Sabotage) -> Self {
        let ttl = ttl.as_micros() as i64;
        let (members, placer, open, parked) = (Vec::new(), None, Vec::new(), Vec::new());
        Self { members, rows, placer, open, parked, count: 0, ttl, sabotage, ahead: 0, drift: 0 }
    }

    /// Its own clock.
    pub(super) fn clock(&self, now: u64) -> i64 {
        let now = now as i64;
        now + now / 1_000_000 * self.drift + self.ahead
    }

    fn member(&mut self, who: &Instance) -> Option<&mut MemberRow> {
        self.members.iter_mut().find(|m| m.instance == *who)
    }

    /// Whether an instance can own tenants.
    pub fn lives(&self, who: &Instance) -> bool {
        self.members.iter().any(|m| m.instance == *who && m.state.lives())
    }

    /// The youngest active start of a node.
    fn active(&self, node: &NodeId) -> Option<Instance> {
        let active = |m: &&MemberRow| m.instance.node == *node && m.state == MemberState::Active;
        self.members.iter().rfind(active).map(|m| m.instance.clone())
    }

    fn places(&self, placer: &Placer) -> bool {
        self.placer.as_ref() == Some(placer)
    }

    /// A statement arrived.
    pub fn execute(&mut self, sent: Sent, now: u64, checks: &mut Checks) -> Follows {
        let mut follows = Follows::default();
        if let Some(answer) = self.answer(&sent, None, now, &mut follows, checks) {
            follows.answers.push((sent, answer));
        }
        self.wake(now, &mut follows, checks);
        follows
    }

    /// Those that waited try again, in order.
    pub(super) fn wake(&mut self, now: u64, follows: &mut Follows, checks: &mut Checks) {
        let mut at = 0;
        while at < self.parked.len() {
            let (sent, tx, nth) = (self.parked[at].sent.clone(), self.parked[at].tx, self.parked[at].nth);
            let before = self.parked.len();
            match self.answer(&sent, tx.or(Some(0)), now, follows, checks) {
                Some(answer) => {
                    self.parked.retain(|parked| parked.nth != nth);
                    follows.answers.push((sent, answer));
                    at = 0;
                }
                None if self.parked.len() != before => at = 0,
                None => at += 1,
            }
        }
    }

    /// Parks a statement that was not parked before.
    pub(super) fn park(
        &mut self,
        sent: &Sent,
        tx: Option<u64>,
        again: Option<u64>,
        follows: &mut Follows,
    ) -> Option<Answer> {
        if again.is_none() {
            self.count += 1;
            self.parked.push(Parked { nth: self.count, sent: sent.clone(), tx });
            follows.expires.push(self.count);
        }
        None
    }

    /// Answers a statement, unless it has to wait. `again`: it waited before, with that transaction if with any.
    fn answer(
        &mut self,
        sent: &Sent,
        again: Option<u64>,
        now: u64,
        follows: &mut Follows,
        checks: &mut Checks,
    ) -> Option<Answer> {
        let clock = self.clock(now);
        Some(match &sent.statement {
            Statement::Join(me) => {
                let (lease_until, instance) = (clock + self.ttl, me.clone());
                self.members.push(MemberRow {
                    instance,
                    state: MemberState::Active,
                    lease_until,
                    joined: clock,
                    over: None,
                });
                checks.changed();
                Answer::Done
            }
            Statement::Renew(me) => {
                let (ttl, dead) = (self.ttl, self.sabotage == Sabotage::DeadRenew);
                let found = self.member(me).filter(|m| m.state.lives() || dead);
                if let Some(member) = found {
                    if !member.state.lives() {
                        checks.fault(now, || format!("{me:?} renewed although it was over"));
                    }
                    member.lease_until = clock + ttl;
                    checks.renewed(me, now);
                    Answer::Changed(true)
                } else {
                    Answer::Changed(false)
                }
            }
            Statement::Drain(me) => {
                checks.changed();
                let found = self.member(me).filter(|m| m.state.lives());
                Answer::Changed(found.map(|m| m.state = MemberState::Draining).is_some())
            }
            Statement::Leave(who) => {
                checks.changed();
                if let Some(member) = self.member(who).filter(|m| m.state.lives()) {
                    (member.state, member.over) = (MemberState::Left, Some(clock));
                }
                Answer::Done
            }
            Statement::View => Answer::View(Box::new(self.view(clock))),
            Statement::DeclareDead(silent) => {
                let (ttl, blind) = (self.ttl, self.sabotage == Sabotage::DeathWithoutCas);
                let guard = |m: &MemberRow| {
                    m.lease_until == silent.beat && (m.lease_until < clock || m.lease_until > clock + ttl)
                };
                let found = self.member(&silent.instance).filter(|m| m.state.lives() && (blind || guard(m)));
                let dead = found.map(|m| (m.state, m.over) = (MemberState::Dead, Some(clock))).is_some();
                if dead {
                    checks.died(&silent.instance, now);
                }
                Answer::Changed(dead)
            }
            Statement::TakeOver(me, tenants) => Answer::Titles(self.take_over(me, tenants, now, checks)),
            Statement::ClaimPlacing(me) => {
                let free = self.placer.as_ref().is_none_or(|p| !self.lives(&p.holder));
                let may = free && self.active(&me.node).as_ref() == Some(me);
                if may {
                    let epoch = self.placer.as_ref().map_or(0, |p| p.epoch) + 1;
                    self.placer = Some(Placer { holder: me.clone(), epoch });
                }
                Answer::Changed(may)
            }
            Statement::Want(placer, tenant, epoch, node) => {
                let may = self.places(placer);
                let row = &mut self.rows[index(*tenant)];
                let may = may && row.epoch == *epoch;
                if may {
                    row.wanted = node.clone().map(|node| (node, clock));
                }
                Answer::Changed(may)
            }
            Statement::Transfer(title, to, snapshot, certain) => {
                let (active, row) = (self.active(to), &self.rows[index(title.tenant)]);
                let wanted = row.wanted.as_ref().is_some_and(|(node, _)| node == to);
                let holds = judge(title, &row.holder, row.epoch) == Fence::Holds && wanted;
                let Some(active) = active.filter(|_| holds) else { return Some(Answer::Title(None)) };
                if !row.shared.is_empty() {
                    return self.park(sent, None, again, follows);
                }
                let row = &mut self.rows[index(title.tenant)];
                row.standing.snapshot = row.standing.snapshot.max(*snapshot);
                if *certain && row.standing.snapshot < row.standing.head {
                    checks.fault(now, || format!("{} was handed over with views that are not written", title.tenant));
                }
                Answer::Title(Some(self.grant(title.tenant, active, Cause::Transfer, now, checks)))
            }
            Statement::Reclaim(title) => {
                let row = &self.rows[index(title.tenant)];
                if judge(title, &row.holder, row.epoch) != Fence::Holds {
                    return Some(Answer::Title(None));
                }
                if !row.shared.is_empty() {
                    return self.park(sent, None, again, follows);
                }
                Answer::Title(Some(self.grant(title.tenant, title.holder.clone(), Cause::Reclaim, now, checks)))
            }
            Statement::TransferAnyway(placer, tenant, epoch, to) => {
                let (active, row) = (self.active(to), &self.rows[index(*tenant)]);
                let wanted = row.wanted.as_ref().is_some_and(|(node, _)| node == to);
                let holds = self.places(placer) && row.epoch == *epoch && wanted;
                let Some(active) = active.filter(|_| holds) else { return Some(Answer::Title(None)) };
                if !row.shared.is_empty() {
                    return self.park(sent, None, again, follows);
                }
                Answer::Title(Some(self.grant(*tenant, active, Cause::Anyway, now, checks)))
            }
            Statement::Read(tenant) => {
                let at = index(*tenant);
                Answer::Row(Box::new((self.tenure(at, clock), self.rows[at].standing)))
            }
            Statement::Append(title, write) => return self.append(sent, title, *write, again, follows),
            Statement::Once(title, write) => match self.append(sent, title, *write, again, follows)? {
                Answer::Appended(id) => {
                    follows.expires.retain(|nth| *nth != id);
                    self.commit(id, now, checks)
                }
                other => other,
            },
            Statement::Commit(id) => self.commit(*id, now, checks),
            Statement::Abort(id) => {
                self.end(*id);
                Answer::Done
            }
        })
    }

    fn grant(&mut self, tenant: TenantId, to: Instance, cause: Cause, now: u64, checks: &mut Checks) -> Title {
        let row = &mut self.rows[index(tenant)];
        let stays = cause == Cause::Takeover && self.sabotage == Sabotage::EpochStays;
        let epoch = row.epoch + i64::from(!stays);
        row.grant(to.clone(), epoch, cause);
        checks.granted(tenant, &to, epoch, cause, now);
        Title { tenant, holder: to, epoch }
    }

    fn take_over(&mut self, me: &Instance, tenants: &[TenantId], now: u64, checks: &mut Checks) -> Vec<Title> {
        let active = self.members.iter().any(|m| m.instance == *me && m.state == MemberState::Active);
        let free = |row: &Row| !self.lives(&row.holder) && row.shared.is_empty();
        let taken: Vec<TenantId> = tenants.iter().copied().filter(|t| active && free(&self.rows[index(*t)])).collect();
        taken.into_iter().map(|tenant| self.grant(tenant, me.clone(), Cause::Takeover, now, checks)).collect()
    }

    fn tenure(&self, at: usize, clock: i64) -> Tenure {
        let row = &self.rows[at];
        Tenure {
            tenant: tenant(at),
            holder: row.holder.clone(),
            epoch: row.epoch,
            wanted: row.wanted.as_ref().map(|(node, since)| (node.clone(), span(clock - since))),
            pinned: row.pinned.clone(),
            load: row.load,
            idle: span(clock - row.active),
        }
    }

    fn view(&self, clock: i64) -> View {
        let member = |m: &MemberRow| Member {
            instance: m.instance.clone(),
            address: "node".into(),
            version: "".into(),
            state: m.state,
            weight: 1,
            beat: m.lease_until,
            lease_left: span(m.lease_until - clock),
            age: span(clock - m.joined),
            over: m.over.map(|over| span(clock - over)),
        };
        View {
            members: self.members.iter().map(member).collect(),
            tenures: (0..self.rows.len()).map(|at| self.tenure(at, clock)).collect(),
            placer: self.placer.clone(),
        }
    }
}
