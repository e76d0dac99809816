//! The tenants of a simulated process: opening them, their batches, their way out.

use autonomos_runtime::authority::{NodeId, Title};
use autonomos_runtime::ids::TenantId;

use super::ledger::{STREAMS, Write};
use super::node::{Effect, MS, Node, Port, Purpose, Timer};
use super::sabotage::Sabotage;
use super::serving::{Caller, Hand, Serving};
use super::wire::{Answer, Call, Parcel, Statement};
use crate::handoff::{Do, Giving, Heard};
use crate::routing::Answer as HopAnswer;

impl Node {
    pub(super) fn forget(&mut self, tenant: TenantId, port: &mut Port<'_>) {
        self.running.remove(&tenant);
        self.starts.done(tenant);
        let Some(serving) = self.served.remove(&tenant) else { return };
        if !serving.certain || !serving.idle() {
            self.uncertain.insert(tenant);
        }
        if serving.giving.as_ref().is_some_and(Giving::unsettled) {
            self.unsettled.insert(tenant, serving.title.epoch);
        }
        for hand in serving.hands.into_iter().flatten() {
            if let Some(tx) = hand.tx {
                self.send(Statement::Abort(tx), Purpose::Abort, port);
            }
            Self::reply(hand.caller, None, port);
        }
        self.start_next(port);
    }

    /// Tells whoever waits for a mutation: done, or (`None`) to be tried again later.
    pub(super) fn reply(caller: Option<(Caller, Call)>, done: Option<()>, port: &mut Port<'_>) {
        match caller {
            Some((Caller::Client, call)) => port.out.push(Effect::Answered(call, done.is_some())),
            Some((Caller::Hop(process, ticket), _)) => {
                port.out.push(Effect::Back(process, Parcel::Back(ticket, HopAnswer::Answered, done.is_some())));
            }
            None => {}
        }
    }

    pub(super) fn start(&mut self, tenant: TenantId, epoch: i64, port: &mut Port<'_>) {
        self.tickets += 1;
        let title = Title { tenant, holder: self.me.clone(), epoch };
        let certain = !self.uncertain.contains(&tenant);
        self.served.insert(tenant, Serving::new(title, self.tickets, certain));
        self.running.insert(tenant, epoch);
        self.starts.add(tenant, false);
        self.start_next(port);
    }

    pub(super) fn start_next(&mut self, port: &mut Port<'_>) {
        while let Some(tenant) = self.starts.take() {
            match self.served.get(&tenant).map(|s| s.tag) {
                Some(tag) => self.send(Statement::Read(tenant), Purpose::Open(tenant, tag), port),
                None => self.starts.done(tenant),
            }
        }
    }

    /// Where the tenant stands is known: what the views lack is read from the log.
    pub(super) fn on_standing(&mut self, tenant: TenantId, tag: u64, answer: Option<Answer>, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant).filter(|s| s.tag == tag) else { return };
        let Some(Answer::Row(row)) = answer else {
            return self.send(Statement::Read(tenant), Purpose::Open(tenant, tag), port);
        };
        // The first thing that is read is whose it is: the rows that named this node may have been old.
        let title = &serving.title;
        if row.0.holder != title.holder || row.0.epoch != title.epoch {
            self.learn(tenant, &row.0.holder, row.0.epoch);
            return self.forget(tenant, port);
        }
        serving.standing = row.1;
        let lacks = (row.1.head - row.1.snapshot.min(row.1.head)).min(400) as u32;
        port.out.push(Effect::After(MS * 20 + MS * lacks, Timer::Opened(tenant, tag)));
    }

    pub(super) fn on_opened(&mut self, tenant: TenantId, tag: u64, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant).filter(|s| s.tag == tag) else { return };
        serving.open = true;
        self.starts.done(tenant);
        for slot in 0..STREAMS {
            port.out.push(Effect::After(MS * port.dice.among(1..200) as u32, Timer::Pull(tenant, tag, slot)));
        }
        if self.served[&tenant].giving.is_some() && self.served[&tenant].idle() {
            self.hear(tenant, &Heard::Drained, port);
        }
        self.start_next(port);
    }

    pub(super) fn pull(&mut self, tenant: TenantId, tag: u64, slot: usize, port: &mut Port<'_>) {
        let Some(serving) = self.served.get(&tenant).filter(|s| s.tag == tag && s.serves()) else { return };
        if serving.hands[slot].is_none() {
            let from = serving.standing.offsets[slot];
            let write = Write::Batch { stream: slot, from, to: from + port.dice.among(1..4) };
            self.write(tenant, slot, Hand { write, caller: None, tx: None }, port);
        }
    }

    /// Begins a write. The lease was asked when this input arrived, and no time has passed since.
    pub(super) fn write(&mut self, tenant: TenantId, slot: usize, hand: Hand, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant) else { return };
        serving.hands[slot] = Some(hand);
        let (title, tag) = (serving.title.clone(), serving.tag);
        port.out.push(Effect::Acted(tenant, title.epoch));
        if slot < STREAMS {
            self.send(Statement::Append(title, hand.write), Purpose::Append(tenant, tag, slot), port);
        } else {
            self.send(Statement::Once(title, hand.write), Purpose::Commit(tenant, tag, slot), port);
        }
    }

    pub(super) fn on_appended(&mut self, tenant: TenantId, slot: usize, answer: Option<&Answer>, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant) else { return };
        let Some(hand) = &mut serving.hands[slot] else { return };
        match answer {
            Some(Answer::Appended(tx)) => {
                hand.tx = Some(*tx);
                let tag = serving.tag;
                self.send(Statement::Commit(*tx), Purpose::Commit(tenant, tag, slot), port);
            }
            Some(Answer::Fenced) => self.forget(tenant, port),
            Some(Answer::Already) => self.ended(tenant, slot, true, port),
            Some(Answer::Moved(to)) => {
                serving.standing.offsets[slot] = *to;
                self.ended(tenant, slot, false, port);
            }
            _ => self.ended(tenant, slot, false, port),
        }
    }

    pub(super) fn on_committed(&mut self, tenant: TenantId, slot: usize, answer: Option<&Answer>, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant) else { return };
        match answer {
            Some(Answer::Committed) => {
                serving.standing.head += 1;
                self.ended(tenant, slot, true, port);
            }
            Some(Answer::Already) => {
                serving.certain = false;
                self.ended(tenant, slot, true, port);
            }
            Some(Answer::Fenced) => self.forget(tenant, port),
            // Nobody knows whether it came to pass; the next try will tell.
            None => {
                serving.certain = false;
                self.ended(tenant, slot, false, port);
            }
            _ => self.ended(tenant, slot, false, port),
        }
    }

    /// Nothing is in that hand any more.
    pub(super) fn ended(&mut self, tenant: TenantId, slot: usize, done: bool, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant) else { return };
        let Some(hand) = serving.hands[slot].take() else { return };
        if let (Write::Batch { stream, to, .. }, true) = (hand.write, done) {
            serving.standing.offsets[stream] = to;
        }
        Self::reply(hand.caller, done.then_some(()), port);
        if serving.giving.is_some() {
            if serving.idle() {
                self.hear(tenant, &Heard::Drained, port);
            }
        } else if slot < STREAMS {
            let after = MS * port.dice.among(200..1200) as u32;
            port.out.push(Effect::After(after, Timer::Pull(tenant, serving.tag, slot)));
        }
    }

    pub(super) fn hand_over(&mut self, title: &Title, to: NodeId, port: &mut Port<'_>) {
        let now = port.now;
        let Some(serving) = self.served.get_mut(&title.tenant).filter(|s| s.giving.is_none() && s.title == *title)
        else {
            return;
        };
        // One that is being opened is opened first.
        if !serving.open {
            return;
        }
        let (giving, first) = Giving::begin(title.clone(), to, now);
        serving.giving = Some(giving);
        self.carry_out(title.tenant, &first, port);
    }

    pub(super) fn hear(&mut self, tenant: TenantId, heard: &Heard, port: &mut Port<'_>) {
        let next = self.served.get_mut(&tenant).and_then(|s| s.giving.as_mut()).and_then(|giving| giving.heard(heard));
        if let Some(next) = next {
            self.carry_out(tenant, &next, port);
        }
    }

    pub(super) fn carry_out(&mut self, tenant: TenantId, next: &Do, port: &mut Port<'_>) {
        let Some(serving) = self.served.get_mut(&tenant) else { return };
        let tag = serving.tag;
        match next {
            Do::Drain if serving.idle() || self.sabotage == Sabotage::NoDrain => {
                self.hear(tenant, &Heard::Drained, port);
            }
            Do::Drain => {}
            Do::Checkpoint if self.sabotage == Sabotage::NoCheckpoint => self.hear(tenant, &Heard::Checkpointed, port),
            Do::Checkpoint => {
                let after = MS * port.dice.among(5..200) as u32;
                port.out.push(Effect::After(after, Timer::Checkpointed(tenant, tag)));
            }
            Do::Transfer => {
                let Some(giving) = &serving.giving else { return };
                let (title, to) = (giving.title().clone(), giving.to().clone());
                port.out.push(Effect::HandsOver(tenant, serving.idle()));
                let statement = Statement::Transfer(title, to, serving.standing.snapshot, serving.certain);
                self.send(statement, Purpose::Transfer(tenant, tag), port);
            }
            Do::Ask => self.send(Statement::Read(tenant), Purpose::Ask(tenant, tag), port),
            // Its views were closed, or will be by the time it is asked again: it opens anew.
            Do::Resume => {
                let epoch = serving.title.epoch;
                self.forget(tenant, port);
                self.start(tenant, epoch, port);
            }
            Do::Close => self.forget(tenant, port),
        }
    }
}
