//! The thread behind the bus: it writes events to their journals and wakes whoever waits for them. A thread of its own,
//! because writing may take its time and publishing must not.
//!
//! Waking: the first event after a quiet moment wakes at once; those that follow within the pulse are announced
//! together, so that a thousand sockets are woken a hundred times a second and not once for each event.

use std::collections::BinaryHeap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use ahash::AHashMap;

use super::journal::{self, Journal, Past};
use super::ring::Ring;
use super::{Fact, Limits, Word};
use crate::ids::{TenantId, TraceId};
use crate::{Ambient, Error, Result};

struct Keeper {
    ambient: Ambient,
    limits: Limits,
    folder: Option<PathBuf>,
    boot: Arc<str>,
    journals: AHashMap<TenantId, (Arc<Ring>, Journal)>,
    due: BinaryHeap<Due>,
}

/// A ring that is looked at again at a moment; the earliest is the greatest.
struct Due(Instant, Arc<Ring>);

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        other.0.cmp(&self.0)
    }
}

/// Starts the thread. It ends in order when the sender is dropped.
pub(super) fn start(ambient: Ambient, limits: Limits, folder: Option<PathBuf>) -> Result<Sender<Word>> {
    let failed = |what: &'static str, e: std::io::Error| {
        Error::unavailable("bus.start", what)
            .remedy("Check the data directory and the limits of the process.")
            .source(e)
    };
    if let Some(folder) = &folder {
        std::fs::create_dir_all(folder).map_err(|e| failed("the folder for live events cannot be made", e))?;
    }
    let boot = journal::boot(|| TraceId::new(&ambient).to_string());
    let keeper = Keeper { ambient, limits, folder, boot, journals: AHashMap::default(), due: BinaryHeap::default() };
    let (tell, told) = channel();
    std::thread::Builder::new()
        .name("live".into())
        .spawn(move || keeper.run(&told))
        .map_err(|e| failed("the thread for live events did not start", e))?;
    Ok(tell)
}

#[expect(clippy::disallowed_methods, reason = "a pulse spares real processors, and nothing is decided by it")]
fn moment() -> Instant {
    Instant::now()
}

impl Keeper {
    fn run(mut self, told: &Receiver<Word>) {
        loop {
            let until = self.due.peek().map(|due| due.0.saturating_duration_since(moment()));
            match told.recv_timeout(until.unwrap_or(Duration::from_hours(1))) {
                Ok(Word::Open(ring)) => self.open(&ring),
                Ok(Word::Pushed(ring)) => self.look(ring),
                Ok(Word::Now(ring)) => {
                    let (news, upto) = ring.news_now();
                    self.tell(&ring, &news, upto);
                }
                Ok(Word::Retire(ring)) => self.retire(&ring),
                Ok(Word::Forget(tenant, done)) => {
                    self.forget(tenant);
                    // Whoever asked may have gone meanwhile.
                    done.send(()).ok();
                }
                Ok(Word::Stop(done)) => {
                    self.stop();
                    // Whoever asked may have gone meanwhile.
                    done.send(()).ok();
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.stop(),
            }
            let now = moment();
            while self.due.peek().is_some_and(|due| due.0 <= now) {
                if let Some(Due(_, ring)) = self.due.pop() {
                    self.look(ring);
                }
            }
        }
    }

    fn open(&mut self, ring: &Arc<Ring>) {
        let Some(path) = self.path_of(ring.tenant) else { return };
        let (journal, past) = Journal::open(path, self.boot.clone());
        let Past { events, torn } = past;
        // Said in its place, so that nobody takes the number behind the crash for the next thing that happened.
        let gap = (torn && !events.is_empty()).then(|| (Fact::stream_gap("crash"), TraceId::new(&self.ambient)));
        self.journals.insert(ring.tenant, (ring.clone(), journal));
        ring.begin(Past { events, torn }, gap, self.ambient.now());
        self.look(ring.clone());
    }

    /// Tells of what is new, and looks again after a pulse; when there is nothing, it waits to be told.
    fn look(&mut self, ring: Arc<Ring>) {
        if let Some((news, upto)) = ring.news() {
            self.tell(&ring, &news, upto);
            self.due.push(Due(moment() + ring.pulse(), ring));
        }
    }

    fn tell(&mut self, ring: &Ring, news: &[Arc<super::Event>], upto: u64) {
        if let Some((_, journal)) = self.journals.get_mut(&ring.tenant).filter(|_| !news.is_empty()) {
            journal.append(news);
            if journal.is_long(self.limits.bytes) {
                journal.rewrite(&ring.whole());
            }
        }
        ring.tell(upto);
    }

    fn retire(&mut self, ring: &Arc<Ring>) {
        let (news, upto) = ring.news_now();
        self.tell(ring, &news, upto);
        if let Some((_, mut journal)) = self.journals.remove(&ring.tenant) {
            journal.end();
        }
    }

    fn forget(&mut self, tenant: TenantId) {
        self.journals.remove(&tenant);
        if let Some(path) = self.path_of(tenant) {
            journal::remove(&path);
        }
    }

    fn path_of(&self, tenant: TenantId) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(format!("{tenant}.jsonl")))
    }

    fn stop(&mut self) {
        let open: Vec<_> = self.journals.values().map(|(ring, _)| ring.clone()).collect();
        for ring in &open {
            self.retire(ring);
        }
    }
}
