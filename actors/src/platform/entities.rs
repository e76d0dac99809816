//! Entities: one real thing each, made of the records of all sources; looked at, explained, merged and split.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::entity::EntityDef;
use autonomos_runtime::store::{NewAudit, NewReview, Page, Review};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Map, Value, json};

use super::shapes::{
    EntitiesRequest, EntitiesView, EntityView, IdentityDecided, MergeEntities, ReviewView, SplitEntity, Verdict,
};
use super::{Platform, four_eyes};
use crate::dcl::EntityRows;
use crate::unify::explain::explain;
use crate::unify::golden::{Golden, Row};
use crate::unify::questions::{self, read_id, spelled};
use crate::unify::unifier::{self, Decision};
use crate::unify::{Link, Plan, decide};

/// Entities named in one merge, and records in one split.
const MOST_NAMED: usize = 100;

/// Which source goes before which, by connection.
pub(super) type Ranks = HashMap<String, usize>;

impl Platform {
    /// A page of entities with their golden records.
    pub async fn entities(&self, scope: &Scope, ask: EntitiesRequest) -> Result<EntitiesView> {
        let after = ask.cursor.as_deref().map(|text| {
            read_id(text).ok_or_else(|| {
                Error::invalid("view.bad_cursor", "the cursor is not one of this list")
                    .field("cursor")
                    .remedy("pass next_cursor of the page before, or none to begin anew")
            })
        });
        let (members, limit, after) = (ask.members.unwrap_or(1), ask.limit, after.transpose()?);
        let found = self.parts().dcl.entities(scope, &ask.view, &ask.filters, members, limit, after).await?;
        let entity = self.unified(&ask.view)?;
        let ranks = self.ranks(scope).await?;
        let mut by_entity: BTreeMap<u64, Vec<Row>> = BTreeMap::new();
        for row in found.rows {
            by_entity.entry(row.entity).or_default().push(row);
        }
        let items = found.ids.iter().filter_map(|id| {
            let rows = by_entity.get(id)?;
            let members = rows.iter().map(|row| json!(spelled(row.record))).collect();
            Some(view(&entity, *id, rows, &ranks, members, found.position))
        });
        Ok(EntitiesView {
            items: items.collect(),
            next_cursor: found.next.map(spelled),
            total: found.total,
            position: found.position,
        })
    }

    /// One entity, by any id that ever led to it: what it is made of, and why.
    pub async fn entity(&self, scope: &Scope, view: &str, id: &str) -> Result<EntityView> {
        let id = read_id(id).ok_or_else(absent)?;
        let found = self.parts().dcl.entity(scope, view, id).await?.ok_or_else(absent)?;
        let entity = self.unified(view)?;
        let ranks = self.ranks(scope).await?;
        let plans = unifier::plans(&*self.desk(scope).await?)?;
        let plan = plans.into_iter().find(|plan| plan.entity == entity.name);
        let mut out = self::view(&entity, found.id, &found.rows, &ranks, members(&found), found.position);
        out.pairs = Some(plan.map(|plan| pairs(&plan, &found)).unwrap_or_default());
        let said = |(a, b, link): &(u64, u64, Link)| {
            let word = if *link == Link::Together { "together" } else { "apart" };
            json!({"a": spelled(*a), "b": spelled(*b), "said": word})
        };
        out.said = Some(found.links.iter().map(said).collect());
        Ok(out)
    }

    /// Makes entities one; the oldest keeps its id.
    pub async fn merge_entities(&self, scope: &Scope, view: &str, asked: MergeEntities) -> Result<IdentityDecided> {
        let entity = self.unified(view)?;
        let ids = named(&asked.ids, "/ids", 2)?;
        if self.two_people(scope).await? {
            let questions = self.merge_questions(scope, &entity.name, &ids, asked.reason.as_deref()).await?;
            return self.propose_identity(scope, questions).await;
        }
        let desk = self.desk(scope).await?;
        let done = desk.unifier().decide(scope, &entity.name, Decision::Merge(ids), asked.reason).await?;
        Ok(decided(done))
    }

    /// Takes records out of an entity; the part with the oldest record keeps its id.
    pub async fn split_entity(
        &self,
        scope: &Scope,
        view: &str,
        id: &str,
        asked: SplitEntity,
    ) -> Result<IdentityDecided> {
        let entity = self.unified(view)?;
        let id = read_id(id).ok_or_else(absent)?;
        let records = named(&asked.records, "/records", 1)?;
        if self.two_people(scope).await? {
            let company = self.parts().dcl.company(scope, &entity.name, vec![id]).await?;
            let led = company.entities.first().copied().flatten().ok_or_else(absent)?;
            // What could not be done is said now, and not to whoever approves it.
            decide::split(&company.members, &records, &[])?;
            let question = questions::split_said(&entity.name, led, &records, asked.reason.as_deref());
            return self.propose_identity(scope, question.into_iter().collect()).await;
        }
        let desk = self.desk(scope).await?;
        let done = desk.unifier().decide(scope, &entity.name, Decision::Split(id, records), asked.reason).await?;
        Ok(decided(done))
    }

    async fn two_people(&self, scope: &Scope) -> Result<bool> {
        four_eyes::wanted(self.parts().store.read(scope).await?.as_mut()).await
    }

    /// One question for each entity that would become one with the first.
    async fn merge_questions(
        &self,
        scope: &Scope,
        entity: &str,
        ids: &[u64],
        reason: Option<&str>,
    ) -> Result<Vec<NewReview>> {
        let company = self.parts().dcl.company(scope, entity, ids.to_vec()).await?;
        let mut led = Vec::new();
        for id in &company.entities {
            let id = id.ok_or_else(absent)?;
            if !led.contains(&id) {
                led.push(id);
            }
        }
        decide::merge(&company.members, &[])?;
        let speaker = |id: u64| company.members.iter().find(|m| m.entity == id && m.live).map_or(id, |m| m.record);
        let first = led.first().copied().ok_or_else(absent)?;
        let ask = |other: u64| questions::merge_said(entity, (speaker(first), speaker(other)), (first, other), reason);
        Ok(led.into_iter().skip(1).map(ask).collect())
    }

    /// Asks somebody else.
    async fn propose_identity(&self, scope: &Scope, questions: Vec<NewReview>) -> Result<IdentityDecided> {
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let mut asked = Vec::with_capacity(questions.len());
        for question in questions {
            let proposal = question.proposal.clone();
            let review = tx.create_review(question).await?;
            tx.append_audit(NewAudit::new("review.propose", "review", review.id).after(json!({"proposal": proposal})))
                .await?;
            asked.push(review);
        }
        let position = tx.log_head().await?;
        tx.save().await?;
        let by = scope.actor().to_string();
        for review in &asked {
            desk.publish(Fact::review(Topic::ReviewCreated, review.id, review.version, &by, &review.kind));
        }
        Ok(IdentityDecided { entities: Vec::new(), position, reviews: asked.into_iter().map(|r| r.id).collect() })
    }

    /// Answers a question about identity.
    pub(super) async fn answer_identity(
        &self,
        scope: &Scope,
        review: &Review,
        version: i64,
        verdict: Verdict,
    ) -> Result<ReviewView> {
        let yes = match verdict {
            Verdict::Approve => true,
            Verdict::Reject => false,
            Verdict::Edit => {
                return Err(Error::invalid("review.no_edit", "a question about identity is answered by yes or no")
                    .field("/decision")
                    .remedy("Approve or reject; merge and split have routes of their own for anything else."));
            }
        };
        let desk = self.desk(scope).await?;
        let answer = Decision::Answer(review.id, version, yes);
        let done = desk.unifier().decide(scope, "", answer, None).await?;
        let answered = done.review.ok_or_else(|| Error::internal("review.lost", "the answer was not kept"))?;
        Ok(answered.into())
    }

    fn unified(&self, view: &str) -> Result<Arc<EntityDef>> {
        let found = self.parts().vocabulary.entities().find(|e| e.view == view && e.identity.is_some());
        found.cloned().ok_or_else(|| {
            Error::not_found("entity.not_unified", "records of this kind are not unified")
                .field("view")
                .remedy("Use accounts or contacts.")
        })
    }

    /// The order of connections that the settings ask for.
    pub(super) async fn ranks(&self, scope: &Scope) -> Result<Ranks> {
        let order = &self.parts().config.unify.sources;
        let mut out = Ranks::new();
        if order.is_empty() {
            return Ok(out);
        }
        let mut tx = self.parts().store.read(scope).await?;
        for connection in tx.connections(None, &Page::first(1000)).await?.items {
            let is = |name: &String| connection.system.as_ref() == Some(name) || connection.name == *name;
            if let Some(rank) = order.iter().position(is) {
                out.insert(connection.id.to_string(), rank);
            }
        }
        Ok(out)
    }
}

fn decided(done: unifier::Outcome) -> IdentityDecided {
    let entities = done.entities.into_iter().map(spelled).collect();
    IdentityDecided { entities, position: done.position, reviews: Vec::new() }
}

pub(super) fn absent() -> Error {
    Error::not_found("entity.unknown", "There is no such entity.")
}

/// Ids off the wire, enough and not too many of them.
fn named(texts: &[String], at: &str, least: usize) -> Result<Vec<u64>> {
    if texts.len() < least || texts.len() > MOST_NAMED {
        return Err(Error::invalid("entity.bad_ids", format!("between {least} and {MOST_NAMED} ids have to be named"))
            .field(at)
            .remedy("Name the ids that GET /api/v1/dcl/entities shows."));
    }
    texts
        .iter()
        .enumerate()
        .map(|(i, text)| {
            read_id(text).ok_or_else(|| {
                Error::invalid("entity.bad_id", "an id has sixteen hexadecimal digits")
                    .field(format!("{at}/{i}"))
                    .remedy("Name the ids that GET /api/v1/dcl/entities shows.")
            })
        })
        .collect()
}

/// Whether a record's source goes before others'.
pub(super) fn rank(ranks: &Ranks, row: &Row) -> usize {
    let connection = row.values.get("source").and_then(|s| s["connection_id"].as_str());
    connection.and_then(|id| ranks.get(id)).copied().unwrap_or(ranks.len())
}

fn view(entity: &EntityDef, id: u64, rows: &[Row], ranks: &Ranks, members: Vec<Value>, position: i64) -> EntityView {
    let golden = Golden::of(entity, rows, |row| rank(ranks, row));
    let sources: Map<String, Value> = golden.sources.into_iter().map(|(f, id)| (f, json!(spelled(id)))).collect();
    EntityView {
        id: spelled(id),
        record: Value::Object(golden.values),
        sources: Value::Object(sources),
        members,
        pairs: None,
        said: None,
        position,
    }
}

/// Its records, oldest first; those that are gone from their source without values.
pub(super) fn members(found: &EntityRows) -> Vec<Value> {
    found
        .members
        .iter()
        .map(|member| {
            let row = found.rows.iter().find(|row| row.record == member.record);
            let since = (member.born != i64::MAX).then_some(member.born);
            match row {
                Some(row) => {
                    let mut values = row.values.clone();
                    let source = values.remove("source");
                    values.remove("id");
                    json!({"id": spelled(member.record), "live": true, "since": since, "source": source, "record": values})
                }
                None => json!({"id": spelled(member.record), "live": false, "since": since}),
            }
        })
        .collect()
}

/// Why its records are one, pair by pair.
pub(super) fn pairs(plan: &Plan, found: &EntityRows) -> Vec<Value> {
    let row = |id: u64| found.rows.iter().find(|row| row.record == id).map(|row| &row.values);
    found
        .pairs
        .iter()
        .filter_map(|pair| {
            let (_, names) = found.names.iter().find(|(version, _)| *version == pair.model)?;
            let told = explain(plan, names, pair.bits, &pair.evidence, row(pair.a), row(pair.b));
            Some(json!({
                "a": spelled(pair.a),
                "b": spelled(pair.b),
                "probability": told.probability,
                "bits": told.bits,
                "comparisons": told.comparisons,
                "model": pair.model,
            }))
        })
        .collect()
}
