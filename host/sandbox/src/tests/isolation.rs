//! One guest misbehaves; the others of the same sandbox go on.

use super::attack::tight;
use super::peer::{Peer, Reply};
use super::*;

fn directory(runtime: &Runtime) -> ConnectedApp {
    let connector = runtime.load(&bundle(&component("innkeeper-test-directory"))).expect("a connector");
    let peer = Peer::new(|_| Reply::json(200, json!({ "users": [], "total": 0 })));
    connect(&connector, json!({}), peer, Limits::default())
}

#[test]
fn after_every_fault_the_next_call_works_and_so_does_every_other_connector() {
    let runtime = Runtime::new(Settings::default()).expect("a sandbox");
    let other = directory(&runtime);
    let connector = runtime.load(&bundle(&hostile())).expect("a connector");
    let app = |behaviour: &str| connect(&connector, json!({ "behaviour": behaviour }), Peer::silent(), tight());
    let good = app("count");
    run(async {
        for behaviour in ["panic", "exit", "recurse", "allocate", "spin", "sleep"] {
            let bad = app(behaviour);
            fault(bad.list_accounts(None).await);
            assert!(bad.get_accounts(&[]).await.result.is_ok(), "{behaviour}: the same app, in a fresh store");
            assert_eq!(names(good.list_accounts(None).await), ["1"], "{behaviour}: another app of the same connector");
            assert!(other.list_accounts(None).await.result.is_ok(), "{behaviour}: another connector");
        }
    });
}

#[test]
fn five_faults_open_the_breaker_of_that_app_and_of_no_other() {
    let runtime = Runtime::new(Settings::default()).expect("a sandbox");
    let other = directory(&runtime);
    let connector = runtime.load(&bundle(&hostile())).expect("a connector");
    let app = |behaviour: &str| connect(&connector, json!({ "behaviour": behaviour }), Peer::silent(), Limits::default());
    let (bad, good) = (app("panic"), app("count"));
    run(async {
        for call in 1..=5 {
            assert!(matches!(fault(bad.list_accounts(None).await).kind, FaultKind::Trap { .. }), "call {call}");
        }
        assert!(matches!(fault(bad.list_accounts(None).await).kind, FaultKind::BreakerOpen { .. }));
        assert_eq!(names(good.list_accounts(None).await), ["1"]);
        assert!(other.list_accounts(None).await.result.is_ok());
    });
}
