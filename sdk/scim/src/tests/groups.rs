use super::*;

fn key(id: &str) -> EntitlementKey {
    EntitlementKey::new("group", id)
}

fn ada() -> Holder {
    Holder::Account("u1".to_owned())
}

fn group(id: &str, members: &[&str]) -> Json {
    let members: Vec<_> = members.iter().map(|id| json!({ "value": id })).collect();
    let mut group = json!({ "id": id, "displayName": format!("Group {id}"), "meta": { "version": "W/\"4\"" } });
    if !members.is_empty() {
        group["members"] = json!(members);
    }
    group
}

fn yes() -> Dialect {
    Dialect { discovery: false, patch: Choice::Yes, ..Dialect::default() }
}

#[test]
fn groups_are_listed_without_their_members() {
    let script = Script::new().then(
        Exchange::get("/Groups")
            .query("excludedAttributes", "members")
            .query("count", 2)
            .answers(200, list(1, &[group("g1", &[])])),
    );
    let page = call(plain(), script, |scim| scim.list_groups(None)).unwrap();
    assert_eq!((&page.items[0].key, page.items[0].name.as_str(), page.total), (&key("g1"), "Group g1", Some(1)));
}

#[test]
fn a_server_that_refuses_to_leave_members_out_is_asked_with_them() {
    let all = [group("g1", &["u1"]), group("g2", &[])];
    let script = Script::new()
        .then(
            Exchange::get("/Groups")
                .query("excludedAttributes", "members")
                .query("count", 2)
                .answers(400, failure(400, None, "no")),
        )
        .then(Exchange::get("/Groups").query("count", 2).answers(200, list(3, &all)));
    let page = call(plain(), script, |scim| scim.list_groups(None)).unwrap();
    // And on the next page that is remembered.
    let script = Script::new()
        .then(Exchange::get("/Groups").query("startIndex", 3).query("count", 2).answers(200, list(3, &[group("g3", &[])])));
    assert_eq!(call(plain(), script, |scim| scim.list_groups(page.next.as_deref())).unwrap().items[0].key, key("g3"));
}

#[test]
fn members_are_grants_and_groups_can_be_members() {
    let mut nested = group("g1", &["u1", "u1"]);
    nested["members"].as_array_mut().unwrap().extend([
        json!({ "value": "g2", "type": "Group" }),
        json!({ "value": "g3", "$ref": "https://scim.example/v2/Groups/g3" }),
        json!({ "value": "u2", "type": "User" }),
    ]);
    let script = Script::new().then(Exchange::get("/Groups/g1").answers(200, nested));
    let page = call(plain(), script, |scim| scim.list_grants(&Scope::Entitlement(key("g1")), None)).unwrap();
    let holders: Vec<_> = page.items.iter().map(|grant| grant.holder.clone()).collect();
    let expected = [ada(), Holder::Entitlement(key("g2")), Holder::Entitlement(key("g3")), Holder::Account("u2".to_owned())];
    assert_eq!(holders, expected);
    assert!(page.items.iter().all(|grant| grant.entitlement == key("g1")));
}

fn all(dialect: Dialect, script: Script) -> Vec<(String, Holder)> {
    let page = call(dialect, script, |scim| scim.list_grants(&Scope::All, None)).unwrap();
    page.items.into_iter().map(|grant| (grant.entitlement.id, grant.holder)).collect()
}

#[test]
fn all_grants_come_from_the_listing() {
    let script = Script::new()
        .then(Exchange::get("/Groups").query("count", 2).answers(200, list(2, &[group("g1", &["u1"]), group("g2", &[])])));
    assert_eq!(all(Dialect { discovery: false, count: true, ..Dialect::default() }, script), [("g1".to_owned(), ada())]);
}

#[test]
fn a_listing_that_leaves_members_out_is_not_believed() {
    let listing = || Exchange::get("/Groups").query("count", 2).answers(200, list(3, &[group("g1", &[]), group("g2", &[])]));
    let script = Script::new()
        .then(listing())
        .then(Exchange::get("/Groups/g1").answers(200, group("g1", &[])))
        .then(Exchange::get("/Groups/g2").answers(200, group("g2", &["u1"])));
    assert_eq!(all(plain(), script), [("g2".to_owned(), ada())]);
    // Unless the operator knows better.
    assert_eq!(
        all(
            Dialect {
                discovery: false,
                groups: Some(Groups { members: MembersFrom::List, ..Groups::default() }),
                ..Dialect::default()
            },
            Script::new().then(listing())
        ),
        []
    );
}

fn of_ada(script: Script) -> Vec<String> {
    let page = call(plain(), script, |scim| scim.list_grants(&Scope::Account("u1".to_owned()), None)).unwrap();
    assert!(page.items.iter().all(|grant| grant.holder == ada()));
    page.items.into_iter().map(|grant| grant.entitlement.id).collect()
}

#[test]
fn what_an_account_holds_comes_from_the_user_where_it_tells_direct_from_indirect() {
    let mut user = user("u1", "ada");
    user["groups"] = json!([{ "value": "g1", "type": "direct" }, { "value": "g2", "type": "indirect" }]);
    assert_eq!(of_ada(Script::new().then(Exchange::get("/Users/u1").answers(200, user))), ["g1"]);
}

#[test]
fn what_an_account_holds_is_filtered_for_and_verified() {
    let read = || Script::new().then(Exchange::get("/Users/u1").answers(200, user("u1", "ada")));
    let filter = || Exchange::get("/Groups").query("filter", "members.value eq \"u1\"").query("count", 2);
    assert_eq!(of_ada(read().then(filter().answers(200, list(1, &[group("g1", &["u0", "u1"])])))), ["g1"]);
    // A server that ignores the filter, and one that refuses it.
    let everything =
        || Exchange::get("/Groups").query("count", 2).answers(200, list(3, &[group("g1", &["u2"]), group("g2", &["u1"])]));
    let rest =
        || Exchange::get("/Groups").query("startIndex", 3).query("count", 2).answers(200, list(3, &[group("g3", &["u1"])]));
    let ignored = read().then(filter().answers(200, list(1, &[group("g1", &["u2"])]))).then(everything()).then(rest());
    assert_eq!(of_ada(ignored), ["g2", "g3"]);
    let refused = read().then(filter().answers(400, failure(400, Some("invalidFilter"), "no"))).then(everything()).then(rest());
    assert_eq!(of_ada(refused), ["g2", "g3"]);
}

fn look() -> Exchange {
    Exchange::get("/Groups")
        .query("filter", "id eq \"g1\" and members.value eq \"u1\"")
        .query("excludedAttributes", "members")
        .query("count", 2)
}

fn operation(operation: Json) -> Exchange {
    Exchange::patch("/Groups/g1", patch(json!([operation])))
}

fn add() -> Exchange {
    operation(json!({ "op": "add", "path": "members", "value": [{ "value": "u1" }] }))
}

fn remove() -> Exchange {
    operation(json!({ "op": "remove", "path": "members[value eq \"u1\"]" }))
}

fn whole(members: &[&str]) -> Exchange {
    Exchange::get("/Groups/g1").answers(200, group("g1", members))
}

fn grant(dialect: Dialect, script: Script) -> Result<Effect> {
    call(dialect, script, |scim| scim.grant(&ada(), &key("g1")))
}

fn revoke(dialect: Dialect, script: Script) -> Result<Effect> {
    call(dialect, script, |scim| scim.revoke(&ada(), &key("g1")))
}

#[test]
fn a_member_is_added() {
    let script = Script::new().then(look().answers(200, list(0, &[]))).then(add().answers(204, Json::Null));
    assert_eq!(grant(yes(), script).unwrap(), Effect::Done);
    let script = Script::new().then(look().answers(200, list(1, &[group("g1", &[])]))).then(whole(&["u1"]));
    assert_eq!(grant(yes(), script).unwrap(), Effect::Already);
}

#[test]
fn a_filter_that_is_ignored_makes_no_grant_look_as_if_it_were_there() {
    // The only group comes back, whatever is asked.
    let script = Script::new()
        .then(look().answers(200, list(1, &[group("g1", &[])])))
        .then(whole(&["u2"]))
        .then(add().answers(204, Json::Null));
    assert_eq!(grant(yes(), script).unwrap(), Effect::Done);
    let script =
        Script::new().then(look().answers(400, Json::Null)).then(whole(&["u2"])).then(add().answers(200, group("g1", &["u1"])));
    assert_eq!(grant(yes(), script).unwrap(), Effect::Done);
}

#[test]
fn a_member_is_removed_and_no_other() {
    let script = Script::new().then(look().answers(200, list(1, &[group("g1", &[])]))).then(remove().answers(204, Json::Null));
    assert_eq!(revoke(yes(), script).unwrap(), Effect::Done);
}

#[test]
fn only_the_group_itself_can_say_that_somebody_is_not_in() {
    let nothing = || Script::new().then(look().answers(200, list(0, &[])));
    assert_eq!(revoke(yes(), nothing().then(whole(&["u2"]))).unwrap(), Effect::Already);
    assert_eq!(revoke(yes(), nothing().then(whole(&["u1"])).then(remove().answers(204, Json::Null))).unwrap(), Effect::Done);
}

#[test]
fn a_group_that_is_gone_is_held_by_nobody() {
    let gone = || Exchange::get("/Groups/g1").answers(404, failure(404, None, "Group 'g1' not found"));
    let nothing = || Script::new().then(look().answers(200, list(0, &[])));
    assert_eq!(revoke(yes(), nothing().then(gone())).unwrap(), Effect::Already);
    let script = nothing().then(add().answers(404, failure(404, None, "Group 'g1' not found")));
    assert_eq!(grant(yes(), script).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_server_that_refuses_what_is_so_already_is_looked_at() {
    let dialect = || Dialect {
        discovery: false,
        patch: Choice::Yes,
        groups: Some(Groups { check_membership: false, ..Groups::default() }),
        ..Dialect::default()
    };
    let script = Script::new().then(add().answers(409, failure(409, None, "already a member"))).then(whole(&["u1"]));
    assert_eq!(grant(dialect(), script).unwrap(), Effect::Already);
    let script = Script::new().then(add().answers(400, failure(400, None, "no such user"))).then(whole(&[]));
    assert_eq!(grant(dialect(), script).unwrap_err().code, ErrorCode::Invalid);
    let script = Script::new().then(remove().answers(400, failure(400, Some("noTarget"), "nobody"))).then(whole(&["u2"]));
    assert_eq!(revoke(dialect(), script).unwrap(), Effect::Already);
}

#[test]
fn a_dialect_says_how_a_member_is_removed() {
    let dialect = Dialect {
        discovery: false,
        patch: Choice::Yes,
        patch_op: OpCase::Capital,
        groups: Some(Groups { check_membership: false, remove_members: RemoveMembers::Value, ..Groups::default() }),
        ..Dialect::default()
    };
    let exchange = operation(json!({ "op": "Remove", "path": "members", "value": [{ "value": "u1" }] }));
    assert_eq!(revoke(dialect, Script::new().then(exchange.answers(204, Json::Null))).unwrap(), Effect::Done);
}

#[test]
fn without_patch_the_whole_group_is_sent_with_all_other_members() {
    let dialect = || Dialect { discovery: false, patch: Choice::No, ..Dialect::default() };
    let put = |members: &[&str]| {
        let mut body = group("g1", members);
        body.as_object_mut().unwrap().remove("meta");
        Exchange::put("/Groups/g1", body).header("if-match", "W/\"4\"").answers(200, Json::Null)
    };
    assert_eq!(grant(dialect(), Script::new().then(whole(&["u2"])).then(put(&["u2", "u1"]))).unwrap(), Effect::Done);
    assert_eq!(grant(dialect(), Script::new().then(whole(&["u1"]))).unwrap(), Effect::Already);
    assert_eq!(revoke(dialect(), Script::new().then(whole(&["u1", "u2"])).then(put(&["u2"]))).unwrap(), Effect::Done);
    assert_eq!(revoke(dialect(), Script::new().then(whole(&["u2"]))).unwrap(), Effect::Already);
    // A server that turns out to have no PATCH.
    let script = Script::new().then(add().answers(501, Json::Null)).then(whole(&["u2"])).then(put(&["u2", "u1"]));
    assert_eq!(
        grant(
            Dialect {
                discovery: false,
                groups: Some(Groups { check_membership: false, ..Groups::default() }),
                ..Dialect::default()
            },
            script
        )
        .unwrap(),
        Effect::Done
    );
}

#[test]
fn a_group_becomes_a_member_as_a_group() {
    let dialect = Dialect {
        discovery: false,
        patch: Choice::Yes,
        groups: Some(Groups { check_membership: false, ..Groups::default() }),
        ..Dialect::default()
    };
    let exchange = operation(json!({ "op": "add", "path": "members", "value": [{ "value": "g2", "type": "Group" }] }));
    let script = Script::new().then(exchange.answers(204, Json::Null));
    assert_eq!(call(dialect, script, |scim| scim.grant(&Holder::Entitlement(key("g2")), &key("g1"))).unwrap(), Effect::Done);
}

#[test]
fn another_kind_of_entitlement_is_refused() {
    let team = EntitlementKey::new("team", "g1");
    let error = call(plain(), Script::new(), |scim| scim.grant(&ada(), &team)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}
