//! The room's verbs: advance and rebuild the views, ask, export, prove.
//!
//! Each takes the tenant's file from the pool, does its blocking work on the writer's thread or the blocking pool, and
//! answers. One advance of a tenant at a time; reads go on beside it and see the last commit.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use autonomos_runtime::{Error, Result, Scope};
use bytes::Bytes;

use super::answers::Moment;
use super::digest::{self, Digest};
use super::engine::{Conn, Fault};
use super::fold::{Applied, Failure, Writer};
use super::handle::Handle;
use super::log::{Log, LogEntry, Pages};
use super::pool::{Dcl, EXPORT, SCAN, Slot};
use super::query::Query;
use super::stats::{self, Stats};
use super::table::Table;
use super::views::{self, Selected};
use super::{aggregate, export};
use crate::platform::shapes::{EncodedPage, Export, ExportFormat, StructuredQuery, ViewRequest};
use crate::task::stop::Stop;

/// Rows an entry from which on batches count as large.
const FLOWING: i64 = 16_384;
/// Large batches that one commit should cover (a run of the fold), and how long to wait for them at most.
const GATHER_ENTRIES: i64 = 4;
const GATHER_TIMES: u32 = 8;
const GATHER_PAUSE: Duration = Duration::from_millis(40);

/// Chunks of an export that wait for their reader.
const CHUNKS: usize = 4;

impl Dcl {
    /// Folds the next part of the log into the views, in one transaction. Call again while `more`.
    ///
    /// A file that turns out not to be a fold of this log is set aside, and the fold begins anew at once.
    pub async fn advance(&self, scope: &Scope, log: &Log) -> Result<Applied> {
        let slot = self.slot(scope);
        let _alone = slot.advancing.lock().await;
        let handle = self.handle(&slot).await?;
        if slot.flowing.load(Ordering::Acquire) {
            gather(slot.position.load(Ordering::Acquire), scope, log).await?;
        }
        let applied = match self.write(&slot, &handle, scope, log, advance_once).await {
            Err(_) if handle.corrupt() => {
                let handle = self.handle(&slot).await?;
                self.write(&slot, &handle, scope, log, advance_once).await
            }
            result => result,
        }?;
        slot.flowing.store(applied.rows >= FLOWING * applied.entries.max(1) as i64, Ordering::Release);
        Ok(applied)
    }

    /// Does something while nothing is folded into the tenant's views, given the position they are at; `Busy` when a fold
    /// under way takes longer than that. For short things: a fold waits meanwhile.
    pub async fn at_rest<T, F: Future<Output = Result<T>> + Send>(
        &self,
        scope: &Scope,
        patience: Duration,
        work: impl FnOnce(i64) -> F + Send,
    ) -> Result<T> {
        let slot = self.slot(scope);
        let folding = || Error::busy("views.folding", "the views are being folded").remedy("try again in a moment");
        let _still = tokio::time::timeout(patience, slot.advancing.lock()).await.map_err(|_| folding())?;
        work(slot.position.load(Ordering::Acquire)).await
    }

    /// Folds these entries, which must follow the views' position without a gap; older ones are passed over.
    pub async fn apply(&self, scope: &Scope, entries: Vec<LogEntry>, log: &Log) -> Result<Applied> {
        let slot = self.slot(scope);
        let _alone = slot.advancing.lock().await;
        let handle = self.handle(&slot).await?;
        self.write(&slot, &handle, scope, log, move |writer, log| writer.apply(&entries, log)).await
    }

    fn pages(&self, scope: &Scope, log: &Log) -> Pages {
        Pages::new(tokio::runtime::Handle::current(), Arc::clone(log), scope.clone(), self.inner.settings.commit)
    }

    async fn write(
        &self,
        slot: &Arc<Slot>,
        handle: &Arc<Handle>,
        scope: &Scope,
        log: &Log,
        job: impl FnOnce(&mut Writer, &mut Pages) -> Result<Applied, Failure> + Send + 'static,
    ) -> Result<Applied> {
        let mut pages = self.pages(scope, log);
        let this = Arc::clone(slot);
        handle
            .write(move |writer| {
                let applied = job(writer, &mut pages)?;
                this.position.store(applied.to, Ordering::Release);
                Ok(applied)
            })
            .await
    }

    /// Folds the whole log anew into a file beside the live one, which serves until the new one takes its place. Asked to
    /// stop, it ends with the step at hand and leaves the live one.
    pub async fn rebuild(&self, scope: &Scope, log: &Log, stop: &Stop) -> Result<Applied> {
        stop.check()?;
        let slot = self.slot(scope);
        let _alone = slot.advancing.lock().await;
        let place = self.place(scope.tenant())?;
        let beside = place.beside();
        beside.remove()?;
        let (catalogue, vocabulary) = (Arc::clone(&self.inner.catalogue), Arc::clone(&self.inner.vocabulary));
        let (building, _) = Handle::open(beside.clone(), self.limits(), catalogue, vocabulary).await?;
        let mut done = Applied::default();
        let built = loop {
            if let Err(stopped) = stop.check() {
                break Err(stopped);
            }
            let mut pages = self.pages(scope, log);
            match building.write(move |writer| advance_once(writer, &mut pages)).await {
                Ok(step) => {
                    done.to = step.to;
                    done.entries += step.entries;
                    done.rows += step.rows;
                    done.entities.extend(step.entities);
                    if !step.more {
                        break Ok(());
                    }
                }
                Err(error) => break Err(error),
            }
        };
        building.close().await;
        if let Err(error) = built {
            beside.remove()?;
            return Err(error);
        }
        let _gate = slot.gate.lock().await;
        let live = slot.handle.write().take();
        if let Some(live) = live {
            live.close().await;
        }
        place.replace_with(&beside)?;
        slot.generation.fetch_add(1, Ordering::AcqRel);
        slot.position.store(done.to, Ordering::Release);
        Ok(done)
    }

    /// A page of a view. The same question at the same position gives the same bytes from memory.
    pub async fn query(&self, scope: &Scope, ask: &ViewRequest) -> Result<EncodedPage> {
        let slot = self.slot(scope);
        if let Some(moment) = slot.moment()
            && let Some(body) = self.inner.answers.get(moment, ask)
        {
            return Ok(EncodedPage { body, position: moment.position });
        }
        let query = Arc::new(Query::compile(&self.inner.catalogue, ask)?);
        let sql = Arc::new(query.page_sql()?);
        let generation = slot.generation.load(Ordering::Acquire);
        let known = slot.total(ask);
        let read = move |handle: &Handle, conn: &Conn| views::page(handle, conn, &query, &sql, known);
        let (body, position, total) = self.read(&slot, self.inner.settings.deadline, read).await?;
        slot.remember_total(ask, position, total);
        self.inner.answers.put(Moment { tenant: slot.tenant, generation, position }, ask, &body);
        Ok(EncodedPage { body, position })
    }

    /// Groups of a view's rows and what they amount to, or some of its fields, as a [`Table`].
    pub async fn ask(&self, scope: &Scope, ask: &StructuredQuery) -> Result<Bytes> {
        let bounds = &self.inner.settings.sql;
        let (rows, bytes) = (bounds.asked(ask.limit)?, bounds.bytes);
        let query = Arc::new(aggregate::compile(&self.inner.catalogue, ask, rows)?);
        let ambient = self.inner.ambient.clone();
        let read = move |_: &Handle, conn: &Conn| {
            let began = ambient.elapsed();
            views::at_one_moment(conn, |position| {
                let table = Table::read(conn, &query.sql, &query.binds, rows, bytes)?;
                Ok(table.encode(position, ambient.elapsed().saturating_sub(began)))
            })
        };
        Ok(self.read(&self.slot(scope), self.inner.settings.deadline, read).await?.into())
    }

    /// A whole view, its filter, sort and fields, streamed. Limit and cursor do not apply.
    pub async fn export(&self, scope: &Scope, ask: &ViewRequest, format: ExportFormat) -> Result<Export> {
        let ask = ViewRequest { limit: None, cursor: None, ..ask.clone() };
        let query = Query::compile(&self.inner.catalogue, &ask)?;
        let handle = self.handle(&self.slot(scope)).await?;
        let (chunks, mut written) = tokio::sync::mpsc::channel(CHUNKS);
        let (begun, position) = tokio::sync::oneshot::channel();
        let failed = chunks.clone();
        let work = tokio::spawn(async move {
            let run = move |conn: &Conn| export::run(conn, &query, format, |at| begun.send(at).is_ok(), chunks);
            let error = handle.read(EXPORT, run).await.err()?;
            // After the first bytes there is no other way to say so than to break the stream off.
            drop(failed.send(Err(std::io::Error::other(error.message.clone().into_owned()))).await);
            Some(error)
        });
        let Ok(position) = position.await else {
            let error = work.await.ok().flatten();
            return Err(error.unwrap_or_else(|| {
                Error::unavailable("views.export", "the export could not begin").remedy("try again in a moment")
            }));
        };
        let body = futures::stream::poll_fn(move |cx| written.poll_recv(cx));
        Ok(Export { position, body: Box::pin(body) })
    }

    /// Runs one of our own read-only statements over the views by SQL (`accounts`, ...): for the checks of shipped
    /// agents. What a tenant writes never comes here.
    pub async fn select(&self, scope: &Scope, sql: &str) -> Result<Selected> {
        let sql: Arc<str> = sql.into();
        self.read(&self.slot(scope), self.inner.settings.deadline, move |_, conn| views::select(conn, &sql)).await
    }

    /// Entities whose views have rows.
    pub async fn entities_with_rows(&self, scope: &Scope) -> Result<BTreeSet<String>> {
        let catalogue = Arc::clone(&self.inner.catalogue);
        let read = move |_: &Handle, conn: &Conn| views::entities_with_rows(conn, &catalogue);
        self.read(&self.slot(scope), self.inner.settings.deadline, read).await
    }

    /// Digest of the views; reads every block.
    pub async fn digest(&self, scope: &Scope) -> Result<Digest> {
        let catalogue = Arc::clone(&self.inner.catalogue);
        self.read(&self.slot(scope), SCAN, move |_, conn| digest::digest(conn, &catalogue)).await
    }

    /// Position, rows, bytes, and each stream's account.
    pub async fn stats(&self, scope: &Scope) -> Result<Stats> {
        let catalogue = Arc::clone(&self.inner.catalogue);
        let read = move |handle: &Handle, conn: &Conn| stats::stats(conn, &catalogue, handle.place.bytes());
        self.read(&self.slot(scope), self.inner.settings.deadline, read).await
    }
}

/// While large batches arrive, waits a little for a few of them: one commit for many costs far less than one for each,
/// and the log keeps them meanwhile. Not longer than the log grows.
async fn gather(position: i64, scope: &Scope, log: &Log) -> Result<()> {
    let (mut head, mut still) = (log.head(scope).await?, 0);
    for _ in 0..GATHER_TIMES {
        if head - position >= GATHER_ENTRIES || still == 2 {
            break;
        }
        tokio::time::sleep(GATHER_PAUSE).await;
        let now = log.head(scope).await?;
        still = if now == head { still + 1 } else { 0 };
        head = now;
    }
    Ok(())
}

/// Folds the next part of the log.
fn advance_once(writer: &mut Writer, log: &mut Pages) -> Result<Applied, Failure> {
    if writer.ledger.applied > 0 && !writer.checked {
        check_origin(writer, log)?;
    }
    let ahead = writer.ahead.take();
    let page = log.after(writer.ledger.applied, ahead)?;
    let Some(last) = page.last().map(|e| e.seq) else {
        let at = writer.ledger.applied;
        return Ok(Applied { from: at, to: at, ..Applied::default() });
    };
    if last < log.head()? {
        writer.ahead = Some(log.prefetch(last));
    }
    let applied = writer.apply(&page, log)?;
    Ok(Applied { more: writer.ahead.is_some() || applied.to < log.head()?, ..applied })
}

/// A file must be a fold of this log: not ahead of it, and its last entry the same one.
fn check_origin(writer: &mut Writer, log: &Pages) -> Result<(), Failure> {
    let (applied, batch) = (writer.ledger.applied, writer.ledger.batch.clone());
    let foreign = applied > log.head()? || log.entry(applied)?.is_some_and(|e| e.batch_id.to_string() != batch);
    if foreign {
        return Err(Fault::corrupt("the views are ahead of, or not from, this log").into());
    }
    writer.checked = true;
    Ok(())
}
