//! The one error that crosses a room's door: a kind that decides what callers may do about it, a stable code that
//! scripts may match on, a sentence for people, the field at fault and what to do.
//!
//! Messages are written for the tenant: never SQL, never a path of the machine, never another tenant's id. What only an
//! operator should see goes into `source`, which is logged and never sent.

use std::borrow::Cow;

/// What went wrong, as far as a caller's next step depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The input is wrong; the same call will fail again.
    Invalid,
    /// Who are you?
    Unauthenticated,
    /// You may not.
    Denied,
    /// There is no such thing for you.
    NotFound,
    /// It was changed, or exists, or is in the wrong state.
    Conflict,
    /// A precondition (If-Match) does not hold.
    Stale,
    /// More than the limits allow.
    TooLarge,
    /// Too much at once; try again later.
    Busy,
    /// Something we depend on is away; try again later.
    Unavailable,
    /// This node no longer owns the tenant; terminal here, never retried.
    Fenced,
    /// Our fault.
    Internal,
}

/// See the module.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What callers may do about it.
    pub kind: Kind,
    /// Stable, dotted, lower-case: `mapping.unknown_field`.
    pub code: &'static str,
    /// One sentence for the person who sent the request.
    pub message: Cow<'static, str>,
    /// JSON pointer or column name of what is at fault.
    pub field: Option<String>,
    /// What to do about it.
    pub remedy: Option<Cow<'static, str>>,
    /// For the log only.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The result of everything that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident => $kind:ident),+ $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
            Self::new(Kind::$kind, code, message)
        }
    )+};
}

impl Error {
    /// An error of a kind.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self { kind, code, message: message.into(), field: None, remedy: None, source: None }
    }

    kinds! {
        /// The input is wrong.
        invalid => Invalid,
        /// No or bad credentials.
        unauthenticated => Unauthenticated,
        /// Not allowed.
        denied => Denied,
        /// No such thing.
        not_found => NotFound,
        /// Exists already or in the wrong state.
        conflict => Conflict,
        /// If-Match does not hold.
        stale => Stale,
        /// Over a limit.
        too_large => TooLarge,
        /// Try again later.
        busy => Busy,
        /// Something we need is away.
        unavailable => Unavailable,
        /// Ownership is lost.
        fenced => Fenced,
        /// Our fault.
        internal => Internal,
    }

    /// Names the field at fault.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<Cow<'static, str>>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// Keeps the cause for the log.
    #[must_use]
    pub fn source(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Whether the same call may succeed later.
    pub const fn retryable(&self) -> bool {
        matches!(self.kind, Kind::Busy | Kind::Unavailable)
    }

    /// The message followed by every cause, for logs.
    pub fn chain(&self) -> String {
        let mut out = format!("{}: {}", self.code, self.message);
        let mut cause = std::error::Error::source(self);
        while let Some(next) = cause {
            out.push_str(": ");
            out.push_str(&next.to_string());
            cause = next.source();
        }
        out
    }
}
