//! A SCIM server as the source of people for another one.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::setup;
use jiff::civil::Date;
use serde_json::json;

use crate::scenario::{Scenario, create_groups, operations};

/// A company on one server, and a configuration that takes its people from there to another.
pub(crate) fn between_servers(people: usize) -> (Scenario, ScimServer, ScimServer) {
    let (from, to) = (ScimServer::start(), ScimServer::start());
    Scenario::on(&from, people).settle();
    create_groups(&to);
    let mut scenario = Scenario::new(people, to.base_url(), to.token());
    let source = format!(
        "[source.directory]\nconnector = \"scim@0.1\"\nkey = \"employeeNumber\"\nconfig = {{ base-url = \"{}\" }}\n\
         credential.default = {{ env = \"SOURCE_TOKEN\" }}\nnetworks = [\"127.0.0.0/8\"]\n\n",
        from.base_url()
    );
    let text = setup::configuration(to.base_url());
    let (_, apps) = text.split_once("[app.").expect("the configuration has an app");
    scenario.workspace.write("innkeeper.toml", format!("{source}[app.{apps}"));
    scenario.workspace.set("SOURCE_TOKEN", from.token());
    (scenario, from, to)
}

#[test]
fn people_come_from_a_scim_server_and_leave_with_it() {
    let (scenario, from, to) = between_servers(20);
    scenario.settle();
    assert_eq!(to.users().len(), 20);
    let name = &scenario.company.employees[3].user_name;
    let copied = to.user(name).expect("the account is there");
    let original = from.user(name).expect("the person is there");
    assert_eq!((&copied["title"], &copied["name"]["familyName"]), (&original["title"], &original["name"]["familyName"]));

    let client = ScimClient::new(from.base_url(), from.token());
    let path = format!("/Users/{}", original["id"].as_str().expect("an id"));
    client.patch(&path, &json!([{ "op": "replace", "path": "active", "value": false }]));
    let plan = scenario.plan(3);
    assert!(operations(&plan).contains(&"suspend".to_owned()), "{:?}", operations(&plan));
    let _ = scenario.apply();
    assert_eq!(to.user(name).expect("the account is there")["active"], false);
    let _ = scenario.plan(0);
}

#[test]
fn somebody_made_inactive_works_until_the_end_of_the_day_where_the_configuration_says_so() {
    let (scenario, from, to) = between_servers(6);
    let text = scenario.workspace.read("innkeeper.toml");
    scenario.workspace.write("innkeeper.toml", format!("[lifecycle]\nclose = \"end-of-day\"\n\n{text}"));
    scenario.settle();
    let name = &scenario.company.employees[3].user_name;
    let client = ScimClient::new(from.base_url(), from.token());
    let person = from.user(name).expect("the person is there");
    let path = format!("/Users/{}", person["id"].as_str().expect("an id"));
    client.patch(&path, &json!([{ "op": "replace", "path": "active", "value": false }]));
    // The day is the one that the first plan saw, also for the plans that follow it.
    let plan = scenario.plan(0);
    let day: Date = plan["upcoming"][0]["on"].as_str().and_then(|day| day.parse().ok()).expect("a day to come");
    assert_eq!(plan["upcoming"][0]["class"], "suspend");
    let ahead = ["plan", "--today", &day.to_string(), "--out", "ahead.json", "--output", "json"];
    let ahead = scenario.run(&ahead).exits(3).json()["plan"]["content"]["apps"][0].clone();
    assert!(operations(&ahead).contains(&"suspend".to_owned()), "{:?}", operations(&ahead));
    assert!(to.user(name).expect("the account is there")["active"] != false);
}

#[test]
fn a_source_that_suddenly_has_nobody_makes_nobody_a_leaver() {
    let (scenario, from, to) = between_servers(20);
    scenario.settle();
    from.set_quirks(innkeeper_tests::fake::Quirks {
        failures: vec![innkeeper_tests::fake::Failure::always("GET", "/Users", innkeeper_tests::fake::Fault::EmptyList)],
        ..Default::default()
    });
    for _ in 0..3 {
        let plan = scenario.plan(1);
        assert_eq!(operations(&plan), Vec::<String>::new());
    }
    assert!(to.users().iter().all(|user| user["active"] != false));
}
