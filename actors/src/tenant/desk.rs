//! What the actors of one tenant share: its scope, the epoch they write under, how far its views are, and the addresses
//! of one another. It holds no state that matters: a tree that starts anew makes a new one.

use std::sync::Arc;

use autonomos_runtime::Scope;
use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::supervision::Key;
use tokio::sync::watch;

use crate::parts::Parts;
use crate::{agent, connector, dcl, delivery, lineage, playbook, repair, schedule, task, unify};

/// See the module.
#[derive(Debug)]
pub struct Desk {
    /// The tenant, acting as the platform.
    pub scope: Scope,
    /// The ownership under which everything here is written.
    pub epoch: i64,
    /// Shared with all tenants.
    pub parts: Arc<Parts>,
    /// How running tasks are asked to stop.
    pub stops: task::stop::Stops,
    /// How long tasks wait for their beginning.
    pub asked: task::asked::Asked,
    position: watch::Sender<i64>,
}

impl Desk {
    /// A desk for a tree that is about to start.
    pub fn new(scope: Scope, epoch: i64, parts: Arc<Parts>) -> Arc<Self> {
        Arc::new(Self {
            scope: scope.under(epoch),
            epoch,
            parts,
            stops: task::stop::Stops::default(),
            asked: task::asked::Asked::default(),
            position: watch::Sender::new(0),
        })
    }

    /// Says how far the views are now.
    pub fn folded_to(&self, position: i64) {
        self.position.send_if_modified(|at| {
            let moved = position > *at;
            *at = (*at).max(position);
            moved
        });
    }

    /// How far the views are, as far as this tree has seen.
    pub fn position(&self) -> i64 {
        *self.position.borrow()
    }

    /// Waits until the views reflect a log position.
    pub async fn until_folded(&self, position: i64) {
        let mut at = self.position.subscribe();
        // The sender lives as long as this desk, so the wait ends by position alone.
        at.wait_for(|now| *now >= position).await.ok();
    }

    /// Tells people; never fails the work.
    pub fn publish(&self, event: Fact) {
        let (told, sets_off) = (delivery::concerns(&event), schedule::concerns(&event));
        let goes_on = event.topic == Topic::TaskState && told;
        self.parts.bus.publish(&self.scope, event);
        if told {
            self.deliveries().wake();
        }
        if sets_off {
            self.schedules().wake();
        }
        if goes_on {
            self.playbooks().wake();
        }
    }

    /// Where the conductor of playbooks sits.
    pub fn playbooks_key(&self) -> Key {
        Key::of(&self.scope, "playbooks")
    }

    /// The conductor of playbooks.
    pub fn playbooks(&self) -> playbook::conductor::Handle {
        playbook::conductor::Handle::new(self.parts.node.address(&self.playbooks_key()))
    }

    /// Where the scheduler sits.
    pub fn schedules_key(&self) -> Key {
        Key::of(&self.scope, "schedules")
    }

    /// The scheduler.
    pub fn schedules(&self) -> schedule::scheduler::Handle {
        schedule::scheduler::Handle::new(self.parts.node.address(&self.schedules_key()))
    }

    /// Where the deliverer sits.
    pub fn deliveries_key(&self) -> Key {
        Key::of(&self.scope, "deliveries")
    }

    /// The deliverer.
    pub fn deliveries(&self) -> delivery::deliverer::Handle {
        delivery::deliverer::Handle::new(self.parts.node.address(&self.deliveries_key()))
    }

    /// Where the materializer sits.
    pub fn materializer_key(&self) -> Key {
        Key::of(&self.scope, "dcl")
    }

    /// Where the compactor sits.
    pub fn compactor_key(&self) -> Key {
        Key::of(&self.scope, "compaction")
    }

    /// Where the teller of run events sits, if any is told.
    pub fn exporter_key(&self) -> Key {
        Key::of(&self.scope, "lineage")
    }

    /// Where the repairer sits.
    pub fn repairer_key(&self) -> Key {
        Key::of(&self.scope, "repair")
    }

    /// Where the agents' runner sits.
    pub fn agents_key(&self) -> Key {
        Key::of(&self.scope, "agents")
    }

    /// Where the unifier sits.
    pub fn unifier_key(&self) -> Key {
        Key::of(&self.scope, "unify")
    }

    /// Where the task runner sits.
    pub fn tasks_key(&self) -> Key {
        Key::of(&self.scope, "tasks")
    }

    /// Where the connectors' supervisor sits.
    pub fn connectors_key(&self) -> Key {
        Key::of(&self.scope, "connectors")
    }

    /// The materializer.
    pub fn materializer(&self) -> dcl::materializer::Handle {
        dcl::materializer::Handle::new(self.parts.node.address(&self.materializer_key()))
    }

    /// The compactor.
    pub fn compactor(&self) -> dcl::compactor::Handle {
        dcl::compactor::Handle::new(self.parts.node.address(&self.compactor_key()))
    }

    /// The teller of run events.
    pub fn exporter(&self) -> lineage::exporter::Handle {
        lineage::exporter::Handle::new(self.parts.node.address(&self.exporter_key()))
    }

    /// Where the one sits who asks for second opinions, if there is a model to ask.
    pub fn adviser_key(&self) -> Key {
        Key::of(&self.scope, "advice")
    }

    /// The one who asks for second opinions.
    pub fn adviser(&self) -> repair::adviser::Handle {
        repair::adviser::Handle::new(self.parts.node.address(&self.adviser_key()))
    }

    /// The repairer.
    pub fn repairer(&self) -> repair::repairer::Handle {
        repair::repairer::Handle::new(self.parts.node.address(&self.repairer_key()))
    }

    /// The agents' runner.
    pub fn agents(&self) -> agent::runner::Handle {
        agent::runner::Handle::new(self.parts.node.address(&self.agents_key()))
    }

    /// The unifier.
    pub fn unifier(&self) -> unify::unifier::Handle {
        unify::unifier::Handle::new(self.parts.node.address(&self.unifier_key()))
    }

    /// The task runner.
    pub fn tasks(&self) -> task::runner::Handle {
        task::runner::Handle::new(self.parts.node.address(&self.tasks_key()))
    }

    /// A connector.
    pub fn connector(&self, id: ConnectionId) -> connector::Handle {
        connector::Handle::new(self.parts.node.address(&self.connectors_key().child(id)))
    }
}
