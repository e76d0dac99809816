//! WebSocket frames (RFC 6455), as much as a server of small JSON messages needs. Ours rather than a library's on the
//! way out, because a server's frames are the same for every reader: many are put into one buffer and leave in one
//! write.

use bytes::{Buf, BufMut, Bytes, BytesMut};

/// Largest message a client may send.
pub const INBOUND: usize = 64 << 10;

/// What a client sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// A whole text message.
    Text(Bytes),
    /// It asks whether we live.
    Ping(Bytes),
    /// It does.
    Pong,
    /// It leaves.
    Close,
}

/// Why a socket is closed, with its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Not a frame a client may send.
    Protocol,
    /// Binary, where only text is understood.
    Unsupported,
    /// Longer than [`INBOUND`].
    TooBig,
}

impl Fault {
    /// The close code.
    pub const fn code(self) -> u16 {
        match self {
            Self::Protocol => 1002,
            Self::Unsupported => 1003,
            Self::TooBig => 1009,
        }
    }
}

/// Puts a text message behind what is there.
pub fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put(out, 0x81, text);
}

/// Puts a ping behind what is there.
pub fn put_ping(out: &mut Vec<u8>) {
    put(out, 0x89, b"");
}

/// Puts the answer to a ping behind what is there.
pub fn put_pong(out: &mut Vec<u8>, payload: &[u8]) {
    put(out, 0x8a, payload);
}

/// Puts a goodbye behind what is there.
pub fn put_close(out: &mut Vec<u8>, code: u16, reason: &str) {
    let mut payload = Vec::with_capacity(2 + reason.len());
    payload.put_u16(code);
    payload.extend_from_slice(reason.as_bytes());
    payload.truncate(125);
    put(out, 0x88, &payload);
}

fn put(out: &mut Vec<u8>, head: u8, payload: &[u8]) {
    out.push(head);
    match payload.len() {
        length @ 0..=125 => out.push(length as u8),
        length @ 126..=0xffff => {
            out.push(126);
            out.put_u16(length as u16);
        }
        length => {
            out.push(127);
            out.put_u64(length as u64);
        }
    }
    out.extend_from_slice(payload);
}

/// Reads a client's frames out of what arrived, joining fragments.
#[derive(Debug, Default)]
pub struct Reader {
    fragments: Option<BytesMut>,
}

impl Reader {
    /// The next frame, if it is whole.
    pub fn next(&mut self, input: &mut BytesMut) -> Result<Option<Frame>, Fault> {
        loop {
            let Some((last, opcode, payload)) = take(input)? else { return Ok(None) };
            match opcode {
                0x8 => return Ok(Some(Frame::Close)),
                0x9 => return Ok(Some(Frame::Ping(payload.freeze()))),
                0xa => return Ok(Some(Frame::Pong)),
                0x2 => return Err(Fault::Unsupported),
                0x1 if self.fragments.is_none() && last => return Ok(Some(Frame::Text(payload.freeze()))),
                0x1 if self.fragments.is_none() => self.fragments = Some(payload),
                0x0 => {
                    let mut whole = self.fragments.take().ok_or(Fault::Protocol)?;
                    if whole.len() + payload.len() > INBOUND {
                        return Err(Fault::TooBig);
                    }
                    whole.extend_from_slice(&payload);
                    if last {
                        return Ok(Some(Frame::Text(whole.freeze())));
                    }
                    self.fragments = Some(whole);
                }
                _ => return Err(Fault::Protocol),
            }
        }
    }
}

fn take(input: &mut BytesMut) -> Result<Option<(bool, u8, BytesMut)>, Fault> {
    let [first, second, ..] = input[..] else { return Ok(None) };
    let (last, opcode) = (first & 0x80 != 0, first & 0x0f);
    let control = opcode >= 0x8;
    // Reserved bits, unmasked frames, fragmented or long control frames: no client of ours sends them.
    if first & 0x70 != 0 || second & 0x80 == 0 || (control && (!last || second & 0x7f > 125)) {
        return Err(Fault::Protocol);
    }
    let (length, head) = match second & 0x7f {
        126 => match input.get(2..4) {
            Some(bytes) => (u64::from(u16::from_be_bytes([bytes[0], bytes[1]])), 4),
            None => return Ok(None),
        },
        127 => match input.get(2..10).and_then(|bytes| <[u8; 8]>::try_from(bytes).ok()) {
            Some(bytes) => (u64::from_be_bytes(bytes), 10),
            None => return Ok(None),
        },
        short => (u64::from(short), 2),
    };
    if length > INBOUND as u64 {
        return Err(Fault::TooBig);
    }
    let length = length as usize;
    if input.len() < head + 4 + length {
        return Ok(None);
    }
    input.advance(head);
    let mask = [input[0], input[1], input[2], input[3]];
    input.advance(4);
    let mut payload = input.split_to(length);
    for (at, byte) in payload.iter_mut().enumerate() {
        *byte ^= mask[at & 3];
    }
    Ok(Some((last, opcode, payload)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(head: u8, payload: &[u8]) -> BytesMut {
        let mut framed = Vec::new();
        put(&mut framed, head, payload);
        let at = framed.len() - payload.len();
        framed[1] |= 0x80;
        let mask = [7, 11, 13, 17];
        for (i, byte) in framed[at..].iter_mut().enumerate() {
            *byte ^= mask[i & 3];
        }
        let mut out = BytesMut::from(&framed[..at]);
        out.extend_from_slice(&mask);
        out.extend_from_slice(&framed[at..]);
        out
    }

    #[test]
    fn messages_of_every_length_arrive_byte_by_byte() {
        for length in [0, 1, 125, 126, 65_535, INBOUND] {
            let text = vec![b'x'; length];
            let mut reader = Reader::default();
            let whole = client(0x81, &text);
            let (most, rest) = whole.split_at(whole.len() - 1);
            let mut input = BytesMut::from(most);
            assert_eq!(reader.next(&mut input), Ok(None));
            input.extend_from_slice(rest);
            assert_eq!(reader.next(&mut input), Ok(Some(Frame::Text(text.into()))));
            assert!(input.is_empty());
        }
    }

    #[test]
    fn fragments_are_joined_and_controls_pass_between_them() {
        let mut input = client(0x01, b"{\"a\":");
        input.extend_from_slice(&client(0x89, b"hi"));
        input.extend_from_slice(&client(0x80, b"1}"));
        let mut reader = Reader::default();
        assert_eq!(reader.next(&mut input), Ok(Some(Frame::Ping(Bytes::from_static(b"hi")))));
        assert_eq!(reader.next(&mut input), Ok(Some(Frame::Text(Bytes::from_static(b"{\"a\":1}")))));
    }

    #[test]
    fn what_no_client_may_send_is_a_fault() {
        let unmasked = {
            let mut out = Vec::new();
            put_text(&mut out, b"x");
            BytesMut::from(&out[..])
        };
        for (mut input, fault) in [
            (unmasked, Fault::Protocol),
            (client(0x82, b"x"), Fault::Unsupported),
            (client(0xc1, b"x"), Fault::Protocol),
            (client(0x80, b"x"), Fault::Protocol),
            (client(0x83, b"x"), Fault::Protocol),
            (client(0x81, &vec![0; INBOUND + 1]), Fault::TooBig),
        ] {
            assert_eq!(Reader::default().next(&mut input), Err(fault));
        }
    }
}
