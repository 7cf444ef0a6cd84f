//! A company over a month, on everything that there is.

use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::judged::as_described;
use innkeeper_tests::month::{DAYS, Month};
use innkeeper_tests::setup;
use innkeeper_tests::specs::Vendor;
use innkeeper_tests::workspace::Workspace;
use serde_json::json;

use crate::scenario::install;

/// The company's configuration, with its connectors installed.
fn workspace(month: &Month) -> Workspace {
    let mut workspace = Workspace::empty();
    for (name, content) in month.files() {
        workspace.write(name, content);
    }
    for (name, value) in month.environment() {
        workspace.set(name, &value);
    }
    for name in Month::connectors() {
        install(&workspace, name);
    }
    workspace
}

#[test]
fn people_join_move_and_leave_for_a_month_and_whoever_has_left_has_nothing() {
    let directory = ScimServer::start();
    for group in setup::groups() {
        directory.create_group(json!({ "displayName": group }));
    }
    let mut month = Month::begin(directory.base_url(), directory.token());
    let workspace = workspace(&month);
    let apply = || {
        let planned = workspace.run(&["plan", "--out", "plan.json"]);
        assert!([Some(0), Some(3)].contains(&planned.code), "{}\n{}", planned.stdout, planned.stderr);
        let _ = workspace.run(&["apply", "plan.json", "--yes"]).exits(0);
    };
    apply();
    let mut left = Vec::new();
    for number in 1..=DAYS {
        let day = month.day(number);
        apply();
        for &index in &day.left {
            assert_eq!(month.left_behind(index), Vec::<String>::new(), "on day {number}");
        }
        left.extend(day.left);
    }
    month.night();
    apply();
    let _ = workspace.run(&["plan"]).exits(0);
    for index in left.into_iter().filter(|index| *index != month.returner()) {
        assert_eq!(month.left_behind(index), Vec::<String>::new());
        let access = workspace.run(&["access", &month.person(index).user_name, "--output", "json"]).exits(0).json();
        let open = access["accounts"].as_array().expect("a list").iter().filter(|account| account["status"] == "active").count();
        assert_eq!(open, 0, "{access:#}");
    }
    // An invitation that was accepted is not a second account.
    let status = workspace.run(&["status", "--output", "json"]).exits(0).json();
    let github = status["listings"].as_array().and_then(|all| all.iter().find(|listing| listing["app"] == "github"));
    let managed = github.and_then(|github| github["managed"].as_u64()).expect("the app is known");
    assert!(managed <= month.github.with(|github| github.members().len()) as u64, "{managed}");
    let back = &month.person(month.returner()).user_name;
    assert!(month.google.with(|google| google.find_user(back).is_some_and(|user| !user.suspended)));
    let _ = workspace.run(&["audit", "verify"]).exits(0);
    as_described(Vendor::BambooHr, &month.hr.seen());
    as_described(Vendor::Google, &month.google.seen());
    as_described(Vendor::Slack, &month.slack.seen());
    as_described(Vendor::GitHub, &month.github.seen());
}
