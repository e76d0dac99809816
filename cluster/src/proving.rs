//! Pure: when a node may be given more. A node that just joined proves itself first, and one that keeps dying proves itself
//! for longer each time, so that tenants do not follow a node up and down.

use std::time::Duration;

use autonomos_runtime::authority::{Member, MemberState, NodeId, View};
use autonomos_runtime::supervision::Backoff;

/// How long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proving {
    /// After any join.
    pub joined: Duration,
    /// After a death, doubling with each one that is remembered.
    pub died: Backoff,
    /// For so long a death is remembered.
    pub remembered: Duration,
}

impl Default for Proving {
    fn default() -> Self {
        Self {
            joined: Duration::from_secs(15),
            died: Backoff::new(Duration::from_secs(30), Duration::from_mins(10)),
            remembered: Duration::from_mins(10),
        }
    }
}

impl Proving {
    /// How often a node died within what is remembered. Leaving is no death.
    fn deaths(&self, view: &View, node: &NodeId) -> u32 {
        let died = |m: &&Member| {
            m.instance.node == *node
                && m.state == MemberState::Dead
                && m.over.is_some_and(|over| over < self.remembered)
        };
        view.members.iter().filter(died).count() as u32
    }

    /// How long after joining a node is given nothing that somebody else serves.
    pub fn wait(&self, view: &View, node: &NodeId) -> Duration {
        match self.deaths(view, node) {
            0 => self.joined,
            deaths => self.died.ceiling(deaths - 1),
        }
    }

    /// Whether a member has proved itself.
    pub fn proved(&self, view: &View, member: &Member) -> bool {
        member.age >= self.wait(view, &member.instance.node)
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::authority::Instance;
    use autonomos_runtime::ids::IncarnationId;

    use MemberState::{Dead, Left};

    use super::*;

    fn member(state: MemberState, over: Option<u64>) -> Member {
        let incarnation = IncarnationId::from_uuid(uuid::Uuid::nil());
        Member {
            instance: Instance { node: NodeId::new("a"), incarnation },
            address: "".into(),
            version: "".into(),
            state,
            weight: 1,
            beat: 0,
            lease_left: Duration::ZERO,
            age: Duration::ZERO,
            over: over.map(Duration::from_secs),
        }
    }

    #[test]
    fn each_death_doubles_the_wait_and_is_forgotten() {
        let wait = |ends: &[(MemberState, u64)]| {
            let members = ends.iter().map(|(state, over)| member(*state, Some(*over))).collect();
            Proving::default().wait(&View { members, ..View::default() }, &NodeId::new("a")).as_secs()
        };
        assert_eq!(wait(&[]), 15);
        assert_eq!(wait(&[(Left, 5)]), 15, "a rolling upgrade is no flapping");
        assert_eq!(wait(&[(Dead, 5)]), 30);
        assert_eq!(wait(&[(Dead, 5), (Dead, 90), (Dead, 200)]), 120);
        assert_eq!(wait(&[(Dead, 5), (Dead, 601)]), 30);
        assert_eq!(wait(&[(Dead, 5); 20]), 600);
    }
}
