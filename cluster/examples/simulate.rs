//! Runs worlds of the simulator: `cargo run --release -p autonomos-cluster --example simulate -- --seeds 1000000`.
//!
//! `--from N` begins elsewhere, `--threads N` (by default as many as the machine runs at once); prints one JSON line with the
//! rate and how long failovers took. `--replay SEED` tells the story of one world. Ends with 1 if a seed found something.

use std::process::ExitCode;

use autonomos_cluster::sim::{Sabotage, Tally, replay};
use autonomos_runtime::Ambient;

fn number(words: &[String], name: &str) -> Option<u64> {
    let at = words.iter().position(|word| word == name)?;
    words.get(at + 1)?.parse().ok()
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let Some(seed) = number(&words, "--replay") {
        let outcome = replay(seed, Sabotage::None);
        outcome.trace.iter().for_each(|line| println!("{line}"));
        println!("{:?}", outcome.fault);
        return if outcome.fault.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS };
    }
    let (seeds, from) = (number(&words, "--seeds").unwrap_or(20_000), number(&words, "--from").unwrap_or(0));
    let here = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let threads = number(&words, "--threads").unwrap_or(here).clamp(1, 64);
    let ambient = Ambient::system();
    let began = ambient.elapsed();
    let tally = std::thread::scope(|scope| {
        let part = |nth: u64| from + seeds * nth / threads..from + seeds * (nth + 1) / threads;
        let workers: Vec<_> =
            (0..threads).map(|nth| scope.spawn(move || Tally::of(part(nth), Sabotage::None))).collect();
        let ended = workers.into_iter().map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        ended.fold(Tally::default(), Tally::and)
    });
    let seconds = ambient.elapsed().saturating_sub(began).as_secs_f64();
    let rate = |count: u64| (count as f64 / seconds) as u64;
    let ms = |percent| tally.failover(percent) / 1000;
    let (found, what) =
        tally.found.clone().map_or(("null".to_owned(), String::new()), |(seed, what)| (seed.to_string(), what));
    println!(
        "{{\"seeds\":{},\"from\":{from},\"threads\":{threads},\"seconds\":{seconds:.1},\"seeds_per_second\":{},\"events\":{},\"events_per_second\":{},\"commits\":{},\"takeovers\":{},\"deaths\":{},\"failovers\":{},\"failover_p50_ms\":{},\"failover_p95_ms\":{},\"failover_max_ms\":{},\"found\":{found}}}",
        tally.seeds,
        rate(tally.seeds),
        tally.events,
        rate(tally.events),
        tally.commits,
        tally.takeovers,
        tally.deaths,
        tally.failovers.len(),
        ms(50),
        ms(95),
        ms(100)
    );
    if what.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("seed {found} found something {what}");
    ExitCode::FAILURE
}
