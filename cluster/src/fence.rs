//! Pure: what every durable transaction of a tenant checks before anything else, and what follows when it does not hold.
//!
//! The lease keeps an owner from acting late; the fence makes sure of it. Between the moment an owner asked its lease and
//! the moment its statement arrives, anything may have happened: a pause, a takeover. So the statement itself compares the
//! claim with the row, and locks the row against a change until its transaction ends (`for share`: a plain read, or `for key
//! share`, lets the takeover pass while the transaction is open, which then commits).
//!
//! A claim that does not hold is final ([`autonomos_runtime::Kind::Fenced`]): never tried again, and no crash.

use autonomos_runtime::authority::{Instance, Title};

/// What the row says of a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fence {
    /// It is the claimant's.
    Holds,
    /// It is somebody else's, or the claimant's again under another epoch.
    Fenced {
        /// Whose it is.
        holder: Instance,
        /// Under which epoch.
        epoch: i64,
    },
}

/// Compares all three parts of a claim with the row.
pub fn judge(claim: &Title, holder: &Instance, epoch: i64) -> Fence {
    if claim.holder == *holder && claim.epoch == epoch {
        Fence::Holds
    } else {
        Fence::Fenced { holder: holder.clone(), epoch }
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::authority::NodeId;
    use autonomos_runtime::ids::{IncarnationId, TenantId};

    use super::*;

    #[test]
    fn node_incarnation_and_epoch_all_three() {
        let who = |node: &str, start: u128| Instance {
            node: NodeId::new(node),
            incarnation: IncarnationId::from_uuid(uuid::Uuid::from_u128(start)),
        };
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        let claim = Title { tenant, holder: who("a", 1), epoch: 7 };
        assert_eq!(judge(&claim, &who("a", 1), 7), Fence::Holds);
        for (holder, epoch) in [(who("b", 1), 7), (who("a", 2), 7), (who("a", 1), 8), (who("a", 1), 6)] {
            assert_eq!(judge(&claim, &holder, epoch), Fence::Fenced { holder, epoch });
        }
    }
}
