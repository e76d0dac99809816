//! Asks for a tenant: within its tokens of the day, and counted, whatever came of it.
//!
//! A crash between the answer and its row loses one call from the count, which the provider's own bill has.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::store::{ModelCall, ModelUse};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::Value;

use super::{Asked, Question};
use crate::metrics;
use crate::parts::Parts;

/// The object that the model answers. `Busy` (`model.spent`) when the tenant's tokens of today are used up.
pub async fn ask(parts: &Parts, scope: &Scope, purpose: &'static str, question: &Question) -> Result<Value> {
    let Some(model) = &parts.model else {
        return Err(Error::unavailable("model.none", "No language model is configured.")
            .remedy("Whoever operates the node sets llm.base_url and llm.model."));
    };
    let most = parts.config.llm.tokens_per_day;
    if most > 0 {
        let used = parts.store.read(scope).await?.model_use(1).await?;
        if used.iter().map(ModelUse::tokens).sum::<i64>() >= most as i64 {
            return Err(Error::busy("model.spent", "The language model's tokens of today are used up.")
                .remedy("It goes on tomorrow (UTC), or when llm.tokens_per_day is raised."));
        }
    }
    let Asked { input_tokens, output_tokens, said } = model.ask(question).await;
    let call = ModelCall {
        purpose: purpose.to_owned(),
        model: model.name().to_owned(),
        failed: said.is_err(),
        input_tokens,
        output_tokens,
        cost_micros: model.cost_micros(input_tokens, output_tokens),
    };
    let mut tx = parts.store.begin(scope).await?;
    tx.count_model_call(&call).await?;
    tx.save().await?;
    let outcome = said.as_ref().map_or_else(|error| error.code, |_| "answered");
    metrics::model_asked(purpose, outcome, input_tokens.unsigned_abs(), output_tokens.unsigned_abs());
    let tokens = input_tokens + output_tokens;
    parts.bus.publish(scope, Fact::model_asked(purpose, model.name(), outcome, tokens, call.cost_micros));
    said
}
