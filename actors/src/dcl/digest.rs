//! A digest of everything the views show, whatever order the rows lie in, and the counts behind it.
//!
//! It covers keys, versions, fields and extras; not where in the log a row came from or which mapping version made it,
//! because healing and reverting change those without changing what anybody sees. (Compacting changes neither: a row goes
//! by the position it was committed at.)

use arrow::array::AsArray;
use arrow::datatypes::Int64Type;
use sha2::{Digest as _, Sha256};

use super::catalogue::{Catalogue, quoted};
use super::engine::{Conn, Fault};
use super::identity::DIGESTED;
use super::views::at_one_moment;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Digest {
    /// 64 hex digits.
    pub digest: String,
    /// Rows in all views.
    pub rows: i64,
    /// 64 hex digits over who is who: whose records are whose, why, and what people said.
    pub identities: String,
    /// Position it is of.
    pub position: i64,
}

/// How many rows a table has, and a sum and a mixture of what they hash to: whatever order they lie in.
fn sums(conn: &Conn, hash: &str, table: &str) -> Result<(i64, String), Fault> {
    let sql = format!(
        "SELECT count(*), CAST(coalesce(sum({hash}), 0) AS VARCHAR), CAST(coalesce(bit_xor({hash}), 0) AS VARCHAR) FROM \
         {table}"
    );
    let rows = conn.rows(&sql, &[])?;
    let Some(batch) = rows.first() else { return Ok((0, String::new())) };
    let [added, mixed] = [1, 2].map(|i| batch.column(i).as_string::<i32>().value(0).to_owned());
    Ok((batch.column(0).as_primitive::<Int64Type>().value(0), format!("{added}:{mixed}")))
}

/// Reads every row once, which also proves that every block of the file can be read.
pub(crate) fn digest(conn: &Conn, catalogue: &Catalogue) -> Result<Digest, Fault> {
    at_one_moment(conn, |position| {
        let mut sum = Sha256::new();
        let mut total = 0;
        for table in catalogue.tables() {
            let mut columns: Vec<&str> = table.entity.fields.iter().map(|f| f.name.as_str()).collect();
            columns.sort_unstable();
            let columns: Vec<String> = columns.into_iter().map(quoted).collect();
            let hash = format!("hash(_hash, _key, _version, _extras, {})", columns.join(", "));
            let (rows, sums) = sums(conn, &hash, &table.whole)?;
            if rows > 0 {
                total += rows;
                sum.update(format!("{}:{rows}:{sums};", table.entity.name));
            }
        }
        // Apart from the rows: who is who is decided after them, and in its own time.
        let mut who = Sha256::new();
        for (table, hash) in DIGESTED {
            let (rows, sums) = sums(conn, hash, table)?;
            if rows > 0 {
                who.update(format!("{table}:{rows}:{sums};"));
            }
        }
        let [digest, identities] = [sum, who].map(|hash| hex::encode(hash.finalize()));
        Ok(Digest { digest, rows: total, identities, position })
    })
}
