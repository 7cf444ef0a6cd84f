use super::*;

#[test]
fn the_role_changes_and_is_read_back() {
    let fake = acme();
    let id = fake.with(|github| github.add_member("ada", Role::Member)).to_string();
    let update = |role: &str| call(fake.clone(), |github| github.update(&id, vec![replace("role", role)], intent())).unwrap();
    assert!(matches!(update("admin"), Outcome::Done(account) if values(&account, "role") == Some(vec!["admin"])));
    assert!(matches!(update("admin"), Outcome::Already(_)));
    assert!(matches!(update("member"), Outcome::Done(account) if values(&account, "role") == Some(vec!["member"])));
}

#[test]
fn the_last_owner_stays_owner_and_member() {
    let fake = acme();
    let id = fake.with(|github| github.user(OWNER).unwrap().id).to_string();
    let expected = format!("{OWNER} is the last owner of acme: make somebody else an owner first");
    let error = call(fake.clone(), |github| github.update(&id, vec![replace("role", "member")], intent())).unwrap_err();
    assert_eq!((error.code, &error.message), (ErrorCode::Invalid, &expected));
    let error = call(fake.clone(), |github| github.delete(&id, intent())).unwrap_err();
    assert_eq!((error.code, &error.message), (ErrorCode::Invalid, &expected));
    fake.with(|github| github.add_member("ada", Role::Admin));
    assert_eq!(call(fake, |github| github.delete(&id, intent())).unwrap(), Effect::Done);
}

#[test]
fn a_member_is_removed_once_whatever_the_login_is_now() {
    let fake = acme();
    let id = fake.with(|github| {
        let id = github.add_member("ada", Role::Member);
        github.rename("ada", "lovelace");
        id.to_string()
    });
    let delete = || call(fake.clone(), |github| github.delete(&id, intent())).unwrap();
    assert_eq!(delete(), Effect::Done);
    assert_eq!(delete(), Effect::Already);
    assert_eq!(fake.with(|github| github.members().len()), 1);
    assert_eq!(call(fake, |github| github.delete("999999", intent())).unwrap(), Effect::Already);
}

#[test]
fn a_member_through_a_team_of_the_enterprise_is_a_task_for_a_human() {
    let user = || Exchange::get("/user/7").answers(200, json!({ "id": 7, "login": "ada", "type": "User" }));
    let membership = |direct: bool| {
        let body = json!({
            "state": "active", "role": "member", "direct_membership": direct,
            "enterprise_teams_providing_indirect_membership": ["ent:security"],
        });
        Exchange::get("/orgs/acme/memberships/ada").answers(200, body)
    };
    let script = Script::new().then(user()).then(membership(false));
    let effect = call(script, |github| github.delete("7", intent())).unwrap();
    let text = "ada is still a member of acme through the enterprise's teams ent:security: remove them there".to_owned();
    assert_eq!(effect, Effect::ActionRequired(text.clone()));
    // Somebody who is both loses what can be taken here.
    let script = Script::new()
        .then(user())
        .then(membership(true))
        .then(Exchange::delete("/orgs/acme/memberships/ada").answers(204, Json::Null));
    assert_eq!(call(script, |github| github.delete("7", intent())).unwrap(), Effect::ActionRequired(text));
}

#[test]
fn what_is_the_persons_own_is_not_changed() {
    let fake = acme();
    let id = fake.with(|github| github.add_member("ada", Role::Member)).to_string();
    let clear = Delta { name: "role".to_owned(), edit: Edit::Clear };
    for (delta, field) in [(replace("userName", "x"), "userName"), (replace("role", "boss"), "role"), (clear, "role")] {
        let error = call(fake.clone(), |github| github.update(&id, vec![delta], intent())).unwrap_err();
        assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, field));
    }
    let error = call(fake.clone(), |github| github.set_status(&id, AccountStatus::Suspended, intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}

#[test]
fn an_invitation_is_not_edited_and_a_stranger_is_no_member() {
    let fake = acme();
    let stranger = fake.with(|github| github.add_user("ada")).to_string();
    for (id, code) in
        [("invitation/7", ErrorCode::Conflict), (stranger.as_str(), ErrorCode::NotFound), ("x", ErrorCode::NotFound)]
    {
        let error = call(fake.clone(), |github| github.update(id, vec![replace("role", "admin")], intent())).unwrap_err();
        assert_eq!(error.code, code, "{id}");
    }
}
