//! One pass over the files of a stream: what is done is skipped, what was begun is gone on with, the rest is read in
//! name order. Runs on the stream's own thread.

use std::sync::Arc;

use arrow::array::RecordBatch;
use autonomos_runtime::{Error, Kind, Result, Scope};

use super::super::position::Position as _;
use super::Files;
use super::cursor::{At, Cursor, Done};
use super::portion::{Mark, Portion, with_origin};
use super::reader::{Format, Reader};
use crate::connector::source::{Feed, Limits, RawBatch, cancelled};
use crate::files::{Content, Entry, Identity};

/// See the module.
pub struct Pass {
    files: Files,
    scope: Scope,
    limits: Limits,
    from: Option<String>,
    cursor: Cursor,
    rows: u64,
}

/// How a file ended.
enum End {
    Done(String),
    Growing,
}

impl Pass {
    /// From a stored cursor.
    pub fn new(files: Files, scope: Scope, from: Option<String>, limits: Limits) -> Result<Self> {
        let cursor = Cursor::parse(from.as_deref())?;
        Ok(Self { files, scope, limits, from, cursor, rows: 0 })
    }

    /// Reads all there is.
    pub fn run(mut self, feed: &Feed) -> Result<()> {
        let mut entries = self.files.list(&self.scope)?;
        // Whatever was begun is finished first: the cursor holds one place only.
        let begun = self.cursor.at.as_ref().map(|at| at.file.clone());
        entries.sort_by_key(|e| Some(&e.path) != begun.as_ref());
        self.cursor.done.retain(|name, _| entries.iter().any(|e| e.path == *name));
        if !entries.iter().any(|e| Some(&e.path) == begun.as_ref()) {
            self.cursor.at = None;
        }
        let (many, mut failed) = (entries.len() > 1, Vec::new());
        for entry in &entries {
            if feed.cancelled() {
                return Err(cancelled());
            }
            match self.file(feed, entry) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(e) if many && matches!(e.kind, Kind::Invalid | Kind::TooLarge | Kind::NotFound) => {
                    self.cursor.at = None;
                    failed.push((entry.path.clone(), e));
                }
                Err(e) => return Err(e),
            }
        }
        let others = failed.len().saturating_sub(1);
        match failed.into_iter().next() {
            None => Ok(()),
            Some((path, error)) => {
                let more = if others > 0 { format!(" (and {others} more files)") } else { String::new() };
                Err(Error { message: format!("`{path}`{more}: {}", error.message).into(), ..error })
            }
        }
    }

    /// Reads one file; false if the row limit of the read is reached.
    fn file(&mut self, feed: &Feed, entry: &Entry) -> Result<bool> {
        let stop = || feed.cancelled();
        if self.cursor.done.get(&entry.path).is_some_and(|done| done.is(entry.identity)) {
            return Ok(true);
        }
        let opened = self.files.folder.open_file(&self.scope, &entry.path)?;
        let identity = opened.identity;
        let watched = opened.content.try_clone().map_err(super::text::unreadable)?;
        let format = self.files.settings.format.map_or_else(|| Format::of(&entry.path), Ok)?;
        let open = |file: Content| Reader::open(file, format, self.files.dialect, &self.limits, &stop);
        let Some(mut reader) = open(opened.content)? else {
            // Nothing in it yet: nothing to say, and looking again costs nothing.
            return Ok(true);
        };
        if let Some(done) = self.cursor.done.get(&entry.path)
            && done.0 == identity.size
            && self.digest(&entry.path, &stop)? == done.3
        {
            // The same content under a new date: remembered with the next batch.
            let same = Done::new(identity, done.3.clone());
            self.cursor.done.insert(entry.path.clone(), same);
            return Ok(true);
        }
        if let Some(at) = self.cursor.at.clone().filter(|at| at.file == entry.path) {
            let mark = Mark { offset: at.offset, row: at.row, digest: at.digest };
            if !reader.resume(&mark, &stop)? {
                let again = self.files.folder.open_file(&self.scope, &entry.path)?;
                reader = match open(again.content)? {
                    Some(reader) => reader,
                    None => return Ok(true),
                };
            }
        }
        self.read(feed, entry, &mut reader, &watched, identity)
    }

    fn read(
        &mut self,
        feed: &Feed,
        entry: &Entry,
        reader: &mut Reader,
        watched: &Content,
        was: Identity,
    ) -> Result<bool> {
        let origin: Arc<str> = entry.path.as_str().into();
        let stop = || feed.cancelled();
        let mut next = reader.next(&self.bounds(0), &stop)?;
        loop {
            let mark = reader.mark();
            // One portion ahead, so that the last one can say that the file is done.
            let Some(portion) = next else {
                let empty = RecordBatch::new_empty(reader.schema()?);
                let last = Portion { columns: empty, first_row: mark.row + 1, rows: None, rejects: Vec::new() };
                return self.last(feed, entry, last, &mark, ended(reader, &mark, watched, was)?, &origin);
            };
            let full = self.limits.max_rows.is_some_and(|most| self.rows + portion.seen() >= most);
            next = if full { None } else { reader.next(&self.bounds(portion.seen()), &stop)? };
            if next.is_none() && !full {
                let end = ended(reader, &reader.mark(), watched, was)?;
                return self.last(feed, entry, portion, &mark, end, &origin);
            }
            self.begun(entry, &mark);
            self.send(feed, portion, &origin)?;
            if full {
                return Ok(false);
            }
        }
    }

    /// Limits of the next portion, when so many rows are at hand that are not sent yet.
    fn bounds(&self, at_hand: u64) -> Limits {
        Limits { batch_rows: self.limits.room(self.rows + at_hand), ..self.limits.clone() }
    }

    fn begun(&mut self, entry: &Entry, mark: &Mark) {
        self.cursor.done.remove(&entry.path);
        let (offset, row, digest) = (mark.offset, mark.row, mark.digest.clone());
        self.cursor.at = Some(At { file: entry.path.clone(), offset, row, digest });
    }

    fn last(
        &mut self,
        feed: &Feed,
        entry: &Entry,
        portion: Portion,
        mark: &Mark,
        end: End,
        origin: &Arc<str>,
    ) -> Result<bool> {
        match end {
            End::Done(digest) => {
                let identity = entry.identity;
                self.cursor.at = None;
                self.cursor.done.insert(entry.path.clone(), Done::new(identity, digest));
            }
            End::Growing => self.begun(entry, mark),
        }
        self.send(feed, portion, origin)?;
        Ok(self.limits.max_rows.is_none_or(|most| self.rows < most))
    }

    fn send(&mut self, feed: &Feed, portion: Portion, origin: &Arc<str>) -> Result<()> {
        self.rows += portion.seen();
        let to = self.cursor.text()?;
        let from = self.from.replace(to.clone());
        if from.as_ref() == Some(&to) && portion.seen() == 0 {
            return Ok(());
        }
        feed.send_blocking(RawBatch {
            columns: portion.columns,
            origin: Some(origin.clone()),
            first_row: portion.first_row,
            rows: portion.rows,
            deletes: None,
            rejects: with_origin(portion.rejects, origin),
            from,
            to,
        })
    }

    /// The digest of all of a file, for one whose date alone has changed.
    fn digest(&self, path: &str, stop: &dyn Fn() -> bool) -> Result<String> {
        let Some(mut reader) = self.files.open(&self.scope, path, &self.limits, stop)? else {
            return Ok(String::new());
        };
        let mut end = Mark { offset: u64::MAX, row: 0, digest: String::new() };
        if matches!(reader, Reader::Columnar(_)) {
            return Ok(reader.mark().digest);
        }
        reader.resume(&end, stop)?;
        end = reader.mark();
        Ok(end.digest)
    }
}

/// Whether the file that was read to its end is still the one that was opened.
fn ended(reader: &Reader, mark: &Mark, watched: &Content, was: Identity) -> Result<End> {
    let is = watched.identity()?;
    if is == was {
        return Ok(End::Done(mark.digest.clone()));
    }
    match reader.read_so_far() {
        Some((read, true)) if is.size > was.size && read >= was.size => Ok(End::Growing),
        _ => Err(Error::unavailable("file.changed", "The file changed while it was read.")
            .field("path")
            .remedy("Nothing is lost: it is read again. Put files in place whole (write beside, then rename).")),
    }
}
