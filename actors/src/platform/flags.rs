//! Feature flags: looked at and turned.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::store::Page;
use autonomos_runtime::{Result, Scope};

use super::Platform;
use super::shapes::{FlagView, ToggleFlag};
use crate::flags::{Flag, PREFIX};

impl Platform {
    /// Every flag, by name, and how it stands.
    pub async fn flags(&self, scope: &Scope) -> Result<Vec<FlagView>> {
        let set = self.parts().store.read(scope).await?.settings(PREFIX).await?;
        let view = |flag: Flag| {
            let row = set.iter().find(|setting| setting.key == flag.key());
            FlagView {
                name: flag.name().to_owned(),
                enabled: row.and_then(|r| r.value.as_bool()).unwrap_or(flag.unless_set()),
                default: flag.unless_set(),
                about: flag.about().to_owned(),
                updated_by: row.map(|r| r.updated_by.clone()),
                updated_at: row.map(|r| r.updated_at),
            }
        };
        Ok(Flag::ALL.into_iter().map(view).collect())
    }

    /// Turns one, for the tenant, and tells everybody at once.
    pub async fn toggle_flag(&self, scope: &Scope, asked: &ToggleFlag) -> Result<FlagView> {
        let flag = Flag::named(&asked.flag_name).map_err(|e| e.field("/flag_name"))?;
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let before = flag.is_on(tx.as_mut()).await?;
        flag.set(tx.as_mut(), before, asked.enabled).await?;
        let connections = tx.connections(None, &Page::first(1000)).await?.items;
        tx.save().await?;
        desk.publish(Fact::flag_changed(flag.name(), asked.enabled));
        for connection in connections {
            desk.connector(connection.id).wake();
        }
        let name = flag.name();
        let flags = self.flags(scope).await?;
        flags
            .into_iter()
            .find(|f| f.name == name)
            .ok_or_else(|| autonomos_runtime::Error::internal("flag.lost", "the flag was not kept"))
    }
}
