//! Canonical batches as bytes: the Arrow IPC stream format, buffers compressed with LZ4. This is the payload of the log.
//!
//! Guarantees: `decode(encode(batch))` is the batch; bytes that are not one whole batch are an error, never a panic
//! and never half a batch. The fixed `arrow` version decides the bytes, the format decides who else can read them.

use arrow::array::RecordBatch;
use arrow::ipc::reader::StreamReader;
use arrow::ipc::writer::{IpcWriteOptions, StreamWriter};
use arrow::ipc::{CompressionType, MetadataVersion};
use bytes::Bytes;

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
    Ok(Bytes::from(writer.into_inner().map_err(failed)?))
}

/// The batch that the log stored.
pub fn decode(payload: &[u8]) -> Result<RecordBatch> {
    let damaged = || Error::internal("batch.damaged", "A stored batch could not be read.");
    let mut reader = StreamReader::try_new(payload, None).map_err(|e| damaged().source(e))?;
    let batch = reader.next().ok_or_else(damaged)?.map_err(|e| damaged().source(e))?;
    match reader.next() {
        None => Ok(batch),
        Some(_) => Err(damaged()),
    }
}
