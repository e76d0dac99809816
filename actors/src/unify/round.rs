//! One round: records that are new or changed in, what follows for everybody's identity out.
//!
//! Candidates by blocks, scores by the model, closed components, their partition (see [`super::group`]), and what differs
//! from how things stand. A round over all records and rounds over any portions of them end in the same partition, as
//! long as no bound was reached and the model is the same; ids differ only in which of an entity's records is its oldest.

use ahash::{HashMap, HashSet};
use arrow::array::StringArray;

use super::change::{Change, Found, packed};
use super::group::{Component, Partition, Tie};
use super::index::{Index, Standing, pair};
use super::learn::learn;
use super::plan::Bands;
use super::score::{Pattern, Scorer};
use super::spread::spread;

/// Rows that a closure takes in; what lies beyond keeps its place until it is touched itself.
const CLOSURE: usize = 20_000;
/// Doubts that one round writes down, the surest first.
const DOUBTS: usize = 10_000;
/// Pairs kept as evidence for an entity, for each of its members.
const PAIRS_EACH: usize = 4;
/// Share of the records touched from which on all are enumerated.
const MOST_OF_IT: usize = 5;

/// So many times the records that a model was learnt from, and another one is learnt.
const OUTGROWN: u64 = 4;

/// Two rows worth looking at.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Edge {
    a: u32,
    b: u32,
    bits: f32,
    pattern: Pattern,
}

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

    /// Every edge there is.
    fn everything(&mut self, round: &mut Round) -> (Vec<Edge>, Vec<u32>) {
        self.blocks.settle(self.plan.bounds.threads);
        let index = &*self;
        let floor = Bands::bits(index.plan.bands.review);
        let found = spread(index.plan.bounds.threads, index.blocks.pieces(), |piece| {
            let (mut scorer, mut edges, mut compared) = (index.scorer(), Vec::new(), 0_u64);
            index.blocks.pairs(piece, index.rows(), |x, y| {
                compared += 1;
                if let Some(scored) = scorer.score(x, y, floor) {
                    edges.push(edge(x, y, scored.bits, scored.pattern));
                }
            });
            (edges, compared)
        });
        round.compared += found.iter().map(|(_, compared)| compared).sum::<u64>();
        let mut edges: Vec<Edge> = found.into_iter().flat_map(|(edges, _)| edges).collect();
        edges.sort_unstable_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        let linked = index.together.keys().filter_map(|&id| index.row(id));
        let mut involved: Vec<u32> = edges.iter().flat_map(|e| [e.a, e.b]).chain(linked).collect();
        involved.extend((0..index.ids.len() as u32).filter(|&row| {
            index.alive[row as usize]
                && index.standing[row as usize].is_some_and(|s| s.entity != index.ids[row as usize])
        }));
        (edges, involved)
    }

    /// The edges of these rows and of everybody they are connected to.
    fn around(&self, touched: &[u32], round: &mut Round) -> (Vec<Edge>, Vec<u32>) {
        let floor = Bands::bits(self.plan.bands.review);
        let merge = Bands::bits(self.plan.bands.merge);
        let (mut edges, mut seen) = (Vec::new(), HashSet::<u32>::default());
        let mut front: Vec<u32> = touched.to_vec();
        seen.extend(&front);
        while !front.is_empty() {
            let pieces: Vec<&[u32]> = front.chunks(256).collect();
            let found = spread(self.plan.bounds.threads, pieces, |rows| self.edges_of(rows, floor));
            let mut next = Vec::new();
            for (more, compared) in found {
                round.compared += compared;
                for e in more {
                    if e.bits >= merge {
                        next.extend([e.a, e.b]);
                    }
                    edges.push(e);
                }
            }
            for &row in &front {
                next.extend(self.company(row));
            }
            let room = (CLOSURE + touched.len()).saturating_sub(seen.len());
            front = next.into_iter().filter(|&row| seen.insert(row)).take(room).collect();
        }
        edges.sort_unstable_by_key(|e| (e.a, e.b));
        edges.dedup_by_key(|e| (e.a, e.b));
        (edges, seen.into_iter().collect())
    }

    fn edges_of(&self, rows: &[u32], floor: f32) -> (Vec<Edge>, u64) {
        let (mut scorer, mut edges, mut mates, mut compared) = (self.scorer(), Vec::new(), Vec::new(), 0);
        for &row in rows {
            self.blocks.mates(row, self.rows(), &mut mates);
            compared += mates.len() as u64;
            for &mate in &mates {
                if let Some(scored) = scorer.score(row, mate, floor) {
                    edges.push(edge(row, mate, scored.bits, scored.pattern));
                }
            }
        }
        (edges, compared)
    }

    /// Those who are with a row already, or whom people put there.
    fn company(&self, row: u32) -> Vec<u32> {
        let mut out: Vec<u32> = Vec::new();
        if let Some(standing) = self.standing[row as usize] {
            out.extend(self.members(standing.entity));
        }
        let linked = self.together.get(&self.ids[row as usize]).into_iter().flatten();
        out.extend(linked.filter_map(|&id| self.row(id)));
        out
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

    /// The evidence of what is together.
    fn write_pairs(&self, edges: &[Edge], touched: &Touched, merge: f32, round: &mut Round) {
        let scorer = self.scorer();
        let mut kept: HashMap<u64, usize> = HashMap::default();
        let entity = |row: u32| self.standing[row as usize].map(|s| s.entity);
        let mut pairs: Vec<&Edge> = edges
            .iter()
            .filter(|e| e.bits >= merge && (touched.has(e.a) || touched.has(e.b)) && entity(e.a) == entity(e.b))
            .collect();
        pairs.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
        for e in pairs {
            let Some(entity) = entity(e.a) else { continue };
            let count = kept.entry(entity).or_default();
            *count += 1;
            if *count <= 8 || *count <= PAIRS_EACH * self.members(entity).count() {
                round.changes.push(Change::Pair(self.found(&scorer, e)));
            }
        }
    }

    /// Pairs for people, the surest first; one for any two entities.
    fn write_doubts(&self, mut doubts: Vec<Edge>, round: &mut Round) {
        let entity = |row: u32| self.standing[row as usize].map_or(0, |s| s.entity);
        doubts.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
        let mut asked: HashSet<(u64, u64)> = HashSet::default();
        let scorer = self.scorer();
        for e in doubts {
            let (a, b) = (entity(e.a), entity(e.b));
            let decided = self.apart.contains(&pair(self.ids[e.a as usize], self.ids[e.b as usize]));
            if a == b || decided || !asked.insert(pair(a, b)) {
                continue;
            }
            if asked.len() > DOUBTS {
                break;
            }
            round.changes.push(Change::Doubt(self.found(&scorer, &e)));
        }
    }

    fn found(&self, scorer: &Scorer<'_>, e: &Edge) -> Found {
        let (a, b) = pair(self.ids[e.a as usize], self.ids[e.b as usize]);
        Found { a, b, bits: e.bits, evidence: packed(&scorer.evidence(e.a, e.pattern)) }
    }
}

fn edge(x: u32, y: u32, bits: f32, pattern: Pattern) -> Edge {
    Edge { a: x.min(y), b: x.max(y), bits, pattern }
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

/// The edges that merge, by their first row.
struct Ties<'a> {
    edges: &'a [Edge],
    merge: f32,
}

impl<'a> Ties<'a> {
    const fn of(edges: &'a [Edge], merge: f32) -> Self {
        Self { edges, merge }
    }

    fn from(&self, row: u32) -> impl Iterator<Item = &'a Edge> {
        let start = self.edges.partition_point(|e| e.a < row);
        let merge = self.merge;
        self.edges[start..].iter().take_while(move |e| e.a == row).filter(move |e| e.bits >= merge)
    }
}

/// Closed components of more than one row, each oldest first.
fn components(index: &Index, edges: &[Edge], involved: &[u32], merge: f32) -> Vec<Vec<u32>> {
    let mut set = Sets::default();
    for e in edges.iter().filter(|e| e.bits >= merge) {
        set.join(e.a, e.b);
    }
    for &row in involved {
        for other in index.company(row) {
            set.join(row, other);
        }
    }
    let mut rows: Vec<(u32, u32)> = set.rows().map(|row| (set.root(row), row)).collect();
    rows.sort_unstable();
    rows.dedup();
    let groups = rows.chunk_by(|x, y| x.0 == y.0).filter(|group| group.len() > 1);
    groups
        .map(|group| {
            let mut rows: Vec<u32> = group.iter().map(|(_, row)| *row).collect();
            rows.sort_unstable_by_key(|&row| age(index, row));
            rows
        })
        .collect()
}

/// Oldest first; of the same age by id.
fn age(index: &Index, row: u32) -> (i64, u64) {
    (index.standing[row as usize].map_or(i64::MAX, |s| s.born), index.ids[row as usize])
}

fn part(index: &Index, rows: &[u32], ties: &Ties<'_>, scorer: &mut Scorer<'_>) -> Partition {
    let place = |row: u32| rows.iter().position(|&r| r == row);
    let places: HashMap<u32, usize> = if rows.len() > 32 {
        rows.iter().enumerate().map(|(at, &row)| (row, at)).collect()
    } else {
        HashMap::default()
    };
    let place = |row: u32| if places.is_empty() { place(row) } else { places.get(&row).copied() };
    let tie = |e: &Edge| {
        let (x, y) = (place(e.a)?, place(e.b)?);
        Some(Tie { bits: e.bits, a: x.min(y), b: x.max(y) })
    };
    let records = rows.iter().map(|&row| index.ids[row as usize]).collect();
    let mut component = Component { records, ..Component::default() };
    component.ties = rows.iter().flat_map(|&row| ties.from(row)).filter_map(tie).collect();
    component.entity = rows.iter().map(|&row| index.standing[row as usize].map(|s| s.entity)).collect();
    let id = |at: usize| index.ids[rows[at] as usize];
    for (at, &row) in rows.iter().enumerate() {
        let others = index.together.get(&index.ids[row as usize]).into_iter().flatten();
        let others = others.filter_map(|&other| index.row(other).and_then(place));
        component.together.extend(others.filter(|&other| other > at).map(|other| (at, other)));
    }
    if !index.apart.is_empty() {
        let parted = |x: usize, y: usize| index.apart.contains(&pair(id(x), id(y)));
        for x in 0..rows.len() {
            component.apart.extend((x + 1..rows.len()).filter(|&y| parted(x, y)).map(|y| (x, y)));
        }
    }
    let mut known: HashMap<(usize, usize), f32> = HashMap::default();
    component.part(Bands::bits(index.plan.bands.never), index.plan.bounds.members, |x, y| {
        *known.entry((x.min(y), x.max(y))).or_insert_with(|| {
            scorer.score(rows[x], rows[y], f32::NEG_INFINITY).map_or(f32::NEG_INFINITY, |scored| scored.bits)
        })
    })
}

fn doubts_of(index: &Index, refused: impl Iterator<Item = (u32, u32, f32)>, touched: &Touched, out: &mut Vec<Edge>) {
    let mut scorer = index.scorer();
    for (a, b, bits) in refused.filter(|(a, b, _)| touched.has(*a) || touched.has(*b)) {
        let pattern = scorer.pattern(a, b);
        out.push(edge(a, b, bits, pattern));
    }
}

/// Disjoint sets over the rows that occur.
#[derive(Default)]
struct Sets {
    parent: HashMap<u32, u32>,
}

impl Sets {
    fn root(&self, row: u32) -> u32 {
        let mut at = row;
        while let Some(&up) = self.parent.get(&at).filter(|&&up| up != at) {
            at = up;
        }
        at
    }

    fn find(&mut self, row: u32) -> u32 {
        let root = self.root(row);
        let mut at = row;
        while at != root {
            at = self.parent.insert(at, root).unwrap_or(root);
        }
        root
    }

    fn join(&mut self, a: u32, b: u32) {
        self.parent.entry(a).or_insert(a);
        self.parent.entry(b).or_insert(b);
        let (a, b) = (self.find(a), self.find(b));
        // The smaller row is the root, so that the result does not depend on the order of joins.
        let (low, high) = (a.min(b), a.max(b));
        self.parent.insert(high, low);
    }

    fn rows(&self) -> impl Iterator<Item = u32> {
        self.parent.keys().copied()
    }
}
