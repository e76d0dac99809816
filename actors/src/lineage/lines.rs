//! Lineage as lines, one a rule: which column of which stream feeds which field of which view, what it goes through on the
//! way, and who reads it. Searched, filtered, sorted and paged in memory. Pure.
//!
//! A search looks for every word anywhere in a line, letters of either case alike. A page goes on behind the last line of
//! the one before by what it was sorted by, so lines that come or go in between neither repeat nor hide others.

use std::cmp::Ordering;
use std::sync::Arc;

use autonomos_runtime::canonical::mapping::Origin;
use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::store::{Page, Paged};
use autonomos_runtime::{Error, Result, Timestamp};

/// One rule in force.
#[derive(Clone, Debug)]
pub struct Line {
    /// The column's node; its stream's, where the rule reads no column.
    pub node: u32,
    /// The field's node.
    pub target: u32,
    /// The connection.
    pub connection: ConnectionId,
    /// Its name.
    pub source: Arc<str>,
    /// The stream.
    pub stream: Arc<str>,
    /// The column; empty: the rule gives a constant.
    pub column: Arc<str>,
    /// What it goes through besides the cast.
    pub transform: Option<Arc<str>>,
    /// The entity.
    pub entity: Arc<str>,
    /// Its field.
    pub field: Arc<str>,
    /// Its view.
    pub view: Arc<str>,
    /// Agents whose queries name the field.
    pub agents: Arc<[Arc<str>]>,
    /// The same by comma.
    pub readers: Arc<str>,
    /// How sure the rule's author was.
    pub confidence: f64,
    /// Who that was.
    pub origin: Origin,
    /// Version of the stream's rules.
    pub version: i64,
    /// Rows of the stream in the view.
    pub rows: i64,
    /// When the stream was last read to its end.
    pub seen_at: Option<Timestamp>,
}

/// What lines can be filtered and sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// Name of the connection.
    Source,
    /// Stream.
    Stream,
    /// Column.
    Column,
    /// Entity.
    Entity,
    /// Field.
    Field,
    /// View.
    View,
    /// Agents, by comma.
    Agent,
    /// Who made the rule.
    Origin,
    /// Confidence.
    Confidence,
    /// Version of the rules.
    Version,
    /// Rows.
    Rows,
}

const KEYS: [(&str, Key); 11] = [
    ("source", Key::Source),
    ("stream", Key::Stream),
    ("column", Key::Column),
    ("entity", Key::Entity),
    ("field", Key::Field),
    ("view", Key::View),
    ("agent", Key::Agent),
    ("origin", Key::Origin),
    ("confidence", Key::Confidence),
    ("version", Key::Version),
    ("rows", Key::Rows),
];

/// A line's value of a key.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held<'a> {
    Number(f64),
    Text(&'a str),
}

impl Held<'_> {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        }
    }
}

/// Who made a rule, as a word.
pub const fn word(origin: Origin) -> &'static str {
    match origin {
        Origin::Human => "human",
        Origin::Rule => "rule",
        Origin::Model => "model",
        Origin::Imported => "imported",
    }
}

impl Line {
    fn held(&self, key: Key) -> Held<'_> {
        match key {
            Key::Source => Held::Text(&self.source),
            Key::Stream => Held::Text(&self.stream),
            Key::Column => Held::Text(&self.column),
            Key::Entity => Held::Text(&self.entity),
            Key::Field => Held::Text(&self.field),
            Key::View => Held::Text(&self.view),
            Key::Agent => Held::Text(&self.readers),
            Key::Origin => Held::Text(word(self.origin)),
            Key::Confidence => Held::Number(self.confidence),
            Key::Version => Held::Number(self.version as f64),
            Key::Rows => Held::Number(self.rows as f64),
        }
    }

    /// What tells it from every other line.
    fn name(&self) -> (&str, &str, &str, ConnectionId) {
        (&self.stream, &self.field, &self.column, self.connection)
    }

    /// What is searched, in lower case.
    fn haystack(&self) -> Box<str> {
        let parts: [&str; 5] =
            [&self.source, &self.stream, &self.column, &self.view, self.transform.as_deref().unwrap_or_default()];
        let mut text = parts.join("\n");
        text.extend(["\n", &self.entity, ".", &self.field]);
        for agent in self.agents.iter() {
            text.extend(["\n", agent]);
        }
        text.to_lowercase().into()
    }
}

/// Every line.
#[derive(Debug, Default)]
pub struct Lines {
    all: Vec<Line>,
    /// In lower case, one behind the other with a mark between, and where each begins.
    haystack: String,
    starts: Vec<usize>,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Words, all of which a line has.
    pub words: Option<String>,
    /// `field`, `op:value`.
    pub filters: Vec<(String, String)>,
    /// `field` or `-field`.
    pub sort: Option<String>,
    /// Which part.
    pub page: Page,
}

/// A page and how many lines fit.
#[derive(Debug)]
pub struct Found<'a> {
    /// The page.
    pub page: Paged<&'a Line>,
    /// All that fit.
    pub total: usize,
}

enum Test {
    Equal(String, bool),
    Contains(String),
    Among(Vec<String>),
    Number(fn(f64, f64) -> bool, f64),
}

impl Lines {
    /// Takes lines in.
    pub fn of(all: Vec<Line>) -> Self {
        let (mut haystack, mut starts) = (String::new(), Vec::with_capacity(all.len() + 1));
        for line in &all {
            starts.push(haystack.len());
            haystack.push_str(&line.haystack());
            haystack.push('\u{1}');
        }
        starts.push(haystack.len());
        Self { all, haystack, starts }
    }

    /// All of them.
    pub fn all(&self) -> &[Line] {
        &self.all
    }

    /// The lines that have every word, by number.
    fn search(&self, words: &str) -> Vec<u32> {
        let lower = words.to_lowercase();
        let mut words: Vec<&str> = lower.split_whitespace().collect();
        // The longest word is the rarest, most often.
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let Some((first, rest)) = words.split_first() else { return (0..self.all.len() as u32).collect() };
        let (mut out, text) = (Vec::new(), self.haystack.as_bytes());
        let finder = memchr::memmem::Finder::new(first.as_bytes());
        let others: Vec<_> = rest.iter().map(|word| memchr::memmem::Finder::new(word.as_bytes())).collect();
        let mut at = 0;
        while let Some(found) = text.get(at..).and_then(|rest| finder.find(rest)) {
            let line = self.starts.partition_point(|start| *start <= at + found) - 1;
            let (from, to) = (self.starts[line], self.starts[line + 1]);
            if others.iter().all(|word| word.find(&text[from..to]).is_some()) {
                out.push(line as u32);
            }
            at = to;
        }
        out
    }

    /// See the module.
    pub fn find(&self, query: &Query) -> Result<Found<'_>> {
        let tests = query.filters.iter().map(|(name, spec)| test(name, spec)).collect::<Result<Vec<_>>>()?;
        let (key, descending) = sort(query.sort.as_deref())?;
        let spec = query.sort.as_deref().unwrap_or_default();
        let mut fit = self.search(query.words.as_deref().unwrap_or_default());
        if !tests.is_empty() {
            fit.retain(|at| tests.iter().all(|(key, test)| test.holds(&self.all[*at as usize].held(*key))));
        }
        let total = fit.len();
        let order = |a: &(Held<'_>, &Line), b: &(Held<'_>, &Line)| {
            let by = a.0.order(&b.0);
            (if descending { by.reverse() } else { by }).then_with(|| a.1.name().cmp(&b.1.name()))
        };
        let mut sorted: Vec<(Held<'_>, &Line)> =
            fit.into_iter().map(|at| &self.all[at as usize]).map(|line| (line.held(key), line)).collect();
        if let Some(after) = query.page.after() {
            let last: Mark =
                serde_json::from_str(after).ok().filter(|m: &Mark| m.sort == spec).ok_or_else(bad_cursor)?;
            sorted.retain(|(held, line)| {
                let by = held.order(&last.held.as_held());
                let by = if descending { by.reverse() } else { by };
                let name = (last.stream.as_str(), last.field.as_str(), last.column.as_str(), last.connection);
                by.then_with(|| line.name().cmp(&name)) == Ordering::Greater
            });
        }
        // One more than the page, which tells whether there is a next one.
        let wanted = query.page.limit() as usize + 1;
        if sorted.len() > wanted {
            sorted.select_nth_unstable_by(wanted - 1, order);
            sorted.truncate(wanted);
        }
        sorted.sort_unstable_by(order);
        let page = Paged::of(sorted, &query.page, |(held, line)| {
            let mark = Mark {
                sort: spec.to_owned(),
                held: Stored::of(*held),
                stream: line.stream.to_string(),
                field: line.field.to_string(),
                column: line.column.to_string(),
                connection: line.connection,
            };
            serde_json::to_string(&mark).unwrap_or_default()
        });
        Ok(Found { page: page.map(|(_, line)| line), total })
    }
}

/// The value of a key as a cursor has it.
#[derive(serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
enum Stored {
    Number(f64),
    Text(String),
}

impl Stored {
    fn of(held: Held<'_>) -> Self {
        match held {
            Held::Number(number) => Self::Number(number),
            Held::Text(text) => Self::Text(text.to_owned()),
        }
    }

    fn as_held(&self) -> Held<'_> {
        match self {
            Self::Number(number) => Held::Number(*number),
            Self::Text(text) => Held::Text(text),
        }
    }
}

/// Where a page ended.
#[derive(serde::Serialize, serde::Deserialize)]
struct Mark {
    sort: String,
    held: Stored,
    stream: String,
    field: String,
    column: String,
    connection: ConnectionId,
}

fn bad_cursor() -> Error {
    Error::invalid("page.cursor", "the cursor is not one this list gave out")
        .field("cursor")
        .remedy("Use next_cursor of the page before, with the same sort, or leave cursor out to start again.")
}

fn named(name: &str, at: &str) -> Result<Key> {
    KEYS.iter().find(|(word, _)| *word == name).map(|(_, key)| *key).ok_or_else(|| {
        let words: Vec<&str> = KEYS.iter().map(|(word, _)| *word).collect();
        let shown: String = name.chars().take(80).collect();
        Error::invalid("lineage.unknown_key", format!("lines of lineage have no {shown:?}"))
            .field(at.to_owned())
            .remedy(format!("Use one of {}.", words.join(", ")))
    })
}

fn sort(spec: Option<&str>) -> Result<(Key, bool)> {
    let spec = spec.filter(|s| !s.is_empty()).unwrap_or("source");
    let (descending, name) = spec.strip_prefix('-').map_or((false, spec), |rest| (true, rest));
    Ok((named(name, "sort")?, descending))
}

fn test(name: &str, spec: &str) -> Result<(Key, Test)> {
    const OPS: &str =
        "Write op:value with op one of eq, ne, contains, in; for confidence, version and rows eq, lt, le, gt, ge.";
    let at = format!("filter[{name}]");
    let key = named(name, &at)?;
    let bad = |what: String| Error::invalid("lineage.bad_filter", what).field(at.clone()).remedy(OPS);
    let (op, value) = spec.split_once(':').ok_or_else(|| bad(format!("{at} has no operator")))?;
    let test = if matches!(key, Key::Confidence | Key::Version | Key::Rows) {
        let number = value.parse::<f64>().ok().filter(|n| n.is_finite());
        let number = number.ok_or_else(|| bad("this is not a number".to_owned()))?;
        let compare: fn(f64, f64) -> bool = match op {
            "eq" => |a, b| a.total_cmp(&b) == Ordering::Equal,
            "lt" => |a, b| a < b,
            "le" => |a, b| a <= b,
            "gt" => |a, b| a > b,
            "ge" => |a, b| a >= b,
            _ => return Err(bad(format!("{at} has no operator of a number"))),
        };
        Test::Number(compare, number)
    } else {
        match op {
            "eq" => Test::Equal(value.to_owned(), true),
            "ne" => Test::Equal(value.to_owned(), false),
            "contains" => Test::Contains(value.to_lowercase()),
            "in" => Test::Among(value.split(',').map(str::to_owned).collect()),
            _ => return Err(bad(format!("{at} has no operator of a text"))),
        }
    };
    Ok((key, test))
}

impl Test {
    fn holds(&self, held: &Held<'_>) -> bool {
        match (self, held) {
            (Self::Equal(wanted, same), Held::Text(text)) => (*text == wanted.as_str()) == *same,
            (Self::Contains(part), Held::Text(text)) => text.to_lowercase().contains(part.as_str()),
            (Self::Among(all), Held::Text(text)) => all.iter().any(|one| one == text),
            (Self::Number(compare, wanted), Held::Number(number)) => compare(*number, *wanted),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::Ambient;
    use proptest::prelude::*;

    fn line(source: &str, stream: &str, column: &str, field: &str, confidence: f64) -> Line {
        Line {
            node: 0,
            target: 0,
            connection: format!("01920000-0000-7000-8000-{:012}", stream.len()).parse().unwrap(),
            source: source.into(),
            stream: stream.into(),
            column: column.into(),
            transform: None,
            entity: "account".into(),
            field: field.into(),
            view: "accounts".into(),
            agents: vec![Arc::from("RevOps")].into(),
            readers: "RevOps".into(),
            confidence,
            origin: Origin::Rule,
            version: 1,
            rows: 3,
            seen_at: Some(Ambient::system().now()),
        }
    }

    fn query(words: &str, filter: Option<(&str, &str)>, sort: &str) -> Query {
        let filters = filter.map(|(a, b)| (a.to_owned(), b.to_owned())).into_iter().collect();
        Query { words: Some(words.into()), filters, sort: Some(sort.into()), page: Page::first(10) }
    }

    #[test]
    fn words_may_stand_anywhere_in_a_line() {
        let lines = Lines::of(vec![
            line("crm", "Account", "BillingCity", "billing_city", 0.9),
            line("shop", "customers", "city", "billing_city", 0.7),
        ]);
        let columns = |words, filter, sort| -> Vec<String> {
            let found = lines.find(&query(words, filter, sort)).unwrap();
            found.page.items.iter().map(|l| l.column.to_string()).collect()
        };
        assert_eq!(columns("CITY account.billing", None, "column"), ["BillingCity", "city"]);
        assert_eq!(columns("revops shop", None, ""), ["city"]);
        assert_eq!(columns("crm customers", None, ""), [""; 0]);
        assert_eq!(columns("", Some(("confidence", "lt:0.8")), ""), ["city"]);
        assert_eq!(columns("", Some(("source", "in:crm,x")), ""), ["BillingCity"]);
        assert_eq!(columns("", None, "-confidence"), ["BillingCity", "city"]);
        for (filter, sort, field) in [
            (Some(("nmae", "eq:x")), "", "filter[nmae]"),
            (Some(("rows", "eq:x")), "", "filter[rows]"),
            (Some(("source", "crm")), "", "filter[source]"),
            (None, "nmae", "sort"),
        ] {
            assert_eq!(lines.find(&query("", filter, sort)).unwrap_err().field.as_deref(), Some(field));
        }
    }

    proptest! {
        #[test]
        fn pages_are_the_whole_in_order(
            rows in prop::collection::btree_map(("[a-c]{1,2}", "[a-c]{1,3}", "[a-c]{1,3}"), 0_u8..4, 0..40),
            word in "[a-c]{0,2}",
            limit in 1_u32..7,
            sort in prop::sample::select(vec!["column", "-column", "confidence", "-confidence", "field"]),
        ) {
            let all: Vec<Line> =
                rows.iter().map(|((s, c, f), n)| line(s, &format!("{s}s"), c, f, f64::from(*n))).collect();
            let lines = Lines::of(all);
            let mut ask = query(&word, None, sort);
            ask.page = Page::first(1000);
            let whole = lines.find(&ask).unwrap();
            let naive = lines.all().iter().filter(|l| l.haystack().contains(&word)).count();
            prop_assert_eq!((whole.total, whole.page.items.len()), (naive, naive));
            let mut paged = Vec::new();
            ask.page = Page::first(limit);
            loop {
                let found = lines.find(&ask).unwrap();
                prop_assert_eq!(found.total, naive);
                paged.extend(found.page.items);
                let Some(next) = found.page.next_cursor else { break };
                ask.page = Page::asked(Some(limit), Some(&next)).unwrap();
            }
            let same = |a: &[&Line], b: &[&Line]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| std::ptr::eq(*a, *b));
            prop_assert!(same(&paged, &whole.page.items));
        }
    }
}
