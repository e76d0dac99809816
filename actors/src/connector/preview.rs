//! A few rows of a stream as its source holds them, for people who are about to map it.

use arrow::util::display::{ArrayFormatter, FormatOptions};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::Value;

use super::source::{Limits, Source};
use crate::platform::shapes::Preview;

/// The first rows of a stream.
pub async fn preview(source: &dyn Source, scope: &Scope, stream: &str, limit: u32) -> Result<Preview> {
    let limits = Limits { batch_rows: limit as usize, max_rows: Some(u64::from(limit)), ..Limits::default() };
    let mut batches = source.read(scope, stream, None, &limits).await?;
    let mut out = Preview { stream: stream.to_owned(), columns: Vec::new(), rows: Vec::new() };
    while let Some(batch) = batches.next().await {
        let batch = batch?.columns;
        out.columns = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
        let options = FormatOptions::default();
        let unreadable = |e| Error::internal("preview.format", "The rows could not be shown.").source(e);
        let columns =
            batch.columns().iter().map(|c| ArrayFormatter::try_new(c, &options)).collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(unreadable)?;
        for row in 0..batch.num_rows().min(limit as usize - out.rows.len()) {
            let value = |(at, column): (usize, &ArrayFormatter<'_>)| {
                if batch.column(at).is_null(row) { Value::Null } else { Value::String(column.value(row).to_string()) }
            };
            out.rows.push(columns.iter().enumerate().map(value).collect());
        }
        if out.rows.len() >= limit as usize {
            break;
        }
    }
    Ok(out)
}
