use super::*;
use proptest::prelude::*;
use serde_json::json;

fn fill(template: &str, value: &str) -> Result<String, String> {
    let template: Template = template.parse().expect("a template");
    let name = template.settings().next().unwrap_or("none").to_owned();
    template.fill(&json!({ name: value })).map(|url| url.to_string()).map_err(|error| error.reason.to_owned())
}

#[test]
fn each_place_takes_its_kind_of_value() {
    for (template, value, wanted) in [
        ("https://api.github.com", "", "https://api.github.com/"),
        ("https://{site}.atlassian.net/wiki", "Acme-1", "https://acme-1.atlassian.net/wiki"),
        ("https://{region}.api.example.com:8443/v1", "eu", "https://eu.api.example.com:8443/v1"),
        ("https://api.example.com/{tenant}/scim", "acme_1.x", "https://api.example.com/acme_1.x/scim"),
        ("{base-url}", "https://scim.example/v2", "https://scim.example/v2"),
        ("{base-url}", "http://127.0.0.1:8080/scim", "http://127.0.0.1:8080/scim"),
        ("{base-url}", "http://localhost:8080", "http://localhost:8080/"),
        ("{base-url}", "http://[::1]:8080", "http://[::1]:8080/"),
        ("http://127.0.0.1:9000", "", "http://127.0.0.1:9000/"),
        ("{base-url}", "https://scim.example/v2/", "https://scim.example/v2/"),
        ("{base-url}/Users", "https://scim.example/v2", "https://scim.example/v2/Users"),
        ("{base-url}/Users", "https://scim.example/v2/", "https://scim.example/v2/Users"),
        ("{base-url}/a/b", "https://scim.example", "https://scim.example/a/b"),
    ] {
        assert_eq!(fill(template, value).as_deref(), Ok(wanted), "{template} with {value}");
    }
}

#[test]
fn a_label_is_one_label() {
    for value in [
        "",
        "a.b",
        "evil.example/",
        "evil.example#",
        "a/b",
        "a:1",
        "a@b",
        "-a",
        "a-",
        "a b",
        "\u{e4}",
        "%61",
        "{x}",
        &"x".repeat(64),
    ] {
        assert!(fill("https://{site}.atlassian.net", value).is_err(), "{value}");
    }
}

#[test]
fn a_segment_is_one_segment() {
    for value in ["", ".", "..", "a/b", "a%2fb", "a\\b", "a?b", "a#b", "a b", "a;b"] {
        assert!(fill("https://api.example.com/{tenant}", value).is_err(), "{value}");
    }
}

#[test]
fn a_whole_url_is_absolute_and_safe() {
    for value in [
        "",
        "scim.example",
        "/scim",
        "https://",
        "https:///scim",
        "https:scim.example",
        "ftp://scim.example",
        "http://scim.example",
        "https://u:p@scim.example",
        "https://scim.example?x",
        "https://scim.example#x",
        "https://scim.example/../x",
        "https://scim.example\\x",
        "https://scim.example/%2e%2e",
        " https://scim.example",
        "http://localhost.evil.example",
        "file:///etc/passwd",
        "https://{x}",
    ] {
        assert!(fill("{base-url}", value).is_err(), "{value}");
    }
}

#[test]
fn templates_that_could_become_any_host_are_refused() {
    for template in [
        "",
        "api.example.com",
        "ftp://x.example",
        "http://api.example.com",
        "https://{site}",
        "https://{site}.com",
        "https://x{site}.example.com",
        "https://{site}:8443",
        "https://a.{b}.com",
        "https://{}.example.com",
        "https://{a b}.example.com",
        "https://{site.example.com",
        "https://api.example.com/x{y}",
        "https://api.example.com/../x",
        "https://u@api.example.com",
        "https://api.example.com?x={y}",
        "{base-url}/../x",
        "{base-url}/%2e",
        "{base-url}?x",
        "{base-url}/x{y}",
        "{base-url}x/y",
        "{a}{b}",
        "{a}{b}/c",
        "{host}:8443/x",
        "{scheme}://api.example.com",
        "https://api.example.com/%2e",
    ] {
        assert!(template.parse::<Template>().is_err(), "{template}");
    }
}

#[test]
fn each_host_has_one_way_of_being_written() {
    for authority in [
        "",
        ":8443",
        "API.example.com",
        "api.example.com.",
        ".example.com",
        "api..example.com",
        "*.example.com",
        "-api.example.com",
        "b\u{fc}cher.example",
        "b%C3%BCcher.example",
        "a_b.example.com",
        "a,b.example.com",
        "api.example.com:",
        "api.example.com:0",
        "api.example.com:443",
        "api.example.com:08443",
        "api.example.com:65536",
        "api.example.com:+1",
        "api.example.com:{port}",
        "2130706433",
        "017700000001",
        "0x7f000001",
        "0x7f.1",
        "127.1",
        "0177.0.0.1",
        "127.0.0.01",
        "256.0.0.1",
        "1.2.3.4.5",
        "{a}.0.0.1",
        "{a}.{b}.0.1",
        "example.0x1",
        "::1",
        "[::1",
        "[0:0:0:0:0:0:0:1]",
        "[2001:DB8::1]",
        "[2001:db8::0001]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[fe80::1%25eth0]",
        "[v1.x]",
        "x[::1]",
        "[::1]x",
        "[{a}::1]",
    ] {
        let template = format!("https://{authority}/api");
        assert!(template.parse::<Template>().is_err(), "{template}");
    }
    for authority in [
        "api.example.com",
        "api.example.com:8443",
        "xn--bcher-kva.example",
        "localhost",
        "192.0.2.1",
        "192.0.2.1:8443",
        "1.example.com",
        "[2001:db8::1]",
        "[2001:db8::1]:8443",
        "{a}.{b}.example.com:8443",
    ] {
        let template = format!("https://{authority}/api");
        assert_eq!(template.parse::<Template>().map(|template| template.to_string()).as_deref(), Ok(template.as_str()));
    }
}

#[test]
fn a_path_is_written_as_it_is_sent() {
    for path in [
        "//a",
        "/a//b",
        "/a//",
        "//",
        "/\u{e4}",
        "/a\"b",
        "/a<b",
        "/a`b",
        "/%2e%2e/a",
        "/a%2fb",
        "/a\\b",
        "/a\tb",
        "/a;b/../c",
        "/a/.",
        "/{x}/..",
        "/x{y}",
    ] {
        for start in ["https://api.example.com", "{base-url}"] {
            assert!(format!("{start}{path}").parse::<Template>().is_err(), "{start}{path}");
        }
    }
    for path in ["/", "/a/", "/a:b/c,d", "/~a/.well-known"] {
        assert!(format!("https://api.example.com{path}").parse::<Template>().is_ok(), "{path}");
    }
}

#[test]
fn plain_http_is_for_loopback_only() {
    for host in ["api.example.com", "{site}.example.com", "10.0.0.1", "0.0.0.0", "localhost.example.com", "[2001:db8::1]"] {
        assert!(format!("http://{host}").parse::<Template>().is_err(), "{host}");
    }
    for host in ["localhost:8080", "api.localhost", "127.0.0.1", "127.8.8.8:1", "[::1]:8080"] {
        assert!(format!("http://{host}").parse::<Template>().is_ok(), "{host}");
    }
}

#[test]
fn missing_and_mistyped_settings_are_named() {
    let template: Template = "https://{site}.atlassian.net".parse().expect("a template");
    let error = template.fill(&json!({})).expect_err("missing");
    assert_eq!(error.to_string(), "the setting `site` cannot be used in `https://{site}.atlassian.net`: it is not set");
    assert_eq!(template.fill(&json!({ "site": 1 })).expect_err("a number").reason, "it is not text");
}

proptest! {
    /// What a template says is what a parser of URLs reads in it, whatever stands there.
    #[test]
    fn a_template_is_a_url_as_it_is_written(text in "https?://[a-z0-9.:{}\\[\\]x-]{0,14}(/[\\PC]{0,8})?|\\PC{0,20}") {
        if let Ok(template) = text.parse::<Template>() && template.settings().next().is_none() {
            let url: Url = text.parse().expect("a URL");
            prop_assert_eq!(url.as_str().trim_end_matches('/'), text.trim_end_matches('/'));
        }
    }

    #[test]
    fn no_value_leaves_its_place(value in "\\PC{0,30}|[a-z.:/@#?%{}\\\\-]{0,12}") {
        if let Ok(url) = fill("https://{site}.example.com/api", &value) {
            let url: Url = url.parse().expect("a URL");
            let host = format!("{}.example.com", value.to_lowercase());
            prop_assert_eq!(url.host_str(), Some(host.as_str()));
            prop_assert_eq!((url.path(), url.port(), url.scheme()), ("/api", None, "https"));
        }
        if let Ok(url) = fill("https://example.com/a/{tenant}/b", &value) {
            prop_assert_eq!(url, format!("https://example.com/a/{value}/b"));
        }
    }
}
