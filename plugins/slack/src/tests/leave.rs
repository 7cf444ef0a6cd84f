use super::*;

fn deactivated() -> Json {
    let mut ada = member("U1", "ada");
    ada["deleted"] = json!(true);
    // Slack leaves these out of a deactivated user.
    ada.as_object_mut().unwrap().remove("is_restricted");
    ada.as_object_mut().unwrap().remove("is_ultra_restricted");
    ada
}

/// What the admin methods know of those who are deactivated.
fn known(users: Json) -> Exchange {
    let call = reads("admin.users.list").query("team_id", "T1").query("is_active", "false").query("limit", 100);
    call.answers(200, json!({ "ok": true, "users": users }))
}

fn suspend(slack: &Slack) -> Result<Outcome> {
    slack.set_status("U1", AccountStatus::Suspended, intent())
}

#[test]
fn a_leaver_is_removed_from_the_workspace_and_read_back() {
    let script = Script::new()
        .then(info(&member("U1", "ada")))
        .then(writes("admin.users.remove", "team_id=T1&user_id=U1"))
        .then(info(&deactivated()));
    let Outcome::Done(account) = call(grid(), script, suspend).unwrap() else { panic!("it was not so already") };
    assert_eq!(account.status, AccountStatus::Suspended);
}

#[test]
fn who_is_deactivated_already_is_left_alone() {
    let script = Script::new().then(info(&deactivated()));
    assert!(matches!(call(grid(), script, suspend), Ok(Outcome::Already(_))));
    // Somebody else was faster.
    let script = Script::new()
        .then(info(&member("U1", "ada")))
        .then(writes("admin.users.remove", "team_id=T1&user_id=U1").answers(200, refusal("user_already_deleted")))
        .then(info(&deactivated()));
    assert!(matches!(call(grid(), script, suspend), Ok(Outcome::Already(_))));
}

#[test]
fn the_primary_owner_stays() {
    let refused = writes("admin.users.remove", "team_id=T1&user_id=U1").answers(200, refusal("cannot_modify_primary_owner"));
    let script = Script::new().then(info(&member("U1", "ada"))).then(refused);
    assert_eq!(call(grid(), script, suspend).unwrap_err().code, ErrorCode::PermissionDenied);
}

#[test]
fn who_comes_back_is_the_member_or_guest_that_they_were() {
    let back = |slack: &Slack| slack.set_status("U1", AccountStatus::Active, intent());
    for (restricted, ultra, form) in [
        (false, false, "team_id=T1&user_id=U1&channel_ids=C1"),
        (true, false, "team_id=T1&user_id=U1&channel_ids=C9&is_restricted=true"),
        (true, true, "team_id=T1&user_id=U1&channel_ids=C9&is_ultra_restricted=true"),
    ] {
        let users = json!([
            { "id": "U2", "is_restricted": false, "is_ultra_restricted": false },
            { "id": "U1", "is_restricted": restricted, "is_ultra_restricted": ultra },
        ]);
        let script = Script::new()
            .then(info(&deactivated()))
            .then(known(users))
            .then(writes("admin.users.assign", form))
            .then(info(&member("U1", "ada")));
        assert!(matches!(call(grid(), script, back), Ok(Outcome::Done(_))));
    }
}

#[test]
fn who_was_perhaps_a_guest_is_not_made_a_member() {
    let back = |slack: &Slack| slack.set_status("U1", AccountStatus::Active, intent());
    for users in [json!([]), json!([{ "id": "U1" }])] {
        let script = Script::new().then(info(&deactivated())).then(known(users));
        assert!(matches!(call(grid(), script, back), Ok(Outcome::ActionRequired(_))));
    }
}

#[test]
fn where_no_api_deactivates_a_human_is_asked() {
    let mut texts = Vec::new();
    for (user, status) in [(member("U1", "ada"), AccountStatus::Suspended), (deactivated(), AccountStatus::Active)] {
        let outcome = call(web(), Script::new().then(info(&user)), |slack| slack.set_status("U1", status, intent())).unwrap();
        let Outcome::ActionRequired(text) = outcome else { panic!("it was done") };
        texts.push(text);
    }
    insta::assert_snapshot!("deactivate_by_hand", texts.join("\n"));
    // And nobody is asked for what is so already.
    assert!(matches!(call(web(), Script::new().then(info(&deactivated())), suspend), Ok(Outcome::Already(_))));
}

#[test]
fn nobody_is_deleted_and_an_invitation_is_cancelled() {
    let delete = |slack: &Slack| slack.delete("U1", intent());
    assert_eq!(call(json!({}), Script::new(), delete).unwrap_err().code, ErrorCode::Unsupported);
    let script = Script::new().then(info(&member("U1", "ada")));
    assert_eq!(call(grid(), script, delete).unwrap_err().code, ErrorCode::Unsupported);

    let mut invited = member("U1", "ada");
    invited["is_invited_user"] = json!(true);
    let script = Script::new().then(info(&invited)).then(writes("admin.users.remove", "team_id=T1&user_id=U1"));
    assert_eq!(call(grid(), script, delete).unwrap(), Effect::Done);
    let gone = reads("users.info").query("user", "U1").answers(200, refusal("user_not_found"));
    assert_eq!(call(grid(), Script::new().then(gone), delete).unwrap(), Effect::Already);
}

#[test]
fn sessions_end_in_an_organisation_and_elsewhere_by_deactivating() {
    let end = |slack: &Slack| slack.revoke_all("U1", intent());
    let reset = || writes("admin.users.session.reset", "user_id=U1");
    assert_eq!(call(grid(), Script::new().then(reset()), end).unwrap(), Effect::Done);
    let organisation = json!({ "enterprise": true });
    assert_eq!(call(organisation, Script::new().then(reset()), end).unwrap(), Effect::Done);
    // Slack does not find who is deactivated, and they have no sessions.
    let script = Script::new().then(reset().answers(200, refusal("user_not_found"))).then(info(&deactivated()));
    assert_eq!(call(grid(), script, end).unwrap(), Effect::Already);
    // Another error stays one.
    let script = Script::new().then(reset().answers(200, refusal("user_session_reset_failed")));
    assert_eq!(call(grid(), script, end).unwrap_err().code, ErrorCode::Unavailable);

    assert_eq!(call(web(), Script::new().then(info(&deactivated())), end).unwrap(), Effect::Already);
    let error = call(web(), Script::new().then(info(&member("U1", "ada"))), end).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}
