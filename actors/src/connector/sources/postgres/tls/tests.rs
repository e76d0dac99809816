//! Modes as tables, and each of them against real servers: one with a certificate made here, one without TLS.

use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

use super::super::connect::Address;
use super::*;
use crate::testkit::postgres::{Server, database};

/// An authority's certificate, and that of a server for a name with its key, as PEM.
struct Made {
    authority: String,
    server: String,
    key: String,
}

fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    (params, KeyPair::generate().unwrap())
}

fn made(host: &str, change: impl FnOnce(&mut CertificateParams)) -> Made {
    let (params, signer) = authority("Tests' own authority");
    let pem = params.self_signed(&signer).unwrap().pem();
    let issuer = Issuer::new(params, signer);
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
    change(&mut params);
    let server = params.signed_by(&key, &issuer).unwrap().pem();
    Made { authority: pem, server, key: key.serialize_pem() }
}

/// Whether the session is encrypted, or the code and field of the refusal.
async fn outcome(url: &str, mode: Option<&str>, authority: Option<&str>) -> String {
    let opened = match Address::parse(url, mode, authority) {
        Ok(address) => address.connect(Duration::from_secs(5)).await,
        Err(error) => Err(error),
    };
    match opened {
        Ok(session) => {
            let asked = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
            let row = session.client.query_one(asked, &[]).await.unwrap();
            if row.get::<_, bool>(0) { "encrypted".to_owned() } else { "plain".to_owned() }
        }
        Err(error) => {
            assert!(error.remedy.is_some() && !error.retryable(), "{error:?}");
            format!("{} {}", error.code, error.field.unwrap_or_default())
        }
    }
}

/// The same database by another name of this machine.
fn by_name(url: &str) -> String {
    url.replace("127.0.0.1", "localhost")
}

#[tokio::test]
async fn each_mode_asks_of_the_server_what_it_does_in_libpq() {
    let good = made("localhost", |_| {});
    let other = made("localhost", |_| {});
    let server = Server::start_with_tls(&good.server, &good.key).unwrap();
    let (here, _client) = database(&server).await;
    let named = by_name(&here);
    let (ours, theirs) = (Some(good.authority.as_str()), Some(other.authority.as_str()));
    let (untrusted, wrong_host) =
        ("postgres.tls_untrusted config/ca_certificate", "postgres.tls_wrong_host config/url");
    let table = [
        (&here, Some("disable"), None, "plain"),
        (&here, Some("prefer"), None, "encrypted"),
        (&here, Some("require"), None, "encrypted"),
        (&here, None, None, "encrypted"),
        // An authority that is named must have signed, whatever the name.
        (&here, Some("require"), ours, "encrypted"),
        (&here, Some("require"), theirs, untrusted),
        (&here, Some("verify-ca"), ours, "encrypted"),
        (&here, Some("verify-ca"), theirs, untrusted),
        (&here, Some("verify-ca"), None, "config.invalid config/ca_certificate"),
        (&named, Some("verify-full"), ours, "encrypted"),
        (&named, None, ours, "encrypted"),
        (&named, Some("verify-full"), theirs, untrusted),
        (&named, Some("verify-full"), None, untrusted),
        (&here, Some("verify-full"), ours, wrong_host),
        (&here, None, ours, wrong_host),
        (&here, Some("verify-full"), Some("no certificate"), "config.invalid config/ca_certificate"),
        // The certificate itself, given as the one to trust.
        (&named, Some("verify-full"), Some(good.server.as_str()), "encrypted"),
    ];
    for (url, mode, authority, wanted) in table {
        assert_eq!(outcome(url, mode, authority).await, wanted, "{mode:?} {url} {}", authority.is_some());
    }
    assert_eq!(outcome(&format!("{here}?sslmode=require"), None, None).await, "encrypted");
    assert_eq!(outcome(&format!("{named}?sslmode=verify-full"), None, ours).await, "encrypted");
    assert_eq!(outcome(&format!("{here}?sslmode=verify-full&application_name=x"), None, ours).await, wrong_host);
}

#[tokio::test]
async fn a_certificate_that_has_expired_or_signed_itself() {
    let old = made("localhost", |params| params.not_after = rcgen::date_time_ymd(2020, 1, 1));
    let server = Server::start_with_tls(&old.server, &old.key).unwrap();
    let named = by_name(&database(&server).await.0);
    let expired = "postgres.tls_expired config/url";
    assert_eq!(outcome(&named, Some("verify-full"), Some(&old.authority)).await, expired);
    assert_eq!(outcome(&named, Some("verify-ca"), Some(&old.authority)).await, expired);
    assert_eq!(outcome(&named, Some("require"), None).await, "encrypted");

    // What `openssl req -x509` makes: its own authority.
    let (mut params, key) = authority("localhost");
    params.subject_alt_names = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().subject_alt_names;
    let itself = params.self_signed(&key).unwrap().pem();
    let server = Server::start_with_tls(&itself, &key.serialize_pem()).unwrap();
    let named = by_name(&database(&server).await.0);
    assert_eq!(outcome(&named, Some("verify-full"), Some(&itself)).await, "encrypted");
    let other = made("localhost", |_| {});
    assert_eq!(
        outcome(&named, Some("verify-full"), Some(&other.authority)).await,
        "postgres.tls_untrusted config/ca_certificate"
    );
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_it_is_asked_for() {
    let (url, _client) = database(Server::shared()).await;
    for mode in ["disable", "prefer"] {
        assert_eq!(outcome(&url, Some(mode), None).await, "plain");
    }
    assert_eq!(outcome(&url, None, None).await, "plain", "on this machine");
    let authority = made("localhost", |_| {}).authority;
    for mode in ["require", "verify-ca", "verify-full"] {
        assert_eq!(outcome(&url, Some(mode), Some(&authority)).await, "postgres.no_tls config/sslmode", "{mode}");
    }
    assert_eq!(outcome(&url, Some("require"), None).await, "postgres.no_tls config/sslmode");
}

/// A port whose first caller is promised TLS and hung up on; later ones reach the server.
async fn broken_before(url: &str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (before, port) = (url.rsplit_once('@').unwrap(), listener.local_addr().unwrap().port());
    let (server, database) = before.1.split_once('/').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    tokio::spawn(async move {
        let (mut first, _) = listener.accept().await.unwrap();
        tokio::io::AsyncReadExt::read_exact(&mut first, &mut [0; 8]).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut first, b"Sno handshake").await.unwrap();
        drop(first);
        while let Ok((mut caller, _)) = listener.accept().await {
            let mut through = tokio::net::TcpStream::connect(&server).await.unwrap();
            tokio::spawn(async move { tokio::io::copy_bidirectional(&mut caller, &mut through).await });
        }
    });
    format!("{}@127.0.0.1:{port}/{database}", before.0)
}

#[tokio::test]
async fn a_handshake_that_fails_is_no_tls_where_it_was_only_preferred() {
    let (url, _client) = database(Server::shared()).await;
    assert_eq!(outcome(&broken_before(&url).await, Some("prefer"), None).await, "plain");
    assert_eq!(outcome(&broken_before(&url).await, Some("require"), None).await, "postgres.tls_failed config/sslmode");
}

#[test]
fn modes_without_a_word_depend_on_where_the_server_is() {
    let table = [
        (None, false, true, Mode::Prefer),
        (None, false, false, Mode::Require),
        (None, true, true, Mode::VerifyFull),
        (None, true, false, Mode::VerifyFull),
        (Some(Mode::Disable), true, false, Mode::Disable),
        (Some(Mode::Prefer), true, false, Mode::Prefer),
        (Some(Mode::Require), false, false, Mode::Require),
        (Some(Mode::Require), true, false, Mode::VerifyCa),
    ];
    for (asked, trusted, here, wanted) in table {
        assert_eq!(settled(asked, trusted, here), wanted, "{asked:?} {trusted} {here}");
    }
    for (name, here) in
        [("localhost", true), ("127.0.0.9", true), ("::1", true), ("10.0.0.5", false), ("db.example.com", false)]
    {
        assert_eq!(is_loopback(&Host::Tcp(name.to_owned())), here, "{name}");
    }
}

#[test]
fn what_a_url_asks_for_is_taken_out_of_it() {
    let good = [
        ("postgres://h/d", None, "postgres://h/d", None),
        ("postgres://h/d?sslmode=verify-ca", None, "postgres://h/d", Some(Mode::VerifyCa)),
        ("postgres://h/d?a=b&sslmode=require&c=d", None, "postgres://h/d?a=b&c=d", Some(Mode::Require)),
        ("postgres://h/d?sslrootcert=system", None, "postgres://h/d", Some(Mode::VerifyFull)),
        ("postgres://h/d", Some("disable"), "postgres://h/d", Some(Mode::Disable)),
        ("postgres://h/d?sslmode=require", Some("require"), "postgres://h/d", Some(Mode::Require)),
    ];
    for (url, set, rest, mode) in good {
        assert_eq!(asked(url, set).unwrap(), (rest.to_owned(), mode), "{url}");
    }
    let bad = [
        ("postgres://h/d?sslmode=maybe", None, "config/url"),
        ("postgres://h/d?sslmode=allow", None, "config/url"),
        ("postgres://h/d", Some("always"), "config/sslmode"),
        ("postgres://h/d?sslmode=disable", Some("require"), "config/sslmode"),
        ("postgres://h/d?sslrootcert=/etc/ca.pem", None, "config/url"),
        ("postgres://h/d?sslkey=/etc/key.pem", None, "config/url"),
    ];
    for (url, set, field) in bad {
        let error = asked(url, set).unwrap_err();
        assert_eq!((error.code, error.field.as_deref()), ("config.invalid", Some(field)), "{url}");
        assert!(error.remedy.is_some());
    }
}
