//! What handlers may reach: one struct, made by the composition root, cloned by pointer.

use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;

use autonomos_actors::platform::Platform;
use autonomos_cluster::redis::bus::Health;
use autonomos_runtime::Ambient;
use autonomos_runtime::bus::EventBus;
use autonomos_runtime::config::Config;
use autonomos_runtime::secrets::Sealer;
use autonomos_runtime::store::Store;
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::auth::api_key::Uses;
use crate::auth::attempts::Attempts;
use crate::auth::oidc::Oidc;
use crate::auth::operator::Operators;
use crate::auth::password::Passwords;
use crate::auth::token::Tokens;
use crate::gateway::idempotency::Running;
use crate::gateway::rate_limit::RateLimits;
use crate::gateway::relay::Relay;
use crate::live::hub::Hub;

/// A pointer to [`Reach`].
#[derive(Clone)]
pub struct AppState(Arc<Reach>);

/// What handlers may reach.
pub struct Reach {
    /// Rows.
    pub store: Arc<dyn Store>,
    /// Live events.
    pub bus: Arc<dyn EventBus>,
    /// How it goes with Redis, if there is one.
    pub redis: Option<watch::Receiver<Health>>,
    /// The other nodes, if there are any.
    pub relay: Option<Relay>,
    /// Everything that is more than reading a row.
    pub platform: Arc<Platform>,
    /// Clock and entropy.
    pub ambient: Ambient,
    /// Access tokens.
    pub tokens: Tokens,
    /// Tokens of whoever operates the platform.
    pub operators: Operators,
    /// Sign-in by an identity provider, if there is one.
    pub oidc: Option<Oidc>,
    /// Told when there is a tenant to erase.
    pub erase: Notify,
    /// Password hashes.
    pub passwords: Passwords,
    /// Uses of API keys that were not written yet.
    pub key_uses: Uses,
    /// Failed sign-ins.
    pub attempts: Attempts,
    /// Requests a minute.
    pub rates: RateLimits,
    /// Requests with an idempotency key that run.
    pub running: Running,
    /// Live streams.
    pub hub: Arc<Hub>,
    /// What `/metrics` says.
    pub metrics: PrometheusHandle,
    /// The manual's settings, as they stand here.
    pub config: Arc<Config>,
    /// How this process was told to behave.
    pub settings: Settings,
    /// Everything is started.
    pub ready: watch::Sender<bool>,
    /// Cancelled when the process is on its way out.
    pub draining: CancellationToken,
}

/// How this process was told to behave, as far as handlers care.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Name of this node.
    pub node: String,
    /// Whether strangers may register.
    pub open_registration: bool,
    /// Whether cookies are marked for TLS only.
    pub secure_cookies: bool,
    /// Where the ring of keys for tokens is.
    pub token_keys: PathBuf,
}

impl AppState {
    /// Of what the composition root put together.
    pub fn new(reach: Reach) -> Self {
        Self(Arc::new(reach))
    }

    /// What seals the installation's own secrets at rest.
    pub fn sealer(&self) -> &Sealer {
        self.platform.host().parts().vault.own()
    }
}

impl Deref for AppState {
    type Target = Reach;

    fn deref(&self) -> &Reach {
        &self.0
    }
}
