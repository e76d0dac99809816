//! Trains, judges and times the matcher: `cargo run --release -p autonomos-actors --example evaluate [-- <what>]`.
//!
//! Without a word: judges mapping on systems and on projects it has not seen, and repair, and times bulk work; prints the
//! tables that stand in the matcher's docs. `train` writes the shipped models anew, `mapping`, `repair` and `speed` do one thing only. `predict <inputs.jsonl>` prints a prediction
//! a line, by the shipped model. Guarantee: deterministic but for the timing; writes nothing but the model, and that only when
//! told to. A crash loses a run.

use std::collections::BTreeMap;
use std::io::Write as _;

use autonomos_actors::matching::model::{Model, SHOW, Tables};
use autonomos_actors::matching::rename_fit;
use autonomos_actors::matching::score::{Figures, Tally};
use autonomos_actors::matching::train::{Labelled, Lesson, Lessons, Show};
use autonomos_actors::matching::{FieldSample, ObjectSample, propose_mapping, propose_mapping_bulk};
use autonomos_runtime::Ambient;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const TRUTH: &str = include_str!("../data/truth/mapping_truth.jsonl");
const DRIFTS: &str = include_str!("../data/truth/drift_truth.jsonl");

fn main() -> Outcome {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["train"] => train(),
        ["predict", path] => predict(path),
        ["speed"] => speed(),
        ["mapping"] => mapping(),
        ["repair"] => repair(),
        [] => {
            mapping()?;
            repair()?;
            speed()
        }
        _ => Err("say nothing, or train, mapping, repair, speed, or predict <inputs.jsonl>".into()),
    }
}

fn train() -> Outcome {
    let tables = Tables::new();
    let lessons = Lessons::read(TRUTH, &tables)?;
    let model = lessons.train(&tables, u32::MAX, &|_| true);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/matching/model");
    std::fs::write(format!("{folder}/mapping.json"), serde_json::to_string(&model.to_file(tables.lexicon))?)?;
    let cases = rename_fit::read_cases(DRIFTS)?;
    std::fs::write(format!("{folder}/rename.txt"), rename_fit::train(&cases).text())?;
    writeln!(
        std::io::stdout(),
        "written: models of {} systems and {} schema changes",
        lessons.systems.len(),
        cases.len()
    )?;
    Ok(())
}

fn mapping() -> Outcome {
    let tables = Tables::new();
    let lessons = Lessons::read(TRUTH, &tables)?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "mapping, leave one system out, entity found by itself, names only")?;
    heading(&mut out)?;
    let mut names = Tally::default();
    let mut all = Tally::default();
    for (bit, system) in lessons.systems.iter().enumerate() {
        let model = lessons.train(&tables, !(1 << bit), &|_| true);
        let mut here = Tally::default();
        for lesson in lessons.objects.iter().filter(|o| o.system as usize == bit) {
            tally(&tables, &lessons, &model, lesson, Show::Names, &|_| true, &mut here);
            tally(&tables, &lessons, &model, lesson, Show::All, &|_| true, &mut all);
        }
        line(&mut out, system, &here.figures())?;
        names.merge(&here);
    }
    line(&mut out, "all systems, names only", &names.figures())?;
    line(&mut out, "all systems, with types and samples", &all.figures())?;

    // one project's labels at a time, by a matcher that has seen neither the project nor any field of the system
    writeln!(out, "mapping, leave one project and its systems out, names only")?;
    heading(&mut out)?;
    let mut projects: BTreeMap<&str, (usize, u32)> = BTreeMap::new();
    for lesson in &lessons.objects {
        for label in lesson.fields.iter().map(|at| &lessons.labels[*at]) {
            if label.canonical_field.is_some() && label.scored {
                let (count, systems) = projects.entry(&label.project).or_default();
                *count += 1;
                *systems |= 1 << lesson.system;
            }
        }
    }
    for (project, (_, systems)) in projects.iter().filter(|(_, (count, _))| *count >= 10) {
        let keep = |l: &Labelled| l.project != *project;
        let only = |l: &Labelled| l.project == *project || l.canonical_field.is_none();
        // systems the project labelled are left out in two halves, so that something remains to learn from
        let mut here = Tally::default();
        let bits: Vec<usize> = (0..lessons.systems.len()).filter(|b| systems >> b & 1 == 1).collect();
        for half in 0..2 {
            let hidden: Vec<usize> = bits.iter().copied().skip(half).step_by(2).collect();
            if hidden.is_empty() {
                continue;
            }
            let model = lessons.train(&tables, !hidden.iter().fold(0_u32, |m, b| m | 1 << b), &keep);
            for lesson in lessons.objects.iter().filter(|o| hidden.contains(&(o.system as usize))) {
                if lesson.fields.iter().any(|at| lessons.labels[*at].project == *project && lessons.labels[*at].scored)
                {
                    tally(&tables, &lessons, &model, lesson, Show::Names, &only, &mut here);
                }
            }
        }
        line(&mut out, project, &here.figures())?;
    }
    Ok(())
}

fn repair() -> Outcome {
    write!(std::io::stdout(), "{}", rename_fit::report(&rename_fit::read_cases(DRIFTS)?))?;
    Ok(())
}

fn tally(
    tables: &Tables,
    lessons: &Lessons,
    model: &Model,
    lesson: &Lesson,
    show: Show,
    counts: &dyn Fn(&Labelled) -> bool,
    into: &mut Tally,
) {
    for (at, verdict) in lesson.fields.iter().zip(lessons.judge(tables, model, lesson, show)) {
        let label = &lessons.labels[*at];
        if label.scored && counts(label) {
            let shown = verdict.filter(|v| v.confidence >= SHOW);
            into.add(label.canonical_field.is_some(), shown.map(|v| (lessons.is_right(*at, v.target), v.confidence)));
        }
    }
}

fn heading(out: &mut impl std::io::Write) -> std::io::Result<()> {
    writeln!(out, "| left out | fields | mapped | P | R | F1 | applied P | applied R | applied | ECE |")?;
    writeln!(out, "|---|---|---|---|---|---|---|---|---|---|")
}

fn line(out: &mut impl std::io::Write, name: &str, f: &Figures) -> std::io::Result<()> {
    writeln!(
        out,
        "| {name} | {} | {} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {} | {:.3} |",
        f.rows, f.positives, f.precision, f.recall, f.f1, f.applied_precision, f.applied_recall, f.applied, f.ece
    )?;
    out.flush()
}

fn predict(path: &str) -> Outcome {
    let text = std::fs::read_to_string(path)?;
    let labels = text.lines().map(serde_json::from_str).collect::<Result<Vec<Labelled>, _>>()?;
    let mut objects: BTreeMap<(&str, &str), Vec<&Labelled>> = BTreeMap::new();
    for label in &labels {
        objects.entry((&label.system, &label.object)).or_default().push(label);
    }
    let mut out = std::io::stdout().lock();
    for ((system, object), fields) in objects {
        let sample = ObjectSample {
            system: Some(system.to_owned()),
            object: object.to_owned(),
            fields: fields
                .iter()
                .map(|l| FieldSample {
                    name: l.field.clone(),
                    data_type: l.data_type.clone(),
                    samples: l.samples.clone(),
                })
                .collect(),
        };
        for (label, proposal) in fields.iter().zip(propose_mapping(&sample)) {
            let line = serde_json::json!({
                "id": label.id,
                "canonical_entity": proposal.entity,
                "canonical_field": proposal.canonical_field,
                "confidence": proposal.confidence,
            });
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// 1,000 objects of 500 fields: names drawn from the truth, half of them altered so that they are nobody's.
fn speed() -> Outcome {
    let labels = TRUTH.lines().map(serde_json::from_str).collect::<Result<Vec<Labelled>, _>>()?;
    let mut state = 1_u64;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let objects: Vec<ObjectSample> = (0..1000)
        .map(|_| {
            let first = &labels[draw(labels.len())];
            let fields = (0..500).map(|k| {
                let label = &labels[draw(labels.len())];
                let name = match draw(4) {
                    0 => format!("{}_{k}", label.field),
                    1 => format!("x{}_{}", draw(100_000), label.field),
                    _ => label.field.clone(),
                };
                FieldSample { name, data_type: label.data_type.clone(), samples: Vec::new() }
            });
            ObjectSample { system: Some(first.system.clone()), object: first.object.clone(), fields: fields.collect() }
        })
        .collect();
    propose_mapping_bulk(&objects[..10]);
    let ambient = Ambient::system();
    let (start, cpu) = (ambient.elapsed(), on_cpu());
    let proposals = propose_mapping_bulk(&objects);
    let (took, cpu) = (ambient.elapsed().saturating_sub(start).as_secs_f64(), on_cpu() - cpu);
    let fields: usize = proposals.iter().map(Vec::len).sum();
    let mapped = proposals.iter().flatten().filter(|p| p.canonical_field.is_some()).count();
    writeln!(
        std::io::stdout(),
        "bulk, one thread: {fields} fields in {took:.2} s of wall time, {cpu:.2} s on the CPU: {:.0} fields/s a core ({mapped} mapped)",
        fields as f64 / if cpu > 0.0 { cpu } else { took }
    )?;
    Ok(())
}

/// Seconds this process has been on a CPU, where the system says so: what a busy machine's wall time hides.
fn on_cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e9
}
