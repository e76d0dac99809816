//! What sets off work by itself: at times ([`trigger`]), or after sources were read. What becomes of times at which nobody was
//! there is a choice of whoever made the schedule ([`due`]); both are pure. [`scheduler`] fires: the task and the next time
//! are one transaction.

pub mod due;
pub mod scheduler;
pub mod trigger;

pub use due::Missed;
pub use trigger::{Said, Trigger};

use autonomos_runtime::bus::{Fact, Topic};

/// Whether a fact may be one that a schedule waits for.
pub fn concerns(fact: &Fact) -> bool {
    fact.topic == Topic::ConnectorState && matches!(fact.data["state"].as_str(), Some("active" | "drifted"))
}
