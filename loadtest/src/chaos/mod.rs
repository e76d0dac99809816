//! Everything that can fail, one after the other, under load: a cluster of processes over a database and a Redis of its own, whose
//! parts are killed, frozen, cut off and filled, while every tenant goes on with its work and keeps a ledger of what it was
//! answered. In the end the ledger, the views, the log and a model say the same.
//!
//! Reading order: [`town`] (what there is, and [`proxy`] between it), [`person`] and [`work`] (what goes on), [`fault`] (what
//! fails), [`check`] (what must be true).

mod check;
mod fault;
mod person;
mod proxy;
mod town;
mod work;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use autonomos_runtime::testkit::postgres;
use serde_json::{Value, json};

pub use self::fault::Fault;
use self::fault::LANE;
use self::person::{Answers, Person};
use self::town::Town;
use self::work::Work;
use crate::report::{line, percentile, round};
use crate::rng::Rng;
use crate::{Outcome, clock};

/// After so long without a mutation a tenant counts as lost.
const LOST: Duration = Duration::from_mins(1);
/// Between two faults.
const CALM: Duration = Duration::from_secs(3);

/// What is to happen.
#[derive(Debug)]
pub struct Plan {
    /// Nodes.
    pub nodes: usize,
    /// Tenants.
    pub tenants: usize,
    /// Chooses the order of faults, and whom they hit.
    pub seed: u64,
    /// How long it goes on; none: until everything has failed once.
    pub lasts: Option<Duration>,
    /// What fails; empty: everything.
    pub faults: Vec<Fault>,
}

/// So many nodes and tenants, faults in an order that a seed chooses; for so long if that is said, else each once.
pub async fn run(binary: &Path, plan: &Plan) -> Outcome {
    let mut town = Town::start(binary, plan.nodes).await?;
    let ended = in_town(&mut town, plan).await;
    if ended.is_err() {
        town.keep = true;
        eprintln!("what the nodes said is in {}", town.folder.display());
    }
    ended
}

async fn in_town(town: &mut Town, plan: &Plan) -> Outcome {
    let Plan { tenants, seed, lasts, .. } = *plan;
    let urls = Arc::new(town.nodes.iter().map(|node| node.url.clone()).collect());
    let answers = Arc::new(Answers::default());
    let mut people = Vec::new();
    for n in 0..tenants {
        people.push(Person::register(Arc::clone(&urls), answers.clone(), n).await?);
    }
    let mut work = Work::begin(people).await?;
    tokio::time::sleep(CALM).await;
    let mut random = Rng::new(seed);
    let mut wrong = Vec::new();
    let began = clock::now();
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    loop {
        let mut faults = if plan.faults.is_empty() { LANE.to_vec() } else { plan.faults.clone() };
        while !faults.is_empty() {
            if lasts.is_some_and(|lasts| began.elapsed() > lasts) {
                break;
            }
            let fault = faults.swap_remove(random.below(faults.len() as u64) as usize);
            let (report, faulty) = one(town, &work, fault, &mut random).await?;
            line("chaos-fault", report);
            wrong.extend(faulty);
            *counts.entry(format!("{fault:?}")).or_default() += 1;
            work.failed()?;
            tokio::time::sleep(CALM).await;
        }
        if lasts.is_none_or(|lasts| began.elapsed() > lasts) {
            break;
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    town.revive().await?;
    work.end().await?;
    for ledger in &work.ledgers {
        wrong.extend(check::tenant(ledger).await?);
    }
    wrong.extend(check::epochs(&town.superuser).await?);
    wrong.extend(answers.worst.lock().clone().map(|what| format!("somebody was answered {what}")));
    let acknowledged: usize = work.ledgers.iter().map(|ledger| ledger.tasks.lock().len()).sum();
    let resident: Vec<f64> = town.nodes.iter().map(|node| round(node.resident_mb())).collect();
    line(
        "chaos",
        json!({
            "seed": seed, "nodes": town.nodes.len(), "tenants": work.ledgers.len(), "seconds": round(seconds), "faults": counts,
            "mutations_acknowledged": acknowledged, "answers": answers.counts(), "resident_mb": resident,
            "wrong": wrong.len(), "first_wrong": wrong.iter().take(10).collect::<Vec<_>>(),
        }),
    );
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} things are not as they should be", wrong.len())) }
}

/// One fault: what it did to everybody, and what of that is wrong.
async fn one(town: &mut Town, work: &Work, fault: Fault, random: &mut Rng) -> Outcome<(Value, Vec<String>)> {
    let owners = owners(town).await?;
    let began = clock::now();
    let done = fault.happen(town, random).await?;
    let recovered = loop {
        let recovered = work.recovered(done.from);
        if recovered.iter().all(Option::is_some) || done.from.elapsed() > LOST {
            break recovered;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    let (waits, refused) = (work.waits(began), work.refused(began));
    let moved = if fault.moves_tenants() { None } else { Some(owners != self::owners(town).await?) };
    Fault::undo(&done, town).await?;
    let lost = recovered.iter().filter(|one| one.is_none()).count();
    let mut seconds: Vec<f64> = recovered.into_iter().flatten().map(|one| one.as_secs_f64()).collect();
    seconds.sort_by(f64::total_cmp);
    let (most, bound) = (percentile(&seconds, 1.0), fault.bound().as_secs_f64());
    let mut wrong = Vec::new();
    if lost > 0 || most > bound {
        wrong.push(format!("{fault:?}: {lost} tenants lost, the last back after {most:.2} s of {bound}"));
    }
    if moved == Some(true) {
        wrong.push(format!("{fault:?}: tenants moved"));
    }
    if fault.is_silent() && refused > 0 {
        wrong.push(format!("{fault:?}: {refused} looks were refused"));
    }
    let report = json!({
        "fault": format!("{fault:?}"), "back_p50_s": round(percentile(&seconds, 0.5)), "back_p95_s": round(percentile(&seconds, 0.95)),
        "back_most_s": round(most), "bound_s": bound, "lost": lost, "moved": moved, "looks_refused": refused,
        "mutation_p50_ms": round(percentile(&waits, 0.5) * 1000.0), "mutation_p99_ms": round(percentile(&waits, 0.99) * 1000.0),
        "seconds": round(began.elapsed().as_secs_f64()), "wrong": wrong,
    });
    Ok((report, wrong))
}

/// Who owns what, under which epoch.
async fn owners(town: &Town) -> Outcome<Vec<Vec<String>>> {
    let sql = "select tenant_id::text, node_id::text, epoch::text from autonomos.tenant_owner order by 1";
    postgres::Server::ask(&town.superuser, sql).await
}
