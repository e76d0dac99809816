//! Server-sent events: `id:` is the place in the tenant's sequence; a heartbeat every 15 seconds; `event: reset` when
//! what was asked for is gone, `event: missed` with the numbers it did not get when the reader was too slow, `event: bye` when the server or the session
//! ends. Each batch is one chunk.

use std::pin::Pin;
use std::time::Duration;

use autonomos_runtime::bus::Delivery;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures::stream;

use super::hub::Viewer;
use crate::auth::caller::{Caller, in_force};
use crate::state::AppState;

/// Signs of life between looks whether the session is still in force.
const LOOKS: u32 = 4;

struct Stream {
    app: AppState,
    viewer: Viewer,
    caller: Caller,
    revoked: Pin<Box<dyn Future<Output = ()> + Send>>,
    heart: tokio::time::Interval,
    beats: u32,
    greeting: Option<Bytes>,
    ended: bool,
}

/// The answer that goes on.
pub fn response(app: AppState, viewer: Viewer, caller: Caller) -> Response {
    let greeting = Bytes::from(format!("retry: 2000\n: position {}\n\n", viewer.position()));
    let mut heart = tokio::time::interval(Duration::from_secs(app.config.http.heartbeat_seconds));
    heart.reset();
    let tokens = app.clone();
    let revoked = Box::pin(async move { tokens.tokens.until_ended(caller).await });
    let state = Stream { app, viewer, caller, revoked, heart, beats: 0, greeting: Some(greeting), ended: false };
    let body = stream::unfold(state, |mut state| async {
        let chunk = state.next().await?;
        Some((Ok::<_, std::convert::Infallible>(chunk), state))
    });
    let mut response = Response::new(Body::from_stream(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Stream {
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        if self.ended {
            return None;
        }
        let stop = self.app.draining.clone();
        let batch = tokio::select! {
            biased;
            () = stop.cancelled() => return self.bye("restart"),
            () = self.revoked.as_mut() => return self.bye("revoked"),
            _ = self.heart.tick() => return self.beat().await,
            batch = self.viewer.next() => batch,
        };
        let Some(batch) = batch else { return self.bye("closed") };
        let mut out = Vec::with_capacity(batch.len() * 256);
        for delivery in &batch {
            match delivery {
                Delivery::Event(event) => out.extend_from_slice(&event.sse()),
                Delivery::Reset { floor } => {
                    out.extend_from_slice(format!("event: reset\ndata: {{\"floor\":{floor}}}\n\n").as_bytes());
                }
                Delivery::Missed { from, count } => {
                    let to = from + count - 1;
                    let said = format!("{{\"count\":{count},\"from\":{from},\"to\":{to}}}");
                    out.extend_from_slice(format!("event: missed\ndata: {said}\n\n").as_bytes());
                }
            }
        }
        let pace = self.viewer.pace();
        if !pace.is_zero() {
            tokio::time::sleep(pace).await;
        }
        Some(out.into())
    }

    async fn beat(&mut self) -> Option<Bytes> {
        self.beats += 1;
        if self.app.ambient.now().timestamp() >= self.caller.expires {
            return self.bye("expired");
        }
        if self.beats.is_multiple_of(LOOKS) && !in_force(&self.app, &self.caller).await {
            return self.bye("revoked");
        }
        Some(Bytes::from_static(b": \n\n"))
    }

    #[expect(clippy::unnecessary_wraps, reason = "the last chunk of a stream, like every other")]
    fn bye(&mut self, reason: &str) -> Option<Bytes> {
        self.ended = true;
        Some(Bytes::from(format!("event: bye\ndata: {{\"reason\":\"{reason}\"}}\n\n")))
    }
}
