//! Opportunities as a CRM exports them: 15 columns, dirty values, about 235 bytes a row; and what each row must become.
//!
//! Row `i` of a seed is a pure function of both, so the model is asked row by row and nothing has to be remembered.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::Outcome;
use crate::rng::Rng;

/// Header of the file, in the spelling of the vendor's API.
pub const HEADER: &str = "Id,AccountId,Name,StageName,Amount,CurrencyIsoCode,CloseDate,OwnerId,Probability,Type,LeadSource,ForecastCategory,CreatedDate,LastModifiedDate,Description";

const STAGES: [&str; 10] = [
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];
const PROBABILITY: [u32; 10] = [10, 10, 20, 50, 60, 70, 75, 90, 100, 0];
const FIRST: [&str; 12] = [
    "Acme",
    "Global",
    "North",
    "Blue",
    "Quantum",
    "Stellar",
    "Müller",
    "São Paulo",
    "Société",
    "Vertex",
    "Iron",
    "Stone",
];
const SECOND: [&str; 8] = ["Logistics", "Systems", "Foods", "Energy", "Health", "Robotics", "Capital", "Media"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const NOTES: [&str; 5] = [
    "",
    "Renewal of the three-year contract, see the attached quote",
    "Customer said \"maybe next quarter\"",
    "Called twice, no answer",
    "Champion left the company",
];

/// What a row must become; none when it must be refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its stage.
    pub stage: String,
    /// Its amount, in cents.
    pub cents: Option<i64>,
    /// Its close date, ISO.
    pub close_date: Option<String>,
    /// Its probability.
    pub probability: Option<u32>,
}

fn quoted(out: &mut String, text: &str) {
    if text.contains([',', '"', '\n']) {
        out.push('"');
        out.push_str(&text.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(text);
    }
}

/// Row `i`: its line appended, and what it must become.
pub fn row(seed: u64, i: u64, line: &mut String) -> Option<Expected> {
    let mut r = Rng::new(seed ^ i.wrapping_mul(0xd1b5_4a32_d192_ed03));
    let id = format!("006{i:015}");
    let s = r.below(10) as usize;
    let stage = match r.below(100) {
        0..3 => STAGES[s].to_uppercase(),
        3..6 => format!(" {} ", STAGES[s]),
        _ => STAGES[s].to_owned(),
    };
    let mut name = format!("{} {} Inc - {}", r.pick(&FIRST), r.pick(&SECOND), r.below(9999));
    match r.below(1000) {
        0 => name.push_str("\n(second line)"),
        1..10 => name = format!("\"{name}\", deal"),
        _ => {}
    }
    let cents = r.below(50_000_000) as i64;
    let (units, rest) = (cents / 100, cents % 100);
    let (amount, cents) = match r.below(100) {
        0..80 => (format!("{units}.{rest:02}"), Some(cents)),
        80..88 => (format!("${},{:03}.{rest:02}", units / 1000, units % 1000), Some(cents)),
        88..95 => (String::new(), None),
        95..97 => ("N/A".to_owned(), None),
        _ => (format!(" {units}.{rest:02} "), Some(cents)),
    };
    let (year, month, day) = (2023 + r.below(4), 1 + r.below(12), 1 + r.below(28));
    let iso = format!("{year:04}-{month:02}-{day:02}");
    let (close, close_date) = match r.below(100) {
        0..80 => (iso.clone(), Some(iso)),
        80..90 => (format!("{month:02}/{day:02}/{year:04}"), Some(iso)),
        90..93 => (format!("{day:02}-{}-{year:04}", MONTHS[month as usize - 1]), Some(iso)),
        93..98 => (String::new(), None),
        _ => ("0000-00-00".to_owned(), None),
    };
    let (probability, sure) = match r.below(100) {
        0..5 => (format!("{}%", PROBABILITY[s]), Some(Some(PROBABILITY[s]))),
        5 => ("150".to_owned(), None),
        6..9 => (String::new(), Some(None)),
        _ => (PROBABILITY[s].to_string(), Some(Some(PROBABILITY[s]))),
    };
    let mut stamp = || {
        let (year, month, day) = (2022 + r.below(4), 1 + r.below(12), 1 + r.below(28));
        format!("{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}.000Z", r.below(24), r.below(60), r.below(60))
    };
    let (created, modified) = (stamp(), stamp());
    let account = r.below(100_000);
    let owner = r.below(500);
    line.push_str(&id);
    write!(line, ",001{account:015},").ok();
    quoted(line, &name);
    write!(line, ",{stage},").ok();
    quoted(line, &amount);
    write!(line, ",{},{close},005{owner:015},{probability},", r.pick(&["USD", "USD", "EUR", "GBP"])).ok();
    write!(line, "{},{},", r.pick(&["New Business", "Renewal", ""]), r.pick(&["Web", "Partner Referral", ""])).ok();
    write!(line, "{},{created},{modified},", if s > 7 { "Closed" } else { "Pipeline" }).ok();
    quoted(line, r.pick(&NOTES));
    line.push('\n');
    sure.map(|probability| Expected { id, name, stage: stage.trim().to_owned(), cents, close_date, probability })
}

/// Writes rows `from..to` of a seed as a CSV file; answers how many must be accepted.
pub fn write(path: &Path, seed: u64, from: u64, to: u64) -> Outcome<u64> {
    let file = std::fs::File::create(path).map_err(|e| format!("cannot write {}: {e}", path.display()))?;
    let mut out = std::io::BufWriter::with_capacity(1 << 20, file);
    let mut line = format!("{HEADER}\n");
    let mut accepted = 0;
    for i in from..to {
        accepted += u64::from(row(seed, i, &mut line).is_some());
        if line.len() > 1 << 18 {
            out.write_all(line.as_bytes()).map_err(|e| e.to_string())?;
            line.clear();
        }
    }
    out.write_all(line.as_bytes()).and_then(|()| out.flush()).map_err(|e| e.to_string())?;
    Ok(accepted)
}
