//! Pure: what is said of the end of a task. Thin: what there is to know fits into a message or is asked for by its link.

use autonomos_runtime::store::Task;
use serde_json::{Value, json};

/// Bytes of a result or an error that are sent along; a longer one is left to whoever follows the link.
const LONGEST: usize = 12 * 1024;

/// What a delivery of this end is known by, once.
pub fn key(task: &Task) -> String {
    let ended = task.finished_at.map_or(0, |at| at.timestamp_millis());
    format!("task/{}/{ended}", task.id)
}

/// The body of the message.
pub fn body(task: &Task) -> String {
    let short = |value: &Option<Value>| value.clone().filter(|value| value.to_string().len() <= LONGEST);
    let mut data = json!({
        "id": task.id, "kind": task.kind, "state": task.state, "attempts": task.attempts,
        "created_at": task.created_at, "finished_at": task.finished_at, "url": format!("/api/v1/tasks/{}", task.id),
    });
    for (name, value) in [("result", short(&task.result)), ("error", short(&task.error))] {
        if let Some(value) = value {
            data[name] = value;
        }
    }
    json!({"type": format!("task.{}", task.state), "timestamp": task.finished_at, "data": data}).to_string()
}
