//! What every source must keep, whatever it talks to. A source passes by being named in a test that calls [`holds`] with a
//! stream that stands still meanwhile and has at least three batches of `limits`.
//!
//! Checked: batches join up; a second read makes the same batches; a read resumed at any boundary makes exactly the rest; the
//! end is an end; a limit on rows ends early with a good cursor; a broken cursor and an unknown stream are clear errors;
//! a read that is dropped is over within two seconds; key and order column are columns of the stream.

use std::time::Duration;

use arrow::array::RecordBatch;
use autonomos_runtime::Scope;

use super::source::{Limits, Source};

/// What one batch comes to.
#[derive(Debug, PartialEq)]
struct Seen {
    columns: RecordBatch,
    numbers: Vec<u64>,
    rejects: Vec<(u64, String)>,
    from: Option<String>,
    to: String,
}

/// Runs the suite; the error says which promise is broken.
pub async fn holds(source: &dyn Source, scope: &Scope, stream: &str, limits: &Limits) -> Result<(), String> {
    source.check(scope).await.map_err(|e| format!("check: {}", e.chain()))?;
    let streams = source.discover(scope).await.map_err(|e| format!("discover: {}", e.chain()))?;
    let info = streams.iter().find(|s| s.name == stream).ok_or("discover does not name the stream")?;
    for column in info.schema.key.iter().chain(&info.order_by) {
        info.schema.field(column).ok_or_else(|| format!("{column} is key or order and no field"))?;
    }
    let whole = read(source, scope, stream, None, limits).await?;
    if whole.len() < 3 {
        return Err(format!("the stream has {} batches; the suite needs three", whole.len()));
    }
    let mut before = None;
    for batch in &whole {
        if batch.from != before {
            return Err(format!("a batch begins at {:?}, the one before ended at {before:?}", batch.from));
        }
        let mut numbers = batch.numbers.clone();
        numbers.dedup();
        if numbers.len() != batch.columns.num_rows() {
            return Err("rows of a batch are not numbered one by one".to_owned());
        }
        before = Some(batch.to.clone());
    }
    if read(source, scope, stream, None, limits).await? != whole {
        return Err("a second read makes other batches".to_owned());
    }
    // From the end backwards: the pass after an interrupted one may send rows once more, to be sure of them.
    for (i, batch) in whole.iter().enumerate().rev() {
        let rest = read(source, scope, stream, Some(batch.to.clone()), limits).await?;
        if whole.get(i + 1..) != Some(&rest[..]) {
            return Err(format!("resumed after batch {} of {}, the rest differs", i + 1, whole.len()));
        }
    }
    early(source, scope, stream, limits, &whole).await?;
    clear_errors(source, scope, stream, limits).await?;
    cancels(source, scope, stream, limits).await
}

async fn read(
    source: &dyn Source,
    scope: &Scope,
    stream: &str,
    cursor: Option<String>,
    limits: &Limits,
) -> Result<Vec<Seen>, String> {
    let mut batches = source.read(scope, stream, cursor, limits).await.map_err(|e| format!("read: {}", e.chain()))?;
    let mut seen = Vec::new();
    while let Some(batch) = batches.next().await {
        let batch = batch.map_err(|e| format!("batch: {}", e.chain()))?;
        if batch.columns.num_rows() + batch.rejects.len() > limits.batch_rows {
            return Err("a batch has more rows than the limit".to_owned());
        }
        seen.push(Seen {
            numbers: (0..batch.columns.num_rows()).map(|i| batch.row_number(i)).collect(),
            rejects: batch.rejects.iter().map(|r| (r.row, r.code.to_string())).collect(),
            columns: batch.columns,
            from: batch.from,
            to: batch.to,
        });
    }
    Ok(seen)
}

async fn early(
    source: &dyn Source,
    scope: &Scope,
    stream: &str,
    limits: &Limits,
    whole: &[Seen],
) -> Result<(), String> {
    let first = whole.first().map_or(0, |b| b.columns.num_rows() + b.rejects.len());
    let capped = Limits { max_rows: Some(first as u64), ..limits.clone() };
    let some = read(source, scope, stream, None, &capped).await?;
    if some.is_empty() || some.len() >= whole.len() {
        return Err(format!("with a limit of {first} rows {} of {} batches come", some.len(), whole.len()));
    }
    let rest = read(source, scope, stream, some.last().map(|b| b.to.clone()), limits).await?;
    let rows = |seen: &[Seen]| seen.iter().map(|b| b.columns.num_rows() + b.rejects.len()).sum::<usize>();
    if rows(&some) + rows(&rest) != rows(whole) {
        return Err("what a limited read leaves out does not come later".to_owned());
    }
    Ok(())
}

async fn clear_errors(source: &dyn Source, scope: &Scope, stream: &str, limits: &Limits) -> Result<(), String> {
    for (stream, cursor, what) in
        [(stream, Some("{not a cursor"), "a broken cursor"), ("no such stream", None, "no stream")]
    {
        let opened = source.read(scope, stream, cursor.map(str::to_owned), limits).await;
        let error = match opened {
            Err(error) => error,
            Ok(mut batches) => match batches.next().await {
                Some(Err(error)) => error,
                _ => return Err(format!("{what} is no error")),
            },
        };
        if error.remedy.is_none() || error.retryable() || error.message.is_empty() {
            return Err(format!("{what} is not a clear error: {}", error.chain()));
        }
    }
    Ok(())
}

async fn cancels(source: &dyn Source, scope: &Scope, stream: &str, limits: &Limits) -> Result<(), String> {
    let mut batches = source.read(scope, stream, None, limits).await.map_err(|e| format!("read: {}", e.chain()))?;
    batches.next().await.ok_or("no batch")?.map_err(|e| e.chain())?;
    let over = batches.cancel();
    tokio::time::timeout(Duration::from_secs(2), over)
        .await
        .map_err(|_| "a dropped read goes on for two seconds".to_owned())
}
