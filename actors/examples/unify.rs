//! Measures unification on made-up account lists of three systems, a fifth of whose records are misspelt duplicates of
//! another system's and a twentieth of whose companies are branches of others with the same name and domain:
//! `cargo run --release -p autonomos-actors --example unify -- [rows | file.csv] [seed]`. A file has the columns
//! `unique_id, source, name, domain, street, city, postcode, phone, industry, truth_id`.
//!
//! Prints one JSON line: the time from the file to everybody's identity, pairwise precision and recall over all true
//! pairs (those that never met count as missed), and the time that the last hundredth of the rows takes when the others
//! are there. Bands are the defaults, fixed before any of it was seen. Keeps nothing.

use std::collections::HashMap;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use autonomos_actors::unify::learn::learn;
use autonomos_actors::unify::{Bands, Bounds, Index, Model, Plan};
use autonomos_runtime::Ambient;
use autonomos_runtime::canonical::entity::Vocabulary;
use serde_json::json;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const COLUMNS: [&str; 10] =
    ["unique_id", "source", "name", "domain", "street", "city", "postcode", "phone", "industry", "truth_id"];
/// Which column holds a field of the account.
const FIELDS: [(&str, &str); 7] = [
    ("name", "name"),
    ("website", "domain"),
    ("phone", "phone"),
    ("billing_street", "street"),
    ("billing_city", "city"),
    ("billing_postal_code", "postcode"),
    ("industry", "industry"),
];

fn main() -> Outcome<()> {
    let mut words = std::env::args().skip(1);
    let what = words.next().unwrap_or_else(|| "100000".to_owned());
    let seed = words.next().map_or(Ok(1), |word| word.parse())?;
    let made = what.parse().ok().map(|rows| made(rows, seed)).transpose()?;
    let path = made.clone().unwrap_or_else(|| PathBuf::from(&what));
    let line = measure(&path, seed);
    if let Some(made) = made {
        std::fs::remove_file(made)?;
    }
    writeln!(std::io::stdout(), "{}", line?)?;
    Ok(())
}

/// The rows of a file, batch by batch: ids, columns of the plan, and which thing each really is.
type Batches = Vec<(Vec<u64>, Vec<StringArray>)>;

struct Read {
    batches: Batches,
    truth: HashMap<u64, u64>,
}

fn read(path: &Path, plan: &Plan) -> Outcome<Read> {
    let schema = Schema::new(COLUMNS.map(|name| Field::new(name, DataType::Utf8, true)).to_vec());
    let reader = arrow::csv::ReaderBuilder::new(Arc::new(schema)).with_header(true).with_batch_size(65_536);
    let (mut batches, mut truth) = (Vec::new(), HashMap::new());
    for batch in reader.build(std::fs::File::open(path)?)? {
        let batch = batch?;
        let text = |name: &str| batch.column_by_name(name).map(|c| c.as_string::<i32>().clone());
        let keys = text("unique_id").ok_or("no unique_id")?;
        let ids: Vec<u64> = keys.iter().map(|k| xxhash_rust::xxh3::xxh3_64(k.unwrap_or_default().as_bytes())).collect();
        if let Some(things) = text("truth_id") {
            truth.extend(ids.iter().copied().zip(things.iter().map(|t| t.and_then(|t| t.parse().ok()).unwrap_or(0))));
        }
        batches.push((ids, columns(&batch, plan)));
    }
    Ok(Read { batches, truth })
}

fn columns(batch: &RecordBatch, plan: &Plan) -> Vec<StringArray> {
    let of = |field: &String| FIELDS.iter().find(|(name, _)| name == field).map(|(_, column)| *column);
    let text = |name: &str| batch.column_by_name(name).map(|c| c.as_string::<i32>().clone());
    let none = || StringArray::new_null(batch.num_rows());
    plan.fields.iter().map(|field| of(field).and_then(text).unwrap_or_else(none)).collect()
}

fn measure(path: &Path, seed: u64) -> Outcome<serde_json::Value> {
    let ambient = Ambient::system();
    let vocabulary = Vocabulary::builtin();
    let account = vocabulary.entity("account").ok_or("no account")?;
    let plan = Plan::of(account, Bands::default(), Bounds::default())?.ok_or("accounts are not unified")?;
    let began = ambient.elapsed();
    let mut steps = Vec::new();
    let mut step = |name: &str, since: Duration| {
        let now = ambient.elapsed();
        steps.push((name.to_owned(), now.saturating_sub(since).as_secs_f64()));
        now
    };
    let read = read(path, &plan)?;
    let at = step("read", began);
    let mut index = Index::new(plan.clone(), Model::assumed(&plan));
    for (ids, columns) in &read.batches {
        index.load(ids, columns);
    }
    let at = step("load", at);
    if let Some(model) = learn(&mut index) {
        index.adopt(model);
    }
    let at = step("learn", at);
    let round = index.review_all(1);
    step("decide", at);
    let seconds = ambient.elapsed().saturating_sub(began).as_secs_f64();
    let figures = figures(&index, &read.truth);
    let (busy, memory) = (processor(), resident());
    let rows = index.len();
    if std::env::var_os("UNIFY_MODEL").is_some() {
        writeln!(std::io::stderr(), "{}", told(index.model()))?;
    }
    let model = index.model().clone();
    drop(index);

    // The last hundredth, when the others are there.
    let hundredth = (rows / 100).max(1);
    let (before, after) = split(&read.batches, rows - hundredth);
    let mut index = Index::new(plan.clone(), model);
    for (ids, columns) in &before {
        index.load(ids, columns);
    }
    index.review_all(1);
    let began = ambient.elapsed();
    let later = index.round(&after, 2);
    let incremental = ambient.elapsed().saturating_sub(began).as_secs_f64();
    let incremental_figures = self::figures(&index, &read.truth);
    Ok(json!({
        "rows": rows, "seed": seed, "seconds": round3(seconds), "processor_seconds": round3(busy),
        "steps": steps.iter().map(|(name, s)| (name.clone(), json!(round3(*s)))).collect::<serde_json::Map<_, _>>(),
        "precision": round4(figures.0), "recall": round4(figures.1), "f1": round4(figures.2), "true_pairs": figures.3,
        "pairs_compared": round.compared, "changes": round.changes.len(),
        "incremental_rows": hundredth, "incremental_seconds": round3(incremental),
        "incremental_share": round4(incremental / seconds), "incremental_changes": later.changes.len(),
        "incremental_f1": round4(incremental_figures.2), "resident_kb": memory,
    }))
}

/// What was learnt, without the common values.
fn told(model: &Model) -> String {
    let mut out = format!("prior {:e}\n", model.prior);
    for t in &model.tables {
        let line = format!(
            "{:>12} one {:.5?}\n             two {:.8?}\n           given {:.5?} present {:.3} rare {:e} common {}\n",
            t.name,
            t.one,
            t.two[0],
            t.two[1],
            t.present,
            t.rare,
            t.common.len()
        );
        out.push_str(&line);
    }
    out
}

fn split(batches: &Batches, at: usize) -> (Batches, Batches) {
    let (mut before, mut after, mut seen) = (Vec::new(), Vec::new(), 0);
    for (ids, columns) in batches {
        let here = at.saturating_sub(seen).min(ids.len());
        let part = |from: usize, len: usize| {
            (ids[from..from + len].to_vec(), columns.iter().map(|c| c.slice(from, len)).collect())
        };
        if here > 0 {
            before.push(part(0, here));
        }
        if here < ids.len() {
            after.push(part(here, ids.len() - here));
        }
        seen += ids.len();
    }
    (before, after)
}

/// Pairs within groups of so many.
fn pairs<K>(counts: &HashMap<K, u64>) -> u64 {
    counts.values().map(|n| n * (n - 1) / 2).sum()
}

/// Pairwise precision, recall, F1, and the number of true pairs.
fn figures(index: &Index, truth: &HashMap<u64, u64>) -> (f64, f64, f64, u64) {
    let (mut things, mut found, mut both) = (HashMap::new(), HashMap::new(), HashMap::new());
    for (id, standing) in index.standings() {
        let thing = truth.get(&id).copied().unwrap_or_default();
        *things.entry(thing).or_insert(0_u64) += 1;
        *found.entry(standing.entity).or_insert(0_u64) += 1;
        *both.entry((thing, standing.entity)).or_insert(0_u64) += 1;
    }
    let (real, said, right) = (pairs(&things), pairs(&found), pairs(&both));
    let (precision, recall) = (right as f64 / said.max(1) as f64, right as f64 / real.max(1) as f64);
    (precision, recall, 2.0 * precision * recall / (precision + recall).max(1e-9), real)
}

fn round3(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}

fn round4(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

/// Processor seconds of this process so far: what a busy machine cannot distort.
fn processor() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |i: usize| fields.get(i).and_then(|t| t.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or_default()
}

// ---------------------------------------------------------------------------------------------------------------------
// The made-up lists.

const SYLLABLES: [&str; 32] = [
    "ba", "co", "di", "fel", "gra", "hu", "jin", "kor", "lum", "mar", "nex", "or", "pra", "qui", "ros", "sta", "tri",
    "ul", "ver", "wex", "xan", "yor", "zel", "and", "bri", "cal", "dra", "eth", "fin", "gal", "hol", "ine",
];
const TRADES: [&str; 20] = [
    "Logistics",
    "Systems",
    "Foods",
    "Energy",
    "Health",
    "Robotics",
    "Capital",
    "Media",
    "Motors",
    "Textiles",
    "Analytics",
    "Pharma",
    "Mining",
    "Airlines",
    "Software",
    "Networks",
    "Paper",
    "Optics",
    "Steel",
    "Labs",
];
const FORMS: [&str; 10] = ["Inc", "Ltd", "LLC", "GmbH", "Corp", "Co", "Group", "Holdings", "SA", "PLC"];
const LONG_FORMS: [(&str, &str); 5] =
    [("Inc", "Incorporated"), ("Ltd", "Limited"), ("Corp", "Corporation"), ("Co", "Company"), ("LLC", "L.L.C.")];
const CITIES: [&str; 20] = [
    "Berlin", "Austin", "London", "Paris", "Madrid", "Boston", "Denver", "Lyon", "Leeds", "Munich", "Porto", "Oslo",
    "Turin", "Ghent", "Graz", "Bergen", "Dallas", "Seattle", "Chicago", "Atlanta",
];
const STREETS: [&str; 8] =
    ["Main St", "High St", "Oak Ave", "Station Rd", "Park Lane", "Mill Rd", "Elm St", "River Rd"];
const SOURCES: [&str; 3] = ["salesforce", "hubspot", "dynamics"];

struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn chance(&mut self, probability: f64) -> bool {
        ((self.next() >> 11) as f64 / (1_u64 << 53) as f64) < probability
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

#[derive(Clone)]
struct Company {
    name: String,
    domain: String,
    street: String,
    city: String,
    postcode: String,
    phone: String,
    industry: String,
}

fn somewhere(rng: &mut Rng, of: Company) -> Company {
    Company {
        street: format!("{} {}", 1 + rng.below(998), rng.pick(&STREETS)),
        city: rng.pick(&CITIES).to_owned(),
        postcode: format!("{:05}", rng.below(100_000)),
        phone: format!("{:03}{:03}{:04}", 200 + rng.below(799), 200 + rng.below(799), rng.below(10_000)),
        ..of
    }
}

fn company(rng: &mut Rng) -> Company {
    let syllables = [2, 3, 3, 4][rng.below(4)];
    let stem: String = (0..syllables).map(|_| rng.pick(&SYLLABLES)).collect();
    let domain = format!("{stem}{}", rng.pick(&[".com", ".io", ".de", ".co.uk"]));
    let mut name = stem;
    name.get_mut(0..1).into_iter().for_each(str::make_ascii_uppercase);
    let name = format!("{name} {} {}", rng.pick(&TRADES), rng.pick(&FORMS));
    let industry = rng.pick(&TRADES).to_owned();
    let blank = String::new;
    let nowhere = Company { name, domain, street: blank(), city: blank(), postcode: blank(), phone: blank(), industry };
    somewhere(rng, nowhere)
}

/// One letter left out, two swapped, one put in, or one changed; never the first or the last.
fn misspelt(rng: &mut Rng, text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    if bytes.len() < 4 {
        return text.to_owned();
    }
    let at = 1 + rng.below(bytes.len() - 2);
    let letter = b'a' + rng.below(26) as u8;
    match rng.below(4) {
        0 => drop(bytes.remove(at)),
        1 => bytes.swap(at, at + 1),
        2 => bytes.insert(at, letter),
        _ => bytes[at] = letter,
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The company as another system has it.
fn duplicate(rng: &mut Rng, of: &Company) -> Company {
    let mut c = of.clone();
    for chance in [0.35, 0.15] {
        if rng.chance(chance) {
            c.name = misspelt(rng, &c.name);
        }
    }
    if let Some((stem, form)) = c.name.clone().rsplit_once(' ') {
        if rng.chance(0.3) {
            let long = LONG_FORMS.iter().find(|(short, _)| *short == form).map_or(form, |(_, long)| long);
            c.name = format!("{stem} {long}");
        } else if rng.chance(0.15) {
            stem.clone_into(&mut c.name);
        }
    }
    if rng.chance(0.1) {
        c.name = c.name.to_uppercase();
    }
    if rng.chance(0.1) {
        c.domain = misspelt(rng, &c.domain);
    }
    if rng.chance(0.2) {
        c.domain.clear();
    }
    if rng.chance(0.15) {
        c.street = misspelt(rng, &c.street);
    }
    if rng.chance(0.1) {
        c.street.clear();
    }
    if rng.chance(0.05) {
        rng.pick(&CITIES).clone_into(&mut c.city);
    }
    if rng.chance(0.1) {
        c.postcode = misspelt(rng, &c.postcode);
    }
    if rng.chance(0.2) {
        c.phone.clear();
    } else if rng.chance(0.1) {
        c.phone.pop();
        c.phone = format!("{}{}", c.phone, rng.below(10));
    }
    if rng.chance(0.2) {
        c.industry.clear();
    }
    c
}

fn dialled(rng: &mut Rng, phone: &str) -> String {
    let (Some(a), Some(b), Some(c)) = (phone.get(..3), phone.get(3..6), phone.get(6..)) else { return String::new() };
    match rng.below(4) {
        0 => format!("({a}) {b}-{c}"),
        1 => format!("+1-{a}-{b}-{c}"),
        2 => format!("{a}.{b}.{c}"),
        _ => format!("{a}{b}{c}"),
    }
}

/// Writes a file of so many rows; the same for the same seed.
fn made(rows: usize, seed: u64) -> Outcome<PathBuf> {
    let mut rng = Rng(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ rows as u64);
    let mut things: Vec<Company> = Vec::new();
    let mut out: Vec<(usize, usize, bool)> = Vec::new();
    for thing in 0..rows - rows / 5 {
        let new = if !things.is_empty() && rng.chance(0.05) {
            let of = things[rng.below(things.len())].clone();
            somewhere(&mut rng, of)
        } else {
            company(&mut rng)
        };
        things.push(new);
        out.push((rng.below(3), thing, false));
    }
    let mut used: Vec<u8> = out.iter().map(|(source, ..)| 1 << source).collect();
    while out.len() < rows {
        let thing = rng.below(things.len());
        let free: Vec<usize> = (0..3).filter(|s| used[thing] & (1 << s) == 0).collect();
        if let Some(&source) = free.get(rng.below(free.len().max(1))) {
            used[thing] |= 1 << source;
            out.push((source, thing, true));
        }
    }
    for at in (1..out.len()).rev() {
        let other = rng.below(at + 1);
        out.swap(at, other);
    }
    let path = std::env::temp_dir().join(format!("autonomos_unify_{rows}_{seed}_{}.csv", std::process::id()));
    let mut file = BufWriter::new(std::fs::File::create(&path)?);
    writeln!(file, "{}", COLUMNS.join(","))?;
    for (row, (source, thing, again)) in out.into_iter().enumerate() {
        let c = if again { duplicate(&mut rng, &things[thing]) } else { things[thing].clone() };
        let phone = if c.phone.is_empty() { String::new() } else { dialled(&mut rng, &c.phone) };
        let Company { name, domain, street, city, postcode, industry, .. } = c;
        let source = SOURCES[source];
        writeln!(file, "{row},{source},{name},{domain},{street},{city},{postcode},{phone},{industry},{thing}")?;
    }
    file.flush()?;
    Ok(path)
}
