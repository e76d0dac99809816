//! Questions to people: whether two are one, and whether a record still belongs. Those that answered themselves are taken
//! back, the surest of the others asked, a bounded number open at a time.

use std::collections::HashSet;

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::store::{NewReview, Page, Review, ReviewChange, ReviewFilter, ReviewState};
use autonomos_runtime::{Kind, Result};

use super::State;
use crate::unify::index::pair;
use crate::unify::questions::{self, MERGE, SPLIT, read_id};
use crate::unify::{Plan, Round};

/// Questions whether a record still belongs, of one round.
const STRAYS: usize = 50;

impl State {
    /// Questions whether records still belong.
    pub(super) async fn strays(&self, plan: &Plan, round: &Round) -> Result<Vec<NewReview>> {
        let mut out = Vec::new();
        let dcl = &self.desk.parts.dcl;
        for &(record, entity) in round.strays.iter().take(STRAYS) {
            let Some(found) = dcl.entity(&self.desk.scope, &plan.entity, record).await? else { continue };
            let (mine, others): (Vec<_>, Vec<_>) = found.rows.iter().partition(|row| row.record == record);
            if let Some(mine) = mine.first().filter(|_| !others.is_empty()) {
                out.push(questions::split(plan, entity, mine, &others));
            }
        }
        Ok(out)
    }

    /// Takes back questions that answered themselves, and asks the surest of those that nobody was asked yet.
    pub(super) async fn look_after_questions(&mut self, plan: &Plan) -> Result<()> {
        let desk = self.desk.clone();
        let dcl = &desk.parts.dcl;
        let most = desk.parts.config.unify.questions;
        let mut waiting = Vec::new();
        let mut tx = desk.parts.store.read(&desk.scope).await?;
        for kind in [MERGE, SPLIT] {
            for state in [ReviewState::Pending, ReviewState::Snoozed] {
                let filter =
                    ReviewFilter { kind: Some(kind.to_owned()), state: Some(state), ..ReviewFilter::default() };
                waiting.extend(tx.reviews(&filter, &Page::first(1000)).await?.items);
            }
        }
        drop(tx);
        waiting.retain(|review| review.subject["entity"] == plan.entity.as_str());
        waiting.sort_by_key(|review| review.id);
        waiting.dedup_by_key(|review| review.id);
        let ids: Vec<u64> = waiting.iter().flat_map(|review| [about(review).0, about(review).1]).collect();
        let entities = dcl.company(&desk.scope, &plan.entity, ids).await?;
        let there: HashSet<u64> = entities.members.iter().filter(|m| m.live).map(|m| m.record).collect();
        let (mut open, mut moot) = (HashSet::new(), Vec::new());
        for (review, two) in waiting.iter().zip(entities.entities.chunks(2)) {
            let (a, b) = about(review);
            let known = there.contains(&a) && (review.kind == SPLIT || there.contains(&b));
            match (two, review.kind.as_str()) {
                (&[Some(x), Some(y)], MERGE) if x != y && known => drop(open.insert(pair(x, y))),
                (&[Some(x), Some(y)], SPLIT) if x == y && known => {}
                _ => moot.push((review.id, review.version, review.kind.clone())),
            }
        }
        let mut new = Vec::new();
        if open.len() < most {
            for (found, x, y) in dcl.doubts(&desk.scope, &plan.entity, most * 4).await? {
                if open.len() < most && open.insert(pair(x, y)) {
                    new.push((found, x, y));
                }
            }
        }
        if new.is_empty() && moot.is_empty() {
            return Ok(());
        }
        let records = new.iter().flat_map(|(found, ..)| [found.a, found.b]).collect();
        let rows = dcl.records(&desk.scope, &plan.entity, records).await?;
        let models = dcl.comparisons(&desk.scope, &plan.entity, new.iter().map(|n| n.0.model).collect()).await?;
        let row = |id: u64| rows.iter().find(|row| row.record == id);
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        let mut facts = Vec::new();
        for (found, x, y) in &new {
            let names = models.iter().find(|(version, _)| *version == found.model).map(|(_, names)| names);
            if let (Some(a), Some(b), Some(names)) = (row(found.a), row(found.b), names) {
                let review = tx.create_review(questions::merge(plan, names, found, (*x, *y), a, b)).await?;
                facts.push(Fact::review(Topic::ReviewCreated, review.id, review.version, "system:unifier", MERGE));
            }
        }
        for (id, version, kind) in moot {
            match tx.change_review(id, version, ReviewChange::Reject).await {
                Ok(review) => {
                    facts.push(Fact::review(Topic::ReviewDecided, id, review.version, "system:unifier", &kind));
                }
                // Somebody answered just now; their answer is on its way here.
                Err(error) if matches!(error.kind, Kind::Stale | Kind::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        tx.save().await?;
        for fact in facts {
            desk.publish(fact);
        }
        Ok(())
    }
}

/// The two records, or the entity and the record, that a question is about.
pub(super) fn about(review: &Review) -> (u64, u64) {
    let id = |name: &str| review.subject[name].as_str().and_then(read_id).unwrap_or_default();
    if review.kind == SPLIT { (id("record"), id("id")) } else { (id("a"), id("b")) }
}
