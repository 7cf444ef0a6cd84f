use super::*;
use innkeeper_sdk::testing::{Request, Response};

const SKU: &str = "Google-Apps/1010020020";

fn key() -> EntitlementKey {
    EntitlementKey::new("licence", SKU)
}

fn sku(rest: &str) -> String {
    format!("{LICENSING}/product/Google-Apps/sku/1010020020/{rest}")
}

fn config() -> Json {
    json!({ "entitlements": [], "products": [SKU], "seats": { SKU: 5 }, "customer": "C01" })
}

fn assignment(address: &str) -> Json {
    json!({ "userId": address, "productId": "Google-Apps", "skuId": "1010020020", "skuName": "Enterprise Plus" })
}

fn users(customer: &str) -> Exchange {
    Exchange::get(&sku("users")).query("customerId", customer).query("maxResults", 1000)
}

fn there() -> Exchange {
    get("/users/101").answers(200, ada())
}

#[test]
fn a_licence_has_the_seats_that_are_used_and_those_that_were_bought() {
    let answer = json!({ "items": [assignment("ada@acme.example")], "nextPageToken": "t1" });
    let script = Script::new()
        .then(users("C01").answers(200, answer))
        .then(users("C01").query("pageToken", "t1").answers(200, json!({ "items": [assignment("grace@acme.example")] })));
    let page = call(config(), script, |google| Entitlements::list(google, None)).unwrap();
    let licence = &page.items[0];
    assert_eq!((&licence.key, licence.name.as_str(), page.next.as_deref()), (&key(), "Enterprise Plus", None));
    assert_eq!(licence.seats, Some(Seats { total: Some(5), used: 2 }));
}

#[test]
fn the_customer_id_is_that_of_a_user_because_licences_know_no_my_customer() {
    let config = json!({ "entitlements": [], "products": [SKU] });
    let first = get("/users").query("customer", "my_customer").query("maxResults", 1);
    let script = Script::new().then(first.answers(200, json!({ "users": [ada()] }))).then(users("C01").answers(200, json!({})));
    let page = call(config, script, |google| Entitlements::list(google, None)).unwrap();
    assert_eq!(page.items[0].seats, Some(Seats { total: None, used: 0 }));
    assert_eq!(page.items[0].name, SKU);
}

fn licensed(transport: impl Transport + 'static) -> Vec<String> {
    let page = call(config(), transport, |google| google.list_grants(Scope::Entitlement(key()), None)).unwrap();
    assert_eq!(page.next, None);
    let id = |grant: Grant| match grant.holder {
        Holder::Account(id) => id,
        Holder::Entitlement(key) => panic!("{key:?} has a licence"),
    };
    page.items.into_iter().map(id).collect()
}

#[test]
fn addresses_with_a_licence_become_ids() {
    let answer = json!({ "items": [assignment("ada@acme.example"), assignment("gone@acme.example")] });
    let script = Script::new()
        .then(users("C01").answers(200, answer))
        .then(get("/users/ada%40acme.example").answers(200, ada()))
        .then(get("/users/gone%40acme.example").answers(404, not_found("userKey")));
    assert_eq!(licensed(script), ["101"]);
}

#[test]
fn for_many_addresses_the_users_are_listed_and_only_the_rest_asked_for() {
    let all: Vec<_> = (0..30).map(|number| user(&number.to_string(), &format!("u{number}@acme.example"))).collect();
    let assignments: Vec<_> = (0..30).map(|number| assignment(&format!("U{number}@acme.example"))).collect();
    let mut requests = 0;
    let google = move |request: &Request| -> Result<Response, _> {
        requests += 1;
        let answer = match request.target.as_str() {
            target if target == sku("users") => json!({ "items": assignments }),
            // The last one was renamed a moment ago and is listed under another address.
            target if target == directory("/users") => json!({ "users": all[..29] }),
            target if target == directory("/users/U29%40acme.example") => all[29].clone(),
            other => panic!("{other} is not asked for"),
        };
        assert!(requests <= 3, "three requests are enough for thirty users");
        Ok(testing::json(200, &answer))
    };
    assert_eq!(licensed(google), (0..30).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn the_licences_of_an_account_are_asked_for_one_by_one() {
    let held = |answer: u16| {
        let look = Exchange::get(&sku("user/ada%40acme.example")).answers(answer, assignment("ada@acme.example"));
        let scope = Scope::Account("101".to_owned());
        call(config(), Script::new().then(there()).then(look), |google| google.list_grants(scope, None)).unwrap().items
    };
    assert_eq!(held(200), [Grant::new(key(), holder())]);
    assert!(held(404).is_empty());
}

fn grant(script: Script) -> Result<Effect> {
    call(config(), script, |google| google.grant(holder(), key(), intent()))
}

fn insert() -> Exchange {
    Exchange::post(&sku("user"), json!({ "userId": "ada@acme.example" }))
}

/// A licence that is not given, with these words, and a look that does not find it.
fn refused(words: &str) -> Error {
    let script = Script::new()
        .then(there())
        .then(insert().answers(412, refusal(412, "conditionNotMet", words)))
        .then(Exchange::get(&sku("user/ada%40acme.example")).answers(404, not_found("license")));
    grant(script).unwrap_err()
}

#[test]
fn a_licence_is_given_to_the_address_that_the_user_has_now() {
    assert_eq!(grant(Script::new().then(there()).then(insert().answers(200, json!({})))).unwrap(), Effect::Done);
    let twice =
        insert().answers(412, refusal(412, "conditionNotMet", "User already has a license for the specified product and SKU"));
    let look = Exchange::get(&sku("user/ada%40acme.example")).answers(200, assignment("ada@acme.example"));
    assert_eq!(grant(Script::new().then(there()).then(twice).then(look)).unwrap(), Effect::Already);
}

#[test]
fn another_licence_of_the_same_product_is_a_conflict_that_says_what_to_do() {
    // Google says either; that it is not this licence shows when one looks.
    for words in [
        "User already has a license of the product, but with a different SKU.",
        "User already has a license for the specified product and SKU",
    ] {
        let error = refused(words);
        assert_eq!(error.code, ErrorCode::Conflict);
        assert!(error.message.contains("take that one away first"), "{}", error.message);
    }
}

#[test]
fn preconditions_of_licences_are_told_apart() {
    let code = |words| refused(words).code;
    assert_eq!(code("There aren't enough available licenses for the specified product-SKU pair"), ErrorCode::SeatsExhausted);
    assert_eq!(code("Auto License switching is not allowed."), ErrorCode::Unsupported);
    assert_eq!(code("Something else"), ErrorCode::Invalid);
}

#[test]
fn a_user_that_the_licences_do_not_know_yet_is_tried_again() {
    assert_eq!(grant(Script::new().then(no_user())).unwrap_err().code, ErrorCode::Unavailable);
    for answer in [(404, not_found("user")), (400, refusal(400, "invalid", "User email not valid"))] {
        let error = grant(Script::new().then(there()).then(insert().answers(answer.0, answer.1))).unwrap_err();
        assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, Some(10)));
    }
    let answer = refusal(400, "invalid", "SKU or product does not exist");
    assert_eq!(grant(Script::new().then(there()).then(insert().answers(400, answer))).unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn a_licence_is_taken_away_and_with_a_deleted_user_it_is_gone() {
    let revoke = |script| call(config(), script, |google| google.revoke(holder(), key(), intent()));
    let delete = || Exchange::delete(&sku("user/ada%40acme.example"));
    assert_eq!(revoke(Script::new().then(there()).then(delete().answers(200, json!({})))).unwrap(), Effect::Done);
    assert_eq!(revoke(Script::new().then(there()).then(delete().answers(404, not_found("license")))).unwrap(), Effect::Already);
    assert_eq!(revoke(Script::new().then(no_user())).unwrap(), Effect::Already);
    let automatic = delete().answers(412, refusal(412, "conditionNotMet", "Auto License un-assignment is not allowed."));
    assert_eq!(revoke(Script::new().then(there()).then(automatic)).unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn only_a_user_has_a_licence_and_only_a_real_one() {
    let group = Holder::Entitlement(EntitlementKey::new("group", "g1"));
    let error = call(config(), Script::new(), |google| google.grant(group, key(), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    let wrong = EntitlementKey::new("licence", "Google-Apps");
    let error = call(config(), Script::new(), |google| google.grant(holder(), wrong, intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    let error = call(json!({ "products": ["Google-Apps"] }), Script::new(), |google| google.describe()).unwrap_err();
    assert!(error.message.contains("Google-Apps/1010020020"), "{}", error.message);
}
