//! The catalogue of event topics: every name that appears on the wire, once.

macro_rules! topics {
    ($($(#[$doc:meta])* $name:ident => $text:literal),+ $(,)?) => {
        /// What an event is about. Names are facts, in the past tense where they are verbs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Topic {
            $($(#[$doc])* $name,)+
        }

        impl Topic {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

topics! {
    /// Rows were read from a source.
    AamFetched => "flow.aam.fetched",
    /// Rows were checked and cast.
    AamNormalized => "flow.aam.normalized",
    /// Source fields were given canonical ones.
    AamMapped => "flow.aam.mapped",
    /// Rows went to dead letters, or a field out of use.
    AamQuarantined => "flow.aam.quarantined",
    /// A source could not be read.
    AamFailed => "flow.aam.failed",
    /// Rows reached the canonical log.
    DclStored => "flow.dcl.stored",
    /// Records were found to be one entity.
    DclMerged => "flow.dcl.merged",
    /// And not to be.
    DclSplit => "flow.dcl.split",
    /// A view reflects more of the log.
    DclViewRefreshed => "flow.dcl.view_refreshed",
    /// An agent began a run.
    AgentStarted => "flow.agent.started",
    /// It finished a step.
    AgentStepped => "flow.agent.step",
    /// It found something.
    AgentFound => "flow.agent.finding",
    /// It finished.
    AgentCompleted => "flow.agent.completed",
    /// It failed.
    AgentFailed => "flow.agent.failed",
    /// A connection changed its state or moved on.
    ConnectorState => "connector.state",
    /// A source's schema changed.
    DriftDetected => "drift.detected",
    /// A way to heal it was found.
    RepairProposed => "repair.proposed",
    /// It was adopted.
    RepairApplied => "repair.applied",
    /// And taken back.
    RepairReverted => "repair.reverted",
    /// A question to people came up.
    ReviewCreated => "review.created",
    /// Somebody took it.
    ReviewTaken => "review.taken",
    /// It was decided.
    ReviewDecided => "review.decided",
    /// Nobody decided it in time.
    ReviewExpired => "review.expired",
    /// Mapping got further.
    MappingProgressed => "mapping_progress",
    /// All sources are connected.
    SourcesConnected => "sources_connected",
    /// A task changed its state or got further.
    TaskState => "task.state",
    /// It said something.
    TaskLogged => "task.log",
    /// A message to the outside was sent, or given up.
    DeliverySent => "delivery.sent",
    /// A schedule set something off, or could not.
    ScheduleFired => "schedule.fired",
    /// A run of a playbook got further.
    PlaybookStepped => "playbook.step",
    /// Discovery got further.
    AodScanned => "aod.scan",
    /// It found an asset.
    AodAssetFound => "aod.asset",
    /// What a question means was decided.
    AnswerIntent => "nlp.answer.intent",
    /// How it will be answered.
    AnswerPlan => "nlp.answer.plan",
    /// The query behind the answer.
    AnswerSql => "nlp.answer.sql",
    /// Rows of the answer.
    AnswerRows => "nlp.answer.rows",
    /// Words of the answer.
    AnswerText => "nlp.answer.text",
    /// The answer is whole.
    AnswerDone => "nlp.answer.done",
    /// A language model was asked.
    ModelAsked => "model.asked",
    /// A switch was turned.
    FlagChanged => "flag.changed",
    /// A limit will soon be reached.
    LimitNeared => "limit.near",
    /// Events of the last moment may never have been told: the process ended without order.
    StreamGap => "stream.gap",
    /// An actor failed, was taken out or came back.
    ActorState => "actor.state",
}

impl Topic {
    /// The layer whose flow it belongs to: `aam`, `dcl` or `agent`.
    pub fn layer(self) -> Option<&'static str> {
        let mut parts = self.as_str().split('.');
        if parts.next() == Some("flow") { parts.next() } else { None }
    }
}

impl serde::Serialize for Topic {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl std::fmt::Display for Topic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Topic {
    type Err = crate::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.iter().copied().find(|topic| topic.as_str() == text);
        found.ok_or_else(|| {
            crate::Error::invalid("event.unknown_topic", format!("there is no event topic {text:?}")).field("topic")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_read_back() {
        let names: std::collections::BTreeSet<_> = Topic::ALL.iter().map(|topic| topic.as_str()).collect();
        assert_eq!(names.len(), Topic::ALL.len());
        assert!(Topic::ALL.iter().all(|topic| topic.as_str().parse::<Topic>().unwrap() == *topic));
        assert_eq!(
            (Topic::AamFetched.layer(), Topic::DclSplit.layer(), Topic::TaskState.layer()),
            (Some("aam"), Some("dcl"), None)
        );
    }
}
