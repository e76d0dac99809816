//! A simulated process: the shell of the pure decisions. It sends what they say, keeps what is pending, and asks its lease
//! before every act, as a real one does. What it wants of the world it says as effects.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use autonomos_runtime::authority::{Instance, View};
use autonomos_runtime::ids::TenantId;

use super::dice::Dice;
use super::sabotage::Sabotage;
use super::serving::{Caller, Serving};
use super::wire::{Answer, Call, Parcel, Process, Statement};
use crate::departure::{self, Departure};
use crate::handoff::{Heard, Step};
use crate::lease::{Lease, Next, Renewal, Terms};
use crate::membership::{Silent, Watch};
use crate::routing::{Route, Routes};
use crate::sweep::{Act, Here, Rules, heirs, pause, sweep};
use crate::takeover::Starts;

/// Something that happens to it.
#[derive(Debug)]
pub enum Input {
    Timer(Timer),
    Answer(u64, Answer),
    Parcel(Parcel),
    Call(Call),
    Depart,
}

/// What it waits for.
#[derive(Clone, Copy, Debug)]
pub enum Timer {
    Start,
    Beat,
    Lapse,
    Sweep,
    GiveUp(u64),
    Opened(TenantId, u64),
    Pull(TenantId, u64, usize),
    Checkpointed(TenantId, u64),
}

/// What it wants done.
#[derive(Debug)]
pub enum Effect {
    Send(u64, Statement),
    After(Duration, Timer),
    /// To the process of an instance, or to a process.
    Hop(Instance, Parcel),
    Back(Process, Parcel),
    /// It acts as the owner, under that epoch.
    Acted(TenantId, i64),
    /// It hands over, with something in hand or not.
    HandsOver(TenantId, bool),
    /// The one outside is answered.
    Answered(Call, bool),
    /// The process ends: it was refused, or left.
    Exit,
}

/// What an answer is for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Purpose {
    Join(Duration),
    Renew(Duration),
    View(Duration),
    Act,
    Drain,
    Leave,
    Open(TenantId, u64),
    Ask(TenantId, u64),
    Transfer(TenantId, u64),
    Append(TenantId, u64, usize),
    Commit(TenantId, u64, usize),
    Abort,
    Hop(Call, u32, i64),
}

/// The world, as far as it reaches into a process.
pub struct Port<'a> {
    /// Its own clock.
    pub now: Duration,
    pub dice: &'a mut Dice,
    pub out: &'a mut Vec<Effect>,
}

/// See the module.
pub struct Node {
    pub(super) me: Instance,
    pub(super) rules: Rules,
    pub(super) terms: Terms,
    pub(super) sabotage: Sabotage,
    pub(super) lease: Option<Lease>,
    pub(super) watch: Watch,
    pub(super) routes: Routes,
    pub(super) served: BTreeMap<TenantId, Serving>,
    pub(super) running: BTreeMap<TenantId, i64>,
    pub(super) starts: Starts,
    pub(super) pending: Vec<(u64, Purpose)>,
    pub(super) tickets: u64,
    pub(super) sweeping: Option<(usize, bool)>,
    /// Until the next sweep.
    pub(super) period: Duration,
    pub(super) departure: Option<Departure>,
    /// Tenants of which something may still be on its way that was sent before they were stopped here.
    pub(super) uncertain: BTreeSet<TenantId>,
    /// Epochs under which a transfer was sent.
    pub(super) unsettled: BTreeMap<TenantId, i64>,
}

pub(super) const MS: Duration = Duration::from_millis(1);

impl Node {
    /// A process that begins.
    pub fn new(me: Instance, rules: Rules, sabotage: Sabotage) -> Self {
        let late = sabotage == Sabotage::LateSelfFence;
        let terms = if late { Terms { ttl: rules.terms.ttl * 2, ..rules.terms } } else { rules.terms };
        Self {
            me,
            rules,
            terms,
            sabotage,
            lease: None,
            watch: Watch::default(),
            routes: Routes::default(),
            served: BTreeMap::new(),
            running: BTreeMap::new(),
            starts: Starts::new(2),
            pending: Vec::new(),
            tickets: 0,
            sweeping: None,
            period: rules.period,
            departure: None,
            uncertain: BTreeSet::new(),
            unsettled: BTreeMap::new(),
        }
    }

    pub(super) fn held(&self, now: Duration) -> bool {
        self.lease.as_ref().is_some_and(|lease| lease.held(now))
    }

    pub(super) fn send(&mut self, statement: Statement, purpose: Purpose, port: &mut Port<'_>) {
        self.tickets += 1;
        self.pending.push((self.tickets, purpose));
        let patience = match purpose {
            Purpose::Join(_) | Purpose::Renew(_) | Purpose::Hop(..) => self.rules.terms.patience,
            Purpose::Append(..) | Purpose::Commit(..) | Purpose::Transfer(..) => MS * 5000,
            _ => MS * 3000,
        };
        port.out.push(Effect::Send(self.tickets, statement));
        port.out.push(Effect::After(patience, Timer::GiveUp(self.tickets)));
    }

    /// Something happened. The first thing is to see whether it may still own anything.
    pub fn on(&mut self, input: Input, port: &mut Port<'_>) {
        if !self.held(port.now) {
            self.stop_all(port);
        }
        match input {
            Input::Timer(timer) => self.on_timer(timer, port),
            Input::Answer(ticket, answer) => self.on_answer(ticket, Some(answer), port),
            Input::Parcel(Parcel::Hop(from, ticket, call)) => self.on_call(call, Caller::Hop(from, ticket), port),
            Input::Parcel(Parcel::Back(ticket, answer, done)) => self.on_back(ticket, answer, done, port),
            Input::Call(call) => self.on_call(call, Caller::Client, port),
            Input::Depart => {
                self.departure = Some(Departure::begin(port.now));
                self.send(Statement::Drain(self.me.clone()), Purpose::Drain, port);
            }
        }
    }

    /// Every tree stops; connections close behind them.
    fn stop_all(&mut self, port: &mut Port<'_>) {
        while let Some((tenant, _)) = self.served.first_key_value() {
            self.forget(*tenant, port);
        }
        self.starts.clear();
    }

    fn on_timer(&mut self, timer: Timer, port: &mut Port<'_>) {
        match timer {
            Timer::Start => self.send(Statement::Join(self.me.clone()), Purpose::Join(port.now), port),
            Timer::Beat => self.send(Statement::Renew(self.me.clone()), Purpose::Renew(port.now), port),
            Timer::Lapse => {}
            Timer::Sweep => self.look(port),
            Timer::GiveUp(ticket) => self.on_answer(ticket, None, port),
            Timer::Opened(tenant, tag) => self.on_opened(tenant, tag, port),
            Timer::Pull(tenant, tag, slot) => self.pull(tenant, tag, slot, port),
            Timer::Checkpointed(tenant, tag) => {
                if let Some(serving) = self.served.get_mut(&tenant).filter(|s| s.tag == tag) {
                    serving.standing.snapshot = serving.standing.head;
                    self.hear(tenant, &Heard::Checkpointed, port);
                }
            }
        }
    }

    fn on_answer(&mut self, ticket: u64, answer: Option<Answer>, port: &mut Port<'_>) {
        let Some(at) = self.pending.iter().position(|(t, _)| *t == ticket) else { return };
        let (_, purpose) = self.pending.swap_remove(at);
        match (purpose, answer) {
            (Purpose::Join(sent), Some(Answer::Done)) => {
                let lease = Lease::joined(self.terms, sent);
                port.out.push(Effect::After(lease.until().saturating_sub(port.now), Timer::Lapse));
                self.lease = Some(lease);
                port.out.push(Effect::After(self.rules.terms.beat, Timer::Beat));
                self.look(port);
            }
            (Purpose::Renew(sent), answer) => self.on_renewal(sent, answer.as_ref(), port),
            (Purpose::View(sent), Some(Answer::View(view))) => self.on_view(&view, sent, port),
            (Purpose::View(_), _) => self.rest(port),
            (Purpose::Act, answer) => self.on_act(answer.as_ref(), port),
            // Whether joining came to pass or not: the next start is another instance.
            (Purpose::Join(_) | Purpose::Leave, _) => port.out.push(Effect::Exit),
            (Purpose::Drain, None) => self.send(Statement::Drain(self.me.clone()), Purpose::Drain, port),
            (Purpose::Open(tenant, tag), answer) => self.on_standing(tenant, tag, answer, port),
            (Purpose::Ask(tenant, tag), answer) if self.tagged(tenant, tag) => {
                let heard = match answer {
                    Some(Answer::Row(row)) => {
                        self.learn(tenant, &row.0.holder, row.0.epoch);
                        let serving = &self.served[&tenant];
                        let mine = row.0.holder == self.me && row.0.epoch == serving.title.epoch;
                        Heard::Row { mine, wanted: row.0.wanted.map(|(node, _)| node) }
                    }
                    _ => Heard::Unanswered,
                };
                self.hear(tenant, &heard, port);
            }
            (Purpose::Transfer(tenant, tag), answer) if self.tagged(tenant, tag) => {
                let heard = match answer {
                    Some(Answer::Title(title)) => {
                        if let Some(title) = &title {
                            self.learn(title.tenant, &title.holder, title.epoch);
                        }
                        Heard::Transferred(title.is_some())
                    }
                    _ => Heard::Unanswered,
                };
                self.hear(tenant, &heard, port);
            }
            (Purpose::Append(tenant, tag, slot), answer) if self.tagged(tenant, tag) => {
                self.on_appended(tenant, slot, answer.as_ref(), port);
            }
            (Purpose::Append(..), Some(Answer::Appended(tx))) => self.send(Statement::Abort(tx), Purpose::Abort, port),
            (Purpose::Commit(tenant, tag, slot), answer) if self.tagged(tenant, tag) => {
                self.on_committed(tenant, slot, answer.as_ref(), port);
            }
            (Purpose::Hop(call, ..), _) => port.out.push(Effect::Answered(call, false)),
            _ => {}
        }
    }

    pub(super) fn learn(&mut self, tenant: TenantId, owner: &Instance, epoch: i64) {
        self.routes.learn(tenant, Route { owner: owner.clone(), epoch, address: None });
    }

    pub(super) fn tagged(&self, tenant: TenantId, tag: u64) -> bool {
        self.served.get(&tenant).is_some_and(|serving| serving.tag == tag)
    }

    fn on_renewal(&mut self, sent: Duration, answer: Option<&Answer>, port: &mut Port<'_>) {
        let renewal = match answer {
            Some(Answer::Changed(true)) => Renewal::Granted,
            Some(Answer::Changed(false)) => Renewal::Refused,
            _ => Renewal::Unanswered,
        };
        let Some(lease) = &mut self.lease else { return };
        match lease.heard(sent, renewal, port.dice.fraction()) {
            Next::Beat(after) => {
                let until = lease.until();
                port.out.push(Effect::After(after, Timer::Beat));
                if renewal == Renewal::Granted {
                    port.out.push(Effect::After(until.saturating_sub(port.now), Timer::Lapse));
                }
            }
            Next::Over => {
                self.stop_all(port);
                port.out.push(Effect::Exit);
            }
        }
    }

    fn look(&mut self, port: &mut Port<'_>) {
        if self.sweeping.is_none() {
            self.sweeping = Some((1, false));
            self.send(Statement::View, Purpose::View(port.now), port);
        }
    }

    /// Until the next sweep; at once if something changed.
    fn rest(&mut self, port: &mut Port<'_>) {
        let changed = self.sweeping.take().is_some_and(|(_, changed)| changed);
        if changed {
            self.look(port);
        } else {
            let after = self.period.mul_f64(port.dice.fraction().mul_add(0.2, 0.9));
            port.out.push(Effect::After(after, Timer::Sweep));
        }
    }

    fn on_act(&mut self, answer: Option<&Answer>, port: &mut Port<'_>) {
        let changed = match answer {
            Some(Answer::Changed(changed)) => *changed,
            Some(Answer::Titles(titles)) => !titles.is_empty(),
            Some(Answer::Title(title)) => title.is_some(),
            _ => false,
        };
        if let Some((left, any)) = &mut self.sweeping {
            (*left, *any) = (*left - 1, *any || changed);
            if *left == 0 {
                self.rest(port);
            }
        }
    }

    fn on_view(&mut self, view: &View, sent: Duration, port: &mut Port<'_>) {
        self.routes.see(view);
        let mut silent = self.watch.see(view, &self.me, &self.rules.terms, sent, port.now);
        if self.sabotage == Sabotage::NoWatch {
            let out =
                view.members.iter().filter(|m| m.state.lives() && m.lease_left.is_zero() && m.instance != self.me);
            silent = out.map(|m| Silent { instance: m.instance.clone(), beat: m.beat }).collect();
        }
        if self.lease.is_none() {
            return;
        }
        self.period = pause(view, &self.rules);
        let here = Here {
            me: &self.me,
            held: self.held(port.now),
            running: &self.running,
            unsettled: &self.unsettled,
            routes: &self.routes,
            watch: &self.watch,
        };
        let acts = sweep(view, silent, here, &self.rules, port.now);
        for tenure in &view.tenures {
            let early = |s: &&Serving| s.giving.as_ref().is_some_and(|g| g.writes() || g.step() == Step::Checkpointing);
            if let Some(serving) = self.served.get(&tenure.tenant).filter(early)
                && tenure.epoch >= serving.title.epoch
            {
                let mine = tenure.holder == self.me && tenure.epoch == serving.title.epoch;
                let wanted = tenure.wanted.as_ref().map(|(node, _)| node.clone());
                self.hear(tenure.tenant, &Heard::Row { mine, wanted }, port);
            }
        }
        self.sweeping = Some((1, false));
        for act in acts {
            self.act(act, port);
        }
        if let Some(departure) = self.departure
            && departure.next(self.served.len(), heirs(view, &self.me, &self.rules), port.now) == departure::Next::Leave
        {
            self.stop_all(port);
            self.lease = None;
            self.send(Statement::Leave(self.me.clone()), Purpose::Leave, port);
            return;
        }
        self.on_act(None, port);
    }

    fn act(&mut self, act: Act, port: &mut Port<'_>) {
        let statement = match act {
            Act::Stop(tenant) => return self.forget(tenant, port),
            Act::Start(tenant, epoch) => return self.start(tenant, epoch, port),
            Act::HandOver(title, to) => return self.hand_over(&title, to, port),
            Act::Reclaim(title) => Statement::Reclaim(title),
            Act::DeclareDead(silent) => Statement::DeclareDead(silent),
            Act::TakeOver(tenants) => Statement::TakeOver(self.me.clone(), tenants),
            Act::ClaimPlacing => Statement::ClaimPlacing(self.me.clone()),
            Act::Want(placer, tenant, epoch, node) => Statement::Want(placer, tenant, epoch, node),
            Act::TransferAnyway(placer, tenant, epoch, to) => Statement::TransferAnyway(placer, tenant, epoch, to),
        };
        if let Some((left, _)) = &mut self.sweeping {
            *left += 1;
        }
        self.send(statement, Purpose::Act, port);
    }
}
