//! What was applied and should not have been is taken back.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::ScimServer;
use serde_json::{Value, json};

use crate::scenario::{Scenario, operations};

fn settled(people: usize) -> (Scenario, ScimServer) {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, people);
    scenario.settle();
    (scenario, server)
}

/// Plans, applies, and gives the run's key.
fn applied(scenario: &Scenario) -> String {
    let _ = scenario.plan(3);
    let report = scenario.run(&["apply", "plan.json", "--yes", "--output", "json"]).exits(0).json();
    report["run"]["id"].as_str().expect("a run has a key").to_owned()
}

/// The reverse plan for the one app.
fn reverse(scenario: &Scenario, arguments: &[&str]) -> (Value, Value) {
    let arguments = [&["undo"], arguments, &["--out", "undo.json", "--output", "json"]].concat();
    let undo = scenario.run(&arguments).exits(3).json();
    (undo["plan"]["content"]["apps"][0].clone(), undo)
}

/// Everybody's account with what it holds, without what the server says of the time.
fn everything(server: &ScimServer, scenario: &Scenario) -> Vec<Value> {
    let user =
        |name: &String| server.user(name).map(|user| [user["active"].clone(), user["title"].clone(), groups(server, name)]);
    scenario.company.employees.iter().map(|employee| serde_json::to_value(user(&employee.user_name)).expect("JSON")).collect()
}

fn groups(server: &ScimServer, name: &str) -> Value {
    let id = server.user(name).expect("the account is there")["id"].clone();
    let mut held: Vec<String> = server
        .groups()
        .into_iter()
        .filter(|group| group["members"].as_array().is_some_and(|members| members.iter().any(|member| member["value"] == id)))
        .filter_map(|group| group["displayName"].as_str().map(str::to_owned))
        .collect();
    held.sort();
    held.into()
}

#[test]
fn a_run_that_is_undone_leaves_the_app_as_it_was() {
    let (mut scenario, server) = settled(20);
    let before = everything(&server, &scenario);
    let people = scenario.workspace.read("people.csv");
    scenario.company.employees[3].title = "Principal".to_owned();
    scenario.company.employees[4].end_date = Some("2020-01-31".parse().expect("a date"));
    let moves = scenario.company.employees.iter().position(|one| one.department == "Engineering").expect("an engineer");
    scenario.company.employees[moves].department = "Sales".to_owned();
    scenario.write_people();
    let run = applied(&scenario);
    assert_ne!(everything(&server, &scenario), before);

    // The record that was wrong is put right; nobody has read it yet, and so the rules still want what the run did.
    let (app, undo) = reverse(&scenario, &[&run]);
    assert_eq!(undo["again"].as_array().map(Vec::len), app["changes"].as_array().map(Vec::len), "{undo:#}");
    let reasons = app["changes"].as_array().expect("a list").iter().map(|change| change["reasons"][0]["text"].to_string());
    assert!(reasons.clone().all(|text| text.contains(&format!("undo of run {run}, change c"))), "{app:#}");

    scenario.workspace.write("people.csv", people);
    let _ = scenario.run(&["apply", "undo.json", "--yes"]).exits(0);
    assert_eq!(everything(&server, &scenario), before);
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
    let shown = scenario.run(&["plan", "show", "undo.json"]).exits(0).stdout;
    assert!(shown.contains("undo of run") && shown.contains("the next plan does it again"), "{shown}");
}

#[test]
fn a_part_of_a_run_is_undone_and_what_somebody_changed_since_stays() {
    let (mut scenario, server) = settled(20);
    for at in [3, 5] {
        scenario.company.employees[at].title = "Principal".to_owned();
    }
    scenario.write_people();
    let run = applied(&scenario);
    let names: Vec<String> = [3, 5].iter().map(|at| scenario.company.employees[*at].user_name.clone()).collect();
    let (app, _) = reverse(&scenario, &[&run, "--only", &names[0]]);
    assert_eq!(operations(&app), ["update-account title"]);
    let _ = scenario.run(&["undo", &run, "--only", "c77"]).exits(1);
    let _ = scenario.run(&["undo", "0000"]).exits(1);

    // Undone twice is undone once: by then the title is no longer what the run wrote.
    let _ = scenario.run(&["apply", "undo.json", "--yes"]).exits(0);
    let rest = scenario.run(&["undo", &run, "--only", &names[0]]).exits(0).stdout;
    assert!(rest.contains("nothing of run") && rest.contains("title reads"), "{rest}");
    assert_eq!(server.user(&names[1]).expect("there")["title"], "Principal");

    // A plan that is stale is refused, as any other.
    let (_, _) = reverse(&scenario, &[&run]);
    let id = server.user(&names[1]).expect("there")["id"].as_str().expect("an id").to_owned();
    let operations = json!([{ "op": "replace", "path": "title", "value": "Emperor" }]);
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let client = ScimClient::new(server.base_url(), server.token());
    let _ = client.send("PATCH", &format!("/Users/{id}"), &[], Some(&body.to_string())).success();
    let _ = scenario.run(&["apply", "undo.json", "--yes"]).exits(1);
    assert_eq!(server.user(&names[1]).expect("there")["title"], "Emperor");
}

#[test]
fn accounts_that_a_run_made_are_suspended_and_deleted_only_on_request() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 3);
    let run = applied(&scenario);
    let (app, _) = reverse(&scenario, &[&run]);
    let done = operations(&app);
    assert_eq!(done.iter().filter(|one| *one == "suspend").count(), 3, "{done:?}");
    assert!(!done.iter().any(|one| one == "delete-account") && done.iter().any(|one| one.starts_with("revoke")), "{done:?}");

    let (app, _) = reverse(&scenario, &[&run, "--delete"]);
    assert_eq!(operations(&app).iter().filter(|one| *one == "delete-account").count(), 3);
    let _ = scenario.run(&["apply", "undo.json", "--yes", "--override", "this was the wrong server"]).exits(0);
    assert!(scenario.company.employees.iter().all(|one| server.user(&one.user_name).is_none()));
}
