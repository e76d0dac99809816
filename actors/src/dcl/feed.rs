//! Many rows into a table by one statement: `INSERT ... SELECT * FROM _feed(n)`, in which DuckDB's own threads take the
//! batches piece by piece, convert, compress and write them side by side. An appender does all of that on one thread.
//!
//! A feed is known by its number for as long as the statement runs, in one list of the process, because a table function
//! is told nothing but its parameters. Numbers are never given twice. The pieces arrive in no order, which no view cares
//! about. A statement that fails leaves its transaction to the caller; the feed is gone either way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use arrow::array::RecordBatch;
use duckdb::core::{DataChunkHandle, LogicalTypeHandle, LogicalTypeId};
use duckdb::vtab::arrow::{record_batch_to_duckdb_data_chunk, to_duckdb_logical_type_for_field};
use duckdb::vtab::{BindInfo, InitInfo, TableFunctionInfo, VTab};
use parking_lot::Mutex;

/// The table function's name.
pub(super) const NAME: &str = "_feed";
/// Rows of a piece: what DuckDB takes at once.
const PIECE: usize = 2048;

type Refusal = Box<dyn std::error::Error>;

static FEEDS: LazyLock<Mutex<HashMap<u64, Arc<[RecordBatch]>>>> = LazyLock::new(Mutex::default);
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// Batches that a statement may read by their number; forgotten when it is dropped.
#[derive(Debug)]
pub(super) struct Offered(u64);

impl Offered {
    /// Offers batches of one schema; at least one.
    pub(super) fn new(batches: Vec<RecordBatch>) -> Self {
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        FEEDS.lock().insert(number, batches.into());
        Self(number)
    }

    /// The number to select from.
    pub(super) const fn number(&self) -> u64 {
        self.0
    }
}

impl Drop for Offered {
    fn drop(&mut self) {
        FEEDS.lock().remove(&self.0);
    }
}

/// The table function.
pub(super) struct Feed;

/// The batches of one statement, and which piece is the next. A statement is prepared anew for each feed, so what it was
/// bound to is read once.
pub(super) struct Pieces {
    batches: Arc<[RecordBatch]>,
    /// Pieces before each batch, and after the last.
    before: Vec<usize>,
    next: AtomicUsize,
}

impl Pieces {
    fn of(batches: Arc<[RecordBatch]>) -> Self {
        let mut before = vec![0];
        for batch in &*batches {
            before.push(before.last().copied().unwrap_or_default() + batch.num_rows().div_ceil(PIECE));
        }
        Self { batches, before, next: AtomicUsize::new(0) }
    }

    /// The next piece; each is given once, to whichever thread asks.
    fn take(&self) -> Option<RecordBatch> {
        let piece = self.next.fetch_add(1, Ordering::Relaxed);
        let at = self.before.partition_point(|before| *before <= piece) - 1;
        let batch = self.batches.get(at)?;
        let from = (piece - self.before.get(at)?) * PIECE;
        Some(batch.slice(from, PIECE.min(batch.num_rows() - from)))
    }
}

impl VTab for Feed {
    type BindData = Pieces;
    type InitData = ();

    fn bind(bind: &BindInfo) -> Result<Self::BindData, Refusal> {
        let number = bind.get_parameter(0).to_uint64();
        let batches = FEEDS.lock().get(&number).cloned().ok_or("there is no such feed")?;
        let first = batches.first().ok_or("the feed is empty")?;
        for field in first.schema().fields() {
            bind.add_result_column(field.name(), to_duckdb_logical_type_for_field(field)?);
        }
        bind.set_cardinality(batches.iter().map(|b| b.num_rows() as u64).sum(), true);
        Ok(Pieces::of(batches))
    }

    fn init(init: &InitInfo) -> Result<(), Refusal> {
        // As many as the file may use; there is nothing here that a thread would wait for.
        init.set_max_threads(u64::from(u16::MAX));
        Ok(())
    }

    fn func(call: &TableFunctionInfo<Self>, output: &mut DataChunkHandle) -> Result<(), Refusal> {
        if let Some(piece) = call.get_bind_data().take() {
            record_batch_to_duckdb_data_chunk(&piece, output)
        } else {
            output.set_len(0);
            Ok(())
        }
    }

    fn parameters() -> Option<Vec<LogicalTypeHandle>> {
        Some(vec![LogicalTypeHandle::from(LogicalTypeId::UBigint)])
    }
}
