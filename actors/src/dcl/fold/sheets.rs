//! From an entry of the log to rows under the rules that hold for each of its batches.

use arrow::array::{RecordBatch, UInt32Array};
use arrow::compute::take_record_batch;
use autonomos_runtime::Error;
use autonomos_runtime::canonical::pack::Pack;
use autonomos_runtime::canonical::remap::{remap, same_rules};

use super::{Failure, Writer, stream_name};
use crate::dcl::engine::Fault;
use crate::dcl::log::LogEntry;
use crate::dcl::run::{Part, Places};

impl Writer {
    /// Puts a `records` entry into its stream's run: the batches in it that were committed after a position; those before
    /// were folded where they stood then.
    pub(super) fn records(&mut self, entry: &LogEntry, after: i64) -> Result<(), Failure> {
        let (connection, name) = stream_name(entry)?;
        let stream = self.ledger.stream(connection, name);
        let state = &mut self.ledger.streams[stream];
        state.rejected += entry.rejected;
        state.dirty = true;
        if entry.payload.is_empty() {
            return Ok(()); // erased, or compacted away and still to come
        }
        state.last_seq = state.last_seq.max(entry.seq);
        let pack = Pack::decode(entry.seq, &entry.payload)?;
        for dropped in pack.dropped().iter().filter(|d| d.last > after) {
            if dropped.first <= after {
                let what = format!("{after} lies in what compaction dropped up to {}", dropped.last);
                return Err(Fault::corrupt(what).into());
            }
            state.tally.rows += dropped.rows;
            state.tally.superseded += dropped.rows;
        }
        for sheet in self.sheets(entry, stream, &pack, after)? {
            self.ledger.streams[stream].unmapped += sheet.lost;
            if sheet.batch.num_rows() == 0 {
                continue;
            }
            let table = self.catalogue.index_of(&sheet.entity).ok_or_else(|| {
                let what = format!("the log names an entity {:?} that does not exist", sheet.entity);
                Error::internal("log.unknown_entity", what)
            })?;
            let part = Part::new(sheet.places, sheet.mapping, sheet.batch, self.ledger.streams[stream].seed)?;
            let fields = part.fields(&self.catalogue.tables()[table as usize].entity);
            self.enqueue(stream, table, fields, part)?;
        }
        Ok(())
    }

    /// The batches of an entry from a position on, under the rules that hold for each, without rows that were retracted:
    /// as many at once as may be; one by one where they are mapped again, because what that does depends on a whole batch.
    fn sheets(&self, entry: &LogEntry, stream: usize, pack: &Pack, after: i64) -> Result<Vec<Sheet>, Failure> {
        let version = entry.mapping_version.unwrap_or_default();
        let made = self.ledger.version(stream, version);
        let is_whole = |seq| self.ledger.retracted(seq).is_none();
        let mut out = Vec::new();
        let mut at = pack.after(after);
        while at < pack.len() {
            let rules = self.ledger.effective(stream, pack.seq(at));
            let adopted = rules.map(|r| r.seq);
            let whole = is_whole(pack.seq(at));
            let same = |seq| whole && is_whole(seq) && self.ledger.effective(stream, seq).map(|r| r.seq) == adopted;
            let end = pack.alike(at, same);
            let rules = rules.map(|r| &r.effective.mapping);
            let mapping = rules.map_or(version, |r| r.version);
            if let Some((rules, made)) = rules.zip(made).filter(|(rules, made)| !same_rules(made, rules)) {
                for i in at..end {
                    let (places, before) = self.remaining(pack, i)?;
                    let batch = remap(&self.vocabulary, &before, made, rules)?;
                    let lost = before.num_rows().saturating_sub(batch.num_rows()) as i64;
                    out.push(Sheet { entity: rules.entity.clone(), mapping, places, batch, lost });
                }
            } else {
                let entity = entry.entity.clone().unwrap_or_default();
                let (places, batch) =
                    if whole { (places(pack, at..end), pack.together(at..end)?) } else { self.remaining(pack, at)? };
                out.push(Sheet { entity, mapping, places, batch, lost: 0 });
            }
            at = end;
        }
        Ok(out)
    }

    /// The rows of a batch that were not retracted, and where they are in it.
    fn remaining(&self, pack: &Pack, at: usize) -> Result<(Places, RecordBatch), Failure> {
        let (seq, batch) = (pack.seq(at), pack.batch(at)?);
        let Some(gone) = self.ledger.retracted(seq) else { return Ok((Places::One(seq), batch)) };
        let left: Vec<u32> = (0..batch.num_rows() as u32).filter(|row| !gone.contains(row)).collect();
        let places = Places::Each(left.iter().map(|row| (seq, *row as i32)).collect());
        Ok((places, take_record_batch(&batch, &UInt32Array::from(left)).map_err(Fault::from)?))
    }
}

/// Rows of an entry that are folded under the same rules.
struct Sheet {
    entity: String,
    mapping: i64,
    places: Places,
    batch: RecordBatch,
    /// Rows that the rules could not take.
    lost: i64,
}

fn places(pack: &Pack, range: std::ops::Range<usize>) -> Places {
    if range.len() == 1 {
        return Places::One(pack.seq(range.start));
    }
    Places::Each(range.flat_map(|i| (0..pack.rows(i) as i32).map(move |row| (pack.seq(i), row))).collect())
}
