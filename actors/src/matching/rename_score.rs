//! Judges repair proposals against what really happened, the way the rename model's figures are given.
//!
//! Guarantee: pure; used by the evaluation command only. A proposal that is half of a split or a merge, or that touches what
//! the truth calls optional, counts neither way. A crash cannot do anything to it.

use std::collections::BTreeSet;

use super::change::{OneOrMany, RepairKind, RepairProposal};
use super::flags::{opposite, saying};
use super::rename_fit::LabelledCase;

type Key = (RepairKind, BTreeSet<String>, BTreeSet<String>);

/// What is applied unseen lies above this.
const APPLIED: f64 = 0.85;

/// Counts over cases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RepairFigures {
    /// Cases judged, and those wholly right.
    pub cases: usize,
    /// Cases with every wanted proposal and no wrong one.
    pub exact: usize,
    /// Renames: right, proposed, true.
    pub renamed: [usize; 3],
    /// Retypes: right, proposed, true.
    pub retyped: [usize; 3],
    /// Splits and merges: right, proposed, true.
    pub parts: [usize; 3],
    /// Remaps that would be applied unseen: right, proposed.
    pub applied: [usize; 2],
    /// Remaps that would be applied unseen although the names say opposite things.
    pub inverted: usize,
    bins: [(usize, f64, usize); 10],
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl RepairFigures {
    /// Precision and recall of renames.
    pub fn rename_rates(&self) -> (f64, f64) {
        (share(self.renamed[0], self.renamed[1]), share(self.renamed[0], self.renamed[2]))
    }

    /// How many of the remaps that would be applied unseen are right.
    pub fn applied_rate(&self) -> f64 {
        share(self.applied[0], self.applied[1])
    }

    /// Mean distance between stated confidence and how often it was right, over the remaps.
    pub fn calibration_error(&self) -> f64 {
        let all: usize = self.bins.iter().map(|b| b.0).sum();
        let miss: f64 = self.bins.iter().map(|b| (b.1 - b.2 as f64).abs()).sum();
        if all == 0 { 0.0 } else { miss / all as f64 }
    }

    /// One line of the table.
    pub fn line(&self) -> String {
        let (p, r) = self.rename_rates();
        format!(
            "cases {} exact {:.3} | renamed P {p:.3} R {r:.3} | retyped {}/{}/{} | split, merged {}/{}/{} | applied {}/{} \
             = {:.3} inverted {} | ECE {:.3}",
            self.cases,
            share(self.exact, self.cases),
            self.retyped[0],
            self.retyped[1],
            self.retyped[2],
            self.parts[0],
            self.parts[1],
            self.parts[2],
            self.applied[0],
            self.applied[1],
            self.applied_rate(),
            self.inverted,
            self.calibration_error(),
        )
    }

    /// Judges one case.
    pub fn add(&mut self, case: &LabelledCase, proposals: &[RepairProposal]) {
        let wanted: BTreeSet<Key> =
            case.truth.iter().filter(|t| !t.optional).map(|t| key(t.kind, &t.from, &t.to)).collect();
        let optional: Vec<Key> =
            case.truth.iter().filter(|t| t.optional).map(|t| key(t.kind, &t.from, &t.to)).collect();
        let soft = |k: &Key| excused(k, &wanted, &optional);
        let (mut got, mut wrong) = (BTreeSet::new(), false);
        for proposal in proposals {
            let k = key(proposal.kind, &proposal.from, &proposal.to);
            let right = wanted.contains(&k);
            if !right && soft(&k) {
                continue;
            }
            self.count(proposal, right);
            wrong |= !right;
            if right {
                got.insert(k);
            }
        }
        for k in &wanted {
            match k.0 {
                RepairKind::Renamed => self.renamed[2] += 1,
                RepairKind::Retyped => self.retyped[2] += 1,
                RepairKind::Split | RepairKind::Merged => self.parts[2] += 1,
                RepairKind::Removed | RepairKind::Added => {}
            }
        }
        self.cases += 1;
        self.exact += usize::from(got == wanted && !wrong);
    }

    fn count(&mut self, proposal: &RepairProposal, right: bool) {
        let counts = match proposal.kind {
            RepairKind::Renamed => &mut self.renamed,
            RepairKind::Retyped => &mut self.retyped,
            RepairKind::Split | RepairKind::Merged => &mut self.parts,
            RepairKind::Removed | RepairKind::Added => return,
        };
        counts[0] += usize::from(right);
        counts[1] += 1;
        if proposal.kind == RepairKind::Retyped {
            return;
        }
        let bin = &mut self.bins[((proposal.confidence * 10.0) as usize).min(9)];
        *bin = (bin.0 + 1, bin.1 + proposal.confidence, bin.2 + usize::from(right));
        if proposal.confidence > APPLIED {
            self.applied[0] += usize::from(right);
            self.applied[1] += 1;
            let against = |a: &String| proposal.to.names().iter().any(|b| opposite(&saying(a), &saying(b)));
            self.inverted += usize::from(proposal.from.names().iter().any(against));
        }
    }
}

fn key(kind: RepairKind, from: &OneOrMany, to: &OneOrMany) -> Key {
    (kind, from.names().iter().cloned().collect(), to.names().iter().cloned().collect())
}

fn excused(k: &Key, wanted: &BTreeSet<Key>, optional: &[Key]) -> bool {
    let touched = |side: fn(&Key) -> &BTreeSet<String>| optional.iter().flat_map(side).collect::<BTreeSet<_>>();
    let parts = |w: &&Key| matches!(w.0, RepairKind::Split | RepairKind::Merged);
    match k.0 {
        RepairKind::Retyped => {
            wanted.iter().any(|w| w.0 == RepairKind::Renamed && k.1.iter().all(|n| w.1.contains(n) || w.2.contains(n)))
        }
        kind => {
            optional.contains(k)
                || (kind == RepairKind::Removed && k.1.iter().all(|n| touched(|o| &o.1).contains(n)))
                || (kind == RepairKind::Added && k.2.iter().all(|n| touched(|o| &o.2).contains(n)))
                || wanted.iter().filter(parts).any(|w| k.1.is_subset(&w.1) && k.2.is_subset(&w.2))
        }
    }
}
