//! A few rows of a stream as its source holds them, for people who are about to map it.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray as _};
use arrow::datatypes::TimestampMicrosecondType;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use autonomos_runtime::{Error, Result, Scope};
use serde_json::Value;

use super::source::{Limits, Source};
use crate::platform::shapes::Preview;

/// The first rows of a stream.
pub async fn preview(source: &dyn Source, scope: &Scope, stream: &str, limit: u32, bounds: &Limits) -> Result<Preview> {
    let limits = Limits { batch_rows: limit as usize, max_rows: Some(u64::from(limit)), ..bounds.clone() };
    let mut batches = source.read(scope, stream, None, &limits).await?;
    let mut out = Preview { stream: stream.to_owned(), columns: Vec::new(), rows: Vec::new() };
    while let Some(batch) = batches.next().await {
        let batch = batch?.columns;
        let shown: Vec<ArrayRef> = batch.columns().iter().map(without_zone).collect();
        out.columns = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
        let options = FormatOptions::default();
        let unreadable = |e| Error::internal("preview.format", "The rows could not be shown.").source(e);
        let columns = shown.iter().map(|c| ArrayFormatter::try_new(c, &options)).collect::<Result<Vec<_>, _>>();
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

/// Moments as Arrow can show them here: it knows no zone by name, not even UTC, which all of ours are in.
fn without_zone(array: &ArrayRef) -> ArrayRef {
    array
        .as_primitive_opt::<TimestampMicrosecondType>()
        .map_or_else(|| Arc::clone(array), |moments| Arc::new(moments.clone().with_timezone_opt::<Arc<str>>(None)))
}

#[cfg(test)]
mod tests {
    use arrow::array::TimestampMicrosecondArray;

    use super::*;

    #[test]
    fn moments_can_be_shown() {
        let moments: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None]).with_timezone("UTC"));
        let shown = without_zone(&moments);
        let options = FormatOptions::default();
        let text = ArrayFormatter::try_new(&shown, &options).unwrap().value(0).to_string();
        assert_eq!(text, "1970-01-01T00:00:00");
    }
}
