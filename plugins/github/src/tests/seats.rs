use super::*;
use innkeeper_fakes::github::{Copilot, SeatManagement};

fn seat() -> EntitlementKey {
    EntitlementKey::new("copilot", "seat")
}

fn role(id: u64) -> EntitlementKey {
    EntitlementKey::new("role", id.to_string())
}

/// All entitlements of a kind.
fn entitlements(fake: &Direct<Fake>, kind: &str) -> Vec<Entitlement> {
    let first = call(fake.clone(), |github| Entitlements::list(github, None)).unwrap();
    let rest = call(fake.clone(), |github| Entitlements::list(github, first.next)).unwrap();
    assert_eq!(rest.next, None);
    first.items.into_iter().chain(rest.items).filter(|entitlement| entitlement.key.kind == kind).collect()
}

#[test]
fn a_seat_is_bought_ends_with_the_cycle_and_comes_back() {
    let fake = acme();
    let ada = fake.with(|github| github.add_member("ada", Role::Member));
    let give = || call(fake.clone(), |github| github.grant(person(ada), seat(), intent())).unwrap();
    let take = || call(fake.clone(), |github| github.revoke(person(ada), seat(), intent())).unwrap();
    assert_eq!(give(), Effect::Done);
    assert_eq!(give(), Effect::Already);
    assert_eq!(grants(&fake), [Grant::new(seat(), person(ada))]);
    assert_eq!(take(), Effect::Done);
    assert_eq!(fake.with(|github| github.seats()), [("ada".to_owned(), true)]);
    assert_eq!(grants(&fake), [], "what is cancelled was taken");
    assert_eq!(give(), Effect::Done, "the cancellation is taken back");
}

#[test]
fn many_seats_are_bought_with_one_request() {
    let fake = acme();
    let people = fake.with(|github| ["ada", "grace"].map(|login| person(github.add_member(login, Role::Member))));
    let effect = call(fake.clone(), |github| github.amend(seat(), people.to_vec(), Vec::new(), intent())).unwrap();
    assert_eq!(effect, Effect::Done);
    assert_eq!(fake.with(|github| github.seats().len()), 2);
    let effect = call(fake, |github| github.amend(seat(), Vec::new(), people.to_vec(), intent())).unwrap();
    assert_eq!(effect, Effect::Done);
}

#[test]
fn the_seats_of_a_team_are_the_teams() {
    let seats = json!({ "total_seats": 3, "seats": [
        { "assignee": { "id": 1 }, "assigning_team": { "id": 9 }, "created_at": "" },
        { "assignee": { "id": 2 }, "assigning_team": { "id": 9 }, "created_at": "" },
        { "assignee": { "id": 3 }, "pending_cancellation_date": null, "created_at": "" },
        { "assignee": null, "created_at": "" },
    ] });
    let script = Script::new().then(Exchange::get("/orgs/acme/copilot/billing/seats").query("per_page", 100).answers(200, seats));
    let page = call(script, |github| github.list_grants(Scope::Entitlement(seat()), None)).unwrap();
    assert_eq!(page.items, [Grant::new(seat(), Holder::Entitlement(team(9))), Grant::new(seat(), person(3))]);
}

#[test]
fn seats_that_cannot_be_given_one_by_one_are_not_assignable() {
    let copilot = |seat_management| FakeQuirks {
        copilot: Some(Copilot { seat_management, ..Copilot::default() }),
        ..FakeQuirks::default()
    };
    for (management, assignable) in [(SeatManagement::AssignSelected, true), (SeatManagement::AssignAll, false)] {
        let fake = fake(copilot(management));
        fake.with(|github| github.add_seat(OWNER));
        let found = entitlements(&fake, "copilot");
        assert_eq!((found.len(), found[0].assignable), (1, assignable));
        assert_eq!(found[0].seats, Some(Seats { total: None, used: 1 }));
    }
    let fake = fake(copilot(SeatManagement::AssignAll));
    let owner = fake.with(|github| github.user(OWNER).unwrap().id);
    let error = call(fake, |github| github.grant(person(owner), seat(), intent())).unwrap_err();
    assert_eq!((error.code, error.remote_status), (ErrorCode::Invalid, Some(422)));
    assert!(error.message.contains("set up for selected members"), "{}", error.message);
}

#[test]
fn what_an_organisation_does_not_have_is_left_out() {
    let fake = fake(FakeQuirks { copilot: None, organization_roles: false, ..FakeQuirks::default() });
    assert!(entitlements(&fake, "copilot").is_empty());
    assert!(entitlements(&fake, "role").is_empty());
    assert!(grants(&fake).is_empty());
}

#[test]
fn an_organisation_role_is_given_and_taken_once() {
    let fake = acme();
    let (ada, auditor) =
        fake.with(|github| (github.add_member("ada", Role::Member), github.add_organization_role("auditor", &[])));
    let found = entitlements(&fake, "role");
    assert!(found.iter().any(|entitlement| entitlement.key == role(auditor) && entitlement.name == "auditor"));
    let give = || call(fake.clone(), |github| github.grant(person(ada), role(auditor), intent())).unwrap();
    let take = || call(fake.clone(), |github| github.revoke(person(ada), role(auditor), intent())).unwrap();
    assert_eq!([give(), give()], [Effect::Done, Effect::Already]);
    assert_eq!(grants(&fake), [Grant::new(role(auditor), person(ada))]);
    assert_eq!([take(), take()], [Effect::Done, Effect::Already]);
    assert!(fake.with(|github| github.role_users("auditor")).is_empty());
}

#[test]
fn a_role_through_a_team_is_the_teams() {
    let users =
        json!([{ "id": 1, "login": "ada", "assignment": "indirect" }, { "id": 2, "login": "grace", "assignment": "mixed" }]);
    let teams =
        json!([{ "id": 9, "slug": "security", "assignment": "direct" }, { "id": 10, "slug": "sub", "assignment": "indirect" }]);
    let path = |of: &str| format!("/orgs/acme/organization-roles/5/{of}");
    let script = Script::new()
        .then(Exchange::get(&path("users")).query("per_page", 100).answers(200, users))
        .then(Exchange::get(&path("teams")).query("per_page", 100).answers(200, teams));
    let page = call(script, |github| github.list_grants(Scope::Entitlement(role(5)), None)).unwrap();
    assert_eq!(page.items, [Grant::new(role(5), person(2)), Grant::new(role(5), Holder::Entitlement(team(9)))]);
}

#[test]
fn a_fault_of_githubs_is_not_taken_for_a_missing_feature() {
    let cursor = || Some(json!({ "stage": "Rest", "next": null }).to_string());
    let script =
        Script::new().then(Exchange::get("/orgs/acme/organization-roles").answers(502, json!({ "message": "Server Error" })));
    assert_eq!(call(script, |github| Entitlements::list(github, cursor())).unwrap_err().code, ErrorCode::Unavailable);
}
