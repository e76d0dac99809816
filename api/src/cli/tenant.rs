//! `autonomos tenant`: makes, shows, limits, suspends, resumes, writes out and deletes tenants of a node that runs. It speaks
//! HTTP like everybody, with a token of minutes that it makes itself from the node's secret: whoever has that secret operates
//! the platform.

use std::path::PathBuf;

use autonomos_runtime::{Ambient, Error, Result};
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{keys, remote};
use crate::auth::operator;

/// What to do.
#[derive(Debug, Subcommand)]
pub enum TenantVerb {
    /// Makes a tenant and prints an invitation for its first admin.
    Create {
        /// Name people see.
        name: String,
        /// Address of its first admin.
        #[arg(long)]
        admin: String,
        /// Where.
        #[command(flatten)]
        at: Where,
    },
    /// Lists tenants.
    List(Where),
    /// Shows one: what it has and what it may have.
    Show(One),
    /// Sets its limits, whole; 0 is no limit, what is not said is as configured.
    Limits {
        /// Which.
        #[command(flatten)]
        one: One,
        /// Connections.
        #[arg(long)]
        connections: Option<u64>,
        /// Rows ever taken into its log.
        #[arg(long)]
        rows: Option<u64>,
        /// Bytes of its files together.
        #[arg(long)]
        file_bytes: Option<u64>,
        /// People.
        #[arg(long)]
        users: Option<u64>,
    },
    /// Stops everything of it; its people may only look, and its admins cannot resume it.
    Suspend(One),
    /// Lets it run again.
    Resume(One),
    /// Writes all of it into one archive; its admins download that.
    Export(One),
    /// Deletes it with everything of it. There is no way back.
    Delete {
        /// Which.
        #[command(flatten)]
        one: One,
        /// Its name, typed to confirm.
        #[arg(long)]
        confirm: String,
    },
    /// Lists tenants that are going or gone.
    Erasures(Where),
}

/// Which node, and its secret.
#[derive(Debug, Args)]
pub struct Where {
    /// The node.
    #[arg(long, env = "AUTONOMOS_URL", default_value = "http://127.0.0.1:8080")]
    server: String,
    /// Its data, if it is here: `dev` keeps its secret there.
    #[arg(long, env = "AUTONOMOS_DATA_DIR", default_value = "data")]
    data_dir: PathBuf,
    /// Its secret.
    #[arg(long, env = "AUTONOMOS_SECRET_KEY", hide_env_values = true, hide = true)]
    secret_key: Option<String>,
}

/// One tenant.
#[derive(Debug, Args)]
pub struct One {
    /// Its id.
    id: String,
    #[command(flatten)]
    at: Where,
}

/// Does it and prints what the node says.
pub async fn run(verb: TenantVerb) -> Result<()> {
    let said = match verb {
        TenantVerb::Create { name, admin, at } => {
            at.ask(Method::POST, "tenants", Some(json!({"name": name, "admin_email": admin})), None).await?
        }
        TenantVerb::List(at) => at.all("tenants").await?,
        TenantVerb::Erasures(at) => at.ask(Method::GET, "erasures", None, None).await?,
        TenantVerb::Show(one) => one.ask(Method::GET, "", None, None).await?,
        TenantVerb::Limits { one, connections, rows, file_bytes, users } => {
            let said = [("connections", connections), ("rows", rows), ("file_bytes", file_bytes), ("users", users)];
            let limits: Map<String, Value> =
                said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value?)))).collect();
            one.ask(Method::PATCH, "", Some(json!({"limits": limits})), None).await?
        }
        TenantVerb::Suspend(one) => one.ask(Method::POST, "/suspend", None, None).await?,
        TenantVerb::Resume(one) => one.ask(Method::POST, "/resume", None, None).await?,
        TenantVerb::Export(one) => one.ask(Method::POST, "/export", None, None).await?,
        TenantVerb::Delete { one, confirm } => {
            let version = one.ask(Method::GET, "", None, None).await?["version"].to_string();
            one.ask(Method::DELETE, "", Some(json!({"name": confirm})), Some(version)).await?
        }
    };
    println!("{said:#}");
    Ok(())
}

impl One {
    async fn ask(&self, method: Method, verb: &str, body: Option<Value>, version: Option<String>) -> Result<Value> {
        let id: autonomos_runtime::ids::TenantId = self.id.parse().map_err(|_| {
            Error::invalid("tenant.id", "that is no id of a tenant").remedy("See `autonomos tenant list`.")
        })?;
        self.at.ask(method, &format!("tenants/{id}{verb}"), body, version).await
    }
}

impl Where {
    /// Every page of a list.
    async fn all(&self, path: &str) -> Result<Value> {
        let (mut items, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = self.ask(Method::GET, &format!("{path}?limit=1000{cursor}"), None, None).await?;
            items.extend(page["items"].as_array().into_iter().flatten().cloned());
            let Some(next) = page["next_cursor"].as_str() else { return Ok(json!({"items": items})) };
            cursor = format!("&cursor={next}");
        }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>, version: Option<String>) -> Result<Value> {
        let token = operator::issue(&Ambient::system(), &keys::secret(self.secret_key.as_deref(), &self.data_dir)?)?;
        let mut request =
            remote::request(method, &self.server, &format!("/api/v1/operator/{path}"))?.bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        if let Some(version) = version {
            request = request.header("if-match", version);
        }
        remote::json(remote::send(request).await?).await
    }
}
