//! Files in a bucket of an S3-compatible store: `{prefix}/{tenant}/{name}`.
//!
//! The problem: a bucket has no folders, no links and no open files, and is at the other end of a network. Replacing an
//! object is atomic there, a listing shows what was put, and an object has a tag that is another one when its content is;
//! so a reader that names the tag ([`Object`]) reads one content or is told that it is gone. An upload of more than one
//! part is nowhere until it is completed; what a crash leaves of one, the bucket's own rule for unfinished uploads takes
//! away (`AbortIncompleteMultipartUpload`), because nothing here knows of it any more.
//!
//! The calls block: they are made where blocking is allowed, and wait there for the runtime that does the network's work.

mod client;
mod object;
mod upload;

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _};
use object_store::aws::AmazonS3Builder;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _, RetryConfig};
use tokio::runtime::Handle;
use xxhash_rust::xxh3::xxh3_64;

use self::client::Connector;
pub use self::object::Object;
use self::upload::{MOST_PARTS, SMALLEST_PART, Upload};
use super::pattern::{Many, Pattern};
use super::{Content, Draft, Entry, Identity, Name, Opened, Room};

/// Where notes live.
const NOTES: &str = ".notes";
/// Calls that fail in a way that may pass are made again within so long.
const PATIENCE: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Clone, Debug)]
pub struct Bucket {
    store: Arc<dyn ObjectStore>,
    runtime: Handle,
    prefix: Path,
    part: usize,
}

impl Bucket {
    /// A bucket as the builder describes it. Files lie beneath `prefix`, and have `largest` bytes at most.
    pub fn open(builder: AmazonS3Builder, prefix: &str, largest: u64, guard: &Guard) -> Result<Self> {
        let retry =
            RetryConfig { max_retries: guard.tries() as usize, retry_timeout: PATIENCE, ..RetryConfig::default() };
        let store =
            builder.with_http_connector(Connector(guard.clone())).with_retry(retry).build().map_err(unusable)?;
        let runtime = Handle::try_current()
            .map_err(|e| Error::internal("files.no_runtime", "A bucket needs the runtime.").source(e))?;
        let prefix = Path::parse(prefix).map_err(|e| unusable(e.into()))?;
        let part = largest.div_ceil(MOST_PARTS).max(SMALLEST_PART) as usize;
        Ok(Self { store: Arc::new(store), runtime, prefix, part })
    }

    fn home(&self, scope: &Scope) -> Result<Path> {
        let text = format!("{}/{}", self.prefix, scope.tenant());
        Path::parse(text.trim_start_matches('/')).map_err(|e| unusable(e.into()))
    }

    /// The key of a checked name.
    fn key(&self, scope: &Scope, name: &str) -> Result<Path> {
        let key = format!("{}/{name}", self.home(scope)?);
        Path::parse(&key).map_err(|e| refused(e.into(), name))
    }

    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    async fn matching(&self, scope: &Scope, many: &Many, most: usize) -> Result<Vec<Entry>> {
        let home = self.home(scope)?;
        let within = if many.folder().is_empty() { home.clone() } else { self.key(scope, many.folder())? };
        let (mut all, mut found) = (self.store.list(Some(&within)), Vec::new());
        let mut looked = 0;
        while let Some(meta) = all.try_next().await.map_err(|e| refused(e, many.folder()))? {
            looked += 1;
            let key = meta.location.as_ref();
            let Some(name) = key.strip_prefix(home.as_ref()).and_then(|rest| rest.strip_prefix('/')) else { continue };
            if many.is_match(name) {
                found.push(Entry { path: name.to_owned(), identity: identity(&meta) });
            }
            many.bound(found.len(), looked, most)?;
        }
        found.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(found)
    }

    /// Deletes all objects beneath a place that are meant.
    async fn clear(&self, within: Path, meant: impl Fn(&str) -> bool + Send + 'static) -> Result<()> {
        let depth = within.as_ref().len() + 1;
        let keys = self.store.list(Some(&within)).map_ok(|meta| meta.location);
        let keys = keys.try_filter(move |key| std::future::ready(meant(key.as_ref().get(depth..).unwrap_or_default())));
        let mut gone = self.store.delete_stream(keys.boxed());
        while let Some(deleted) = gone.next().await {
            match deleted {
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
                Err(e) => return Err(refused(e, "")),
            }
        }
        Ok(())
    }
}

impl Room for Bucket {
    fn check(&self) -> Result<()> {
        let first = self.wait(self.store.list(Some(&self.prefix)).next());
        first.transpose().map(drop).map_err(unusable)
    }

    fn open(&self, scope: &Scope, name: &Name) -> Result<Opened> {
        let key = self.key(scope, name.as_str())?;
        let meta = self.wait(self.store.head(&key)).map_err(|e| refused(e, name.as_str()))?;
        let identity = identity(&meta);
        let object = Object::new(self.clone(), name.as_str().to_owned(), meta);
        Ok(Opened { content: Content::Object(Box::new(object)), identity })
    }

    fn list(&self, scope: &Scope, pattern: &Pattern, most: usize) -> Result<Vec<Entry>> {
        match pattern {
            Pattern::Many(many) => self.wait(self.matching(scope, many, most)),
            Pattern::One(name) => match self.open(scope, name) {
                Ok(opened) => Ok(vec![Entry { path: name.as_str().to_owned(), identity: opened.identity }]),
                Err(e) if e.code == "file.not_found" => Ok(Vec::new()),
                Err(e) => Err(e),
            },
        }
    }

    fn delete(&self, scope: &Scope, name: &Name) -> Result<bool> {
        // A bucket says of what was never there that it is gone.
        match self.open(scope, name) {
            Ok(_) => {}
            Err(e) if e.code == "file.not_found" => return Ok(false),
            Err(e) => return Err(e),
        }
        let key = self.key(scope, name.as_str())?;
        self.wait(self.store.delete(&key)).map_err(|e| refused(e, name.as_str()))?;
        Ok(true)
    }

    fn delete_all(&self, scope: &Scope) -> Result<()> {
        let home = self.home(scope)?;
        self.wait(self.clear(home, |_| true))
    }

    fn draft(&self, scope: &Scope, name: &Name, _id: &str) -> Result<Box<dyn Draft>> {
        let key = self.key(scope, name.as_str())?;
        Ok(Box::new(Upload::new(self.clone(), key, name.as_str().to_owned())))
    }

    fn note(&self, scope: &Scope, name: &str) -> Result<Option<Vec<u8>>> {
        let key = self.key(scope, &format!("{NOTES}/{name}"))?;
        let read = async { self.store.get(&key).await?.bytes().await };
        match self.wait(read) {
            Ok(bytes) => Ok(Some(Vec::from(bytes))),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(e) => Err(refused(e, name)),
        }
    }

    fn put_note(&self, scope: &Scope, name: &str, bytes: &[u8], beginning: &str, kept: &str) -> Result<()> {
        let key = self.key(scope, &format!("{NOTES}/{name}"))?;
        let body = Bytes::copy_from_slice(bytes).into();
        self.wait(self.store.put(&key, body)).map_err(|e| refused(e, name))?;
        let (beginning, name, kept) = (beginning.to_owned(), name.to_owned(), kept.to_owned());
        let old = move |note: &str| note.starts_with(&beginning) && note != name && note != kept;
        let notes = self.key(scope, NOTES)?;
        self.wait(self.clear(notes, old))
    }
}

/// Listings say fractions of the second that answers do not, so they are left out; the tag tells contents apart.
fn identity(meta: &ObjectMeta) -> Identity {
    Identity {
        size: meta.size,
        modified: meta.last_modified.timestamp() * 1_000_000_000,
        inode: meta.e_tag.as_deref().map_or(0, |tag| xxh3_64(tag.as_bytes())),
    }
}

/// Why the bucket cannot be used at all.
fn unusable(error: object_store::Error) -> Error {
    Error::unavailable("files.no_root", "The bucket of files.url does not do what is asked of it.")
        .field("files.url")
        .remedy(
            "Check the bucket's name, and AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        )
        .source(error)
}

/// What the bucket's answer means for a caller.
fn refused(error: object_store::Error, name: &str) -> Error {
    match error {
        object_store::Error::NotFound { .. } => {
            Error::not_found("file.not_found", format!("There is no file `{name}`."))
                .field("path")
                .remedy("Upload it first, or check its name.")
        }
        object_store::Error::Precondition { .. } => {
            Error::unavailable("file.changed", format!("`{name}` was replaced while it was read."))
                .field("path")
                .remedy("Nothing is lost: it is read again.")
        }
        other => Error::unavailable("files.away", "The store of files does not do what was asked of it now.")
            .remedy("Try again; if it stays, whoever runs this node finds the cause in its log.")
            .source(other),
    }
}

#[cfg(test)]
mod tests;
