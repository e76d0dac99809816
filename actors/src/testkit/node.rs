//! A node without its edge, for tests and measurements: the real store, views and trees in a folder that goes away with
//! it, one tenant, and its platform.
//!
//! Everything in it is what the binary puts together, so what fails here fails there. It panics where a test would.

use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::bus::{EventBus, Limits, local};
use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::config::Config;
use autonomos_runtime::ids::{ConnectionId, TaskId};
use autonomos_runtime::resilience::Guard;
use autonomos_runtime::secrets::Sealer;
use autonomos_runtime::store::sqlite::{Durability, SqliteOptions, SqliteStore};
use autonomos_runtime::store::{LogStats, Store};
use autonomos_runtime::supervision::{Node, Observed};
use autonomos_runtime::{Ambient, Scope};
use serde_json::{Value, json};

use crate::dcl::{Dcl, Settings};
use crate::files::{Folder, Quota};
use crate::intelligence::LanguageModel;
use crate::outside::{Outside, SystemLookup};
use crate::parts::Parts;
use crate::platform::Platform;
use crate::platform::shapes::NewConnection;
use crate::tenant::Host;
use crate::vault::Vault;

/// Long enough never to be the reason a test fails on a busy machine.
pub const SOON: Duration = Duration::from_mins(1);

/// See the module.
pub struct TestNode {
    /// What its tenants are asked by.
    pub platform: Platform,
    /// Its tenant, as the platform.
    pub scope: Scope,
    folder: Option<tempfile::TempDir>,
}

impl std::fmt::Debug for TestNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestNode({:?})", self.scope)
    }
}

impl TestNode {
    /// A new one, configured.
    ///
    /// # Panics
    /// When the folder cannot be used.
    pub async fn start(configure: impl FnOnce(&mut Config)) -> Self {
        Self::over(configure, |store| store).await
    }

    /// A new one whose store is seen through another.
    ///
    /// # Panics
    /// When the folder cannot be used.
    pub async fn over(
        configure: impl FnOnce(&mut Config),
        through: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ambient = Ambient::system();
        let options = SqliteOptions { durability: Durability::Off, ..SqliteOptions::new(folder.path().join("store")) };
        let store = SqliteStore::open(options, ambient.clone()).await.expect("a store in an empty folder");
        let tenant = store.directory().create_tenant("test").await.expect("a tenant in an empty store");
        let store = through(Arc::new(store));
        let platform = platform(folder.path(), store, &ambient, configure);
        let scope = platform.host().parts().scope_of(tenant.id, "test");
        Self { platform, scope, folder: Some(folder) }
    }

    /// The same tenant after its trees were stopped, in the same folder, configured anew.
    ///
    /// # Panics
    /// When the folder cannot be used.
    pub async fn again(mut self, configure: impl FnOnce(&mut Config)) -> Self {
        self.platform.host().stop_all().await;
        let parts = self.parts();
        let (store, ambient) = (parts.store.clone(), parts.ambient().clone());
        let folder = self.folder.take().expect("a folder until it ends");
        let platform = platform(folder.path(), store, &ambient, configure);
        Self { platform, scope: self.scope.clone(), folder: Some(folder) }
    }

    /// What its trees work with.
    pub fn parts(&self) -> Arc<Parts> {
        self.platform.host().parts().clone()
    }

    /// A demo source that sends something only when it is asked.
    ///
    /// # Panics
    /// When it cannot be made.
    pub async fn demo(&self, source: &str) -> ConnectionId {
        let new = NewConnection {
            name: source.to_owned(),
            kind: "demo".to_owned(),
            config: json!({"source": source}),
            policy: Some(json!({"every_seconds": 0})),
            safe_mode: false,
        };
        self.platform.create_connection(&self.scope, new).await.expect("a connection").id
    }

    /// Reads a source once, to the views.
    ///
    /// # Panics
    /// When it does not succeed.
    pub async fn sync(&self, connection: ConnectionId) {
        let task = self.platform.sync_now(&self.scope, connection).await.expect("a task");
        self.finished(task).await;
    }

    /// Waits until a task has succeeded.
    ///
    /// # Panics
    /// When it does not.
    pub async fn finished(&self, task: TaskId) {
        let mut events = self.parts().bus.subscribe(&self.scope, None);
        let done = async {
            while self.state_of(task).await != "success" {
                // Each step of a task is announced; a look follows each announcement.
                events.next().await.expect("events while the node lives");
            }
        };
        tokio::time::timeout(SOON, done).await.expect("a task in time");
    }

    async fn state_of(&self, task: TaskId) -> String {
        self.platform.task(&self.scope, task).await.expect("the task").state
    }

    /// Waits until an actor of the tenant looks as described.
    ///
    /// # Panics
    /// When it does not before long.
    pub async fn until(&self, path: &str, looks: impl Fn(&Observed) -> bool + Send + Sync) -> Observed {
        let key = autonomos_runtime::supervision::Key::of(&self.scope, path);
        let seen = self.parts();
        let seen = seen.node.observatory().until(&key, SOON, |seen| seen.is_some_and(&looks)).await;
        seen.expect("in time").expect("somebody")
    }

    /// How big the log is.
    ///
    /// # Panics
    /// When the store does not answer.
    pub async fn log(&self) -> LogStats {
        self.parts().store.read(&self.scope).await.expect("a reader").log_stats().await.expect("its size")
    }

    /// Digest and rows of the views.
    ///
    /// # Panics
    /// When they cannot be read.
    pub async fn digest(&self) -> Value {
        self.platform.digest(&self.scope).await.expect("a digest")
    }
}

fn platform(
    folder: &std::path::Path,
    store: Arc<dyn Store>,
    ambient: &Ambient,
    configure: impl FnOnce(&mut Config),
) -> Platform {
    let mut config = Config::defaults().expect("the defaults");
    configure(&mut config);
    let vocabulary = Arc::new(Vocabulary::builtin().clone());
    let views = Settings { memory: 128 << 20, threads: 1, ..Settings::in_folder(folder.join("views")) };
    let bus: Arc<dyn EventBus> = Arc::new(local::in_memory(ambient.clone(), Limits::default()).expect("a bus"));
    let sealer = Arc::new(Sealer::new(ambient.clone(), "a secret for tests", &[]));
    let outside = Outside::new(&config, &SystemLookup::shared(), ambient.clone()).expect("a way out");
    Platform::new(Host::new(Arc::new(Parts {
        outside: Arc::new(outside),
        model: LanguageModel::configured(&config, ambient).expect("a model, or none"),
        bucket: Guard::new("files", &config.resilience.files, ambient.clone()),
        vault: Arc::new(Vault::new(store.clone(), sealer)),
        archives: Arc::new(Folder::open(folder.join("exports"), Quota::default(), ambient.clone()).expect("a folder")),
        store,
        bus,
        dcl: Arc::new(Dcl::new(views, vocabulary.clone(), ambient.clone())),
        folders: Arc::new(Folder::open(folder.join("files"), Quota::default(), ambient.clone()).expect("a folder")),
        vocabulary,
        slots: Parts::slot_credits(&config),
        config: Arc::new(config),
        node: Node::new("test", ambient.clone()),
        batches: Parts::batch_credits(),
        indexed: Parts::index_credits(),
        lineage: crate::lineage::keeper::Keeper::default(),
    })))
}
