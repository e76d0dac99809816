//! Names and help of this crate's metrics, and nowhere else. No metric carries a tenant's name or a free text.

use ::metrics::{counter, describe_counter};

const COMPACTED: &str = "autonomos_log_compacted_entries_total";
const SAVED: &str = "autonomos_log_compacted_bytes_total";
const DROPPED: &str = "autonomos_log_dropped_rows_total";
const TAKEN_OUT: &str = "autonomos_tenants_taken_out_total";
const RESUMED: &str = "autonomos_tenants_resumed_total";
const MODEL_CALLS: &str = "autonomos_model_calls_total";
const MODEL_TOKENS: &str = "autonomos_model_tokens_total";

/// Gives every metric its help; once, when a recorder is installed.
pub fn describe() {
    describe_counter!(COMPACTED, "Entries of the log whose rows compaction moved into later ones");
    describe_counter!(SAVED, "Bytes of the log that compaction saved");
    describe_counter!(DROPPED, "Superseded rows that compaction dropped from the log");
    describe_counter!(TAKEN_OUT, "Tenants whose actors were stopped because they could not go on, by cause");
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
