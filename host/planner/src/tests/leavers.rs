use crate::Link;
use crate::fixture::*;
use innkeeper_domain::*;
use jiff::ToSpan;

fn suspended(days: i64) -> World {
    let mut world = World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Suspended);
    world.links.insert("a1".into(), Link { suspended_on: Some(TODAY - days.days()), ..Link::new("p1".into()) });
    world
}

#[test]
fn a_leaver_is_suspended_signed_out_relieved_of_grants_and_property_in_this_order() {
    let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada").having("title", &["Boss"]) };
    let mut world = World::empty()
        .with_entitlement("group", "g1", "Alpha")
        .with_entitlement("group", "g2", "Beta")
        .with_linked("a1", ada, AccountStatus::Active)
        .with_linked("a2", person("p2", "bob"), AccountStatus::Active)
        .with_grant("a1", "group", "g1", true)
        .with_grant("a1", "group", "g2", false);
    world.account_mut("a1").attributes.insert("title".into(), Values::new());
    (world.can_revoke_sessions, world.can_transfer, world.delete_after) = (true, true, Some(30));
    let plan = world.plan();
    assert_eq!(
        lines(&plan),
        [
            "c1 ada: suspend",
            "c2 ada: revoke sessions after c1",
            "c3 ada: revoke Alpha after c1",
            "c4 ada: transfer to a2 after c1",
        ]
    );
    assert!(plan.changes.iter().all(|change| change.reasons[0].kind == ReasonKind::Leaver));
    let on = TODAY + 30.days();
    assert_eq!(plan.upcoming, [Upcoming { person: "p1".into(), label: "ada".into(), class: Class::Delete, what: None, on }]);
    assert_eq!(plan.drift, []);
}

#[test]
fn sessions_and_property_are_left_where_the_connector_cannot() {
    let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada") };
    let world = World::empty().with_linked("a1", ada, AccountStatus::Active).with_linked(
        "a2",
        person("p2", "bob"),
        AccountStatus::Active,
    );
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"]);
}

#[test]
fn only_somebody_who_stays_inherits() {
    for heir in [leaver("p2", "bob"), DesiredAccount { presence: Presence::NotEntitled, ..person("p2", "bob") }] {
        let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada") };
        let mut world =
            World::empty().with_linked("a1", ada, AccountStatus::Active).with_linked("a2", heir, AccountStatus::Active);
        world.can_transfer = true;
        assert_eq!(lines(&world.plan()), ["c1 ada: suspend", "c2 bob: suspend"]);
    }
}

#[test]
fn grants_that_vanish_with_the_suspension_are_not_revoked() {
    let world =
        World::empty().with_entitlement("group", "g1", "Alpha").with_linked("a1", leaver("p1", "ada"), AccountStatus::Active);
    let mut world = world.with_grant("a1", "group", "g1", true);
    world.snapshot.description.suspend = Some(LifecycleEffect { keeps_grants: false, ..effect() });
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"]);
}

#[test]
fn a_managed_account_of_somebody_who_is_not_entitled_any_more_is_closed_too() {
    let ada = DesiredAccount { presence: Presence::NotEntitled, ..person("p1", "ada") };
    assert_eq!(lines(&World::empty().with_linked("a1", ada, AccountStatus::Active).plan()), ["c1 ada: suspend"]);
}

#[test]
fn a_leftover_account_of_a_leaver_is_adopted_and_closed() {
    let plan = World::empty().with_account(account("a1", "ada")).with_person(leaver("p1", "ada")).plan();
    assert_eq!(lines(&plan), ["c1 ada: adopt", "c2 ada: suspend after c1"]);
}

#[test]
fn a_leftover_that_is_suspended_already_is_not_made_ours() {
    let mut world = World::empty().with_account(account("a1", "ada")).with_person(leaver("p1", "ada"));
    world.account_mut("a1").status = AccountStatus::Suspended;
    world.delete_after = Some(0);
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.orphans[0].person, Some("p1".into()));
}

#[test]
fn all_managed_accounts_of_a_leaver_are_closed() {
    let mut world =
        World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Active).with_account(account("a2", "ada2"));
    world.links.insert("a2".into(), Link::new("p1".into()));
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: suspend", "c2 ada2: suspend"]);
    assert_eq!(plan.cases, []);
}

#[test]
fn a_suspended_account_is_deleted_on_its_day_and_announced_before() {
    for (days, expected) in [(30, vec!["c1 ada: delete"]), (31, vec!["c1 ada: delete"]), (29, Vec::new())] {
        let mut world = suspended(days);
        world.delete_after = Some(30);
        let plan = world.plan();
        assert_eq!(lines(&plan), expected, "{days}");
        let on = TODAY + 1.days();
        assert_eq!(
            plan.upcoming.iter().map(|upcoming| upcoming.on).collect::<Vec<_>>(),
            if days == 29 { vec![on] } else { vec![] }
        );
    }
}

#[test]
fn nothing_is_ever_deleted_where_no_time_is_set() {
    let plan = suspended(10_000).plan();
    assert_eq!((plan.changes, plan.upcoming), (Vec::new(), Vec::new()));
}

#[test]
fn a_deletion_says_why_and_only_happens_while_the_account_is_suspended() {
    let mut world = suspended(30);
    world.delete_after = Some(30);
    let plan = world.plan();
    assert_eq!(plan.changes[0].reasons[1].text, "suspended on 2026-10-23, deleted after 30 days");
    let precondition = Precondition::AccountIs { status: AccountStatus::Suspended, attributes: Attributes::new() };
    assert_eq!(plan.changes[0].precondition, precondition);
}

#[test]
fn a_suspension_by_somebody_else_counts_from_today() {
    let mut world = suspended(0);
    world.links.insert("a1".into(), Link::new("p1".into()));
    world.delete_after = Some(30);
    let plan = world.plan();
    assert_eq!((plan.changes, plan.upcoming[0].on), (Vec::new(), TODAY + 30.days()));
}

#[test]
fn where_deletion_follows_at_once_it_waits_for_the_suspension_and_the_transfer() {
    let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada") };
    let mut world = World::empty().with_linked("a1", ada, AccountStatus::Active).with_linked(
        "a2",
        person("p2", "bob"),
        AccountStatus::Active,
    );
    (world.can_transfer, world.delete_after) = (true, Some(0));
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend", "c2 ada: transfer to a2 after c1", "c3 ada: delete after c1 c2"]);
}

#[test]
fn an_app_that_cannot_suspend_deletes_at_once_or_asks() {
    let mut world = World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Active);
    world.snapshot.description.suspend = None;
    world.snapshot.description.delete = Some(LifecycleEffect { keeps_data: false, ..effect() });
    for delete_after in [None, Some(1)] {
        world.delete_after = delete_after;
        let plan = world.plan();
        assert_eq!(plan.changes, []);
        assert_eq!(plan.cases[0].kind, CaseKind::Unsupported { operation: "suspend".into() });
    }
    insta::assert_snapshot!(world.plan().cases[0].text, @r#"The account ada of ada@x should be closed, and the connector cannot suspend. Close it on the app, or set `delete-after = "0d"` if accounts may be deleted at once."#);
    world.delete_after = Some(0);
    assert_eq!(lines(&world.plan()), ["c1 ada: delete"]);
}

#[test]
fn where_an_account_is_a_membership_closing_it_is_ending_it() {
    let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada") };
    let mut world = World::empty().with_linked("a1", ada, AccountStatus::Active).with_linked(
        "a2",
        person("p2", "bob"),
        AccountStatus::Active,
    );
    world.snapshot.description.suspend = None;
    (world.can_transfer, world.delete_after) = (true, Some(30));
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: transfer to a2", "c2 ada: delete after c1"]);
    assert_eq!((plan.upcoming, plan.cases), (Vec::new(), Vec::new()));
}

#[test]
fn the_invitation_of_somebody_who_leaves_is_taken_back_at_once() {
    for days in [None, Some(30)] {
        let mut world = World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Invited);
        world.delete_after = days;
        let plan = world.plan();
        assert_eq!(lines(&plan), ["c1 ada: delete"]);
        let precondition = Precondition::AccountIs { status: AccountStatus::Invited, attributes: Attributes::new() };
        assert_eq!(plan.changes[0].precondition, precondition);
    }
}

#[test]
fn an_invitation_that_cannot_be_taken_back_is_suspended() {
    let mut world = World::empty().with_linked("a1", leaver("p1", "ada"), AccountStatus::Invited);
    world.snapshot.description.delete = None;
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"]);
}

#[test]
fn an_app_that_cannot_delete_says_so_once() {
    let mut world = suspended(30).with_linked("a2", leaver("p2", "bob"), AccountStatus::Suspended);
    world.links.insert("a2".into(), Link { suspended_on: Some(TODAY - 30.days()), ..Link::new("p2".into()) });
    (world.delete_after, world.snapshot.description.delete) = (Some(30), None);
    let plan = world.plan();
    assert_eq!((plan.changes, plan.cases.len()), (Vec::new(), 1));
    assert_eq!(plan.cases[0].kind, CaseKind::Unsupported { operation: "delete".into() });
}

#[test]
fn a_leaver_whose_account_was_deleted_does_not_compete_with_somebody_new() {
    let mut world =
        World::empty().with_account(account("a2", "ada")).with_person(leaver("p1", "ada")).with_person(person("p2", "ada"));
    assert_eq!(world.plan().changes, []);
    world.links.insert("a1".into(), Link { deleted_on: Some(TODAY), ..Link::new("p1".into()) });
    assert_eq!(lines(&world.plan()), ["c1 ada: adopt"]);
}

mod where_suspended_accounts_are_not_listed {
    use super::*;

    fn hiding(desired: DesiredAccount, link: Link) -> World {
        let mut world = World::empty().with_person(desired);
        world.snapshot.description.quirks.hides_suspended = true;
        world.links.insert("a1".into(), link);
        world
    }

    #[test]
    fn a_returner_is_reactivated_and_not_created() {
        let link = Link { suspended_on: Some(TODAY), ..Link::new("p1".into()) };
        let plan = hiding(person("p1", "ada"), link).plan();
        assert_eq!(lines(&plan), ["c1 ada: reactivate"]);
        assert_eq!(plan.changes[0].account, AccountTarget::Existing { id: "a1".into(), unique_name: "ada".into() });
    }

    #[test]
    fn a_leaver_is_deleted_on_their_day_and_only_once() {
        let link = Link { suspended_on: Some(TODAY - 30.days()), ..Link::new("p1".into()) };
        let mut world = hiding(leaver("p1", "ada"), link.clone());
        world.delete_after = Some(30);
        assert_eq!(lines(&world.plan()), ["c1 ada: delete"]);
        world.links.insert("a1".into(), Link { deleted_on: Some(TODAY), ..link });
        assert_eq!(world.plan().changes, []);
    }

    #[test]
    fn an_account_that_vanished_is_a_case_because_it_may_be_suspended() {
        let plan = hiding(person("p1", "ada"), Link::new("p1".into())).plan();
        assert_eq!(plan.changes, []);
        insta::assert_snapshot!(plan.cases[0].text, @"The account a1 of ada@x is not listed any more. This app does not list suspended accounts, so somebody suspended or deleted it. Reactivate it on the app, or remove the link if it is gone.");
    }

    #[test]
    fn an_account_that_we_deleted_is_made_anew_for_a_returner() {
        let link = Link { suspended_on: Some(TODAY), deleted_on: Some(TODAY), ..Link::new("p1".into()) };
        assert_eq!(lines(&hiding(person("p1", "ada"), link).plan()), ["c1 ada: create"]);
    }
}

#[test]
fn a_step_that_leaves_no_trace_and_failed_is_tried_again_and_nothing_is_deleted_before_it() {
    let ada = DesiredAccount { transfer_to: Some("p2".into()), ..leaver("p1", "ada") };
    let mut world = World::empty().with_linked("a1", ada, AccountStatus::Suspended).with_linked(
        "a2",
        person("p2", "bob"),
        AccountStatus::Active,
    );
    world.links.insert("a1".into(), Link { suspended_on: Some(TODAY - 30.days()), ..Link::new("p1".into()) });
    (world.can_revoke_sessions, world.can_transfer, world.delete_after) = (true, true, Some(30));
    assert_eq!(lines(&world.plan()), ["c1 ada: delete"], "what succeeded is not done again");
    for step in [crate::ClosingStep::EndSessions, crate::ClosingStep::TransferOwnership] {
        world.unfinished.insert(("a1".into(), step));
    }
    assert_eq!(lines(&world.plan()), ["c1 ada: revoke sessions", "c2 ada: transfer to a2", "c3 ada: delete after c2"]);
}

#[test]
fn leavers_keep_what_they_hold_where_the_configuration_says_so() {
    let world =
        World::empty().with_entitlement("group", "g1", "Alpha").with_linked("a1", leaver("p1", "ada"), AccountStatus::Active);
    let mut world = world.with_grant("a1", "group", "g1", true);
    world.revoke_from_leavers = false;
    assert_eq!(lines(&world.plan()), ["c1 ada: suspend"]);
}
