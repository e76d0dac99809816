//! What the kit relies on in ractor, kept true across upgrades. Each test names a fact; when one fails after an upgrade,
//! the kit has to be looked at before the version is taken.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use ractor::{Actor, ActorCell, ActorProcessingErr, ActorRef, ActorStatus, RpcReplyPort, SpawnErr, SupervisionEvent};
use tokio::sync::Semaphore;

/// What happened, in order.
type Log = Arc<Mutex<Vec<&'static str>>>;

enum Msg {
    Count,
    Panic,
    Fail,
    Hold(Arc<Semaphore>),
    Carry(#[expect(dead_code, reason = "only its drop matters")] tokio::sync::OwnedSemaphorePermit),
    Get(RpcReplyPort<usize>),
}

#[derive(Clone, Default)]
struct Leaf {
    log: Log,
    counted: Arc<AtomicUsize>,
    bad_start: bool,
    slow_start: Option<Arc<Semaphore>>,
}

impl Actor for Leaf {
    type Msg = Msg;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Msg>, (): ()) -> Result<(), ActorProcessingErr> {
        if let Some(gate) = &self.slow_start {
            gate.acquire().await?.forget();
        }
        if self.bad_start { Err("no".into()) } else { Ok(()) }
    }

    async fn handle(&self, _: ActorRef<Msg>, message: Msg, (): &mut ()) -> Result<(), ActorProcessingErr> {
        match message {
            Msg::Count => drop(self.counted.fetch_add(1, Ordering::SeqCst)),
            Msg::Panic => panic!("at the disco"),
            Msg::Fail => return Err("failed".into()),
            Msg::Hold(gate) => gate.acquire().await?.forget(),
            Msg::Carry(_) => {}
            Msg::Get(reply) => drop(reply.send(self.counted.load(Ordering::SeqCst))),
        }
        Ok(())
    }

    async fn post_stop(&self, _: ActorRef<Msg>, (): &mut ()) -> Result<(), ActorProcessingErr> {
        self.log.lock().push("post_stop");
        Ok(())
    }
}

/// Notes what it hears of its children.
#[derive(Clone, Default)]
struct Parent {
    heard: Arc<Mutex<Vec<String>>>,
    slow_stop: bool,
}

impl Actor for Parent {
    type Msg = RpcReplyPort<()>;
    type State = ();
    type Arguments = ();

    async fn pre_start(&self, _: ActorRef<Self::Msg>, (): ()) -> Result<(), ActorProcessingErr> {
        Ok(())
    }

    async fn handle(&self, _: ActorRef<Self::Msg>, reply: Self::Msg, (): &mut ()) -> Result<(), ActorProcessingErr> {
        drop(reply.send(()));
        Ok(())
    }

    async fn handle_supervisor_evt(
        &self,
        _: ActorRef<Self::Msg>,
        event: SupervisionEvent,
        (): &mut (),
    ) -> Result<(), ActorProcessingErr> {
        let heard = match event {
            SupervisionEvent::ActorStarted(_) => "started".into(),
            SupervisionEvent::ActorTerminated(_, state, reason) => {
                format!("ended {} {}", if state.is_some() { "in order" } else { "killed" }, reason.unwrap_or_default())
            }
            SupervisionEvent::ActorFailed(_, cause) => format!("failed {cause}"),
            SupervisionEvent::ProcessGroupChanged(_) => return Ok(()),
        };
        self.heard.lock().push(heard);
        Ok(())
    }

    async fn post_stop(&self, myself: ActorRef<Self::Msg>, (): &mut ()) -> Result<(), ActorProcessingErr> {
        if self.slow_stop {
            for child in myself.get_children() {
                drop(child.drain_and_wait(Some(Duration::from_secs(5))).await);
            }
        }
        Ok(())
    }
}

async fn parent() -> (Parent, ActorRef<RpcReplyPort<()>>) {
    let parent = Parent::default();
    let (cell, _) = Actor::spawn(None, parent.clone(), ()).await.unwrap();
    (parent, cell)
}

async fn barrier(parent: &ActorRef<RpcReplyPort<()>>) {
    assert!(parent.call(|reply| reply, None).await.unwrap().is_success());
}

/// Waits for a status that comes by itself.
async fn stopped(cell: &ActorCell) {
    cell.wait(Some(Duration::from_secs(20))).await.unwrap();
    assert_eq!(cell.get_status(), ActorStatus::Stopped);
}

#[tokio::test]
async fn a_panic_or_error_in_a_handler_is_a_failure_with_its_words() {
    let (heard, parent) = parent().await;
    for (message, words) in [(Msg::Panic, "failed at the disco"), (Msg::Fail, "failed failed")] {
        let (leaf, _) = Leaf::spawn_linked(None, Leaf::default(), (), parent.get_cell()).await.unwrap();
        leaf.cast(message).unwrap();
        stopped(&leaf).await;
        barrier(&parent).await;
        assert_eq!(heard.heard.lock().last().unwrap(), words);
    }
}

#[tokio::test]
async fn the_parent_hears_of_an_end_before_whoever_waits_for_it() {
    let (heard, parent) = parent().await;
    for _ in 0..100 {
        let (leaf, _) = Leaf::spawn_linked(None, Leaf::default(), (), parent.get_cell()).await.unwrap();
        leaf.stop(None);
        stopped(&leaf).await;
        // Supervision events go before messages, so behind this barrier all is heard.
        barrier(&parent).await;
        assert_eq!(heard.heard.lock().last().unwrap(), "ended in order ");
    }
}

#[tokio::test]
async fn who_is_killed_says_so_and_runs_no_post_stop() {
    let (heard, parent) = parent().await;
    for (running, words) in [(true, "ended in order killed"), (false, "ended killed killed")] {
        let leaf = Leaf::default();
        let (cell, _) = Leaf::spawn_linked(None, leaf.clone(), (), parent.get_cell()).await.unwrap();
        if running {
            cell.call(Msg::Get, None).await.unwrap();
        }
        cell.kill();
        stopped(&cell).await;
        barrier(&parent).await;
        assert_eq!(heard.heard.lock().last().unwrap(), words);
        assert!(leaf.log.lock().is_empty());
    }
}

#[tokio::test]
async fn stop_skips_the_queue_and_drain_works_through_it() {
    for (drain, expected) in [(false, 0), (true, 50)] {
        let leaf = Leaf::default();
        let (cell, _) = Leaf::spawn(None, leaf.clone(), ()).await.unwrap();
        let gate = Arc::new(Semaphore::new(0));
        cell.cast(Msg::Hold(gate.clone())).unwrap();
        (0..50).for_each(|_| cell.cast(Msg::Count).unwrap());
        if drain {
            cell.drain().unwrap();
        } else {
            cell.stop(None);
        }
        gate.add_permits(1);
        stopped(&cell).await;
        assert_eq!((leaf.counted.load(Ordering::SeqCst), leaf.log.lock().len()), (expected, 1));
        assert!(cell.cast(Msg::Count).is_err(), "a reference goes stale");
    }
}

#[tokio::test]
async fn a_message_lost_with_its_mailbox_gives_its_permit_back() {
    let permits = Arc::new(Semaphore::new(4));
    let (cell, _) = Leaf::spawn(None, Leaf::default(), ()).await.unwrap();
    cell.cast(Msg::Hold(Arc::new(Semaphore::new(0)))).unwrap();
    for _ in 0..4 {
        let permit = permits.clone().try_acquire_owned().unwrap();
        cell.cast(Msg::Carry(permit)).unwrap();
    }
    cell.kill();
    stopped(&cell).await;
    // The mailbox is emptied when the task ends, which may be a moment after the status says so.
    let all = tokio::time::timeout(Duration::from_secs(20), permits.acquire_many(4)).await;
    assert!(all.unwrap().is_ok());
}

#[tokio::test]
async fn a_start_that_fails_is_an_error_to_the_spawner_and_no_event() {
    let (heard, parent) = parent().await;
    let leaf = Leaf { bad_start: true, ..Leaf::default() };
    let started = Leaf::spawn_linked(None, leaf, (), parent.get_cell()).await;
    assert!(matches!(started, Err(SpawnErr::StartupFailed(_))));
    barrier(&parent).await;
    assert!(heard.heard.lock().is_empty());
}

#[tokio::test]
async fn giving_up_on_a_slow_start_frees_its_name() {
    let name = || Some(format!("facts-{}-slow", std::process::id()));
    let leaf = Leaf { slow_start: Some(Arc::new(Semaphore::new(0))), ..Leaf::default() };
    tokio::select! {
        biased;
        _ = Leaf::spawn(name(), leaf, ()) => panic!("it started"),
        () = tokio::task::yield_now() => {}
    }
    let (cell, _) = Leaf::spawn(name(), Leaf::default(), ()).await.unwrap();
    cell.kill();
}

#[tokio::test]
async fn a_name_is_free_again_when_the_parent_hears_of_the_end() {
    let name = || Some(format!("facts-{}-again", std::process::id()));
    let (_, parent) = parent().await;
    for _ in 0..50 {
        let (cell, _) = Leaf::spawn_linked(name(), Leaf::default(), (), parent.get_cell()).await.unwrap();
        cell.cast(Msg::Panic).unwrap();
        stopped(&cell).await;
    }
}

#[tokio::test]
async fn post_stop_may_still_drain_the_children() {
    let parent = Parent { slow_stop: true, ..Parent::default() };
    let (cell, _) = Actor::spawn(None, parent, ()).await.unwrap();
    let leaf = Leaf::default();
    let (child, _) = Leaf::spawn_linked(None, leaf.clone(), (), cell.get_cell()).await.unwrap();
    (0..50).for_each(|_| child.cast(Msg::Count).unwrap());
    cell.stop(None);
    stopped(&cell).await;
    assert_eq!((leaf.counted.load(Ordering::SeqCst), leaf.log.lock().len()), (50, 1));
}

#[tokio::test]
async fn without_that_a_stopping_parent_kills_them() {
    let (_, parent) = parent().await;
    let leaf = Leaf::default();
    let (child, _) = Leaf::spawn_linked(None, leaf.clone(), (), parent.get_cell()).await.unwrap();
    parent.stop(None);
    stopped(&child).await;
    assert!(leaf.log.lock().is_empty());
}

#[tokio::test]
async fn a_call_to_an_actor_that_dies_ends_and_one_sender_keeps_its_order() {
    let (cell, _) = Leaf::spawn(None, Leaf::default(), ()).await.unwrap();
    (0..10_000).for_each(|_| cell.cast(Msg::Count).unwrap());
    let counted = cell.call(Msg::Get, None).await.unwrap();
    assert_eq!(counted, ractor::rpc::CallResult::Success(10_000));
    cell.cast(Msg::Panic).unwrap();
    let lost = cell.call(Msg::Get, Some(Duration::from_secs(20))).await;
    assert!(matches!(lost, Err(_) | Ok(ractor::rpc::CallResult::SenderError)));
}

#[tokio::test(start_paused = true)]
async fn paused_time_works_and_a_timeout_does_not_cancel_the_work() {
    let leaf = Leaf::default();
    let (cell, _) = Leaf::spawn(None, leaf.clone(), ()).await.unwrap();
    let gate = Arc::new(Semaphore::new(0));
    cell.cast(Msg::Hold(gate.clone())).unwrap();
    cell.cast(Msg::Count).unwrap();
    assert!(cell.call(Msg::Get, Some(Duration::from_hours(24))).await.unwrap().is_timeout());
    gate.add_permits(1);
    assert_eq!(cell.call(Msg::Get, None).await.unwrap(), ractor::rpc::CallResult::Success(1));
    cell.stop(None);
}
