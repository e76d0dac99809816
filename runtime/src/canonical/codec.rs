//! Canonical batches as bytes: the Arrow IPC stream format, buffers compressed with LZ4, then eight bytes of checksum. This is
//! the payload of the log; any Arrow reader takes it, because a stream ends before the checksum begins.
//!
//! Guarantees: `decode(encode(batch))` is the batch; bytes that are not exactly what was encoded are an error, never a panic
//! (Arrow's reader trusts its input further than a disk deserves) and never another batch.

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow::ipc::{CompressionType, MetadataVersion};
use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use crate::{Error, Result};

/// The batch as the log stores it.
pub fn encode(batch: &RecordBatch) -> Result<Bytes> {
    let failed = |e| Error::internal("batch.encode", "A batch could not be encoded.").source(e);
    let options = IpcWriteOptions::try_new(64, false, MetadataVersion::V5)
        .and_then(|o| o.try_with_compression(Some(CompressionType::LZ4_FRAME)))
        .map_err(failed)?;
    let guess = batch.get_array_memory_size() / 2 + 4096;
    let mut writer =
        StreamWriter::try_new_with_options(Vec::with_capacity(guess), &batch.schema(), options).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    let mut payload = writer.into_inner().map_err(failed)?;
    let checksum = xxh3_64(&payload);
    payload.extend_from_slice(&checksum.to_le_bytes());
    Ok(Bytes::from(payload))
}

/// The batch that the log stored.
pub fn decode(payload: &[u8]) -> Result<RecordBatch> {
    let damaged = || Error::internal("batch.damaged", "A stored batch could not be read.");
    let (stream, checksum) = payload.split_last_chunk::<8>().ok_or_else(damaged)?;
    if xxh3_64(stream) != u64::from_le_bytes(*checksum) {
        return Err(damaged());
    }
    let mut reader = StreamReader::try_new(stream, None).map_err(|e| damaged().source(e))?;
    let batch = reader.next().ok_or_else(damaged)?.map_err(|e| damaged().source(e))?;
    match reader.next() {
        None => Ok(batch),
        Some(_) => Err(damaged()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{ArrayRef, Int64Array, StringArray, StructArray};
    use arrow::datatypes::{DataType, Field};
    use std::sync::Arc;

    fn batch() -> RecordBatch {
        let texts = || Arc::new((0..200).map(|n| (n % 7 > 0).then(|| format!("value {n}"))).collect::<StringArray>());
        let extras = StructArray::from(vec![(Arc::new(Field::new("x", DataType::Utf8, true)), texts() as ArrayRef)]);
        RecordBatch::try_from_iter([
            ("name", texts() as ArrayRef),
            ("_version", Arc::new(Int64Array::from_iter_values(0..200))),
            ("_extras", Arc::new(extras)),
        ])
        .unwrap()
    }

    #[test]
    fn what_was_encoded_is_decoded() {
        let batch = batch();
        assert_eq!(decode(&encode(&batch).unwrap()).unwrap(), batch);
        let none = batch.slice(0, 0);
        assert_eq!(decode(&encode(&none).unwrap()).unwrap(), none);
        assert_eq!(encode(&batch).unwrap(), encode(&batch).unwrap());
    }

    #[test]
    fn damaged_bytes_are_an_error() {
        let whole = encode(&batch()).unwrap();
        let damaged = |bytes: &[u8]| decode(bytes).is_err_and(|e| e.code == "batch.damaged");
        assert!((0..whole.len()).all(|end| damaged(&whole[..end])));
        for at in 0..whole.len() {
            let mut bytes = whole.to_vec();
            bytes[at] ^= 0x80;
            assert!(damaged(&bytes), "{at}");
        }
    }

    #[test]
    fn any_arrow_reader_takes_it() {
        let whole = encode(&batch()).unwrap();
        let batches: Vec<RecordBatch> =
            StreamReader::try_new(whole.as_ref(), None).unwrap().collect::<std::result::Result<_, _>>().unwrap();
        assert_eq!(batches, [batch()]);
    }
}
