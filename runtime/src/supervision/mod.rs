//! The supervision kit: what ractor leaves to its users, done once.
//!
//! The problem: ractor actors have unbounded mailboxes that die with them, references that go stale at a restart, no
//! restart strategies and a default that kills the supervisor when a child ends. The kit answers with child specs as
//! data ([`ChildSpec`], [`TreeSpec`]), one actor that executes them ([`Supervisor`]), keyed addresses resolved at each
//! send ([`Address`]), nudges that never queue twice ([`Wake`]), budgets whose permits ride in messages ([`Credits`])
//! and a state that every actor shows ([`Observed`]).
//!
//! The guarantee: a child that fails is started again within its budget, beyond it is quarantined and shown, and
//! neither reaches a sibling, another tenant or the node. A tree starts in order and stops in reverse, within deadlines.
//!
//! What a crash does: the mailbox of the actor is lost, by design. Truth is rows and messages are nudges, so an actor
//! reads its state when it starts and whenever it is woken. Nothing in here survives the process.
//!
//! Writing an actor on the kit:
//!
//! ```
//! use std::time::Duration;
//! use autonomos_runtime::supervision::{Actor, ActorRef, Address, ChildSpec, Failure, Key, Node, Reply, Seat, Supervisor, TreeSpec, Wake};
//! use autonomos_runtime::{Ambient, Result};
//!
//! /// What it needs to start: the seat that the kit gives it, and its own things.
//! struct Args { seat: Seat, log: Vec<u64> }
//!
//! enum Msg {
//!     // from outside
//!     GetTotal(Reply<Result<u64>>),
//!     // from siblings and from itself: there may be work
//!     Wake(Wake),
//! }
//!
//! impl From<Wake> for Msg {
//!     fn from(wake: Wake) -> Self { Self::Wake(wake) }
//! }
//!
//! struct State { seat: Seat, log: Vec<u64>, position: usize, total: u64 }
//!
//! #[derive(Clone, Copy)]
//! struct Summer;
//!
//! impl Actor for Summer {
//!     type Msg = Msg;
//!     type State = State;
//!     type Arguments = Args;
//!
//!     // Only builds state: a slow start would hold up its siblings.
//!     async fn pre_start(&self, myself: ActorRef<Msg>, args: Args) -> std::result::Result<State, Failure> {
//!         args.seat.wake(&myself);
//!         Ok(State { seat: args.seat, log: args.log, position: 0, total: 0 })
//!     }
//!
//!     async fn handle(&self, _: ActorRef<Msg>, message: Msg, state: &mut State) -> std::result::Result<(), Failure> {
//!         match message {
//!             Msg::GetTotal(reply) => state.on_get_total(reply),
//!             Msg::Wake(wake) => { wake.begin(); state.on_wake() }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! impl State {
//!     fn on_get_total(&self, reply: Reply<Result<u64>>) {
//!         // Whoever asked may have given up meanwhile: that is no failure of ours.
//!         reply.send(Ok(self.total)).ok();
//!     }
//!
//!     fn on_wake(&mut self) {
//!         self.total += self.log[self.position..].iter().sum::<u64>();
//!         self.position = self.log.len();
//!         self.seat.progress(self.position as u64, 0);
//!     }
//! }
//!
//! /// What others hold: verbs with deadlines, never a reference.
//! #[derive(Clone)]
//! struct Handle(Address<Msg>);
//!
//! impl Handle {
//!     async fn total(&self) -> Result<u64> {
//!         self.0.ask(Duration::from_secs(2), Msg::GetTotal).await
//!     }
//! }
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let node = Node::new("doc", Ambient::system());
//! let key = Key::node("summer");
//! let tree = TreeSpec::ordered(Key::node("root"))
//!     .child(ChildSpec::new(key.clone(), "summer", Summer, |seat| Args { seat, log: vec![1, 2, 3] }).drain(Duration::from_secs(5)));
//! let root = Supervisor::start(&node, tree).await.unwrap();
//! let summer = Handle(node.address(&key));
//! assert_eq!(summer.total().await.unwrap(), 6);
//! root.stop().await;
//! # });
//! ```

mod address;
mod alarm;
mod backoff;
mod child;
mod credit;
mod directory;
mod executor;
mod intensity;
mod key;
mod node;
mod observe;
mod seat;
mod strategy;
mod supervisor;
mod suspension;
mod task;
mod tree;
mod wake;
mod wave;

pub use address::Address;
pub use alarm::Alarm;
pub use backoff::Backoff;
pub use child::{ChildSpec, Restart, Shutdown};
pub use credit::{Credits, Permit};
pub use directory::Directory;
pub use intensity::{Budget, Intensity};
pub use key::Key;
pub use node::Node;
pub use observe::{Health, Observatory, Observed, PATIENCE, Phase, Progress};
pub use seat::Seat;
pub use supervisor::Supervisor;
pub use suspension::Suspensions;
pub use task::{Task, task};
pub use tree::{Reports, TreeSpec};
pub use wake::Wake;
pub use wave::Wave;

// The words of ractor that an actor file needs; everything else of it stays behind the kit.
pub use ractor::{Actor, ActorProcessingErr as Failure, ActorRef, RpcReplyPort as Reply};
