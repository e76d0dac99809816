//! Drift: how a source differs from what was agreed, and how bad that is. Pure; the connector asks, the repairer decides
//! what to do. `detect` compares a batch, with `values` for lists of values; `spread` compares a read, for sizes and gaps; `declared` compares the key and cursor a
//! source declares, `streams` what it offers; `severity` and `policy` say what each change means.

pub mod declared;
pub mod detect;
pub mod policy;
pub mod severity;
pub mod spread;
pub mod streams;
pub mod values;
