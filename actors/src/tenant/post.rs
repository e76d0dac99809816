//! What a part of a tenant starts with: its seat, which the kit gives to each incarnation, and the tenant's desk.

use std::sync::Arc;

use autonomos_runtime::supervision::{Actor, ChildSpec, Key, Seat};

use super::Desk;

/// See the module.
#[derive(Clone, Debug)]
pub struct Post {
    /// From the kit.
    pub seat: Seat,
    /// The tenant's.
    pub desk: Arc<Desk>,
}

impl Post {
    /// The part that sits there.
    pub fn of<A: Actor<Arguments = Self> + Clone>(
        desk: &Arc<Desk>,
        key: Key,
        kind: &'static str,
        actor: A,
    ) -> ChildSpec {
        let desk = desk.clone();
        ChildSpec::new(key, kind, actor, move |seat| Self { seat, desk: desk.clone() })
    }
}
