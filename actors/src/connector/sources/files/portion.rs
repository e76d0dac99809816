//! What a reader of one file gives: rows with their numbers, and the rows it could not take.

use std::sync::Arc;

use arrow::array::RecordBatch;

use crate::connector::source::Reject;

/// Longest text of a rejected row that is kept.
const RAW_CAP: usize = 16 * 1024;

/// Some rows of a file.
#[derive(Debug)]
pub struct Portion {
    /// Their columns.
    pub columns: RecordBatch,
    /// Number of the first, from 1.
    pub first_row: u64,
    /// Number of each, when they are not contiguous.
    pub rows: Option<Vec<u64>>,
    /// Those that were not taken.
    pub rejects: Vec<Reject>,
}

impl Portion {
    /// From the numbers of the rows taken; `next` is the number the next row would have.
    pub fn new(columns: RecordBatch, numbers: Vec<u64>, rejects: Vec<Reject>, next: u64) -> Self {
        let first_row = numbers.first().copied().unwrap_or(next);
        let contiguous = numbers.last().is_none_or(|last| last - first_row + 1 == numbers.len() as u64);
        Self { columns, first_row, rows: (!contiguous).then_some(numbers), rejects }
    }

    /// Rows taken and not taken.
    pub fn seen(&self) -> u64 {
        (self.columns.num_rows() + self.rejects.len()) as u64
    }
}

/// Where a file stands after the portions given so far.
#[derive(Clone, Debug)]
pub struct Mark {
    /// Bytes (or rows) before the next record.
    pub offset: u64,
    /// Records before it.
    pub row: u64,
    /// Digest of what lies before.
    pub digest: String,
}

/// A rejected row whose fields could be told apart.
pub fn reject_fields<'a>(
    row: u64,
    header: &[String],
    fields: impl Iterator<Item = std::borrow::Cow<'a, str>>,
    field: Option<String>,
    code: &'static str,
    reason: String,
) -> Reject {
    let mut object = serde_json::Map::new();
    let (mut more, mut room) = (Vec::new(), RAW_CAP);
    for (i, value) in fields.enumerate() {
        if room == 0 {
            break;
        }
        let value = cap(&value, room);
        room = room.saturating_sub(value.len() + 8);
        match header.get(i) {
            Some(name) => drop(object.insert(name.clone(), value.into())),
            None => more.push(serde_json::Value::from(value)),
        }
    }
    if !more.is_empty() {
        object.insert("_more".to_owned(), more.into());
    }
    let raw = serde_json::Value::Object(object).to_string();
    Reject { row, origin: None, field, code: code.into(), reason, raw }
}

/// A rejected row of which only the text is known.
pub fn reject_text(row: u64, text: &[u8], code: &'static str, reason: String) -> Reject {
    let head = text.get(..text.len().min(RAW_CAP)).unwrap_or_default();
    let raw = serde_json::Value::from(cap(String::from_utf8_lossy(head).trim_end_matches(['\r', '\n']), RAW_CAP));
    Reject { row, origin: None, field: None, code: code.into(), reason, raw: raw.to_string() }
}

fn cap(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most).rev().find(|&i| text.is_char_boundary(i)).unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

/// Names the file in every reject.
pub fn with_origin(mut rejects: Vec<Reject>, origin: &Arc<str>) -> Vec<Reject> {
    for reject in &mut rejects {
        reject.origin = Some(origin.clone());
    }
    rejects
}
