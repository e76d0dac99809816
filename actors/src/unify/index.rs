//! The records of one entity as they are compared, in memory: values by number, blocking keys, who belongs to whom.
//!
//! A function of the rows it was given and of what was decided about them: made anew from both it is the same, whatever
//! came in which order. Rows are u32 places that are never used twice; a record that is gone leaves its place empty.
//! Pure; its threads end before a call does.

use std::sync::Arc;

use ahash::{HashMap, HashSet};
use arrow::array::{Array, StringArray};
use hashbrown::HashTable;

use super::blocks::{Blocks, Rows};
use super::decide::ChangeKey;
use super::distance::Scratch;
use super::model::{Model, Weights};
use super::plan::Plan;
use super::pool::{MISSING, Pool};
use super::score::Scorer;
use super::spread::spread;
use super::text::Normaliser;

/// Rows below which a second thread costs more than it saves.
const ALONE: usize = 2048;

/// What was decided about a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its entity: the id of that entity's oldest record.
    pub entity: u64,
    /// Position of the log at which it was first given one: its age.
    pub born: i64,
}

/// See the module.
#[derive(Debug)]
pub struct Index {
    pub(crate) plan: Arc<Plan>,
    pub(crate) model: Model,
    pub(crate) weights: Weights,
    pub(crate) pools: Vec<Pool>,
    /// Bits that equality of a value is worth, by comparison and number.
    pub(crate) worth: Vec<Vec<f32>>,
    /// Numbers of a row's values, a row after the other.
    pub(crate) values: Vec<u32>,
    pub(crate) ids: Vec<u64>,
    pub(crate) alive: Vec<bool>,
    pub(crate) live: usize,
    pub(crate) standing: Vec<Option<Standing>>,
    /// Live rows of an entity besides its oldest record's.
    others: HashMap<u64, Vec<u32>>,
    /// Records that have a standing and no row, by entity.
    gone: HashMap<u64, Vec<u64>>,
    gone_standing: HashMap<u64, Standing>,
    /// What people decided of pairs of records.
    pub(crate) together: HashMap<u64, Vec<u64>>,
    pub(crate) apart: HashSet<(u64, u64)>,
    pub(crate) blocks: Blocks,
    rows: HashTable<u32>,
}

/// A pair in the order in which it is always named.
pub(crate) const fn pair(a: u64, b: u64) -> (u64, u64) {
    if a < b { (a, b) } else { (b, a) }
}

/// What a batch of rows was to the index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Places of records that were not there, or whose compared values changed.
    pub(crate) touched: Vec<u32>,
}

impl Index {
    /// Nobody in it yet.
    pub fn new(plan: Arc<Plan>, model: Model) -> Self {
        let model = model.fitted(&plan);
        let weights = model.weights(&plan);
        let comparisons = plan.comparisons.len();
        Self {
            weights,
            model,
            pools: (0..comparisons).map(|_| Pool::default()).collect(),
            worth: vec![vec![0.0]; comparisons],
            values: Vec::new(),
            ids: Vec::new(),
            alive: Vec::new(),
            live: 0,
            standing: Vec::new(),
            others: HashMap::default(),
            gone: HashMap::default(),
            gone_standing: HashMap::default(),
            together: HashMap::default(),
            apart: HashSet::default(),
            blocks: Blocks::new(plan.passes.len()),
            rows: HashTable::new(),
            plan,
        }
    }

    /// Records in it.
    pub const fn len(&self) -> usize {
        self.live
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.live == 0
    }

    /// The model it scores by.
    pub const fn model(&self) -> &Model {
        &self.model
    }

    /// The place of a record that is there.
    pub(crate) fn row(&self, id: u64) -> Option<u32> {
        self.rows.find(id, |&row| self.ids[row as usize] == id).copied().filter(|&row| self.alive[row as usize])
    }

    /// The numbers of a row's values.
    pub(crate) fn of(&self, row: u32) -> &[u32] {
        let width = self.pools.len();
        &self.values[row as usize * width..(row as usize + 1) * width]
    }

    /// Takes another model; every pair's score may be another.
    pub fn adopt(&mut self, model: Model) {
        self.model = model.fitted(&self.plan);
        self.weights = self.model.weights(&self.plan);
        for (c, pool) in self.pools.iter().enumerate() {
            self.worth[c] = (0..pool.len() as u32).map(|v| self.weights.of[c].equal(pool.hash(v))).collect();
        }
    }

    /// Says what was decided about a record before.
    pub fn place(&mut self, id: u64, standing: Standing) {
        match self.row(id) {
            Some(row) => self.stand(row, standing),
            None => self.stand_gone(id, standing),
        }
    }

    /// Moves a row to where it stands.
    pub(crate) fn stand(&mut self, row: u32, standing: Standing) {
        let before = self.standing[row as usize].replace(standing);
        if before.is_some_and(|before| before.entity == standing.entity) {
            return;
        }
        if let Some(before) = before {
            self.depart(row, before.entity);
        }
        if standing.entity != self.ids[row as usize] {
            self.others.entry(standing.entity).or_default().push(row);
        }
    }

    fn depart(&mut self, row: u32, entity: u64) {
        if let Some(others) = self.others.get_mut(&entity) {
            others.retain(|&r| r != row);
            if others.is_empty() {
                self.others.remove(&entity);
            }
        }
    }

    /// Live rows of an entity.
    pub(crate) fn members(&self, entity: u64) -> impl Iterator<Item = u32> {
        let oldest = self.row(entity).filter(|&r| self.standing[r as usize].is_some_and(|s| s.entity == entity));
        oldest.into_iter().chain(self.others.get(&entity).into_iter().flatten().copied())
    }

    /// Members of an entity whose records are gone, with how old they are.
    pub(crate) fn gone_of(&self, entity: u64) -> impl Iterator<Item = (u64, Standing)> {
        let ids = self.gone.get(&entity).into_iter().flatten();
        ids.filter_map(|id| Some((*id, *self.gone_standing.get(id)?)))
    }

    /// Moves a record that is gone to where it stands.
    pub(crate) fn stand_gone(&mut self, id: u64, standing: Standing) {
        if let Some(before) = self.gone_standing.insert(id, standing)
            && let Some(others) = self.gone.get_mut(&before.entity)
        {
            others.retain(|&other| other != id);
        }
        self.gone.entry(standing.entity).or_default().push(id);
    }

    /// What people decided just now.
    pub fn apply(&mut self, changes: &[ChangeKey]) {
        for change in changes {
            match *change {
                ChangeKey::Moved(record, entity) => {
                    let row = self.row(record);
                    let known =
                        row.map_or_else(|| self.gone_standing.get(&record).copied(), |r| self.standing[r as usize]);
                    if let Some(known) = known {
                        self.place(record, Standing { entity, ..known });
                    }
                }
                ChangeKey::Together(a, b) => self.link(a, b, Link::Together),
                ChangeKey::Apart(a, b) => self.link(a, b, Link::Apart),
                ChangeKey::Unlinked(a, b) => self.unlink(a, b),
            }
        }
    }

    /// Says what people decided of a pair.
    pub fn link(&mut self, a: u64, b: u64, link: Link) {
        self.unlink(a, b);
        match link {
            Link::Together => {
                self.together.entry(a).or_default().push(b);
                self.together.entry(b).or_default().push(a);
            }
            Link::Apart => drop(self.apart.insert(pair(a, b))),
        }
    }

    /// Nothing is decided of the pair any more.
    pub fn unlink(&mut self, a: u64, b: u64) {
        self.apart.remove(&pair(a, b));
        for (x, y) in [(a, b), (b, a)] {
            if let Some(others) = self.together.get_mut(&x) {
                others.retain(|&other| other != y);
            }
        }
    }

    /// Takes rows in without deciding anything; [`Self::review_all`] does.
    pub fn load(&mut self, ids: &[u64], columns: &[StringArray]) {
        self.take(ids, columns);
    }

    /// Where each record stands.
    pub fn standings(&self) -> impl Iterator<Item = (u64, Standing)> {
        let rows = self.ids.iter().zip(&self.standing).zip(&self.alive).filter(|(_, alive)| **alive);
        rows.filter_map(|((id, standing), _)| Some((*id, (*standing)?)))
    }

    /// Takes rows in: ids, and the columns of [`Plan::fields`]. A record that is there already has these values now.
    pub(crate) fn take(&mut self, ids: &[u64], columns: &[StringArray]) -> Taken {
        let numbers = self.number(ids.len(), columns);
        self.pool_worth();
        let width = self.pools.len();
        let mut taken = Taken::default();
        self.rows.reserve(ids.len(), |&row| self.ids[row as usize]);
        let mut fresh = vec![MISSING; width];
        for (at, &id) in ids.iter().enumerate() {
            for (c, column) in numbers.iter().enumerate() {
                fresh[c] = column[at];
            }
            let known = self.rows.find(id, |&row| self.ids[row as usize] == id).copied();
            if let Some(row) = known.filter(|&row| self.alive[row as usize]) {
                if self.of(row) == fresh.as_slice() {
                    continue;
                }
                self.count(row, -1);
                let at = row as usize * width;
                self.values[at..at + width].copy_from_slice(&fresh);
                self.count(row, 1);
                taken.touched.push(row);
                continue;
            }
            taken.touched.push(self.enter(id, &fresh, known.is_some()));
        }
        let rows = Rows { plan: &self.plan, pools: &self.pools, values: &self.values, ids: &self.ids };
        self.blocks.enter(&taken.touched, rows);
        taken
    }

    fn enter(&mut self, id: u64, values: &[u32], was: bool) -> u32 {
        let row = self.ids.len() as u32;
        if was && let Ok(old) = self.rows.find_entry(id, |&r| self.ids[r as usize] == id) {
            old.remove();
        }
        self.ids.push(id);
        self.alive.push(true);
        self.values.extend_from_slice(values);
        let ids = &self.ids;
        self.rows.insert_unique(id, row, |&r| ids[r as usize]);
        self.standing.push(None);
        self.live += 1;
        self.count(row, 1);
        if let Some(standing) = self.gone_standing.remove(&id) {
            if let Some(others) = self.gone.get_mut(&standing.entity) {
                others.retain(|&other| other != id);
            }
            self.stand(row, standing);
        }
        row
    }

    /// The record is gone from its source; what was decided about it stays.
    pub fn remove(&mut self, id: u64) {
        let Some(row) = self.row(id) else { return };
        self.count(row, -1);
        self.alive[row as usize] = false;
        self.live -= 1;
        self.blocks.leave(row);
        if let Some(standing) = self.standing[row as usize].take() {
            self.depart(row, standing.entity);
            self.stand_gone(id, standing);
        }
    }

    fn count(&mut self, row: u32, by: i32) {
        let at = row as usize * self.pools.len();
        for (c, pool) in self.pools.iter_mut().enumerate() {
            pool.counted(self.values[at + c], by);
        }
    }

    /// Numbers of the values of each comparison, a thread for a comparison at a time.
    fn number(&mut self, rows: usize, columns: &[StringArray]) -> Vec<Vec<u32>> {
        let plan = &self.plan;
        let number = |pool: &mut Pool, c: usize| -> Vec<u32> {
            let (comparison, mut normal) = (&plan.comparisons[c], Normaliser::default());
            let mut fields: Vec<Option<&str>> = Vec::with_capacity(comparison.of.len());
            (0..rows)
                .map(|row| {
                    fields.clear();
                    let value = |f: &usize| columns.get(*f).filter(|a| a.is_valid(row)).map(|a| a.value(row));
                    fields.extend(comparison.of.iter().map(value));
                    pool.intern(normal.value(comparison.kind, &fields))
                })
                .collect()
        };
        let threads = if rows < ALONE { 1 } else { plan.bounds.threads };
        spread(threads, self.pools.iter_mut().enumerate().collect(), |(c, pool)| number(pool, c))
    }

    fn pool_worth(&mut self) {
        for (c, pool) in self.pools.iter().enumerate() {
            let known = self.worth[c].len() as u32;
            self.worth[c].extend((known..pool.len() as u32).map(|v| self.weights.of[c].equal(pool.hash(v))));
        }
    }

    /// What the blocks look at.
    pub(crate) fn rows(&self) -> Rows<'_> {
        Rows { plan: &self.plan, pools: &self.pools, values: &self.values, ids: &self.ids }
    }

    /// Scores pairs by the model.
    pub(crate) fn scorer(&self) -> Scorer<'_> {
        Scorer::new(self, Scratch::default())
    }
}

/// What people decided of a pair of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// They are one.
    Together,
    /// They are not.
    Apart,
}
