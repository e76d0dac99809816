//! The simulated world: nodes, the database, the network between them, somebody outside who asks for things, and the plan of
//! what goes wrong. One event after the other, in virtual time; the same seed is the same world.

use std::time::Duration;

use autonomos_runtime::authority::{Instance, NodeId};
use autonomos_runtime::ids::IncarnationId;
use autonomos_runtime::supervision::Backoff;

use super::check::{Checks, process_of};
use super::dice::Dice;
use super::faults::{Fault, plan};
use super::ledger::Row;
use super::node::{Effect, Input, Node, Port};
use super::queue::Queue;
use super::sabotage::Sabotage;
use super::store::{Follows, PATIENCE, Store, tenant};
use super::wire::{Answer, Call, Parcel, Process, Sent, Statement};
use crate::sweep::Rules;

pub(super) enum Event {
    AtStore(Sent),
    AtNode(Process, Input),
    Expire(u64),
    /// The end of a process's connections is noticed.
    Disconnect(Process),
    Fault(Fault),
    Call,
    Again(Call),
    Look,
}

/// A machine, and the process on it.
pub(super) struct Machine {
    pub(super) id: NodeId,
    pub(super) life: u32,
    pub(super) node: Option<Node>,
    /// Parts of a million that its clock runs faster.
    pub(super) drift: i64,
    pub(super) paused: bool,
    /// What came while it was paused.
    pub(super) waiting: Vec<Input>,
    pub(super) cut: (bool, bool),
    pub(super) cut_at: u64,
    /// What is held up by a cut, and comes when it is mended.
    pub(super) held: Vec<Event>,
    pub(super) slow: u64,
    pub(super) alone: bool,
    pub(super) blind: bool,
    pub(super) departs: bool,
    /// Since when it could take over what others leave.
    pub(super) helps: Option<u64>,
    /// To be started again when it is gone.
    pub(super) again: bool,
}

/// See the module.
pub struct World {
    pub(super) now: u64,
    pub(super) dice: Dice,
    pub(super) queue: Queue<Event>,
    pub(super) store: Store,
    pub(super) machines: Vec<Machine>,
    pub(super) checks: Checks,
    pub(super) rules: Rules,
    pub(super) sabotage: Sabotage,
    /// The database answers, or is still, or is down, until then.
    pub(super) still: u64,
    pub(super) down: u64,
    /// When it was last unwell.
    pub(super) well: u64,
    pub(super) calm: u64,
    /// Faults under way, for the measurement of failovers.
    pub(super) faults: u64,
    pub(super) asked: u64,
    pub(super) open: Vec<(Call, bool)>,
    pub(super) spikes: u64,
    pub(super) trace: Option<Vec<String>>,
}

/// What became of a world.
#[derive(Debug)]
pub struct Outcome {
    /// What does not hold, and when (microseconds).
    pub fault: Option<(u64, String)>,
    /// What happened, if it was asked for.
    pub trace: Vec<String>,
    pub events: u64,
    pub commits: u64,
    pub takeovers: u64,
    pub deaths: u64,
    /// Microseconds from a process's end, when nothing else was wrong, to the first commit of each tenant's next owner.
    pub failovers: Vec<u64>,
}

/// A start of a node; its incarnation tells which.
pub(super) fn instance(node: &NodeId, n: usize, life: u32) -> Instance {
    let bits = (n as u128) << 64 | u128::from(life);
    Instance { node: node.clone(), incarnation: IncarnationId::from_uuid(uuid::Uuid::from_u128(bits)) }
}

/// For so long all goes well at the end.
const CALM: u64 = 24_000_000;

impl World {
    /// Of a seed; with a trace or without.
    pub fn new(seed: u64, sabotage: Sabotage, traced: bool) -> Self {
        let mut dice = Dice::new(seed);
        let (nodes, tenants) = (2 + dice.index(4), 1 + dice.index(8));
        let founder = Instance {
            node: NodeId::new("founder"),
            incarnation: IncarnationId::from_uuid(uuid::Uuid::from_u128(u128::MAX)),
        };
        let rows = (0..tenants).map(|_| Row::new(founder.clone(), dice.among(1..10) as u32)).collect();
        let mut rules = Rules::default();
        rules.proving.joined = Duration::from_millis(dice.among(500..15_000));
        rules.proving.died = Backoff::new(rules.proving.joined * 2, Duration::from_mins(10));
        let mut store = Store::new(rows, rules.terms.ttl, sabotage);
        // Half a percent either way: thirty times what a clock that is kept does.
        let drift = |dice: &mut Dice| dice.among(0..10_000) as i64 - 5_000;
        store.drift = drift(&mut dice);
        let machine = |(n, drift): (usize, i64)| Machine {
            id: NodeId::new(&format!("n{n}")),
            life: 0,
            node: None,
            drift,
            paused: false,
            waiting: Vec::new(),
            cut: (false, false),
            cut_at: 0,
            held: Vec::new(),
            slow: 0,
            alone: false,
            blind: false,
            departs: false,
            helps: None,
            again: false,
        };
        let machines = (0..nodes).map(|n| (n, drift(&mut dice))).map(machine).collect();
        let mut queue = Queue::new();
        let (faults, calm) = plan(&mut dice, nodes, tenants);
        for (at, fault) in faults {
            queue.plan(at, Event::Fault(fault));
        }
        queue.plan(0, Event::Look);
        queue.plan(3_000_000, Event::Call);
        let spikes = if dice.often(300) { 3 } else { 0 };
        let mut checks = Checks::new(nodes, tenants);
        if spikes > 0 {
            // A view that took so long that whoever judges began to watch anew.
            checks.budget += 7_000_000;
        }
        Self {
            now: 0,
            dice,
            queue,
            store,
            machines,
            checks,
            rules,
            sabotage,
            still: 0,
            down: 0,
            well: 0,
            calm,
            faults: 0,
            asked: 0,
            open: Vec::new(),
            spikes,
            trace: traced.then(Vec::new),
        }
    }

    pub(super) fn note(&mut self, what: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            let mut line = format!("{:>4}.{:06} {}", self.now / 1_000_000, self.now % 1_000_000, what());
            for (n, machine) in self.machines.iter().enumerate() {
                for life in 1..=machine.life {
                    line = line.replace(&format!("{:?}", instance(&machine.id, n, life)), &format!("n{n}/{life}"));
                }
            }
            for at in 0..self.store.rows.len() {
                line = line.replace(&format!("{:?}", tenant(at)), &format!("t{at}"));
            }
            trace.push(line);
        }
    }

    /// Until the end, or the first fault.
    pub fn run(mut self) -> Outcome {
        let end = self.calm + CALM;
        while let Some((at, event)) = self.queue.pop() {
            if at >= end || self.checks.fault.is_some() {
                break;
            }
            self.now = at;
            self.happen(event);
        }
        if self.checks.fault.is_none() {
            self.now = end;
            let unanswered = self.open.iter().filter(|(_, done)| !done).count();
            self.checks.end(&self.store.rows, self.calm, end, unanswered);
        }
        let Checks { fault, commits, takeovers, deaths, failovers, .. } = self.checks;
        let (trace, events) = (self.trace.unwrap_or_default(), self.queue.count());
        Outcome { fault, trace, events, commits, takeovers, deaths, failovers }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::AtStore(sent) => self.at_store(sent),
            Event::AtNode(process, input) => self.at_node(process, input),
            Event::Expire(_) | Event::Disconnect(_) if self.now < self.still => self.queue.plan(self.still, event),
            Event::Expire(nth) => {
                let follows = self.store.expire(nth, self.now, &mut self.checks);
                self.follow(follows);
            }
            Event::Disconnect(process) => {
                let follows = self.store.disconnect(process, self.now, &mut self.checks);
                self.follow(follows);
            }
            Event::Fault(fault) => self.fault(fault),
            Event::Call => self.call(),
            Event::Again(call) => self.ask(call),
            Event::Look => {
                let helper = self.machines.iter().filter_map(|m| m.helps).min();
                self.checks.look(&self.store.rows, self.well, helper, self.now);
                self.queue.plan(self.now + 500_000, Event::Look);
            }
        }
    }

    /// How long something takes on the way.
    fn way(&mut self, node: usize) -> u64 {
        let slow = self.machines[node].slow;
        let spike = if self.spikes > 0 && self.dice.often(self.spikes) { self.dice.among(0..3_000_000) } else { 0 };
        self.dice.among(150..2_000) + self.dice.among(0..slow * 2 + 1) + spike
    }

    fn at_store(&mut self, sent: Sent) {
        if self.now < self.still {
            return self.queue.plan(self.still, Event::AtStore(sent));
        }
        if self.now < self.down {
            return self.answer(&sent, Answer::Failed);
        }
        let quiet = matches!(sent.statement, Statement::View | Statement::Renew(_));
        let Process { node, life } = sent.from;
        let line = (self.trace.is_some() && !quiet).then(|| format!("n{node}/{life} {:?}", sent.statement));
        let follows = self.store.execute(sent, self.now, &mut self.checks);
        if let Some(line) = line {
            let answers: Vec<_> = follows.answers.iter().map(|(to, answer)| (to.from.node, answer)).collect();
            let answers = format!("{answers:?}");
            self.note(|| format!("{line} => {answers}"));
        }
        self.follow(follows);
    }

    fn follow(&mut self, follows: Follows) {
        for nth in follows.expires {
            self.queue.plan(self.now + PATIENCE, Event::Expire(nth));
        }
        for (sent, answer) in follows.answers {
            self.answer(&sent, answer);
        }
    }

    pub(super) fn answer(&mut self, sent: &Sent, answer: Answer) {
        let way = self.way(sent.from.node);
        let event = Event::AtNode(sent.from, Input::Answer(sent.ticket, answer));
        let machine = &mut self.machines[sent.from.node];
        if machine.cut.1 {
            machine.held.push(event);
        } else {
            self.queue.plan(self.now + way, event);
        }
    }

    fn at_node(&mut self, process: Process, input: Input) {
        let now = self.now;
        let machine = &mut self.machines[process.node];
        if machine.life != process.life || machine.node.is_none() {
            return;
        }
        if machine.paused {
            machine.waiting.push(input);
            return;
        }
        let mut out = Vec::new();
        let local =
            now as i64 + now as i64 / 1_000_000 * machine.drift + process.node as i64 * 1_000_000_000 + 60_000_000;
        let mut port = Port { now: Duration::from_micros(local as u64), dice: &mut self.dice, out: &mut out };
        if let Some(node) = &mut machine.node {
            node.on(input, &mut port);
        }
        for effect in out {
            self.carry_out(process, effect);
        }
    }

    fn carry_out(&mut self, process: Process, effect: Effect) {
        match effect {
            Effect::Send(ticket, statement) => {
                if self.machines[process.node].blind && !statement.is_work() {
                    return;
                }
                let way = self.way(process.node);
                let event = Event::AtStore(Sent { from: process, ticket, statement });
                let machine = &mut self.machines[process.node];
                // Connections that are open carry a statement each; without answers no other can be opened.
                let spent = machine.cut.1 && self.now - machine.cut_at > 2_000_000;
                if spent {
                    return;
                }
                if machine.cut.0 {
                    // Some of it is lost for good.
                    if self.dice.often(500) {
                        machine.held.push(event);
                    }
                } else {
                    self.queue.plan(self.now + way, event);
                }
            }
            Effect::After(delay, timer) => {
                let delay = delay.as_micros() as i64;
                let delay = delay - delay / 1_000_000 * self.machines[process.node].drift + 1;
                self.queue.plan(self.now + delay.max(1) as u64, Event::AtNode(process, Input::Timer(timer)));
            }
            Effect::Hop(to, parcel) => {
                let parcel = match parcel {
                    Parcel::Hop(_, ticket, call) => Parcel::Hop(process, ticket, call),
                    back @ Parcel::Back(..) => back,
                };
                let (node, life) = process_of(&to);
                self.between(process, Process { node, life }, parcel);
            }
            Effect::Back(to, parcel) => self.between(process, to, parcel),
            Effect::Acted(tenant, epoch) => self.checks.acted(tenant, epoch, self.now),
            Effect::HandsOver(tenant, idle) => self.checks.hands_over(tenant, idle, self.now),
            Effect::Answered(call, done) => self.answered(call, done),
            Effect::Exit => {
                self.note(|| format!("n{}/{} ends by itself", process.node, process.life));
                let departs =
                    self.machines[process.node].departs && !std::mem::take(&mut self.machines[process.node].again);
                self.end(process.node);
                self.queue.plan(self.now + 2_000, Event::Disconnect(process));
                if !departs {
                    let after = self.dice.among(100_000..1_000_000);
                    self.queue.plan(self.now + after, Event::Fault(Fault::Start(process.node)));
                }
            }
        }
    }

    fn between(&mut self, from: Process, to: Process, parcel: Parcel) {
        let reached = to.node < self.machines.len() && !self.machines[from.node].alone && !self.machines[to.node].alone;
        if reached {
            let way = self.dice.among(100..3_000);
            self.queue.plan(self.now + way, Event::AtNode(to, Input::Parcel(parcel)));
        }
    }

    /// Somebody outside asks for a mutation, of any node, until it is answered.
    fn call(&mut self) {
        self.asked += 1;
        let call = Call { tenant: tenant(self.dice.index(self.store.rows.len())), key: self.asked };
        self.open.push((call, false));
        self.ask(call);
        let next = self.now + self.dice.among(300_000..3_000_000);
        // The last ones have the time to be answered.
        if next < self.calm + CALM / 2 {
            self.queue.plan(next, Event::Call);
        }
    }

    fn ask(&mut self, call: Call) {
        if self.open.iter().any(|(open, done)| *open == call && *done) {
            return;
        }
        let up: Vec<usize> = (0..self.machines.len()).filter(|n| self.machines[*n].node.is_some()).collect();
        let node = up.get(self.dice.index(up.len())).copied().unwrap_or(0);
        let process = Process { node, life: self.machines[node].life };
        self.queue.plan(self.now + 500, Event::AtNode(process, Input::Call(call)));
        self.queue.plan(self.now + self.dice.among(1_000_000..2_000_000), Event::Again(call));
    }

    fn answered(&mut self, call: Call, done: bool) {
        if done && let Some(open) = self.open.iter_mut().find(|(open, _)| *open == call) {
            open.1 = true;
            self.checks.answered(call.tenant, call.key);
        }
    }
}
