//! The host stays responsive while guests compute.

use super::*;
use std::time::{Duration, Instant};
use tokio::time::MissedTickBehavior;

/// With tokio's defaults the timer ticks a few times a second here, and 40 ticks take more than ten.
#[test]
fn timers_tick_while_twice_as_many_guests_spin_as_there_are_workers() {
    let app = misbehaving(json!({ "behaviour": "spin" }), Limits { cpu: Duration::from_secs(60), ..Limits::default() });
    let runtime = crate::schedule::builder().worker_threads(2).build().expect("a runtime");
    let (ticks, elapsed) = runtime.block_on(async {
        let guests: Vec<_> = (0..4)
            .map(|_| {
                let app = app.clone();
                tokio::spawn(async move { app.list_accounts(None).await })
            })
            .collect();
        // On a worker like the guests, and not on this thread, which has none of them.
        let ticker = tokio::spawn(async {
            let began = Instant::now();
            let mut interval = tokio::time::interval(Duration::from_millis(10));
            // Otherwise one look at the timers after a second would count as a hundred ticks.
            interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
            let mut ticks = 0;
            while ticks < 40 && began.elapsed() < Duration::from_secs(10) {
                interval.tick().await;
                ticks += 1;
            }
            (ticks, began.elapsed())
        });
        let seen = ticker.await.expect("it does not panic");
        assert!(guests.iter().all(|guest| !guest.is_finished()), "the guests spin all the while");
        guests.iter().for_each(|guest| guest.abort());
        seen
    });
    assert_eq!(ticks, 40, "in {elapsed:?}");
}

/// Counted in turns of the guests that spin, and not in time: on a busy machine everything takes longer, and nobody more turns.
#[test]
fn another_connector_is_answered_in_few_turns_while_twice_as_many_guests_spin_as_there_are_workers() {
    use super::peer::{Peer, Reply};
    use std::future::poll_fn;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    const CALLS: u64 = 20;
    let sandbox = Runtime::new(Settings::default()).expect("a sandbox");
    let endless = Limits { cpu: Duration::from_secs(600), wall_clock: Duration::from_secs(600), ..Limits::default() };
    let connector = sandbox.load(&bundle(&hostile())).expect("a connector");
    let spinning = connect(&connector, json!({ "behaviour": "spin" }), Peer::silent(), endless);
    let connector = sandbox.load(&bundle(&component("innkeeper-test-directory"))).expect("a connector");
    let peer = Peer::new(|_| Reply::json(200, json!({ "users": [], "total": 0 })));
    let other = connect(&connector, json!({}), peer, Limits::default());

    let turns = Arc::new(AtomicU64::new(0));
    let runtime = crate::schedule::builder().worker_threads(2).build().expect("a runtime");
    let (before, after) = runtime.block_on(async {
        let guests: Vec<_> = (0..4)
            .map(|_| {
                let (app, turns) = (spinning.clone(), turns.clone());
                tokio::spawn(async move {
                    let mut call = Box::pin(app.list_accounts(None));
                    poll_fn(|context| {
                        turns.fetch_add(1, Relaxed);
                        call.as_mut().poll(context)
                    })
                    .await
                })
            })
            .collect();
        while turns.load(Relaxed) < 20 {
            tokio::task::yield_now().await;
        }
        let before = turns.load(Relaxed);
        let calls = tokio::spawn(async move {
            for _ in 0..CALLS {
                assert!(other.list_accounts(None).await.result.is_ok());
                tokio::task::yield_now().await;
            }
        });
        calls.await.expect("all are answered");
        let after = turns.load(Relaxed);
        assert!(guests.iter().all(|guest| !guest.is_finished()), "the guests spin all the while");
        guests.iter().for_each(|guest| guest.abort());
        (before, after)
    });
    // Each call yields once and waits for the four at most; some are interrupted by a tick and wait again.
    assert!(after - before <= CALLS * 20, "{} turns for {CALLS} calls", after - before);
}

#[test]
fn guests_that_wait_do_not_hold_each_other_up() {
    use super::peer::{Peer, Reply};
    let connector = load(Settings::default(), &hostile());
    let limits = Limits { wall_clock: Duration::from_millis(300), ..Limits::default() };
    let app = connect(&connector, json!({ "behaviour": "read" }), Peer::new(|_| Reply::Hang), limits);
    let began = Instant::now();
    run(async {
        let calls: Vec<_> = (0..50)
            .map(|_| {
                let app = app.clone();
                tokio::spawn(async move { app.list_accounts(None).await })
            })
            .collect();
        for call in calls {
            assert!(matches!(fault(call.await.expect("it does not panic")).kind, FaultKind::OutOfTime { .. }));
        }
    });
    // One after the other they would take 15 s.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}
