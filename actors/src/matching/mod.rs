//! Proposes mappings for objects nobody has described: from field names, types and samples to the canonical model.
//!
//! Guarantee: pure functions over constants (a dictionary, a lexicon and a trained model that ship inside the binary); the
//! same object gives the same proposals on every machine, and a field that looks like nothing gets no proposal. A crash
//! cannot do anything to it.
//!
//! How it works: `words` cuts names into words; `object` strips what is only the vendor's or the object's own name; `entity`
//! finds the entity from the object's name and all its fields together; `features` reaches candidate fields through the
//! lexicon's inverted index and describes each (field, candidate) in numbers; `trees` judges them; `calibrate` turns the
//! judgement into a confidence. `train` and `score` serve the `evaluate` example only.

pub mod calibrate;
pub mod entity;
pub mod features;
pub mod lexicon;
pub mod memory;
pub mod model;
pub mod object;
pub mod propose;
pub mod score;
pub mod shape;
pub mod train;
pub mod trees;
pub mod words;

pub use propose::{Brief, FieldSample, MappingProposal, ObjectSample, propose_mapping, propose_mapping_bulk};
