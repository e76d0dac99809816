//! Mapping of many objects at once, as a task: what the fields of each are held to be, by the shipped model.
//!
//! The objects are rows; a portion is proposed for off the runtime's threads and kept with how far the job is, in one
//! transaction. Called off, it is dropped where it is: the portion under way is lost, as by a crash, and another attempt goes
//! on with what is left.

use std::sync::Arc;

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{BulkDone, BulkObject, Connection, NewBulkObject, Page, StreamState, Tx};
use autonomos_runtime::{Error, Result};
use serde_json::{Value, json};

use super::work;
use crate::connector::replaying::off_thread;
use crate::matching::{FieldSample, ObjectSample, propose_mapping_bulk};
use crate::tenant::Desk;

/// The kind of its task.
pub const TASK: &str = "bulk_mapping";
/// Objects of a portion.
const PORTION: u32 = 64;
/// Objects of a job at most.
pub const MOST: usize = 20_000;

/// Maps what the task asks for, as far as it is not mapped yet.
pub async fn run(desk: &Arc<Desk>, task: TaskId) -> Result<Value> {
    let mut tx = desk.parts.store.begin(&desk.scope).await?;
    if tx.bulk_counts(task).await?.objects == 0 {
        let payload = tx.task(task).await?.payload;
        let names = payload["connections"].as_array().map(|all| all.iter().filter_map(Value::as_str).collect());
        let objects = of_connections(tx.as_mut(), names).await?;
        tx.add_bulk_objects(task, objects).await?;
    }
    tx.save().await?;
    loop {
        let left = desk.parts.store.read(&desk.scope).await?.bulk_objects_left(task, PORTION).await?;
        let done = off_thread(move || propose(&left)).await?;
        let over = done.is_empty();
        let mut tx = desk.parts.store.begin(&desk.scope).await?;
        tx.finish_bulk_objects(task, done).await?;
        let counts = tx.bulk_counts(task).await?;
        let progress = json!({"done": counts.done, "total": counts.objects, "fields": counts.fields_done,
            "fields_total": counts.fields, "mapped": counts.mapped});
        tx.progress_task(task, progress.clone()).await?;
        tx.save().await?;
        let share = counts.done as f64 / counts.objects.max(1) as f64;
        desk.publish(Fact::task_state(task, TASK, "in_progress", 1, share));
        if over {
            return Ok(progress);
        }
    }
}

/// Pure, and takes a while.
fn propose(objects: &[BulkObject]) -> Result<Vec<BulkDone>> {
    let mut samples = Vec::with_capacity(objects.len());
    for one in objects {
        let fields: Vec<FieldSample> = serde_json::from_value(one.fields.clone())
            .map_err(|e| Error::internal("bulk.fields", "the fields of an object cannot be read").source(e))?;
        samples.push(ObjectSample { system: one.system.clone(), object: one.object.clone(), fields });
    }
    let proposed = propose_mapping_bulk(&samples);
    let done = objects.iter().zip(&samples).zip(proposed).map(|((one, sample), briefs)| {
        let mapped = briefs.iter().filter(|brief| brief.canonical_field.is_some()).count() as u64;
        let proposals = sample.fields.iter().zip(briefs).map(|(field, brief)| {
            json!({"field": field.name, "entity": brief.entity, "canonical_field": brief.canonical_field,
                "confidence": f64::from(brief.confidence)})
        });
        BulkDone { place: one.place, proposals: proposals.collect(), mapped }
    });
    Ok(done.collect())
}

/// The streams of connections as objects, as their sources were seen; of all connections unless some are named.
pub async fn of_connections(tx: &mut dyn Tx, names: Option<Vec<&str>>) -> Result<Vec<NewBulkObject>> {
    let mut connections: Vec<Connection> = Vec::new();
    if let Some(names) = names {
        for name in names {
            connections.push(work::named(tx, name).await?);
        }
    } else {
        let mut page = Page::first(1000);
        loop {
            let found = tx.connections(None, &page).await?;
            connections.extend(found.items);
            match found.next_cursor {
                Some(next) => page = Page::asked(Some(1000), Some(&next))?,
                None => break,
            }
        }
    }
    let mut objects = Vec::new();
    for connection in connections {
        for stream in tx.streams(connection.id).await? {
            let Some(schema) = stream.schema.filter(|_| stream.state != StreamState::Gone) else { continue };
            let fields: Vec<FieldSample> = schema
                .fields
                .iter()
                .map(|field| FieldSample {
                    name: field.name.clone(),
                    data_type: Some(field.data_type.as_str().to_owned()),
                    samples: field.samples.clone(),
                })
                .collect();
            objects.push(NewBulkObject {
                source: connection.name.clone(),
                system: connection.system.clone(),
                object: stream.object.unwrap_or(stream.name),
                field_count: fields.len() as u64,
                fields: json!(fields),
            });
        }
    }
    if objects.is_empty() {
        return Err(Error::conflict("bulk.nothing", "None of the connections was read yet; there is nothing to map.")
            .remedy("Sync them first, or give objects with their fields."));
    }
    if objects.len() > MOST {
        return Err(too_many());
    }
    Ok(objects)
}

/// More than a job takes.
pub fn too_many() -> Error {
    Error::too_large("bulk.too_many", format!("A job maps {MOST} objects at most."))
        .field("/objects")
        .remedy("Ask for them in several jobs.")
}
