//! From joining to leaving: time zones, early accounts, leaves, access for a time, and what is kept for a while.

use super::fixture::{TODAY, account, description, lines, load, person, problems};
use crate::{Circumstances, Close, Evaluation, NoNames, OnLeave};
use innkeeper_domain::*;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use std::collections::BTreeMap;

const STAFF: &str = r#"[source.hr]
connector = "csv"
path = "people.csv"
columns = { "Status" = "employeeStatus" }

[lifecycle]
on-leave = "person.employeeStatus == 'leave'"

[app.chat]
connector = "scim"
joiner = { create-before = "5d" }
[app.chat.account]
userName = "person.userName"

[role.engineer]
when = "person.department == 'Engineering'"
grants = ["chat:group/Engineering", "chat"]
keep-for = "14d"
"#;

/// Somebody in Engineering; `attributes` come on top.
fn engineer(attributes: &[(&str, &str)]) -> Person {
    let mut ada = person("1", &[("userName", &["ada"]), ("displayName", &["Ada"]), ("department", &["Engineering"])]);
    for (name, text) in attributes {
        ada.attributes.insert((*name).into(), vec![Value::plain(*text)]);
    }
    ada
}

fn at(text: &str, zone: &str) -> Today {
    Today::at(text.parse().unwrap(), TimeZone::get(zone).unwrap())
}

fn evaluate(configuration: &str, people: &[Person], circumstances: impl Into<Circumstances>) -> Evaluation {
    load(configuration).evaluate(people, circumstances, &NoNames, &BTreeMap::new())
}

fn chat(evaluation: &Evaluation) -> &DesiredAccount {
    account(&evaluation.desired.accounts, "chat", "1")
}

/// What is held, with the reason.
fn held(evaluation: &Evaluation) -> Vec<String> {
    chat(evaluation).grants.iter().map(|grant| format!("{}: {}", grant.entitlement, grant.reason.text)).collect()
}

/// What is to come, a line each.
fn coming(evaluation: &Evaluation) -> Vec<String> {
    let text = |later: &Upcoming| format!("{} {} {}", later.on, later.class, later.what.clone().unwrap_or_default());
    evaluation.upcoming.iter().map(|(_, later)| text(later).trim_end().to_owned()).collect()
}

fn lent(entitlement: &str, from: &str, until: &str) -> TemporaryGrant {
    TemporaryGrant {
        person: "1".into(),
        entitlement: entitlement.parse().unwrap(),
        from: from.parse().unwrap(),
        until: until.parse().unwrap(),
        by: "bo".into(),
        reason: Some("the audit".into()),
        ended: None,
    }
}

fn lending(today: impl Into<Circumstances>, grant: TemporaryGrant) -> Circumstances {
    Circumstances { temporary: BTreeMap::from([("1".into(), vec![grant])]), ..today.into() }
}

#[test]
fn the_last_day_ends_at_midnight_where_the_person_is() {
    let leaver = |zone: &str| engineer(&[("endDate", "2026-11-21"), ("timezone", zone)]);
    // Eleven in the evening of the 21st in Berlin: still the 21st in Honolulu, already the 22nd in Tokyo.
    let moment = at("2026-11-21T22:00:00Z", "Europe/Berlin");
    let open = |zone: &str| chat(&evaluate(STAFF, &[leaver(zone)], moment.clone())).presence == Presence::Active;
    assert_eq!(["Asia/Tokyo", "Europe/Berlin", "Pacific/Honolulu"].map(open), [false, true, true]);
    assert_eq!(["Mars/Olympus", ""].map(open), [true, true], "the configured zone where nobody knows the own one");
    let ahead = Today::on(date(2026, 11, 22), moment.now(), TimeZone::get("Europe/Berlin").unwrap());
    assert_eq!(
        chat(&evaluate(STAFF, &[leaver("Pacific/Honolulu")], ahead)).presence,
        Presence::Closed { since: Some(date(2026, 11, 22)) }
    );
}

#[test]
fn the_first_day_begins_at_midnight_where_the_person_is_and_rules_see_the_same_day() {
    let text = STAFF
        .replace("create-before = \"5d\"", "create-before = \"0d\"")
        .replace("person.department == 'Engineering'", "person.department == 'Engineering' && today == '2026-11-22'");
    let moment = at("2026-11-21T20:00:00Z", "UTC");
    let tokyo = engineer(&[("startDate", "2026-11-22"), ("timezone", "Asia/Tokyo")]);
    let london = engineer(&[("startDate", "2026-11-22"), ("timezone", "Europe/London")]);
    assert_eq!(chat(&evaluate(&text, &[tokyo], moment.clone())).presence, Presence::Active);
    assert_eq!(chat(&evaluate(&text, &[london], moment)).presence, Presence::NotEntitled);
}

#[test]
fn an_account_that_is_made_early_is_enabled_on_the_first_day_where_the_app_says_so() {
    let text = STAFF.replace("create-before = \"5d\"", "create-before = \"5d\", enable = \"start\"");
    let ada = engineer(&[("startDate", "2026-11-26")]);
    let on = |day: Date| {
        let evaluation = evaluate(&text, std::slice::from_ref(&ada), day);
        (chat(&evaluation).presence, chat(&evaluation).enable_on, coming(&evaluation))
    };
    let starts = date(2026, 11, 26);
    assert_eq!(on(date(2026, 11, 20)), (Presence::Awaited { starts }, None, vec!["2026-11-21 create".to_owned()]));
    assert_eq!(on(date(2026, 11, 21)), (Presence::Active, Some(starts), vec!["2026-11-26 reactivate".to_owned()]));
    assert_eq!(on(starts), (Presence::Active, None, vec![]));
}

#[test]
fn where_an_account_cannot_be_suspended_and_brought_back_it_is_made_on_the_day_itself() {
    let text = STAFF.replace("create-before = \"5d\"", "create-before = \"5d\", enable = \"start\"");
    let ada = engineer(&[("startDate", "2026-11-26")]);
    let descriptions = BTreeMap::from([("chat".into(), description())]);
    let evaluation = load(&text).evaluate(&[ada], date(2026, 11, 24), &NoNames, &descriptions);
    assert_eq!(chat(&evaluation).presence, Presence::Awaited { starts: date(2026, 11, 26) });
    assert_eq!(coming(&evaluation), ["2026-11-26 create"]);
}

#[test]
fn somebody_on_leave_is_suspended_unless_the_app_keeps_them() {
    let away = engineer(&[("employeeStatus", "leave")]);
    let evaluation = evaluate(STAFF, std::slice::from_ref(&away), TODAY);
    assert_eq!((chat(&evaluation).presence, chat(&evaluation).reason.text.as_str()), (Presence::OnLeave, "on leave"));
    let kept = STAFF.replace("[app.chat]", "[app.chat]\nleave = \"keep\"");
    assert_eq!(chat(&evaluate(&kept, &[away], TODAY)).presence, Presence::Active);
    let back = engineer(&[("employeeStatus", "active")]);
    assert_eq!(chat(&evaluate(STAFF, &[back], TODAY)).presence, Presence::Active);
    let left = engineer(&[("employeeStatus", "leave"), ("endDate", "2026-11-01")]);
    assert!(matches!(chat(&evaluate(STAFF, &[left], TODAY)).presence, Presence::Closed { .. }), "leaving goes before");
}

#[test]
fn whoever_could_be_on_leave_for_all_that_is_known_is_left_alone() {
    let mut ada = engineer(&[]);
    ada.restricted.insert("employeeStatus".into());
    let evaluation = evaluate(STAFF, &[ada], TODAY);
    assert!(evaluation.held.contains(&("chat".into(), "1".into())));
}

#[test]
fn what_is_given_for_a_time_is_held_until_its_end_and_with_an_account_if_need_be() {
    let mut cy = engineer(&[]);
    cy.attributes.insert("department".into(), vec![Value::plain("Sales")]);
    let grant = lent("chat:group/Board", "2026-11-22T08:00:00Z", "2026-12-01T23:00:00Z");
    let on = |moment: &str| evaluate(STAFF, std::slice::from_ref(&cy), lending(at(moment, "Europe/Berlin"), grant.clone()));
    assert_eq!(chat(&on("2026-11-22T07:59:59Z")).presence, Presence::NotEntitled, "not before");
    let during = on("2026-12-01T22:59:59Z");
    assert_eq!(chat(&during).presence, Presence::Active);
    assert_eq!(held(&during), ["chat:group/Board: temporary until 2026-12-01, by bo: the audit"]);
    assert_eq!(coming(&during), ["2026-12-02 revoke chat:group/Board"]);
    let after = on("2026-12-01T23:00:00Z");
    assert_eq!((chat(&after).presence, held(&after), coming(&after)), (Presence::NotEntitled, vec![], vec![]));
}

#[test]
fn what_was_taken_back_early_is_over_and_a_leaver_has_nothing_for_a_time() {
    let grant = lent("chat:group/Board", "2026-11-20T08:00:00Z", "2026-12-01T15:30:00Z");
    let ended = TemporaryGrant { ended: Some("2026-11-21T00:00:00Z".parse().unwrap()), ..grant.clone() };
    let board = |grant: &TemporaryGrant, person: Person| {
        held(&evaluate(STAFF, &[person], lending(TODAY, grant.clone()))).iter().filter(|line| line.contains("Board")).count()
    };
    assert_eq!(board(&grant, engineer(&[])), 1);
    assert_eq!(board(&ended, engineer(&[])), 0);
    assert_eq!(board(&grant, engineer(&[("endDate", "2026-11-21")])), 0);
}

#[test]
fn what_a_role_gives_as_well_does_not_end() {
    let grant = lent("chat:group/Engineering", "2026-11-20T08:00:00Z", "2026-12-01T15:30:00Z");
    let evaluation = evaluate(STAFF, &[engineer(&[])], lending(TODAY, grant));
    assert_eq!((held(&evaluation).len(), coming(&evaluation)), (1, vec![]));
}

#[test]
fn a_role_that_stopped_is_kept_for_a_while_by_somebody_who_stays() {
    let mover = |end: &[(&str, &str)]| {
        let mut ada = engineer(end);
        ada.attributes.insert("department".into(), vec![Value::plain("Sales")]);
        ada
    };
    let stopped = |day: Date| Circumstances {
        stopped: BTreeMap::from([("1".into(), BTreeMap::from([("engineer".into(), TODAY)]))]),
        ..day.into()
    };
    let during = evaluate(STAFF, &[mover(&[])], stopped(TODAY + 13.days()));
    assert_eq!(held(&during), ["chat:group/Engineering: role engineer ended on 2026-11-22, kept until 2026-12-06"]);
    assert_eq!((chat(&during).presence, chat(&during).reason.kind), (Presence::Active, ReasonKind::Kept));
    assert!(coming(&during).contains(&"2026-12-06 revoke chat:group/Engineering".to_owned()), "{:?}", coming(&during));
    let after = evaluate(STAFF, &[mover(&[])], stopped(TODAY + 14.days()));
    assert_eq!((chat(&after).presence, held(&after)), (Presence::NotEntitled, vec![]));
    let left = evaluate(STAFF, &[mover(&[("endDate", "2026-11-23")])], stopped(TODAY + 2.days()));
    assert_eq!((held(&left), coming(&left)), (vec![], vec![]), "a leaver loses it at once");
    let again = evaluate(STAFF, &[engineer(&[])], stopped(TODAY));
    assert_eq!(held(&again), ["chat:group/Engineering: role engineer: department is Engineering"]);
}

#[test]
fn somebody_made_inactive_is_closed_at_once_or_when_their_day_is_over() {
    let inactive = || Person { active: Some(false), ..engineer(&[("timezone", "Pacific/Honolulu")]) };
    let seen = |moment: &str| Circumstances {
        inactive_since: BTreeMap::from([("1".into(), TODAY)]),
        ..Circumstances::from(at(moment, "UTC"))
    };
    let end_of_day = STAFF.replace("[app.chat]", "[app.chat]\nleaver = { close = \"end-of-day\" }");
    // The 22nd in Honolulu lasts until ten in the morning of the 23rd in UTC.
    let evening = evaluate(&end_of_day, &[inactive()], seen("2026-11-23T09:59:00Z"));
    assert_eq!((chat(&evening).presence, held(&evening).len()), (Presence::Active, 1));
    assert_eq!(coming(&evening), ["2026-11-23 suspend"]);
    let closed = Presence::Closed { since: Some(TODAY) };
    assert_eq!(chat(&evaluate(&end_of_day, &[inactive()], seen("2026-11-23T10:00:00Z"))).presence, closed);
    assert_eq!(chat(&evaluate(STAFF, &[inactive()], seen("2026-11-23T09:59:00Z"))).presence, closed);
    let never_seen = Circumstances::from(TODAY);
    assert_eq!(chat(&evaluate(&end_of_day, &[inactive()], never_seen)).presence, Presence::Active);
}

#[test]
fn who_leaves_on_a_day_that_was_said_by_hand_works_here_until_then() {
    let leaving = Person { closed_since: Some(date(2026, 11, 30)), ..engineer(&[("endDate", "2026-12-24")]) };
    let on = |day: Date| evaluate(STAFF, std::slice::from_ref(&leaving), day);
    assert_eq!(chat(&on(date(2026, 11, 29))).presence, Presence::Active);
    assert_eq!(coming(&on(date(2026, 11, 29))), ["2026-11-30 suspend"]);
    assert_eq!(chat(&on(date(2026, 11, 30))).presence, Presence::Closed { since: Some(date(2026, 11, 30)) });
}

#[test]
fn the_lifecycle_has_defaults_and_apps_say_otherwise() {
    let configuration = load(
        "[lifecycle]\nclose = \"end-of-day\"\nwarn-before = \"2w\"\n[source.hr]\nconnector = \"csv\"\npath = \"p.csv\"\n\
         [source.vpn]\nconnector = \"csv\"\npath = \"q.csv\"\nvanish-after = \"0s\"\n\
         [app.a]\nconnector = \"scim\"\nprotect = [\"root@acme.com\", \"svc-*\"]\nservice-account = \"bot\"\nprivileged = [\"role/*\"]\n\
         [app.b]\nconnector = \"scim\"\nleave = \"keep\"\nleaver = { close = \"at-once\" }\n",
    );
    let app = |name: &str| configuration.app(&name.into()).unwrap();
    assert_eq!((app("a").close, app("a").on_leave, app("a").enable_on_start), (Close::EndOfDay, OnLeave::Suspend, false));
    assert_eq!((app("b").close, app("b").on_leave), (Close::AtOnce, OnLeave::Keep));
    let texts = |globs: &[Glob]| globs.iter().map(|glob| glob.as_str().to_owned()).collect::<Vec<_>>();
    assert_eq!(texts(&app("a").protect), ["root@acme.com", "svc-*"]);
    assert_eq!((texts(&app("a").service_accounts), texts(&app("a").privileged)), (vec!["bot".into()], vec!["role/*".into()]));
    assert_eq!(configuration.lifecycle().warn_before, 14);
    let vanish = |name: &str| configuration.source(&name.into()).unwrap().vanish_after;
    assert_eq!((vanish("hr"), vanish("vpn")), (Length::hours(20), Length::hours(0)));
    assert_eq!(load("").lifecycle().warn_before, 7);
}

#[test]
fn what_cannot_be_meant_is_told_with_what_can() {
    let text = "[lifecycle]\nclose = \"end-of-dya\"\non-leave = \"person.departmnet == 'x'\"\nwarn = \"1d\"\n\
         [source.hr]\nconnector = \"csv\"\npath = \"p.csv\"\nvanish-after = \"a day\"\n\
         [app.a]\nconnector = \"scim\"\nprotect = [\"\"]\nprivileged = [\"admin\"]\nleave = \"delete\"\njoiner = { enable = \"later\" }\n\
         [role.x]\nwhen = \"true\"\ngrants = [\"a\"]\nkeep-for = \"14\"\n";
    insta::assert_snapshot!(lines(&problems(text)).join("\n"));
}

#[test]
fn a_moment_on_another_day_is_at_the_same_time_of_day() {
    let now: Timestamp = "2026-11-22T09:30:00Z".parse().unwrap();
    let ahead = Today::on(date(2026, 12, 6), now, TimeZone::get("Europe/Berlin").unwrap());
    assert_eq!(ahead.now().to_string(), "2026-12-06T09:30:00Z");
}
