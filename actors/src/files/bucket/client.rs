//! How requests get to a bucket: by the HTTP client that everything else here uses, under a guard. The store's own client
//! would be a second one with a second TLS. Which requests may be made again is the store's knowledge, so it does that.

use autonomos_runtime::resilience::Guard;
use autonomos_runtime::{Error, Kind};
use http_body_util::BodyExt as _;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
};
use object_store::{ClientConfigKey, ClientOptions};

use crate::outside::transport;

/// See the module. What the guard has as a call's time, the other side may say nothing for.
#[derive(Debug)]
pub struct Connector(pub Guard);

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        // AWS_ALLOW_HTTP: keys and files in the clear are for a machine's own store.
        let in_the_clear = options.get_config_value(&ClientConfigKey::AllowHttp).as_deref() == Some("true");
        let client = transport::builder()
            .https_only(!in_the_clear)
            .read_timeout(self.0.timeout())
            .build()
            .map_err(|e| object_store::Error::Generic { store: "S3", source: e.into() })?;
        Ok(HttpClient::new(Client(client, self.0.clone())))
    }
}

#[derive(Debug)]
struct Client(reqwest::Client, Guard);

#[async_trait::async_trait]
impl HttpService for Client {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let request = reqwest::Request::try_from(request.map(reqwest::Body::wrap)).map_err(failed)?;
        let entered = self.1.enter(request.url().host_str().unwrap_or_default()).map_err(not_now)?;
        let answer = match self.0.execute(request).await {
            Ok(answer) if !answer.status().is_server_error() => {
                entered.worked();
                answer
            }
            Ok(answer) => {
                entered.failed();
                answer
            }
            Err(error) => {
                entered.failed();
                return Err(failed(error));
            }
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut told = HttpResponse::new(HttpResponseBody::new(reqwest::Body::from(answer).map_err(failed)));
        *told.status_mut() = status;
        *told.headers_mut() = headers;
        Ok(told)
    }
}

/// Not asked at all: one that is busy soon again, one that does not answer not by this call.
fn not_now(error: Error) -> HttpError {
    let kind = if error.kind == Kind::Busy { HttpErrorKind::Connect } else { HttpErrorKind::Unknown };
    HttpError::new(kind, error)
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
