//! A connection to somebody's PostgreSQL: three seconds to connect, encrypted as [`super::tls`] says, read-only, every
//! statement with a deadline on the server and one here, and the server's refusals turned into what callers may do
//! about them.
//!
//! Nothing the server says is passed on word for word: it may quote a statement or a value. It goes to the log.

use std::time::Duration;

use autonomos_runtime::{Error, Kind, Result};
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Client, Config};

use super::tls::{self, Mode, Tls};

/// Longest wait for the server to answer a connect.
const CONNECT: Duration = Duration::from_secs(3);
/// What is waited for beyond the server's own deadline.
const GRACE: Duration = Duration::from_secs(2);

/// A checked address; `Debug` does not show the password.
#[derive(Clone)]
pub struct Address {
    config: Config,
    tls: Tls,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(***)")
    }
}

impl Address {
    /// Reads a URL, and how it is to be encrypted where the settings say so.
    pub fn parse(url: &str, sslmode: Option<&str>, authorities: Option<&str>) -> Result<Self> {
        let bad = |message: &'static str, remedy: &'static str| {
            Error::invalid("config.invalid", message).field("config/url").remedy(remedy)
        };
        let example = "Write it as postgres://user:password@host:5432/database";
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(bad("The address is not a PostgreSQL URL.", example));
        }
        let (url, asked) = tls::asked(url, sslmode)?;
        // The parser's own message may quote the password: it is not passed on.
        let mut config: Config = url.parse().map_err(|_| bad("The PostgreSQL URL cannot be read.", example))?;
        if config.get_hosts().is_empty() || config.get_hosts().iter().any(|h| !matches!(h, Host::Tcp(_))) {
            return Err(bad("The URL names no host, or a socket of the server's machine.", example));
        }
        let tls = Tls::new(asked, authorities, &config)?;
        config.ssl_mode(match tls.mode {
            Mode::Disable => SslMode::Disable,
            Mode::Prefer => SslMode::Prefer,
            Mode::Require | Mode::VerifyCa | Mode::VerifyFull => SslMode::Require,
        });
        config.connect_timeout(CONNECT).application_name("autonomos").tcp_user_timeout(Duration::from_secs(20));
        Ok(Self { config, tls })
    }

    async fn open(&self, config: &Config) -> Result<Result<Client, tokio_postgres::Error>> {
        let connecting = config.connect(self.tls.connector.clone());
        let Ok(done) = tokio::time::timeout(CONNECT + GRACE, connecting).await else { return Err(away()) };
        Ok(done.map(|(client, connection)| {
            tokio::spawn(async move {
                if let Err(error) = connection.await {
                    tracing::debug!(%error, "a source's connection ended");
                }
            });
            client
        }))
    }

    /// Opened as it is to be encrypted. With `prefer` a server whose TLS does not work is one without.
    async fn client(&self) -> Result<Client> {
        let mut done = self.open(&self.config).await?;
        if self.tls.mode == Mode::Prefer && done.as_ref().is_err_and(tls::is_fault) {
            let mut plain = self.config.clone();
            plain.ssl_mode(SslMode::Disable);
            done = self.open(&plain).await?;
        }
        done.map_err(|e| self.tls.fault(&e).unwrap_or_else(|| classify(&e, None)))
    }

    /// Connects and prepares the session.
    pub async fn connect(&self, call: Duration) -> Result<Session> {
        let client = self.client().await?;
        let session = Session { client, call };
        let millis = call.as_millis();
        session
            .bounded(None, async {
                session
                    .client
                    .batch_execute(&format!(
                        "set statement_timeout = {millis}; set lock_timeout = {millis}; set timezone = 'UTC'; \
                         set default_transaction_read_only = on; set datestyle = 'ISO'; set bytea_output = 'hex'"
                    ))
                    .await?;
                // Since version 14: a query whose client has gone ends by itself.
                drop(session.client.batch_execute("set client_connection_check_interval = 1000").await);
                Ok(())
            })
            .await?;
        Ok(session)
    }
}

/// An open connection.
pub struct Session {
    /// The driver's.
    pub client: Client,
    call: Duration,
}

impl Session {
    /// Awaits a call to the server within its deadline; `table` is named in errors.
    pub async fn bounded<T>(
        &self,
        table: Option<&str>,
        call: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T> {
        match tokio::time::timeout(self.call + GRACE, call).await {
            Ok(done) => done.map_err(|e| classify(&e, table)),
            Err(_) => Err(slow(table)),
        }
    }
}

fn away() -> Error {
    Error::unavailable("postgres.away", "PostgreSQL cannot be reached.")
        .field("config/url")
        .remedy("Check host, port and network; reading goes on by itself where it stopped.")
}

fn slow(table: Option<&str>) -> Error {
    let about = table.map(|t| format!(" about `{t}`")).unwrap_or_default();
    Error::unavailable("postgres.slow", format!("PostgreSQL did not answer{about} within the deadline."))
        .field("config/tables")
        .remedy("Look for locks or missing indexes on the cursor and key; reading is tried again.")
}

/// What an error of the driver means for a caller.
pub fn classify(error: &tokio_postgres::Error, table: Option<&str>) -> Error {
    let named = table.map_or_else(|| "The table".to_owned(), |t| format!("`{t}`"));
    let cause = || {
        let said = error.as_db_error().map_or_else(String::new, |e| format!(": {} {}", e.code().code(), e.message()));
        std::io::Error::other(format!("{error}{said}"))
    };
    let Some(state) = error.code() else {
        tracing::debug!(%error, "a source's connection failed");
        return away().source(cause());
    };
    let found = match *state {
        SqlState::INVALID_PASSWORD | SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            Error::invalid("postgres.credentials", "PostgreSQL refused the user or the password.")
                .field("config/url")
                .remedy("Correct them in the connection's URL.")
        }
        SqlState::INVALID_CATALOG_NAME => Error::invalid("postgres.no_database", "There is no such database.")
            .field("config/url")
            .remedy("Correct the database's name in the connection's URL."),
        SqlState::UNDEFINED_TABLE | SqlState::INVALID_SCHEMA_NAME => {
            Error::not_found("postgres.table_gone", format!("{named} no longer exists."))
                .field("config/tables")
                .remedy("What was read stays. Bring the table back, or take it out of the connection.")
        }
        SqlState::INSUFFICIENT_PRIVILEGE => {
            Error::denied("postgres.denied", format!("{named} may not be read by this user."))
                .field("config/url")
                .remedy("Grant SELECT on it to the connection's user.")
        }
        SqlState::QUERY_CANCELED | SqlState::LOCK_NOT_AVAILABLE => slow(table),
        SqlState::TOO_MANY_CONNECTIONS => Error::busy("postgres.full", "PostgreSQL has no free connection.")
            .remedy("Reading is tried again; raise max_connections if it stays."),
        SqlState::UNDEFINED_COLUMN | SqlState::DATATYPE_MISMATCH | SqlState::UNDEFINED_FUNCTION => {
            Error::unavailable("postgres.changed", format!("{named} changed while it was read."))
                .remedy("It is looked at anew and reading goes on.")
        }
        SqlState::ADMIN_SHUTDOWN
        | SqlState::CRASH_SHUTDOWN
        | SqlState::CANNOT_CONNECT_NOW
        | SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT
        | SqlState::IDLE_SESSION_TIMEOUT
        | SqlState::T_R_SERIALIZATION_FAILURE
        | SqlState::T_R_DEADLOCK_DETECTED => away(),
        _ if state.code().starts_with("08") || state.code().starts_with("57P") => away(),
        _ if state.code().starts_with("53") => {
            Error::busy("postgres.exhausted", "PostgreSQL is out of a resource.").remedy("Reading is tried again.")
        }
        _ => Error::new(
            Kind::Invalid,
            "postgres.refused",
            format!("PostgreSQL refused to read {}.", named.to_lowercase()),
        )
        .remedy("The server's log says why; check the types and views involved."),
    };
    found.source(cause())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in ["postgres://u:p@h:5432/d", "postgres://h/d?sslmode=require", "postgres://h/d?sslmode=verify-full"]
        {
            assert!(Address::parse(good, None, None).is_ok(), "{good}");
        }
        for bad in ["mysql://h/d", "postgres:///d?host=/var/run", "postgres://u:secret@h:port/d"] {
            let error = Address::parse(bad, None, None).unwrap_err();
            assert_eq!((error.code, error.field.as_deref()), ("config.invalid", Some("config/url")), "{bad}");
            assert!(!error.chain().contains("secret"));
        }
    }
}
