//! What all tenants do while things fail, and the ledger of what they were answered: files that are uploaded and read, small
//! tasks asked for under a key each, and a view that is looked at.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::person::Person;
use crate::{Outcome, clock, data};

/// Rows of a file.
pub const PART: u64 = 200;
/// Between two mutations of a tenant.
const MUTATES: Duration = Duration::from_millis(100);
/// Between two of its files.
const FEEDS: Duration = Duration::from_millis(1_500);
/// Between two looks at its view.
const LOOKS: Duration = Duration::from_millis(100);

/// What one tenant did and was answered.
#[derive(Debug)]
pub struct Ledger {
    /// Who.
    pub person: Person,
    /// Seed of the rows.
    pub seed: u64,
    /// Files that were uploaded.
    pub parts: AtomicU64,
    /// Tasks that were answered: when the try that was answered began, when it was, and the task.
    pub tasks: Mutex<Vec<(Instant, Instant, String)>>,
    /// Looks that were refused.
    pub refused: Mutex<Vec<Instant>>,
    /// The connection that reads the files.
    pub connection: String,
}

/// Everybody's work, until it is told to end.
#[derive(Debug)]
pub struct Work {
    /// A ledger a tenant.
    pub ledgers: Vec<Arc<Ledger>>,
    over: Arc<AtomicBool>,
    running: JoinSet<Outcome>,
}

impl Work {
    /// Begins it.
    pub async fn begin(people: Vec<Person>) -> Outcome<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let (mut ledgers, mut running) = (Vec::new(), JoinSet::new());
        for person in people {
            let config = json!({"path": "crm/opportunities*.csv", "system": "salesforce"});
            let body = json!({"name": "crm", "type": "file", "config": config});
            let made = person.insist(Method::POST, "/api/v1/aam/connections", Some(body), Some("connect")).await?;
            let connection = made["id"].as_str().ok_or("a connection without id")?.to_owned();
            let ledger = Arc::new(Ledger {
                seed: 1_000 + person.n as u64,
                person,
                parts: AtomicU64::new(0),
                tasks: Mutex::default(),
                refused: Mutex::default(),
                connection,
            });
            running.spawn(mutate(ledger.clone(), over.clone()));
            running.spawn(feed(ledger.clone(), over.clone()));
            running.spawn(look(ledger.clone(), over.clone()));
            ledgers.push(ledger);
        }
        Ok(Self { ledgers, over, running })
    }

    /// Ends it: what was begun is done.
    pub async fn end(&mut self) -> Outcome {
        self.over.store(true, Ordering::Relaxed);
        while let Some(ended) = self.running.join_next().await {
            ended.map_err(|e| e.to_string())??;
        }
        Ok(())
    }

    /// What somebody could not go on after, if anybody could not.
    pub fn failed(&mut self) -> Outcome {
        match self.running.try_join_next() {
            None | Some(Ok(Ok(()))) => Ok(()),
            Some(Ok(Err(why))) => Err(why),
            Some(Err(error)) => Err(error.to_string()),
        }
    }

    /// How long after a moment each tenant's first mutation was done that was begun after it; none: none was, yet.
    pub fn recovered(&self, after: Instant) -> Vec<Option<Duration>> {
        let first = |ledger: &Arc<Ledger>| {
            let tasks = ledger.tasks.lock();
            tasks.iter().find(|(began, ..)| *began >= after).map(|(_, done, _)| done.duration_since(after))
        };
        self.ledgers.iter().map(first).collect()
    }

    /// How long the mutations took that were done since a moment, sorted, in seconds.
    pub fn waits(&self, since: Instant) -> Vec<f64> {
        let mut waits = Vec::new();
        for ledger in &self.ledgers {
            let tasks = ledger.tasks.lock();
            let recent = tasks.iter().rev().take_while(|(_, done, _)| *done >= since);
            waits.extend(recent.map(|(began, done, _)| done.duration_since(*began).as_secs_f64()));
        }
        waits.sort_by(f64::total_cmp);
        waits
    }

    /// Looks that were refused since a moment.
    pub fn refused(&self, since: Instant) -> usize {
        self.ledgers.iter().map(|ledger| ledger.refused.lock().iter().filter(|at| **at >= since).count()).sum()
    }
}

async fn mutate(ledger: Arc<Ledger>, over: Arc<AtomicBool>) -> Outcome {
    let mut n = 0_u64;
    while !over.load(Ordering::Relaxed) {
        let key = format!("task-{n}");
        n += 1;
        let body = json!({"kind": "noop", "payload": {"n": n}});
        let began = clock::now();
        let task = ledger.person.insist(Method::POST, "/api/v1/tasks", Some(body), Some(&key)).await?;
        let id = task["id"].as_str().ok_or_else(|| format!("a task without id: {task}"))?.to_owned();
        ledger.tasks.lock().push((began, clock::now(), id));
        tokio::time::sleep(MUTATES).await;
    }
    Ok(())
}

async fn feed(ledger: Arc<Ledger>, over: Arc<AtomicBool>) -> Outcome {
    while !over.load(Ordering::Relaxed) {
        let part = ledger.parts.load(Ordering::Relaxed);
        let mut text = format!("{}\n", data::HEADER);
        for row in part * PART..(part + 1) * PART {
            data::row(ledger.seed, row, &mut text);
        }
        let path = format!("/api/v1/files/crm/opportunities_{part:05}.csv");
        ledger.person.insist(Method::PUT, &path, Some(text.into()), None).await?;
        ledger.parts.store(part + 1, Ordering::Relaxed);
        let path = format!("/api/v1/aam/connections/{}/sync", ledger.connection);
        ledger.person.insist(Method::POST, &path, Some(json!({})), None).await?;
        tokio::time::sleep(FEEDS).await;
    }
    Ok(())
}

async fn look(ledger: Arc<Ledger>, over: Arc<AtomicBool>) -> Outcome {
    while !over.load(Ordering::Relaxed) {
        let at = clock::now();
        if ledger
            .person
            .once(ledger.person.turn(), Method::GET, "/api/v1/dcl/views/opportunities?limit=10", None, None)
            .await?
            .is_err()
        {
            ledger.refused.lock().push(at);
        }
        tokio::time::sleep(LOOKS).await;
    }
    Ok(())
}
