//! The client against scripted exchanges, as PyPI `scim2-server` 0.8.3 and less well-behaved servers answer.

mod amend;
mod attributes;
mod change;
mod dialect;
mod discover;
mod groups;
mod pages;
mod read;

use crate::*;
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::testing::{self, Exchange, Script, Transport};
use serde_json::{Value as Json, json};

/// Runs one call with a server that speaks this dialect, in pages of two.
fn call<T>(dialect: Dialect, transport: impl Transport + 'static, work: impl FnOnce(&Scim) -> Result<T>) -> Result<T> {
    let scim = Scim::new(Dialect { page_size: 2, ..dialect });
    testing::run(json!({}), transport, || work(&scim))
}

/// A dialect with which no discovery document is asked for.
fn plain() -> Dialect {
    Dialect { discovery: false, ..Dialect::default() }
}

fn intent() -> Intent {
    Intent { id: "intent-1".to_owned(), expected_version: None, extra: Vec::new() }
}

fn user(id: &str, name: &str) -> Json {
    json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": id, "userName": name, "active": true })
}

fn list(total: usize, resources: &[Json]) -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": total, "startIndex": 1, "itemsPerPage": resources.len(), "Resources": resources,
    })
}

fn failure(status: u16, scim_type: Option<&str>, detail: &str) -> Json {
    let mut body =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(), "detail": detail });
    if let Some(scim_type) = scim_type {
        body["scimType"] = json!(scim_type);
    }
    body
}

fn patch(operations: Json) -> Json {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

fn values<'a>(account: &'a Account, name: &str) -> Option<Vec<&'a str>> {
    let attribute = account.attributes.iter().find(|attribute| attribute.name == name)?;
    let text = |value: &'a Value| match &value.scalar {
        Scalar::Text(text) | Scalar::Reference(text) | Scalar::DateTime(text) => text.as_str(),
        other => panic!("{name} is no text: {other:?}"),
    };
    Some(attribute.values.iter().map(text).collect())
}

fn done(outcome: Outcome) -> Account {
    match outcome {
        Outcome::Done(account) => account,
        other => panic!("expected done, got {other:?}"),
    }
}
