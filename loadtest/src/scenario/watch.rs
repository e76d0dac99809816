//! A socket that watches, as cheap as one can be: a thousand of them share a machine with the server, and a library that
//! makes a message of every frame would measure itself. It reads frames out of what arrives and looks at nothing but the
//! sequence number and the time in them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{Outcome, clock};

/// Latencies are counted by millisecond up to here.
const SLOWEST: usize = 10_000;

/// What all readers saw together.
#[derive(Debug)]
pub struct Seen {
    events: AtomicU64,
    gaps: AtomicU64,
    said: AtomicU64,
    latencies: Vec<AtomicU64>,
}

/// A look at it.
#[derive(Clone, Copy, Debug)]
pub struct Told {
    /// Events delivered.
    pub events: u64,
    /// Places where a number was left out and nothing was said.
    pub gaps: u64,
    /// Times that a reader was told it missed some.
    pub said: u64,
    /// From publishing, which is right behind the commit, to the reader.
    pub p50_ms: usize,
    /// The same of the slowest hundredth.
    pub p99_ms: usize,
}

impl Default for Seen {
    fn default() -> Self {
        let latencies = (0..=SLOWEST).map(|_| AtomicU64::new(0)).collect();
        Self { events: AtomicU64::new(0), gaps: AtomicU64::new(0), said: AtomicU64::new(0), latencies }
    }
}

impl Seen {
    /// What was seen so far.
    pub fn told(&self) -> Told {
        let all: u64 = self.latencies.iter().map(|count| count.load(Ordering::Relaxed)).sum();
        let quantile = |share: f64| {
            let (wanted, mut so_far) = ((all as f64 * share) as u64, 0);
            let at = self.latencies.iter().position(|count| {
                so_far += count.load(Ordering::Relaxed);
                so_far > wanted
            });
            at.unwrap_or(0)
        };
        let of = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Told {
            events: of(&self.events),
            gaps: of(&self.gaps),
            said: of(&self.said),
            p50_ms: quantile(0.5),
            p99_ms: quantile(0.99),
        }
    }

    /// Waits until nothing more arrives.
    pub async fn until_quiet(&self) {
        let mut before = None;
        loop {
            let now = self.events.load(Ordering::Relaxed);
            if before == Some(now) {
                return;
            }
            before = Some(now);
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// See the module.
#[derive(Debug)]
pub struct Watcher {
    socket: TcpStream,
    input: Vec<u8>,
}

impl Watcher {
    /// Opens one; it reads nothing until told.
    pub async fn open(url: &str, token: &str) -> Outcome<Self> {
        let host = url.trim_start_matches("http://");
        let mut socket = TcpStream::connect(host).await.map_err(|e| e.to_string())?;
        let hello = format!(
            "GET /ws/flow-monitor HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        socket.write_all(hello.as_bytes()).await.map_err(|e| e.to_string())?;
        let mut input = Vec::with_capacity(64 << 10);
        loop {
            if let Some(end) = input.windows(4).position(|four| four == b"\r\n\r\n") {
                if !input.starts_with(b"HTTP/1.1 101") {
                    return Err(format!("no socket: {}", String::from_utf8_lossy(&input)));
                }
                input.drain(..end + 4);
                return Ok(Self { socket, input });
            }
            if socket.read_buf(&mut input).await.map_err(|e| e.to_string())? == 0 {
                return Err("the server closed a socket before it was open".to_owned());
            }
        }
    }

    /// Reads until the socket ends.
    pub async fn read(mut self, seen: Arc<Seen>) {
        let mut last = None;
        loop {
            let now = clock::wall_ms();
            let mut at = 0;
            while let Some((head, payload, next)) = frame(&self.input, at) {
                at = next;
                match head {
                    0x81 => look(payload, now, &mut last, &seen),
                    // A masked pong with nothing in it.
                    0x89 => drop(self.socket.write_all(&[0x8a, 0x80, 0, 0, 0, 0]).await),
                    0x88 => return,
                    _ => {}
                }
            }
            self.input.drain(..at);
            if !matches!(self.socket.read_buf(&mut self.input).await, Ok(read) if read > 0) {
                return;
            }
        }
    }
}

/// The frame that begins here, if it is whole: its first byte, what is in it, and where the next begins.
fn frame(input: &[u8], at: usize) -> Option<(u8, &[u8], usize)> {
    let (head, short) = (*input.get(at)?, *input.get(at + 1)?);
    let (length, from) = match short {
        126 => (usize::from(u16::from_be_bytes(input.get(at + 2..at + 4)?.try_into().ok()?)), at + 4),
        127 => (u64::from_be_bytes(input.get(at + 2..at + 10)?.try_into().ok()?) as usize, at + 10),
        short => (usize::from(short), at + 2),
    };
    Some((head, input.get(from..from + length)?, from + length))
}

fn look(payload: &[u8], now: i64, last: &mut Option<u64>, seen: &Seen) {
    // `{"seq":123,"at":"2026-01-01T00:00:00.000Z",...`
    let Some(rest) = payload.strip_prefix(b"{\"seq\":") else {
        if payload.starts_with(b"{\"type\":\"missed\"") || payload.starts_with(b"{\"type\":\"reset\"") {
            seen.said.fetch_add(1, Ordering::Relaxed);
            *last = None;
        }
        return;
    };
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
    let (length, seq) = digits.fold((0, 0_u64), |(n, seq), digit| (n + 1, seq * 10 + u64::from(digit - b'0')));
    if last.is_some_and(|last| seq != last + 1) {
        seen.gaps.fetch_add(1, Ordering::Relaxed);
    }
    *last = Some(seq);
    seen.events.fetch_add(1, Ordering::Relaxed);
    if let Some(of_day) = rest.get(length + 7..length + 31).and_then(of_day) {
        // Both clocks are this machine's; a day is enough to tell them apart.
        let waited = (now.rem_euclid(86_400_000) - of_day).rem_euclid(86_400_000);
        let waited = if waited > 43_200_000 { 0 } else { waited as usize };
        seen.latencies[waited.min(SLOWEST)].fetch_add(1, Ordering::Relaxed);
    }
}

/// Milliseconds of the day of `2026-01-01T12:34:56.789Z`.
fn of_day(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| std::str::from_utf8(text.get(from..to)?).ok()?.parse::<i64>().ok();
    Some(((number(11, 13)? * 60 + number(14, 16)?) * 60 + number(17, 19)?) * 1000 + number(20, 23)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_every_length_are_found_and_a_part_of_one_is_none() {
        for length in [0_usize, 125, 126, 65_535, 65_536] {
            let mut bytes = match length {
                0..=125 => vec![0x81, length as u8],
                126..=65_535 => [&[0x81, 126][..], &(length as u16).to_be_bytes()].concat(),
                _ => [&[0x81, 127][..], &(length as u64).to_be_bytes()].concat(),
            };
            bytes.extend(std::iter::repeat_n(b'x', length));
            let (head, payload, next) = frame(&bytes, 0).unwrap();
            assert_eq!((head, payload.len(), next), (0x81, length, bytes.len()));
            assert!(frame(&bytes[..bytes.len() - 1], 0).is_none());
        }
    }

    #[test]
    fn gaps_and_times_are_seen() {
        let (seen, mut last) = (Seen::default(), None);
        let now = 86_400_000 * 3 + of_day(b"2026-01-01T12:34:56.789Z").unwrap() + 30;
        for seq in [5, 6, 8] {
            let text = format!("{{\"seq\":{seq},\"at\":\"2026-01-01T12:34:56.789Z\",\"topic\":\"x\"}}");
            look(text.as_bytes(), now, &mut last, &seen);
        }
        look(b"{\"type\":\"missed\",\"count\":3}", now, &mut last, &seen);
        let told = seen.told();
        assert_eq!((told.events, told.gaps, told.said, told.p50_ms, told.p99_ms), (3, 1, 1, 30, 30));
    }
}
