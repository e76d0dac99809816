//! The open files of this node.
//!
//! A file is opened when somebody needs it, closed when nobody did for a while or when too many are open. One that
//! cannot be opened, or that turns out damaged, is set aside and folded again. A passive tenant costs nothing.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::store::ReadLimit;
use autonomos_runtime::supervision::Credits;
use autonomos_runtime::{Ambient, Error, Result, Scope};
use parking_lot::{Mutex, RwLock};

use super::answers::{Answers, Moment};
use super::catalogue::Catalogue;
use super::digest;
use super::engine::{Conn, Fault, FaultKind, Limits};
use super::guard::Place;
use super::handle::{Handle, REOPENING};
use super::sql;
use crate::platform::shapes::ViewRequest;

/// How long after opening a file is read whole, and how long that may take.
const SCAN_AFTER: Duration = Duration::from_secs(5);
pub(super) const SCAN: Duration = Duration::from_mins(10);
/// An export may take so long.
pub(super) const EXPORT: Duration = Duration::from_hours(1);

/// Where the files are and what they may cost.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder of the files.
    pub folder: PathBuf,
    /// DuckDB's memory a tenant, in bytes.
    pub memory: u64,
    /// DuckDB's threads a tenant.
    pub threads: usize,
    /// Files open at once.
    pub open_files: usize,
    /// A file unused for so long is closed.
    pub idle: Duration,
    /// A read may take so long.
    pub deadline: Duration,
    /// Bytes of encoded answers that are kept.
    pub answers: usize,
    /// How much of the log one commit covers.
    pub commit: ReadLimit,
    /// What a query in SQL may cost.
    pub sql: sql::Settings,
}

impl Settings {
    /// The defaults, in a folder.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            memory: 256 << 20,
            threads: 1,
            open_files: 300,
            idle: Duration::from_mins(2),
            deadline: Duration::from_secs(10),
            answers: 64 << 20,
            commit: ReadLimit { bytes: 32 << 20, entries: 256 },
            sql: sql::Settings::default(),
        }
    }
}

/// One tenant, open or not.
pub(super) struct Slot {
    pub(super) tenant: TenantId,
    pub(super) handle: RwLock<Option<Arc<Handle>>>,
    /// Held while the file is opened, closed or swapped.
    pub(super) gate: tokio::sync::Mutex<()>,
    /// Held while the views advance: one at a time.
    pub(super) advancing: tokio::sync::Mutex<()>,
    /// Position after the last commit; -1 until the file was open once.
    pub(super) position: AtomicI64,
    pub(super) generation: AtomicU32,
    /// Whether large batches were arriving at the last advance.
    pub(super) flowing: AtomicBool,
    used: AtomicU64,
    /// Copies that queries in SQL run over.
    pub(super) shelf: sql::Shelf,
    /// Totals by question without its cursor, of one position.
    totals: Mutex<(i64, HashMap<ViewRequest, i64>)>,
}

impl Slot {
    pub(super) fn moment(&self) -> Option<Moment> {
        let position = self.position.load(Ordering::Acquire);
        let generation = self.generation.load(Ordering::Acquire);
        (position >= 0).then_some(Moment { tenant: self.tenant, generation, position })
    }

    pub(super) fn total(&self, ask: &ViewRequest) -> Option<(i64, i64)> {
        let totals = self.totals.lock();
        totals.1.get(&uncut(ask)).map(|&total| (totals.0, total))
    }

    pub(super) fn remember_total(&self, ask: &ViewRequest, position: i64, total: i64) {
        let mut totals = self.totals.lock();
        if totals.0 != position || totals.1.len() > 1000 {
            *totals = (position, HashMap::new());
        }
        totals.1.insert(uncut(ask), total);
    }
}

/// What decides a total: the view and its filters.
fn uncut(ask: &ViewRequest) -> ViewRequest {
    ViewRequest { view: ask.view.clone(), filters: ask.filters.clone(), ..ViewRequest::default() }
}

/// See the module. Cheap to clone.
#[derive(Clone)]
pub struct Dcl {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) settings: Settings,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) vocabulary: Arc<Vocabulary>,
    pub(super) ambient: Ambient,
    pub(super) slots: RwLock<HashMap<TenantId, Arc<Slot>>>,
    pub(super) answers: Answers,
    /// Bounds the queries in SQL that run.
    pub(super) queries: Credits,
    /// Told when a tenant's views begin anew, so that somebody advances them.
    on_reset: RwLock<Option<OnReset>>,
    /// Whether somebody closes unused files already.
    tidied: AtomicBool,
}

type OnReset = Arc<dyn Fn(TenantId) + Send + Sync>;

impl std::fmt::Debug for Dcl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Dcl")
    }
}

impl Dcl {
    /// Opens nothing yet.
    pub fn new(settings: Settings, vocabulary: Arc<Vocabulary>, ambient: Ambient) -> Self {
        let catalogue = Arc::new(Catalogue::of(&vocabulary));
        let answers = Answers::new(settings.answers);
        let queries = Credits::new("SQL queries", settings.sql.running_of_node, settings.sql.running);
        let slots = RwLock::default();
        Self {
            inner: Arc::new(Inner {
                settings,
                catalogue,
                vocabulary,
                ambient,
                slots,
                answers,
                queries,
                on_reset: RwLock::new(None),
                tidied: AtomicBool::new(false),
            }),
        }
    }

    /// Whom to tell that a tenant's views begin anew because their file was damaged.
    pub fn on_reset(&self, told: impl Fn(TenantId) + Send + Sync + 'static) {
        *self.inner.on_reset.write() = Some(Arc::new(told));
    }

    fn began_anew(&self, slot: &Slot) {
        slot.generation.fetch_add(1, Ordering::AcqRel);
        slot.position.store(-1, Ordering::Release);
        let told = self.inner.on_reset.read().clone();
        if let Some(told) = told {
            told(slot.tenant);
        }
    }

    pub(super) fn slot(&self, scope: &Scope) -> Arc<Slot> {
        let tenant = scope.tenant();
        let found = self.inner.slots.read().get(&tenant).cloned();
        let slot = found.unwrap_or_else(|| {
            let new = || {
                Arc::new(Slot {
                    tenant,
                    handle: RwLock::new(None),
                    gate: tokio::sync::Mutex::new(()),
                    advancing: tokio::sync::Mutex::new(()),
                    position: AtomicI64::new(-1),
                    generation: AtomicU32::new(0),
                    flowing: AtomicBool::new(false),
                    used: AtomicU64::new(0),
                    shelf: sql::Shelf::default(),
                    totals: Mutex::default(),
                })
            };
            Arc::clone(self.inner.slots.write().entry(tenant).or_insert_with(new))
        });
        slot.used.store(self.now(), Ordering::Relaxed);
        slot
    }

    /// Time since the node began.
    pub(super) fn elapsed(&self) -> Duration {
        self.inner.ambient.elapsed()
    }

    fn now(&self) -> u64 {
        self.elapsed().as_millis() as u64
    }

    /// Where all files are.
    pub(super) fn folder(&self) -> &Path {
        &self.inner.settings.folder
    }

    pub(super) fn place(&self, tenant: TenantId) -> Result<Place> {
        Place::of(&self.inner.settings.folder, tenant)
    }

    pub(super) fn limits(&self) -> Limits {
        Limits { memory: self.inner.settings.memory, threads: self.inner.settings.threads, ..Limits::default() }
    }

    /// The tenant's open file; opened, or opened again, if need be.
    pub(super) async fn handle(&self, slot: &Arc<Slot>) -> Result<Arc<Handle>> {
        if let Some(handle) = slot.handle.read().as_ref().filter(|h| !h.broken()) {
            return Ok(Arc::clone(handle));
        }
        let gate = slot.gate.lock().await;
        let old = slot.handle.read().clone();
        if let Some(handle) = old.as_ref().filter(|h| !h.broken()) {
            return Ok(Arc::clone(handle));
        }
        let place = self.place(slot.tenant)?;
        let mut aside = false;
        if let Some(handle) = old {
            *slot.handle.write() = None;
            handle.close().await;
            aside = handle.corrupt();
        }
        let existed = place.exists();
        let handle = self.open(slot, place, aside).await?;
        *slot.handle.write() = Some(Arc::clone(&handle));
        drop(gate);
        self.keep_tidy();
        if existed {
            self.scan_later(slot.tenant, &handle);
        }
        self.make_room(slot.tenant).await;
        Ok(handle)
    }

    async fn open(&self, slot: &Slot, place: Place, aside: bool) -> Result<Arc<Handle>> {
        let died = place.begin()?;
        let mut fresh = aside || died;
        for _ in 0..2 {
            if std::mem::take(&mut fresh) {
                tracing::warn!(tenant = %slot.tenant, died, "a view file is set aside; the views are folded again");
                place.set_aside()?;
                self.began_anew(slot);
            }
            let (catalogue, vocabulary) = (Arc::clone(&self.inner.catalogue), Arc::clone(&self.inner.vocabulary));
            match Handle::open(place.clone(), self.limits(), catalogue, vocabulary).await {
                Ok((handle, position)) => {
                    place.end()?;
                    slot.position.store(position, Ordering::Release);
                    return Ok(handle);
                }
                Err(fault) if matches!(fault.kind, FaultKind::Full | FaultKind::Memory) => {
                    place.end()?;
                    return Err(fault.into());
                }
                Err(fault) => {
                    tracing::warn!(tenant = %slot.tenant, fault = %fault, "a view file cannot be opened");
                    fresh = true;
                }
            }
        }
        place.end()?;
        Err(Error::unavailable("views.unopened", "the views cannot be opened").remedy("see the node's log"))
    }

    /// Reads the whole file in the background some time after it was opened: a damaged block shows only when read.
    fn scan_later(&self, tenant: TenantId, handle: &Arc<Handle>) {
        let (handle, inner) = (Arc::downgrade(handle), Arc::downgrade(&self.inner));
        tokio::spawn(async move {
            tokio::time::sleep(SCAN_AFTER).await;
            let Some(handle) = handle.upgrade().filter(|h| !h.broken()) else { return };
            let Some(catalogue) = inner.upgrade().map(|i| Arc::clone(&i.catalogue)) else { return };
            let Err(error) = handle.read(SCAN, move |conn| digest::digest(conn, &catalogue)).await else { return };
            tracing::warn!(error = error.chain(), "the scan of a view file found something");
            let told = inner.upgrade().and_then(|i| i.on_reset.read().clone());
            if let Some(told) = told.filter(|_| handle.corrupt()) {
                told(tenant);
            }
        });
    }

    /// Closes unused files from time to time, for as long as somebody holds the pool.
    fn keep_tidy(&self) {
        if self.inner.tidied.swap(true, Ordering::AcqRel) {
            return;
        }
        let (inner, pause) = (Arc::downgrade(&self.inner), self.inner.settings.idle / 4);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(pause.max(Duration::from_secs(1))).await;
                let Some(inner) = inner.upgrade() else { return };
                Self { inner }.close_idle().await;
            }
        });
    }

    /// Reads from the tenant's file; again if it was being reopened or swapped just then.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        slot: &Arc<Slot>,
        deadline: Duration,
        read: impl FnOnce(&Handle, &Conn) -> Result<T, Fault> + Clone + Send + 'static,
    ) -> Result<T> {
        let mut tries = 0;
        loop {
            let handle = self.handle(slot).await?;
            let (this, read) = (Arc::clone(&handle), read.clone());
            match handle.read(deadline, move |conn| read(&this, conn)).await {
                Err(error) if error.code == REOPENING && tries < 3 => tries += 1,
                result => return result,
            }
        }
    }

    /// Closes the longest unused files beyond the limit.
    async fn make_room(&self, except: TenantId) {
        loop {
            let open: Vec<Arc<Slot>> =
                self.inner.slots.read().values().filter(|s| s.handle.read().is_some()).cloned().collect();
            if open.len() <= self.inner.settings.open_files {
                return;
            }
            let oldest = open.iter().filter(|s| s.tenant != except).min_by_key(|s| s.used.load(Ordering::Relaxed));
            let Some(oldest) = oldest else { return };
            self.close_slot(oldest).await;
        }
    }

    pub(super) async fn close_slot(&self, slot: &Arc<Slot>) {
        let _gate = slot.gate.lock().await;
        slot.shelf.clear();
        let Some(handle) = slot.handle.write().take() else { return };
        handle.close().await;
        if handle.corrupt()
            && let Ok(place) = self.place(slot.tenant)
            && place.set_aside().is_ok()
        {
            self.began_anew(slot);
        }
    }

    /// Closes files that nobody used for a while.
    pub async fn close_idle(&self) {
        let before = self.now().saturating_sub(self.inner.settings.idle.as_millis() as u64);
        let idle = |s: &&Arc<Slot>| s.handle.read().is_some() && s.used.load(Ordering::Relaxed) < before;
        let idle: Vec<Arc<Slot>> = self.inner.slots.read().values().filter(idle).cloned().collect();
        for slot in idle {
            // One that is advancing is in use, however long that takes.
            if let Ok(_free) = slot.advancing.try_lock() {
                self.close_slot(&slot).await;
            }
        }
    }

    /// Closes the tenant's file; the next use opens it again.
    pub async fn close(&self, scope: &Scope) {
        let slot = self.slot(scope);
        let _alone = slot.advancing.lock().await;
        self.close_slot(&slot).await;
    }

    /// Closes every file: the node stops.
    pub async fn close_all(&self) {
        let all: Vec<Arc<Slot>> = self.inner.slots.read().values().cloned().collect();
        for slot in all {
            self.close_slot(&slot).await;
        }
    }

    /// Removes the tenant's file for good.
    pub async fn erase(&self, scope: &Scope) -> Result<()> {
        let slot = self.slot(scope);
        let _alone = slot.advancing.lock().await;
        self.close_slot(&slot).await;
        let place = self.place(scope.tenant())?;
        place.beside().remove()?;
        place.remove()?;
        slot.generation.fetch_add(1, Ordering::AcqRel);
        slot.position.store(-1, Ordering::Release);
        self.inner.slots.write().remove(&scope.tenant());
        Ok(())
    }

    /// How many files are open.
    pub fn open_files(&self) -> usize {
        self.inner.slots.read().values().filter(|s| s.handle.read().is_some()).count()
    }

    /// The log position that the views were last seen to reflect, without opening them; 0 when nobody has looked yet.
    pub fn seen(&self, scope: &Scope) -> i64 {
        let slots = self.inner.slots.read();
        slots.get(&scope.tenant()).map_or(0, |slot| slot.position.load(Ordering::Acquire).max(0))
    }

    /// The log position that the views reflect.
    pub async fn position(&self, scope: &Scope) -> Result<i64> {
        let slot = self.slot(scope);
        self.handle(&slot).await?;
        Ok(slot.position.load(Ordering::Acquire))
    }
}
