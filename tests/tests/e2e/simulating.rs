//! What would be, if something were otherwise.

use innkeeper_tests::fake::ScimServer;
use serde_json::Value;

use crate::scenario::Scenario;

fn settled() -> (ScimServer, Scenario) {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    scenario.settle();
    server.forget_requests();
    (server, scenario)
}

fn people(list: &Value) -> usize {
    list.as_object().map_or(0, serde_json::Map::len)
}

#[test]
fn another_configuration_tells_who_is_affected_and_sends_and_writes_nothing() {
    let (server, scenario) = settled();
    let text = scenario.workspace.read("innkeeper.toml");
    scenario
        .workspace
        .write("other/innkeeper.toml", text.replace("person.department == 'Sales'", "person.department == 'Legal'"));
    let before = std::fs::read(scenario.workspace.path(".innkeeper/innkeeper.db")).expect("the store");
    let arguments = ["simulate", "--configuration", "other", "--output", "json"];
    let simulation = scenario.run(&arguments).exits(3).json();
    assert_eq!(simulation["apps"][0]["then"]["revoke"], 4, "{}", simulation["apps"]);
    assert_eq!(simulation["apps"][0]["people"], 4);
    assert_eq!(simulation["roles"][0]["role"], "sales");
    assert_eq!((people(&simulation["roles"][0]["gain"]), people(&simulation["roles"][0]["lose"])), (0, 4));
    let said = scenario.run(&["simulate", "--configuration", "other"]).exits(3).stdout;
    let name = &scenario.company.employees[8].user_name;
    let full = format!("{} {}", scenario.company.employees[8].given_name, scenario.company.employees[8].family_name);
    assert!(said.contains(name) || said.contains(&full), "{said}");
    assert!(said.contains("would revoke group Sales"), "{said}");
    assert!(said.contains("role sales: 0 would get it, 4 would lose it"), "{said}");
    assert_eq!(server.requests().len(), 0, "nothing is sent");
    let after = std::fs::read(scenario.workspace.path(".innkeeper/innkeeper.db")).expect("the store");
    assert!(before == after, "nothing is written");
    let same = scenario.run(&["simulate", "--configuration", "."]).exits(0).stdout;
    assert!(same.contains("makes no difference"), "{same}");
}

#[test]
fn other_people_and_another_day_tell_what_would_be_planned_with_the_guards_verdict() {
    let (server, mut scenario) = settled();
    for leaver in 0..6 {
        scenario.company.employees[leaver].end_date = Some(jiff::civil::date(2020, 1, 1));
    }
    scenario.workspace.write("export.csv", scenario.company.people_csv());
    let simulation = scenario.run(&["simulate", "--people", "export.csv", "--source", "hr", "--output", "json"]).exits(3).json();
    assert_eq!(simulation["apps"][0]["then"]["suspend"], 6, "{}", simulation["apps"]);
    assert_eq!(simulation["guard"].as_array().map(Vec::len), Some(1), "6 of 12 are more than the guard allows");
    // Whoever is not in the file is no leaver before a second reading says so.
    scenario.company.employees.truncate(11);
    for employee in &mut scenario.company.employees {
        employee.end_date = None;
    }
    scenario.workspace.write("export.csv", scenario.company.people_csv());
    let said = scenario.run(&["simulate", "--people", "export.csv"]).exits(0).stdout;
    assert!(said.contains("1 person is missing from the source"), "{said}");
    let _ = scenario.run(&["simulate", "--people", "export.csv", "--source", "payroll"]).exits(2);
    assert_eq!(server.requests().len(), 0, "nothing is sent");
    assert_eq!(scenario.plan(0)["changes"].as_array().map(Vec::len), Some(0), "and nothing was remembered");
}
