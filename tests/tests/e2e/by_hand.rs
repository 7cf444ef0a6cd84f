//! Apps without an API: people do it, and it counts like everything else.

use innkeeper_tests::workspace::Workspace;
use serde_json::Value;

use crate::scenario::{operations, plan};

/// Two people, and a badge for each, with a zone for those in Research.
const CONFIGURATION: &str = r#"[source.hr]
connector = "csv"
path = "people.csv"

[app.badge]
manual = { owner = "facilities@acme.example", due = "2d", instructions = "{operation} for {person.displayName}. {attributes}" }
mode = "enforce"
match = ["userName"]
leaver = { delete-after = "30d" }
[app.badge.account]
userName = "person.userName"
title = "person.title"

[role.everybody]
when = "true"
grants = ["badge:zone/Lobby"]

[role.research]
when = "person.department == 'Research'"
grants = ["badge:zone/Laboratory"]
"#;

const ADA: &str = "1,ada,Ada Byron,Engineer,Research\n";
const BOB: &str = "2,bob,Bob Frost,Seller,Sales\n";

fn people(workspace: &Workspace, rows: &[&str]) {
    workspace.write("people.csv", format!("employeeNumber,userName,displayName,title,department\n{}", rows.concat()));
}

fn place() -> Workspace {
    let workspace = Workspace::empty();
    workspace.write("innkeeper.toml", CONFIGURATION);
    people(&workspace, &[ADA, BOB]);
    workspace
}

/// Plans and applies: everything becomes a task.
fn ask(workspace: &Workspace) {
    let _ = plan(workspace, 3);
    let _ = workspace.run(&["apply", "plan.json", "--yes"]).exits(0);
}

fn tasks(workspace: &Workspace, more: &[&str]) -> Vec<Value> {
    let arguments = [&["tasks", "list", "--output", "json"], more].concat();
    workspace.run(&arguments).exits(0).json()["tasks"].as_array().cloned().unwrap_or_default()
}

/// The id of the only open task of somebody.
#[track_caller]
fn task(workspace: &Workspace, person: &str) -> String {
    let open = tasks(workspace, &["--open", "--person", person]);
    let [task] = open.as_slice() else { panic!("{person} has not one task but {open:?}") };
    task["id"].as_str().expect("an id").to_owned()
}

fn done(workspace: &Workspace, person: &str) {
    let _ = workspace.run(&["tasks", "done", &task(workspace, person), "--evidence", "a photo", "--by", "jo"]).exits(0);
}

#[test]
fn people_do_what_has_no_api_and_then_the_plan_is_empty() {
    let place = place();
    ask(&place);
    assert_eq!(operations(&plan(&place, 0)), Vec::<String>::new(), "what somebody was asked to do is not planned again");
    assert_eq!(tasks(&place, &[]).len(), 2);
    let shown = place.run(&["tasks", "show", &task(&place, "ada")]).exits(0).stdout;
    for said in ["set up an account with zone Laboratory, zone Lobby for Ada Byron. title: Engineer", "facilities@acme.example"] {
        assert!(shown.contains(said), "`{said}` is not in:\n{shown}");
    }
    done(&place, "ada");
    done(&place, "bob");
    assert_eq!(operations(&plan(&place, 0)), Vec::<String>::new(), "what was confirmed is as it should be");
    let access = place.run(&["access", "ada"]).exits(0).stdout;
    assert!(access.contains("active") && access.contains("zone Laboratory") && access.contains("role research"), "{access}");

    // A mover: the badge is edited and a zone given back, each by a person.
    people(&place, &["1,ada,Ada Byron,Director,Sales\n", BOB]);
    let mut asked = operations(&plan(&place, 3));
    asked.sort();
    assert_eq!(asked, ["revoke Laboratory", "update-account title"]);
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(0);
    for task in tasks(&place, &["--open"]) {
        let _ = place.run(&["tasks", "done", task["id"].as_str().expect("an id")]).exits(0);
    }
    assert_eq!(operations(&plan(&place, 0)), Vec::<String>::new());
    let _ = place.run(&["audit", "verify"]).exits(0);
}

#[test]
fn what_was_refused_is_a_case_and_not_the_same_task_every_day() {
    let place = place();
    ask(&place);
    let bobs = task(&place, "bob");
    let _ = place.run(&["tasks", "refuse", &bobs, "--reason", "he has one", "--by", "jo"]).exits(0);
    let planned = plan(&place, 0);
    assert_eq!(operations(&planned), Vec::<String>::new());
    let case = &planned["cases"][0];
    assert_eq!((case["kind"].as_str(), case["task"].as_str()), (Some("refused"), Some(bobs.as_str())));
    assert!(case["text"].as_str().is_some_and(|text| text.contains("jo refused") && text.contains("he has one")), "{case}");
    let _ = place.run(&["tasks", "done", &bobs]).exits(1);
    let _ = place.run(&["tasks", "reopen", &bobs]).exits(0);
    assert_eq!(operations(&plan(&place, 3)), ["create-account", "grant Lobby"]);
}

#[test]
fn a_leaver_is_due_at_once_and_closed_when_somebody_says_so() {
    let place = place();
    ask(&place);
    done(&place, "ada");
    let _ = place.run(&["tasks", "remind"]).exits(0);
    let _ = place.run(&["offboard", "ada", "--yes"]).exits(0);
    let reminded = place.run(&["tasks", "remind"]).exits(3).stdout;
    assert!(reminded.contains("facilities@acme.example") && reminded.contains("close the account"), "{reminded}");
    let status = place.run(&["status"]).exits(0).stdout;
    assert!(status.contains("2 tasks are open with people, 1 overdue"), "{status}");
    let open = place.run(&["report", "leavers", "--output", "json"]).exits(3).json();
    assert_eq!(open["leavers"][0]["apps"][0]["open"][0]["task"], task(&place, "ada").as_str(), "{open}");
    done(&place, "ada");
    let access = place.run(&["access", "ada"]).exits(0).stdout;
    assert!(access.contains("suspended since"), "{access}");
    let closed = place.run(&["report", "leavers"]).exits(0).stdout;
    assert!(closed.contains("suspend*") && closed.contains("nothing on the app can show it"), "{closed}");
    let _ = place.run(&["tasks", "remind"]).exits(0);
}

#[test]
fn a_task_that_nothing_wants_any_more_is_closed_by_the_next_plan() {
    let place = place();
    ask(&place);
    let bobs = task(&place, "bob");
    let text = place.read("innkeeper.toml").replace("when = \"true\"", "when = \"person.department == 'Research'\"");
    place.write("innkeeper.toml", text);
    assert_eq!(operations(&plan(&place, 0)), Vec::<String>::new());
    let shown = place.run(&["tasks", "show", &bobs]).exits(0).stdout;
    assert!(shown.contains("not asked for any more"), "{shown}");
    assert_eq!(tasks(&place, &["--open"]).len(), 1, "the other stays");
    let _ = place.run(&["tasks", "done", &bobs]).exits(1);
}

#[test]
fn a_task_that_does_not_exist_is_wrong_usage() {
    let place = place();
    let _ = place.run(&["tasks", "show", "ffffffff"]).exits(2);
}

#[test]
fn what_a_plan_costs_is_told_and_what_nobody_needs_is_reported() {
    let place = place();
    let prices = "[app.badge.price]\naccount = { amount = \"24\", currency = \"EUR\", per = \"year\" }\n\
                  \"zone/Laboratory\" = { amount = \"12.50\", currency = \"EUR\", per = \"month\" }\n";
    place.write(
        "innkeeper.toml",
        place.read("innkeeper.toml").replace("[role.everybody]", &format!("{prices}\n[role.everybody]")),
    );
    let text = place.run(&["plan", "--out", "plan.json"]).exits(3).stdout;
    assert!(text.contains("cost: +16.50 EUR a month"), "{text}");
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(0);
    assert!(plan(&place, 0)["cost"].is_null(), "what somebody was asked to do is not counted twice");
    done(&place, "ada");
    done(&place, "bob");
    let report = place.run(&["report", "licences", "--output", "json"]).exits(0).json();
    let [accounts, laboratory] = report["licences"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        panic!("{report:#}")
    };
    assert_eq!((&accounts["used"], &accounts["needed"]), (&2.into(), &2.into()));
    assert_eq!((&laboratory["used"], &laboratory["needed-by"]["research"]), (&1.into(), &1.into()));
    assert_eq!(report["cost"][0]["per-month"], "16.50");

    // Whoever left and was closed keeps a badge, which costs as before and is nobody's need.
    let _ = place.run(&["offboard", "bob", "--yes"]).exits(0);
    done(&place, "bob");
    let text = place.run(&["report", "licences"]).exits(0).stdout;
    assert!(text.contains("could be taken from bob (suspended)") && text.contains("of which unused: 2.00 EUR"), "{text}");
}
