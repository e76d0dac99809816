//! What people decide about entities: from views that hold everything that was written, into the log, with the question
//! answered in the same transaction of the one who decides.

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::canonical::batch_id;
use autonomos_runtime::ids::ReviewId;
use autonomos_runtime::store::{EntryKind, NewAudit, NewEntry, Review, ReviewChange};
use autonomos_runtime::supervision::Reply;
use autonomos_runtime::{Error, Result, Scope};
use serde_json::json;

use super::asking::about;
use super::{PATIENCE, State};
use crate::dcl::Company;
use crate::platform::four_eyes;
use crate::unify::Link;
use crate::unify::change::Change;
use crate::unify::decide::{self, Decided, Member};
use crate::unify::entry::{self, Head};
use crate::unify::questions::{self, MERGE, SPLIT, spelled};

/// What a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The entities that these ids lead to are one.
    Merge(Vec<u64>),
    /// These records are not of the entity that the id leads to.
    Split(u64, Vec<u64>),
    /// A question is answered, looked at in this version.
    Answer(ReviewId, i64, bool),
}

/// What became of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Position of the log from which it holds.
    pub position: i64,
    /// The entities concerned: the merged one, or the one that keeps its id and the new one.
    pub entities: Vec<u64>,
    /// The question, answered.
    pub review: Option<Review>,
}

/// Somebody's decision about an entity's records.
#[derive(Debug)]
pub struct Decide {
    pub(super) scope: Scope,
    pub(super) entity: String,
    pub(super) decision: Decision,
    pub(super) reason: Option<String>,
    pub(super) reply: Reply<Result<Outcome>>,
}

impl State {
    pub(super) async fn on_decide(&mut self, decide: Decide) -> Result<()> {
        if decide.reply.is_closed() {
            return Ok(());
        }
        let outcome = self.decide(&decide).await;
        // One who went away meanwhile reads it from the log.
        drop(decide.reply.send(outcome));
        Ok(())
    }

    async fn decide(&mut self, asked: &Decide) -> Result<Outcome> {
        let desk = self.desk.clone();
        let floor = self.floor().await?;
        desk.materializer().wake();
        tokio::time::timeout(PATIENCE, desk.until_folded(floor)).await.map_err(|_| {
            Error::busy("unify.behind", "the views have not caught up with the log yet").remedy("try again in a moment")
        })?;
        let question = match asked.decision {
            Decision::Answer(id, ..) => Some(desk.parts.store.read(&asked.scope).await?.review(id).await?),
            _ => None,
        };
        let entity = match &question {
            Some(review) => review.subject["entity"].as_str().unwrap_or_default().to_owned(),
            None => asked.entity.clone(),
        };
        let ids = match (&asked.decision, &question) {
            (_, Some(review)) => vec![about(review).0, about(review).1],
            (Decision::Merge(ids), _) => ids.clone(),
            (Decision::Split(id, _), _) => vec![*id],
            (Decision::Answer(..), None) => Vec::new(),
        };
        let company = desk.parts.dcl.company(&asked.scope, &entity, ids).await?;
        let decided = match (&asked.decision, &question) {
            (Decision::Answer(_, _, yes), Some(review)) => answered(review, *yes, &company)?,
            (Decision::Merge(_), _) => decide::merge(known(&company)?, &linked(&company, Link::Apart))?,
            (Decision::Split(_, records), _) => {
                decide::split(known(&company)?, records, &linked(&company, Link::Together))?
            }
            (Decision::Answer(..), None) => Decided::default(),
        };
        self.carry_out(asked, &entity, company.position, decided).await
    }

    /// The decision in the log, and the question answered, in one transaction of the one who decided.
    async fn carry_out(&mut self, asked: &Decide, entity: &str, at: i64, decided: Decided) -> Result<Outcome> {
        let desk = self.desk.clone();
        let head = Head {
            entity: entity.to_owned(),
            at,
            complete: false,
            by: asked.scope.actor().to_string(),
            reason: asked.reason.clone(),
            model: 0,
            learnt: None,
        };
        let changes: Vec<Change> = decided.changes.iter().map(|key| (*key).into()).collect();
        let mut tx = desk.parts.store.begin(&asked.scope).await?;
        let mut review = None;
        if let Decision::Answer(id, version, yes) = asked.decision {
            if yes && four_eyes::wanted(tx.as_mut()).await? {
                four_eyes::somebody_elses(&asked.scope, &tx.review(id).await?)?;
            }
            let change = if yes { ReviewChange::Approve } else { ReviewChange::Reject };
            review = Some(tx.change_review(id, version, change).await?);
        }
        let mut position = tx.log_head().await?;
        if !changes.is_empty() {
            let name = desk.parts.ambient().uuid().to_string();
            position = tx
                .append_entry(NewEntry {
                    epoch: desk.epoch,
                    batch_id: batch_id("identity", entity, Some("decision"), &name),
                    kind: EntryKind::Identity,
                    connection: None,
                    stream: None,
                    entity: Some(entity.to_owned()),
                    payload: entry::encode(&head, &changes)?,
                })
                .await?;
        }
        let named: Vec<String> = decided.entities.iter().copied().map(spelled).collect();
        let note = match &asked.decision {
            Decision::Answer(id, ..) => NewAudit::new("review.decide", "review", id),
            Decision::Merge(..) => NewAudit::new("entity.merge", entity, named.join("+")),
            Decision::Split(..) => NewAudit::new("entity.split", entity, named.join("+")),
        };
        let after = json!({"entities": named, "changes": changes.len(), "position": position, "reason": asked.reason});
        tx.append_audit(note.after(after)).await?;
        tx.save().await?;
        self.floor = Some(position);
        self.asked = 0;
        if let Some(warm) = self.warm.get_mut(entity) {
            warm.index.apply(&decided.changes);
        }
        let names: Vec<String> = decided.entities.iter().copied().map(spelled).collect();
        match decided.entities[..] {
            [id] if !changes.is_empty() => desk.publish(Fact::merged(entity, &spelled(id), &names)),
            [id, _] if changes.iter().any(|c| matches!(c, Change::Moved { .. })) => {
                desk.publish(Fact::split(entity, &spelled(id), &names));
            }
            _ => {}
        }
        if let Some(review) = &review {
            let by = asked.scope.actor().to_string();
            desk.publish(Fact::review(Topic::ReviewDecided, review.id, review.version, &by, &review.kind));
        }
        desk.materializer().wake();
        Ok(Outcome { position, entities: decided.entities, review })
    }
}

/// The members, if every id leads somewhere.
fn known(company: &Company) -> Result<&[Member]> {
    if company.entities.iter().any(Option::is_none) {
        return Err(Error::not_found("entity.unknown", "There is no such entity."));
    }
    Ok(&company.members)
}

fn linked(company: &Company, link: Link) -> Vec<(u64, u64)> {
    company.links.iter().filter(|(.., l)| *l == link).map(|(a, b, _)| (*a, *b)).collect()
}

/// What an answer means by now.
fn answered(review: &Review, yes: bool, company: &Company) -> Result<Decided> {
    let members = known(company)?;
    let (first, second) = about(review);
    let of = |id: u64| members.iter().find(|m| m.record == id).map(|m| m.entity);
    let same = of(first) == of(second);
    let with = |id: u64| members.iter().filter(|m| of(id) == Some(m.entity)).copied().collect::<Vec<_>>();
    match (review.kind.as_str(), yes) {
        (MERGE, true) if same => {
            Ok(Decided { entities: Vec::new(), changes: vec![decide::ChangeKey::Together(first, second)] })
        }
        (MERGE, true) => decide::merge(members, &linked(company, Link::Apart)),
        (MERGE, false) if same => Ok(Decided::default()),
        (MERGE, false) => decide::apart(&with(first), &with(second)),
        (SPLIT, true) if same => {
            decide::split(&with(first), &questions::taken_out(review), &linked(company, Link::Together))
        }
        (SPLIT, false) if same => {
            let other = with(first).into_iter().find(|m| m.live && m.record != first).map(|m| m.record);
            let changes = other.map(|other| decide::ChangeKey::Together(first.min(other), first.max(other)));
            Ok(Decided { entities: Vec::new(), changes: changes.into_iter().collect() })
        }
        _ => Ok(Decided::default()),
    }
}
