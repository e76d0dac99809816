//! Rows of `reviews`.

use sqlx::postgres::PgRow;

use super::row::{Columns, all, before, json, millis};
use super::{PostgresTx, missing, stale};
use crate::ids::{ConnectionId, ReviewId, UserId};
use crate::store::{NewReview, Page, Paged, Review, ReviewChange, ReviewFilter, ReviewState, Reviews};
use crate::{Error, Result};

fn read(row: &PgRow) -> Result<Review> {
    Ok(Review {
        id: ReviewId::from_uuid(row.uuid("id")?),
        kind: row.text("kind")?,
        connection_id: row.maybe_uuid("connection_id")?.map(ConnectionId::from_uuid),
        subject: row.json("subject")?,
        proposal: row.json("proposal")?,
        proposed_by: row.maybe_uuid("proposed_by")?.map(UserId::from_uuid),
        evidence: row.json("evidence")?,
        confidence: row.get("confidence")?,
        state: row.word("state")?,
        version: row.int("version")?,
        assignee: row.maybe_uuid("assignee")?.map(UserId::from_uuid),
        decided_by: row.maybe_text("decided_by")?,
        decided_at: row.maybe_time("decided_at")?,
        decision: row.maybe_json("decision")?,
        snoozed_until: row.maybe_time("snoozed_until")?,
        expires_at: row.maybe_time("expires_at")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl Reviews for PostgresTx {
    async fn create_review(&mut self, new: NewReview) -> Result<Review> {
        let row = sqlx::query(
            "insert into reviews (tenant_id, id, kind, key, connection_id, subject, proposal, evidence, confidence,
                 state, version, assignee, expires_at, created_at, updated_at, proposed_by)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'pending', 1, $10, $11, $12, $12, $13)
             on conflict (tenant_id, kind, key) where state in ('pending', 'snoozed') do update set
                 subject = excluded.subject, proposal = excluded.proposal, evidence = excluded.evidence,
                 confidence = excluded.confidence, expires_at = excluded.expires_at, updated_at = excluded.updated_at,
                 proposed_by = excluded.proposed_by, version = reviews.version + 1
             returning *",
        )
        .bind(self.tenant)
        .bind(ReviewId::new(&self.ambient).as_uuid())
        .bind(new.kind)
        .bind(new.key)
        .bind(new.connection_id.map(|id| id.as_uuid()))
        .bind(json(&new.subject)?)
        .bind(json(&new.proposal)?)
        .bind(json(&new.evidence)?)
        .bind(new.confidence)
        .bind(new.assignee.map(|id| id.as_uuid()))
        .bind(new.expires_at.map(millis))
        .bind(millis(self.now()))
        .bind(self.person)
        .fetch_one(self.conn()?)
        .await?;
        read(&row)
    }

    async fn review(&mut self, id: ReviewId) -> Result<Review> {
        let row = sqlx::query("select * from reviews where tenant_id = $1 and id = $2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("review", "review.unknown"))?;
        read(&row)
    }

    async fn reviews(&mut self, filter: &ReviewFilter, page: &Page) -> Result<Paged<Review>> {
        let rows = sqlx::query(
            "select * from reviews
             where tenant_id = $1 and id < $2 and ($4 is null or kind = $4) and ($5 is null or connection_id = $5)
                 and ($6 is null or assignee = $6)
                 and ($3 is null or state = $3 or ($3 = 'pending' and state = 'snoozed' and snoozed_until <= $7))
             order by id desc limit $8",
        )
        .bind(self.tenant)
        .bind(before(page)?)
        .bind(filter.state.map(ReviewState::as_str))
        .bind(&filter.kind)
        .bind(filter.connection.map(|id| id.as_uuid()))
        .bind(filter.assignee.map(|id| id.as_uuid()))
        .bind(millis(self.now()))
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |review| review.id.to_string()))
    }

    async fn pending_reviews(&mut self) -> Result<i64> {
        Ok(sqlx::query_scalar(
            "select count(*) from reviews
             where tenant_id = $1 and (state = 'pending' or (state = 'snoozed' and snoozed_until <= $2))",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .fetch_one(self.conn()?)
        .await?)
    }

    async fn change_review(&mut self, id: ReviewId, if_version: i64, change: ReviewChange) -> Result<Review> {
        let review = self.review(id).await?;
        if review.version != if_version {
            return Err(stale("review", "review.stale"));
        }
        if !matches!(review.state, ReviewState::Pending | ReviewState::Snoozed) {
            return Err(Error::conflict("review.settled", format!("the review is {} already", review.state)));
        }
        let (mut state, mut decision, mut snooze, mut assignee) =
            (review.state, None, review.snoozed_until, review.assignee);
        let mut proposal = None;
        match change {
            ReviewChange::Approve => state = ReviewState::Approved,
            ReviewChange::Reject => state = ReviewState::Rejected,
            ReviewChange::Edit(edit) => (state, decision) = (ReviewState::Edited, Some(json(&edit)?)),
            ReviewChange::Propose(instead) => (state, proposal) = (ReviewState::Pending, Some(json(&instead)?)),
            ReviewChange::Snooze(until) => (state, snooze) = (ReviewState::Snoozed, Some(until)),
            ReviewChange::Assign(to) => assignee = to,
        }
        let decided = !matches!(state, ReviewState::Pending | ReviewState::Snoozed);
        let actor = decided.then(|| self.actor.clone());
        let now = millis(self.now());
        let row = sqlx::query(
            "update reviews set state = $3, decision = $4, snoozed_until = $5, assignee = $6, decided_by = $7,
                 decided_at = $8, updated_at = $9, version = version + 1,
                 proposal = coalesce($11, proposal), proposed_by = case when $11 is null then proposed_by else $12 end,
                 confidence = case when $11 is null then confidence end
             where tenant_id = $1 and id = $2 and version = $10 returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(state.as_str())
        .bind(decision)
        .bind(snooze.map(millis))
        .bind(assignee.map(|id| id.as_uuid()))
        .bind(actor)
        .bind(decided.then_some(now))
        .bind(now)
        .bind(if_version)
        .bind(proposal)
        .bind(self.person)
        .fetch_optional(self.conn()?)
        .await?
        .ok_or_else(|| stale("review", "review.stale"))?;
        read(&row)
    }

    async fn expire_reviews(&mut self) -> Result<Vec<Review>> {
        let rows = sqlx::query(
            "update reviews set state = 'expired', updated_at = $2, version = version + 1
             where tenant_id = $1 and state in ('pending', 'snoozed') and expires_at <= $2 returning *",
        )
        .bind(self.tenant)
        .bind(millis(self.now()))
        .fetch_all(self.conn()?)
        .await?;
        all(&rows, read)
    }
}
