//! The last events of one tenant: bounded by count and bytes, read by any number of subscribers, each with nothing but
//! a cursor. Nothing is copied for a subscriber but a pointer.
//!
//! Where the past is kept here, an event is shown to nobody before it is written: whoever saw a number finds it again after
//! a crash. Until the past was read, what is published waits for its number. Where numbers are given elsewhere it waits for
//! that each time; whoever gives them may be away, and then they are given here for as long ([`Ring::alone`]).

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::RwLock;
use tokio::sync::Notify;

use super::journal::Past;
use super::{Delivery, Event, Fact, Limits, Numbers, Span};
use crate::ids::{TenantId, TraceId};
use crate::{Timestamp, metrics};

/// See the module.
#[derive(Debug)]
pub struct Ring {
    /// Whose.
    pub tenant: TenantId,
    /// Who gives the numbers.
    pub(super) numbers: Numbers,
    limits: Limits,
    held: RwLock<Held>,
    pub(super) rung: Notify,
    pub(super) subscribers: AtomicUsize,
}

#[derive(Debug)]
struct Held {
    events: VecDeque<(Arc<Event>, usize)>,
    bytes: usize,
    /// The highest number given.
    head: u64,
    /// The highest number that subscribers were woken for; where the past is kept here, the highest that is written.
    told: u64,
    /// Whether the past was read.
    begun: bool,
    /// Facts without a number yet; none where they get one at once.
    waiting: Option<Waiting>,
    /// The number beneath that of the first of those that came before the past was read.
    began: u64,
    /// Whoever stands at this number or beneath is told a reset, and not how much it missed: another sequence began above it.
    /// Never above the head, or whoever was told would be told for ever.
    cut: u64,
    /// How many facts came.
    came: u64,
    /// Of them, those that can be seen, or never will.
    settled: u64,
    /// Whether the keeper looks again by itself.
    beating: bool,
    last_at: Timestamp,
    closed: bool,
}

/// So many facts may always wait for their numbers, however little of the past is kept.
const WAITING: usize = 1_024;

/// Facts without a number yet.
#[derive(Debug, Default)]
struct Waiting {
    facts: VecDeque<(Fact, Timestamp, TraceId)>,
    /// How many found no room.
    skipped: u64,
}

/// What waited for numbers, and was taken to get them.
#[derive(Debug, Default)]
pub struct Taken {
    /// In order, with no number yet.
    pub events: Vec<Event>,
    /// How many before them found no room.
    pub skipped: u64,
}

impl Ring {
    /// An empty ring whose first event will be the one above the base, or above its past if that is to be read first.
    pub(super) fn new(tenant: TenantId, numbers: Numbers, limits: Limits, base: u64, now: Timestamp) -> Self {
        let held = Held {
            events: VecDeque::new(),
            bytes: 0,
            head: base,
            told: base,
            begun: numbers == Numbers::Here,
            waiting: (numbers != Numbers::Here).then(Default::default),
            began: base,
            cut: 0,
            came: 0,
            settled: 0,
            beating: false,
            last_at: now,
            closed: false,
        };
        Self { tenant, numbers, limits, held: RwLock::new(held), rung: Notify::new(), subscribers: AtomicUsize::new(0) }
    }

    /// Gives a fact its place, or lets it wait for one. True: the keeper has to be told, for it does not look by itself.
    pub(super) fn push(&self, fact: Fact, now: Timestamp, trace: TraceId) -> bool {
        let mut held = self.held.write();
        held.came += 1;
        if let Some(waiting) = &mut held.waiting {
            if waiting.facts.len() >= self.limits.events.max(WAITING) {
                waiting.facts.pop_front();
                waiting.skipped += 1;
            }
            waiting.facts.push_back((fact, now, trace));
            return held.begun && !std::mem::replace(&mut held.beating, true);
        }
        held.place(fact, now, trace, self.limits);
        held.settled = held.came;
        // Looked at under the lock: whoever subscribes after it sees the event, whoever did before it is woken.
        (self.numbers != Numbers::Here || self.is_watched()) && !std::mem::replace(&mut held.beating, true)
    }

    /// Its past was read: what waited gets its numbers above it.
    pub(super) fn begin(&self, past: Past, gap: Option<(Fact, TraceId)>, now: Timestamp) {
        let mut held = self.held.write();
        let Some(waiting) = held.waiting.take() else { return };
        if let Some(last) = past.events.last() {
            (held.head, held.told) = (last.seq, last.seq);
        }
        for event in past.events {
            held.hold(event, self.limits);
        }
        if let Some((fact, trace)) = gap {
            held.place(fact, now, trace, self.limits);
        }
        held.begin();
        held.place_all(waiting, self.limits);
        held.beating = true;
        drop(held);
        self.rung.notify_waiters();
    }

    /// What the keeper has not told of yet, and up to where that goes; none, and it need not look again.
    pub(super) fn news(&self) -> Option<(Vec<Arc<Event>>, u64)> {
        let mut held = self.held.write();
        if held.head == held.told {
            held.beating = false;
            return None;
        }
        Some((held.after(held.told), held.head))
    }

    /// The same for a look out of turn.
    pub(super) fn news_now(&self) -> (Vec<Arc<Event>>, u64) {
        let held = self.held.read();
        (held.after(held.told), held.head)
    }

    /// Everything up to a number may be seen now; wakes who waits.
    pub(super) fn tell(&self, upto: u64) {
        {
            let mut held = self.held.write();
            held.told = held.told.max(upto);
        }
        self.rung.notify_waiters();
    }

    /// Everything it holds, written or not.
    pub(super) fn whole(&self) -> Vec<Arc<Event>> {
        self.after(0)
    }

    /// What it holds above a number.
    pub fn after(&self, seq: u64) -> Vec<Arc<Event>> {
        self.held.read().after(seq)
    }

    /// The highest number given, or a guess that is above all earlier ones while the past was not read.
    pub fn head(&self) -> u64 {
        self.held.read().head
    }

    /// What has to be reached for everything published so far to be seen; none while that is not known.
    pub(super) fn aim(&self) -> Option<Aim> {
        let held = self.held.read();
        match self.numbers {
            Numbers::Elsewhere => Some(Aim::Settled(held.came)),
            Numbers::Here | Numbers::Written => held.begun.then_some(Aim::Told(held.head)),
        }
    }

    /// Whether it was.
    pub(super) fn has_reached(&self, aim: Aim) -> bool {
        let held = self.held.read();
        let reached = match aim {
            Aim::Settled(facts) => held.settled >= facts,
            Aim::Told(upto) => self.numbers != Numbers::Written || held.told >= upto,
        };
        held.closed || (held.begun && reached)
    }

    /// Where a subscriber begins that saw everything up to a number, and whether that is a reset. While the past is being
    /// read that is not known: instead, how many facts wait before whatever comes from now on.
    pub(super) fn begin_after(&self, after: Option<u64>) -> Result<(u64, bool), u64> {
        let held = self.held.read();
        if !held.begun {
            return Err(held.waiting.as_ref().map_or(0, |waiting| waiting.facts.len() as u64 + waiting.skipped));
        }
        let floor = held.floor();
        Ok(match after {
            None => (held.head + 1, false),
            Some(after) if after <= held.head && after + 1 >= floor => (after + 1, false),
            Some(_) => (floor, true),
        })
    }

    /// The number of the fact that came when so many were waiting.
    pub(super) fn waited(&self, before: u64) -> u64 {
        self.held.read().began + before + 1
    }

    /// What it spans, as far as that can be seen.
    pub(super) fn span(&self) -> Span {
        let held = self.held.read();
        let head = held.shown(self.numbers);
        Span { floor: held.floor().min(head + 1), head }
    }

    /// Reads from a sequence number on (or after a reset from the floor): first what was missed, then at most so many
    /// events. Returns where to read next.
    pub(super) fn read(&self, mut next: u64, reset: bool, at_most: usize, into: &mut Vec<Delivery>) -> u64 {
        let held = self.held.read();
        let floor = held.floor();
        if reset || next <= held.cut {
            into.push(Delivery::Reset { floor });
            next = floor;
        } else if next < floor {
            metrics::events_missed(floor - next);
            into.push(Delivery::Missed { from: next, count: floor - next });
            next = floor;
        }
        let seen = (held.shown(self.numbers) + 1).saturating_sub(floor) as usize;
        let from = ((next - floor) as usize).min(held.events.len());
        let to = from.saturating_add(at_most).min(held.events.len()).min(seen.max(from));
        into.extend(held.events.range(from..to).map(|(event, _)| Delivery::Event(event.clone())));
        next + (to - from) as u64
    }

    /// The last events that a page wants to see, so many of them at most, oldest first.
    pub(super) fn recent(&self, at_most: usize, wanted: &dyn Fn(&Event) -> bool) -> (Span, Vec<Arc<Event>>) {
        let span = self.span();
        let held = self.held.read();
        let seen = held.events.iter().rev().filter(|(event, _)| event.seq <= span.head && wanted(event));
        let mut events: Vec<_> = seen.take(at_most).map(|(event, _)| event.clone()).collect();
        events.reverse();
        (span, events)
    }

    fn is_watched(&self) -> bool {
        self.subscribers.load(Ordering::Acquire) > 0
    }

    /// How long until the keeper looks again.
    pub(super) fn pulse(&self) -> std::time::Duration {
        if self.is_watched() { self.limits.pulse } else { self.limits.pulse * 12 }
    }

    /// Whether nobody listens and nothing was said since.
    pub(super) fn is_idle(&self, since: Timestamp) -> bool {
        let held = self.held.read();
        let rests = held.begun && (self.numbers != Numbers::Elsewhere || held.settled == held.came);
        !self.is_watched() && rests && (held.events.is_empty() || held.last_at < since)
    }

    /// Ends all subscriptions.
    pub(super) fn close(&self) {
        self.held.write().closed = true;
        self.rung.notify_waiters();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.held.read().closed
    }
}

/// What waiting for everything published so far comes down to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Aim {
    /// So many facts were settled.
    Settled(u64),
    /// Everything up to a number can be seen.
    Told(u64),
}

/// What whoever gives the numbers elsewhere says to a ring. Each call wakes who waits.
impl Ring {
    /// The past was read, up to a number: what was published meanwhile can be taken.
    pub fn open(&self, past: Vec<Event>, head: u64) {
        self.change(|held, limits| {
            // Nothing was shown of this ring yet, so nobody stands anywhere in it.
            held.head = past.first().map_or(head, |first| first.seq - 1);
            held.follow(past, head, limits);
            held.begin();
            held.beating = true;
        });
    }

    /// Takes what waits for numbers. When there is nothing, the keeper is told as soon as there is.
    pub fn take(&self, at_most: usize) -> Taken {
        let mut held = self.held.write();
        let Some(waiting) = held.waiting.as_mut() else { return Taken::default() };
        let many = waiting.facts.len().min(at_most);
        let facts = waiting.facts.drain(..many);
        let events = facts.map(|(fact, at, trace)| Event::new(0, at, trace, fact)).collect();
        let skipped = std::mem::take(&mut waiting.skipped);
        held.settled += skipped;
        held.beating = many > 0;
        Taken { events, skipped }
    }

    /// Events got their numbers, above those held: what is between is gone, and so it is up to the head when that is above
    /// the last. So many of the facts that were taken can be seen now.
    pub fn follow(&self, events: Vec<Event>, head: u64, settled: u64) {
        self.change(|held, limits| {
            held.follow(events, head, limits);
            held.settled += settled;
        });
    }

    /// The lowest head of another sequence that nobody here can take for a number that was seen: whoever saw everything
    /// stands one above the head.
    pub fn above(&self) -> u64 {
        let held = self.held.read();
        held.head + u64::from(held.cut < held.head)
    }

    /// Another sequence begins, above a number and above everything held: everybody is told a reset.
    pub fn cut(&self, head: u64) {
        self.change(|held, _| {
            held.cut(head);
            held.told = held.head;
        });
    }

    /// Whoever gives the numbers is away: they are given here, first to what was taken and not settled, then to a word on
    /// why there may be a gap, then to what waits and comes. Answers the number beneath the first.
    pub fn alone(&self, taken: Vec<Event>, gap: Event) -> u64 {
        let mut beneath = 0;
        self.change(|held, limits| {
            let Some(waiting) = held.waiting.take() else { return };
            beneath = held.head;
            held.settled = held.came;
            for event in taken.into_iter().chain(std::iter::once(gap)) {
                held.head += 1;
                held.hold(event.at_place(held.head), limits);
            }
            // Where the past was never read, it begins here.
            held.begun = true;
            held.began = held.head;
            held.place_all(waiting, limits);
            held.told = held.head;
        });
        beneath
    }

    /// Numbers are given elsewhere again, if nothing came above one; else that has to be sent there first.
    pub fn rejoin(&self, sent: u64) -> bool {
        let mut held = self.held.write();
        if held.head > sent {
            return false;
        }
        held.waiting.get_or_insert_default();
        held.beating = false;
        true
    }

    /// The same, whatever came: what was given numbers here above one gets others, and everybody is told a reset. Answers
    /// what that is, in order, with no number yet, and the number that the first had.
    pub fn rejoin_anew(&self, beneath: u64) -> (u64, Vec<Event>) {
        let (mut first, mut again) = (beneath + 1, Vec::new());
        self.change(|held, _| {
            let events = held.after(beneath);
            first = events.first().map_or(held.head + 1, |event| event.seq);
            again = events.iter().map(|event| event.again()).collect();
            held.cut(held.head + 1);
            held.told = held.head;
            held.waiting.get_or_insert_default();
            held.beating = true;
        });
        (first, again)
    }

    /// Wakes who waits; the next fact tells the keeper again.
    pub fn ring(&self) {
        self.change(|held, _| {
            held.told = held.head;
            held.beating = false;
        });
    }

    fn change(&self, act: impl FnOnce(&mut Held, Limits)) {
        act(&mut self.held.write(), self.limits);
        self.rung.notify_waiters();
    }
}

impl Held {
    /// The past is read; what comes from now on stands above it.
    const fn begin(&mut self) {
        self.begun = true;
        self.began = self.head;
    }

    fn clear(&mut self) {
        self.events.clear();
        self.bytes = 0;
    }

    /// Whoever stands at a number or beneath is told a reset, once: what follows stands above it.
    fn cut(&mut self, at: u64) {
        self.clear();
        self.head = self.head.max(at);
        self.cut = self.head;
    }

    /// Gives everything that waited its number.
    fn place_all(&mut self, waiting: Waiting, limits: Limits) {
        if waiting.skipped > 0 {
            // A ring has no holes: what stands before one is gone.
            self.clear();
            self.head += waiting.skipped;
        }
        for (fact, at, trace) in waiting.facts {
            self.place(fact, at, trace, limits);
        }
    }

    /// Holds events that have their numbers.
    fn follow(&mut self, events: Vec<Event>, head: u64, limits: Limits) {
        for event in events {
            if event.seq <= self.head {
                continue;
            }
            if self.events.back().is_some_and(|(last, _)| last.seq + 1 != event.seq) {
                self.clear();
            }
            self.head = event.seq;
            self.hold(event, limits);
        }
        if head > self.head {
            self.clear();
            self.head = head;
        }
        self.told = self.head;
    }

    fn place(&mut self, fact: Fact, at: Timestamp, trace: TraceId, limits: Limits) {
        self.head += 1;
        self.hold(Event::new(self.head, at, trace, fact), limits);
    }

    fn hold(&mut self, event: Event, limits: Limits) {
        let weight = event.weight();
        self.bytes += weight;
        self.last_at = event.at;
        self.events.push_back((Arc::new(event), weight));
        while self.events.len() > limits.events || (self.bytes > limits.bytes && self.events.len() > 1) {
            let dropped = self.events.pop_front().map_or(0, |(_, weight)| weight);
            self.bytes -= dropped;
        }
    }

    fn after(&self, seq: u64) -> Vec<Arc<Event>> {
        let from = self.events.partition_point(|(event, _)| event.seq <= seq);
        self.events.range(from..).map(|(event, _)| event.clone()).collect()
    }

    /// The highest number that may be delivered.
    const fn shown(&self, numbers: Numbers) -> u64 {
        match numbers {
            Numbers::Written => self.told,
            Numbers::Here | Numbers::Elsewhere => self.head,
        }
    }

    fn floor(&self) -> u64 {
        self.events.front().map_or(self.head + 1, |(event, _)| event.seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ambient;
    use crate::bus::{Subscription, Topic};

    fn event(ambient: &Ambient, seq: u64) -> Event {
        let fact = Fact::new(Topic::SourcesConnected, serde_json::json!({ "seq": seq }));
        Event::new(seq, ambient.now(), TraceId::new(ambient), fact)
    }

    /// What a listener can read now: a number for an event, zero for a reset.
    fn heard(listener: &mut Subscription) -> Vec<u64> {
        let mut batch = Vec::new();
        listener.try_batch(100, &mut batch);
        batch.iter().map(|delivery| delivery.event().map_or(0, |event| event.seq)).collect()
    }

    #[test]
    fn where_another_sequence_begins_everybody_is_told_once_and_goes_on_behind_it() {
        let ambient = Ambient::system();
        let tenant = TenantId::new(&ambient);
        let ring = Arc::new(Ring::new(tenant, Numbers::Elsewhere, Limits::default(), 10, ambient.now()));
        ring.open(Vec::new(), 10);
        let (mut quick, mut slow) = (Subscription::new(ring.clone(), None), Subscription::new(ring.clone(), None));
        assert_eq!(ring.alone(Vec::new(), event(&ambient, 0)), 10);
        assert_eq!(heard(&mut quick), [11]);

        let (first, again) = ring.rejoin_anew(10);
        assert_eq!((first, again.len(), ring.head(), ring.above()), (11, 1, 12, 12));
        assert_eq!((heard(&mut quick), heard(&mut slow)), (vec![0], vec![0]));
        ring.cut(12);
        assert_eq!(heard(&mut quick), [0; 0], "it was told");
        ring.follow(vec![event(&ambient, 13)], 13, 0);
        assert_eq!((heard(&mut quick), heard(&mut slow)), (vec![13], vec![13]));

        assert_eq!(ring.above(), 14, "whoever saw 13 waits for 14");
        ring.cut(14);
        ring.follow(vec![event(&ambient, 15)], 15, 0);
        assert_eq!((heard(&mut quick), heard(&mut slow)), (vec![0, 15], vec![0, 15]));
    }
}
