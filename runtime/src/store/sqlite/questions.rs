//! Rows of `questions`.

use serde_json::Value;
use sqlx::sqlite::SqliteRow;

use super::error::taken;
use super::row::{Columns, all, before, json, millis};
use super::{SqliteTx, missing, stale};
use crate::Result;
use crate::ids::QuestionId;
use crate::store::{Page, Paged, Question, Questions};

fn read(row: &SqliteRow) -> Result<Question> {
    Ok(Question {
        id: QuestionId::from_uuid(row.uuid("id")?),
        name: row.text("name")?,
        body: row.json("body")?,
        version: row.int("version")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
        created_by: row.text("created_by")?,
    })
}

#[async_trait::async_trait]
impl Questions for SqliteTx {
    async fn create_question(&mut self, name: &str, body: &Value) -> Result<Question> {
        let (now, actor) = (millis(self.now()), self.actor.clone());
        let row = sqlx::query(
            "insert into questions (tenant_id, id, name, body, version, created_at, updated_at, created_by)
             values (?1, ?2, ?3, ?4, 1, ?5, ?5, ?6) returning *",
        )
        .bind(self.tenant)
        .bind(QuestionId::new(&self.ambient).as_uuid())
        .bind(name)
        .bind(json(body)?)
        .bind(now)
        .bind(actor)
        .fetch_one(self.conn()?)
        .await
        .map_err(taken("question.name_taken", "a question of that name exists", "/name"))?;
        read(&row)
    }

    async fn question(&mut self, id: QuestionId) -> Result<Question> {
        let row = sqlx::query("select * from questions where tenant_id = ?1 and id = ?2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .fetch_optional(self.conn()?)
            .await?
            .ok_or_else(|| missing("question", "question.unknown"))?;
        read(&row)
    }

    async fn questions(&mut self, page: &Page) -> Result<Paged<Question>> {
        let rows = sqlx::query("select * from questions where tenant_id = ?1 and id < ?2 order by id desc limit ?3")
            .bind(self.tenant)
            .bind(before(page)?)
            .bind(page.limit() + 1)
            .fetch_all(self.conn()?)
            .await?;
        Ok(Paged::of(all(&rows, read)?, page, |question| question.id.to_string()))
    }

    async fn update_question(
        &mut self,
        id: QuestionId,
        name: &str,
        body: &Value,
        if_version: Option<i64>,
    ) -> Result<Question> {
        let now = millis(self.now());
        let row = sqlx::query(
            "update questions set name = ?3, body = ?4, version = version + 1, updated_at = ?5
             where tenant_id = ?1 and id = ?2 and (?6 is null or version = ?6) returning *",
        )
        .bind(self.tenant)
        .bind(id.as_uuid())
        .bind(name)
        .bind(json(body)?)
        .bind(now)
        .bind(if_version)
        .fetch_optional(self.conn()?)
        .await
        .map_err(taken("question.name_taken", "a question of that name exists", "/name"))?;
        match row {
            Some(row) => read(&row),
            None => self.question(id).await.and_then(|_| Err(stale("question", "question.stale"))),
        }
    }

    async fn delete_question(&mut self, id: QuestionId) -> Result<()> {
        let done = sqlx::query("delete from questions where tenant_id = ?1 and id = ?2")
            .bind(self.tenant)
            .bind(id.as_uuid())
            .execute(self.conn()?)
            .await?;
        if done.rows_affected() == 0 { Err(missing("question", "question.unknown")) } else { Ok(()) }
    }
}
