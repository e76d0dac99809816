//! `autonomos propose mapping|repair`: JSON lines in, JSON lines out, in the order they came. A line that cannot be read
//! stops the run with its number; nothing is guessed. Needs no server, no network, no data directory.

use std::collections::HashMap;
use std::io::{BufRead, Write};

use autonomos_actors::platform::Platform;
use autonomos_actors::platform::shapes::{DescribedField, ProposeMapping, ProposeRepair, ProposedMapping};
use autonomos_runtime::{Error, Result};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What to propose.
#[derive(Debug, Args)]
pub struct ProposeArgs {
    /// For fields (`mapping`) or for two states of an object (`repair`).
    what: What,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum What {
    Mapping,
    Repair,
}

#[derive(Deserialize)]
struct FieldLine {
    id: Value,
    #[serde(default)]
    system: Option<String>,
    object: String,
    field: String,
    #[serde(default, rename = "type")]
    data_type: Option<String>,
    #[serde(default)]
    samples: Option<Vec<Value>>,
}

#[derive(Serialize)]
struct MappingLine<'a> {
    id: &'a Value,
    canonical_entity: Option<&'a str>,
    canonical_field: Option<&'a str>,
    confidence: f64,
}

#[derive(Deserialize)]
struct CaseLine {
    id: Value,
    #[serde(default)]
    system: Option<String>,
    object: String,
    before: Vec<FieldOfCase>,
    after: Vec<FieldOfCase>,
}

#[derive(Deserialize)]
struct FieldOfCase {
    name: String,
    #[serde(default, rename = "type")]
    data_type: Option<String>,
    #[serde(default)]
    samples: Option<Vec<Value>>,
}

#[derive(Serialize)]
struct RepairsLine<'a> {
    id: &'a Value,
    repairs: Vec<RepairOfLine>,
}

#[derive(Serialize)]
struct RepairOfLine {
    kind: String,
    #[serde(skip_serializing_if = "Value::is_null")]
    from: Value,
    #[serde(skip_serializing_if = "Value::is_null")]
    to: Value,
    confidence: f64,
}

/// Reads standard input to its end and answers.
pub fn run(args: &ProposeArgs) -> Result<()> {
    let input = std::io::stdin().lock();
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    match args.what {
        What::Mapping => mapping(input, &mut output)?,
        What::Repair => repair(input, &mut output)?,
    }
    output.flush().map_err(|e| unwritable(e.into()))
}

/// A field a line; the lines of one (system, object) are one object, wherever they stand.
fn mapping(input: impl BufRead, mut output: impl Write) -> Result<()> {
    let mut lines: Vec<FieldLine> = Vec::new();
    let mut objects: HashMap<(Option<String>, String), Vec<usize>> = HashMap::new();
    for_each_line(input, |line: FieldLine| {
        objects.entry((line.system.clone(), line.object.clone())).or_default().push(lines.len());
        lines.push(line);
        Ok(())
    })?;
    let mut answers: Vec<Option<ProposedMapping>> = vec![None; lines.len()];
    for ((system, object), members) in objects {
        let fields = members
            .iter()
            .filter_map(|&at| lines.get(at))
            .map(|line| DescribedField {
                name: line.field.clone(),
                data_type: line.data_type.clone(),
                samples: line.samples.clone().unwrap_or_default(),
            })
            .collect();
        let proposed = Platform::propose_mapping(&ProposeMapping { system, object, fields })?;
        for (at, answer) in members.into_iter().zip(proposed) {
            if let Some(slot) = answers.get_mut(at) {
                *slot = Some(answer);
            }
        }
    }
    for (line, answer) in lines.iter().zip(&answers) {
        let answer = answer.as_ref();
        let said = MappingLine {
            id: &line.id,
            canonical_entity: answer.and_then(|a| a.entity.as_deref()),
            canonical_field: answer.and_then(|a| a.canonical_field.as_deref()),
            confidence: answer.map_or(0.0, |a| a.confidence),
        };
        write(&mut output, &said)?;
    }
    Ok(())
}

/// A case a line.
fn repair(input: impl BufRead, mut output: impl Write) -> Result<()> {
    let described = |fields: Vec<FieldOfCase>| {
        fields
            .into_iter()
            .map(|f| DescribedField { name: f.name, data_type: f.data_type, samples: f.samples.unwrap_or_default() })
            .collect()
    };
    for_each_line(input, |line: CaseLine| {
        let ask = ProposeRepair {
            system: line.system,
            object: line.object,
            before: described(line.before),
            after: described(line.after),
        };
        let repairs = Platform::propose_repair(&ask)?
            .into_iter()
            .map(|p| RepairOfLine { kind: p.kind, from: p.from, to: p.to, confidence: p.confidence })
            .collect();
        write(&mut output, &RepairsLine { id: &line.id, repairs })
    })
}

fn for_each_line<T: for<'de> Deserialize<'de>>(
    input: impl BufRead,
    mut each: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    for (number, line) in input.lines().enumerate() {
        let line = line.map_err(|e| {
            Error::invalid("propose.input", format!("line {} cannot be read: {e}", number + 1)).remedy("Send UTF-8.")
        })?;
        if line.trim().is_empty() {
            continue;
        }
        let value = serde_json::from_str(&line).map_err(|e| {
            Error::invalid("propose.input", format!("line {} is not what was expected: {e}", number + 1))
                .remedy("Send one JSON object a line; see `autonomos propose --help`.")
        })?;
        each(value)?;
    }
    Ok(())
}

fn write(output: &mut impl Write, line: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *output, line).map_err(|e| unwritable(e.into()))?;
    output.write_all(b"\n").map_err(|e| unwritable(e.into()))
}

fn unwritable(cause: Box<dyn std::error::Error + Send + Sync>) -> Error {
    Error::unavailable("propose.output", "the answer could not be written").source(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_read_is_named_by_number() {
        let input = b"\n{\"id\": 1}\n" as &[u8];
        let error = mapping(input, Vec::new()).unwrap_err();
        assert_eq!(error.code, "propose.input");
        assert!(error.message.contains("line 2"), "{}", error.message);
    }
}
