//! Who is in the cluster and who owns which tenant: the rows that only the database may judge, and the statements on them.
//!
//! The problem: a process cannot know by itself whether it still owns something. It may have been frozen, cut off or
//! replaced, and nothing that it holds in memory tells it so. So membership and ownership are rows in one database, every
//! change of them is one atomic statement with its preconditions in it, and every durable transaction of a tenant checks
//! its row first (the fence).
//!
//! The guarantee: an epoch of a tenant belongs to one start of one process and never comes back. It rises with every
//! change of owner; a declared death is final; a lease that ran out and that nobody acted on may still be renewed.
//!
//! What a crash does: nothing to these rows. The lease of whoever crashed runs out, others declare it dead and take over.
//!
//! Moments are told as "so long ago" and "so long from now" by the database's clock, so that no two clocks are ever
//! compared. Statements that answer whether they changed something never fail for having changed nothing.

use std::sync::Arc;
use std::time::Duration;

use crate::Result;
use crate::ids::{IncarnationId, TenantId};

/// A node's name, kept over its restarts.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(Arc<str>);

impl NodeId {
    /// As the settings name it.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for NodeId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// One start of one node's process. A dead one never comes back to life: the next start is another.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Instance {
    /// The node.
    pub node: NodeId,
    /// The start.
    pub incarnation: IncarnationId,
}

crate::store::words::words! {
    /// Where an instance is in its life.
    MemberState {
        /// Serves, and may be given more.
        Active = "active",
        /// Serves, and hands over what it has.
        Draining = "draining",
        /// Declared dead after its lease ran out. Final.
        Dead = "dead",
        /// Ended its lease by itself, or whoever saw its process end did. Final.
        Left = "left",
    }
}

impl MemberState {
    /// Whether it can own tenants.
    pub const fn lives(self) -> bool {
        matches!(self, Self::Active | Self::Draining)
    }
}

/// An instance, as its row tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Who.
    pub instance: Instance,
    /// Where others reach it.
    pub address: Arc<str>,
    /// Of its program.
    pub version: Arc<str>,
    /// Where it is in its life.
    pub state: MemberState,
    /// Its share of the load, relative to that of others.
    pub weight: u32,
    /// Differs after every renewal; otherwise without meaning. What a declaration of death must have seen.
    pub beat: i64,
    /// What is left of its lease; zero when it ran out.
    pub lease_left: Duration,
    /// How long ago it joined.
    pub age: Duration,
    /// How long ago it died or left.
    pub over: Option<Duration>,
}

/// What a process that joins says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joining {
    /// Where others reach it.
    pub address: String,
    /// Of its program.
    pub version: String,
    /// See [`Member::weight`].
    pub weight: u32,
}

/// What became of joining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// The lease is granted.
    Granted,
    /// Another process goes by that name.
    Taken {
        /// Where that one is reached.
        address: String,
        /// How long ago it was heard of.
        heard: Duration,
    },
}

/// Who owns a tenant, as its row tells.
#[derive(Clone, Debug, PartialEq)]
pub struct Tenure {
    /// The tenant.
    pub tenant: TenantId,
    /// The owner; there is never a moment without a row.
    pub holder: Instance,
    /// Rises with every change of owner.
    pub epoch: i64,
    /// Where the placer wants it instead, and for how long it has.
    pub wanted: Option<(NodeId, Duration)>,
    /// Where an operator wants it, whatever the load.
    pub pinned: Option<NodeId>,
    /// Measured work, in whatever unit all tenants are measured in.
    pub load: u32,
    /// How long ago something was last asked of it or done for it.
    pub idle: Duration,
}

/// Right to place tenants, under the same scheme as ownership of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placer {
    /// Who.
    pub holder: Instance,
    /// Rises with every change of holder.
    pub epoch: i64,
}

/// All of it at one moment.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Instances that live, and those that ended within the last ten minutes.
    pub members: Vec<Member>,
    /// Every tenant that is served.
    pub tenures: Vec<Tenure>,
    /// Who places, if anybody ever did.
    pub placer: Option<Placer>,
}

/// A claim to a tenant: what the fence compares, all three parts of it. If the database itself fails over and loses its
/// last moments, two instances could hold one epoch number; they still differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// The tenant.
    pub tenant: TenantId,
    /// Who claims.
    pub holder: Instance,
    /// Under which epoch.
    pub epoch: i64,
}

/// The statements. Each is one transaction on the primary, on a session with the timeouts that keep a frozen owner from
/// blocking its own takeover (`idle_in_transaction_session_timeout`, `statement_timeout`, `lock_timeout`, keepalives).
///
/// `$ttl` is the time a lease is granted for. Where a moment is stamped, the row is locked first: a stamp that is computed
/// before a wait for the lock would be as old as the wait was long.
#[async_trait::async_trait]
pub trait Authority: Send + Sync + 'static {
    /// A new instance, its lease granted: `insert into cluster_nodes ... clock_timestamp() + $ttl`. An older instance of the
    /// same node, if it is not over yet, runs out by itself, unless it was heard of within `quiet`: then it is another process
    /// that goes by the same name, and its address is answered instead. Joins wait for one another.
    async fn join(&self, me: &Instance, as_whom: &Joining, ttl: Duration, quiet: Duration) -> Result<Joined>;

    /// Grants the lease anew: `update cluster_nodes set lease_until = clock_timestamp() + $ttl where (node_id, incarnation) =
    /// me and state in ('active', 'draining')`, and no younger start of the node lives. False: it was declared dead, or
    /// replaced; everything it runs has to stop, and it never comes back. On a connection of its own, from a thread of its own.
    async fn renew(&self, me: &Instance, ttl: Duration) -> Result<bool>;

    /// Marks it as handing over; false if it is over.
    async fn drain(&self, me: &Instance) -> Result<bool>;

    /// Ends the lease of an instance whose process ends, or was seen to have ended. Final.
    async fn leave(&self, who: &Instance) -> Result<()>;

    /// Everything, in one snapshot.
    async fn view(&self) -> Result<View>;

    /// The row of one tenant; none if it is served by nobody.
    async fn tenure(&self, tenant: TenantId) -> Result<Option<Tenure>>;

    /// Declares an instance dead whose lease ran out and who has not been heard of since `beat`: `update ... set state =
    /// 'dead' where (node_id, incarnation) = who and state in ('active', 'draining') and lease_until = $beat and (lease_until
    /// < clock_timestamp() or lease_until > clock_timestamp() + $ttl)`. The last: nobody is granted so much, so the
    /// database's clock went back since. False: it renewed meanwhile, or is over already.
    async fn declare_dead(&self, who: &Instance, beat: i64, ttl: Duration) -> Result<bool>;

    /// Takes over those of the tenants whose owner is over (`dead` or `left`, joined in the statement), at most a batch:
    /// `... for update of o skip locked`, then `epoch = epoch + 1, want_node = null`, provided that the new owner itself
    /// is active (`for share`). Those that somebody's open transaction holds are skipped and come round again. The titles
    /// granted.
    async fn take_over(&self, me: &Instance, tenants: &[TenantId]) -> Result<Vec<Title>>;

    /// Becomes the placer, if there is none or the one there was is over: epoch + 1, as with a tenant.
    async fn claim_placing(&self, me: &Instance) -> Result<bool>;

    /// Notes where a tenant that still has this epoch should be (`None`: where it is), fenced by the placer's own row (`for
    /// share`). False: it is owned otherwise by now, or this placer is none any more.
    async fn want(&self, placer: &Placer, tenant: TenantId, epoch: i64, node: Option<&NodeId>) -> Result<bool>;

    /// Hands a tenant over, by its owner, together with whatever cursors its tree saves in the same transaction: `update
    /// tenant_owner set (node_id, incarnation) = (the active instance of $to), epoch = epoch + 1, want_node = null where
    /// (tenant_id, node_id, incarnation, epoch) = title and want_node = $to`. Waits for transactions that hold the row.
    /// The new title, or none: it is owned otherwise, is not wanted there any more, or nobody lives there.
    async fn transfer(&self, title: &Title, to: &NodeId) -> Result<Option<Title>>;

    /// Raises the epoch of a tenant that this instance owns under this title, so that whatever it sent under the old one and
    /// never heard of is refused, whenever it arrives: `update tenant_owner set epoch = epoch + 1, want_node = null where
    /// (tenant_id, node_id, incarnation, epoch) = title`. Waits for transactions that hold the row. The new title, or none:
    /// it is owned otherwise.
    async fn reclaim(&self, title: &Title) -> Result<Option<Title>>;

    /// Hands a tenant over by the placer, for an owner that does not get done; fenced by the placer's row. Safety comes from the
    /// fence of the owner's transactions, not from its manners.
    async fn transfer_anyway(
        &self,
        placer: &Placer,
        tenant: TenantId,
        epoch: i64,
        to: &NodeId,
    ) -> Result<Option<Title>>;

    /// Works out anew what work tenants make, from what their logs took in since that was done last, `period` ago at most.
    async fn measure(&self, period: Duration) -> Result<()>;
}
