use super::*;

fn listing() -> Exchange {
    get("/users").query("customer", "my_customer")
}

#[test]
fn users_are_listed_page_by_page_and_the_deleted_ones_after_them_as_gone() {
    let page = |cursor, exchange| call(json!({}), Script::new().then(exchange), |google| Accounts::list(google, cursor)).unwrap();
    let answer = json!({ "users": [ada()], "nextPageToken": "t1" });
    let first = page(None, listing().query("maxResults", 500).answers(200, answer));
    let second = listing().query("maxResults", 500).query("pageToken", "t1");
    let suspended = with(user("102", "grace@acme.example"), json!({ "suspended": true }));
    let second = page(first.next, second.answers(200, json!({ "users": [suspended] })));
    let third = listing().query("showDeleted", true).query("maxResults", 500);
    let deleted = json!({ "id": "103", "primaryEmail": "alan@acme.example", "deletionTime": "2026-11-20T00:00:00.000Z" });
    let third = page(second.next, third.answers(200, json!({ "users": [deleted] })));
    assert_eq!(third.next, None);
    let statuses: Vec<_> =
        [first.items, second.items, third.items].concat().into_iter().map(|account| (account.id, account.status)).collect();
    let expected = [
        ("101".to_owned(), AccountStatus::Active),
        ("102".to_owned(), AccountStatus::Suspended),
        ("103".to_owned(), AccountStatus::Gone),
    ];
    assert_eq!(statuses, expected);
}

#[test]
fn one_domain_can_be_listed_alone_and_the_deleted_left_out() {
    let script =
        Script::new().then(get("/users").query("domain", "acme.example").query("maxResults", 500).answers(200, json!({})));
    let config = json!({ "domain": "acme.example", "list-deleted": false });
    let page = call(config, script, |google| Accounts::list(google, None)).unwrap();
    assert_eq!((page.items.len(), page.next), (0, None));
}

#[test]
fn a_dead_page_token_says_to_start_again() {
    let exchange = listing().query("maxResults", 500).query("pageToken", "old");
    let script = Script::new().then(exchange.answers(400, refusal(400, "invalid", "Invalid Input: pageToken")));
    let cursor = Some(json!({ "token": "old" }).to_string());
    let error = call(json!({}), script, |google| Accounts::list(google, cursor)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.message.contains("start the listing again"), "{}", error.message);
}

#[test]
fn a_page_that_leads_to_itself_is_an_error_and_no_endless_listing() {
    let exchange = listing().query("maxResults", 500).query("pageToken", "t1");
    let script = Script::new().then(exchange.answers(200, json!({ "users": [], "nextPageToken": "t1" })));
    let cursor = Some(json!({ "token": "t1" }).to_string());
    let error = call(json!({}), script, |google| Accounts::list(google, cursor)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
}

#[test]
fn a_user_without_an_id_is_an_error_and_not_left_out() {
    let script = Script::new()
        .then(listing().query("maxResults", 500).answers(200, json!({ "users": [{ "primaryEmail": "ada@acme.example" }] })));
    let error = call(json!({}), script, |google| Accounts::list(google, None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
}

/// A user with everything.
fn whole() -> Json {
    with(
        ada(),
        json!({
            "aliases": ["ada.king@acme.example"], "nonEditableAliases": ["ada@acme.example.test-google-a.com"],
            "emails": [
                { "address": "ada@home.example", "type": "home" },
                { "address": "ada@club.example", "type": "custom", "customType": "Club" },
                { "address": "ada@acme.example", "primary": true },
                { "address": "ada.king@acme.example" },
                { "address": "ada@acme.example.test-google-a.com" },
            ],
            "phones": [{ "value": "+44 20 1", "type": "work", "primary": true }, { "value": "+44 7", "type": "mobile" }],
            "organizations": [
                { "title": "Guest", "type": "school" },
                { "title": "Analyst", "department": "Engines", "costCenter": "42", "name": "Acme", "primary": true },
            ],
            "relations": [{ "value": "Annabella", "type": "mother" }, { "value": "grace@acme.example", "type": "manager" }],
            "externalIds": [{ "value": "77", "type": "account" }, { "value": "E-1", "type": "organization" }],
            "suspensionReason": "ADMIN", "lastLoginTime": "2026-11-01T00:00:00.000Z",
        }),
    )
}

#[test]
fn attributes_have_their_names_of_scim() {
    let script = Script::new().then(get("/users/101").answers(200, whole()));
    let account = call(json!({}), script, |google| google.get("101")).unwrap();
    let expect = |name: &str, expected: &[&str]| assert_eq!(values(&account, name), expected, "{name}");
    expect("userName", &["ada@acme.example"]);
    expect("name.familyName", &["King"]);
    expect("name.formatted", &["Ada King"]);
    expect("displayName", &[]);
    expect("orgUnitPath", &["/"]);
    expect("aliases", &["ada.king@acme.example"]);
    expect("title", &["Analyst"]);
    expect(&format!("{ENTERPRISE}:department"), &["Engines"]);
    expect(&format!("{ENTERPRISE}:costCenter"), &["42"]);
    expect(&format!("{ENTERPRISE}:organization"), &["Acme"]);
    expect(&format!("{ENTERPRISE}:manager"), &["grace@acme.example"]);
    expect(&format!("{ENTERPRISE}:employeeNumber"), &["E-1"]);
    expect("suspensionReason", &["ADMIN"]);
    expect("lastLoginTime", &["2026-11-01T00:00:00.000Z"]);
}

#[test]
fn only_addresses_elsewhere_are_emails_and_types_are_labels() {
    let script = Script::new().then(get("/users/101").answers(200, whole()));
    let account = call(json!({}), script, |google| google.get("101")).unwrap();
    let labelled = |name: &str| {
        let attribute = account.attributes.iter().find(|attribute| attribute.name == name).unwrap().clone();
        attribute.values
    };
    let emails = [Value::text("ada@home.example").labelled("home"), Value::text("ada@club.example").labelled("Club")];
    assert_eq!(labelled("emails"), emails);
    let phones = [Value::text("+44 20 1").labelled("work").primary(), Value::text("+44 7").labelled("mobile")];
    assert_eq!(labelled("phoneNumbers"), phones);
}

#[test]
fn somebody_who_never_signed_in_has_no_last_login() {
    let script = Script::new().then(get("/users/101").answers(200, ada()));
    let account = call(json!({}), script, |google| google.get("101")).unwrap();
    assert!(values(&account, "lastLoginTime").is_empty());
}

fn find(attribute: &str, value: &str, script: Script) -> Result<Vec<String>> {
    let found = call(json!({}), script, |google| google.find(attribute, value))?;
    Ok(found.into_iter().map(|account| account.id).collect())
}

#[test]
fn an_address_is_asked_for_itself_because_a_search_knows_it_later() {
    let one = |address: &str| Script::new().then(get(&format!("/users/{address}")).answers(200, whole()));
    assert_eq!(find("userName", "Ada@acme.example", one("Ada%40acme.example")).unwrap(), ["101"]);
    // An alias finds the user, and is not its name.
    assert!(find("userName", "ada.king@acme.example", one("ada.king%40acme.example")).unwrap().is_empty());
    assert_eq!(find("aliases", "ada.king@acme.example", one("ada.king%40acme.example")).unwrap(), ["101"]);
    let nobody = Script::new().then(get("/users/bob%40acme.example").answers(404, not_found("userKey")));
    assert!(find("userName", "bob@acme.example", nobody).unwrap().is_empty());
}

#[test]
fn an_address_of_another_domain_is_searched_for_because_google_forbids_to_ask_for_it() {
    let forbidden = refusal(403, "forbidden", "Not Authorized to access this resource/api");
    let asked = || get("/users/bob%40other.example").answers(403, forbidden.clone());
    let search = || listing().query("query", "email='bob@other.example'").query("maxResults", 500);
    let script = Script::new().then(asked()).then(search().answers(200, json!({})));
    assert!(find("userName", "bob@other.example", script).unwrap().is_empty());
    let script = Script::new().then(asked()).then(search().answers(403, forbidden.clone()));
    assert_eq!(find("userName", "bob@other.example", script).unwrap_err().code, ErrorCode::PermissionDenied);
}

#[test]
fn what_a_search_answers_is_verified() {
    let search = |query: &str| listing().query("query", query).query("maxResults", 500);
    let answer = json!({ "users": [whole(), user("102", "grace@acme.example")] });
    let number = format!("{ENTERPRISE}:employeeNumber");
    let script = Script::new().then(search("externalId='E-1'").answers(200, answer.clone()));
    assert_eq!(find(&number, "E-1", script).unwrap(), ["101"]);
    // Numbers of other types and other cases are other numbers.
    let script = Script::new().then(search("externalId='77'").answers(200, answer.clone()));
    assert!(find(&number, "77", script).unwrap().is_empty());
    let script = Script::new().then(search("externalId='e-1'").answers(200, answer.clone()));
    assert!(find(&number, "e-1", script).unwrap().is_empty());
    let script = Script::new().then(search(r"externalId='O\'Hara \\1'").answers(200, answer));
    assert!(find(&number, r"O'Hara \1", script).unwrap().is_empty());
}

#[test]
fn what_cannot_be_searched_is_refused() {
    assert_eq!(find("title", "Analyst", Script::new()).unwrap_err().code, ErrorCode::Invalid);
    assert!(find("userName", "", Script::new()).unwrap().is_empty());
}

#[test]
fn of_several_users_those_that_do_not_exist_are_none() {
    let script =
        Script::new().then(get("/users/101").answers(200, ada())).then(get("/users/9").answers(404, not_found("userKey")));
    let found = call(json!({}), script, |google| google.get_many(&["101".to_owned(), "9".to_owned()])).unwrap();
    assert_eq!(
        found.into_iter().map(|account| account.map(|account| account.id)).collect::<Vec<_>>(),
        [Some("101".to_owned()), None]
    );
}
