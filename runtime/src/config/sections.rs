//! The settings as types. Each is explained where its default stands: in `default.toml`.

/// A setting that is never printed or serialised in the clear.
#[derive(Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// The value; none if it was left empty.
    pub fn reveal(&self) -> Option<&str> {
        Some(&*self.0).filter(|value| !value.is_empty())
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_empty() { "\"\"" } else { "\"***\"" })
    }
}

impl serde::Serialize for Hidden {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0.is_empty() { "" } else { "***" })
    }
}

/// When a commit of the embedded store is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// After it is on the disk: survives power loss.
    Full,
    /// After it is with the operating system: survives the process.
    Normal,
    /// Whenever: for tests.
    Off,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
        #[serde(deny_unknown_fields)]
        #[expect(missing_docs, reason = "explained in default.toml, which is the manual")]
        pub struct $name { $(pub $field: $kind),+ }
    )+};
}

sections! {
    /// `[http]`
    Http {
        listen: String,
        body_kb: usize,
        header_seconds: u64,
        header_kb: usize,
        body_seconds: u64,
        request_seconds: u64,
        connections: usize,
        write_seconds: u64,
        drain_seconds: u64,
        rate_limit_per_minute: u32,
        costly_per_minute: u32,
        idempotency_seconds: u64,
        heartbeat_seconds: u64,
    }

    /// `[store]`
    StoreSettings {
        database_url: Hidden,
        owner_url: Hidden,
        writers: u32,
        statement_seconds: u64,
        idle_seconds: u64,
        durability: Durability,
        readers: u32,
        patience_seconds: u64,
        spare_mb: u64,
        allow_destructive: bool,
    }

    /// `[files]`
    Files {
        url: String,
        file_mb: u64,
        total_mb: u64,
    }

    /// `[bus]`
    Bus {
        redis_url: Hidden,
        patience_ms: u64,
        events: usize,
        events_mb: usize,
    }

    /// `[cluster]`
    Cluster {
        node_id: String,
        advertise: String,
        lease_seconds: u64,
        weight: u32,
    }

    /// `[tenant]`
    Tenant {
        actor_restarts: u32,
        actor_seconds: u64,
        escalations: u32,
        escalation_seconds: u64,
        resume_seconds: u64,
        resume_most_seconds: u64,
        stuck_seconds: u64,
        connections: u64,
        users: u64,
        rows: u64,
        running_tasks: u32,
        running_tasks_of_node: u32,
        poison_after: u32,
    }

    /// `[connector]`
    Connector {
        batch_rows: usize,
        batch_mb: usize,
        field_mb: usize,
        samples: usize,
        poll_seconds: u64,
        call_seconds: u64,
        backoff_seconds: u64,
        refused_rows: u64,
        refused_share: f64,
        safe_mode_rows: u64,
    }

    /// `[repair]`
    Repair {
        apply: f64,
        review: f64,
        expire_days: u32,
    }

    /// `[unify]`
    Unify {
        merge: f64,
        review: f64,
        questions: usize,
        never: f64,
        threads: usize,
        records: u64,
        keep_seconds: u64,
        sources: Vec<String>,
    }

    /// `[dcl]`
    Dcl {
        memory_mb: u64,
        threads: usize,
        open_files: usize,
        idle_seconds: u64,
        read_seconds: u64,
        answers_mb: usize,
    }

    /// `[sql]`
    Sql {
        memory_mb: u64,
        seconds: u64,
        rows: usize,
        answer_kb: usize,
        running: u32,
        running_of_node: u32,
        wait_seconds: u64,
        program: String,
    }

    /// `[compaction]`
    Compaction {
        every_seconds: u64,
        after_seconds: u64,
        entries: usize,
        entry_kb: u64,
        superseded_days: u32,
    }

    /// `[lineage]`
    Lineage {
        namespace: String,
        folder: String,
        url: String,
        api_key: Hidden,
        waiting: u64,
    }

    /// `[llm]`
    Llm {
        base_url: String,
        model: String,
        api_key: Hidden,
        send_samples: bool,
        tokens_per_day: u64,
        input_price: f64,
        output_price: f64,
    }

    /// `[auth]`
    Auth {
        refresh_days: u64,
        open_registration: bool,
        password_length: usize,
        argon2_memory_kb: u32,
        argon2_passes: u32,
    }

    /// `[oidc]`
    Oidc {
        issuer: String,
        client_id: String,
        client_secret: Hidden,
        public_url: String,
        name: String,
        domains: Vec<String>,
    }

    /// One `[resilience.*]`
    Breaker {
        failures: u32,
        open_seconds: u64,
        timeout_seconds: u64,
        tries: u32,
        at_once: u32,
        in_all: u32,
    }

    /// `[outside]`
    Outside {
        allow: Vec<String>,
        alert_seconds: u64,
    }

    /// `[resilience]`
    Resilience {
        model: Breaker,
        knowledge: Breaker,
        redis: Breaker,
        database: Breaker,
        http: Breaker,
        files: Breaker,
    }
}
