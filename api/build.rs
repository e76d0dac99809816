//! Notes where the DuckDB library was found in the binary and the tests, so that no `LD_LIBRARY_PATH` is needed. A
//! library beside the binary goes first, for installations. And has the console built in anew when it was built anew.

fn main() {
    // An empty folder stands for "not built"; a missing one would have this run at every build.
    if let Err(error) = std::fs::create_dir_all("../web/dist") {
        println!("cargo:warning=web/dist cannot be made, the binary will have the plain page only: {error}");
    }
    println!("cargo:rerun-if-changed=../web/dist");
    println!("cargo:rerun-if-env-changed=DUCKDB_LIB_DIR");
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN");
    if let Some(dir) = std::env::var_os("DUCKDB_LIB_DIR") {
        let dir = std::path::PathBuf::from(dir);
        let whole = std::fs::canonicalize(&dir).unwrap_or(dir);
        println!("cargo:rustc-link-arg=-Wl,-rpath,{}", whole.display());
    }
}
