//! The node's settings. The defaults file is the manual; a file and the environment are laid over it, and a name that
//! does not exist is refused by name, because a setting that silently does nothing costs an evening.

use std::path::Path;

use crate::{Error, Result};

/// The manual, and the defaults.
pub const DEFAULTS: &str = include_str!("default.toml");

/// The predecessor's variables that are understood, and what they set.
const KNOWN_BEFORE: [(&str, &str, &str); 3] = [
    ("AAM_BATCH_CHUNK_SIZE", "connector", "batch_rows"),
    ("AAM_MAX_SAMPLES_PER_TABLE", "connector", "samples"),
    ("AAM_REDIS_STREAM_MAXLEN", "bus", "events"),
];

/// See the module; each field is explained in `default.toml`.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Config {
    pub connector: Connector,
    pub repair: Repair,
    pub dcl: Dcl,
    pub bus: Bus,
    pub files: Files,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Connector {
    pub batch_rows: usize,
    pub samples: usize,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Repair {
    pub apply: f64,
    pub review: f64,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Dcl {
    pub memory_mb: u64,
    pub threads: usize,
    pub open_files: usize,
    pub idle_seconds: u64,
    pub read_seconds: u64,
    pub answers_mb: usize,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Bus {
    pub events: usize,
    pub events_mb: usize,
}

#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Files {
    pub file_mb: u64,
    pub total_mb: u64,
}

impl Config {
    /// Defaults, then the file if one is given, then the environment (passed in, so that a test can have its own).
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut table = parse(DEFAULTS, "the defaults")?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|e| {
                Error::invalid("config.unreadable", "The configuration file cannot be read.").field("--config").source(e)
            })?;
            lay_over(&mut table, parse(&text, "the configuration file")?)?;
        }
        for (name, value) in environment {
            if let Some((section, key)) = named(&name, &table) {
                set(&mut table, &section, &key, &value, &name)?;
            }
        }
        let config: Self = table.try_into().map_err(|e: toml::de::Error| bad(&e))?;
        config.check()?;
        Ok(config)
    }

    /// The defaults alone.
    pub fn defaults() -> Result<Self> {
        Self::load(None, std::iter::empty())
    }

    fn check(&self) -> Result<()> {
        let wrong = |field: &str, what: &'static str| Err(Error::invalid("config.out_of_range", what).field(field));
        if !(1..=1_000_000).contains(&self.connector.batch_rows) {
            return wrong("connector.batch_rows", "A batch has 1 to 1,000,000 rows.");
        }
        if !(0.0..=1.0).contains(&self.repair.review) || !(self.repair.review..=1.0).contains(&self.repair.apply) {
            return wrong("repair", "Confidences lie in 0..=1, and apply is not below review.");
        }
        if self.dcl.threads == 0 || self.dcl.open_files == 0 || self.dcl.memory_mb < 32 {
            return wrong("dcl", "DuckDB needs a thread, a file and 32 MiB at least.");
        }
        Ok(())
    }
}

fn bad(cause: &toml::de::Error) -> Error {
    Error::invalid("config.bad", format!("The configuration is not valid: {}", cause.message()))
        .remedy("Compare with the defaults: `autonomos doctor --defaults` prints them.")
}

fn parse(text: &str, whose: &str) -> Result<toml::Table> {
    text.parse().map_err(|e: toml::de::Error| {
        Error::invalid("config.bad", format!("{whose} is no TOML: {}", e.message())).field("--config")
    })
}

/// What the file says replaces the default of that name; a name without a default is a slip.
fn lay_over(table: &mut toml::Table, file: toml::Table) -> Result<()> {
    for (section, values) in file {
        let unknown = |name: String| {
            Error::invalid("config.unknown", format!("There is no setting {name}.")).field(name)
        };
        let toml::Value::Table(values) = values else { return Err(unknown(section)) };
        for (key, value) in values {
            let known = table.get_mut(&section).and_then(|s| s.get_mut(&key));
            *known.ok_or_else(|| unknown(format!("{section}.{key}")))? = value;
        }
    }
    Ok(())
}

/// The setting a variable names, if it names one.
fn named(variable: &str, table: &toml::Table) -> Option<(String, String)> {
    if let Some((_, section, key)) = KNOWN_BEFORE.iter().find(|(name, _, _)| *name == variable) {
        return Some(((*section).to_owned(), (*key).to_owned()));
    }
    let rest = variable.strip_prefix("AUTONOMOS_")?.to_lowercase();
    let (section, key) = rest.split_once('_')?;
    // Other variables of that prefix (AUTONOMOS_SECRET_KEY, ...) belong to the command line.
    table.get(section)?.get(key)?;
    Some((section.to_owned(), key.to_owned()))
}

fn set(table: &mut toml::Table, section: &str, key: &str, text: &str, variable: &str) -> Result<()> {
    let Some(value) = table.get_mut(section).and_then(|s| s.get_mut(key)) else { return Ok(()) };
    let parsed = match value {
        toml::Value::Integer(_) => text.trim().parse().ok().map(toml::Value::Integer),
        toml::Value::Float(_) => text.trim().parse().ok().map(toml::Value::Float),
        toml::Value::Boolean(_) => text.trim().parse().ok().map(toml::Value::Boolean),
        _ => Some(toml::Value::String(text.to_owned())),
    };
    *value = parsed.ok_or_else(|| {
        Error::invalid("config.bad_value", format!("{variable} has a value of the wrong type.")).field(variable.to_owned())
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config> {
        Config::load(None, pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    #[test]
    fn the_environment_wins_and_the_predecessors_names_are_understood() {
        assert_eq!(with(&[]).unwrap(), Config::defaults().unwrap());
        let config = with(&[("AUTONOMOS_REPAIR_APPLY", "0.9"), ("AAM_BATCH_CHUNK_SIZE", "200"), ("AUTONOMOS_SECRET_KEY", "x")]);
        let config = config.unwrap();
        assert!((config.repair.apply - 0.9).abs() < f64::EPSILON);
        assert_eq!(config.connector.batch_rows, 200);
    }

    #[test]
    fn slips_are_refused_by_name() {
        assert_eq!(with(&[("AUTONOMOS_DCL_THREADS", "many")]).unwrap_err().field.as_deref(), Some("AUTONOMOS_DCL_THREADS"));
        assert_eq!(with(&[("AUTONOMOS_CONNECTOR_BATCH_ROWS", "0")]).unwrap_err().field.as_deref(), Some("connector.batch_rows"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.toml");
        std::fs::write(&file, "[dcl]\nthread = 2\n").unwrap();
        assert_eq!(Config::load(Some(&file), std::iter::empty()).unwrap_err().field.as_deref(), Some("dcl.thread"));
    }
}
