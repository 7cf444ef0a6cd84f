use super::*;
use innkeeper_fakes::github::LimitStatus;

/// The error of reading one invitation page that is answered so.
fn error_of(status: u16, body: &Json, headers: &[(&str, &str)]) -> Error {
    let mut answer = testing::json(status, body);
    answer
        .headers
        .extend(headers.iter().map(|(name, value)| testing::Field { name: (*name).to_owned(), value: (*value).to_owned() }));
    let transport = move |_: &testing::Request| Ok(answer.clone());
    call(transport, |github| Accounts::list(github, None)).unwrap_err()
}

#[test]
fn what_goes_wrong_reads_well() {
    let forbidden = json!({ "message": "Must have admin rights to Repository.", "documentation_url": "" });
    let hidden = json!({ "message": "Not Found", "documentation_url": "" });
    let errors = [
        (
            "a classic token without the scope",
            error_of(404, &hidden, &[("x-oauth-scopes", "repo, user"), ("x-accepted-oauth-scopes", "admin:org, read:org")]),
        ),
        (
            "a classic token without any scope",
            error_of(403, &forbidden, &[("x-oauth-scopes", ""), ("x-accepted-oauth-scopes", "admin:org")]),
        ),
        (
            "a classic token with the scope",
            error_of(404, &hidden, &[("x-oauth-scopes", "read:org"), ("x-accepted-oauth-scopes", "admin:org, read:org")]),
        ),
        ("a fine-grained token", error_of(403, &forbidden, &[("x-accepted-github-permissions", "members=read")])),
        (
            "a token that is not authorised for single sign-on",
            error_of(403, &forbidden, &[("x-github-sso", "required; url=https://github.com/orgs/acme/sso")]),
        ),
        ("a bad token", error_of(401, &json!({ "message": "Bad credentials" }), &[])),
        (
            "errors as texts",
            error_of(422, &json!({ "message": "Validation Failed", "errors": ["role is not included in the list"] }), &[]),
        ),
        (
            "an error with a code alone",
            error_of(
                422,
                &json!({ "message": "Validation Failed", "errors": [{ "resource": "X", "field": "role", "code": "missing_field" }] }),
                &[],
            ),
        ),
        ("a web page", error_of(502, &json!("<html>Unicorn!</html>"), &[])),
    ];
    let text: String = errors
        .iter()
        .map(|(what, error)| {
            let fields: String = error.fields.iter().map(|field| format!(" [{}: {}]", field.name, field.message)).collect();
            format!("{what}\n  {:?}: {}{fields}\n", error.code, error.message)
        })
        .collect();
    insta::assert_snapshot!(text);
}

#[test]
fn a_secondary_limit_without_a_word_on_when_is_waited_out_for_a_minute() {
    for status in [403, 429] {
        let message =
            json!({ "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." });
        let error = error_of(status, &message, &[("x-ratelimit-remaining", "4000")]);
        assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(60)), "{status}");
        let error = error_of(status, &message, &[("retry-after", "17")]);
        assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(17)), "{status}");
    }
}

#[test]
fn the_fakes_limits_are_rate_limits_in_either_status() {
    for limit_status in [LimitStatus::Forbidden, LimitStatus::TooManyRequests] {
        let fake = fake(FakeQuirks { requests_per_hour: 1, limit_status, ..FakeQuirks::default() });
        let page = call(fake.clone(), |github| Accounts::list(github, None)).unwrap();
        let error = call(fake, |github| Accounts::list(github, page.next)).unwrap_err();
        assert_eq!(error.code, ErrorCode::RateLimited);
    }
}

#[test]
fn what_the_host_calls_a_rate_limit_is_one_and_no_missing_feature() {
    let transport = |_: &testing::Request| {
        Ok(testing::Response { rate_limited: Some(120), ..testing::json(403, &json!({ "message": "Forbidden" })) })
    };
    let cursor = Some(json!({ "stage": "Rest", "next": null }).to_string());
    let error = call(transport, |github| Entitlements::list(github, cursor)).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(120)));
}

#[test]
fn an_error_inside_a_graphql_answer_of_200_is_an_error() {
    let cursor = || Some(json!({ "stage": "Members", "next": null }).to_string());
    let ask = |answer: Json| {
        let transport = move |_: &testing::Request| Ok(testing::json(200, &answer));
        call_with(json!({ "identity": "verified-domain-email" }), transport, |github| Accounts::list(github, cursor()))
            .unwrap_err()
    };
    let half = json!({ "organization": { "membersWithRole": { "pageInfo": { "hasNextPage": false, "endCursor": null }, "edges": [] } } });
    for (kind, code) in [
        ("FORBIDDEN", ErrorCode::PermissionDenied),
        ("INSUFFICIENT_SCOPES", ErrorCode::PermissionDenied),
        ("NOT_FOUND", ErrorCode::NotFound),
        ("RATE_LIMITED", ErrorCode::RateLimited),
        ("SERVICE_UNAVAILABLE", ErrorCode::Unavailable),
    ] {
        let error = ask(json!({ "data": half, "errors": [{ "type": kind, "message": "no", "path": ["organization"] }] }));
        assert_eq!((error.code, error.message.as_str()), (code, "no"), "{kind}");
    }
    assert_eq!(
        ask(json!({ "errors": [{ "message": "Something went wrong while executing your query." }] })).code,
        ErrorCode::Unavailable
    );
    assert_eq!(ask(json!({ "data": { "organization": null } })).code, ErrorCode::NotFound);
    for broken in [json!({}), json!({ "data": { "organization": { "membersWithRole": {} } } })] {
        assert_eq!(ask(broken).code, ErrorCode::MalformedResponse);
    }
}

#[test]
fn a_search_by_post_changes_nothing() {
    let transport = |_: &testing::Request| Err(testing::failure(http::HttpErrorCode::Timeout, true));
    let cursor = Some(json!({ "stage": "Members", "next": null }).to_string());
    let error = call_with(json!({ "identity": "verified-domain-email" }), transport, |github| Accounts::list(github, cursor))
        .unwrap_err();
    assert_eq!(error.code, ErrorCode::Unavailable);
}

#[test]
fn a_write_without_an_answer_has_an_unknown_outcome() {
    let transport = |_: &testing::Request| Err(testing::failure(http::HttpErrorCode::Timeout, true));
    let error = call(transport, |github| github.create(draft("ada@acme.example"), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::OutcomeUnknown);
}
