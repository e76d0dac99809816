//! Passwords: Argon2id on the blocking pool, a few at a time, a bounded number waiting. A stranger's address costs the
//! same time as a known one, because it is checked against a hash that nothing matches.

use std::sync::Arc;

use argon2::{Algorithm, Argon2, Params, PasswordHash as Phc, PasswordHasher, PasswordVerifier, Version};
use autonomos_runtime::config;
use autonomos_runtime::store::PasswordHash;
use autonomos_runtime::{Ambient, Error, Result};
use tokio::sync::Semaphore;

/// Most bytes; more is no safer and costs time.
const LONGEST: usize = 1024;
/// How many may wait for their turn.
const QUEUE: usize = 64;
/// What strangers are checked against: well-formed, of the usual cost, and the hash of no password anybody knows.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    ambient: Ambient,
    /// Fewest characters.
    shortest: usize,
    /// The cost of a new hash; one that is checked says its own.
    cost: Params,
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passwords")
    }
}

impl Passwords {
    /// At most `concurrent` hashes at once: each takes 19 MiB and a core.
    pub fn new(ambient: Ambient, concurrent: usize, config: &config::Auth) -> Result<Self> {
        let cost = Params::new(config.argon2_memory_kb, config.argon2_passes, 1, None).map_err(|e| {
            Error::invalid("config.argon2", format!("passwords cannot be hashed at this cost: {e}"))
                .field("auth.argon2_memory_kb")
                .remedy("Use the manual's values, or greater ones.")
        })?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(concurrent)),
            waiting: Arc::new(Semaphore::new(concurrent + QUEUE)),
            ambient,
            shortest: config.password_length,
            cost,
        })
    }

    /// Hashes a new password, after checking that it may be one.
    pub async fn hash(&self, password: String) -> Result<PasswordHash> {
        if password.chars().count() < self.shortest {
            return Err(Error::invalid("auth.password_short", "the password is too short")
                .field("/password")
                .remedy(format!("Use at least {} characters.", self.shortest)));
        }
        if password.len() > LONGEST {
            return Err(Error::invalid("auth.password_long", "the password is too long")
                .field("/password")
                .remedy("Use at most 1024 bytes."));
        }
        let salt = self.ambient.bytes::<16>();
        let cost = self.cost.clone();
        self.run(move || hash(password.as_bytes(), &salt, cost)).await?.map(PasswordHash)
    }

    /// Whether the password is the one; without a hash (nobody of that address, no password yet) it takes as long.
    pub async fn verify(&self, password: String, against: Option<PasswordHash>) -> Result<bool> {
        let known = against.is_some();
        let text = against.map_or_else(|| NOBODY.to_owned(), |hash| hash.0);
        if password.len() > LONGEST {
            return Ok(false);
        }
        let matches = self
            .run(move || {
                Phc::new(&text).is_ok_and(|phc| Argon2::default().verify_password(password.as_bytes(), &phc).is_ok())
            })
            .await?;
        Ok(matches && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::busy("auth.busy", "too many sign-ins at once");
        let _queued = self.waiting.clone().try_acquire_owned().map_err(|_| busy())?;
        // The turn goes into the closure: a caller that goes away does not free it before the work is done.
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| busy())?;
        tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        })
        .await
        .map_err(|e| Error::internal("auth.hash", "the password could not be checked").source(e))
    }
}

fn hash(password: &[u8], salt: &[u8], cost: Params) -> Result<String> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
        .hash_password_with_salt(password, salt)
        .map(|phc| phc.to_string())
        .map_err(|e| Error::internal("auth.hash", "the password could not be hashed").source(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_itself_and_nothing_else() {
        let passwords = Passwords::new(Ambient::system(), 2, &config::Config::defaults().unwrap().auth).unwrap();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(hash.0.starts_with("$argon2id$"));
        assert!(passwords.verify("correct horse".into(), Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("wrong horse".into(), Some(hash)).await.unwrap());
        assert!(Phc::new(NOBODY).is_ok(), "a stranger costs a whole hash");
        assert!(!passwords.verify("anything".into(), None).await.unwrap());
        assert_eq!(passwords.hash("short".into()).await.unwrap_err().code, "auth.password_short");
    }
}
