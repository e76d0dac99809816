//! How requests get to a bucket: by the HTTP client that everything else here uses, with deadlines. The store's own client
//! would be a second one with a second TLS.

use std::time::Duration;

use http_body_util::BodyExt as _;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use object_store::{ClientConfigKey, ClientOptions};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the other side may say nothing.
const SILENCE: Duration = Duration::from_secs(30);

/// See the module.
#[derive(Debug)]
pub struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // AWS_ALLOW_HTTP: keys and files in the clear are for a machine's own store.
        let in_the_clear = options.get_config_value(&ClientConfigKey::AllowHttp).as_deref() == Some("true");
        let client = reqwest::Client::builder()
            .https_only(!in_the_clear)
            .connect_timeout(CONNECT)
            .read_timeout(SILENCE)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(|e| object_store::Error::Generic { store: "S3", source: e.into() })?;
        Ok(HttpClient::new(Client(client)))
    }
}

#[derive(Debug)]
struct Client(reqwest::Client);

#[async_trait::async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap)).map_err(failed)?;
        let answer = self.0.execute(request).await.map_err(failed)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut told = HttpResponse::new(HttpResponseBody::new(reqwest::Body::from(answer).map_err(failed)));
        *told.status_mut() = status;
        *told.headers_mut() = headers;
        Ok(told)
    }
}

/// What it means for whether to try again. Addresses are left out: they may hold what nobody else should see.
fn failed(error: reqwest::Error) -> HttpError {
    let kind = if error.is_timeout() {
        HttpErrorKind::Timeout
    } else if error.is_connect() {
        HttpErrorKind::Connect
    } else if error.is_decode() {
        HttpErrorKind::Decode
    } else if error.is_request() || error.is_body() {
        HttpErrorKind::Interrupted
    } else {
        HttpErrorKind::Unknown
    };
    HttpError::new(kind, error.without_url())
}
