//! One app in the place of another, for everybody who has a role.

use innkeeper_tests::company::Company;
use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::setup;
use innkeeper_tests::workspace::Run;
use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::scenario::{Scenario, create_groups, operations};

/// The variable with the second server's token.
const TOKEN: &str = "TALK_TOKEN";

/// A settled company on `directory`, with a second app `talk` that no role gives. Who sells has another role on `directory`.
struct Place {
    scenario: Scenario,
    directory: ScimServer,
    talk: ScimServer,
}

fn place(people: usize) -> Place {
    let (directory, talk) = (ScimServer::start(), ScimServer::start());
    create_groups(&directory);
    talk.create_group(json!({ "displayName": "All" }));
    let mut scenario = Scenario::new(people, directory.base_url(), directory.token());
    scenario.workspace.set(TOKEN, talk.token());
    scenario.workspace.write("innkeeper.toml", configuration(&directory, &talk));
    let place = Place { scenario, directory, talk };
    let _ = place.plan(3);
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(0);
    let _ = place.plan(0);
    place
}

fn configuration(directory: &ScimServer, talk: &ScimServer) -> String {
    let text = setup::configuration(directory.base_url());
    let roles = text.find("[role.everybody]").expect("roles");
    let app = text.find("[app.directory]").expect("an app");
    let second = text[app..roles].replace("app.directory", "app.talk").replace(setup::TOKEN, TOKEN);
    let second = second.replace(directory.base_url(), talk.base_url());
    let staff = "[role.everybody]\nwhen = \"true\"\ngrants = [\"directory:group/Everybody\"]\n";
    let sales = "[role.sales]\nwhen = \"person.department == 'Sales'\"\ngrants = [\"directory:group/Sales\"]\n";
    format!("{}{second}{staff}\n{sales}", &text[..roles])
}

impl Place {
    fn run(&self, arguments: &[&str]) -> Run {
        self.scenario.run(arguments)
    }

    #[track_caller]
    fn plan(&self, code: i32) -> Value {
        self.run(&["plan", "--out", "plan.json", "--output", "json"]).exits(code).json()
    }

    /// What is planned for a day to come.
    fn ahead(&self, day: Date) -> Value {
        self.run(&["plan", "--today", &day.to_string(), "--out", "ahead.json", "--output", "json"]).json()
    }

    fn sellers(&self) -> usize {
        self.scenario.company.in_department("Sales")
    }

    fn people(&self) -> usize {
        self.scenario.company.employees.len()
    }

    fn active(server: &ScimServer) -> usize {
        server.users().iter().filter(|user| user["active"] != false).count()
    }

    fn members(server: &ScimServer, group: &str) -> usize {
        let group = server.groups().into_iter().find(|one| one["displayName"] == group).expect("the group is there");
        group["members"].as_array().map_or(0, Vec::len)
    }
}

/// The plan of one app.
fn on(planned: &Value, app: &str) -> Value {
    let apps = planned["plan"]["content"]["apps"].as_array().expect("apps");
    apps.iter().find(|one| one["app"] == app).expect("the app is in the plan").clone()
}

fn count(planned: &Value, app: &str, operation: &str) -> usize {
    operations(&on(planned, app)).iter().filter(|one| one.starts_with(operation)).count()
}

fn begin(overlap: &str) -> [&str; 10] {
    let pair = "group/Everybody=group/All";
    ["swap", "directory", "talk", "--role", "everybody", "--entitlement", pair, "--overlap", overlap, "--reason=cheaper"]
}

#[test]
fn what_has_no_counterpart_is_told_before_anything_is_decided() {
    let place = place(4);
    let refused = place.run(&["swap", "directory", "talk", "--role", "everybody"]).exits(2);
    assert!(
        refused.stderr.contains("directory:group/Everybody") && refused.stderr.contains("--entitlement"),
        "{}",
        refused.stderr
    );
    let wrong =
        place.run(&["swap", "directory", "talk", "--role", "everybody", "--entitlement", "group/Everbody=group/All"]).exits(2);
    assert!(wrong.stderr.contains("it gives group/Everybody"), "{}", wrong.stderr);
    let _ = place.run(&["swap", "directory", "talk", "--role", "everbody"]).exits(2);
    let _ = place.run(&["swap", "directory", "directory", "--role", "everybody"]).exits(2);
    let _ = place.run(&["swap", "talk", "directory", "--role", "everybody"]).exits(2);
    assert_eq!(place.run(&["swap", "list", "--output", "json"]).exits(0).json()["swaps"], json!([]));
    let _ = place.plan(0);
    let _ = place.run(&["swap", "stop", "directory", "talk", "--role", "everybody"]).exits(2);
}

#[test]
fn everybody_gets_the_new_app_and_loses_the_old_one_after_the_overlap() {
    let mut place = place(12);
    let (everybody, sellers) = (place.people(), place.sellers());
    assert!(sellers > 0 && sellers < everybody);
    let _ = place.run(&begin("14d")).exits(0);
    let again = place.run(&begin("14d")).exits(0).stdout;
    assert!(again.contains("decided already"), "{again}");
    let planned = place.plan(3);
    assert_eq!(count(&planned, "talk", "create-account"), everybody);
    assert_eq!(operations(&on(&planned, "directory")), Vec::<String>::new(), "nobody is left without");
    let reason = on(&planned, "talk")["changes"][0]["reasons"].to_string();
    assert!(reason.contains("swapped from directory to talk"), "{reason}");
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(0);
    assert_eq!((Place::active(&place.talk), Place::members(&place.talk, "All")), (everybody, everybody));

    // The new accounts are there: from today on the overlap counts.
    let settled = place.plan(0);
    let upcoming = on(&settled, "directory")["upcoming"].as_array().expect("a list").clone();
    assert_eq!(upcoming.len(), everybody);
    let whole = upcoming.iter().filter(|later| later["what"] == "directory").count();
    assert_eq!(whole, everybody - sellers, "who sells keeps the account");
    let today: Date = upcoming[0]["on"].as_str().expect("a day").parse::<Date>().expect("a day") - 14.days();
    assert_eq!(operations(&on(&place.ahead(today + 13.days()), "directory")), Vec::<String>::new());
    let then = place.ahead(today + 14.days());
    assert_eq!(count(&then, "directory", "suspend"), everybody - sellers);
    assert_eq!(count(&then, "directory", "revoke Everybody"), everybody);
    assert!(on(&then, "directory")["changes"].to_string().contains("old access ended on"), "{then:#}");

    let status = place.run(&["status"]).exits(0).stdout;
    assert!(status.contains("directory for talk in everybody") && status.contains("have both"), "{status}");
    let name = place.scenario.company.employees[0].user_name.clone();
    let explained = place.run(&["explain", &name, "directory"]).exits(0).stdout;
    assert!(explained.contains("swapped directory for talk in everybody") && explained.contains("cheaper"), "{explained}");

    // Who comes now is given the new app alone.
    place.scenario.company = Company::of(14);
    place.scenario.write_people();
    let joined = place.plan(3);
    let sells = place.sellers() - sellers;
    assert_eq!((count(&joined, "talk", "create-account"), count(&joined, "directory", "create-account")), (2, sells));
    assert_eq!(count(&joined, "directory", "grant Everybody"), 0);
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(0);
    let _ = place.plan(0);

    // A shorter overlap is another decision about the same swap. The guard is asked as ever.
    let _ = place.run(&begin("0d")).exits(0);
    let last = place.plan(3);
    assert_eq!(count(&last, "directory", "suspend"), everybody - sellers);
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(3);
    let _ = place.run(&["apply", "plan.json", "--yes", "--override", "directory is swapped for talk"]).exits(0);
    assert_eq!(Place::active(&place.directory), place.sellers());
    assert_eq!(Place::members(&place.directory, "Everybody"), 0);

    // We took away so much ourselves that the listing of grants is suspect until somebody says that it is right.
    let over = place.run(&["plan", "--accept-shrink", "directory", "--output", "json"]).exits(0).json();
    let advice = "replace `directory:group/Everybody` by `talk:group/All`";
    assert!(over["notes"].to_string().contains(advice), "{:#}", over["notes"]);
    assert!(place.run(&["swap", "list"]).exits(0).stdout.contains(advice));
    let text = place.scenario.workspace.read("innkeeper.toml").replace("\"directory:group/Everybody\"", "\"talk:group/All\"");
    place.scenario.workspace.write("innkeeper.toml", text);
    assert!(place.plan(0)["notes"].to_string().contains("the configuration has it"));
    let _ = place.run(&["swap", "stop", "directory", "talk", "--role", "everybody"]).exits(0);
    let _ = place.plan(0);
    let audit = place.run(&["audit", "--output", "json"]).exits(0).stdout;
    assert!(audit.contains("swap.begun") && audit.contains("swap.stopped"), "{audit}");
}

#[test]
fn a_swap_that_is_stopped_gives_the_old_app_again_and_takes_the_new_one_back() {
    let place = place(4);
    let _ = place.run(&begin("0d")).exits(0);
    let _ = place.plan(3);
    let _ = place.run(&["apply", "plan.json", "--yes"]).exits(0);
    let _ = place.plan(3);
    let _ = place.run(&["apply", "plan.json", "--yes", "--override", "the swap is over"]).exits(0);
    let _ = place.plan(0);
    let _ = place.run(&["swap", "stop", "directory", "talk", "--role", "everybody"]).exits(0);
    let back = place.plan(3);
    assert_eq!(count(&back, "directory", "reactivate"), place.people() - place.sellers());
    assert_eq!(count(&back, "talk", "suspend"), place.people());
    let _ = place.run(&["apply", "plan.json", "--yes", "--override", "back to the old"]).exits(0);
    let _ = place.plan(0);
    assert_eq!((Place::active(&place.directory), Place::active(&place.talk)), (place.people(), 0));
}

#[test]
fn a_swap_from_a_day_to_come_does_nothing_before_and_is_told_as_upcoming() {
    let place = place(4);
    let mut asked = begin("3d").to_vec();
    asked.extend(["--from", "2090-01-01"]);
    let _ = place.run(&asked).exits(0);
    let planned = place.plan(0);
    let upcoming = on(&planned, "talk")["upcoming"].as_array().expect("a list").clone();
    assert_eq!((upcoming.len(), upcoming[0]["on"].as_str()), (place.people(), Some("2090-01-01")));
    let then = place.ahead("2090-01-01".parse().expect("a day"));
    assert_eq!(count(&then, "talk", "create-account"), place.people());
    assert_eq!(operations(&on(&then, "directory")), Vec::<String>::new());
    let _ = place.run(&["swap", "directory", "talk", "--role", "everybody", "--from", "2001-01-01"]).exits(2);
}
