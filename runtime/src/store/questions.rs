//! Questions to views that somebody saved. What one asks is the business of whoever runs it; a question that fits its views
//! no longer is kept, and says so when it is run.

use super::page::{Page, Paged};
use crate::ids::QuestionId;
use crate::{Result, Timestamp};

/// A saved question.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Question {
    /// Id.
    pub id: QuestionId,
    /// Name, unique in the tenant.
    pub name: String,
    /// What it asks.
    pub body: serde_json::Value,
    /// Rises with every edit.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last edited.
    pub updated_at: Timestamp,
    /// Who made it.
    pub created_by: String,
}

/// See the module.
#[async_trait::async_trait]
pub trait Questions {
    /// Makes one; a name that is in use is a conflict (`question.name_taken`).
    async fn create_question(&mut self, name: &str, body: &serde_json::Value) -> Result<Question>;
    /// One.
    async fn question(&mut self, id: QuestionId) -> Result<Question>;
    /// All, newest first.
    async fn questions(&mut self, page: &Page) -> Result<Paged<Question>>;
    /// Replaces one, if still at that version.
    async fn update_question(
        &mut self,
        id: QuestionId,
        name: &str,
        body: &serde_json::Value,
        if_version: Option<i64>,
    ) -> Result<Question>;
    /// Deletes one.
    async fn delete_question(&mut self, id: QuestionId) -> Result<()>;
}
