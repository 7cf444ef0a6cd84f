use super::*;
use crate::failure;
use innkeeper_sdk::http::HttpErrorCode;

/// The error that a reading method and a writing one make of a word.
fn told(word: &str) -> (Error, Error) {
    let read = call(web(), Script::new().then(reads("users.info").query("user", "U1").answers(200, refusal(word))), |slack| {
        slack.get("U1")
    });
    let config = json!({ "profile": "web", "enterprise": true, "team": "T1" });
    let script = Script::new().then(writes("admin.users.session.reset", "user_id=U1").answers(200, refusal(word)));
    let write = call(config, script, |slack| slack.revoke_all("U1", intent()));
    (read.unwrap_err(), write.unwrap_err())
}

#[test]
fn an_error_with_status_200_is_an_error_of_the_contract() {
    for (word, code) in [
        ("invalid_auth", ErrorCode::Unauthenticated),
        ("token_revoked", ErrorCode::Unauthenticated),
        ("account_inactive", ErrorCode::Unauthenticated),
        ("missing_scope", ErrorCode::PermissionDenied),
        ("not_allowed_token_type", ErrorCode::PermissionDenied),
        ("restricted_action", ErrorCode::PermissionDenied),
        ("feature_not_enabled", ErrorCode::Unsupported),
        ("ratelimited", ErrorCode::RateLimited),
        ("service_unavailable", ErrorCode::Unavailable),
        ("team_added_to_org", ErrorCode::Unavailable),
        ("user_already_deleted", ErrorCode::Conflict),
        ("something_new", ErrorCode::Invalid),
    ] {
        let (read, write) = told(word);
        assert_eq!((read.code, write.code), (code, code), "{word}");
        assert!(read.message.contains(&format!("users.info was answered with `{word}`")), "{}", read.message);
        assert!(failure::is(&write, &[word]));
        assert_eq!(read.remote_status, Some(200));
    }
}

#[test]
fn a_fault_of_slack_leaves_open_whether_a_write_was_done() {
    for word in ["fatal_error", "internal_error"] {
        let (read, write) = told(word);
        assert_eq!((read.code, write.code), (ErrorCode::Unavailable, ErrorCode::OutcomeUnknown), "{word}");
    }
}

#[test]
fn a_missing_scope_is_named() {
    let answer = json!({ "ok": false, "error": "missing_scope", "needed": "users:read", "provided": "usergroups:read,admin" });
    let script = Script::new().then(reads("users.info").query("user", "U1").answers(200, answer));
    let error = call(web(), script, |slack| slack.get("U1")).unwrap_err();
    assert_eq!(
        error.message,
        "users.info was answered with `missing_scope`: the token lacks the scope users:read, it has usergroups:read,admin"
    );
}

#[test]
fn what_slack_says_of_the_arguments_is_passed_on() {
    let answer = json!({ "ok": false, "error": "invalid_arguments", "response_metadata": { "messages": ["[ERROR] missing required field: user"] } });
    let script = Script::new().then(reads("users.info").query("user", "U1").answers(200, answer));
    let error = call(web(), script, |slack| slack.get("U1")).unwrap_err();
    assert!(error.message.ends_with("`invalid_arguments`; [ERROR] missing required field: user"), "{}", error.message);
}

#[test]
fn too_many_requests_say_when_again() {
    let limited = reads("users.info").query("user", "U1").answers(429, refusal("ratelimited")).answer_header("retry-after", "30");
    let error = call(web(), Script::new().then(limited), |slack| slack.get("U1")).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(30)));
    // With status 200 it is the word that says it.
    let limited = reads("users.info").query("user", "U1").answers(200, refusal("ratelimited")).answer_header("retry-after", "7");
    let error = call(web(), Script::new().then(limited), |slack| slack.get("U1")).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(7)));
}

#[test]
fn an_answer_that_is_not_of_the_web_api_is_malformed() {
    let page = || testing::text(200, "text/html", "<html>sign in</html>");
    for answer in [page(), testing::json(200, &json!({ "user": {} })), testing::json(200, &json!({ "ok": "yes" }))] {
        let script = Script::new().then(reads("users.info").query("user", "U1").answers_with(Ok(answer)));
        let error = call(web(), script, |slack| slack.get("U1")).unwrap_err();
        assert_eq!(error.code, ErrorCode::MalformedResponse, "{}", error.message);
    }
    // After a write nobody knows what such an answer means.
    let script = Script::new().then(writes("admin.users.session.reset", "user_id=U1").answers_with(Ok(page())));
    let error = call(grid(), script, |slack| slack.revoke_all("U1", intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::OutcomeUnknown);
}

#[test]
fn a_write_without_an_answer_has_an_unknown_outcome() {
    let lost = Err(testing::failure(HttpErrorCode::Timeout, true));
    let script = Script::new().then(writes("admin.users.session.reset", "user_id=U1").answers_with(lost));
    let error = call(grid(), script, |slack| slack.revoke_all("U1", intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::OutcomeUnknown);
}

#[test]
fn warnings_are_logged() {
    let answer = json!({ "ok": true, "user": member("U1", "ada"), "response_metadata": { "warnings": ["odd_thing"] } });
    let script = Script::new().then(reads("users.info").query("user", "U1").answers(200, answer));
    let (account, log) = testing::run_with_log(web(), script, || Slack::open()?.get("U1"));
    assert_eq!(account.unwrap().id, "U1");
    assert_eq!(log.len(), 1);
    assert_eq!(log[0].1, "Slack warns: odd_thing method=users.info");
}

#[test]
fn invitations_of_an_organisation_need_a_workspace() {
    let error = call(json!({ "profile": "web", "enterprise": true }), Script::new(), |slack| slack.get("U1")).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "team"));
}
