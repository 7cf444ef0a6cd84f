use crate::Link;
use crate::fixture::*;
use innkeeper_domain::*;

#[test]
fn a_joiner_gets_an_account_with_all_that_can_be_written_and_then_its_grants() {
    let ada = person("p1", "ada")
        .having("employeeNumber", &["7"])
        .having("password", &["s"])
        .having("meta.created", &["now"])
        .having("title", &[])
        .having_values("nickName", vec![Value::plain("Al")], Strength::Initial)
        .holding("group/Alpha");
    let plan = World::empty().with_entitlement("group", "g1", "Alpha").with_person(ada).plan();
    assert_eq!(lines(&plan), ["c1 ada: create", "c2 ada: grant Alpha after c1"]);
    let Operation::CreateAccount { unique_name, attributes, .. } = &plan.changes[0].operation else { panic!("{plan:#?}") };
    assert_eq!(unique_name, "ada");
    let names: Vec<&str> = attributes.keys().map(AttributeName::as_str).collect();
    assert_eq!(names, ["emails", "employeeNumber", "nickName", "password"]);
    assert_eq!(plan.changes[0].account, AccountTarget::New);
    assert_eq!(plan.changes[1].account, AccountTarget::Created { by: "c1".into() });
    assert_eq!(plan.changes[1].precondition, Precondition::Created);
    assert_eq!(plan.changes[1].reasons[0].text, "role that gives group/Alpha");
}

#[test]
fn a_create_is_refused_if_its_name_or_a_telling_value_turns_up() {
    let plan = World::empty().with_person(person("p1", "ada")).plan();
    let values = vec![("userName".into(), "ada".into()), ("emails".into(), "ada@x".into())];
    assert_eq!(plan.changes[0].precondition, Precondition::NoAccount { values });
}

#[test]
fn a_value_that_others_have_or_get_tells_nothing() {
    let shared = |id: &str, name: &str| person(id, name).having("emails", &["team@x"]);
    let plan = World::empty().with_person(shared("p1", "ada")).with_person(shared("p2", "bob")).plan();
    for (change, name) in plan.changes.iter().zip(["ada", "bob"]) {
        assert_eq!(change.precondition, Precondition::NoAccount { values: vec![("userName".into(), name.into())] });
    }
}

#[test]
fn a_value_that_a_returner_brings_back_tells_nothing() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Gone);
    world.account_mut("a1").attributes.insert("emails".into(), vec![Value::plain("team@x")]);
    world = world.with_person(person("p2", "bob").having("emails", &["bob@x", "team@x"]));
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: reactivate", "c2 bob: create"]);
    let values = vec![("userName".into(), "bob".into()), ("emails".into(), "bob@x".into())];
    assert_eq!(plan.changes[1].precondition, Precondition::NoAccount { values });
}

#[test]
fn a_required_attribute_without_a_value_is_a_case_and_no_account_is_made() {
    let mut world = World::empty().with_person(person("p1", "ada"));
    world.snapshot.description.accounts[3].required = true;
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases[0].kind, CaseKind::MissingValue { attribute: "title".into() });
    insta::assert_snapshot!(plan.cases[0].text, @"An account must have title, and its mapping gives no value for ada@x, so none is made. Complete the record or the mapping.");
    let plan = World::empty().with_person(person("p1", " ")).plan();
    assert_eq!(plan.cases[0].kind, CaseKind::MissingValue { attribute: "userName".into() });
}

#[test]
fn an_account_that_was_deleted_on_the_app_is_made_anew() {
    let mut world = World::empty().with_person(person("p1", "ada"));
    world.links.insert("a1".into(), Link::new("p1".into()));
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: create"]);
    assert_eq!(plan.changes[0].reasons[1].text, "the account a1 was deleted on the app");
}

#[test]
fn the_account_that_somebody_made_in_place_of_a_deleted_one_is_adopted() {
    let mut world = World::empty().with_account(account("a2", "ada")).with_person(person("p1", "ada"));
    world.links.insert("a1".into(), Link::new("p1".into()));
    assert_eq!(lines(&world.plan()), ["c1 ada: adopt"]);
}

#[test]
fn an_account_that_is_gone_for_good_does_not_exist() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Gone);
    world.snapshot.description.delete = Some(LifecycleEffect { reversible: false, ..effect() });
    assert_eq!(lines(&world.plan()), ["c1 ada: create"]);
}

#[test]
fn a_returner_whose_account_was_deleted_gets_it_back_where_the_app_still_has_it() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Gone);
    world.links.insert("a1".into(), Link { deleted_on: Some(TODAY), ..Link::new("p1".into()) });
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: reactivate"]);
    assert_eq!(plan.changes[0].reasons[0].text, "deleted on 2026-11-22 and not lost yet; starts today");
    let precondition = Precondition::AccountIs { status: AccountStatus::Gone, attributes: Attributes::new() };
    assert_eq!(plan.changes[0].precondition, precondition);
}

#[test]
fn a_deleted_account_whose_name_somebody_else_has_is_not_brought_back() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Gone);
    world = world.with_linked("a2", person("p2", "ada").having("emails", &["other@x"]), AccountStatus::Active);
    assert!(world.plan().changes.iter().all(|change| change.operation != Operation::Reactivate));
}

#[test]
fn somebody_who_is_awaited_or_not_entitled_gets_nothing() {
    for presence in [Presence::NotEntitled, Presence::Awaited { starts: TODAY }] {
        let plan = World::empty().with_person(DesiredAccount { presence, ..person("p1", "ada") }).plan();
        assert_eq!(plan.changes, []);
    }
}

#[test]
fn a_managed_account_of_somebody_who_is_awaited_is_left_alone() {
    let ada = DesiredAccount { presence: Presence::Awaited { starts: TODAY }, ..person("p1", "ada") };
    for status in [AccountStatus::Active, AccountStatus::Suspended] {
        let plan = World::empty().with_linked("a1", ada.clone(), status).plan();
        assert_eq!(plan.changes, []);
        assert_eq!(plan.orphans, []);
    }
}

#[test]
fn a_returner_is_reactivated_before_anything_else() {
    let ada = person("p1", "ada").holding("group/Alpha");
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha").with_linked("a1", ada, AccountStatus::Suspended);
    world.desired[0] = world.desired[0].clone().having("title", &["Boss"]);
    world.account_mut("a1").attributes.insert("title".into(), Values::new());
    world.links.insert("a1".into(), Link { suspended_on: Some(TODAY), ..Link::new("p1".into()) });
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: reactivate", "c2 ada: title = Boss after c1", "c3 ada: grant Alpha after c1"]);
    assert_eq!(plan.changes[0].reasons[0].kind, ReasonKind::Returner);
    assert_eq!(plan.changes[0].reasons[0].text, "suspended on 2026-11-22; starts today");
    let before = [("title".into(), Values::new())].into();
    assert_eq!(plan.changes[1].precondition, Precondition::AccountIs { status: AccountStatus::Active, attributes: before });
}

#[test]
fn what_cannot_be_reactivated_is_a_case() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Suspended);
    world.snapshot.description.suspend = Some(LifecycleEffect { reversible: false, ..effect() });
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases[0].kind, CaseKind::Unsupported { operation: "reactivate".into() });
}

#[test]
fn an_invited_account_stays_invited_and_is_put_right() {
    let mut world = World::empty().with_linked("a1", person("p1", "ada"), AccountStatus::Invited);
    world.account_mut("a1").attributes.insert("title".into(), vec![Value::plain("Clerk")]);
    world.desired[0] = world.desired[0].clone().having("title", &["Boss"]);
    assert_eq!(lines(&world.plan()), ["c1 ada: title = Boss"]);
}

#[test]
fn an_account_that_is_made_early_is_suspended_until_the_first_day() {
    let early = || DesiredAccount { enable_on: Some(TODAY.tomorrow().unwrap()), ..person("p1", "ada").holding("group/Alpha") };
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha").with_person(early());
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: create", "c2 ada: grant Alpha after c1", "c3 ada: suspend after c1 c2"]);
    assert_eq!(plan.changes[2].reasons[0].text, "not usable before 2026-11-23");
    let marks = crate::guard::Marks::default();
    let counted = |change: &Change| marks.classes(change).contains(&GuardClass::Suspend);
    assert!(!plan.changes.iter().any(counted), "nobody loses anything");
    crate::simulator::apply(&mut world, &plan);
    assert_eq!(lines(&world.plan()), Vec::<String>::new(), "it sleeps");
    world.desired[0].enable_on = None;
    assert_eq!(lines(&world.plan()), ["c1 ada: reactivate"]);
}

#[test]
fn what_a_suspension_takes_away_is_given_on_the_first_day() {
    let early = DesiredAccount { enable_on: Some(TODAY.tomorrow().unwrap()), ..person("p1", "ada").holding("group/Alpha") };
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha").with_person(early);
    world.snapshot.description.suspend = Some(LifecycleEffect { keeps_grants: false, ..crate::fixture::effect() });
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: create", "c2 ada: suspend after c1"]);
    crate::simulator::apply(&mut world, &plan);
    world.desired[0].enable_on = None;
    assert_eq!(lines(&world.plan()), ["c1 ada: reactivate", "c2 ada: grant Alpha after c1"]);
}

#[test]
fn somebody_on_leave_is_suspended_and_keeps_everything() {
    let away = || DesiredAccount { presence: Presence::OnLeave, transfer_to: Some("p2".into()), ..person("p1", "ada") };
    let mut world = World::empty()
        .with_entitlement("group", "g1", "Alpha")
        .with_linked("a1", away(), AccountStatus::Active)
        .with_linked("a2", person("p2", "bob"), AccountStatus::Active)
        .with_grant("a1", "group", "g1", true);
    (world.delete_after, world.can_revoke_sessions, world.can_transfer) = (Some(0), true, true);
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: suspend", "c2 ada: revoke sessions after c1"]);
    crate::simulator::apply(&mut world, &plan);
    let plan = world.plan();
    assert_eq!((lines(&plan), plan.upcoming.len()), (Vec::new(), 0));
    world.desired[0].presence = Presence::Active;
    world.desired[0] = world.desired[0].clone().holding("group/Alpha");
    assert_eq!(lines(&world.plan()), ["c1 ada: reactivate"]);
}

#[test]
fn a_leave_that_could_not_be_undone_is_a_case() {
    for suspend in [None, Some(LifecycleEffect { reversible: false, ..crate::fixture::effect() })] {
        let away = DesiredAccount { presence: Presence::OnLeave, ..person("p1", "ada") };
        let mut world = World::empty().with_linked("a1", away, AccountStatus::Active);
        world.snapshot.description.suspend = suspend;
        let plan = world.plan();
        assert_eq!(lines(&plan), Vec::<String>::new());
        assert!(plan.cases[0].text.contains("is on leave"), "{}", plan.cases[0].text);
    }
}

#[test]
fn who_leaves_while_on_leave_is_deleted_so_long_after_they_left() {
    let since = TODAY.yesterday().unwrap();
    let left = DesiredAccount { presence: Presence::Closed { since: Some(since) }, ..crate::fixture::leaver("p1", "ada") };
    let mut world = World::empty().with_linked("a1", left, AccountStatus::Suspended);
    world.delete_after = Some(30);
    world.links.get_mut("a1").unwrap().suspended_on = Some(TODAY - jiff::ToSpan::days(90));
    let plan = world.plan();
    assert_eq!((lines(&plan), plan.upcoming[0].on), (Vec::new(), since + jiff::ToSpan::days(30)));
}
