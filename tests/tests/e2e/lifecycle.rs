//! From joining to leaving, with days that come: early accounts, movers, leaves, contractors, access for a time, people who come back.

use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::workspace::Run;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use serde_json::Value;

use crate::scenario::{Scenario, how_many, operations};

/// A provisioned company. The third column of its people is their department: see `Company`.
struct Place {
    scenario: Scenario,
    server: ScimServer,
}

impl Place {
    /// With these parts of the configuration in the place of others.
    fn with(people: usize, replaced: &[(&str, &str)]) -> Self {
        let place = Self::before(people, replaced);
        place.scenario.settle();
        place
    }

    fn before(people: usize, replaced: &[(&str, &str)]) -> Self {
        let server = ScimServer::start();
        let scenario = Scenario::on(&server, people);
        let mut text = scenario.workspace.read("innkeeper.toml");
        for (from, to) in replaced {
            assert!(text.contains(from), "the configuration has no {from}");
            text = text.replacen(from, to, 1);
        }
        scenario.workspace.write("innkeeper.toml", text);
        Self { scenario, server }
    }

    fn run(&self, arguments: &[&str]) -> Run {
        self.scenario.run(arguments)
    }

    fn name(&self, index: usize) -> String {
        self.scenario.company.employees[index].user_name.clone()
    }

    fn is_active(&self, index: usize) -> bool {
        self.server.user(&self.name(index)).expect("the account is there")["active"] != false
    }

    /// The position of somebody in a department.
    fn in_department(&self, department: &str) -> usize {
        let employees = &self.scenario.company.employees;
        employees.iter().position(|employee| employee.department == department).expect("somebody is in the department")
    }

    /// What a plan for a day to come does and what is then to come, and that it changes nothing of what is remembered.
    #[track_caller]
    fn ahead(&self, day: Date) -> (Vec<String>, Vec<String>) {
        let day = day.to_string();
        let run = self.run(&["plan", "--today", &day, "--out", "ahead.json", "--output", "json"]);
        let code = run.code;
        assert!(matches!(code, Some(0 | 3)), "{}\n{}", run.stdout, run.stderr);
        let app = run.json()["plan"]["content"]["apps"][0].clone();
        (operations(&app), upcoming(&app))
    }
}

fn upcoming(app: &Value) -> Vec<String> {
    let word = |later: &Value, key: &str| later[key].as_str().unwrap_or_default().to_owned();
    let later = app["upcoming"].as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |later: &Value| format!("{} {} {}", word(later, "on"), word(later, "class"), word(later, "what"));
    later.iter().map(|later| text(later).trim_end().to_owned()).collect()
}

fn cases(app: &Value) -> Vec<String> {
    let cases = app["cases"].as_array().map(Vec::as_slice).unwrap_or_default();
    cases.iter().map(|case| case["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The day in the configured zone, which is UTC.
fn today() -> Date {
    Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

const NOTHING: (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());

#[test]
fn access_for_a_time_is_given_shown_taken_back_and_given_again() {
    let place = Place::with(20, &[]);
    let index = place.in_department("Engineering");
    let name = place.name(index);
    let granted = place.run(&["grant", &name, "directory:group/sales", "--for", "14d", "--reason", "the quarter's end"]).exits(0);
    assert!(granted.stdout.contains("directory:group/Sales until"), "{}", granted.stdout);
    assert_eq!(operations(&place.scenario.plan(3)), ["grant Sales"]);
    let _ = place.scenario.apply();
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
    let access = place.run(&["access", &name]).exits(0).stdout;
    assert!(access.contains("directory:group/Sales until") && access.contains("the quarter's end"), "{access}");

    let end = today() + 14.days();
    assert_eq!(place.ahead(end - 1.day()), (vec![], vec![format!("{end} revoke directory:group/Sales")]));
    let warned = place.run(&["plan", "--today", &(end - 1.day()).to_string(), "--out", "ahead.json"]).exits(0);
    assert!(warned.stdout.contains(&format!("loses directory:group/Sales on {end}")), "{}", warned.stdout);
    assert_eq!(place.ahead(end + 1.day()), (vec!["revoke Sales".to_owned()], vec![]));

    let _ = place.run(&["revoke", &name, "directory:group/Sales"]).exits(0);
    assert_eq!(operations(&place.scenario.plan(3)), ["revoke Sales"]);
    let _ = place.scenario.apply();
    let again = place.run(&["reinstate", &name, "--for", "2d"]).exits(0);
    assert!(again.stdout.contains("the quarter's end"), "{}", again.stdout);
    let status = place.run(&["status"]).exits(0).stdout;
    assert!(status.contains("Ends soon") && status.contains("directory:group/Sales until"), "{status}");
    assert_eq!(operations(&place.scenario.plan(3)), ["grant Sales"]);
    let _ = place.scenario.apply();
    let _ = place.run(&["offboard", &name, "--yes"]).exits(0);
    assert!(!place.is_active(index));
    let _ = place.run(&["audit", "verify"]).exits(0);
    let log = place.run(&["audit", "--output", "json"]).exits(0).stdout;
    for what in ["access.granted", "access.revoked", "access.reinstated"] {
        assert!(log.contains(what), "{what} is not in the audit log");
    }
}

#[test]
fn what_cannot_be_given_for_a_time_is_refused_with_what_could() {
    let place = Place::with(6, &[]);
    let name = place.name(3);
    let refused = |arguments: &[&str], code: i32, text: &str| {
        let run = place.run(arguments).exits(code);
        let said = run.stderr.replace('│', "").split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(text), "{arguments:?}: {said}");
    };
    let sales = "directory:group/Sales";
    refused(&["grant", &name, "directory:group/Sale", "--for", "1d"], 1, "did you mean `directory:group/Sales`");
    refused(&["grant", &name, "github:team/x", "--for", "1d"], 1, "there is no app `github`");
    refused(&["grant", "nobody", sales, "--for", "1d"], 1, "nobody is called `nobody`");
    refused(&["grant", &name, sales, "--until", "2020-01-01"], 1, "has passed already");
    refused(&["grant", &name, sales, "--until", "soon"], 2, "expected a day");
    refused(&["grant", &name, sales, "--for", "14"], 2, "not a length of time");
    refused(&["grant", &name, sales], 2, "--until");
    refused(&["revoke", &name, sales], 1, "was not given");
    refused(&["reinstate", &name], 1, "nothing that");
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn who_leaves_on_a_known_day_is_closed_on_it_unless_it_is_taken_back() {
    let place = Place::with(6, &[]);
    let (name, day) = (place.name(3), today() + 5.days());
    let _ = place.run(&["offboard", &name, "--on", &day.to_string(), "--yes"]).exits(0);
    assert!(place.is_active(3));
    assert_eq!(upcoming(&place.scenario.plan(0)), [format!("{day} suspend")]);
    assert_eq!(place.ahead(day - 1.day()).0, Vec::<String>::new());
    let (operations, _) = place.ahead(day);
    assert!(operations.contains(&"suspend".to_owned()), "{operations:?}");
    let status = place.run(&["status"]).exits(0).stdout;
    assert!(status.contains(&format!("leaves on {day}")), "{status}");
    let late = place.run(&["offboard", &name, "--on", &today().to_string(), "--yes"]).exits(1);
    assert!(late.stderr.contains("is not to come"), "{}", late.stderr);
    let _ = place.run(&["onboard", &name, "--yes"]).exits(0);
    assert_eq!(place.ahead(day), NOTHING);
}

#[test]
fn a_contractor_ends_is_extended_and_becomes_an_employee() {
    let mut place = Place::with(20, &[]);
    let end = today() + 10.days();
    place.scenario.company.employees[5].end_date = Some(end);
    place.scenario.write_people();
    assert_eq!(upcoming(&place.scenario.plan(0)), [format!("{} suspend", end + 1.day())]);
    assert_eq!(place.ahead(end).0, Vec::<String>::new(), "the last day is a day of work");
    let (operations, later) = place.ahead(end + 1.day());
    assert_eq!(operations[0], "suspend");
    assert_eq!(later, [format!("{} delete", end + 31.days())]);

    place.scenario.company.employees[5].end_date = Some(end + 30.days());
    place.scenario.write_people();
    assert_eq!(place.ahead(end + 1.day()), (vec![], vec![format!("{} suspend", end + 31.days())]));

    let employee = &mut place.scenario.company.employees[5];
    (employee.end_date, employee.title) = (None, "Staff Engineer".to_owned());
    place.scenario.write_people();
    let plan = place.scenario.plan(3);
    assert_eq!((crate::scenario::operations(&plan), upcoming(&plan)), (vec!["update-account title".to_owned()], vec![]));
    let _ = place.scenario.apply();
    assert_eq!(place.ahead(end + 365.days()), NOTHING);
}

#[test]
fn an_early_account_sleeps_until_the_first_day() {
    let leaver = "leaver = { delete-after = \"30d\" }";
    let joiner = format!("{leaver}\njoiner = {{ create-before = \"5d\", enable = \"start\" }}");
    let mut place = Place::before(6, &[(leaver, &joiner)]);
    let starts = today() + 3.days();
    place.scenario.company.employees[4].start_date = starts;
    place.scenario.write_people();
    let plan = place.scenario.plan(3);
    assert_eq!((how_many(&plan, "create-account"), how_many(&plan, "suspend")), (6, 1));
    assert_eq!(upcoming(&plan), [format!("{starts} reactivate")]);
    let _ = place.scenario.apply();
    assert!(!place.is_active(4) && place.is_active(3));
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
    assert_eq!(place.ahead(starts - 1.day()).0, Vec::<String>::new());
    assert_eq!(place.ahead(starts), (vec!["reactivate".to_owned()], vec![]));
}

#[test]
fn a_mover_keeps_what_the_role_gave_for_as_long_as_it_says() {
    let mut place = Place::with(20, &[("[role.sales]", "[role.sales]\nkeep-for = \"14d\"")]);
    let index = place.in_department("Sales");
    place.scenario.company.employees[index].department = "Engineering".to_owned();
    place.scenario.write_people();
    let plan = place.scenario.plan(3);
    let mut does = operations(&plan);
    does.sort();
    assert_eq!(does, ["grant Engineering", "update-account department"]);
    let end = today() + 14.days();
    assert_eq!(upcoming(&plan), [format!("{end} revoke directory:group/Sales")]);
    let _ = place.scenario.apply();
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
    assert_eq!(place.ahead(end - 1.day()).0, Vec::<String>::new());
    assert_eq!(place.ahead(end), (vec!["revoke Sales".to_owned()], vec![]));

    place.scenario.company.employees[index].department = "Sales".to_owned();
    place.scenario.write_people();
    let _ = place.scenario.plan(3);
    let _ = place.scenario.apply();
    assert_eq!(place.ahead(end).0, Vec::<String>::new(), "the day was forgotten when the role was there again");

    place.scenario.company.employees[index].department = "Engineering".to_owned();
    place.scenario.company.employees[index].end_date = Some(today() - 1.day());
    place.scenario.write_people();
    let leaves = operations(&place.scenario.plan(3));
    assert!(leaves.contains(&"revoke Sales".to_owned()), "a leaver loses it at once: {leaves:?}");
}

#[test]
fn somebody_on_leave_is_suspended_keeps_everything_and_comes_back() {
    let on_leave = "[lifecycle]\non-leave = \"person.title == 'On leave'\"\n\n[source.hr]";
    let mut place = Place::with(12, &[("[source.hr]", on_leave)]);
    let title = std::mem::replace(&mut place.scenario.company.employees[5].title, "On leave".to_owned());
    place.scenario.write_people();
    assert_eq!(operations(&place.scenario.plan(3)), ["suspend"]);
    let _ = place.scenario.apply();
    assert!(!place.is_active(5));
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
    assert_eq!(place.ahead(today() + 365.days()), NOTHING, "never deleted");
    place.scenario.company.employees[5].title = title;
    place.scenario.write_people();
    assert_eq!(operations(&place.scenario.plan(3)), ["reactivate"]);
    let _ = place.scenario.apply();
    assert!(place.is_active(5));
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
}

#[test]
fn a_protected_account_and_the_last_administrator_stay_and_are_told() {
    let mut place = Place::with(20, &[]);
    let (root, last) = (2, place.in_department("People"));
    let text = place.scenario.workspace.read("innkeeper.toml");
    let lines = format!("mode = \"enforce\"\nprotect = [\"{}\"]\nprivileged = [\"group/People\"]", place.name(root));
    place.scenario.workspace.write("innkeeper.toml", text.replacen("mode = \"enforce\"", &lines, 1));
    for index in [root, last] {
        place.scenario.company.employees[index].end_date = Some(today() - 1.day());
    }
    place.scenario.write_people();
    let plan = place.scenario.plan(0);
    let told = cases(&plan);
    assert_eq!(operations(&plan), Vec::<String>::new());
    assert!(told.iter().any(|text| text.contains("is protected") && text.contains(&place.name(root))), "{told:?}");
    assert!(told.iter().any(|text| text.contains("is the last who holds group People")), "{told:?}");
    // Also when somebody names them.
    for (index, why) in [(root, "is protected"), (last, "is the last who holds group People")] {
        let run = place.run(&["offboard", &place.name(index), "--yes"]).exits(3);
        assert!(run.stdout.contains(why), "{}", run.stdout);
        assert!(place.is_active(index));
    }
    let other = place.in_department("Sales");
    place.scenario.company.employees[other].department = "People".to_owned();
    place.scenario.write_people();
    let _ = place.scenario.plan(3);
    let _ = place.scenario.apply();
    assert!(place.is_active(last), "who is to hold it must be seen to hold it");
    let does = operations(&place.scenario.plan(3));
    assert!(does.contains(&"suspend".to_owned()), "{does:?}");
    let _ = place.run(&["offboard", &place.name(last), "--yes"]).exits(0);
    assert!(!place.is_active(last), "who is known to hold it counts although they were not read this time");
}

#[test]
fn two_plans_in_a_row_over_a_broken_export_make_nobody_a_leaver() {
    let mut place = Place::with(12, &[("vanish-after = \"0s\"", "vanish-after = \"20h\"")]);
    let gone = place.scenario.company.employees.remove(11);
    place.scenario.write_people();
    for _ in 0..3 {
        let run = place.run(&["plan", "--out", "plan.json"]).exits(0);
        assert!(run.stdout.contains("a leaver if a later reading confirms it"), "{}", run.stdout);
    }
    let text = place.scenario.workspace.read("innkeeper.toml").replace("vanish-after = \"20h\"", "vanish-after = \"0s\"");
    place.scenario.workspace.write("innkeeper.toml", text);
    assert_eq!(operations(&place.scenario.plan(3))[0], "suspend");
    assert!(place.server.user(&gone.user_name).is_some());
}

#[test]
fn who_comes_back_gets_the_old_account_back_also_under_a_new_key() {
    let mut place = Place::with(12, &[]);
    place.scenario.company.employees[7].end_date = Some(today() - 1.day());
    place.scenario.write_people();
    let _ = place.scenario.plan(3);
    let _ = place.scenario.apply();
    assert!(!place.is_active(7));

    // The same record again.
    place.scenario.company.employees[7].end_date = None;
    place.scenario.write_people();
    let back = operations(&place.scenario.plan(3));
    assert!(back.contains(&"reactivate".to_owned()) && back.iter().any(|one| one.starts_with("grant")), "{back:?}");
    let _ = place.scenario.apply();
    assert!(place.is_active(7));

    // A new record of the same human: nobody but a human can tell.
    place.scenario.company.employees[7].end_date = Some(today() - 1.day());
    place.scenario.write_people();
    let _ = place.scenario.plan(3);
    let _ = place.scenario.apply();
    let mut again = place.scenario.company.employees[7].clone();
    let old = std::mem::replace(&mut again.employee_number, "E90001".to_owned());
    again.end_date = None;
    place.scenario.company.employees.push(again);
    place.scenario.write_people();
    let plan = place.scenario.plan(0);
    let told = cases(&plan);
    assert!(told.iter().any(|text| text.contains(&format!("innkeeper onboard E90001 --was {old}"))), "{told:?}");
    let _ = place.run(&["onboard", "E90001", "--was", &old, "--yes"]).exits(0);
    assert!(place.is_active(7));
    assert_eq!(operations(&place.scenario.plan(0)), Vec::<String>::new());
}
