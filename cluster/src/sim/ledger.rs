//! One tenant's rows in the simulated database: who owns it, and its ledger. Locks are those that the design uses: shared
//! ones on the owner row, one at a time on the tenant's counter.

use std::collections::{BTreeMap, HashSet};

use autonomos_runtime::authority::{Instance, NodeId};

/// Streams a tenant has.
pub const STREAMS: usize = 2;

/// What a transaction writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Write {
    /// The records of a stream from one offset to another. The same range is the same batch.
    Batch { stream: usize, from: u64, to: u64 },
    /// A mutation, by its idempotency key.
    Key(u64),
}

/// What was asked of a row when an owner opens it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Where the streams stand.
    pub offsets: [u64; STREAMS],
    /// Entries of the log.
    pub head: u64,
    /// Up to where views were written by the last owner that closed them.
    pub snapshot: u64,
}

/// What a write meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meets {
    /// It can be made.
    Fits,
    /// It was made before.
    Already,
    /// The stream stands there.
    Moved(u64),
}

/// Why a row changed its owner last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// It was made.
    Made,
    /// Its owner was over.
    Takeover,
    /// Its owner handed it over.
    Transfer,
    /// Its owner took a new epoch.
    Reclaim,
    /// The placer did, without its owner.
    Anyway,
}

/// See the module.
#[derive(Debug)]
pub struct Row {
    pub holder: Instance,
    pub epoch: i64,
    pub cause: Cause,
    pub wanted: Option<(NodeId, i64)>,
    pub pinned: Option<NodeId>,
    pub load: u32,
    pub active: i64,
    /// Open transactions that hold the owner row.
    pub shared: Vec<u64>,
    /// The one that holds the counter.
    pub counter: Option<u64>,
    pub standing: Standing,
    batches: HashSet<(usize, u64, u64)>,
    /// How often each record of a stream, and each key, was committed.
    pub records: [Vec<u8>; STREAMS],
    pub keys: BTreeMap<u64, u8>,
}

impl Row {
    /// Of a tenant that nobody did anything for.
    pub fn new(holder: Instance, load: u32) -> Self {
        Self {
            holder,
            epoch: 1,
            cause: Cause::Made,
            wanted: None,
            pinned: None,
            load,
            active: 0,
            shared: Vec::new(),
            counter: None,
            standing: Standing::default(),
            batches: HashSet::new(),
            records: Default::default(),
            keys: BTreeMap::new(),
        }
    }

    /// Gives it to another owner.
    pub fn grant(&mut self, to: Instance, epoch: i64, cause: Cause) {
        (self.holder, self.epoch, self.cause, self.wanted) = (to, epoch, cause, None);
    }

    /// What a write meets; without `guarded`, nothing.
    pub fn meets(&self, write: Write, guarded: bool) -> Meets {
        match write {
            _ if !guarded => Meets::Fits,
            Write::Batch { stream, from, to } if self.batches.contains(&(stream, from, to)) => Meets::Already,
            Write::Batch { stream, from, .. } if self.standing.offsets[stream] != from => {
                Meets::Moved(self.standing.offsets[stream])
            }
            Write::Key(key) if self.keys.contains_key(&key) => Meets::Already,
            _ => Meets::Fits,
        }
    }

    /// Makes a write.
    pub fn apply(&mut self, write: Write) {
        self.standing.head += 1;
        match write {
            Write::Batch { stream, from, to } => {
                self.batches.insert((stream, from, to));
                self.standing.offsets[stream] = to;
                let records = &mut self.records[stream];
                if records.len() < to as usize {
                    records.resize(to as usize, 0);
                }
                for record in &mut records[from as usize..to as usize] {
                    *record = record.saturating_add(1);
                }
            }
            Write::Key(key) => *self.keys.entry(key).or_insert(0) += 1,
        }
    }
}
