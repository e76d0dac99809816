//! The audit is not a layer that watches: one that wrote after the handler would write in a transaction of its own, and
//! a crash between the two would leave a change that nobody made. It is a condition of saving. A transaction begun for a
//! person or for a key is refused unless something was noted in it (`runtime/src/store/audit.rs`), and every handler's
//! scope is a person's or a key's ([`crate::auth::permission`]). So the gateway has nothing to remember here but which
//! requests look like changes and are none.
//!
//! `api/tests/it/audited.rs` calls every other changing route of the document and finds its entry.

/// Methods that change something, and paths that change nothing with them.
pub const NO_CHANGE: &[(&str, &str, &str)] = &[
    ("post", "/api/v1/aam/connections/check", "asks a source; nothing is kept"),
    ("post", "/api/v1/aam/connections/{id}/check", "asks a source; nothing is kept"),
    ("post", "/api/v1/aam/connections/{id}/mappings/try", "asks what rules would do; nothing is kept"),
    ("post", "/api/v1/admin/alerts/test", "sends a message; nothing is kept"),
    ("post", "/api/v1/aoa/demo-scan", "asks sources; nothing is kept"),
    ("post", "/api/v1/aoa/discover", "a question with a body"),
    ("post", "/api/v1/dcl/query", "a question with a body"),
    ("post", "/api/v1/dcl/questions/{id}/run", "a question that was saved"),
    ("post", "/api/v1/dcl/sql", "a question with a body"),
    ("post", "/api/v1/mappings/propose", "a question with a body"),
    ("post", "/api/v1/repairs/propose", "a question with a body"),
    ("post", "/api/v1/auth/refresh", "goes on with a session whose start is noted; a reuse is noted as its end"),
];
