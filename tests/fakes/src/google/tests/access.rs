use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::RSA_PKCS1_SHA256;
use serde_json::json;

use super::super::oauth::key_pair;
use super::*;

fn signed(claims: &Value) -> String {
    let encode = |part: &Value| BASE64_URL_SAFE_NO_PAD.encode(part.to_string());
    let text = format!("{}.{}", encode(&json!({"alg": "RS256", "typ": "JWT"})), encode(claims));
    let key = key_pair();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut signature).expect("signed");
    format!("{text}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn claims(workspace: &Workspace) -> Value {
    let now = workspace.now().as_second();
    json!({
        "iss": service_account_key("")["client_email"], "sub": "admin@acme.example", "scope": scope::USER_READONLY,
        "aud": "https://google.example/token", "iat": now, "exp": now + 3600,
    })
}

fn exchange(workspace: &mut Workspace, assertion: &str) -> Answer {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer").append_pair("assertion", assertion);
    let mut asked = request("POST", "//token", None);
    asked.body = form.finish().into_bytes();
    workspace.answer(&asked)
}

fn delegated() -> Workspace {
    let mut workspace = workspace();
    workspace.delegate(ServiceAccount::for_tests(&[scope::USER_READONLY, scope::GROUP]));
    workspace
}

#[test]
fn an_assertion_becomes_a_token_that_expires_on_the_clock() {
    let mut workspace = delegated();
    let assertion = signed(&claims(&workspace));
    let answer = exchange(&mut workspace, &assertion);
    assert_eq!((answer.status, &json(&answer)["expires_in"]), (200, &json!(3599)));
    let mut asked = request("GET", "/users?customer=my_customer", None);
    asked.headers[0].1 = format!("Bearer {}", json(&answer)["access_token"].as_str().expect("a token"));
    assert_eq!(workspace.answer(&asked).status, 200);
    workspace.advance(3601);
    let refused = workspace.answer(&asked);
    assert_eq!(outcome(&refused), (401, "authError".to_owned()));
    assert_eq!(json(&refused)["error"]["status"], "UNAUTHENTICATED");
}

#[test]
fn an_assertion_has_to_be_right_in_every_part() {
    let mut workspace = delegated();
    let good = claims(&workspace);
    let wrong = [
        ("iss", json!("somebody@else.example"), 400, "invalid_grant"),
        ("aud", json!("https://elsewhere.example/token"), 400, "invalid_grant"),
        ("sub", json!("nobody@acme.example"), 400, "invalid_grant"),
        ("exp", json!(workspace.now().as_second() - 600), 400, "invalid_grant"),
        ("exp", json!(workspace.now().as_second() + 7200), 400, "invalid_grant"),
        ("iat", json!(workspace.now().as_second() + 600), 400, "invalid_grant"),
        ("scope", json!(scope::USER), 401, "unauthorized_client"),
        ("scope", json!(format!("{} {}", scope::GROUP, scope::ROLE)), 401, "unauthorized_client"),
        ("scope", json!(""), 400, "invalid_scope"),
    ];
    for (name, value, status, error) in wrong {
        let mut bad = good.clone();
        bad[name] = value;
        let answer = exchange(&mut workspace, &signed(&bad));
        assert_eq!((answer.status, json(&answer)["error"].clone()), (status, json!(error)), "{name}: {}", bad[name]);
    }
    let assertion = signed(&good);
    let forged = format!("{}x.{}", &assertion[..20], &assertion[21..]);
    assert_eq!(exchange(&mut workspace, &forged).status, 400);
    let (head, _) = assertion.rsplit_once('.').expect("three parts");
    let unsigned = format!("{head}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 256]));
    assert_eq!(json(&exchange(&mut workspace, &unsigned))["error_description"], "Invalid JWT Signature.");
    assert_eq!(exchange(&mut workspace, &assertion).status, 200);
}

#[test]
fn times_of_an_assertion_may_be_passed_over() {
    let mut workspace = delegated();
    let assertion = signed(&claims(&workspace));
    workspace.advance(100_000);
    assert_eq!(exchange(&mut workspace, &assertion).status, 400);
    workspace.quirks.ignores_assertion_times = true;
    assert_eq!(exchange(&mut workspace, &assertion).status, 200);
}

#[test]
fn a_service_account_without_a_subject_sees_nothing() {
    let mut workspace = delegated();
    let mut alone = claims(&workspace);
    alone.as_object_mut().expect("an object").remove("sub");
    let token = json(&exchange(&mut workspace, &signed(&alone)))["access_token"].clone();
    let mut asked = request("GET", "/users?customer=my_customer", None);
    asked.headers[0].1 = format!("Bearer {}", token.as_str().expect("a token"));
    assert_eq!(outcome(&workspace.answer(&asked)), (403, "forbidden".to_owned()));
}

#[test]
fn a_token_without_the_scope_is_refused() {
    let mut workspace = workspace();
    workspace.allow_token("T", &[scope::USER_READONLY]);
    assert_eq!(ask(&mut workspace, "GET", "/users?customer=my_customer", None).status, 200);
    refused(&mut workspace, "DELETE", "/users/admin@acme.example", None, 403, "insufficientPermissions");
    refused(&mut workspace, "GET", "/groups?customer=my_customer", None, 403, "insufficientPermissions");
    workspace.revoke_access();
    refused(&mut workspace, "GET", "/users?customer=my_customer", None, 401, "authError");
    assert_eq!(workspace.live_tokens(), 0);
}

#[test]
fn an_administrator_who_is_no_longer_one_is_refused() {
    let mut workspace = workspace();
    good(&mut workspace, "GET", "/users/admin@acme.example", None);
    assert_eq!(ask(&mut workspace, "POST", "/users/admin@acme.example/makeAdmin", Some(json!({"status": false}))).status, 204);
    refused(&mut workspace, "GET", "/users/admin@acme.example", None, 403, "forbidden");
}

#[test]
fn too_many_requests_are_refused_in_five_ways() {
    let mut workspace = workspace();
    for (how, status, reason) in [
        (Limit::UserRate, 403, "userRateLimitExceeded"),
        (Limit::Quota, 403, "quotaExceeded"),
        (Limit::Rate, 403, "rateLimitExceeded"),
        (Limit::TooMany, 429, "rateLimitExceeded"),
        (Limit::Backend, 503, "backendError"),
    ] {
        workspace.limit(1, how);
        refused(&mut workspace, "GET", "/users?customer=my_customer", None, status, reason);
        good(&mut workspace, "GET", "/users?customer=my_customer", None);
    }
}
