//! `autonomos dev`: a node for trying things out. Loopback only, a secret key of its own beside its data, a demo tenant,
//! and a sign-in link that works once. Data is kept between runs.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use autonomos_cluster::serving::Place;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::store::{NewToken, NewUser, Role, TokenHash, TokenPurpose, User};
use autonomos_runtime::{Actor, Ambient, Error, Result, Scope};

use super::NodeArgs;
use crate::auth::session;
use crate::state::AppState;
use crate::{boot, telemetry};

/// Who signs in by the link.
const ADDRESS: &str = "dev@localhost";
/// How long the link is good.
const LINK: Duration = Duration::from_hours(1);

/// Runs until it is told to stop.
pub async fn run(mut args: NodeArgs) -> Result<()> {
    telemetry::log(true, "warn");
    if !args.listen.ip().is_loopback() {
        return Err(Error::invalid("dev.listen", format!("dev listens on this machine only, not on {}", args.listen))
            .field("--listen")
            .remedy("Use 127.0.0.1, or `autonomos serve` with a secret key."));
    }
    let secret = match args.secret_key.take() {
        Some(secret) => secret,
        None => own_key(&args.data_dir)?,
    };
    let node = boot::Node::start(&args, &secret).await?;
    let user = somebody(node.app()).await?;
    let link = link(node.app(), &user).await?;
    greet(&args, node.address(), &link);
    let app = node.app().clone();
    tokio::spawn(async move {
        let scope = Scope::new(user.tenant_id, Actor::User(user.id), TraceId::new(&app.ambient));
        let Some(scope) = here(&app, scope).await else { return };
        if let Err(error) = autonomos_actors::demo::ensure(&app.platform, &scope).await {
            tracing::error!(error = error.chain(), "the demo could not be set up");
        }
    });
    node.run_until_told().await
}

/// To act as the tenant's owner; none if another node is, which has seen to the demo.
async fn here(app: &AppState, scope: Scope) -> Option<Scope> {
    let Some(relay) = &app.relay else { return Some(scope) };
    match relay.director().settle(scope.tenant(), true, false).await {
        Place::Here(epoch) => Some(scope.under(epoch)),
        _ => None,
    }
}

/// The key of this data directory, made at the first run.
fn own_key(dir: &Path) -> Result<String> {
    let failed = |e: std::io::Error| {
        Error::unavailable("dev.key", "the key file beside the data cannot be used")
            .remedy("Check the folder given by --data-dir.")
            .source(e)
    };
    let path = dir.join("dev.key");
    match std::fs::read_to_string(&path) {
        Ok(key) if key.trim().len() >= 32 => return Ok(key.trim().to_owned()),
        Ok(_) => return Err(failed(std::io::ErrorKind::InvalidData.into())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(failed(e)),
    }
    std::fs::create_dir_all(dir).map_err(failed)?;
    let key = hex::encode(Ambient::system().bytes::<32>());
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).map_err(failed)?;
    file.write_all(key.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    Ok(key)
}

/// The demo tenant's admin; made with its tenant at the first run. There is no password: the link is the way in.
async fn somebody(app: &AppState) -> Result<User> {
    if let Some(user) = app.store.directory().find_user_by_email(ADDRESS).await? {
        return Ok(user);
    }
    let first = NewUser { email: ADDRESS.into(), name: "Developer".into(), role: Role::Admin, password: None };
    Ok(app.store.directory().register("Demo", first, TraceId::new(&app.ambient)).await?.1)
}

async fn link(app: &AppState, user: &User) -> Result<String> {
    let token = session::secret(app, "aol");
    let scope = Scope::new(user.tenant_id, Actor::System("dev"), TraceId::new(&app.ambient));
    let mut tx = app.store.begin(&scope).await?;
    tx.create_token(NewToken {
        token: TokenHash::of(&token),
        purpose: TokenPurpose::SignIn,
        user_id: Some(user.id),
        payload: serde_json::Value::Null,
        expires_at: app.ambient.now() + LINK,
    })
    .await?;
    tx.save().await?;
    Ok(token)
}

fn greet(args: &NodeArgs, address: std::net::SocketAddr, link: &str) {
    println!(
        "\n  AutonomOS is running, for this machine only.\n\n  \
         Sign in (once)  http://{address}/#link={link}\n  \
         API             http://{address}/docs\n  \
         Live flow       http://{address}/\n  \
         Data            {}\n  \
         Stop            ctrl-c",
        args.data_dir.display()
    );
}
