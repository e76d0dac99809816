//! Sends what waits to be told, and finds what there is to tell.
//!
//! Supervised by the tenant's tree, permanent. A restart loses what is under way, which is sent again under the same id.
//! Nudges come in waves; so many callbacks are under way at once, and one message of alerts, which holds whatever waits.
//! Out: calls to the outside, and what became of them as rows.

use std::sync::Arc;
use std::time::Duration;

use ahash::AHashSet;
use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::DeliveryId;
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{Channel, Delivery, NewDelivery};
use autonomos_runtime::supervision::{
    Actor, ActorRef, Address, Alarm, Failure, Seat, Task as Errand, Wake, Wave, task,
};
use autonomos_runtime::{Error, Result, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use super::alert::{self, Alert, Settings};
use super::{message, plan, secrets, signature};
use crate::outside::Answer;
use crate::platform::deliveries::webhook_id;
use crate::tenant::{Desk, Post};

/// A wave of nudges ends when nothing has moved for so long, or when it has lasted so long.
const QUIET: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_millis(200);
/// When what could not be done is tried again.
const AGAIN: Duration = Duration::from_secs(5);
/// Callbacks under way at once.
const AT_ONCE: usize = 4;
/// Ends of tasks that become messages in one transaction.
const ENDS: u32 = 200;
/// Alerts that are taken together.
const ALERTS: u32 = 200;

/// See the module.
#[derive(Debug)]
pub enum Msg {
    /// There may be something to tell.
    Wake(Wake),
    /// The wave is over, or something is due.
    Due,
    /// A sending has ended.
    Sent(Vec<DeliveryId>),
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

/// What it holds.
pub struct State {
    seat: Seat,
    desk: Arc<Desk>,
    wave: Wave,
    alarm: Alarm,
    /// Messages under way, each with what sends it.
    under_way: Vec<(Vec<DeliveryId>, Errand<()>)>,
    /// Alerts that are rows already, as far as this actor knows.
    known: AHashSet<String>,
    /// When alerts may be told again, on the monotonic clock.
    alerts_at: Duration,
    sent: u64,
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State").field("sent", &self.sent).finish_non_exhaustive()
    }
}

/// The actor.
#[derive(Clone, Copy, Debug)]
pub struct Deliverer;

impl Actor for Deliverer {
    type Msg = Msg;
    type State = State;
    type Arguments = Post;

    async fn pre_start(&self, myself: ActorRef<Msg>, post: Post) -> Result<State, Failure> {
        post.seat.wake(&myself);
        Ok(State {
            seat: post.seat,
            desk: post.desk,
            wave: Wave::new(QUIET, LONGEST),
            alarm: Alarm::new(),
            under_way: Vec::new(),
            known: AHashSet::new(),
            alerts_at: Duration::ZERO,
            sent: 0,
        })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Wake(wake) => {
                wake.begin();
                state.on_wake(&myself);
                Ok(())
            }
            Msg::Due => state.on_due(&myself).await,
            Msg::Sent(ids) => state.on_sent(&myself, &ids).await,
        }
        .or_else(|error: Error| {
            state.alarm.set(&myself, AGAIN, || Msg::Due);
            state.seat.survive(error, "what is to be told outside waits")
        })
    }
}

impl State {
    fn on_wake(&mut self, myself: &ActorRef<Msg>) {
        self.wave.nudge(myself, self.desk.parts.ambient().elapsed(), || Msg::Due);
    }

    async fn on_due(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        self.wave.over();
        self.find_ends().await?;
        self.find_alerts().await?;
        self.send(myself).await
    }

    async fn on_sent(&mut self, myself: &ActorRef<Msg>, ids: &[DeliveryId]) -> Result<()> {
        self.under_way.retain(|(under_way, _)| under_way != ids);
        self.sent += ids.len() as u64;
        self.seat.progress(self.sent, self.under_way.len() as u64);
        self.send(myself).await
    }

    /// Ends of tasks become messages: each once, in the transaction that notes it.
    async fn find_ends(&self) -> Result<()> {
        let desk = &self.desk;
        loop {
            let seen = desk.parts.store.read(&desk.scope).await?.untold_tasks(1).await?;
            if seen.is_empty() {
                return Ok(());
            }
            let mut tx = desk.parts.store.begin(&desk.scope).await?;
            for ended in tx.untold_tasks(ENDS).await? {
                let address = ended.callback_url.as_deref().and_then(|sealed| STANDARD.decode(sealed).ok());
                let new = NewDelivery {
                    id: DeliveryId::new(desk.parts.ambient()),
                    channel: Channel::Callback,
                    key: message::key(&ended),
                    subject: format!("task/{}", ended.id),
                    address,
                    body: message::body(&ended),
                };
                tx.tell(new).await?;
                tx.told_task(ended.id).await?;
            }
            tx.save().await?;
        }
    }

    async fn find_alerts(&mut self) -> Result<()> {
        let desk = self.desk.clone();
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        let Some(settings) = Settings::of(tx.as_mut()).await? else { return Ok(()) };
        let found = alert::look(tx.as_mut(), &settings).await?;
        drop(tx);
        let keys = found.iter().map(|one| one.key.clone()).collect();
        let fresh: Vec<Alert> = found.into_iter().filter(|one| !self.known.contains(&one.key)).collect();
        if !fresh.is_empty() {
            let mut tx = desk.parts.store.begin(&desk.scope).await?;
            for one in fresh {
                tx.tell(one.message(desk.parts.ambient())).await?;
            }
            tx.save().await?;
        }
        self.known = keys;
        Ok(())
    }

    /// Sends what is due and has a place, and sets the alarm for what comes next.
    async fn send(&mut self, myself: &ActorRef<Msg>) -> Result<()> {
        let desk = self.desk.clone();
        let ambient = desk.parts.ambient();
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        let room = AT_ONCE.saturating_sub(self.under_way.len());
        let due = tx.due_deliveries(Channel::Callback, (AT_ONCE + self.under_way.len()) as u32).await?;
        let alerts = tx.due_deliveries(Channel::Slack, ALERTS).await?;
        let next = [tx.next_delivery_at(Channel::Callback).await?, tx.next_delivery_at(Channel::Slack).await?];
        drop(tx);
        let busy = |id: &DeliveryId| self.under_way.iter().any(|(ids, _)| ids.contains(id));
        let fresh: Vec<Delivery> = due.into_iter().filter(|one| !busy(&one.id)).take(room).collect();
        for one in fresh {
            let (of, whom) = (desk.clone(), myself.clone());
            let ids = vec![one.id];
            let errand = task(async move {
                let id = one.id;
                callback(&of, one).await.unwrap_or_else(|error| unnoted(&error));
                whom.send_message(Msg::Sent(vec![id])).ok();
            });
            self.under_way.push((ids, errand));
        }
        let mut alarms: Vec<Timestamp> = next.into_iter().flatten().filter(|at| *at > ambient.now()).collect();
        let told = alerts.first().is_some_and(|first| self.under_way.iter().any(|(ids, _)| ids.contains(&first.id)));
        if !alerts.is_empty() && !told {
            if ambient.elapsed() >= self.alerts_at {
                self.alerts_at = ambient.elapsed() + Duration::from_secs(desk.parts.config.outside.alert_seconds);
                let (of, whom) = (desk.clone(), myself.clone());
                let ids: Vec<DeliveryId> = alerts.iter().map(|one| one.id).collect();
                let sent = ids.clone();
                let errand = task(async move {
                    slack(&of, &alerts).await.unwrap_or_else(|error| unnoted(&error));
                    whom.send_message(Msg::Sent(sent)).ok();
                });
                self.under_way.push((ids, errand));
            } else {
                alarms.push(ambient.now() + self.alerts_at.saturating_sub(ambient.elapsed()));
            }
        }
        match alarms.into_iter().min() {
            Some(at) => self.alarm.set(myself, (at - ambient.now()).to_std().unwrap_or_default(), || Msg::Due),
            None => self.alarm.clear(),
        }
        Ok(())
    }
}

/// The row still waits and is found again; sending it twice under one id is what whoever gets it reckons with.
fn unnoted(error: &Error) {
    tracing::warn!(error = error.chain(), "what became of a message was not noted; it is sent again");
}

/// Where a sealed address leads.
async fn address(desk: &Desk, sealed: &[u8]) -> Result<String> {
    let opened = desk.parts.vault.of(&desk.scope).await?.open(&Purpose::address(), sealed)?;
    String::from_utf8(opened.to_vec())
        .map_err(|e| Error::invalid("outside.address", "The address cannot be read.").source(e))
}

/// Sends a callback once, signed, and notes what became of it.
async fn callback(desk: &Desk, one: Delivery) -> Result<()> {
    let ambient = desk.parts.ambient();
    let (began, at) = (ambient.elapsed(), ambient.now());
    let ended = signed(desk, &one, at).await;
    let took = ambient.elapsed().saturating_sub(began);
    note(desk, std::slice::from_ref(&one), &ended, took).await
}

async fn signed(desk: &Desk, one: &Delivery, at: Timestamp) -> Result<Answer> {
    let missing = || Error::invalid("outside.address", "The message has no address.");
    let url = address(desk, one.address.as_deref().ok_or_else(missing)?).await?;
    let known: Vec<signature::Secret> =
        secrets::of(&desk.parts, &desk.scope).await?.into_iter().map(|known| known.secret).collect();
    let (id, timestamp) = (webhook_id(one.id), at.timestamp());
    let signature = signature::header(&known, &id, timestamp, one.body.as_bytes())?;
    let timestamp = timestamp.to_string();
    let headers = [("webhook-id", &*id), ("webhook-timestamp", &*timestamp), ("webhook-signature", &*signature)];
    desk.parts.outside.post(&desk.scope, &url, &headers, Bytes::from(one.body.clone())).await
}

/// Tells alerts together, and notes for each what became of it.
async fn slack(desk: &Desk, alerts: &[Delivery]) -> Result<()> {
    let ambient = desk.parts.ambient();
    let began = ambient.elapsed();
    let lines: Vec<String> = alerts.iter().map(|one| one.body.clone()).collect();
    let ended = post_to_slack(desk, &alert::together(&lines)).await;
    note(desk, alerts, &ended, ambient.elapsed().saturating_sub(began)).await
}

/// Sends a message to the tenant's Slack, if it has one.
pub async fn post_to_slack(desk: &Desk, body: &str) -> Result<Answer> {
    let settings = {
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        Settings::of(tx.as_mut()).await?
    };
    let none = || Error::invalid("alert.no_address", "There is no address for alerts.").remedy("Set slack_url first.");
    let sealed = STANDARD.decode(settings.ok_or_else(none)?.address).map_err(|e| none().source(e))?;
    let url = address(desk, &sealed).await?;
    desk.parts.outside.post(&desk.scope, &url, &[], Bytes::from(body.to_owned())).await
}

async fn note(desk: &Desk, sent: &[Delivery], ended: &Result<Answer>, took: Duration) -> Result<()> {
    let ambient = desk.parts.ambient();
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    let mut facts = Vec::with_capacity(sent.len());
    for one in sent {
        let sending = plan::after(one.attempts, ended, ambient.now(), took, ambient.fraction());
        let (channel, state) = (one.channel.as_str(), sending.state.as_str());
        facts.push(Fact::delivery_sent(one.id, channel, &one.subject, state));
        tx.note_sending(one.id, sending).await?;
    }
    tx.save().await?;
    for fact in facts {
        desk.publish(fact);
    }
    Ok(())
}

/// What others hold.
#[derive(Clone, Debug)]
pub struct Handle(Address<Msg>);

impl Handle {
    /// For whoever knows where it sits.
    pub const fn new(address: Address<Msg>) -> Self {
        Self(address)
    }

    /// There may be something to tell.
    pub fn wake(&self) {
        self.0.wake();
    }
}
