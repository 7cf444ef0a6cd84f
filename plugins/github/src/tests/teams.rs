use super::*;

/// A team in a team, with a member each.
fn nested() -> (Direct<Fake>, [u64; 4]) {
    let fake = acme();
    let ids = fake.with(|github| {
        let (ada, grace) = (github.add_member("ada", Role::Member), github.add_member("grace", Role::Member));
        let parent = github.add_team("Engineering", None);
        let child = github.add_team("Back End", Some("engineering"));
        github.add_to_team("engineering", "ada");
        github.add_to_team("back-end", "grace");
        [ada, grace, parent, child]
    });
    (fake, ids)
}

#[test]
fn a_nested_team_is_in_its_parent_and_its_members_are_not_twice() {
    let (fake, [ada, grace, parent, child]) = nested();
    let mut seen = grants(&fake);
    seen.retain(|grant| grant.entitlement.kind == "team");
    let expected = [
        Grant::new(team(parent), person(ada)),
        Grant::new(team(parent), Holder::Entitlement(team(child))),
        Grant::new(team(child), person(grace)),
    ];
    assert_eq!(seen, expected);
    let one = call(fake.clone(), |github| github.list_grants(Scope::Entitlement(team(parent)), None)).unwrap().items;
    assert_eq!(one, expected[..2]);
    let listed = call(fake, |github| Entitlements::list(github, None)).unwrap().items;
    let back_end = listed.iter().find(|entitlement| entitlement.key == team(child)).unwrap();
    assert_eq!((back_end.name.as_str(), back_end.description.as_deref()), ("back-end", Some("Back End")));
    assert_eq!((back_end.parent.as_ref(), back_end.assignable), (Some(&team(parent)), true));
}

#[test]
fn membership_through_a_child_team_is_not_held_directly() {
    let (fake, [_, grace, parent, _]) = nested();
    let grant = || call(fake.clone(), |github| github.grant(person(grace), team(parent), intent())).unwrap();
    assert_eq!(grant(), Effect::Done);
    assert_eq!(fake.with(|github| github.team_members("engineering")), ["ada", "grace"]);
    assert_eq!(grant(), Effect::Already);
}

#[test]
fn a_team_is_given_and_taken_once_whatever_the_login_is_now() {
    let (fake, [_, grace, parent, _]) = nested();
    fake.with(|github| github.rename("grace", "hopper"));
    let add = |id: u64| call(fake.clone(), |github| github.grant(person(id), team(parent), intent())).unwrap();
    let remove = |id: u64| call(fake.clone(), |github| github.revoke(person(id), team(parent), intent())).unwrap();
    assert_eq!([add(grace), add(grace)], [Effect::Done, Effect::Already]);
    assert_eq!(fake.with(|github| github.team_members("engineering")), ["ada", "hopper"]);
    assert_eq!(remove(grace), Effect::Done);
    assert_eq!(fake.with(|github| github.team_members("engineering")), ["ada"]);
    let stranger = fake.with(|github| github.add_member("stranger", Role::Member));
    assert_eq!(remove(stranger), Effect::Already);
}

#[test]
fn nobody_outside_the_organisation_is_invited_by_a_team() {
    let (fake, [.., parent, _]) = nested();
    let stranger = fake.with(|github| github.add_user("stranger"));
    let error = call(fake.clone(), |github| github.grant(person(stranger), team(parent), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(fake.with(|github| github.invited()).is_empty());
    let waiting = Holder::Account("invitation/7".to_owned());
    let error = call(fake, |github| github.grant(waiting, team(parent), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
}

#[test]
fn a_maintainer_stays_one() {
    let maintainer = json!([{ "id": 7, "login": "ada", "role": "maintainer", "inherited": false }]);
    let script = Script::new()
        .then(
            Exchange::get("/orgs/acme/teams")
                .query("per_page", 100)
                .answers(200, json!([{ "id": 3, "slug": "backend", "name": "Backend" }])),
        )
        .then(Exchange::get("/user/7").answers(200, json!({ "id": 7, "login": "ada" })))
        .then(
            Exchange::get("/orgs/acme/teams/backend/memberships/ada")
                .answers(200, json!({ "state": "active", "role": "maintainer", "url": "" })),
        )
        .then(Exchange::get("/orgs/acme/teams/backend/members").query("per_page", 100).answers(200, maintainer));
    assert_eq!(call(script, |github| github.grant(person(7), team(3), intent())).unwrap(), Effect::Already);
}

#[test]
fn several_people_are_put_in_and_out_with_one_look_at_the_teams() {
    let (fake, [ada, grace, parent, _]) = nested();
    let new = fake.with(|github| github.add_member("new", Role::Member));
    let effect =
        call(fake.clone(), |github| github.amend(team(parent), vec![person(grace), person(new)], vec![person(ada)], intent()))
            .unwrap();
    assert_eq!(effect, Effect::Done);
    let mut members = fake.with(|github| github.team_members("engineering"));
    members.sort_unstable();
    assert_eq!(members, ["grace", "new"]);
    let nothing = call(fake, |github| github.amend(team(parent), vec![person(new)], vec![person(ada)], intent())).unwrap();
    assert_eq!(nothing, Effect::Already);
}

#[test]
fn a_team_that_the_identity_provider_fills_is_refused_with_the_reason() {
    let (fake, [_, grace, parent, _]) = nested();
    fake.with(|github| github.sync_team("engineering"));
    let error = call(fake, |github| github.grant(person(grace), team(parent), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::PermissionDenied);
    assert!(error.message.contains("identity provider") && error.message.contains("engineering"), "{}", error.message);
}

#[test]
fn teams_that_are_filled_elsewhere_are_told_where_the_operator_asks_for_it() {
    let list = json!([
        { "id": 1, "slug": "own", "name": "Own" },
        { "id": 2, "slug": "synced", "name": "Synced" },
        { "id": 3, "slug": "ent", "name": "Enterprise", "type": "enterprise" },
    ]);
    let groups = |groups: Json| json!({ "groups": groups });
    let script = Script::new()
        .then(Exchange::get("/orgs/acme/teams").query("per_page", 100).answers(200, list))
        .then(Exchange::get("/orgs/acme/teams/own/external-groups").answers(200, groups(json!([]))))
        .then(
            Exchange::get("/orgs/acme/teams/synced/external-groups")
                .answers(200, groups(json!([{ "group_id": 9, "group_name": "idp", "updated_at": "" }]))),
        );
    let page = call_with(json!({ "team-synchronization": "external-groups" }), script, |github| Entitlements::list(github, None))
        .unwrap();
    assert_eq!(page.items.iter().map(|team| team.assignable).collect::<Vec<_>>(), [true, false, false]);
    assert_eq!(page.items[1].extra[0].value, "identity-provider");
    assert_eq!(page.items[2].extra[0].value, "enterprise");
}

#[test]
fn a_server_that_does_not_tell_inheritance_is_asked_by_graphql() {
    let immediate = json!({ "data": { "organization": { "team": { "members": {
        "pageInfo": { "hasNextPage": false, "endCursor": null },
        "edges": [{ "role": "MAINTAINER", "node": { "databaseId": 7 } }],
    } } } } });
    let transport = move |request: &testing::Request| {
        Ok(match request.target.as_str() {
            "/orgs/acme/teams" => testing::json(200, &json!([{ "id": 3, "slug": "backend", "name": "Backend" }])),
            "/orgs/acme/teams/backend/members" => {
                testing::json(200, &json!([{ "id": 7, "login": "ada" }, { "id": 8, "login": "grace" }]))
            }
            "/orgs/acme/teams/backend/teams" => testing::json(200, &json!([])),
            target if target.ends_with("/graphql") => testing::json(200, &immediate),
            other => panic!("{other}"),
        })
    };
    let page = call(transport, |github| github.list_grants(Scope::Entitlement(team(3)), None)).unwrap();
    assert_eq!(page.items.iter().map(|grant| &grant.holder).collect::<Vec<_>>(), [&person(7)]);
    assert_eq!(page.items[0].extra[0].value, "maintainer");
}

#[test]
fn an_entitlement_that_is_not_there_is_not_found() {
    for key in [
        team(99),
        EntitlementKey::new("team", "engineering"),
        EntitlementKey::new("copilot", "x"),
        EntitlementKey::new("group", "1"),
    ] {
        let error = call(acme(), |github| github.list_grants(Scope::Entitlement(key.clone()), None)).unwrap_err();
        assert_eq!(error.code, ErrorCode::NotFound, "{key:?}");
    }
    let error = call(acme(), |github| github.list_grants(Scope::Account("1".to_owned()), None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}
