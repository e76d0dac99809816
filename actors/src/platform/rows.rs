//! From rows to what callers see. What is sealed stays behind: a connection's settings are masked, a dead letter's row
//! is only shown once opened by whoever may.

use autonomos_runtime::canonical::mapping::Origin;
use autonomos_runtime::store::{
    Connection, DeadLetter, Drift, FileMeta, Finding, MappingVersion, Review, Stream, StreamState, Task, TaskLine,
};
use serde_json::{Value, json};

use super::shapes::{
    ConnectionView, DeadLetterView, DriftView, FileView, FindingView, MappingRow, MappingVersionView, ReviewView,
    StreamView, TaskLineView, TaskView,
};

/// What stands in the place of a secret.
pub const MASK: &str = "***";

/// A connection and its streams; `masked` are its settings without secrets, `most` the rows that Safe Mode reads of a stream.
pub fn connection(row: Connection, streams: Vec<Stream>, masked: Value, most: u64) -> ConnectionView {
    // A stream that is off or gone is as it should be: its reason is no error of the connection.
    let unwell = |s: &&Stream| !matches!(s.state, StreamState::Disabled | StreamState::Gone);
    ConnectionView {
        id: row.id,
        name: row.name,
        kind: row.kind,
        state: row.state.to_string(),
        config: masked,
        policy: (!row.policy.is_null()).then_some(row.policy),
        last_sync_at: streams.iter().filter_map(|s| s.last_sync_at).max(),
        last_error: row.last_error.or_else(|| streams.iter().filter(unwell).find_map(|s| s.last_error.clone())),
        streams: streams.into_iter().map(|s| stream(s, row.safe_mode, most)).collect(),
        safe_mode: row.safe_mode,
        version: row.version,
        created_at: row.created_at,
    }
}

fn stream(row: Stream, safe_mode: bool, most: u64) -> StreamView {
    StreamView {
        capped: safe_mode && row.rows + row.rejected >= most as i64,
        state: row.state.to_string(),
        reason: row.last_error,
        name: row.name,
        entity: row.entity,
        rows: row.rows,
        rejected: row.rejected,
        cursor: row.cursor.map(|text| serde_json::from_str(&text).unwrap_or(Value::String(text))),
        fingerprint: row.fingerprint,
        mapping_version: row.mapping_version,
    }
}

/// The rules of a mapping, a row each.
pub fn mapping(row: MappingVersion) -> Vec<MappingRow> {
    let MappingVersion { stream, version, mapping, .. } = row;
    let entity = mapping.entity;
    let rules = mapping.rules.into_iter();
    rules
        .map(|rule| MappingRow {
            stream: stream.clone(),
            source_path: rule.source_path,
            entity: entity.clone(),
            field: rule.field,
            confidence: rule.confidence,
            origin: word(rule.origin),
            version,
            transform: serde_json::to_value(rule.transform).ok().filter(|v| v != "none"),
        })
        .collect()
}

/// A version of a stream's rules.
pub fn mapping_version(row: MappingVersion) -> MappingVersionView {
    MappingVersionView {
        stream: row.stream.clone(),
        version: row.version,
        state: row.state.to_string(),
        entity: row.mapping.entity.clone(),
        key: row.mapping.key.clone(),
        order_by: row.mapping.order_by.clone(),
        author: row.author.clone(),
        origin: word(row.origin),
        reason: row.reason.clone(),
        from_seq: row.from_seq,
        created_at: row.created_at,
        rules: mapping(row),
    }
}

fn word(origin: Origin) -> String {
    serde_json::to_value(origin).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// A dead letter; `raw` is its row, opened.
pub fn dead_letter(row: DeadLetter, raw: Value) -> DeadLetterView {
    DeadLetterView {
        id: row.id,
        connection_id: row.connection_id,
        stream: row.stream,
        origin: row.origin,
        row: row.row,
        field: row.field,
        code: row.code,
        reason: row.reason,
        raw,
        state: row.state.to_string(),
        at: row.created_at,
    }
}

impl From<Task> for TaskView {
    fn from(row: Task) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            state: row.state.to_string(),
            payload: row.payload,
            connection_id: row.connection_id,
            progress: row.progress,
            attempts: row.attempts,
            max_attempts: row.max_attempts,
            losses: row.losses,
            cancel_requested: row.cancel_requested,
            result: row.result,
            error: row.error,
            run_at: row.run_at,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            created_by: row.created_by,
        }
    }
}

impl From<TaskLine> for TaskLineView {
    fn from(row: TaskLine) -> Self {
        Self {
            n: row.n,
            at: row.at,
            attempt: row.attempt,
            level: row.level.to_string(),
            message: row.message,
            data: row.data,
        }
    }
}

impl From<Drift> for DriftView {
    fn from(row: Drift) -> Self {
        let settled = !row.state.is_open();
        Self {
            id: row.id,
            connection_id: row.connection_id,
            stream: row.stream,
            kind: row.kind,
            from: row.from,
            to: row.to,
            severity: row.severity,
            state: row.state.to_string(),
            confidence: row.confidence,
            evidence: row.evidence,
            review_id: row.review_id,
            mapping_before: row.mapping_before,
            mapping_after: row.mapping_after,
            detected_at: row.detected_at,
            resolved_at: settled.then_some(row.updated_at),
        }
    }
}

impl From<Review> for ReviewView {
    fn from(row: Review) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            version: row.version,
            state: row.state.to_string(),
            confidence: row.confidence,
            subject: row.subject,
            proposal: row.proposal,
            evidence: row.evidence,
            proposed_by: row.proposed_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            decided_by: row.decided_by,
            decided_at: row.decided_at,
        }
    }
}

impl From<Finding> for FindingView {
    fn from(row: Finding) -> Self {
        Self {
            id: row.id,
            agent: row.agent,
            run_id: Some(row.last_run_id),
            check: row.check,
            title: row.title,
            severity: row.severity,
            impact: (!row.impact.is_null()).then_some(row.impact),
            evidence: json!({"subject": row.subject, "rows": row.evidence}),
            state: row.state.to_string(),
            times_seen: row.times_seen,
            version: row.version,
            created_at: row.first_seen_at,
            updated_at: row.last_seen_at,
        }
    }
}

impl From<FileMeta> for FileView {
    fn from(row: FileMeta) -> Self {
        Self {
            path: row.path,
            size: row.size.max(0) as u64,
            sha256: Some(row.sha256),
            modified_at: Some(row.updated_at),
        }
    }
}
