//! From the bus to browsers: server-sent events and a WebSocket over the same per-tenant sequence.
//!
//! The bus keeps the order, says what is gone ([`hub`] passes it on as `reset` and `missed`) and makes each event's text
//! once for everybody. A reader that is slow costs itself events, never anybody time: nothing here is queued for it.

pub mod frame;
pub mod hub;
pub mod sse;
pub mod ticket;
pub mod ws;
