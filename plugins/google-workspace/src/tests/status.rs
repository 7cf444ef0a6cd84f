use super::*;

fn put(body: Json) -> Exchange {
    Exchange::put(&directory("/users/101"), body)
}

fn there(flags: Json) -> Exchange {
    get("/users/101").answers(200, with(ada(), flags))
}

fn set(config: Json, status: AccountStatus, script: Script) -> Result<Outcome> {
    call(config, script, |google| google.set_status("101", status, intent()))
}

#[test]
fn a_user_is_suspended_and_reactivated() {
    let suspended = with(ada(), json!({ "suspended": true }));
    let script = Script::new().then(there(json!({}))).then(put(json!({ "suspended": true })).answers(200, suspended));
    assert_eq!(done(set(json!({}), AccountStatus::Suspended, script).unwrap()).status, AccountStatus::Suspended);
    let script =
        Script::new().then(there(json!({ "suspended": true }))).then(put(json!({ "suspended": false })).answers(200, ada()));
    assert_eq!(done(set(json!({}), AccountStatus::Active, script).unwrap()).status, AccountStatus::Active);
}

#[test]
fn an_archived_user_is_suspended_and_comes_back_from_the_archive() {
    let script = || Script::new().then(there(json!({ "archived": true, "suspended": true })));
    let outcome = set(json!({}), AccountStatus::Suspended, script()).unwrap();
    assert!(matches!(outcome, Outcome::Already(account) if account.status == AccountStatus::Suspended));
    let script = script().then(put(json!({ "archived": false, "suspended": false })).answers(200, ada()));
    assert_eq!(done(set(json!({}), AccountStatus::Active, script).unwrap()).status, AccountStatus::Active);
}

#[test]
fn suspending_can_be_archiving() {
    let archive = || json!({ "suspend-as": "archive" });
    let archived = with(ada(), json!({ "archived": true }));
    let script = Script::new().then(there(json!({}))).then(put(json!({ "archived": true })).answers(200, archived));
    assert_eq!(done(set(archive(), AccountStatus::Suspended, script).unwrap()).status, AccountStatus::Suspended);
    let refused = refusal(412, "insufficientArchivedUserLicenses", "Insufficient archived user licenses");
    let script = Script::new().then(there(json!({}))).then(put(json!({ "archived": true })).answers(412, refused));
    assert_eq!(set(archive(), AccountStatus::Suspended, script).unwrap_err().code, ErrorCode::SeatsExhausted);
}

#[test]
fn what_is_so_already_is_left() {
    let script = Script::new().then(there(json!({})));
    assert!(matches!(set(json!({}), AccountStatus::Active, script).unwrap(), Outcome::Already(_)));
    assert_eq!(set(json!({}), AccountStatus::Gone, Script::new()).unwrap_err().code, ErrorCode::Invalid);
    assert_eq!(set(json!({}), AccountStatus::Suspended, Script::new().then(no_user())).unwrap_err().code, ErrorCode::NotFound);
}

fn undelete() -> Exchange {
    Exchange::post(&directory("/users/101/undelete"), json!({ "orgUnitPath": "/Staff" }))
}

fn staff() -> Json {
    json!({ "org-unit": "/Staff" })
}

#[test]
fn a_deleted_user_is_had_back_and_was_suspended_before() {
    let script = Script::new()
        .then(no_user())
        .then(undelete().answers(204, Json::Null))
        .then(there(json!({ "suspended": true })))
        .then(put(json!({ "suspended": false })).answers(200, ada()));
    assert_eq!(done(set(staff(), AccountStatus::Active, script).unwrap()).status, AccountStatus::Active);
}

#[test]
fn a_user_that_was_had_back_and_is_not_there_yet_is_asked_for_again() {
    let script = Script::new().then(no_user()).then(undelete().answers(204, Json::Null)).then(no_user());
    let token = pending(set(staff(), AccountStatus::Active, script).unwrap());
    let poll = |exchange| call(json!({}), Script::new().then(exchange), |google| Accounts::poll(google, &token)).unwrap();
    assert_eq!(pending(poll(no_user())), token);
    assert_eq!(done(poll(there(json!({})))).id, "101");
    let error = call(json!({}), Script::new(), |google| Accounts::poll(google, "nonsense")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

#[test]
fn after_20_days_a_user_cannot_be_had_back() {
    let script = Script::new().then(no_user()).then(undelete().answers(404, not_found("userKey")));
    let error = set(staff(), AccountStatus::Active, script).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
    assert!(error.message.contains("20 days"), "{}", error.message);
}

#[test]
fn a_delete_that_was_done_before_is_as_good() {
    let delete = |exchange: Exchange| call(json!({}), Script::new().then(exchange), |google| google.delete("101", intent()));
    let path = directory("/users/101");
    assert_eq!(delete(Exchange::delete(&path).answers(204, Json::Null)).unwrap(), Effect::Done);
    assert_eq!(delete(Exchange::delete(&path).answers(404, not_found("userKey"))).unwrap(), Effect::Already);
    let not_yet = Exchange::delete(&path).answers(412, refusal(412, "conditionNotMet", "User creation is not complete."));
    assert_eq!(delete(not_yet).unwrap_err().code, ErrorCode::Unavailable);
}
