//! The node's settings. The defaults file is the manual; a file and the environment are laid over it, and a name that
//! does not exist is refused by name, because a setting that silently does nothing costs an evening.

mod layers;
mod sections;

use std::path::Path;

pub use sections::*;

use crate::{Error, Result};

/// The manual, and the defaults.
pub const DEFAULTS: &str = include_str!("default.toml");

/// See the module; each field is explained in `default.toml`.
#[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
pub struct Config {
    pub http: Http,
    pub store: StoreSettings,
    pub files: Files,
    pub bus: Bus,
    pub cluster: Cluster,
    pub tenant: Tenant,
    pub connector: Connector,
    pub repair: Repair,
    pub unify: Unify,
    pub dcl: Dcl,
    pub sql: Sql,
    pub compaction: Compaction,
    pub lineage: Lineage,
    pub llm: Llm,
    pub auth: Auth,
    pub oidc: Oidc,
    pub outside: Outside,
    pub resilience: Resilience,
}

impl Config {
    /// Defaults, then the file if one is given, then the environment (passed in, so that a test can have its own).
    pub fn load(file: Option<&Path>, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut table = parse(DEFAULTS, "the manual of settings")?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path).map_err(|e| {
                Error::invalid("config.unreadable", "the configuration file cannot be read")
                    .field("--config")
                    .remedy("Check its path and that this user may read it.")
                    .source(e)
            })?;
            layers::file_over(&mut table, parse(&text, "the configuration file")?)?;
        }
        layers::environment_over(&mut table, environment.collect())?;
        let config: Self = table.try_into().map_err(|e: toml::de::Error| {
            Error::invalid("config.bad", format!("the configuration is not valid: {}", e.message()))
                .remedy("Compare with the manual of settings.")
        })?;
        config.check()?;
        Ok(config)
    }

    /// The defaults alone.
    pub fn defaults() -> Result<Self> {
        Self::load(None, std::iter::empty())
    }

    /// What cannot work, by the name of the setting.
    fn check(&self) -> Result<()> {
        let within = 0.0..=1.0;
        let rules = [
            ("connector.batch_rows", (1..=1_000_000).contains(&self.connector.batch_rows), "1 to 1,000,000"),
            ("connector.batch_mb", (1..=512).contains(&self.connector.batch_mb), "1 to 512"),
            ("connector.field_mb", (1..=self.connector.batch_mb).contains(&self.connector.field_mb), "1 to batch_mb"),
            ("connector.safe_mode_rows", self.connector.safe_mode_rows > 0, "at least 1"),
            ("connector.refused_share", within.contains(&self.connector.refused_share), "0 to 1"),
            ("repair.review", within.contains(&self.repair.review), "0 to 1"),
            ("repair.apply", (self.repair.review..=1.0).contains(&self.repair.apply), "repair.review to 1"),
            (
                "unify.never",
                self.unify.never > 0.0 && self.unify.never <= self.unify.review,
                "above 0, to unify.review",
            ),
            ("unify.review", self.unify.review <= self.unify.merge, "at most unify.merge"),
            ("unify.merge", self.unify.merge < 1.0, "below 1"),
            ("unify.threads", (1..=64).contains(&self.unify.threads), "1 to 64"),
            ("dcl.memory_mb", self.dcl.memory_mb >= 32, "at least 32"),
            ("dcl.threads", self.dcl.threads > 0, "at least 1"),
            ("dcl.open_files", self.dcl.open_files > 0, "at least 1"),
            ("sql.memory_mb", (64..=65_536).contains(&self.sql.memory_mb), "64 to 65,536"),
            ("sql.seconds", (1..=3600).contains(&self.sql.seconds), "1 to 3600"),
            ("sql.rows", (1..=1_000_000).contains(&self.sql.rows), "1 to 1,000,000"),
            ("sql.answer_kb", (1..=1_048_576).contains(&self.sql.answer_kb), "1 to 1,048,576"),
            ("sql.running", self.sql.running > 0, "at least 1"),
            ("sql.running_of_node", self.sql.running_of_node >= self.sql.running, "at least running"),
            ("sql.wait_seconds", self.sql.wait_seconds > 0, "at least 1"),
            ("compaction.entries", (2..=256).contains(&self.compaction.entries), "2 to 256"),
            ("compaction.entry_kb", (16..=65_536).contains(&self.compaction.entry_kb), "16 to 65,536"),
            ("compaction.superseded_days", self.compaction.superseded_days <= 36_525, "0 to 36,525"),
            ("lineage.namespace", !self.lineage.namespace.is_empty(), "a name, like autonomos://sales"),
            ("lineage.waiting", self.lineage.waiting > 0, "at least 1"),
            ("store.readers", (1..=64).contains(&self.store.readers), "1 to 64"),
            ("store.writers", (1..=256).contains(&self.store.writers), "1 to 256"),
            ("store.statement_seconds", self.store.statement_seconds > 0, "at least 1"),
            ("store.idle_seconds", self.store.idle_seconds > 0, "at least 1"),
            ("store.patience_seconds", self.store.patience_seconds > 0, "at least 1"),
            ("bus.events", self.bus.events > 0, "at least 1"),
            ("bus.patience_ms", (50..=60_000).contains(&self.bus.patience_ms), "50 to 60,000"),
            ("tenant.resume_seconds", self.tenant.resume_seconds > 0, "at least 1"),
            (
                "tenant.resume_most_seconds",
                self.tenant.resume_most_seconds >= self.tenant.resume_seconds,
                "at least resume_seconds",
            ),
            ("tenant.running_tasks", self.tenant.running_tasks > 0, "at least 1"),
            ("http.body_kb", (1..=65_536).contains(&self.http.body_kb), "1 to 65,536"),
            ("http.header_seconds", self.http.header_seconds > 0, "at least 1"),
            ("http.header_kb", (8..=256).contains(&self.http.header_kb), "8 to 256"),
            ("http.body_seconds", self.http.body_seconds > 0, "at least 1"),
            ("http.connections", (1..=1_000_000).contains(&self.http.connections), "1 to 1,000,000"),
            ("http.write_seconds", self.http.write_seconds > 0, "at least 1"),
            ("http.request_seconds", self.http.request_seconds > 0, "at least 1"),
            ("http.heartbeat_seconds", self.http.heartbeat_seconds > 0, "at least 1"),
            ("outside.alert_seconds", self.outside.alert_seconds > 0, "at least 1"),
            (
                "llm.model",
                self.llm.base_url.is_empty() || !self.llm.model.is_empty(),
                "the name of a model of llm.base_url",
            ),
            ("llm.input_price", self.llm.input_price >= 0.0, "at least 0"),
            ("llm.output_price", self.llm.output_price >= 0.0, "at least 0"),
            ("auth.refresh_days", self.auth.refresh_days > 0, "at least 1"),
            ("auth.password_length", self.auth.password_length >= 8, "at least 8"),
            ("auth.argon2_memory_kb", self.auth.argon2_memory_kb >= 8 * 1024, "at least 8192"),
            ("auth.argon2_passes", self.auth.argon2_passes > 0, "at least 1"),
        ];
        match rules.into_iter().find(|(_, holds, _)| !holds) {
            Some((name, _, range)) => {
                Err(Error::invalid("config.out_of_range", format!("{name} should be {range}")).field(name))
            }
            None => Ok(()),
        }
    }

    /// Pairs that work but are probably not meant, for the log at start.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.store.durability != Durability::Full && self.store.database_url.reveal().is_none() {
            warnings.push("store.durability is not \"full\": a power cut may lose commits".to_owned());
        }
        if self.repair.apply < 0.7 {
            warnings
                .push(format!("repair.apply is {}: more than one in four repairs would be wrong", self.repair.apply));
        }
        if self.http.rate_limit_per_minute == 0 {
            warnings.push("http.rate_limit_per_minute is 0: nothing limits a tenant".to_owned());
        }
        warnings
    }
}

fn parse(text: &str, whose: &str) -> Result<toml::Table> {
    text.parse().map_err(|e: toml::de::Error| {
        Error::invalid("config.bad", format!("{whose} is no TOML: {}", e.message())).field("--config")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(pairs: &[(&str, &str)]) -> Result<Config> {
        Config::load(None, pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn file(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.toml");
        std::fs::write(&path, text).unwrap();
        Config::load(Some(&path), std::iter::empty())
    }

    #[test]
    fn the_manual_explains_every_setting() {
        let config = Config::defaults().unwrap();
        assert_eq!((config.connector.batch_rows, config.repair.apply, config.repair.review), (65_536, 0.85, 0.60));
        assert!(config.warnings().is_empty());
        let explained = DEFAULTS.lines().filter(|l| l.starts_with('#')).count();
        assert!(explained > 50);
    }

    #[test]
    fn the_environment_wins_and_other_names_are_understood() {
        let config = with(&[
            ("AUTONOMOS_REPAIR_APPLY", "0.9"),
            ("AUTONOMOS_RESILIENCE_MODEL_FAILURES", "7"),
            ("AUTONOMOS_RATE_LIMIT_PER_MINUTE", "0"),
            ("AUTONOMOS_OPEN_REGISTRATION", "off"),
            ("AUTONOMOS_NODE_ID", "n1"),
            ("AUTONOMOS_SECRET_KEY", "x"),
            ("AAM_BATCH_CHUNK_SIZE", "200"),
            ("AAM_IDEMPOTENCY_TTL", "600"),
            ("SUPABASE_DATABASE_URL", "postgres://weaker"),
            ("DATABASE_URL", "postgres://u:pa55@db/x"),
            ("REDIS_URL", ""),
            ("PATH", "/bin"),
        ])
        .unwrap();
        assert_eq!((config.repair.apply, config.resilience.model.failures), (0.9, 7));
        assert_eq!((config.http.rate_limit_per_minute, config.auth.open_registration), (0, false));
        assert_eq!(
            (config.connector.batch_rows, config.http.idempotency_seconds, &*config.cluster.node_id),
            (200, 600, "n1")
        );
        assert_eq!(config.store.database_url.reveal(), Some("postgres://u:pa55@db/x"));
        assert_eq!(config.warnings().len(), 1);
        let printed = format!("{config:?}{}", serde_json::to_string(&config).unwrap());
        assert!(!printed.contains("pa55") && printed.contains("***"));
    }

    #[test]
    fn the_long_name_wins_over_the_other_ones() {
        let pairs = [("AUTONOMOS_CONNECTOR_BATCH_ROWS", "300"), ("AAM_BATCH_CHUNK_SIZE", "200")];
        assert_eq!(with(&pairs).unwrap().connector.batch_rows, 300);
    }

    #[test]
    fn slips_are_refused_by_name() {
        for (variable, text, remedy) in [
            ("AUTONOMOS_DCL_THREADS", "many", "dcl.threads"),
            ("AUTONOMOS_DCL_TRHEADS", "2", "AUTONOMOS_DCL_THREADS"),
            ("AUTONOMOS_STORE_DURABILITY_", "full", "AUTONOMOS_STORE_DURABILITY"),
        ] {
            let error = with(&[(variable, text)]).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(variable));
            assert!(error.remedy.unwrap().contains(remedy));
        }
        for (text, field) in [
            ("[dcl]\nthread = 2\n", "dcl.thread"),
            ("[resilience.modle]\nfailures = 2\n", "resilience.modle"),
            ("dcl = 2\n", "dcl"),
            ("[dcl.threads]\nx = 2\n", "dcl.threads"),
            ("[connector]\nbatch_rows = 0\n", "connector.batch_rows"),
            ("[repair]\napply = 0.5\n", "repair.apply"),
            ("[auth]\npassword_length = 4\n", "auth.password_length"),
        ] {
            assert_eq!(file(text).unwrap_err().field.as_deref(), Some(field), "{text}");
        }
        for text in ["[store]\ndurability = \"maybe\"\n", "[dcl]\nthreads = \"two\"\n", "no toml"] {
            assert_eq!(file(text).unwrap_err().code, "config.bad", "{text}");
        }
        assert!(file("[repair]\napply = 1\n").unwrap().repair.apply > 0.99);
        let nowhere = Config::load(Some(Path::new("/nowhere/a.toml")), std::iter::empty()).unwrap_err();
        assert_eq!(nowhere.code, "config.unreadable");
        assert!(!nowhere.message.contains("nowhere"));
    }
}
