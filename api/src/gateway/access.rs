//! Which paths need no token: few, exact, all of them here. Anything else does, spelled in whatever way.

/// How a path lets callers in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// A token in the header, or a one-time ticket or first message that the handler checks.
    Live,
    /// A token in the header.
    Token,
    /// A token of whoever operates the platform.
    Operator,
}

/// Paths for anybody.
pub const PUBLIC: &[&str] = &[
    "/",
    "/app.js",
    "/app.css",
    "/docs",
    "/docs.js",
    "/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/.well-known/jwks.json",
    "/api/v1/auth/register",
    "/api/v1/auth/login",
    "/api/v1/auth/link",
    "/api/v1/auth/oidc",
    "/api/v1/auth/oidc/start",
    "/api/v1/auth/oidc/callback",
    "/api/v1/auth/refresh",
    "/api/v1/auth/logout",
];

/// Paths that look for a ticket themselves.
pub const LIVE: &[&str] = &["/api/v1/events/stream", "/ws/flow-monitor"];

/// What is for whoever operates the platform begins so, whether it is there or not.
pub const OPERATOR: &str = "/api/v1/operator/";

/// The access of a path, as the client spelled it.
pub fn of(path: &str) -> Access {
    if PUBLIC.contains(&path) {
        Access::Public
    } else if LIVE.contains(&path) {
        Access::Live
    } else if path.starts_with(OPERATOR) {
        Access::Operator
    } else {
        Access::Token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_spelling_is_public() {
        assert_eq!(of("/healthz"), Access::Public);
        for path in ["/healthz/", "//healthz", "/./healthz", "/Healthz", "/%68ealthz", "/docs/x", "/api/v1/auth/me", ""]
        {
            assert_eq!(of(path), Access::Token, "{path}");
        }
        assert_eq!(of("/api/v1/events/stream"), Access::Live);
        assert_eq!(of("/api/v1/operator/anything"), Access::Operator);
    }
}
