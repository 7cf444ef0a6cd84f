use super::*;
use innkeeper_sdk::testing::Response;

fn ask(response: Response) -> Error {
    let script = Script::new().then(get("/users/101").answers_with(Ok(response)));
    call(json!({}), script, |google| google.get("101")).unwrap_err()
}

fn failing(status: u16, body: Json) -> Error {
    ask(testing::json(status, &body))
}

#[test]
fn an_error_has_googles_words_and_reason() {
    let error = failing(403, refusal(403, "forbidden", "Not Authorized to access this resource/api"));
    assert_eq!((error.code, error.remote_status), (ErrorCode::PermissionDenied, Some(403)));
    assert_eq!(error.message, "Not Authorized to access this resource/api");
    assert_eq!((error.extra[0].name.as_str(), error.extra[0].value.as_str()), ("reason", "forbidden"));
}

#[test]
fn the_newer_form_of_errors_is_read_too() {
    let body = json!({ "error": {
        "code": 403, "message": "Request had insufficient authentication scopes.", "status": "PERMISSION_DENIED",
        "errors": [{ "reason": "insufficientPermissions" }],
        "details": [{ "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT" }],
    } });
    assert_eq!(failing(403, body).extra[0].value, "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
    let body = json!({ "error": { "code": 401, "message": "Who?", "status": "UNAUTHENTICATED" } });
    assert_eq!(
        (failing(401, body.clone()).code, failing(401, body).extra[0].value.as_str()),
        (ErrorCode::Unauthenticated, "UNAUTHENTICATED")
    );
}

#[test]
fn what_the_host_knows_as_a_rate_limit_stays_one() {
    let body = refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded");
    let error = ask(Response { rate_limited: Some(5), ..testing::json(403, &body) });
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(5)));
    assert_eq!(error.message, "User Rate Limit Exceeded");
}

#[test]
fn the_page_of_a_proxy_is_an_error_by_its_status() {
    assert_eq!(ask(testing::text(502, "text/html", "<html>Bad Gateway</html>")).code, ErrorCode::Unavailable);
    assert_eq!(ask(testing::text(200, "text/html", "<html>Sign in</html>")).code, ErrorCode::MalformedResponse);
}
