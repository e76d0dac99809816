//! What an `identity` entry of the log holds: a batch of changes, a row each, with a head that says of what and by whom.
//!
//! Arrow, because a first round decides about every record there is: eight bytes of record and eight of entity. Values of
//! records are not in it, only levels and weights, so erasing a source erases what was known of it. Guarantee: what was
//! encoded is decoded, and the same changes are the same bytes. Pure.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{AsArray, BinaryArray, Float32Array, RecordBatch, UInt8Array, UInt64Array};
use arrow::datatypes::{DataType, Field, Float32Type, Schema, UInt8Type, UInt64Type};
use autonomos_runtime::canonical::codec;
use autonomos_runtime::{Error, Result};
use bytes::Bytes;

use super::change::{Change, Found};
use super::model::Model;

/// Name of the head in the schema's metadata.
const HEAD: &str = "identity";
/// Changes of one entry at most; a larger round is several entries of one transaction.
pub const MOST_CHANGES: usize = 1 << 18;

/// What the changes are of.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// Entity that the records are of.
    pub entity: String,
    /// Views' position that was looked at: the age of records that are new.
    pub at: i64,
    /// Everything up to `at` is decided with this entry.
    #[serde(default)]
    pub complete: bool,
    /// Who decided: `system:unifier`, `user:...`.
    pub by: String,
    /// Why, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Version of the model that pairs were scored by.
    pub model: i64,
    /// The model itself, where it is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt: Option<Model>,
}

/// What a row is, as its column `op` holds it.
pub(crate) mod op {
    pub(crate) const BORN: u8 = 0;
    pub(crate) const MOVED: u8 = 1;
    pub(crate) const FORGOTTEN: u8 = 2;
    pub(crate) const ANEW: u8 = 3;
    pub(crate) const PAIR: u8 = 4;
    pub(crate) const DOUBT: u8 = 5;
    pub(crate) const TOGETHER: u8 = 6;
    pub(crate) const APART: u8 = 7;
    pub(crate) const UNLINKED: u8 = 8;
}

/// The payload.
pub fn encode(head: &Head, changes: &[Change]) -> Result<Bytes> {
    let failed =
        |e: arrow::error::ArrowError| Error::internal("identity.encode", "Identities could not be encoded.").source(e);
    let head = serde_json::to_string(head)
        .map_err(|e| Error::internal("identity.encode", "Identities could not be encoded.").source(e))?;
    let fields = vec![
        Field::new("op", DataType::UInt8, false),
        Field::new("a", DataType::UInt64, false),
        Field::new("b", DataType::UInt64, false),
        Field::new("bits", DataType::Float32, true),
        Field::new("evidence", DataType::Binary, true),
    ];
    let schema = Schema::new_with_metadata(fields, HashMap::from([(HEAD.to_owned(), head)]));
    let rows: Vec<(u8, u64, u64, Option<&Found>)> = changes.iter().map(row).collect();
    let batch = RecordBatch::try_new(
        Arc::new(schema),
        vec![
            Arc::new(UInt8Array::from_iter_values(rows.iter().map(|r| r.0))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|r| r.1))),
            Arc::new(UInt64Array::from_iter_values(rows.iter().map(|r| r.2))),
            Arc::new(rows.iter().map(|r| r.3.map(|f| f.bits)).collect::<Float32Array>()),
            Arc::new(rows.iter().map(|r| r.3.map(|f| f.evidence.as_slice())).collect::<BinaryArray>()),
        ],
    );
    codec::encode(&batch.map_err(failed)?)
}

fn row(change: &Change) -> (u8, u64, u64, Option<&Found>) {
    match change {
        Change::Born { record, entity } => (op::BORN, *record, *entity, None),
        Change::Moved { record, entity } => (op::MOVED, *record, *entity, None),
        Change::Forgotten { record } => (op::FORGOTTEN, *record, 0, None),
        Change::Anew => (op::ANEW, 0, 0, None),
        Change::Pair(found) => (op::PAIR, found.a, found.b, Some(found)),
        Change::Doubt(found) => (op::DOUBT, found.a, found.b, Some(found)),
        Change::Together { a, b } => (op::TOGETHER, *a.min(b), *a.max(b), None),
        Change::Apart { a, b } => (op::APART, *a.min(b), *a.max(b), None),
        Change::Unlinked { a, b } => (op::UNLINKED, *a.min(b), *a.max(b), None),
    }
}

/// Head and rows of a payload: columns `op`, `a`, `b`, `bits`, `evidence`.
pub fn decode(payload: &[u8]) -> Result<(Head, RecordBatch)> {
    let batch = codec::decode(payload)?;
    let damaged = || Error::internal("identity.damaged", "An identity entry of the log could not be read.");
    let head = batch.schema_ref().metadata().get(HEAD).and_then(|text| serde_json::from_str(text).ok());
    Ok((head.ok_or_else(damaged)?, batch))
}

/// The changes of a payload, for whoever wants them one by one.
pub fn changes(batch: &RecordBatch) -> Vec<Change> {
    let (ops, a, b) = (
        batch.column(0).as_primitive::<UInt8Type>(),
        batch.column(1).as_primitive::<UInt64Type>(),
        batch.column(2).as_primitive::<UInt64Type>(),
    );
    let (bits, evidence) = (batch.column(3).as_primitive::<Float32Type>(), batch.column(4).as_binary::<i32>());
    let one = |i: usize| {
        let (a, b) = (a.value(i), b.value(i));
        let found = || Found { a, b, bits: bits.value(i), evidence: evidence.value(i).into() };
        Some(match ops.value(i) {
            op::BORN => Change::Born { record: a, entity: b },
            op::MOVED => Change::Moved { record: a, entity: b },
            op::FORGOTTEN => Change::Forgotten { record: a },
            op::ANEW => Change::Anew,
            op::PAIR => Change::Pair(found()),
            op::DOUBT => Change::Doubt(found()),
            op::TOGETHER => Change::Together { a, b },
            op::APART => Change::Apart { a, b },
            op::UNLINKED => Change::Unlinked { a, b },
            _ => return None,
        })
    };
    (0..batch.num_rows()).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let found = Found { a: 3, b: u64::MAX, bits: 12.5, evidence: vec![0, 40, 15, 0].into() };
        let all = vec![
            Change::Born { record: 1, entity: 1 },
            Change::Moved { record: 2, entity: 1 },
            Change::Forgotten { record: 2 },
            Change::Anew,
            Change::Pair(found.clone()),
            Change::Doubt(found),
            Change::Together { a: 1, b: 2 },
            Change::Apart { a: 2, b: 3 },
            Change::Unlinked { a: 1, b: 2 },
        ];
        let head = Head {
            entity: "account".into(),
            at: 7,
            complete: true,
            by: "system:unifier".into(),
            reason: None,
            model: 0,
            learnt: None,
        };
        let payload = encode(&head, &all).unwrap();
        assert_eq!(payload, encode(&head, &all).unwrap());
        let (read, batch) = decode(&payload).unwrap();
        assert_eq!((read, changes(&batch)), (head, all));
        assert!(decode(b"no entry").is_err());
    }
}
