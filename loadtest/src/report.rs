//! One JSON line a scenario, on standard output; progress goes to standard error.

use serde_json::Value;

/// Prints a scenario's line.
pub fn line(scenario: &str, mut fields: Value) {
    if let Some(map) = fields.as_object_mut() {
        map.insert("scenario".to_owned(), scenario.into());
    }
    println!("{fields}");
}

/// The value at a share of sorted measurements, in their unit.
pub fn percentile(sorted: &[f64], share: f64) -> f64 {
    match sorted.len() {
        0 => 0.0,
        n => sorted[((n - 1) as f64 * share).round() as usize],
    }
}

/// Two decimals.
pub fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
