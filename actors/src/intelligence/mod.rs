//! What a language model can be asked, if one is configured, and what that takes.
//!
//! The problem: a model is slow, is away at times, costs money, says what was not asked, and reads whatever a source calls its
//! columns. The guarantee: nobody waits for one on the way of a record, nothing depends on one, its answer is data that pure
//! code looks at like a stranger's, and every call is counted for the tenant it was made for ([`meter`]).
//! It knows none of those who ask.

pub mod meter;
pub mod model;

pub use model::{Asked, LanguageModel, Question};
