use super::{Exchange, Script, run, run_with_log};
use crate::prelude::*;
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};

struct Bare;

impl Connector for Bare {
    fn open() -> Result<Self> {
        Ok(Self)
    }
    fn describe(&self) -> Result<Description> {
        Ok(Description::new("login", Vec::new()))
    }
}

impl Accounts for Bare {
    fn get(&self, id: &str) -> Result<Account> {
        match id {
            "1" => Ok(Account::new("1", "ada", AccountStatus::Active)),
            "down" => Err(Error::new(ErrorCode::Unavailable, "down")),
            _ => Err(Error::not_found("no")),
        }
    }
}

fn message(work: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(work)).expect_err("a panic");
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}

#[test]
fn what_is_not_implemented_is_unsupported() {
    let error = Accounts::list(&Bare, None).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Unsupported, "this connector has no accounts.list"));
}

#[test]
fn many_accounts_are_read_one_after_the_other() {
    let ids = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let found = Bare.get_many(&ids(&["2", "1"])).unwrap();
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true]);
    assert_eq!(Bare.get_many(&ids(&["1", "down"])).unwrap_err().code, ErrorCode::Unavailable);
}

#[test]
fn a_probe_describes_unless_the_connector_knows_better() {
    assert_eq!(Bare.probe().unwrap(), Status::default());
}

#[test]
fn another_request_than_the_expected_one_fails_the_test() {
    let script = || Script::new().then(Exchange::get("/a").query("x", 1));
    assert!(message(|| drop(run(json!({}), script(), || http::get("/a").query("x", 2).send()))).contains("request 1 differs"));
    assert!(message(|| drop(run(json!({}), Script::new(), || http::get("/a").send()))).contains("one too many"));
    assert!(message(|| run(json!({}), script(), || ())).contains("1 requests were not sent"));
    let slot = || http::get("/a").header("Authorization", "x").send();
    assert!(message(|| drop(run(json!({}), Script::new().then(Exchange::get("/a")), slot))).contains("authorization"));
    assert!(message(|| drop(http::get("/a").send())).contains("there is no host here"));
    // And the host of one test is not the host of the next.
    run(json!({}), Script::new(), || ());
}

#[test]
fn settings_are_typed_and_a_wrong_one_is_named() {
    #[derive(Debug, serde::Deserialize)]
    struct Settings {
        organization: String,
    }
    let settings = |value| run(value, Script::new(), config::<Settings>);
    assert_eq!(settings(json!({ "organization": "acme" })).unwrap().organization, "acme");
    let error = settings(json!({})).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert_eq!(error.message, "the app's configuration does not fit this connector: missing field `organization`");
}

#[test]
fn log_lines_carry_fields() {
    let write = || {
        log::warn!("the group {} has no name", 7; "id" = "g1");
        log::info!("done");
    };
    let (_, lines) = run_with_log(json!({}), Script::new(), write);
    let expected = [(log::Level::Warn, "the group 7 has no name id=g1".to_owned()), (log::Level::Info, "done".to_owned())];
    assert_eq!(lines, expected);
}

#[test]
fn time_stands_still_and_randomness_is_the_same() {
    let seen = run(json!({}), Script::new(), || (crate::system::now(), crate::system::random(3)));
    assert_eq!(seen, (1_795_392_000_000, vec![0, 1, 2]));
}

#[test]
fn the_example_is_a_whole_connector_in_25_lines_and_stands_in_the_readme() {
    let connector = |text: &str, start: &str, end: &str| {
        let text = text.split_once(start).expect("where the connector starts").1.split_once(end).expect("where it ends").0;
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let example = connector(include_str!("../../examples/list_accounts.rs"), "// [connector]\n", "// [/connector]");
    assert!(example.len() <= 25, "{} lines", example.len());
    assert_eq!(connector(include_str!("../../README.md"), "```rust\n", "```"), example);
}
