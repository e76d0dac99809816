//! What is refused at start: a role that could see through the walls between tenants, a database whose walls are not up,
//! tables of another version, and a pooler that hands out sessions by the transaction.
//!
//! Each is a sentence with what to do.

use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection};

use super::row::Columns;
use super::{connect, migrate};
use crate::store::migrations::Migration;
use crate::{Error, Result};

/// The oldest server with `security_invoker`.
const SERVER: i32 = 150_000;

/// How to make the role.
const MAKE_ROLE: &str = "Make a role that owns nothing: create role autonomos_app login password '...' nosuperuser nobypassrls; \
                         name it in store.database_url, and the owner of the tables in store.owner_url, who gives it its rights.";

/// Looks at the way to the server, at the server and at the role, before anything is done as it or for it.
pub(super) async fn role(options: &PgConnectOptions) -> Result<()> {
    let mut connection = connect(options, "store.database_url").await?;
    sessions_are_kept(&mut connection, options).await?;
    server_is_new(&mut connection).await?;
    role_is_bound(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

/// Looks at the tables.
pub(super) async fn database(options: &PgConnectOptions) -> Result<()> {
    let mut connection = connect(options, "store.database_url").await?;
    tables_are_ours(&mut connection).await?;
    role_owns_nothing(&mut connection).await?;
    walls_are_up(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

fn refused(code: &'static str, message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::conflict(code, message).field("store.database_url")
}

async fn server_is_new(connection: &mut PgConnection) -> Result<()> {
    let version: i32 =
        sqlx::query_scalar("select current_setting('server_version_num')::int4").fetch_one(connection).await?;
    if version < SERVER {
        return Err(refused("store.server_too_old", "the database's server is older than PostgreSQL 15")
            .remedy("Use PostgreSQL 15 or newer."));
    }
    Ok(())
}

/// Neither the role nor any that it can become sees through row-level security.
async fn role_is_bound(connection: &mut PgConnection) -> Result<()> {
    let row = sqlx::query(
        "select bool_or(rolsuper) as super, bool_or(rolbypassrls) as bypass from pg_roles
         where pg_has_role(current_user, oid, 'member')",
    )
    .fetch_one(connection)
    .await?;
    if row.flag("super")? {
        return Err(refused(
            "store.role_superuser",
            "the store's role is a superuser, who sees the rows of every tenant",
        )
        .remedy(MAKE_ROLE));
    }
    if row.flag("bypass")? {
        return Err(refused("store.role_bypasses", "the store's role may bypass row-level security").remedy(MAKE_ROLE));
    }
    Ok(())
}

async fn tables_are_ours(connection: &mut PgConnection) -> Result<()> {
    let readable: Option<bool> = sqlx::query_scalar(
        "select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'autonomos' and c.relname = 'migrations'",
    )
    .fetch_optional(&mut *connection)
    .await?;
    let missing = if readable == Some(true) { migrate::missing(connection).await? } else { Vec::new() };
    if readable == Some(true) && missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|m: &Migration| m.name).collect();
    let what = if names.is_empty() { "this role finds no tables in it".to_owned() } else { names.join(", ") };
    Err(refused("store.not_migrated", format!("the database was not brought to this version: {what}"))
        .remedy("Set store.owner_url to the owner of the tables, or run `autonomos migrate` with it."))
}

/// Neither the role nor any that it can become owns anything of ours.
async fn role_owns_nothing(connection: &mut PgConnection) -> Result<()> {
    let owned: Option<String> = sqlx::query_scalar(
        "select string_agg(relname::text, ', ' order by relname) from pg_class
         where relnamespace = 'autonomos'::regnamespace and relkind in ('r', 'p', 'v', 'm')
             and pg_has_role(current_user, relowner, 'member')",
    )
    .fetch_one(connection)
    .await?;
    match owned {
        Some(owned) => Err(refused(
            "store.role_owner",
            format!("the store's role owns tables, whose walls it could take down: {owned}"),
        )
        .remedy(MAKE_ROLE)),
        None => Ok(()),
    }
}

/// Every table of tenants shows the role one tenant's rows alone, and no way around that is open.
async fn walls_are_up(connection: &mut PgConnection) -> Result<()> {
    let found = sqlx::query(
        "with ours as (
             select c.oid, c.relname::text as name, c.relkind, c.relrowsecurity and c.relforcerowsecurity as forced,
                    coalesce(c.reloptions::text[] && array['security_invoker=true', 'security_invoker=on'], false) as invoker,
                    exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped)
                        or c.relname in ('tenants', 'erasures') as of_tenants
             from pg_class c where c.relnamespace = 'autonomos'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
         ), policies as (
             select p.polrelid, count(*) as n,
                    bool_and(coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
                        like '%current_tenant()%') as by_tenant
             from pg_policy p
             where p.polpermissive and (p.polroles = array[0]::oid[] or exists (
                 select 1 from unnest(p.polroles) r where r <> 0 and pg_has_role(current_user, r, 'member')))
             group by p.polrelid
         )
         select o.name, case
             when o.relkind in ('r', 'p', 'f') and o.of_tenants and not o.forced then 'has no forced row-level security'
             when o.relkind in ('r', 'p', 'f') and o.of_tenants and coalesce(p.n, 0) = 0 then 'has no policy'
             when o.relkind in ('r', 'p', 'f') and o.of_tenants and not p.by_tenant then 'has a policy that is not about the tenant'
             when o.relkind = 'm' and has_table_privilege(o.oid, 'select') then 'is a materialized view, which has no row-level security'
             when o.relkind = 'v' and not o.invoker and has_table_privilege(o.oid, 'select') then 'is a view that runs as its owner'
             when o.relkind in ('r', 'p', 'f') and has_table_privilege(o.oid, 'truncate') then 'may be truncated'
         end as fault
         from ours o left join policies p on p.polrelid = o.oid order by o.name",
    )
    .fetch_all(connection)
    .await?;
    let mut faults = Vec::new();
    for row in &found {
        if let Some(fault) = row.maybe_text("fault")? {
            faults.push(format!("{} {fault}", row.text("name")?));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(refused("store.unguarded", format!("tenants are not kept apart in the database: {}", faults.join("; ")))
        .remedy(
            "Restore what the migrations made (call autonomos.keep_apart('...') as the owner), and take the rest away.",
        ))
}

/// A session is ours until we let it go. What is set for one session shows in another one behind a pooler that hands its
/// sessions out by the transaction; and there no limit of ours would hold. Asked without prepared statements, whose names
/// would meet those of others there.
async fn sessions_are_kept(connection: &mut PgConnection, options: &PgConnectOptions) -> Result<()> {
    let mut other = connect(options, "store.database_url").await?;
    let pid = "select pg_backend_pid()";
    let before: i32 = sqlx::query_scalar(pid).persistent(false).fetch_one(&mut *connection).await?;
    sqlx::raw_sql("BEGIN").execute(&mut other).await?;
    let beside: i32 = sqlx::query_scalar(pid).persistent(false).fetch_one(&mut other).await?;
    let after: i32 = sqlx::query_scalar(pid).persistent(false).fetch_one(&mut *connection).await?;
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await?;
    other.close().await?;
    let limited: bool = sqlx::query_scalar(
        "select current_setting('statement_timeout') <> '0' and current_setting('idle_in_transaction_session_timeout') <> '0'",
    )
    .persistent(false)
    .fetch_one(connection)
    .await?;
    if before != after || before == beside || !limited {
        return Err(pooler());
    }
    Ok(())
}

/// Something between us and the server that cannot be worked with.
pub(super) fn pooler() -> Error {
    refused("store.pooler", "between this node and the database is a pooler that does not keep sessions")
        .remedy("Connect to the server itself, or set the pooler to session pooling.")
}
