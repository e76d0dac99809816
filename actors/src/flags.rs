//! Feature flags: switches of a tenant that its parts ask before they do something. A row, read where it matters, so there
//! is nothing to go stale: the next time a part looks, it sees what was set, on whatever node it runs.

use autonomos_runtime::store::{NewAudit, Tx};
use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

/// Where they are kept.
pub(crate) const PREFIX: &str = "flag.";

/// A switch. Names are those that users of the platform know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Connectors read their sources.
    AamAsSource,
    /// Fields nobody ships rules for are given to the matcher.
    DclIntelligence,
    /// Repairs that are sure enough are applied without a hand.
    AutoRepair,
}

impl Flag {
    /// Every one, by name.
    pub const ALL: [Self; 3] = [Self::AutoRepair, Self::AamAsSource, Self::DclIntelligence];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AamAsSource => "USE_AAM_AS_SOURCE",
            Self::DclIntelligence => "USE_DCL_INTELLIGENCE_API",
            Self::AutoRepair => "ENABLE_AUTO_REPAIR",
        }
    }

    /// What it does, for people.
    pub const fn about(self) -> &'static str {
        match self {
            Self::AamAsSource => "Connectors read their sources. Off: nothing new is read; what was read stays.",
            Self::DclIntelligence => {
                "Fields of new streams that no shipped rule names are mapped or asked about by likeness. Off: they stay in extras."
            }
            Self::AutoRepair => {
                "Repairs that are sure enough are applied by themselves. Off: every one is asked about."
            }
        }
    }

    /// Every flag is on unless somebody switched it off.
    pub const fn unless_set(self) -> bool {
        true
    }

    /// By its name.
    pub fn named(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|flag| flag.name() == name).ok_or_else(|| {
            Error::invalid("flag.unknown", format!("There is no flag {name}."))
                .remedy(format!("Use one of {}.", Self::ALL.map(Self::name).join(", ")))
        })
    }

    /// Where its row is.
    pub(crate) fn key(self) -> String {
        format!("{PREFIX}{}", self.name())
    }

    /// Turns it, and notes who did.
    pub(crate) async fn set(self, tx: &mut dyn Tx, before: bool, on: bool) -> Result<()> {
        tx.put_setting(&self.key(), Some(on.into())).await?;
        let note = NewAudit::new("flag.toggle", "flag", self.name()).before(json!({"enabled": before}));
        tx.append_audit(note.after(json!({"enabled": on}))).await
    }

    /// Whether it is on for the tenant.
    pub(crate) async fn is_on(self, tx: &mut dyn Tx) -> Result<bool> {
        let set = tx.setting(&self.key()).await?.map(|setting| setting.value);
        Ok(set.as_ref().and_then(Value::as_bool).unwrap_or(self.unless_set()))
    }
}
