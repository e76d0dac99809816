//! `autonomos serve`: a node in earnest. It does not start without a secret key, because everything it would make up
//! instead would be either guessable or gone after a restart.

use autonomos_runtime::{Error, Result};

use super::NodeArgs;
use crate::{boot, telemetry};

/// Runs until it is told to stop.
pub async fn run(args: NodeArgs) -> Result<()> {
    telemetry::log(false, "info");
    let secret = args.secret_key.clone().filter(|key| !key.trim().is_empty()).ok_or_else(|| {
        Error::invalid("config.secret_key", "serve needs a secret key")
            .field("AUTONOMOS_SECRET_KEY")
            .remedy("Set AUTONOMOS_SECRET_KEY to 32 random bytes in hex: `openssl rand -hex 32`. Keep it: it opens what is sealed.")
    })?;
    let node = boot::Node::start(&args, &secret).await?;
    tracing::info!(listen = %node.address(), "serving");
    node.run_until_told().await
}
