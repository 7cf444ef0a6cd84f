//! The connector against scripted exchanges, as Google's guides and the Discovery documents have them.

mod change;
mod create;
mod describe;
mod failures;
mod fake;
mod groups;
mod leaver;
mod licences;
mod probe;
mod read;
mod roles;
mod status;

use crate::Workspace;
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::testing::{self, Exchange, Script, Transport};
use serde_json::{Value as Json, json};

const DIRECTORY: &str = "https://admin.googleapis.com/admin/directory/v1";
const TRANSFERS: &str = "https://admin.googleapis.com/admin/datatransfer/v1";
const LICENSING: &str = "https://licensing.googleapis.com/apps/licensing/v1";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Runs one call of a connector with these settings.
fn call<T>(config: Json, transport: impl Transport + 'static, work: impl FnOnce(&Workspace) -> Result<T>) -> Result<T> {
    testing::run(config, transport, || work(&Workspace::open()?))
}

fn directory(path: &str) -> String {
    format!("{DIRECTORY}{path}")
}

fn get(path: &str) -> Exchange {
    Exchange::get(&directory(path))
}

fn intent() -> Intent {
    Intent { id: "intent-1".to_owned(), expected_version: None, extra: Vec::new() }
}

/// A user as Google answers with it.
fn user(id: &str, address: &str) -> Json {
    json!({
        "kind": "admin#directory#user", "id": id, "etag": "\"1\"", "primaryEmail": address, "customerId": "C01",
        "name": { "givenName": "Ada", "familyName": "King", "fullName": "Ada King" },
        "emails": [{ "address": address, "primary": true }],
        "isAdmin": false, "isDelegatedAdmin": false, "suspended": false, "archived": false,
        "orgUnitPath": "/", "includeInGlobalAddressList": true,
        "creationTime": "2026-01-02T03:04:05.000Z", "lastLoginTime": "1970-01-01T00:00:00.000Z",
    })
}

fn ada() -> Json {
    user("101", "ada@acme.example")
}

/// A user with more fields, or other ones.
fn with(mut user: Json, more: Json) -> Json {
    user.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    user
}

/// Google's error document.
fn refusal(code: u16, reason: &str, message: &str) -> Json {
    let errors = json!([{ "message": message, "domain": "global", "reason": reason }]);
    json!({ "error": { "code": code, "message": message, "errors": errors } })
}

fn not_found(what: &str) -> Json {
    refusal(404, "notFound", &format!("Resource Not Found: {what}"))
}

fn no_user() -> Exchange {
    get("/users/101").answers(404, not_found("userKey"))
}

fn values<'a>(account: &'a Account, name: &str) -> Vec<&'a str> {
    let attribute = account.attributes.iter().find(|attribute| attribute.name == name);
    let text = |value: &'a Value| match &value.scalar {
        Scalar::Text(text) | Scalar::DateTime(text) => text.as_str(),
        other => panic!("{name} is no text: {other:?}"),
    };
    attribute.unwrap_or_else(|| panic!("{name} is unknown")).values.iter().map(text).collect()
}

fn done(outcome: Outcome) -> Account {
    match outcome {
        Outcome::Done(account) => account,
        other => panic!("expected done, got {other:?}"),
    }
}

fn pending(outcome: Outcome) -> String {
    match outcome {
        Outcome::Pending(token) => token,
        other => panic!("expected pending, got {other:?}"),
    }
}

fn replace(name: &str, values: &[&str]) -> Delta {
    let values = values.iter().map(|text| Value::text(*text)).collect();
    Delta { name: name.to_owned(), edit: Edit::Replace(values) }
}

fn clear(name: &str) -> Delta {
    Delta { name: name.to_owned(), edit: Edit::Clear }
}

fn holder() -> Holder {
    Holder::Account("101".to_owned())
}
