//! One round: records that are new or changed in, what follows for everybody's identity out.
//!
//! Candidates by blocks, scores by the model, closed components, their partition (see [`super::group`]), and what differs
//! from how things stand. A round over all records and rounds over any portions of them end in the same partition, as
//! long as no bound was reached and the model is the same; ids differ only in which of an entity's records is its oldest.

mod components;
mod edges;
mod evidence;

use ahash::HashMap;
use arrow::array::StringArray;

use components::{components, part};
use edges::Ties;
use evidence::doubts_of;

use super::change::Change;
use super::group::Partition;
use super::index::{Index, Standing};
use super::learn::learn;
use super::plan::Bands;
use super::spread::spread;

/// Share of the records touched from which on all are enumerated.
const MOST_OF_IT: usize = 5;

/// So many times the records that a model was learnt from, and another one is learnt.
const OUTGROWN: u64 = 4;

/// What a round came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Round {
    /// To be written down, in this order.
    pub changes: Vec<Change>,
    /// Entities that took in others: which, and the ids that lead to it now.
    pub merged: Vec<(u64, Vec<u64>)>,
    /// Entities that lost records: which, and to which ones.
    pub parted: Vec<(u64, Vec<u64>)>,
    /// Records that are with their entity although nothing ties them to it any more: record and entity.
    pub strays: Vec<(u64, u64)>,
    /// Pairs compared.
    pub compared: u64,
}

impl Index {
    /// Takes rows in (ids, and the columns of the plan's fields) and decides. `at` is the age that new records get.
    pub fn round(&mut self, batches: &[(Vec<u64>, Vec<StringArray>)], at: i64) -> Round {
        let mut touched = Vec::new();
        for (ids, columns) in batches {
            touched.extend(self.take(ids, columns).touched);
        }
        self.settle(touched, at)
    }

    /// Takes rows in, learns if there is much more to learn from than the last time, and decides: about all records by a
    /// new model, else about the rows, or about these records. Whether there is a new model.
    pub fn advance(
        &mut self,
        batches: &[(Vec<u64>, Vec<StringArray>)],
        touched: Option<&[u64]>,
        at: i64,
    ) -> (Round, bool) {
        let mut rows = Vec::new();
        for (ids, columns) in batches {
            rows.extend(self.take(ids, columns).touched);
        }
        let outgrown = self.model.version == 0 || self.live as u64 >= self.model.records * OUTGROWN;
        if outgrown && let Some(model) = learn(self) {
            self.adopt(model);
            return (self.review_all(at), true);
        }
        let round = match touched {
            Some(ids) => self.settle_ids(ids, at),
            None => self.settle(rows, at),
        };
        (round, false)
    }

    /// Decides about these records, and about those that nobody has decided about yet.
    pub fn settle_ids(&mut self, ids: &[u64], at: i64) -> Round {
        let mut touched: Vec<u32> = ids.iter().filter_map(|&id| self.row(id)).collect();
        let new = |row: &u32| self.alive[*row as usize] && self.standing[*row as usize].is_none();
        touched.extend((0..self.ids.len() as u32).filter(new));
        self.settle(touched, at)
    }

    /// Decides about every record anew, by the model there is now.
    pub fn review_all(&mut self, at: i64) -> Round {
        let touched = (0..self.ids.len() as u32).filter(|&row| self.alive[row as usize]).collect();
        self.settle(touched, at)
    }

    /// Decides about rows that were taken in.
    pub(crate) fn settle(&mut self, mut touched: Vec<u32>, at: i64) -> Round {
        touched.retain(|&row| self.alive[row as usize]);
        touched.sort_unstable();
        touched.dedup();
        let mut round = Round::default();
        let most = touched.len() * MOST_OF_IT > self.live;
        let (edges, involved) = if most { self.everything(&mut round) } else { self.around(&touched, &mut round) };
        let is_touched = Touched::of(&touched, self.ids.len());
        let known = touched.iter().filter(|&&row| self.standing[row as usize].is_some());
        if touched.len() == self.live && known.clone().next().is_some() {
            round.changes.push(Change::Anew);
        } else {
            round.changes.extend(known.map(|&row| Change::Forgotten { record: self.ids[row as usize] }));
        }
        let mut doubts = Vec::new();
        let merge = Bands::bits(self.plan.bands.merge);
        doubts.extend(edges.iter().filter(|e| e.bits < merge && (is_touched.has(e.a) || is_touched.has(e.b))));
        let mut moves: Vec<(u32, Standing)> = Vec::new();
        let mut moved_gone: Vec<(u64, Standing)> = Vec::new();
        let components = components(self, &edges, &involved, merge);
        let parts = {
            let index = &*self;
            let pieces: Vec<&[Vec<u32>]> = components.chunks(1024).collect();
            let ties = Ties::of(&edges, merge);
            spread(index.plan.bounds.threads, pieces, |piece| {
                let mut scorer = index.scorer();
                piece.iter().map(|rows| part(index, rows, &ties, &mut scorer)).collect::<Vec<_>>()
            })
        };
        for (rows, partition) in components.iter().zip(parts.into_iter().flatten()) {
            self.settle_component(rows, &partition, at, &mut round, &mut moves, &mut moved_gone);
            // Asked about once: when one of them changed.
            if rows.iter().any(|&row| is_touched.has(row)) {
                let stray =
                    |&held: &usize| Some((self.ids[rows[held] as usize], self.standing[rows[held] as usize]?.entity));
                round.strays.extend(partition.held.iter().filter_map(stray));
            }
            let refused = partition.refused.iter().map(|tie| (rows[tie.a], rows[tie.b], tie.bits));
            doubts_of(self, refused, &is_touched, &mut doubts);
        }
        let mut settled: Vec<bool> = vec![false; self.ids.len()];
        for (row, standing) in moves {
            settled[row as usize] = true;
            let record = self.ids[row as usize];
            let change = match self.standing[row as usize] {
                None => Change::Born { record, entity: standing.entity },
                Some(_) => Change::Moved { record, entity: standing.entity },
            };
            round.changes.push(change);
            self.stand(row, standing);
        }
        for (id, standing) in moved_gone {
            round.changes.push(Change::Moved { record: id, entity: standing.entity });
            self.stand_gone(id, standing);
        }
        for &row in touched.iter().filter(|&&row| !settled[row as usize]) {
            if self.standing[row as usize].is_none() {
                let record = self.ids[row as usize];
                round.changes.push(Change::Born { record, entity: record });
                self.stand(row, Standing { entity: record, born: at });
            }
        }
        self.write_pairs(&edges, &is_touched, merge, &mut round);
        self.write_doubts(doubts, &mut round);
        round
    }

    /// Gives each group of a component its id, and says what that changes.
    fn settle_component(
        &self,
        rows: &[u32],
        partition: &Partition,
        at: i64,
        round: &mut Round,
        moves: &mut Vec<(u32, Standing)>,
        moved_gone: &mut Vec<(u64, Standing)>,
    ) {
        // An entity goes where the record goes that it is named after; if that is gone from its source, where the oldest
        // of its others goes: rows stand oldest first.
        let mut heirs: Vec<(u64, usize)> = Vec::new();
        for (place, &row) in rows.iter().enumerate() {
            let Some(standing) = self.standing[row as usize] else { continue };
            let group = partition.group[place];
            match heirs.iter_mut().find(|(entity, _)| *entity == standing.entity) {
                Some(heir) if standing.entity == self.ids[row as usize] => heir.1 = group,
                Some(_) => {}
                None => heirs.push((standing.entity, group)),
            }
        }
        let mut named: HashMap<usize, u64> = HashMap::default();
        for (place, &group) in partition.group.iter().enumerate() {
            named.entry(group).or_insert_with(|| {
                let inherited = heirs.iter().filter(|(_, heir)| *heir == group).map(|(entity, _)| *entity);
                let oldest = inherited.min_by_key(|&entity| (self.born(entity), entity));
                // The first of a group is its oldest.
                oldest.unwrap_or_else(|| self.ids[rows[place] as usize])
            });
        }
        for (entity, group) in &heirs {
            let into = named[group];
            if into != *entity {
                match round.merged.iter_mut().rfind(|(id, _)| *id == into) {
                    Some((_, from)) => from.push(*entity),
                    None => round.merged.push((into, vec![*entity])),
                }
                let gone = self.gone_of(*entity).map(|(id, standing)| (id, Standing { entity: into, ..standing }));
                moved_gone.extend(gone);
            }
        }
        for (place, &row) in rows.iter().enumerate() {
            let entity = named[&partition.group[place]];
            match self.standing[row as usize] {
                Some(standing) if standing.entity == entity => {}
                Some(standing) => {
                    let merged = heirs.iter().any(|(e, g)| *e == standing.entity && *g == partition.group[place]);
                    if !merged {
                        match round.parted.iter_mut().rfind(|(id, _)| *id == standing.entity) {
                            Some((_, into)) if into.contains(&entity) => {}
                            Some((_, into)) => into.push(entity),
                            None => round.parted.push((standing.entity, vec![entity])),
                        }
                    }
                    moves.push((row, Standing { entity, ..standing }));
                }
                None => moves.push((row, Standing { entity, born: at })),
            }
        }
    }

    /// How old an entity is: as old as the record it is named after.
    fn born(&self, entity: u64) -> i64 {
        let live = self.row(entity).and_then(|row| self.standing[row as usize]);
        let standing =
            live.or_else(|| self.gone_of(entity).find(|(id, _)| *id == entity).map(|(_, standing)| standing));
        standing.map_or(i64::MAX, |s| s.born)
    }
}

/// Which rows a round is about.
struct Touched(Vec<bool>);

impl Touched {
    fn of(rows: &[u32], len: usize) -> Self {
        let mut set = vec![false; len];
        for &row in rows {
            set[row as usize] = true;
        }
        Self(set)
    }

    fn has(&self, row: u32) -> bool {
        self.0[row as usize]
    }
}
