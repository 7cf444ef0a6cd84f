//! Between a plan and its execution: shown, compared, approved, held back and let pass.

use innkeeper_bundle::SigningKey;
use innkeeper_tests::fake::ScimServer;
use serde_json::Value;

use crate::scenario::{Scenario, operations};

/// Who runs the tests, as the operating system says.
fn user() -> String {
    let output = std::process::Command::new("id").arg("-un").output().expect("`id` is there");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Puts something in front of the configuration.
fn configure(scenario: &Scenario, text: &str) {
    let before = scenario.workspace.read("innkeeper.toml");
    scenario.workspace.write("innkeeper.toml", format!("{text}\n{before}"));
}

fn settled(people: usize) -> (Scenario, ScimServer) {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, people);
    scenario.settle();
    server.forget_requests();
    (scenario, server)
}

fn writes(server: &ScimServer) -> usize {
    server.requests().iter().filter(|seen| seen.method != "GET").count()
}

/// So many people leave.
fn leave(scenario: &mut Scenario, people: std::ops::Range<usize>) {
    for employee in &mut scenario.company.employees[people] {
        employee.end_date = Some("2020-01-31".parse().expect("a date"));
    }
    scenario.write_people();
}

#[test]
fn a_plan_says_what_it_saw_through_what_and_who_made_it_and_two_plans_are_compared() {
    let (mut scenario, _server) = settled(20);
    scenario.company.employees[3].title = "Principal".to_owned();
    leave(&mut scenario, 4..5);
    let _ = scenario.run(&["plan", "--out", "first.json"]).exits(3);
    let first: Value = serde_json::from_str(&scenario.workspace.read("first.json")).expect("JSON");
    let (content, lock) = (&first["content"], scenario.workspace.read("innkeeper.lock"));
    assert_eq!((&first["format"], &content["by"]), (&"innkeeper-plan/2".into(), &user().into()));
    let pin = &content["inputs"]["apps"]["directory"]["connector"];
    assert!(pin["name"] == "scim" && lock.contains(pin["sha256"].as_str().expect("a digest")), "{pin}");
    assert_eq!(content["inputs"]["sources"]["hr"]["people"], 20);
    let shown = scenario.run(&["plan", "show", "first.json", "--full"]).exits(0).stdout;
    assert!(
        shown.contains("Principal") && shown.contains(&format!("by {}", user())) && shown.contains("through scim"),
        "{shown}"
    );

    scenario.company.employees[3].title = "Director".to_owned();
    leave(&mut scenario, 5..6);
    let _ = scenario.run(&["plan", "--out", "second.json"]).exits(3);
    let same = scenario.run(&["plan", "diff", "first.json", "first.json"]).exits(0).stdout;
    assert!(same.contains("do the same"), "{same}");
    let text = scenario.run(&["plan", "diff", "first.json", "second.json"]).exits(3).stdout;
    assert!(
        text.contains("title") && text.contains("suspend") && text.contains(&scenario.company.employees[5].user_name),
        "{text}"
    );
    let value = scenario.run(&["plan", "diff", "first.json", "second.json", "--output", "json"]).exits(3).json();
    let kinds: Vec<&str> =
        value["differences"].as_array().expect("a list").iter().filter_map(|one| one["difference"].as_str()).collect();
    assert!(kinds.contains(&"added") && kinds.contains(&"changed") && !kinds.contains(&"dropped"), "{value:#}");
}

#[test]
fn a_plan_that_somebody_wrote_into_is_refused_with_what_is_wrong() {
    let (mut scenario, server) = settled(12);
    leave(&mut scenario, 4..5);
    let _ = scenario.run(&["plan", "--out", "plan.json"]).exits(3);
    let good = scenario.workspace.read("plan.json");
    for (from, to, said) in [
        ("\"mode\": \"enforce\"", "\"mode\": \"enforce\", \"force\": true", "apps[0].force"),
        ("\"do\": \"suspend\"", "\"do\": \"delete-account\"", "altered"),
        ("innkeeper-plan/2", "innkeeper-plan/1", "make a new plan"),
    ] {
        assert!(good.contains(from), "{good}");
        scenario.workspace.write("plan.json", good.replace(from, to));
        let refused = scenario.run(&["apply", "plan.json", "--yes"]).exits(1);
        assert!(refused.stderr.contains(said) && refused.stderr.contains("plan.json"), "{}", refused.stderr);
    }
    assert_eq!(writes(&server), 0);
}

#[test]
fn an_app_that_demands_approvals_gets_nothing_before_they_are_there() {
    let (mut scenario, server) = settled(12);
    for name in ["ada", "grace"] {
        SigningKey::generate().expect("a key").write(&scenario.workspace.path(&format!("{name}.key"))).expect("a file");
    }
    let public = |name: &str| SigningKey::read(&scenario.workspace.path(&format!("{name}.key"))).expect("a key").public();
    let approvers = format!("[approver.ada]\nkey = \"{}\"\n[approver.grace]\nkey = \"{}\"\n", public("ada"), public("grace"));
    configure(&scenario, &format!("approval = {{ by = [\"ada\", \"grace\", \"{}\"], count = 2 }}\n{approvers}", user()));
    scenario.company.employees[3].title = "Principal".to_owned();
    scenario.write_people();
    let planned = scenario.run(&["plan", "--out", "plan.json"]).exits(3);
    assert!(planned.stdout.contains("innkeeper approve plan.json"), "{}", planned.stdout);

    let refused = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    for said in ["directory: 0 of 2 approvals", "ada, grace", "innkeeper approve plan.json"] {
        assert!(refused.stderr.contains(said), "`{said}` is not in:\n{}", refused.stderr);
    }
    let own = scenario.run(&["approve", "plan.json"]).exits(1);
    assert!(own.stderr.contains("somebody else"), "{}", own.stderr);
    let one = scenario.run(&["approve", "plan.json", "--key", "ada.key", "--note", "as agreed"]).exits(3);
    assert!(one.stdout.contains("1 of 2 approvals (ada)"), "{}", one.stdout);
    let _ = scenario.run(&["approve", "plan.json", "--key", "ada.key"]).exits(3);
    let _ = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert_eq!(writes(&server), 0);
    let _ = scenario.run(&["approve", "plan.json", "--key", "grace.key"]).exits(0);
    let _ = scenario.run(&["apply", "plan.json", "--yes"]).exits(0);
    let user = server.user(&scenario.company.employees[3].user_name).expect("the account is there");
    assert_eq!(user["title"], "Principal");
    let audit = scenario.run(&["audit", "--output", "json"]).exits(0).stdout;
    assert!(audit.contains("plan.approved") && audit.contains("as agreed"), "{audit}");

    // Offboarding by hand is its own approval; onboarding is not, and leaves a plan to approve of.
    let name = scenario.company.employees[7].user_name.clone();
    let _ = scenario.run(&["offboard", &name, "--yes"]).exits(0);
    assert_eq!(server.user(&name).expect("the account is there")["active"], false);
    let held = scenario.run(&["onboard", &name, "--yes"]).exits(3);
    assert!(held.stderr.contains("0 of 2 approvals") && held.stderr.contains("innkeeper approve plans/"), "{}", held.stderr);
    assert_eq!(server.user(&name).expect("the account is there")["active"], false);
}

#[test]
fn what_is_let_pass_needs_a_reason_and_holds_for_that_plan_alone() {
    let (mut scenario, server) = settled(60);
    leave(&mut scenario, 20..30);
    let _ = scenario.plan(3);
    let held = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert!(
        held.stderr.contains("10 accounts would be suspended") && held.stderr.contains("directory:suspend"),
        "{}",
        held.stderr
    );
    let _ = scenario.run(&["apply", "plan.json", "--yes", "--allow", "directory:suspend"]).exits(2);
    let _ = scenario.run(&["apply", "plan.json", "--yes", "--override", "ok"]).exits(2);
    let other = ["apply", "plan.json", "--yes", "--override", "the team was sold", "--allow", "directory:delete"];
    let _ = scenario.run(&other).exits(3);
    assert_eq!(writes(&server), 0);
    let _ = scenario.run(&["apply", "plan.json", "--yes", "--override", "the team was sold"]).exits(0);
    let audit = scenario.run(&["audit", "--last", "500", "--output", "json"]).exits(0).stdout;
    assert!(audit.contains("guard.overridden") && audit.contains("the team was sold"), "{audit}");

    // Somebody answered for those ten: one leaver more is an ordinary day, and another ten are not.
    leave(&mut scenario, 30..31);
    let _ = scenario.plan(3);
    let _ = scenario.apply();
    leave(&mut scenario, 31..41);
    let _ = scenario.plan(3);
    let again = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert!(again.stderr.contains("10 accounts would be suspended, after 1 lately"), "{}", again.stderr);
}

#[test]
fn a_mistake_that_trickles_is_held_all_the_same() {
    let (mut scenario, _server) = settled(60);
    leave(&mut scenario, 20..26);
    let _ = scenario.plan(3);
    let _ = scenario.apply();
    leave(&mut scenario, 26..27);
    let _ = scenario.plan(3);
    let held = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert!(held.stderr.contains("1 account would be suspended, after 6 lately"), "{}", held.stderr);
}

#[test]
fn a_privileged_entitlement_for_everybody_is_held() {
    let (scenario, server) = settled(20);
    let text = scenario.workspace.read("innkeeper.toml");
    let text = text.replacen("mode = \"enforce\"", "mode = \"enforce\"\nprivileged = [\"group/*finance*\"]", 1);
    let text = text.replacen(
        "[role.everybody]",
        "[role.mistake]\nwhen = \"true\"\ngrants = [\"directory:group/Finance\"]\n\n[role.everybody]",
        1,
    );
    scenario.workspace.write("innkeeper.toml", text);
    assert_eq!(operations(&scenario.plan(3)).len(), 18);
    let held = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert!(held.stderr.contains("18 accounts would be given privileged entitlements"), "{}", held.stderr);
    assert_eq!(writes(&server), 0);
}
