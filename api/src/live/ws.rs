//! The WebSocket `/ws/flow-monitor`: the same events as the stream, as JSON messages.
//!
//! Whoever comes without a token in the header sends it as the first message, `{"token": "..."}`, or comes with a
//! ticket. Then: `{"resume": seq}`, `{"pause": true}`, `{"filter": ["flow", "tasks"]}`. We say `hello` with the
//! position, `reset`, `missed` and `error`; every event is its own message, many of them in one write. Codes on closing:
//! 4401 not (or no longer) signed in, 1012 the server restarts, 1008 too many messages, and those of RFC 6455.

use std::time::Duration;

use autonomos_runtime::bus::Delivery;
use autonomos_runtime::ids::TraceId;
use autonomos_runtime::{Error, Scope};
use bytes::{Bytes, BytesMut};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

use super::frame::{self, Frame, Reader};
use super::hub::{Filter, Viewer};
use crate::auth::caller::{self, Caller, in_force};
use crate::state::AppState;

/// How long a stranger has for the first message.
const INTRODUCTION: Duration = Duration::from_secs(10);
/// Between pings.
const PING: Duration = Duration::from_secs(20);
/// How long a write may be stuck in a reader's full buffers.
const STUCK: Duration = Duration::from_secs(30);
/// Messages a second a client may send.
const CHATTER: u32 = 20;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(default)]
    token: Option<String>,
    #[serde(default)]
    resume: Option<u64>,
    #[serde(default)]
    pause: Option<bool>,
    #[serde(default)]
    filter: Option<Wanted>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Wanted {
    List(Vec<String>),
    Text(String),
}

impl TryFrom<Wanted> for Filter {
    type Error = Error;

    fn try_from(wanted: Wanted) -> Result<Self, Error> {
        match wanted {
            Wanted::List(list) => Self::of(&list),
            Wanted::Text(text) => Self::parse(&text),
        }
    }
}

/// What a socket starts with.
pub struct Opening {
    /// Who it is, if the request said so.
    pub caller: Option<Caller>,
    /// Where to resume.
    pub after: Option<u64>,
    /// What to show.
    pub filter: Filter,
    /// The request.
    pub trace: TraceId,
}

struct Socket {
    app: AppState,
    read: ReadHalf<TokioIo<Upgraded>>,
    write: WriteHalf<TokioIo<Upgraded>>,
    input: BytesMut,
    frames: Reader,
    out: Vec<u8>,
}

/// Why a socket is closed; none when the client is gone already.
type Closed = Option<(u16, &'static str)>;

/// Talks until somebody leaves.
pub async fn run(app: AppState, io: Upgraded, opening: Opening) {
    let (read, write) = tokio::io::split(TokioIo::new(io));
    let mut socket =
        Socket { app, read, write, input: BytesMut::with_capacity(4096), frames: Reader::default(), out: Vec::new() };
    if let Some((code, reason)) = socket.converse(opening).await {
        socket.out.clear();
        frame::put_close(&mut socket.out, code, reason);
        let goodbye = async {
            socket.write.write_all(&socket.out).await?;
            socket.write.shutdown().await
        };
        // A client that is gone already misses nothing.
        drop(tokio::time::timeout(Duration::from_secs(2), goodbye).await);
    }
}

impl Socket {
    async fn converse(&mut self, opening: Opening) -> Closed {
        let caller = match opening.caller {
            Some(caller) => caller,
            None => match self.introduction().await {
                Ok(caller) => caller,
                Err(closed) => return closed,
            },
        };
        let scope = Scope::new(caller.tenant, caller.actor(), opening.trace);
        let Ok(mut viewer) = self.app.hub.join(&scope, opening.after, opening.filter).await else {
            return Some((1013, "too many live streams"));
        };
        let hello = format!("{{\"type\":\"hello\",\"position\":{}}}", viewer.position());
        frame::put_text(&mut self.out, hello.as_bytes());
        if let Err(closed) = self.flush().await {
            return closed;
        }
        self.follow(&scope, &caller, &mut viewer).await
    }

    /// The first message has to be a token.
    async fn introduction(&mut self) -> Result<Caller, Closed> {
        let stranger = Some((4401, "send {\"token\": ...} first"));
        let Ok(first) = tokio::time::timeout(INTRODUCTION, self.message()).await else { return Err(stranger) };
        let said: Said = serde_json::from_slice(&first?).map_err(|_| stranger)?;
        let token = said.token.ok_or(stranger)?;
        let caller = caller::identify(&self.app, &token).await.and_then(|caller| caller.at("/ws/flow-monitor"));
        caller.map_err(|_| Some((4401, "the token is not valid")))
    }

    async fn follow(&mut self, scope: &Scope, caller: &Caller, viewer: &mut Viewer) -> Closed {
        let stop = self.app.draining.clone();
        let app = self.app.clone();
        let ended = app.tokens.until_ended(*caller);
        tokio::pin!(ended);
        let mut paused = false;
        let mut beats = 0_u32;
        let mut chatter = (0_i64, 0_u32);
        let mut pings = tokio::time::interval(PING);
        pings.reset();
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return Some((1012, "the server restarts; come back with resume")),
                () = &mut ended => return Some((4401, "the session has ended")),
                message = receive(&mut self.read, &mut self.input, &mut self.frames, &mut self.out) => {
                    let text = match message {
                        Ok(text) => text,
                        Err(closed) => return closed,
                    };
                    let now = self.app.ambient.now().timestamp();
                    chatter = if chatter.0 == now { (now, chatter.1 + 1) } else { (now, 1) };
                    if chatter.1 > CHATTER {
                        return Some((1008, "too many messages"));
                    }
                    if let Some(text) = text {
                        self.obey(&text, scope, viewer, &mut paused);
                    }
                }
                _ = pings.tick() => {
                    beats += 1;
                    if self.app.ambient.now().timestamp() >= caller.expires {
                        return Some((4401, "the token has expired"));
                    }
                    if beats.is_multiple_of(3) && !in_force(&self.app, caller).await {
                        return Some((4401, "the session has ended"));
                    }
                    frame::put_ping(&mut self.out);
                }
                batch = viewer.next(), if !paused => {
                    let Some(batch) = batch else { return Some((1001, "closed")) };
                    for delivery in &batch {
                        self.put(delivery);
                    }
                }
            }
            if let Err(closed) = self.flush().await {
                return closed;
            }
            let pace = viewer.pace();
            if !pace.is_zero() {
                tokio::time::sleep(pace).await;
            }
        }
    }

    fn obey(&mut self, text: &[u8], scope: &Scope, viewer: &mut Viewer, paused: &mut bool) {
        let understood = serde_json::from_slice::<Said>(text).map_err(|error| {
            Error::invalid("live.not_understood", error.to_string())
                .remedy("Send {\"resume\": seq}, {\"pause\": true} or {\"filter\": [\"flow\"]}.")
        });
        let understood = understood.and_then(|mut said| {
            let filter = said.filter.take().map(Filter::try_from).transpose()?;
            Ok((said, filter))
        });
        match understood {
            Ok((said, filter)) => {
                if let Some(filter) = filter {
                    viewer.filter = filter;
                }
                if let Some(pause) = said.pause {
                    *paused = pause;
                }
                if let Some(after) = said.resume {
                    viewer.resume(scope, after);
                }
            }
            Err(error) => {
                let said = serde_json::json!({
                    "type": "error", "code": error.code, "message": error.message, "remedy": error.remedy,
                });
                frame::put_text(&mut self.out, said.to_string().as_bytes());
            }
        }
    }

    fn put(&mut self, delivery: &Delivery) {
        match delivery {
            Delivery::Event(event) => frame::put_text(&mut self.out, &event.json()),
            Delivery::Reset { floor } => {
                frame::put_text(&mut self.out, format!("{{\"type\":\"reset\",\"floor\":{floor}}}").as_bytes());
            }
            Delivery::Missed { from, count } => {
                let to = from + count - 1;
                let said = format!("{{\"type\":\"missed\",\"count\":{count},\"from\":{from},\"to\":{to}}}");
                frame::put_text(&mut self.out, said.as_bytes());
            }
        }
    }

    async fn message(&mut self) -> Result<Bytes, Closed> {
        loop {
            if let Some(text) = receive(&mut self.read, &mut self.input, &mut self.frames, &mut self.out).await? {
                return Ok(text);
            }
            self.flush().await?;
        }
    }

    async fn flush(&mut self) -> Result<(), Closed> {
        if self.out.is_empty() {
            return Ok(());
        }
        let sent = tokio::time::timeout(STUCK, self.write.write_all(&self.out)).await;
        self.out.clear();
        // A thousand sockets that were behind once would hold it for ever.
        if self.out.capacity() > 32 << 10 {
            self.out.shrink_to(4 << 10);
        }
        matches!(sent, Ok(Ok(()))).then_some(()).ok_or(None)
    }
}

/// The next text message, or none after a ping was answered (into `out`). Cancelling loses nothing: what arrived stays
/// in `input`.
async fn receive(
    read: &mut ReadHalf<TokioIo<Upgraded>>,
    input: &mut BytesMut,
    frames: &mut Reader,
    out: &mut Vec<u8>,
) -> Result<Option<Bytes>, Closed> {
    loop {
        match frames.next(input) {
            Ok(Some(Frame::Text(text))) => return Ok(Some(text)),
            Ok(Some(Frame::Ping(payload))) => {
                frame::put_pong(out, &payload);
                return Ok(None);
            }
            Ok(Some(Frame::Pong)) => continue,
            Ok(Some(Frame::Close)) => return Err(Some((1000, ""))),
            Err(fault) => return Err(Some((fault.code(), "not understood"))),
            Ok(None) => {}
        }
        match read.read_buf(input).await {
            Ok(0) | Err(_) => return Err(None),
            Ok(_) => {}
        }
    }
}
