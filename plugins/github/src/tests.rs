//! The connector against the fake GitHub, and against scripted answers where it is about what GitHub says on a bad day.

mod changing;
mod describing;
mod enterprise;
mod failures;
mod finding;
mod joining;
mod listing;
mod seats;
mod teams;

use crate::GitHub;
use innkeeper_fakes::direct::Direct;
use innkeeper_fakes::github::{GitHub as Fake, OWNER, Quirks as FakeQuirks, Role};
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::testing::{self, Exchange, Script, Transport};
use serde_json::{Value as Json, json};

const BASE: &str = "https://api.github.test";

/// Settings for the fake, with some of the test's own.
fn settings(more: Json) -> Json {
    let mut settings = json!({
        "base-url": BASE,
        "graphql-url": format!("{BASE}/graphql"),
        "profile": "organization",
        "organization": "acme",
    });
    for (name, value) in more.as_object().cloned().unwrap_or_default() {
        settings[name] = value;
    }
    settings
}

/// Runs one call of a connector with these settings.
fn call_with<T>(more: Json, transport: impl Transport + 'static, work: impl FnOnce(&GitHub) -> Result<T>) -> Result<T> {
    testing::run(settings(more), transport, || work(&GitHub::open()?))
}

/// Runs one call with the default settings.
fn call<T>(transport: impl Transport + 'static, work: impl FnOnce(&GitHub) -> Result<T>) -> Result<T> {
    call_with(json!({}), transport, work)
}

/// An organisation with its owner and nobody else.
fn fake(quirks: FakeQuirks) -> Direct<Fake> {
    Direct::new(Fake::new(BASE, "acme", quirks), "")
}

fn acme() -> Direct<Fake> {
    fake(FakeQuirks::default())
}

/// All accounts, each page in a call of its own.
fn list(more: &Json, fake: &Direct<Fake>) -> Vec<Account> {
    let (mut accounts, mut cursor) = (Vec::new(), None);
    for _ in 0..50 {
        let page = call_with(more.clone(), fake.clone(), |github| Accounts::list(github, cursor.clone())).expect("a page");
        accounts.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return accounts;
        }
    }
    panic!("the listing does not end");
}

/// All grants, each page in a call of its own.
fn grants(fake: &Direct<Fake>) -> Vec<Grant> {
    let (mut grants, mut cursor) = (Vec::new(), None);
    for _ in 0..50 {
        let page = call(fake.clone(), |github| github.list_grants(Scope::All, cursor.clone())).expect("a page");
        grants.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return grants;
        }
    }
    panic!("the listing does not end");
}

fn intent() -> Intent {
    Intent { id: "intent-1".to_owned(), expected_version: None, extra: Vec::new() }
}

fn draft(name: &str) -> Draft {
    Draft { unique_name: name.to_owned(), attributes: Vec::new(), grants: Vec::new(), extra: Vec::new() }
}

fn values<'a>(account: &'a Account, name: &str) -> Option<Vec<&'a str>> {
    let attribute = account.attributes.iter().find(|attribute| attribute.name == name)?;
    Some(attribute.values.iter().filter_map(crate::account::text).collect())
}

fn replace(name: &str, text: &str) -> Delta {
    Delta { name: name.to_owned(), edit: Edit::Replace(vec![Value::text(text)]) }
}

fn team(id: u64) -> EntitlementKey {
    EntitlementKey::new("team", id.to_string())
}

fn person(id: u64) -> Holder {
    Holder::Account(id.to_string())
}

/// GitHub's answer to what it refuses for a reason of its own.
fn refused(message: &str) -> Json {
    json!({
        "message": "Validation Failed",
        "errors": [{ "resource": "OrganizationInvitation", "code": "unprocessable", "field": "data", "message": message }],
        "documentation_url": "https://docs.github.com/rest",
        "status": "422",
    })
}
