//! Which state of each record wins. Pure: the keys of a run of rows, the states the tables hold, and out come the rows
//! to append, the old rows to remove and the records to forget.
//!
//! Rows are taken strictly in log order, one after the other, so any grouping of the same rows gives the same states
//! and the same counts. A row wins unless it carries a version and that version is older than the record's. A row
//! without a version (0) takes its place by log order and inherits the record's version; so does a delete, which often
//! knows no time. A deleted record keeps its version, so that an older state arriving late does not bring it back.

use hashbrown::HashTable;

/// What a table holds about a record of the run: a row of a view, or the memory of a delete.
#[derive(Clone, Debug)]
pub(crate) struct Old {
    pub(crate) hash: u64,
    pub(crate) key: Box<str>,
    pub(crate) version: i64,
    /// Index of the table that it lives in; none: it is a tombstone.
    pub(crate) table: Option<u32>,
    pub(crate) rowid: i64,
}

/// One batch of a run: hash, key, version and operation of its rows.
pub(crate) struct Rows<'a> {
    pub(crate) hashes: &'a [u64],
    pub(crate) key: &'a dyn Fn(usize) -> &'a str,
    pub(crate) version: &'a dyn Fn(usize) -> i64,
    pub(crate) deletes: &'a dyn Fn(usize) -> bool,
}

/// Where the current state of a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// The tables; nothing in the run changed it.
    Kept,
    /// A row of the run.
    Row { batch: u32, row: u32 },
    /// It is deleted.
    Gone { batch: u32, row: u32 },
}

struct Slot {
    hash: u64,
    state: State,
    version: i64,
    old: Option<u32>,
    /// The old row whose values fill the columns that the run does not send.
    base: Option<u32>,
    live: bool,
}

/// A row of the run that is its record's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Winner {
    pub(crate) batch: u32,
    pub(crate) row: u32,
    pub(crate) version: i64,
    pub(crate) base: Option<u32>,
}

/// What a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Rows to append, in run order.
    pub(crate) winners: Vec<Winner>,
    /// Deletes to remember: batch, row, version.
    pub(crate) tombstones: Vec<(u32, u32, i64)>,
    /// Indexes of old states that end.
    pub(crate) ended: Vec<u32>,
    pub(crate) tally: Tally,
}

/// Rows in = live + superseded + deleted, always.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Upserts seen.
    pub(crate) rows: i64,
    /// Rows that were, or came too late to be, their record's state.
    pub(crate) superseded: i64,
    /// Rows that a delete ended.
    pub(crate) deleted: i64,
    /// Deletes seen.
    pub(crate) markers: i64,
}

impl Tally {
    pub(crate) fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.superseded += other.superseded;
        self.deleted += other.deleted;
        self.markers += other.markers;
    }

    /// Rows that are a record's state now.
    pub(crate) const fn live(&self) -> i64 {
        self.rows - self.superseded - self.deleted
    }
}

/// Resolves a run against the old states of its keys.
pub(crate) fn resolve(run: &[Rows<'_>], old: &[Old]) -> Outcome {
    let total: usize = run.iter().map(|r| r.hashes.len()).sum();
    let mut index: HashTable<u32> = HashTable::with_capacity(total + old.len());
    let mut slots: Vec<Slot> = Vec::with_capacity(total + old.len());
    for (i, state) in old.iter().enumerate() {
        let live = state.table.is_some();
        index.insert_unique(state.hash, slots.len() as u32, |&s| slots[s as usize].hash);
        slots.push(Slot {
            hash: state.hash,
            state: State::Kept,
            version: state.version,
            old: Some(i as u32),
            base: live.then_some(i as u32),
            live,
        });
    }
    let mut tally = Tally::default();
    for (b, rows) in run.iter().enumerate() {
        for (r, &hash) in rows.hashes.iter().enumerate() {
            let (version, delete) = ((rows.version)(r), (rows.deletes)(r));
            if delete {
                tally.markers += 1;
            } else {
                tally.rows += 1;
            }
            let key = (rows.key)(r);
            let found = index.find(hash, |&s| {
                let slot = &slots[s as usize];
                slot.hash == hash && key_of(run, old, slot) == key
            });
            let here = (b as u32, r as u32);
            let next = if delete {
                State::Gone { batch: here.0, row: here.1 }
            } else {
                State::Row { batch: here.0, row: here.1 }
            };
            let Some(&s) = found else {
                index.insert_unique(hash, slots.len() as u32, |&s| slots[s as usize].hash);
                slots.push(Slot { hash, state: next, version, old: None, base: None, live: !delete });
                continue;
            };
            let slot = &mut slots[s as usize];
            if version != 0 && version < slot.version {
                if !delete {
                    tally.superseded += 1;
                }
                continue;
            }
            if slot.live {
                if delete {
                    tally.deleted += 1;
                } else {
                    tally.superseded += 1;
                }
            }
            if delete || !slot.live {
                slot.base = None;
            }
            slot.state = next;
            slot.live = !delete;
            if version != 0 {
                slot.version = version;
            }
        }
    }
    let mut out = Outcome { tally, ..Outcome::default() };
    for slot in &slots {
        match slot.state {
            State::Kept => continue,
            State::Row { batch, row } => {
                out.winners.push(Winner { batch, row, version: slot.version, base: slot.base });
            }
            State::Gone { batch, row } => out.tombstones.push((batch, row, slot.version)),
        }
        out.ended.extend(slot.old);
    }
    out.winners.sort_unstable_by_key(|w| (w.batch, w.row));
    out.tombstones.sort_unstable();
    out
}

fn key_of<'a, 'x: 'a>(run: &'a [Rows<'x>], old: &'a [Old], slot: &Slot) -> &'a str {
    match slot.state {
        State::Row { batch, row } | State::Gone { batch, row } => (run[batch as usize].key)(row as usize),
        State::Kept => slot.old.map_or("", |i| &old[i as usize].key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(rows: &[(&'static str, i64, bool)], old: &[(&str, i64, bool)]) -> Outcome {
        let hash = |k: &str| k.as_bytes().iter().map(|b| u64::from(*b)).sum::<u64>();
        let hashes: Vec<u64> = rows.iter().map(|r| hash(r.0)).collect();
        let old: Vec<Old> = old
            .iter()
            .enumerate()
            .map(|(i, o)| Old {
                hash: hash(o.0),
                key: o.0.into(),
                version: o.1,
                table: o.2.then_some(0),
                rowid: i as i64,
            })
            .collect();
        let rows = rows.to_vec();
        let (key, version, deletes) = (|i: usize| rows[i].0, |i: usize| rows[i].1, |i: usize| rows[i].2);
        resolve(&[Rows { hashes: &hashes, key: &key, version: &version, deletes: &deletes }], &old)
    }

    fn winners(o: &Outcome) -> Vec<u32> {
        o.winners.iter().map(|w| w.row).collect()
    }

    #[test]
    fn the_newest_version_wins_and_the_later_of_equals() {
        let o = run(&[("a", 5, false), ("a", 3, false), ("a", 5, false), ("b", 1, false)], &[]);
        assert_eq!(winners(&o), [2, 3]);
        assert_eq!(o.tally, Tally { rows: 4, superseded: 2, deleted: 0, markers: 0 });
    }

    #[test]
    fn late_rows_lose_against_the_table() {
        let o = run(&[("a", 4, false)], &[("a", 9, true)]);
        assert!(o.winners.is_empty() && o.ended.is_empty());
        assert_eq!(o.tally.superseded, 1);
        let o = run(&[("a", 0, false)], &[("a", 9, true)]);
        assert_eq!((o.winners[0].version, o.ended.as_slice()), (9, &[0][..]), "no version: log order decides");
    }

    #[test]
    fn a_delete_is_remembered_and_an_older_state_does_not_return() {
        let o = run(&[("a", 5, true), ("a", 4, false)], &[("a", 3, true)]);
        assert!(o.winners.is_empty());
        assert_eq!(o.tombstones, [(0, 0, 5)]);
        assert_eq!(o.tally, Tally { rows: 1, superseded: 1, deleted: 1, markers: 1 });
        let o = run(&[("a", 4, false), ("b", 6, false)], &[("a", 5, false), ("b", 5, false)]);
        assert_eq!((winners(&o), o.ended), (vec![1], vec![1]));
    }

    #[test]
    fn values_carry_over_from_the_old_row_unless_a_delete_came_between() {
        let o = run(&[("a", 2, false), ("a", 3, false)], &[("a", 1, true)]);
        assert_eq!(o.winners[0].base, Some(0));
        let o = run(&[("a", 2, true), ("a", 3, false)], &[("a", 1, true)]);
        assert_eq!(o.winners[0].base, None);
        let o = run(&[("a", 2, true), ("a", 12, false)], &[("a", 10, true)]);
        assert_eq!(o.winners[0].base, Some(0), "the delete came too late to count");
    }

    #[test]
    fn keys_of_one_hash_stay_apart() {
        let o = run(&[("ab", 1, false), ("ba", 1, false), ("ab", 2, false)], &[("ba", 0, true)]);
        assert_eq!(winners(&o), [1, 2]);
        assert_eq!(o.tally.live(), 1, "one of the two was there before");
    }
}
