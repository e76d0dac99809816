//! Somebody of one tenant who goes on whatever happens: asks any node, and asks again with the same key until it is done, as the
//! documents say that one may. What every answer was is noted.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{Outcome, clock};

/// How long an answer may take before somebody else is asked.
const PATIENCE: Duration = Duration::from_secs(5);
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(50);
/// After this, going on is no use.
const GIVES_UP: Duration = Duration::from_secs(45);
const PASSWORD: &str = "correct horse battery staple 9";

/// What was answered, by status; 0: nothing.
#[derive(Debug, Default)]
pub struct Answers {
    of: parking_lot::Mutex<BTreeMap<u16, u64>>,
    /// The first that should never be.
    pub worst: parking_lot::Mutex<Option<String>>,
}

impl Answers {
    fn note(&self, status: u16, what: &str) {
        *self.of.lock().entry(status).or_default() += 1;
        // Whatever fails, nobody is told that the platform made a mistake, or that what is theirs is not there.
        if !matches!(status, 0 | 200..=299 | 409 | 421 | 429 | 503 | 504) {
            self.worst.lock().get_or_insert_with(|| format!("{status}: {what}"));
        }
    }

    /// All of them.
    pub fn counts(&self) -> BTreeMap<u16, u64> {
        self.of.lock().clone()
    }
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Person {
    http: reqwest::Client,
    nodes: Arc<Vec<String>>,
    answers: Arc<Answers>,
    turn: Arc<AtomicU64>,
    token: String,
    /// The tenant's place among all.
    pub n: usize,
}

impl Person {
    /// Registers a tenant.
    pub async fn register(nodes: Arc<Vec<String>>, answers: Arc<Answers>, n: usize) -> Outcome<Self> {
        let http = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|e| e.to_string())?;
        let turn = Arc::new(AtomicU64::new(n as u64));
        let mut person = Self { http, nodes, answers, turn, token: String::new(), n };
        let email = format!("tenant{n}@example.com");
        let body = json!({"email": email, "password": PASSWORD, "name": "chaos", "tenant_name": format!("tenant{n}")});
        person.insist(Method::POST, "/api/v1/auth/register", Some(body), None).await?;
        let body = json!({"email": email, "password": PASSWORD});
        let grant = person.insist(Method::POST, "/api/v1/auth/login", Some(body), None).await?;
        grant["access_token"].as_str().ok_or("no access token")?.clone_into(&mut person.token);
        Ok(person)
    }

    /// Where and as whom, for somebody who asks one node.
    pub fn at_any(&self) -> (String, String) {
        (self.nodes[self.turn() % self.nodes.len()].clone(), self.token.clone())
    }

    /// Whose turn it is to be asked first.
    pub fn turn(&self) -> usize {
        self.turn.fetch_add(1, Ordering::Relaxed) as usize
    }

    /// Asks one node once; inside an error: it says to come again, or nothing.
    pub async fn once(
        &self,
        turn: usize,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Outcome<Result<Value, Option<String>>> {
        let mut request = self.http.request(method, format!("{}{path}", self.nodes[turn % self.nodes.len()]));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        match body {
            Some(Value::String(text)) => request = request.body(text.clone()),
            Some(body) => request = request.json(body),
            None => {}
        }
        let Ok(answer) = request.send().await else {
            self.answers.note(0, path);
            return Ok(Err(None));
        };
        let status = answer.status();
        let Ok(text) = answer.text().await else {
            self.answers.note(0, path);
            return Ok(Err(None));
        };
        self.answers.note(status.as_u16(), &format!("{path}: {text}"));
        match status.as_u16() {
            200..=299 => Ok(Ok(serde_json::from_str(&text).unwrap_or(Value::Null))),
            // Done under this key, and nobody could say so at the time: what it made is named.
            409 if text.contains("idempotency.answer_lost") => {
                let made = text.split("is lost: ").nth(1).and_then(|rest| rest.split(['"', ',']).next());
                let id = made.and_then(|subject| subject.split_once('/')).map(|(_, id)| id.to_owned());
                Ok(Ok(json!({"id": id})))
            }
            // A key that is in use by the try before is free when that has ended.
            409 | 421 | 429 | 500..=599 => Ok(Err(Some(text))),
            _ => Err(format!("{path} answered {status}: {text}")),
        }
    }

    /// Asks until it is done. What is asked again is the same: by its key, or because doing it twice is doing it once.
    pub async fn insist(&self, method: Method, path: &str, body: Option<Value>, key: Option<&str>) -> Outcome<Value> {
        let began = clock::now();
        let mut last = "no answer".to_owned();
        // Whoever got no answer asks the next node, as whatever stands before nodes does.
        for turn in self.turn().. {
            match self.once(turn, method.clone(), path, body.as_ref(), key).await? {
                Ok(answer) => return Ok(answer),
                Err(said) => last = said.unwrap_or(last),
            }
            if began.elapsed() > GIVES_UP {
                return Err(format!(
                    "tenant {}: {path} was in vain for {GIVES_UP:?}; the last answer was {last}",
                    self.n
                ));
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err("there is no other node to ask".to_owned())
    }

    /// Waits until a task has ended well.
    pub async fn wait(&self, task: &str) -> Outcome {
        let began = clock::now();
        loop {
            let now = self.insist(Method::GET, &format!("/api/v1/tasks/{task}"), None, None).await?;
            match now["state"].as_str() {
                Some("success") => return Ok(()),
                Some("failed" | "cancelled") => return Err(format!("tenant {}: {now}", self.n)),
                _ if began.elapsed() > GIVES_UP => return Err(format!("tenant {} waits in vain: {now}", self.n)),
                _ => tokio::time::sleep(PAUSE).await,
            }
        }
    }
}
