//! Laying one source of settings over another, by name. A setting is a leaf of the defaults; whatever names no leaf is a
//! slip, and the answer says which name is nearest.

use toml::{Table, Value};

use crate::{Error, Result};

/// Other names of settings, weakest first: the predecessor's, the platform's usual ones, and our own short ones.
const ALSO: [(&str, &str); 9] = [
    ("AAM_BATCH_CHUNK_SIZE", "connector.batch_rows"),
    ("AAM_MAX_SAMPLES_PER_TABLE", "connector.samples"),
    ("AAM_REDIS_STREAM_MAXLEN", "bus.events"),
    ("AAM_IDEMPOTENCY_TTL", "http.idempotency_seconds"),
    ("SUPABASE_DATABASE_URL", "store.database_url"),
    ("DATABASE_URL", "store.database_url"),
    ("REDIS_URL", "bus.redis_url"),
    ("AUTONOMOS_RATE_LIMIT_PER_MINUTE", "http.rate_limit_per_minute"),
    ("AUTONOMOS_OPEN_REGISTRATION", "auth.open_registration"),
];

/// Short names whose setting is reached by its long one as well.
const SHORT: [(&str, &str); 2] = [("AUTONOMOS_NODE_ID", "cluster.node_id"), ("AUTONOMOS_FILES_URL", "files.url")];

/// Variables of our prefix that are not settings: the command line's own.
const COMMAND_LINE: [&str; 7] = [
    "AUTONOMOS_CONFIG",
    "AUTONOMOS_DATA_DIR",
    "AUTONOMOS_LISTEN",
    "AUTONOMOS_LOG",
    "AUTONOMOS_SECRET_KEY",
    "AUTONOMOS_SECRET_KEY_PREVIOUS",
    "AUTONOMOS_SECURE_COOKIES",
];

/// The dotted names of all settings.
pub(super) fn names(table: &Table) -> Vec<String> {
    let mut names = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => names.extend(self::names(inner).into_iter().map(|name| format!("{key}.{name}"))),
            _ => names.push(key.clone()),
        }
    }
    names
}

/// What the file says replaces the defaults of the same names.
pub(super) fn file_over(defaults: &mut Table, file: Table) -> Result<()> {
    let known = names(defaults);
    over(defaults, file, "", &known)
}

fn over(table: &mut Table, file: Table, path: &str, known: &[String]) -> Result<()> {
    for (key, value) in file {
        let name = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
        match (table.get_mut(&key), value) {
            (Some(Value::Table(inner)), Value::Table(value)) => over(inner, value, &name, known)?,
            (Some(slot), value) if !slot.is_table() && !value.is_table() => {
                // A whole number will do where a fraction may stand.
                *slot = match (&*slot, value) {
                    (Value::Float(_), Value::Integer(n)) => Value::Float(n as f64),
                    (_, value) => value,
                };
            }
            _ => return Err(unknown(&name, known)),
        }
    }
    Ok(())
}

/// What the environment says replaces what is there.
pub(super) fn environment_over(table: &mut Table, environment: Vec<(String, String)>) -> Result<()> {
    let known = names(table);
    let variables: Vec<(String, String)> = known
        .iter()
        .map(|name| (format!("AUTONOMOS_{}", name.to_uppercase().replace('.', "_")), name.clone()))
        .collect();
    let mut found: Vec<(usize, String, String, String)> = Vec::new();
    for (variable, text) in environment {
        let also = ALSO.iter().chain(&SHORT).position(|(name, _)| *name == variable);
        let name = match also {
            Some(at) => ALSO.iter().chain(&SHORT).nth(at).map(|(_, name)| (*name).to_owned()),
            None => variables.iter().find(|(name, _)| *name == variable).map(|(_, name)| name.clone()),
        };
        match name {
            // An empty variable is one that a shell script left unset.
            Some(name) if !text.is_empty() => found.push((also.unwrap_or(usize::MAX), name, variable, text)),
            Some(_) => {}
            None if !variable.starts_with("AUTONOMOS_")
                || variable.starts_with("AUTONOMOS_TEST_")
                || COMMAND_LINE.contains(&&*variable) => {}
            None => {
                let names: Vec<String> = variables.iter().map(|(name, _)| name.clone()).collect();
                return Err(unknown(&variable, &names));
            }
        }
    }
    found.sort();
    for (_, name, variable, text) in found {
        set(table, &name, &variable, &text)?;
    }
    Ok(())
}

fn set(table: &mut Table, name: &str, variable: &str, text: &str) -> Result<()> {
    let Some(slot) = leaf(table, name) else { return Ok(()) };
    let text = text.trim();
    let (kind, parsed) = match slot {
        Value::Integer(_) => ("a whole number", text.parse().ok().map(Value::Integer)),
        Value::Float(_) => ("a number", text.parse().ok().map(Value::Float)),
        Value::Boolean(_) => ("true or false", truth(text).map(Value::Boolean)),
        Value::Array(_) => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            ("a list", Some(Value::Array(items.map(|item| Value::String(item.to_owned())).collect())))
        }
        _ => ("text", Some(Value::String(text.to_owned()))),
    };
    *slot = parsed.ok_or_else(|| {
        Error::invalid("config.bad_value", format!("{variable} should be {kind}"))
            .field(variable)
            .remedy(format!("It sets {name}; see the manual of settings."))
    })?;
    Ok(())
}

fn leaf<'t>(table: &'t mut Table, name: &str) -> Option<&'t mut Value> {
    match name.split_once('.') {
        None => table.get_mut(name),
        Some((section, rest)) => leaf(table.get_mut(section)?.as_table_mut()?, rest),
    }
}

fn truth(text: &str) -> Option<bool> {
    match &*text.to_lowercase() {
        "true" | "1" | "yes" | "on" => Some(true),
        "false" | "0" | "no" | "off" => Some(false),
        _ => None,
    }
}

fn unknown(name: &str, known: &[String]) -> Error {
    let nearest = known.iter().min_by_key(|other| distance(name, other));
    let error = Error::invalid("config.unknown", format!("there is no setting {name}")).field(name);
    match nearest {
        Some(nearest) if distance(name, nearest) <= 3 => error.remedy(format!("Did you mean {nearest}?")),
        _ => error.remedy("The manual of settings lists every name."),
    }
}

/// Edits between two names.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}
