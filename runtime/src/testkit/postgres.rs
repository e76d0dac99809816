//! A private PostgreSQL for tests: made in a temporary folder, on a free port of the loopback, gone with the process.
//!
//! The server hangs on a pipe of the test process: when that ends, however it ends, the pipe closes and a small shell
//! stops the server and removes its folder. It never runs as root: a test run by root starts it as `postgres` or `nobody`.
//! `AUTONOMOS_TEST_POSTGRES_URL` (a superuser's URL) uses a server that is there instead.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, Command, Stdio};
use std::str::FromStr as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, ConnectOptions};

/// How to get the binaries.
const INSTALL: &str = "Install PostgreSQL's server binaries (Debian and Ubuntu: apt-get install postgresql), \
                       or set AUTONOMOS_TEST_POSTGRES_URL to a superuser's URL of a server for tests.";

/// A running server.
#[derive(Debug)]
pub struct Server {
    base: String,
    databases: AtomicU32,
    _alive: Option<ChildStdin>,
}

impl Server {
    /// The one of this test process, started on first use.
    ///
    /// # Panics
    /// With what to install, if it cannot be started: a suite that does not run is a suite that is not there.
    #[expect(clippy::panic, reason = "a test cannot go on without its server")]
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Result<Server, String>> = OnceLock::new();
        match SHARED.get_or_init(Self::start) {
            Ok(server) => server,
            Err(why) => panic!("no PostgreSQL for tests: {why} {INSTALL}"),
        }
    }

    /// Starts another one.
    pub fn start() -> Result<Self, String> {
        if let Ok(url) = std::env::var("AUTONOMOS_TEST_POSTGRES_URL") {
            let base = url.rsplit_once('/').map_or(url.clone(), |(base, _)| base.to_owned());
            return Ok(Self { base, databases: AtomicU32::new(0), _alive: None });
        }
        Self::begin(None)
    }

    /// Starts a private one, to be stopped in the middle of a test: by letting go of it.
    pub fn start_apart() -> Result<Self, String> {
        Self::begin(None)
    }

    /// Starts one that speaks TLS with a certificate and its key, as PEM. It is always a private one.
    pub fn start_with_tls(certificate: &str, key: &str) -> Result<Self, String> {
        Self::begin(Some((certificate, key)))
    }

    fn begin(tls: Option<(&str, &str)>) -> Result<Self, String> {
        let binaries = binaries().ok_or("initdb was not found.")?;
        let text = |e: std::io::Error| format!("{e}.");
        let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).map_err(text)?.port();
        let folder = std::env::temp_dir().join(format!("autonomos-pg-{}-{port}", std::process::id()));
        // The folder is made by the user that the server runs as; fsync is off because nothing here outlives the test.
        let script = r#"set -e
umask 077
mkdir "$2"
"$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --no-sync >"$2/initdb.log" 2>&1 || { tail -3 "$2/initdb.log" >&2; exit 1; }
if [ -n "$CERTIFICATE" ]; then
  printf '%s' "$CERTIFICATE" >"$2/data/server.crt"; printf '%s' "$KEY" >"$2/data/server.key"
  echo "ssl = on" >>"$2/data/postgresql.conf"
fi
"$1/pg_ctl" -D "$2/data" -w -t 60 -l "$2/log" -o "-p $3 -h 127.0.0.1 -k $2 -c fsync=off -c autovacuum=off -c max_connections=100" start >/dev/null 2>&1 \
  || { tail -3 "$2/log" >&2; exit 1; }
echo ready
cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null 2>&1
rm -rf "$2""#;
        let mut command = match unprivileged() {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args([format!("--reuid={user}"), format!("--regid={user}"), "--clear-groups".to_owned()]);
                command.arg("sh");
                command
            }
            None => Command::new("sh"),
        };
        command.args(["-c", script, "sh"]).arg(&binaries).arg(&folder).arg(port.to_string());
        let (certificate, key) = tls.unwrap_or_default();
        command.env("CERTIFICATE", certificate).env("KEY", key);
        command.current_dir("/").env_remove("LD_LIBRARY_PATH");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().map_err(text)?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line).map_err(text)?;
        }
        if line.trim() != "ready" {
            return Err("the server did not start.".to_owned());
        }
        let alive = child.stdin.take();
        Ok(Self { base: format!("postgres://postgres@127.0.0.1:{port}"), databases: AtomicU32::new(0), _alive: alive })
    }

    /// The URL of a fresh database, as a superuser.
    ///
    /// # Panics
    /// If the server is gone.
    pub async fn database(&self) -> String {
        self.named(&self.next()).await
    }

    /// The URLs of a fresh database for a store: as the role that nodes connect as, and as the one that owns the tables.
    ///
    /// # Panics
    /// If the server is gone.
    #[expect(clippy::expect_used, reason = "a test cannot go on without its roles")]
    pub async fn store(&self) -> StoreUrls {
        let name = self.next();
        let superuser = self.named(&name).await;
        let sql = format!(
            "do $$ begin create role autonomos_owner login; exception when duplicate_object or unique_violation then null; end $$;
             do $$ begin create role autonomos_app login; exception when duplicate_object or unique_violation then null; end $$;
             alter database {name} owner to autonomos_owner"
        );
        let mut connection = connect(&superuser).await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("roles can be made");
        let of = |role: &str| superuser.replacen("//postgres@", &format!("//{role}@"), 1);
        StoreUrls { app: of("autonomos_app"), owner: of("autonomos_owner"), superuser: superuser.clone() }
    }

    fn next(&self) -> String {
        format!("test_{}_{}", std::process::id(), self.databases.fetch_add(1, Ordering::Relaxed))
    }

    #[expect(clippy::expect_used, reason = "a test cannot go on without its database")]
    async fn named(&self, name: &str) -> String {
        let mut first = connect(&format!("{}/postgres", self.base)).await;
        let sql = AssertSqlSafe(format!("create database {name}"));
        sqlx::raw_sql(sql).execute(&mut first).await.expect("a database can be made");
        format!("{}/{name}", self.base)
    }
}

/// The same database as three roles.
#[derive(Clone, Debug)]
pub struct StoreUrls {
    /// As nodes connect.
    pub app: String,
    /// As tables are made.
    pub owner: String,
    /// As somebody who sees everything.
    pub superuser: String,
}

/// Connects.
///
/// # Panics
/// If the server does not answer.
#[expect(clippy::expect_used, reason = "a test cannot go on without its server")]
pub async fn connect(url: &str) -> PgConnection {
    PgConnectOptions::from_str(url).expect("a URL").connect().await.expect("the test server answers")
}

/// The newest installed binaries.
fn binaries() -> Option<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| Some((e.file_name().to_str()?.parse().ok()?, e.path().join("bin"))))
        .collect();
    found.sort();
    let on_path = std::env::var_os("PATH").unwrap_or_default();
    let known = ["/usr/pgsql-18/bin", "/usr/local/pgsql/bin", "/opt/homebrew/bin", "/usr/local/bin"].map(PathBuf::from);
    let candidates = found.into_iter().rev().map(|(_, p)| p).chain(std::env::split_paths(&on_path)).chain(known);
    candidates.into_iter().find(|p| p.join("initdb").is_file() && p.join("pg_ctl").is_file())
}

/// Whom to run as, if we are root.
fn unprivileged() -> Option<&'static str> {
    // Of this process, and so of whom it runs as.
    if std::fs::metadata("/proc/self").is_ok_and(|itself| itself.uid() != 0) {
        return None;
    }
    let passwd = std::fs::read_to_string(Path::new("/etc/passwd")).unwrap_or_default();
    ["postgres", "nobody"].into_iter().find(|user| passwd.lines().any(|l| l.starts_with(&format!("{user}:"))))
}
