//! `innkeeper check` against what an app says of itself.

use innkeeper_tests::fake::ScimServer;

use crate::scenario::Scenario;

/// What `check --online` says of one line of the mapping.
#[track_caller]
fn says(line: &str) -> String {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 3);
    let text = scenario.workspace.read("innkeeper.toml");
    let edited = text.replacen("title = \"person.title\"", line, 1);
    assert_ne!(edited, text);
    scenario.workspace.write("innkeeper.toml", edited);
    let run = scenario.run(&["check", "--online"]).exits(2);
    assert!(server.requests().iter().all(|seen| seen.method == "GET"));
    run.stderr
}

#[test]
fn a_mapping_that_does_not_fit_the_app_is_shown_where_it_stands() {
    for (line, said) in [
        ("titel = \"person.title\"", &["titel", "title", "innkeeper.toml:22"][..]),
        ("title = \"person.active\"", &["title", "innkeeper.toml:22"]),
        ("title = \"person.emails\"", &["title", "innkeeper.toml:22"]),
        ("id = \"person.userName\"", &["id", "innkeeper.toml:22"]),
    ] {
        let text = says(line);
        for part in said {
            assert!(text.contains(part), "`{part}` is not in what is said of `{line}`:\n{text}");
        }
    }
}

#[test]
fn what_an_app_said_once_is_enough_to_check_offline() {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 3);
    let unknown = scenario.run(&["check"]).exits(0).stdout;
    assert!(unknown.contains("not known yet"), "{unknown}");
    let _ = scenario.plan(3);
    server.forget_requests();
    let text = scenario.workspace.read("innkeeper.toml");
    scenario.workspace.write("innkeeper.toml", text.replacen("title = ", "titel = ", 1));
    let told = scenario.run(&["check"]).exits(2).stderr;
    assert!(told.contains("titel") && told.contains("did you mean"), "{told}");
    assert_eq!(server.requests(), []);
}
