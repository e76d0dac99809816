//! A tree as data: who supervises whom, in which order they start, how much failing is too much, and who is told.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use super::executor::{self, Roster};
use super::{ChildSpec, Intensity, Key};

/// Who is told what happens in a tree, so that the kit need not know a store or a bus. Called by the supervisor between
/// two messages: hand the fact on and return, never block.
pub trait Reports: Send + Sync + 'static {
    /// A child failed and will be started again after a while.
    fn failed(&self, _key: &Key, _kind: &'static str, _error: &str, _again_in: Duration) {}
    /// A child failed too often and stays out.
    fn quarantined(&self, _key: &Key, _kind: &'static str, _error: &str) {}
    /// A child that was quarantined gets another chance.
    fn released(&self, _key: &Key, _kind: &'static str) {}
    /// A supervisor's children failed too often: all are stopped.
    fn suspended(&self, _key: &Key, _error: &str) {}
    /// A child found that this node no longer owns its tenant: the whole tree should go.
    fn fenced(&self, _key: &Key) {}
}

/// Nobody is told.
struct Silence;

impl Reports for Silence {}

/// See the module.
#[derive(Clone)]
pub struct TreeSpec {
    key: Key,
    members: Vec<Member>,
    together: bool,
    escalation: Option<Intensity>,
    reports: Option<Arc<dyn Reports>>,
}

#[derive(Clone)]
enum Member {
    Child(ChildSpec),
    Tree(TreeSpec),
}

impl TreeSpec {
    /// Children that start in the order given and stop in reverse, one after the other. Suspended when they are
    /// quarantined more than 5 times in 5 minutes.
    pub const fn ordered(key: Key) -> Self {
        Self { key, members: Vec::new(), together: false, escalation: Some(Intensity::new(5, 300)), reports: None }
    }

    /// Children of one kind that come and go and stop all at once. Never suspended: one bad connector is no reason to
    /// stop the good ones.
    pub const fn dynamic(key: Key) -> Self {
        Self { key, members: Vec::new(), together: true, escalation: None, reports: None }
    }

    /// With a child after those it has.
    #[must_use]
    pub fn child(mut self, spec: ChildSpec) -> Self {
        self.members.push(Member::Child(spec));
        self
    }

    /// With a tree after the children it has.
    #[must_use]
    pub fn subtree(mut self, tree: Self) -> Self {
        self.members.push(Member::Tree(tree));
        self
    }

    /// How many quarantines within which time suspend it.
    #[must_use]
    pub const fn escalation(mut self, intensity: Option<Intensity>) -> Self {
        self.escalation = intensity;
        self
    }

    /// Who is told; subtrees that do not say otherwise tell the same.
    #[must_use]
    pub fn reports(mut self, reports: Arc<dyn Reports>) -> Self {
        self.reports = Some(reports);
        self
    }

    /// Where its supervisor sits.
    pub const fn key(&self) -> &Key {
        &self.key
    }

    /// As the child of another supervisor, or of nobody. Its deadlines follow from its children's.
    pub(super) fn into_child(self, reports: Option<&Arc<dyn Reports>>) -> ChildSpec {
        let reports = self.reports.or_else(|| reports.cloned()).unwrap_or_else(|| Arc::new(Silence));
        let children: Vec<ChildSpec> = self
            .members
            .into_iter()
            .map(|member| match member {
                Member::Child(spec) => spec,
                Member::Tree(tree) => tree.into_child(Some(&reports)),
            })
            .collect();
        let slack = Duration::from_secs(5);
        let start_within = slack + children.iter().map(|child| child.start_within).sum::<Duration>();
        // Each child may need a second more to be killed after its deadline.
        let stop = |child: &ChildSpec| child.shutdown.deadline() + Duration::from_secs(1);
        let stop_within = if self.together {
            // Children that come later have deadlines of their own; half a minute is what the longest should need.
            children.iter().map(stop).max().unwrap_or_default().max(Duration::from_secs(30))
        } else {
            children.iter().map(stop).sum()
        };
        let roster =
            Roster { together: self.together, escalation: self.escalation, reports, children: Mutex::new(children) };
        executor::child_spec(self.key, roster).start_within(start_within).stop(slack + stop_within)
    }
}

impl std::fmt::Debug for TreeSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TreeSpec({}, {} members)", self.key, self.members.len())
    }
}
