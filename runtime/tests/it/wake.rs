//! Nudges: never two in a queue, never one lost, and not lost for good with a crash.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use autonomos_runtime::supervision::{Alarm, Phase, Supervisor, TreeSpec, Wake};
use tokio::sync::Semaphore;

use crate::probe::{Bench, Msg};

#[tokio::test(start_paused = true)]
async fn a_thousand_nudges_before_the_work_begins_are_one_round() {
    let bench = Bench::new();
    let root = Supervisor::start(&bench.node, TreeSpec::ordered(bench.key("")).child(bench.probe("a"))).await.unwrap();
    bench.ask("a").await.unwrap();
    assert_eq!(bench.rounds.load(Ordering::SeqCst), 1, "it woke itself when it started");
    let gate = Arc::new(Semaphore::new(0));
    bench.address("a").cast(Msg::Hold(gate.clone())).unwrap();
    (0..1_000).for_each(|_| bench.address("a").wake());
    gate.add_permits(1);
    bench.ask("a").await.unwrap();
    assert_eq!(bench.rounds.load(Ordering::SeqCst), 2);
    root.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_nudge_during_the_work_is_another_round() {
    // Also for an actor that forgets to say when its work begins.
    for begin in [true, false] {
        let bench = Bench::new();
        let gate = Arc::new(Semaphore::new(usize::from(begin)));
        let spec = bench.probe_with("a", {
            let gate = gate.clone();
            move |args| {
                args.gate = Some(gate.clone());
                args.begin = begin;
            }
        });
        let root = Supervisor::start(&bench.node, TreeSpec::ordered(bench.key("")).child(spec)).await.unwrap();
        bench.ask("a").await.unwrap();
        let before = bench.rounds.load(Ordering::SeqCst);
        bench.address("a").wake();
        while bench.rounds.load(Ordering::SeqCst) == before {
            tokio::task::yield_now().await;
        }
        (0..100).for_each(|_| bench.address("a").wake());
        gate.add_permits(10);
        bench.ask("a").await.unwrap();
        bench.ask("a").await.unwrap();
        assert_eq!(bench.rounds.load(Ordering::SeqCst) - before, 2, "begin: {begin}");
        root.stop().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_nudge_lost_in_a_crash_does_not_silence_the_bell() {
    let bench = Bench::new();
    let root = Supervisor::start(&bench.node, TreeSpec::ordered(bench.key("")).child(bench.probe("a"))).await.unwrap();
    bench.ask("a").await.unwrap();
    let gate = Arc::new(Semaphore::new(0));
    bench.address("a").cast(Msg::Hold(gate)).unwrap();
    bench.address("a").wake();
    assert!(bench.node.directory().kill(&bench.key("a")));
    bench.until("a", Phase::Running, 1).await;
    bench.ask("a").await.unwrap();
    let rounds = bench.rounds.load(Ordering::SeqCst);
    bench.address("a").wake();
    bench.ask("a").await.unwrap();
    assert_eq!(bench.rounds.load(Ordering::SeqCst), rounds + 1);
    root.stop().await;
}

mod alarmed {
    //! An actor that sets its alarm at each round.

    use std::time::Duration;

    use autonomos_runtime::supervision::{Actor, ActorRef, Failure};

    use super::{Alarm, Wake};

    pub struct Sleeper;

    pub enum Msg {
        Set(u64),
        Rang(u64),
        Get(autonomos_runtime::supervision::Reply<Vec<u64>>),
        #[expect(dead_code, reason = "shows that an alarm and a wake live in one enum")]
        Wake(Wake),
    }

    impl Actor for Sleeper {
        type Msg = Msg;
        type State = (Alarm, Vec<u64>);
        type Arguments = ();

        async fn pre_start(&self, _: ActorRef<Msg>, (): ()) -> Result<Self::State, Failure> {
            Ok((Alarm::new(), Vec::new()))
        }

        async fn handle(
            &self,
            myself: ActorRef<Msg>,
            message: Msg,
            (alarm, rang): &mut Self::State,
        ) -> Result<(), Failure> {
            match message {
                Msg::Set(n) => alarm.set(&myself, Duration::from_secs(n), move || Msg::Rang(n)),
                Msg::Rang(n) => rang.push(n),
                Msg::Get(reply) => drop(reply.send(rang.clone())),
                Msg::Wake(_) => alarm.clear(),
            }
            Ok(())
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_alarm_set_again_rings_once() {
    let (sleeper, done) = autonomos_runtime::supervision::Actor::spawn(None, alarmed::Sleeper, ()).await.unwrap();
    for n in 1..=5 {
        sleeper.cast(alarmed::Msg::Set(n)).unwrap();
    }
    let ask = || sleeper.call(alarmed::Msg::Get, Some(std::time::Duration::from_secs(1)));
    assert!(ask().await.unwrap().unwrap().is_empty());
    tokio::time::sleep(std::time::Duration::from_mins(1)).await;
    assert_eq!(ask().await.unwrap().unwrap(), [5]);
    sleeper.stop(None);
    done.await.unwrap();
}
