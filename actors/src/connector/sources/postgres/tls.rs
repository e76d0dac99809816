//! How a connection to PostgreSQL is encrypted and whom it trusts: the modes of libpq, with the meaning they have there.
//!
//! | mode | encrypted | whom it trusts |
//! |---|---|---|
//! | `disable` | no | the network |
//! | `prefer` | if the server can | the network |
//! | `require` | always | the network, or the `ca_certificate` if one is given |
//! | `verify-ca` | always | a server whose certificate the `ca_certificate` signed |
//! | `verify-full` | always | one that also has the name it is reached by; without a `ca_certificate` the public authorities sign |
//!
//! Without a word: `verify-full` where a `ca_certificate` is given, because nobody gives one for less; `prefer` on this
//! machine, where nobody else listens and few servers speak TLS; `require` elsewhere, because libpq's own default sends
//! rows in the clear over any network as soon as somebody in between says that the server cannot do better. Whoever
//! trusts a network says `disable`. A certificate that is itself given is trusted as it is, as a self-signed one has to be.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;

use autonomos_runtime::{Error, Result};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslNegotiation};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What a server says to whoever begins a handshake by itself.
const PROTOCOL: &[u8] = b"postgresql";

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// `disable`
    Disable,
    /// `prefer`
    Prefer,
    /// `require`
    Require,
    /// `verify-ca`
    VerifyCa,
    /// `verify-full`
    VerifyFull,
}

impl Mode {
    fn parse(word: &str, field: &str) -> Result<Self> {
        match word {
            "disable" => Ok(Self::Disable),
            "prefer" => Ok(Self::Prefer),
            "require" => Ok(Self::Require),
            "verify-ca" => Ok(Self::VerifyCa),
            "verify-full" => Ok(Self::VerifyFull),
            _ => Err(Error::invalid("config.invalid", format!("There is no sslmode `{word}`."))
                .field(field)
                .remedy("Use disable, prefer, require, verify-ca or verify-full.")),
        }
    }
}

/// Takes what the driver does not know out of a URL; the URL without it, and the mode that is asked for.
pub fn asked(url: &str, sslmode: Option<&str>) -> Result<(String, Option<Mode>)> {
    let set = sslmode.map(|word| Mode::parse(word, "config/sslmode")).transpose()?;
    let (place, query) = url.split_once('?').unwrap_or((url, ""));
    let (mut mode, mut rest) = (None, Vec::new());
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match name {
            "sslmode" => mode = Some(Mode::parse(value, "config/url")?),
            // libpq's word for the public authorities.
            "sslrootcert" if value == "system" => mode = mode.or(Some(Mode::VerifyFull)),
            "sslrootcert" | "sslcert" | "sslkey" | "sslpassword" | "sslcrl" | "sslcrldir" => {
                return Err(Error::invalid(
                    "config.invalid",
                    format!("The URL names a file of this machine as {name}."),
                )
                .field("config/url")
                .remedy(
                    "Put the authority's certificate itself into ca_certificate; client certificates are not used.",
                ));
            }
            _ => rest.push(pair),
        }
    }
    if let (Some(url), Some(set)) = (mode, set)
        && url != set
    {
        return Err(Error::invalid("config.invalid", "The URL and sslmode ask for different things.")
            .field("config/sslmode")
            .remedy("Take sslmode out of the URL."));
    }
    let url = if rest.is_empty() { place.to_owned() } else { format!("{place}?{}", rest.join("&")) };
    Ok((url, set.or(mode)))
}

/// How connections of one source are encrypted.
#[derive(Clone)]
pub struct Tls {
    /// What is asked of the server.
    pub mode: Mode,
    /// The driver's.
    pub connector: MakeRustlsConnect,
    host: Arc<str>,
}

impl Tls {
    /// For the hosts of an address.
    pub fn new(asked: Option<Mode>, authorities: Option<&str>, config: &Config) -> Result<Self> {
        let given = authorities.map(certificates).transpose()?;
        let mode = settled(asked, given.is_some(), config.get_hosts().iter().all(is_loopback));
        if mode == Mode::VerifyCa && given.is_none() {
            return Err(Error::invalid("config.invalid", "sslmode=verify-ca needs an authority to trust.")
                .field("config/ca_certificate")
                .remedy("Give the PEM of the authority that signed the server's certificate, or use verify-full."));
        }
        let host = config.get_hosts().iter().find_map(|host| match host {
            Host::Tcp(name) => Some(name.as_str().into()),
            Host::Unix(_) => None,
        });
        let direct = config.get_ssl_negotiation() == SslNegotiation::Direct;
        Ok(Self { mode, connector: connector(mode, given, direct)?, host: host.unwrap_or_else(|| "".into()) })
    }

    /// What a failed handshake means for a caller; none for an error of another kind.
    pub fn fault(&self, error: &tokio_postgres::Error) -> Option<Error> {
        if !is_fault(error) {
            return None;
        }
        let found = match certificate_fault(error) {
            Some(fault) => self.certificate(fault),
            None if lacks_tls(error) => {
                Error::invalid("postgres.no_tls", "The server does not speak TLS, and the connection asks for it.")
                    .field("config/sslmode")
                    .remedy(
                        "Switch TLS on at the server (ssl = on), or use sslmode=disable where the network is trusted.",
                    )
            }
            None => Error::invalid("postgres.tls_failed", "The TLS handshake with the server failed.")
                .field("config/sslmode")
                .remedy(
                    "Check that the server speaks TLS 1.2 or 1.3, or use sslmode=disable where the network is trusted.",
                ),
        };
        Some(found.source(std::io::Error::other(chain(error))))
    }

    fn certificate(&self, fault: &CertificateError) -> Error {
        use CertificateError as C;
        let host = &self.host;
        match fault {
            C::NotValidForName | C::NotValidForNameContext { .. } => {
                Error::invalid("postgres.tls_wrong_host", format!("The server's certificate is not made for `{host}`."))
                    .field("config/url")
                    .remedy("Reach the server by a name that its certificate has, or use sslmode=verify-ca.")
            }
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. } => {
                Error::invalid("postgres.tls_expired", "The server's certificate has expired, or is not valid yet.")
                    .field("config/url")
                    .remedy("Renew it at the server, and check both clocks.")
            }
            _ => Error::invalid(
                "postgres.tls_untrusted",
                "The server's certificate is not signed by a trusted authority.",
            )
            .field("config/ca_certificate")
            .remedy("Give the PEM of the authority that signed it."),
        }
    }
}

/// The mode where the settings may say nothing.
fn settled(asked: Option<Mode>, trusted: bool, here: bool) -> Mode {
    match asked {
        // As in libpq: who names an authority wants it to have signed.
        Some(Mode::Require) if trusted => Mode::VerifyCa,
        Some(mode) => mode,
        None if trusted => Mode::VerifyFull,
        None if here => Mode::Prefer,
        None => Mode::Require,
    }
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|at| at.is_loopback())
        }
        Host::Unix(_) => true,
    }
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let bad = |what: &'static str| {
        Error::invalid("config.invalid", what).field("config/ca_certificate").remedy(
            "Paste the authority's certificate whole, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.",
        )
    };
    let read =
        read.map_err(|e| bad("The authority's certificate is no PEM.").source(std::io::Error::other(e.to_string())))?;
    if read.is_empty() { Err(bad("There is no certificate in ca_certificate.")) } else { Ok(read) }
}

fn connector(mode: Mode, given: Option<Vec<CertificateDer<'static>>>, direct: bool) -> Result<MakeRustlsConnect> {
    let mut roots = RootCertStore::empty();
    let given = given.unwrap_or_default();
    for certificate in &given {
        roots.add(certificate.clone()).map_err(|e| {
            Error::invalid("config.invalid", "A certificate in ca_certificate cannot be read.")
                .field("config/ca_certificate")
                .remedy("Give the authority's certificate as it was issued.")
                .source(e)
        })?;
    }
    if given.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = rustls::crypto::ring::default_provider();
    let verifier = Verifier {
        roots,
        given,
        signer: matches!(mode, Mode::VerifyCa | Mode::VerifyFull),
        name: mode == Mode::VerifyFull,
        algorithms: provider.signature_verification_algorithms,
    };
    let mut config = client(provider, verifier)?;
    if direct {
        config.alpn_protocols = vec![PROTOCOL.to_vec()];
    }
    Ok(MakeRustlsConnect::new(config))
}

fn client(provider: CryptoProvider, verifier: Verifier) -> Result<ClientConfig> {
    let builder = ClientConfig::builder_with_provider(Arc::new(provider)).with_safe_default_protocol_versions();
    let builder = builder.map_err(|e| Error::internal("postgres.tls", "TLS cannot be set up.").source(e))?;
    Ok(builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth())
}

/// Looks at as much of a server's certificate as the mode asks; that the server holds its key is always checked.
#[derive(Debug)]
struct Verifier {
    roots: RootCertStore,
    given: Vec<CertificateDer<'static>>,
    signer: bool,
    name: bool,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let certificate = ParsedCertificate::try_from(end_entity)?;
        if self.signer && !self.given.iter().any(|known| known == end_entity) {
            let algorithms = self.algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&certificate, &self.roots, intermediates, now, algorithms)?;
        }
        if self.name {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signature, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signature, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// Whether an error of the driver is one of the handshake. It does not say so but in its text.
pub fn is_fault(error: &tokio_postgres::Error) -> bool {
    error.code().is_none() && error.to_string().starts_with("error performing TLS handshake")
}

fn lacks_tls(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(|cause| cause.to_string() == "server does not support TLS")
}

/// What is wrong with the server's certificate, if that is what went wrong.
fn certificate_fault(error: &tokio_postgres::Error) -> Option<&CertificateError> {
    let mut cause = error.source();
    while let Some(at) = cause {
        if let Some(rustls::Error::InvalidCertificate(fault)) = at.downcast_ref() {
            return Some(fault);
        }
        let inner = at.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        cause = match inner {
            Some(inner) => Some(inner as &(dyn std::error::Error + 'static)),
            None => at.source(),
        };
    }
    None
}

fn chain(error: &tokio_postgres::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

#[cfg(test)]
mod tests;
