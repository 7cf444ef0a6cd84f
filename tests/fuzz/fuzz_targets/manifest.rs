//! `connector.toml`: any text. What is wrong is told with its place, and what is right can be filled with settings that mean harm.

#![no_main]

use innkeeper_bundle::{Manifest, Template};
use innkeeper_fuzz::place;
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|text: &str| {
    let manifest = match Manifest::parse(text) {
        Ok(manifest) => manifest,
        Err(error) => return place::check(text, error.line, error.column, &error.message),
    };
    // The last line of a seed, a comment, is the value of every setting.
    let value = text.lines().next_back().and_then(|line| line.strip_prefix("# ")).unwrap_or("acme");
    let templates = manifest.hosts.iter().map(|host| &host.url).chain([&manifest.base_url]);
    for template in templates {
        let given: Map<String, Value> = template.settings().map(|name| (name.to_owned(), value.into())).collect();
        check(template, &manifest.settings(&Value::Object(given)));
        check(template, &manifest.settings(&Value::Object(Map::new())));
    }
});

/// Whatever the settings are, the URL is one that may be asked for, on a host of the domain that is written out.
fn check(template: &Template, settings: &Value) {
    let Ok(url) = template.fill(settings) else { return };
    let loopback = matches!(url.host_str(), Some(host) if host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || host.starts_with("127."));
    assert!(url.scheme() == "https" || (url.scheme() == "http" && loopback), "{template} became {url}");
    assert!(url.username().is_empty() && url.password().is_none(), "{template} became {url}");
    assert!(url.query().is_none() && url.fragment().is_none(), "{template} became {url}");
    let Some((_, rest)) = template.as_str().split_once("://") else { return };
    let authority = rest.split('/').next().unwrap_or_default();
    let Some((_, domain)) = authority.rsplit_once('}') else { return };
    let domain = domain.split(':').next().unwrap_or_default().to_ascii_lowercase();
    if domain.is_ascii() {
        assert!(url.host_str().is_some_and(|host| host.ends_with(&domain)), "{template} became {url}");
    }
}
