//! Pure: what comes next in a run, given what became of its steps so far, and what the run came to.

use autonomos_runtime::store::StepState;
use serde_json::Value;

use super::document::{Condition, Playbook};

/// What is known of a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Where it is.
    pub state: StepState,
    /// What came out.
    pub result: Option<Value>,
}

/// What becomes of a step that waited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It begins.
    Start,
    /// It is left out.
    Skip,
}

const fn is_over(state: StepState) -> bool {
    matches!(state, StepState::Success | StepState::Failed | StepState::Skipped)
}

/// Steps that wait for nothing any more, by their places.
pub fn next(playbook: &Playbook, seen: &[Seen]) -> Vec<(usize, Next)> {
    let mut found = Vec::new();
    for (at, step) in playbook.steps.iter().enumerate() {
        let waits = seen.get(at).is_some_and(|one| one.state == StepState::Waiting);
        let before = playbook.before(at);
        let over = before.iter().all(|at| seen.get(*at).is_some_and(|one| is_over(one.state)));
        if !waits || !over {
            continue;
        }
        let goes = if step.when.is_empty() {
            before.iter().all(|at| seen.get(*at).is_some_and(|one| one.state == StepState::Success))
        } else {
            step.when.iter().all(|condition| holds(playbook, seen, condition))
        };
        found.push((at, if goes { Next::Start } else { Next::Skip }));
    }
    found
}

fn holds(playbook: &Playbook, seen: &[Seen], condition: &Condition) -> bool {
    let of = playbook.steps.iter().position(|step| step.name == condition.step);
    let Some(one) = of.and_then(|at| seen.get(at)) else { return false };
    if let Some(state) = &condition.is {
        return one.state.as_str() == state;
    }
    let pointer = condition.result.as_deref().unwrap_or_default();
    let Some(value) = one.result.as_ref().and_then(|result| result.pointer(pointer)) else { return false };
    condition.above.is_none_or(|least| value.as_f64().is_some_and(|value| value > least))
        && condition.below.is_none_or(|most| value.as_f64().is_some_and(|value| value < most))
        && condition.equals.as_ref().is_none_or(|other| other == value)
}

/// Whether the run succeeded, once every step is over.
pub fn outcome(playbook: &Playbook, seen: &[Seen]) -> Option<bool> {
    if !seen.iter().all(|one| is_over(one.state)) {
        return None;
    }
    let fatal = playbook.steps.iter().zip(seen).any(|(step, one)| one.state == StepState::Failed && !step.may_fail);
    Some(!fatal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const TEXT: &str = "version: 1
steps:
- {name: read, task: noop}
- {name: look, task: noop, when: [{step: read, result: /rows, above: 0}]}
- {name: mourn, task: noop, needs: [read], when: [{step: read, is: failed}]}
- {name: last, task: noop, needs: [look]}
";

    fn seen(states: [(StepState, Option<Value>); 4]) -> Vec<Seen> {
        states.into_iter().map(|(state, result)| Seen { state, result }).collect()
    }

    #[test]
    fn conditions_decide_what_runs() {
        use StepState::{Failed, InProgress, Skipped, Success, Waiting};
        let playbook = Playbook::read(TEXT).unwrap();
        let of = |read: (StepState, Option<Value>), look, mourn| {
            next(&playbook, &seen([read, (look, None), (mourn, None), (Waiting, None)]))
        };
        let rows = |n: i64| Some(json!({"rows": n}));
        assert_eq!(of((Waiting, None), Waiting, Waiting), [(0, Next::Start)]);
        assert!(of((InProgress, None), Waiting, Waiting).is_empty());
        assert_eq!(of((Success, rows(5)), Waiting, Waiting), [(1, Next::Start), (2, Next::Skip)]);
        assert_eq!(of((Success, rows(0)), Waiting, Waiting), [(1, Next::Skip), (2, Next::Skip)]);
        assert_eq!(of((Success, None), Waiting, Waiting), [(1, Next::Skip), (2, Next::Skip)]);
        assert_eq!(of((Failed, None), Waiting, Waiting), [(1, Next::Skip), (2, Next::Start)]);
        assert_eq!(of((Failed, None), Skipped, Success), [(3, Next::Skip)], "what was left out is no success");
        assert_eq!(of((Success, rows(5)), Success, Skipped), [(3, Next::Start)]);
        let over = |last| outcome(&playbook, &seen([(Success, None), (Success, None), (Skipped, None), (last, None)]));
        assert_eq!((over(Success), over(Failed), over(InProgress)), (Some(true), Some(false), None));
    }

    proptest! {
        /// Whatever steps need and however they end: none begins before what it needs is over, none twice, and every run ends.
        #[test]
        fn every_run_ends(
            needs in prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 1..8),
            ends in prop::collection::vec(any::<bool>(), 8),
        ) {
            let steps: Vec<Value> = needs.iter().enumerate().map(|(at, of)| {
                let names: Vec<String> =
                    of.iter().filter(|_| at > 0).map(|i| format!("s{}", i.index(at))).collect();
                json!({"name": format!("s{at}"), "task": "noop", "needs": names})
            }).collect();
            let text = serde_json::to_string(&json!({"version": 1, "steps": steps})).unwrap();
            let playbook = Playbook::read(&text).unwrap();
            let mut seen = vec![Seen { state: StepState::Waiting, result: None }; playbook.steps.len()];
            for _ in 0..=playbook.steps.len() {
                for (at, what) in next(&playbook, &seen.clone()) {
                    prop_assert_eq!(seen[at].state, StepState::Waiting);
                    for before in playbook.before(at) {
                        prop_assert!(is_over(seen[before].state));
                    }
                    seen[at].state = match (what, ends[at]) {
                        (Next::Skip, _) => StepState::Skipped,
                        (Next::Start, true) => StepState::Success,
                        (Next::Start, false) => StepState::Failed,
                    };
                }
            }
            let failed = seen.iter().any(|one| one.state == StepState::Failed);
            prop_assert_eq!(outcome(&playbook, &seen), Some(!failed));
        }
    }
}
