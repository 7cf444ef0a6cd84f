//! A connector that behaves, from one end of the sandbox to the other.

use super::peer::{Peer, Reply};
use super::*;
use innkeeper_domain::{
    Attributes, Delta, Edit, Effect, EntitlementKey, ErrorCode, Holder, IntentId, Outcome, Value as AttributeValue,
};
use innkeeper_egress::{Method, Request};

fn user(id: &str, title: Option<&str>, active: bool) -> Value {
    json!({ "id": id, "login": format!("{id}@acme.example"), "active": active, "title": title, "started": "2026-01-02" })
}

fn system(request: &Request) -> Reply {
    let page = request.query.iter().find(|(name, _)| name == "page").map(|(_, value)| value.as_str());
    match (request.method, request.target.as_str(), page) {
        (Method::Get, "/users", Some("1")) => {
            let users = [user("ada", Some("Engineer"), true), user("alan", None, false)];
            Reply::json(200, json!({ "users": users, "total": 2 }))
        }
        (Method::Get, "/users", _) => Reply::json(200, json!({ "users": [], "total": 2 })),
        (Method::Get, "/users/ada", _) => Reply::json(200, user("ada", Some("Engineer"), true)),
        (Method::Post, "/users", _) => Reply::json(201, user("grace", None, true)),
        (Method::Patch, "/users/ada", _) => Reply::json(200, user("ada", Some("Director"), true)),
        (Method::Delete | Method::Put, "/groups/backend/members/ada", _) => Reply::Answer(204, vec![]),
        _ => Reply::json(404, json!({ "error": "there is none" })),
    }
}

fn directory() -> (Peer, ConnectedApp) {
    let peer = Peer::new(system);
    let connector = load(Settings::default(), &component("innkeeper-test-directory"));
    (peer.clone(), connect(&connector, json!({}), peer, Limits::default()))
}

#[test]
fn what_it_says_of_itself_arrives() {
    let (_, app) = directory();
    let (description, status) = run(async { (app.describe().await, app.probe().await) });
    insta::assert_json_snapshot!(description.result.expect("a description"));
    insta::assert_debug_snapshot!(status);
}

#[test]
fn a_description_with_kinds_that_the_manifest_does_not_name_is_refused() {
    let runtime = Runtime::new(Settings::default()).expect("a sandbox");
    let wasm = component("innkeeper-test-directory");
    for (entitlements, known) in [("team = \"Teams\"", false), ("", false), ("\"*\" = \"Whatever there is\"", true)] {
        let connector = runtime.load(&bundle_with(&wasm, entitlements)).expect("a connector");
        let described = run(connect(&connector, json!({}), Peer::new(system), Limits::default()).describe());
        match known {
            true => assert!(described.result.is_ok()),
            false => {
                let refused = failure(described);
                assert_eq!(refused.code, ErrorCode::MalformedResponse);
                assert!(refused.message.contains("entitlements of the kind `group`"), "{refused}");
            }
        }
    }
}

#[test]
fn a_page_of_accounts_arrives_with_its_exchange() {
    let (_, app) = directory();
    insta::assert_debug_snapshot!(run(app.list_accounts(None)));
    let last = run(app.list_accounts(Some("2"))).result.expect("a page");
    assert_eq!((last.items.len(), last.next, last.total), (0, None, Some(2)));
}

#[test]
fn people_have_their_origin() {
    let (_, app) = directory();
    let page = run(app.list_people(None)).result.expect("a page");
    insta::assert_json_snapshot!(page.items[0]);
}

#[test]
fn accounts_that_do_not_exist_are_none_in_their_place() {
    let (_, app) = directory();
    let found = run(app.get_accounts(&["nobody".into(), "ada".into()])).result.expect("an answer");
    assert!(found[0].is_none());
    assert_eq!(found[1].as_ref().map(|account| account.id.as_str()), Some("ada"));
    let missing = failure(run(app.get_account(&"nobody".into())));
    assert_eq!((missing.code, missing.remote_status), (ErrorCode::NotFound, Some(404)));
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(request.body.as_ref().expect("a body")).expect("JSON")
}

#[test]
fn text_is_sent_as_what_the_description_says_once_it_is_known() {
    let (peer, app) = directory();
    let attributes = Attributes::from([("startDate".into(), vec![AttributeValue::plain("2026-05-06")])]);
    let intent = IntentId::new("i-7");
    run(async {
        app.create_account("grace", &attributes, &[], &intent).await.result.expect("made");
        app.describe().await.result.expect("a description");
        let outcome = app.create_account("grace", &attributes, &[], &intent).await.result.expect("made");
        assert!(matches!(outcome, Outcome::Done(account) if account.id.as_str() == "grace"));
    });
    let seen = peer.seen();
    assert_eq!(body(&seen[0]), json!({ "login": "grace", "started": "2026-05-06" }));
    assert_eq!(body(&seen[1]), json!({ "login": "grace", "started": "date-time 2026-05-06" }));
    assert!(seen[1].headers.contains(&("idempotency-key".to_owned(), "i-7".to_owned())));
}

#[test]
fn clearing_an_attribute_and_giving_it_a_value_are_different() {
    let (peer, app) = directory();
    let delta = |name: &str, edit| Delta { name: name.into(), edit, before: vec![] };
    let deltas = [delta("title", Edit::Clear), delta("startDate", Edit::Replace(vec![AttributeValue::plain("2026-05-06")]))];
    run(app.update_account(&"ada".into(), &deltas, &"i".into(), Some("v1"))).result.expect("edited");
    assert_eq!(body(&peer.seen()[0]), json!({ "title": null, "started": "2026-05-06" }));
}

#[test]
fn writes_without_an_account_answer_with_their_effect() {
    let (_, app) = directory();
    let (holder, key) = (Holder::Account("ada".into()), EntitlementKey { kind: "group".into(), id: "backend".into() });
    run(async {
        assert_eq!(app.grant(&holder, &key, &"i".into()).await.result, Ok(Effect::Done));
        assert_eq!(app.revoke(&holder, &key, &"i".into()).await.result, Ok(Effect::Done));
        assert_eq!(app.delete_account(&"nobody".into(), &"i".into(), None).await.result, Ok(Effect::Already));
        let nested = app.grant(&Holder::Entitlement(key.clone()), &key, &"i".into()).await;
        assert_eq!(failure(nested).code, ErrorCode::Unsupported);
    });
}
