use super::*;
use crate::user::GUEST;
use innkeeper_scim::ENTERPRISE;

const USERS: &str = "https://api.slack.com/scim/v2/Users";

/// A user as Slack's SCIM shows one: places that have nothing are there all the same.
fn user(active: bool) -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "id": "U1", "externalId": "", "meta": { "created": "2022-08-16T12:49:47-07:00", "location": format!("{USERS}/U1") },
        "userName": "ada", "nickName": "ada", "name": { "givenName": "Ada", "familyName": "Lovelace", "honorificPrefix": null },
        "displayName": "Ada", "title": "", "active": active,
        "emails": [{ "value": "ada@acme.example", "primary": true }],
        "addresses": [{ "streetAddress": null, "locality": null, "region": null, "postalCode": null, "country": null }],
        "phoneNumbers": [{ "value": null, "type": "mobile" }, { "value": "555", "primary": true }],
        "roles": [{ "value": null, "primary": true }],
        ENTERPRISE: { "department": "Design", "costCenter": null, "manager": { "managerId": "U9" } },
        "groups": [{ "value": "S1", "display": "Designers" }],
    })
}

fn failure(status: u16, detail: &str) -> Json {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": detail, "status": status })
}

fn scim() -> Json {
    json!({})
}

fn draft(name: &str) -> Draft {
    let attributes = vec![Attribute::text("emails", "ada@acme.example"), Attribute::text("name.givenName", "Ada")];
    Draft { unique_name: name.to_owned(), attributes, grants: Vec::new(), extra: Vec::new() }
}

#[test]
fn people_are_listed_by_scim_without_a_question_about_it() {
    let answer = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "Resources": [user(true)], "totalResults": 1, "itemsPerPage": 1, "startIndex": 1,
    });
    let script = Script::new().then(Exchange::get(USERS).query("startIndex", 1).query("count", 500).answers(200, answer));
    let page = call(scim(), script, |slack| Accounts::list(slack, None)).unwrap();
    let ada = &page.items[0];
    assert_eq!((ada.id.as_str(), ada.unique_name.as_str(), ada.status), ("U1", "ada", AccountStatus::Active));
    assert_eq!(values(ada, "emails"), Some(vec!["ada@acme.example".to_owned()]));
    assert_eq!(values(ada, "addresses.locality"), Some(vec![]));
    assert_eq!(values(ada, &format!("{ENTERPRISE}:manager.managerId")), Some(vec!["U9".to_owned()]));
    assert_eq!(values(ada, &format!("{GUEST}:type")), Some(vec![]));
}

#[test]
fn an_account_is_created_with_a_name_that_slack_keeps() {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "active": true,
        "emails": [{ "value": "ada@acme.example" }], "name": { "givenName": "Ada" },
    });
    let created = Exchange::post(USERS, body).header("content-type", "application/json").answers(201, user(true));
    let outcome = call(scim(), Script::new().then(created), |slack| slack.create(draft("ada"), intent())).unwrap();
    assert!(matches!(outcome, Outcome::Done(account) if account.id == "U1"));
}

#[test]
fn a_name_that_slack_would_change_is_refused_before_anything_is_sent() {
    for name in ["ada@acme.example", "Ada", "ada lovelace", "ada-augusta-king-lovelace"] {
        let error = call(scim(), Script::new(), |slack| slack.create(draft(name), intent())).unwrap_err();
        assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "userName"), "{name}");
        let delta = Delta { name: "userName".to_owned(), edit: Edit::Replace(vec![Value::text(name)]) };
        let error = call(scim(), Script::new(), |slack| slack.update("U1", vec![delta], intent())).unwrap_err();
        assert_eq!(error.code, ErrorCode::Invalid, "{name}");
    }
}

#[test]
fn an_account_without_an_address_is_refused_before_anything_is_sent() {
    let draft = Draft { attributes: Vec::new(), ..draft("ada") };
    let error = call(scim(), Script::new(), |slack| slack.create(draft, intent())).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "emails"));
}

#[test]
fn a_guest_is_created_by_the_extension() {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", GUEST], "userName": "ada", "active": true,
        "emails": [{ "value": "ada@acme.example" }], "name": { "givenName": "Ada" },
        GUEST: { "type": "multi", "expiration": "2026-12-31T23:59:59Z" },
    });
    let mut guest = draft("ada");
    guest.attributes.push(Attribute::text(format!("{GUEST}:type"), "multi"));
    let ends = Value::new(Scalar::DateTime("2026-12-31T23:59:59Z".to_owned()));
    guest.attributes.push(Attribute::new(format!("{GUEST}:expiration"), vec![ends]));
    let script = Script::new().then(Exchange::post(USERS, body).answers(201, user(true)));
    assert!(matches!(call(scim(), script, |slack| slack.create(guest, intent())), Ok(Outcome::Done(_))));
}

#[test]
fn who_is_a_member_is_not_made_a_guest_on_the_side() {
    let delta = Delta { name: format!("{GUEST}:type"), edit: Edit::Replace(vec![Value::text("multi")]) };
    let error = call(scim(), Script::new(), |slack| slack.update("U1", vec![delta], intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

#[test]
fn an_account_is_deactivated_by_active_and_never_deleted() {
    let patch = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "path": "active", "value": false }],
    });
    let script = Script::new()
        .then(Exchange::get(&format!("{USERS}/U1")).answers(200, user(true)))
        .then(Exchange::patch(&format!("{USERS}/U1"), patch).answers(200, user(false)));
    let outcome = call(scim(), script, |slack| slack.set_status("U1", AccountStatus::Suspended, intent())).unwrap();
    assert!(matches!(outcome, Outcome::Done(account) if account.status == AccountStatus::Suspended));
    assert_eq!(call(scim(), Script::new(), |slack| slack.delete("U1", intent())).unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn without_an_organisation_sessions_end_with_the_account() {
    let ends = |slack: &Slack| slack.revoke_all("U1", intent());
    let script = Script::new().then(Exchange::get(&format!("{USERS}/U1")).answers(200, user(false)));
    assert_eq!(call(scim(), script, ends).unwrap(), Effect::Already);
    let script = Script::new().then(Exchange::get(&format!("{USERS}/U1")).answers(200, user(true)));
    assert_eq!(call(scim(), script, ends).unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn people_are_found_by_slack_s_name_for_their_address() {
    let answer =
        |users: &[Json]| json!({ "Resources": users, "totalResults": users.len(), "itemsPerPage": users.len(), "startIndex": 1 });
    let filter = |filter: &str| Exchange::get(USERS).query("filter", filter).query("startIndex", 1).query("count", 500);
    let script = Script::new().then(filter(r#"email eq "ada@acme.example""#).answers(200, answer(&[user(true)])));
    assert_eq!(call(scim(), script, |slack| slack.find("emails", "ada@acme.example")).unwrap().len(), 1);
    // A filter that is refused: everything is read.
    let all = Exchange::get(USERS).query("startIndex", 1).query("count", 500).answers(200, answer(&[user(true)]));
    let script = Script::new().then(filter(r#"userName eq "ada""#).answers(400, failure(400, "invalid_query"))).then(all);
    assert_eq!(call(scim(), script, |slack| slack.find("userName", "ada")).unwrap().len(), 1);
}

#[test]
fn slack_s_words_say_more_than_the_status() {
    for (status, word, code) in [
        (400, "username_taken", ErrorCode::Conflict),
        (409, "email_taken", ErrorCode::Conflict),
        (403, "plus_teams_only", ErrorCode::Unsupported),
        (403, "non_org_teams_only", ErrorCode::PermissionDenied),
        (400, "cannot_modify_owner", ErrorCode::PermissionDenied),
        (401, "invalid_authentication", ErrorCode::Unauthenticated),
        (400, "invalid_emoji_not_allowed", ErrorCode::Invalid),
        (429, "too_many_requests", ErrorCode::RateLimited),
        (500, "user_creation_failed", ErrorCode::OutcomeUnknown),
    ] {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "active": true,
            "emails": [{ "value": "ada@acme.example" }], "name": { "givenName": "Ada" },
        });
        let script = Script::new().then(Exchange::post(USERS, body).answers(status, failure(status, word)));
        let error = call(scim(), script, |slack| slack.create(draft("ada"), intent())).unwrap_err();
        assert_eq!(error.code, code, "{word}: {}", error.message);
    }
    // Some answers have the word in a place of their own.
    let old = json!({ "Errors": { "description": "no_such_user", "code": 404 } });
    let script = Script::new().then(Exchange::get(&format!("{USERS}/U1")).answers(400, old));
    assert_eq!(call(scim(), script, |slack| slack.get("U1")).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn the_groups_of_scim_are_not_offered_beside_the_same_user_groups() {
    let description = call(scim(), Script::new(), |slack| slack.describe()).unwrap();
    let kinds: Vec<_> = description.entitlement_kinds.iter().map(|kind| (kind.name.as_str(), kind.holder_writes)).collect();
    assert_eq!(kinds, [("usergroup", HolderWrites::All), ("channel", HolderWrites::Each)]);
    assert_eq!(description.searchable, ["userName", "emails"]);
    assert!(description.delete.is_none() && description.suspend.unwrap().reversible);
}
