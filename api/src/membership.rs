//! How a node becomes one of many: what its settings have to say for that, the lease, and the director. A node whose
//! `cluster.advertise` is empty is alone, and none of this is there.
//!
//! What every node of a cluster has to share is looked at before anything is joined: truth (a database server) and files.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use autonomos_cluster::director::{self, Director};
use autonomos_cluster::heart::{self, Heart};
use autonomos_cluster::lease::Terms;
use autonomos_cluster::sweep::Rules;
use autonomos_runtime::authority::{Instance, Joining, NodeId};
use autonomos_runtime::config::Config;
use autonomos_runtime::holder::Holder;
use autonomos_runtime::host::TenantHost;
use autonomos_runtime::ids::IncarnationId;
use autonomos_runtime::store::Store;
use autonomos_runtime::store::postgres::PostgresOptions;
use autonomos_runtime::store::postgres::authority::PostgresAuthority;
use autonomos_runtime::{Ambient, Error, Result};

/// What a statement on the cluster's rows may take, but for the lease's own.
const PATIENCE: Duration = Duration::from_secs(3);

/// A node that is to be one of many.
pub struct Plan {
    holder: Arc<Holder>,
    joining: Joining,
    rules: Rules,
    stuck: Duration,
    store: PostgresOptions,
    ambient: Ambient,
}

impl Plan {
    /// As the settings say, for a node that listens there; none if it is alone.
    pub fn of(node: &str, listens: SocketAddr, config: &Config, ambient: &Ambient) -> Result<Option<Self>> {
        let settings = &config.cluster;
        if settings.advertise.is_empty() {
            return Ok(None);
        }
        let url = config.store.database_url.reveal().ok_or_else(|| {
            bad("store.database_url", "a cluster's truth is in PostgreSQL")
                .remedy("Set DATABASE_URL to the database that all nodes share, or leave cluster.advertise empty.")
        })?;
        if config.files.url.is_empty() {
            return Err(bad("files.url", "the nodes of a cluster share their files")
                .remedy("Set files.url to a folder or bucket that every node reaches: file:///shared/folder, s3://bucket/prefix."));
        }
        let address = address(&settings.advertise, listens)?;
        if !(1..=300).contains(&settings.lease_seconds) {
            return Err(bad("cluster.lease_seconds", "a lease takes between 1 and 300 seconds")
                .remedy("6 is a good number; all nodes have the same."));
        }
        let me = Instance { node: NodeId::new(node), incarnation: IncarnationId::new(ambient) };
        let holder = Arc::new(Holder::new(me));
        let terms = Terms::of(Duration::from_secs(settings.lease_seconds));
        Ok(Some(Self {
            joining: Joining { address, version: env!("CARGO_PKG_VERSION").into(), weight: settings.weight.max(1) },
            rules: Rules { terms, ..Rules::default() },
            stuck: Duration::from_secs(config.tenant.stuck_seconds),
            store: PostgresOptions {
                node_id: node.to_owned(),
                holder: Some(Arc::clone(&holder)),
                ..PostgresOptions::configured(url, config)
            },
            holder,
            ambient: ambient.clone(),
        }))
    }

    /// Who this process is, for the store.
    pub const fn holder(&self) -> &Arc<Holder> {
        &self.holder
    }

    /// Takes the lease.
    pub async fn join(&self) -> Result<Heart> {
        Heart::start(heart::Makings {
            authority: Arc::new(PostgresAuthority::new(&self.store, self.rules.terms.patience)?),
            holder: Arc::clone(&self.holder),
            joining: self.joining.clone(),
            terms: self.rules.terms,
            stuck: self.stuck,
            ambient: self.ambient.clone(),
        })
        .await
    }

    /// Begins to serve what the rows give this node.
    pub fn direct(&self, store: Arc<dyn Store>, host: Arc<dyn TenantHost>) -> Result<Director> {
        Ok(Director::start(director::Makings {
            authority: Arc::new(PostgresAuthority::new(&self.store, PATIENCE)?),
            holder: Arc::clone(&self.holder),
            store,
            host,
            rules: self.rules,
            ambient: self.ambient.clone(),
        }))
    }
}

fn bad(field: &'static str, message: &'static str) -> Error {
    Error::invalid("cluster.settings", message).field(field)
}

/// Where others reach it: the port 0 stands for the one that it listens on.
fn address(advertise: &str, listens: SocketAddr) -> Result<String> {
    let address = advertise.trim_end_matches('/');
    let host = address.strip_prefix("http://").or_else(|| address.strip_prefix("https://")).unwrap_or_default();
    if host.is_empty() || host.contains(['/', '?', '#', '@', ' ']) {
        return Err(bad("cluster.advertise", "that is no address of a node")
            .remedy("Write http://host:port, as the other nodes reach this one."));
    }
    Ok(match address.strip_suffix(":0") {
        Some(front) => format!("{front}:{}", listens.port()),
        None => address.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_address_is_a_host_and_a_port() {
        let listens = "127.0.0.1:8081".parse().unwrap();
        for (said, address) in [
            ("http://10.0.0.5:8080", Some("http://10.0.0.5:8080")),
            ("http://10.0.0.5:8080/", Some("http://10.0.0.5:8080")),
            ("https://a.example.com", Some("https://a.example.com")),
            ("http://127.0.0.1:0", Some("http://127.0.0.1:8081")),
            ("10.0.0.5:8080", None),
            ("http://", None),
            ("http://user@host", None),
            ("http://host/path", None),
        ] {
            assert_eq!(super::address(said, listens).ok().as_deref(), address, "{said}");
        }
    }
}
