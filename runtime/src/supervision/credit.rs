//! Budgets for what carries weight: batches, prompts, bytes in memory. A permit is taken before the work is made,
//! travels inside the message and returns when the message is dropped, whoever drops it and why: handled, refused, or
//! lost with a mailbox. So a crash can lose a message but never a credit.
//!
//! Two bounds: a tenant's, taken first, so that a tenant that waits holds nothing of the node's; and the node's.

use std::sync::Arc;

use ahash::AHashMap;
use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::ids::TenantId;
use crate::{Error, Result, Scope};

/// See the module. Cheap to clone. What a credit stands for (a batch, a KiB) is up to whoever makes it.
#[derive(Clone, Debug)]
pub struct Credits(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: &'static str,
    node: Arc<Semaphore>,
    of_node: u32,
    of_tenant: u32,
    tenants: Mutex<AHashMap<TenantId, Arc<Semaphore>>>,
}

/// Credits in use; they return when this is dropped.
#[derive(Debug)]
pub struct Permit {
    amount: u32,
    _tenant: OwnedSemaphorePermit,
    _node: OwnedSemaphorePermit,
}

impl Permit {
    /// How many credits it holds.
    pub const fn amount(&self) -> u32 {
        self.amount
    }
}

impl Credits {
    /// A budget of so many for the node, of which one tenant may hold so many.
    pub fn new(name: &'static str, of_node: u32, of_tenant: u32) -> Self {
        let (of_node, of_tenant) = (of_node.max(1), of_tenant.clamp(1, of_node.max(1)));
        Self(Arc::new(Inner {
            name,
            node: Arc::new(Semaphore::new(of_node as usize)),
            of_node,
            of_tenant,
            tenants: Mutex::default(),
        }))
    }

    /// Waits for credits. What is larger than a tenant's whole budget takes all of it, so that it passes alone.
    pub async fn take(&self, scope: &Scope, amount: u32) -> Result<Permit> {
        let amount = amount.clamp(1, self.0.of_tenant);
        let tenant = self.tenant(scope).acquire_many_owned(amount).await.map_err(|_| self.closed())?;
        let node = self.0.node.clone().acquire_many_owned(amount).await.map_err(|_| self.closed())?;
        Ok(Permit { amount, _tenant: tenant, _node: node })
    }

    /// Takes credits if they are free right now.
    pub fn try_take(&self, scope: &Scope, amount: u32) -> Result<Permit> {
        let amount = amount.clamp(1, self.0.of_tenant);
        let busy = |_| {
            Error::busy("credit.none_left", format!("too many {} at once", self.0.name)).remedy("try again in a moment")
        };
        let tenant = self.tenant(scope).try_acquire_many_owned(amount).map_err(busy)?;
        let node = self.0.node.clone().try_acquire_many_owned(amount).map_err(busy)?;
        Ok(Permit { amount, _tenant: tenant, _node: node })
    }

    /// What the budget is of.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// How many a tenant holds.
    pub fn in_use(&self, scope: &Scope) -> u32 {
        let tenants = self.0.tenants.lock();
        tenants.get(&scope.tenant()).map_or(0, |budget| self.0.of_tenant - budget.available_permits() as u32)
    }

    /// How many the whole node holds.
    pub fn in_use_of_node(&self) -> u32 {
        self.0.of_node - self.0.node.available_permits() as u32
    }

    fn tenant(&self, scope: &Scope) -> Arc<Semaphore> {
        let mut tenants = self.0.tenants.lock();
        // Whoever holds or waits for a permit holds the budget as well; the others are full and need not be kept.
        if tenants.len() >= 64 && tenants.len().is_power_of_two() && !tenants.contains_key(&scope.tenant()) {
            tenants.retain(|_, budget| Arc::strong_count(budget) > 1);
        }
        tenants.entry(scope.tenant()).or_insert_with(|| Arc::new(Semaphore::new(self.0.of_tenant as usize))).clone()
    }

    fn closed(&self) -> Error {
        Error::unavailable("credit.closed", format!("no more {} are taken", self.0.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TraceId;
    use crate::{Actor, Ambient, Kind};

    fn scope() -> Scope {
        let ambient = Ambient::system();
        Scope::new(TenantId::new(&ambient), Actor::System("test"), TraceId::new(&ambient))
    }

    #[test]
    fn permits_return_on_drop_and_one_tenant_cannot_take_all() {
        let credits = Credits::new("batches", 4, 3);
        let (a, b) = (scope(), scope());
        let held = credits.try_take(&a, 3).unwrap();
        assert_eq!(credits.try_take(&a, 1).unwrap_err().kind, Kind::Busy);
        let other = credits.try_take(&b, 1).unwrap();
        assert_eq!(credits.try_take(&b, 1).unwrap_err().kind, Kind::Busy, "the node's budget is spent");
        assert_eq!((credits.in_use(&a), credits.in_use(&b), credits.in_use_of_node()), (3, 1, 4));
        drop((held, other));
        assert_eq!((credits.in_use(&a), credits.in_use_of_node()), (0, 0));
    }

    #[test]
    fn what_is_larger_than_the_budget_passes_alone() {
        let credits = Credits::new("bytes", 10, 8);
        assert_eq!(credits.try_take(&scope(), 1_000).unwrap().amount(), 8);
    }

    #[test]
    fn idle_tenants_are_forgotten() {
        let credits = Credits::new("batches", 4, 1);
        for _ in 0..1_000 {
            drop(credits.try_take(&scope(), 1).unwrap());
        }
        assert!(credits.0.tenants.lock().len() <= 64);
    }

    #[tokio::test]
    async fn waiting_ends_when_a_permit_returns() {
        let credits = Credits::new("batches", 1, 1);
        let a = scope();
        let held = credits.take(&a, 1).await.unwrap();
        let waiting = tokio::spawn({
            let (credits, a) = (credits.clone(), a.clone());
            async move { credits.take(&a, 1).await.map(|permit| permit.amount()) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(held);
        assert_eq!(waiting.await.unwrap().unwrap(), 1);
    }
}
