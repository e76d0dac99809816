//! Names of this crate's metrics, here and nowhere else.

/// Requests by route, method and status.
pub const REQUESTS: &str = "autonomos_http_requests_total";
/// Time to the first byte of the answer, by route.
pub const SECONDS: &str = "autonomos_http_request_seconds";
/// Requests that were passed on to the node that owns the tenant, by the status of its answer.
pub const RELAYED: &str = "autonomos_http_relayed_total";
/// Live streams that are open.
pub const VIEWERS: &str = "autonomos_live_streams";
