use super::*;
use std::fmt::Write;

const SCOPES: &str = "admin,users:read,users:read.email,usergroups:read,channels:read";

fn test(scopes: Option<&str>) -> Exchange {
    let answer = json!({
        "ok": true, "url": "https://acme.slack.com/", "team": "Acme", "user": "ada", "team_id": "T1", "user_id": "U1",
        "is_enterprise_install": false,
    });
    let exchange = reads("auth.test").answers(200, answer);
    match scopes {
        Some(scopes) => exchange.answer_header("x-oauth-scopes", scopes),
        None => exchange,
    }
}

fn one_user(status: u16, body: Json) -> Exchange {
    Exchange::get("https://api.slack.com/scim/v2/Users").query("startIndex", 1).query("count", 2).answers(status, body)
}

fn told(status: &Status) -> String {
    let mut text = format!("{} ({})\n", status.system.as_deref().unwrap_or("?"), status.profile.as_deref().unwrap_or("?"));
    for ability in &status.abilities {
        let _ = writeln!(text, "{}: {}", ability.operation, ability.reason.as_deref().unwrap_or("works"));
    }
    for extra in &status.extra {
        let _ = writeln!(text, "[{}: {}]", extra.name, extra.value);
    }
    text
}

#[test]
fn what_the_token_lacks_is_said_by_operation() {
    let script = Script::new().then(test(Some(SCOPES))).then(one_user(200, json!({ "Resources": [], "totalResults": 0 })));
    insta::assert_snapshot!("probe_scim", told(&call(json!({}), script, |slack| slack.probe()).unwrap()));
    let config = json!({ "profile": "web", "channels": "all" });
    insta::assert_snapshot!(
        "probe_web",
        told(&call(config, Script::new().then(test(Some(SCOPES))), |slack| slack.probe()).unwrap())
    );
    insta::assert_snapshot!(
        "probe_organisation",
        told(&call(grid(), Script::new().then(test(Some("admin.users:write,users:read"))), |slack| slack.probe()).unwrap())
    );
}

#[test]
fn scopes_that_slack_does_not_tell_are_not_missing() {
    let status = call(grid(), Script::new().then(test(None)), |slack| slack.probe()).unwrap();
    assert!(status.abilities.iter().all(|ability| ability.available), "{:?}", status.abilities);
}

#[test]
fn a_plan_without_scim_is_told() {
    let refused =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": "plus_teams_only", "status": 403 });
    let script = Script::new().then(test(Some(SCOPES))).then(one_user(403, refused));
    let status = call(json!({}), script, |slack| slack.probe()).unwrap();
    let create = status.abilities.iter().find(|ability| ability.operation == "accounts.create").unwrap();
    assert!(!create.available && create.reason.as_deref().unwrap().contains("plus_teams_only"), "{create:?}");
}

#[test]
fn a_wrong_token_is_an_error_and_nothing_else() {
    let script = Script::new().then(reads("auth.test").answers(200, refusal("invalid_auth")));
    assert_eq!(call(json!({}), script, |slack| slack.probe()).unwrap_err().code, ErrorCode::Unauthenticated);
}

#[test]
fn what_slack_is_like_is_said_without_a_request() {
    for config in [web(), grid()] {
        let description = call(config, Script::new(), |slack| slack.describe()).unwrap();
        assert_eq!((description.unique_name.as_str(), description.delete.is_none()), ("emails", true));
        assert!(description.quirks.contains(Quirks::INVITES));
        assert!(description.accounts.iter().any(|attribute| attribute.name == "emails" && attribute.required));
    }
    let description = call(json!({ "channels": "none" }), Script::new(), |slack| slack.describe()).unwrap();
    assert_eq!(description.entitlement_kinds.len(), 1);
}
