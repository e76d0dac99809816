//! One tenant's admin, over HTTP: the calls that scenarios make, as anybody's script would make them.

use std::path::Path;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{Outcome, clock};

/// See the module.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    /// Access token.
    pub token: String,
    /// Tenant.
    pub tenant: String,
}

impl Client {
    /// Registers a tenant and signs in.
    pub async fn register(url: &str, name: &str) -> Outcome<Self> {
        let mut client =
            Self { http: reqwest::Client::new(), url: url.to_owned(), token: String::new(), tenant: String::new() };
        let (email, password) = (format!("{name}@example.com"), "correct horse battery staple 9");
        let body = json!({"email": email, "password": password, "name": name, "tenant_name": name});
        let made = client.post("/api/v1/auth/register", body).await?;
        client.tenant = made["tenant"]["id"].as_str().unwrap_or_default().to_owned();
        client.login(&email, password).await?;
        Ok(client)
    }

    /// Somebody who has signed in.
    pub fn signed_in(url: &str, token: String) -> Self {
        Self { http: reqwest::Client::new(), url: url.to_owned(), token, tenant: String::new() }
    }

    /// Signs in anew.
    pub async fn login(&mut self, email: &str, password: &str) -> Outcome {
        let answer = self.post("/api/v1/auth/login", json!({"email": email, "password": password})).await?;
        answer["access_token"].as_str().ok_or("no access token")?.clone_into(&mut self.token);
        Ok(())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        if self.token.is_empty() { request } else { request.bearer_auth(&self.token) }
    }

    async fn send(&self, request: RequestBuilder) -> Outcome<Value> {
        let answer = request.send().await.map_err(|e| e.to_string())?;
        let (status, path) = (answer.status(), answer.url().path().to_owned());
        let text = answer.text().await.map_err(|e| e.to_string())?;
        if !status.is_success() {
            return Err(format!("{path} answered {status}: {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Outcome<Value> {
        self.send(self.request(Method::GET, path)).await
    }

    /// GET, as text.
    pub async fn text(&self, path: &str) -> Outcome<String> {
        String::from_utf8(self.bytes(path).await?).map_err(|e| e.to_string())
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Outcome<Value> {
        self.send(self.request(Method::DELETE, path)).await
    }

    /// GET, as bytes.
    pub async fn bytes(&self, path: &str) -> Outcome<Vec<u8>> {
        let answer = self.request(Method::GET, path).send().await.map_err(|e| e.to_string())?;
        let answer = answer.error_for_status().map_err(|e| e.to_string())?;
        Ok(answer.bytes().await.map_err(|e| e.to_string())?.to_vec())
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Outcome<Value> {
        self.send(self.request(Method::POST, path).json(&body)).await
    }

    /// Answers a review.
    pub async fn decide(&self, review: &Value, decision: &str) -> Outcome<Value> {
        let path = format!("/api/v1/reviews/{}/decide", review["id"].as_str().unwrap_or_default());
        let request = self.request(Method::POST, &path).header("If-Match", review["version"].to_string());
        self.send(request.json(&json!({"decision": decision}))).await
    }

    /// Uploads a file, streamed.
    pub async fn upload(&self, name: &str, file: &Path) -> Outcome<Value> {
        let bytes = tokio::fs::read(file).await.map_err(|e| format!("{}: {e}", file.display()))?;
        self.send(self.request(Method::PUT, &format!("/api/v1/files/{name}")).body(bytes)).await
    }

    /// Makes a connection; answers its id.
    pub async fn connect(&self, name: &str, kind: &str, config: Value) -> Outcome<String> {
        let body = json!({"name": name, "type": kind, "config": config});
        let made = self.post("/api/v1/aam/connections", body).await?;
        Ok(made["id"].as_str().ok_or("a connection without id")?.to_owned())
    }

    /// Asks for a sync; answers the task.
    pub async fn sync(&self, connection: &str) -> Outcome<String> {
        let answer = self.post(&format!("/api/v1/aam/connections/{connection}/sync"), json!({})).await?;
        Ok(answer["task_id"].as_str().ok_or("no task id")?.to_owned())
    }

    /// Waits until a task ends well.
    pub async fn wait(&self, task: &str, within: Duration) -> Outcome<Value> {
        let began = clock::now();
        loop {
            let answer = self.get(&format!("/api/v1/tasks/{task}")).await?;
            match answer["state"].as_str() {
                Some("success") => return Ok(answer),
                Some("failed" | "cancelled") => return Err(format!("task {task} ended as {answer}")),
                _ if began.elapsed() > within => return Err(format!("task {task} did not end in time: {answer}")),
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// How many rows a view has.
    pub async fn total(&self, view: &str) -> Outcome<u64> {
        let page = self.get(&format!("/api/v1/dcl/views/{view}?limit=1")).await?;
        page["total"].as_u64().ok_or_else(|| format!("no total in {page}"))
    }
}
