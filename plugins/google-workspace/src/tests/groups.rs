use super::*;

fn key() -> EntitlementKey {
    EntitlementKey::new("group", "g1")
}

fn members() -> String {
    directory("/groups/g1/members")
}

#[test]
fn groups_and_then_roles_are_listed_and_a_group_is_called_by_its_address() {
    let list =
        |cursor, exchange| call(json!({}), Script::new().then(exchange), |google| Entitlements::list(google, cursor)).unwrap();
    let groups = || get("/groups").query("customer", "my_customer").query("maxResults", 200);
    let group = |id: &str| json!({ "id": id, "email": format!("{id}@acme.example"), "name": "Staff", "description": "All" });
    let first = list(None, groups().answers(200, json!({ "groups": [group("g1")], "nextPageToken": "t1" })));
    let second = list(first.next, groups().query("pageToken", "t1").answers(200, json!({ "groups": [group("g2")] })));
    let roles = get("/customer/my_customer/roles").query("maxResults", 100);
    let role = json!({ "roleId": "7", "roleName": "_GROUPS_ADMIN_ROLE", "roleDescription": "Groups Administrator" });
    let third = list(second.next, roles.answers(200, json!({ "items": [role] })));
    assert_eq!(third.next, None);
    let group = &first.items[0];
    assert_eq!((&group.key, group.name.as_str(), group.description.as_deref()), (&key(), "g1@acme.example", Some("Staff: All")));
    let role = &third.items[0];
    assert_eq!((&role.key, role.name.as_str()), (&EntitlementKey::new("role", "7"), "_GROUPS_ADMIN_ROLE"));
}

#[test]
fn without_roles_the_scope_for_them_is_not_needed() {
    let script =
        Script::new().then(get("/groups").query("customer", "my_customer").query("maxResults", 200).answers(200, json!({})));
    let page = call(json!({ "entitlements": ["group"] }), script, |google| Entitlements::list(google, None)).unwrap();
    assert_eq!(page.next, None);
    let page = call(json!({ "entitlements": [] }), Script::new(), |google| Entitlements::list(google, None)).unwrap();
    assert_eq!((page.items.len(), page.next), (0, None));
}

#[test]
fn direct_members_of_every_role_are_holders_and_groups_nest() {
    let answer = json!({ "members": [
        { "id": "101", "email": "ada@acme.example", "role": "OWNER", "type": "USER", "status": "ACTIVE" },
        { "id": "g2", "email": "g2@acme.example", "role": "MEMBER", "type": "GROUP" },
        { "id": "C01", "role": "MEMBER", "type": "CUSTOMER" },
        { "email": "guest@other.example", "role": "MEMBER", "type": "USER" },
    ], "nextPageToken": "t1" });
    let script = Script::new().then(Exchange::get(&members()).query("maxResults", 200).answers(200, answer));
    let page = call(json!({}), script, |google| google.list_grants(Scope::Entitlement(key()), None)).unwrap();
    let holders: Vec<_> = page.items.iter().map(|grant| grant.holder.clone()).collect();
    assert_eq!(holders, [holder(), Holder::Entitlement(EntitlementKey::new("group", "g2"))]);
    assert_eq!(page.items[0].extra[0].value, "OWNER");
    assert_eq!(page.next.as_deref(), Some("t1"));
}

#[test]
fn what_an_account_holds_is_read_group_by_group_and_role_by_role() {
    let held = |cursor, exchange| {
        let scope = Scope::Account("101".to_owned());
        call(json!({}), Script::new().then(exchange), |google| google.list_grants(scope, cursor)).unwrap()
    };
    let groups = get("/groups").query("userKey", "101").query("maxResults", 200);
    let first = held(None, groups.answers(200, json!({ "groups": [{ "id": "g1", "email": "g1@acme.example" }] })));
    let roles = get("/customer/my_customer/roleassignments").query("userKey", "101").query("maxResults", 200);
    let assignment = json!({ "roleAssignmentId": "1", "roleId": "7", "assignedTo": "101", "scopeType": "CUSTOMER" });
    let second = held(first.next, roles.answers(200, json!({ "items": [assignment] })));
    assert_eq!(first.items, [Grant::new(key(), holder())]);
    assert_eq!(second.items, [Grant::new(EntitlementKey::new("role", "7"), holder())]);
    assert_eq!(second.next, None);
}

fn grant(holder: Holder, script: Script) -> Result<Effect> {
    call(json!({}), script, |google| google.grant(holder, key(), intent()))
}

fn insert() -> Exchange {
    Exchange::post(&members(), json!({ "id": "101", "role": "MEMBER" }))
}

#[test]
fn a_member_is_added_by_its_id() {
    assert_eq!(grant(holder(), Script::new().then(insert().answers(200, json!({})))).unwrap(), Effect::Done);
    let twice = insert().answers(409, refusal(409, "duplicate", "Member already exists."));
    assert_eq!(grant(holder(), Script::new().then(twice)).unwrap(), Effect::Already);
}

#[test]
fn a_user_that_the_groups_do_not_know_yet_is_tried_again() {
    let group = || get("/groups/g1");
    let unknown = || insert().answers(404, not_found("memberKey"));
    let script = Script::new().then(unknown()).then(group().answers(200, json!({ "id": "g1" })));
    let error = grant(holder(), script).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, Some(10)));
    // A group that is gone stays gone.
    let script = Script::new().then(unknown()).then(group().answers(404, not_found("groupKey")));
    assert_eq!(grant(holder(), script).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn groups_that_would_hold_each_other_are_not_tried_again() {
    let nested = Holder::Entitlement(EntitlementKey::new("group", "g2"));
    let insert = Exchange::post(&members(), json!({ "id": "g2", "role": "MEMBER" }));
    let answer = refusal(412, "conditionNotMet", "Cyclic memberships not allowed");
    assert_eq!(grant(nested, Script::new().then(insert.answers(412, answer))).unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn a_member_is_removed_and_one_that_is_not_there_is_as_good() {
    let revoke =
        |exchange: Exchange| call(json!({}), Script::new().then(exchange), |google| google.revoke(holder(), key(), intent()));
    let path = directory("/groups/g1/members/101");
    assert_eq!(revoke(Exchange::delete(&path).answers(204, Json::Null)).unwrap(), Effect::Done);
    assert_eq!(revoke(Exchange::delete(&path).answers(404, not_found("memberKey"))).unwrap(), Effect::Already);
}

#[test]
fn another_kind_of_entitlement_and_grants_of_everybody_are_refused() {
    let team = EntitlementKey::new("team", "g1");
    let error = call(json!({}), Script::new(), |google| google.grant(holder(), team, intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    let error = call(json!({}), Script::new(), |google| google.list_grants(Scope::All, None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}
