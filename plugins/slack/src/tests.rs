//! The connector against scripted exchanges, as Slack answers, and against the stateful fake.

mod channels;
mod directory;
mod errors;
mod fake;
mod invite;
mod leave;
mod members;
mod probe;
mod usergroups;

use crate::Slack;
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::testing::{self, Exchange, Method, Script, Transport};
use serde_json::{Value as Json, json};

/// Runs one call of a connector with this configuration.
fn call<T>(config: Json, transport: impl Transport + 'static, work: impl FnOnce(&Slack) -> Result<T>) -> Result<T> {
    testing::run(config, transport, || work(&Slack::open()?))
}

/// The Web API on a plan below Enterprise.
fn web() -> Json {
    json!({ "profile": "web" })
}

/// The Web API in one workspace of an Enterprise organisation.
fn grid() -> Json {
    json!({ "profile": "web", "enterprise": true, "team": "T1", "default-channels": ["C1"], "guest-channels": ["C9"] })
}

fn intent() -> Intent {
    Intent { id: "intent-1".to_owned(), expected_version: None, extra: Vec::new() }
}

/// A method that reads.
fn reads(method: &str) -> Exchange {
    Exchange::get(&format!("/{method}"))
}

/// A method that writes these fields, as a form.
fn writes(method: &str, form: &str) -> Exchange {
    Exchange::new(Method::Post, &format!("/{method}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(json!(form))
        .answers(200, json!({ "ok": true }))
}

/// What Slack says when it will not: with status 200.
fn refusal(word: &str) -> Json {
    json!({ "ok": false, "error": word })
}

fn member(id: &str, name: &str) -> Json {
    json!({
        "id": id, "team_id": "T1", "name": name, "deleted": false, "is_bot": false, "is_app_user": false, "tz": "Europe/London",
        "is_restricted": false, "is_ultra_restricted": false,
        "profile": {
            "email": format!("{name}@acme.example"), "display_name": name, "real_name": "Ada Lovelace", "first_name": "Ada",
            "last_name": "Lovelace", "title": "Engineer", "phone": "",
        },
    })
}

/// `users.info`, answered with this user.
fn info(user: &Json) -> Exchange {
    reads("users.info").query("user", user["id"].as_str().unwrap()).answers(200, json!({ "ok": true, "user": user }))
}

/// `users.lookupByEmail`, answered with this user, or with nobody.
fn lookup(email: &str, user: Option<&Json>) -> Exchange {
    let answer = user.map_or_else(|| refusal("users_not_found"), |user| json!({ "ok": true, "user": user }));
    reads("users.lookupByEmail").query("email", email).answers(200, answer)
}

fn values(account: &Account, name: &str) -> Option<Vec<String>> {
    let attribute = account.attributes.iter().find(|attribute| attribute.name == name)?;
    Some(attribute.values.iter().map(crate::members::text).collect())
}

fn holder(id: &str) -> Holder {
    Holder::Account(id.to_owned())
}

/// Who holds what, by their ids.
fn pairs(grants: &[Grant]) -> Vec<(&str, &str)> {
    grants.iter().map(|grant| (grant.entitlement.id.as_str(), account(grant))).collect()
}

fn account(grant: &Grant) -> &str {
    match &grant.holder {
        Holder::Account(id) => id,
        Holder::Entitlement(key) => panic!("{key:?} holds something"),
    }
}
