//! Two people for one decision, where the tenant wants it: nobody approves what they proposed themselves, with their own
//! hands or with a key of theirs. Whoever edits a proposal proposes, and so does whoever merges or splits entities; the
//! question waits on for somebody else.

use autonomos_runtime::bus::{Fact, Topic};
use autonomos_runtime::store::{NewAudit, Review, Tx};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::{Value, json};

use super::Platform;
use super::shapes::{AccessPolicy, ReviewView};
use crate::tenant::Desk;

/// Where the switch is kept.
const SETTING: &str = "policy.four_eyes";

/// Whether the tenant wants it.
pub(crate) async fn wanted(tx: &mut dyn Tx) -> Result<bool> {
    Ok(tx.setting(SETTING).await?.is_some_and(|setting| setting.value == Value::Bool(true)))
}

/// Switches it, and notes who did.
pub(super) async fn set(tx: &mut dyn Tx, before: bool, wanted: bool) -> Result<()> {
    tx.put_setting(SETTING, Some(Value::Bool(wanted))).await?;
    let note = NewAudit::new("access_policy.put", "setting", SETTING).before(json!({"four_eyes": before}));
    tx.append_audit(note.after(json!({"four_eyes": wanted}))).await
}

/// Refuses whoever stands behind the proposal.
pub(crate) fn somebody_elses(scope: &Scope, review: &Review) -> Result<()> {
    match (scope.actor().person(), review.proposed_by) {
        (Some(me), Some(proposer)) if me == proposer => {
            Err(Error::denied("review.own_proposal", "nobody approves what they proposed themselves")
                .remedy("Ask somebody else to decide, or withdraw it by rejecting it."))
        }
        _ => Ok(()),
    }
}

/// An edit waits for somebody else: saved, noted, told.
pub(super) async fn proposed(
    mut tx: Box<dyn Tx>,
    desk: &Desk,
    scope: &Scope,
    before: &Review,
    now: Review,
) -> Result<ReviewView> {
    let note = NewAudit::new("review.propose", "review", now.id).before(json!({"proposal": before.proposal}));
    tx.append_audit(note.after(json!({"proposal": now.proposal}))).await?;
    tx.save().await?;
    desk.publish(Fact::review(Topic::ReviewCreated, now.id, now.version, &scope.actor().to_string(), &now.kind));
    Ok(now.into())
}

impl Platform {
    /// Who may decide what in this tenant, beyond roles.
    pub async fn access_policy(&self, scope: &Scope) -> Result<AccessPolicy> {
        let mut tx = self.parts().store.read(scope).await?;
        Ok(AccessPolicy { four_eyes: wanted(tx.as_mut()).await? })
    }

    /// Sets it.
    pub async fn set_access_policy(&self, scope: &Scope, policy: AccessPolicy) -> Result<AccessPolicy> {
        let mut tx = self.parts().store.begin(scope).await?;
        let before = AccessPolicy { four_eyes: wanted(tx.as_mut()).await? };
        set(tx.as_mut(), before.four_eyes, policy.four_eyes).await?;
        tx.save().await?;
        Ok(policy)
    }
}
