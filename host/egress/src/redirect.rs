//! Step 8: where a system sends a request on to.
//!
//! A redirect within the same origin is followed for requests that only read. Every other one is an error that says where it led: a
//! credential never goes to a host because another host said so, and a write is never sent twice.

use crate::target::{check_parsed, check_path, without_query};
use crate::transport::place;
use crate::{EgressError, Method, Policy};
use http::header::{HeaderMap, LOCATION};
use innkeeper_secrets::Redactor;
use url::Url;

/// How many are followed for one request.
const MOST: usize = 3;

/// The URL to go on to; none where the response is not a redirect. `followed` counts those before this one. A place that repeats the
/// credential is not gone to: URLs are written down by everybody whom they pass. What is said of it is for the caller to redact.
pub(crate) fn next(
    policy: &Policy,
    method: Method,
    url: &Url,
    status: u16,
    headers: &HeaderMap,
    followed: usize,
    redactor: Option<&Redactor>,
) -> Result<Option<Url>, EgressError> {
    // 300 and 304 name no place that a client should go to by itself (RFC 9110, section 15.4).
    let Some(location) = headers.get(LOCATION).filter(|_| matches!(status, 301 | 302 | 303 | 307 | 308)) else {
        return Ok(None);
    };
    let refusal = |to: &str, reason: String| EgressError::Redirect { host: place(url), status, to: to.to_owned(), reason };
    let Some(mut to) = location.to_str().ok().and_then(|location| url.join(location).ok()) else {
        return Err(refusal("a place that is no URL", "it cannot be read".to_owned()));
    };
    to.set_fragment(None);
    // User info could be a credential.
    let mut shown = to.clone();
    let _ = (shown.set_username(""), shown.set_password(None));
    let refuse = |reason: &str| Err(refusal(&without_query(&shown), format!("{reason}. No grant can allow it")));
    if !crate::rule::same_origin(url, &to) {
        return refuse("it is another host, port or scheme");
    }
    if !matches!(method, Method::Get | Method::Head) {
        return refuse("only GET and HEAD are sent again");
    }
    if redactor.is_some_and(|redactor| redactor.finds(location.as_bytes()) || redactor.finds(to.as_str().as_bytes())) {
        return refuse("it repeats the credential");
    }
    if followed >= MOST {
        return refuse("it is the fourth in a row");
    }
    if let Err(reason) = check_parsed(&to).and_then(|()| check_path(to.path())) {
        return refuse(reason);
    }
    match policy.allow(method, &to) {
        Ok(()) => Ok(Some(to)),
        Err(error) => Err(refusal(&without_query(&shown), error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HostRule;
    use http::HeaderValue;

    fn go(method: Method, status: u16, location: &'static str, followed: usize) -> Result<Option<String>, String> {
        let url: Url = "https://a.example/api/users?page=1".parse().expect("a URL");
        let rule =
            HostRule::new("https://a.example/api".parse().expect("a URL"), vec![Method::Get, Method::Post]).expect("a rule");
        let policy = Policy::granting("crm", "https://a.example/api".parse().expect("a URL"), vec![rule]);
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(location))]);
        next(&policy, method, &url, status, &headers, followed, None)
            .map(|to| to.map(|to| to.to_string()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn reads_are_followed_within_the_origin_and_the_grant() {
        for (location, wanted) in [
            ("/api/people", "https://a.example/api/people"),
            ("people?x=1#top", "https://a.example/api/people?x=1"),
            ("https://A.example:443/api/x", "https://a.example/api/x"),
            ("//a.example/api/x", "https://a.example/api/x"),
        ] {
            assert_eq!(go(Method::Get, 302, location, 0), Ok(Some(wanted.to_owned())), "{location}");
        }
    }

    #[test]
    fn everything_else_says_where_it_led() {
        let refusals = [
            go(Method::Get, 302, "https://evil.example/x?token=1", 0),
            go(Method::Get, 302, "//evil.example/x", 0),
            go(Method::Get, 302, "http://a.example/api/users", 0),
            go(Method::Get, 302, "https://a.example:8443/api/users", 0),
            go(Method::Get, 302, "https://a:b@a.example/api/users", 0),
            go(Method::Get, 302, "/admin", 0),
            go(Method::Get, 302, "../admin", 0),
            go(Method::Get, 302, "/api/x%2f..%2fadmin", 0),
            go(Method::Post, 307, "/api/people", 0),
            go(Method::Get, 301, "/api/people", 3),
            go(Method::Get, 301, "https://", 0),
        ];
        insta::assert_snapshot!(refusals.map(|refusal| refusal.expect_err("not followed")).join("\n"));
    }

    #[test]
    fn a_place_that_repeats_the_credential_is_not_gone_to() {
        let url: Url = "https://a.example/api".parse().expect("a URL");
        let rule = HostRule::new(url.clone(), vec![Method::Get]).expect("a rule");
        let policy = Policy::granting("crm", url.clone(), vec![rule]);
        let redactor = Redactor::new(["s3cr3t/t0ken"]);
        for location in ["/api/%733cr3t/t0ken", "/api/s3cr3t/t0ken", "/api?access=s3cr3t%2ft0ken", "/api/czNjcjN0L3Qwa2Vu"] {
            let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_static(location))]);
            assert!(next(&policy, Method::Get, &url, 302, &headers, 0, None).is_ok_and(|to| to.is_some()), "{location}");
            let error = next(&policy, Method::Get, &url, 302, &headers, 0, Some(&redactor)).expect_err(location);
            assert!(error.to_string().contains("it repeats the credential"), "{location}: {error}");
        }
    }

    #[test]
    fn other_statuses_are_answers() {
        for status in [200, 201, 300, 304, 404] {
            assert_eq!(go(Method::Get, status, "https://evil.example/", 0), Ok(None), "{status}");
        }
    }
}
