use crate::Link;
use crate::fixture::*;
use innkeeper_domain::*;

/// An app that invites: nothing can be granted to an invitation, and whoever accepts gets another id.
fn inviting() -> World {
    let mut world = World::empty().with_entitlement("group", "g1", "Alpha").with_entitlement("group", "g2", "Beta");
    let quirks = &mut world.snapshot.description.quirks;
    (quirks.invites, quirks.invitation_has_own_id, quirks.invited_holds_nothing) = (true, true, true);
    world
}

fn failed(world: &mut World, id: &str, why: &str, expires: &str) {
    let account = world.account_mut(id);
    account.status = AccountStatus::Gone;
    account.invitation = Some(Invitation { expires: Some(expires.into()), failed: Some(why.into()) }.into());
}

#[test]
fn an_invitation_says_what_the_account_is_to_hold() {
    let plan = inviting().with_person(person("p1", "ada").holding("group/Alpha")).plan();
    assert_eq!(lines(&plan), ["c1 ada: create", "c2 ada: grant Alpha after c1"]);
    let Operation::CreateAccount { grants, .. } = &plan.changes[0].operation else { panic!("{plan:#?}") };
    assert_eq!(grants.iter().map(|grant| grant.name.as_str()).collect::<Vec<_>>(), ["Alpha"]);
}

#[test]
fn whoever_is_invited_is_left_in_peace_until_they_accept() {
    let ada = person("p1", "ada").holding("group/Alpha").having("title", &["Boss"]);
    let mut world = inviting().with_linked("i1", ada, AccountStatus::Invited);
    world.account_mut("i1").attributes.insert("title".into(), Values::new());
    let plan = world.plan();
    assert_eq!((plan.changes, plan.cases), (Vec::new(), Vec::new()));
}

#[test]
fn an_accepted_invitation_is_known_again_and_gets_what_is_missing() {
    let ada = person("p1", "ada").holding("group/Alpha").holding("group/Beta");
    let mut member = account("77", "ada");
    member.attributes.insert("emails".into(), vec![Value::plain("ada@x")]);
    let mut world = inviting().with_person(ada).with_account(member).with_grant("77", "group", "g1", false);
    world.links.insert("i1".into(), Link::new("p1".into()));
    assert_eq!(lines(&world.plan()), ["c1 ada: adopt", "c2 ada: assume Alpha after c1", "c3 ada: grant Beta after c1"]);
}

#[test]
fn an_expired_invitation_is_sent_again() {
    let mut world = inviting().with_linked("i1", person("p1", "ada"), AccountStatus::Invited);
    failed(&mut world, "i1", "it expired", "2026-11-20T00:00:00Z");
    let plan = world.plan();
    assert_eq!(lines(&plan), ["c1 ada: create"]);
    assert_eq!(plan.changes[0].reasons[1].text, "the last invitation came to nothing: it expired");
}

#[test]
fn an_invitation_that_was_refused_is_a_case_until_the_record_says_something_else() {
    let mut world = inviting().with_linked("i1", person("p1", "ada"), AccountStatus::Invited);
    failed(&mut world, "i1", "the address does not exist", "2026-11-28T00:00:00Z");
    let plan = world.plan();
    assert_eq!(plan.changes, []);
    assert_eq!(plan.cases[0].kind, CaseKind::InvitationFailed { account: "i1".into() });
    insta::assert_snapshot!(plan.cases[0].text, @"The invitation of ada came to nothing: the address does not exist. It is not sent again as it was: correct the record or the mapping of userName, or invite by hand.");
    world.account_mut("i1").unique_name = "adda".into();
    assert_eq!(lines(&world.plan()), ["c1 ada: create"]);
}

#[test]
fn a_failed_invitation_of_a_leaver_is_done() {
    let mut world = inviting().with_linked("i1", leaver("p1", "ada"), AccountStatus::Invited);
    failed(&mut world, "i1", "it expired", "2026-11-20T00:00:00Z");
    let plan = world.plan();
    assert_eq!((plan.changes, plan.cases, plan.orphans), (Vec::new(), Vec::new(), Vec::new()));
}
