//! The binary `autonomos`: parse, do, say what went wrong, exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    autonomos_api::cli::main()
}
