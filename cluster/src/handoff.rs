//! Pure: how an owner hands a tenant over while both nodes live. The steps, and what each side does if the other, or
//! itself, ends in between.
//!
//! | step of the owner | if the owner ends here | if the other ends here |
//! |---|---|---|
//! | stops taking work in; reads go on | the row names it still: its lease runs out, somebody takes over | it goes on as before |
//! | drains: the batch in hand commits or fails, queued ones are dropped (their offsets did not move) | the same | the same |
//! | closes the views, having written where they are | the same | the same |
//! | transfers: one transaction, epoch + 1 | it is done or it is not; the row says which | the transaction refuses one that is over; after it, the row names the other, whose lease runs out |
//! | is done: forgets the tenant, answers 421 with the new owner | nothing is left to do | somebody takes over from the other |
//!
//! There is never a moment without an owner row, and nothing of this is kept anywhere but in the row: a crash forgets the
//! steps, and needs none of them. Whoever does not get done is overtaken by the placer; safety comes from the fence. While
//! the answer to the transfer is out, the owner does nothing under its title: it asks the row. A title under which a transfer
//! was sent that may still arrive is never served again: if the tenant stays, its owner takes a new epoch first.

use std::time::Duration;

use autonomos_runtime::authority::{NodeId, Title};

/// Where an owner stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing new is taken in; what is in hand ends.
    Draining,
    /// The views are being closed.
    Checkpointing,
    /// The transfer was sent.
    Transferring,
    /// Its answer was lost; the row is being asked.
    Asking,
}

/// What the owner has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Do {
    /// Take nothing new in, and say when nothing is in hand any more.
    Drain,
    /// Write where the views are, close them, and say when.
    Checkpoint,
    /// Send the transfer.
    Transfer,
    /// Read the row.
    Ask,
    /// Take work in again: it stays.
    Resume,
    /// Forget the tenant: it is somebody else's; or it stays, and begins anew under another epoch.
    Close,
}

/// What the owner heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing is in hand any more.
    Drained,
    /// The views are closed.
    Checkpointed,
    /// The transfer was answered: granted, or refused.
    Transferred(bool),
    /// The transfer, or the question after it, was not answered.
    Unanswered,
    /// The row was read: whether it still names this title, and where the tenant is wanted.
    Row {
        /// Whether the title still holds.
        mine: bool,
        /// Where the placer wants the tenant.
        wanted: Option<NodeId>,
    },
}

/// One tenant on its way out.
#[derive(Clone, Debug)]
pub struct Giving {
    title: Title,
    to: NodeId,
    step: Step,
    since: Duration,
}

impl Giving {
    /// Begins; the first thing to do is to drain.
    pub const fn begin(title: Title, to: NodeId, now: Duration) -> (Self, Do) {
        (Self { title, to, step: Step::Draining, since: now }, Do::Drain)
    }

    /// What is handed over.
    pub const fn title(&self) -> &Title {
        &self.title
    }

    /// To whom.
    pub const fn to(&self) -> &NodeId {
        &self.to
    }

    /// Where it stands.
    pub const fn step(&self) -> Step {
        self.step
    }

    /// When it began.
    pub const fn since(&self) -> Duration {
        self.since
    }

    /// Whether reads may still be answered from the views here.
    pub const fn reads(&self) -> bool {
        matches!(self.step, Step::Draining)
    }

    /// Whether anything may still be committed under the title: only what is in hand.
    pub const fn writes(&self) -> bool {
        matches!(self.step, Step::Draining)
    }

    /// Whether the transfer was sent and may still come to pass, whatever becomes of this process's tree: what the title
    /// allows is unknown until it is known to be over.
    pub const fn unsettled(&self) -> bool {
        matches!(self.step, Step::Transferring | Step::Asking)
    }

    /// Something was heard; what to do about it, if anything. What does not belong to the step was meant for an earlier one.
    pub fn heard(&mut self, heard: &Heard) -> Option<Do> {
        let (step, next) = match (self.step, heard) {
            (Step::Draining, Heard::Drained) => (Step::Checkpointing, Do::Checkpoint),
            (Step::Checkpointing, Heard::Checkpointed) => (Step::Transferring, Do::Transfer),
            (Step::Transferring, Heard::Transferred(true)) => (Step::Transferring, Do::Close),
            // It is not wanted there any more, or owned otherwise: the row knows.
            (Step::Transferring, Heard::Transferred(false) | Heard::Unanswered) | (Step::Asking, Heard::Unanswered) => {
                (Step::Asking, Do::Ask)
            }
            // The statement had not come to pass, and may still: the same once more can only be granted or refused.
            (Step::Asking, Heard::Row { mine: true, wanted }) if wanted.as_ref() == Some(&self.to) => {
                (Step::Transferring, Do::Transfer)
            }
            // Nothing was sent yet, and nobody wants it there any more.
            (Step::Draining | Step::Checkpointing, Heard::Row { mine: true, wanted })
                if wanted.as_ref() != Some(&self.to) =>
            {
                (self.step, Do::Resume)
            }
            // Somebody else's. Or its own still, and what was sent may yet arrive and find that it is wanted there once more:
            // this title is not served again.
            (_, Heard::Row { mine: false, .. }) | (Step::Asking, Heard::Row { .. }) => (self.step, Do::Close),
            _ => return None,
        };
        self.step = step;
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::authority::Instance;
    use autonomos_runtime::ids::{IncarnationId, TenantId};

    use super::*;

    fn giving() -> Giving {
        let nil = uuid::Uuid::nil();
        let holder = Instance { node: NodeId::new("a"), incarnation: IncarnationId::from_uuid(nil) };
        let title = Title { tenant: TenantId::from_uuid(nil), holder, epoch: 3 };
        let (giving, first) = Giving::begin(title, NodeId::new("b"), Duration::ZERO);
        assert_eq!(first, Do::Drain);
        giving
    }

    fn row(mine: bool, wanted: Option<&str>) -> Heard {
        Heard::Row { mine, wanted: wanted.map(NodeId::new) }
    }

    fn hear(giving: &mut Giving, heard: &[Heard]) -> Vec<Option<Do>> {
        heard.iter().map(|heard| giving.heard(heard)).collect()
    }

    #[test]
    fn step_by_step() {
        let mut giving = giving();
        assert!(giving.reads() && giving.writes());
        let done = hear(&mut giving, &[Heard::Checkpointed, Heard::Drained, Heard::Drained, Heard::Checkpointed]);
        assert_eq!(done, [None, Some(Do::Checkpoint), None, Some(Do::Transfer)]);
        assert!(!giving.reads() && !giving.writes());
        assert_eq!(giving.heard(&Heard::Transferred(true)), Some(Do::Close));
    }

    #[test]
    fn a_lost_answer_is_looked_up() {
        let sent = || {
            let mut giving = giving();
            hear(&mut giving, &[Heard::Drained, Heard::Checkpointed, Heard::Unanswered]);
            assert_eq!(giving.step(), Step::Asking);
            giving
        };
        assert_eq!(sent().heard(&row(false, None)), Some(Do::Close), "it had come to pass, or somebody took over");
        assert_eq!(sent().heard(&row(true, Some("b"))), Some(Do::Transfer), "it had not");
        assert_eq!(sent().heard(&row(true, None)), Some(Do::Close), "it may still, but under this title only");
        assert_eq!(sent().heard(&Heard::Unanswered), Some(Do::Ask), "until it is known, nothing else");
    }

    #[test]
    fn refused_or_not_wanted_any_more() {
        let mut refused = giving();
        let refused =
            hear(&mut refused, &[Heard::Drained, Heard::Checkpointed, Heard::Transferred(false), row(true, Some("c"))]);
        assert_eq!(refused[2..], [Some(Do::Ask), Some(Do::Close)]);
        let mut early = giving();
        assert_eq!(hear(&mut early, &[row(true, Some("b")), row(true, None)]), [None, Some(Do::Resume)]);
        let mut overtaken = giving();
        assert_eq!(hear(&mut overtaken, &[Heard::Drained, row(false, None)]), [Some(Do::Checkpoint), Some(Do::Close)]);
        let mut sent = giving();
        hear(&mut sent, &[Heard::Drained, Heard::Checkpointed]);
        assert_eq!(sent.heard(&row(true, None)), None, "read before the answer is here: only the answer counts");
    }
}
