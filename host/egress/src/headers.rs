//! Step 2: headers that a connector may not set.

use crate::EgressError;
use http::header::{HeaderMap, HeaderName, HeaderValue};

/// Headers that belong to the connection: they decide where one message ends and the next begins, and to whom it goes (RFC 9110,
/// section 7.6.1; RFC 9112).
const CONNECTION: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers that say who is calling; the host's to set.
const IDENTITY: &[&str] = &["authorization", "cookie", "cookie2", "set-cookie"];

/// Headers by which servers and proxies believe that a request came from elsewhere, or is another one than it is: a method or a path
/// in a header would pass the allow-list by.
const DISGUISE: &[&str] = &[
    "cf-connecting-ip",
    "client-ip",
    "fastly-client-ip",
    "forwarded",
    "forwarded-for",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-envoy-external-address",
    "x-envoy-original-path",
    "x-forward-for",
    "x-forwarded",
    "x-host",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-host",
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-originating-ip",
    "x-override-url",
    "x-real-ip",
    "x-remote-addr",
    "x-remote-ip",
    "x-rewrite-url",
];

const DISGUISE_PREFIXES: &[&str] = &["proxy-", "x-forwarded-"];

/// All header fields of one request together.
const LARGEST: usize = 32 * 1024;

/// Whether the header belongs to the connection, so that not even a credential may use it.
pub(crate) fn belongs_to_connection(name: &HeaderName) -> bool {
    CONNECTION.contains(&name.as_str())
}

/// The fields as headers, or why one of them is refused. `credentials` are the headers that the app's credentials use.
pub(crate) fn check(fields: &[(String, String)], credentials: &[HeaderName]) -> Result<HeaderMap, EgressError> {
    let mut headers = HeaderMap::with_capacity(fields.len());
    let mut size = 0;
    for (name, value) in fields {
        let refuse = |reason| EgressError::Header { name: crate::target::shown(name), reason };
        size += name.len() + value.len();
        if size > LARGEST {
            return Err(refuse("all headers together have more than 32 KiB"));
        }
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refuse("that is not a header name"))?;
        if let Some(reason) = reserved(&header, credentials) {
            return Err(refuse(reason));
        }
        if !value.is_ascii() {
            // Servers take it for Latin-1, for UTF-8, or for the low bytes of something wider, in which a line break can hide.
            return Err(refuse("its value has a letter beyond ASCII: encode it as the system wants it (RFC 8187)"));
        }
        let value =
            HeaderValue::from_bytes(value.as_bytes()).map_err(|_| refuse("its value has a line break or a control character"))?;
        headers.append(header, value);
    }
    Ok(headers)
}

fn reserved(header: &HeaderName, credentials: &[HeaderName]) -> Option<&'static str> {
    let name = header.as_str();
    // Servers that hand headers to programs as variables take `_` for `-`.
    let name = name.replace('_', "-");
    let listed = |list: &[&str]| list.contains(&name.as_str());
    if listed(IDENTITY) || credentials.iter().any(|credential| credential.as_str().replace('_', "-") == name) {
        return Some("credentials are put in by the host: name a credential slot in the request instead");
    }
    if listed(CONNECTION) {
        return Some("it belongs to the connection, which is the host's");
    }
    if listed(DISGUISE) || DISGUISE_PREFIXES.iter().any(|prefix| name.starts_with(prefix)) {
        return Some("it would make the request pass for another one");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_one(name: &str, value: &str) -> Result<HeaderMap, String> {
        let key = HeaderName::from_static("x-api-key");
        check(&[(name.into(), value.into())], &[key]).map_err(|error| error.to_string())
    }

    #[test]
    fn ordinary_headers_pass_and_may_repeat() {
        let fields =
            [("Accept", "application/scim+json"), ("If-Match", "W/\"1\""), ("X-Two", "a"), ("x-two", "b"), ("X-Tab", "a\tb")];
        let headers = check(&fields.map(|(name, value)| (name.into(), value.into())), &[]).expect("ordinary");
        assert_eq!(headers.get_all("x-two").iter().count(), 2);
        assert_eq!(headers["accept"], "application/scim+json");
    }

    #[test]
    fn reserved_headers_are_refused_in_any_case_and_spelling() {
        for name in CONNECTION.iter().chain(IDENTITY).chain(DISGUISE) {
            assert!(check_one(name, "x").is_err(), "{name}");
            assert!(check_one(&name.to_uppercase(), "x").is_err(), "{name}");
            assert!(check_one(&name.replace('-', "_"), "x").is_err(), "{name}");
        }
        for name in
            ["Proxy-Authorization", "Proxy-Anything", "X-Forwarded-Host", "X-Forwarded-For", "X_Forwarded_For", "X-Api-Key"]
        {
            assert!(check_one(name, "x").is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_no_header_is_refused() {
        for (name, value) in
            [("", "x"), ("a b", "x"), ("a:", "x"), ("a\r\nb", "x"), (":path", "/"), ("a", "x\r\nHost: y"), ("a", "\0")]
        {
            assert!(check_one(name, value).is_err(), "{name:?}: {value:?}");
        }
        assert!(check_one("a", &"x".repeat(LARGEST)).is_err());
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        insta::assert_snapshot!(check_one("Authorization", "Bearer x").expect_err("reserved"), @"the header `Authorization` cannot be sent: credentials are put in by the host: name a credential slot in the request instead. No grant can allow it");
        insta::assert_snapshot!(check_one("X-Http-Method-Override", "DELETE").expect_err("reserved"), @"the header `X-Http-Method-Override` cannot be sent: it would make the request pass for another one. No grant can allow it");
    }
}
