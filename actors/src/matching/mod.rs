//! Proposes mappings for objects nobody has described: from field names, types and samples to the canonical model.
//!
//! Guarantee: pure functions over constants (a dictionary, a lexicon and a trained model that ship inside the binary); the
//! same object gives the same proposals on every machine, and a field that looks like nothing gets no proposal. A crash
//! cannot do anything to it.

pub mod words;
