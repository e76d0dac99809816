//! `autonomos keys`: the keys that sign access tokens. `rotate` puts a new one in front; nobody is signed out, because the
//! one before is taken until its last token has ended. A node that runs over the same data reads the file again within
//! seconds; one that does not run, when it starts.

use std::path::{Path, PathBuf};

use autonomos_runtime::secrets::Sealer;
use autonomos_runtime::{Ambient, Error, Result};
use clap::{Args, Subcommand};

use crate::auth::key_ring::{Kind, Ring, taken_until};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum KeysVerb {
    /// Puts a new key in front.
    Rotate(Rotate),
    /// Shows the keys whose tokens are taken; their names, not what they are.
    List(Where),
}

/// Whose keys.
#[derive(Debug, Args)]
pub struct Where {
    /// The node's data.
    #[arg(long, env = "AUTONOMOS_DATA_DIR", default_value = "data")]
    data_dir: PathBuf,
    /// The node's secret; the keys are sealed under it.
    #[arg(long, env = "AUTONOMOS_SECRET_KEY", hide_env_values = true, hide = true)]
    secret_key: Option<String>,
    /// The one before it.
    #[arg(long, env = "AUTONOMOS_SECRET_KEY_PREVIOUS", hide_env_values = true, hide = true)]
    previous_secret_key: Option<String>,
}

/// What kind of key.
#[derive(Debug, Args)]
pub struct Rotate {
    #[command(flatten)]
    at: Where,
    /// HS256, or EdDSA, whose public half others can verify with; as the one before, unless said.
    #[arg(long, value_enum)]
    algorithm: Option<Kind>,
}

/// Does it.
pub fn run(verb: &KeysVerb) -> Result<()> {
    let ambient = Ambient::system();
    match verb {
        KeysVerb::Rotate(Rotate { at, algorithm }) => {
            let key = Ring::rotate(&Ring::path(&at.data_dir), *algorithm, &at.sealer(&ambient)?, &ambient)?;
            println!("{} signs from now on ({:?})", key.kid, key.kind);
        }
        KeysVerb::List(at) => {
            let ring = Ring::read(&Ring::path(&at.data_dir), &at.sealer(&ambient)?)?;
            let mut some = false;
            for key in ring.in_force(ambient.now().timestamp()) {
                some = true;
                match key.retired_at.and_then(|at| chrono::DateTime::from_timestamp(taken_until(at), 0)) {
                    Some(until) => println!("{}  {:?}  taken until {until}", key.kid, key.kind),
                    None => println!("{}  {:?}  signs", key.kid, key.kind),
                }
            }
            if !some {
                println!("no keys yet: tokens are signed with a key derived from the secret");
            }
        }
    }
    Ok(())
}

impl Where {
    fn sealer(&self, ambient: &Ambient) -> Result<Sealer> {
        let secret = secret(self.secret_key.as_deref(), &self.data_dir)?;
        let previous: Vec<&str> = self.previous_secret_key.as_deref().into_iter().collect();
        Ok(Sealer::new(ambient.clone(), &secret, &previous))
    }
}

/// The node's secret: as given, or the one that `dev` keeps beside its data.
pub fn secret(given: Option<&str>, data_dir: &Path) -> Result<String> {
    let beside = || std::fs::read_to_string(data_dir.join("dev.key")).ok().map(|key| key.trim().to_owned());
    let secret = given.map(str::to_owned).or_else(beside).filter(|secret| !secret.trim().is_empty());
    secret.ok_or_else(|| {
        Error::invalid("config.secret_key", "the node's secret key is needed for this")
            .field("AUTONOMOS_SECRET_KEY")
            .remedy("Set AUTONOMOS_SECRET_KEY as for `autonomos serve`.")
    })
}
