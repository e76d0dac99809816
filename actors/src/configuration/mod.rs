//! A tenant's configuration as one YAML document: what people decided, and nothing that the platform found out by itself.
//!
//! Connections are known by their names, so a document made of one tenant can be applied to another. A secret never
//! leaves: in its place stands `${NAME}`, and whoever applies the document gives the secret under that name, or leaves
//! the one that is there. Applying is declarative for what the document names and touches nothing that it does not name:
//! a connection that is not in it is left alone, never deleted. A cursor says where a stream that is not there yet begins;
//! one that is there reads on from where it stands.
//!
//! Pure: text to document, document to text, and what there is to do between two of them.

pub mod document;
pub mod plan;
pub mod secret;
pub(crate) mod text;

pub use document::{AccessRules, ConnectionDoc, Document, MappingDoc, RuleDoc, ScheduleDoc, StreamDoc};
pub use plan::{Change, plan};
