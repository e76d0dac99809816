//! One tenant on the bus: what it needs to ask of Redis next, and what an answer means. It decides and connects to nothing;
//! the keeper carries questions and answers.
//!
//! Standing: it first finds out about the tenant's sequence (`Joining`), then follows it (`Joined`). When Redis does not
//! answer, or refuses, the ring gives the numbers itself (`Alone`), above the last that was seen. Afterwards these events are
//! put into Redis under the numbers that they have, if nobody else has put any there meanwhile: then no reader anywhere
//! notices more than the word `stream.gap` where it began. If somebody has, they get new numbers, and who saw the old ones
//! is told a reset.

use std::sync::Arc;

use autonomos_runtime::bus::{Event, Ring};

use super::message::{self, Doubt, Senders};
use super::reply::{Page, Part, Reply};
use super::seal::{Said, Seal};
use super::{keys, metrics};

/// Messages of one step.
const STEP: usize = 512;

/// Who this process is on the bus.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The node.
    pub node: String,
    /// This life of it.
    pub life: String,
}

impl Voice {
    /// As messages say it.
    pub fn by(&self) -> String {
        format!("{} {}", self.node, self.life)
    }
}

/// What a seat decides with.
#[derive(Clone, Debug)]
pub struct Now<'a> {
    /// Who speaks.
    pub voice: &'a Voice,
    /// When, and in whose work.
    pub doubt: Doubt,
    /// So many events are held.
    pub events: usize,
    /// A name for a line that begins.
    pub fresh: String,
}

/// What is asked of Redis.
#[derive(Debug, PartialEq, Eq)]
pub enum Ask {
    /// How the sequence stands, and a part of it.
    Read {
        /// Which part.
        part: Part,
        /// The line that is believed to be there.
        line: String,
        /// The lowest head that will do, if it is another.
        lift: u64,
    },
    /// To begin one.
    Begin(Begin),
    /// To put messages behind it.
    Append {
        /// The line they are of.
        line: String,
        /// Whether it is known that the node's life before was torn.
        torn: bool,
        /// The head they have to be put behind, and the number of the first; none: wherever it is.
        at: Option<(u64, u64)>,
        /// The stream, the count, the text and the code of each.
        messages: Vec<(usize, u64, Vec<u8>, Vec<u8>)>,
    },
}

/// A sequence that is to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begin {
    /// What it will be called.
    pub line: String,
    /// The line it replaces; none: there is none.
    pub instead: String,
    /// The number beneath its first.
    pub from: u64,
    /// Whether that is certain; if not, it is raised above everything that could have been given before.
    pub exact: bool,
    /// Whether it goes on from what others have seen.
    pub goes_on: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Joining,
    Joined,
    /// Numbers are given here; up to which they are in Redis, once that was found out.
    Alone {
        beneath: u64,
        sent: Option<u64>,
    },
}

/// See the module.
#[derive(Debug)]
pub struct Seat {
    pub(super) ring: Arc<Ring>,
    seal: Seal,
    standing: Standing,
    /// Whether the ring knows its past.
    opened: bool,
    line: Option<String>,
    /// There is no line, or it is spoiled: which one is to be replaced.
    begin: Option<String>,
    /// How many messages of this life are in for certain.
    n: u64,
    /// What was taken from the ring and is not in for certain.
    pending: Vec<Event>,
    /// How many of them the ring waits for.
    counted: u64,
    /// How many are in, and not yet seen in the ring.
    owed: u64,
    /// A head that was heard of.
    heard: u64,
    torn: bool,
    senders: Senders,
}

impl Seat {
    /// For a ring that nothing is known of.
    pub fn new(ring: Arc<Ring>, seal: Seal) -> Self {
        Self {
            ring,
            seal,
            standing: Standing::Joining,
            opened: false,
            line: None,
            begin: None,
            n: 0,
            pending: Vec::new(),
            counted: 0,
            owed: 0,
            heard: 0,
            torn: false,
            senders: Senders::default(),
        }
    }

    /// Somebody says how far the sequence is. It may be wrong; what is read decides.
    pub fn hear(&mut self, head: u64) {
        self.heard = self.heard.max(head);
    }

    /// Whether numbers are given here.
    pub const fn is_alone(&self) -> bool {
        matches!(self.standing, Standing::Alone { .. })
    }

    /// Whether the ring knows its past.
    pub const fn is_open(&self) -> bool {
        self.opened
    }

    /// What there is to say when it ends: the line, and how many messages of this life are on it.
    pub fn ended(&self) -> Option<(String, u64)> {
        (self.n > 0 && self.standing == Standing::Joined).then(|| self.line.clone().map(|line| (line, self.n)))?
    }

    /// How many events wait to get there.
    pub fn depth(&self) -> usize {
        match self.standing {
            Standing::Alone { beneath, sent } => (self.ring.head() - sent.unwrap_or(beneath)) as usize,
            Standing::Joining | Standing::Joined => self.pending.len(),
        }
    }

    /// Something may be missing before what comes next.
    pub fn doubt(&mut self, why: &str, doubt: Doubt) {
        self.pending.insert(0, doubt.gap(why, 0));
    }

    /// What is to be asked next, if anything.
    pub fn ask(&mut self, now: &Now<'_>) -> Option<Ask> {
        if let Some(instead) = self.begin.clone() {
            return Some(Ask::Begin(self.beginning(instead, now)));
        }
        let line = self.line.clone().unwrap_or_default();
        match self.standing {
            Standing::Joining if !self.opened => Some(Ask::Read { part: Part::Last(now.events), line, lift: 0 }),
            Standing::Joining => {
                let head = self.ring.head();
                // Of a line that is known, the next may go on where that ended.
                let lift = if self.line.is_some() { head } else { self.ring.above() };
                Some(Ask::Read { part: Part::After(head, STEP), line, lift })
            }
            Standing::Joined if self.heard > self.ring.head() => {
                Some(Ask::Read { part: Part::After(self.ring.head(), STEP), line, lift: 0 })
            }
            Standing::Joined => self.ask_to_append(now),
            Standing::Alone { sent: None, .. } => Some(Ask::Read { part: Part::Standing, line, lift: 0 }),
            Standing::Alone { beneath, sent: Some(sent) } => self.ask_to_catch_up(beneath, sent, now),
        }
    }

    /// A line above what was seen here, under exactly the numbers that follow where they were given already.
    fn beginning(&self, instead: String, now: &Now<'_>) -> Begin {
        let from = match self.standing {
            Standing::Alone { beneath, sent } => sent.unwrap_or(beneath),
            Standing::Joining | Standing::Joined => self.ring.head(),
        };
        Begin { line: now.fresh.clone(), instead, from, exact: self.opened, goes_on: self.line.is_some() }
    }

    fn ask_to_append(&mut self, now: &Now<'_>) -> Option<Ask> {
        if self.counted == 0 {
            let taken = self.ring.take(STEP);
            if taken.skipped > 0 {
                metrics::dropped("overflow", taken.skipped);
                self.pending.push(now.doubt.gap("overflow", 0));
            }
            self.counted = taken.events.len() as u64;
            self.pending.extend(taken.events);
        }
        if self.pending.is_empty() {
            return None;
        }
        let (line, by) = (self.line.clone()?, now.voice.by());
        let events = self.pending.iter().zip(self.n + 1..);
        let messages = events.map(|(event, n)| self.message(event, n, &line, &by)).collect();
        Some(Ask::Append { torn: self.torn, at: None, messages, line })
    }

    fn ask_to_catch_up(&mut self, beneath: u64, sent: u64, now: &Now<'_>) -> Option<Ask> {
        let (line, by) = (self.line.clone()?, now.voice.by());
        let events = self.ring.after(sent);
        let Some(first) = events.first().map(|event| event.seq) else {
            if self.ring.rejoin(sent) {
                self.n += sent - beneath;
                self.standing = Standing::Joined;
                return self.ask_to_append(now);
            }
            // Something came between the two looks.
            return self.ask_to_catch_up(beneath, sent, now);
        };
        let counted = |event: &Event| self.n + (event.seq - beneath);
        let events = events.iter().take(STEP);
        let messages = events.map(|event| self.message(event, counted(event), &line, &by)).collect();
        Some(Ask::Append { torn: self.torn, at: Some((sent, first)), messages, line })
    }

    fn message(&self, event: &Event, n: u64, line: &str, by: &str) -> (usize, u64, Vec<u8>, Vec<u8>) {
        let text = event.json().to_vec();
        let mac = self.seal.sign(Said { line, by, n, text: &text });
        (keys::stream_of(event.topic), n, text, mac)
    }

    /// What an answer means. False: it was refused, and the seat had better stand alone.
    pub fn answer(&mut self, ask: Ask, reply: Reply, doubt: Doubt) -> bool {
        match (ask, reply) {
            (_, Reply::Refused(_)) => return false,
            (Ask::Append { messages, at, .. }, Reply::Appended { first, head, skipped }) => {
                self.appended(messages.len() as u64, at.is_some(), (first, head, skipped));
            }
            (Ask::Read { .. }, Reply::Read(page)) => self.read(page, doubt),
            (Ask::Begin(begin), Reply::Begun(from)) => self.begun(begin.line, from),
            (Ask::Read { .. } | Ask::Append { .. }, Reply::None) => self.replace(String::new(), "redis_lost", doubt),
            (Ask::Append { .. }, Reply::Torn) => {
                self.torn = true;
                self.said_first("crash", doubt);
            }
            (Ask::Append { .. }, Reply::Moved) => self.unsure(),
            (Ask::Begin(_) | Ask::Append { .. }, Reply::Other) => {
                self.begin = None;
                self.unsure();
            }
            (_, Reply::Spoiled(line)) => {
                metrics::spoiled();
                self.replace(line, "spoiled", doubt);
            }
            // An answer to another question.
            _ => self.replace(self.line.clone().unwrap_or_default(), "spoiled", doubt),
        }
        true
    }

    /// There is no line (any more), or none that makes sense: one begins, and says what that may have cost.
    fn replace(&mut self, instead: String, why: &str, doubt: Doubt) {
        if self.line.is_some() && self.begin.is_none() {
            self.said_first(why, doubt);
        }
        self.begin = Some(instead);
    }

    fn begun(&mut self, line: String, from: u64) {
        self.begin = None;
        self.line = Some(line);
        self.senders = Senders::default();
        self.heard = 0;
        match &mut self.standing {
            Standing::Alone { sent, .. } => *sent = Some(from),
            Standing::Joining | Standing::Joined => {
                if !std::mem::replace(&mut self.opened, true) {
                    self.ring.open(Vec::new(), from);
                }
                self.standing = Standing::Joined;
            }
        }
    }

    /// What Redis has is found out once more.
    const fn unsure(&mut self) {
        match &mut self.standing {
            Standing::Alone { sent, .. } => *sent = None,
            standing => *standing = Standing::Joining,
        }
    }

    /// Before what waits, if that has no numbers yet; where it has, its first word is one already.
    fn said_first(&mut self, why: &str, doubt: Doubt) {
        if !self.is_alone() {
            self.doubt(why, doubt);
        }
    }

    fn appended(&mut self, many: u64, numbered: bool, (first, head, skipped): (u64, u64, u64)) {
        if let (Standing::Alone { sent, .. }, true) = (&mut self.standing, numbered) {
            *sent = (skipped == 0).then_some(head);
            return;
        }
        self.n += many;
        let counted = std::mem::take(&mut self.counted);
        let events = std::mem::take(&mut self.pending);
        if skipped == 0 && first == self.ring.head() + 1 {
            let events = events.into_iter().zip(first..).map(|(event, seq)| event.at_place(seq)).collect();
            self.ring.follow(events, head, counted);
        } else {
            // Others spoke in between: theirs come first, and these are read with them.
            self.owed += counted;
            self.hear(head);
        }
    }

    fn read(&mut self, page: Page, doubt: Doubt) {
        let same = self.line.as_deref() == Some(&*page.line);
        match self.standing {
            Standing::Alone { beneath, .. } => {
                // What was under way when Redis went may have got there; nothing else may have.
                let own = page.done.saturating_sub(self.n);
                if same && page.head == beneath + own && page.head <= self.ring.head() {
                    self.standing = Standing::Alone { beneath, sent: Some(page.head) };
                } else {
                    self.number_anew(beneath);
                }
            }
            Standing::Joining if !self.opened => {
                // An earlier ring of this life may have spoken.
                self.n = self.n.max(page.done);
                let (head, past) = (page.head, self.believe(page, doubt));
                self.ring.open(past, head);
                (self.opened, self.standing) = (true, Standing::Joined);
            }
            Standing::Joined if !same => self.standing = Standing::Joining,
            Standing::Joining | Standing::Joined => {
                let goes_on = self.line.is_some() && page.goes_on && page.from >= self.ring.head();
                self.standing = Standing::Joined;
                if same || goes_on {
                    self.follow(page, doubt);
                } else if page.head < self.ring.above() {
                    // It has to be lifted above what was seen here first.
                    (self.line, self.standing) = (None, Standing::Joining);
                } else {
                    // Its numbers say nothing to whoever saw others: what comes stands above both.
                    self.ring.cut(page.head);
                    self.line = Some(page.line);
                    self.senders = Senders::default();
                    self.heard = 0;
                }
            }
        }
    }

    fn follow(&mut self, page: Page, doubt: Doubt) {
        self.heard = self.heard.min(page.head);
        let owed = if page.upto >= page.head { std::mem::take(&mut self.owed) } else { 0 };
        if self.line.as_ref() != Some(&page.line) {
            self.senders = Senders::default();
        }
        let (upto, heard) = (page.upto, self.believe(page, doubt));
        self.ring.follow(heard, upto, owed);
    }

    fn believe(&mut self, page: Page, doubt: Doubt) -> Vec<Event> {
        let heard = message::hear(page.entries, &page.line, &self.seal, &mut self.senders, doubt);
        if heard.refused > 0 {
            metrics::forged(heard.refused);
            tracing::warn!(tenant = %self.ring.tenant, refused = heard.refused, "messages on the bus carry no code of ours");
        }
        self.line = Some(page.line);
        heard.events
    }

    /// Others spoke while numbers were given here: ours get new ones, and who saw the old ones is told.
    fn number_anew(&mut self, beneath: u64) {
        let (first, again) = self.ring.rejoin_anew(beneath);
        self.n += first - beneath - 1;
        self.pending = again;
        // The ring does not wait for them: they were seen.
        self.counted = 0;
        self.line = None;
        self.opened = true;
        self.standing = Standing::Joining;
    }

    /// Redis does not answer, or refuses: numbers are given here. Where they are already, wakes who waits.
    pub fn alone(&mut self, why: &str, doubt: Doubt) {
        if let Standing::Alone { sent, .. } = &mut self.standing {
            *sent = None;
            self.begin = None;
            self.ring.ring();
            return;
        }
        let beneath = self.ring.alone(std::mem::take(&mut self.pending), doubt.gap(why, 0));
        (self.counted, self.owed, self.heard, self.begin) = (0, 0, 0, None);
        self.opened = true;
        self.standing = Standing::Alone { beneath, sent: None };
    }

    /// Events wake nobody by themselves while numbers are given here.
    pub fn pulse(&self) {
        if self.is_alone() {
            self.ring.ring();
        }
    }
}
