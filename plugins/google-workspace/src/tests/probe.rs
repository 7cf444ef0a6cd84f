use super::*;

fn users() -> Exchange {
    get("/users").query("customer", "my_customer").query("maxResults", 1)
}

fn groups() -> Exchange {
    get("/groups").query("customer", "my_customer").query("maxResults", 1)
}

fn roles() -> Exchange {
    get("/customer/my_customer/roles").query("maxResults", 1)
}

fn transfers() -> Exchange {
    Exchange::get(&format!("{TRANSFERS}/applications")).query("maxResults", 1)
}

fn licences() -> Exchange {
    let path = format!("{LICENSING}/product/Google-Apps/sku/1010020020/users");
    Exchange::get(&path).query("customerId", "C01").query("maxResults", 1)
}

fn probe(script: Script) -> Result<Status> {
    call(json!({ "products": ["Google-Apps/1010020020"] }), script, |google| google.probe())
}

fn missing(status: &Status) -> Vec<(&str, &str)> {
    let missing = status.abilities.iter().filter(|ability| !ability.available);
    missing.map(|ability| (ability.operation.as_str(), ability.reason.as_deref().unwrap())).collect()
}

#[test]
fn every_api_is_asked_for_something_small() {
    let script = Script::new()
        .then(users().answers(200, json!({ "users": [ada()] })))
        .then(groups().answers(200, json!({})))
        .then(roles().answers(200, json!({})))
        .then(licences().answers(200, json!({})))
        .then(get("/users/101/tokens").answers(200, json!({})))
        .then(transfers().answers(200, json!({})));
    let status = probe(script).unwrap();
    assert_eq!(status.system.as_deref(), Some("Google Workspace, customer C01"));
    assert!(missing(&status).is_empty(), "{:?}", status.abilities);
}

#[test]
fn a_missing_scope_is_told_with_what_it_costs() {
    let refused = |reason: &str, message: &str| refusal(403, reason, message);
    let script = Script::new()
        .then(users().answers(200, json!({ "users": [ada()] })))
        .then(groups().answers(200, json!({})))
        .then(roles().answers(403, refused("insufficientPermissions", "Request had insufficient authentication scopes.")))
        .then(licences().answers(403, refused("accessNotConfigured", "The API is not enabled.")))
        .then(get("/users/101/tokens").answers(200, json!({})))
        .then(transfers().answers(403, refused("forbidden", "Not Authorized")));
    let status = probe(script).unwrap();
    let missing = missing(&status);
    let operations: Vec<_> = missing.iter().map(|(operation, _)| *operation).collect();
    let expected =
        ["entitlements.list", "entitlements.list-grants", "entitlements.grant", "entitlements.revoke", "ownership.transfer"];
    assert_eq!(operations, expected);
    for part in [
        "roles: Request had",
        "auth/admin.directory.rolemanagement",
        "licence Google-Apps/1010020020: The API",
        "auth/apps.licensing",
    ] {
        assert!(missing[0].1.contains(part), "{}", missing[0].1);
    }
    assert!(missing[4].1.contains("auth/admin.datatransfer"), "{}", missing[4].1);
}

#[test]
fn wrong_credentials_are_an_error_and_no_list_of_what_does_not_work() {
    let script = Script::new().then(users().answers(401, refusal(401, "authError", "Invalid Credentials")));
    assert_eq!(probe(script).unwrap_err().code, ErrorCode::Unauthenticated);
}
