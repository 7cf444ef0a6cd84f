//! What somebody else did, by rule and by decision.

use crate::fixture::*;
use innkeeper_domain::*;

/// Ada, who holds a group that somebody else gave her, and an account of nobody.
fn world(grants: GrantDrift, orphans: OrphanDrift) -> World {
    let mut world = World::empty()
        .with_entitlement("group", "g1", "Alpha")
        .with_linked("a1", person("p1", "ada"), AccountStatus::Active)
        .with_grant("a1", "group", "g1", false)
        .with_account(account("o1", "shadow"));
    world.drift.policy = DriftPolicy { grants, orphans, ..DriftPolicy::default() };
    world
}

#[test]
fn a_grant_by_somebody_else_is_listed_revoked_or_kept_as_the_configuration_says() {
    let listed = world(GrantDrift::Report, OrphanDrift::Report).plan();
    assert_eq!((lines(&listed).len(), listed.drift.len()), (0, 1));
    let reverted = world(GrantDrift::Revert, OrphanDrift::Report).plan();
    assert_eq!(lines(&reverted), ["c1 ada: revoke Alpha"]);
    assert_eq!(reverted.changes[0].reasons[0].kind, ReasonKind::NoRole);
    assert!(reverted.changes[0].reasons[0].text.contains("somebody else gave it") && reverted.drift.is_empty());
    let kept = world(GrantDrift::Adopt, OrphanDrift::Report).plan();
    assert_eq!(lines(&kept), ["c1 ada: assume Alpha"]);
}

#[test]
fn nothing_is_reverted_or_suspended_while_a_source_is_not_complete() {
    let mut world = world(GrantDrift::Revert, OrphanDrift::Suspend);
    world.people_complete = false;
    assert_eq!(world.plan().changes, []);
}

#[test]
fn what_was_kept_by_hand_stays_while_the_person_does_and_what_is_ignored_is_not_spoken_of() {
    for policy in [GrantDrift::Report, GrantDrift::Revert] {
        let mut kept = world(policy, OrphanDrift::Report);
        kept.drift.kept.insert(("a1".into(), key("group", "g1")));
        kept.owned.insert(("a1".into(), key("group", "g1")));
        assert_eq!((kept.plan().changes, kept.plan().drift), (Vec::new(), Vec::new()));
        kept.desired[0].presence = Presence::Closed { since: Some(TODAY) };
        let closed = lines(&kept.plan());
        assert!(closed.iter().any(|line| line.contains("ada: revoke Alpha")), "{closed:?}");

        let mut ignored = world(policy, OrphanDrift::Report);
        ignored.drift.ignored.insert(("a1".into(), key("group", "g1")));
        assert_eq!((ignored.plan().changes, ignored.plan().drift), (Vec::new(), Vec::new()));
    }
}

#[test]
fn an_active_account_of_nobody_is_suspended_where_the_configuration_says_so() {
    assert_eq!(world(GrantDrift::Report, OrphanDrift::Report).plan().changes, []);
    let plan = world(GrantDrift::Report, OrphanDrift::Suspend).plan();
    assert_eq!(lines(&plan), ["c1 shadow: suspend"]);
    assert_eq!(plan.changes[0].reasons[0].kind, ReasonKind::Orphan);
    assert_eq!(plan.orphans.len(), 1);

    let mut suspended = world(GrantDrift::Report, OrphanDrift::Suspend);
    suspended.account_mut("o1").status = AccountStatus::Suspended;
    assert_eq!(suspended.plan().changes, []);
    let mut ignored = world(GrantDrift::Report, OrphanDrift::Suspend);
    ignored.drift.ignored_accounts.insert("o1".into());
    assert_eq!((ignored.plan().changes, ignored.plan().orphans), (Vec::new(), Vec::new()));
}
