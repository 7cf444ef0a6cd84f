//! The main job, on a SCIM server that somebody else wrote.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::peer::Scim2Server;
use innkeeper_tests::{fake, setup};
use serde_json::{Value, json};

use crate::scenario::{Scenario, how_many, operations};

/// A company on `scim2-server`, provisioned.
struct Provisioned {
    scenario: Scenario,
    client: ScimClient,
    _server: Scim2Server,
}

impl Provisioned {
    fn new(people: usize) -> Self {
        let (scenario, client, server) = before(people);
        scenario.settle();
        Self { scenario, client, _server: server }
    }

    fn group(&self, name: &str) -> Value {
        let found = self.client.all("/Groups").into_iter().find(|group| group["displayName"] == name);
        found.unwrap_or_else(|| panic!("there is no group {name}"))
    }

    fn members(&self, name: &str) -> usize {
        self.group(name)["members"].as_array().map_or(0, Vec::len)
    }

    fn user(&self, index: usize) -> Value {
        let name = &self.scenario.company.employees[index].user_name;
        self.client.user(name).unwrap_or_else(|| panic!("{name} has no account"))
    }
}

/// A company that is only in the HR system yet, and a server that has the groups.
fn before(people: usize) -> (Scenario, ScimClient, Scim2Server) {
    let server = Scim2Server::start();
    let client = ScimClient::new(server.base_url(), server.token());
    for name in setup::groups() {
        client.create("/Groups", &json!({ "schemas": [fake::GROUP], "displayName": name }));
    }
    (Scenario::new(people, server.base_url(), server.token()), client, server)
}

#[test]
fn a_company_gets_its_accounts_and_the_second_plan_is_empty() {
    let (scenario, client, _server) = before(250);
    let plan = scenario.plan(3);
    assert_eq!((how_many(&plan, "create-account"), how_many(&plan, "grant")), (250, 500));
    assert_eq!(plan["changes"].as_array().map(Vec::len), Some(750), "and nothing else");
    assert_eq!(client.all("/Users").len(), 0, "a plan writes nothing");

    let _ = scenario.apply();
    let users = client.all("/Users");
    assert_eq!(users.len(), 250);
    let jose = users.iter().find(|user| user["name"]["givenName"] == "José").expect("José has an account");
    assert!(jose["active"] != false && jose["emails"][0]["value"].is_string(), "{jose}");
    let groups = client.all("/Groups");
    for group in &groups {
        let name = group["displayName"].as_str().unwrap_or_default();
        let expected = if name == setup::EVERYBODY { 250 } else { scenario.company.in_department(name) };
        assert_eq!(group["members"].as_array().map_or(0, Vec::len), expected, "{name}");
    }
    let again = scenario.plan(0);
    assert_eq!(operations(&again), Vec::<String>::new());
}

#[test]
fn somebody_moves_and_exactly_what_moves_is_changed() {
    let mut place = Provisioned::new(30);
    let before = place.user(20);
    let employee = &mut place.scenario.company.employees[20];
    assert_eq!(employee.department, "Engineering");
    employee.department = "Sales".to_owned();
    place.scenario.write_people();
    let plan = place.scenario.plan(3);
    let mut operations = operations(&plan);
    operations.sort();
    assert_eq!(operations, ["grant Sales", "revoke Engineering", "update-account department"]);
    let (engineers, sellers) = (place.members("Engineering"), place.members("Sales"));
    let _ = place.scenario.apply();
    let after = place.user(20);
    assert_eq!(after[fake::ENTERPRISE_USER]["department"], "Sales");
    assert_eq!(after["title"], before["title"]);
    assert_eq!((place.members("Engineering"), place.members("Sales")), (engineers - 1, sellers + 1));
    let _ = place.scenario.plan(0);
}

#[test]
fn an_attribute_that_goes_is_cleared_and_one_that_is_not_ours_stays() {
    let mut place = Provisioned::new(12);
    let path = format!("/Users/{}", place.user(10)["id"].as_str().expect("an id"));
    place.client.patch(&path, &json!([{ "op": "add", "path": "nickName", "value": "Dot" }]));
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new(), "nobody asked what the nickname is");
    place.scenario.company.employees[10].title = String::new();
    place.scenario.write_people();
    assert_eq!(operations(&place.scenario.plan(3)), ["update-account title"]);
    let _ = place.scenario.apply();
    let user = place.user(10);
    assert_eq!((user.get("title").cloned(), &user["nickName"]), (None, &json!("Dot")));
}

#[test]
fn whoever_leaves_is_closed_at_once() {
    let place = Provisioned::new(12);
    let leaver = &place.scenario.company.employees[7];
    let _ = place.scenario.run(&["offboard", &leaver.user_name, "--yes"]).exits(0);
    assert_eq!(place.user(7)["active"], false);
    assert!(place.user(8)["active"].as_bool().unwrap_or(true));
    let access = place.scenario.run(&["access", &leaver.user_name]).exits(0);
    assert!(access.stdout.contains("suspended"), "{}", access.stdout);
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new(), "the file still has them, and they stay closed");
    let _ = place.scenario.run(&["audit", "verify"]).exits(0);
}

#[test]
fn whoever_was_closed_by_mistake_gets_everything_back() {
    let place = Provisioned::new(12);
    let name = &place.scenario.company.employees[7].user_name;
    let department = &place.scenario.company.employees[7].department;
    let members = place.members(department);
    let _ = place.scenario.run(&["offboard", name, "--yes"]).exits(0);
    assert_eq!((&place.user(7)["active"], place.members(department)), (&json!(false), members - 1));
    let _ = place.scenario.run(&["onboard", name, "--yes"]).exits(0);
    assert_eq!((&place.user(7)["active"], place.members(department)), (&json!(true), members));
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn what_somebody_else_made_is_told_and_left_alone() {
    let place = Provisioned::new(12);
    let stranger = json!({ "schemas": [fake::USER], "userName": "stranger@elsewhere.example" });
    place.client.create("/Users", &stranger);
    let sales = format!("/Groups/{}", place.group("Sales")["id"].as_str().expect("an id"));
    let engineer = place.user(1)["id"].clone();
    place.client.patch(&sales, &json!([{ "op": "add", "path": "members", "value": [{ "value": engineer }] }]));
    let plan = place.scenario.plan(0);
    assert_eq!(operations(&plan), Vec::<String>::new());
    assert_eq!(plan["orphans"][0]["unique-name"], "stranger@elsewhere.example");
    assert_eq!((plan["orphans"].as_array().map(Vec::len), plan["drift"].as_array().map(Vec::len)), (Some(1), Some(1)));
    assert_eq!(plan["drift"][0]["name"], "Sales");
    let orphans = place.scenario.run(&["orphans"]).exits(0);
    assert!(orphans.stdout.contains("stranger@elsewhere.example"), "{}", orphans.stdout);
    let drift = place.scenario.run(&["drift"]).exits(0);
    assert!(drift.stdout.contains(&place.scenario.company.employees[1].user_name), "{}", drift.stdout);
}

#[test]
fn who_has_what_and_why_is_answered() {
    let place = Provisioned::new(12);
    let holders = place.scenario.run(&["who-has", "directory:group/Sales", "--output", "json"]).exits(0).json();
    assert_eq!(holders["holders"].as_array().map(Vec::len), Some(place.scenario.company.in_department("Sales")));
    let person = &place.scenario.company.employees[8];
    let why = place.scenario.run(&["explain", &person.user_name, "directory"]).exits(0).stdout;
    for said in ["person.department", "people.csv", "innkeeper.toml", "POST", "Sales"] {
        assert!(why.contains(said), "`{said}` is not in:\n{why}");
    }
}
