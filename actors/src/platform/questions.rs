//! Questions to views that people save: in SQL or said without it, run again by whoever may look.
//!
//! What a question says is looked at when it is saved as far as its shape tells; whether its names are there is told when it
//! is run, because views grow.

use autonomos_runtime::ids::QuestionId;
use autonomos_runtime::store::{NewAudit, Page, Paged, Question};
use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use serde_json::{Value, json};

use super::Platform;
use super::shapes::{NewQuestion, QuestionPatch, QuestionView, SqlQuery, StructuredQuery};
use crate::dcl::sql::MOST_TEXT;

/// Questions of a tenant at most.
const MOST: u32 = 1000;
/// Longest name.
const NAME: usize = 200;

/// What is asked.
enum Asks {
    Sql(SqlQuery),
    Structured(StructuredQuery),
}

impl Asks {
    /// Of what somebody says; exactly one of the two.
    fn said(sql: Option<String>, structured: Option<StructuredQuery>) -> Result<Self> {
        match (sql, structured) {
            (Some(sql), None) if sql.trim().is_empty() || sql.len() > MOST_TEXT => {
                Err(Error::invalid("question.sql", "a statement is text of at most 64 KiB")
                    .field("/sql")
                    .remedy("Write one SELECT."))
            }
            (Some(sql), None) => Ok(Self::Sql(SqlQuery { sql, limit: None })),
            (None, Some(structured)) => Ok(Self::Structured(structured)),
            _ => Err(Error::invalid("question.asks", "a question asks in SQL or without it")
                .field("/sql")
                .remedy("Give one of `sql` and `structured`.")),
        }
    }

    /// Of what is kept.
    fn kept(body: &Value) -> Result<Self> {
        let unreadable = |e| Error::internal("question.read", "the question cannot be read").source(e);
        let structured = body.get("structured").cloned().map(serde_json::from_value).transpose().map_err(unreadable)?;
        Self::said(body["sql"].as_str().map(str::to_owned), structured)
    }

    fn keep(&self) -> Result<Value> {
        Ok(match self {
            Self::Sql(ask) => json!({"sql": ask.sql}),
            Self::Structured(ask) => {
                let written = serde_json::to_value(ask);
                json!({"structured": written.map_err(|e| {
                    Error::internal("question.write", "the question could not be kept").source(e)
                })?})
            }
        })
    }
}

fn named(name: &str) -> Result<&str> {
    let name = name.trim();
    if name.is_empty() || name.len() > NAME {
        return Err(Error::invalid("question.name", format!("a question has a name of 1 to {NAME} bytes"))
            .field("/name")
            .remedy("Call it by what it tells."));
    }
    Ok(name)
}

/// What the audit keeps of one.
fn noted(row: &Question) -> Value {
    json!({"name": row.name, "body": row.body})
}

impl Platform {
    /// Rows of a view, or what groups of them amount to, as JSON; see [`TableAnswer`](super::shapes::TableAnswer).
    pub async fn ask(&self, scope: &Scope, ask: &StructuredQuery) -> Result<Bytes> {
        self.parts().dcl.ask(scope, ask).await
    }

    /// Saves a question.
    pub async fn create_question(&self, scope: &Scope, new: NewQuestion) -> Result<QuestionView> {
        let body = Asks::said(new.sql, new.structured)?.keep()?;
        let mut tx = self.parts().store.begin(scope).await?;
        if tx.questions(&Page::first(MOST)).await?.items.len() >= MOST as usize {
            return Err(Error::too_large("question.too_many", format!("a tenant has {MOST} questions at most"))
                .remedy("Delete one first."));
        }
        let made = tx.create_question(named(&new.name)?, &body).await?;
        tx.append_audit(NewAudit::new("question.create", "question", made.id).after(noted(&made))).await?;
        tx.save().await?;
        Ok(made.into())
    }

    /// The tenant's questions, newest first.
    pub async fn questions(&self, scope: &Scope, page: &Page) -> Result<Paged<QuestionView>> {
        Ok(self.parts().store.read(scope).await?.questions(page).await?.map(QuestionView::from))
    }

    /// One of them.
    pub async fn question(&self, scope: &Scope, id: QuestionId) -> Result<QuestionView> {
        Ok(self.parts().store.read(scope).await?.question(id).await?.into())
    }

    /// Changes one, if it is still at that version.
    pub async fn update_question(
        &self,
        scope: &Scope,
        id: QuestionId,
        version: Option<i64>,
        patch: QuestionPatch,
    ) -> Result<QuestionView> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.question(id).await?;
        let body = match (patch.sql, patch.structured) {
            (None, None) => before.body.clone(),
            (sql, structured) => Asks::said(sql, structured)?.keep()?,
        };
        let name = patch.name.as_deref().unwrap_or(&before.name);
        let changed = tx.update_question(id, named(name)?, &body, version).await?;
        let note = NewAudit::new("question.update", "question", id).before(noted(&before));
        tx.append_audit(note.after(noted(&changed))).await?;
        tx.save().await?;
        Ok(changed.into())
    }

    /// Deletes one.
    pub async fn delete_question(&self, scope: &Scope, id: QuestionId) -> Result<()> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.question(id).await?;
        tx.delete_question(id).await?;
        tx.append_audit(NewAudit::new("question.delete", "question", id).before(noted(&before))).await?;
        tx.save().await
    }

    /// Asks it now.
    pub async fn run_question(&self, scope: &Scope, id: QuestionId) -> Result<Bytes> {
        let question = self.parts().store.read(scope).await?.question(id).await?;
        match Asks::kept(&question.body)? {
            Asks::Sql(ask) => self.sql(scope, &ask).await,
            Asks::Structured(ask) => self.ask(scope, &ask).await,
        }
    }
}
