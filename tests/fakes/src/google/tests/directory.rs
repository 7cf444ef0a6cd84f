use serde_json::json;

use super::*;

fn ada() -> Value {
    json!({
        "primaryEmail": "ada@acme.example", "name": {"givenName": "Ada", "familyName": "Lovelace"}, "password": "8 letters or more",
        "organizations": [{"department": "R&D", "title": "Engineer", "primary": true}],
    })
}

fn insert(workspace: &mut Workspace) -> String {
    good(workspace, "POST", "/users", Some(ada()))["id"].as_str().expect("an id").to_owned()
}

#[test]
fn a_user_is_found_by_address_alias_and_id() {
    let mut workspace = workspace();
    let id = insert(&mut workspace);
    good(&mut workspace, "POST", "/users/ada@acme.example/aliases", Some(json!({"alias": "al@acme.example"})));
    for key in ["ada@acme.example", "AL%40acme.example", &id] {
        assert_eq!(good(&mut workspace, "GET", &format!("/users/{key}"), None)["id"], id.as_str());
    }
    let user = good(&mut workspace, "GET", &format!("/users/{id}"), None);
    assert_eq!((&user["aliases"], &user["name"]["fullName"]), (&json!(["al@acme.example"]), &json!("Ada Lovelace")));
    assert_eq!((&user["customerId"], user.get("password")), (&json!(workspace.customer_id()), None));
    let password = workspace.find_user(&id).and_then(|user| user.password.clone()).expect("a password");
    assert_eq!(password, Password { text: "8 letters or more".to_owned(), hash_function: None });
}

#[test]
fn a_user_who_lacks_something_is_not_made() {
    let mut workspace = workspace();
    let with = |name: &str, value: Value| {
        let mut body = ada();
        body[name] = value;
        Some(body)
    };
    refused(&mut workspace, "POST", "/users", with("password", json!("short")), 400, "invalid");
    refused(&mut workspace, "POST", "/users", with("hashFunction", json!("MD5")), 400, "invalid");
    refused(&mut workspace, "POST", "/users", with("name", json!({"givenName": "Ada"})), 400, "invalid");
    refused(&mut workspace, "POST", "/users", with("orgUnitPath", json!("/Nowhere")), 400, "invalid");
    refused(&mut workspace, "POST", "/users", with("primaryEmail", json!("ada@elsewhere.example")), 404, "notFound");
    let mut without = ada();
    without.as_object_mut().expect("an object").remove("password");
    refused(&mut workspace, "POST", "/users", Some(without), 400, "invalid");
    assert_eq!(workspace.user_ids().len(), 1);
}

#[test]
fn an_address_belongs_to_one_user_alias_or_group() {
    let mut workspace = workspace();
    workspace.add_group("team@acme.example", "Team");
    workspace.add_group_alias("team@acme.example", "crew@acme.example");
    let id = insert(&mut workspace);
    refused(&mut workspace, "POST", "/users", Some(ada()), 409, "duplicate");
    for taken in ["team@acme.example", "CREW@acme.example", "ada@acme.example", "admin@acme.example"] {
        refused(&mut workspace, "POST", &format!("/users/{id}/aliases"), Some(json!({"alias": taken})), 409, "duplicate");
    }
    refused(&mut workspace, "POST", "/groups", Some(json!({"email": "ada@acme.example"})), 409, "duplicate");
    refused(&mut workspace, "DELETE", &format!("/users/{id}/aliases/team@acme.example"), None, 404, "notFound");
}

#[test]
fn a_new_user_is_not_ready_for_a_while() {
    let mut workspace = workspace();
    workspace.quirks.unready_requests = 2;
    let id = insert(&mut workspace);
    refused(&mut workspace, "GET", &format!("/users/{id}"), None, 404, "notFound");
    refused(&mut workspace, "PATCH", &format!("/users/{id}"), Some(json!({"suspended": true})), 412, "conditionNotMet");
    assert_eq!(good(&mut workspace, "GET", &format!("/users/{id}"), None)["suspended"], false);
}

#[test]
fn a_new_user_may_be_ready_on_the_clock_only() {
    let mut workspace = workspace();
    workspace.quirks.unready_seconds = 30;
    workspace.quirks.unready_answer = Unready::Unavailable;
    let id = insert(&mut workspace);
    workspace.add_group("team@acme.example", "Team");
    assert_eq!(good(&mut workspace, "GET", "/users?customer=my_customer", None)["users"].as_array().map(Vec::len), Some(1));
    refused(&mut workspace, "DELETE", &format!("/users/{id}"), None, 503, "backendError");
    let member = json!({"email": "ada@acme.example"});
    refused(&mut workspace, "POST", "/groups/team@acme.example/members", Some(member.clone()), 404, "notFound");
    refused(&mut workspace, "POST", "/users", Some(ada()), 409, "duplicate");
    workspace.advance(30);
    good(&mut workspace, "POST", "/groups/team@acme.example/members", Some(member));
}

#[test]
fn what_a_patch_does_not_say_stays_and_null_clears() {
    let mut workspace = workspace();
    let id = insert(&mut workspace);
    workspace.add_unit("/Sales/North");
    let patch = json!({"name": {"familyName": "King"}, "orgUnitPath": "/Sales/North", "suspended": true});
    let user = good(&mut workspace, "PATCH", &format!("/users/{id}"), Some(patch));
    assert_eq!((&user["name"]["givenName"], &user["name"]["familyName"]), (&json!("Ada"), &json!("King")));
    assert_eq!((&user["organizations"][0]["department"], &user["suspensionReason"]), (&json!("R&D"), &json!("ADMIN")));
    let user = good(&mut workspace, "PUT", &format!("/users/{id}"), Some(json!({"organizations": null})));
    assert_eq!((user.get("organizations"), &user["orgUnitPath"]), (None, &json!("/Sales/North")));
}

#[test]
fn the_address_before_becomes_an_alias_and_changes_wait() {
    let mut workspace = workspace();
    workspace.quirks.rename_conflicts = 1;
    let id = insert(&mut workspace);
    let rename = json!({"primaryEmail": "ada.king@acme.example"});
    let user = good(&mut workspace, "PATCH", &format!("/users/{id}"), Some(rename));
    assert_eq!((&user["primaryEmail"], &user["aliases"]), (&json!("ada.king@acme.example"), &json!(["ada@acme.example"])));
    refused(&mut workspace, "PATCH", "/users/ada@acme.example", Some(json!({"suspended": true})), 409, "conflict");
    good(&mut workspace, "PATCH", "/users/ada@acme.example", Some(json!({"suspended": true})));
}

#[test]
fn a_deleted_user_comes_back_by_id_within_twenty_days() {
    let mut workspace = workspace();
    let id = insert(&mut workspace);
    assert_eq!(ask(&mut workspace, "DELETE", "/users/ada@acme.example", None).status, 204);
    refused(&mut workspace, "GET", &format!("/users/{id}"), None, 404, "notFound");
    let deleted = good(&mut workspace, "GET", "/users?customer=my_customer&showDeleted=true", None);
    assert_eq!((&deleted["users"][0]["id"], deleted["users"].as_array().map(Vec::len)), (&json!(id), Some(1)));
    refused(&mut workspace, "POST", "/users/ada@acme.example/undelete", Some(json!({"orgUnitPath": "/"})), 404, "notFound");
    let other = insert(&mut workspace);
    refused(&mut workspace, "POST", &format!("/users/{id}/undelete"), Some(json!({})), 409, "duplicate");
    workspace.delete_user(&other);
    assert_eq!(ask(&mut workspace, "POST", &format!("/users/{id}/undelete"), Some(json!({"orgUnitPath": "/"}))).status, 204);
    good(&mut workspace, "GET", "/users/ada@acme.example", None);
    workspace.delete_user(&id);
    workspace.advance(20 * 24 * 3600);
    refused(&mut workspace, "POST", &format!("/users/{id}/undelete"), Some(json!({})), 404, "notFound");
    assert_eq!(workspace.user_or_deleted(&id), None);
}

#[test]
fn signing_out_and_revoking_are_seen_on_the_user() {
    let mut workspace = workspace();
    let id = insert(&mut workspace);
    let grant = Grant { display_text: "Mail".to_owned(), scopes: vec!["https://mail.google.com/".to_owned()] };
    workspace.add_token(&id, "7.apps.example", grant);
    workspace.edit_user(&id, |user| drop(user.application_passwords.insert(3, "Phone".to_owned())));
    assert_eq!(ask(&mut workspace, "POST", &format!("/users/{id}/signOut"), None).status, 204);
    assert_eq!(good(&mut workspace, "GET", &format!("/users/{id}/tokens"), None)["items"][0]["clientId"], "7.apps.example");
    assert_eq!(good(&mut workspace, "GET", &format!("/users/{id}/asps"), None)["items"][0]["codeId"], 3);
    assert_eq!(ask(&mut workspace, "DELETE", &format!("/users/{id}/tokens/7.apps.example"), None).status, 204);
    assert_eq!(ask(&mut workspace, "DELETE", &format!("/users/{id}/asps/3"), None).status, 204);
    refused(&mut workspace, "DELETE", &format!("/users/{id}/tokens/7.apps.example"), None, 404, "notFound");
    let user = workspace.find_user(&id).expect("a user");
    assert_eq!((user.sign_outs, user.tokens.len(), user.application_passwords.len()), (1, 0, 0));
}

#[test]
fn a_data_transfer_is_done_when_its_time_has_come() {
    let mut workspace = workspace();
    let (ada, bob) = (insert(&mut workspace), workspace.add_user("bob@acme.example", "Bob", "B"));
    let applications = good(&mut workspace, "GET", "//admin/datatransfer/v1/applications", None);
    let application = applications["applications"][0]["id"].clone();
    let body = json!({
        "oldOwnerUserId": ada, "newOwnerUserId": bob,
        "applicationDataTransfers": [{"applicationId": application, "applicationTransferParams": [{"key": "PRIVACY_LEVEL", "value": ["PRIVATE", "SHARED"]}]}],
    });
    let made = good(&mut workspace, "POST", "//admin/datatransfer/v1/transfers", Some(body.clone()));
    let path = format!("//admin/datatransfer/v1/transfers/{}", made["id"].as_str().expect("an id"));
    let mut seen = vec![made["overallTransferStatusCode"].clone()];
    for seconds in [60, 600] {
        workspace.advance(seconds);
        seen.push(good(&mut workspace, "GET", &path, None)["overallTransferStatusCode"].clone());
    }
    assert_eq!(seen, ["new", "inProgress", "completed"]);
    let mut wrong = body.clone();
    wrong["newOwnerUserId"] = json!("bob@acme.example");
    refused(&mut workspace, "POST", "//admin/datatransfer/v1/transfers", Some(wrong), 404, "notFound");
    good(&mut workspace, "POST", "//admin/datatransfer/v1/transfers", Some(body));
    workspace.delete_user(&ada);
    workspace.advance(1000);
    let all: Vec<String> = workspace.transfers().into_iter().map(|(_, _, status)| status).collect();
    assert_eq!(all, ["completed", "failed"]);
    let completed = good(&mut workspace, "GET", "//admin/datatransfer/v1/transfers?status=completed", None);
    assert_eq!(completed["dataTransfers"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_user_who_is_not_ready_may_be_absent_for_changes_too() {
    let mut workspace = workspace();
    workspace.quirks.unready_requests = 1;
    workspace.quirks.unready_answer = Unready::Absent;
    let id = insert(&mut workspace);
    refused(&mut workspace, "DELETE", &format!("/users/{id}"), None, 404, "notFound");
    assert_eq!(ask(&mut workspace, "DELETE", &format!("/users/{id}"), None).status, 204);
}

#[test]
fn a_data_transfer_may_fail() {
    let mut workspace = workspace();
    workspace.quirks.transfers_fail = true;
    let [ada, bob] = ["ada", "bob"].map(|name| workspace.add_user(&format!("{name}@acme.example"), name, "Tester"));
    let applications = json!([{"applicationId": CALENDAR.to_string()}]);
    let body = json!({"oldOwnerUserId": ada, "newOwnerUserId": bob, "applicationDataTransfers": applications});
    good(&mut workspace, "POST", "//admin/datatransfer/v1/transfers", Some(body));
    workspace.advance(661);
    assert_eq!(workspace.transfers(), [(ada, bob, "failed".to_owned())]);
}

#[test]
fn an_administrator_is_made_and_a_suspended_one_may_nothing() {
    let mut workspace = workspace();
    let id = insert(&mut workspace);
    assert_eq!(ask(&mut workspace, "POST", &format!("/users/{id}/makeAdmin"), Some(json!({"status": true}))).status, 204);
    assert_eq!(good(&mut workspace, "GET", &format!("/users/{id}"), None)["isAdmin"], true);
    assert_eq!(workspace.roles_of(&id), [SUPER_ADMIN_ROLE]);
    workspace.edit_user("admin@acme.example", |user| user.suspended = true);
    refused(&mut workspace, "GET", &format!("/users/{id}"), None, 403, "forbidden");
}
