//! Apps in the place of others: who has which, from when until when.

use super::fixture::{account, load, person};
use crate::{Circumstances, Evaluation, NoNames};
use innkeeper_domain::*;
use jiff::civil::{Date, date};
use std::collections::{BTreeMap, BTreeSet};

const COMPANY: &str = r#"[source.hr]
connector = "csv"
path = "people.csv"

[app.chat]
connector = "scim"
[app.chat.account]
userName = "person.userName"

[app.talk]
connector = "scim"
[app.talk.account]
userName = "person.userName"

[role.staff]
when = "person.department != 'Guests'"
grants = ["chat:group/Everybody"]
keep-for = "7d"

[role.seller]
when = "person.department == 'Sales'"
grants = ["chat:group/Sales"]
"#;

const BEGAN: Date = date(2026, 12, 1);

/// Ada has had chat since long, Bob sells and has had it too, Cy came after the swap began; a guest has no role.
fn people() -> Vec<Person> {
    let one = |id, name, department: &str| person(id, &[("userName", &[name]), ("department", &[department])]);
    vec![one("1", "ada", "IT"), one("2", "bob", "Sales"), one("3", "cy", "IT"), one("4", "dee", "Guests")]
}

fn circumstances(today: Date, there: &[(&str, Date)]) -> Circumstances {
    let everybody: EntitlementRef = "chat:group/Everybody".parse().unwrap();
    let swap = Swap {
        old: "chat".into(),
        new: "talk".into(),
        role: "staff".into(),
        overlap: 14,
        from: BEGAN,
        counterparts: vec![Counterpart { old: everybody.clone(), new: "talk:team/All".parse().ok() }],
        by: "grace".into(),
        at: jiff::Timestamp::UNIX_EPOCH,
        reason: None,
    };
    let there = there.iter().map(|(person, on)| ((*person).into(), *on)).collect();
    let held = ["1", "2"].map(|person| (person.into(), BTreeSet::from([everybody.clone()]))).into();
    Circumstances { swaps: vec![RunningSwap { swap, there, held }], ..today.into() }
}

fn evaluate(today: Date, there: &[(&str, Date)]) -> Evaluation {
    load(COMPANY).evaluate(&people(), circumstances(today, there), &NoNames, &BTreeMap::new())
}

/// What each person has: `1 chat:group/Everybody`.
fn given(evaluation: &Evaluation) -> Vec<String> {
    let active = evaluation.desired.accounts.iter().filter(|account| account.presence == Presence::Active);
    let lines = active.flat_map(|account| account.grants.iter().map(|grant| format!("{} {}", account.person, grant.entitlement)));
    lines.collect()
}

fn coming(evaluation: &Evaluation) -> Vec<String> {
    let text =
        |later: &Upcoming| format!("{} {} {} {}", later.on, later.person, later.class, later.what.clone().unwrap_or_default());
    evaluation.upcoming.iter().map(|(app, later)| format!("{app}: {}", text(later).trim_end())).collect()
}

#[test]
fn before_a_swap_begins_the_old_app_is_given_and_the_new_one_is_to_come() {
    let before = evaluate(date(2026, 11, 30), &[]);
    let old = ["1 chat:group/Everybody", "2 chat:group/Everybody", "2 chat:group/Sales", "3 chat:group/Everybody"];
    assert_eq!(given(&before), old);
    let new = ["1", "2", "3"].map(|person| format!("talk: 2026-12-01 {person} create"));
    assert_eq!(coming(&before), new);
}

#[test]
fn nobody_loses_the_old_app_before_the_new_account_is_there_and_who_never_had_it_does_not_get_it() {
    let much_later = evaluate(date(2027, 12, 1), &[]);
    let both = [
        "1 chat:group/Everybody",
        "2 chat:group/Everybody",
        "2 chat:group/Sales",
        "1 talk:team/All",
        "2 talk:team/All",
        "3 talk:team/All",
    ];
    assert_eq!(given(&much_later), both);
    assert_eq!(coming(&much_later), Vec::<String>::new());
    let ada = account(&much_later.desired.accounts, "chat", "1");
    assert!(ada.reason.text.ends_with("swapped from chat to talk, old access until 14 days after the account on talk is there"));
    let cy = account(&much_later.desired.accounts, "chat", "3");
    assert_eq!(cy.reason.text, "role staff: swapped from chat to talk, and given to nobody any more");
    assert_eq!(account(&much_later.desired.accounts, "talk", "4").presence, Presence::NotEntitled);
}

#[test]
fn the_old_app_ends_the_overlap_after_the_new_account_and_what_another_role_gives_stays() {
    let there = [("1", date(2026, 12, 2)), ("2", date(2026, 12, 3))];
    let overlap = evaluate(date(2026, 12, 15), &there);
    assert_eq!(coming(&overlap), ["chat: 2026-12-16 1 revoke chat", "chat: 2026-12-17 2 revoke chat:group/Everybody"]);
    let ada = account(&overlap.desired.accounts, "chat", "1");
    assert!(ada.grants[0].reason.text.ends_with("swapped from chat to talk, old access until 2026-12-15"), "{ada:?}");
    let over = evaluate(date(2026, 12, 17), &there);
    assert_eq!(given(&over), ["2 chat:group/Sales", "1 talk:team/All", "2 talk:team/All", "3 talk:team/All"]);
    let ada = account(&over.desired.accounts, "chat", "1");
    assert_eq!((ada.presence, ada.reason.kind), (Presence::NotEntitled, ReasonKind::NoRole));
    assert_eq!(ada.reason.text, "role staff: swapped from chat to talk, old access ended on 2026-12-16");
    let told = over.swapped.get(&("chat".into(), "2".into())).expect("why Bob loses the group");
    assert!(told.text.ends_with("old access ended on 2026-12-17"));
}

#[test]
fn a_day_begins_where_the_person_is() {
    let mut people = people();
    people[0].attributes.insert("timezone".into(), vec![Value::plain("Pacific/Auckland")]);
    let zone = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let evening = Today::at("2026-12-15T20:00:00+01:00".parse().unwrap(), zone);
    let there = [("1", date(2026, 12, 2)), ("2", date(2026, 12, 2))];
    let circumstances = Circumstances { today: evening, ..circumstances(BEGAN, &there) };
    let evaluation = load(COMPANY).evaluate(&people, circumstances, &NoNames, &BTreeMap::new());
    let presence = |person| account(&evaluation.desired.accounts, "chat", person).presence;
    assert_eq!((presence("1"), presence("2")), (Presence::NotEntitled, Presence::Active));
}

#[test]
fn what_is_kept_after_a_role_is_what_the_person_had_on_either_app() {
    let mut people = people();
    people[0].attributes.insert("department".into(), vec![Value::plain("Guests")]);
    let stopped = |today, there: &[(&str, Date)]| {
        let mut circumstances = circumstances(today, there);
        circumstances.stopped.insert("1".into(), BTreeMap::from([("staff".into(), today)]));
        given(&load(COMPANY).evaluate(&people[..1], circumstances, &NoNames, &BTreeMap::new()))
    };
    assert_eq!(stopped(date(2026, 12, 5), &[("1", BEGAN)]), ["1 chat:group/Everybody", "1 talk:team/All"]);
    assert_eq!(stopped(date(2026, 12, 25), &[("1", BEGAN)]), ["1 talk:team/All"]);
}

#[test]
fn without_the_new_app_nobody_ever_loses_the_old_one_and_with_it_everybody_has_one_at_least() {
    use proptest::prelude::*;
    let days = proptest::collection::vec(proptest::option::of(0_i64..60), 2);
    proptest!(|(there in days, today in 0_i64..90)| {
        let day = |offset: i64| BEGAN + jiff::Span::new().days(offset);
        let there: Vec<(&str, Date)> = ["1", "2"].into_iter().zip(&there).filter_map(|(id, on)| Some((id, day((*on)?)))).collect();
        let evaluation = evaluate(day(today), &there);
        for person in ["1", "2"] {
            let on = |app| account(&evaluation.desired.accounts, app, person).presence == Presence::Active;
            let seen = there.iter().find(|(id, _)| *id == person).map(|(_, on)| *on);
            let lasts = seen.is_none_or(|on| day(today) < on + jiff::Span::new().days(14));
            prop_assert!(on("talk"));
            prop_assert!(on("chat") == (lasts || person == "2"), "{person} on {}", day(today));
        }
    });
}
