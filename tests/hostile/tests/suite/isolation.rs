//! Guests that want something of another call, of another app, or of the host after they broke.

use crate::guests::starting;
use innkeeper_domain::{AccountId, ErrorCode};
use innkeeper_hostile::{Held, attack};
use innkeeper_sandbox::FaultKind;
use serde_json::json;

#[test]
fn a_panic() {
    attack(async |ground| {
        let answer = ground.intruder(json!({ "deed": "complain", "text": "the intruder's own words" })).connect().list().await;
        Held::fault(&answer, |kind| matches!(kind, FaultKind::Trap { .. }))
    });
}

#[test]
fn an_exit() {
    attack(async |ground| {
        let answer = ground.intruder(json!({ "deed": "exit" })).connect().list().await;
        Held::fault(&answer, |kind| matches!(kind, FaultKind::Trap { .. }))
    });
}

#[test]
fn another_call_after_a_trap() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "complain", "text": "broken" })).connect();
        let first = app.list().await;
        app.describe().await.result.expect("what broke is thrown away, and the next call has an instance of its own");
        let second = app.list().await;
        assert_eq!(first.result, second.result, "it breaks in the same way");
        Held::fault(&second, |kind| matches!(kind, FaultKind::Trap { .. }))
    });
}

#[test]
fn what_an_earlier_call_left_behind() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "remember" })).connect();
        let remembered = [app.names().await, app.names().await, app.names().await].concat();
        Held::harmless(&remembered, remembered == ["0", "0", "0"])
    });
}

#[test]
fn the_memory_of_another_call() {
    attack(async |ground| {
        // Looks for anything but zero, breaks where it finds it, and otherwise leaves a mark behind everywhere.
        let search = r"(memory 64)
            (func $search (local $at i32)
                (loop $next
                    (if (i32.ne (i32.load (local.get $at)) (i32.const 0)) (then unreachable))
                    (i32.store (local.get $at) (i32.const 0x6b72616d))
                    (local.set $at (i32.add (local.get $at) (i32.const 64)))
                    (br_if $next (i32.lt_u (local.get $at) (i32.const 4194304)))))
            (start $search)";
        let plot = || ground.guest(starting("", "", search));
        let (one, other) = (plot().connect(), plot().named("other").connect());
        for app in [&one, &one, &other] {
            let told = format!("{:?}", app.describe().await.result);
            assert!(!told.contains("NotStarted") && !told.contains("unreachable"), "there was something: {told}");
        }
        // It got through its search, and what it exports is not a function of the contract.
        Held::fault(&one.describe().await, |kind| matches!(kind, FaultKind::Trap { .. }))
    });
}

#[test]
fn an_account_that_was_not_asked_for() {
    attack(async |ground| {
        let app = ground.intruder(json!({ "deed": "remember" })).connect();
        let answer = app.noted(app.connected.get_account(&AccountId::new("7")).await);
        Held::failure(&answer, ErrorCode::Internal)
    });
}

#[test]
fn breaking_again_and_again() {
    attack(async |ground| {
        let deed = json!({ "deed": "complain", "text": "broken" });
        let app = ground.intruder(deed.clone()).connect();
        for _ in 0..5 {
            assert!(app.list().await.result.is_err());
        }
        let refused = app.list().await;
        let other = ground.intruder(deed).named("other").connect();
        assert!(other.describe().await.result.is_ok(), "another app of the same connector has a breaker of its own");
        Held::fault(&refused, |kind| matches!(kind, FaultKind::BreakerOpen { .. }))
    });
}
