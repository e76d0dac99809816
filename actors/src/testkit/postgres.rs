//! A fresh database on the private PostgreSQL of the tests, and a client in it.

pub use autonomos_runtime::testkit::postgres::Server;
use tokio_postgres::{Client, NoTls};

/// The URL of a fresh database, and a client in it.
///
/// # Panics
/// If the server is gone.
#[expect(clippy::expect_used, reason = "a test cannot go on without its database")]
pub async fn database(server: &Server) -> (String, Client) {
    let url = server.database().await;
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.expect("the test server answers");
    tokio::spawn(connection);
    (url, client)
}
