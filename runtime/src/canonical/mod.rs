//! The canonical model on Arrow batches: entities, source schemas, mappings, and the pure functions between a raw
//! batch and a canonical one. No I/O, no clock, not async.
//!
//! Reading order: entity, identity and vocabulary (what there is), schema (what a source has), mapping (the rules between them);
//! record (what goes in), cast and transform (a value), normalize (a batch), remap (a batch under other rules);
//! observe (the schema off a batch), values (short lists of them), codec, pack and batch (how the log holds it),
//! cloud_event (how it leaves).

pub mod batch;
pub mod cast;
pub mod cloud_event;
pub mod codec;
pub mod entity;
pub mod identity;
pub mod json;
mod key;
pub mod mapping;
pub mod normalize;
pub mod observe;
pub mod pack;
pub mod path;
pub mod record;
pub mod remap;
pub mod schema;
pub mod source;
pub mod spread;
pub mod transform;
pub mod values;
mod vocabulary;

pub use batch::{BatchId, batch_id};
pub use cloud_event::{CloudEvent, Envelope, cloud_event};
pub use entity::{EntityDef, Extension, FieldDef, FieldType, Vocabulary};
pub use normalize::{Normalized, Plan};
pub use observe::observe;
pub use pack::{Dropped, Pack, Piece};
pub use record::{RawBatch, Reject};
pub use remap::remap;

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;
