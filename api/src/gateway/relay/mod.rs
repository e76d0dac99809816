//! Which node answers a request, and the one hop to it.
//!
//! The problem: a tenant is owned by one node, and its people come to any. The guarantee: a request for a tenant is answered by
//! its owner, reached by one signed hop at most ([`hop`]), so there is no loop; the owner checks the caller's own token as if
//! they had come there. Bodies and answers pass through as they arrive; the time for an answer shrinks with the hop. A node
//! that is not the owner answers 421 with the one it knows, and the node that the caller came to asks once more, where that may
//! help; otherwise it says 503, and who the owner is.
//!
//! An owner that says nothing is waited for no longer than until somebody else owns the tenant. A hop is made at most once for a
//! request whose body was passed on already: the caller tries again, with an idempotency key if it matters. Nothing is kept here,
//! so a crash loses the requests under way and nothing else.

pub mod hop;

use std::time::Duration;

use autonomos_cluster::director::Director;
use autonomos_cluster::routing::Route;
use autonomos_cluster::serving::Place;
use autonomos_runtime::authority::{Instance, NodeId};
use autonomos_runtime::ids::TenantId;
use autonomos_runtime::{Error, Result};
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use self::hop::{HEADER, Hop, Hops, Of, STREAMED};
use super::access::{self, Access};
use super::limits;
use super::trace::Trace;
use crate::auth::caller::{self, Caller};
use crate::error::Problem;
use crate::state::AppState;
use crate::telemetry;

/// Whose a tenant is, in an answer of 421.
const OWNER: HeaderName = HeaderName::from_static("x-autonomos-owner");
/// What the way takes off the time that is left.
const WAY: Duration = Duration::from_millis(100);
/// How long a connection to another node may take.
const CONNECT: Duration = Duration::from_secs(2);

/// Headers that are of one connection, or that this node sets itself.
const OURS: [HeaderName; 10] = [
    header::CONNECTION,
    header::HOST,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
    header::TE,
    header::TRAILER,
    header::PROXY_AUTHORIZATION,
    HEADER,
    HeaderName::from_static("keep-alive"),
];

/// The ownership under which a request is answered here.
#[derive(Clone, Copy, Debug)]
pub struct Owned(pub i64);

impl Owned {
    /// Of a request, if it is a tenant's and there are other nodes.
    pub fn of(extensions: &Extensions) -> Option<i64> {
        extensions.get::<Self>().map(|owned| owned.0)
    }
}

/// An answer that another node made: nothing about it is changed any more.
#[derive(Clone, Copy, Debug)]
pub struct Relayed;

/// The cluster, as far as requests know it.
pub struct Relay {
    director: Director,
    hops: Hops,
    client: reqwest::Client,
}

impl Relay {
    /// Over a director, with the installation's secrets.
    pub fn new(director: Director, hops: Hops) -> Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(|e| Error::internal("relay.client", "other nodes cannot be spoken to").source(e))?;
        Ok(Self { director, hops, client })
    }

    /// What reconciles this node with the rows.
    pub const fn director(&self) -> &Director {
        &self.director
    }
}

/// What becomes of a request.
pub enum Course {
    /// It is answered here: under that ownership, if it is a tenant's, and within so long, if it came by a hop.
    Here(Request, Option<i64>, Option<Duration>),
    /// It was answered elsewhere, or not at all.
    Answered(Response),
}

/// Whose owner is to answer a request: the caller's tenant's, or of the one that the operator names. None: any node does.
fn whose(caller: Option<&Caller>, path: &str) -> Option<TenantId> {
    match access::of(path) {
        // Live events are on every node, and who signs in has no owner yet.
        Access::Public | Access::Live => None,
        Access::Operator => {
            let rest = path.strip_prefix(access::OPERATOR)?.strip_prefix("tenants/")?;
            rest.split('/').next()?.parse().ok()
        }
        Access::Token if anywhere(path) => None,
        Access::Token => caller.map(|caller| caller.tenant),
    }
}

/// What any node answers about a tenant: who its people are, and how the cluster is.
fn anywhere(path: &str) -> bool {
    path.starts_with("/api/v1/auth/") || path == "/api/v1/admin/cluster"
}

/// Finds out where a request is answered, and passes it on if that is elsewhere.
pub async fn course(app: &AppState, caller: Option<&Caller>, request: Request) -> Course {
    let Some(relay) = &app.relay else { return Course::Here(request, None, None) };
    match Box::pin(relayed(app, relay, caller, request)).await {
        Ok(course) => course,
        Err(problem) => Course::Answered(problem.into_response()),
    }
}

async fn relayed(app: &AppState, relay: &Relay, caller: Option<&Caller>, request: Request) -> Result<Course, Problem> {
    let path = request.uri().path();
    let Some(tenant) = whose(caller, path) else { return Ok(Course::Here(request, None, None)) };
    let (hopped, request) = by_a_hop(app, relay, tenant, request).await?;
    let changes = !request.method().is_safe();
    match relay.director.settle(tenant, changes, hopped.is_some()).await {
        Place::Here(epoch) => Ok(Course::Here(request, Some(epoch), hopped.map(|hop| hop.left))),
        Place::Misdirected(route) => Ok(Course::Answered(misdirected(&route))),
        Place::Later => Err(nobody(None)),
        Place::Hop(route) => pass_on(app, relay, tenant, route, request).await.map(Course::Answered),
    }
}

/// The hop that a request came by, if it did; what it says of the body is made sure of.
async fn by_a_hop(
    app: &AppState,
    relay: &Relay,
    tenant: TenantId,
    request: Request,
) -> Result<(Option<Hop>, Request), Problem> {
    let of = Of {
        method: request.method(),
        path: path_of(&request),
        credential: caller::presented(request.headers()).unwrap_or_default(),
    };
    let Some(hop) = relay.hops.verify(request.headers(), of)? else { return Ok((None, request)) };
    if hop.tenant != tenant || hop.to != *relay.director.me() {
        // Of a former start of this node, mostly.
        return Err(elsewhere().into());
    }
    if hop.body == STREAMED {
        return Ok((Some(hop), request));
    }
    let (parts, body) = request.into_parts();
    let body = limits::whole(&app.config, body).await?;
    if hop.body != hash(&body) {
        return Err(Error::unauthenticated("hop.refused", "the body is not the one that was passed on").into());
    }
    Ok((Some(hop), Request::from_parts(parts, Body::from(body))))
}

fn path_of(request: &Request) -> &str {
    request.uri().path_and_query().map_or_else(|| request.uri().path(), axum::http::uri::PathAndQuery::as_str)
}

fn hash(body: &[u8]) -> String {
    hex::encode(Sha256::digest(body))
}

/// What is passed on: bytes that may be passed on again, or an upload on its way.
enum Cargo {
    Whole(Bytes),
    Streamed(Option<Body>),
}

impl Cargo {
    fn body(&mut self) -> Option<reqwest::Body> {
        match self {
            Self::Whole(bytes) => Some(bytes.clone().into()),
            Self::Streamed(body) => body.take().map(|body| reqwest::Body::wrap_stream(body.into_data_stream())),
        }
    }

    fn says(&self) -> String {
        match self {
            Self::Whole(bytes) => hash(bytes),
            Self::Streamed(_) => STREAMED.to_owned(),
        }
    }
}

async fn pass_on(
    app: &AppState,
    relay: &Relay,
    tenant: TenantId,
    mut route: Route,
    request: Request,
) -> Result<Response, Problem> {
    let began = app.ambient.elapsed();
    let untimed = limits::untimed(request.method(), request.uri().path());
    let path = path_of(&request).to_owned();
    let (parts, body) = request.into_parts();
    let mut cargo =
        if untimed { Cargo::Streamed(Some(body)) } else { Cargo::Whole(limits::whole(&app.config, body).await?) };
    let longest = Duration::from_secs(app.config.http.request_seconds);
    for nth in 0.. {
        let left = longest.saturating_sub(app.ambient.elapsed().saturating_sub(began)).saturating_sub(WAY);
        let Some(body) = cargo.body() else { return Err(nobody(Some(&route))) };
        let hop = Hop { from: relay.director.me().clone(), to: route.owner.clone(), tenant, left, body: cargo.says() };
        let asked = ask(relay, &hop, &parts, &path, &route, body)?;
        // One that is stopped takes connections and says nothing: whoever waits for it is told when somebody else has taken over.
        let asked = async {
            tokio::select! {
                answer = asked => Ok(answer),
                () = relay.director.moved(tenant, route.epoch) => Err(nobody(Some(&route))),
            }
        };
        let answer = if untimed {
            asked.await?
        } else {
            tokio::time::timeout(left, asked).await.map_err(|_| limits::too_long())??
        };
        let answer = answer.map_err(|e| {
            tracing::warn!(owner = %route.owner.node, error = %e, "the owner of a tenant could not be asked");
            relay.director.nudge();
            nobody(Some(&route))
        })?;
        telemetry::request_relayed(answer.status());
        if answer.status() != StatusCode::MISDIRECTED_REQUEST {
            return Ok(passed_back(answer));
        }
        let told = owner_told(answer.headers());
        match relay.director.again(tenant, nth, route.epoch, told) {
            Some(Place::Hop(newer)) => route = newer,
            _ => return Err(nobody(Some(&route))),
        }
    }
    Err(nobody(None))
}

fn ask(
    relay: &Relay,
    hop: &Hop,
    parts: &axum::http::request::Parts,
    path: &str,
    route: &Route,
    body: reqwest::Body,
) -> Result<impl Future<Output = reqwest::Result<reqwest::Response>> + use<>> {
    let credential = caller::presented(&parts.headers).unwrap_or_default();
    let signed = relay.hops.sign(hop, Of { method: &parts.method, path, credential })?;
    let mut headers = parts.headers.clone();
    for name in &OURS {
        headers.remove(name);
    }
    headers.insert(HEADER, signed);
    if let Some(trace) = parts.extensions.get::<Trace>() {
        headers.insert("traceparent", trace.outgoing());
    }
    let address = route.address.as_deref().unwrap_or_default().trim_end_matches('/');
    let asked = relay.client.request(parts.method.clone(), format!("{address}{path}")).headers(headers);
    // A request without a body says so by having none.
    let bodiless = matches!(parts.method, Method::GET | Method::HEAD) && hop.body == hash(&[]);
    Ok(if bodiless { asked.send() } else { asked.body(body).send() })
}

/// The owner's answer, as it comes.
fn passed_back(answer: reqwest::Response) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = answer.status();
    *response.headers_mut() = answer.headers().clone();
    // The length stays: nothing is unpacked on the way.
    for name in OURS.iter().filter(|name| **name != header::CONTENT_LENGTH) {
        response.headers_mut().remove(name);
    }
    response.extensions_mut().insert(Relayed);
    *response.body_mut() = Body::from_stream(answer.bytes_stream());
    response
}

fn elsewhere() -> Error {
    Error::unavailable("tenant.elsewhere", "this tenant is on another node")
        .remedy("Nodes ask the owner themselves; ask any node without the header x-autonomos-hop.")
}

/// 421, with the owner that is known.
fn misdirected(route: &Route) -> Response {
    let mut response = Problem::from(elsewhere()).into_response();
    if let Ok(told) = HeaderValue::from_str(&tell(route)) {
        response.headers_mut().insert(OWNER, told);
    }
    response
}

fn tell(route: &Route) -> String {
    let Route { owner, epoch, address } = route;
    let address = address.as_deref().unwrap_or_default();
    format!("{} {} {epoch} {}", hex::encode(owner.node.as_str()), owner.incarnation, hex::encode(address))
}

/// What such an answer says.
fn owner_told(headers: &HeaderMap) -> Option<Route> {
    let mut parts = headers.get(OWNER)?.to_str().ok()?.split(' ');
    let text = |word: &str| String::from_utf8(hex::decode(word).ok()?).ok();
    let node = NodeId::new(&text(parts.next()?)?);
    let owner = Instance { node, incarnation: parts.next()?.parse().ok()? };
    let epoch = parts.next()?.parse().ok()?;
    let address = text(parts.next()?)?;
    Some(Route {
        owner,
        epoch,
        address: Some(address.into()).filter(|address: &std::sync::Arc<str>| !address.is_empty()),
    })
}

/// 503: nobody can answer it now.
fn nobody(route: Option<&Route>) -> Problem {
    let on = route.map(|route| {
        let address = route.address.as_deref().unwrap_or("an unknown address");
        format!("The tenant is on node {}, at {address}, which does not answer now.", route.owner.node)
    });
    let on = on.unwrap_or_else(|| "The tenant is on its way from one node to another.".to_owned());
    Problem::from(Error::unavailable("tenant.owner_away", on).remedy("Try again in a moment.")).retry_after(1)
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::ids::IncarnationId;

    use super::*;

    #[test]
    fn an_owner_is_told_as_it_is() {
        let owner = Instance {
            node: NodeId::new("näme with spaces"),
            incarnation: IncarnationId::from_uuid(uuid::Uuid::from_u128(7)),
        };
        for address in [None, Some("http://10.0.0.5:8080".into())] {
            let route = Route { owner: owner.clone(), epoch: 4, address };
            let response = misdirected(&route);
            assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
            assert_eq!(owner_told(response.headers()), Some(route));
        }
        assert_eq!(owner_told(&HeaderMap::new()), None);
    }

    #[test]
    fn whose_a_request_is() {
        let id = "01920000-0000-7000-8000-000000000000";
        for path in ["/api/v1/auth/login", "/healthz", "/api/v1/operator/tenants", "/api/v1/operator/erasures"] {
            assert_eq!(whose(None, path), None, "{path}");
        }
        for verb in ["", "/suspend", "/export"] {
            assert_eq!(whose(None, &format!("/api/v1/operator/tenants/{id}{verb}")), id.parse().ok());
        }
    }
}
