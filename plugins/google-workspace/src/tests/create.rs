use super::*;
use innkeeper_sdk::testing::{Body, Request, Response};
use std::cell::RefCell;
use std::rc::Rc;

/// What the random bytes of a test come to: 0, 1, 2 and so on.
const PASSWORD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn draft(attributes: Vec<Attribute>) -> Draft {
    let names = [("name.givenName", "Ada"), ("name.familyName", "King")];
    let names = names.into_iter().map(|(name, text)| Attribute::text(name, text));
    Draft {
        unique_name: "ada@acme.example".to_owned(),
        attributes: names.chain(attributes).collect(),
        grants: Vec::new(),
        extra: Vec::new(),
    }
}

fn body(more: Json) -> Json {
    let name = json!({ "givenName": "Ada", "familyName": "King" });
    let body = json!({
        "primaryEmail": "ada@acme.example", "name": name, "password": PASSWORD, "changePasswordAtNextLogin": true,
    });
    with(body, more)
}

fn post(more: Json) -> Exchange {
    Exchange::post(&directory("/users"), body(more))
}

fn alias(address: &str) -> Exchange {
    Exchange::post(&directory("/users/101/aliases"), json!({ "alias": address }))
}

fn create(config: Json, draft: Draft, script: Script) -> Result<Outcome> {
    call(config, script, |google| google.create(draft, intent()))
}

#[test]
fn a_user_gets_a_random_password_of_256_bits() {
    let account = done(create(json!({}), draft(vec![]), Script::new().then(post(json!({})).answers(200, ada()))).unwrap());
    assert_eq!((account.id.as_str(), account.unique_name.as_str()), ("101", "ada@acme.example"));
    // 32 bytes in base64 without padding, and within the 8 to 100 characters that Google allows.
    assert_eq!(PASSWORD.len(), 43);
}

#[test]
fn nobody_is_told_the_password() {
    // Servers that repeat what they got: as the user, as an error of Google's, as text that is neither.
    let user = |text: &str| testing::json(200, &with(serde_json::from_str(text).unwrap(), json!({ "id": "101" })));
    let error = |text: &str| testing::json(400, &refusal(400, "invalid", &format!("Invalid Input: {text}")));
    let answers: [fn(&str) -> Response; 3] =
        [user, error, |text| testing::text(200, "text/plain", &text[text.find("pass").unwrap()..])];
    for answer in answers {
        let sent = Rc::new(RefCell::new(String::new()));
        let copy = Rc::clone(&sent);
        let echo = move |request: &Request| {
            let Some(Body::Text(text)) = &request.body else { panic!("there is no body") };
            *copy.borrow_mut() = text.clone();
            Ok(answer(text))
        };
        let (told, log) = testing::run_with_log(json!({}), echo, || Workspace::open().unwrap().create(draft(vec![]), intent()));
        assert!(sent.borrow().contains(PASSWORD));
        assert!(!format!("{told:?}{log:?}").contains(&PASSWORD[..4]), "{told:?}");
    }
}

#[test]
fn attributes_go_along_and_settings_say_the_rest() {
    let attributes = vec![
        Attribute::text("title", "Analyst"),
        Attribute::text(format!("{ENTERPRISE}:department"), "Engines"),
        Attribute::text(format!("{ENTERPRISE}:manager"), "grace@acme.example"),
        Attribute::text(format!("{ENTERPRISE}:employeeNumber"), "E-1"),
        Attribute::new("emails", vec![Value::text("ada@home.example").labelled("home")]),
        Attribute::new("phoneNumbers", vec![Value::text("+44 7").labelled("Garden shed").primary()]),
        Attribute::new("displayName", vec![]),
    ];
    let sent = json!({
        "organizations": [{ "primary": true, "type": "work", "title": "Analyst", "department": "Engines" }],
        "relations": [{ "value": "grace@acme.example", "type": "manager" }],
        "externalIds": [{ "value": "E-1", "type": "organization" }],
        "emails": [{ "address": "ada@home.example", "type": "home" }],
        "phones": [{ "value": "+44 7", "type": "custom", "customType": "Garden shed", "primary": true }],
        "orgUnitPath": "/Staff", "changePasswordAtNextLogin": false,
    });
    let config = json!({ "org-unit": "/Staff", "change-password-at-next-login": false });
    done(create(config, draft(attributes), Script::new().then(post(sent).answers(200, ada()))).unwrap());
    // Who says an organisational unit gets it.
    let script = Script::new().then(post(json!({ "orgUnitPath": "/Labs" })).answers(200, ada()));
    done(create(json!({ "org-unit": "/Staff" }), draft(vec![Attribute::text("orgUnitPath", "/Labs")]), script).unwrap());
}

#[test]
fn an_address_that_a_user_an_alias_or_a_group_has_is_a_conflict() {
    let script = Script::new().then(post(json!({})).answers(409, refusal(409, "duplicate", "Entity already exists.")));
    let error = create(json!({}), draft(vec![]), script).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Conflict, "userName"));
    assert!(error.message.contains("belongs to a user, an alias or a group already"), "{}", error.message);
}

#[test]
fn no_licence_left_for_a_new_user_is_told_as_that() {
    let answer = refusal(412, "limitExceeded", "Domain user limit reached.");
    let error = create(json!({}), draft(vec![]), Script::new().then(post(json!({})).answers(412, answer))).unwrap_err();
    assert_eq!(error.code, ErrorCode::SeatsExhausted);
}

#[test]
fn a_lost_answer_leaves_the_outcome_unknown() {
    let script = Script::new().then(post(json!({})).answers(502, Json::Null));
    assert_eq!(create(json!({}), draft(vec![]), script).unwrap_err().code, ErrorCode::OutcomeUnknown);
    let script = Script::new().then(post(json!({})).answers(200, Json::Null));
    assert_eq!(create(json!({}), draft(vec![]), script).unwrap_err().code, ErrorCode::OutcomeUnknown);
}

fn aliases() -> Vec<Attribute> {
    vec![Attribute::new("aliases", vec![Value::text("a@acme.example"), Value::text("b@acme.example")])]
}

#[test]
fn aliases_are_made_after_the_user() {
    let script = Script::new()
        .then(post(json!({})).answers(200, ada()))
        .then(alias("a@acme.example").answers(200, json!({})))
        .then(alias("b@acme.example").answers(200, json!({})));
    let account = done(create(json!({}), draft(aliases()), script).unwrap());
    assert_eq!(values(&account, "aliases"), ["a@acme.example", "b@acme.example"]);
}

#[test]
fn aliases_that_google_does_not_take_yet_are_asked_for_again() {
    let not_yet = refusal(412, "conditionNotMet", "User creation is not complete.");
    let script = Script::new()
        .then(post(json!({})).answers(200, ada()))
        .then(alias("a@acme.example").answers(200, json!({})))
        .then(alias("b@acme.example").answers(412, not_yet));
    let token = pending(create(json!({}), draft(aliases()), script).unwrap());
    // Not there yet, and then there.
    let poll = |script| call(json!({}), script, |google| Accounts::poll(google, &token)).unwrap();
    assert_eq!(pending(poll(Script::new().then(no_user()))), token);
    let there = with(ada(), json!({ "aliases": ["a@acme.example"] }));
    let script = Script::new().then(get("/users/101").answers(200, there)).then(alias("b@acme.example").answers(200, json!({})));
    assert_eq!(values(&done(poll(script)), "aliases"), ["a@acme.example", "b@acme.example"]);
}

#[test]
fn an_alias_that_somebody_else_has_is_told_and_the_user_is_made() {
    let attributes = vec![Attribute::text("aliases", "grace@acme.example")];
    let script = Script::new()
        .then(post(json!({})).answers(200, ada()))
        .then(alias("grace@acme.example").answers(409, refusal(409, "duplicate", "Entity already exists.")))
        .then(get("/users/grace%40acme.example").answers(200, user("102", "grace@acme.example")));
    let (outcome, log) =
        testing::run_with_log(json!({}), script, || Workspace::open().unwrap().create(draft(attributes), intent()));
    assert!(values(&done(outcome.unwrap()), "aliases").is_empty());
    assert!(log[0].1.contains("grace@acme.example belongs to somebody else"), "{log:?}");
}

#[test]
fn what_google_says_alone_cannot_be_set() {
    let error = create(json!({}), draft(vec![Attribute::text("isAdmin", "true")]), Script::new()).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "isAdmin"));
    let error = create(json!({}), draft(vec![Attribute::text("shoeSize", "42")]), Script::new()).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}
