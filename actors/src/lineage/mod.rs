//! Lineage: what feeds what, from the source's column to the agents that read the field, and why one value is what it is.
//!
//! Nothing is kept but what others told. A graph is made from rows (connections, streams, the rules in force, the views'
//! account, the agents' queries) by one builder, held in memory for as long as the stamp of those rows is the same, and
//! asked by neighbourhood. A crash costs the first answer of each tenant.
//!
//! Reading order: graph (nodes and edges), build (rows to graph), reach (neighbourhoods), tree, lines (the grid), search and
//! impact, all of them pure; keeper (reads rows, holds graphs); value (why one value is what it is); intake (what others tell
//! as OpenLineage), event, outbox and exporter (what we tell them).

pub mod build;
pub mod event;
pub mod exporter;
pub mod graph;
pub mod impact;
pub mod intake;
pub mod keeper;
pub mod lines;
pub mod outbox;
pub mod reach;
pub mod search;
pub mod tree;
pub mod value;
