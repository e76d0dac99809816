//! What an agent is: purpose, the entities it reads, and its checks, each a query whose rows are findings.
//!
//! Shipped definitions are compiled in and trusted: their SQL runs on the tenant's own views through a read-only reader
//! with a row budget. Definitions written by tenants will not run this way; they need the guarded query worker.

use std::sync::LazyLock;

static SHIPPED: LazyLock<Vec<Definition>> = LazyLock::new(|| {
    // A file that does not parse is left out here and turns `shipped_agents_parse` red.
    [include_str!("shipped/revops.yaml"), include_str!("shipped/finops.yaml")]
        .iter()
        .filter_map(|text| serde_norway::from_str(text).ok())
        .collect()
});

/// How far an agent may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Autonomy {
    /// Says what it sees.
    Observe,
    /// Asks before it acts.
    Propose,
    /// Acts within its budget.
    Act,
}

/// One agent.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    /// Stable name.
    pub id: String,
    /// For people.
    pub name: String,
    /// What it is for.
    pub purpose: String,
    /// How far it may go.
    pub autonomy: Autonomy,
    /// Entities whose views it reads.
    pub entities: Vec<String>,
    /// Common table expressions that its checks share.
    #[serde(default)]
    pub prelude: Option<String>,
    /// What it looks for.
    pub checks: Vec<Check>,
}

/// One thing to look for.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Stable name within the agent.
    pub id: String,
    /// Sentence with `{column}` places.
    pub title: String,
    /// How much it matters.
    pub severity: Severity,
    /// Entities without which the check says nothing.
    pub needs: Vec<String>,
    /// Columns that say what it is worth.
    #[serde(default)]
    pub impact: Option<Impact>,
    /// What to do about it.
    #[serde(default)]
    pub remedy: Option<String>,
    /// A row a finding; column `id` makes it the same finding from run to run; `$now` is the time of the run.
    pub sql: String,
}

/// Columns of a check's rows that say what a finding is worth.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Impact {
    /// Column of the amount.
    pub amount: String,
    /// Column of its currency.
    #[serde(default)]
    pub currency: Option<String>,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth doing something about.
    Warning,
    /// Do something today.
    Critical,
}

impl Severity {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl Definition {
    /// The agents that ship with the product.
    pub fn shipped() -> &'static [Self] {
        &SHIPPED
    }

    /// One of them.
    pub fn named(id: &str) -> Option<&'static Self> {
        SHIPPED.iter().find(|d| d.id == id)
    }

    /// The check's whole query, for a moment.
    pub fn query(&self, check: &Check, now: autonomos_runtime::Timestamp) -> String {
        let body = match &self.prelude {
            None => check.sql.clone(),
            Some(prelude) => {
                let trimmed = check.sql.trim_start();
                match trimmed.strip_prefix("WITH ") {
                    Some(rest) => format!("WITH {},\n{rest}", prelude.trim_end()),
                    None => format!("WITH {}\n{trimmed}", prelude.trim_end()),
                }
            }
        };
        // The moment is ours and holds nothing but digits and punctuation, so it may stand in the text.
        body.replace("$now", &format!("'{}'", now.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_agents_parse_and_name_what_exists() {
        let vocabulary = autonomos_runtime::canonical::entity::Vocabulary::builtin();
        assert_eq!(Definition::shipped().iter().map(|d| d.id.as_str()).collect::<Vec<_>>(), ["revops", "finops"]);
        for definition in Definition::shipped() {
            for entity in definition.entities.iter().chain(definition.checks.iter().flat_map(|c| &c.needs)) {
                assert!(vocabulary.entity(entity).is_some(), "{entity}");
            }
        }
    }

    #[test]
    fn a_prelude_joins_a_query_that_has_its_own() {
        let revops = Definition::named("revops").unwrap();
        let coverage = revops.checks.iter().find(|c| c.id == "coverage").unwrap();
        let sql = revops.query(coverage, chrono::DateTime::UNIX_EPOCH);
        assert_eq!(sql.matches("WITH ").count(), 1, "{sql}");
        assert!(sql.contains("'1970-01-01T00:00:00.000Z'") && !sql.contains("$now"));
    }
}
