//! Transactions of the simulated database: what they check and lock, and how they end.

use autonomos_runtime::authority::Title;

use super::check::Checks;
use super::ledger::{Meets, Write};
use super::sabotage::Sabotage;
use super::store::{Follows, Store, Tx, index};
use super::wire::{Answer, Process, Sent};
use crate::fence::{Fence, judge};

impl Store {
    pub(super) fn append(
        &mut self,
        sent: &Sent,
        title: &Title,
        write: Write,
        again: Option<u64>,
        follows: &mut Follows,
    ) -> Option<Answer> {
        let at = index(title.tenant);
        let fenced = self.sabotage != Sabotage::NoFence;
        let guarded = self.sabotage != Sabotage::NoLedger;
        let id = if let Some(id) = again {
            id
        } else {
            let row = &mut self.rows[at];
            if fenced && judge(title, &row.holder, row.epoch) != Fence::Holds {
                return Some(Answer::Fenced);
            }
            self.count += 1;
            let id = self.count;
            if fenced && self.sabotage != Sabotage::FenceWithoutLock {
                row.shared.push(id);
            }
            self.open.push(Tx { id, owner: sent.from, at, title: title.clone(), write, waits: false });
            id
        };
        let row = &mut self.rows[at];
        let meets = row.meets(write, guarded);
        let blocked = row.counter.is_some_and(|holder| holder != id) && guarded;
        let Some(tx) = self.open.iter_mut().find(|tx| tx.id == id) else { return Some(Answer::Failed) };
        if meets == Meets::Fits && blocked {
            tx.waits = true;
            return self.park(sent, Some(id), again, follows);
        }
        tx.waits = false;
        match meets {
            Meets::Fits => {
                row.counter = Some(id);
                if self.sabotage != Sabotage::NoIdleTimeout {
                    follows.expires.push(id);
                }
                Some(Answer::Appended(id))
            }
            Meets::Already => {
                self.end(id);
                Some(Answer::Already)
            }
            Meets::Moved(to) => {
                self.end(id);
                Some(Answer::Moved(to))
            }
        }
    }

    pub(super) fn commit(&mut self, id: u64, now: u64, checks: &mut Checks) -> Answer {
        let clock = self.clock(now);
        let Some(tx) = self.end(id) else { return Answer::Failed };
        let row = &mut self.rows[tx.at];
        checks.committed(&tx.title, row, now);
        row.apply(tx.write);
        row.active = clock;
        Answer::Committed
    }

    /// Ends a transaction, and lets go of what it held.
    pub(super) fn end(&mut self, id: u64) -> Option<Tx> {
        let at = self.open.iter().position(|tx| tx.id == id)?;
        let tx = self.open.swap_remove(at);
        let row = &mut self.rows[tx.at];
        row.shared.retain(|shared| *shared != id);
        row.counter = row.counter.filter(|holder| *holder != id);
        Some(tx)
    }

    /// A wait or a transaction has lasted for [`PATIENCE`]: it ends, if it is still there.
    pub(super) fn expire(&mut self, nth: u64, now: u64, checks: &mut Checks) -> Follows {
        let mut follows = Follows::default();
        if let Some(at) = self.parked.iter().position(|parked| parked.nth == nth) {
            let parked = self.parked.remove(at);
            if let Some(tx) = parked.tx {
                self.end(tx);
            }
            follows.answers.push((parked.sent, Answer::Failed));
        } else if self.open.iter().any(|tx| tx.id == nth && !tx.waits) {
            self.end(nth);
        }
        self.wake(now, &mut follows, checks);
        follows
    }

    /// The connections of a process ended: so do its transactions and its waits.
    pub(super) fn disconnect(&mut self, process: Process, now: u64, checks: &mut Checks) -> Follows {
        let mut follows = Follows::default();
        self.parked.retain(|parked| parked.sent.from != process);
        let ids: Vec<u64> = self.open.iter().filter(|tx| tx.owner == process).map(|tx| tx.id).collect();
        for id in ids {
            self.end(id);
        }
        self.wake(now, &mut follows, checks);
        follows
    }

    /// It went down: what was not committed is gone, and who waited is told by the end of its connection.
    pub(super) fn restart(&mut self) -> Vec<Sent> {
        let ids: Vec<u64> = self.open.iter().map(|tx| tx.id).collect();
        for id in ids {
            self.end(id);
        }
        self.parked.drain(..).map(|parked| parked.sent).collect()
    }
}
