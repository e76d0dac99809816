//! A round in the log: its changes in entries of a bounded size, the last of which completes it, and its questions with them.

use autonomos_runtime::Result;
use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::batch_id;
use autonomos_runtime::store::{EntryKind, NewEntry};

use super::State;
use crate::unify::change::Change;
use crate::unify::entry::{self, Head, MOST_CHANGES};
use crate::unify::questions::{SPLIT, spelled};
use crate::unify::{Model, Plan, Round};

/// Facts of one round at most: a first one would tell of everybody.
const TOLD: usize = 100;

impl State {
    /// Writes a round down, its questions with it.
    pub(super) async fn write(
        &mut self,
        plan: &Plan,
        span: (i64, i64),
        round: &Round,
        model: i64,
        mut learnt: Option<Model>,
    ) -> Result<()> {
        let desk = self.desk.clone();
        let strays = self.strays(plan, round).await?;
        let parts: Vec<&[Change]> =
            if round.changes.is_empty() { vec![&[]] } else { round.changes.chunks(MOST_CHANGES).collect() };
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let (last, mut position) = (parts.len() - 1, 0);
        for (at, part) in parts.into_iter().enumerate() {
            let head = Head {
                entity: plan.entity.clone(),
                at: span.1,
                complete: at == last,
                by: desk.scope.actor().to_string(),
                reason: None,
                model,
                learnt: learnt.take(),
            };
            let name = format!("{}.{at}", span.1);
            position = tx
                .append_entry(NewEntry {
                    epoch: desk.epoch,
                    batch_id: batch_id("identity", &plan.entity, Some(&span.0.to_string()), &name),
                    kind: EntryKind::Identity,
                    connection: None,
                    stream: None,
                    entity: Some(plan.entity.clone()),
                    payload: entry::encode(&head, part)?,
                })
                .await?;
        }
        let mut facts = Vec::new();
        for stray in strays {
            let review = tx.create_review(stray).await?;
            facts.push(Fact::review(Topic::ReviewCreated, review.id, review.version, "system:unifier", SPLIT));
        }
        tx.save().await?;
        self.floor = Some(position);
        let names = |ids: &[u64]| ids.iter().copied().map(spelled).collect::<Vec<_>>();
        let merged = round.merged.iter().take(TOLD);
        facts.extend(merged.map(|(id, from)| Fact::merged(&plan.entity, &spelled(*id), &names(from))));
        let parted = round.parted.iter().take(TOLD);
        facts.extend(parted.map(|(id, into)| Fact::split(&plan.entity, &spelled(*id), &names(into))));
        for fact in facts {
            desk.publish(fact);
        }
        Ok(())
    }
}
