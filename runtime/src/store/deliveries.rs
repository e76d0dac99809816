//! Messages to the outside: what is to be told where, what became of it, and what it is signed with.
//!
//! A message is a row before it is sent, and its id is the message's own: however often it is sent, whoever gets it can tell
//! that it is the same. The end of a task becomes a row once ([`Deliveries::untold_tasks`], [`Deliveries::tell`] in one
//! transaction), so a crash anywhere between that end and an answer costs another sending and never a message.

use super::page::{Page, Paged};
use super::tasks::Task;
use crate::ids::{DeliveryId, SigningSecretId, TaskId};
use crate::{Result, Timestamp};

super::words::words! {
    /// How a message goes out.
    Channel {
        /// Signed, to the address that a task was asked for with.
        Callback = "callback",
        /// To the tenant's Slack.
        Slack = "slack",
    }

    /// What became of a message.
    DeliveryState {
        /// It is sent when its time has come.
        Waiting = "waiting",
        /// It was taken.
        Delivered = "delivered",
        /// It was given up.
        Failed = "failed",
    }
}

/// A message.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Delivery {
    /// Id, the message's own.
    pub id: DeliveryId,
    /// How it goes out.
    pub channel: Channel,
    /// What it is about, once: `task/<id>/<time of its end>`.
    pub key: String,
    /// What it is about: `task/<id>`.
    pub subject: String,
    /// Where to, sealed; none: where the tenant's settings say when it is sent.
    #[serde(skip)]
    pub address: Option<Vec<u8>>,
    /// Exactly what is sent.
    pub body: String,
    /// What became of it.
    pub state: DeliveryState,
    /// Times it was sent.
    pub attempts: i64,
    /// The last of them: `[{at, status?, ms, error?, answer?}]`.
    pub log: serde_json::Value,
    /// Not before.
    pub next_at: Timestamp,
    /// When it came up.
    pub created_at: Timestamp,
    /// When it was taken or given up.
    pub finished_at: Option<Timestamp>,
}

/// A message to be.
#[derive(Clone, Debug)]
pub struct NewDelivery {
    /// The id.
    pub id: DeliveryId,
    /// How it goes out.
    pub channel: Channel,
    /// What it is about, once in its channel.
    pub key: String,
    /// What it is about.
    pub subject: String,
    /// Where to, sealed.
    pub address: Option<Vec<u8>>,
    /// What is sent.
    pub body: String,
}

/// Which messages.
#[derive(Clone, Debug, Default)]
pub struct DeliveryFilter {
    /// In this state.
    pub state: Option<DeliveryState>,
    /// About this.
    pub subject: Option<String>,
}

/// What became of one sending.
#[derive(Clone, Debug)]
pub struct Sending {
    /// Where the message is now.
    pub state: DeliveryState,
    /// When it is sent again, if it waits.
    pub next_at: Timestamp,
    /// Whether the other side was asked at all.
    pub counted: bool,
    /// A line for its log.
    pub line: serde_json::Value,
}

/// What callbacks are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningSecret {
    /// Id.
    pub id: SigningSecretId,
    /// Sealed.
    pub sealed: Vec<u8>,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ceases to sign; none: it is in force.
    pub retires_at: Option<Timestamp>,
}

/// See the module.
#[async_trait::async_trait]
pub trait Deliveries {
    /// Tasks that ended and whose end nobody was told yet, first end first.
    async fn untold_tasks(&mut self, at_most: u32) -> Result<Vec<Task>>;
    /// Notes that the end of a task is in a delivery.
    async fn told_task(&mut self, id: TaskId) -> Result<()>;
    /// Keeps a message to be sent now; what is kept already under its key stays as it is. Answers whether it was new.
    async fn tell(&mut self, new: NewDelivery) -> Result<bool>;
    /// Messages of a channel that are due, those that wait longest first.
    async fn due_deliveries(&mut self, channel: Channel, at_most: u32) -> Result<Vec<Delivery>>;
    /// When the next one of a channel that waits is due.
    async fn next_delivery_at(&mut self, channel: Channel) -> Result<Option<Timestamp>>;
    /// Notes a sending. A message that does not wait any more is left as it is.
    async fn note_sending(&mut self, id: DeliveryId, sending: Sending) -> Result<()>;
    /// One.
    async fn delivery(&mut self, id: DeliveryId) -> Result<Delivery>;
    /// Those that match, newest first.
    async fn deliveries(&mut self, filter: &DeliveryFilter, page: &Page) -> Result<Paged<Delivery>>;
    /// Sends one anew, from the start of its plan, whatever became of it.
    async fn replay_delivery(&mut self, id: DeliveryId) -> Result<Delivery>;

    /// What signs now: the one in force and those that retire later, newest first.
    async fn signing_secrets(&mut self) -> Result<Vec<SigningSecret>>;
    /// Puts a new one in force; those before it sign until `retire_at`, or until they would have anyway.
    async fn put_signing_secret(&mut self, sealed: &[u8], retire_at: Timestamp) -> Result<SigningSecret>;
}
