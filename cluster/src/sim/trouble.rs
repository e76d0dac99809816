//! What goes wrong, done to the simulated world.

use super::faults::Fault;
use super::node::{Input, Node, Timer};
use super::store::{index, tenant};
use super::wire::{Answer, Process, Sent, Statement};
use super::world::{Event, World, instance};

impl World {
    /// The process of a machine is gone.
    pub(super) fn end(&mut self, node: usize) {
        let machine = &mut self.machines[node];
        machine.node = None;
        machine.waiting.clear();
        machine.paused = false;
        self.judge(node);
    }

    /// Whether a node is able by itself, as of now.
    pub(super) fn judge(&mut self, node: usize) {
        let machine = &self.machines[node];
        let reaches = machine.node.is_some() && !machine.paused && machine.cut == (false, false);
        self.checks.reaches[node] = reaches.then_some(machine.life);
        let able = reaches && machine.slow == 0;
        let before = self.checks.able[node].filter(|(life, _)| *life == machine.life);
        self.checks.able[node] = able.then(|| before.unwrap_or((machine.life, self.now)));
        let machine = &mut self.machines[node];
        let helps = able && !machine.blind && !machine.departs;
        machine.helps = helps.then(|| machine.helps.unwrap_or(self.now));
    }

    pub(super) fn fault(&mut self, fault: Fault) {
        self.note(|| format!("----- {fault:?}"));
        match fault {
            Fault::Start(n) => return self.start(n),
            Fault::Kill(n) | Fault::Power(n) | Fault::KillSeen(n) => return self.kill(n, fault),
            Fault::Resume(n) => {
                let process = Process { node: n, life: self.machines[n].life };
                self.machines[n].paused = false;
                let mut waiting = std::mem::take(&mut self.machines[n].waiting);
                // What it reads first when it wakes is anybody's guess.
                while !waiting.is_empty() {
                    let next = waiting.swap_remove(self.dice.index(waiting.len()));
                    let at = self.now + self.dice.among(0..500);
                    self.queue.plan(at, Event::AtNode(process, next));
                }
            }
            Fault::Pause(n) => self.machines[n].paused = self.machines[n].node.is_some(),
            Fault::Cut(n, there, back) => {
                (self.machines[n].cut, self.machines[n].cut_at) = ((there, back), self.now);
            }
            Fault::Slow(n, slow) => self.machines[n].slow = slow,
            Fault::Alone(n) => self.machines[n].alone = true,
            Fault::Blind(n) => self.machines[n].blind = true,
            Fault::Heal(n) => {
                let machine = &mut self.machines[n];
                (machine.cut, machine.slow) = ((false, false), 0);
                (machine.alone, machine.blind) = (false, false);
                for event in std::mem::take(&mut machine.held) {
                    let way = self.dice.among(100..50_000);
                    self.queue.plan(self.now + way, event);
                }
            }
            Fault::Depart(n) => {
                let process = Process { node: n, life: self.machines[n].life };
                self.machines[n].departs = self.machines[n].node.is_some();
                self.queue.plan(self.now, Event::AtNode(process, Input::Depart));
            }
            Fault::Stall(lasts) => {
                self.still = self.still.max(self.now + lasts);
                self.well = self.well.max(self.still);
            }
            Fault::Down(lasts) => {
                self.down = self.down.max(self.now + lasts);
                self.well = self.well.max(self.down);
                for sent in self.store.restart() {
                    self.answer(&sent, Answer::Failed);
                }
            }
            Fault::Jump(by) => {
                if by < 0 {
                    // Leases granted before it run out late by the database's clock, by no more than one is granted for.
                    self.checks.budget += self.rules.terms.ttl.as_micros() as u64;
                }
                self.store.ahead += by;
                self.well = self.well.max(self.now);
            }
            Fault::Load(at, load) => {
                self.store.rows[index(tenant(at))].load = load;
                self.checks.changed();
            }
        }
        match fault {
            Fault::Resume(n) | Fault::Pause(n) | Fault::Cut(n, ..) | Fault::Slow(n, _) | Fault::Heal(n) => {
                self.judge(n);
            }
            Fault::Blind(n) | Fault::Depart(n) => self.judge(n),
            _ => {}
        }
        self.disturb();
    }

    pub(super) fn disturb(&mut self) {
        self.faults = self.now;
        self.checks.disturbed();
    }

    pub(super) fn start(&mut self, n: usize) {
        if self.machines[n].node.is_some() {
            self.machines[n].again = self.machines[n].departs;
            return;
        }
        let machine = &mut self.machines[n];
        machine.life += 1;
        machine.departs = false;
        let me = instance(&machine.id, n, machine.life);
        machine.node = Some(Node::new(me, self.rules, self.sabotage));
        let process = Process { node: n, life: machine.life };
        self.queue.plan(self.now, Event::AtNode(process, Input::Timer(Timer::Start)));
        self.judge(n);
    }

    pub(super) fn kill(&mut self, n: usize, fault: Fault) {
        let Some(node) = &self.machines[n].node else { return };
        let (me, process) = (node.me.clone(), Process { node: n, life: self.machines[n].life });
        let quiet = self.now - self.faults > 12_000_000 && self.now > self.well + 12_000_000;
        let others = self.machines.iter().enumerate().any(|(at, m)| at != n && m.node.is_some());
        self.end(n);
        self.disturb();
        if fault != Fault::Power(n) {
            self.queue.plan(self.now + 2_000, Event::Disconnect(process));
        }
        if fault == Fault::KillSeen(n) {
            let sent = Sent { from: process, ticket: 0, statement: Statement::Leave(me) };
            self.queue.plan(self.now + 500_000, Event::AtStore(sent));
        } else if quiet && others && self.spikes == 0 {
            self.checks.ended(&self.store.rows, n, process.life, self.now);
        }
    }
}
