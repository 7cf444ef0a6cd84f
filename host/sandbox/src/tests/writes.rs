//! What a broken call says of a write.

use super::peer::{Peer, Reply};
use super::*;
use innkeeper_domain::{Attributes, ErrorCode, IntentId, Outcome};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

fn create(behaviour: &str, reply: fn() -> Reply) -> Answer<Outcome> {
    let connector = load(Settings::default(), &hostile());
    let limits = Limits { wall_clock: Duration::from_millis(500), ..Limits::default() };
    let app = connect(&connector, json!({ "behaviour": behaviour }), Peer::new(move |_| reply()), limits);
    run(app.create_account("ada", &Attributes::new(), &[], &IntentId::new("i1")))
}

fn ok() -> Reply {
    Reply::json(201, json!({}))
}

#[test]
fn a_fault_after_a_write_is_an_unknown_outcome() {
    let fault = fault(create("write-then-panic", ok));
    assert!(fault.write_sent && fault.stderr.contains("after the write"), "{fault:?}");
    let failure = Failure::from(fault);
    assert_eq!(failure.code, ErrorCode::OutcomeUnknown);
    assert!(failure.message.contains("outcome is not known"), "{failure}");
}

#[test]
fn a_fault_while_a_write_is_under_way_is_an_unknown_outcome() {
    let answer = create("write-then-panic", || Reply::Hang);
    assert_eq!((answer.exchanges.len(), answer.exchanges[0].status), (1, None));
    assert_eq!(answer.into_result().expect_err("it never answers").code, ErrorCode::OutcomeUnknown);
}

#[test]
fn a_fault_before_any_write_is_internal() {
    assert_eq!(create("panic-then-write", ok).into_result().expect_err("it panics").code, ErrorCode::Internal);
    assert_eq!(create("write-then-panic", || Reply::Refuse).into_result().expect_err("it panics").code, ErrorCode::Internal);
}

#[test]
fn a_connector_that_denies_an_unanswered_write_is_not_believed() {
    for reply in [|| Reply::Silence, || Reply::Break] {
        let failure = failure(create("write-then-deny", reply));
        assert_eq!((failure.code, failure.retry_after), (ErrorCode::OutcomeUnknown, None), "{failure}");
    }
}

#[test]
fn a_connector_is_believed_where_the_write_was_answered_or_never_left() {
    assert_eq!(failure(create("write-then-deny", || Reply::json(503, json!({})))).code, ErrorCode::Unavailable);
    assert_eq!(failure(create("write-then-deny", || Reply::Refuse)).code, ErrorCode::Unavailable);
}

#[test]
fn an_account_that_was_not_asked_for_is_not_taken() {
    let app = misbehaving(json!({ "behaviour": "impostor" }), Limits::default());
    run(async {
        let one = failure(app.get_account(&"7".into()).await);
        assert!(one.message.contains("asked for account 7") && one.code == ErrorCode::Internal, "{one}");
        let many = failure(app.get_accounts(&["7".into(), "8".into()]).await);
        assert!(many.message.contains("asked for 2 accounts"), "{many}");
    });
}

/// A clock that a test moves on.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicU64>);

impl Clock for Hand {
    fn now(&self) -> Duration {
        Duration::from_secs(self.0.load(Relaxed))
    }
}

fn with_breaker(configuration: Value, status: u16) -> (Hand, ConnectedApp) {
    let hand = Hand::default();
    let breaker = BreakerSettings { faults: 2, pause: Duration::from_secs(30) };
    let settings = Settings { clock: Arc::new(hand.clone()), breaker, ..Settings::default() };
    let peer = Peer::new(move |_| Reply::json(status, json!({})));
    (hand, connect(&load(settings, &hostile()), configuration, peer, Limits::default()))
}

#[test]
fn a_connector_that_keeps_breaking_is_left_alone_for_a_while() {
    let (hand, app) = with_breaker(json!({ "behaviour": "panic" }), 200);
    run(async {
        for _ in 0..2 {
            assert!(matches!(fault(app.list_accounts(None).await).kind, FaultKind::Trap { .. }));
        }
        hand.0.store(10, Relaxed);
        let refused = fault(app.clone().list_accounts(None).await);
        assert_eq!(refused.kind, FaultKind::BreakerOpen { wait: Duration::from_secs(20) });
        let failure = Failure::from(refused);
        assert_eq!((failure.code, failure.retry_after), (ErrorCode::Unavailable, Some(20)));
        hand.0.store(30, Relaxed);
        assert!(matches!(fault(app.list_accounts(None).await).kind, FaultKind::Trap { .. }), "one call is let through");
    });
}

#[test]
fn what_the_system_answers_is_no_fault_of_the_connector() {
    for status in [429, 500] {
        let (_, app) = with_breaker(json!({ "behaviour": "read" }), status);
        run(async {
            for _ in 0..5 {
                assert_eq!(failure(app.list_accounts(None).await).remote_status, Some(status));
            }
        });
    }
}
