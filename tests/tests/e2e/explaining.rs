//! Why, and why not; and what is looked at without being done: observe, warn, pilots.

use innkeeper_tests::fake::ScimServer;

use crate::scenario::{Scenario, how_many, operations};

fn settled() -> (ScimServer, Scenario) {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    scenario.settle();
    (server, scenario)
}

/// Changes the configuration in one place.
fn change(scenario: &Scenario, from: &str, to: &str) {
    let text = scenario.workspace.read("innkeeper.toml");
    assert!(text.contains(from), "the configuration has no {from}");
    scenario.workspace.write("innkeeper.toml", text.replacen(from, to, 1));
}

#[test]
fn whoever_lacks_something_is_told_the_rule_and_the_values_that_it_read_and_who_did_what() {
    let (server, scenario) = settled();
    server.forget_requests();
    let engineer = &scenario.company.employees[0];
    let why = scenario.run(&["explain", &engineer.user_name, "directory"]).exits(0).stdout;
    for said in [
        "people.csv:2",
        "has not sales",
        "person.department == 'Sales' at innkeeper.toml:",
        "person.department is \"Engineering\"",
        "has directory:group/Engineering",
        "nothing is to be done",
        "POST",
        "-> 201",
        "carried out by",
    ] {
        assert!(why.contains(said), "`{said}` is not in:\n{why}");
    }
    let short = scenario.run(&["explain", &engineer.user_name]).exits(0).stdout;
    assert!(short.contains("holds directory:group/Everybody, directory:group/Engineering"), "{short}");
    assert!(!short.contains("POST"), "{short}");
    assert_eq!(server.requests().len(), 0, "nobody is asked");
}

#[test]
fn a_pause_and_what_it_keeps_from_being_done_are_told() {
    let (_server, mut scenario) = settled();
    scenario.company.employees[0].department = "Sales".to_owned();
    scenario.write_people();
    let _ = scenario.plan(3);
    let _ = scenario.run(&["pause", "directory", "--reason", "the vendor moves"]).exits(0);
    let name = scenario.company.employees[0].user_name.clone();
    let why = scenario.run(&["explain", &name, "directory"]).exits(0).stdout;
    for said in ["What stands in the way", "the vendor moves", "innkeeper resume directory", "To be done", "grant group Sales"] {
        assert!(why.contains(said), "`{said}` is not in:\n{why}");
    }
}

#[test]
fn at_a_moment_before_the_account_there_was_none_and_nothing_was_done() {
    let (_server, scenario) = settled();
    let name = &scenario.company.employees[0].user_name;
    let then = scenario.run(&["explain", name, "directory", "--at", "2020-01-01", "--output", "json"]).exits(0).json();
    let app = &then["apps"][0];
    assert_eq!((&app["account"], app["history"].as_array().map(Vec::len)), (&serde_json::Value::Null, Some(0)));
    assert!(then["unknown"].as_array().is_some_and(|unknown| !unknown.is_empty()));
    let now = scenario.run(&["explain", name, "directory", "--at", "2999-01-01", "--output", "json"]).exits(0).json();
    let app = &now["apps"][0];
    assert_eq!(app["history"].as_array().map(Vec::len), Some(3), "an account and two groups");
    assert_eq!(app["history"][0]["state"], "done");
    assert!(app["account"]["link"]["since"].is_string());
    let _ = scenario.run(&["explain", name, "--at", "yesterday"]).exits(2);
}

#[test]
fn outside_of_a_pilot_nobody_is_created_or_closed_and_the_plan_says_how_many() {
    let server = ScimServer::start();
    let mut scenario = Scenario::on(&server, 12);
    change(&scenario, "match = ", "pilot = \"person.department == 'Sales'\"\nmatch = ");
    let plan = scenario.plan(3);
    assert_eq!(how_many(&plan, "create-account"), 4, "{:?}", operations(&plan));
    let said = scenario.run(&["plan"]).exits(3).stdout;
    assert!(said.contains("8 people are outside of the pilot"), "{said}");
    let _ = scenario.apply();
    assert_eq!(server.users().len(), 4);

    change(&scenario, "person.department == 'Sales'", "person.department == 'Engineering'");
    let (seller, engineer) = (8, 0);
    for leaver in [seller, engineer] {
        scenario.company.employees[leaver].end_date = Some(jiff::civil::date(2020, 1, 1));
    }
    scenario.write_people();
    let plan = scenario.plan(3);
    assert_eq!((how_many(&plan, "create-account"), how_many(&plan, "suspend")), (7, 0), "{:?}", operations(&plan));
    let name = &scenario.company.employees[seller].user_name;
    assert_eq!(server.user(name).expect("the account")["active"], true);
    let by_hand = scenario.run(&["offboard", name, "--yes"]).exits(3).stdout;
    assert!(by_hand.contains("1 person is outside of the pilot"), "{by_hand}");
    assert_eq!(server.user(name).expect("the account")["active"], true);
    let why = scenario.run(&["explain", name, "directory"]).exits(0).stdout;
    assert!(why.contains("outside of the pilot") && why.contains("person.department is \"Sales\""), "{why}");
}

#[test]
fn in_warn_mode_everything_is_pending_and_nothing_is_written() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    change(&scenario, "mode = \"enforce\"", "mode = \"warn\"\nguard = { create = { max-count = 3 } }");
    let said = scenario.run(&["plan", "--out", "plan.json"]).exits(3).stdout;
    assert!(said.contains("directory (warn)") && said.contains("12 accounts would be created"), "{said}");
    let run = scenario.run(&["apply", "plan.json", "--yes"]);
    assert!(run.stdout.contains("warn mode"), "{} {}", run.stdout, run.stderr);
    assert_eq!(run.code, Some(3));
    assert_eq!(server.users().len(), 0);
}

#[test]
fn an_observed_role_gives_nothing_and_the_plan_lists_who_would_get_what() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    change(&scenario, "[role.sales]\n", "[role.sales]\nmode = \"observe\"\n");
    let planned = scenario.run(&["plan", "--output", "json"]).exits(3).json();
    assert_eq!(how_many(&planned["plan"]["content"]["apps"][0], "grant Sales"), 0);
    assert_eq!(planned["would"].as_array().map(Vec::len), Some(4));
    assert_eq!(planned["would"][0]["grants"][0], "directory:group/Sales");
    let said = scenario.run(&["plan"]).exits(3).stdout;
    assert!(said.contains("role sales is in observe mode, and would give something to 4 people"), "{said}");
}
