use super::*;
use jiff::SignedDuration;

fn invited(outcome: Outcome) -> Account {
    match outcome {
        Outcome::Invited(account) => account,
        other => panic!("expected an invitation, got {other:?}"),
    }
}

fn create(fake: &Direct<Fake>, draft: Draft) -> Result<Outcome> {
    call(fake.clone(), |github| github.create(draft, intent()))
}

fn verified() -> FakeQuirks {
    FakeQuirks { verified_domains: vec!["acme.example".to_owned()], ..FakeQuirks::default() }
}

#[test]
fn a_login_is_invited_with_its_role_and_teams() {
    let fake = acme();
    let backend = fake.with(|github| {
        github.add_user("ada");
        github.add_team("Backend", None)
    });
    let mut ada = draft("ada");
    ada.attributes.push(Attribute::text("role", "admin"));
    ada.grants = vec![team(backend), EntitlementKey::new("copilot", "seat")];
    let account = invited(create(&fake, ada).unwrap());
    assert_eq!((account.unique_name.as_str(), account.status), ("ada", AccountStatus::Invited));
    assert_eq!(values(&account, "role"), Some(vec!["admin"]));
    assert_eq!(values(&account, "emails"), None, "GitHub does not say the address behind a login");
    assert!(account.id.starts_with("invitation/"), "{}", account.id);
    let id = fake.with(|github| github.accept_invitation("ada"));
    assert_eq!(fake.with(|github| github.team_members("backend")), ["ada"]);
    let members = list(&json!({}), &fake);
    let ada = members.iter().find(|account| account.unique_name == "ada").unwrap();
    assert_eq!(
        (ada.id.as_str(), ada.status, values(ada, "role")),
        (&*id.to_string(), AccountStatus::Active, Some(vec!["admin"]))
    );
}

#[test]
fn an_address_is_invited_and_expires_after_seven_days() {
    let script = Script::new().then(
        Exchange::post("/orgs/acme/invitations", json!({ "email": "ada@acme.example", "role": "direct_member" }))
            .header("accept", "application/vnd.github+json")
            .header("x-github-api-version", "2022-11-28")
            .answers(
                201,
                json!({
                    "id": 7, "login": null, "email": "ada@acme.example", "role": "direct_member",
                    "created_at": "2026-11-22T17:00:00-08:00", "failed_at": "", "failed_reason": "",
                }),
            ),
    );
    let account = invited(call(script, |github| github.create(draft("ada@acme.example"), intent())).unwrap());
    assert_eq!((account.id.as_str(), account.unique_name.as_str()), ("invitation/7", "ada@acme.example"));
    assert_eq!(values(&account, "emails"), Some(vec!["ada@acme.example"]));
    assert_eq!(values(&account, "userName"), None, "the login is not known");
    let expected = Invitation { expires: Some("2026-11-30T01:00:00Z".to_owned()), failed: None };
    assert_eq!(account.invitation, Some(expected));
}

#[test]
fn without_a_login_the_primary_address_is_invited() {
    let fake = acme();
    let mut ada = draft("");
    let addresses = vec![Value::text("ada@home.example"), Value::text("ada@acme.example").primary()];
    ada.attributes.push(Attribute::new("emails", addresses));
    invited(create(&fake, ada).unwrap());
    assert_eq!(fake.with(|github| github.invited()), ["ada@acme.example"]);
    let error = create(&fake, draft("")).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "userName"));
}

#[test]
fn a_login_that_nobody_has_is_wrong_input_and_nothing_is_sent() {
    let fake = acme();
    let error = create(&fake, draft("nobody")).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "userName"));
    assert_eq!(error.message, "nobody on GitHub has the login nobody");
    let script = Script::new()
        .then(Exchange::get("/users/acme").answers(200, json!({ "id": 1, "login": "acme", "type": "Organization" })));
    assert_eq!(
        call(script, |github| github.create(draft("acme"), intent())).unwrap_err().message,
        "acme on GitHub is not a person"
    );
}

#[test]
fn a_pending_invitation_is_an_invited_account() {
    let fake = acme();
    let account = invited(create(&fake, draft("ada@acme.example")).unwrap());
    let accounts = list(&json!({}), &fake);
    assert_eq!(accounts.iter().filter(|account| account.status == AccountStatus::Invited).collect::<Vec<_>>(), [&account]);
    assert_eq!(call(fake, |github| github.get(&account.id)).unwrap(), account);
}

#[test]
fn an_expired_invitation_is_gone_with_its_reason_until_it_is_sent_again() {
    let fake = acme();
    let first = invited(create(&fake, draft("ada@acme.example")).unwrap());
    fake.with(|github| github.advance(SignedDuration::from_hours(8 * 24)));
    let gone = list(&json!({}), &fake).into_iter().find(|account| account.id == first.id).unwrap();
    assert_eq!((gone.status, gone.unique_name.as_str()), (AccountStatus::Gone, "ada@acme.example"));
    let invitation = gone.invitation.clone().unwrap();
    assert!(invitation.failed.unwrap().contains("expired"));
    assert_eq!(invitation.expires, first.invitation.clone().unwrap().expires);
    assert_eq!(call(fake.clone(), |github| github.get(&first.id)).unwrap(), gone, "read by itself it is the same");

    let second = invited(create(&fake, draft("ada@acme.example")).unwrap());
    let theirs: Vec<_> = list(&json!({}), &fake).into_iter().filter(|account| account.unique_name == gone.unique_name).collect();
    assert_eq!(theirs, [second], "the old one is no news any more");
}

#[test]
fn an_invitation_that_failed_tells_why() {
    let fake = acme();
    let account = invited(create(&fake, draft("ada@acme.example")).unwrap());
    fake.with(|github| github.fail_invitation("ada@acme.example", "Email bounced"));
    let gone = call(fake, |github| github.get(&account.id)).unwrap();
    assert_eq!(gone.status, AccountStatus::Gone);
    assert_eq!(gone.invitation.unwrap().failed.as_deref(), Some("Email bounced"));
}

#[test]
fn a_failed_invitation_of_a_login_that_has_joined_since_is_not_listed() {
    let fake = acme();
    fake.with(|github| github.add_user("ada"));
    invited(create(&fake, draft("ada")).unwrap());
    fake.with(|github| {
        github.advance(SignedDuration::from_hours(8 * 24));
        github.add_member("ada", Role::Member);
    });
    assert_eq!(fake.with(|github| github.failed()), ["ada"]);
    let statuses: Vec<_> = list(&json!({}), &fake).into_iter().map(|account| account.status).collect();
    assert_eq!(statuses, [AccountStatus::Active, AccountStatus::Active]);
}

#[test]
fn an_invitation_is_cancelled_once() {
    let fake = acme();
    let account = invited(create(&fake, draft("ada@acme.example")).unwrap());
    let delete = || call(fake.clone(), |github| github.delete(&account.id, intent())).unwrap();
    assert_eq!(delete(), Effect::Done);
    assert!(fake.with(|github| github.invited()).is_empty());
    assert_eq!(delete(), Effect::Already);
    assert_eq!(call(fake, |github| github.get(&account.id)).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn who_was_invited_by_address_is_known_again_by_the_verified_address() {
    let fake = fake(verified());
    let invitation = invited(create(&fake, draft("ada@acme.example")).unwrap());
    let id = fake.with(|github| github.accept_invitation_as("ada@acme.example", "lovelace")).to_string();
    let identity = json!({ "identity": "verified-domain-email" });
    let accounts = list(&identity, &fake);
    assert!(accounts.iter().all(|account| account.id != invitation.id), "the invitation is no account any more");
    let member = accounts.iter().find(|account| account.id == id).unwrap();
    assert_eq!((member.unique_name.as_str(), values(member, "emails")), ("lovelace", Some(vec!["ada@acme.example"])));
    assert_eq!(values(member, "role"), Some(vec!["member"]));
    let found = call_with(identity.clone(), fake.clone(), |github| github.find("emails", "ADA@acme.example")).unwrap();
    assert_eq!(found, std::slice::from_ref(member));
    // And is not invited again.
    let again = call_with(identity, fake, |github| github.create(draft("ada@acme.example"), intent())).unwrap();
    assert_eq!(again, Outcome::Already(member.clone()));
}

#[test]
fn an_address_of_a_member_whose_login_is_not_known_is_a_conflict() {
    let fake = acme();
    fake.with(|github| {
        github.add_user_with_email("ada", "ada@acme.example");
        github.add_member("ada", Role::Member);
    });
    let error = create(&fake, draft("ada@acme.example")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
    assert!(error.message.contains("already a part of") && error.message.contains("`identity`"), "{}", error.message);
}

#[test]
fn who_is_there_or_invited_already_is_told_as_such() {
    let fake = acme();
    let ada = fake.with(|github| {
        github.add_user("grace");
        github.add_member("ada", Role::Admin)
    });
    match create(&fake, draft("Ada")).unwrap() {
        Outcome::Already(account) => {
            assert_eq!((account.id.as_str(), values(&account, "role")), (&*ada.to_string(), Some(vec!["admin"])));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fake.with(|github| github.members())[1].1, Role::Admin, "a member's role is not touched");
    for name in ["grace", "new@acme.example"] {
        let account = invited(create(&fake, draft(name)).unwrap());
        assert_eq!(create(&fake, draft(name)).unwrap(), Outcome::Already(account), "{name}");
    }
}

#[test]
fn the_invitations_of_a_day_and_the_seats_of_a_plan_end() {
    let fake = fake(FakeQuirks { invitations_per_day: 1, ..FakeQuirks::default() });
    invited(create(&fake, draft("ada@acme.example")).unwrap());
    let error = create(&fake, draft("grace@acme.example")).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::RateLimited, Some(3600)));
    assert!(error.message.contains("invitations of 24 hours"), "{}", error.message);

    let answer = refused("You must purchase at least one more seat to add this user as a member.");
    let script = Script::new().then(
        Exchange::new(http::Method::Post, "/orgs/acme/invitations")
            .body(json!({ "email": "ada@acme.example", "role": "direct_member" }))
            .answers(422, answer),
    );
    let error = call(script, |github| github.create(draft("ada@acme.example"), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::SeatsExhausted);
}

#[test]
fn a_refusal_of_another_kind_is_told_in_githubs_words() {
    let script = Script::new()
        .then(
            Exchange::post("/orgs/acme/invitations", json!({ "email": "ada@acme", "role": "direct_member" }))
                .answers(422, refused("Email is invalid")),
        )
        .then(Exchange::get("/orgs/acme/invitations").query("per_page", 100).answers(200, json!([])));
    let error = call(script, |github| github.create(draft("ada@acme"), intent())).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Invalid, "Validation Failed: Email is invalid"));
}

#[test]
fn where_nobody_is_invited_a_login_is_a_member_at_once() {
    let fake = fake(FakeQuirks::default());
    let direct = json!({ "join": "direct" });
    let user = json!({ "id": 9, "login": "ada_acme", "type": "User", "name": "Ada" });
    let membership =
        json!({ "state": "active", "role": "member", "url": "", "organization_url": "", "organization": {}, "user": null });
    let script = Script::new()
        .then(Exchange::get("/users/ada_acme").answers(200, user))
        .then(Exchange::get("/orgs/acme/memberships/ada_acme").answers(404, json!({ "message": "Not Found" })))
        .then(Exchange::put("/orgs/acme/memberships/ada_acme", json!({ "role": "member" })).answers(200, membership));
    match call_with(direct.clone(), script, |github| github.create(draft("ada_acme"), intent())).unwrap() {
        Outcome::Done(account) => assert_eq!((account.id.as_str(), account.status), ("9", AccountStatus::Active)),
        other => panic!("{other:?}"),
    }
    // Who is a member already keeps the role.
    let again = call_with(direct.clone(), fake.clone(), |github| github.create(draft(OWNER), intent())).unwrap();
    assert!(matches!(again, Outcome::Already(account) if values(&account, "role") == Some(vec!["admin"])));
    let error = call_with(direct, fake, |github| github.create(draft("ada@acme.example"), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}
