use super::*;

fn key() -> EntitlementKey {
    EntitlementKey::new("role", "7")
}

fn assignments() -> String {
    directory("/customer/my_customer/roleassignments")
}

fn of_ada(items: Json) -> Exchange {
    Exchange::get(&assignments()).query("userKey", "101").query("maxResults", 200).answers(200, json!({ "items": items }))
}

fn assignment(id: &str, more: Json) -> Json {
    let assignment = json!({
        "roleAssignmentId": id, "roleId": "7", "assignedTo": "101", "assigneeType": "user", "scopeType": "CUSTOMER",
    });
    with(assignment, more)
}

fn of_unit(id: &str) -> Json {
    assignment(id, json!({ "scopeType": "ORG_UNIT", "orgUnitId": "ou1" }))
}

fn insert() -> Exchange {
    Exchange::post(&assignments(), json!({ "roleId": "7", "assignedTo": "101", "scopeType": "CUSTOMER" }))
}

fn grant(script: Script) -> Result<Effect> {
    call(json!({}), script, |google| google.grant(holder(), key(), intent()))
}

fn revoke(script: Script) -> Result<Effect> {
    call(json!({}), script, |google| google.revoke(holder(), key(), intent()))
}

#[test]
fn users_and_groups_hold_a_role_once_however_many_scopes_they_have() {
    let group = assignment("4", json!({ "assignedTo": "g1", "assigneeType": "group" }));
    let answer = json!({ "items": [assignment("1", json!({})), of_unit("2"), group] });
    let script =
        Script::new().then(Exchange::get(&assignments()).query("roleId", "7").query("maxResults", 200).answers(200, answer));
    let page = call(json!({}), script, |google| google.list_grants(Scope::Entitlement(key()), None)).unwrap();
    let holders: Vec<_> = page.items.into_iter().map(|grant| grant.holder).collect();
    assert_eq!(holders, [holder(), Holder::Entitlement(EntitlementKey::new("group", "g1"))]);
}

#[test]
fn a_role_is_assigned_for_the_whole_customer() {
    let script = Script::new().then(of_ada(json!([of_unit("2")]))).then(insert().answers(200, json!({})));
    assert_eq!(grant(script).unwrap(), Effect::Done);
    let other = assignment("3", json!({ "roleId": "8" }));
    let script = Script::new().then(of_ada(json!([other, assignment("1", json!({}))])));
    assert_eq!(grant(script).unwrap(), Effect::Already);
}

#[test]
fn a_user_that_the_roles_do_not_know_yet_is_tried_again() {
    let unknown =
        || Exchange::get(&assignments()).query("userKey", "101").query("maxResults", 200).answers(404, not_found("userKey"));
    let role = || get("/customer/my_customer/roles/7");
    let script = Script::new().then(unknown()).then(role().answers(200, json!({})));
    assert_eq!(grant(script).unwrap_err().code, ErrorCode::Unavailable);
    let script = Script::new().then(unknown()).then(role().answers(404, not_found("role")));
    assert_eq!(grant(script).unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(revoke(Script::new().then(unknown())).unwrap(), Effect::Already);
}

#[test]
fn a_role_is_taken_away_with_all_its_scopes() {
    let delete = |id: &str| Exchange::delete(&format!("{}/{id}", assignments()));
    let script = Script::new()
        .then(of_ada(json!([assignment("1", json!({})), of_unit("2")])))
        .then(delete("1").answers(204, Json::Null))
        .then(delete("2").answers(404, not_found("roleAssignmentId")));
    assert_eq!(revoke(script).unwrap(), Effect::Done);
    assert_eq!(revoke(Script::new().then(of_ada(json!([])))).unwrap(), Effect::Already);
}
