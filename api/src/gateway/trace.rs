//! W3C trace context: a caller's trace goes on in ours, otherwise a new one begins. The id is in every log line, every
//! error and the answer's `traceparent`.

use autonomos_runtime::Ambient;
use autonomos_runtime::ids::TraceId;
use axum::http::{HeaderMap, HeaderValue};

/// The trace a request belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The trace.
    pub id: TraceId,
    /// This request's span in it.
    span: u64,
}

impl std::fmt::Display for Trace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.id.as_uuid().simple())
    }
}

impl Trace {
    /// The header of the answer.
    pub fn outgoing(&self) -> HeaderValue {
        let text = format!("00-{self}-{:016x}-01", self.span);
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("00"))
    }
}

/// Continues the caller's trace, or begins one.
pub fn of(headers: &HeaderMap, ambient: &Ambient) -> Trace {
    let given = headers.get("traceparent").and_then(|value| value.to_str().ok()).and_then(parse);
    let fresh = ambient.uuid();
    let span = (fresh.as_u128() as u64) | 1;
    Trace { id: TraceId::from_uuid(given.unwrap_or(fresh)), span }
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; other versions may have more behind it. All zeros is no trace.
fn parse(header: &str) -> Option<uuid::Uuid> {
    let mut parts = header.trim().split('-');
    let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let hex = |text: &str, length| text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let whole = version != "00" || parts.next().is_none();
    if !hex(version, 2) || version == "ff" || !hex(trace, 32) || !hex(span, 16) || !hex(flags, 2) || !whole {
        return None;
    }
    let id = uuid::Uuid::parse_str(trace).ok()?;
    (!id.is_nil()).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_trace_goes_on_and_nonsense_begins_a_new_one() {
        let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let ambient = Ambient::system();
        let mut headers = HeaderMap::new();
        headers.insert("traceparent", HeaderValue::from_static(given));
        let trace = of(&headers, &ambient);
        assert_eq!(trace.to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        let out = trace.outgoing();
        assert!(out.to_str().unwrap().starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
        assert_ne!(out.to_str().unwrap(), given);
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
