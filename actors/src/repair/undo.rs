//! Takes a repair back, to the row: the rules as they were, and out of the log again those rows that were refused before
//! the repair and came in by it.
//!
//! A replayed row goes when the rules coming into force refuse it, and when it was the repair that had let it in: the
//! rules that took it refuse it as well once the repair is undone in them. So a row that was replayed under rules which
//! nobody takes back stays. Which rows go is decided here and written into the log; whoever folds it only obeys.
//!
//! There may be many such rows, and the writer is everybody's: pages are read and decided about without it, and what was
//! replayed meanwhile is decided about with it. Places rise with the log, so nothing is passed over; that no other rules
//! came into force in between is checked when these are adopted. A crash at any time before the commit changes nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use autonomos_runtime::canonical::entity::Vocabulary;
use autonomos_runtime::canonical::mapping::{Mapping, Origin};
use autonomos_runtime::ids::{ConnectionId, DriftId};
use autonomos_runtime::secrets::{Purpose, TenantSealer};
use autonomos_runtime::store::{Drift, DriftState, Place, Replayed, ReplayedFilter, Retract, Store, Tx};
use autonomos_runtime::{Error, Result, Scope};

use super::carry_out::{self, Repair};
use super::proposal::Proposal;
use crate::connector::replay::{Refused, attempt};
use crate::connector::replaying::off_thread;
use crate::parts::Parts;

/// Rows decided about at a time.
const PAGE: u32 = 1000;
/// Rows that one revert may take out of the log. Their letters are changed, and their places written, in one transaction
/// that everybody waits for; with more than these it is refused.
const MAX_ROWS: usize = 200_000;

/// A drift whose repair is in force; else a conflict.
pub async fn healed(tx: &mut dyn Tx, id: DriftId) -> Result<Drift> {
    let drift = tx.drift(id).await?;
    if drift.state == DriftState::Healed {
        return Ok(drift);
    }
    Err(Error::conflict("drift.not_healed", format!("The drift is {}, not healed.", drift.state.as_str()))
        .remedy("Only a repair that is in force can be taken back."))
}

/// A repair being taken back. See the module.
#[derive(Debug)]
pub struct Undoing {
    parts: Arc<Parts>,
    scope: Scope,
    sealer: TenantSealer,
    drift: DriftId,
    connection: ConnectionId,
    stream: String,
    from_seq: i64,
    proposal: Proposal,
    /// The rules the drift was seen under.
    before: Mapping,
    /// Version that the repair made.
    since: i64,
    /// Version in force.
    active: i64,
    /// The rules coming into force.
    next: Arc<Mapping>,
    /// By version that took rows: its rules with the repair undone, where they are not those coming into force.
    undone: BTreeMap<i64, Option<Arc<Mapping>>>,
    /// Where the decision stands.
    after: Option<Place>,
    rows: usize,
    retracts: Vec<Retract>,
}

impl Undoing {
    /// Of a healed drift; none when its repair changed no rules.
    pub async fn of(
        parts: Arc<Parts>,
        scope: &Scope,
        sealer: TenantSealer,
        tx: &mut dyn Tx,
        drift: &Drift,
    ) -> Result<Option<Self>> {
        let proposal = carry_out::proposal_of(drift)?;
        let (Some(before), Some(since)) = (drift.mapping_before, drift.mapping_after) else { return Ok(None) };
        let before = tx.mapping(drift.connection_id, &drift.stream, before).await?.mapping;
        let active = tx.active_mapping(drift.connection_id, &drift.stream).await?;
        let active = active.ok_or_else(|| Error::conflict("stream.no_rules", "The stream has no rules any more."))?;
        Ok(Some(Self {
            parts,
            scope: scope.clone(),
            sealer,
            drift: drift.id,
            connection: drift.connection_id,
            stream: drift.stream.clone(),
            // Another key or order makes other records of all that came before.
            from_seq: if matches!(proposal, Proposal::Reread { .. }) { 1 } else { drift.detected_seq },
            next: Arc::new(proposal.undo(&active.mapping, &before)),
            undone: BTreeMap::from([(active.version, None)]),
            proposal,
            before,
            since,
            active: active.version,
            after: None,
            rows: 0,
            retracts: Vec::new(),
        }))
    }

    /// Decides about all rows there are, a page at a time, without the writer.
    pub async fn decided(mut self, store: &dyn Store) -> Result<Self> {
        loop {
            let mut tx = store.read(&self.scope).await?;
            let page = self.page(tx.as_mut()).await?;
            drop(tx);
            if page.is_empty() {
                return Ok(self);
            }
            self.decide(page).await?;
        }
    }

    /// Decides about the rows that were replayed since, and writes; `Conflict` when other rules came into force. Answers
    /// the version.
    pub async fn carry_out(mut self, tx: &mut dyn Tx) -> Result<i64> {
        loop {
            let page = self.page(tx).await?;
            if page.is_empty() {
                break;
            }
            self.decide(page).await?;
        }
        let repair = Repair {
            connection: self.connection,
            stream: &self.stream,
            mapping: Mapping::clone(&self.next),
            expected_version: self.active,
            from_seq: self.from_seq,
            drifts: vec![(self.drift, DriftState::Reverted)],
            origin: Origin::Human,
            reason: "taken back".to_owned(),
            revert: true,
            retracts: self.retracts,
        };
        carry_out::adopt(tx, None, repair).await
    }

    /// The next rows that were taken since the repair, and the rules they were taken under.
    async fn page(&mut self, tx: &mut dyn Tx) -> Result<Vec<Replayed>> {
        let filter = ReplayedFilter {
            connection: self.connection,
            stream: &self.stream,
            since_version: self.since,
            after: self.after,
            limit: PAGE,
        };
        let page = tx.replayed_dead_letters(filter).await?;
        self.after = page.last().map(|row| row.place).or(self.after);
        for version in page.iter().map(|row| row.mapping_version) {
            if !self.undone.contains_key(&version) {
                let took = tx.mapping(self.connection, &self.stream, version).await?.mapping;
                let undone = Mapping { version: self.next.version, ..self.proposal.undo(&took, &self.before) };
                self.undone.insert(version, (undone != *self.next).then(|| Arc::new(undone)));
            }
        }
        Ok(page)
    }

    async fn decide(&mut self, page: Vec<Replayed>) -> Result<()> {
        let (parts, sealer, connection) = (Arc::clone(&self.parts), self.sealer.clone(), self.connection);
        let (next, undone) = (Arc::clone(&self.next), self.undone.clone());
        let gone = off_thread(move || {
            let purpose = Purpose::dead_letter(connection);
            let mut taken: BTreeMap<i64, Vec<Refused<Place>>> = BTreeMap::new();
            for row in page {
                let raw = sealer.open(&purpose, &row.raw)?;
                let opened = Refused::parse(row.place, row.origin, row.row, &raw);
                taken.entry(row.mapping_version).or_default().extend(opened);
            }
            refused_again(&parts.vocabulary, &next, &undone, taken)
        })
        .await?;
        self.rows += gone.len();
        if self.rows > MAX_ROWS {
            return Err(Error::too_large(
                "drift.too_many_rows",
                format!(
                    "More than {MAX_ROWS} rows came in by this repair; they are too many to be taken back at once."
                ),
            )
            .remedy(
                "Edit the rules of the stream instead: the rows stay, and what comes from here on goes by the edit.",
            ));
        }
        for place in gone {
            match self.retracts.last_mut().filter(|last| last.seq == place.seq) {
                Some(last) => last.rows.push(place.row),
                None => self.retracts.push(Retract { seq: place.seq, rows: vec![place.row] }),
            }
        }
        Ok(())
    }
}

/// Pure: which rows go, in the order of their places. `taken` holds them by the version that took them, `undone` the
/// rules of such a version without the repair where they differ from those coming into force.
fn refused_again(
    vocabulary: &Vocabulary,
    next: &Mapping,
    undone: &BTreeMap<i64, Option<Arc<Mapping>>>,
    taken: BTreeMap<i64, Vec<Refused<Place>>>,
) -> Result<BTreeSet<Place>> {
    let refused = |rules: &Mapping, rows: &[Refused<Place>]| -> Result<BTreeSet<Place>> {
        Ok(attempt(vocabulary, rules, rows)?.into_iter().flat_map(|tried| tried.refused).collect())
    };
    let mut gone = BTreeSet::new();
    for (version, mut rows) in taken {
        let mut going = refused(next, &rows)?;
        if let Some(Some(rules)) = undone.get(&version) {
            rows.retain(|row| going.contains(&row.of));
            going = refused(rules, &rows)?;
        }
        gone.extend(going);
    }
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::canonical::mapping::{FieldRule, Transform};

    fn rules(version: i64, pairs: &[(&str, &str, bool)]) -> Mapping {
        let rule = |(source, field, lenient): &(&str, &str, bool)| FieldRule {
            source_path: (*source).to_owned(),
            field: (*field).to_owned(),
            transform: Transform::None,
            confidence: 1.0,
            origin: Origin::Rule,
            lenient: *lenient,
        };
        let rules = pairs.iter().map(rule).collect();
        Mapping { version, entity: "account".to_owned(), rules, key: vec!["Id".to_owned()], order_by: None }
    }

    fn row(seq: i64, row: u32, raw: &str) -> Refused<Place> {
        Refused::parse(Place { seq, row }, None, 1, raw.as_bytes()).unwrap()
    }

    /// Places that go when `proposal`, made from `before`, is taken back while `active` is in force.
    fn gone(
        proposal: &Proposal,
        before: &Mapping,
        active: &Mapping,
        taken: Vec<(&Mapping, Refused<Place>)>,
    ) -> Vec<Place> {
        let next = proposal.undo(active, before);
        let mut undone = BTreeMap::new();
        let mut by_version: BTreeMap<i64, Vec<Refused<Place>>> = BTreeMap::new();
        for (took, row) in taken {
            let without = Mapping { version: next.version, ..proposal.undo(took, before) };
            undone.insert(took.version, (without != next).then(|| Arc::new(without)));
            by_version.entry(took.version).or_default().push(row);
        }
        refused_again(Vocabulary::builtin(), &next, &undone, by_version).unwrap().into_iter().collect()
    }

    const STAFF: &str = r#"{"Id":"a","Staff":"many","Revenue":"1"}"#;
    const REVENUE: &str = r#"{"Id":"b","Staff":"3","Revenue":"much"}"#;
    const SOUND: &str = r#"{"Id":"c","Staff":"4","Revenue":"2"}"#;

    #[test]
    fn a_row_goes_with_the_repair_that_let_it_in() {
        let before = rules(1, &[("Staff", "employees", false), ("Revenue", "annual_revenue", false)]);
        let first = rules(2, &[("Staff", "employees", true), ("Revenue", "annual_revenue", false)]);
        let both = rules(3, &[("Staff", "employees", true), ("Revenue", "annual_revenue", true)]);
        let taken = || {
            vec![
                (&first, row(5, 0, STAFF)),
                (&both, row(6, 0, REVENUE)),
                (&both, row(6, 1, SOUND)),
                (&both, row(6, 2, STAFF)),
            ]
        };
        let staff = Proposal::Lenient { source_path: "Staff".into() };
        assert_eq!(gone(&staff, &before, &both, taken()), [Place { seq: 5, row: 0 }, Place { seq: 6, row: 2 }]);
        let revenue = Proposal::Lenient { source_path: "Revenue".into() };
        assert_eq!(gone(&revenue, &before, &both, taken()), [Place { seq: 6, row: 0 }]);
    }

    #[test]
    fn a_row_stays_that_came_in_by_rules_nobody_takes_back() {
        // The repair renamed a column; later a person left `Staff` out, rows were replayed, and it was put in again.
        let before = rules(1, &[("Staff", "employees", false), ("Old", "industry", false)]);
        let by_hand = rules(3, &[("New", "industry", false)]);
        let active = rules(4, &[("Staff", "employees", false), ("New", "industry", false)]);
        let rename = Proposal::Rename { from: "Old".into(), to: "New".into(), transform: None };
        assert_eq!(gone(&rename, &before, &active, vec![(&by_hand, row(5, 0, STAFF))]), []);
        // Had the repair let it in, it would go, although later rules by hand would refuse it too.
        let healed = rules(2, &[("Staff", "employees", true), ("Old", "industry", false)]);
        let lenient = Proposal::Lenient { source_path: "Staff".into() };
        let place = Place { seq: 5, row: 0 };
        assert_eq!(gone(&lenient, &before, &active, vec![(&healed, row(5, 0, STAFF))]), [place]);
    }
}
