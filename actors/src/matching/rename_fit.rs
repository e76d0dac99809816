//! Fits the rename model on labelled schema changes, and judges it on sources it has not seen.
//!
//! Guarantee: pure and deterministic; used by the evaluation command only. A crash cannot do anything to it.

use hashbrown::HashSet;

use super::logit::{Observation, fit};
use super::pair::{self, COUNT, Features, NAMES, sign};
use super::rename::{
    Chosen, FINAL, FINAL_NAMES, RenameModel, RepairCase, RepairKind, RepairProposal, choose, propose_with,
};
use super::rename_score::RepairFigures;
use super::sides::{candidates, read};

/// A schema change with what really happened.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct LabelledCase {
    /// Its id.
    pub id: String,
    /// What kind of history it is from.
    pub origin: String,
    /// Repository and commit, or how it was built.
    pub source: String,
    /// The change.
    #[serde(flatten)]
    pub case: RepairCase,
    /// What happened.
    pub truth: Vec<Truth>,
}

/// One thing that happened.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Truth {
    /// What.
    pub kind: RepairKind,
    /// The field or fields before.
    pub from: super::change::OneOrMany,
    /// The field or fields after.
    pub to: super::change::OneOrMany,
    /// Neither wanted nor wrong.
    #[serde(default)]
    pub optional: bool,
}

impl LabelledCase {
    /// What has to be left out together: all cases of a repository, or of a system for the built ones.
    pub fn group(&self) -> &str {
        self.source.split(['@', '.']).next().unwrap_or(&self.source)
    }

    /// The same without samples.
    #[must_use]
    pub fn bare(&self) -> Self {
        let mut made = self.clone();
        made.case.before.iter_mut().chain(&mut made.case.after).for_each(|f| f.samples.clear());
        made
    }

    /// The same with its fields in the order of their names, so that places say nothing.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut made = self.clone();
        made.case.before.sort_by_key(|f| f.name.to_lowercase());
        made.case.after.sort_by_key(|f| f.name.to_lowercase());
        made
    }

    /// Some(true) for a rename that happened, Some(false) for one that did not, None where it is not judged.
    fn label(&self, from: &str, to: &str) -> Option<bool> {
        let has = |names: &[String], name: &str| names.iter().any(|n| n == name);
        let mut answer = Some(false);
        for t in &self.truth {
            let (f, g) = (has(t.from.names(), from), has(t.to.names(), to));
            match t.kind {
                RepairKind::Renamed if f && g => return if t.optional { None } else { Some(true) },
                RepairKind::Split | RepairKind::Merged if f && g => answer = None,
                _ => {}
            }
        }
        answer
    }
}

struct Pairs {
    features: Vec<Features>,
    labels: Vec<Option<bool>>,
    group: String,
}

fn pairs_of(case: &LabelledCase) -> Pairs {
    let reading = read(&case.case);
    let pairs = candidates(&reading);
    let labels =
        pairs.iter().map(|(i, j)| case.label(&reading.removed[*i].field.name, &reading.added[*j].field.name)).collect();
    Pairs { features: pair::measure(&reading, &pairs), labels, group: case.group().to_owned() }
}

fn fit_pairs(all: &[Pairs], skip: &dyn Fn(&str) -> bool) -> [f64; COUNT] {
    let seen: Vec<Observation<'_>> = all
        .iter()
        .filter(|p| !skip(&p.group))
        .flat_map(|p| {
            p.features
                .iter()
                .zip(&p.labels)
                .filter_map(|(f, so)| so.map(|so| Observation { numbers: f, so, weight: 1.0 }))
        })
        .collect();
    let mut penalty = [1.0; COUNT];
    penalty[0] = 0.01;
    let mut weights = [0.0; COUNT];
    // what came out with the wrong sign is held at nothing, and the rest fitted again
    for _ in 0..6 {
        weights.copy_from_slice(&fit(&seen, &penalty));
        let mut wrong = false;
        for (k, name) in NAMES.iter().enumerate() {
            if sign(name) * weights[k] < -1e-3 {
                penalty[k] = 1e9;
                wrong = true;
            }
        }
        if !wrong {
            break;
        }
    }
    weights
}

fn fit_last(chosen: &[(&Chosen, bool)]) -> [f64; FINAL] {
    let seen: Vec<Observation<'_>> =
        chosen.iter().map(|(c, so)| Observation { numbers: &c.last, so: *so, weight: 1.0 }).collect();
    let mut penalty = [0.5; FINAL];
    penalty[0] = 0.01;
    let mut weights = [0.0; FINAL];
    for _ in 0..4 {
        weights.copy_from_slice(&fit(&seen, &penalty));
        let mut wrong = false;
        for (k, name) in FINAL_NAMES.iter().enumerate() {
            let sign = match *name {
                "bias" => 0.0,
                "many" | "no_word" | "adrift" => -1.0,
                _ => 1.0,
            };
            if sign * weights[k] < -1e-3 {
                penalty[k] = 1e9;
                wrong = true;
            }
        }
        if !wrong {
            break;
        }
    }
    weights
}

/// Fits on the cases for which `skip` says no, with and without their samples; the second model on groups the first one
/// has not seen.
fn train_without(cases: &[LabelledCase], measured: &[Pairs], skip: &dyn Fn(&str) -> bool) -> RenameModel {
    let groups: Vec<String> = {
        let mut seen = HashSet::new();
        cases.iter().map(|c| c.group().to_owned()).filter(|g| !skip(g) && seen.insert(g.clone())).collect()
    };
    let mut chosen: Vec<(Chosen, bool)> = Vec::new();
    for fold in 0..5 {
        let held: HashSet<&str> =
            groups.iter().enumerate().filter(|(k, _)| k % 5 == fold).map(|(_, g)| g.as_str()).collect();
        let weights = fit_pairs(measured, &|g| skip(g) || held.contains(g));
        for case in cases.iter().filter(|c| held.contains(c.group())) {
            let reading = read(&case.case);
            for c in choose(&reading, &weights) {
                let names = (&reading.removed[c.left].field.name, &reading.added[c.right].field.name);
                if let Some(so) = case.label(names.0, names.1) {
                    chosen.push((c, so));
                }
            }
        }
    }
    let borrowed: Vec<(&Chosen, bool)> = chosen.iter().map(|(c, so)| (c, *so)).collect();
    RenameModel { pair: fit_pairs(measured, skip), last: fit_last(&borrowed), threshold: 0.6 }
}

fn both(cases: &[LabelledCase]) -> Vec<LabelledCase> {
    let has = |c: &LabelledCase| c.case.before.iter().any(|f| !f.samples.is_empty());
    let mut all: Vec<LabelledCase> =
        cases.iter().cloned().chain(cases.iter().filter(|c| has(c)).map(LabelledCase::bare)).collect();
    all.extend(cases.iter().map(|c| c.bare().sorted()));
    all
}

/// Fits on everything.
pub fn train(cases: &[LabelledCase]) -> RenameModel {
    let all = both(cases);
    let measured: Vec<Pairs> = all.iter().map(pairs_of).collect();
    train_without(&all, &measured, &|_| false)
}

/// Proposals for each case, shown as `show` makes it, by a model that has seen nothing of its group.
pub fn leave_one_out(cases: &[LabelledCase], show: Show<'_>) -> Vec<(String, Vec<RepairProposal>)> {
    let all = both(cases);
    let measured: Vec<Pairs> = all.iter().map(pairs_of).collect();
    let mut groups: Vec<&str> = cases.iter().map(LabelledCase::group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut out = Vec::new();
    for group in groups {
        let model = train_without(&all, &measured, &|g| g == group);
        for case in cases.iter().filter(|c| c.group() == group) {
            out.push((case.id.clone(), propose_with(&show(case).case, &model)));
        }
    }
    out
}

/// Reads labelled cases, one JSON object a line.
pub fn read_cases(text: &str) -> Result<Vec<LabelledCase>, serde_json::Error> {
    text.lines().filter(|l| !l.trim().is_empty()).map(serde_json::from_str).collect()
}

/// How a case is shown to the model.
type Show<'a> = &'a dyn Fn(&LabelledCase) -> LabelledCase;

/// The table of the model's figures on sources it has not seen: without samples, with them, and without places either.
pub fn report(cases: &[LabelledCase]) -> String {
    let real = |c: &LabelledCase| c.origin != "cross-system";
    let mut out = String::new();
    let ways: [(&str, Show<'_>); 3] = [
        ("names and types", &LabelledCase::bare),
        ("with samples   ", &LabelledCase::clone),
        ("no places      ", &|c| c.bare().sorted()),
    ];
    for (way, show) in ways {
        let (mut all, mut histories) = (RepairFigures::default(), RepairFigures::default());
        for (id, proposals) in leave_one_out(cases, show) {
            let Some(case) = cases.iter().find(|c| c.id == id) else { continue };
            all.add(case, &proposals);
            if real(case) {
                histories.add(case, &proposals);
            }
        }
        for (whose, figures) in [("all      ", all), ("histories", histories)] {
            out.extend(["repair, ", way, ", ", whose, ": ", figures.line().as_str(), "\n"]);
        }
    }
    out
}
