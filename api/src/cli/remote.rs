//! What verbs share that speak to a node: where it is, the key to it, and how a refusal is told.
//!
//! A verb uses the same API as everybody; it opens no data directory, so it works on a node that runs, wherever that is.

use autonomos_runtime::{Error, Kind, Result};
use clap::Args;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use zeroize::Zeroizing;

/// Which node.
#[derive(Clone, Debug, Args)]
pub struct Remote {
    /// The node.
    #[arg(long, env = "AUTONOMOS_URL", default_value = "http://127.0.0.1:8080")]
    pub server: String,
    /// An API key of the tenant; POST /api/v1/api-keys makes one.
    #[arg(long, env = "AUTONOMOS_API_KEY", hide_env_values = true)]
    pub api_key: Option<String>,
}

impl Remote {
    /// Asks the node; a refusal is an error that says what it said.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response> {
        let key = self.api_key.as_deref().filter(|key| !key.trim().is_empty()).ok_or_else(|| {
            Error::invalid("cli.api_key", "an API key is needed")
                .field("AUTONOMOS_API_KEY")
                .remedy("Make one with POST /api/v1/api-keys (scope admin to apply), and set AUTONOMOS_API_KEY.")
        })?;
        let key = Zeroizing::new(key.trim().to_owned());
        let request = request(method, &self.server, path)?.header("x-api-key", key.as_str());
        send(if let Some(body) = body { request.json(body) } else { request }).await
    }
}

/// A request to a node.
pub fn request(method: Method, server: &str, path: &str) -> Result<RequestBuilder> {
    let client = Client::builder().timeout(std::time::Duration::from_mins(2)).build().map_err(unreachable)?;
    Ok(client.request(method, format!("{}{path}", server.trim_end_matches('/'))))
}

/// Sends it; a refusal is an error that says what the node said.
pub async fn send(request: RequestBuilder) -> Result<Response> {
    let answer = request.send().await.map_err(unreachable)?;
    if answer.status().is_success() { Ok(answer) } else { Err(refused(answer).await) }
}

/// The JSON of an answer; nothing is null.
pub async fn json(answer: Response) -> Result<Value> {
    let text = answer.text().await.map_err(unreachable)?;
    Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
}

fn unreachable(error: reqwest::Error) -> Error {
    Error::unavailable("cli.unreachable", "the node does not answer")
        .remedy("Start it, or say where it is with --server (AUTONOMOS_URL).")
        .source(error)
}

/// What a problem document says, as the error it was.
async fn refused(answer: Response) -> Error {
    let status = answer.status();
    let said: Value = answer.json().await.unwrap_or_default();
    let mut message = said["detail"].as_str().map_or_else(|| format!("the node answered {status}"), str::to_owned);
    for at in said["errors"].as_array().into_iter().flatten() {
        if let Some(pointer) = at["pointer"].as_str() {
            message = format!("{message} (at {pointer})");
        }
    }
    let error = if status.is_client_error() {
        Error::new(Kind::Invalid, "cli.refused", message)
    } else {
        Error::new(Kind::Unavailable, "cli.refused", message)
    };
    let error = error.source(said["code"].as_str().unwrap_or_default().to_owned());
    match said["remedy"].as_str() {
        Some(remedy) => error.remedy(remedy.to_owned()),
        None => error,
    }
}
