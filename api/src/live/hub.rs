//! Who watches what. A viewer is a place in the tenant's sequence and a filter; it reads from the bus in batches, and
//! where many watch it reads a little later and more at once, because a thousand sockets woken for each event cost more
//! than the events do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ahash::AHashMap;
use autonomos_runtime::bus::{Delivery, EventBus, Subscription, Topic};
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Error, Result, Scope};
use parking_lot::Mutex;

use crate::telemetry;

/// Topics of one stream.
const MOST_TOPICS: usize = 64;
/// Streams at once, of one tenant.
const PER_TENANT: usize = 4096;
/// Deliveries at once. What a viewer holds while it writes is bounded by them, and there are many viewers.
const BATCH: usize = 128;
/// A viewer's share of the machine: with n viewers a viewer is woken at most every n of these.
const SHARE: Duration = Duration::from_micros(80);
/// The most a live event waits for company.
const LONGEST_WAIT: Duration = Duration::from_millis(80);

/// All viewers of the node.
pub struct Hub {
    bus: Arc<dyn EventBus>,
    viewers: Mutex<AHashMap<TenantId, usize>>,
    total: AtomicUsize,
}

impl std::fmt::Debug for Hub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hub")
    }
}

impl Hub {
    /// Nobody watches yet.
    pub fn new(bus: Arc<dyn EventBus>) -> Arc<Self> {
        Arc::new(Self { bus, viewers: Mutex::default(), total: AtomicUsize::new(0) })
    }

    /// Watches the tenant's events after what was seen before, or from now on.
    pub async fn join(self: &Arc<Self>, scope: &Scope, after: Option<u64>, filter: Filter) -> Result<Viewer> {
        // The position that a viewer is greeted with has to be one.
        self.bus.settled(scope).await;
        {
            let mut viewers = self.viewers.lock();
            let count = viewers.entry(scope.tenant()).or_insert(0);
            if *count >= PER_TENANT {
                return Err(Error::busy("live.too_many_streams", "too many live streams are open")
                    .remedy("Close some, or share one stream between tabs."));
            }
            *count += 1;
        }
        telemetry::viewers(self.total.fetch_add(1, Ordering::Relaxed) + 1);
        let place = Place { hub: self.clone(), tenant: scope.tenant() };
        Ok(Viewer { subscription: self.bus.subscribe(scope, after), filter, batch: Vec::new(), behind: false, place })
    }
}

/// A viewer's place in the count; given back on drop.
struct Place {
    hub: Arc<Hub>,
    tenant: TenantId,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut viewers = self.hub.viewers.lock();
        if let Some(count) = viewers.get_mut(&self.tenant) {
            *count -= 1;
            if *count == 0 {
                viewers.remove(&self.tenant);
            }
        }
        drop(viewers);
        telemetry::viewers(self.hub.total.fetch_sub(1, Ordering::Relaxed) - 1);
    }
}

/// One stream.
pub struct Viewer {
    subscription: Subscription,
    /// What it wants to see.
    pub filter: Filter,
    batch: Vec<Delivery>,
    /// Whether more was there than one batch takes.
    behind: bool,
    place: Place,
}

impl Viewer {
    /// Waits for what comes next. None when there will be nothing more. Cancelling loses nothing.
    pub async fn next(&mut self) -> Option<Vec<Delivery>> {
        loop {
            self.batch.clear();
            if !self.subscription.next_batch(BATCH, &mut self.batch).await {
                return None;
            }
            self.behind = self.batch.len() >= BATCH;
            let filter = &self.filter;
            self.batch.retain(|delivery| delivery.event().is_none_or(|event| filter.passes(event.topic.as_str())));
            if !self.batch.is_empty() {
                return Some(std::mem::take(&mut self.batch));
            }
        }
    }

    /// Starts again from another place in the sequence.
    pub fn resume(&mut self, scope: &Scope, after: u64) {
        self.subscription = self.place.hub.bus.subscribe(scope, Some(after));
    }

    /// Up to where everything was delivered.
    pub fn position(&self) -> u64 {
        self.subscription.position()
    }

    /// How long to wait before reading again; one that is behind does not wait.
    pub fn pace(&self) -> Duration {
        if self.behind {
            return Duration::ZERO;
        }
        let viewers = self.place.hub.total.load(Ordering::Relaxed) as u32;
        if viewers < 64 { Duration::ZERO } else { (SHARE * viewers).min(LONGEST_WAIT) }
    }
}

/// Topics a viewer wants: `flow`, `flow.aam`, `tasks`; none wants all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter(Vec<String>);

impl Filter {
    /// Reads a list by commas. A plural says the same as its singular.
    pub fn parse(list: &str) -> Result<Self> {
        Self::of(&list.split(',').map(str::to_owned).collect::<Vec<_>>())
    }

    /// Of a list; what covers no topic is a slip, and would show nothing for ever.
    pub fn of(list: &[String]) -> Result<Self> {
        let wanted: Vec<String> = list.iter().map(|t| t.trim()).filter(|t| !t.is_empty()).map(str::to_owned).collect();
        if wanted.len() > MOST_TOPICS {
            return Err(Error::invalid("live.too_many_topics", format!("a stream has at most {MOST_TOPICS} topics"))
                .field("topics")
                .remedy("Name groups: flow is all of flow.aam.fetched, flow.dcl.stored and so on."));
        }
        let filter = Self(wanted);
        let covered = |topic: &&String| Topic::ALL.iter().any(|t| Self::takes(topic, t.as_str()));
        if let Some(unknown) = filter.0.iter().find(|topic| !covered(topic)) {
            return Err(Error::invalid("live.unknown_topic", format!("there is no topic {unknown}"))
                .field("topics")
                .remedy(format!("Use {}, or one of their topics; nothing is all.", groups())));
        }
        Ok(filter)
    }

    fn passes(&self, topic: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|wanted| Self::takes(wanted, topic))
    }

    fn takes(wanted: &str, topic: &str) -> bool {
        covers(wanted, topic) || covers(wanted.trim_end_matches('s'), topic)
    }
}

/// The first words of all topics.
fn groups() -> String {
    let mut groups: Vec<&str> = Topic::ALL.iter().filter_map(|topic| topic.as_str().split('.').next()).collect();
    groups.dedup();
    groups.join(", ")
}

fn covers(wanted: &str, topic: &str) -> bool {
    topic.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_knows_groups_and_plurals() {
        let filter = Filter::parse("flow.aam, tasks").unwrap();
        assert!(filter.passes("flow.aam.fetched") && filter.passes("task.state"));
        assert!(!filter.passes("flow.dcl.stored") && !filter.passes("review.created") && !filter.passes("taskforce"));
        assert!(Filter::parse("").unwrap().passes("anything"));
    }

    #[test]
    fn a_topic_that_is_none_is_named() {
        for list in ["flow,tsks", "flow.aam.fetch", "*"] {
            let error = Filter::parse(list).unwrap_err();
            assert_eq!((error.code, error.field.as_deref()), ("live.unknown_topic", Some("topics")), "{list}");
        }
        assert!(Filter::of(&vec!["flow".into(); 65]).is_err());
    }
}
