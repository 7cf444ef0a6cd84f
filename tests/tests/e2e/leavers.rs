//! Who has left, and what is still open for them: answered from what is remembered.

use innkeeper_tests::fake::{Answers, Quirks, ScimServer};
use serde_json::Value;

use crate::scenario::Scenario;

/// The report, and what it says of the first leaver's first app.
#[track_caller]
fn report(scenario: &Scenario, code: i32) -> (Value, Value) {
    let report = scenario.run(&["report", "leavers", "--output", "json"]).exits(code).json();
    let first = report["leavers"][0]["apps"][0].clone();
    (report, first)
}

#[test]
fn what_is_open_for_a_leaver_is_told_with_the_reason_until_it_is_closed() {
    let server = ScimServer::start();
    let mut scenario = Scenario::on(&server, 12);
    scenario.settle();
    assert_eq!(report(&scenario, 0).0["leavers"], serde_json::json!([]), "everybody is here");

    scenario.company.employees[7].end_date = Some("2026-01-31".parse().expect("a date"));
    scenario.write_people();
    let _ = scenario.plan(3);
    let (_, app) = report(&scenario, 3);
    assert_eq!(
        (&app["usable"], &app["open"][0]["step"], &app["open"][0]["why"]),
        (&true.into(), &"suspend".into(), &"not-planned".into())
    );
    let text = scenario.run(&["status", "--leavers"]).exits(3).stdout;
    for said in ["gone since 2026-02-01", "can still be used", "suspend, open for", "1 leaver"] {
        assert!(text.contains(said), "`{said}` is not in:\n{text}");
    }

    server.set_quirks(Quirks { answers: Answers::Status(500), ..Quirks::default() });
    let _ = scenario.run(&["plan"]);
    assert_eq!(report(&scenario, 3).1["open"][0]["why"], "unreachable");

    server.set_quirks(Quirks::default());
    let _ = scenario.plan(3);
    let _ = scenario.apply();
    let (_, app) = report(&scenario, 0);
    assert_eq!((&app["usable"], &app["open"]), (&false.into(), &serde_json::json!([])));
    assert!(app["closed"].is_string() && app["closed-after"].as_i64().is_some_and(|seconds| seconds > 86_400), "{app}");
    assert!(app["delete-on"].is_string(), "{app}");
    server.forget_requests();
    let since = scenario.run(&["report", "leavers", "--since", "2026-06-01"]).exits(0).stdout;
    assert!(since.contains("Nothing is open"), "{since}");
    assert!(!since.contains("gone since"), "who left before is not asked for:\n{since}");
    assert_eq!(server.requests(), [], "the report asks no app");
}

#[test]
fn whoever_was_offboarded_was_closed_within_the_minute() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    scenario.settle();
    let name = scenario.company.employees[7].user_name.clone();
    let _ = scenario.run(&["offboard", &name, "--yes"]).exits(0);
    let (_, app) = report(&scenario, 0);
    assert!(app["closed-after"].as_i64().is_some_and(|seconds| (0..60).contains(&seconds)), "{app}");
    let _ = scenario.run(&["status", "--leavers"]).exits(0);
}
