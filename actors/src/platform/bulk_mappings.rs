//! Mapping jobs as people ask for and see them: many connectors, each with its objects and fields, at once.

use autonomos_runtime::bus::Fact;
use autonomos_runtime::ids::TaskId;
use autonomos_runtime::store::{BulkObject, NewAudit, NewBulkObject, NewTask, Page, Paged, Task, TaskFilter};
use autonomos_runtime::{Error, Result, Scope};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::shapes::DescribedField;
use super::{Listing, Platform};
use crate::matching::FieldSample;
use crate::task::bulk_mapping::{self, MOST, TASK, too_many};

/// What a mapping job is made from: connections by name (all that there are, unless said), or objects as they are described.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBulkMapping {
    /// Connections whose streams are mapped, as they were last seen.
    #[serde(default)]
    pub connections: Option<Vec<String>>,
    /// Objects instead.
    #[serde(default)]
    pub objects: Option<Vec<DescribedObject>>,
    /// Told when it ends, by a signed message.
    #[serde(default)]
    pub callback_url: Option<String>,
}

/// An object of a source that need not be connected.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DescribedObject {
    /// What the caller calls where it comes from.
    #[serde(default)]
    pub source: Option<String>,
    /// `salesforce`, ...; absent: unknown.
    #[serde(default)]
    pub system: Option<String>,
    /// Its name there.
    pub object: String,
    /// Its fields.
    pub fields: Vec<DescribedField>,
}

/// A mapping job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkMappingView {
    /// Its id, which is its task's.
    #[schema(value_type = String, format = Uuid)]
    pub id: TaskId,
    /// `queued`, `in_progress`, `retry_wait`, `success`, `failed`, `cancelled`.
    pub state: String,
    /// Objects.
    pub objects: i64,
    /// Of them, done.
    pub objects_done: i64,
    /// Fields of all objects.
    pub fields: i64,
    /// Of them, done.
    pub fields_done: i64,
    /// Of these, held to be something.
    pub mapped: i64,
    /// Why it failed: `{code, message, remedy?}`.
    #[schema(value_type = Option<Object>)]
    pub error: Option<Value>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// An object of a job.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkObjectView {
    /// Where it comes from.
    pub source: String,
    /// The system, if known.
    pub system: Option<String>,
    /// Its name there.
    pub object: String,
    /// Its fields.
    pub field_count: i64,
    /// Of them, held to be something; null: not done.
    pub mapped: Option<i64>,
    /// What each is held to be: `[{field, entity, canonical_field, confidence}]`; null: not done.
    #[schema(value_type = Option<Vec<Object>>)]
    pub proposals: Option<Value>,
}

impl From<BulkObject> for BulkObjectView {
    fn from(row: BulkObject) -> Self {
        Self {
            source: row.source,
            system: row.system,
            object: row.object,
            field_count: row.field_count,
            mapped: row.mapped,
            proposals: row.proposals,
        }
    }
}

fn described(at: usize, object: &DescribedObject) -> Result<NewBulkObject> {
    if object.object.trim().is_empty() || object.fields.is_empty() {
        let what = "An object has a name and at least one field.";
        return Err(Error::invalid("bulk.object", what)
            .field(format!("/objects/{at}"))
            .remedy("Describe it, or leave it out."));
    }
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields: Vec<FieldSample> = object
        .fields
        .iter()
        .map(|field| FieldSample {
            name: field.name.clone(),
            data_type: field.data_type.clone(),
            samples: field.samples.iter().map(text).collect(),
        })
        .collect();
    Ok(NewBulkObject {
        source: object.source.clone().unwrap_or_else(|| object.system.clone().unwrap_or_default()),
        system: object.system.clone(),
        object: object.object.clone(),
        field_count: fields.len() as u64,
        fields: json!(fields),
    })
}

impl Platform {
    /// Asks for a job.
    pub async fn create_bulk_mapping(&self, scope: &Scope, asked: &NewBulkMapping) -> Result<BulkMappingView> {
        if asked.connections.is_some() && asked.objects.is_some() {
            return Err(Error::invalid("bulk.both", "A job maps connections or objects, not both.")
                .field("/objects")
                .remedy("Ask for two jobs."));
        }
        let callback_url = match &asked.callback_url {
            Some(url) => Some(self.callback(scope, url).await.map_err(|e| e.field("/callback_url"))?),
            None => None,
        };
        let desk = self.desk(scope).await?;
        let mut tx = self.parts().store.begin(scope).await?;
        let objects = match &asked.objects {
            Some(objects) if objects.len() > MOST => return Err(too_many()),
            Some(objects) if objects.is_empty() => {
                return Err(Error::invalid("bulk.object", "There is no object to map.").field("/objects"));
            }
            Some(objects) => {
                objects.iter().enumerate().map(|(at, object)| described(at, object)).collect::<Result<Vec<_>>>()?
            }
            None => {
                let names = asked.connections.as_ref().map(|names| names.iter().map(String::as_str).collect());
                bulk_mapping::of_connections(tx.as_mut(), names).await.map_err(|e| e.field("/connections"))?
            }
        };
        let (count, fields) = (objects.len(), objects.iter().map(|o| o.field_count).sum::<u64>());
        let payload = json!({"objects": count, "fields": fields});
        let new = NewTask { kind: TASK.to_owned(), payload: payload.clone(), callback_url, ..NewTask::default() };
        let task = tx.create_task(new).await?;
        tx.add_bulk_objects(task.id, objects).await?;
        tx.append_audit(NewAudit::new("bulk_mapping.create", "task", task.id).after(payload)).await?;
        tx.save().await?;
        desk.publish(Fact::task_state(task.id, TASK, "queued", 0, 0.0));
        desk.tasks().wake();
        self.bulk_mapping(scope, task.id).await
    }

    /// The tenant's jobs, newest first.
    pub async fn bulk_mappings(&self, scope: &Scope, listing: Listing) -> Result<Paged<BulkMappingView>> {
        let filter = TaskFilter { state: listing.state()?, kind: Some(TASK.to_owned()), connection: None };
        let mut tx = self.parts().store.read(scope).await?;
        let found = tx.tasks(&filter, &listing.page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for task in found.items {
            let counts = tx.bulk_counts(task.id).await?;
            items.push(view(task, counts));
        }
        Ok(Paged { items, next_cursor: found.next_cursor })
    }

    /// One of them.
    pub async fn bulk_mapping(&self, scope: &Scope, id: TaskId) -> Result<BulkMappingView> {
        let mut tx = self.parts().store.read(scope).await?;
        let task = tx.task(id).await?;
        if task.kind != TASK {
            return Err(unknown());
        }
        let counts = tx.bulk_counts(id).await?;
        Ok(view(task, counts))
    }

    /// What its objects are held to be, in their order.
    pub async fn bulk_mapping_results(&self, scope: &Scope, id: TaskId, page: &Page) -> Result<Paged<BulkObjectView>> {
        let mut tx = self.parts().store.read(scope).await?;
        if tx.task(id).await?.kind != TASK {
            return Err(unknown());
        }
        Ok(tx.bulk_objects(id, page).await?.map(BulkObjectView::from))
    }

    /// Calls one off; what is done stays.
    pub async fn cancel_bulk_mapping(&self, scope: &Scope, id: TaskId) -> Result<BulkMappingView> {
        self.bulk_mapping(scope, id).await?;
        self.cancel_task(scope, id).await?;
        self.bulk_mapping(scope, id).await
    }
}

fn unknown() -> Error {
    // As of any task that is not there.
    Error::not_found("task.unknown", "there is no such task")
}

fn view(task: Task, counts: autonomos_runtime::store::BulkCounts) -> BulkMappingView {
    BulkMappingView {
        id: task.id,
        state: task.state.to_string(),
        objects: counts.objects,
        objects_done: counts.done,
        fields: counts.fields,
        fields_done: counts.fields_done,
        mapped: counts.mapped,
        error: task.error,
        created_at: task.created_at,
        finished_at: task.finished_at,
    }
}
