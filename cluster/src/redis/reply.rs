//! What the scripts answer, read out of Redis' values. Whatever does not look like an answer is [`Reply::Spoiled`]: somebody
//! else wrote there.
//!
//! Pure.

use ::redis::Value;

use super::message::Entry;

/// See the module.
#[derive(Debug, PartialEq, Eq)]
pub enum Reply {
    /// There is no sequence.
    None,
    /// There is another line of it than the caller believes.
    Other,
    /// The node's life before ended without a word.
    Torn,
    /// The head is not where the caller believes.
    Moved,
    /// What is there makes no sense; the line it calls itself.
    Spoiled(String),
    /// A line began, above a number.
    Begun(u64),
    /// Messages are in.
    Appended {
        /// The number of the first.
        first: u64,
        /// The head now.
        head: u64,
        /// How many were in already.
        skipped: u64,
    },
    /// What is there.
    Read(Page),
    /// Redis refuses: out of memory, loading, not allowed. Its code.
    Refused(String),
}

/// Which part of a sequence is asked for, and how many of each stream at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its end.
    Last(usize),
    /// What follows a number.
    After(u64, usize),
    /// Nothing of it, but how it stands.
    Standing,
}

/// A part of a sequence.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The line it is of.
    pub line: String,
    /// The highest number given.
    pub head: u64,
    /// The number beneath the first of the line.
    pub from: u64,
    /// Whether that goes on from what others had seen.
    pub goes_on: bool,
    /// How far the asking node's own messages are.
    pub done: u64,
    /// What was read, by place.
    pub entries: Vec<Entry>,
    /// Up to where that is everything.
    pub upto: u64,
}

impl Reply {
    /// Reads an answer, knowing which part was asked for.
    pub fn of(value: &Value, part: Part) -> Self {
        Self::understood(value, part).unwrap_or_else(|| Self::Spoiled(String::new()))
    }

    fn understood(value: &Value, part: Part) -> Option<Self> {
        let Value::Array(parts) = value else { return None };
        let number = |at: usize| text(parts.get(at)?)?.parse::<u64>().ok();
        Some(match &*text(parts.first()?)? {
            "none" => Self::None,
            "other" => Self::Other,
            "torn" => Self::Torn,
            "moved" => Self::Moved,
            "spoiled" => Self::Spoiled(parts.get(1).and_then(text).unwrap_or_default()),
            "ok" if parts.len() == 2 => Self::Begun(number(1)?),
            "ok" if parts.len() == 4 => Self::Appended { first: number(1)?, head: number(2)?, skipped: number(3)? },
            "ok" => {
                let (entries, upto) = merge(parts.get(6..)?, part, number(2)?);
                Self::Read(Page {
                    line: text(parts.get(1)?)?,
                    head: number(2)?,
                    from: number(3)?,
                    goes_on: number(4)? == 1,
                    done: number(5)?,
                    entries,
                    upto,
                })
            }
            _ => return None,
        })
    }
}

/// Entries of all streams in one order, as far as that is everything, and up to where that is: a stream that gave as many as
/// were asked for has more, above its last one or beneath its first.
fn merge(streams: &[Value], part: Part, head: u64) -> (Vec<Entry>, u64) {
    let (mut all, mut from, mut upto) = (Vec::new(), 0, head);
    for stream in streams {
        let Value::Array(entries) = stream else { continue };
        let entries: Vec<Entry> = entries.iter().filter_map(entry).collect();
        let seqs = entries.iter().map(|entry| entry.seq);
        match part {
            Part::Last(many) if entries.len() >= many => from = from.max(seqs.min().unwrap_or(0)),
            Part::After(_, many) if entries.len() >= many => upto = upto.min(seqs.max().unwrap_or(head)),
            _ => {}
        }
        all.extend(entries);
    }
    all.sort_by_key(|entry| entry.seq);
    all.retain(|entry| (from..=upto).contains(&entry.seq));
    (all, upto)
}

/// One entry. What is missing in it is empty, and then nobody believes it.
fn entry(value: &Value) -> Option<Entry> {
    let Value::Array(parts) = value else { return None };
    let [id, Value::Array(fields)] = &parts[..] else { return None };
    let mut entry = Entry { seq: text(id)?.strip_suffix("-0")?.parse().ok()?, ..Entry::default() };
    for field in fields.chunks_exact(2) {
        let [name, Value::BulkString(value)] = field else { continue };
        match text(name).as_deref() {
            Some("by") => entry.by = String::from_utf8_lossy(value).into_owned(),
            Some("n") => entry.n = String::from_utf8_lossy(value).parse().unwrap_or_default(),
            Some("event") => entry.text.clone_from(value),
            Some("mac") => entry.mac.clone_from(value),
            _ => {}
        }
    }
    Some(entry)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes.clone()).ok(),
        Value::SimpleString(text) => Some(text.clone()),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bulk(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    fn stream(seqs: &[u64]) -> Value {
        let one = |seq: &u64| {
            let fields = ["by", "a", "n", "3", "event", "{}", "mac", "x"].map(bulk);
            Value::Array(vec![bulk(&format!("{seq}-0")), Value::Array(fields.to_vec())])
        };
        Value::Array(seqs.iter().map(one).collect())
    }

    fn page(streams: &[&[u64]], part: Part) -> (Vec<u64>, u64) {
        let mut parts: Vec<_> = ["ok", "l", "20", "5", "1", "9"].map(bulk).to_vec();
        parts.extend(streams.iter().map(|seqs| stream(seqs)));
        let Reply::Read(page) = Reply::of(&Value::Array(parts), part) else { panic!("a page") };
        assert_eq!((&*page.line, page.head, page.from, page.goes_on, page.done), ("l", 20, 5, true, 9));
        assert!(page.entries.iter().all(|e| (&*e.by, e.n, &*e.text, &*e.mac) == ("a", 3, b"{}", b"x")));
        (page.entries.iter().map(|entry| entry.seq).collect(), page.upto)
    }

    #[test]
    fn streams_are_one_order_as_far_as_they_were_read() {
        let next = |many| Part::After(10, many);
        assert_eq!(page(&[&[11, 14], &[12], &[], &[13, 20]], next(3)), (vec![11, 12, 13, 14, 20], 20));
        assert_eq!(page(&[&[11, 14], &[12, 13], &[], &[15]], next(2)), (vec![11, 12, 13], 13), "there may be more");
        assert_eq!(page(&[&[19, 21], &[20], &[], &[]], next(5)), (vec![19, 20], 20), "above the head nothing is");
        assert_eq!(page(&[&[20, 18], &[19], &[7], &[]], Part::Last(2)), (vec![18, 19, 20], 20), "there was more");
    }

    #[test]
    fn what_is_no_answer_is_spoiled() {
        for value in [
            Value::Nil,
            Value::Array(vec![]),
            Value::Array(vec![bulk("ok"), bulk("x")]),
            Value::Array(vec![bulk("what")]),
            Value::Array(["ok", "l", "20", "-5", "1", "9"].map(bulk).to_vec()),
        ] {
            assert_eq!(Reply::of(&value, Part::Standing), Reply::Spoiled(String::new()), "{value:?}");
        }
        let appended = Value::Array(vec![bulk("ok"), bulk("7"), bulk("9"), Value::Int(1)]);
        assert_eq!(Reply::of(&appended, Part::Standing), Reply::Appended { first: 7, head: 9, skipped: 1 });
    }
}
