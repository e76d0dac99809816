//! The repository's own rules, as far as a program can check them: headers, arrows between and inside crates, one home
//! for each heavy dependency, mirrored store files, numbered migrations, metric names, paths that the README names.
//!
//! It reads text and knows no grammar, so it errs on the side of silence. It prints the longest files and functions for
//! whoever reviews, and fails on none of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies in the repository").to_path_buf()
}

/// All files beneath a folder of the repository with an ending, as paths from the root, and their text.
fn files(beneath: &str, ending: &str) -> Vec<(String, String)> {
    let (root, mut found, mut folders) = (root(), Vec::new(), vec![root().join(beneath)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            if path.is_dir() {
                // Build output, installed packages and tool folders are not ours to judge.
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    folders.push(path);
                }
            } else if name.ends_with(ending)
                && let (Ok(text), Ok(short)) = (fs::read_to_string(&path), path.strip_prefix(&root))
            {
                found.push((short.to_string_lossy().into_owned(), text));
            }
        }
    }
    found.sort();
    found
}

const CRATES: [&str; 5] = ["runtime", "actors", "cluster", "api", "loadtest"];

/// The Rust files of all crates, this one left out.
fn sources() -> Vec<(String, String)> {
    CRATES.iter().flat_map(|name| files(name, ".rs")).filter(|(path, _)| path != "runtime/tests/tidy.rs").collect()
}

/// The lines of a file that are code, with their numbers.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Whether a line names a path that begins with a word: `word::` with nothing of a name before it.
fn names(line: &str, word: &str) -> bool {
    line.split(&format!("{word}::")).collect::<Vec<_>>().windows(2).any(|around| {
        let before = around[0];
        // `crate::metrics::` and `super::metrics::` are our own rooms, `::metrics::` is the crate.
        let ours = before.ends_with("::") && !["(::", " ::", "&::", "<::"].iter().any(|plain| before.ends_with(plain));
        !ours && !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"')
    })
}

/// Fails with all faults at once, since one at a time is a waste of everybody's.
fn none(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

#[test]
fn each_file_begins_with_what_it_is_for() {
    let bare =
        |(path, text): &(String, String)| (!text.starts_with("//!")).then(|| format!("{path} does not begin with //!"));
    none(&sources().iter().filter_map(bare).collect::<Vec<_>>());
}

#[test]
fn crates_form_a_diamond() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("runtime", &[][..]),
        ("actors", &["runtime"][..]),
        ("cluster", &["runtime"][..]),
        ("api", &["runtime", "actors", "cluster"][..]),
        // From outside, on purpose: of these it sees the testkits alone, for the servers that its clusters are over.
        ("loadtest", &["runtime", "cluster"][..]),
    ]);
    let mut faults = Vec::new();
    for (name, allowed) in allowed {
        let manifest = fs::read_to_string(root().join(name).join("Cargo.toml")).expect("a manifest");
        let shipped = manifest.split("[dev-dependencies]").next().unwrap_or_default();
        for other in CRATES.iter().filter(|other| **other != name && !allowed.contains(other)) {
            if shipped.lines().any(|line| line.starts_with(&format!("autonomos-{other}"))) {
                faults.push(format!("{name} may not depend on {other}"));
            }
        }
    }
    for (path, text) in sources().into_iter().filter(|(path, _)| path.starts_with("loadtest/src/")) {
        let inside =
            text.lines().filter(|line| ["autonomos_runtime::", "autonomos_cluster::"].iter().any(|c| line.contains(c)));
        faults.extend(
            inside.filter(|line| !line.contains("::testkit::")).map(|line| format!("{path} looks inside: {line}")),
        );
    }
    none(&faults);
}

#[test]
fn rooms_of_the_runtime_see_only_what_is_beneath_them() {
    // Beneath all: ids, clock, error, scope. Then canonical; then store and bus; supervision beside them.
    let blind: [(&str, &[&str]); 11] = [
        (
            "runtime/src/ids",
            &["canonical", "store", "bus", "supervision", "config", "secrets", "metrics", "host", "scope"],
        ),
        (
            "runtime/src/clock",
            &["canonical", "store", "bus", "supervision", "config", "secrets", "metrics", "host", "scope", "ids"],
        ),
        (
            "runtime/src/error",
            &["canonical", "store", "bus", "supervision", "config", "secrets", "metrics", "host", "scope"],
        ),
        ("runtime/src/scope", &["canonical", "store", "bus", "supervision", "config", "secrets", "metrics", "host"]),
        ("runtime/src/canonical", &["store", "bus", "supervision", "config", "secrets", "metrics", "host"]),
        ("runtime/src/secrets", &["canonical", "store", "bus", "supervision", "metrics", "host"]),
        ("runtime/src/config", &["canonical", "store", "bus", "supervision", "metrics", "host"]),
        ("runtime/src/store", &["bus", "supervision", "host"]),
        ("runtime/src/bus", &["canonical", "store", "supervision", "config", "secrets", "host"]),
        ("runtime/src/supervision", &["canonical", "store", "bus", "config", "secrets", "host"]),
        ("runtime/src/resilience", &["canonical", "store", "bus", "secrets", "host"]),
    ];
    let mut faults = Vec::new();
    for (path, text) in files("runtime/src", ".rs") {
        for (_, unseen) in
            blind.iter().filter(|(room, _)| path == format!("{room}.rs") || path.starts_with(&format!("{room}/")))
        {
            for (at, line) in code(&text) {
                for other in unseen.iter().filter(|other| line.contains(&format!("crate::{other}"))) {
                    faults.push(format!("{path}:{at} may not see {other}"));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn the_pure_stay_pure() {
    let pure = [
        "runtime/src/canonical/",
        "actors/src/matching/",
        "actors/src/drift/",
        "actors/src/unify/",
        "cluster/src/departure",
        "cluster/src/fence",
        "cluster/src/handoff",
        "cluster/src/lease",
        "cluster/src/membership",
        "cluster/src/placement",
        "cluster/src/proving",
        "cluster/src/routing",
        "cluster/src/serving",
        "cluster/src/sim/",
        "cluster/src/sweep",
        "cluster/src/takeover",
    ];
    let mut faults = Vec::new();
    let here: Vec<_> =
        sources().into_iter().filter(|(path, _)| pure.iter().any(|room| path.starts_with(room))).collect();
    // An actor among the pure is the shell that uses them, and so are the files that it is parted into.
    let shell = |(path, text): &(String, String)| {
        text.contains("impl Actor for").then(|| path.trim_end_matches(".rs").trim_end_matches("/mod").to_owned())
    };
    let shells: Vec<String> = here.iter().filter_map(shell).collect();
    for (path, text) in &here {
        if shells.iter().any(|shell| path.strip_prefix(shell.as_str()).is_some_and(|rest| rest.starts_with(['.', '/'])))
        {
            continue;
        }
        for (at, line) in code(text) {
            for word in ["async fn", "tokio::", "std::fs::", "std::net::"] {
                if line.contains(word) && !line.contains("#[tokio::test") {
                    faults.push(format!("{path}:{at} does input or output ({word}) in a pure room"));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn heavy_dependencies_have_one_home() {
    let homes: [(&str, &[&str]); 22] = [
        ("async_openai", &["actors/src/intelligence/"]),
        ("ractor", &["runtime/src/supervision/", "runtime/tests/it/"]),
        (
            "sqlx",
            &[
                "runtime/src/store/sqlite",
                "runtime/src/store/postgres",
                "runtime/src/store/rows",
                "runtime/src/testkit/postgres",
            ],
        ),
        ("duckdb", &["actors/src/dcl/", "loadtest/"]),
        ("axum", &["api/", "loadtest/"]),
        ("utoipa", &["api/", "actors/src/platform/"]),
        ("tower", &["api/", "loadtest/"]),
        ("tower_http", &["api/"]),
        ("clap", &["api/", "loadtest/"]),
        ("jsonwebtoken", &["api/src/auth/", "api/tests/"]),
        ("argon2", &["api/src/auth/"]),
        ("metrics_exporter_prometheus", &["api/src/telemetry", "api/src/state"]),
        ("tokio_tungstenite", &["loadtest/", "api/tests/"]),
        (
            "reqwest",
            &[
                "loadtest/",
                "api/tests/",
                "actors/src/connector/",
                "actors/src/files/",
                "actors/src/outside/",
                "actors/src/intelligence/",
                "api/src/auth/oidc/",
                "api/src/gateway/relay/",
                "api/src/cli/",
            ],
        ),
        ("tokio_postgres", &["actors/src/connector/", "actors/src/testkit/", "actors/tests/"]),
        ("rustls", &["actors/src/connector/sources/postgres/"]),
        ("tokio_postgres_rustls", &["actors/src/connector/sources/postgres/"]),
        ("webpki_roots", &["actors/src/connector/sources/postgres/"]),
        ("parquet", &["actors/src/connector/", "actors/src/dcl/", "actors/tests/", "loadtest/"]),
        ("object_store", &["actors/src/files/", "actors/src/testkit/"]),
        ("redis", &["cluster/src/redis/", "cluster/src/testkit/redis"]),
        ("chacha20poly1305", &["runtime/src/secrets"]),
    ];
    let mut faults = Vec::new();
    for (path, text) in sources() {
        for (dependency, homes) in homes {
            let at_home = homes.iter().any(|home| path.starts_with(home))
                || (dependency == "ractor" && text.contains("impl Actor for"));
            if !at_home && let Some((at, _)) = code(&text).find(|(_, line)| names(line, dependency)) {
                faults.push(format!("{path}:{at} uses {dependency}, which lives in {}", homes.join(", ")));
            }
        }
    }
    none(&faults);
}

#[test]
fn backends_and_their_suite_mirror_the_traits() {
    let of = |folder: &str| -> BTreeSet<String> {
        let listed = files(folder, ".rs").into_iter();
        listed
            .filter_map(|(path, _)| {
                path.strip_prefix(&format!("{folder}/")).filter(|rest| !rest.contains('/')).map(str::to_owned)
            })
            .collect()
    };
    let is_noun = |(path, text): &(String, String)| {
        let name = path.strip_prefix("runtime/src/store/")?;
        (!name.contains('/') && name != "mod.rs" && text.contains("pub trait ")).then(|| name.to_owned())
    };
    let nouns: BTreeSet<String> = files("runtime/src/store", ".rs").iter().filter_map(is_noun).collect();
    assert!(!nouns.is_empty());
    let mut faults = Vec::new();
    let (sqlite, postgres) = (of("runtime/src/store/sqlite"), of("runtime/src/store/postgres"));
    // What only a server needs.
    let alone = |name: &&String| !["admission.rs", "authority.rs"].contains(&name.as_str());
    faults.extend(
        sqlite.symmetric_difference(&postgres).filter(alone).map(|name| format!("{name} is in one backend alone")),
    );
    for mirror in ["sqlite", "postgres", "conformance"] {
        let there = of(&format!("runtime/src/store/{mirror}"));
        faults.extend(nouns.difference(&there).map(|noun| format!("runtime/src/store/{mirror}/{noun} is missing")));
    }
    none(&faults);
}

#[test]
fn migrations_are_numbered_pairs() {
    let of = |backend: &str| -> Vec<String> {
        let listed = files(&format!("migrations/{backend}"), ".sql").into_iter();
        listed.filter_map(|(path, _)| path.rsplit('/').next().map(str::to_owned)).collect()
    };
    let (sqlite, postgres) = (of("sqlite"), of("postgres"));
    let mut faults = Vec::new();
    for (backend, names) in [("sqlite", &sqlite), ("postgres", &postgres)] {
        let number = |name: &String| name.split_once('_').and_then(|(number, _)| number.parse::<u32>().ok());
        for pair in names.windows(2) {
            if number(&pair[0]).is_none() || number(&pair[0]) >= number(&pair[1]) {
                faults.push(format!("migrations/{backend}: {} and {} have no numbers of their own", pair[0], pair[1]));
            }
        }
    }
    if sqlite != postgres {
        faults.push(format!("migrations are no pairs: {sqlite:?} and {postgres:?}"));
    }
    none(&faults);
}

#[test]
fn metric_names_live_in_metrics_files() {
    let ours: Vec<String> = CRATES.iter().map(|name| format!("autonomos_{name}")).collect();
    let mut faults = Vec::new();
    for (path, text) in sources() {
        // What reads the metrics of a running server has to name them too.
        if path.ends_with("/metrics.rs")
            || path.starts_with("loadtest/")
            || path.contains("/tests/")
            || path.ends_with("/tests.rs")
            || path.contains("/testkit/")
            || path.contains("/examples/")
        {
            continue;
        }
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (at, line) in code(shipped) {
            for literal in line.split('"').skip(1).step_by(2).filter(|literal| literal.starts_with("autonomos_")) {
                let plain = literal.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                if plain && !ours.iter().any(|name| name == literal) {
                    faults.push(format!("{path}:{at} names the metric {literal}"));
                }
            }
        }
    }
    none(&faults);
}

#[test]
fn every_setting_is_read_by_somebody() {
    /// Parts that are not built yet.
    const TO_COME: [&str; 4] = ["resilience.knowledge", "resilience.redis", "resilience.database", "connector.samples"];
    let manual = fs::read_to_string(root().join("runtime/src/config/default.toml")).unwrap();
    let code: Vec<String> = sources()
        .into_iter()
        .filter(|(path, _)| path.contains("/src/") && !path.starts_with("loadtest/"))
        .filter(|(path, _)| !path.starts_with("runtime/src/config/"))
        .map(|(_, text)| self::code(&text).flat_map(|(_, line)| [line, "\n"]).collect())
        .collect();
    let (mut section, mut faults) = (String::new(), Vec::new());
    for line in manual.lines() {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) {
            let setting = format!("{section}.{name}");
            let read = |text: &String| {
                let goes_on = |after: &str| after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
                text.split(&format!(".{name}")).skip(1).any(|after| !goes_on(after))
            };
            if !TO_COME.iter().any(|part| setting.starts_with(part)) && !code.iter().any(read) {
                faults.push(format!("{setting} is in the manual, and nothing reads it"));
            }
        }
    }
    none(&faults);
}

#[test]
fn nothing_unfinished_and_nothing_of_one_machine() {
    let words = ["todo!(", "unimplemented!(", "dbg!(", "FIXME", "XXX", "/work/", "/root/"];
    let mut faults = Vec::new();
    let mut all = sources();
    for ending in ["Cargo.toml", ".md", ".yaml", ".yml", ".sql", "Makefile"] {
        all.extend(CRATES.iter().chain(&["migrations"]).flat_map(|name| files(name, ending)));
    }
    all.extend(
        ["README.md", "Makefile", "Cargo.toml"]
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), fs::read_to_string(root().join(name)).ok()?))),
    );
    for (path, text) in all {
        for (at, line) in text.lines().enumerate() {
            faults.extend(
                words.iter().filter(|word| line.contains(**word)).map(|word| format!("{path}:{} has {word}", at + 1)),
            );
            if line.contains("// TODO") {
                faults.push(format!("{path}:{} leaves something to do", at + 1));
            }
        }
    }
    none(&faults);
}

#[test]
fn tests_do_not_sleep() {
    let mut faults = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| !path.starts_with("loadtest/")) {
        let (tests, offset) = if path.contains("/tests/") {
            (text.as_str(), 0)
        } else if let Some((before, tests)) = text.split_once("#[cfg(test)]\nmod tests {") {
            (tests, before.lines().count())
        } else {
            continue;
        };
        // Under paused time a sleep takes none.
        if tests.contains("start_paused = true") {
            continue;
        }
        let sleeps = code(tests).filter(|(_, line)| line.contains("time::sleep(") || line.contains("thread::sleep("));
        faults.extend(sleeps.map(|(at, _)| format!("{path}:{} sleeps: wait for a condition", offset + at)));
    }
    none(&faults);
}

/// `a/{b,c}.rs` as `a/b.rs` and `a/c.rs`.
fn spelled_out(path: &str) -> Vec<String> {
    match path
        .split_once('{')
        .and_then(|(before, rest)| rest.split_once('}').map(|(inside, after)| (before, inside, after)))
    {
        Some((before, inside, after)) => {
            inside.split(',').flat_map(|one| spelled_out(&format!("{before}{}{after}", one.trim()))).collect()
        }
        None => vec![path.to_owned()],
    }
}

#[test]
fn paths_that_the_readme_names_exist() {
    let Ok(readme) = fs::read_to_string(root().join("README.md")) else { return };
    let mut faults = Vec::new();
    for quoted in readme.split('`').skip(1).step_by(2) {
        let is_path = CRATES.iter().chain(&["migrations", "web"]).any(|name| quoted.starts_with(&format!("{name}/")));
        if !is_path || quoted.contains(['<', '*', ' ', '…']) || quoted.contains("NNNN") {
            continue;
        }
        for path in spelled_out(quoted.trim_end_matches('/')) {
            let without = path.split_once('/').map(|(name, rest)| format!("{name}/src/{rest}")).unwrap_or_default();
            if !root().join(&path).exists() && !root().join(&without).exists() {
                faults.push(format!("README.md names {path}, which is not there"));
            }
        }
    }
    none(&faults);
}

#[test]
fn the_longest() {
    let (mut long_files, mut long_functions) = (Vec::new(), Vec::new());
    for (path, text) in sources() {
        long_files.push((text.lines().count(), path.clone()));
        // rustfmt closes a function at the indentation it began with.
        let mut open: Option<(usize, usize, &str)> = None;
        for (at, line) in text.lines().enumerate() {
            let indent = line.len() - line.trim_start().len();
            let begins = line.trim_start();
            if open.is_none()
                && (begins.starts_with("fn ") || begins.contains(" fn "))
                && !begins.starts_with("//")
                && !begins.ends_with(';')
            {
                open = Some((at, indent, begins));
            }
            if let Some((from, outer, name)) = open
                && indent == outer
                && (begins == "}" || (from == at && begins.ends_with('}')))
            {
                long_functions
                    .push((at - from + 1, format!("{path}:{} {}", from + 1, name.split('(').next().unwrap_or(name))));
                open = None;
            }
        }
    }
    for (what, mut list) in [("files", long_files), ("functions", long_functions)] {
        list.sort_unstable_by(|a, b| b.cmp(a));
        println!("longest {what}:");
        list.iter().take(15).for_each(|(lines, name)| println!("{lines:6} {name}"));
    }
}

#[test]
fn no_key_lies_in_the_tree() {
    // Written apart, so that this file does not find itself.
    let marks = [
        ["-----BEGIN ", "PRIVATE KEY-----"].concat(),
        ["-----BEGIN RSA ", "PRIVATE KEY-----"].concat(),
        ["-----BEGIN EC ", "PRIVATE KEY-----"].concat(),
        ["eyJhbGci", "Oi"].concat(),
        ["AKI", "A"].concat(),
        ["ghp", "_"].concat(),
        ["xox", "b-"].concat(),
        ["sk_", "live_"].concat(),
    ];
    let long = |text: &str, mark: &str| {
        text.match_indices(mark).any(|(at, _)| {
            let rest = text.get(at + mark.len()..).unwrap_or_default();
            let run = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "_-./+=\n".contains(*c)).count();
            mark.starts_with('-') || run >= 16
        })
    };
    let mut faults = Vec::new();
    for beneath in
        ["runtime", "actors", "cluster", "api", "loadtest", "migrations", "web/src", "web/e2e", ".tools", ".ci"]
    {
        for (path, text) in files(beneath, "") {
            faults.extend(
                marks.iter().filter(|mark| long(&text, mark)).map(|mark| format!("{path} holds a key ({mark}...)")),
            );
        }
    }
    none(&faults);
}
