//! The secrets inside a connection's settings: sealed on the way in, opened only for the source, shown as `***`.
//!
//! A sealed value is an object `{"$sealed": "<base64>"}` in the place of the secret, bound to tenant and connection, so
//! a row copied elsewhere does not open.

use autonomos_runtime::ids::ConnectionId;
use autonomos_runtime::secrets::{Purpose, TenantSealer};
use autonomos_runtime::store::Connection;
use autonomos_runtime::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::platform::rows::MASK;

const SEALED: &str = "$sealed";

/// Names of settings that are secret, whatever the type of the source.
pub(crate) fn is_secret(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["password", "secret", "token", "api_key", "private_key", "client_secret", "access_key", "url"];
    WORDS.iter().any(|w| name == *w || name.ends_with(&format!("_{w}")))
}

/// Seals every secret; one given as `***` keeps the value it has in `before`.
pub fn seal(
    sealer: &TenantSealer,
    id: ConnectionId,
    kind: &str,
    config: Value,
    before: Option<&Value>,
) -> Result<Value> {
    let Value::Object(fields) = config else {
        return Err(Error::invalid(
            "connection.bad_config",
            format!("The settings of a {kind} connection are an object."),
        )
        .field("/config"));
    };
    let mut out = serde_json::Map::new();
    for (name, value) in fields {
        let sealed = match &value {
            Value::String(text) if is_secret(&name) && text == MASK => match before.and_then(|b| b.get(&name)) {
                Some(kept) => kept.clone(),
                None => {
                    return Err(Error::invalid(
                        "connection.masked_secret",
                        format!("{name} is masked and has no value to keep."),
                    )
                    .field(format!("/config/{name}"))
                    .remedy("Give the secret itself."));
                }
            },
            Value::String(text) if is_secret(&name) => {
                let bytes = sealer.seal(&Purpose::credential(id), text.as_bytes())?;
                json!({SEALED: STANDARD.encode(bytes)})
            }
            _ => value,
        };
        out.insert(name, sealed);
    }
    Ok(Value::Object(out))
}

/// The settings with their secrets, for the source alone.
pub fn open(sealer: &TenantSealer, id: ConnectionId, config: &Value) -> Result<Value> {
    let mut out = config.clone();
    for value in out.as_object_mut().into_iter().flat_map(|o| o.values_mut()) {
        let Some(text) = value.get(SEALED).and_then(Value::as_str) else { continue };
        let unreadable = || {
            Error::unavailable("connection.sealed", "The connection's credentials cannot be opened.")
                .remedy("Enter them again, or start the server with the key they were sealed under.")
        };
        let bytes = STANDARD.decode(text).map_err(|e| unreadable().source(e))?;
        let opened = sealer.open(&Purpose::credential(id), &bytes)?;
        *value = Value::String(String::from_utf8(opened.to_vec()).map_err(|e| unreadable().source(e))?);
    }
    Ok(out)
}

/// The settings as people see them.
pub fn masked(connection: &Connection) -> Value {
    masked_value(&connection.config)
}

/// The same of settings alone.
pub fn masked_value(config: &Value) -> Value {
    let mut out = config.clone();
    for value in out.as_object_mut().into_iter().flat_map(|o| o.values_mut()) {
        if value.get(SEALED).is_some() {
            *value = Value::String(MASK.to_owned());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_shows_as_a_mask_and_what_is_not_stays() {
        let config = json!({"url": {SEALED: "AAAA"}, "schema": "public"});
        assert_eq!(masked_value(&config), json!({"url": "***", "schema": "public"}));
        for (name, secret) in
            [("password", true), ("db_password", true), ("path", false), ("schema", false), ("url", true)]
        {
            assert_eq!(is_secret(name), secret, "{name}");
        }
    }
}
