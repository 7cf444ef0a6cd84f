//! Who could be whose, after a merger: written for a spreadsheet, decided there, and taken at once.

use innkeeper_tests::fake::ScimServer;
use innkeeper_tests::workspace::Run;
use serde_json::{Value, json};

use crate::scenario::{Scenario, how_many};

/// A company that is recognised by its addresses, on a server where the first two people each have two accounts, and the next two share one.
struct Merged {
    scenario: Scenario,
    server: ScimServer,
}

fn merged(people: usize) -> Merged {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, people);
    let text = scenario.workspace.read("innkeeper.toml").replace("match = [\"userName\"]", "match = [\"emails\"]");
    scenario.workspace.write("innkeeper.toml", text);
    let mail = |index: usize| json!({ "value": scenario.company.employees[index].user_name });
    let user = |name: &str, mails: Value| json!({ "userName": name, "active": true, "emails": mails });
    for (name, mails) in [
        ("one.a", json!([mail(0)])),
        ("one.b", json!([mail(0)])),
        ("two.a", json!([mail(1)])),
        ("two.b", json!([mail(1)])),
        ("=shared", json!([mail(2), mail(3)])),
    ] {
        server.create_user(user(name, mails));
    }
    Merged { scenario, server }
}

impl Merged {
    fn run(&self, arguments: &[&str]) -> Run {
        self.scenario.run(arguments)
    }

    fn rows(&self, file: &str) -> Vec<Value> {
        let written = self.run(&["cases", "--out", file, "--output", "json"]).exits(0).json();
        written["rows"].as_array().expect("rows").clone()
    }

    /// The file as a spreadsheet saves it: another order, a column of its own, semicolons.
    fn fill(&self, name: &str, rows: &[Value], decide: impl Fn(&str, &str) -> (&'static str, &'static str)) {
        let mut text = String::from("\u{feff}Comment;Stamp;Decision;Until;Reason;Account;Account-Name;Person;App\r\n");
        for row in rows {
            let of = |name: &str| row[name].as_str().expect("a text").to_owned();
            let index = self.scenario.company.employees.iter().position(|one| one.employee_number == of("person"));
            let (decision, until) = decide(&index.expect("somebody").to_string(), &of("account-name"));
            let (stamp, account, name, person, app) = (of("stamp"), of("account"), of("account-name"), of("person"), of("app"));
            text += &format!("x;{stamp};{decision};{until};seen by \"\"us\"\";{account};{name};{person};{app}\r\n");
        }
        self.scenario.workspace.write(name, text.replace("seen by \"\"us\"\"", "\"seen; by us\""));
    }
}

#[test]
fn what_is_undecided_is_written_decided_in_a_spreadsheet_and_taken_at_once() {
    let place = merged(6);
    let planned = place.scenario.plan(3);
    assert_eq!(how_many(&planned, "create-account"), 2, "only who is in no case");
    let rows = place.rows("cases.csv");
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| row["matched"].as_str().is_some_and(|matched| matched.starts_with("emails: "))), "{rows:#?}");
    let written = place.scenario.workspace.read("cases.csv");
    assert!(written.contains(",'=shared,") && written.starts_with('\u{feff}'), "{written}");
    let _ = place.run(&["cases", "--out", "cases.csv"]).exits(2);
    let unchanged = place.run(&["cases", "decide", "cases.csv", "--output", "json"]).exits(0).json();
    assert_eq!((unchanged["blank"].as_u64(), unchanged["linked"].as_u64()), (Some(6), Some(0)));

    place.fill("decided.csv", &rows, |person, account| match (person, account) {
        ("0", "one.b") => ("link", ""),
        ("1", "two.a") => ("NEW", ""),
        ("2", _) => ("link", ""),
        _ => ("", ""),
    });
    let asked = place.run(&["cases", "decide", "decided.csv"]).exits(2);
    assert!(asked.stderr.contains("--yes"), "{}", asked.stderr);
    let taken = place.run(&["cases", "decide", "decided.csv", "--yes"]).exits(0).stdout;
    assert!(taken.contains("2 accounts are their people's") && taken.contains("1 person gets a new account"), "{taken}");
    let again = place.run(&["cases", "decide", "decided.csv", "--yes", "--output", "json"]).exits(0).json();
    assert_eq!((again["known"].as_u64(), again["linked"].as_u64()), (Some(3), Some(0)), "{again}");
    assert_eq!(place.run(&["cases", "--output", "json"]).exits(0).json()["cases"]["directory"], json!([]), "without a new plan");

    // One is linked, one gets a new one, one has the shared account, and whoever is left over gets a new one, too.
    let planned = place.scenario.plan(3);
    assert_eq!(how_many(&planned, "create-account"), 4, "{planned:#}");
    assert_eq!(planned["cases"], json!([]));
    let _ = place.scenario.apply();
    let _ = place.scenario.plan(0);
    let names: Vec<String> = place.server.users().iter().map(|user| user["userName"].to_string()).collect();
    assert_eq!(names.len(), 9, "{names:?}");
    let employees = &place.scenario.company.employees;
    assert!(employees.iter().all(|person| place.server.user(&person.user_name).is_some()), "{names:?}");
    for left in ["one.a", "two.a", "two.b"] {
        assert!(place.server.user(left).is_some(), "{left} is nobody's and is left alone");
    }
    let audit = place.run(&["audit", "--output", "json"]).exits(0).stdout;
    assert!(audit.contains("case.new") && audit.contains("account.adopted") && audit.contains("seen; by us"), "{audit}");
    let _ = place.run(&["audit", "verify"]).exits(0);
}

#[test]
fn a_case_that_is_ignored_comes_back_on_its_day() {
    let place = merged(4);
    let planned = place.run(&["plan"]).exits(0).stdout;
    assert!(planned.contains("3 cases for a decision: innkeeper cases") && planned.contains("has no change"), "{planned}");
    let rows = place.rows("cases.csv");
    place.fill("decided.csv", &rows, |_, _| ("ignore", "2090-01-01"));
    let taken = place.run(&["cases", "decide", "decided.csv", "--yes"]).exits(0).stdout;
    assert!(taken.contains("4 people's cases are ignored"), "{taken}");
    assert_eq!(place.scenario.plan(0)["cases"], json!([]));
    let later = place.run(&["plan", "--today", "2090-01-01", "--output", "json"]).json();
    assert_eq!(later["plan"]["content"]["apps"][0]["cases"].as_array().map(Vec::len), Some(3));
}

#[test]
fn nothing_is_taken_if_one_row_is_wrong_or_somebody_has_changed_since() {
    let mut place = merged(4);
    let _ = place.scenario.plan(0);
    let rows = place.rows("cases.csv");
    place.fill("decided.csv", &rows, |person, account| match (person, account) {
        ("0", "one.a") => ("link", ""),
        ("1", _) => ("lnik", ""),
        ("2", _) => ("link", "2090-01-01"),
        ("3", _) => ("ignore", "soon"),
        _ => ("", ""),
    });
    let refused = place.run(&["cases", "decide", "decided.csv", "--yes"]).exits(2).stderr;
    for expected in ["decided.csv:4:", "did you mean `link`?", "`link` has no end", "`soon` is no day"] {
        assert!(refused.contains(expected), "{expected}\n{refused}");
    }
    let problems = place.run(&["cases", "decide", "decided.csv", "--yes", "--output", "json"]).exits(2);
    assert!(problems.stdout.contains("\"problems\"") || problems.stderr.contains("\"problems\""), "{problems:?}");
    assert_eq!(place.rows("again.csv").len(), 6, "nothing was taken");

    place.fill("late.csv", &rows, |person, account| if (person, account) == ("0", "one.a") { ("link", "") } else { ("", "") });
    place.scenario.company.employees[0].title = "Chair".to_owned();
    place.scenario.write_people();
    let _ = place.scenario.plan(0);
    let stale = place.run(&["cases", "decide", "late.csv", "--yes"]).exits(2).stderr;
    assert!(stale.contains("has changed since"), "{stale}");
}
