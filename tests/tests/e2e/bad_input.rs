//! Bad input: a clear message, the right exit code, and nothing written.

use innkeeper_tests::company::Company;
use innkeeper_tests::fake::{Quirks, ScimServer};
use innkeeper_tests::setup;

use crate::scenario::{Scenario, operations};

/// A token that no server knows.
const ANOTHER: &str = "another-innkeepercanary";

/// Plans with something changed in the configuration folder; says what was printed. Nothing may have reached the server.
#[track_caller]
fn refused(code: i32, change: impl FnOnce(&mut Scenario)) -> String {
    let server = ScimServer::with(Quirks::default());
    let mut scenario = Scenario::on(&server, 12);
    change(&mut scenario);
    let run = scenario.run(&["plan", "--out", "plan.json"]).exits(code);
    let writes = server.requests().iter().filter(|seen| seen.method != "GET").count();
    assert_eq!(writes, 0);
    assert!(!scenario.workspace.path("plan.json").exists(), "a plan was saved");
    format!("{}{}", run.stdout, run.stderr)
}

#[track_caller]
fn says(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

/// Replaces a text of the configuration, which must be there.
#[track_caller]
fn edit(scenario: &mut Scenario, from: &str, to: &str) {
    let text = scenario.workspace.read("innkeeper.toml");
    assert!(text.contains(from), "{text}");
    scenario.workspace.write("innkeeper.toml", text.replacen(from, to, 1));
}

#[test]
fn a_configuration_that_is_wrong_is_refused_with_the_place() {
    for (from, to, said) in [
        ("[source.hr]", "[source.hr", &["innkeeper.toml", "not TOML"][..]),
        ("match =", "mach =", &["innkeeper.toml", "mach", "match"]),
        ("\"person.displayName\"", "\"person.displayName +\"", &["innkeeper.toml", "displayName"]),
        ("\"person.title\"", "\"person.titel\"", &["innkeeper.toml", "titel", "title"]),
        ("== 'Sales'", "== 7", &["innkeeper.toml", "department"]),
        ("directory:group/Sales", "directry:group/Sales", &["innkeeper.toml", "directry", "directory"]),
        ("mode = \"enforce\"", "mode = \"enforce\"\nneeds = [\"directory\"]", &["innkeeper.toml", "directory"]),
    ] {
        let text = refused(2, |scenario| edit(scenario, from, to));
        says(&text, said);
    }
}

#[test]
fn a_file_of_people_in_another_encoding_is_refused_with_the_line() {
    let text = refused(1, |scenario| {
        scenario.workspace.write("people.csv", b"employeeNumber,userName,department\nE1,jos\xe9,Sales\n");
    });
    says(&text, &["people.csv", "UTF-8"]);
}

#[test]
fn a_row_that_is_wrong_is_told_with_its_line_and_makes_nobody_a_leaver() {
    let good = Company::of(12).people_csv();
    makes_nobody_a_leaver(&[
        (good.replacen("E00003,", ",", 1), "employeeNumber"),
        (good.replacen("2015-02-11", "2015-02-31", 1), "2015-02-31"),
        (good.replacen("Alan,Hopper,", "Alan,", 1), "people.csv:3"),
    ]);
}

#[test]
fn a_key_that_stands_twice_makes_nobody_a_leaver() {
    let good = Company::of(12).people_csv();
    makes_nobody_a_leaver(&[(good.replacen("E00003,", "E00002,", 1), "E00002")]);
}

/// Plans again and again with each of these files, after everybody has their account.
fn makes_nobody_a_leaver(files: &[(String, &str)]) {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 12);
    scenario.settle();
    for (bad, said) in files {
        assert_ne!(*bad, scenario.company.people_csv());
        scenario.workspace.write("people.csv", bad);
        for _ in 0..3 {
            let run = scenario.run(&["plan", "--output", "json"]);
            let planned = run.json();
            assert_eq!(operations(&planned["plan"]["content"]["apps"][0]), Vec::<String>::new(), "{said}");
            assert!(run.stdout.contains("people.csv:") && run.stdout.contains(said), "`{said}` is not in:\n{}", run.stdout);
        }
    }
}

#[test]
fn a_manager_whom_nobody_knows_is_a_warning_and_no_reason_to_stop() {
    let server = ScimServer::start();
    let mut scenario = Scenario::on(&server, 12);
    scenario.company.employees[5].manager = Some("E99999".to_owned());
    scenario.write_people();
    let run = scenario.run(&["plan"]).exits(3);
    says(&format!("{}{}", run.stdout, run.stderr), &["E99999", "manager"]);
}

#[test]
fn a_server_that_cannot_be_reached_or_believed_is_named() {
    let gone = ScimServer::start();
    let address = gone.base_url().to_owned();
    drop(gone);
    let text = failed(|scenario, _| edit_url(scenario, &address));
    says(&text, &["directory", "127.0.0.1"]);

    let text = failed(|scenario, _| {
        scenario.workspace.set(setup::TOKEN, ANOTHER);
    });
    says(&text, &["directory", "unauthenticated"]);
    assert!(!text.contains(ANOTHER), "{text}");

    let tls = ScimServer::self_signed(Quirks::default());
    let text = failed(|scenario, _| edit_url(scenario, tls.base_url()));
    says(&text, &["directory", "certificate"]);
    assert_eq!(tls.requests(), []);
}

/// Plans against a server that is or answers something else; the plan must fail, and nothing may be written.
#[track_caller]
pub(crate) fn failed(change: impl FnOnce(&mut Scenario, &ScimServer)) -> String {
    let server = ScimServer::start();
    let mut scenario = Scenario::on(&server, 12);
    change(&mut scenario, &server);
    let run = scenario.run(&["plan"]).exits(1);
    let writes = server.requests().iter().filter(|seen| seen.method != "GET").count();
    assert_eq!(writes, 0);
    format!("{}{}", run.stdout, run.stderr)
}

fn edit_url(scenario: &mut Scenario, base_url: &str) {
    let text = scenario.workspace.read("innkeeper.toml");
    let line = text.lines().find(|line| line.starts_with("config =")).expect("the configuration has a base URL").to_owned();
    edit(scenario, &line, &format!("config = {{ base-url = \"{base_url}\" }}"));
}
