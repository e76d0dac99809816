//! Pure: what each simulated system holds and how it changes. Rows of a tick are a function of (seed, stream, tick), and
//! the systems speak of the same accounts, so that views join.

/// Rows of one batch, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// Column names.
    pub columns: Vec<String>,
    /// A value a column.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Which simulated system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flavor {
    /// Salesforce-shaped accounts, contacts and opportunities.
    Crm,
    /// Cloud resources and their cost.
    Cloud,
    /// An application's tables: health and usage of accounts.
    Relational,
    /// A document store: leads and subscriptions.
    Document,
}

impl Flavor {
    /// What it offers.
    pub const fn streams(self) -> &'static [&'static str] {
        match self {
            Self::Crm => &["Account", "Contact", "Opportunity"],
            Self::Cloud => &["aws_resources", "cost_reports"],
            Self::Relational => &["account_health", "product_usage"],
            Self::Document => &["leads", "subscriptions"],
        }
    }

    /// The system whose names it speaks, for the registry.
    pub const fn system(self) -> &'static str {
        match self {
            Self::Crm => "salesforce",
            Self::Cloud => "file",
            Self::Relational => "supabase",
            Self::Document => "mongodb",
        }
    }
}

const ACCOUNTS: u64 = 120;
const NAMES: [&str; 10] =
    ["Acme", "Northwind", "Blue Harbor", "Quantum", "Stellar", "Pioneer", "Summit", "Vertex", "Cobalt", "Maple"];
const KINDS: [&str; 6] = ["Logistics", "Systems", "Foods", "Energy", "Health", "Robotics"];
const CITIES: [(&str, &str); 5] = [
    ("Berlin", "Germany"),
    ("Austin", "United States"),
    ("London", "United Kingdom"),
    ("Lyon", "France"),
    ("Porto", "Portugal"),
];
const PEOPLE: [&str; 8] = ["Ana", "John", "Wei", "Fatima", "Olga", "Liam", "Mia", "Ravi"];
const FAMILIES: [&str; 8] = ["Smith", "Chen", "Okafor", "Ivanova", "Kim", "Patel", "Rossi", "Dubois"];
const STAGES: [(&str, u64); 6] = [
    ("Prospecting", 10),
    ("Qualification", 20),
    ("Proposal/Price Quote", 60),
    ("Negotiation/Review", 80),
    ("Closed Won", 100),
    ("Closed Lost", 0),
];
const SERVICES: [(&str, &str); 5] = [
    ("AmazonEC2", "Compute"),
    ("AmazonRDS", "Databases"),
    ("AmazonS3", "Storage"),
    ("AWSLambda", "Compute"),
    ("AmazonCloudFront", "Networking"),
];
const REGIONS: [&str; 3] = ["eu-central-1", "us-east-1", "ap-southeast-2"];

/// A number for these, spread evenly.
fn hash(seed: u64, what: u64, which: u64) -> u64 {
    let mut z = seed ^ what.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ which.wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn pick<T: Copy>(from: &[T], number: u64) -> T {
    from[(number % from.len() as u64) as usize]
}

/// Everything at the first tick, a few changed records at each later one.
fn touched(seed: u64, tick: u64, all: u64) -> Vec<u64> {
    if tick == 0 {
        return (0..all).collect();
    }
    let mut some: Vec<u64> = (0..3).map(|n| hash(seed, tick * 3 + n, 99) % all).collect();
    some.sort_unstable();
    some.dedup();
    some
}

/// A moment that moves with the tick; day zero is the first of 2026.
fn moment(tick: u64, back_days: u64) -> String {
    let seconds = 1_767_225_600 + tick * 60;
    let at = chrono::DateTime::from_timestamp(seconds as i64 - (back_days * 86_400) as i64, 0).unwrap_or_default();
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn day(offset: i64) -> String {
    let at = chrono::DateTime::from_timestamp(1_767_225_600 + offset * 86_400, 0).unwrap_or_default();
    at.format("%Y-%m-%d").to_string()
}

fn account_id(n: u64) -> String {
    format!("001{n:012}")
}

/// The column that identifies a record; empty: its position does.
pub fn key(stream: &str) -> &'static str {
    match stream {
        "Account" | "Contact" | "Opportunity" => "Id",
        "aws_resources" => "resource_id",
        "cost_reports" => "line_id",
        "account_health" | "product_usage" => "account_id",
        _ => "_id",
    }
}

/// The column that orders two states of a record.
pub fn order_by(stream: &str) -> Option<&'static str> {
    match stream {
        "Account" | "Contact" | "Opportunity" => Some("LastModifiedDate"),
        "aws_resources" | "leads" | "subscriptions" => Some("updated_at"),
        "account_health" => Some("last_updated"),
        _ => None,
    }
}

/// See the module; none for a stream it does not have.
pub fn make(flavor: Flavor, seed: u64, stream: &str, tick: u64) -> Option<Made> {
    if !flavor.streams().contains(&stream) {
        return None;
    }
    let made = match stream {
        "Account" => accounts(seed, tick),
        "Contact" => contacts(seed, tick),
        "Opportunity" => opportunities(seed, tick),
        "aws_resources" => resources(seed, tick),
        "cost_reports" => costs(seed, tick),
        "account_health" => health(seed, tick),
        "product_usage" => usage(seed, tick),
        "leads" => leads(seed, tick),
        _ => subscriptions(seed, tick),
    };
    Some(made)
}

fn table(columns: &[&str], rows: Vec<Vec<String>>) -> Made {
    let rows = rows.into_iter().map(|r| r.into_iter().map(|v| (!v.is_empty()).then_some(v)).collect()).collect();
    Made { columns: columns.iter().map(|c| (*c).to_owned()).collect(), rows }
}

fn company(seed: u64, n: u64) -> String {
    format!("{} {}", pick(&NAMES, hash(seed, n, 1)), pick(&KINDS, hash(seed, n, 2)))
}

fn accounts(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, ACCOUNTS).into_iter().map(|n| {
        let (city, country) = pick(&CITIES, hash(seed, n, 3));
        vec![
            account_id(n),
            company(seed, n),
            pick(&KINDS, hash(seed, n, 2)).to_owned(),
            format!("https://company{n}.example.com"),
            format!("+1 555 {:03} {:04}", n % 1000, hash(seed, n, 4) % 10_000),
            (10 + hash(seed, n, 5) % 5000 + tick).to_string(),
            format!("{}.00", 100_000 + hash(seed, n, 6) % 9_000_000),
            format!("005{:012}", hash(seed, n, 7) % 12),
            city.to_owned(),
            country.to_owned(),
            moment(0, 400),
            moment(tick, 0),
        ]
    });
    table(
        &[
            "Id",
            "Name",
            "Industry",
            "Website",
            "Phone",
            "NumberOfEmployees",
            "AnnualRevenue",
            "OwnerId",
            "BillingCity",
            "BillingCountry",
            "CreatedDate",
            "LastModifiedDate",
        ],
        rows.collect(),
    )
}

fn contacts(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, ACCOUNTS * 2).into_iter().map(|n| {
        let (first, last) = (pick(&PEOPLE, hash(seed, n, 11)), pick(&FAMILIES, hash(seed, n, 12)));
        vec![
            format!("003{n:012}"),
            account_id(n % ACCOUNTS),
            first.to_owned(),
            last.to_owned(),
            format!("{}.{}{n}@example.com", first.to_lowercase(), last.to_lowercase()),
            format!("+1 555 {:04}", hash(seed, n, 13) % 10_000),
            pick(&["CTO", "VP Sales", "Buyer", ""], hash(seed, n, 14)).to_owned(),
            moment(0, 300),
            moment(tick, 0),
        ]
    });
    table(
        &["Id", "AccountId", "FirstName", "LastName", "Email", "Phone", "Title", "CreatedDate", "LastModifiedDate"],
        rows.collect(),
    )
}

fn opportunities(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, ACCOUNTS * 2).into_iter().map(|n| {
        let (stage, sure) = pick(&STAGES, hash(seed, n, 21) + tick / 50);
        let amount = if hash(seed, n, 22).is_multiple_of(12) {
            String::new()
        } else {
            format!("{}.00", 1_000 + hash(seed, n, 23) % 250_000)
        };
        let closed = stage.starts_with("Closed");
        vec![
            format!("006{n:012}"),
            account_id(n % ACCOUNTS),
            format!("{} - renewal {n}", company(seed, n % ACCOUNTS)),
            stage.to_owned(),
            amount,
            "USD".to_owned(),
            sure.to_string(),
            day((hash(seed, n, 24) % 500) as i64 - 120),
            format!("005{:012}", hash(seed, n, 25) % 12),
            closed.to_string(),
            (stage == "Closed Won").to_string(),
            moment(0, 30 + hash(seed, n, 26) % 200),
            moment(tick, if tick == 0 { hash(seed, n, 27) % 90 } else { 0 }),
        ]
    });
    table(
        &[
            "Id",
            "AccountId",
            "Name",
            "StageName",
            "Amount",
            "CurrencyIsoCode",
            "Probability",
            "CloseDate",
            "OwnerId",
            "IsClosed",
            "IsWon",
            "CreatedDate",
            "LastModifiedDate",
        ],
        rows.collect(),
    )
}

fn resources(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, 80).into_iter().map(|n| {
        vec![
            format!("i-{:017x}", hash(seed, n, 31) >> 4),
            pick(&["ec2_instance", "rds_instance"], n).to_owned(),
            "aws".to_owned(),
            pick(&REGIONS, hash(seed, n, 32)).to_owned(),
            pick(&["m5.large", "m5.2xlarge", "c5.xlarge", "r5.large"], hash(seed, n, 33)).to_owned(),
            "running".to_owned(),
            format!("{}.{}", (hash(seed, n, 34) + tick) % 90, hash(seed, n, 35) % 10),
            format!("{}", 5 + hash(seed, n, 36) % 90),
            format!("{}.{:02}", 30 + hash(seed, n, 37) % 700, hash(seed, n, 38) % 100),
            moment(tick, 0),
        ]
    });
    table(
        &[
            "resource_id",
            "resource_type",
            "provider",
            "region",
            "instance_type",
            "status",
            "cpu_utilization",
            "memory_utilization",
            "monthly_cost",
            "updated_at",
        ],
        rows.collect(),
    )
}

/// Four months of days at first, then more of the last day.
fn costs(seed: u64, tick: u64) -> Made {
    let mut rows = Vec::new();
    let days: Vec<i64> = if tick == 0 { (-120..0).collect() } else { vec![0] };
    for offset in days {
        for (service, (name, category)) in SERVICES.iter().enumerate() {
            let n = (offset + 1000) as u64 * 10 + service as u64 + tick * 100_000;
            if tick > 0 && !hash(seed, n, 40).is_multiple_of(3) {
                continue;
            }
            let usual = 40 + 30 * service as u64 + hash(seed, n, 41) % 20;
            let jump = if hash(seed, n, 42).is_multiple_of(97) { 8 } else { 1 };
            rows.push(vec![
                format!("line-{n}"),
                "aws".to_owned(),
                (*name).to_owned(),
                (*category).to_owned(),
                pick(&REGIONS, service as u64).to_owned(),
                format!("{}.{:02}", usual * jump / if tick == 0 { 1 } else { 10 }, hash(seed, n, 43) % 100),
                "USD".to_owned(),
                day(offset),
                if hash(seed, n, 44).is_multiple_of(4) { String::new() } else { "{\"team\":\"platform\"}".to_owned() },
            ]);
        }
    }
    table(
        &[
            "line_id",
            "provider",
            "service_name",
            "service_category",
            "region",
            "billed_cost",
            "currency",
            "charge_period_start",
            "tags",
        ],
        rows,
    )
}

fn health(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, ACCOUNTS).into_iter().map(|n| {
        let score = (hash(seed, n, 51) % 80 + 20 + tick % 5).min(100);
        let risk = if score < 40 {
            "high"
        } else if score < 70 {
            "medium"
        } else {
            "low"
        };
        vec![account_id(n), score.to_string(), risk.to_owned(), moment(tick, 0)]
    });
    table(&["account_id", "health_score", "risk_level", "last_updated"], rows.collect())
}

fn usage(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, ACCOUNTS).into_iter().map(|n| {
        vec![
            account_id(n),
            (hash(seed, n, 61) % 60).to_string(),
            (hash(seed, n, 62) % 200 + tick % 10).to_string(),
            format!("{}.5", hash(seed, n, 63) % 40),
            (hash(seed, n, 64) % 12).to_string(),
        ]
    });
    table(&["account_id", "last_login_days", "sessions_30d", "avg_session_duration", "features_used"], rows.collect())
}

fn leads(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, 90).into_iter().map(|n| {
        let (first, last) = (pick(&PEOPLE, hash(seed, n, 71)), pick(&FAMILIES, hash(seed, n, 72)));
        vec![
            format!("{:024x}", hash(seed, n, 73)),
            first.to_owned(),
            last.to_owned(),
            company(seed, 500 + n),
            format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase()),
            pick(&["new", "working", "qualified"], hash(seed, n, 74) + tick).to_owned(),
            moment(tick, 0),
        ]
    });
    table(&["_id", "first_name", "last_name", "company", "email", "status", "updated_at"], rows.collect())
}

fn subscriptions(seed: u64, tick: u64) -> Made {
    let rows = touched(seed, tick, ACCOUNTS / 2).into_iter().map(|n| {
        vec![
            format!("{:024x}", hash(seed, n, 81)),
            account_id(n),
            pick(&["active", "active", "past_due", "canceled"], hash(seed, n, 82) + tick / 20).to_owned(),
            (1 + hash(seed, n, 83) % 50).to_string(),
            moment(tick, 0),
        ]
    });
    table(&["_id", "account_id", "status", "quantity", "updated_at"], rows.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_repeats_itself_and_changes_with_the_tick() {
        for flavor in [Flavor::Crm, Flavor::Cloud, Flavor::Relational, Flavor::Document] {
            for stream in flavor.streams() {
                let first = make(flavor, 1, stream, 0).unwrap();
                assert_eq!(Some(&first), make(flavor, 1, stream, 0).as_ref());
                assert_ne!(Some(&first), make(flavor, 2, stream, 0).as_ref(), "{stream}");
                assert!(first.rows.len() >= 60, "{stream}");
                assert!(first.columns.iter().any(|c| c == key(stream)), "{stream}");
                let later = make(flavor, 1, stream, 7).unwrap();
                assert_eq!(later.columns, first.columns);
                assert!(later.rows.len() <= 5, "{stream}");
            }
            assert!(make(flavor, 1, "nothing", 0).is_none());
        }
    }
}
