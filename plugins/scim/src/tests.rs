//! The connector as the host calls it: how SCIM itself is spoken is tested where it is written.

use crate::Scim;
use innkeeper_sdk::prelude::*;
use innkeeper_sdk::testing::{self, Exchange, Script};
use serde_json::{Value as Json, json};

/// Runs one call of a connector with these quirks.
fn call<T>(quirks: Json, script: Script, work: impl FnOnce(&Scim) -> Result<T>) -> Result<T> {
    let config = json!({ "base-url": "https://scim.example/v2", "page-size": 2, "quirks": quirks });
    testing::run(config, script, || work(&Scim::open()?))
}

/// Quirks with which nothing is asked for but what the call is about.
fn plain() -> Json {
    json!({ "discovery": false, "check-membership": false })
}

fn once(exchange: Exchange, answer: Json) -> Script {
    Script::new().then(exchange.answers(200, answer))
}

fn intent() -> Intent {
    Intent { id: "intent-1".to_owned(), expected_version: None, extra: Vec::new() }
}

fn ada() -> Json {
    let enterprise = json!({ "department": "Ops" });
    json!({ "id": "1", "userName": "ada", "active": true, "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": enterprise })
}

fn list(resource: Json) -> Json {
    json!({ "totalResults": 1, "Resources": [resource] })
}

fn patch(operations: Json) -> Json {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

fn key() -> EntitlementKey {
    EntitlementKey::new("group", "g1")
}

fn holder(id: &str) -> Holder {
    Holder::Account(id.to_owned())
}

#[test]
fn accounts_are_users() {
    let all = || once(Exchange::get("/Users").query("count", 2), list(ada()));
    assert_eq!(call(plain(), all(), |scim| Accounts::list(scim, None)).unwrap().items[0].unique_name, "ada");
    let one = || once(Exchange::get("/Users/1"), ada());
    assert_eq!(call(plain(), one(), |scim| scim.get("1")).unwrap().id, "1");
    assert_eq!(call(plain(), one(), |scim| scim.get_many(&["1".to_owned()])).unwrap().len(), 1);
    let filtered = once(Exchange::get("/Users").query("filter", "userName eq \"ada\"").query("count", 2), list(ada()));
    assert_eq!(call(plain(), filtered, |scim| scim.find("userName", "ada")).unwrap()[0].id, "1");
}

#[test]
fn accounts_are_written() {
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "active": true });
    let draft = Draft { unique_name: "ada".to_owned(), attributes: Vec::new(), grants: Vec::new(), extra: Vec::new() };
    let created = call(plain(), once(Exchange::post("/Users", body), ada()), |scim| scim.create(draft, intent())).unwrap();
    assert!(matches!(created, Outcome::Done(account) if account.id == "1"));

    let operation = patch(json!([{ "op": "remove", "path": "title" }]));
    let delta = Delta { name: "title".to_owned(), edit: Edit::Clear };
    let expecting = Intent { expected_version: Some("W/\"3\"".to_owned()), ..intent() };
    let script = once(Exchange::patch("/Users/1", operation).header("if-match", "W/\"3\""), ada());
    assert!(matches!(call(plain(), script, |scim| scim.update("1", vec![delta], expecting)).unwrap(), Outcome::Done(_)));

    let read = once(Exchange::get("/Users/1"), ada());
    let set = call(plain(), read, |scim| scim.set_status("1", AccountStatus::Active, intent())).unwrap();
    assert!(matches!(set, Outcome::Already(_)));

    let script = Script::new().then(Exchange::delete("/Users/1").answers(204, Json::Null));
    assert_eq!(call(plain(), script, |scim| scim.delete("1", intent())).unwrap(), Effect::Done);
}

#[test]
fn entitlements_are_groups() {
    let group = json!({ "id": "g1", "displayName": "Ops", "members": [{ "value": "1" }] });
    let all = Exchange::get("/Groups").query("excludedAttributes", "members").query("count", 2);
    assert_eq!(call(plain(), once(all, list(group.clone())), |scim| Entitlements::list(scim, None)).unwrap().items[0].key, key());
    let one = once(Exchange::get("/Groups/g1"), group);
    let grants = call(plain(), one, |scim| scim.list_grants(Scope::Entitlement(key()), None)).unwrap().items;
    assert_eq!(grants, [Grant::new(key(), holder("1"))]);

    let change = |operations: Json| Script::new().then(Exchange::patch("/Groups/g1", patch(operations)).answers(204, Json::Null));
    let add = |id: &str| json!({ "op": "add", "path": "members", "value": [{ "value": id }] });
    let remove = json!({ "op": "remove", "path": "members[value eq \"2\"]" });
    let done = call(plain(), change(json!([add("1")])), |scim| scim.grant(holder("1"), key(), intent())).unwrap();
    assert_eq!(done, Effect::Done);
    let done = call(plain(), change(json!([remove])), |scim| scim.revoke(holder("2"), key(), intent())).unwrap();
    assert_eq!(done, Effect::Done);
    let both = change(json!([add("1"), remove]));
    let done = call(plain(), both, |scim| scim.amend(key(), vec![holder("1")], vec![holder("2")], intent())).unwrap();
    assert_eq!(done, Effect::Done);
}

#[test]
fn people_are_users_and_there_is_no_change_feed() {
    let all = once(Exchange::get("/Users").query("count", 2), list(ada()));
    let page = call(plain(), all, |scim| People::list(scim, None)).unwrap();
    assert!(page.items[0].attributes.contains(&Attribute::text("department", "Ops")));
    assert_eq!(call(plain(), Script::new(), |scim| scim.changes(None, None)).unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn the_profile_says_how_writes_are_sent() {
    for (patch, profile) in [("yes", "patch"), ("no", "put")] {
        let empty = || json!({ "totalResults": 0 });
        let script = ["/Users", "/Groups"].into_iter().fold(Script::new(), |script, path| {
            script.then(Exchange::get(path).query("startIndex", 1).query("count", 2).answers(200, empty()))
        });
        let quirks = json!({ "discovery": false, "patch": patch });
        assert_eq!(call(quirks, script, |scim| scim.probe()).unwrap().profile.as_deref(), Some(profile));
        let description = call(json!({ "discovery": false, "patch": patch }), Script::new(), |scim| scim.describe()).unwrap();
        assert_eq!(description.quirks.contains(Quirks::NEEDS_FULL_OBJECT), profile == "put");
    }
}

#[test]
fn a_setting_of_the_wrong_kind_is_named() {
    let error = call(json!({ "patch": "sometimes" }), Script::new(), |_| Ok(())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.message.contains("sometimes") && error.message.contains("`auto`"), "{}", error.message);
}
