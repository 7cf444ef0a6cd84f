use super::*;
use crate::manifest::tests::GOOD;
use crate::{Feature, Manifest};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What the schema says of a manifest.
fn complaints(text: &str) -> Vec<String> {
    let instance: Value = toml::from_str(text).expect("TOML");
    let validator = jsonschema::validator_for(&json_schema()).expect("a schema");
    validator.iter_errors(&instance).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// With `INNKEEPER_UPDATE=1` the file is written instead.
#[test]
fn the_schema_in_the_documentation_is_that_of_the_types() {
    let path = root().join("docs/connector.schema.json");
    let now = format!("{:#}\n", json_schema());
    if std::env::var_os("INNKEEPER_UPDATE").is_some_and(|value| value == "1") {
        fs::write(&path, &now).expect("written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == now,
        "docs/connector.schema.json is not what the types give: INNKEEPER_UPDATE=1 cargo test -p innkeeper-bundle schema writes it"
    );
}

#[test]
fn every_connector_of_the_house_agrees_with_schema_and_parser() {
    let mut seen = 0;
    for entry in fs::read_dir(root().join("plugins")).expect("plugins") {
        let path = entry.expect("an entry").path().join("connector.toml");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(complaints(&text), Vec::<String>::new(), "{}", path.display());
        Manifest::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let first = text.lines().next();
        assert_eq!(first, Some("#:schema ../../docs/connector.schema.json"), "{}", path.display());
        seen += 1;
    }
    assert!(seen >= 5, "only {seen} connectors");
}

const PAGE: &str = include_str!("../../../../../docs/manifest.md");

#[test]
fn the_example_of_the_documentation_agrees_with_schema_and_parser() {
    let (_, rest) = PAGE.split_once("```toml\n").expect("an example");
    let (example, _) = rest.split_once("```").expect("its end");
    assert_eq!(complaints(example), Vec::<String>::new());
    let manifest = Manifest::parse(example).expect("good");
    // It shows everything that there is.
    assert!(!manifest.requires.is_empty() && !manifest.entitlements.is_empty() && !manifest.credentials.is_empty());
    let rate = manifest.rate.expect("there is a rate");
    assert!(rate.budget.is_some() && !rate.budgets.is_empty() && !rate.signals.is_empty() && !rate.exhausted.is_empty());
}

#[test]
fn the_documentation_names_every_field_and_every_word() {
    for feature in Feature::ALL {
        assert!(PAGE.contains(&format!("| `{feature}` |")), "{feature} is not in the page");
    }
    let schema = json_schema();
    let definitions = schema["definitions"].as_object().expect("definitions");
    for of in definitions.values().chain([&schema]) {
        for name in of["properties"].as_object().into_iter().flatten().map(|(name, _)| name) {
            let shown = [format!("`{name}`"), format!("[{name}]"), format!("[{name}.")];
            assert!(shown.iter().any(|shown| PAGE.contains(shown)), "{name} is not in the page");
        }
    }
}

#[test]
fn what_the_schema_refuses_the_parser_refuses_too() {
    assert_eq!(complaints(GOOD), Vec::<String>::new());
    let mut messages = Vec::new();
    for (old, new) in [
        ("licence = ", "license = "),
        ("manifest = 1", "manifest = 2"),
        ("manifest = 1", "manifest = 1\nrequires = [\"streaming-bodies\"]"),
        ("name = \"scim\"", "name = \"Scim\""),
        ("version = \"0.1.0\"", "version = 1"),
        ("version = \"0.1.0\"", "version = \"1\""),
        ("version = \"0.1.0\"\n", ""),
        ("\"innkeeper\"", "\"The Innkeeper\""),
        ("\"connector.wasm\"", "\"../connector.wasm\""),
        ("base-url = \"{base-url}\"", "base-url = \"ftp://example.com\""),
        ("base-url = \"{base-url}\"", "base-url = \"{base-url}?a=b\""),
        ("\"GET\", ", "\"get\", "),
        ("[\"GET\", \"POST\", \"PUT\", \"PATCH\", \"DELETE\"]", "[]"),
        ("[[hosts]]", "[[hosts]]\nport = 8443"),
        ("\"bearer\"", "\"digest\""),
        ("[\"bearer\", \"basic\", \"header\"]", "[]"),
        ("[credentials.default]", "[credentials.default]\nscopes = [{ scope = \"a\", for = [] }]"),
        ("[credentials.default]", "[credentials.default]\nscopes = [{ scope = \"a b\", for = [\"accounts\"] }]"),
        ("burst = 20", "burst = 0"),
        ("requests-per-second = 10", "requests-per-second = 0"),
        ("burst = 20", "budgets = [{ url = \"{base-url}\", methods = [\"GET\"] }]"),
        ("burst = 20", "signals = [{ status = [] }]"),
        ("burst = 20", "signals = [{ status = [429], when = { header = \"x\", json = \"/y\" } }]"),
        ("burst = 20", "signals = [{ status = [429], wait = [{ as = \"seconds\" }] }]"),
        ("burst = 20", "signals = [{ status = [429], wait = [{ header = \"x\", as = \"hours\" }] }]"),
        ("burst = 20", "signals = [{ status = [429], otherwise = 0 }]"),
        ("burst = 20", "exhausted = [{ when = { header = \"x\" }, wait = [] }]"),
        ("memory-mb = 64", "memory-mb = 0"),
        ("memory-mb = 64", "memory-mb = \"64\""),
        ("memory-mb = 64", "memory = 64"),
        ("[limits]", "[entitlements]\n\"a/b\" = \"x\"\n[limits]"),
        ("[limits]", "[entitlements]\ngroup = \"\"\n[limits]"),
        ("[limits]", "[entitlements.group]\nname = \"x\"\n[limits]"),
        ("type = \"object\"", "type = \"array\""),
        ("type = \"string\"\n", "type = \"string\"\nwriteOnly = true\n"),
    ] {
        assert!(GOOD.contains(old), "{old}");
        let text = GOOD.replacen(old, new, 1);
        assert!(Manifest::parse(&text).is_err(), "the parser takes {new}");
        let complaints = complaints(&text);
        assert!(!complaints.is_empty(), "the schema takes {new}");
        messages.push(complaints.join(" | "));
    }
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn an_editor_has_a_word_for_every_field() {
    let schema = json_schema();
    for (name, property) in schema["properties"].as_object().expect("properties") {
        assert!(property["description"].as_str().is_some_and(|text| !text.is_empty()), "{name} has no description");
    }
    let text = schema.to_string();
    assert!(!text.contains("\"null\"") && !text.contains("Spanned"), "{text}");
}
