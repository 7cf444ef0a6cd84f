//! Guests that want more than they may have.

use super::peer::{Peer, Reply};
use super::*;
use innkeeper_domain::ErrorCode;
use std::time::{Duration, Instant};

/// A limit as the tests set it.
fn by_default<T>(value: T) -> Limit<T> {
    Limit { value, set_by: SetBy::Default }
}

#[test]
fn a_loop_is_stopped_by_its_cpu_budget() {
    let cpu = Duration::from_millis(50);
    let app = misbehaving(json!({ "behaviour": "spin" }), Limits { cpu, ..Limits::default() });
    let fault = run(async { fault(app.list_accounts(None).await) });
    assert_eq!(fault.kind, FaultKind::OutOfCpu { limit: by_default(cpu) });
    assert_eq!(
        fault.to_string(),
        "connector guest 1.2.3 of app acme: accounts.list: computed for more than 50ms and was stopped. That is the default: the \
         connector's manifest can ask for more (limits.cpu-seconds)"
    );
}

#[test]
fn waiting_for_the_system_costs_no_cpu_and_ends_with_the_wall_clock() {
    let connector = load(Settings::default(), &hostile());
    let wall_clock = Duration::from_millis(200);
    let limits = Limits { wall_clock, cpu: Duration::from_millis(100), ..Limits::default() };
    let app = connect(&connector, json!({ "behaviour": "read" }), Peer::new(|_| Reply::Hang), limits);
    let answer = run(app.list_accounts(None));
    assert_eq!(answer.exchanges.len(), 1, "the request under way is on record");
    assert_eq!(fault(answer).kind, FaultKind::OutOfTime { limit: by_default(wall_clock) });
}

#[test]
fn out_of_memory_is_called_by_its_name() {
    let limit = 32 << 20;
    let app = misbehaving(json!({ "behaviour": "allocate" }), Limits { memory: limit, ..Limits::default() });
    let fault = run(async { fault(app.list_accounts(None).await) });
    let FaultKind::OutOfMemory { wanted, limit: told } = fault.kind else { panic!("out of memory was expected: {fault:?}") };
    assert!(wanted > limit && told == by_default(limit));
    assert!(fault.to_string().contains("out of memory"), "{fault}");
}

#[test]
fn a_guest_that_needs_more_than_it_may_have_from_the_start_is_out_of_memory_too() {
    let app = misbehaving(json!({ "behaviour": "count" }), Limits { memory: 64 << 10, ..Limits::default() });
    assert!(matches!(run(async { fault(app.list_accounts(None).await) }).kind, FaultKind::OutOfMemory { .. }));
}

#[test]
fn the_limit_that_was_hit_is_told_with_who_set_it() {
    let asked = innkeeper_bundle::Limits { memory_mb: Some(64), ..Default::default() };
    let of = |app, global| Ceilings { memory_mb: Ceiling::nearest(app, global), ..Ceilings::default() };
    let cases = [(None, None, SetBy::Manifest), (None, Some(16), SetBy::Global), (Some(24), Some(16), SetBy::App)];
    let connector = load(Settings::default(), &hostile());
    let mut told = Vec::new();
    for (app, global, set_by) in cases {
        let limits = Limits::of(&asked, &of(app, global));
        let app = connect(&connector, json!({ "behaviour": "allocate" }), Peer::silent(), limits);
        let kind = run(async { fault(app.list_accounts(None).await) }).kind;
        let FaultKind::OutOfMemory { limit, .. } = &kind else { panic!("out of memory was expected: {kind:?}") };
        assert_eq!(limit.set_by, set_by);
        told.push(kind.to_string().replace(|digit: char| digit.is_ascii_digit(), "#"));
    }
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn every_fault_says_what_happened_and_what_changes_it() {
    let set_by = SetBy::Default;
    let kinds = [
        FaultKind::OutOfMemory { wanted: 300 << 20, limit: Limit { value: 256 << 20, set_by: SetBy::BuiltIn } },
        FaultKind::TablesTooLarge { wanted: 200_000, limit: 100_000 },
        FaultKind::TooManyObjects { what: "memories", limit: 16 },
        FaultKind::TooManyHandles { limit: 4_096 },
        FaultKind::OutOfCpu { limit: Limit { value: Duration::from_secs(10), set_by } },
        FaultKind::OutOfTime { limit: Limit { value: Duration::from_secs(120), set_by: SetBy::Global } },
        FaultKind::TooMuchData { limit: 32 << 20 },
        FaultKind::TooManyRequests { limit: Limit { value: 1_000, set_by: SetBy::Manifest } },
        FaultKind::TooMuchTransfer { wanted: 70 << 20, limit: Limit { value: 64 << 20, set_by: SetBy::App } },
        FaultKind::ResponseTooLarge { limit: Limit { value: 16 << 20, set_by } },
        FaultKind::Waited,
        FaultKind::StackOverflow,
        FaultKind::BreakerOpen { wait: Duration::from_millis(59_001) },
    ];
    insta::assert_snapshot!(kinds.map(|kind| kind.to_string()).join("\n"));
}

#[test]
fn too_many_parts_and_too_large_tables_stop_a_guest_before_it_starts() {
    let kind = |limits| {
        let app = misbehaving(json!({ "behaviour": "count" }), limits);
        run(async { fault(app.list_accounts(None).await) }).kind
    };
    let instances = kind(Limits { objects: 1, ..Limits::default() });
    assert_eq!(instances, FaultKind::TooManyObjects { what: "instances", limit: 1 });
    let elements = kind(Limits { table_elements: 1, ..Limits::default() });
    assert!(matches!(elements, FaultKind::TablesTooLarge { limit: 1, .. }), "{elements:?}");
}

#[test]
fn endless_recursion_is_a_fault_and_the_host_lives() {
    let app = misbehaving(json!({ "behaviour": "recurse" }), Limits::default());
    let fault = run(async { fault(app.list_accounts(None).await) });
    let text = fault.to_string();
    assert!(text.contains("recurs"), "{text}");
}

#[test]
fn a_panic_comes_with_the_guests_own_words() {
    let app = misbehaving(json!({ "behaviour": "panic" }), Limits::default());
    let fault = run(async { fault(app.list_accounts(None).await) });
    assert!(matches!(fault.kind, FaultKind::Trap { .. }), "{fault:?}");
    assert!(fault.stderr.contains("the connector's own words"), "{}", fault.stderr);
    assert_eq!(Failure::from(fault).code, ErrorCode::Internal);
}

#[test]
fn an_exit_is_a_fault() {
    let app = misbehaving(json!({ "behaviour": "exit" }), Limits::default());
    let fault = run(async { fault(app.list_accounts(None).await) });
    assert!(matches!(&fault.kind, FaultKind::Trap { reason } if reason.contains("exit")), "{fault:?}");
}

#[test]
fn standard_error_is_bounded_and_stops_nobody() {
    let app = misbehaving(json!({ "behaviour": "chatter", "bytes": 1 << 20 }), Limits::default());
    assert!(run(app.list_accounts(None)).result.is_ok());
}

#[test]
fn an_answer_that_is_too_large_is_not_taken() {
    let limits = || Limits { host_call_bytes: 1 << 20, ..Limits::default() };
    let small = misbehaving(json!({ "behaviour": "huge", "bytes": 100_000 }), limits());
    assert!(run(small.list_accounts(None)).result.is_ok());
    let large = misbehaving(json!({ "behaviour": "huge", "bytes": 2 << 20 }), limits());
    let fault = run(async { fault(large.list_accounts(None).await) });
    assert_eq!(fault.kind, FaultKind::TooMuchData { limit: 1 << 20 });
}

fn counting(count: u32, limits: Limits) -> (Peer, Answer<Page<innkeeper_domain::Account>>) {
    let connector = load(Settings::default(), &hostile());
    let peer = Peer::new(|_| Reply::Answer(200, vec![b'x'; 1000]));
    let app = connect(&connector, json!({ "behaviour": "requests", "count": count }), peer.clone(), limits);
    let answer = run(app.list_accounts(None));
    (peer, answer)
}

#[test]
fn requests_beyond_the_limit_are_refused() {
    let (peer, answer) = counting(50, Limits { requests: 7, ..Limits::default() });
    assert_eq!(peer.seen().len(), 7);
    assert_eq!(answer.exchanges.len(), 7);
    assert_eq!(names(answer), ["7"]);
}

#[test]
fn a_guest_that_does_not_stop_asking_is_stopped() {
    let (peer, answer) = counting(1_000_000, Limits { requests: 7, ..Limits::default() });
    assert_eq!(peer.seen().len(), 7);
    assert_eq!(fault(answer).kind, FaultKind::TooManyRequests { limit: by_default(7) });
}

#[test]
fn responses_beyond_the_bytes_of_a_call_are_not_handed_over() {
    let (_, answer) = counting(10, Limits { transfer_bytes: 3_500, ..Limits::default() });
    assert_eq!(names(answer), ["3"]);
}

#[test]
fn a_guest_that_does_not_stop_transferring_is_stopped() {
    let (peer, answer) = counting(1_000, Limits { transfer_bytes: 3_500, requests: 1_000, ..Limits::default() });
    assert!(peer.seen().len() <= 4, "{}", peer.seen().len());
    let kind = fault(answer).kind;
    assert!(
        matches!(kind, FaultKind::TooMuchTransfer { wanted, limit } if wanted > 3_500 && limit == by_default(3_500)),
        "{kind:?}"
    );
}

#[test]
fn a_guest_that_asks_again_and_again_for_what_is_too_large_is_stopped() {
    let connector = load(Settings::default(), &hostile());
    let limits = Limits { response_bytes: 1 << 20, ..Limits::default() };
    let with = |count: u32, peer: Peer| {
        let app = connect(&connector, json!({ "behaviour": "requests", "count": count }), peer, limits.clone());
        run(app.list_accounts(None))
    };
    assert_eq!(names(with(100, Peer::new(|_| Reply::TooLarge))), ["0"], "it is told and goes on");
    let peer = Peer::new(|_| Reply::TooLarge);
    let kind = fault(with(1_000, peer.clone())).kind;
    assert_eq!(kind, FaultKind::ResponseTooLarge { limit: by_default(1 << 20) });
    assert_eq!(peer.seen().len(), 101);
}

#[test]
fn a_request_with_more_fields_or_a_longer_url_than_any_server_takes_is_not_sent() {
    let connector = load(Settings::default(), &hostile());
    for (what, count) in [("header-flood", 100_000), ("query-flood", 100_000), ("long-url", 1 << 20), ("long-header", 1 << 20)] {
        let peer = Peer::silent();
        let app = connect(&connector, json!({ "behaviour": what, "count": count }), peer.clone(), Limits::default());
        let answer = run(app.list_accounts(None));
        assert!(peer.seen().is_empty() && answer.exchanges.is_empty(), "{what}");
        let failure = failure(answer);
        assert!(failure.message.contains("a request may have") || failure.message.contains("of a request may have"), "{failure}");
    }
}

#[test]
fn log_beyond_the_limit_is_dropped_and_costs_nobody_anything() {
    let limits = Limits { log_lines: 10, ..Limits::default() };
    let app = misbehaving(json!({ "behaviour": "log", "lines": 100_000, "bytes": 100 }), limits);
    assert!(run(app.list_accounts(None)).result.is_ok());
}

#[test]
fn the_ticker_stops_with_its_engine() {
    let began = Instant::now();
    for _ in 0..20 {
        drop(Runtime::new(Settings::default()).expect("a sandbox"));
    }
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux");
    let tickers = threads
        .flatten()
        .filter(|task| std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with("innkeeper-epoch")))
        .count();
    assert_eq!(tickers, 0, "after {:?}", began.elapsed());
}
