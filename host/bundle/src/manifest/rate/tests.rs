use super::*;
use crate::Manifest;
use serde_json::json;

const MANIFEST: &str = r#"manifest = 1
name = "demo"
version = "0.1.0"
publisher = "innkeeper"
description = "A demo"
licence = "Apache-2.0"
contract = "0.1.0"
component = "connector.wasm"
base-url = "{api-url}"

[[hosts]]
url = "{api-url}"
methods = ["GET", "POST"]

[configuration]
type = "object"
[configuration.properties.api-url]
type = "string"
default = "https://api.example.com"
"#;

fn parse(rate: &str) -> Result<Rate, String> {
    let manifest = Manifest::parse(&format!("{MANIFEST}{rate}")).map_err(|error| error.to_string())?;
    Ok(manifest.rate.expect("there is a rate"))
}

const WHOLE: &str = r#"
[rate]
requests-per-second = 10
burst = 100
[[rate.budgets]]
url = "{api-url}/Users"
methods = ["POST"]
requests-per-second = 3
[[rate.signals]]
status = [403, 429]
when = { header = "X-RateLimit-Remaining", equals = "0" }
wait = [{ header = "retry-after" }, { header = "x-ratelimit-reset", as = "epoch-seconds" }, { json = "/retry_after", as = "seconds" }]
otherwise = 60
[[rate.signals]]
status = [403]
when = { json = "/error/errors/0/reason", one-of = ["userRateLimitExceeded", "quotaExceeded"] }
[[rate.signals]]
status = [403]
when = { json = "/message", contains = "secondary rate limit" }
[[rate.signals]]
status = [503]
[[rate.exhausted]]
when = { header = "x-ratelimit-remaining", equals = "0" }
wait = [{ header = "x-ratelimit-reset", as = "epoch-milliseconds" }]
"#;

#[test]
fn every_part_is_read() {
    let rate = parse(WHOLE).expect("good");
    assert_eq!(rate.budget, Some(Budget { requests_per_second: 10.0, burst: 100 }));
    let writes = &rate.budgets[0];
    assert_eq!((writes.url.as_str(), &*writes.methods, writes.budget.burst), ("{api-url}/Users", &[Method::Post][..], 1));
    let header = |name: &str| Place::Header(name.to_owned());
    let first = &rate.signals[0];
    assert_eq!((&*first.status, first.otherwise), (&[403, 429][..], Some(60)));
    let remaining = Condition { place: header("x-ratelimit-remaining"), expected: Expectation::OneOf(vec!["0".to_owned()]) };
    assert_eq!(first.when, Some(remaining.clone()));
    let wait = |place, form| Wait { place, form };
    let waits = [
        wait(header("retry-after"), Form::RetryAfter),
        wait(header("x-ratelimit-reset"), Form::EpochSeconds),
        wait(Place::Json("/retry_after".to_owned()), Form::Seconds),
    ];
    assert_eq!(first.wait, waits);
    // Without a word on it, it is Retry-After that tells.
    assert_eq!((&*rate.signals[3].wait, &rate.signals[3].when, rate.signals[3].otherwise), (&waits[..1], &None, None));
    let expected = |index: usize| rate.signals[index].when.as_ref().map(|when| when.expected.clone());
    let reasons = ["userRateLimitExceeded", "quotaExceeded"].map(str::to_owned).to_vec();
    assert_eq!(expected(1), Some(Expectation::OneOf(reasons)));
    assert_eq!(expected(2), Some(Expectation::Contains("secondary rate limit".to_owned())));
    let reset = wait(header("x-ratelimit-reset"), Form::EpochMilliseconds);
    assert_eq!(rate.exhausted, [Exhausted { when: remaining, wait: vec![reset] }]);
}

#[test]
fn signals_need_no_budget() {
    let rate = parse("[[rate.signals]]\nstatus = [503]").expect("good");
    assert_eq!((rate.budget, rate.signals.len()), (None, 1));
}

#[test]
fn it_is_shown_as_it_is_written() {
    let rate = serde_json::to_value(parse(WHOLE).expect("good")).expect("plain values");
    assert_eq!((&rate["requests-per-second"], &rate["burst"]), (&json!(10.0), &json!(100)));
    assert_eq!(rate["budgets"][0]["requests-per-second"], json!(3.0));
    assert_eq!(rate["signals"][0]["when"], json!({ "header": "x-ratelimit-remaining", "equals": "0" }));
    assert_eq!(rate["signals"][2]["when"], json!({ "json": "/message", "contains": "secondary rate limit" }));
    assert_eq!(rate["exhausted"][0]["wait"], json!([{ "header": "x-ratelimit-reset", "as": "epoch-milliseconds" }]));
}

#[test]
fn it_is_said_in_plain_words() {
    insta::assert_snapshot!(parse(WHOLE).expect("good").to_string());
}

#[test]
fn every_mistake_is_shown_where_it_is() {
    let signal = |lines: &str| format!("\n[rate]\nrequests-per-second = 1\n\n[[rate.signals]]\n{lines}\n");
    let budget = |lines: &str| format!("\n[[rate.budgets]]\n{lines}\n");
    let mistakes = [
        "\n[rate]\nburst = 5\n".to_owned(),
        "\n[rate]\nrequests-per-second = -1\n".to_owned(),
        "\n[rate]\nrequests = 1\n".to_owned(),
        budget("url = \"{api-url}\"\nmethods = []\nrequests-per-second = 1"),
        budget("url = \"{api-url}\"\nmethods = [\"GET\"]\nrequests-per-second = 0"),
        budget("url = \"{api-url}\"\nmethods = [\"GET\"]"),
        budget("url = \"https://other.example.com\"\nmethods = [\"GET\"]\nrequests-per-second = 1"),
        budget("url = \"https://{site}.example.com\"\nmethods = [\"GET\"]\nrequests-per-second = 1"),
        signal("status = []"),
        signal("status = [302]"),
        signal("status = [429, 403]"),
        signal("status = [200]\nwait = []"),
        signal("status = [429]\notherwise = 0"),
        signal("status = [429]\nbody = 1"),
        signal("status = [403]\nwhen = { equals = \"0\" }"),
        signal("status = [403]\nwhen = { header = \"x\", json = \"/y\" }"),
        signal("status = [403]\nwhen = { header = \"x y\" }"),
        signal("status = [403]\nwhen = { json = \"error.reason\" }"),
        signal("status = [403]\nwhen = { json = \"/a~2b\" }"),
        signal("status = [403]\nwhen = { header = \"x\", equals = 0 }"),
        signal("status = [403]\nwhen = { header = \"x\", equals = \"0\", contains = \"0\" }"),
        signal("status = [403]\nwhen = { header = \"x\", one-of = [] }"),
        signal("status = [429]\nwait = [{ header = \"x\" }, { as = \"seconds\" }]"),
        signal("status = [429]\nwait = [{ header = \"x\", as = \"minutes\" }]"),
        "\n[[rate.exhausted]]\nwhen = { header = \"x\", equals = \"0\" }\nwait = []\n".to_owned(),
        "\n[[rate.exhausted]]\nwait = [{ header = \"x\" }]\n".to_owned(),
    ];
    let messages: Vec<_> = mistakes.iter().map(|mistake| parse(mistake).expect_err(mistake)).collect();
    insta::assert_snapshot!(messages.join("\n"));
}
