//! One identity for each real thing: which records of an entity, in whatever sources, are one.
//!
//! The core is pure: rows in, decisions out. [`Plan`] says what is compared and which records meet at all, [`Model`] what
//! agreement is worth, [`Index`] holds the records as they are compared, and [`Index::round`] decides what new and changed
//! ones mean for everybody, by blocks, scores, and a partition that guards against chains. [`learn`](learn::learn) makes
//! a model from the records themselves.
//!
//! Reading order: plan, text (values), pool and index (records), blocks (who meets), distance, level, model and score (a
//! pair), learn, group (a component), round, change and entry (what is written down), decide (what people say), golden (what
//! an entity shows).

mod blocks;
pub mod change;
pub mod decide;
mod distance;
pub mod entry;
pub mod explain;
pub mod golden;
mod group;
pub mod index;
pub mod learn;
mod level;
pub mod model;
pub mod plan;
mod pool;
pub mod questions;
pub mod round;
mod score;
mod spread;
#[cfg(test)]
mod tests;
mod text;
pub mod unifier;

pub use change::Change;
pub use index::{Index, Link, Standing};
pub use model::Model;
pub use plan::{Bands, Bounds, Plan};
pub use round::Round;
