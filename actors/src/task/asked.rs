//! How long it takes from asking for a task to its beginning, in this process and to the microsecond; rows hold whole
//! milliseconds. A measure and nothing else: what does not fit is not measured.

use std::collections::HashMap;
use std::time::Duration;

use autonomos_runtime::ids::TaskId;
use parking_lot::Mutex;

/// Tasks of a tenant that are measured at once.
const MEASURED: usize = 256;

/// When tasks that have not begun were asked for.
#[derive(Debug, Default)]
pub struct Asked(Mutex<HashMap<TaskId, Duration>>);

impl Asked {
    /// One was asked for.
    pub fn note(&self, task: TaskId, at: Duration) {
        let mut asked = self.0.lock();
        if asked.len() < MEASURED {
            asked.insert(task, at);
        }
    }

    /// It begins, or never will; how long ago it was asked for, if that was noted.
    pub fn take(&self, task: TaskId, now: Duration) -> Option<Duration> {
        self.0.lock().remove(&task).map(|at| now.saturating_sub(at))
    }
}
