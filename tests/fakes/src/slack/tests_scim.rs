use serde_json::{Value, json};

use super::scim_user::GUEST;
use super::tests::slack;
use super::{Kind, Quirks, Slack};
use crate::scim::{ENTERPRISE_USER, GROUP, USER};
use crate::web::{Request, Service};

fn send(slack: &mut Slack, method: &str, target: &str, body: Value) -> (u16, Value) {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let path = format!("/scim/v2{path}");
    let answer = slack.answer(&Request { method: method.to_owned(), path, query: query.to_owned(), body, ..Request::default() });
    (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
}

fn user(name: &str, email: &str) -> Value {
    json!({ "schemas": [USER], "userName": name, "emails": [{ "value": email, "primary": true }] })
}

fn create(slack: &mut Slack, body: Value) -> String {
    let (status, made) = send(slack, "POST", "/Users", body);
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().expect("an id").to_owned()
}

fn patch(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

#[test]
fn deleting_a_user_deactivates_and_activating_brings_the_same_one_back() {
    let mut slack = slack(Quirks::default());
    let id = create(&mut slack, user("ada", "ada@acme.example"));
    slack.sign_in(&id);
    let url = format!("/Users/{id}");
    assert_eq!(send(&mut slack, "DELETE", &url, Value::Null).0, 204);
    let (status, shown) = send(&mut slack, "GET", &url, Value::Null);
    assert_eq!((status, &shown["active"]), (200, &json!(false)));
    assert!(slack.user(&id).is_some_and(|user| user.sessions.is_empty() && !user.active));
    let (status, shown) = send(&mut slack, "PATCH", &url, patch(json!([{ "op": "replace", "path": "active", "value": true }])));
    assert_eq!((status, &shown["active"], &shown["id"]), (200, &json!(true), &json!(id)));
}

#[test]
fn an_address_as_user_name_is_made_into_a_name() {
    let mut slack = slack(Quirks::default());
    let id = create(&mut slack, user("Ada.Lovelace+x@acme.example", "ada@acme.example"));
    assert_eq!(slack.user(&id).map(|user| user.name.clone()), Some("ada.lovelacex".to_owned()));
    let find = |slack: &mut Slack, filter: &str| {
        send(slack, "GET", &format!("/Users?filter={filter}"), Value::Null).1["totalResults"].clone()
    };
    assert_eq!(find(&mut slack, "userName+Eq+%22Ada.Lovelace%2Bx@acme.example%22"), 0);
    assert_eq!(find(&mut slack, "userName+eq+%22ADA.lovelacex%22"), 1);
    assert_eq!(find(&mut slack, "email+eq+%22ada@acme.example%22"), 1);
}

#[test]
fn names_and_addresses_belong_to_one_user() {
    let mut slack = slack(Quirks::default());
    create(&mut slack, user("ada", "ada@acme.example"));
    let mut refused = |body: Value| {
        let (status, body) = send(&mut slack, "POST", "/Users", body);
        (status, body["Errors"]["description"].as_str().unwrap_or_default().to_owned(), body["Errors"]["code"].clone())
    };
    assert_eq!(refused(user("ada", "other@acme.example")), (409, "username_taken".to_owned(), json!(409)));
    assert_eq!(refused(user("other", "ADA@acme.example")), (409, "email_taken".to_owned(), json!(409)));
    assert_eq!(refused(json!({ "schemas": [USER], "userName": "x" })).0, 400);
    assert_eq!(refused(user("much.too.long.for.a.user.name", "x@acme.example")).0, 400);
    assert_eq!(slack.users().count(), 2);
}

#[test]
fn attributes_and_the_enterprise_extension_are_kept_and_replaced() {
    let mut slack = slack(Quirks::default());
    let mut body = user("ada", "ada@acme.example");
    body["name"] = json!({ "givenName": "Ada", "familyName": "Lovelace" });
    body["externalId"] = json!("e1");
    body[ENTERPRISE_USER] = json!({ "department": "Engines", "manager": { "value": "U1" } });
    let id = create(&mut slack, body);
    let url = format!("/Users/{id}");
    let (_, shown) = send(&mut slack, "GET", &url, Value::Null);
    assert_eq!((&shown["externalId"], &shown[ENTERPRISE_USER]["department"]), (&json!("e1"), &json!("Engines")));
    let (_, shown) = send(&mut slack, "PUT", &url, user("ada", "ada@acme.example"));
    assert_eq!((shown.get(ENTERPRISE_USER), shown["active"] == true), (None, true));
}

#[test]
fn a_guest_is_made_and_ended_by_the_extension() {
    let mut slack = slack(Quirks::default());
    let channel = slack.add_channel("project", false, &[]);
    let mut body = user("guest", "g@other.example");
    body["schemas"] = json!([USER, GUEST]);
    body[GUEST] = json!({ "type": "multi", "expiration": "2030-01-01T00:00:00Z", "channels": [{ "value": channel }] });
    let id = create(&mut slack, body);
    let url = format!("/Users/{id}");
    let (_, shown) = send(&mut slack, "GET", &url, Value::Null);
    assert_eq!((&shown[GUEST]["type"], &shown[GUEST]["channels"][0]["value"]), (&json!("multi"), &json!(channel)));
    assert_eq!(shown[GUEST]["expiration"], "2030-01-01T00:00:00Z");
    assert!(slack.channel("general").is_some_and(|general| !general.members.contains(&id)));
    let single = patch(json!([{ "op": "replace", "path": format!("{GUEST}:type"), "value": "single" }]));
    assert_eq!(send(&mut slack, "PATCH", &url, single).1[GUEST]["type"], "single");
    let wrong = patch(json!([{ "op": "replace", "value": { GUEST: { "type": "x" } } }]));
    assert_eq!(send(&mut slack, "PATCH", &url, wrong).0, 400);
    let member = patch(json!([{ "op": "remove", "path": GUEST }]));
    assert_eq!(send(&mut slack, "PATCH", &url, member).1.get(GUEST), None);
    assert_eq!(slack.user(&id).map(|user| user.kind), Some(Kind::Member));
}

#[test]
fn a_group_is_changed_in_parts_and_removed_for_good() {
    let mut slack = slack(Quirks::default());
    let (ada, grace) =
        (create(&mut slack, user("ada", "ada@acme.example")), create(&mut slack, user("grace", "grace@acme.example")));
    let group = json!({ "schemas": [GROUP], "displayName": "Core", "members": [{ "value": ada }] });
    let (status, made) = send(&mut slack, "POST", "/Groups", group.clone());
    assert_eq!((status, &made["members"][0]["display"]), (201, &json!("ada")));
    assert_eq!(send(&mut slack, "POST", "/Groups", group).0, 409);
    let url = format!("/Groups/{}", made["id"].as_str().expect("an id"));
    let change = patch(json!([
        { "op": "add", "path": "members", "value": [{ "value": grace }] },
        { "op": "remove", "path": format!("members[value eq \"{ada}\"]") },
    ]));
    assert_eq!(send(&mut slack, "PATCH", &url, change).0, 204);
    assert!(slack.scim_group("Core").is_some_and(|group| group.members.iter().eq([&grace])));
    assert_eq!(send(&mut slack, "GET", &format!("/Users/{grace}"), Value::Null).1["groups"][0]["display"], "Core");
    let unknown = patch(json!([{ "op": "add", "path": "members", "value": [{ "value": "U404" }] }]));
    assert_eq!(send(&mut slack, "PATCH", &url, unknown).0, 404);
    assert_eq!(send(&mut slack, "DELETE", &url, Value::Null).0, 204);
    assert_eq!(send(&mut slack, "GET", &url, Value::Null).0, 404);
}

#[test]
fn listings_come_in_pages_without_bots() {
    let mut slack = slack(Quirks::default());
    slack.add_user_of_kind("robot", None, Kind::Bot);
    slack.add_user("ada", "ada@acme.example");
    let (_, page) = send(&mut slack, "GET", "/Users?startIndex=2&count=1", Value::Null);
    assert_eq!((&page["totalResults"], &page["itemsPerPage"], &page["startIndex"]), (&json!(2), &json!(1), &json!(2)));
    assert_eq!(page["Resources"][0]["userName"], "ada");
}

#[test]
fn scim_needs_the_plan_the_scope_and_patience() {
    let mut slack = slack(Quirks { scim_writes_per_minute: Some(1), ..Quirks::default() });
    create(&mut slack, user("ada", "ada@acme.example"));
    assert_eq!(send(&mut slack, "POST", "/Users", user("b", "b@acme.example")).0, 429);
    assert_eq!(send(&mut slack, "GET", "/Users", Value::Null).0, 200);
    slack.quirks.scim = false;
    assert_eq!(send(&mut slack, "GET", "/Users", Value::Null).0, 403);
    slack.token = Some("xoxp-1".to_owned());
    assert_eq!(send(&mut slack, "GET", "/Users", Value::Null).0, 401);
}
