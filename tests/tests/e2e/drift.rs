//! What somebody else did on an app, by rule and by decision.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::ScimServer;
use serde_json::{Value, json};

use crate::scenario::{Scenario, operations};

/// A settled company where somebody gave the first employee another department's group, and made an account of nobody.
struct Drifted {
    scenario: Scenario,
    server: ScimServer,
    /// Whose account it is.
    name: String,
    /// The group that no rule gives them.
    group: String,
}

fn drifted() -> Drifted {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 8);
    scenario.settle();
    let name = scenario.company.employees[0].user_name.clone();
    let id = server.user(&name).expect("there")["id"].clone();
    let has = |group: &Value| group["members"].as_array().is_some_and(|members| members.iter().any(|one| one["value"] == id));
    let group = server.groups().into_iter().find(|group| !has(group)).expect("a group of others");
    let add = json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]);
    patch(&server, &format!("/Groups/{}", group["id"].as_str().expect("an id")), &add);
    server.create_user(json!({ "userName": "shadow", "active": true }));
    let group = group["displayName"].as_str().expect("a name").to_owned();
    Drifted { scenario, server, name, group }
}

fn patch(server: &ScimServer, path: &str, operations: &Value) {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations });
    let client = ScimClient::new(server.base_url(), server.token());
    let answer = client.send("PATCH", path, &[], Some(&body.to_string()));
    assert!(answer.status < 300, "{}", answer.text);
}

impl Drifted {
    fn configure(&self, lines: &str) {
        let before = self.scenario.workspace.read("innkeeper.toml");
        self.scenario.workspace.write("innkeeper.toml", format!("[drift]\n{lines}\n\n{before}"));
    }

    fn holds(&self) -> bool {
        let id = self.server.user(&self.name).expect("there")["id"].clone();
        let group = self.server.groups().into_iter().find(|group| group["displayName"] == self.group.as_str()).expect("there");
        group["members"].as_array().is_some_and(|members| members.iter().any(|one| one["value"] == id))
    }

    fn listed(&self, command: &str) -> usize {
        let value = self.scenario.run(&[command, "--output", "json"]).exits(0).json();
        value[command]["directory"].as_array().map_or(0, Vec::len)
    }
}

#[test]
fn what_somebody_else_did_is_listed_and_what_is_ignored_comes_back_on_its_day() {
    let place = drifted();
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
    assert_eq!((place.listed("drift"), place.listed("orphans")), (1, 1));
    let held = format!("group/{}", place.group);
    let ignore = ["ignore", "directory", &place.name, "--entitlement", &held, "--until", "2090-01-01", "--reason", "a trainee"];
    let _ = place.scenario.run(&ignore).exits(0);
    let _ = place.scenario.run(&["ignore", "directory", "shadow", "--for", "30d"]).exits(0);
    assert_eq!((place.listed("drift"), place.listed("orphans")), (0, 0), "without a new plan");
    let _ = place.scenario.plan(0);
    assert_eq!((place.listed("drift"), place.listed("orphans")), (0, 0), "and with one");
    let all = place.scenario.run(&["drift", "--all"]).exits(0).stdout;
    assert!(all.contains("ignored until 2090-01-01") && all.contains("a trainee"), "{all}");
    let later = place.scenario.run(&["plan", "--today", "2090-01-01", "--output", "json"]);
    let later = &later.json()["plan"]["content"]["apps"][0];
    assert_eq!((later["drift"].as_array().map(Vec::len), later["orphans"].as_array().map(Vec::len)), (Some(1), Some(1)));
    let audit = place.scenario.run(&["audit", "--output", "json"]).exits(0).stdout;
    assert!(audit.contains("drift.ignored"), "{audit}");

    let _ = place.scenario.run(&["ignore", "directory", "nobody-at-all"]).exits(2);
    let _ = place.scenario.run(&["ignore", "directory", "shadow", "--until", "2001-01-01"]).exits(1);
    let _ = place.scenario.run(&["ignore", "directory", "shadow", "--entitlement", &held]).exits(2);
}

#[test]
fn drift_is_reverted_where_the_configuration_says_so_but_not_what_was_adopted_by_hand() {
    let place = drifted();
    let _ = place.scenario.plan(0);
    place.configure("grants = \"revert\"\norphans = \"suspend\"");
    assert_eq!(operations(&place.scenario.plan(3)), [format!("revoke {}", place.group), "suspend".to_owned()]);
    let held = format!("group/{}", place.group);
    let _ = place.scenario.run(&["adopt", "directory", &place.name, "--entitlement", &held]).exits(0);
    assert_eq!(operations(&place.scenario.plan(3)), ["suspend"]);
    let _ = place.scenario.apply();
    assert!(place.holds());
    assert_eq!(place.server.user("shadow").expect("there")["active"], false);
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn a_grant_that_the_configuration_adopts_stays() {
    let place = drifted();
    place.configure("grants = \"adopt\"");
    assert_eq!(operations(&place.scenario.plan(3)), [format!("assume-grant {}", place.group)]);
    let _ = place.scenario.apply();
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
    assert!(place.holds());
    // It is nobody else's any more: who takes the rule back does not take the grant away.
    let all = place.scenario.run(&["drift", "--all"]).exits(0).stdout;
    assert!(all.contains("adopted by the configuration"), "{all}");
}

#[test]
fn an_account_of_nobody_that_is_adopted_is_the_persons() {
    let place = drifted();
    let mut scenario = place.scenario;
    let _ = scenario.plan(0);
    let taken = scenario.run(&["adopt", "directory", "shadow", "--person", &place.name]).exits(2);
    assert!(taken.stderr.contains("already"), "{}", taken.stderr);
    let joiner = innkeeper_tests::company::Company::of(9).employees.pop().expect("nine people");
    let name = joiner.user_name.clone();
    scenario.company.employees.push(joiner);
    scenario.write_people();
    assert!(operations(&scenario.plan(3)).contains(&"create-account".to_owned()));
    let _ = scenario.run(&["adopt", "directory", "shadow", "--person", &name]).exits(0);
    let operations = operations(&scenario.plan(3));
    assert!(!operations.contains(&"create-account".to_owned()), "{operations:?}");
    let _ = scenario.apply();
    assert!(place.server.user("shadow").is_none() && place.server.user(&name).is_some());
}

#[test]
fn an_attribute_that_somebody_wrote_over_is_left_where_the_configuration_says_so_until_the_rules_change() {
    let mut place = drifted();
    let id = place.server.user(&place.name).expect("there")["id"].as_str().expect("an id").to_owned();
    let replace = json!([{ "op": "replace", "path": "title", "value": "Emperor" }]);
    patch(&place.server, &format!("/Users/{id}"), &replace);
    assert_eq!(operations(&place.scenario.plan(3)), ["update-account title"]);
    place.configure("attributes = \"report\"");
    let left = place.scenario.plan(0);
    assert_eq!(left["cases"][0]["kind"], "attribute-drift", "{left:#}");
    place.scenario.company.employees[0].title = "Principal".to_owned();
    place.scenario.write_people();
    assert_eq!(operations(&place.scenario.plan(3)), ["update-account title"]);
}
