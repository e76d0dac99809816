//! How far a source has read, as the JSON text that the log keeps: opaque to everybody but the source that made it.
//!
//! A text that cannot be read is an error and not the beginning: reading all anew is for a person to decide.

use autonomos_runtime::{Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// See the module.
pub(super) trait Position: Default + Serialize + DeserializeOwned {
    /// Reads the text; none is the beginning.
    fn parse(text: Option<&str>) -> Result<Self> {
        let Some(text) = text else { return Ok(Self::default()) };
        serde_json::from_str(text).map_err(|e| {
            Error::invalid("cursor.invalid", "The stored position of this stream cannot be read.")
                .field("cursor")
                .remedy("Rewind the stream to read it from the start.")
                .source(e)
        })
    }

    /// As text.
    fn text(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|e| Error::internal("cursor.unwritable", "The position has no text.").source(e))
    }
}
