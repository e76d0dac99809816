//! Pure: a column whose values are spread otherwise than before: its numbers are of another size (cents for euros), or
//! it is hardly filled any more.
//!
//! Compared at the end of a read, on some hundreds of rows; small reads add up to that. The rule: the shares of numbers
//! below some size differ by half of all (the Kolmogorov-Smirnov distance over powers of two), or a column that mostly
//! had values has none. Doubling prices, a good quarter or a sample of some hundred rows do not reach that; another unit
//! does. What rises from row to row counts something and is not compared; identifiers neither. Each change is told once,
//! because what came becomes the usual.
//!
//! Nothing here ever leads to another mapping.

use std::collections::BTreeMap;

use autonomos_runtime::canonical::mapping::Mapping;
use autonomos_runtime::canonical::spread::{Bands, Spread, bound};
use autonomos_runtime::store::NewDrift;
use serde_json::{Value, json};

use super::severity::severity;

/// The kind of these drifts.
pub const KIND: &str = "distribution_changed";
/// Columns of one stream that are kept.
const COLUMNS: usize = 64;
/// Rows before anything is compared, and rows beyond which older ones weigh less.
const ENOUGH: u64 = 500;
const PLENTY: u64 = 20_000;
/// The distance of numbers that is told.
const SHIFTED: f64 = 0.5;
/// The part that is empty in a column that is no longer filled, and at most in one that was.
const EMPTY: f64 = 0.99;
const FILLED: f64 = 0.4;
/// The part of neighbours that rise in what counts something; less than half of the numbers say nothing of it.
const COUNTER: f64 = 0.95;

/// A read's spreads into what is known; tells what changed.
pub fn settle(
    known: &mut BTreeMap<String, Spread>,
    read: &BTreeMap<String, Bands>,
    mapping: &Mapping,
) -> Vec<NewDrift> {
    let mut drifts = Vec::new();
    for (column, came) in read {
        if !known.contains_key(column) && known.len() >= COLUMNS {
            continue;
        }
        let spread = known.entry(column.clone()).or_default();
        if spread.usual.rows < ENOUGH {
            spread.usual.add(came);
            continue;
        }
        spread.lately.add(came);
        if spread.lately.rows < ENOUGH {
            continue;
        }
        let lately = std::mem::take(&mut spread.lately);
        if let Some(change) = compare(&spread.usual, &lately) {
            drifts.push(told(column, change, &spread.usual, &lately, mapping));
            spread.usual = lately;
        } else {
            spread.usual.add(&lately);
            if spread.usual.rows > PLENTY {
                spread.usual.halve();
            }
        }
    }
    drifts
}

/// How a column changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Its numbers are of another size.
    Shifted,
    /// It is no longer filled.
    Emptied,
}

impl Change {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Shifted => "shifted",
            Self::Emptied => "emptied",
        }
    }
}

fn compare(usual: &Bands, lately: &Bands) -> Option<Change> {
    if empty(lately) >= EMPTY && empty(usual) <= FILLED {
        return Some(Change::Emptied);
    }
    let compared = [usual, lately].iter().all(|b| b.numbers() >= ENOUGH && has_sizes(b));
    (compared && distance(usual, lately) >= SHIFTED).then_some(Change::Shifted)
}

/// Whether its numbers are sizes of something, as far as that shows, rather than places in a row.
fn has_sizes(bands: &Bands) -> bool {
    bands.pairs * 2 >= bands.numbers() && (bands.rising as f64) < COUNTER * bands.pairs as f64
}

fn empty(bands: &Bands) -> f64 {
    bands.empty as f64 / bands.rows.max(1) as f64
}

/// The largest difference of the shares below any size.
fn distance(a: &Bands, b: &Bands) -> f64 {
    let bands: std::collections::BTreeSet<i16> = a.counts.keys().chain(b.counts.keys()).copied().collect();
    let (all_a, all_b) = (a.numbers().max(1) as f64, b.numbers().max(1) as f64);
    let (mut below_a, mut below_b, mut most) = (0, 0, 0.0_f64);
    for band in bands {
        below_a += a.counts.get(&band).copied().unwrap_or_default();
        below_b += b.counts.get(&band).copied().unwrap_or_default();
        most = most.max((below_a as f64 / all_a - below_b as f64 / all_b).abs());
    }
    most
}

/// The size that half of the numbers reach.
fn middle(bands: &Bands) -> f64 {
    let (half, mut below) = (bands.numbers().div_ceil(2), 0);
    let reached = bands.counts.iter().find(|(_, rows)| {
        below += **rows;
        below >= half
    });
    reached.map_or(0.0, |(band, _)| bound(*band))
}

fn told(column: &str, change: Change, usual: &Bands, lately: &Bands, mapping: &Mapping) -> NewDrift {
    let percent = |bands: &Bands| (empty(bands) * 100.0).round();
    let (became, reason) = match change {
        Change::Shifted => (
            format!("about {}", middle(lately)),
            format!("half of its numbers are {} and more; before it was {}", middle(lately), middle(usual)),
        ),
        Change::Emptied => (
            "empty".to_owned(),
            format!("{} % of its values are empty; before it was {} %", percent(lately), percent(usual)),
        ),
    };
    NewDrift {
        kind: KIND.to_owned(),
        from: Some(column.to_owned()),
        // Two changes of one column are two drifts: what it became is part of the name.
        to: Some(format!("{column} {became}")),
        severity: severity(KIND, Some(change.as_str()), Some(column), mapping).as_str().to_owned(),
        confidence: None,
        evidence: json!({
            "reasons": [reason],
            "change": change.as_str(),
            "before": histogram(usual),
            "after": histogram(lately),
        }),
    }
}

/// Shares of all rows: empty ones, and numbers by the smallest size of their band.
fn histogram(bands: &Bands) -> Value {
    let share = |rows: u64| (rows as f64 / bands.rows.max(1) as f64 * 10_000.0).round() / 10_000.0;
    let sizes = bands.counts.iter().map(|(band, rows)| json!({"from": bound(*band), "share": share(*rows)}));
    json!({"rows": bands.rows, "empty": share(bands.empty), "sizes": sizes.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use autonomos_runtime::canonical::spread::band;
    use proptest::prelude::*;

    use super::*;

    fn mapping() -> Mapping {
        Mapping { version: 1, entity: "record".into(), rules: Vec::new(), key: vec!["id".into()], order_by: None }
    }

    /// Amounts between 10 and 100,000, as a business has them, times a factor, of which some are empty.
    fn amounts(rows: u64, factor: f64, empty: u64) -> Bands {
        let mut bands = Bands { rows, empty, pairs: rows - empty, rising: rows / 2, ..Bands::default() };
        for n in 0..rows - empty {
            let size = 10.0 * 10_000_f64.powf((n * 37 % 101) as f64 / 101.0);
            *bands.counts.entry(band(size * factor)).or_default() += 1;
        }
        bands
    }

    /// Reads one after the other; what each tells.
    fn told(reads: &[Bands]) -> Vec<Vec<String>> {
        let mut known = BTreeMap::new();
        let read = |bands: &Bands| BTreeMap::from([("amount".to_owned(), bands.clone())]);
        let each = reads.iter().map(|bands| settle(&mut known, &read(bands), &mapping()));
        each.map(|drifts| drifts.into_iter().filter_map(|d| d.to).collect()).collect()
    }

    #[test]
    fn another_unit_is_told_once() {
        let all = told(&[amounts(2_000, 1.0, 0), amounts(900, 100.0, 0), amounts(900, 100.0, 0)]);
        assert_eq!(all, [vec![], vec!["amount about 65536".to_owned()], vec![]]);
    }

    #[test]
    fn what_is_no_longer_filled_is_told_once() {
        let all =
            told(&[amounts(1_000, 1.0, 20), amounts(600, 1.0, 500), amounts(800, 1.0, 798), amounts(800, 1.0, 800)]);
        assert_eq!(all, [vec![], vec![], vec!["amount empty".to_owned()], vec![]]);
    }

    #[test]
    fn small_reads_add_up_and_none_decides_alone() {
        let mut reads = vec![amounts(1_000, 1.0, 0)];
        reads.extend((0..5).map(|_| amounts(101, 100.0, 0)));
        let all = told(&reads);
        assert!(all[..5].iter().all(Vec::is_empty) && all[5].len() == 1, "{all:?}");
    }

    #[test]
    fn what_counts_something_is_not_compared() {
        let counter = |from: u64| {
            let mut bands = Bands { rows: 1_000, pairs: 990, rising: 990, ..Bands::default() };
            (from..from + 1_000).for_each(|n| *bands.counts.entry(band(n as f64)).or_default() += 1);
            bands
        };
        assert!(told(&[counter(1), counter(1_001), counter(100_000)]).iter().all(Vec::is_empty));
    }

    #[test]
    fn evidence_has_two_histograms() {
        let mut known = BTreeMap::new();
        let read = |bands| BTreeMap::from([("amount".to_owned(), bands)]);
        settle(&mut known, &read(amounts(1_000, 1.0, 0)), &mapping());
        let drift = settle(&mut known, &read(amounts(1_000, 0.01, 100)), &mapping()).remove(0);
        assert_eq!((drift.kind.as_str(), drift.severity.as_str(), drift.confidence), (KIND, "info", None));
        assert_eq!(drift.evidence["change"], "shifted");
        assert_eq!((&drift.evidence["before"]["empty"], &drift.evidence["after"]["empty"]), (&json!(0.0), &json!(0.1)));
        assert!(drift.evidence["after"]["sizes"][0]["from"].as_f64().unwrap() < 1.0);
    }

    proptest! {
        /// Prices that double or halve, more or fewer empty values, and any size of read are everyday change.
        #[test]
        fn everyday_change_is_not_told(steps in prop::collection::vec((0.5..2.0_f64, 0..90_u64, 200..3_000_u64), 1..12)) {
            let mut reads = vec![amounts(1_000, 1.0, 100)];
            reads.extend(steps.iter().map(|(factor, empty, rows)| amounts(*rows, *factor, rows * empty / 100)));
            prop_assert!(told(&reads).iter().all(Vec::is_empty));
        }
    }
}
