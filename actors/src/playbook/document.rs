//! Pure: a playbook as it is written, and whether it can be meant: names once, steps that exist, an order without a circle.

use std::collections::BTreeSet;

use autonomos_runtime::{Error, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::configuration::text;
use crate::task::work::{Work, nothing};

/// The version of the shape.
const VERSION: u32 = 1;
/// Bytes of a playbook at most.
const LONGEST: usize = 64 << 10;
/// Steps at most.
const STEPS: usize = 100;

/// See the module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Version of the shape.
    pub version: u32,
    /// What is done.
    pub steps: Vec<Step>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the playbook.
    pub name: String,
    /// Kind of task.
    pub task: String,
    /// What it needs.
    #[serde(default = "nothing", rename = "with")]
    pub payload: Value,
    /// Attempts of the task; 3 unless said.
    #[serde(default)]
    pub attempts: Option<u32>,
    /// Steps that are over before it begins; the one before it unless said.
    #[serde(default)]
    pub needs: Option<Vec<String>>,
    /// All of these hold, or it is skipped. None: all that it needs have succeeded.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Its failure does not make the run fail.
    #[serde(default)]
    pub may_fail: bool,
}

/// What has to be so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// Of this step, which is over before.
    pub step: String,
    /// It ended so: `success`, `failed`, `skipped`.
    #[serde(default)]
    pub is: Option<String>,
    /// A place in its result, as a JSON pointer.
    #[serde(default)]
    pub result: Option<String>,
    /// What stands there is a number above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// Or below this.
    #[serde(default)]
    pub below: Option<f64>,
    /// Or exactly this.
    #[serde(default)]
    pub equals: Option<Value>,
}

fn wrong(code: &'static str, place: &str, what: String, remedy: &'static str) -> Error {
    Error::invalid(code, what).field(format!("/document{place}")).remedy(remedy)
}

impl Playbook {
    /// Reads one, and looks whether it can be meant.
    pub fn read(document: &str) -> Result<Self> {
        if document.len() > LONGEST {
            let what = format!("A playbook has {LONGEST} bytes at most.");
            return Err(Error::too_large("playbook.too_long", what).field("/document").remedy("Make two of it."));
        }
        let playbook: Self = text::read(document)
            .map_err(|e| Error { code: "playbook.not_understood", ..e }.remedy("Correct the playbook at that line."))?;
        playbook.check()?;
        Ok(playbook)
    }

    fn check(&self) -> Result<()> {
        if self.version != VERSION {
            let what = format!("This is version {VERSION} of the shape, not {}.", self.version);
            return Err(wrong("playbook.version", "/version", what, "Write version: 1."));
        }
        if self.steps.is_empty() || self.steps.len() > STEPS {
            let what = format!("A playbook has 1 to {STEPS} steps.");
            return Err(wrong("playbook.steps", "/steps", what, "Write steps: and a list of them."));
        }
        let mut names = BTreeSet::new();
        for (at, step) in self.steps.iter().enumerate() {
            let place = format!("/steps/{at}");
            if step.name.trim().is_empty() || !names.insert(step.name.as_str()) {
                let what = format!("Step {} has no name of its own.", at + 1);
                return Err(wrong("playbook.name", &format!("{place}/name"), what, "Give each step another name."));
            }
            step.check(&place)?;
        }
        for (at, step) in self.steps.iter().enumerate() {
            let unknown = |name: &&String| !names.contains(name.as_str());
            if let Some(name) = step.needs.iter().flatten().find(unknown) {
                let what = format!("{} needs {name}, which is no step.", step.name);
                return Err(wrong("playbook.unknown_step", &format!("/steps/{at}/needs"), what, "Name a step."));
            }
            if let Some(condition) = step.when.iter().find(|condition| unknown(&&condition.step)) {
                let what = format!("{} asks about {}, which is no step.", step.name, condition.step);
                return Err(wrong("playbook.unknown_step", &format!("/steps/{at}/when"), what, "Name a step."));
            }
        }
        self.without_circle()
    }

    /// The steps that are over before one begins: those it needs, and those it asks about.
    pub fn before(&self, at: usize) -> Vec<usize> {
        let Some(step) = self.steps.get(at) else { return Vec::new() };
        let place = |name: &String| self.steps.iter().position(|other| other.name == *name);
        let mut before: Vec<usize> = match &step.needs {
            Some(names) => names.iter().filter_map(place).collect(),
            None => at.checked_sub(1).into_iter().collect(),
        };
        before.extend(step.when.iter().filter_map(|condition| place(&condition.step)));
        before.sort_unstable();
        before.dedup();
        before
    }

    fn without_circle(&self) -> Result<()> {
        let mut left: Vec<usize> = (0..self.steps.len()).collect();
        loop {
            let (stuck, free): (Vec<usize>, Vec<usize>) =
                left.iter().partition(|at| self.before(**at).iter().any(|before| left.contains(before)));
            match (stuck.first(), free.is_empty()) {
                (None, _) => return Ok(()),
                (Some(&at), true) => {
                    let names: Vec<&str> = stuck.iter().map(|at| self.steps[*at].name.as_str()).collect();
                    let what = format!("These steps wait for one another: {}.", names.join(", "));
                    let remedy = "Take one of their needs away.";
                    return Err(wrong("playbook.circle", &format!("/steps/{at}/needs"), what, remedy));
                }
                _ => left = stuck,
            }
        }
    }
}

impl Step {
    /// What it does, as work.
    pub fn work(&self) -> Work {
        Work { kind: self.task.clone(), payload: self.payload.clone(), max_attempts: self.attempts }
    }

    fn check(&self, place: &str) -> Result<()> {
        if self.task == "playbook" {
            let what = "A playbook does not run playbooks.".to_owned();
            return Err(wrong("playbook.nested", &format!("{place}/task"), what, "Write its steps here."));
        }
        self.work().check(&format!("/document{place}")).map_err(|e| {
            // As the playbook spells it.
            let field = e.field.clone().unwrap_or_default();
            let spelled = field.replace("/payload", "/with").replace("/max_attempts", "/attempts");
            e.field(spelled.strip_suffix("/kind").map_or(spelled.clone(), |rest| format!("{rest}/task")))
        })?;
        for (at, condition) in self.when.iter().enumerate() {
            let place = format!("{place}/when/{at}");
            let compares = [condition.above.is_some(), condition.below.is_some(), condition.equals.is_some()];
            let compares = compares.into_iter().filter(|is| *is).count();
            let fine = match (&condition.is, &condition.result) {
                (Some(state), None) => compares == 0 && ["success", "failed", "skipped"].contains(&state.as_str()),
                (None, Some(pointer)) => compares == 1 && (pointer.is_empty() || pointer.starts_with('/')),
                _ => false,
            };
            if !fine {
                let what = format!("{} has a condition that asks nothing.", self.name);
                let remedy = "Write is: success, failed or skipped; or result: /pointer with above, below or equals.";
                return Err(wrong("playbook.condition", &place, what, remedy));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(steps: &str) -> (&'static str, String) {
        let error = Playbook::read(&format!("version: 1\nsteps:\n{steps}")).unwrap_err();
        assert!(error.remedy.is_some());
        (error.code, error.field.unwrap_or_default())
    }

    #[test]
    fn what_cannot_be_meant_is_named_where_it_stands() {
        for (steps, code, field) in [
            ("- {name: a, task: noop, nedes: []}\n", "playbook.not_understood", "/document"),
            ("- {name: a, task: noop}\n- {name: a, task: noop}\n", "playbook.name", "/document/steps/1/name"),
            ("- {name: a, task: dance}\n", "work.wrong", "/document/steps/0/task"),
            ("- {name: a, task: sync}\n", "work.wrong", "/document/steps/0/with/connection"),
            ("- {name: a, task: noop, attempts: 99}\n", "work.wrong", "/document/steps/0/attempts"),
            ("- {name: a, task: playbook, with: {playbook: b}}\n", "playbook.nested", "/document/steps/0/task"),
            ("- {name: a, task: noop, needs: [b]}\n", "playbook.unknown_step", "/document/steps/0/needs"),
            (
                "- {name: a, task: noop, when: [{step: b, is: failed}]}\n",
                "playbook.unknown_step",
                "/document/steps/0/when",
            ),
            ("- {name: a, task: noop, needs: [a]}\n", "playbook.circle", "/document/steps/0/needs"),
            (
                "- {name: a, task: noop, needs: [b]}\n- {name: b, task: noop}\n",
                "playbook.circle",
                "/document/steps/0/needs",
            ),
            (
                "- {name: a, task: noop}\n- {name: b, task: noop, when: [{step: a}]}\n",
                "playbook.condition",
                "/document/steps/1/when/0",
            ),
            (
                "- {name: a, task: noop}\n- {name: b, task: noop, when: [{step: a, is: maybe}]}\n",
                "playbook.condition",
                "/document/steps/1/when/0",
            ),
        ] {
            assert_eq!(refused(steps), (code, field.to_owned()), "{steps}");
        }
        assert_eq!(Playbook::read("version: 2\nsteps: []\n").unwrap_err().code, "playbook.version");
        assert_eq!(Playbook::read("version: 1\nsteps: []\n").unwrap_err().code, "playbook.steps");
        let bomb = "version: 1\nsteps: &a [*a]\n";
        assert_eq!(Playbook::read(bomb).unwrap_err().code, "playbook.not_understood");
        let long = " ".repeat(LONGEST + 1);
        assert_eq!(Playbook::read(&long).unwrap_err().code, "playbook.too_long");
    }

    #[test]
    fn a_step_comes_after_the_one_before_it_unless_it_says_otherwise() {
        let text = "version: 1\nsteps:\n- {name: a, task: noop}\n- {name: b, task: noop}\n\
                    - {name: c, task: noop, needs: []}\n- {name: d, task: noop, needs: [c], when: [{step: a, is: failed}]}\n";
        let playbook = Playbook::read(text).unwrap();
        let before: Vec<Vec<usize>> = (0..4).map(|at| playbook.before(at)).collect();
        assert_eq!(before, [vec![], vec![0], vec![], vec![0, 2]]);
    }
}
