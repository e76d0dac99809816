//! The secrets that a tenant's callbacks are signed with, opened. The first is made when it is first needed.

use std::time::Duration;

use autonomos_runtime::ids::SigningSecretId;
use autonomos_runtime::secrets::{Purpose, TenantSealer};
use autonomos_runtime::store::{SigningSecret, Tx};
use autonomos_runtime::{Result, Scope, Timestamp};

use super::signature::Secret;
use crate::parts::Parts;

/// One of them.
#[derive(Debug)]
pub struct Known {
    /// Its id.
    pub id: SigningSecretId,
    /// Itself.
    pub secret: Secret,
    /// When it was made.
    pub made_at: Timestamp,
    /// When it ceases to sign; none: it is in force.
    pub retires_at: Option<Timestamp>,
}

fn opened(sealer: &TenantSealer, row: &SigningSecret) -> Result<Known> {
    let bytes = sealer.open(&Purpose::signing_secret(), &row.sealed)?;
    Ok(Known { id: row.id, secret: Secret::of(&bytes), made_at: row.made_at, retires_at: row.retires_at })
}

/// Those that sign now, the one in force first.
pub async fn of(parts: &Parts, scope: &Scope) -> Result<Vec<Known>> {
    let sealer = parts.vault.of(scope).await?;
    let mut rows = parts.store.read(scope).await?.signing_secrets().await?;
    if rows.is_empty() {
        // Made by the platform, whoever it was that needed it first.
        let mut tx = parts.store.begin(&scope.as_system("webhooks")).await?;
        rows = tx.signing_secrets().await?;
        if rows.is_empty() {
            rows.push(put(tx.as_mut(), parts, &sealer, Duration::ZERO).await?);
            tx.save().await?;
        }
    }
    rows.iter().map(|row| opened(&sealer, row)).collect()
}

/// Puts a new one in force; those before it sign on for a while.
pub async fn put(tx: &mut dyn Tx, parts: &Parts, sealer: &TenantSealer, overlap: Duration) -> Result<SigningSecret> {
    let secret = Secret::fresh(parts.ambient());
    let sealed = sealer.seal(&Purpose::signing_secret(), secret.bytes())?;
    tx.put_signing_secret(&sealed, parts.ambient().now() + overlap).await
}
