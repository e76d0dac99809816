//! Mutations from outside, on a simulated process: answered here, or by one hop.

use super::ledger::{STREAMS, Write};
use super::node::{Effect, Node, Port, Purpose, Timer};
use super::sabotage::Sabotage;
use super::serving::{Caller, Hand, Serving};
use super::wire::{Call, Parcel, Process};
use crate::routing::{Answer as HopAnswer, Route, Way};

impl Node {
    pub(super) fn on_call(&mut self, call: Call, caller: Caller, port: &mut Port<'_>) {
        let serves = self.held(port.now) && self.served.get(&call.tenant).is_some_and(Serving::serves);
        let hopped = matches!(caller, Caller::Hop(..));
        match self.routes.way(call.tenant, &self.me, serves, hopped) {
            Way::Here if self.served[&call.tenant].hands[STREAMS].is_none() => {
                let early = self.sabotage == Sabotage::EarlyAnswer;
                if early {
                    Self::reply(Some((caller, call)), Some(()), port);
                }
                let caller = (!early).then_some((caller, call));
                self.write(call.tenant, STREAMS, Hand { write: Write::Key(call.key), caller, tx: None }, port);
            }
            Way::Misdirected(route) => {
                if let Caller::Hop(process, ticket) = caller {
                    port.out.push(Effect::Back(process, Parcel::Back(ticket, HopAnswer::Misdirected(route), false)));
                }
            }
            Way::Hop(route) => self.hop(call, 0, route, port),
            Way::Here | Way::Later => Self::reply(Some((caller, call)), None, port),
        }
    }

    pub(super) fn hop(&mut self, call: Call, nth: u32, route: Route, port: &mut Port<'_>) {
        self.tickets += 1;
        self.pending.push((self.tickets, Purpose::Hop(call, nth, route.epoch)));
        port.out.push(Effect::After(self.rules.terms.patience, Timer::GiveUp(self.tickets)));
        let from = Process { node: 0, life: 0 };
        port.out.push(Effect::Hop(route.owner, Parcel::Hop(from, self.tickets, call)));
    }

    pub(super) fn on_back(&mut self, ticket: u64, answer: HopAnswer, done: bool, port: &mut Port<'_>) {
        let Some(at) = self.pending.iter().position(|(t, _)| *t == ticket) else { return };
        let (_, Purpose::Hop(call, nth, tried)) = self.pending.swap_remove(at) else { return };
        match self.routes.again(call.tenant, &self.me, nth, tried, answer) {
            Some(Way::Hop(route)) => self.hop(call, nth + 1, route, port),
            _ => port.out.push(Effect::Answered(call, done)),
        }
    }
}
