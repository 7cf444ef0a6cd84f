//! How one person stands to the rules, roles in observe mode, and pilots.

use super::fixture::{COMPANY, TODAY, lines, load, person, problems};
use crate::{NoNames, Read, RoleMode, Verdict};
use innkeeper_domain::{AppName, PersonId, Presence, Value};
use std::collections::BTreeMap;

const ENGINEER: &str = "when = \"person.department == 'Engineering' && person.active\"";

fn observed() -> String {
    COMPANY.replace(ENGINEER, &format!("{ENGINEER}\nmode = \"observe\""))
}

fn piloted(pilot: &str) -> String {
    COMPANY.replace("[app.github]\n", &format!("[app.github]\npilot = \"{pilot}\"\n"))
}

#[test]
fn a_role_that_does_not_apply_shows_the_values_that_its_rule_read() {
    let configuration = load(COMPANY);
    let seller = person("1", &[("department", &["Sales"])]);
    let standing = configuration.standing_of(&AppName::from("github"), &seller, &TODAY.into(), &[]);
    assert_eq!(standing.len(), 1);
    let [engineer] = standing.as_slice() else { panic!("one role is about github") };
    assert_eq!(engineer.judgement.verdict, Verdict::DoesNotApply);
    let read = |path: &str, value: Value| Read { path: path.into(), values: Some(vec![value]) };
    assert_eq!(engineer.judgement.reads, [read("department", Value::plain("Sales")), read("active", Value::plain(true))]);
    assert_eq!(engineer.judgement.place.to_string(), "innkeeper.toml:26:9");
}

#[test]
fn a_rule_that_reads_something_unknown_is_undecided_and_says_what() {
    let standing = load(COMPANY).standing_of(&AppName::from("github"), &person("1", &[]), &TODAY.into(), &[]);
    let why = "`person.department` is not known of them".to_owned();
    assert_eq!(standing[0].judgement.verdict, Verdict::Undecided { why });
    assert_eq!(standing[0].judgement.reads[0], Read { path: "department".into(), values: None });
}

#[test]
fn a_mapping_that_reads_something_unknown_is_silent() {
    let known = person("1", &[("userName", &["ada"]), ("displayName", &["Ada"]), ("department", &["Engineering"])]);
    let silent = load(COMPANY).silent_mappings(&AppName::from("github"), &known, &TODAY.into());
    assert_eq!(silent.iter().map(|mapping| mapping.unknown.as_str()).collect::<Vec<_>>(), ["title"]);
}

#[test]
fn an_observed_role_gives_nothing_and_says_who_would_get_what() {
    let configuration = load(&observed());
    let people = [person("1", &[("department", &["Engineering"])]), person("2", &[("department", &["Sales"])])];
    let found = configuration.evaluate(&people, TODAY, &NoNames, &BTreeMap::new());
    let on_github = |account: &&innkeeper_domain::DesiredAccount| account.app == AppName::from("github");
    assert!(found.desired.accounts.iter().filter(on_github).all(|account| account.presence == Presence::NotEntitled));
    // The account on `mail` comes from another role, so nothing would be new there.
    let would: Vec<_> =
        found.would.iter().map(|would| (would.person.as_str(), would.role.as_str(), would.grants[0].to_string())).collect();
    assert_eq!(would, [("1", "engineer", "github:team/backend".to_owned())]);
    let standing = configuration.standing_of(&AppName::from("github"), &people[0], &TODAY.into(), &[]);
    assert_eq!((standing[0].mode, &standing[0].judgement.verdict), (RoleMode::Observe, &Verdict::Applies));
}

#[test]
fn a_pilot_keeps_everybody_else_outside_and_a_leaver_stays_in_it() {
    let configuration = load(&piloted("person.department == 'Engineering' && person.active"));
    let mut leaver = person("3", &[("department", &["Engineering"])]);
    leaver.closed_since = Some(TODAY);
    let people =
        [person("1", &[("department", &["Engineering"])]), person("2", &[("department", &["Sales"])]), leaver, person("4", &[])];
    let found = configuration.evaluate(&people, TODAY, &NoNames, &BTreeMap::new());
    let outside: Vec<&str> = found.outside.iter().map(|(_, person)| PersonId::as_str(person)).collect();
    assert_eq!(outside, ["2", "4"], "whoever it cannot tell of is outside");
    assert!(found.outside.iter().all(|(app, _)| *app == AppName::from("github")));
    let told: Vec<&str> = found.problems.iter().filter(|one| one.text.contains("pilot")).map(|one| one.text.as_str()).collect();
    assert_eq!(told, ["whether 4 is in the pilot cannot be told: `department` is not known of them"]);
}

#[test]
fn a_mode_that_does_not_exist_and_a_pilot_that_is_no_rule_are_mistakes() {
    let text = observed().replace("mode = \"observe\"", "mode = \"warn\"");
    assert_eq!(
        lines(&problems(&text)),
        ["innkeeper.toml:27:8: a role has no mode `warn` | expected one of `enforce`, `observe`"]
    );
    let found = lines(&problems(&piloted("person.department")));
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("true or false"), "{found:?}");
}
