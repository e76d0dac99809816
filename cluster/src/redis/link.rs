//! The connection to Redis: one, over which questions go in pipelines and new heads come back as they are told. Everything has
//! a deadline; whoever does not answer within it is away, and a new connection is made beside the work.

use std::sync::Arc;
use std::time::Duration;

use ::redis::aio::MultiplexedConnection;
use ::redis::{
    AsyncConnectionConfig, Client, ErrorKind, IntoConnectionInfo, Pipeline, ProtocolVersion, PushInfo, PushKind,
    RedisError, RedisResult, ServerErrorKind, Value, cmd, pipe,
};
use ahash::AHashMap;
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Error, Result};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::keys;
use super::reply::{Part, Reply};
use super::seat::{Ask, Voice};

/// How long whatever stands in Redis is kept after the last event of its tenant.
const KEEP: Duration = Duration::from_hours(7 * 24);

/// Where Redis is, and how long it has for an answer.
#[derive(Clone)]
pub struct Place {
    client: Client,
    patience: Duration,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Place({})", self.client.get_connection_info().addr())
    }
}

impl Place {
    /// Reads `redis://` or `rediss://`, with user and password if there are.
    pub fn of(url: &str, patience: Duration) -> Result<Self> {
        let client = url.into_connection_info().and_then(|info| {
            let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
            Client::open(info.set_redis_settings(settings))
        });
        let client = client.map_err(|_| {
            Error::invalid("config.redis_url", "bus.redis_url is no address of a Redis")
                .field("bus.redis_url")
                .remedy("Write redis://user:password@host:6379/0, or rediss:// for TLS.")
        })?;
        Ok(Self { client, patience })
    }

    /// How long it has for an answer.
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// A connection; what is pushed over it goes to somebody.
    pub async fn connect(
        &self,
        pushed: impl Fn(PushInfo) -> std::result::Result<(), ()> + Send + Sync + 'static,
    ) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.patience))
            .set_response_timeout(Some(self.patience))
            .set_push_sender(pushed);
        self.client.get_multiplexed_async_connection_with_config(&config).await
    }
}

/// Heads that were heard of and not looked at. There is a place for each tenant that somebody here is interested in, and for
/// nobody else, so that whoever shouts costs nothing.
#[derive(Debug, Default)]
pub struct Heads {
    of: Mutex<AHashMap<TenantId, u64>>,
    came: Notify,
}

impl Heads {
    /// Somebody is interested.
    pub fn mind(&self, tenant: TenantId) {
        self.of.lock().entry(tenant).or_default();
    }

    /// And is no more.
    pub fn ignore(&self, tenant: TenantId) {
        self.of.lock().remove(&tenant);
    }

    /// Waits for one.
    pub async fn came(&self) {
        self.came.notified().await;
    }

    /// Those that came since.
    pub fn take(&self) -> Vec<(TenantId, u64)> {
        let mut of = self.of.lock();
        let came = of.iter_mut().filter(|(_, head)| **head > 0);
        came.map(|(tenant, head)| (*tenant, std::mem::take(head))).collect()
    }

    fn hear(&self, push: &PushInfo) -> Option<()> {
        if push.kind != PushKind::PMessage {
            return None;
        }
        let [_, Value::BulkString(channel), Value::BulkString(head)] = &push.data[..] else { return None };
        let tenant = std::str::from_utf8(channel).ok()?.strip_prefix(keys::HEADS)?.parse().ok()?;
        let head: u64 = std::str::from_utf8(head).ok()?.parse().ok()?;
        let mut of = self.of.lock();
        let held = of.get_mut(&tenant)?;
        *held = (*held).max(head);
        drop(of);
        self.came.notify_one();
        Some(())
    }
}

/// See the module.
pub struct Link {
    connection: MultiplexedConnection,
    /// The scripts' names on the server.
    append: String,
    begin: String,
    read: String,
    end: String,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Link")
    }
}

impl Link {
    /// Connects, and listens for new heads.
    pub async fn open(place: &Place, heads: &Arc<Heads>) -> RedisResult<Self> {
        let heard = heads.clone();
        let mut connection = place
            .connect(move |push| {
                heard.hear(&push);
                Ok(())
            })
            .await?;
        connection.psubscribe(format!("{}*", keys::HEADS)).await?;
        let mut loading = pipe();
        for script in [
            include_str!("scripts/append.lua"),
            include_str!("scripts/begin.lua"),
            include_str!("scripts/read.lua"),
            include_str!("scripts/end.lua"),
        ] {
            loading.cmd("SCRIPT").arg("LOAD").arg(script);
        }
        let (append, begin, read, end) = loading.query_async(&mut connection).await?;
        Ok(Self { connection, append, begin, read, end })
    }

    /// Whether it answers.
    pub async fn beat(&mut self) -> RedisResult<()> {
        cmd("PING").exec_async(&mut self.connection).await
    }

    /// Asks everything at once; an answer for each. An error: it does not answer at all.
    pub async fn ask(&mut self, asks: &[(TenantId, Ask)], voice: &Voice, events: usize) -> RedisResult<Vec<Reply>> {
        let mut all = pipe();
        for (tenant, ask) in asks {
            self.put(&mut all, *tenant, ask, voice, events);
        }
        let answers: Vec<RedisResult<Value>> = all.ignore_errors().query_async(&mut self.connection).await?;
        asks.iter().zip(answers).map(|((_, ask), answer)| understood(ask, answer)).collect()
    }

    fn put(&self, all: &mut Pipeline, tenant: TenantId, ask: &Ask, voice: &Voice, events: usize) {
        let keys = keys::sequence(tenant);
        let script = match ask {
            Ask::Append { .. } => &self.append,
            Ask::Begin(_) => &self.begin,
            Ask::Read { .. } => &self.read,
        };
        let call = all.cmd("EVALSHA").arg(script).arg(keys.len()).arg(&keys);
        match ask {
            Ask::Read { part, line, lift } => {
                let (after, many) = match *part {
                    Part::Last(many) => (String::new(), many),
                    Part::After(after, many) => (after.to_string(), many),
                    Part::Standing => (String::new(), 0),
                };
                call.arg(&voice.node).arg(&voice.life).arg(after).arg(many).arg(line).arg(*lift);
            }
            Ask::Begin(begin) => {
                call.arg(&begin.line).arg(&begin.instead).arg(begin.from);
                call.arg(u8::from(begin.exact)).arg(u8::from(begin.goes_on)).arg(KEEP.as_secs());
            }
            Ask::Append { line, torn, at, messages } => {
                let (head, first) =
                    at.map_or_else(Default::default, |(head, first)| (head.to_string(), first.to_string()));
                call.arg(line).arg(&voice.node).arg(&voice.life).arg(u8::from(*torn)).arg(head).arg(first);
                call.arg(events).arg(KEEP.as_secs());
                for (stream, n, text, mac) in messages {
                    call.arg(*stream).arg(*n).arg(voice.by()).arg(text).arg(mac);
                }
            }
        }
    }

    /// Says of each tenant that this life of the node ends in order, after so many messages on a line.
    pub async fn end(&mut self, of: &[(TenantId, String, u64)], voice: &Voice) -> RedisResult<()> {
        let mut all = pipe();
        for (tenant, line, n) in of {
            let [head, ..] = keys::sequence(*tenant);
            all.cmd("EVALSHA").arg(&self.end).arg(1).arg(head).arg(line).arg(&voice.node).arg(&voice.life).arg(*n);
        }
        let _: Vec<RedisResult<Value>> = all.ignore_errors().query_async(&mut self.connection).await?;
        Ok(())
    }

    /// Takes away everything of a tenant.
    pub async fn erase(&mut self, tenant: TenantId) -> RedisResult<()> {
        cmd("DEL").arg(&keys::sequence(tenant)).exec_async(&mut self.connection).await?;
        let mut cursor = 0_u64;
        loop {
            let mut scan = cmd("SCAN");
            scan.arg(cursor).arg("MATCH").arg(keys::announcements_of(tenant)).arg("COUNT").arg(1_000);
            let (next, found): (u64, Vec<String>) = scan.query_async(&mut self.connection).await?;
            if !found.is_empty() {
                cmd("DEL").arg(&found).exec_async(&mut self.connection).await?;
            }
            cursor = next;
            if cursor == 0 {
                return Ok(());
            }
        }
    }
}

fn understood(ask: &Ask, answer: RedisResult<Value>) -> RedisResult<Reply> {
    let part = match ask {
        Ask::Read { part, .. } => *part,
        Ask::Begin(_) | Ask::Append { .. } => Part::Standing,
    };
    match answer {
        Ok(value) => Ok(Reply::of(&value, part)),
        Err(error) if is_lost(&error) => Err(error),
        Err(error) if error.code() == Some("WRONGTYPE") => Ok(Reply::Spoiled(String::new())),
        Err(error) => Ok(Reply::Refused(error.code().unwrap_or("ERR").to_owned())),
    }
}

/// Whether the connection is of no more use: it is gone, or the server forgot our scripts.
fn is_lost(error: &RedisError) -> bool {
    error.is_unrecoverable_error()
        || error.is_timeout()
        || error.is_io_error()
        || error.kind() == ErrorKind::Server(ServerErrorKind::NoScript)
}
