//! `autonomos apply`: makes a tenant as a document says, or with `--dry-run` tells what there would be to do.
//!
//! Secrets stand in the document as `${NAME}` and are taken from this process's environment by that name, those and no
//! others; one that is not set stays as it is on the node, and one that the node needs is asked for by its name.

use std::io::Read;
use std::path::{Path, PathBuf};

use autonomos_actors::configuration::secret;
use autonomos_runtime::{Error, Result};
use clap::Args;
use reqwest::Method;
use serde_json::{Value, json};

use super::remote::{self, Remote};

/// What to apply, where.
#[derive(Debug, Args)]
pub struct ApplyArgs {
    #[command(flatten)]
    node: Remote,
    /// The document; `-` or nothing: standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// Change nothing, only say what there would be to do.
    #[arg(long)]
    dry_run: bool,
}

/// Applies it, and says what was done.
pub async fn run(args: ApplyArgs) -> Result<()> {
    let document = read(&args.file)?;
    let secrets: serde_json::Map<String, Value> = secret::names_in(&document)
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?.into())))
        .collect();
    let body = json!({"document": document, "secrets": secrets});
    let path = format!("/api/v1/config/apply?dry_run={}", args.dry_run);
    let answer = args.node.ask(Method::POST, &path, Some(&body)).await?;
    let said = remote::json(answer).await?;
    print!("{}", told(&said));
    Ok(())
}

fn read(file: &Path) -> Result<String> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).map(drop)
    } else {
        std::fs::read_to_string(file).map(|read| text = read)
    };
    read.map_err(|e| {
        Error::invalid("config.file", format!("{} cannot be read as text", file.display()))
            .remedy("Name a file that `autonomos export` wrote, or - for standard input.")
            .source(e)
    })?;
    Ok(text)
}

/// An answer as lines for people.
fn told(said: &Value) -> String {
    let list = |name: &str| said[name].as_array().cloned().unwrap_or_default();
    let words = |value: &Value| -> Vec<String> {
        value.as_array().into_iter().flatten().filter_map(|w| w.as_str().map(str::to_owned)).collect()
    };
    let mut out = Vec::new();
    for change in list("changes") {
        let fields = words(&change["fields"]).join(", ");
        let what = [&change["action"], &change["kind"], &change["subject"]].map(|w| w.as_str().unwrap_or_default());
        let fields = if fields.is_empty() { fields } else { format!(": {fields}") };
        out.push(format!("{} {} {}{fields}", what[0], what[1], what[2]));
    }
    let count = list("changes").len();
    let dry_run = said["dry_run"] == true;
    out.push(match (count, dry_run) {
        (0, _) => "nothing to do".to_owned(),
        (n, true) => format!("{n} to do; nothing was changed"),
        (n, false) => format!("{n} done"),
    });
    for (name, what) in [("left_alone", "not in the document and left alone"), ("secrets", "secrets that are needed")] {
        let names = words(&said[name]);
        if !names.is_empty() {
            out.push(format!("{what}: {}", names.join(", ")));
        }
    }
    out.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_told_in_lines() {
        let said = json!({"dry_run": true, "left_alone": ["old"], "secrets": ["CRM_URL"], "changes": [
            {"action": "create", "kind": "connection", "subject": "crm", "fields": ["type=file"]},
            {"action": "update", "kind": "flag", "subject": "F", "fields": []},
        ]});
        assert_eq!(
            told(&said),
            "create connection crm: type=file\nupdate flag F\n2 to do; nothing was changed\n\
             not in the document and left alone: old\nsecrets that are needed: CRM_URL\n"
        );
        assert_eq!(told(&json!({"dry_run": true, "changes": []})), "nothing to do\n");
    }
}
