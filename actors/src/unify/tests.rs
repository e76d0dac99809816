//! The core from outside: random companies in random portions and orders, restarts, changes, what people decide.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::StringArray;
use autonomos_runtime::canonical::entity::Vocabulary;
use proptest::prelude::*;

use super::{Bands, Bounds, Change, Index, Link, Model, Plan, Round};

fn plan() -> Arc<Plan> {
    let account = Vocabulary::builtin().entity("account").unwrap();
    Plan::of(account, Bands::default(), Bounds { threads: 2, ..Bounds::default() }).unwrap().unwrap()
}

/// Name, website, phone, street, city, postal code.
type Row = [String; 6];

fn row(name: &str, website: &str, phone: &str, street: &str, city: &str, postcode: &str) -> Row {
    [name, website, phone, street, city, postcode].map(str::to_owned)
}

fn acme() -> Row {
    row("Acme Logistics Inc", "acme.com", "+1 212 555 0147", "12 Main St", "Boston", "02139")
}

fn batch(rows: &[(u64, Row)]) -> Vec<(Vec<u64>, Vec<StringArray>)> {
    let plan = plan();
    let fields = ["name", "website", "phone", "billing_street", "billing_city", "billing_postal_code"];
    let column = |field: &String| -> StringArray {
        let at = fields.iter().position(|f| f == field);
        rows.iter().map(|(_, row)| at.map(|at| row[at].as_str()).filter(|v| !v.is_empty())).collect()
    };
    vec![(rows.iter().map(|(id, _)| *id).collect(), plan.fields.iter().map(column).collect())]
}

fn index() -> Index {
    let plan = plan();
    let model = Model::assumed(&plan);
    Index::new(plan, model)
}

fn entities(index: &Index) -> BTreeMap<u64, u64> {
    index.standings().map(|(id, standing)| (id, standing.entity)).collect()
}

/// Who is with whom, whatever it is called.
fn partition(index: &Index) -> BTreeSet<BTreeSet<u64>> {
    let mut by: BTreeMap<u64, BTreeSet<u64>> = BTreeMap::new();
    for (id, entity) in entities(index) {
        by.entry(entity).or_default().insert(id);
    }
    by.into_values().collect()
}

fn decided(round: &Round) -> usize {
    round.changes.iter().filter(|c| matches!(c, Change::Born { .. } | Change::Moved { .. })).count()
}

/// The same index, as a process that starts anew makes it.
fn restarted(old: &Index, rows: &[(u64, Row)]) -> Index {
    let mut new = index();
    for (ids, columns) in batch(rows) {
        new.load(&ids, &columns);
    }
    for (id, standing) in old.standings() {
        new.place(id, standing);
    }
    new
}

#[test]
fn spellings_of_one_company_are_one_and_branches_are_not() {
    let mut index = index();
    let round = index.round(
        &batch(&[
            (5, acme()),
            (3, row("ACME Logistix", "www.acme.com", "(212) 555-0147", "", "Boston", "02139")),
            (9, row("Acme Logistics", "acme.com", "415 555 9000", "99 Elm St", "Denver", "80014")),
        ]),
        1,
    );
    assert_eq!(
        entities(&index),
        BTreeMap::from([(3, 3), (5, 3), (9, 9)]),
        "of the same age the smaller id gives its name"
    );
    let pairs: Vec<_> = round.changes.iter().filter(|c| matches!(c, Change::Pair(_))).collect();
    assert_eq!(pairs.len(), 1);
    assert_eq!(decided(&round), 3);
}

#[test]
fn the_older_id_wins_and_every_id_leads_on() {
    let mut index = index();
    index.round(&batch(&[(7, acme())]), 1);
    index.round(&batch(&[(8, row("Acme", "", "", "", "Boston", ""))]), 2);
    assert_eq!(entities(&index), BTreeMap::from([(7, 7), (8, 8)]), "too little is known of the second");
    // The oldest keeps its id, although another is smaller.
    index.round(&batch(&[(1, acme())]), 3);
    assert_eq!(entities(&index)[&1], 7);
    let round = index.round(&batch(&[(8, acme())]), 4);
    assert_eq!(entities(&index), BTreeMap::from([(1, 7), (7, 7), (8, 7)]));
    assert_eq!(round.merged, [(7, vec![8])]);
    // What held it is gone: it stays, and somebody is asked.
    let later = row("Zenith Foods", "zenith.de", "3015559999", "1 Oak Ave", "Oslo", "99999");
    let round = index.round(&batch(&[(8, later)]), 5);
    assert_eq!(entities(&index)[&8], 7);
    assert_eq!(round.strays, [(8, 7)]);
    assert_eq!(decided(&round), 0);
}

#[test]
fn the_oldest_record_may_go_and_its_id_stays() {
    let mut index = index();
    index.round(&batch(&[(7, acme())]), 1);
    index.round(&batch(&[(8, acme())]), 2);
    index.remove(7);
    index.round(&batch(&[(2, acme())]), 3);
    assert_eq!(entities(&index), BTreeMap::from([(2, 7), (8, 7)]));
    let round = index.round(&batch(&[(7, acme())]), 4);
    assert_eq!(entities(&index), BTreeMap::from([(2, 7), (7, 7), (8, 7)]));
    assert_eq!(decided(&round), 0, "it comes back to where it was");
}

#[test]
fn what_people_decide_holds() {
    let mut index = index();
    index.link(1, 2, Link::Apart);
    index.link(1, 3, Link::Together);
    let other = row("Zenith Foods", "zenith.de", "3015559999", "1 Oak Ave", "Oslo", "99999");
    index.round(&batch(&[(1, acme()), (2, acme()), (3, other)]), 1);
    assert_eq!(entities(&index), BTreeMap::from([(1, 1), (2, 2), (3, 1)]));
    index.unlink(1, 2);
    index.review_all(2);
    assert_eq!(entities(&index), BTreeMap::from([(1, 1), (2, 1), (3, 1)]));
}

#[test]
fn a_block_that_everybody_is_in_does_not_cost_everything() {
    let mut index = index();
    // Three thousand companies at the exchange of one building, no two of which are called alike.
    let tenant = |i: u64| format!("{:016x} Trading", i.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let rows: Vec<(u64, Row)> =
        (0..3000_u64).map(|i| (i + 1, row(&tenant(i), "", "212 555 0100", "", "Boston", ""))).collect();
    let round = index.round(&batch(&rows), 1);
    assert!(round.compared < 60 * 3000, "{}", round.compared);
    assert_eq!(partition(&index).len(), 3000, "a phone that all of them have makes nobody one");
    let round = index.round(&batch(&[(9999, row(&tenant(500), "", "212 555 0100", "", "Boston", ""))]), 2);
    assert!(round.compared < 200, "{}", round.compared);
    assert_eq!(entities(&index)[&9999], 501);
}

// Random worlds: a few companies, each written down a few times with mistakes, some of them branches of others.

fn world() -> impl Strategy<Value = Vec<(u64, Row)>> {
    let company = (0..4_usize, 0..3_usize, 0..6_u16, 0..4_usize);
    let copy = (0..8_usize, any::<u8>(), 1..1_000_000_u64);
    (prop::collection::vec(company, 1..6), prop::collection::vec(copy, 2..20)).prop_map(|(companies, copies)| {
        let mut out: BTreeMap<u64, Row> = BTreeMap::new();
        for (which, damage, id) in copies {
            let (name, trade, number, city) = companies[which % companies.len()];
            let name = ["Badico", "Kormar", "Nexpra", "Felgra"][name];
            let trade = ["Foods", "Logistics", "Motors"][trade];
            let city = ["Boston", "Denver", "Leeds", "Oslo"][city];
            let mut r = row(
                &format!("{name} {trade} Inc"),
                &format!("{}.com", name.to_lowercase()),
                &format!("212 55{number} 01{number}7"),
                &format!("{}{number} Main St", number + 1),
                city,
                &format!("0{number}1{number}9"),
            );
            if damage & 1 != 0 {
                r[0] = format!("{name} {}", trade.replace('o', "0"));
            }
            for (bit, at) in [(2, 1), (4, 2), (8, 3), (16, 5)] {
                if damage & bit != 0 {
                    r[at].clear();
                }
            }
            if damage & 0x60 == 0x60 && !r[5].is_empty() {
                r[5] = r[5].replace('9', "8");
            }
            out.insert(id, r);
        }
        out.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn identity_does_not_depend_on_order_portions_or_restarts(
        rows in world(),
        order in any::<u64>(),
        portions in prop::collection::vec(1..5_usize, 1..20),
        restarts in any::<u32>(),
    ) {
        let mut whole = index();
        whole.round(&batch(&rows), 1);

        let mut shuffled = rows.clone();
        shuffled.sort_by_key(|(id, _)| id.wrapping_mul(order | 1).rotate_left(17));
        let (mut live, mut there): (Index, Vec<(u64, Row)>) = (index(), Vec::new());
        let mut given: BTreeSet<u64> = BTreeSet::new();
        let (mut rest, mut step) = (shuffled.as_slice(), 0);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(portions[step % portions.len()].min(rest.len()));
            rest = later;
            let before = entities(&live);
            live.round(&batch(now), step as i64 + 1);
            there.extend_from_slice(now);
            let after = entities(&live);
            // An id that was given stays the id of its thing, unless the id of an older one takes its place.
            for entity in before.values().collect::<BTreeSet<_>>() {
                prop_assert!(standing(&live, after[entity]) <= standing(&live, *entity));
            }
            given.extend(after.values());
            step += 1;
            if restarts & (1 << (step % 32)) != 0 {
                live = restarted(&live, &there);
                prop_assert_eq!(&entities(&live), &after);
                prop_assert_eq!(decided(&live.review_all(99)), 0, "a restart changes nothing");
            }
        }
        prop_assert_eq!(partition(&live), partition(&whole), "whatever came when, the same are one");
        // Each id is a record's, so it leads somewhere; and an entity is named after a record of its own.
        let entity = entities(&live);
        prop_assert!(given.iter().all(|id| entity.contains_key(id)));
        prop_assert!(entity.values().all(|named| entity[named] == *named));
        prop_assert_eq!(decided(&live.review_all(100)), 0, "and looking again changes nothing");
    }
}

/// How old a record is; of the same age by id.
fn standing(index: &Index, id: u64) -> (i64, u64) {
    (index.standings().find(|(other, _)| *other == id).unwrap().1.born, id)
}
