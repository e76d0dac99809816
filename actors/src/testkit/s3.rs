//! An S3 server for tests, on a port of the loopback, with one bucket in memory.
//!
//! It was written from the Amazon S3 API Reference and speaks as much of the protocol as clients of files use: GET and HEAD
//! of an object (ranges, `If-Match`), PUT, DELETE, DeleteObjects, multipart uploads (create, part, complete, abort; parts
//! smaller than five mebibytes but the last are refused), ListObjectsV2 in pages, path-style addresses, errors as XML.
//! Requests must be signed: Signature Version 4 is computed anew and compared, and bodies must be what was signed. Its
//! entity tags are digests, but not MD5, which the reference allows. It can be told to fail, to break off, or to lose an
//! answer, and shows what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;

use autonomos_runtime::Ambient;
use autonomos_runtime::config::Config;
use autonomos_runtime::resilience::Guard;
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{HeaderMap, HeaderName};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};

/// What stands around calls to a bucket, as configured by default.
pub fn guard() -> Guard {
    let config = Config::defaults().expect("the defaults");
    Guard::new("files", &config.resilience.files, Ambient::system())
}

const BUCKET: &str = "bucket";
const REGION: &str = "eu-central-1";
const KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const SMALLEST_PART: usize = 5 << 20;

/// What goes wrong with the next request whose method it is.
#[derive(Clone, Debug)]
pub enum Fault {
    /// It is answered with this status and nothing is done.
    Status(Method, u16),
    /// Its answer breaks off after so many bytes.
    Cut(Method, usize),
    /// It is done, and the connection ends without an answer.
    Lost(Method),
}

#[derive(Clone)]
struct Object {
    bytes: Bytes,
    tag: String,
    modified: i64,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    uploads: BTreeMap<String, (String, BTreeMap<u32, Object>)>,
    made: i64,
    page: usize,
    faults: VecDeque<Fault>,
    asked: Vec<String>,
}

/// A running server; it goes when the runtime it was started on does.
pub struct S3 {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

type Answer = Response<BoxBody<Bytes, std::io::Error>>;

impl S3 {
    /// Starts one with an empty bucket.
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State { page: 1000, ..State::default() }));
        let shared = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = shared.clone();
                let service = hyper::service::service_fn(move |request| serve(state.clone(), request));
                tokio::spawn(async move {
                    // A client that goes away, or an answer that is broken off on purpose, ends a connection.
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await
                        .ok();
                });
            }
        });
        Self { address, state }
    }

    /// How a client gets here, by the names of the environment's variables.
    pub fn variables(&self) -> [(&'static str, String); 5] {
        [
            ("AWS_ENDPOINT_URL", format!("http://{}", self.address)),
            ("AWS_ALLOW_HTTP", "true".to_owned()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ACCESS_KEY_ID", KEY_ID.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", SECRET.to_owned()),
        ]
    }

    /// A client's settings, as it would read them from the environment.
    pub fn client(&self) -> AmazonS3Builder {
        let set = |builder: AmazonS3Builder, (name, value): (&str, String)| {
            builder.with_config(name.to_ascii_lowercase().parse::<AmazonS3ConfigKey>().expect("a known name"), value)
        };
        self.variables().into_iter().fold(AmazonS3Builder::new().with_bucket_name(BUCKET), set)
    }

    /// Lists so many at a time from now on.
    pub fn page(&self, most: usize) {
        self.state.lock().page = most;
    }

    /// Something goes wrong, in this order.
    pub fn fail(&self, faults: impl IntoIterator<Item = Fault>) {
        self.state.lock().faults.extend(faults);
    }

    /// Nothing goes wrong any more; says how much was left to.
    pub fn forgive(&self) -> usize {
        std::mem::take(&mut self.state.lock().faults).len()
    }

    /// Keys of the objects there are.
    pub fn keys(&self) -> Vec<String> {
        self.state.lock().objects.keys().cloned().collect()
    }

    /// Uploads that are neither completed nor aborted.
    pub fn unfinished(&self) -> usize {
        self.state.lock().uploads.len()
    }

    /// What was asked since this was asked last: method, key and query or range.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().asked)
    }
}

async fn serve(state: Arc<Mutex<State>>, request: Request<Incoming>) -> Result<Answer, std::io::Error> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map_err(std::io::Error::other)?.to_bytes();
    let (path, query) = (parts.uri.path(), pairs(parts.uri.query().unwrap_or_default()));
    if let Err(why) = signed(&parts.method, path, &query, &parts.headers, &body) {
        return Ok(error(403, "SignatureDoesNotMatch", why));
    }
    let key = match decoded(path.trim_start_matches('/')).split_once('/') {
        Some((BUCKET, key)) => key.to_owned(),
        None if path.trim_start_matches('/') == BUCKET => String::new(),
        _ => return Ok(error(404, "NoSuchBucket", "The specified bucket does not exist")),
    };
    let mut state = state.lock();
    let range = parts.headers.get("range").and_then(|r| r.to_str().ok()).unwrap_or_default();
    state.asked.push(format!("{} {key} {}{range}", parts.method, parts.uri.query().unwrap_or_default()));
    let fault = match state.faults.front() {
        Some(Fault::Status(method, _) | Fault::Cut(method, _) | Fault::Lost(method)) if *method == parts.method => {
            state.faults.pop_front()
        }
        _ => None,
    };
    if let Some(Fault::Status(_, status)) = fault {
        return Ok(error(status, "InternalError", "We encountered an internal error. Please try again."));
    }
    let answer = state.answer(&parts.method, &key, &query, &parts.headers, body);
    match fault {
        Some(Fault::Lost(_)) => Err(std::io::Error::other("the answer is lost")),
        Some(Fault::Cut(_, after)) => Ok(cut(answer, after)),
        _ => Ok(answer.map(|bytes| Full::new(bytes).map_err(never).boxed())),
    }
}

fn cut(answer: Response<Bytes>, after: usize) -> Answer {
    answer.map(|bytes| {
        let head = Ok(Frame::data(bytes.slice(..after.min(bytes.len()))));
        let broken = (after < bytes.len()).then(|| Err(std::io::Error::other("broken off")));
        StreamBody::new(futures::stream::iter(std::iter::once(head).chain(broken))).boxed()
    })
}

fn never(never: Infallible) -> std::io::Error {
    match never {}
}

type Query = BTreeMap<String, String>;

impl State {
    fn answer(
        &mut self,
        method: &Method,
        key: &str,
        query: &Query,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Response<Bytes> {
        let upload = query.get("uploadId");
        match (method.as_str(), upload) {
            ("GET", None) if key.is_empty() && query.get("list-type").is_some_and(|v| v == "2") => self.list(query),
            ("GET" | "HEAD", None) => self.get(method, key, headers),
            ("PUT", None) => {
                let object = self.object(body);
                let tag = object.tag.clone();
                self.objects.insert(key.to_owned(), object);
                with(Response::builder().header("etag", tag), Bytes::new())
            }
            ("PUT", Some(id)) => self.part(id, query, body),
            ("POST", None) if query.contains_key("uploads") => {
                let id = format!("upload-{}", self.tick());
                self.uploads.insert(id.clone(), (key.to_owned(), BTreeMap::new()));
                xml(&format!(
                    "<InitiateMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{}</Key><UploadId>{id}</UploadId>\
                     </InitiateMultipartUploadResult>",
                    escaped(key)
                ))
            }
            ("POST", Some(id)) => self.complete(key, id, &body),
            ("POST", None) if query.contains_key("delete") => self.delete_many(&body),
            ("DELETE", Some(id)) => match self.uploads.remove(id) {
                Some(_) => status(204),
                None => plain_error(404, "NoSuchUpload", "The specified upload does not exist."),
            },
            ("DELETE", None) => {
                self.objects.remove(key);
                status(204)
            }
            _ => plain_error(
                501,
                "NotImplemented",
                "A header or query you provided implies functionality that is not implemented",
            ),
        }
    }

    fn tick(&mut self) -> i64 {
        self.made += 1;
        self.made
    }

    /// Objects get younger by a second each, so that nothing depends on how fast a test is.
    fn object(&mut self, bytes: Bytes) -> Object {
        let modified = 1_700_000_000 + self.tick();
        Object { tag: tag(&bytes), bytes, modified }
    }

    fn get(&self, method: &Method, key: &str, headers: &HeaderMap) -> Response<Bytes> {
        let Some(object) = self.objects.get(key) else {
            return plain_error(404, "NoSuchKey", "The specified key does not exist.");
        };
        if headers.get("if-match").is_some_and(|tag| tag.as_bytes() != object.tag.as_bytes()) {
            return plain_error(
                412,
                "PreconditionFailed",
                "At least one of the pre-conditions you specified did not hold",
            );
        }
        let size = object.bytes.len();
        let mut answer = Response::builder()
            .header("etag", &object.tag)
            .header("last-modified", chrono_text(object.modified, "%a, %d %b %Y %H:%M:%S GMT"))
            .header("accept-ranges", "bytes");
        let (first, end) = match headers.get("range").and_then(|r| r.to_str().ok()).map(|range| within(range, size)) {
            None => (0, size),
            Some(None) => return plain_error(416, "InvalidRange", "The requested range is not satisfiable"),
            Some(Some((first, end))) => {
                answer = answer.status(206).header("content-range", format!("bytes {first}-{}/{size}", end - 1));
                (first, end)
            }
        };
        answer = answer.header("content-length", end - first);
        let bytes = if method == Method::HEAD { Bytes::new() } else { object.bytes.slice(first..end) };
        with(answer, bytes)
    }

    fn part(&mut self, id: &str, query: &Query, body: Bytes) -> Response<Bytes> {
        let number = query.get("partNumber").and_then(|n| n.parse::<u32>().ok()).filter(|n| (1..=10_000).contains(n));
        let Some(number) = number else {
            return plain_error(
                400,
                "InvalidArgument",
                "Part number must be an integer between 1 and 10000, inclusive",
            );
        };
        let object = self.object(body);
        let Some((_, parts)) = self.uploads.get_mut(id) else {
            return plain_error(404, "NoSuchUpload", "The specified upload does not exist.");
        };
        let tag = object.tag.clone();
        parts.insert(number, object);
        with(Response::builder().header("etag", tag), Bytes::new())
    }

    fn complete(&mut self, key: &str, id: &str, body: &[u8]) -> Response<Bytes> {
        let text = String::from_utf8_lossy(body).into_owned();
        let Some((of, parts)) = self.uploads.get(id) else {
            return plain_error(404, "NoSuchUpload", "The specified upload does not exist.");
        };
        let (mut whole, named) = (Vec::new(), between(&text, "Part"));
        for (at, part) in named.iter().enumerate() {
            let number = between(part, "PartNumber").first().and_then(|n| n.parse::<u32>().ok());
            let there = number.and_then(|n| parts.get(&n)).filter(|p| between(part, "ETag").first() == Some(&p.tag));
            let Some(there) = there.filter(|_| of == key) else {
                return plain_error(400, "InvalidPart", "One or more of the specified parts could not be found.");
            };
            if there.bytes.len() < SMALLEST_PART && at + 1 < named.len() {
                return plain_error(
                    400,
                    "EntityTooSmall",
                    "Your proposed upload is smaller than the minimum allowed size",
                );
            }
            whole.extend_from_slice(&there.bytes);
        }
        if whole.is_empty() {
            return plain_error(400, "MalformedXML", "The XML you provided was not well-formed");
        }
        let count = named.len();
        self.uploads.remove(id);
        let mut object = self.object(whole.into());
        object.tag = format!("\"{}-{count}\"", object.tag.trim_matches('"'));
        let told = format!(
            "<CompleteMultipartUploadResult><Bucket>{BUCKET}</Bucket><Key>{}</Key><ETag>{}</ETag>\
             </CompleteMultipartUploadResult>",
            escaped(key),
            escaped(&object.tag)
        );
        self.objects.insert(key.to_owned(), object);
        xml(&told)
    }

    fn delete_many(&mut self, body: &[u8]) -> Response<Bytes> {
        let text = String::from_utf8_lossy(body).into_owned();
        let mut told = String::new();
        for key in between(&text, "Key") {
            self.objects.remove(&key);
            write!(told, "<Deleted><Key>{}</Key></Deleted>", escaped(&key)).expect("a string takes all");
        }
        xml(&format!("<DeleteResult>{told}</DeleteResult>"))
    }

    fn list(&self, query: &Query) -> Response<Bytes> {
        let prefix = query.get("prefix").map(String::as_str).unwrap_or_default();
        let after = query.get("continuation-token").map(String::as_str).unwrap_or_default();
        let most = query.get("max-keys").and_then(|n| n.parse().ok()).unwrap_or(self.page).min(self.page);
        let mut found = self.objects.iter().filter(|(key, _)| key.starts_with(prefix) && key.as_str() > after);
        let (mut told, mut last, mut count) = (String::new(), "", 0);
        for (key, object) in found.by_ref().take(most) {
            write!(
                told,
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size>\
                 <StorageClass>STANDARD</StorageClass></Contents>",
                escaped(key),
                chrono_text(object.modified, "%Y-%m-%dT%H:%M:%S.250Z"),
                escaped(&object.tag),
                object.bytes.len()
            )
            .expect("a string takes all");
            (last, count) = (key, count + 1);
        }
        let more = found.next().is_some();
        let next = if more {
            format!("<NextContinuationToken>{}</NextContinuationToken>", escaped(last))
        } else {
            String::new()
        };
        xml(&format!(
            "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>{BUCKET}</Name>\
             <Prefix>{}</Prefix><KeyCount>{count}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{more}</IsTruncated>\
             {told}{next}</ListBucketResult>",
            escaped(prefix)
        ))
    }
}

/// Whether the request was signed with the key, by Signature Version 4, and its body is what was signed.
fn signed(method: &Method, path: &str, query: &Query, headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
    let header = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let given = header("authorization").strip_prefix("AWS4-HMAC-SHA256 ").ok_or("the request is not signed")?;
    let field =
        |name: &str| given.split(", ").find_map(|f| f.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default();
    let (date, hash) = (header("x-amz-date"), header("x-amz-content-sha256"));
    let scope =
        field("Credential").strip_prefix(KEY_ID).and_then(|s| s.strip_prefix('/')).ok_or("the key is unknown")?;
    if scope != format!("{}/{REGION}/s3/aws4_request", date.get(..8).unwrap_or_default()) {
        return Err("the scope is another one");
    }
    if hash != hex::encode(Sha256::digest(body)) {
        return Err("the body is not what was signed");
    }
    let names = field("SignedHeaders");
    if !["host", "x-amz-date", "x-amz-content-sha256"].iter().all(|n| names.split(';').any(|name| name == *n)) {
        return Err("a header that must be signed is not");
    }
    let canonical = names.split(';').fold(String::new(), |all, name| all + name + ":" + header(name).trim() + "\n");
    let query: Vec<String> = query.iter().map(|(k, v)| format!("{}={}", encoded(k), encoded(v))).collect();
    let request = format!("{method}\n{path}\n{}\n{canonical}\n{names}\n{hash}", query.join("&"));
    let text = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{}", hex::encode(Sha256::digest(request)));
    let secret = format!("AWS4{SECRET}").into_bytes();
    let key = scope.split('/').fold(secret, |key, part| hmac(&key, part.as_bytes()));
    if hex::encode(hmac(&key, text.as_bytes())) == field("Signature") { Ok(()) } else { Err("the signature is wrong") }
}

/// RFC 2104, over SHA-256.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0_u8; 64];
    let key = if key.len() > 64 { Sha256::digest(key).to_vec() } else { key.to_vec() };
    block[..key.len()].copy_from_slice(&key);
    let inner = Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", hex::encode(&Sha256::digest(bytes)[..16]))
}

/// First byte and end of a range, if it begins within.
fn within(range: &str, size: usize) -> Option<(usize, usize)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first: usize = first.parse().ok()?;
    let end = if last.is_empty() { size } else { last.parse::<usize>().ok()?.saturating_add(1).min(size) };
    (first < end).then_some((first, end))
}

/// The contents of an element, wherever it stands.
fn between(text: &str, element: &str) -> Vec<String> {
    let (open, close) = (format!("<{element}>"), format!("</{element}>"));
    let inside = text.split(&open).skip(1).filter_map(|rest| rest.split_once(&close));
    let plain = |t: &str| {
        t.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'").replace("&amp;", "&")
    };
    inside.map(|(content, _)| plain(content)).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn pairs(query: &str) -> Query {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    };
    query.split('&').filter(|text| !text.is_empty()).map(pair).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        let mut digit = || (bytes.next().unwrap_or(b'0') as char).to_digit(16).unwrap_or(0) as u8;
        out.push(if byte == b'%' { digit() * 16 + digit() } else { byte });
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn encoded(text: &str) -> String {
    let one = |b: u8| match b {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => (b as char).to_string(),
        _ => format!("%{b:02X}"),
    };
    text.bytes().map(one).collect()
}

fn chrono_text(seconds: i64, format: &str) -> String {
    chrono::DateTime::from_timestamp(seconds, 0).expect("a moment").format(format).to_string()
}

fn with(answer: hyper::http::response::Builder, bytes: Bytes) -> Response<Bytes> {
    answer.header(HeaderName::from_static("x-amz-request-id"), "test").body(bytes).expect("an answer")
}

fn status(code: u16) -> Response<Bytes> {
    with(Response::builder().status(code), Bytes::new())
}

fn xml(text: &str) -> Response<Bytes> {
    let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{text}");
    with(Response::builder().header("content-type", "application/xml"), text.into())
}

fn plain_error(code: u16, name: &str, message: &str) -> Response<Bytes> {
    let mut answer = xml(&format!("<Error><Code>{name}</Code><Message>{message}</Message></Error>"));
    *answer.status_mut() = StatusCode::from_u16(code).expect("a status");
    answer
}

fn error(code: u16, name: &str, message: &str) -> Answer {
    plain_error(code, name, message).map(|bytes| Full::new(bytes).map_err(never).boxed())
}
