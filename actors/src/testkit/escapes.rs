//! Statements that would get out of a query: to files, to other databases, to the network, to settings, to the process,
//! or to a second statement. Every one must be refused, and nothing may have happened.

/// They may only work on a file that is called so; it must not be there afterwards.
pub const WRITTEN: &str = "/tmp/autonomos-escaped";

/// See the module.
pub const ESCAPES: [&str; 48] = [
    // Files, read.
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_csv_auto('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_json('/etc/passwd')",
    "SELECT * FROM read_parquet('/tmp/x.parquet')",
    "SELECT * FROM parquet_metadata('/tmp/x.parquet')",
    "SELECT * FROM glob('/*')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM 'https://example.com/x.csv'",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "WITH x AS (SELECT * FROM read_text('/etc/passwd')) SELECT * FROM x",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    // Files, written.
    "COPY (SELECT 1) TO '/tmp/autonomos-escaped'",
    "COPY accounts FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/autonomos-escaped'",
    "IMPORT DATABASE '/tmp/autonomos-escaped'",
    // Other databases and code.
    "ATTACH '/tmp/autonomos-escaped' AS other",
    "ATTACH ':memory:' AS other",
    "DETACH other",
    "USE other",
    "INSTALL httpfs",
    "LOAD httpfs",
    "CREATE SECRET (TYPE s3)",
    // Settings.
    "SET enable_external_access = true",
    "SET memory_limit = '100GB'",
    "SET lock_configuration = false",
    "RESET memory_limit",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "SELECT * FROM duckdb_settings()",
    "SELECT current_setting('temp_directory')",
    "SELECT getenv('PATH')",
    // What there is beside the views.
    "SELECT * FROM duckdb_databases()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM _streams",
    "SELECT * FROM query('SELECT * FROM _streams')",
    "SELECT * FROM query_table('_streams')",
    // Changes.
    "CREATE TEMP TABLE x AS SELECT 1",
    "CREATE MACRO f(x) AS x",
    "DELETE FROM e_account",
    "DROP VIEW accounts",
    "CHECKPOINT",
    "CALL pragma_version()",
    // A second statement.
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY (SELECT 1) TO '/tmp/autonomos-escaped'",
];
