//! What goes between a simulated node and the simulated database, and between nodes.

use autonomos_runtime::authority::{Instance, NodeId, Placer, Tenure, Title, View};
use autonomos_runtime::ids::TenantId;

use super::ledger::{Standing, Write};
use crate::membership::Silent;
use crate::routing::Answer as HopAnswer;

/// One process: a node, and which of its starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Index of the node.
    pub node: usize,
    /// Rises with every start.
    pub life: u32,
}

/// A statement. Those that [`autonomos_runtime::authority::Authority`] has are named as there.
#[derive(Clone, Debug)]
pub enum Statement {
    Join(Instance),
    Renew(Instance),
    Drain(Instance),
    Leave(Instance),
    View,
    DeclareDead(Silent),
    TakeOver(Instance, Vec<TenantId>),
    ClaimPlacing(Instance),
    Want(Placer, TenantId, i64, Option<NodeId>),
    /// With where the views were written, and whether the owner knows what became of all its batches.
    Transfer(Title, NodeId, u64, bool),
    Reclaim(Title),
    TransferAnyway(Placer, TenantId, i64, NodeId),
    /// The row of a tenant, and where its streams stand.
    Read(TenantId),
    /// Begins a transaction, checks the title, writes.
    Append(Title, Write),
    /// The three at once, sent in one go.
    Once(Title, Write),
    /// Ends it.
    Commit(u64),
    /// Ends it, as the end of its connection does.
    Abort(u64),
}

impl Statement {
    /// Of the heart, or of a tenant's tree: not of the one that looks after all of them.
    pub const fn is_work(&self) -> bool {
        use Statement::{Abort, Append, Commit, Join, Once, Renew};
        matches!(self, Join(_) | Renew(_) | Append(..) | Once(..) | Commit(_) | Abort(_))
    }
}

/// What the database answers.
#[derive(Clone, Debug)]
pub enum Answer {
    Done,
    Changed(bool),
    View(Box<View>),
    Titles(Vec<Title>),
    Title(Option<Title>),
    Row(Box<(Tenure, Standing)>),
    /// The title does not hold.
    Fenced,
    /// The write came to pass before.
    Already,
    /// The stream stands elsewhere.
    Moved(u64),
    /// Written, in this transaction.
    Appended(u64),
    Committed,
    /// The transaction, or the statement, was ended by the server.
    Failed,
}

/// A statement on its way.
#[derive(Clone, Debug)]
pub struct Sent {
    pub from: Process,
    pub ticket: u64,
    pub statement: Statement,
}

/// A mutation that somebody outside asks for, and asks for again until it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    pub tenant: TenantId,
    pub key: u64,
}

/// Between nodes, and to the one who calls.
#[derive(Clone, Debug)]
pub enum Parcel {
    /// A call that came by a hop.
    Hop(Process, u64, Call),
    /// What became of a hop: the answer of the owner is whether it is done.
    Back(u64, HopAnswer, bool),
}
