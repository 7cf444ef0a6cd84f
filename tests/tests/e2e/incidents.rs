//! What has happened to people who use other tools, and does not happen here. Each test has the name of the thread in which it was told.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::{Failure, Fault, Quirks, ScimServer};
use serde_json::{Value, json};

use crate::scenario::{Scenario, how_many, operations};
use crate::sources::between_servers;

/// Every write that a server has seen.
fn writes(server: &ScimServer) -> usize {
    server.requests().iter().filter(|seen| seen.method != "GET").count()
}

/// A listing that is empty for no reason.
fn empty(path: &str) -> Quirks {
    Quirks { failures: vec![Failure::always("GET", path, Fault::EmptyList)], ..Quirks::default() }
}

/// A company of forty that has all it should have.
fn settled() -> (Scenario, ScimServer) {
    let server = ScimServer::start();
    let scenario = Scenario::on(&server, 40);
    scenario.settle();
    server.forget_requests();
    (scenario, server)
}

/// The guard holds what was planned last, and nothing reaches the server.
#[track_caller]
fn is_held(scenario: &Scenario, server: &ScimServer, class: &str) {
    let planned = scenario.run(&["plan", "--out", "plan.json", "--output", "json"]).exits(3).json();
    assert!(planned["guard"][0].as_str().is_some_and(|text| text.contains(class)), "{planned:#}");
    let held = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert!(held.stderr.contains(class) && held.stderr.contains("--override"), "{}", held.stderr);
    assert_eq!(writes(server), 0);
}

// The directory answered 200 with nobody in it, once. Every user was deleted, and made again by the next run, with new ids.
#[test]
fn ssosync_194_an_empty_answer_from_the_directory_deletes_nobody() {
    let (scenario, from, to) = between_servers(40);
    scenario.settle();
    let before: Vec<Value> = to.users().iter().map(|user| user["id"].clone()).collect();
    from.set_quirks(empty("/Users"));
    to.forget_requests();
    for _ in 0..3 {
        assert_eq!(operations(&scenario.plan(1)), Vec::<String>::new());
        let _ = scenario.run(&["apply", "plan.json", "--yes"]).exits(0);
    }
    from.set_quirks(Quirks::default());
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
    assert_eq!(writes(&to), 0);
    assert_eq!(to.users().iter().map(|user| user["id"].clone()).collect::<Vec<_>>(), before);
}

// One run took many people out of groups in which they were, and the next put them back: what was read of the groups was not all there was.
#[test]
fn ssosync_236_people_whose_groups_are_read_in_part_stay_in_their_groups() {
    let (mut scenario, server) = settled();
    // The app shows no groups: nothing follows, neither that they lost them nor that they have to get them.
    server.set_quirks(empty("/Groups"));
    for _ in 0..2 {
        let planned = scenario.run(&["plan", "--output", "json"]).json();
        assert_eq!(operations(&planned["plan"]["content"]["apps"][0]), Vec::<String>::new(), "{planned:#}");
    }
    server.set_quirks(Quirks::default());
    // The source shows some without their department: too many at once for anybody to believe.
    let whole = scenario.company.clone();
    scenario.company.employees.iter_mut().take(8).for_each(|employee| employee.department = String::new());
    scenario.write_people();
    is_held(&scenario, &server, "directory:revoke");
    scenario.company = whole;
    scenario.write_people();
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
}

// A changed filter of ours is as dangerous as a broken source: everything that it no longer matched was deleted.
#[test]
fn ssosync_159_a_filter_that_matches_nobody_is_held_like_a_broken_source() {
    let (scenario, server) = settled();
    let rules = scenario.workspace.read("innkeeper.toml");
    let changed =
        rules.replace("person.department == '", "person.department == 'AWS-").replace("\"true\"", "\"person.title == 'AWS'\"");
    assert_ne!(rules, changed);
    scenario.workspace.write("innkeeper.toml", changed);
    is_held(&scenario, &server, "directory:suspend");
    assert!(server.users().iter().all(|user| user["active"] != false));
    scenario.workspace.write("innkeeper.toml", rules);
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
}

// People were taken out of the group that gave them access, and kept it: nothing had told the provider, which went by events.
#[test]
fn authentik_21754_whoever_is_out_of_scope_is_closed_by_the_next_plan_whoever_did_not_tell() {
    let (mut scenario, server) = settled();
    let scoped = scenario.workspace.read("innkeeper.toml");
    let scoped = scoped.replace("\"true\"", "\"person.title != 'Contractor'\"");
    let scoped =
        scoped.replace("when = \"person.department == '", "when = \"person.title != 'Contractor' && person.department == '");
    scenario.workspace.write("innkeeper.toml", scoped);
    assert_eq!(operations(&scenario.plan(0)), Vec::<String>::new());
    let names: Vec<String> = scenario.company.employees[30..33].iter().map(|employee| employee.user_name.clone()).collect();
    scenario.company.employees[30..33].iter_mut().for_each(|employee| employee.title = "Contractor".to_owned());
    scenario.write_people();
    assert_eq!(how_many(&scenario.plan(3), "suspend"), 3);
    let _ = scenario.apply();
    for name in &names {
        assert_eq!(server.user(name).expect("the account is there")["active"], false, "{name}");
    }
}

// The same the other way round: who was bound to the application had to wait until somebody started a synchronisation.
#[test]
fn authentik_25291_who_comes_into_scope_and_who_goes_are_in_one_plan() {
    let (mut scenario, server) = settled();
    let gone = scenario.company.employees[12].clone();
    scenario.company.employees[12].end_date = Some("2020-01-31".parse().expect("a date"));
    let mut more = innkeeper_tests::company::Company::of(41).employees;
    let new = more.pop().expect("somebody");
    scenario.company.employees.push(new.clone());
    scenario.write_people();
    let plan = scenario.plan(3);
    assert_eq!((how_many(&plan, "suspend"), how_many(&plan, "create-account")), (1, 1));
    assert!(operations(&plan)[0].starts_with("suspend"), "leavers come first: {:?}", operations(&plan));
    let _ = scenario.apply();
    assert_eq!(server.user(&gone.user_name).expect("the account is there")["active"], false);
    assert!(server.user(&new.user_name).is_some());
}

// Of a group with more than a hundred members the first page alone was read, and whoever was not on it was taken out of the group.
#[test]
fn directory_connector_38_members_beyond_the_first_page_stay() {
    let server = ScimServer::with(Quirks { page_cap: 7, ..Quirks::default() });
    let scenario = Scenario::on(&server, 40);
    scenario.settle();
    let everybody = server.groups().into_iter().find(|group| group["displayName"] == "Everybody").expect("the group");
    assert_eq!(everybody["members"].as_array().map(Vec::len), Some(40));
    // Pages that never come: what is not on the first one is unknown, and not gone.
    server.set_quirks(Quirks { page_cap: 7, repeats_page: true, ..Quirks::default() });
    server.forget_requests();
    let planned = scenario.run(&["plan", "--output", "json"]).json();
    assert_eq!(operations(&planned["plan"]["content"]["apps"][0]), Vec::<String>::new());
    assert_eq!(writes(&server), 0);
}

// Somebody had deleted a user on the other side. The deletion that followed was answered with 404, and nothing was synchronised any more.
#[test]
fn idp_scim_sync_104_an_account_that_is_gone_already_stops_nobody_else() {
    let (mut scenario, server) = settled();
    let client = ScimClient::new(server.base_url(), server.token());
    let delete = |name: &str| {
        let id = server.user(name).expect("the account is there")["id"].as_str().expect("an id").to_owned();
        assert_eq!(client.send("DELETE", &format!("/Users/{id}"), &[], None).status, 204);
    };
    let names: Vec<String> = [5, 6].map(|index| scenario.company.employees[index].user_name.clone()).into();
    for index in [5, 6] {
        scenario.company.employees[index].end_date = Some("2020-01-31".parse().expect("a date"));
    }
    scenario.company.employees[9].title = "Principal".to_owned();
    scenario.write_people();
    assert_eq!(how_many(&scenario.plan(3), "suspend"), 2);
    // Between the plan and its execution.
    delete(&names[0]);
    let run = scenario.run(&["apply", "plan.json", "--yes"]).exits(1);
    assert!(run.stdout.contains("no longer exists") && run.stdout.contains("make a new plan"), "{}", run.stdout);
    assert_eq!(server.user(&names[1]).expect("the account is there")["active"], false);
    assert_eq!(server.user(&scenario.company.employees[9].user_name).expect("the account is there")["title"], "Principal");
    let rest = scenario.run(&["plan", "--output", "json"]).exits(0).json();
    assert_eq!(operations(&rest["plan"]["content"]["apps"][0]), Vec::<String>::new());
    assert_eq!(json!([]), rest["failures"]);
}

// Asked for again and again: a limit to what one run may change or delete, for a source that is broken. The advice was to run it dry, to look, and
// to run it again, by when the source may be another.
#[test]
fn lsc_172_too_many_changes_or_deletions_are_held_before_the_first_and_what_was_looked_at_is_what_is_done() {
    let (mut scenario, server) = settled();
    let whole = scenario.company.clone();
    scenario.company.employees.iter_mut().rev().take(10).for_each(|employee| {
        employee.end_date = Some(jiff::civil::date(2026, 1, 31));
    });
    scenario.write_people();
    is_held(&scenario, &server, "directory:suspend");
    // One leaver passes, and the plan that somebody looked at is carried out, whatever the source shows by then.
    scenario.company = whole;
    let leaver = scenario.company.employees.last_mut().expect("somebody");
    leaver.end_date = Some(jiff::civil::date(2026, 1, 31));
    let name = leaver.user_name.clone();
    scenario.write_people();
    let _ = scenario.plan(3);
    scenario.company.employees.iter_mut().for_each(|employee| employee.end_date = Some(jiff::civil::date(2026, 1, 31)));
    scenario.write_people();
    let _ = scenario.apply();
    let closed: Vec<String> = server
        .users()
        .iter()
        .filter(|user| user["active"] == false)
        .map(|user| user["userName"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(closed, [name]);
    let _ = scenario.run(&["plan", "--out", "plan.json"]).exits(3);
    let _ = scenario.run(&["apply", "plan.json", "--yes"]).exits(3);
    assert_eq!(server.users().iter().filter(|user| user["active"] == false).count(), 1);
}
