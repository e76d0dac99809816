//! OpenLineage out: a run of ours as the two events that the specification asks of it. Pure: values in, JSON out.
//!
//! Both are made when the run is over, the START with the time at which it began: a poll that found nothing is told to nobody,
//! and nobody waits for the end of a run whose process died.

use autonomos_runtime::Timestamp;
use autonomos_runtime::ids::RunId;
use autonomos_runtime::store::ForeignName;
use serde_json::{Map, Value, json};

/// Who says so.
const PRODUCER: &str = concat!("https://github.com/autonomos/autonomos/tree/v", env!("CARGO_PKG_VERSION"));
/// The version of the specification.
const SCHEMA: &str = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent";

/// One column that feeds a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Feeds {
    /// The dataset.
    pub from: ForeignName,
    /// Its column.
    pub field: String,
    /// What it goes through besides the cast.
    pub transform: Option<String>,
}

/// A dataset as a run met it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// Columns with their types.
    pub fields: Vec<(String, String)>,
    /// What feeds its columns.
    pub columns: Vec<(String, Vec<Feeds>)>,
    /// Rows that the run wrote into it.
    pub rows: Option<i64>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Well.
    Complete,
    /// Somebody called it off.
    Abort,
    /// Badly, because of this.
    Fail(String),
}

/// A run that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// Of which job.
    pub job: ForeignName,
    /// What kind of job: `SYNC` or `FOLD`.
    pub kind: &'static str,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How.
    pub end: End,
    /// What it read.
    pub inputs: Vec<Dataset>,
    /// What it wrote.
    pub outputs: Vec<Dataset>,
}

/// Its events, in order.
pub fn events(run: &Run) -> [Value; 2] {
    let (word, error) = match &run.end {
        End::Complete => ("COMPLETE", None),
        End::Abort => ("ABORT", None),
        End::Fail(message) => ("FAIL", Some(message)),
    };
    [event(run, "START", run.began, None), event(run, word, run.ended, error)]
}

fn event(run: &Run, kind: &str, at: Timestamp, error: Option<&String>) -> Value {
    let mut facets = Map::new();
    if let Some(message) = error {
        let body = json!({"message": message, "programmingLanguage": "Rust"});
        facets.insert("errorMessage".to_owned(), facet("1-0-1", "ErrorMessageRunFacet", body));
    }
    let job = json!({"processingType": "BATCH", "integration": "AUTONOMOS", "jobType": run.kind});
    json!({
        "eventType": kind,
        "eventTime": at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
        "producer": PRODUCER,
        "schemaURL": SCHEMA,
        "run": {"runId": run.id, "facets": facets},
        "job": {
            "namespace": run.job.namespace, "name": run.job.name,
            "facets": {"jobType": facet("2-0-4", "JobTypeJobFacet", job)},
        },
        "inputs": run.inputs.iter().map(|set| dataset(set, false)).collect::<Vec<_>>(),
        "outputs": run.outputs.iter().map(|set| dataset(set, true)).collect::<Vec<_>>(),
    })
}

/// A facet with who says so and where its schema is.
fn facet(version: &str, name: &str, mut body: Value) -> Value {
    body["_producer"] = json!(PRODUCER);
    body["_schemaURL"] = json!(format!("https://openlineage.io/spec/facets/{version}/{name}.json#/$defs/{name}"));
    body
}

fn dataset(of: &Dataset, output: bool) -> Value {
    let mut facets = Map::new();
    if !of.fields.is_empty() {
        let fields: Vec<Value> = of.fields.iter().map(|(name, kind)| json!({"name": name, "type": kind})).collect();
        facets.insert("schema".to_owned(), facet("1-2-0", "SchemaDatasetFacet", json!({"fields": fields})));
    }
    if !of.columns.is_empty() {
        let told = |(field, feeds): &(String, Vec<Feeds>)| {
            let inputs: Vec<Value> = feeds.iter().map(input).collect();
            (field.clone(), json!({"inputFields": inputs}))
        };
        let fields: Map<String, Value> = of.columns.iter().map(told).collect();
        facets
            .insert("columnLineage".to_owned(), facet("1-2-0", "ColumnLineageDatasetFacet", json!({"fields": fields})));
    }
    let mut out = json!({"namespace": of.namespace, "name": of.name, "facets": facets});
    if let Some(rows) = of.rows.filter(|_| output) {
        let statistics = facet("1-0-2", "OutputStatisticsOutputDatasetFacet", json!({"rowCount": rows}));
        out["outputFacets"] = json!({"outputStatistics": statistics});
    }
    out
}

fn input(of: &Feeds) -> Value {
    let subtype = if of.transform.is_some() { "TRANSFORMATION" } else { "IDENTITY" };
    let description = of.transform.clone().unwrap_or_default();
    json!({
        "namespace": of.from.namespace, "name": of.from.name, "field": of.field,
        "transformations": [{"type": "DIRECT", "subtype": subtype, "description": description, "masking": false}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use autonomos_runtime::Ambient;
    use jsonschema::Registry;

    /// The specification's own schemas, by what they are called.
    const SCHEMAS: [(&str, &str); 6] = [
        ("2-0-2/OpenLineage", include_str!("../../data/openlineage/OpenLineage.json")),
        (
            "facets/1-2-0/ColumnLineageDatasetFacet",
            include_str!("../../data/openlineage/ColumnLineageDatasetFacet.json"),
        ),
        ("facets/1-2-0/SchemaDatasetFacet", include_str!("../../data/openlineage/SchemaDatasetFacet.json")),
        (
            "facets/1-0-2/OutputStatisticsOutputDatasetFacet",
            include_str!("../../data/openlineage/OutputStatisticsOutputDatasetFacet.json"),
        ),
        ("facets/1-0-1/ErrorMessageRunFacet", include_str!("../../data/openlineage/ErrorMessageRunFacet.json")),
        ("facets/2-0-4/JobTypeJobFacet", include_str!("../../data/openlineage/JobTypeJobFacet.json")),
    ];

    fn run(end: End) -> Run {
        let ambient = Ambient::system();
        let name = |name: &str| ForeignName { namespace: "autonomos://local/t".into(), name: name.into() };
        let set = |of: &str| Dataset { namespace: "autonomos://local/t".into(), name: of.into(), ..Dataset::default() };
        let feeds = |transform: Option<&str>| Feeds {
            from: name("crm.Account"),
            field: "Name".into(),
            transform: transform.map(str::to_owned),
        };
        Run {
            id: RunId::new(&ambient),
            job: name("fold"),
            kind: "FOLD",
            began: ambient.now(),
            ended: ambient.now(),
            end,
            inputs: vec![set("crm.Account")],
            outputs: vec![Dataset {
                fields: vec![("name".into(), "string".into())],
                columns: vec![("name".into(), vec![feeds(None), feeds(Some("lower"))])],
                rows: Some(3),
                ..set("accounts")
            }],
        }
    }

    /// Every facet beneath a value, with the schema that it says it keeps to.
    fn facets<'a>(value: &'a Value, out: &mut Vec<(&'a str, &'a Value)>) {
        if let Some(schema) = value.get("_schemaURL").and_then(Value::as_str) {
            out.push((schema, value));
        }
        match value {
            Value::Object(all) => all.values().for_each(|value| facets(value, out)),
            Value::Array(all) => all.iter().for_each(|value| facets(value, out)),
            _ => {}
        }
    }

    #[test]
    fn what_we_send_keeps_to_the_specification_down_to_the_facets() {
        let mut registry = Registry::new();
        for (name, text) in SCHEMAS {
            let schema: Value = serde_json::from_str(text).unwrap();
            registry = registry.add(format!("https://openlineage.io/spec/{name}.json"), schema).unwrap();
        }
        let registry = registry.prepare().unwrap();
        let check = |schema: &str, value: &Value| {
            let schema = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": schema});
            let validator = jsonschema::options().with_registry(&registry).offline().build(&schema).unwrap();
            let faults: Vec<String> =
                validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            faults
        };
        let mut kept = 0;
        for end in [End::Complete, End::Abort, End::Fail("The source did not answer.".into())] {
            for event in events(&run(end)) {
                assert_eq!(check(SCHEMA, &event), [""; 0], "{event}");
                let mut found = Vec::new();
                facets(&event, &mut found);
                for (schema, facet) in found {
                    assert_eq!(check(schema, facet), [""; 0], "{facet}");
                    kept += 1;
                }
            }
        }
        assert_eq!(kept, 6 * 4 + 1, "jobType, schema, columnLineage and statistics of each, and one error");
        let mut wrong = events(&run(End::Complete))[0].clone();
        wrong["run"]["runId"] = Value::Null;
        assert!(!check(SCHEMA, &wrong).is_empty(), "the schemas do refuse");
    }

    #[test]
    fn what_we_tell_we_understand() {
        let [start, done] = events(&run(End::Complete));
        let read = |event| crate::lineage::intake::read(event, Ambient::system().now()).unwrap().job.unwrap();
        let job = crate::lineage::intake::added(Some(read(&start)), read(&done));
        assert_eq!((job.inputs.len(), job.outputs.len(), job.state.as_deref()), (1, 1, Some("COMPLETE")));
        assert_eq!(job.columns[0].to_field, "name");
    }
}
