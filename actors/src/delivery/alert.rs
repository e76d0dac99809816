//! What people are told of without looking: a source that was stopped, a task that failed, a drift or another question that
//! waits for somebody. Each is told once, since the tenant wanted to be told.
//!
//! Found by looking at rows, the latest of each kind, so that what happened while nobody was there to hear of it is told as
//! well; what is older than the latest hundred is not.

use autonomos_runtime::ids::DeliveryId;
use autonomos_runtime::store::{
    Channel, ConnectionState, DriftFilter, DriftState, NewDelivery, Page, ReviewFilter, ReviewState, TaskFilter,
    TaskState, Tx,
};
use autonomos_runtime::{Ambient, Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Where the settings are kept.
pub const SETTING: &str = "alerts";
/// The latest of each kind that are looked at.
const LATEST: u32 = 100;
/// Alerts that stand in one message.
pub const TOGETHER: usize = 20;

/// What there is to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A source was stopped, or a field is kept out of the views.
    Quarantined,
    /// A task failed for good.
    Failed,
    /// A question waits for somebody.
    Review,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Quarantined, Self::Failed, Self::Review];

    /// By its name.
    pub fn named(name: &str) -> Result<Self> {
        serde_json::from_value(name.into()).map_err(|_| {
            Error::invalid("alert.unknown_kind", format!("There are no alerts of kind {name}."))
                .remedy("Use quarantined, failed and review.")
        })
    }
}

/// What the tenant wants to be told of, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Slack's address, sealed, as text.
    pub address: String,
    /// What of.
    pub kinds: Vec<Kind>,
    /// What happened before is not told.
    pub since: Timestamp,
}

impl Settings {
    /// The tenant's, if it wants to be told.
    pub async fn of(tx: &mut dyn Tx) -> Result<Option<Self>> {
        let Some(row) = tx.setting(SETTING).await? else { return Ok(None) };
        serde_json::from_value(row.value)
            .map(Some)
            .map_err(|e| Error::internal("alert.settings", "the settings of alerts cannot be read").source(e))
    }
}

/// One thing to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// What it is known by, once.
    pub key: String,
    /// What it is about.
    pub subject: String,
    /// A line for people.
    pub line: String,
}

impl Alert {
    /// The same as a message.
    pub fn message(self, ambient: &Ambient) -> NewDelivery {
        NewDelivery {
            id: DeliveryId::new(ambient),
            channel: Channel::Slack,
            key: self.key,
            subject: self.subject,
            address: None,
            body: self.line,
        }
    }
}

/// Everything there is to tell.
pub async fn look(tx: &mut dyn Tx, settings: &Settings) -> Result<Vec<Alert>> {
    let (page, mut found) = (Page::first(LATEST), Vec::new());
    let mut add = |at: Timestamp, key: String, subject: String, line: String| {
        if at >= settings.since {
            found.push(Alert { key, subject, line });
        }
    };
    if settings.kinds.contains(&Kind::Quarantined) {
        for one in tx.connections(Some(ConnectionState::Quarantined), &page).await?.items {
            let why = one.last_error.as_deref().unwrap_or("It cannot go on safely.");
            let key = format!("connection/{}/{}", one.id, one.updated_at.timestamp_millis());
            let line = format!("The source *{}* was stopped. {}", plain(&one.name), plain(why));
            add(one.updated_at, key, format!("connection/{}", one.id), line);
        }
        let filter = DriftFilter { state: Some(DriftState::Quarantined), ..DriftFilter::default() };
        for one in tx.drifts(&filter, &page).await?.items {
            let field = one.to.as_deref().or(one.from.as_deref()).unwrap_or("a field");
            let line = format!(
                "`{}` of the stream *{}* changed ({}) and is kept out of the views.",
                plain(field),
                plain(&one.stream),
                plain(&one.kind)
            );
            add(one.detected_at, format!("drift/{}", one.id), format!("drift/{}", one.id), line);
        }
    }
    if settings.kinds.contains(&Kind::Failed) {
        let filter = TaskFilter { state: Some(TaskState::Failed), ..TaskFilter::default() };
        for one in tx.tasks(&filter, &page).await?.items {
            let Some(ended) = one.finished_at else { continue };
            let why = one.error.as_ref().and_then(|error| error["message"].as_str()).unwrap_or("No reason was given.");
            let key = format!("task/{}/{}", one.id, ended.timestamp_millis());
            let line = format!("A task of kind *{}* failed. {}", plain(&one.kind), plain(why));
            add(ended, key, format!("task/{}", one.id), line);
        }
    }
    if settings.kinds.contains(&Kind::Review) {
        let filter = ReviewFilter { state: Some(ReviewState::Pending), ..ReviewFilter::default() };
        for one in tx.reviews(&filter, &page).await?.items {
            let sure = one.confidence.map_or(String::new(), |sure| format!(", {:.0} % sure", sure * 100.0));
            let line = format!("A question about a *{}* waits for somebody{sure}.", plain(&one.kind));
            add(one.created_at, format!("review/{}", one.id), format!("review/{}", one.id), line);
        }
    }
    Ok(found)
}

/// A text that means nothing to Slack but itself.
fn plain(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Lines as one message to Slack, and those beyond as a number.
pub fn together(lines: &[String]) -> String {
    let mut text = lines.iter().take(TOGETHER).map(|line| format!("• {line}")).collect::<Vec<_>>().join("\n");
    if lines.len() > TOGETHER {
        text = format!("{text}\n… and {} more.", lines.len() - TOGETHER);
    }
    json!({ "text": text }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_stand_in_one_message_and_mean_nothing_to_slack() {
        assert_eq!(plain("<!channel> & <@U1>"), "&lt;!channel&gt; &amp; &lt;@U1&gt;");
        let lines: Vec<String> = (0..25).map(|n| n.to_string()).collect();
        let message: serde_json::Value = serde_json::from_str(&together(&lines)).unwrap();
        let text = message["text"].as_str().unwrap();
        assert_eq!((text.lines().count(), text.lines().last()), (21, Some("… and 5 more.")));
        assert_eq!(together(&lines[..1]), r#"{"text":"• 0"}"#);
    }
}
