//! Rows of `model_use`.

use sqlx::postgres::PgRow;

use super::PostgresTx;
use super::row::{Columns, all};
use crate::store::{ModelCall, ModelUse, ModelUses};
use crate::{Error, Result};

fn read(row: &PgRow) -> Result<ModelUse> {
    let day = row.text("day")?;
    Ok(ModelUse {
        day: day.parse().map_err(|e| Error::internal("store.bad_row", "a day cannot be read").source(e))?,
        purpose: row.text("purpose")?,
        model: row.text("model")?,
        calls: row.int("calls")?,
        failed: row.int("failed")?,
        input_tokens: row.int("input_tokens")?,
        output_tokens: row.int("output_tokens")?,
        cost_micros: row.int("cost_micros")?,
    })
}

#[async_trait::async_trait]
impl ModelUses for PostgresTx {
    async fn count_model_call(&mut self, call: &ModelCall) -> Result<()> {
        let (tenant, today) = (self.tenant, self.now().date_naive().to_string());
        sqlx::query(
            "insert into model_use as known
                 (tenant_id, day, purpose, model, calls, failed, input_tokens, output_tokens, cost_micros)
             values ($1, $2, $3, $4, 1, $5, $6, $7, $8)
             on conflict (tenant_id, day, purpose, model) do update set
                 calls = known.calls + 1, failed = known.failed + excluded.failed,
                 input_tokens = known.input_tokens + excluded.input_tokens,
                 output_tokens = known.output_tokens + excluded.output_tokens,
                 cost_micros = known.cost_micros + excluded.cost_micros",
        )
        .bind(tenant)
        .bind(today)
        .bind(&call.purpose)
        .bind(&call.model)
        .bind(i64::from(call.failed))
        .bind(call.input_tokens)
        .bind(call.output_tokens)
        .bind(call.cost_micros)
        .execute(self.conn()?)
        .await?;
        Ok(())
    }

    async fn model_use(&mut self, days: u32) -> Result<Vec<ModelUse>> {
        let first = self.now().date_naive() - chrono::Days::new(u64::from(days.saturating_sub(1)));
        let rows =
            sqlx::query("select * from model_use where tenant_id = $1 and day >= $2 order by day desc, purpose, model")
                .bind(self.tenant)
                .bind(first.to_string())
                .fetch_all(self.conn()?)
                .await?;
        all(&rows, read)
    }
}
