//! What must hold, checked as it happens and at the end. The first fault ends a run.
//!
//! | it must hold | checked |
//! |---|---|
//! | nothing is committed but under the title that the row names then | at each commit |
//! | an epoch belongs to one instance, and rises | at each grant |
//! | nobody acts as an owner after somebody else took over or was handed the tenant | at each act |
//! | who could renew all the time is not declared dead, and who was declared dead does not renew | at each death and renewal |
//! | nothing is in hand when a tenant is handed over, and its views are written | at each transfer |
//! | a tenant is not left with somebody who cannot serve it while somebody else could take it | twice a second |
//! | each record is committed once, without gaps; each answered mutation once | at the end |
//! | all tenants commit again, and all mutations are answered, once faults are over | at the end |
//! | no more moves than there were reasons for | at the end |

use autonomos_runtime::authority::{Instance, Title};
use autonomos_runtime::ids::TenantId;

use super::ledger::{Cause, Row};
use super::store::index;

/// A tenant that nobody able owns has an able owner so long after its owner's last sign of life, if there is somebody able.
/// The design's figure is 10 s;
/// what comes on top is a second fault's.
pub const BUDGET: u64 = 15_000_000;
/// Who could renew for so long is not declared dead.
const RENEWED: u64 = 8_000_000;

/// See the module.
#[derive(Debug, Default)]
pub struct Checks {
    /// What does not hold, and when it was seen.
    pub fault: Option<(u64, String)>,
    /// Since when each node, with which of its starts, is able to renew by itself.
    pub able: Vec<Option<(u32, u64)>>,
    /// Which start of each node reaches the database, however slowly.
    pub reaches: Vec<Option<u32>>,
    /// The last sign of life of each node that the database took in, and of which of its starts. One that was held up on
    /// its way speaks for a process that is gone.
    signs: Vec<Option<(u32, u64)>>,
    granted: Vec<Vec<(i64, Instance, Cause)>>,
    /// How long a tenant may be left with somebody who cannot serve it.
    pub budget: u64,
    committed: Vec<Option<u64>>,
    orphaned: Vec<Option<(i64, u64)>>,
    answered: Vec<(TenantId, u64)>,
    changes: u64,
    moves: u64,
    /// For the report.
    pub deaths: u64,
    pub takeovers: u64,
    pub commits: u64,
    /// Owners that ended, and when: the first commit of somebody else says how long it took.
    waiting: Vec<Option<(i64, u64)>>,
    pub failovers: Vec<u64>,
}

/// Which start of which node an instance is.
pub fn process_of(instance: &Instance) -> (usize, u32) {
    let bits = instance.incarnation.as_uuid().as_u128();
    ((bits >> 64) as usize, bits as u32)
}

impl Checks {
    /// Of so many nodes and tenants.
    pub fn new(nodes: usize, tenants: usize) -> Self {
        Self {
            able: vec![None; nodes],
            reaches: vec![None; nodes],
            signs: vec![None; nodes],
            granted: vec![Vec::new(); tenants],
            committed: vec![None; tenants],
            orphaned: vec![None; tenants],
            waiting: vec![None; tenants],
            budget: BUDGET,
            ..Self::default()
        }
    }

    /// Something does not hold.
    pub fn fault(&mut self, now: u64, what: impl FnOnce() -> String) {
        if self.fault.is_none() {
            self.fault = Some((now, what()));
        }
    }

    /// The database granted a lease.
    pub fn renewed(&mut self, who: &Instance, now: u64) {
        let (node, life) = process_of(who);
        if self.signs[node].is_none_or(|(lives, _)| lives <= life) {
            self.signs[node] = Some((life, now));
        }
    }

    /// A reason for tenants to move.
    pub const fn changed(&mut self) {
        self.changes += 1;
    }

    /// An instance was declared dead.
    pub fn died(&mut self, who: &Instance, now: u64) {
        (self.changes, self.deaths) = (self.changes + 1, self.deaths + 1);
        let (node, life) = process_of(who);
        if self.able[node].is_some_and(|(lives, since)| lives == life && now - since > RENEWED) {
            self.fault(now, || format!("{who:?} was declared dead although it could renew all the time"));
        }
    }

    /// A tenant was given to somebody.
    pub fn granted(&mut self, tenant: TenantId, to: &Instance, epoch: i64, cause: Cause, now: u64) {
        let history = &mut self.granted[index(tenant)];
        let before = history.last().map_or(1, |(epoch, ..)| *epoch);
        history.push((epoch, to.clone(), cause));
        match cause {
            Cause::Takeover => self.takeovers += 1,
            Cause::Reclaim => {}
            _ => self.moves += 1,
        }
        if epoch <= before {
            self.fault(now, || format!("{tenant} was given to {to:?} under epoch {epoch}, which is not new"));
        }
    }

    /// A transaction was committed under a title, while the row said this.
    pub fn committed(&mut self, title: &Title, row: &Row, now: u64) {
        self.commits += 1;
        let at = index(title.tenant);
        self.committed[at] = Some(now);
        if let Some((_, since)) = self.waiting[at].filter(|(epoch, _)| *epoch < title.epoch) {
            self.failovers.push(now - since);
            self.waiting[at] = None;
        }
        if title.epoch != row.epoch || title.holder != row.holder {
            let (holder, epoch) = (row.holder.clone(), row.epoch);
            self.fault(now, || format!("{title:?} committed while {holder:?} owned it under epoch {epoch}"));
        }
    }

    /// Somebody acts as an owner.
    pub fn acted(&mut self, tenant: TenantId, epoch: i64, now: u64) {
        let next = self.granted[index(tenant)].iter().find(|(granted, ..)| *granted > epoch);
        if let Some((_, to, cause)) = next.filter(|(.., cause)| *cause != Cause::Anyway).cloned() {
            self.fault(now, || {
                format!("the owner of {tenant} under epoch {epoch} acts after {to:?} got it by {cause:?}")
            });
        }
    }

    /// A tenant is handed over, with nothing in hand or not.
    pub fn hands_over(&mut self, tenant: TenantId, idle: bool, now: u64) {
        if !idle {
            self.fault(now, || format!("{tenant} is handed over with a batch in hand"));
        }
    }

    /// A mutation was answered as done.
    pub fn answered(&mut self, tenant: TenantId, key: u64) {
        self.answered.push((tenant, key));
    }

    /// A node ended at a moment when nothing else was wrong.
    pub fn ended(&mut self, rows: &[Row], node: usize, life: u32, now: u64) {
        for (row, waiting) in rows.iter().zip(&mut self.waiting) {
            if process_of(&row.holder) == (node, life) {
                *waiting = Some((row.epoch, now));
            }
        }
    }

    /// Something else went wrong: how long a failover takes says nothing now.
    pub fn disturbed(&mut self) {
        self.waiting.fill(None);
    }

    /// Twice a second: since when the database is well, and since when somebody could take over.
    pub fn look(&mut self, rows: &[Row], well: u64, helper: Option<u64>, now: u64) {
        for (at, row) in rows.iter().enumerate() {
            let (node, life) = process_of(&row.holder);
            if self.reaches.get(node).copied().flatten() == Some(life) {
                self.orphaned[at] = None;
                continue;
            }
            let since = match self.orphaned[at] {
                Some((epoch, since)) if epoch == row.epoch => since,
                _ => now,
            };
            let sign = self.signs.get(node).copied().flatten().filter(|(lives, _)| *lives == life);
            let since = sign.map_or(since, |(_, at)| since.max(at));
            self.orphaned[at] = Some((row.epoch, since));
            if let Some(helper) = helper
                && now.saturating_sub(since.max(helper).max(well)) > self.budget
            {
                let holder = row.holder.clone();
                self.fault(now, || format!("tenant {at} has been left with {holder:?} since {since} us"));
            }
        }
    }

    /// Everything is over; faults ended long enough ago, at `calm`.
    pub fn end(&mut self, rows: &[Row], calm: u64, now: u64, unanswered: usize) {
        for (at, row) in rows.iter().enumerate() {
            for (stream, records) in row.records.iter().enumerate() {
                if let Some((record, times)) = records.iter().enumerate().find(|(_, times)| **times != 1) {
                    self.fault(now, || {
                        format!("record {record} of stream {stream} of tenant {at} was committed {times} times")
                    });
                }
                if records.len() as u64 != row.standing.offsets[stream] {
                    self.fault(now, || format!("stream {stream} of tenant {at} does not stand where its records end"));
                }
            }
            if self.committed[at].is_none_or(|last| last < now - (now - calm) / 3) {
                self.fault(now, || {
                    format!("tenant {at} does not commit any more, although all is well: {:?}", row.holder)
                });
            }
            if let Some((key, times)) = row.keys.iter().find(|(_, times)| **times != 1) {
                self.fault(now, || format!("mutation {key} of tenant {at} was committed {times} times"));
            }
        }
        for (tenant, key) in std::mem::take(&mut self.answered) {
            if !rows[index(tenant)].keys.contains_key(&key) {
                self.fault(now, || format!("mutation {key} of {tenant} was answered and is not there"));
            }
        }
        if unanswered > 0 {
            self.fault(now, || format!("{unanswered} mutations are not answered, although all is well"));
        }
        let reasons = (self.changes + 1) * rows.len() as u64;
        if self.moves > reasons {
            let moves = self.moves;
            self.fault(now, || format!("{moves} moves for at most {reasons} reasons"));
        }
    }
}
