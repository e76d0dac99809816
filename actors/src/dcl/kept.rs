//! Whose views lie in this node's folder, whether the node has anything to do with them or not.

use autonomos_runtime::ids::TenantId;

use super::Dcl;

/// What the names of files begin with; see [`super::guard::Place`].
const BEGINS: &str = "registry_";

impl Dcl {
    /// Tenants of whom there is any file. Blocking.
    pub fn kept(&self) -> Vec<TenantId> {
        // A folder that is not there yet has none; one that cannot be read is told by whoever opens views in it.
        let entries = std::fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut tenants: Vec<TenantId> =
            names.filter_map(|name| name.strip_prefix(BEGINS)?.split('.').next()?.parse().ok()).collect();
        tenants.sort_unstable();
        tenants.dedup();
        tenants
    }
}
