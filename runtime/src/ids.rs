//! Every kind of identifier has its own type, so that a connection's id cannot be passed where a tenant's is asked for.
//!
//! One append-only list. All are UUIDv7: they sort by the time they were made. Time and randomness come in through
//! [`crate::clock::Ambient`], so a test can make the same ids twice.

use crate::clock::Ambient;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// A fresh id, ordered after those made earlier.
            pub fn new(ambient: &Ambient) -> Self {
                Self(ambient.uuid())
            }

            /// The id as the database and the wire hold it.
            pub const fn from_uuid(id: uuid::Uuid) -> Self {
                Self(id)
            }

            /// The plain UUID.
            pub const fn as_uuid(&self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )+};
}

ids! {
    /// A customer of the platform; everything belongs to exactly one.
    TenantId,
    /// A person who signs in.
    UserId,
    /// A family of refresh tokens: one sign-in on one device.
    SessionId,
    /// A configured source.
    ConnectionId,
    /// One version of the rules of a stream.
    MappingId,
    /// One detected change of a source's schema.
    DriftId,
    /// One question to a human.
    ReviewId,
    /// One unit of orchestrated work.
    TaskId,
    /// One row that could not be taken.
    DeadLetterId,
    /// One run of an agent.
    RunId,
    /// One thing an agent found.
    FindingId,
    /// One request or one piece of background work, for logs and errors.
    TraceId,
    /// One start of one process: a dead incarnation never comes back.
    IncarnationId,
    /// One key that a program signs in with.
    ApiKeyId,
    /// One message to the outside; the same however often it is sent.
    DeliveryId,
    /// One secret that callbacks are signed with.
    SigningSecretId,
    /// Something that sets off work by itself.
    ScheduleId,
    /// A named sequence of tasks.
    PlaybookId,
    /// One run of such a sequence.
    PlaybookRunId,
    /// A question to views that somebody saved.
    QuestionId,
}
