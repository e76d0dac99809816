//! An event as it stands in a stream of Redis, and what comes back from there: nothing is taken for an event that does not
//! carry its sender's code, and nothing a second time. What is not believed keeps its place, as a word that something may
//! be missing there: a sequence has no holes, and nobody is told less than the truth.
//!
//! Pure: it reads values and knows no connection.

use ahash::AHashMap;
use autonomos_runtime::Timestamp;
use autonomos_runtime::bus::{Event, Fact};
use autonomos_runtime::ids::TraceId;

use super::seal::{Said, Seal};

/// One entry of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the sequence.
    pub seq: u64,
    /// Who says it.
    pub by: String,
    /// As their how-manieth.
    pub n: u64,
    /// The event's JSON.
    pub text: Vec<u8>,
    /// Its code.
    pub mac: Vec<u8>,
}

/// Senders on one line of a sequence, and how far they are.
#[derive(Debug, Default)]
pub struct Senders(AHashMap<String, u64>);

/// So many senders are known at once; of one that was forgotten an old message would be believed again.
const SENDERS: usize = 1_024;

/// What entries came to.
#[derive(Debug, Default)]
pub struct Heard {
    /// In the order of their places.
    pub events: Vec<Event>,
    /// How many of them stand where something was that is not believed.
    pub refused: u64,
}

impl Senders {
    /// Takes note of a message; false when it was seen before.
    pub fn goes_on(&mut self, by: &str, n: u64) -> bool {
        match self.0.get_mut(by) {
            Some(last) if n <= *last => false,
            Some(last) => {
                *last = n;
                true
            }
            None => {
                if self.0.len() >= SENDERS {
                    self.0.clear();
                }
                self.0.insert(by.to_owned(), n);
                true
            }
        }
    }
}

/// Reads entries, in the order of their places, on a line.
pub fn hear(entries: Vec<Entry>, line: &str, seal: &Seal, senders: &mut Senders, doubt: Doubt) -> Heard {
    let mut heard = Heard::default();
    let mut believed_at = None;
    for Entry { seq, by, n, text, mac } in entries {
        if believed_at == Some(seq) {
            // Another stream claims a place that is taken.
            heard.refused += 1;
            continue;
        }
        let said = Said { line, by: &by, n, text: &text };
        let believed = seal.fits(said, &mac) && senders.goes_on(&by, n);
        let event = believed.then(|| Event::parse(&text)).flatten().map(|event| event.at_place(seq));
        if heard.events.last().is_some_and(|last| last.seq == seq) {
            heard.events.pop();
        }
        heard.refused += u64::from(event.is_none());
        believed_at = event.as_ref().map(|event| event.seq);
        heard.events.push(event.unwrap_or_else(|| doubt.gap("forged", seq)));
    }
    heard
}

/// When, and in whose work, something is found missing.
#[derive(Clone, Copy, Debug)]
pub struct Doubt {
    /// When.
    pub at: Timestamp,
    /// In whose work.
    pub trace: TraceId,
}

impl Doubt {
    /// A word that events may be missing, at a place (zero: it waits for one).
    pub fn gap(self, why: &str, seq: u64) -> Event {
        Event::new(seq, self.at, self.trace, Fact::stream_gap(why))
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::Ambient;
    use autonomos_runtime::bus::Topic;
    use autonomos_runtime::ids::TenantId;

    use super::super::seal::Secrets;
    use super::*;

    fn entry(seal: &Seal, line: &str, seq: u64, by: &str, n: u64) -> Entry {
        let ambient = Ambient::system();
        let fact = Fact::new(Topic::TaskState, serde_json::json!({ "n": n }));
        let text = Event::new(0, ambient.now(), TraceId::new(&ambient), fact).json().to_vec();
        let mac = seal.sign(Said { line, by, n, text: &text });
        Entry { seq, by: by.to_owned(), n, text, mac }
    }

    #[test]
    fn what_is_not_believed_keeps_its_place_and_says_nothing() {
        let ambient = Ambient::system();
        let seal = Secrets::new(["one"]).of(TenantId::new(&ambient));
        let other = Secrets::new(["two"]).of(TenantId::new(&ambient));
        let doubt = Doubt { at: ambient.now(), trace: TraceId::new(&ambient) };
        let mut bent = entry(&seal, "l", 14, "a 1", 4);
        bent.text[0] = b'[';
        let entries = vec![
            entry(&seal, "l", 10, "a 1", 1),
            entry(&other, "l", 11, "a 1", 2),
            entry(&seal, "l", 12, "a 1", 1),
            entry(&seal, "before", 13, "a 1", 3),
            bent,
            entry(&seal, "l", 15, "b 1", 1),
            entry(&seal, "l", 16, "a 1", 2),
            Entry { seq: 17, ..Entry::default() },
            entry(&other, "l", 18, "a 1", 3),
            entry(&seal, "l", 18, "a 1", 3),
            entry(&other, "l", 18, "a 1", 3),
        ];
        let heard = hear(entries, "l", &seal, &mut Senders::default(), doubt);
        let told: Vec<_> = heard.events.iter().map(|e| (e.seq, e.data["n"].as_u64())).collect();
        let n = |n| Some(n);
        assert_eq!(
            told,
            [
                (10, n(1)),
                (11, None),
                (12, None),
                (13, None),
                (14, None),
                (15, n(1)),
                (16, n(2)),
                (17, None),
                (18, n(3))
            ]
        );
        assert_eq!(heard.refused, 7);
        assert!(heard.events[1..5].iter().all(|event| event.topic == Topic::StreamGap));
    }
}
