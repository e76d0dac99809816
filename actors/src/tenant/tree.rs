//! The only place that says who supervises whom in a tenant.
//!
//! ```text
//! tenant/<id>      one for one; started in this order, stopped in reverse
//! ├─ dcl           Materializer   sink first
//! ├─ unify         Unifier        one identity for each real thing, from the views into the log
//! ├─ compaction    Compactor
//! ├─ lineage       Exporter       where run events are told to somebody
//! ├─ agents        Runner
//! ├─ advice        Adviser        where a language model is configured
//! ├─ repair        Repairer
//! ├─ connectors    dynamic        ── connectors/<id>   Connector, own budget and back-off
//! ├─ deliveries    Deliverer      tells the outside
//! ├─ schedules     Scheduler      sets off work by itself
//! ├─ playbooks     Conductor      takes runs from step to step
//! └─ tasks         Runner         hands work to all of the above, so it starts last
//! ```

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::supervision::{ChildSpec, Intensity, Key, Reports, TreeSpec};

use super::{Desk, Post};
use crate::{agent, connector, dcl, delivery, lineage, playbook, repair, schedule, task, unify};

/// How long a part may finish what it has at hand.
const FINISH: Duration = Duration::from_secs(5);
/// A part the whole tenant needs gets another chance so long after it was taken out: a full disk may have room again.
const AGAIN: Duration = Duration::from_secs(30);

/// A tenant's tree with the connectors it has now.
pub fn tree(desk: &Arc<Desk>, connections: &[ConnectionId], reports: Arc<dyn Reports>) -> TreeSpec {
    let mut connectors = TreeSpec::dynamic(desk.connectors_key());
    for id in connections {
        connectors = connectors.child(connector(desk, *id));
    }
    let materializer = Post::of(desk, desk.materializer_key(), "materializer", dcl::materializer::Materializer);
    let unifier = Post::of(desk, desk.unifier_key(), "unifier", unify::unifier::Unifier);
    let compactor = Post::of(desk, desk.compactor_key(), "compactor", dcl::compactor::Compactor);
    let exporter = Post::of(desk, desk.exporter_key(), "exporter", lineage::exporter::Exporter);
    let agents = Post::of(desk, desk.agents_key(), "agents", agent::runner::Runner);
    let adviser = Post::of(desk, desk.adviser_key(), "adviser", repair::adviser::Adviser);
    let repairer = Post::of(desk, desk.repairer_key(), "repairer", repair::repairer::Repairer);
    let tasks = Post::of(desk, desk.tasks_key(), "tasks", task::runner::Runner);
    let deliverer = Post::of(desk, desk.deliveries_key(), "deliverer", delivery::deliverer::Deliverer);
    let scheduler = Post::of(desk, desk.schedules_key(), "scheduler", schedule::scheduler::Scheduler);
    let conductor = Post::of(desk, desk.playbooks_key(), "conductor", playbook::conductor::Conductor);
    let config = &desk.parts.config.tenant;
    let part = |spec: ChildSpec| spec.intensity(restarts(desk)).retry_after(AGAIN);
    let mut tree = TreeSpec::ordered(root(desk))
        .escalation(Some(Intensity::new(config.escalations, config.escalation_seconds)))
        .reports(reports)
        .child(part(materializer.drain(FINISH)))
        .child(part(unifier.stop(FINISH)))
        .child(part(compactor.stop(FINISH)));
    if !lineage::outbox::sinks(&desk.parts.config.lineage).is_empty() {
        tree = tree.child(part(exporter.stop(FINISH)));
    }
    tree = tree.child(part(agents.stop(FINISH)));
    if desk.parts.model.is_some() {
        tree = tree.child(part(adviser.stop(FINISH)));
    }
    tree.child(part(repairer.drain(FINISH)))
        .subtree(connectors)
        .child(part(deliverer.stop(FINISH)))
        .child(part(scheduler.stop(FINISH)))
        .child(part(conductor.stop(FINISH)))
        .child(part(tasks.stop(FINISH)))
}

/// Where a tenant's own supervisor sits.
pub fn root(desk: &Desk) -> Key {
    Key::of(&desk.scope, "tenant")
}

/// One connector.
pub fn connector(desk: &Arc<Desk>, id: ConnectionId) -> ChildSpec {
    let of = desk.clone();
    ChildSpec::new(desk.connectors_key().child(id), "connector", connector::connector::Connector, move |seat| {
        connector::connector::Args { seat, desk: of.clone(), connection: id }
    })
    .stop(FINISH)
    .intensity(restarts(desk))
}

/// How often a part may be started again before it is taken out.
fn restarts(desk: &Desk) -> Intensity {
    let config = &desk.parts.config.tenant;
    Intensity::new(config.actor_restarts, config.actor_seconds)
}
