//! The canonical model on Arrow batches: entities, source schemas, mappings, and the pure functions between a raw
//! batch and a canonical one. No I/O, no clock, not async.

pub mod mapping;
pub mod schema;
