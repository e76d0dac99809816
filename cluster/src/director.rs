//! The shell of membership: reads the rows, lets the pure core decide ([`sweep`]), sends the statements it says, and starts and
//! stops tenants of this node as they come and go. Once a second, more often while tenants are on the move, and at once after
//! it changed something or was nudged.
//!
//! It keeps nothing that the rows do not say but what runs here ([`Board`]) and who was watched. A statement that was lost,
//! refused or late is not repeated: the next rows say what is left to do. When the lease lapses, whoever notices stops
//! everything at once ([`guard`](Inner::guard)), without draining: others may own it in a moment.
//!
//! A crash loses the board; the next start joins empty and takes what the rows give it.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::authority::{Authority, Instance, NodeId, Placer, Title, View};
use autonomos_runtime::holder::Holder;
use autonomos_runtime::host::TenantHost;
use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::store::{Store, TenantState};
use autonomos_runtime::supervision::{Task, task};
use autonomos_runtime::{Actor, Ambient, Result, Scope};
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};

use crate::departure::{self, Departure};
use crate::handoff::{Do, Giving, Heard};
use crate::membership::Watch;
use crate::metrics;
use crate::routing::{Answer, Route};
use crate::serving::{Board, Place};
use crate::sweep::{Act, Here, Rules, heirs, pause, sweep};

/// Trees that are started at a time.
const STARTS: usize = 32;
/// How long a request waits for a tenant that is on its way from one node to another.
const SETTLING: Duration = Duration::from_secs(3);
/// How often it is looked whether the lease holds again.
const GUARD: Duration = Duration::from_millis(100);
/// How often it is said that this node moves.
const PULSE: Duration = Duration::from_secs(1);
/// How often it is looked for what is kept of tenants that are gone, besides when one goes.
const FORGET: Duration = Duration::from_mins(10);
/// How often the work that tenants make is measured.
const MEASURE: Duration = Duration::from_mins(1);

/// What it works with.
pub struct Makings {
    /// Its own, and not the heart's.
    pub authority: Arc<dyn Authority>,
    /// Who this is, and until when it may act.
    pub holder: Arc<Holder>,
    /// Which tenants have something to run.
    pub store: Arc<dyn Store>,
    /// Runs them.
    pub host: Arc<dyn TenantHost>,
    /// The figures.
    pub rules: Rules,
    /// Clock and chance.
    pub ambient: Ambient,
}

/// See the module.
pub struct Director {
    inner: Arc<Inner>,
    tasks: Mutex<Vec<Task<()>>>,
}

impl std::fmt::Debug for Director {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Director({})", self.inner.me().node)
    }
}

struct Inner {
    makings: Makings,
    board: Mutex<Board>,
    nudge: Notify,
    /// Told when the rows of a tenant are gone.
    gone_tenants: Notify,
    /// Rises with every sweep, and with everything that changes where requests go.
    changed: watch::Sender<u64>,
    departing: Mutex<Option<Departure>>,
    /// Nobody is left to be handed over.
    gone: watch::Sender<bool>,
}

impl Director {
    /// Begins; the lease is held already.
    pub fn start(makings: Makings) -> Self {
        let inner = Arc::new(Inner {
            board: Mutex::new(Board::new(makings.holder.me().clone(), STARTS)),
            makings,
            nudge: Notify::new(),
            gone_tenants: Notify::new(),
            changed: watch::Sender::new(0),
            departing: Mutex::default(),
            gone: watch::Sender::new(false),
        });
        let tasks = vec![
            task(inner.clone().sweeps()),
            task(inner.clone().guard()),
            task(inner.clone().pulse()),
            task(inner.clone().measures()),
            task(inner.clone().forgets()),
        ];
        Self { inner, tasks: Mutex::new(tasks) }
    }

    /// Waits until the rows were read once, and what they said was begun.
    pub async fn until_swept(&self) {
        self.inner.changed.subscribe().wait_for(|sweeps| *sweeps > 0).await.ok();
    }

    /// Where a request belongs, waiting a little for a tenant that is on its way. See [`Board::place`].
    pub async fn settle(&self, tenant: TenantId, changes: bool, hopped: bool) -> Place {
        let inner = &self.inner;
        let mut changed = inner.changed.subscribe();
        let mut place = inner.place(tenant, changes, hopped);
        if place != Place::Later {
            return place;
        }
        inner.nudge.notify_one();
        let settled = async {
            while place == Place::Later && changed.changed().await.is_ok() {
                place = inner.place(tenant, changes, hopped);
            }
        };
        tokio::time::timeout(SETTLING, settled).await.ok();
        place
    }

    /// A hop came back from a node that is not the owner: where to try again, if anywhere.
    pub fn again(&self, tenant: TenantId, nth: u32, tried: i64, told: Option<Route>) -> Option<Place> {
        self.inner.board.lock().again(tenant, nth, tried, Answer::Misdirected(told))
    }

    /// Has the rows looked at now: what was known of an owner seems to be old.
    pub fn nudge(&self) {
        self.inner.nudge.notify_one();
    }

    /// Waits until a tenant is known to be owned under a later epoch than that.
    pub async fn moved(&self, tenant: TenantId, epoch: i64) {
        let mut changed = self.inner.changed.subscribe();
        loop {
            let now = self.inner.board.lock().routes().get(tenant).map(|route| route.epoch);
            if now.is_some_and(|now| now > epoch) || changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// See [`Board::settles`].
    pub fn settles(&self, tenant: TenantId) -> bool {
        self.inner.board.lock().settles(tenant)
    }

    /// Who this is.
    pub fn me(&self) -> &Instance {
        self.inner.me()
    }

    /// Whether the lease holds.
    pub fn holds(&self) -> bool {
        self.inner.holds()
    }

    /// The rows as they were seen last, and how many tenants are served here.
    pub fn seen(&self) -> (Arc<View>, usize) {
        let board = self.inner.board.lock();
        (board.view().clone(), board.count())
    }

    /// Hands over everything, to whoever there is, within a limit. Requests are answered and passed on meanwhile.
    pub async fn depart(&self) {
        let inner = &self.inner;
        *inner.departing.lock() = Some(Departure::begin(inner.makings.ambient.elapsed()));
        if let Err(error) = inner.makings.authority.drain(inner.me()).await {
            tracing::warn!("nobody could be told that this node goes: {}", error.chain());
        }
        inner.nudge.notify_one();
        let mut gone = inner.gone.subscribe();
        let longest = departure::LIMIT + Duration::from_secs(1);
        if tokio::time::timeout(longest, gone.wait_for(|gone| *gone)).await.is_err() {
            tracing::warn!("some tenants were not handed over in time; others take them over");
        }
        // Whatever is left is served no more; others take it when the lease is ended.
        self.tasks.lock().clear();
        inner.board.lock().lapse();
        inner.makings.host.revoke_all();
        inner.tell();
    }
}

impl Inner {
    fn me(&self) -> &Instance {
        self.makings.holder.me()
    }

    fn holds(&self) -> bool {
        self.makings.holder.holds(self.makings.ambient.elapsed())
    }

    fn place(&self, tenant: TenantId, changes: bool, hopped: bool) -> Place {
        self.board.lock().place(tenant, self.holds(), changes, hopped)
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    fn scope(&self, tenant: TenantId) -> Scope {
        Scope::new(tenant, Actor::System("platform"), TraceId::new(&self.makings.ambient))
    }

    /// Says that this node moves: whoever renews the lease looks at that.
    async fn pulse(self: Arc<Self>) {
        let mut every = tokio::time::interval(PULSE);
        loop {
            every.tick().await;
            self.makings.holder.moves(self.makings.ambient.elapsed());
        }
    }

    /// Stops everything when the lease lapses.
    async fn guard(self: Arc<Self>) {
        let Makings { holder, ambient, host, .. } = &self.makings;
        loop {
            let left = holder.until().saturating_sub(ambient.elapsed());
            if !left.is_zero() {
                tokio::time::sleep(left).await;
                continue;
            }
            if self.board.lock().lapse() {
                tracing::error!("the lease lapsed; everything stops here until it holds again");
                metrics::lapsed();
                self.tell();
                host.halt_all().await;
            }
            tokio::time::sleep(GUARD).await;
        }
    }

    /// Has the work that tenants make measured, where this node places them.
    async fn measures(self: Arc<Self>) {
        let mut every = tokio::time::interval(MEASURE);
        loop {
            every.tick().await;
            let places = self.board.lock().view().placer.as_ref().is_some_and(|placer| placer.holder == *self.me());
            if places && let Err(error) = self.makings.authority.measure(MEASURE * 2).await {
                tracing::warn!("the work of tenants was not measured: {}", error.chain());
            }
        }
    }

    /// Takes away what is left here of tenants that are gone: a node that owned one once has views of it.
    async fn forgets(self: Arc<Self>) {
        loop {
            if let Err(error) = self.forget_the_gone().await {
                tracing::warn!("what is left of tenants that are gone was not looked for: {}", error.chain());
            }
            tokio::select! {
                () = tokio::time::sleep(FORGET) => {}
                () = self.gone_tenants.notified() => {}
            }
        }
    }

    async fn forget_the_gone(&self) -> Result<()> {
        // In this order: whoever is made meanwhile is in the rows, and not among those that are kept.
        let kept = self.makings.host.kept().await?;
        if kept.is_empty() {
            return Ok(());
        }
        let there: HashSet<TenantId> =
            self.makings.authority.view().await?.tenures.iter().map(|tenure| tenure.tenant).collect();
        for tenant in kept.into_iter().filter(|tenant| !there.contains(tenant)) {
            self.makings.host.forget(&self.scope(tenant)).await?;
            tracing::info!(%tenant, "what was left here of a tenant that is gone was taken away");
        }
        Ok(())
    }

    async fn sweeps(self: Arc<Self>) {
        let mut watch = Watch::default();
        loop {
            let began = self.makings.ambient.elapsed();
            match self.sweep(&mut watch).await {
                // What was changed is seen at once.
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => {
                    metrics::sweep_failed();
                    tracing::warn!("the cluster's rows were not read: {}", error.chain());
                }
            }
            metrics::swept(self.makings.ambient.elapsed().saturating_sub(began));
            if self.leaves() {
                self.gone.send_replace(true);
            }
            let period = pause(self.board.lock().view(), &self.makings.rules);
            let spread = self.makings.ambient.fraction().mul_add(0.2, 0.9);
            tokio::select! {
                () = tokio::time::sleep(period.mul_f64(spread)) => {}
                () = self.nudge.notified() => {}
            }
        }
    }

    /// Whether this node is on its way out and has handed over what it could.
    fn leaves(&self) -> bool {
        let Some(departure) = *self.departing.lock() else { return false };
        let board = self.board.lock();
        let heirs = heirs(board.view(), self.me(), &self.makings.rules);
        departure.next(board.count(), heirs, self.makings.ambient.elapsed()) == departure::Next::Leave
    }

    /// Reads the rows and does what follows. Whether it changed any.
    async fn sweep(self: &Arc<Self>, watch: &mut Watch) -> Result<bool> {
        let Makings { authority, ambient, rules, .. } = &self.makings;
        let sent = ambient.elapsed();
        let view = authority.view().await?;
        let now = ambient.elapsed();
        let acts = {
            let mut board = self.board.lock();
            let silent = watch.see(&view, self.me(), &rules.terms, sent, now);
            if board.see(view) {
                self.gone_tenants.notify_one();
            }
            let here = Here {
                me: self.me(),
                held: self.holds(),
                running: &board.running(),
                unsettled: board.unsettled(),
                routes: board.routes(),
                watch: &*watch,
            };
            sweep(board.view(), silent, here, rules, now)
        };
        let mut starts = Vec::new();
        for act in &acts {
            match act {
                Act::Stop(tenant) => self.stop(*tenant),
                Act::Start(tenant, epoch) => starts.push((*tenant, *epoch)),
                _ => {}
            }
        }
        self.serve(&starts).await?;
        self.tell();
        let mut changed = false;
        for act in acts {
            changed |= self.act(act).await;
        }
        Ok(changed)
    }

    /// Does what the sweep said. Whether rows changed by it; what failed is said, and the next rows say what is left.
    async fn act(self: &Arc<Self>, act: Act) -> bool {
        let authority = &self.makings.authority;
        let done = match act {
            Act::Start(..) | Act::Stop(_) => Ok(false),
            Act::HandOver(title, to) => {
                self.hand_over(title, to);
                Ok(false)
            }
            Act::Reclaim(title) => authority.reclaim(&title).await.map(|title| title.is_some()),
            Act::DeclareDead(silent) => {
                let dead = authority.declare_dead(&silent.instance, silent.beat, self.makings.rules.terms.ttl).await;
                if let Ok(true) = dead {
                    tracing::warn!(node = %silent.instance.node, "a node was declared dead");
                    metrics::declared_dead();
                }
                dead
            }
            Act::TakeOver(tenants) => authority.take_over(self.me(), &tenants).await.map(|titles| {
                metrics::taken_over(titles.len());
                if !titles.is_empty() {
                    tracing::info!(tenants = titles.len(), "tenants of nodes that are over were taken over");
                }
                !titles.is_empty()
            }),
            Act::ClaimPlacing => authority.claim_placing(self.me()).await,
            Act::Want(placer, tenant, epoch, node) => authority.want(&placer, tenant, epoch, node.as_ref()).await,
            Act::TransferAnyway(placer, tenant, epoch, to) => self.overtake(&placer, tenant, epoch, &to).await,
        };
        done.unwrap_or_else(|error| {
            tracing::warn!("a statement on the cluster's rows failed: {}", error.chain());
            false
        })
    }

    async fn overtake(&self, placer: &Placer, tenant: TenantId, epoch: i64, to: &NodeId) -> Result<bool> {
        let title = self.makings.authority.transfer_anyway(placer, tenant, epoch, to).await?;
        if title.is_some() {
            tracing::warn!(%tenant, %to, "an owner did not get done with handing over and was overtaken");
            metrics::moved("overtaken");
        }
        Ok(title.is_some())
    }

    /// Serves tenants from now on, and starts the trees of those that have something to run.
    async fn serve(self: &Arc<Self>, starts: &[(TenantId, i64)]) -> Result<()> {
        if starts.is_empty() {
            return Ok(());
        }
        let refs = self.makings.store.directory().tenant_refs().await?;
        {
            let mut board = self.board.lock();
            // It may have lapsed meanwhile: the guard has been by, and would not come again for these.
            if !self.holds() {
                return Ok(());
            }
            for (tenant, epoch) in starts {
                board.serve(*tenant, *epoch);
                self.makings.host.grant(*tenant, *epoch);
            }
            // Thousands are taken over at once: looked up, not searched for, while the board is held.
            let begun: HashSet<TenantId> = starts.iter().map(|(tenant, _)| *tenant).collect();
            let works = refs.iter().filter(|t| t.state == TenantState::Active && t.has_work);
            works.filter(|t| begun.contains(&t.id)).for_each(|t| board.start(t.id));
            metrics::served(board.count());
        }
        self.start_trees();
        Ok(())
    }

    /// Starts as many trees as there is room for.
    fn start_trees(self: &Arc<Self>) {
        loop {
            let Some((tenant, epoch)) = self.board.lock().next_start() else { return };
            let inner = self.clone();
            tokio::spawn(async move {
                // One that cannot start is no reason not to serve the others; whoever asks for it tries again.
                if let Err(error) = inner.makings.host.start(&inner.scope(tenant), epoch).await {
                    tracing::error!(%tenant, error = error.chain(), "a tenant did not start");
                }
                inner.board.lock().started(tenant);
                inner.start_trees();
            });
        }
    }

    /// A tenant is somebody else's by now.
    fn stop(self: &Arc<Self>, tenant: TenantId) {
        self.forget(tenant);
        let inner = self.clone();
        tokio::spawn(async move {
            if let Err(error) = inner.makings.host.stop(&inner.scope(tenant)).await {
                tracing::warn!(%tenant, error = error.chain(), "a tenant did not stop in order");
            }
        });
    }

    fn forget(&self, tenant: TenantId) {
        let mut board = self.board.lock();
        board.forget(tenant);
        self.makings.host.revoke(tenant);
        metrics::served(board.count());
        drop(board);
        self.tell();
    }

    /// Hands a tenant over beside everything else, unless that is under way.
    fn hand_over(self: &Arc<Self>, title: Title, to: NodeId) {
        let (giving, first) = Giving::begin(title.clone(), to.clone(), self.makings.ambient.elapsed());
        if !self.board.lock().give(giving) {
            return;
        }
        self.tell();
        let inner = self.clone();
        tokio::spawn(async move {
            let began = inner.makings.ambient.elapsed();
            let mut next = Some(first);
            while let Some(step) = next {
                let Some(heard) = inner.step(&step, &title, &to).await else { break };
                next = inner.board.lock().hear(&title, &heard);
                inner.tell();
            }
            metrics::handed_over(inner.makings.ambient.elapsed().saturating_sub(began));
            inner.nudge.notify_one();
        });
    }

    /// One step of a hand-over; what was heard, or nothing if that was the last.
    async fn step(self: &Arc<Self>, step: &Do, title: &Title, to: &NodeId) -> Option<Heard> {
        let Makings { authority, host, .. } = &self.makings;
        let tenant = title.tenant;
        match step {
            // Stopping ends what is in hand, in order, and closes the views: both steps are one here.
            Do::Drain => {
                host.revoke(tenant);
                if let Err(error) = host.stop(&self.scope(tenant)).await {
                    tracing::warn!(%tenant, error = error.chain(), "a tenant did not stop in order");
                }
                Some(Heard::Drained)
            }
            Do::Checkpoint => Some(Heard::Checkpointed),
            Do::Transfer => match authority.transfer(title, to).await {
                Ok(Some(new)) => {
                    metrics::moved("handed_over");
                    self.board.lock().learn(tenant, &new.holder, new.epoch);
                    Some(Heard::Transferred(true))
                }
                Ok(None) => Some(Heard::Transferred(false)),
                Err(error) => {
                    tracing::warn!(%tenant, error = error.chain(), "it is not known whether a tenant was handed over");
                    Some(Heard::Unanswered)
                }
            },
            Do::Ask => match authority.tenure(tenant).await {
                Ok(Some(row)) => {
                    self.board.lock().learn(tenant, &row.holder, row.epoch);
                    let mine = row.holder == title.holder && row.epoch == title.epoch;
                    Some(Heard::Row { mine, wanted: row.wanted.map(|(node, _)| node) })
                }
                Ok(None) => Some(Heard::Row { mine: false, wanted: None }),
                Err(_) => {
                    tokio::time::sleep(self.makings.rules.period / 4).await;
                    Some(Heard::Unanswered)
                }
            },
            Do::Resume => {
                {
                    let mut board = self.board.lock();
                    board.serve(tenant, title.epoch);
                    host.grant(tenant, title.epoch);
                    board.start(tenant);
                }
                self.start_trees();
                self.tell();
                None
            }
            Do::Close => {
                self.forget(tenant);
                None
            }
        }
    }
}
