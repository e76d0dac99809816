//! Names and help of this crate's metrics, and nowhere else. No metric carries a tenant's name or a free text.

use std::time::Duration;

use ::metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use autonomos_runtime::store::{TaskCounts, TaskState};

const COMPACTED: &str = "autonomos_log_compacted_entries_total";
const SAVED: &str = "autonomos_log_compacted_bytes_total";
const DROPPED: &str = "autonomos_log_dropped_rows_total";
const TAKEN_OUT: &str = "autonomos_tenants_taken_out_total";
const RESUMED: &str = "autonomos_tenants_resumed_total";
const MODEL_CALLS: &str = "autonomos_model_calls_total";
const MODEL_TOKENS: &str = "autonomos_model_tokens_total";

const TASKS: &str = "autonomos_task_slots";
const TASKS_WAITING: &str = "autonomos_tasks_waiting";
const TASKS_ENDED: &str = "autonomos_tasks_ended_total";
const TASK_START: &str = "autonomos_task_start_seconds";

/// Gives every metric its help; once, when a recorder is installed.
pub fn describe() {
    describe_counter!(COMPACTED, "Entries of the log whose rows compaction moved into later ones");
    describe_counter!(SAVED, "Bytes of the log that compaction saved");
    describe_counter!(DROPPED, "Superseded rows that compaction dropped from the log");
    describe_counter!(TAKEN_OUT, "Tenants whose actors were stopped because they could not go on, by cause");
    describe_gauge!(TASKS, "Slots that tasks have taken, by whether their owner lives; both are counted from the rows");
    describe_gauge!(TASKS_WAITING, "Tasks that wait for their time or a slot");
    describe_counter!(TASKS_ENDED, "Attempts that this process ended, by where the task went");
    describe_histogram!(TASK_START, "From asking for a task to its beginning, of those asked for one by one");
    describe_counter!(RESUMED, "Tenants that were taken out and started again");
    describe_counter!(MODEL_CALLS, "Calls of language models, by purpose and outcome");
    describe_counter!(MODEL_TOKENS, "Tokens of language models, by purpose and direction");
}

/// A language model was asked.
pub fn model_asked(purpose: &'static str, outcome: &'static str, input: u64, output: u64) {
    counter!(MODEL_CALLS, "purpose" => purpose, "outcome" => outcome).increment(1);
    counter!(MODEL_TOKENS, "purpose" => purpose, "direction" => "input").increment(input);
    counter!(MODEL_TOKENS, "purpose" => purpose, "direction" => "output").increment(output);
}

/// A step of compaction is done.
pub fn log_compacted(entries: u64, bytes: u64, rows: u64) {
    counter!(COMPACTED).increment(entries);
    counter!(SAVED).increment(bytes);
    counter!(DROPPED).increment(rows);
}

/// A tenant's actors were stopped.
pub fn tenant_taken_out(cause: &'static str) {
    counter!(TAKEN_OUT, "cause" => cause).increment(1);
}

/// One of those runs again.
pub fn tenant_resumed() {
    counter!(RESUMED).increment(1);
}

/// Attempts ended.
pub fn tasks_ended(state: TaskState, count: u64) {
    counter!(TASKS_ENDED, "state" => state.as_str()).increment(count);
}

/// A task began so long after it was asked for.
pub fn task_started(waited: Duration) {
    histogram!(TASK_START).record(waited.as_secs_f64());
}

/// How many slots are taken and how much waits; called when metrics are scraped.
pub fn tasks(counts: TaskCounts) {
    gauge!(TASKS, "owner" => "alive").set((counts.running - counts.orphaned) as f64);
    gauge!(TASKS, "owner" => "gone").set(counts.orphaned as f64);
    gauge!(TASKS_WAITING).set(counts.waiting as f64);
}
