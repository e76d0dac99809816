//! What a name means at the moment of connecting. The client connects to the addresses that come out of here and to no
//! others, so what was judged is what is used, however often a name changes its mind.
//!
//! A name with several addresses, one of which leads inside, is a trick or a mistake; it is refused whole.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::judge;
use super::network::Allowed;

/// Who knows what names mean.
#[async_trait::async_trait]
pub trait Lookup: Send + Sync + 'static {
    /// The addresses of a name.
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The machine's own resolver.
#[derive(Clone, Copy, Debug)]
pub struct SystemLookup;

impl SystemLookup {
    /// For whoever shares it.
    pub fn shared() -> Arc<dyn Lookup> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Lookup for SystemLookup {
    async fn addresses(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// A name that leads inside.
#[derive(Debug, thiserror::Error)]
#[error("it leads inside")]
pub struct LeadsInside;

/// See the module. One for connections with TLS, one for those without.
#[derive(Clone)]
pub struct Guarded {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) allowed: Allowed,
    pub(super) plain: bool,
}

impl Guarded {
    /// The addresses of a name, if all of them may be connected to.
    pub async fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found = self.lookup.addresses(name).await?;
        if found.iter().any(|address| judge(*address, self.plain, &self.allowed).is_err()) {
            return Err(LeadsInside.into());
        }
        Ok(found)
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let guarded = self.clone();
        Box::pin(async move {
            let found = guarded.addresses(name.as_str()).await?;
            // The port is the address's own: zero stands for it.
            let sockets: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(sockets)
        })
    }
}
