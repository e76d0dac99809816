//! Requests a minute, in budgets of their own: a tenant's sessions, its keys, its live streams (a stream counts once, when
//! it is opened) and its costly calls, which also count as what they are besides. Whoever has not signed in has the budget
//! of their network address, and so has whoever tries credentials that are none.
//!
//! Kept in memory: with one node that is exact. Many nodes tell each other what they took ([`super::rate_share`]), and while
//! they cannot, each has its part of the limits. Bounded: when there are too many, budgets that are whole again are
//! forgotten, which changes nothing; if that is not enough, new addresses share one.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use ahash::AHashMap;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Ambient, Error};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use parking_lot::Mutex;
use smallvec::SmallVec;

use super::access::{self, Access};
use super::gcra::{self, Budget, Left};
use crate::auth::caller::{Caller, Credential};
use crate::error::Problem;

/// How many budgets are kept at once.
const MOST: usize = 50_000;

/// Beginnings of paths whose calls are costly: they ask language models and knowledge, run tenants' SQL, or walk all
/// there is.
const COSTLY: &[(&str, &str)] = &[
    ("*", "/api/v1/nlp/"),
    ("*", "/api/v1/kb/"),
    ("*", "/api/v1/dcl/sql"),
    ("POST", "/api/v1/dcl/questions/"),
    ("*", "/mcp"),
    ("POST", "/api/v1/dcl/rebuild"),
    ("GET", "/api/v1/audit/"),
    ("*", "/api/v1/admin/tenant/export"),
];

/// What a budget is for. The names are those of the `RateLimit` headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Purpose {
    Session,
    Key,
    Live,
    Costly,
    Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Whose {
    Tenant(TenantId),
    /// None: somebody whose address is not counted by itself.
    Address(Option<IpAddr>),
}

/// Limits of the node, a minute; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Requests of sessions, of keys, of an address, and streams opened; each has so many.
    pub requests: u32,
    /// Costly calls.
    pub costly: u32,
}

/// Budgets of everybody.
pub struct RateLimits {
    ambient: Ambient,
    rates: Rates,
    /// Nodes that have a part of the limits each; 1: this one has all, alone or because it knows what the others take.
    parts: AtomicU32,
    budgets: Mutex<Budgets>,
}

#[derive(Default)]
struct Budgets {
    of: AHashMap<Name, Budget>,
    /// Those of which something was taken that others do not know of; none: nobody is told.
    untold: Option<Vec<Name>>,
}

/// Which budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Name(Whose, Purpose);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Whose::Tenant(tenant) => write!(f, "{tenant}")?,
            Whose::Address(Some(address)) => write!(f, "{address}")?,
            Whose::Address(None) => f.write_str("others")?,
        }
        write!(f, ":{}", self.1.as_str())
    }
}

/// What was taken of a budget here and is told to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Which budget.
    pub name: Name,
    /// How much.
    pub taken: u32,
    /// How long that takes to come back.
    pub refills_in: Duration,
}

/// What a request was counted against.
#[derive(Clone, Debug, Default)]
pub struct Counted(SmallVec<[(Purpose, Left); 2]>);

impl std::fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RateLimits")
    }
}

impl RateLimits {
    /// So many a minute.
    pub fn new(ambient: Ambient, rates: Rates) -> Self {
        Self { ambient, rates, parts: AtomicU32::new(1), budgets: Mutex::default() }
    }

    /// From now on others are told what is taken.
    pub fn share(&self) {
        self.budgets.lock().untold.get_or_insert_default();
    }

    /// So many nodes have a part of the limits each; 1: all of them are this node's to give.
    pub fn divide(&self, nodes: u32) {
        self.parts.store(nodes.max(1), Ordering::Relaxed);
    }

    /// What others do not know of, of so many budgets at most.
    pub fn tell(&self, most: usize) -> Vec<Told> {
        let budgets = &mut *self.budgets.lock();
        let Some(untold) = &mut budgets.untold else { return Vec::new() };
        let names = untold.split_off(untold.len().saturating_sub(most));
        let told = |name: Name| {
            let taken = budgets.of.get_mut(&name)?.tell();
            Some(Told { name, taken, refills_in: gcra::refills_in(taken, self.whole(name.1)) })
        };
        names.into_iter().filter_map(told).collect()
    }

    /// How long each needs to be whole again, as all know together; none: what was told did not get there.
    pub fn settle(&self, told: &[Told], owed: Option<&[Duration]>) {
        let now = self.ambient.elapsed();
        let budgets = &mut *self.budgets.lock();
        for (at, one) in told.iter().enumerate() {
            let budget = budgets.of.entry(one.name).or_default();
            if let Some(owed) = owed.and_then(|owed| owed.get(at)) {
                budget.settle(now, *owed, self.whole(one.name.1));
                continue;
            }
            if budget.note(one.taken)
                && let Some(untold) = &mut budgets.untold
            {
                untold.push(one.name);
            }
        }
    }

    /// Takes one from each budget a request counts against. Refused, it says which one and for how long, and what it
    /// was counted against before.
    pub fn take(
        &self,
        caller: Option<&Caller>,
        peer: Option<IpAddr>,
        method: &Method,
        path: &str,
    ) -> (Counted, Option<Problem>) {
        let mut counted = Counted::default();
        if self.rates.requests == 0 {
            return (counted, None);
        }
        let live = access::of(path) == Access::Live;
        let whose = caller.map_or_else(|| Whose::Address(peer.map(network)), |caller| Whose::Tenant(caller.tenant));
        let mut purposes = SmallVec::<[Purpose; 2]>::new();
        purposes.push(match caller.map(|caller| caller.credential) {
            None => Purpose::Address,
            Some(_) if live => Purpose::Live,
            Some(Credential::Session(_)) => Purpose::Session,
            Some(Credential::Key { .. }) => Purpose::Key,
        });
        if caller.is_some() && costly(method, path) && self.rates.costly > 0 {
            purposes.push(Purpose::Costly);
        }
        let now = self.ambient.elapsed();
        let budgets = &mut *self.budgets.lock();
        for purpose in purposes {
            let limit = self.limit(purpose);
            let (name, budget) = place(&mut budgets.of, whose, purpose, now);
            match budget.take(now, limit) {
                Ok(left) => {
                    if let Some(untold) = &mut budgets.untold
                        && budget.note(1)
                    {
                        untold.push(name);
                    }
                    counted.0.push((purpose, left));
                }
                Err(wait) => {
                    let seconds = wait.0.as_secs() + u64::from(wait.0.subsec_nanos() > 0);
                    counted.0.push((purpose, Left { limit, left: 0, whole_in: gcra::WINDOW.as_secs() }));
                    return (counted, Some(refusal(purpose, limit, seconds)));
                }
            }
        }
        (counted, None)
    }

    /// What may be had here now.
    fn limit(&self, purpose: Purpose) -> u32 {
        self.whole(purpose).div_ceil(self.parts.load(Ordering::Relaxed))
    }

    /// What may be had on all nodes together.
    const fn whole(&self, purpose: Purpose) -> u32 {
        match purpose {
            Purpose::Costly => self.rates.costly,
            Purpose::Session | Purpose::Key | Purpose::Live | Purpose::Address => self.rates.requests,
        }
    }
}

fn refusal(purpose: Purpose, limit: u32, seconds: u64) -> Problem {
    let what = match purpose {
        Purpose::Session => "requests of signed-in people",
        Purpose::Key => "requests with API keys",
        Purpose::Live => "live streams opened",
        Purpose::Costly => "costly calls",
        Purpose::Address => "requests from this address",
    };
    let error = Error::busy("rate_limit.exceeded", format!("more than {limit} {what} a minute"))
        .remedy("Wait as long as Retry-After says.");
    Problem::from(error).retry_after(seconds)
}

/// The budget of somebody for something; whole, if there was none.
fn place(budgets: &mut AHashMap<Name, Budget>, whose: Whose, purpose: Purpose, now: Duration) -> (Name, &mut Budget) {
    let mut name = Name(whose, purpose);
    if budgets.len() >= MOST && !budgets.contains_key(&name) {
        budgets.retain(|_, budget| !budget.is_whole(now));
        if budgets.len() >= MOST && matches!(whose, Whose::Address(_)) {
            name.0 = Whose::Address(None);
        }
    }
    (name, budgets.entry(name).or_default())
}

/// Whom an address belongs to: with IPv6 a customer has a whole network of them.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
        },
    }
}

fn costly(method: &Method, path: &str) -> bool {
    COSTLY.iter().any(|(only, prefix)| (*only == "*" || *only == method.as_str()) && path.starts_with(prefix))
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Key => "key",
            Self::Live => "live",
            Self::Costly => "costly",
            Self::Address => "address",
        }
    }
}

impl Counted {
    /// Writes `RateLimit-Policy` and `RateLimit`: structured lists, a budget an item.
    pub fn tell(&self, headers: &mut HeaderMap) {
        if self.0.is_empty() {
            return;
        }
        let list = |item: &dyn Fn(&str, &Left) -> String| -> String {
            let items: Vec<_> = self.0.iter().map(|(purpose, left)| item(purpose.as_str(), left)).collect();
            items.join(", ")
        };
        let window = gcra::WINDOW.as_secs();
        let policies = list(&|name, left| format!("\"{name}\";q={};w={window}", left.limit));
        let states = list(&|name, left| format!("\"{name}\";r={};t={}", left.left, left.whole_in));
        for (name, value) in [("ratelimit-policy", policies), ("ratelimit", states)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::clock::ManualClock;
    use autonomos_runtime::ids::{ApiKeyId, SessionId, UserId};
    use autonomos_runtime::store::{Role, TenantState};

    use super::*;
    use crate::auth::grants::Grants;

    fn limits(requests: u32, costly: u32) -> (RateLimits, std::sync::Arc<ManualClock>, Ambient) {
        let clock = ManualClock::at(chrono::DateTime::UNIX_EPOCH);
        let ambient = Ambient::manual(clock.clone(), 1);
        (RateLimits::new(ambient.clone(), Rates { requests, costly }), clock, ambient)
    }

    fn caller(ambient: &Ambient) -> Caller {
        Caller {
            tenant: TenantId::new(ambient),
            user: UserId::new(ambient),
            role: Role::Admin,
            credential: Credential::Session(SessionId::new(ambient)),
            tenant_state: TenantState::Active,
            expires: i64::MAX,
        }
    }

    #[test]
    fn each_address_has_its_own_and_gets_it_back() {
        let (rates, clock, _) = limits(2, 1);
        let take = |address: [u8; 4]| rates.take(None, Some(IpAddr::from(address)), &Method::GET, "/healthz").1;
        for _ in 0..2 {
            assert!(take([10, 0, 0, 1]).is_none());
        }
        assert_eq!(take([10, 0, 0, 1]).unwrap().status(), 429);
        assert!(take([10, 0, 0, 2]).is_none());
        clock.advance(Duration::from_secs(30));
        assert!(take([10, 0, 0, 1]).is_none() && take([10, 0, 0, 1]).is_some());
        let (off, ..) = limits(0, 1);
        assert!(off.take(None, None, &Method::GET, "/healthz").0.0.is_empty());
        let neighbour = |last: u16| IpAddr::from([0x2001, 0xdb8, 1, 2, 3, 4, 5, last]);
        assert_eq!(network(neighbour(1)), network(neighbour(2)));
    }

    #[test]
    fn sessions_keys_streams_and_costly_calls_do_not_spend_each_others() {
        let (rates, _, ambient) = limits(1, 1);
        let person = caller(&ambient);
        let grants = Grants::parse(&["admin".into()]).unwrap();
        let program = Caller { credential: Credential::Key { id: ApiKeyId::new(&ambient), grants }, ..person };
        let take = |who: &Caller, path: &str| rates.take(Some(who), None, &Method::GET, path);
        assert!(take(&person, "/api/v1/tasks").1.is_none());
        assert!(take(&program, "/api/v1/tasks").1.is_none());
        assert!(take(&person, "/api/v1/events/stream").1.is_none());
        assert!(take(&person, "/api/v1/tasks").1.is_some());
        assert!(take(&program, "/api/v1/tasks").1.is_some());
        assert!(take(&person, "/api/v1/events/stream").1.is_some());

        let other = caller(&ambient);
        let (counted, refused) = take(&other, "/api/v1/audit/export");
        assert!(refused.is_none());
        let mut headers = HeaderMap::new();
        counted.tell(&mut headers);
        assert_eq!(headers["ratelimit-policy"], "\"session\";q=1;w=60, \"costly\";q=1;w=60");
        assert_eq!(headers["ratelimit"], "\"session\";r=0;t=60, \"costly\";r=0;t=60");
    }

    #[test]
    fn a_flood_of_addresses_is_bounded_and_hurts_no_tenant() {
        let (rates, clock, ambient) = limits(1, 1);
        for n in 0..MOST as u32 {
            assert!(rates.take(None, Some(IpAddr::from(n.to_be_bytes())), &Method::GET, "/healthz").1.is_none());
        }
        let next = |n: u8| rates.take(None, Some(IpAddr::from([240, 0, 0, n])), &Method::GET, "/healthz").1;
        assert!(next(1).is_none() && next(2).is_some(), "those that came too late share one budget");
        assert!(rates.take(Some(&caller(&ambient)), None, &Method::GET, "/api/v1/tasks").1.is_none());
        assert!(rates.budgets.lock().of.len() <= MOST + 2);
        clock.advance(gcra::WINDOW);
        assert!(next(1).is_none() && next(2).is_none());
    }
}
