//! A text file as UTF-8 bytes, in chunks, with an offset and a running digest of what was taken.
//!
//! Decisions on encoding, made from the first mebibyte: a byte-order mark decides (UTF-8's is skipped, UTF-16 is
//! decoded); text with NULs at every other place is UTF-16 without a mark; text that is not UTF-8, has no NUL and no valid
//! multi-byte character is Windows-1252 (Latin-1's practical superset) and decoded; anything else is UTF-8, and a row
//! that is not gets rejected by itself. Compressed and binary files are refused by their first bytes.
//!
//! Offsets count decoded bytes. The digest (128-bit XXH3: a change detector, not a seal) of everything before the
//! cursor's offset is in the cursor, so a read resumes only in a file that still begins with what was read.

use std::io::{Read, Seek as _};

use autonomos_runtime::{Error, Result};
use xxhash_rust::xxh3::Xxh3;

use crate::files::Content;

/// How the bytes of a file are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Encoding {
    /// As they are.
    #[serde(rename = "utf-8")]
    Utf8,
    /// Western European single bytes.
    #[serde(rename = "windows-1252", alias = "latin-1", alias = "iso-8859-1")]
    Windows1252,
    /// Little-endian pairs.
    #[serde(rename = "utf-16le", alias = "utf-16")]
    Utf16Le,
    /// Big-endian pairs.
    #[serde(rename = "utf-16be")]
    Utf16Be,
}

impl Encoding {
    /// Its name in settings and messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Windows1252 => "windows-1252",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
        }
    }
}

/// Bytes looked at to decide.
pub const SAMPLE: usize = 1 << 20;

/// What the first bytes say: the encoding and how many bytes its mark has.
pub fn sniff(sample: &[u8]) -> Result<(Encoding, usize)> {
    let refuse = |what: &str, remedy: &'static str| {
        Err(Error::invalid("file.not_text", format!("The file is {what}, not text.")).remedy(remedy))
    };
    match sample {
        [0xEF, 0xBB, 0xBF, ..] => return Ok((Encoding::Utf8, 3)),
        [0xFF, 0xFE, ..] => return Ok((Encoding::Utf16Le, 2)),
        [0xFE, 0xFF, ..] => return Ok((Encoding::Utf16Be, 2)),
        [0x1F, 0x8B, ..] => return refuse("gzip-compressed", "Upload it uncompressed."),
        [b'P', b'K', 3, 4, ..] => {
            return refuse("a ZIP archive (or a spreadsheet)", "Upload the CSV inside, or save the sheet as CSV.");
        }
        [0x28, 0xB5, 0x2F, 0xFD, ..] => return refuse("zstd-compressed", "Upload it uncompressed."),
        [b'P', b'A', b'R', b'1', ..] => return refuse("Parquet", "Set `format` to `parquet`, or name it .parquet."),
        [b'%', b'P', b'D', b'F', ..] => return refuse("a PDF", "Export the data as CSV."),
        _ => {}
    }
    let nuls = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (nuls(0), nuls(1));
    if even + odd > 0 {
        let pairs = sample.len() / 2;
        if odd * 10 > pairs * 4 && even * 50 < pairs {
            return Ok((Encoding::Utf16Le, 0));
        }
        if even * 10 > pairs * 4 && odd * 50 < pairs {
            return Ok((Encoding::Utf16Be, 0));
        }
        if (even + odd) * 20 > sample.len() {
            return refuse(
                "binary",
                "Check that it is the file you meant; CSV, TSV, JSON Lines and Parquet can be read.",
            );
        }
        return Ok((Encoding::Utf8, 0));
    }
    Ok((if single_byte(sample) { Encoding::Windows1252 } else { Encoding::Utf8 }, 0))
}

/// Not UTF-8 anywhere beyond ASCII, and nothing that Windows-1252 leaves undefined.
fn single_byte(sample: &[u8]) -> bool {
    let mut rest = sample;
    let mut invalid = 0_usize;
    loop {
        match std::str::from_utf8(rest) {
            Ok(text) => return invalid > 0 && text.is_ascii(),
            Err(e) => {
                let (valid, after) = rest.split_at(e.valid_up_to());
                if !valid.is_ascii() {
                    return false;
                }
                // A character cut off by the end of the sample says nothing.
                let Some(len) = e.error_len() else { return invalid > 0 };
                if after.iter().take(len).any(|b| matches!(b, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D)) {
                    return false;
                }
                invalid += 1;
                rest = after.get(len..).unwrap_or_default();
            }
        }
    }
}

/// The characters of 0x80..=0x9F in Windows-1252 (undefined ones as in the web's table: the C1 controls).
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// See the module.
pub struct Text {
    file: Content,
    encoding: Encoding,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    odd: Vec<u8>,
    raw: Vec<u8>,
    raw_read: u64,
    digest: Xxh3,
    offset: u64,
}

/// Bytes asked of the file at once.
const CHUNK: usize = 2 << 20;

impl Text {
    /// Opens at the beginning and decides on the encoding, unless it is given.
    pub fn open(file: Content, encoding: Option<Encoding>) -> Result<Self> {
        let mut text = Self {
            file,
            encoding: Encoding::Utf8,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
            odd: Vec::new(),
            raw: Vec::new(),
            raw_read: 0,
            digest: Xxh3::new(),
            offset: 0,
        };
        let mut head = vec![0; SAMPLE];
        let mut read = 0;
        while let Some(room) = head.get_mut(read..).filter(|r| !r.is_empty()) {
            match text.file.read(room).map_err(unreadable)? {
                0 => break,
                n => read += n,
            }
        }
        head.truncate(read);
        text.raw_read = read as u64;
        let (found, mark) = sniff(&head)?;
        text.encoding = encoding.unwrap_or(found);
        let mark = if encoding.is_none_or(|e| e == found) { mark } else { 0 };
        text.buffer.resize(CHUNK * 2, 0);
        text.take(head.get(mark..).unwrap_or_default());
        Ok(text)
    }

    /// The file again, from its beginning.
    pub fn into_file(mut self) -> Result<Content> {
        self.file.rewind().map_err(unreadable)?;
        Ok(self.file)
    }

    /// What was decided.
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Decoded bytes not yet consumed.
    pub fn rest(&self) -> &[u8] {
        self.buffer.get(self.start..self.end).unwrap_or_default()
    }

    /// Whether nothing follows [`Self::rest`].
    pub const fn ended(&self) -> bool {
        self.ended
    }

    /// Bytes of the file read so far, before decoding.
    pub const fn raw_read(&self) -> u64 {
        self.raw_read
    }

    /// Decoded bytes consumed.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// Digest of what was consumed.
    pub fn digest(&self) -> String {
        format!("{:032x}", self.digest.digest128())
    }

    /// Marks bytes as done.
    pub fn consume(&mut self, bytes: usize) {
        let until = (self.start + bytes).min(self.end);
        self.digest.update(self.buffer.get(self.start..until).unwrap_or_default());
        self.offset += (until - self.start) as u64;
        self.start = until;
    }

    /// Consumes up to an offset; false if the text ends before.
    pub fn skip_to(&mut self, offset: u64) -> Result<bool> {
        while self.offset < offset {
            if self.start == self.end {
                if self.ended {
                    return Ok(false);
                }
                self.fill()?;
                continue;
            }
            let step = ((offset - self.offset) as usize).min(self.end - self.start);
            self.consume(step);
        }
        Ok(true)
    }

    /// Reads another chunk behind what is left.
    pub fn fill(&mut self) -> Result<()> {
        if self.ended {
            return Ok(());
        }
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.encoding == Encoding::Utf8 {
            if self.buffer.len() < self.end + CHUNK {
                self.buffer.resize(self.end + CHUNK, 0);
            }
            let room = self.buffer.get_mut(self.end..).unwrap_or_default();
            let read = retry(&mut self.file, room)?;
            self.end += read;
            self.raw_read += read as u64;
            self.ended = read == 0;
            return Ok(());
        }
        let mut raw = std::mem::take(&mut self.raw);
        raw.resize(CHUNK / 2, 0);
        let read = retry(&mut self.file, &mut raw)?;
        self.raw_read += read as u64;
        if read == 0 {
            self.ended = true;
            if !self.odd.is_empty() {
                self.odd.clear();
                self.append("\u{fffd}".as_bytes());
            }
        } else {
            self.take(raw.get(..read).unwrap_or_default());
        }
        self.raw = raw;
        Ok(())
    }

    fn append(&mut self, bytes: &[u8]) {
        let end = self.end + bytes.len();
        if self.buffer.len() < end {
            self.buffer.resize(end + CHUNK, 0);
        }
        if let Some(room) = self.buffer.get_mut(self.end..end) {
            room.copy_from_slice(bytes);
        }
        self.end = end;
    }

    fn take(&mut self, raw: &[u8]) {
        match self.encoding {
            Encoding::Utf8 => self.append(raw),
            Encoding::Windows1252 => {
                let mut out = String::with_capacity(raw.len() + raw.len() / 8);
                out.extend(raw.iter().map(|&b| match b {
                    0x80..=0x9F => HIGH.get(usize::from(b - 0x80)).copied().unwrap_or('\u{fffd}'),
                    b => char::from(b),
                }));
                self.append(out.as_bytes());
            }
            Encoding::Utf16Le | Encoding::Utf16Be => {
                let big = self.encoding == Encoding::Utf16Be;
                let mut bytes = std::mem::take(&mut self.odd);
                bytes.extend_from_slice(raw);
                let (pairs, tail) = bytes.as_chunks::<2>();
                let mut units: Vec<u16> =
                    pairs.iter().map(|p| if big { u16::from_be_bytes(*p) } else { u16::from_le_bytes(*p) }).collect();
                let mut left = tail.to_vec();
                // The first half of a pair waits for the second.
                if let Some(high @ 0xD800..=0xDBFF) = units.last().copied() {
                    units.pop();
                    let pair = if big { high.to_be_bytes() } else { high.to_le_bytes() };
                    left.splice(0..0, pair);
                }
                let out: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
                self.odd = left;
                self.append(out.as_bytes());
            }
        }
    }
}

fn retry(file: &mut Content, room: &mut [u8]) -> Result<usize> {
    loop {
        match file.read(room) {
            Ok(n) => return Ok(n),
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            Err(e) => return Err(unreadable(e)),
        }
    }
}

/// The disk or the bucket would not give the bytes; the latter says why.
pub fn unreadable(error: std::io::Error) -> Error {
    error.downcast().unwrap_or_else(|error| {
        Error::unavailable("file.unreadable", "The file cannot be read now.")
            .remedy("Check the disk; the read is tried again.")
            .source(error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> (Encoding, String) {
        use std::io::{Seek as _, Write as _};
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        let mut text = Text::open(Content::File(file), None).unwrap();
        while !text.ended() {
            text.fill().unwrap();
        }
        (text.encoding(), String::from_utf8_lossy(text.rest()).into_owned())
    }

    #[test]
    fn encodings_are_told_apart() {
        let utf16: Vec<u8> = "a,b\nä,😀\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut marked = vec![0xFF, 0xFE];
        marked.extend_from_slice(&utf16);
        let cases: &[(&[u8], Encoding, &str)] = &[
            (b"a,b\n", Encoding::Utf8, "a,b\n"),
            (b"\xEF\xBB\xBFa,b\n", Encoding::Utf8, "a,b\n"),
            (&marked, Encoding::Utf16Le, "a,b\nä,😀\n"),
            (b"a\0,\0b\0\n\0", Encoding::Utf16Le, "a,b\n"),
            (b"\0a\0,\0b\0\n", Encoding::Utf16Be, "a,b\n"),
            (b"name\nM\xFCller\n\x80 5\n", Encoding::Windows1252, "name\nMüller\n€ 5\n"),
            ("name\nMüller\n\u{20ac}".as_bytes(), Encoding::Utf8, "name\nMüller\n€"),
        ];
        for (bytes, encoding, text) in cases {
            assert_eq!(whole(bytes), (*encoding, (*text).to_owned()));
        }
        assert_eq!(whole("ü\n".bytes().chain(*b"M\xFC\n").collect::<Vec<_>>().as_slice()).0, Encoding::Utf8);
        assert_eq!(sniff(b"\x1F\x8B\x08").unwrap_err().code, "file.not_text");
        assert_eq!(sniff(&[0; 100]).unwrap_err().code, "file.not_text");
    }
}
