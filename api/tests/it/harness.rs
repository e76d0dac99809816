//! A node in a temporary folder, and people on it.

use std::time::Duration;

use autonomos_api::boot::Node;
use autonomos_api::cli::NodeArgs;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{NewUser, Role};
use autonomos_runtime::testkit::postgres::Server;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

/// The key every test node signs with.
pub const SECRET: &str = "a secret key for tests, and for nothing else";
/// The password of everybody.
pub const PASSWORD: &str = "correct horse battery";

/// Tests that are given a node, on one with each store.
macro_rules! on_each_store {
    ($($test:ident),+ $(,)?) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test($crate::harness::TestNode::start().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                super::$test($crate::harness::TestNode::on_postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_each_store;

/// A node; it goes down when the test ends with it.
pub struct TestNode {
    pub node: Node,
    pub client: Client,
    args: NodeArgs,
    dir: tempfile::TempDir,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Person {
    pub base: String,
    pub client: Client,
    pub email: String,
    pub token: String,
    pub refresh: String,
    pub tenant: String,
}

impl TestNode {
    pub async fn start() -> Self {
        Self::with(|_| {}).await
    }

    /// One whose truth is in a PostgreSQL database of its own.
    pub async fn on_postgres() -> Self {
        Self::configured(&Self::postgres().await).await
    }

    /// What a configuration file says of a fresh PostgreSQL database.
    pub async fn postgres() -> String {
        let urls = Server::shared().store().await;
        format!("[store]\ndatabase_url = \"{}\"\nowner_url = \"{}\"\n", urls.app, urls.owner)
    }

    /// One with a configuration file.
    pub async fn configured(settings: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("node.toml");
        std::fs::write(&path, settings).unwrap();
        Self::within(dir, |args| args.config = Some(path)).await
    }

    /// One of many, with a configuration file and a name.
    pub async fn member(settings: &str, name: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("node.toml");
        std::fs::write(&path, settings).unwrap();
        let (config, node_id) = (Some(path), name.to_owned());
        Self::within(dir, |args| (args.config, args.node_id) = (config, node_id)).await
    }

    /// Goes down in order.
    pub async fn stop(self) {
        self.node.stop().await.unwrap();
    }

    pub async fn with(change: impl FnOnce(&mut NodeArgs)) -> Self {
        Self::within(tempfile::tempdir().unwrap(), change).await
    }

    async fn within(dir: tempfile::TempDir, change: impl FnOnce(&mut NodeArgs)) -> Self {
        let mut args = NodeArgs {
            data_dir: dir.path().join("data"),
            listen: "127.0.0.1:0".parse().unwrap(),
            config: None,
            node_id: "test".into(),
            secret_key: None,
            previous_secret_key: None,
            signing_key_file: None,
            rate_limit_per_minute: Some(0),
            open_registration: None,
            secure_cookies: false,
        };
        change(&mut args);
        let node = Node::start(&args, SECRET).await.unwrap();
        node.until_ready().await;
        let client = Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { node, client, args, dir }
    }

    /// The same node after it went down in order and came up again, at another port.
    pub async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// The same, told otherwise.
    pub async fn restart_with(self, change: impl FnOnce(&mut NodeArgs)) -> Self {
        let Self { node, client, mut args, dir } = self;
        change(&mut args);
        node.stop().await.unwrap();
        let node = Node::start(&args, SECRET).await.unwrap();
        node.until_ready().await;
        Self { node, client, args, dir }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.node.address())
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    /// A new tenant with its admin, signed in.
    pub async fn register(&self, name: &str) -> Person {
        let email = format!("{name}@example.org");
        let body = json!({"email": email, "password": PASSWORD, "name": name, "tenant_name": format!("{name}'s")});
        let answer = self.post("/api/v1/auth/register", &body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let registered: Value = answer.json().await.unwrap();
        let tenant = registered["tenant"]["id"].as_str().unwrap().to_owned();
        self.sign_in(&email, &tenant).await
    }

    /// A new tenant with its admin, signed in, where registration is closed.
    pub async fn founder(&self, name: &str) -> Person {
        let app = self.node.app();
        let password = Some(app.passwords.hash(PASSWORD.into()).await.unwrap());
        let email = format!("{name}@example.org");
        let first = NewUser { email: email.clone(), name: name.into(), role: Role::Admin, password };
        let (tenant, _) = app.store.directory().register(name, first, TraceId::new(&app.ambient)).await.unwrap();
        self.sign_in(&email, &tenant.id.to_string()).await
    }

    /// Somebody who was invited by an admin, signed in.
    pub async fn join(&self, admin: &Person, name: &str, role: &str) -> Person {
        let email = format!("{name}@example.org");
        let made = admin.post("/api/v1/auth/invitations", &json!({"email": email, "role": role})).await;
        let made: Value = made.json().await.unwrap();
        let body = json!({"email": email, "password": PASSWORD, "name": name, "invitation": made["invitation"]});
        assert_eq!(self.post("/api/v1/auth/register", &body).await.status(), StatusCode::CREATED);
        self.sign_in(&email, &admin.tenant).await
    }

    /// What it was started with, for another one, told otherwise.
    pub fn args(&self, change: impl FnOnce(&mut NodeArgs)) -> NodeArgs {
        let mut args = self.args.clone();
        change(&mut args);
        args
    }

    /// Where it keeps everything.
    pub fn data_dir(&self) -> &std::path::Path {
        &self.args.data_dir
    }

    /// Whether these bytes stand in any file of the data directory.
    pub fn holds(&self, bytes: &[u8]) -> bool {
        let mut folders = vec![self.dir.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
                    return true;
                }
            }
        }
        false
    }

    /// Somebody who registered.
    pub async fn sign_in(&self, email: &str, tenant: &str) -> Person {
        let answer = self.post("/api/v1/auth/login", &json!({"email": email, "password": PASSWORD})).await;
        assert_eq!(answer.status(), StatusCode::OK);
        let grant: Value = answer.json().await.unwrap();
        Person {
            base: format!("http://{}", self.node.address()),
            client: self.client.clone(),
            email: email.to_owned(),
            token: grant["access_token"].as_str().unwrap().to_owned(),
            refresh: grant["refresh_token"].as_str().unwrap().to_owned(),
            tenant: tenant.to_owned(),
        }
    }
}

impl Person {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }
}

/// A problem document, checked to be one.
pub async fn problem(answer: Response) -> Value {
    let status = answer.status();
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let trace = answer.headers()["traceparent"].to_str().unwrap().to_owned();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body["status"], status.as_u16());
    assert!(trace.contains(body["trace_id"].as_str().unwrap()), "{trace}");
    assert!(body["code"].as_str().is_some_and(|code| code.contains('.')), "{body}");
    body
}
