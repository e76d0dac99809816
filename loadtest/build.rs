//! Notes where the DuckDB library was found in the binary and the tests, so that no `LD_LIBRARY_PATH` is needed. A
//! library beside the binary goes first, for installations.

fn main() {
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN");
    if let Some(dir) = std::env::var_os("DUCKDB_LIB_DIR") {
        let dir = std::path::PathBuf::from(dir);
        let whole = std::fs::canonicalize(&dir).unwrap_or(dir);
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", whole.display());
    }
}
