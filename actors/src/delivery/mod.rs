//! Telling the outside: the end of a task to whoever asked to be told, and alerts to the tenant's Slack.
//!
//! A message is a row before it is sent and until it is taken: at least once, always under the same id ([`deliverer`]).
//! Callbacks are Standard Webhooks: signed ([`signature`]) with secrets that rotate ([`secrets`]), sent again by a plan
//! ([`plan`]). [`message`] is what is said of a task, [`alert`] what is said to people.

pub mod alert;
pub mod deliverer;
pub mod message;
pub mod plan;
pub mod secrets;
pub mod signature;

use autonomos_runtime::bus::{Fact, Topic};

/// Whether a fact may be one that the outside is told of; the rows say what there is.
pub fn concerns(fact: &Fact) -> bool {
    let is = |states: &[&str]| fact.data["state"].as_str().is_some_and(|state| states.contains(&state));
    match fact.topic {
        Topic::TaskState => is(&["success", "failed", "cancelled"]),
        Topic::ConnectorState => is(&["quarantined"]),
        Topic::ReviewCreated | Topic::DriftDetected | Topic::AamQuarantined => true,
        _ => false,
    }
}
