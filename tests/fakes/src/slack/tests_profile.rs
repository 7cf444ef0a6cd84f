use serde_json::{Value, json};

use super::tests::{call, error, slack};
use super::{Kind, OWNER, Quirks, Slack};
use crate::web::{Request, Service};

const SET: &str = "users.profile.set";

/// What somebody shows, as everybody reads it.
fn profile(slack: &mut Slack, id: &str) -> Value {
    call(slack, "users.info", &[("user", id)])["user"]["profile"].clone()
}

#[test]
fn fields_are_set_together_or_one_by_one_and_the_others_stay() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let fields = r#"{"first_name":"Ada","last_name":"Lovelace","title":"Engineer","phone":"+44 20","display_name":"Ada L"}"#;
    let set = call(&mut slack, SET, &[("user", &ada), ("profile", fields)]);
    assert_eq!((&set["ok"], &set["username"]), (&json!(true), &json!("ada")));
    let one = call(&mut slack, SET, &[("user", &ada), ("name", "title"), ("value", "Lead")]);
    let shown = profile(&mut slack, &ada);
    assert_eq!(one["profile"], shown);
    let texts =
        ["first_name", "last_name", "real_name", "title", "phone", "display_name", "email"].map(|name| shown[name].clone());
    assert_eq!(texts, ["Ada", "Lovelace", "Ada Lovelace", "Lead", "+44 20", "Ada L", "ada@acme.example"]);

    call(&mut slack, SET, &[("user", &ada), ("profile", r#"{"title":"","phone":null}"#)]);
    let cleared = profile(&mut slack, &ada);
    assert_eq!((&cleared["title"], &cleared["phone"], &cleared["first_name"]), (&json!(""), &json!(""), &json!("Ada")));
}

#[test]
fn the_whole_name_is_made_into_a_first_and_a_last_one() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let mut named = |name: &str| {
        let set = call(&mut slack, SET, &[("user", &ada), ("name", "real_name"), ("value", name)])["profile"].clone();
        (set["first_name"].clone(), set["last_name"].clone())
    };
    assert_eq!(named("Ada King Lovelace"), (json!("Ada"), json!("King Lovelace")));
    assert_eq!(named("Ada"), (json!("Ada"), json!("")));
}

#[test]
fn a_profile_can_be_json_within_json() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let body = json!({ "user": ada, "profile": { "title": "Engineer" } }).to_string().into_bytes();
    let headers = vec![("content-type".to_owned(), "application/json; charset=utf-8".to_owned())];
    let (method, path) = ("POST".to_owned(), format!("/api/{SET}"));
    let answer = slack.answer(&Request { method, path, headers, body, ..Request::default() });
    assert_eq!(answer.status, 200);
    assert_eq!(profile(&mut slack, &ada)["title"], "Engineer");
}

#[test]
fn what_is_no_profile_changes_nothing() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    slack.add_user("grace", "grace@acme.example");
    let before = profile(&mut slack, &ada);
    let many: serde_json::Map<_, _> = (0..51).map(|number| (format!("field{number}"), json!("x"))).collect();
    let refused = [
        ("", "invalid_profile"),
        ("title=x", "invalid_profile"),
        ("[]", "invalid_profile"),
        ("{}", "invalid_profile"),
        (&Value::from(many).to_string(), "invalid_profile"),
        (r#"{"title":"x","first_name":"Slackbot"}"#, "reserved_name"),
        (&json!({ "title": "x", "last_name": "x".repeat(36) }).to_string(), "profile_set_failed"),
        (r#"{"title":"x","email":"nowhere"}"#, "profile_set_failed"),
        (r#"{"title":"x","email":"Grace@acme.example"}"#, "email_taken"),
    ];
    for (text, word) in refused {
        assert_eq!(error(&mut slack, SET, &[("user", &ada), ("profile", text)]), word, "{text}");
    }
    assert_eq!(error(&mut slack, SET, &[("user", "U404"), ("profile", r#"{"title":"x"}"#)]), "user_not_found");
    assert_eq!(profile(&mut slack, &ada), before);
}

#[test]
fn an_address_is_changed_for_somebody_else_alone() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    call(&mut slack, SET, &[("user", &ada), ("name", "email"), ("value", "ada.l@acme.example")]);
    assert_eq!(call(&mut slack, "users.lookupByEmail", &[("email", "ada.l@acme.example")])["user"]["id"], json!(ada));
    assert_eq!(error(&mut slack, "users.lookupByEmail", &[("email", "ada@acme.example")]), "users_not_found");
    assert_eq!(error(&mut slack, SET, &[("name", "email"), ("value", "me@acme.example")]), "profile_set_failed");
}

#[test]
fn only_whoever_is_above_somebody_changes_the_profile() {
    let mut slack = slack(Quirks::default());
    let ada = slack.add_user("ada", "ada@acme.example");
    let robot = slack.add_user_of_kind("robot", None, Kind::Bot);
    let caller = slack.user(OWNER).expect("there is an owner").id.clone();
    let set = |slack: &mut Slack, id: &str| {
        let body = call(slack, SET, &[("user", id), ("name", "title"), ("value", "Engineer")]);
        body["error"].as_str().unwrap_or("ok").to_owned()
    };
    assert_eq!(
        (set(&mut slack, &ada), set(&mut slack, &robot), set(&mut slack, &caller)),
        ("ok".into(), "ok".into(), "ok".into())
    );
    slack.change_user(&ada, |user| user.owner = true);
    assert_eq!(set(&mut slack, &ada), "cannot_update_admin_user");
    slack.change_user(&ada, |user| (user.owner, user.admin) = (false, true));
    assert_eq!(set(&mut slack, &ada), "ok");

    slack.change_user(&caller, |user| user.owner = false);
    assert_eq!((set(&mut slack, &ada), set(&mut slack, &robot)), ("cannot_update_admin_user".into(), "not_app_admin".into()));
    slack.change_user(&ada, |user| user.admin = false);
    assert_eq!(set(&mut slack, &ada), "ok");
    slack.change_user(&caller, |user| user.admin = false);
    assert_eq!((set(&mut slack, &ada), set(&mut slack, &caller)), ("not_admin".into(), "ok".into()));
}

#[test]
fn a_profile_needs_its_own_scope() {
    let mut slack = slack(Quirks::default());
    slack.quirks.scopes.remove("users.profile:write");
    let refused = call(&mut slack, SET, &[("name", "title"), ("value", "x")]);
    assert_eq!((&refused["error"], &refused["needed"]), (&json!("missing_scope"), &json!("users.profile:write")));
}
