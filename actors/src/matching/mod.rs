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
//!
//! Schema repair is beside it: `change` is its wire, `rename` proposes, over `sides` (a change read), `pair` (what is measured of
//! two fields, by `likeness`, `flags`, `order`, `declared`, `values`), `assign` and `parts`; `rename_fit` and `rename_score` serve
//! the `evaluate` example.

pub mod assign;
pub mod calibrate;
pub mod change;
pub mod declared;
pub mod entity;
pub mod features;
pub mod flags;
pub mod lexicon;
pub mod likeness;
pub mod logit;
pub mod memory;
pub mod model;
pub mod object;
pub mod order;
pub mod pair;
pub mod parts;
pub mod propose;
pub mod rename;
pub mod rename_fit;
pub mod rename_score;
pub mod score;
pub mod shape;
pub mod sides;
pub mod train;
pub mod trees;
pub mod values;
pub mod words;

pub use change::{OneOrMany, RepairCase, RepairField, RepairKind, RepairProposal};
pub use propose::{Brief, FieldSample, MappingProposal, ObjectSample, propose_mapping, propose_mapping_bulk};
pub use rename::propose_repair;
