use super::*;

fn revoke(script: Script) -> Result<Effect> {
    call(json!({}), script, |google| google.revoke_all("101", intent()))
}

fn sign_out() -> Exchange {
    Exchange::new(testing::Method::Post, &directory("/users/101/signOut"))
}

fn delete(path: &str) -> Exchange {
    Exchange::delete(&directory(&format!("/users/101/{path}")))
}

fn tokens() -> Exchange {
    get("/users/101/tokens").answers(200, json!({ "items": [{ "clientId": "77.apps.example" }, { "clientId": "anonymous" }] }))
}

fn passwords() -> Exchange {
    get("/users/101/asps").answers(200, json!({ "items": [{ "codeId": 3 }] }))
}

#[test]
fn a_user_is_signed_out_and_loses_tokens_and_application_passwords() {
    let script = Script::new()
        .then(sign_out().answers(204, Json::Null))
        .then(tokens())
        .then(delete("tokens/77.apps.example").answers(204, Json::Null))
        .then(delete("tokens/anonymous").answers(404, not_found("clientId")))
        .then(passwords())
        .then(delete("asps/3").answers(204, Json::Null));
    assert_eq!(revoke(script).unwrap(), Effect::Done);
    let nothing = || json!({ "kind": "admin#directory#tokenList" });
    let script = Script::new()
        .then(sign_out().answers(204, Json::Null))
        .then(get("/users/101/tokens").answers(200, nothing()))
        .then(get("/users/101/asps").answers(200, nothing()));
    assert_eq!(revoke(script).unwrap(), Effect::Done);
}

#[test]
fn what_fails_keeps_nothing_else_from_being_revoked_and_is_told() {
    let script = Script::new()
        .then(sign_out().answers(503, refusal(503, "backendError", "Service unavailable. Please try again")))
        .then(tokens())
        .then(delete("tokens/77.apps.example").answers(403, refusal(403, "forbidden", "Not Authorized")))
        .then(delete("tokens/anonymous").answers(204, Json::Null))
        .then(passwords())
        .then(delete("asps/3").answers(204, Json::Null));
    assert_eq!(revoke(script).unwrap_err().code, ErrorCode::OutcomeUnknown);
    let nobody = Script::new().then(sign_out().answers(404, not_found("userKey")));
    assert_eq!(revoke(nobody).unwrap_err().code, ErrorCode::NotFound);
}

fn running(answer: Json) -> Exchange {
    let request = Exchange::get(&format!("{TRANSFERS}/transfers")).query("oldOwnerUserId", "101").query("newOwnerUserId", "102");
    request.query("maxResults", 500).answers(200, answer)
}

fn applications(answer: Json) -> Exchange {
    Exchange::get(&format!("{TRANSFERS}/applications")).query("maxResults", 500).answers(200, answer)
}

fn installed() -> Json {
    json!({ "applications": [
        { "id": "55656082996", "name": "Drive and Docs" }, { "id": "435070579839", "name": "Calendar" },
        { "id": "810260081642", "name": "Looker Studio" },
    ] })
}

fn transfer(config: Json, script: Script) -> Result<Effect> {
    call(config, script, |google| google.transfer("101", "102", intent()))
}

fn insert(parts: Json) -> Exchange {
    let body = json!({ "oldOwnerUserId": "101", "newOwnerUserId": "102", "applicationDataTransfers": parts });
    Exchange::post(&format!("{TRANSFERS}/transfers"), body)
}

#[test]
fn drive_and_calendar_go_to_the_manager_with_what_is_private() {
    let parts = json!([
        { "applicationId": "55656082996", "applicationTransferParams": [{ "key": "PRIVACY_LEVEL", "value": ["PRIVATE", "SHARED"] }] },
        { "applicationId": "435070579839", "applicationTransferParams": [{ "key": "RELEASE_RESOURCES", "value": ["TRUE"] }] },
    ]);
    let script = Script::new()
        .then(running(json!({ "dataTransfers": [{ "id": "t0", "overallTransferStatusCode": "completed" }] })))
        .then(applications(installed()))
        .then(insert(parts).answers(200, json!({ "id": "t1", "overallTransferStatusCode": "inProgress" })));
    assert_eq!(transfer(json!({}), script).unwrap(), Effect::Pending("t1".to_owned()));
}

#[test]
fn an_application_that_google_renamed_is_known_by_its_id() {
    let renamed =
        json!({ "applications": [{ "id": "55656082996", "name": "Drive of tomorrow" }, { "id": "9", "name": "Looker Studio" }] });
    let parts = json!([
        { "applicationId": "9", "applicationTransferParams": [] },
        { "applicationId": "55656082996", "applicationTransferParams": [{ "key": "PRIVACY_LEVEL", "value": ["PRIVATE", "SHARED"] }] },
    ]);
    let script = Script::new()
        .then(running(json!({})))
        .then(applications(renamed.clone()))
        .then(insert(parts).answers(200, json!({ "id": "t1" })));
    transfer(json!({ "transfer": ["data-studio", "drive"] }), script).unwrap();
    let script = Script::new().then(running(json!({}))).then(applications(renamed));
    let error = transfer(json!({ "transfer": ["calendar"] }), script).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    assert!(error.message.starts_with("Calendar is not among"), "{}", error.message);
}

#[test]
fn a_transfer_that_is_under_way_is_not_begun_twice() {
    let script =
        Script::new().then(running(json!({ "dataTransfers": [{ "id": "t7", "overallTransferStatusCode": "inProgress" }] })));
    assert_eq!(transfer(json!({}), script).unwrap(), Effect::Pending("t7".to_owned()));
}

#[test]
fn a_transfer_is_asked_for_until_it_is_done_or_failed() {
    let poll = |status: &str| {
        let answer = json!({ "id": "t1", "overallTransferStatusCode": status, "applicationDataTransfers": [
            { "applicationId": "55656082996", "applicationTransferStatus": "completed" },
            { "applicationId": "435070579839", "applicationTransferStatus": status },
        ] });
        let script = Script::new().then(Exchange::get(&format!("{TRANSFERS}/transfers/t1")).answers(200, answer));
        call(json!({}), script, |google| Ownership::poll(google, "t1"))
    };
    assert_eq!(poll("new").unwrap(), Effect::Pending("t1".to_owned()));
    assert_eq!(poll("inProgress").unwrap(), Effect::Pending("t1".to_owned()));
    assert_eq!(poll("completed").unwrap(), Effect::Done);
    let error = poll("failed").unwrap_err();
    assert!(error.message.contains("could not transfer Calendar (transfer t1)"), "{}", error.message);
}

#[test]
fn nothing_goes_to_the_one_who_leaves() {
    let error = call(json!({}), Script::new(), |google| google.transfer("101", "101", intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}
