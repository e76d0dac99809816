//! A tenant's past on disk, a line an event, so that a reader resumes over a restart of the process as if there had been
//! none. Not truth: what nothing may be lost of is in the store; a journal that cannot be read is a past that is gone,
//! and readers are told so.
//!
//! A life of the process begins with `{"open": boot}` and ends in order with `{"end": true}`. What was written survives
//! kill -9, because it is with the operating system; it is never waited for until it is on the disk, so after the machine
//! itself went down (another boot) nothing is believed: numbers begin anew, above all earlier ones.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;

use super::Event;

/// A life's last line.
const END: &str = "{\"end\":true}";

/// What a journal tells.
#[derive(Debug, Default)]
pub(super) struct Past {
    /// Events in order, their numbers without gaps.
    pub events: Vec<Event>,
    /// Whether the life before ended without order, so that the last moment's events may never have been told.
    pub torn: bool,
}

/// One tenant's journal. Nothing is held open: a node has many tenants, and few of them speak at a time.
#[derive(Debug)]
pub(super) struct Journal {
    path: PathBuf,
    boot: Arc<str>,
    /// What is on disk; zero: no file yet, or none to be believed.
    bytes: u64,
    /// Whether this life said that it began.
    begun: bool,
}

impl Journal {
    /// Reads what is there. A file that makes no sense is removed.
    pub(super) fn open(path: PathBuf, boot: Arc<str>) -> (Self, Past) {
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) => {
                if error.kind() != ErrorKind::NotFound {
                    tracing::warn!(%error, "past events cannot be read; readers begin anew");
                    remove(&path);
                }
                String::new()
            }
        };
        let Some((past, bytes)) = parse(&text, &boot) else {
            if !text.is_empty() {
                remove(&path);
            }
            return (Self { path, boot, bytes: 0, begun: false }, Past::default());
        };
        let mut journal = Self { path, boot, bytes, begun: false };
        if bytes < text.len() as u64 {
            journal.cut(bytes);
        }
        (journal, past)
    }

    /// Writes events behind what is there.
    pub(super) fn append(&mut self, events: &[Arc<Event>]) {
        let mut out = Vec::with_capacity(events.len() * 256 + 64);
        if !std::mem::replace(&mut self.begun, true) {
            out.extend_from_slice(opening(&self.boot).as_bytes());
        }
        for event in events {
            out.extend_from_slice(&event.json());
            out.push(b'\n');
        }
        self.write(&out);
    }

    /// This life ends in order.
    pub(super) fn end(&mut self) {
        if std::mem::replace(&mut self.begun, false) {
            self.write(format!("{END}\n").as_bytes());
        }
    }

    /// Whether it has grown so far beyond what is kept that it is worth writing anew.
    pub(super) const fn is_long(&self, kept: usize) -> bool {
        self.bytes > 2 * kept as u64 + (64 << 10)
    }

    /// Begins anew with what is still kept, beside the old one, which it then replaces.
    pub(super) fn rewrite(&mut self, events: &[Arc<Event>]) {
        let mut out = opening(&self.boot).into_bytes();
        for event in events {
            out.extend_from_slice(&event.json());
            out.push(b'\n');
        }
        let beside = self.path.with_extension("new");
        let written = std::fs::write(&beside, &out).and_then(|()| std::fs::rename(&beside, &self.path));
        match written {
            Ok(()) => (self.bytes, self.begun) = (out.len() as u64, true),
            Err(error) => {
                tracing::warn!(%error, "past events cannot be written anew");
                self.forget();
            }
        }
    }

    /// Nothing is kept of what was.
    fn forget(&mut self) {
        remove(&self.path);
        (self.bytes, self.begun) = (0, false);
    }

    fn write(&mut self, out: &[u8]) {
        let appended =
            OpenOptions::new().append(true).create(true).open(&self.path).and_then(|mut file| file.write_all(out));
        match appended {
            Ok(()) => self.bytes += out.len() as u64,
            Err(error) => {
                tracing::warn!(%error, "events cannot be kept; a restart will be a reset");
                self.cut(self.bytes);
            }
        }
    }

    /// Takes away what stands behind a line's end.
    fn cut(&mut self, bytes: u64) {
        let cut = File::options().write(true).open(&self.path).and_then(|file| file.set_len(bytes));
        if cut.is_err() {
            self.forget();
        }
    }
}

fn opening(boot: &str) -> String {
    format!("{{\"open\":\"{boot}\"}}\n")
}

pub(super) fn remove(path: &Path) {
    if let Err(error) = std::fs::remove_file(path)
        && error.kind() != ErrorKind::NotFound
    {
        tracing::warn!(%error, "a journal of events cannot be removed");
    }
}

/// Pure: what the text tells, and how much of it is whole lines. None: nothing of it is to be believed.
fn parse(text: &str, boot: &str) -> Option<(Past, u64)> {
    let whole = text.rfind('\n').map_or(0, |at| at + 1);
    let (mut past, mut life, mut ended) = (Past::default(), None, false);
    for line in text.get(..whole)?.lines() {
        if line == END {
            ended = true;
        } else if let Some(of) = line.strip_prefix("{\"open\":\"").and_then(|rest| rest.strip_suffix("\"}")) {
            (life, ended) = (Some(of), false);
        } else {
            let event = Event::read(&Bytes::copy_from_slice(line.as_bytes()))?;
            // After a hole nothing before it can be resumed from.
            if past.events.last().is_some_and(|last| last.seq + 1 != event.seq) {
                past.events.clear();
            }
            past.events.push(event);
        }
    }
    past.torn = !ended;
    (life == Some(boot)).then_some((past, whole as u64))
}

/// What tells one boot of the machine from another.
pub(super) fn boot(fresh: impl FnOnce() -> String) -> Arc<str> {
    let read = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok();
    let id = read.map(|id| id.trim().to_owned()).filter(|id| !id.is_empty() && !id.contains('"'));
    // Where the machine does not say, every start counts as another boot.
    id.unwrap_or_else(fresh).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Ambient;
    use crate::bus::{Fact, Topic};
    use crate::ids::TraceId;
    use proptest::prelude::*;

    fn event(seq: u64) -> Arc<Event> {
        let ambient = Ambient::system();
        let fact = Fact::new(Topic::TaskState, serde_json::json!({"n": seq, "line": "a\nb"})).about("task", seq);
        Arc::new(Event::new(seq, ambient.now(), TraceId::new(&ambient), fact.version(3)))
    }

    fn numbers(past: &Past) -> Vec<u64> {
        past.events.iter().map(|event| event.seq).collect()
    }

    #[test]
    fn what_was_written_is_read_back_to_the_byte() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        let events: Vec<_> = (7..12).map(event).collect();
        let (mut journal, past) = Journal::open(path.clone(), "b".into());
        assert!(past.events.is_empty() && !path.exists(), "nothing is made before there is something to keep");
        journal.append(&events[..2]);
        journal.append(&events[2..]);
        let (mut journal, past) = Journal::open(path.clone(), "b".into());
        assert!(past.torn, "it did not say that it ended");
        for (read, was) in past.events.iter().zip(&events) {
            assert_eq!((read.json(), read.sse(), read.topic, &read.id), (was.json(), was.sse(), was.topic, &was.id));
        }
        journal.append(&[event(12)]);
        journal.end();
        let (_, past) = Journal::open(path.clone(), "b".into());
        assert_eq!((numbers(&past), past.torn), ((7..13).collect(), false));
        let (_, past) = Journal::open(path.clone(), "another boot".into());
        assert!(past.events.is_empty() && !path.exists(), "nothing is believed after the machine went down");
    }

    #[test]
    fn a_hole_ends_what_is_before_it_and_rewriting_keeps_what_is_given() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.jsonl");
        let (mut journal, _) = Journal::open(path.clone(), "b".into());
        journal.append(&[event(1), event(2), event(5), event(6)]);
        assert_eq!(numbers(&Journal::open(path.clone(), "b".into()).1), [5, 6]);
        journal.rewrite(&[event(6)]);
        journal.append(&[event(7)]);
        assert_eq!(numbers(&Journal::open(path, "b".into()).1), [6, 7]);
    }

    proptest! {
        #[test]
        fn wherever_a_crash_cuts_it_whole_events_remain_and_it_goes_on(cut in 0_usize..2_000) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("t.jsonl");
            let (mut journal, _) = Journal::open(path.clone(), "b".into());
            journal.append(&(1..9).map(event).collect::<Vec<_>>());
            let whole = std::fs::read(&path).unwrap();
            std::fs::write(&path, &whole[..cut.min(whole.len())]).unwrap();
            let (mut journal, past) = Journal::open(path.clone(), "b".into());
            let seen = numbers(&past);
            prop_assert!(seen.iter().copied().eq(1..=seen.len() as u64));
            let next = seen.len() as u64 + 1;
            journal.append(&[event(next)]);
            let (_, past) = Journal::open(path, "b".into());
            prop_assert!(numbers(&past).into_iter().eq(1..=next));
        }
    }
}
