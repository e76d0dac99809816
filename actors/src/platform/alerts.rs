//! What the tenant's people are told of by Slack, and where.

use autonomos_runtime::store::NewAudit;
use autonomos_runtime::{Error, Result, Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Platform;
use super::rows::MASK;
use crate::delivery::alert::{self, Kind, SETTING, Settings};
use crate::delivery::deliverer;

/// What people are told of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AlertsView {
    /// `***` if there is an address, null if nobody is told.
    pub slack_url: Option<String>,
    /// `quarantined`, `failed`, `review`.
    pub kinds: Vec<String>,
    /// What happened before is not told.
    pub since: Option<DateTime<Utc>>,
}

/// What people want to be told of.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetAlerts {
    /// A Slack incoming webhook; `***` leaves the one that is there, null tells nobody.
    pub slack_url: Option<String>,
    /// `quarantined`, `failed`, `review`; all unless said.
    #[serde(default)]
    pub kinds: Option<Vec<String>>,
}

/// What a message for trying came to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AlertTried {
    /// Whether it was taken.
    pub delivered: bool,
    /// What the other side answered with.
    pub status: u16,
    /// How its answer began.
    pub answer: String,
}

fn view(settings: Option<&Settings>) -> AlertsView {
    let name = |kind: &Kind| json!(kind).as_str().unwrap_or_default().to_owned();
    AlertsView {
        slack_url: settings.map(|_| MASK.to_owned()),
        kinds: settings.map(|s| s.kinds.iter().map(name).collect()).unwrap_or_default(),
        since: settings.map(|s| s.since),
    }
}

fn noted(settings: Option<&Settings>) -> Value {
    json!(view(settings))
}

impl Platform {
    /// How it stands.
    pub async fn alerts(&self, scope: &Scope) -> Result<AlertsView> {
        let mut tx = self.parts().store.read(scope).await?;
        Ok(view(Settings::of(tx.as_mut()).await?.as_ref()))
    }

    /// Says what people are told of from now on.
    pub async fn set_alerts(&self, scope: &Scope, asked: &SetAlerts) -> Result<AlertsView> {
        let kinds = match &asked.kinds {
            None => Kind::ALL.to_vec(),
            Some(names) => {
                let kind =
                    |(at, name): (usize, &String)| Kind::named(name).map_err(|e| e.field(format!("/kinds/{at}")));
                let mut kinds: Vec<Kind> = names.iter().enumerate().map(kind).collect::<Result<_>>()?;
                kinds.sort_unstable();
                kinds.dedup();
                kinds
            }
        };
        let given = asked.slack_url.as_deref().filter(|url| *url != MASK);
        let sealed = match given {
            Some(url) => Some(self.callback(scope, url).await.map_err(|e| e.field("/slack_url"))?),
            None => None,
        };
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = Settings::of(tx.as_mut()).await?;
        let since = before.as_ref().map_or_else(|| self.parts().ambient().now(), |before| before.since);
        let after = match (&asked.slack_url, sealed, &before) {
            (None, ..) => None,
            (Some(_), Some(address), _) => Some(Settings { address, kinds, since }),
            (Some(_), None, Some(before)) => Some(Settings { address: before.address.clone(), kinds, since }),
            (Some(_), None, None) => {
                return Err(Error::invalid("alert.masked_address", "slack_url is masked and there is none to keep.")
                    .field("/slack_url")
                    .remedy("Give the address itself."));
            }
        };
        let value = after.as_ref().map(serde_json::to_value).transpose();
        let value = value.map_err(|e| Error::internal("alert.settings", "the settings cannot be kept").source(e))?;
        tx.put_setting(SETTING, value).await?;
        let note = NewAudit::new("alerts.put", "setting", SETTING).before(noted(before.as_ref()));
        tx.append_audit(note.after(noted(after.as_ref()))).await?;
        tx.save().await?;
        desk.deliveries().wake();
        Ok(view(after.as_ref()))
    }

    /// Sends a message at once, for trying.
    pub async fn try_alerts(&self, scope: &Scope) -> Result<AlertTried> {
        let desk = self.desk(scope).await?;
        let body = alert::together(&["This is how alerts of AutonomOS look.".to_owned()]);
        let answer = deliverer::post_to_slack(&desk, &body).await?;
        Ok(AlertTried { delivered: answer.is_success(), status: answer.status, answer: answer.beginning })
    }
}
