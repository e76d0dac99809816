//! Pure: how a call finds the owner of its tenant: from a cache that is only ever corrected by something newer.
//!
//! The guarantee: at most one hop, so no loop. A node that is asked for a tenant it does not own answers 421 with the owner
//! it knows; the node that the caller came to learns from it and asks once more, then answers 503. An entry is replaced only
//! by a higher epoch, so that a late answer cannot send calls back to a former owner.
//!
//! A crash loses the cache; the next view fills it.

use std::collections::HashMap;
use std::sync::Arc;

use autonomos_runtime::authority::{Instance, View};
use autonomos_runtime::ids::TenantId;

/// Whose a tenant is, as far as somebody knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The owner.
    pub owner: Instance,
    /// Under which epoch.
    pub epoch: i64,
    /// Where to reach it; none if that is not known.
    pub address: Option<Arc<str>>,
}

/// Where a call goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// It is answered here.
    Here,
    /// One hop.
    Hop(Route),
    /// 421: it came by a hop already, and this is not the place.
    Misdirected(Option<Route>),
    /// 503, to be tried again in a second: nobody is known to own it.
    Later,
}

/// What came back from a hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An answer of the owner, whatever it says.
    Answered,
    /// 421, with the owner that the other knows.
    Misdirected(Option<Route>),
    /// The other could not be reached, or did not answer.
    Unreachable,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct Routes(HashMap<TenantId, Route>);

impl Routes {
    /// Learns what the rows say.
    pub fn see(&mut self, view: &View) {
        for tenure in &view.tenures {
            let address = view.members.iter().find(|m| m.instance == tenure.holder).map(|m| m.address.clone());
            self.learn(tenure.tenant, Route { owner: tenure.holder.clone(), epoch: tenure.epoch, address });
        }
    }

    /// Learns of an owner, unless a later one is known. Says whether it was news.
    pub fn learn(&mut self, tenant: TenantId, route: Route) -> bool {
        let news = self.0.get(&tenant).is_none_or(|known| {
            known.epoch < route.epoch
                || (known.epoch == route.epoch && known.address.is_none() && route.address.is_some())
        });
        if news {
            self.0.insert(tenant, route);
        }
        news
    }

    /// What is known of a tenant.
    pub fn get(&self, tenant: TenantId) -> Option<&Route> {
        self.0.get(&tenant)
    }

    /// Where a call goes. `serves`: whether this node runs the tenant under a lease it holds; `hopped`: whether the call came
    /// from another node.
    pub fn way(&self, tenant: TenantId, me: &Instance, serves: bool, hopped: bool) -> Way {
        if serves {
            return Way::Here;
        }
        let elsewhere = self.0.get(&tenant).filter(|route| route.owner != *me);
        match (hopped, elsewhere) {
            (true, elsewhere) => Way::Misdirected(elsewhere.cloned()),
            (false, Some(route)) if route.address.is_some() => Way::Hop(route.clone()),
            (false, _) => Way::Later,
        }
    }

    /// A hop of the `nth` try (from zero) to the owner of that epoch came back: where to try again, if anywhere.
    pub fn again(&mut self, tenant: TenantId, me: &Instance, nth: u32, tried: i64, answer: Answer) -> Option<Way> {
        let Answer::Misdirected(told) = answer else { return None };
        if let Some(route) = told {
            self.learn(tenant, route);
        }
        let newer = self.0.get(&tenant).is_some_and(|route| route.epoch > tried);
        (nth == 0 && newer).then(|| self.way(tenant, me, false, false))
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::authority::NodeId;
    use autonomos_runtime::ids::IncarnationId;

    use super::*;

    fn who(node: &str) -> Instance {
        Instance { node: NodeId::new(node), incarnation: IncarnationId::from_uuid(uuid::Uuid::nil()) }
    }

    fn route(node: &str, epoch: i64) -> Route {
        Route { owner: who(node), epoch, address: Some(format!("http://{node}").into()) }
    }

    const TENANT: TenantId = TenantId::from_uuid(uuid::Uuid::nil());

    #[test]
    fn one_hop_and_no_more() {
        let mut routes = Routes::default();
        assert_eq!(routes.way(TENANT, &who("a"), false, false), Way::Later);
        routes.learn(TENANT, route("b", 2));
        assert_eq!(routes.way(TENANT, &who("a"), true, false), Way::Here, "what runs here is answered here");
        assert_eq!(routes.way(TENANT, &who("a"), false, false), Way::Hop(route("b", 2)));
        assert_eq!(routes.way(TENANT, &who("a"), false, true), Way::Misdirected(Some(route("b", 2))));
        assert_eq!(routes.way(TENANT, &who("b"), false, false), Way::Later, "the owner that does not serve yet");
        assert_eq!(routes.way(TENANT, &who("b"), false, true), Way::Misdirected(None));
    }

    #[test]
    fn only_what_is_newer_is_learnt() {
        let mut routes = Routes::default();
        assert!(routes.learn(TENANT, Route { address: None, ..route("b", 2) }));
        assert!(routes.learn(TENANT, route("b", 2)), "the address was missing");
        assert!(!routes.learn(TENANT, route("a", 1)));
        assert!(routes.learn(TENANT, route("c", 3)));
        assert_eq!(routes.get(TENANT), Some(&route("c", 3)));
    }

    #[test]
    fn a_misdirected_call_is_tried_once_more_and_only_where_that_may_help() {
        let mut routes = Routes::default();
        routes.learn(TENANT, route("b", 2));
        let told = |epoch| Answer::Misdirected(Some(route("c", epoch)));
        assert_eq!(routes.again(TENANT, &who("a"), 0, 2, Answer::Misdirected(None)), None);
        assert_eq!(routes.again(TENANT, &who("a"), 0, 2, told(1)), None, "older than what is known");
        assert_eq!(routes.again(TENANT, &who("a"), 0, 2, told(3)), Some(Way::Hop(route("c", 3))));
        assert_eq!(routes.again(TENANT, &who("a"), 1, 3, told(4)), None, "twice is enough");
        assert_eq!(routes.again(TENANT, &who("a"), 0, 4, Answer::Unreachable), None);
    }
}
