//! One tenant's open file: a writer on its own thread, fed by a bounded queue, and a few reading connections.
//!
//! The runtime's threads never wait for DuckDB: a write is a job for the writer's thread, a read runs on the blocking
//! pool, and both answer through a channel. A caller that goes away interrupts its read; a write that began is finished.
//! After any failed write the handle counts as broken: it takes nothing more and its owner opens another.

use std::collections::HashMap;
use std::fs::File;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::{Error, Result};
use parking_lot::{Mutex, RwLock};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::catalogue::Catalogue;
use super::engine::{Conn, Fault, FaultKind, Interrupt, Limits};
use super::fold::{Failure, Writer};
use super::guard::Place;

type Job = Box<dyn FnOnce(&mut Writer) -> Fate + Send>;

/// Whether the writer goes on after a job.
enum Fate {
    Goes,
    Ends,
}

/// Reads of one tenant at the same time.
const READERS: u32 = 4;
/// Writes waiting.
const QUEUE: usize = 8;

struct Connections {
    root: Conn,
    idle: Vec<Conn>,
}

/// How a stream is named in a row's provenance, by its id in this file.
pub(crate) type Sources = HashMap<i32, Arc<str>>;

/// See the module.
pub(crate) struct Handle {
    jobs: mpsc::Sender<Job>,
    connections: Mutex<Option<Connections>>,
    seats: Arc<Semaphore>,
    broken: AtomicBool,
    corrupt: AtomicBool,
    pub(crate) sources: RwLock<Arc<Sources>>,
    pub(crate) place: Place,
    /// The file once more, for copies. The last field, so that DuckDB's lock on the file outlives DuckDB.
    open: OnceLock<File>,
}

/// Code of the error that says: take the handle anew.
pub(crate) const REOPENING: &str = "views.reopening";

fn away() -> Error {
    Error::unavailable(REOPENING, "the views are being opened again").remedy("try again in a moment")
}

impl Handle {
    /// Opens the file on a thread of its own; answers with the position it is at.
    pub(crate) async fn open(
        place: Place,
        limits: Limits,
        catalogue: Arc<Catalogue>,
        vocabulary: Arc<Vocabulary>,
    ) -> Result<(Arc<Self>, i64), Fault> {
        let (jobs, mut inbox) = mpsc::channel::<Job>(QUEUE);
        let (ready, opened) = oneshot::channel();
        let file = place.file().to_owned();
        let thread = std::thread::Builder::new().name("dcl-writer".to_owned());
        let started = thread.spawn(move || {
            let opened = Conn::open(&file, &limits).and_then(|conn| {
                let root = conn.try_clone()?;
                Ok((Writer::new(conn, catalogue, vocabulary)?, root))
            });
            let mut writer = match opened {
                Ok((writer, root)) => {
                    if ready.send(Ok((root, writer.ledger.applied))).is_err() {
                        return;
                    }
                    writer
                }
                Err(fault) => {
                    drop(ready.send(Err(fault)));
                    return;
                }
            };
            while let Some(job) = inbox.blocking_recv() {
                if matches!(job(&mut writer), Fate::Ends) {
                    break;
                }
            }
        });
        started.map_err(|e| Fault::other(format!("no thread for a writer: {e}")))?;
        let (root, position) = opened.await.map_err(|_| Fault::corrupt("opening ended without an answer"))??;
        let handle = Self {
            jobs,
            connections: Mutex::new(Some(Connections { root, idle: Vec::new() })),
            seats: Arc::new(Semaphore::new(READERS as usize)),
            broken: AtomicBool::new(false),
            corrupt: AtomicBool::new(false),
            sources: RwLock::new(Arc::new(Sources::new())),
            place,
            open: OnceLock::new(),
        };
        Ok((Arc::new(handle), position))
    }

    /// Whether it takes nothing more.
    pub(crate) fn broken(&self) -> bool {
        self.broken.load(Ordering::Acquire) || self.jobs.is_closed()
    }

    /// Whether the file itself cannot be believed.
    pub(crate) fn corrupt(&self) -> bool {
        self.corrupt.load(Ordering::Acquire)
    }

    fn note(&self, kind: FaultKind) {
        if kind == FaultKind::Corrupt {
            self.condemn();
        }
    }

    /// The file is to be set aside.
    pub(crate) fn condemn(&self) {
        self.corrupt.store(true, Ordering::Release);
        self.broken.store(true, Ordering::Release);
    }

    /// Runs a job on the writer's thread. If it fails, the handle is broken.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&mut Writer) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T> {
        let (answer, answered) = oneshot::channel();
        let this = Arc::clone(self);
        let job: Job = Box::new(move |writer| {
            let result = job(writer);
            let fate = match &result {
                Ok(_) => Fate::Goes,
                Err(failure) => {
                    if let Failure::Fault(fault) = failure {
                        tracing::warn!(fault = %fault, "a write to the views failed");
                        this.note(fault.kind);
                    }
                    this.broken.store(true, Ordering::Release);
                    Fate::Ends
                }
            };
            drop(answer.send(result));
            fate
        });
        self.jobs.send(job).await.map_err(|_| away())?;
        if let Ok(result) = answered.await {
            return Ok(result?);
        }
        self.broken.store(true, Ordering::Release);
        Err(away())
    }

    fn connection(&self) -> Result<Conn, Error> {
        let mut guard = self.connections.lock();
        let connections = guard.as_mut().ok_or_else(away)?;
        match connections.idle.pop() {
            Some(conn) => Ok(conn),
            None => Ok(connections.root.try_clone()?),
        }
    }

    /// Runs a read on the blocking pool, interrupted at its deadline or when the caller goes away.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        deadline: Duration,
        read: impl FnOnce(&Conn) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T> {
        let seat = tokio::time::timeout(deadline, Arc::clone(&self.seats).acquire_owned()).await;
        let seat = seat
            .map_err(|_| Error::busy("views.busy", "too many reads of the views wait already").remedy("try again"))?
            .map_err(|_| away())?;
        let conn = self.connection()?;
        let stop = StopOnDrop(Arc::new(Mutex::new(Some(conn.interrupt()))));
        let running = Arc::clone(&stop.0);
        let this = Arc::clone(self);
        let mut work = tokio::task::spawn_blocking(move || {
            let _seat = seat;
            let result = read(&conn);
            // From here on nobody may interrupt the connection: it serves the next read.
            *running.lock() = None;
            match &result {
                Ok(_) => {
                    if let Some(connections) = this.connections.lock().as_mut() {
                        connections.idle.push(conn);
                    }
                }
                Err(fault) => this.note(fault.kind),
            }
            result
        });
        let result = if let Ok(result) = tokio::time::timeout(deadline, &mut work).await {
            result
        } else {
            stop.fire();
            work.await
        };
        let result = result.map_err(|e| Error::internal("views.read", "a read of the views failed").source(e))?;
        Ok(result.inspect_err(|fault| tracing::warn!(fault = %fault, "a read of the views failed"))?)
    }

    /// Copies the file, from within a job of the writer.
    pub(crate) fn copy_to(&self, to: &Place) -> Result<()> {
        let open = if let Some(open) = self.open.get() {
            open
        } else {
            let file = self.place.open()?;
            self.open.get_or_init(|| file)
        };
        self.place.copy_to(open, to)
    }

    /// Waits for readers and writer to end and lets go of the file. Nothing can use the handle afterwards.
    pub(crate) async fn close(&self) {
        self.broken.store(true, Ordering::Release);
        if let Ok(all) = self.seats.acquire_many(READERS).await {
            self.seats.close();
            drop(all);
        }
        drop(self.connections.lock().take());
        let last: Job = Box::new(|_| Fate::Ends);
        drop(self.jobs.send(last).await);
        self.jobs.closed().await;
    }
}

/// Interrupts a read when its caller goes away.
struct StopOnDrop(Arc<Mutex<Option<Interrupt>>>);

impl StopOnDrop {
    fn fire(&self) {
        if let Some(interrupt) = self.0.lock().as_ref() {
            interrupt.fire();
        }
    }
}

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.fire();
    }
}
