//! What must be true in the end, whatever failed: of every tenant, everything that was answered is there, once, and nothing else.

use std::collections::BTreeSet;

use autonomos_runtime::testkit::postgres;
use reqwest::Method;
use serde_json::{Value, json};

use super::work::{Ledger, PART};
use crate::Outcome;
use crate::client::Client;
use crate::scenario::kill;

/// Rows of the log whose epoch is lower than that of the row before it (C3).
const FELL: &str = "select count(*)::text from (select epoch < lag(epoch) over (partition by tenant_id order by seq) as fell \
    from autonomos.canonical_streams) as log where fell";
/// Rows that somebody wrote under an epoch which nobody had (C3).
const NOBODYS: &str = "select count(*)::text from autonomos.canonical_streams s where not exists (select 1 from \
    autonomos.owner_history h where h.tenant_id = s.tenant_id and h.epoch = s.epoch)";

/// What is wrong with a tenant.
pub async fn tenant(ledger: &Ledger) -> Outcome<Vec<String>> {
    let person = &ledger.person;
    let path = format!("/api/v1/aam/connections/{}/sync", ledger.connection);
    let asked = person.insist(Method::POST, &path, Some(json!({})), None).await?;
    person.wait(asked["task_id"].as_str().ok_or("no task id")?).await?;
    let (url, token) = person.at_any();
    let client = Client::signed_in(&url, token);
    let rows = ledger.parts.load(std::sync::atomic::Ordering::Relaxed) * PART;
    let mut wrong = kill::compare(&client, ledger.seed, rows).await?;
    wrong.extend(tasks(ledger).await?);
    wrong.extend(digest(ledger).await?);
    Ok(wrong.into_iter().map(|what| format!("tenant {}: {what}", person.n)).collect())
}

/// C1, C2: every task that was answered is there, each once and done.
async fn tasks(ledger: &Ledger) -> Outcome<Vec<String>> {
    let (mut wrong, mut there, mut cursor) = (Vec::new(), BTreeSet::new(), None::<String>);
    loop {
        let after = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
        let path = format!("/api/v1/tasks?kind=noop&limit=500{after}");
        let page = ledger.person.insist(Method::GET, &path, None, None).await?;
        for task in page["items"].as_array().into_iter().flatten() {
            if task["state"] != "success" {
                wrong.push(format!("{task} is not done"));
            }
            there.insert(task["id"].as_str().unwrap_or_default().to_owned());
        }
        cursor = page["next_cursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    let answered: BTreeSet<String> = ledger.tasks.lock().iter().map(|(_, _, id)| id.clone()).collect();
    if answered.len() != ledger.tasks.lock().len() {
        wrong.push("two keys were answered with one task".to_owned());
    }
    wrong.extend(answered.difference(&there).map(|id| format!("task {id} is lost")));
    wrong.extend(there.difference(&answered).map(|id| format!("task {id} is a second one")));
    Ok(wrong)
}

/// C4: views that are built from the log again are the same.
async fn digest(ledger: &Ledger) -> Outcome<Option<String>> {
    let digest = async || -> Outcome<Value> {
        Ok(ledger.person.insist(Method::GET, "/api/v1/dcl/digest", None, None).await?["digest"].clone())
    };
    let before = digest().await?;
    let asked = ledger.person.insist(Method::POST, "/api/v1/dcl/rebuild", Some(json!({})), None).await?;
    ledger.person.wait(asked["task_id"].as_str().ok_or("no task id")?).await?;
    let after = digest().await?;
    Ok((before != after).then(|| format!("the views had the digest {before}, and built again {after}")))
}

/// C3: nobody wrote who had lost the tenant.
pub async fn epochs(superuser: &str) -> Outcome<Vec<String>> {
    let mut wrong = Vec::new();
    for (sql, what) in
        [(FELL, "rows were written by an older epoch"), (NOBODYS, "rows were written under nobody's epoch")]
    {
        let count = postgres::Server::ask(superuser, sql).await?;
        let count = count.first().and_then(|row| row.first()).cloned().unwrap_or_default();
        if count != "0" {
            wrong.push(format!("{count} {what}"));
        }
    }
    Ok(wrong)
}
