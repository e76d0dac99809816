//! `autonomos openapi`: the document as the code says it now; `> api/openapi.json` makes it current.

use std::io::Write;

use autonomos_runtime::{Error, Result};

/// Prints it.
pub fn run() -> Result<()> {
    std::io::stdout()
        .write_all(crate::openapi::render().as_bytes())
        .map_err(|e| Error::unavailable("output", "the document could not be written").source(e))
}
