//! OpenLineage in: what an event of somebody else's job says, as datasets, a job, and which column feeds which. Pure.
//!
//! Events of one run add up: a START may name what is read and a COMPLETE what was written. An event of a later run that names
//! datasets begins anew, because a job may read others than it used to; one that names none leaves what is known. What comes
//! late from an earlier run changes nothing. Facets that are not known are passed over, as the specification asks.

use autonomos_runtime::store::{ForeignColumn, ForeignDataset, ForeignJob, ForeignName};
use autonomos_runtime::{Error, Result, Timestamp};
use serde_json::Value;

/// Datasets of one event, columns of one dataset, and columns that one feeds on.
const MOST: usize = 1_000;
/// Letters of a name.
const LONGEST: usize = 1_024;

/// What an event says.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// Datasets that it names.
    pub datasets: Vec<ForeignDataset>,
    /// The job that it is of, as this event alone has it; none: it is of a dataset.
    pub job: Option<ForeignJob>,
}

fn bad(code: &'static str, what: String, at: &str) -> Error {
    Error::invalid(code, what).field(at.to_owned()).remedy("Send an event of OpenLineage 1.x, as its schema has it.")
}

fn text<'a>(value: &'a Value, name: &str, at: &str) -> Result<&'a str> {
    let at = format!("{at}/{name}");
    match value.get(name).and_then(Value::as_str) {
        Some(text) if text.is_empty() || text.chars().count() > LONGEST => {
            Err(bad("openlineage.bad_text", format!("{name} has between 1 and {LONGEST} letters"), &at))
        }
        Some(text) => Ok(text),
        None => Err(bad("openlineage.missing", format!("the event has no text {name}"), &at)),
    }
}

fn moment(value: &Value) -> Result<Timestamp> {
    let said = text(value, "eventTime", "")?;
    let read = chrono::DateTime::parse_from_rfc3339(said);
    read.map(|at| at.to_utc()).map_err(|_| bad("openlineage.bad_time", "eventTime is no moment".into(), "/eventTime"))
}

fn name(value: &Value, at: &str) -> Result<ForeignName> {
    Ok(ForeignName { namespace: text(value, "namespace", at)?.into(), name: text(value, "name", at)?.into() })
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a [Value]> {
    match value.get(name) {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(all)) if all.len() <= MOST => Ok(all),
        Some(Value::Array(_)) => {
            Err(bad("openlineage.too_many", format!("{name} has {MOST} items at most"), &format!("/{name}")))
        }
        Some(_) => Err(bad("openlineage.bad_list", format!("{name} is no list"), &format!("/{name}"))),
    }
}

/// Reads an event.
pub fn read(event: &Value, now: Timestamp) -> Result<Told> {
    let at = moment(event)?;
    text(event, "producer", "")?;
    text(event, "schemaURL", "")?;
    let mut told = Told { datasets: Vec::new(), job: None };
    if let Some(dataset) = event.get("dataset") {
        told.datasets.push(described(dataset, "/dataset", now)?);
        return Ok(told);
    }
    let of = event
        .get("job")
        .ok_or_else(|| bad("openlineage.missing", "the event is of no job and of no dataset".into(), "/job"))?;
    let run = event.get("run").map(|run| text(run, "runId", "/run")).transpose()?;
    let state = match event.get("eventType").and_then(Value::as_str) {
        None => None,
        Some(word @ ("START" | "RUNNING" | "COMPLETE" | "ABORT" | "FAIL" | "OTHER")) => Some(word.to_owned()),
        Some(_) => {
            return Err(bad("openlineage.bad_type", "there is no such type of event".into(), "/eventType")
                .remedy("Use START, RUNNING, COMPLETE, ABORT, FAIL or OTHER."));
        }
    };
    let mut job = ForeignJob {
        name: name(of, "/job")?,
        run: run.map(str::to_owned),
        state,
        inputs: Vec::new(),
        outputs: Vec::new(),
        columns: Vec::new(),
        event_at: Some(at),
        seen_at: now,
    };
    for (side, all) in [("inputs", list(event, "inputs")?), ("outputs", list(event, "outputs")?)] {
        for (n, dataset) in all.iter().enumerate() {
            let found = described(dataset, &format!("/{side}/{n}"), now)?;
            let names = if side == "inputs" { &mut job.inputs } else { &mut job.outputs };
            names.push(found.name.clone());
            if side == "outputs" {
                job.columns.extend(columns(dataset, &found.name, &format!("/{side}/{n}"))?);
            }
            told.datasets.push(found);
        }
    }
    tidy(&mut job);
    told.job = Some(job);
    Ok(told)
}

/// A dataset with the columns of its schema facet.
fn described(dataset: &Value, at: &str, now: Timestamp) -> Result<ForeignDataset> {
    let fields = dataset.pointer("/facets/schema/fields").and_then(Value::as_array);
    let fields = fields.into_iter().flatten().filter_map(|f| f.get("name")?.as_str()).take(MOST).map(str::to_owned);
    Ok(ForeignDataset { name: name(dataset, at)?, fields: fields.collect(), seen_at: now })
}

/// Which columns feed which, by the facet of column lineage.
fn columns(dataset: &Value, to: &ForeignName, at: &str) -> Result<Vec<ForeignColumn>> {
    let mut out = Vec::new();
    let fields = dataset.pointer("/facets/columnLineage/fields").and_then(Value::as_object);
    for (field, lineage) in fields.into_iter().flatten().take(MOST) {
        let inputs = lineage.get("inputFields").and_then(Value::as_array);
        for (n, input) in inputs.into_iter().flatten().take(MOST).enumerate() {
            let at = format!("{at}/facets/columnLineage/fields/{field}/inputFields/{n}");
            out.push(ForeignColumn {
                from: name(input, &at)?,
                from_field: text(input, "field", &at)?.to_owned(),
                to: to.clone(),
                to_field: field.clone(),
            });
        }
    }
    Ok(out)
}

fn tidy(job: &mut ForeignJob) {
    job.inputs.sort_unstable();
    job.inputs.dedup();
    job.outputs.sort_unstable();
    job.outputs.dedup();
    job.columns.sort_unstable();
    job.columns.dedup();
}

/// What is known of a job once another event of it came.
pub fn added(known: Option<ForeignJob>, told: ForeignJob) -> ForeignJob {
    let Some(mut known) = known else { return told };
    let late = known.event_at > told.event_at;
    if known.run != told.run && late {
        return known;
    }
    let silent = told.inputs.is_empty() && told.outputs.is_empty();
    if known.run != told.run && !silent {
        return told;
    }
    known.run.clone_from(&told.run);
    if !late {
        known.state = told.state.or(known.state);
        known.event_at = told.event_at;
    }
    known.inputs.extend(told.inputs);
    known.outputs.extend(told.outputs);
    known.columns.extend(told.columns);
    tidy(&mut known);
    known
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn now() -> Timestamp {
        chrono::DateTime::UNIX_EPOCH
    }

    fn event(kind: &str, run: &str, minute: u8, inputs: &Value, outputs: &Value) -> Value {
        json!({
            "eventType": kind, "eventTime": format!("2026-05-01T10:{minute:02}:00Z"), "producer": "https://example.com/etl",
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": {"runId": run}, "job": {"namespace": "airflow", "name": "nightly"}, "inputs": inputs, "outputs": outputs,
        })
    }

    fn set(name: &str) -> Value {
        json!({"namespace": "db", "name": name, "facets": {"schema": {"fields": [{"name": "a"}]}}})
    }

    fn job(event: &Value) -> ForeignJob {
        read(event, now()).unwrap().job.unwrap()
    }

    #[test]
    fn events_of_a_run_add_up_and_a_later_run_begins_anew() {
        let mut out = set("clean");
        out["facets"]["columnLineage"] =
            json!({"fields": {"b": {"inputFields": [{"namespace": "db", "name": "raw", "field": "a"}]}}});
        let start = event("START", "1", 0, &json!([set("raw")]), &json!([]));
        let done = event("COMPLETE", "1", 5, &json!([]), &json!([out]));
        let known = added(Some(added(None, job(&start))), job(&done));
        assert_eq!((known.inputs.len(), known.outputs.len(), known.columns.len()), (1, 1, 1));
        assert_eq!(known.state.as_deref(), Some("COMPLETE"));
        let other_way = added(Some(added(None, job(&done))), job(&start));
        assert_eq!(other_way, known, "in whatever order they come");
        let silent = added(Some(known.clone()), job(&event("START", "2", 9, &json!([]), &json!([]))));
        assert_eq!((silent.inputs.len(), silent.run.as_deref()), (1, Some("2")));
        let anew = added(Some(known.clone()), job(&event("START", "2", 9, &json!([set("other")]), &json!([]))));
        assert_eq!((anew.inputs[0].name.as_str(), anew.outputs.len()), ("other", 0));
        assert_eq!(added(Some(anew.clone()), job(&start)), anew, "what comes late from an earlier run changes nothing");
    }

    #[test]
    fn what_is_no_event_is_named() {
        let good = event("START", "1", 0, &json!([set("raw")]), &json!([]));
        let told = read(&good, now()).unwrap();
        assert_eq!(told.datasets[0].fields, ["a"]);
        for (pointer, value, field) in [
            ("/eventTime", json!("yesterday"), "/eventTime"),
            ("/producer", Value::Null, "/producer"),
            ("/eventType", json!("DONE"), "/eventType"),
            ("/job", json!({"name": "x"}), "/job/namespace"),
            ("/inputs", json!({}), "/inputs"),
            ("/inputs/0", json!({"namespace": "db"}), "/inputs/0/name"),
            ("/run", json!({}), "/run/runId"),
        ] {
            let mut event = good.clone();
            *event.pointer_mut(pointer).unwrap() = value;
            assert_eq!(read(&event, now()).unwrap_err().field.as_deref(), Some(field));
        }
    }
}
