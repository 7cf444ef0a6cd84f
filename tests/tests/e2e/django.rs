//! The main job on another server that somebody else wrote: `django-scim2` knows few attributes, shows no label of an address, and
//! takes members away only by the value that RFC 7644 does not foresee.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::peer::DjangoScim2;
use innkeeper_tests::{fake, setup};
use serde_json::json;

use crate::scenario::{Scenario, how_many, operations};

/// A company on the server; `quirks` go into the connector's configuration.
fn company(server: &DjangoScim2, quirks: &str) -> Scenario {
    let client = ScimClient::new(server.base_url(), server.token());
    for name in setup::groups() {
        client.create("/Groups", &json!({ "schemas": [fake::GROUP], "displayName": name }));
    }
    let scenario = Scenario::new(12, server.base_url(), server.token());
    let text = setup::configuration(server.base_url());
    let unknown = |line: &&str| !["displayName =", "title =", "\"urn:"].iter().any(|start| line.starts_with(start));
    let text = text.lines().filter(unknown).map(|line| format!("{line}\n")).collect::<String>();
    let text = text.replace(" }\ncredential", &format!("{quirks} }}\ncredential"));
    let text = text.replace("person.emails", "[{'value': person.userName, 'type': 'work', 'primary': true}]");
    scenario.workspace.write("innkeeper.toml", text);
    scenario
}

const BY_VALUE: &str = ", quirks = { remove-members = \"value\" }";

#[test]
fn a_company_comes_moves_and_leaves() {
    let server = DjangoScim2::start();
    let mut scenario = company(&server, BY_VALUE);
    let plan = scenario.plan(3);
    assert_eq!((how_many(&plan, "create-account"), how_many(&plan, "grant")), (12, 24));
    let _ = scenario.apply();
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());

    let employee = &mut scenario.company.employees[4];
    let department = std::mem::replace(&mut employee.department, "Finance".to_owned());
    assert_ne!(department, "Finance");
    employee.family_name = "Newname".to_owned();
    scenario.write_people();
    let mut moved = operations(&scenario.plan(3));
    moved.retain(|operation| !operation.contains("userName") && !operation.contains("emails"));
    assert!(moved.contains(&"grant Finance".to_owned()) && moved.contains(&format!("revoke {department}")), "{moved:?}");
    let _ = scenario.apply();
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());

    let leaver = scenario.company.employees[7].user_name.clone();
    let _ = scenario.run(&["offboard", &leaver, "--yes"]).exits(0);
    let user = ScimClient::new(server.base_url(), server.token()).user(&leaver).expect("the account is there");
    assert_eq!(user["active"], false);
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn a_server_that_says_done_and_does_nothing_is_found_out_and_tried_again() {
    let server = DjangoScim2::start();
    let scenario = company(&server, "");
    scenario.settle();
    let mut scenario = scenario;
    scenario.company.employees[4].department = "Finance".to_owned();
    scenario.write_people();
    let revokes = how_many(&scenario.plan(3), "revoke");
    assert_eq!(revokes, 1);
    let run = scenario.run(&["apply", "plan.json", "--yes"]).exits(1);
    assert!(run.stdout.contains("still holds it"), "{}", run.stdout);
    assert_eq!(how_many(&scenario.plan(3), "revoke"), 1, "the next plan tries again");
}
