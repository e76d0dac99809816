//! Finds the fields of delimited text without copying them: pure, restartable at any record, one pass.
//!
//! The dialect is the lenient one that spreadsheets and databases agree on: a field that starts with the quote runs to
//! the closing quote, newlines included, and a doubled quote stands for one; a quote elsewhere is an ordinary character;
//! text after a closing quote is kept. `\n`, `\r\n` and (where a file has no `\n`) `\r` end a record; blank lines are not
//! records.

use memchr::{memchr, memchr2};

/// The field was quoted, so it is not null even if empty.
pub const QUOTED: u32 = 1 << 31;
/// The field has quotes inside that must be undone.
pub const ESCAPED: u32 = 1 << 30;
const LEN: u32 = ESCAPED - 1;

/// Where a field lies in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Length and flags.
    pub bits: u32,
}

impl Span {
    /// Length in the buffer.
    pub const fn len(self) -> usize {
        (self.bits & LEN) as usize
    }

    /// Whether any flag is set.
    pub const fn special(self) -> bool {
        self.bits > LEN
    }

    /// Whether the field was quoted.
    pub const fn quoted(self) -> bool {
        self.bits & QUOTED != 0
    }

    /// Whether quotes inside must be undone.
    pub const fn escaped(self) -> bool {
        self.bits & ESCAPED != 0
    }

    /// The bytes, still escaped.
    pub fn of(self, buffer: &[u8]) -> &[u8] {
        let start = self.start as usize;
        buffer.get(start..start + self.len()).unwrap_or_default()
    }

    /// The field's own bytes.
    pub fn text(self, buffer: &[u8]) -> std::borrow::Cow<'_, [u8]> {
        if self.escaped() {
            let mut out = Vec::with_capacity(self.len());
            unescape(self.of(buffer), &mut out);
            out.into()
        } else {
            self.of(buffer).into()
        }
    }
}

/// What was found at a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A record of so many fields; the next starts at `next`.
    Record {
        /// Fields found, also those beyond the wanted number.
        fields: usize,
        /// Where the next record starts.
        next: usize,
    },
    /// An empty line.
    Blank {
        /// Where the next record starts.
        next: usize,
    },
    /// The record does not end in this buffer; inside quotes or not.
    More {
        /// Whether a quote is open.
        quoted: bool,
    },
    /// The text ends inside quotes.
    Unclosed,
}

/// A dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splitter {
    /// Between fields.
    pub delimiter: u8,
    /// Around fields; 0 for none (TSV written without quoting still uses it in practice).
    pub quote: u8,
    /// After records: `\n`, or `\r`.
    pub terminator: u8,
}

impl Splitter {
    /// The dialect with a delimiter.
    pub const fn new(delimiter: u8) -> Self {
        Self { delimiter, quote: b'"', terminator: b'\n' }
    }

    /// Reads one record at `at`, appending at most `wanted` spans. `ended`: nothing follows the buffer.
    pub fn record(self, buffer: &[u8], at: usize, ended: bool, wanted: usize, spans: &mut Vec<Span>) -> Step {
        let mut here = at;
        let mut fields = 0;
        match buffer.get(at) {
            None => return Step::More { quoted: false },
            Some(&b) if b == self.terminator => return Step::Blank { next: at + 1 },
            Some(b'\r') => match buffer.get(at + 1) {
                Some(b'\n') => return Step::Blank { next: at + 2 },
                None if ended => return Step::Blank { next: at + 1 },
                None => return Step::More { quoted: false },
                Some(_) => {}
            },
            Some(_) => {}
        }
        loop {
            let (span, end) = if buffer.get(here) == Some(&self.quote) {
                match self.quoted(buffer, here, ended) {
                    Ok(found) => found,
                    Err(step) => return step,
                }
            } else {
                match self.find(buffer, here) {
                    Some(end) => (plain(here, end), Some(end)),
                    None if ended => (plain(here, buffer.len()), None),
                    None => return Step::More { quoted: false },
                }
            };
            fields += 1;
            let last = end.is_none_or(|end| buffer.get(end) == Some(&self.terminator));
            let span = if last { without_return(span, buffer, self.terminator) } else { span };
            if fields <= wanted {
                spans.push(span);
            }
            match end {
                Some(end) if last => return Step::Record { fields, next: end + 1 },
                Some(end) => here = end + 1,
                None => return Step::Record { fields, next: buffer.len() },
            }
        }
    }

    /// A quoted field at `here`: its span and the delimiter or terminator that ends it (none: the end of the text).
    #[inline]
    fn quoted(self, buffer: &[u8], here: usize, ended: bool) -> Result<(Span, Option<usize>), Step> {
        let start = here + 1;
        let mut from = start;
        let mut bits = QUOTED;
        let more = if ended { Step::Unclosed } else { Step::More { quoted: true } };
        loop {
            let close = from + memchr(self.quote, buffer.get(from..).unwrap_or_default()).ok_or(more)?;
            match buffer.get(close + 1) {
                Some(&b) if b == self.quote => {
                    bits |= ESCAPED;
                    from = close + 2;
                }
                Some(&b) if b == self.delimiter || b == self.terminator => {
                    return Ok((Span { start: start as u32, bits: bits | (close - start) as u32 }, Some(close + 1)));
                }
                Some(b'\r') if buffer.get(close + 2) == Some(&b'\n') => {
                    return Ok((Span { start: start as u32, bits: bits | (close - start) as u32 }, Some(close + 2)));
                }
                None if ended => return Ok((Span { start: start as u32, bits: bits | (close - start) as u32 }, None)),
                None => return Err(Step::More { quoted: false }),
                Some(_) => {
                    // Text after the closing quote: keep all of it, undone later.
                    bits |= ESCAPED;
                    let end = match self.find(buffer, close + 1) {
                        Some(end) => Some(end),
                        None if ended => None,
                        None => return Err(Step::More { quoted: false }),
                    };
                    let mut stop = end.unwrap_or(buffer.len());
                    let last = end.is_none_or(|end| buffer.get(end) == Some(&self.terminator));
                    if last && self.terminator == b'\n' && buffer.get(stop - 1) == Some(&b'\r') {
                        stop -= 1;
                    }
                    return Ok((Span { start: start as u32, bits: bits | (stop - start) as u32 }, end));
                }
            }
        }
    }

    /// The next delimiter or terminator: eight bytes at a time while near, since most fields are short.
    #[inline]
    fn find(self, buffer: &[u8], at: usize) -> Option<usize> {
        const ONES: u64 = 0x0101_0101_0101_0101;
        const HIGH: u64 = 0x8080_8080_8080_8080;
        let (a, b) = (ONES * u64::from(self.delimiter), ONES * u64::from(self.terminator));
        let rest = buffer.get(at..)?;
        let (words, _) = rest.as_chunks::<8>();
        for (i, word) in words.iter().take(4).enumerate() {
            let word = u64::from_le_bytes(*word);
            let (x, y) = (word ^ a, word ^ b);
            let hit = ((x.wrapping_sub(ONES) & !x) | (y.wrapping_sub(ONES) & !y)) & HIGH;
            if hit != 0 {
                return Some(at + i * 8 + (hit.trailing_zeros() / 8) as usize);
            }
        }
        let far = words.len().min(4) * 8;
        memchr2(self.delimiter, self.terminator, rest.get(far..)?).map(|i| at + far + i)
    }
}

const fn plain(start: usize, end: usize) -> Span {
    Span { start: start as u32, bits: (end - start) as u32 }
}

/// A carriage return before the end of a record belongs to the end, not to the last field.
fn without_return(span: Span, buffer: &[u8], terminator: u8) -> Span {
    if terminator == b'\n' && !span.quoted() && span.of(buffer).last() == Some(&b'\r') {
        Span { bits: span.bits - 1, ..span }
    } else {
        span
    }
}

/// Undoes the quoting of what follows an opening quote.
pub fn unescape(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(i) = memchr(b'"', rest) {
        let (before, from) = rest.split_at(i);
        out.extend_from_slice(before);
        if from.get(1) == Some(&b'"') {
            out.push(b'"');
            rest = from.get(2..).unwrap_or_default();
        } else {
            // The closing quote: what follows is ordinary text.
            out.extend_from_slice(from.get(1..).unwrap_or_default());
            return;
        }
    }
    out.extend_from_slice(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str, delimiter: u8) -> Vec<Vec<String>> {
        let splitter = Splitter::new(delimiter);
        let (mut at, mut rows) = (0, Vec::new());
        while at < text.len() {
            let mut spans = Vec::new();
            match splitter.record(text.as_bytes(), at, true, usize::MAX, &mut spans) {
                Step::Record { next, .. } => {
                    rows.push(
                        spans.iter().map(|s| String::from_utf8(s.text(text.as_bytes()).to_vec()).unwrap()).collect(),
                    );
                    at = next;
                }
                Step::Blank { next } => at = next,
                other => {
                    rows.push(vec![format!("{other:?}")]);
                    break;
                }
            }
        }
        rows
    }

    #[test]
    fn dialect() {
        let cases: &[(&str, &[&[&str]])] = &[
            ("a,b\n1,2\n", &[&["a", "b"], &["1", "2"]]),
            ("a,b\r\n1,2\r\n", &[&["a", "b"], &["1", "2"]]),
            ("a,b\n\n\r\n1,", &[&["a", "b"], &["1", ""]]),
            ("\"x\"\"y\",\"l1\nl2\"\r\n", &[&["x\"y", "l1\nl2"]]),
            ("\"a\"b,c\n", &[&["ab", "c"]]),
            ("\"a\"b\"\"c\r\nd", &[&["ab\"\"c"], &["d"]]),
            ("5\" pipe,x\n", &[&["5\" pipe", "x"]]),
            ("\"\",\n", &[&["", ""]]),
            ("\"open,b\nc,d\n", &[&["Unclosed"]]),
            ("\"q\r\"\r\nz", &[&["q\r"], &["z"]]),
            (
                "a very long field that is over thirty-two bytes,b\n",
                &[&["a very long field that is over thirty-two bytes", "b"]],
            ),
        ];
        for (text, want) in cases {
            assert_eq!(all(text, b','), *want, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn agrees_with_csv_core_on_what_writers_write(rows in proptest::collection::vec(
            proptest::collection::vec("[a-c,\"\n\r é]{0,40}", 2..5), 1..20)) {
            let mut text = String::new();
            for row in &rows {
                let quoted: Vec<String> = row.iter().map(|f| format!("\"{}\"", f.replace('"', "\"\""))).collect();
                text.push_str(&quoted.join(","));
                text.push('\n');
            }
            proptest::prop_assert_eq!(all(&text, b','), rows);
        }

        #[test]
        fn never_panics_and_restarts_anywhere(bytes in proptest::collection::vec(
            proptest::sample::select(b"a,\"\n\r".to_vec()), 0..60), cut in 0_usize..60) {
            let splitter = Splitter::new(b',');
            let cut = cut.min(bytes.len());
            let (mut whole, mut part) = (Vec::new(), Vec::new());
            let with_all = splitter.record(&bytes, 0, true, 99, &mut whole);
            match splitter.record(&bytes[..cut], 0, false, 99, &mut part) {
                Step::More { .. } => {}
                early => {
                    proptest::prop_assert_eq!(early, with_all);
                    proptest::prop_assert_eq!(part, whole);
                }
            }
        }
    }
}
