//! A private Redis for tests: made in a temporary folder, on a free port of the loopback, with a role for nodes that may do
//! what the manual says and no more; it can be killed, frozen and filled.
//!
//! The server hangs on a pipe of the test process: when that ends, however it ends, the pipe closes and a small shell
//! kills the server and removes its folder. It never keeps anything: one that is started again is empty.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use ::redis::{Client, Cmd, FromRedisValue};
use parking_lot::Mutex;

use crate::redis::keys;

/// How to get it.
const INSTALL: &str = "Install Redis (Debian and Ubuntu: apt-get install redis-server).";
/// The passwords of both roles.
const PASSWORDS: (&str, &str) = ("for-nodes-in-tests", "for-the-tests-themselves");

/// A server. It runs unless it was killed.
#[derive(Debug)]
pub struct Server {
    port: u16,
    life: Mutex<Option<Life>>,
}

/// From a start to an end.
#[derive(Debug)]
struct Life {
    shell: Child,
    process: String,
}

impl Server {
    /// The one of this test process, started on first use; for tests that do not harm it.
    ///
    /// # Panics
    /// With what to install, if it cannot be started: a suite that does not run is a suite that is not there.
    #[expect(clippy::panic, reason = "a test cannot go on without its server")]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Result<Server, String>> = OnceLock::new();
        match SHARED.get_or_init(Self::try_start) {
            Ok(server) => server,
            Err(why) => panic!("no Redis for tests: {why} {INSTALL}"),
        }
    }

    /// One of its own, to be harmed.
    ///
    /// # Panics
    /// With what to install, if it cannot be started.
    #[expect(clippy::panic, reason = "a test cannot go on without its server")]
    pub fn start() -> Self {
        Self::try_start().unwrap_or_else(|why| panic!("no Redis for tests: {why} {INSTALL}"))
    }

    fn try_start() -> Result<Self, String> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = free.map_err(|e| e.to_string())?.port();
        let server = Self { port, life: Mutex::new(None) };
        server.begin()?;
        Ok(server)
    }

    fn begin(&self) -> Result<(), String> {
        let mut life = self.life.lock();
        // What is there ends before its port is taken again.
        drop(life.take());
        *life = Some(Life::begin(self.port)?);
        Ok(())
    }

    /// Kills it and starts an empty one in its place.
    ///
    /// # Panics
    /// If that cannot be started.
    #[expect(clippy::expect_used, reason = "a test cannot go on without its server")]
    pub fn start_again(&self) {
        self.begin().expect("a Redis that started once starts again");
    }

    /// Kills it.
    pub fn kill(&self) {
        drop(self.life.lock().take());
    }

    /// Stops it in its tracks: its connections stay open, and nothing answers.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    /// Lets a frozen one go on.
    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    #[expect(clippy::expect_used, reason = "a test that cannot do harm shows nothing")]
    fn signal(&self, signal: &str) {
        let life = self.life.lock();
        let process = &life.as_ref().expect("a server that runs").process;
        let sent = Command::new("kill").args([signal, process]).status().expect("kill is there");
        assert!(sent.success(), "{signal} reached the server");
    }

    /// The URL for a node.
    pub fn url(&self) -> String {
        format!("redis://autonomos:{}@127.0.0.1:{}/0", PASSWORDS.0, self.port)
    }

    /// The URL for somebody who has the wrong password.
    pub fn url_of_a_stranger(&self) -> String {
        format!("redis://autonomos:guessed@127.0.0.1:{}/0", self.port)
    }

    /// Runs a command as somebody who may do everything.
    ///
    /// # Panics
    /// If it fails.
    #[expect(clippy::expect_used, reason = "a test that cannot do harm shows nothing")]
    pub async fn command<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let url = format!("redis://admin:{}@127.0.0.1:{}/0", PASSWORDS.1, self.port);
        let client = Client::open(url).expect("a URL");
        let mut connection = client.get_multiplexed_async_connection().await.expect("the test server answers");
        let mut command = Cmd::new();
        command.arg(words);
        command.query_async(&mut connection).await.expect("the test server does it")
    }
}

impl Life {
    fn begin(port: u16) -> Result<Self, String> {
        let text = |e: std::io::Error| format!("{e}.");
        let folder = std::env::temp_dir().join(format!("autonomos-redis-{}-{port}", std::process::id()));
        let script = r#"umask 077
mkdir "$1" && printf '%s' "$SETTINGS" >"$1/redis.conf" && cd "$1" || exit 1
redis-server "$1/redis.conf" &
server=$!
until grep -q 'Ready to accept' "$1/log" 2>/dev/null; do
  kill -0 "$server" 2>/dev/null || { tail -3 "$1/log" >&2; rm -rf "$1"; exit 1; }
  sleep 0.01
done
echo "$server"
cat >/dev/null
kill -9 "$server"
wait "$server" 2>/dev/null
rm -rf "$1""#;
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]).arg(&folder).env("SETTINGS", settings(port));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut shell = command.spawn().map_err(text)?;
        let mut process = String::new();
        if let Some(out) = shell.stdout.take() {
            BufReader::new(out).read_line(&mut process).map_err(text)?;
        }
        let process = process.trim().to_owned();
        if process.is_empty() {
            return Err("redis-server did not start.".to_owned());
        }
        Ok(Self { shell, process })
    }
}

impl Drop for Life {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        // One that cannot be waited for has ended.
        self.shell.wait().ok();
    }
}

/// Nothing is kept, and roles are what the manual asks for.
fn settings(port: u16) -> String {
    let (node, admin) = PASSWORDS;
    format!(
        "port {port}\nbind 127.0.0.1\ndir .\nlogfile log\nsave \"\"\nappendonly no\n\
         user default off\nuser admin on >{admin} ~* &* +@all\nuser autonomos on >{node} {}\n",
        keys::ROLE
    )
}
