//! What language models were asked for the tenant, and what that cost: summed by day, purpose and model, so that it stays
//! small however often one is asked.

use crate::Result;

/// One call that came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelCall {
    /// What for: `repair`, ...
    pub purpose: String,
    /// Which model.
    pub model: String,
    /// It came to nothing.
    pub failed: bool,
    /// Tokens of the question.
    pub input_tokens: i64,
    /// Tokens of the answer.
    pub output_tokens: i64,
    /// In millionths of the currency that prices are configured in.
    pub cost_micros: i64,
}

/// Calls of one day, purpose and model.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ModelUse {
    /// The day, in UTC.
    pub day: chrono::NaiveDate,
    /// What for.
    pub purpose: String,
    /// Which model.
    pub model: String,
    /// Calls, those that failed with them.
    pub calls: i64,
    /// Those that came to nothing.
    pub failed: i64,
    /// Tokens of questions.
    pub input_tokens: i64,
    /// Tokens of answers.
    pub output_tokens: i64,
    /// In millionths of the currency that prices are configured in.
    pub cost_micros: i64,
}

impl ModelUse {
    /// Tokens of questions and answers.
    pub const fn tokens(&self) -> i64 {
        self.input_tokens + self.output_tokens
    }
}

/// See the module.
#[async_trait::async_trait]
pub trait ModelUses {
    /// Counts a call to the day that it is.
    async fn count_model_call(&mut self, call: &ModelCall) -> Result<()>;
    /// What was counted today and on the days before it, so many days in all; latest first.
    async fn model_use(&mut self, days: u32) -> Result<Vec<ModelUse>>;
}
