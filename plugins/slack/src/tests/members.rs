use super::*;
use crate::user::GUEST;

fn listing() -> Exchange {
    reads("users.list").query("limit", 500)
}

fn with(mut user: Json, marks: Json) -> Json {
    for (key, value) in marks.as_object().unwrap() {
        user[key] = value.clone();
    }
    user
}

#[test]
fn members_are_listed_page_by_page() {
    let page = json!({ "ok": true, "members": [member("U1", "ada")], "response_metadata": { "next_cursor": "dXNlcjpV" } });
    let script = Script::new().then(listing().answers(200, page));
    let first = call(web(), script, |slack| Accounts::list(slack, None)).unwrap();
    assert_eq!((first.items[0].id.as_str(), first.items[0].unique_name.as_str()), ("U1", "ada@acme.example"));
    // The last page has an empty cursor.
    let page = json!({ "ok": true, "members": [member("U2", "grace")], "response_metadata": { "next_cursor": "" } });
    let script = Script::new().then(listing().query("cursor", "dXNlcjpV").answers(200, page));
    let last = call(web(), script, |slack| Accounts::list(slack, first.next)).unwrap();
    assert_eq!((last.items[0].id.as_str(), last.next), ("U2", None));
}

#[test]
fn bots_strangers_and_erased_people_are_no_accounts() {
    let members = json!([
        member("U1", "ada"),
        with(member("U2", "bot"), json!({ "is_bot": true })),
        with(member("U3", "flow"), json!({ "is_workflow_bot": true })),
        member("USLACKBOT", "slackbot"),
        with(member("U4", "guest-of-theirs"), json!({ "is_stranger": true })),
        with(member("U5", "partner"), json!({ "team_id": "T2" })),
        with(member("U6", "erased"), json!({ "is_forgotten": true, "deleted": true })),
        // In an organisation the team can be another workspace of the same company.
        with(member("W7", "colleague"), json!({ "team_id": "T2", "enterprise_user": { "id": "W7", "teams": ["T1", "T2"] } })),
    ]);
    let listing =
        || reads("users.list").query("team_id", "T1").query("limit", 500).answers(200, json!({ "ok": true, "members": members }));
    let config = json!({ "profile": "web", "team": "T1" });
    let page = call(config, Script::new().then(listing()), |slack| Accounts::list(slack, None)).unwrap();
    assert_eq!(page.items.iter().map(|account| account.id.as_str()).collect::<Vec<_>>(), ["U1", "W7"]);
    // And in an organisation Slack itself says who is of the workspace: of who is deactivated it does not say the organisation.
    let page = call(grid(), Script::new().then(listing()), |slack| Accounts::list(slack, None)).unwrap();
    assert_eq!(page.items.iter().map(|account| account.id.as_str()).collect::<Vec<_>>(), ["U1", "U5", "W7"]);
}

#[test]
fn of_a_deactivated_account_it_is_unknown_whether_it_was_a_guest_s() {
    let mut user = with(member("U1", "ada"), json!({ "deleted": true }));
    user.as_object_mut().unwrap().remove("is_restricted");
    user.as_object_mut().unwrap().remove("is_ultra_restricted");
    let account = call(web(), Script::new().then(info(&user)), |slack| slack.get("U1")).unwrap();
    assert_eq!(values(&account, &format!("{GUEST}:type")), None);
}

#[test]
fn the_end_of_a_guest_is_shown_where_slack_shows_it() {
    let mut user = with(member("U1", "ada"), json!({ "is_restricted": true }));
    user["profile"]["guest_expiration_ts"] = json!(1_798_761_599);
    let account = call(web(), Script::new().then(info(&user)), |slack| slack.get("U1")).unwrap();
    assert_eq!(values(&account, &format!("{GUEST}:expiration")), Some(vec!["2026-12-31T23:59:59Z".to_owned()]));
}

#[test]
fn the_admin_who_installed_the_app_is_a_person() {
    let admin = with(member("U1", "ada"), json!({ "is_app_user": true }));
    let script = Script::new().then(listing().answers(200, json!({ "ok": true, "members": [admin] })));
    assert_eq!(call(web(), script, |slack| Accounts::list(slack, None)).unwrap().items.len(), 1);
}

#[test]
fn deactivated_and_invited_members_are_listed_as_such() {
    let members = json!([
        with(member("U1", "ada"), json!({ "deleted": true })),
        with(member("U2", "grace"), json!({ "is_invited_user": true })),
        with(member("U3", "joan"), json!({ "is_restricted": true, "is_ultra_restricted": true, "is_invited_user": null })),
        with(member("U4", "mary"), json!({ "is_restricted": true })),
    ]);
    let script = Script::new().then(listing().answers(200, json!({ "ok": true, "members": members })));
    let accounts = call(web(), script, |slack| Accounts::list(slack, None)).unwrap().items;
    let statuses: Vec<_> = accounts.iter().map(|account| account.status).collect();
    assert_eq!(statuses, [AccountStatus::Suspended, AccountStatus::Invited, AccountStatus::Active, AccountStatus::Active]);
    assert!(accounts[1].invitation.is_some());
    let guests: Vec<_> = accounts.iter().map(|account| values(account, &format!("{GUEST}:type")).unwrap()).collect();
    assert_eq!(guests, [vec![], vec![], vec!["single".to_owned()], vec!["multi".to_owned()]]);
}

#[test]
fn what_slack_does_not_show_is_unknown_and_not_empty() {
    let mut user = member("U1", "ada");
    user["profile"].as_object_mut().unwrap().remove("first_name");
    let account = call(web(), Script::new().then(info(&user)), |slack| slack.get("U1")).unwrap();
    assert_eq!(values(&account, "name.givenName"), None);
    assert_eq!(values(&account, "phoneNumbers"), Some(vec![]));
    assert_eq!(values(&account, "title"), Some(vec!["Engineer".to_owned()]));
}

#[test]
fn without_the_scope_for_addresses_nobody_is_listed() {
    let mut user = member("U1", "ada");
    user["profile"].as_object_mut().unwrap().remove("email");
    let answer =
        listing().answers(200, json!({ "ok": true, "members": [user] })).answer_header("x-oauth-scopes", "users:read,admin");
    let error = call(web(), Script::new().then(answer), |slack| Accounts::list(slack, None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::PermissionDenied);
    assert!(error.message.contains("users:read.email"));
}

#[test]
fn a_listing_with_a_user_without_an_id_is_no_listing() {
    for members in [json!({ "ok": true, "members": [{ "name": "ada" }] }), json!({ "ok": true })] {
        let script = Script::new().then(listing().answers(200, members));
        let error = call(web(), script, |slack| Accounts::list(slack, None)).unwrap_err();
        assert_eq!(error.code, ErrorCode::MalformedResponse, "{}", error.message);
    }
}

#[test]
fn a_bot_is_not_found() {
    let bot = with(member("U1", "bot"), json!({ "is_bot": true }));
    let error = call(web(), Script::new().then(info(&bot)), |slack| slack.get("U1")).unwrap_err();
    assert_eq!(error.code, ErrorCode::NotFound);
}

#[test]
fn a_few_members_are_read_one_by_one_and_many_from_the_listing() {
    let gone = reads("users.info").query("user", "U2").answers(200, refusal("user_not_found"));
    let script = Script::new().then(info(&member("U1", "ada"))).then(gone);
    let found = call(web(), script, |slack| slack.get_many(&["U1".to_owned(), "U2".to_owned()])).unwrap();
    assert_eq!(found.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);

    let ids: Vec<String> = (0..30).map(|number| format!("U{number}")).collect();
    let page = |from: usize, to: usize, next: &str| {
        let members: Vec<_> = (from..to).map(|number| member(&format!("U{number}"), &format!("person{number}"))).collect();
        json!({ "ok": true, "members": members, "response_metadata": { "next_cursor": next } })
    };
    let script = Script::new()
        .then(listing().answers(200, page(0, 20, "b")))
        .then(listing().query("cursor", "b").answers(200, page(20, 29, "")));
    let found = call(web(), script, |slack| slack.get_many(&ids)).unwrap();
    assert_eq!(found.iter().filter(|found| found.is_some()).count(), 29);
    assert_eq!((found[7].as_ref().unwrap().id.as_str(), found[29].is_none()), ("U7", true));
}

#[test]
fn a_listing_that_leads_back_says_of_nobody_that_they_do_not_exist() {
    let ids: Vec<String> = (0..30).map(|number| format!("U{number}")).collect();
    let page = || json!({ "ok": true, "members": [member("U1", "ada")], "response_metadata": { "next_cursor": "b" } });
    let script = Script::new().then(listing().answers(200, page())).then(listing().query("cursor", "b").answers(200, page()));
    assert_eq!(call(web(), script, |slack| slack.get_many(&ids)).unwrap_err().code, ErrorCode::MalformedResponse);
}

#[test]
fn people_are_found_by_their_address() {
    let ada = member("U1", "ada");
    let script = Script::new().then(lookup("Ada@acme.example", Some(&ada)));
    assert_eq!(call(web(), script, |slack| slack.find("emails", "Ada@acme.example")).unwrap()[0].id, "U1");
    let script = Script::new().then(lookup("grace@acme.example", None));
    assert_eq!(call(web(), script, |slack| slack.find("emails", "grace@acme.example")).unwrap(), []);
    // Somebody else is nobody.
    let script = Script::new().then(lookup("grace@acme.example", Some(&ada)));
    assert_eq!(call(web(), script, |slack| slack.find("emails", "grace@acme.example")).unwrap(), []);
    let error = call(web(), Script::new(), |slack| slack.find("title", "Engineer")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}

fn replace(name: &str, text: &str) -> Delta {
    Delta { name: name.to_owned(), edit: Edit::Replace(vec![Value::text(text)]) }
}

#[test]
fn only_what_differs_is_written_into_the_profile() {
    let ada = member("U1", "ada");
    let mut after = ada.clone();
    after["profile"]["title"] = json!("");
    after["profile"]["phone"] = json!("+44 20");
    let form = "user=U1&profile=%7B%22phone%22%3A%22%2B44%2020%22%2C%22title%22%3A%22%22%7D";
    let script = Script::new().then(info(&ada)).then(writes("users.profile.set", form)).then(info(&after));
    let deltas = vec![
        replace("name.givenName", "Ada"),
        Delta { name: "title".to_owned(), edit: Edit::Clear },
        replace("phoneNumbers", "+44 20"),
    ];
    let Outcome::Done(account) = call(web(), script, |slack| slack.update("U1", deltas, intent())).unwrap() else {
        panic!("it was not so already");
    };
    assert_eq!(values(&account, "title"), Some(vec![]));

    let script = Script::new().then(info(&ada));
    let outcome = call(web(), script, |slack| slack.update("U1", vec![replace("title", "Engineer")], intent())).unwrap();
    assert!(matches!(outcome, Outcome::Already(_)));
}

#[test]
fn what_the_web_api_cannot_write_is_refused_before_anything_is_sent() {
    let clear = |name: &str| Delta { name: name.to_owned(), edit: Edit::Clear };
    let two = Delta { name: "title".to_owned(), edit: Edit::Replace(vec![Value::text("a"), Value::text("b")]) };
    for delta in [replace("userName", "ada"), replace("department", "x"), clear("emails"), two] {
        let name = delta.name.clone();
        let error = call(web(), Script::new(), |slack| slack.update("U1", vec![delta], intent())).unwrap_err();
        assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, name.as_str()));
    }
}

#[test]
fn a_profile_that_was_written_and_cannot_be_read_back_is_unknown() {
    let lost = reads("users.info").query("user", "U1").answers(503, json!({}));
    let script = Script::new()
        .then(info(&member("U1", "ada")))
        .then(writes("users.profile.set", "user=U1&profile=%7B%22title%22%3A%22Lead%22%7D"))
        .then(lost);
    let error = call(web(), script, |slack| slack.update("U1", vec![replace("title", "Lead")], intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::OutcomeUnknown);
}
