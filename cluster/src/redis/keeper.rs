//! The task behind the bus: it carries what [`seats`](super::seat) ask to Redis and back, all tenants together, in rounds of
//! one pipeline each. Publishing never waits for it; what waits for it is bounded in the rings.
//!
//! A round is begun at most once a pulse, so that what is published within one is sent, and told, together. When Redis does
//! not answer within its patience every tenant's numbers are given here from that moment on, a new connection is tried with
//! growing pauses of a second at most, and with it every tenant goes back at the next beat.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ahash::{AHashMap, AHashSet};
use autonomos_runtime::Ambient;
use autonomos_runtime::bus::{Limits, Ring, Word};
use autonomos_runtime::ids::{TenantId, TraceId};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior};

use super::link::{Heads, Link, Place};
use super::message::Doubt;
use super::metrics;
use super::reply::Reply;
use super::seal::Secrets;
use super::seat::{Ask, Now, Seat, Voice};

/// Questions of one pipeline.
const TOGETHER: usize = 128;
/// Of them, those that read a whole past.
const PASTS: usize = 8;
/// Between looks at whether Redis answers, and tries to go back to it.
const BEAT: Duration = Duration::from_millis(500);
/// Between tries to connect.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// How it goes with Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Up,
    /// It answers, and refuses some of what it is asked.
    Refuses,
    /// It does not answer.
    Away,
}

type Connecting = Pin<Box<dyn Future<Output = Link> + Send>>;

/// See the module.
pub struct Keeper {
    ambient: Ambient,
    limits: Limits,
    place: Place,
    voice: Voice,
    secrets: Secrets,
    heads: Arc<Heads>,
    health: watch::Sender<Health>,
    seats: AHashMap<TenantId, Seat>,
    /// Seats that may have something to ask.
    due: AHashSet<TenantId>,
    /// Tenants whose events were given up before they got to Redis.
    given_up: AHashSet<TenantId>,
    /// Tenants of whom nothing may stay.
    erase: Vec<(TenantId, Option<oneshot::Sender<()>>)>,
    link: Option<Link>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Keeper({})", self.seats.len())
    }
}

/// What the keeper is made of.
#[derive(Debug)]
pub struct Makings {
    /// Clock and chance.
    pub ambient: Ambient,
    /// Of the rings.
    pub limits: Limits,
    /// Where Redis is.
    pub place: Place,
    /// The name of the node.
    pub node: String,
    /// What messages are signed with.
    pub secrets: Secrets,
}

impl Keeper {
    /// Tries once to connect; whether that succeeds or not, it goes on from there.
    pub async fn start(makings: Makings) -> Self {
        let Makings { ambient, limits, place, node, secrets } = makings;
        let life = TraceId::new(&ambient).to_string();
        let heads = Arc::new(Heads::default());
        let mut keeper = Self {
            limits,
            voice: Voice { node, life },
            secrets,
            health: watch::Sender::new(Health::Away),
            seats: AHashMap::default(),
            due: AHashSet::default(),
            given_up: AHashSet::default(),
            erase: Vec::new(),
            link: None,
            ambient,
            place,
            heads,
        };
        match Link::open(&keeper.place, &keeper.heads).await {
            Ok(link) => keeper.connected(link),
            Err(error) => keeper.lost(&error),
        }
        keeper
    }

    /// How it goes, now and later.
    pub fn health(&self) -> watch::Receiver<Health> {
        self.health.subscribe()
    }

    /// Works until the bus is closed or dropped.
    pub async fn run(mut self, mut words: UnboundedReceiver<Word>) {
        let mut beats = tokio::time::interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut connecting: Option<Connecting> = None;
        loop {
            if self.link.is_none() && connecting.is_none() {
                connecting = Some(Box::pin(connect(self.place.clone(), self.heads.clone(), self.ambient.clone())));
            }
            let link = async {
                match connecting.as_mut() {
                    Some(connecting) => connecting.await,
                    None => std::future::pending().await,
                }
            };
            let mut beat = false;
            let mut stop = None;
            tokio::select! {
                word = words.recv() => match word {
                    Some(word) => stop = self.hear(word),
                    None => return self.stop().await,
                },
                link = link => { self.connected(link); connecting = None; }
                () = self.heads.came() => {}
                _ = beats.tick() => beat = true,
                () = std::future::ready(()), if !self.due.is_empty() => {}
            }
            let began = Instant::now();
            while stop.is_none()
                && let Ok(word) = words.try_recv()
            {
                stop = self.hear(word);
            }
            for (tenant, head) in self.heads.take() {
                if let Some(seat) = self.seats.get_mut(&tenant) {
                    seat.hear(head);
                    self.due.insert(tenant);
                }
            }
            if beat {
                self.beat().await;
            }
            self.round().await;
            if let Some(done) = stop {
                self.stop().await;
                // Whoever asked may have gone meanwhile.
                done.send(()).ok();
                return;
            }
            tokio::time::sleep_until(began + self.limits.pulse).await;
        }
    }

    fn hear(&mut self, word: Word) -> Option<oneshot::Sender<()>> {
        match word {
            Word::Open(ring) => self.open(ring),
            Word::Pushed(ring) | Word::Now(ring) => {
                self.due.insert(ring.tenant);
            }
            Word::Retire(ring) => self.retire(&ring),
            Word::Forget(tenant, done) => {
                self.seats.remove(&tenant);
                self.heads.ignore(tenant);
                self.erase.push((tenant, Some(done)));
            }
            Word::Stop(done) => return Some(done),
        }
        None
    }

    fn open(&mut self, ring: Arc<Ring>) {
        let tenant = ring.tenant;
        let mut seat = Seat::new(ring, self.secrets.of(tenant));
        if self.given_up.remove(&tenant) {
            seat.doubt("redis_away", self.doubt());
        }
        self.seats.insert(tenant, seat);
        self.heads.mind(tenant);
        self.due.insert(tenant);
    }

    fn retire(&mut self, ring: &Arc<Ring>) {
        self.heads.ignore(ring.tenant);
        if self.seats.remove(&ring.tenant).is_some_and(|seat| seat.depth() > 0) {
            self.given_up.insert(ring.tenant);
        }
    }

    fn doubt(&self) -> Doubt {
        Doubt { at: self.ambient.now(), trace: TraceId::new(&self.ambient) }
    }

    fn connected(&mut self, link: Link) {
        self.link = Some(link);
        metrics::up(true);
        metrics::connected();
        self.health.send_replace(Health::Up);
        self.due.extend(self.seats.keys());
        tracing::info!("Redis answers");
    }

    /// Nothing answers: from now on numbers are given here.
    fn lost(&mut self, error: &::redis::RedisError) {
        tracing::warn!(code = error.code(), kind = ?error.kind(), "Redis does not answer; events stay on this node until it does");
        self.link = None;
        metrics::up(false);
        self.health.send_replace(Health::Away);
        let doubt = self.doubt();
        for seat in self.seats.values_mut() {
            seat.alone("redis_away", doubt);
        }
        self.due.clear();
    }

    async fn beat(&mut self) {
        metrics::waiting(self.seats.values().map(Seat::depth).sum());
        let Some(link) = self.link.as_mut() else { return };
        if let Err(error) = link.beat().await {
            return self.lost(&error);
        }
        let alone = self.seats.iter().filter(|(_, seat)| seat.is_alone()).map(|(tenant, _)| *tenant);
        self.due.extend(alone);
        if self.due.is_empty() {
            self.health.send_replace(Health::Up);
        }
    }

    /// Asks what there is to ask, once.
    async fn round(&mut self) {
        self.erase().await;
        let asks = self.asks();
        let Some(link) = self.link.as_mut() else { return };
        if asks.is_empty() {
            return;
        }
        match link.ask(&asks, &self.voice, self.limits.events).await {
            Ok(replies) => {
                let doubt = self.doubt();
                for ((tenant, ask), reply) in asks.into_iter().zip(replies) {
                    self.answer(tenant, ask, reply, doubt);
                }
            }
            Err(error) => self.lost(&error),
        }
    }

    fn asks(&mut self) -> Vec<(TenantId, Ask)> {
        let doubt = self.doubt();
        let (mut asks, mut pasts, mut rest) = (Vec::new(), 0, AHashSet::default());
        for tenant in std::mem::take(&mut self.due) {
            let Some(seat) = self.seats.get_mut(&tenant) else { continue };
            if self.link.is_none() {
                seat.alone("redis_away", doubt);
                continue;
            }
            seat.pulse();
            if asks.len() >= TOGETHER || (pasts >= PASTS && !seat.is_open()) {
                rest.insert(tenant);
                continue;
            }
            pasts += usize::from(!seat.is_open());
            let fresh = TraceId::new(&self.ambient).to_string();
            let now = Now { voice: &self.voice, doubt, events: self.limits.events, fresh };
            if let Some(ask) = seat.ask(&now) {
                asks.push((tenant, ask));
            }
        }
        self.due = rest;
        asks
    }

    fn answer(&mut self, tenant: TenantId, ask: Ask, reply: Reply, doubt: Doubt) {
        let Some(seat) = self.seats.get_mut(&tenant) else { return };
        if let Reply::Refused(code) = &reply {
            metrics::refused();
            if self.health.send_replace(Health::Refuses) == Health::Up {
                tracing::warn!(code, "Redis refuses; events stay on this node until it does not");
            }
        }
        if seat.answer(ask, reply, doubt) {
            self.due.insert(tenant);
        } else {
            // It is tried again at the next beat.
            seat.alone("redis_refuses", doubt);
        }
    }

    async fn erase(&mut self) {
        let mut waiting = std::mem::take(&mut self.erase);
        while let Some((tenant, done)) = waiting.pop() {
            let Some(link) = self.link.as_mut() else {
                // Nobody waits for a Redis that is away; it is erased when it is back.
                waiting.push((tenant, None));
                break;
            };
            if let Err(error) = link.erase(tenant).await {
                waiting.push((tenant, None));
                self.lost(&error);
                break;
            }
            if let Some(done) = done {
                // Whoever asked may have gone meanwhile.
                done.send(()).ok();
            }
        }
        for (tenant, _) in waiting {
            self.erase.push((tenant, None));
        }
    }

    /// What waits goes out, as far as that is possible within Redis' patience, and the life ends.
    async fn stop(&mut self) {
        let patience = self.place.patience();
        let flush = async {
            while !self.due.is_empty() && self.link.is_some() {
                self.round().await;
            }
            let ended = self.seats.iter().filter_map(|(tenant, seat)| seat.ended().map(|(line, n)| (*tenant, line, n)));
            let ended: Vec<_> = ended.collect();
            if let Some(link) = self.link.as_mut()
                && let Err(error) = link.end(&ended, &self.voice).await
            {
                tracing::warn!(code = error.code(), "Redis was not told of the end");
            }
        };
        if tokio::time::timeout(2 * patience, flush).await.is_err() {
            tracing::warn!("what waited for Redis at the end was given up");
        }
    }
}

/// Connects, however long that takes.
async fn connect(place: Place, heads: Arc<Heads>, ambient: Ambient) -> Link {
    let mut pause = PAUSES.0;
    loop {
        match Link::open(&place, &heads).await {
            Ok(link) => return link,
            Err(error) => tracing::debug!(code = error.code(), kind = ?error.kind(), "Redis is tried again"),
        }
        tokio::time::sleep(pause.mul_f64(0.5 + ambient.fraction() / 2.0)).await;
        pause = (2 * pause).min(PAUSES.1);
    }
}
