//! Rows of `files`.

use sqlx::postgres::PgRow;

use super::PostgresTx;
use super::row::{Columns, all, millis};
use crate::Result;
use crate::store::{FileMeta, Files, Page, Paged};

fn read(row: &PgRow) -> Result<FileMeta> {
    Ok(FileMeta {
        path: row.text("path")?,
        size: row.int("size")?,
        sha256: row.text("sha256")?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

#[async_trait::async_trait]
impl Files for PostgresTx {
    async fn put_file(&mut self, path: &str, size: i64, sha256: &str) -> Result<FileMeta> {
        let row = sqlx::query(
            "insert into files (tenant_id, path, size, sha256, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
             on conflict (tenant_id, path) do update set
                 size = excluded.size, sha256 = excluded.sha256, updated_at = excluded.updated_at
             returning *",
        )
        .bind(self.tenant)
        .bind(path)
        .bind(size)
        .bind(sha256)
        .bind(millis(self.now()))
        .fetch_one(self.conn()?)
        .await?;
        read(&row)
    }

    async fn file(&mut self, path: &str) -> Result<Option<FileMeta>> {
        let row = sqlx::query("select * from files where tenant_id = $1 and path = $2")
            .bind(self.tenant)
            .bind(path)
            .fetch_optional(self.conn()?)
            .await?;
        row.as_ref().map(read).transpose()
    }

    async fn files(&mut self, prefix: &str, page: &Page) -> Result<Paged<FileMeta>> {
        let rows = sqlx::query(
            "select * from files where tenant_id = $1 and path > $2 and substr(path, 1, length($3)) = $3
             order by path limit $4",
        )
        .bind(self.tenant)
        .bind(page.after().unwrap_or_default())
        .bind(prefix)
        .bind(i64::from(page.limit()) + 1)
        .fetch_all(self.conn()?)
        .await?;
        Ok(Paged::of(all(&rows, read)?, page, |file| file.path.clone()))
    }

    async fn forget_file(&mut self, path: &str) -> Result<bool> {
        let done = sqlx::query("delete from files where tenant_id = $1 and path = $2")
            .bind(self.tenant)
            .bind(path)
            .execute(self.conn()?)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
