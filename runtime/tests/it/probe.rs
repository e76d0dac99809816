//! An actor that does what a test tells it to, and the things most tests of the kit begin with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use autonomos_runtime::ids::{TenantId, TraceId};
use autonomos_runtime::supervision::{
    Actor, ActorRef, Address, ChildSpec, Failure, Key, Node, Observed, Phase, Reply, Reports, Seat, Wake,
};
use autonomos_runtime::{Actor as Who, Ambient, Error, Result, Scope};
use parking_lot::Mutex;
use tokio::sync::Semaphore;

/// Long enough never to be the reason a test fails on a busy machine.
pub const SOON: Duration = Duration::from_secs(20);

/// What happened, in order.
pub type Log = Arc<Mutex<Vec<String>>>;

pub enum Msg {
    Panic(&'static str),
    Fail(Error),
    End,
    Note(u64),
    /// Waits, not listening to anything, until the gate gives a permit.
    Hold(Arc<Semaphore>),
    /// Never answers.
    Swallow(Reply<()>),
    Ask(Reply<Result<u64>>),
    Wake(Wake),
}

impl From<Wake> for Msg {
    fn from(wake: Wake) -> Self {
        Self::Wake(wake)
    }
}

pub struct Args {
    pub seat: Seat,
    pub log: Log,
    pub rounds: Arc<AtomicU64>,
    pub gate: Option<Arc<Semaphore>>,
    pub bad_start: bool,
    pub bad_work: bool,
    pub begin: bool,
}

pub struct State {
    args: Args,
    held: Vec<Reply<()>>,
}

#[derive(Clone, Copy)]
pub struct Probe;

impl Actor for Probe {
    type Msg = Msg;
    type State = State;
    type Arguments = Args;

    async fn pre_start(&self, myself: ActorRef<Msg>, args: Args) -> Result<State, Failure> {
        args.log.lock().push(format!("start {}", args.seat.key().path()));
        if args.bad_start {
            return Err(Error::unavailable("probe.no_start", "cannot start").into());
        }
        if args.begin {
            args.seat.wake(&myself);
        }
        Ok(State { args, held: Vec::new() })
    }

    async fn handle(&self, myself: ActorRef<Msg>, message: Msg, state: &mut State) -> Result<(), Failure> {
        match message {
            Msg::Panic(why) => panic!("{why}"),
            Msg::Fail(error) => return Err(error.into()),
            Msg::End => myself.stop(None),
            Msg::Note(n) => state.args.log.lock().push(format!("{n}")),
            Msg::Hold(gate) => gate.acquire().await.expect("an open gate").forget(),
            Msg::Swallow(reply) => state.held.push(reply),
            Msg::Ask(reply) => drop(reply.send(Ok(state.args.seat.generation()))),
            Msg::Wake(wake) => {
                if state.args.begin {
                    wake.begin();
                }
                state.args.rounds.fetch_add(1, Ordering::SeqCst);
                if let Some(gate) = &state.args.gate {
                    gate.acquire().await.expect("an open gate").forget();
                }
                assert!(!state.args.bad_work, "the source bites");
            }
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, state: &mut State) -> Result<(), Failure> {
        state.args.log.lock().push(format!("stop {}", state.args.seat.key().path()));
        Ok(())
    }
}

/// A node, a tenant on it, and what its probes wrote down.
pub struct Bench {
    pub node: Node,
    pub scope: Scope,
    pub log: Log,
    pub rounds: Arc<AtomicU64>,
    pub told: Arc<Told>,
}

impl Bench {
    pub fn new() -> Self {
        let ambient = Ambient::system();
        let scope = Scope::new(TenantId::new(&ambient), Who::System("test"), TraceId::new(&ambient));
        Self {
            node: Node::new("bench", ambient),
            scope,
            log: Log::default(),
            rounds: Arc::default(),
            told: Arc::default(),
        }
    }

    pub fn key(&self, path: &str) -> Key {
        Key::of(&self.scope, path)
    }

    pub fn probe(&self, path: &str) -> ChildSpec {
        self.probe_with(path, |_| ())
    }

    /// A probe whose arguments differ.
    pub fn probe_with(&self, path: &str, change: impl Fn(&mut Args) + Send + Sync + 'static) -> ChildSpec {
        let (log, rounds) = (self.log.clone(), self.rounds.clone());
        ChildSpec::new(self.key(path), "probe", Probe, move |seat| {
            let mut args = Args {
                seat,
                log: log.clone(),
                rounds: rounds.clone(),
                gate: None,
                bad_start: false,
                bad_work: false,
                begin: true,
            };
            change(&mut args);
            args
        })
    }

    pub fn address(&self, path: &str) -> Address<Msg> {
        self.node.address(&self.key(path))
    }

    /// The generation that answers at the path, which shows that somebody does.
    pub async fn ask(&self, path: &str) -> Result<u64> {
        self.address(path).ask(SOON, Msg::Ask).await
    }

    /// Waits until somebody at the path is in a phase after so many restarts.
    pub async fn until(&self, path: &str, phase: Phase, restarts: u64) -> Observed {
        let looks = move |seen: Option<&Observed>| seen.is_some_and(|o| o.state == phase && o.restarts >= restarts);
        let seen = self.node.observatory().until(&self.key(path), SOON, looks).await;
        seen.expect("in time").expect("somebody")
    }

    pub async fn until_gone(&self, path: &str) {
        let seen = self.node.observatory().until(&self.key(path), SOON, |seen| seen.is_none()).await;
        assert!(seen.expect("in time").is_none());
    }
}

/// Notes what a tree reports.
#[derive(Default)]
pub struct Told(pub Mutex<Vec<String>>);

impl Told {
    pub fn has(&self, what: &str) -> bool {
        self.0.lock().iter().any(|told| told == what)
    }
}

impl Reports for Told {
    fn quarantined(&self, key: &Key, _: &'static str, error: &str) {
        self.0.lock().push(format!("quarantined {}: {error}", key.path()));
    }

    fn released(&self, key: &Key, _: &'static str) {
        self.0.lock().push(format!("released {}", key.path()));
    }

    fn suspended(&self, key: &Key, _: &str) {
        self.0.lock().push(format!("suspended {}", key.path()));
    }

    fn fenced(&self, key: &Key) {
        self.0.lock().push(format!("fenced {}", key.path()));
    }
}
