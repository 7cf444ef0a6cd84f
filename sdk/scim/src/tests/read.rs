use super::*;
use innkeeper_sdk::testing::Request;

fn ada() -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": "25df", "userName": "ada@acme.example", "externalId": "E1", "active": false,
        "meta": { "resourceType": "User", "version": "W/\"14\"" },
        "name": { "givenName": "Ada", "familyName": "L" },
        "nickName": null, "title": "",
        "emails": [{ "value": "ada@acme.example", "type": "work", "primary": true }, { "value": "ada@home.example", "type": "home" }],
        "addresses": [{ "type": "work", "locality": "London" }],
        "groups": [{ "value": "g1", "type": "direct" }],
        "favouriteColour": "green",
        (ENTERPRISE): { "department": "Ops", "manager": { "value": "m1", "$ref": "../Users/m1", "displayName": "Grace" } },
    })
}

fn get(body: Json) -> Account {
    let script = Script::new().then(Exchange::get("/Users/25df").answers(200, body));
    call(plain(), script, |scim| scim.get_user("25df")).unwrap()
}

#[test]
fn a_user_becomes_an_account() {
    let account = get(ada());
    assert_eq!(
        (account.id.as_str(), account.unique_name.as_str(), account.status),
        ("25df", "ada@acme.example", AccountStatus::Suspended)
    );
    assert_eq!(account.version.as_deref(), Some("W/\"14\""));
    assert_eq!(values(&account, "name.givenName"), Some(vec!["Ada"]));
    assert_eq!(values(&account, "addresses.locality"), Some(vec!["London"]));
    assert_eq!(values(&account, &format!("{ENTERPRISE}:department")), Some(vec!["Ops"]));
    let manager = account.attributes.iter().find(|attribute| attribute.name == format!("{ENTERPRISE}:manager")).unwrap();
    assert_eq!(manager.values, [Value::new(Scalar::Reference("m1".to_owned()))]);
    let emails = account.attributes.iter().find(|attribute| attribute.name == "emails").unwrap();
    assert_eq!(
        emails.values,
        [Value::text("ada@acme.example").labelled("work").primary(), Value::text("ada@home.example").labelled("home")]
    );
    // An attribute of no schema is there too.
    assert_eq!(values(&account, "favouriteColour"), Some(vec!["green"]));
}

#[test]
fn what_the_user_does_not_have_is_known_to_be_empty() {
    let account = get(ada());
    for name in ["nickName", "title", "displayName", "phoneNumbers", "addresses.country"] {
        assert_eq!(values(&account, name), Some(Vec::new()), "{name}");
    }
    assert_eq!(values(&account, &format!("{ENTERPRISE}:costCenter")), Some(Vec::new()));
    for name in ["id", "active", "meta", "schemas", "groups", "password", "emails.type"] {
        assert_eq!(values(&account, name), None, "{name}");
    }
    let mut names: Vec<_> = account.attributes.iter().map(|attribute| &attribute.name).collect();
    let all = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), all, "each attribute once");
}

#[test]
fn other_spellings_mean_the_same() {
    let account = get(json!({
        "ID": 25, "username": "ada", "Active": "False", "emails": ["ada@acme.example"], "name": { "GivenName": "Ada" },
        (ENTERPRISE.to_uppercase().replace("URN:", "urn:")): { "Department": "Ops" },
    }));
    assert_eq!((account.id.as_str(), account.unique_name.as_str(), account.status), ("25", "ada", AccountStatus::Suspended));
    assert_eq!(values(&account, "emails"), Some(vec!["ada@acme.example"]));
    assert_eq!(values(&account, "name.givenName"), Some(vec!["Ada"]));
    assert_eq!(values(&account, &format!("{ENTERPRISE}:department")), Some(vec!["Ops"]));
}

#[test]
fn a_missing_user_is_not_found() {
    let script = Script::new().then(Exchange::get("/Users/a%2Fb").answers(404, failure(404, None, "User 'a/b' not found")));
    let error = call(plain(), script, |scim| scim.get_user("a/b")).unwrap_err();
    assert_eq!(
        (error.code, error.message.as_str(), error.remote_status),
        (ErrorCode::NotFound, "User 'a/b' not found", Some(404))
    );
}

fn find(script: Script, attribute: &str, value: &str) -> Result<Vec<String>> {
    call(plain(), script, |scim| scim.find_users(attribute, value))
        .map(|found| found.into_iter().map(|account| account.id).collect())
}

#[test]
fn a_filter_is_quoted() {
    let filter = r#"userName eq "o\"brien\\""#;
    let script = Script::new().then(Exchange::get("/Users").query("filter", filter).query("count", 2).answers(200, list(0, &[])));
    assert_eq!(find(script, "userName", r#"o"brien\"#).unwrap(), Vec::<String>::new());
}

#[test]
fn the_names_of_the_contract_become_paths_of_scim() {
    for (attribute, path) in [
        ("emails", "emails.value".to_owned()),
        ("name.givenName", "name.givenName".to_owned()),
        ("urn:ietf:params:scim:schemas:core:2.0:User:title", "title".to_owned()),
        (&format!("{ENTERPRISE}:employeeNumber"), format!("{ENTERPRISE}:employeeNumber")),
        (&format!("{ENTERPRISE}:manager"), format!("{ENTERPRISE}:manager.value")),
    ] {
        let filter = format!("{path} eq \"x\"");
        let script =
            Script::new().then(Exchange::get("/Users").query("filter", filter).query("count", 2).answers(200, list(0, &[])));
        find(script, attribute, "x").unwrap();
    }
    assert_eq!(find(Script::new(), "shoeSize", "9").unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn a_server_that_ignores_the_filter_never_makes_wrong_accounts_come_back() {
    let filter = "userName eq \"user3\"";
    let script = Script::new()
        .then(
            Exchange::get("/Users")
                .query("filter", filter)
                .query("count", 2)
                .answers(200, list(3, &[user("1", "user1"), user("2", "user2")])),
        )
        .then(
            Exchange::get("/Users")
                .query("filter", filter)
                .query("startIndex", 3)
                .query("count", 2)
                .answers(200, list(3, &[user("3", "USER3")])),
        );
    assert_eq!(find(script, "userName", "user3").unwrap(), ["3"]);
}

#[test]
fn a_server_that_refuses_the_filter_is_asked_for_everybody() {
    for (status, scim_type) in [(400, Some("invalidFilter")), (501, None), (404, None)] {
        let script = Script::new()
            .then(
                Exchange::get("/Users")
                    .query("filter", "userName eq \"user2\"")
                    .query("count", 2)
                    .answers(status, failure(status, scim_type, "no")),
            )
            .then(Exchange::get("/Users").query("count", 2).answers(200, list(2, &[user("1", "user1"), user("2", "user2")])))
            // Two of two, on a page of two: that may be the length of the page.
            .then(Exchange::get("/Users").query("startIndex", 3).query("count", 2).answers(200, list(2, &[])));
        assert_eq!(find(script, "userName", "user2").unwrap(), ["2"]);
    }
    // Wrong credentials are no reason to try again.
    let script = Script::new()
        .then(Exchange::get("/Users").query("filter", "userName eq \"x\"").query("count", 2).answers(401, Json::Null));
    assert_eq!(find(script, "userName", "x").unwrap_err().code, ErrorCode::Unauthenticated);
}

#[test]
fn many_are_read_by_one_filter_and_the_missing_are_asked_for_by_themselves() {
    let ids = ["a".to_owned(), "gone".to_owned()];
    let filter = r#"id eq "a" or id eq "gone""#;
    let script = Script::new()
        .then(Exchange::get("/Users").query("filter", filter).query("count", 2).answers(200, list(1, &[user("a", "a")])))
        .then(Exchange::get("/Users/gone").answers(404, failure(404, None, "not found")));
    let found = call(plain(), script, |scim| scim.get_users(&ids)).unwrap();
    assert_eq!(
        found.iter().map(|account| account.as_ref().map(|account| account.id.as_str())).collect::<Vec<_>>(),
        [Some("a"), None]
    );
}

#[test]
fn many_are_read_one_by_one_where_the_filter_is_ignored_or_refused() {
    let ids = ["a".to_owned(), "b".to_owned()];
    for refuses in [true, false] {
        let transport = move |request: &Request| {
            Ok(match (request.query.is_empty(), refuses) {
                (true, _) => testing::json(200, &user(&request.target[7..], "name")),
                (false, true) => testing::json(400, &failure(400, Some("invalidFilter"), "no")),
                (false, false) => testing::json(200, &list(9, &[user("x", "x"), user("y", "y")])),
            })
        };
        let found = call(plain(), transport, |scim| scim.get_users(&ids)).unwrap();
        assert_eq!(found.into_iter().map(|account| account.unwrap().id).collect::<Vec<_>>(), ids);
    }
}

#[test]
fn people_have_short_names() {
    let script = Script::new().then(Exchange::get("/Users").query("count", 2).answers(200, list(1, &[ada()])));
    let page = call(plain(), script, |scim| scim.list_people(None)).unwrap();
    let person = &page.items[0];
    assert_eq!((person.id.as_str(), person.active, page.total), ("25df", Some(false), Some(1)));
    let has = |name: &str, text: &str| person.attributes.contains(&Attribute::text(name, text));
    assert!(has("department", "Ops") && has("userName", "ada@acme.example") && has("name.givenName", "Ada"));
    assert!(person.attributes.contains(&Attribute::new("manager", vec![Value::new(Scalar::Reference("m1".to_owned()))])));
    assert!(person.attributes.contains(&Attribute::new("costCenter", Vec::new())));
    assert!(!person.attributes.iter().any(|attribute| attribute.name.starts_with("urn:")));
}
