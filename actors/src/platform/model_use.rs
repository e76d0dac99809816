//! What language models were asked for the tenant, and what that took.

use autonomos_runtime::store::ModelUse;
use autonomos_runtime::{Error, Result, Scope};
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::Platform;

/// Days that can be looked back on.
const MOST: u32 = 400;
/// Cost is kept in millionths.
const MILLION: f64 = 1_000_000.0;

/// Calls of one day, purpose and model.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ModelUseRow {
    /// The day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub day: NaiveDate,
    /// What for: `repair`.
    pub purpose: String,
    /// Which model.
    pub model: String,
    /// Calls, those that came to nothing with them.
    pub calls: i64,
    /// Those that came to nothing.
    pub failed: i64,
    /// Tokens of questions.
    pub input_tokens: i64,
    /// Tokens of answers.
    pub output_tokens: i64,
    /// By the prices in the settings of the node at the time.
    pub cost: f64,
}

/// What language models took.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ModelUseView {
    /// The model that is asked now; none: none is configured.
    pub model: Option<String>,
    /// Tokens the tenant may use a day; 0: no limit.
    pub tokens_per_day: u64,
    /// Tokens used today.
    pub tokens_today: i64,
    /// Latest first.
    pub items: Vec<ModelUseRow>,
}

impl Platform {
    /// What language models were asked on the last so many days, today with them.
    pub async fn model_use(&self, scope: &Scope, days: u32) -> Result<ModelUseView> {
        if !(1..=MOST).contains(&days) {
            return Err(Error::invalid("model.days", "So many days cannot be looked back on.")
                .field("days")
                .remedy(format!("Give 1 to {MOST}.")));
        }
        let parts = self.parts();
        let mut tx = parts.store.read(scope).await?;
        let rows = tx.model_use(days).await?;
        let today = parts.ambient().now().date_naive();
        let tokens_today = rows.iter().filter(|row| row.day == today).map(ModelUse::tokens).sum();
        let items = rows.into_iter().map(|row| ModelUseRow {
            day: row.day,
            purpose: row.purpose,
            model: row.model,
            calls: row.calls,
            failed: row.failed,
            input_tokens: row.input_tokens,
            output_tokens: row.output_tokens,
            cost: row.cost_micros as f64 / MILLION,
        });
        Ok(ModelUseView {
            model: parts.model.as_ref().map(|model| model.name().to_owned()),
            tokens_per_day: parts.config.llm.tokens_per_day,
            tokens_today,
            items: items.collect(),
        })
    }
}
