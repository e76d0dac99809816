//! Messages to the outside as people see them: what was sent where it was asked for, what came back, and what it is signed
//! with.

use std::time::Duration;

use autonomos_runtime::ids::{DeliveryId, SigningSecretId};
use autonomos_runtime::secrets::Purpose;
use autonomos_runtime::store::{Delivery, DeliveryFilter, NewAudit, Page, Paged};
use autonomos_runtime::{Error, Result, Scope};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Platform;
use crate::delivery::secrets;

/// Longest overlap of two secrets, and the usual one, in hours.
const LONGEST_OVERLAP: u32 = 30 * 24;
const OVERLAP: u32 = 24;

/// A message to the outside.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id here.
    #[schema(value_type = String, format = Uuid)]
    pub id: DeliveryId,
    /// Its id for whoever gets it: `webhook-id`, the same however often it is sent.
    pub webhook_id: String,
    /// `callback` or `slack`.
    pub channel: String,
    /// What it is about: `task/<id>`.
    pub subject: String,
    /// `waiting`, `delivered`, `failed`.
    pub state: String,
    /// How often it was sent since it came up or was last asked for.
    pub attempts: i64,
    /// What is sent.
    pub body: Value,
    /// The last sendings: `[{at, ms, status?, answer?, error?}]`.
    #[schema(value_type = Vec<Object>)]
    pub log: Value,
    /// When it is sent next, if it waits.
    pub next_at: Option<DateTime<Utc>>,
    /// When it came up.
    pub created_at: DateTime<Utc>,
    /// When it was taken or given up.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Which messages are asked for.
#[derive(Clone, Debug, Default)]
pub struct DeliveryListing {
    /// In this state.
    pub state: Option<String>,
    /// About this: `task/<id>`.
    pub subject: Option<String>,
    /// Which part.
    pub page: Page,
}

/// What callbacks are signed with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SigningSecretView {
    /// Its id.
    #[schema(value_type = String, format = Uuid)]
    pub id: SigningSecretId,
    /// Itself: `whsec_...`.
    pub secret: String,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// When it ceases to sign; null: it is in force.
    pub retires_at: Option<DateTime<Utc>>,
}

/// How one secret gives way to the next.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RotateSecret {
    /// Hours for which the secrets before sign as well: 24 unless said.
    #[serde(default)]
    pub overlap_hours: Option<u32>,
}

impl From<Delivery> for DeliveryView {
    fn from(row: Delivery) -> Self {
        Self {
            id: row.id,
            webhook_id: webhook_id(row.id),
            channel: row.channel.to_string(),
            subject: row.subject,
            state: row.state.to_string(),
            attempts: row.attempts,
            body: serde_json::from_str(&row.body).unwrap_or(Value::String(row.body)),
            log: row.log,
            next_at: row.finished_at.is_none().then_some(row.next_at),
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    }
}

/// What a message is known by outside.
pub fn webhook_id(id: DeliveryId) -> String {
    format!("msg_{}", id.as_uuid().simple())
}

impl Platform {
    /// An address that a tenant named for being told, looked at and sealed.
    pub(super) async fn callback(&self, scope: &Scope, url: &str) -> Result<String> {
        self.parts().outside.check(url).await?;
        let sealer = self.parts().vault.of(scope).await?;
        Ok(STANDARD.encode(sealer.seal(&Purpose::address(), url.as_bytes())?))
    }

    /// Messages, newest first.
    pub async fn deliveries(&self, scope: &Scope, listing: DeliveryListing) -> Result<Paged<DeliveryView>> {
        let state = listing.state.map(|word| word.parse().map_err(|e: Error| e.field("state"))).transpose()?;
        let filter = DeliveryFilter { state, subject: listing.subject };
        let mut tx = self.parts().store.read(scope).await?;
        Ok(tx.deliveries(&filter, &listing.page).await?.map(DeliveryView::from))
    }

    /// One of them.
    pub async fn delivery(&self, scope: &Scope, id: DeliveryId) -> Result<DeliveryView> {
        Ok(self.parts().store.read(scope).await?.delivery(id).await?.into())
    }

    /// Sends one anew, under the same id.
    pub async fn replay_delivery(&self, scope: &Scope, id: DeliveryId) -> Result<DeliveryView> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = tx.delivery(id).await?;
        let delivery = tx.replay_delivery(id).await?;
        let note = NewAudit::new("delivery.replay", "delivery", id).before(json!({"state": before.state}));
        tx.append_audit(note.after(json!({"state": delivery.state, "subject": delivery.subject}))).await?;
        tx.save().await?;
        self.desk(scope).await?.deliveries().wake();
        Ok(delivery.into())
    }

    /// What callbacks are signed with, the secret in force first.
    pub async fn signing_secrets(&self, scope: &Scope) -> Result<Vec<SigningSecretView>> {
        let known = secrets::of(self.parts(), scope).await?.into_iter();
        let view = known.map(|known| SigningSecretView {
            id: known.id,
            secret: known.secret.text(),
            made_at: known.made_at,
            retires_at: known.retires_at,
        });
        Ok(view.collect())
    }

    /// Puts a new secret in force; answers those that sign now.
    pub async fn rotate_signing_secret(&self, scope: &Scope, asked: &RotateSecret) -> Result<Vec<SigningSecretView>> {
        let hours = asked.overlap_hours.unwrap_or(OVERLAP);
        if hours > LONGEST_OVERLAP {
            return Err(Error::invalid(
                "webhook.overlap",
                format!("Two secrets overlap for {LONGEST_OVERLAP} h at most."),
            )
            .field("/overlap_hours")
            .remedy("Give whoever checks signatures the new secret sooner."));
        }
        // The first one is made by whoever looks, so that there is one to give way.
        secrets::of(self.parts(), scope).await?;
        let sealer = self.parts().vault.of(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let overlap = Duration::from_hours(u64::from(hours));
        let made = secrets::put(tx.as_mut(), self.parts(), &sealer, overlap).await?;
        let note = NewAudit::new("webhook_secret.rotate", "webhook_secret", made.id);
        tx.append_audit(note.after(json!({"overlap_hours": hours}))).await?;
        tx.save().await?;
        self.signing_secrets(scope).await
    }
}
