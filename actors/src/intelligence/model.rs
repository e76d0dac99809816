//! Asks by OpenAI's chat completions, which most servers speak: a question in, one JSON object out.
//!
//! A call is bounded in time, size and number by the guard that stands around it, and made again where its error may pass.
//! Nothing is kept: a crash loses the call, and whoever asked asks again.

use async_openai::types::chat::{
    ChatCompletionRequestSystemMessage, ChatCompletionRequestUserMessage, CreateChatCompletionRequest,
    CreateChatCompletionResponse, ResponseFormat,
};
use autonomos_runtime::config::{Config, Hidden, Llm};
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Ambient, Error, Result};
use reqwest::{Client, StatusCode, Url};
use serde_json::Value;

use crate::outside::transport;

/// An answer is no larger.
const MOST: usize = 256 << 10;
/// Tokens of an answer at most.
const ANSWER: u32 = 1000;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What the model is to do, and how it is to answer; ours.
    pub task: &'static str,
    /// What it is about; may hold what a source said.
    pub about: String,
}

/// What came of a question.
#[derive(Debug)]
pub struct Asked {
    /// Tokens of the question, if an answer counted them.
    pub input_tokens: i64,
    /// Tokens of the answer.
    pub output_tokens: i64,
    /// The object that was answered, or why there is none.
    pub said: Result<Value>,
}

impl Asked {
    const fn nothing(error: Error) -> Self {
        Self { input_tokens: 0, output_tokens: 0, said: Err(error) }
    }
}

/// See the module.
pub struct LanguageModel {
    name: String,
    url: Url,
    peer: String,
    key: Hidden,
    prices: (f64, f64),
    client: Client,
    guard: Guard,
}

impl std::fmt::Debug for LanguageModel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LanguageModel({} at {})", self.name, self.peer)
    }
}

impl LanguageModel {
    /// As configured; none where none is.
    pub fn configured(config: &Config, ambient: &Ambient) -> Result<Option<Self>> {
        let Llm { base_url, model, api_key, input_price, output_price, .. } = &config.llm;
        if base_url.is_empty() {
            return Ok(None);
        }
        let wrong = || {
            Error::invalid("config.llm", "llm.base_url is not an address of HTTP")
                .field("llm.base_url")
                .remedy("Give it as https://api.openai.com/v1.")
        };
        let mut url: Url = base_url.parse().map_err(|_| wrong())?;
        url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend(["chat", "completions"]);
        let host = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")).ok_or_else(wrong)?;
        let peer = format!("{host}:{}", url.port_or_known_default().unwrap_or_default());
        let client = transport::builder()
            .no_proxy()
            .build()
            .map_err(|e| Error::internal("model.client", "no client for the language model").source(e))?;
        Ok(Some(Self {
            name: model.clone(),
            url,
            peer,
            key: api_key.clone(),
            prices: (*input_price, *output_price),
            client,
            guard: Guard::new("model", &config.resilience.model, ambient.clone()),
        }))
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands around its calls.
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// What so many tokens cost, in millionths of the currency of the prices; those are for a million tokens.
    pub fn cost_micros(&self, input_tokens: i64, output_tokens: i64) -> i64 {
        let (input, output) = self.prices;
        (input_tokens as f64 * input + output_tokens as f64 * output).round() as i64
    }

    /// Asks, again where that may help.
    pub async fn ask(&self, question: &Question) -> Asked {
        let request = CreateChatCompletionRequest {
            model: self.name.clone(),
            messages: vec![
                ChatCompletionRequestSystemMessage::from(question.task).into(),
                ChatCompletionRequestUserMessage::from(question.about.as_str()).into(),
            ],
            response_format: Some(ResponseFormat::JsonObject),
            temperature: Some(0.0),
            max_completion_tokens: Some(ANSWER),
            ..CreateChatCompletionRequest::default()
        };
        match self.guard.again(&self.peer, || self.once(&request)).await {
            Ok(answer) => read(&answer),
            Err(error) => Asked::nothing(error),
        }
    }

    async fn once(&self, request: &CreateChatCompletionRequest) -> Result<CreateChatCompletionResponse> {
        let mut call = self.client.post(self.url.clone()).json(request);
        if let Some(key) = self.key.reveal() {
            call = call.bearer_auth(key);
        }
        let answer =
            call.send().await.map_err(|e| away("The language model cannot be reached.").source(e.without_url()))?;
        let status = answer.status();
        let body = transport::whole(answer, MOST).await.map_err(|e| away("The language model broke off.").source(e))?;
        match status {
            _ if status.is_success() => serde_json::from_slice(&body).map_err(|e| unread().source(e)),
            StatusCode::TOO_MANY_REQUESTS => Err(away("The language model has too much to do.")),
            _ if status.is_server_error() => Err(away("The language model answers with an error of its own.")),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Err(Error::denied("model.key", "The language model does not take the key.")
                    .remedy("Correct llm.api_key in the settings of the node."))
            }
            _ => Err(Error::invalid("model.refused", format!("The language model refuses the question ({status})."))
                .remedy("Check llm.base_url and llm.model in the settings of the node.")),
        }
    }
}

/// The object in an answer, and what it took to make it. Pure.
fn read(answer: &CreateChatCompletionResponse) -> Asked {
    let (input_tokens, output_tokens) = answer
        .usage
        .as_ref()
        .map_or((0, 0), |usage| (i64::from(usage.prompt_tokens), i64::from(usage.completion_tokens)));
    let text = answer.choices.first().and_then(|choice| choice.message.content.as_deref()).unwrap_or_default();
    let said = match serde_json::from_str::<Value>(unfenced(text)) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err(unread()),
        Err(error) => Err(unread().source(error)),
    };
    Asked { input_tokens, output_tokens, said }
}

/// Without the fence that some models put around what they were asked to send bare.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```"));
    inner.and_then(|inner| inner.strip_suffix("```")).unwrap_or(text).trim()
}

fn away(what: &'static str) -> Error {
    Error::unavailable("model.away", what).remedy("Look at the server of llm.base_url; what depends on it waits.")
}

/// Asking again would cost again and most likely bring the same.
fn unread() -> Error {
    Error::invalid("model.unread", "The language model did not answer as it was asked to.")
        .remedy("Choose a model that can answer in JSON (llm.model).")
}

#[cfg(test)]
mod tests;
