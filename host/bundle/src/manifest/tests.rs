use super::*;
use proptest::prelude::*;

pub(super) const GOOD: &str = r#"manifest = 1
name = "scim"
version = "0.1.0"
publisher = "innkeeper"
description = "Any SCIM 2.0 server (RFC 7643, 7644)"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "{base-url}"

[[hosts]]
url = "{base-url}"
methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]

[credentials.default]
schemes = ["bearer", "basic", "header"]
header = "X-Api-Key"
description = "The server's SCIM token"

[rate]
requests-per-second = 10
burst = 20

[limits]
memory-mb = 64

[configuration]
type = "object"
required = ["base-url"]
additionalProperties = false
[configuration.properties.base-url]
type = "string"
"#;

#[test]
fn a_good_manifest_is_read() {
    let manifest = Manifest::parse(GOOD).expect("good");
    assert_eq!(manifest.name.as_str(), "scim");
    assert_eq!(manifest.contract, Version::new(0, 1, 0));
    assert_eq!(manifest.base_url.as_str(), "{base-url}");
    assert_eq!(manifest.hosts[0].methods, [Method::Get, Method::Post, Method::Put, Method::Patch, Method::Delete]);
    assert_eq!(manifest.credentials["default"].schemes, [Scheme::Bearer, Scheme::Basic, Scheme::Header]);
    assert_eq!(manifest.rate.and_then(|rate| rate.budget), Some(rate::Budget { requests_per_second: 10.0, burst: 20 }));
    assert_eq!(manifest.limits.memory_mb, Some(64));
    assert_eq!(manifest.configuration["properties"]["base-url"]["type"], "string");
    assert_eq!(manifest.configuration["additionalProperties"], false);
}

#[test]
fn what_is_optional_can_be_left_out() {
    let start = GOOD.find("[credentials").expect("there");
    let end = GOOD.find("[configuration]").expect("there");
    let manifest = Manifest::parse(&format!("{}{}", &GOOD[..start], &GOOD[end..])).expect("good");
    assert!(manifest.credentials.is_empty());
    assert_eq!((manifest.rate, manifest.limits), (None, Limits::default()));
}

/// The good manifest with one text in place of another.
fn broken(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    Manifest::parse(&GOOD.replacen(old, new, 1)).expect_err(new).to_string()
}

#[test]
fn every_mistake_is_shown_where_it_is() {
    let messages = [
        broken("manifest = 1", "manifest = 2"),
        broken("name = \"scim\"", "name = \"../scim\""),
        broken("version = \"0.1.0\"", "version = \"one\""),
        broken("version = \"0.1.0\"", ""),
        broken("licence = ", "license = "),
        broken("publisher = \"innkeeper\"", "publisher = \"innkeeper"),
        broken("publisher = \"innkeeper\"", "publisher = \"Acme Inc.\""),
        broken("connector.wasm", "../connector.wasm"),
        broken("base-url = \"{base-url}\"", "base-url = \"http://example.com\""),
        broken("base-url = \"{base-url}\"", "base-url = \"https://other.example.com\""),
        broken("url = \"{base-url}\"\nmethods", "url = \"https://{site}.com\"\nmethods"),
        broken("url = \"{base-url}\"\nmethods", "url = \"https://{site}.example.com\"\nmethods"),
        broken("\"GET\", ", "\"get\", "),
        broken("[\"GET\", \"POST\", \"PUT\", \"PATCH\", \"DELETE\"]", "[]"),
        broken("\"bearer\"", "\"digest\""),
        broken("[\"bearer\", \"basic\", \"header\"]", "[\"bearer\"]"),
        broken("requests-per-second = 10", "requests-per-second = 0"),
        broken("memory-mb = 64", "memory = 64"),
        broken("type = \"object\"", "type = \"array\""),
        broken("required = [\"base-url\"]", "required = []"),
        broken("type = \"string\"", "type = \"number\""),
    ];
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_template_is_filled_with_what_is_required_or_has_a_default() {
    let by_default = GOOD.replace("required = [\"base-url\"]", "");
    assert!(Manifest::parse(&by_default).is_err());
    let manifest = Manifest::parse(&format!("{by_default}default = \"https://scim.example/v2\"\n")).expect("good");
    let filled = |given| manifest.base_url.fill(&manifest.settings(&given)).map(|url| url.to_string());
    assert_eq!(filled(serde_json::json!({})).as_deref(), Ok("https://scim.example/v2"));
    assert_eq!(filled(serde_json::json!({ "base-url": "https://other.example" })).as_deref(), Ok("https://other.example/"));
    let error = Manifest::parse(&format!("{by_default}default = \"scim.example\"\n")).expect_err("no URL").to_string();
    assert!(
        error.starts_with("connector.toml:9:12: with the defaults of [configuration], the setting `base-url` cannot"),
        "{error}"
    );
}

#[test]
fn columns_count_characters() {
    let message = Manifest::parse("publisher = \"\u{e4}\u{1f511}\" x").expect_err("broken").to_string();
    assert!(message.starts_with("connector.toml:1:18: "), "{message}");
}

proptest! {
    /// Whatever is put into a manifest, it is read or refused at a place that it has.
    #[test]
    fn a_mistake_has_a_place_in_the_file(at in 0..GOOD.len(), put in "\\PC{0,8}|[\\[\\]{}=\",.\n]{1,4}|writeOnly = true|requires = \\[\"x\"\\]") {
        let text = format!("{}{put}{}", &GOOD[..at], &GOOD[at..]);
        if let Err(error) = Manifest::parse(&text) {
            let line = text.split('\n').nth(error.line - 1);
            prop_assert!(line.is_some_and(|line| error.column <= line.chars().count() + 1), "{error}");
        }
    }
}
