//! The statements of [`Authority`] on PostgreSQL: each one a function of the database (`migrations/postgres/0021_cluster.sql`)
//! with its preconditions in it, and one transaction.
//!
//! An authority has one connection and no more, made when it is needed: whoever renews the lease has its own, so that nobody
//! it might wait for stands in front of it. Everything has a deadline here as well as on the server; a connection on which
//! something was late, failed or was given up half-way is closed and not used again. Nothing is tried twice: what was not
//! answered is for the caller to decide about.

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{ConnectOptions as _, Row as _};
use tokio::sync::{Mutex, MutexGuard};
use uuid::Uuid;

use super::PostgresOptions;
use super::row::{Columns, all};
use crate::authority::{Authority, Instance, Joined, Joining, Member, NodeId, Placer, Tenure, Title, View};
use crate::ids::{IncarnationId, TenantId};
use crate::store::rows::unreadable;
use crate::{Error, Result};

/// How long those that are over are shown.
const SHOWN: i64 = 10 * 60 * 1000;

/// See the module.
pub struct PostgresAuthority {
    options: PgConnectOptions,
    patience: Duration,
    connection: Mutex<Option<PgConnection>>,
}

impl std::fmt::Debug for PostgresAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PostgresAuthority")
    }
}

impl PostgresAuthority {
    /// Over the database of a store. `patience`: what a statement may take, and wait for a lock.
    pub fn new(store: &PostgresOptions, patience: Duration) -> Result<Self> {
        let short = PostgresOptions { statement: patience, patience, ..store.clone() };
        Ok(Self { options: short.session(patience)?, patience, connection: Mutex::default() })
    }

    /// What the database's clock says, in milliseconds since 1970.
    pub async fn clock(&self) -> Result<i64> {
        self.one(sqlx::query("select clock_millis()")).await?.try_get(0).map_err(Error::from)
    }

    async fn session(&self) -> Result<Session<'_>> {
        let mut slot = self.connection.lock().await;
        let connection = match slot.take() {
            Some(connection) => connection,
            None => self.in_time(self.options.connect()).await?,
        };
        Ok(Session { slot, connection })
    }

    async fn in_time<T>(&self, work: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T> {
        let late = |_| Error::unavailable("store.unavailable", "the store's server did not answer in time");
        Ok(tokio::time::timeout(self.patience, work).await.map_err(late)??)
    }

    /// One statement with one row of an answer.
    async fn one(&self, statement: Statement<'_>) -> Result<PgRow> {
        let mut session = self.session().await?;
        let row = self.in_time(statement.fetch_one(&mut session.connection)).await?;
        session.keep();
        Ok(row)
    }

    /// One statement with any number.
    async fn many(&self, statement: Statement<'_>) -> Result<Vec<PgRow>> {
        let mut session = self.session().await?;
        let rows = self.in_time(statement.fetch_all(&mut session.connection)).await?;
        session.keep();
        Ok(rows)
    }

    /// One that says whether it changed something.
    async fn changed(&self, statement: Statement<'_>) -> Result<bool> {
        self.one(statement).await?.try_get(0).map_err(Error::from)
    }
}

type Statement<'a> = sqlx::query::Query<'a, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// The connection, taken out: whoever fails or is cancelled loses it.
struct Session<'a> {
    slot: MutexGuard<'a, Option<PgConnection>>,
    connection: PgConnection,
}

impl Session<'_> {
    fn keep(self) {
        let Self { mut slot, connection } = self;
        *slot = Some(connection);
    }
}

/// Refuses to be alone while somebody else lives in the same database.
pub(super) async fn nobody_else(connection: &mut PgConnection) -> Result<()> {
    let other: Option<String> = sqlx::query_scalar("select somebody_else()").fetch_one(connection).await?;
    other.map_or(Ok(()), |address| {
        Err(Error::conflict(
            "cluster.in_use",
            format!("a cluster works on this database; one of its nodes is at {address}"),
        )
        .field("cluster.advertise")
        .remedy("Set cluster.advertise to join it, or stop its nodes first."))
    })
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

fn span(millis: i64) -> Duration {
    Duration::from_millis(millis.max(0).unsigned_abs())
}

fn instance(row: &PgRow) -> Result<Instance> {
    // Whoever ran alone before there was a cluster may have had another kind of name.
    let incarnation = row.text("incarnation")?.parse::<Uuid>().unwrap_or(Uuid::nil());
    Ok(Instance { node: NodeId::new(&row.text("node_id")?), incarnation: IncarnationId::from_uuid(incarnation) })
}

fn number(row: &PgRow, name: &str) -> Result<u32> {
    row.int(name)?.try_into().map_err(|e| unreadable(name, e))
}

fn member(row: &PgRow) -> Result<Member> {
    Ok(Member {
        instance: instance(row)?,
        address: row.text("address")?.into(),
        version: row.text("version")?.into(),
        state: row.word("state")?,
        weight: number(row, "weight")?,
        beat: row.int("beat")?,
        lease_left: span(row.int("lease_left")?),
        age: span(row.int("age")?),
        over: row.maybe_int("over")?.map(span),
    })
}

fn tenure(row: &PgRow) -> Result<Tenure> {
    let wanted = row.maybe_text("want_node")?.zip(row.maybe_int("wanted_for")?);
    Ok(Tenure {
        tenant: TenantId::from_uuid(row.uuid("tenant_id")?),
        holder: instance(row)?,
        epoch: row.int("epoch")?,
        wanted: wanted.map(|(node, since)| (NodeId::new(&node), span(since))),
        pinned: row.maybe_text("pinned")?.map(|node| NodeId::new(&node)),
        load: number(row, "load")?,
        idle: span(row.int("idle")?),
    })
}

/// The title that a statement granted, if it did.
fn title(row: Option<&PgRow>, tenant: TenantId, node: &NodeId) -> Result<Option<Title>> {
    row.map(|row| {
        let text = row.text("incarnation")?;
        let incarnation = text.parse().map_err(|e| unreadable("incarnation", e))?;
        Ok(Title { tenant, holder: Instance { node: node.clone(), incarnation }, epoch: row.int("epoch")? })
    })
    .transpose()
}

/// A statement about an instance: its name and its start come first.
fn of<'a>(sql: &'static str, who: &'a Instance) -> Statement<'a> {
    sqlx::query(sql).bind(who.node.as_str()).bind(who.incarnation.to_string())
}

#[async_trait::async_trait]
impl Authority for PostgresAuthority {
    async fn join(&self, me: &Instance, as_whom: &Joining, ttl: Duration, quiet: Duration) -> Result<Joined> {
        let statement = of("select * from join_cluster($1, $2, $3, $4, $5, $6, $7)", me)
            .bind(&as_whom.address)
            .bind(&as_whom.version)
            .bind(i64::from(as_whom.weight.max(1)))
            .bind(millis(ttl))
            .bind(millis(quiet));
        match self.many(statement).await?.first() {
            None => Ok(Joined::Granted),
            Some(other) => Ok(Joined::Taken { address: other.text("address")?, heard: span(other.int("heard")?) }),
        }
    }

    async fn renew(&self, me: &Instance, ttl: Duration) -> Result<bool> {
        self.changed(of("select renew_lease($1, $2, $3)", me).bind(millis(ttl))).await
    }

    async fn drain(&self, me: &Instance) -> Result<bool> {
        let sql = "update cluster_nodes set state = 'draining'
                   where node_id = $1 and incarnation = $2 and state in ('active', 'draining') returning true";
        Ok(!self.many(of(sql, me)).await?.is_empty())
    }

    async fn leave(&self, who: &Instance) -> Result<()> {
        let sql = "update cluster_nodes set state = 'left', ended_at = clock_millis()
                   where node_id = $1 and incarnation = $2 and state in ('active', 'draining') returning true";
        self.many(of(sql, who)).await.map(drop)
    }

    async fn view(&self) -> Result<View> {
        let mut session = self.session().await?;
        let on = &mut session.connection;
        let view = async {
            sqlx::raw_sql("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").execute(&mut *on).await?;
            // The clock goes on within the snapshot, so that what is left of a lease is rather too little than too much.
            let members = sqlx::query(
                "select *, lease_until - clock_millis() as lease_left, clock_millis() - joined_at as age,
                        clock_millis() - ended_at as over
                 from cluster_nodes where ended_at is null or ended_at > clock_millis() - $1
                 order by node_id, joined_at",
            );
            let members = members.bind(SHOWN).fetch_all(&mut *on).await?;
            let tenures = sqlx::query("select * from every_tenure()").fetch_all(&mut *on).await?;
            let placer = sqlx::query("select * from cluster_placer where epoch > 0").fetch_optional(&mut *on).await?;
            sqlx::raw_sql("COMMIT").execute(&mut *on).await?;
            Ok((members, tenures, placer))
        };
        let (members, tenures, placer) = self.in_time(view).await?;
        session.keep();
        let placer = placer.map(|row| Ok::<_, Error>(Placer { holder: instance(&row)?, epoch: row.int("epoch")? }));
        Ok(View { members: all(&members, member)?, tenures: all(&tenures, tenure)?, placer: placer.transpose()? })
    }

    async fn tenure(&self, tenant: TenantId) -> Result<Option<Tenure>> {
        let statement = sqlx::query("select * from every_tenure() where tenant_id = $1").bind(tenant.as_uuid());
        self.many(statement).await?.first().map(self::tenure).transpose()
    }

    async fn declare_dead(&self, who: &Instance, beat: i64, ttl: Duration) -> Result<bool> {
        self.changed(of("select declare_dead($1, $2, $3, $4)", who).bind(beat).bind(millis(ttl))).await
    }

    async fn take_over(&self, me: &Instance, tenants: &[TenantId]) -> Result<Vec<Title>> {
        let tenants: Vec<Uuid> = tenants.iter().map(TenantId::as_uuid).collect();
        let rows = self.many(of("select * from take_over_tenants($1, $2, $3)", me).bind(tenants)).await?;
        all(&rows, |row| {
            let tenant = TenantId::from_uuid(row.uuid("tenant_id")?);
            Ok(Title { tenant, holder: me.clone(), epoch: row.int("epoch")? })
        })
    }

    async fn claim_placing(&self, me: &Instance) -> Result<bool> {
        self.changed(of("select claim_placing($1, $2)", me)).await
    }

    async fn want(&self, placer: &Placer, tenant: TenantId, epoch: i64, node: Option<&NodeId>) -> Result<bool> {
        let statement = of("select want_tenant($1, $2, $3, $4, $5, $6)", &placer.holder)
            .bind(placer.epoch)
            .bind(tenant.as_uuid())
            .bind(epoch)
            .bind(node.map(NodeId::as_str));
        self.changed(statement).await
    }

    async fn transfer(&self, given: &Title, to: &NodeId) -> Result<Option<Title>> {
        let statement = sqlx::query("select * from give_tenant($1, $2, $3, $4, $5)")
            .bind(given.tenant.as_uuid())
            .bind(given.holder.node.as_str())
            .bind(given.holder.incarnation.to_string())
            .bind(given.epoch)
            .bind(to.as_str());
        title(self.many(statement).await?.first(), given.tenant, to)
    }

    async fn reclaim(&self, given: &Title) -> Result<Option<Title>> {
        let statement = sqlx::query("select reclaim_tenant($1, $2, $3, $4)")
            .bind(given.tenant.as_uuid())
            .bind(given.holder.node.as_str())
            .bind(given.holder.incarnation.to_string())
            .bind(given.epoch);
        let epoch: Option<i64> = self.one(statement).await?.try_get(0).map_err(Error::from)?;
        Ok(epoch.map(|epoch| Title { epoch, ..given.clone() }))
    }

    async fn transfer_anyway(
        &self,
        placer: &Placer,
        tenant: TenantId,
        epoch: i64,
        to: &NodeId,
    ) -> Result<Option<Title>> {
        let statement = of("select * from give_tenant_anyway($1, $2, $3, $4, $5, $6)", &placer.holder)
            .bind(placer.epoch)
            .bind(tenant.as_uuid())
            .bind(epoch)
            .bind(to.as_str());
        title(self.many(statement).await?.first(), tenant, to)
    }

    async fn measure(&self, period: Duration) -> Result<()> {
        self.one(sqlx::query("select measure_tenants($1)").bind(millis(period))).await.map(drop)
    }
}
