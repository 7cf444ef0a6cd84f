use super::*;
use proptest::prelude::*;

fn base() -> Url {
    "https://api.example.com/scim/v2".parse().expect("a URL")
}

fn ask(target: &str) -> Result<String, &'static str> {
    parse(&base(), target).map(|url| url.to_string())
}

#[test]
fn paths_are_joined_below_the_base() {
    for (base, target, wanted) in [
        ("https://api.example.com/scim/v2", "/Users", "https://api.example.com/scim/v2/Users"),
        ("https://api.example.com/scim/v2/", "/Users", "https://api.example.com/scim/v2/Users"),
        ("https://api.example.com", "/Users", "https://api.example.com/Users"),
        ("https://api.example.com:8443/a", "/", "https://api.example.com:8443/a/"),
        ("https://api.example.com/a", "/b?c=d/../e&f=%2F", "https://api.example.com/a/b?c=d/../e&f=%2F"),
        ("https://api.example.com/a", "/@evil.example", "https://api.example.com/a/@evil.example"),
        ("https://api.example.com", "/:80@evil.example", "https://api.example.com/:80@evil.example"),
        ("https://api.example.com/a", "/...", "https://api.example.com/a/..."),
        ("https://api.example.com/a", "/b;v=1/c", "https://api.example.com/a/b;v=1/c"),
        ("https://api.example.com/a", "/100%25", "https://api.example.com/a/100%25"),
        ("https://api.example.com/a", "/\u{e4}", "https://api.example.com/a/%C3%A4"),
        ("http://127.0.0.1:8080/a", "/b", "http://127.0.0.1:8080/a/b"),
    ] {
        let url = parse(&base.parse().expect("a URL"), target).map(|url| url.to_string());
        assert_eq!(url.as_deref(), Ok(wanted), "{base} and {target}");
    }
}

#[test]
fn absolute_urls_are_taken_as_they_are() {
    for target in
        ["https://other.example.com/", "https://other.example.com:8443/x?y=z", "http://localhost:8080/", "http://[::1]/x"]
    {
        assert_eq!(ask(target).as_deref(), Ok(target));
    }
    assert_eq!(ask("https://OTHER.example.com").as_deref(), Ok("https://other.example.com/"));
}

#[test]
fn what_servers_read_differently_is_refused() {
    for target in [
        // Nothing, and what is neither.
        "",
        "Users",
        "./Users",
        "?x=1",
        "api.example.com/x",
        "https:/x",
        "https:x",
        "mailto:a@b",
        // Other schemes.
        "http://other.example.com/",
        "ftp://x.example/",
        "file:///etc/passwd",
        "javascript://x/%0a",
        "HTTP://other.example/",
        "http://localhost.evil.example/",
        "http://127.0.0.1.evil.example/",
        // Another host in disguise.
        "//evil.example/x",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://api.example.com\\@evil.example/",
        "https:\\\\evil.example",
        "/\t/evil.example",
        "https://u@evil.example/",
        "https://u:p@evil.example/",
        "https://@evil.example/",
        "https://ex%61mple.com/",
        "https://a%2f.example/",
        "https://",
        // Out of the base.
        "/..",
        "/../x",
        "/a/../../x",
        "/./x",
        "/a/.",
        "/%2e%2e/x",
        "/.%2E/x",
        "/%2e",
        "/a/..;/x",
        "/..;x=1/x",
        "/..%3b/x",
        "/%252e%252e/x",
        "/%25252e./x",
        "/a\\..\\x",
        // Separators in disguise.
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/a%252fb",
        "/a%25252Fb",
        "/a//b",
        "/a/b//",
        // What ends a line or a text.
        "/a\nb",
        "/a\r\nHost: x",
        "/a\0b",
        "/a%00b",
        "/a%0d%0ab",
        "/a%250ab",
        "/a b",
        "/a\u{7f}",
        "/a\u{85}",
        // Half an encoding, and fragments.
        "/a%",
        "/a%2",
        "/a%zz",
        "/a%+1",
        "/a#b",
        "https://other.example.com/#x",
    ] {
        assert!(ask(target).is_err(), "{target:?} became {:?}", ask(target));
    }
    assert!(ask(&format!("/{}", "x".repeat(LONGEST))).is_err());
}

#[test]
fn the_query_is_encoded_and_appended() {
    let pairs = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect::<Vec<_>>();
    let ask = |target, query: &[(&str, &str)]| url(&base(), target, &pairs(query)).map(|url| url.query().map(str::to_owned));
    let query = [("filter", "userName eq \"a+b@c.de\""), ("count", "1"), ("x&y", "#=?/")];
    let wanted = "filter=userName%20eq%20%22a%2Bb%40c.de%22&count=1&x%26y=%23%3D%3F%2F";
    assert_eq!(ask("/Users", &query).expect("good").as_deref(), Some(wanted));
    assert_eq!(ask("/Users?a=b", &[("c", "d")]).expect("good").as_deref(), Some("a=b&c=d"));
    assert_eq!(ask("/Users?a=b", &[]).expect("good").as_deref(), Some("a=b"));
    assert_eq!(ask("/Users", &[]).expect("good"), None);
    assert!(ask("/Users", &[("x", &"y".repeat(LONGEST))]).is_err());
}

#[test]
fn messages_show_neither_queries_nor_line_breaks() {
    assert_eq!(shown("/a?token=secret"), "/a");
    assert_eq!(shown("/a\nb"), "/a\\nb");
    let url: Url = "https://a.example/b?token=secret&x=1&flag".parse().expect("a URL");
    assert_eq!(redacted(&url), "https://a.example/b?token&x&flag");
    assert_eq!(without_query(&url), "https://a.example/b");
    let error = super::url(&base(), "//evil.example?token=secret", &[]).expect_err("refused").to_string();
    assert_eq!(error, "`//evil.example` cannot be requested: it has an empty path segment (`//`). No grant can allow it");
}

/// What a hostile connector would try: pieces that mean something, put together at random.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "/",
        "//",
        "\\",
        "..",
        ".",
        "%2e",
        "%2E%2e",
        "%252e",
        "%2f",
        "%5c",
        ";",
        "@",
        ":",
        "?",
        "#",
        "%",
        "%00",
        "\t",
        " ",
        "a",
        "Users",
        "https://",
        "http://",
        "evil.example",
        "api.example.com",
        "127.0.0.1",
        "[::1]",
        "\u{e4}",
        "\u{2024}",
        "\u{ff0f}",
        "\u{3002}",
        "%c0%af",
    ]);
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// Decodes everything, as often as it takes, as the most eager of servers would.
fn eager(path: &str) -> String {
    let mut bytes = path.as_bytes().to_vec();
    while let Some(decoded) = decode(&bytes).filter(|decoded| *decoded != bytes) {
        bytes = decoded;
    }
    String::from_utf8_lossy(&bytes).replace('\\', "/")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn a_path_never_escapes_the_base(rest in prop_oneof![hostile(), "\\PC{0,20}"]) {
        if let Ok(url) = parse(&base(), &format!("/{rest}")) {
            prop_assert!(same_origin(&base(), &url), "{}", url);
            prop_assert!(url.path().starts_with("/scim/v2/"), "{}", url);
            for segment in eager(url.path()).split('/') {
                prop_assert!(!matches!(segment.split(';').next(), Some("." | "..")), "{}", url);
            }
        }
    }

    #[test]
    fn a_target_never_escapes_the_allow_list(target in prop_oneof![hostile(), "\\PC{0,30}"]) {
        let rule = crate::HostRule::new(base(), vec![crate::Method::Get]).expect("a rule");
        if let Some(url) = parse(&base(), &target).ok().filter(|url| rule.covers(crate::Method::Get, url)) {
            prop_assert_eq!(url.host_str(), Some("api.example.com"));
            prop_assert_eq!((url.scheme(), url.port(), url.username()), ("https", None, ""));
            let path = eager(url.path());
            prop_assert!(path == "/scim/v2" || path.starts_with("/scim/v2/"), "{}", url);
            // Resolving it once more, as a server would, changes nothing.
            let again = base().join(&path.replace(['?', '#', '%'], "_")).expect("a URL");
            prop_assert!(again.path().starts_with("/scim/v2"), "{} became {}", url, again);
        }
    }

    #[test]
    fn a_pair_is_one_pair_whatever_is_in_it(name in "\\PC{1,10}", value in "\\PC{0,20}") {
        let query = vec![(name.clone(), value.clone()), ("last".to_owned(), "1".to_owned())];
        let url = url(&base(), "/Users", &query).expect("good");
        let back: Vec<_> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(back, query);
    }

    #[test]
    fn any_text_is_survived(target in any::<String>()) {
        let _ = parse(&base(), &target);
        let _ = shown(&target);
    }
}
