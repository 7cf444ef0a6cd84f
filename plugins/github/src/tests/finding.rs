use super::*;

#[test]
fn a_changed_login_is_the_same_account() {
    let fake = acme();
    let id = fake.with(|github| github.add_member("ada", Role::Member)).to_string();
    let before = call(fake.clone(), |github| github.get(&id)).unwrap();
    fake.with(|github| github.rename("ada", "lovelace"));
    let after = call(fake.clone(), |github| github.get(&id)).unwrap();
    assert_eq!((before.unique_name.as_str(), after.unique_name.as_str()), ("ada", "lovelace"));
    assert_eq!(before.id, after.id);
    assert!(call(fake.clone(), |github| github.find("userName", "ada")).unwrap().is_empty());
    assert_eq!(call(fake, |github| github.find("userName", "LOVELACE")).unwrap(), [after]);
}

#[test]
fn somebody_else_with_the_old_login_is_somebody_else() {
    let fake = acme();
    let id = fake.with(|github| {
        let id = github.add_member("ada", Role::Member);
        github.rename("ada", "lovelace");
        github.add_member("ada", Role::Member);
        id.to_string()
    });
    assert_eq!(call(fake.clone(), |github| github.delete(&id, intent())).unwrap(), Effect::Done);
    let left: Vec<_> = fake.with(|github| github.members()).into_iter().map(|(login, _)| login).collect();
    assert_eq!(left, [OWNER, "ada"]);
}

#[test]
fn who_has_left_and_what_was_never_an_id_is_not_found() {
    let fake = acme();
    let id = fake.with(|github| github.add_user("ada")).to_string();
    for id in [id.as_str(), "999999", "ada", "invitation/", "invitation/12", "../orgs"] {
        assert_eq!(call(fake.clone(), |github| github.get(id)).unwrap_err().code, ErrorCode::NotFound, "{id}");
    }
}

#[test]
fn an_invitation_is_found_by_login_and_by_address() {
    let fake = acme();
    fake.with(|github| github.add_user("ada"));
    for name in ["ada", "grace@acme.example"] {
        call(fake.clone(), |github| github.create(draft(name), intent())).unwrap();
        let found = call(fake.clone(), |github| github.find("userName", name)).unwrap();
        assert_eq!((found.len(), found[0].status), (1, AccountStatus::Invited), "{name}");
    }
    assert_eq!(call(fake.clone(), |github| github.find("emails", "GRACE@acme.example")).unwrap().len(), 1);
    assert!(call(fake.clone(), |github| github.find("emails", "nobody@acme.example")).unwrap().is_empty());
    assert_eq!(call(fake, |github| github.find("displayName", "Ada")).unwrap_err().code, ErrorCode::Unsupported);
}

#[test]
fn many_accounts_are_read_from_listings_in_the_order_asked_for() {
    let fake = acme();
    let ids = fake.with(|github| {
        let members = (0..120).map(|number| github.add_member(&format!("member{number}"), Role::Member));
        let mut ids: Vec<_> = members.map(|id| id.to_string()).collect();
        ids.push(github.add_user("stranger").to_string());
        ids
    });
    let mut wanted = ids.clone();
    wanted.reverse();
    wanted.push("invitation/4711".to_owned());
    let found = call(fake, |github| github.get_many(&wanted)).unwrap();
    assert_eq!(found.len(), 122);
    assert_eq!((found[0].as_ref(), found[121].as_ref()), (None, None));
    let seen: Vec<_> = found[1..121].iter().map(|account| account.as_ref().unwrap().id.clone()).collect();
    assert_eq!(seen, wanted[1..121]);
}

#[test]
fn four_accounts_of_a_large_organisation_are_soon_read_one_by_one() {
    // No page of the listing has any of them, and it goes on and on.
    let next = |page: u32| format!("https://api.github.test/organizations/1/members?page={page}");
    let link = |page: u32| format!("<{}>; rel=\"next\"", next(page));
    let first = Exchange::get("/orgs/acme/members").query("per_page", 100).query("role", "member");
    let mut script = Script::new().then(first.answers(200, json!([])).answer_header("link", &link(2)));
    for page in 2..=8 {
        script = script.then(Exchange::get(&next(page)).answers(200, json!([])).answer_header("link", &link(page + 1)));
    }
    for id in 1..=4 {
        let (user, membership) = (format!("/user/{id}"), format!("/orgs/acme/memberships/member{id}"));
        script = script
            .then(Exchange::get(&user).answers(200, json!({ "id": id, "login": format!("member{id}"), "name": null })))
            .then(Exchange::get(&membership).answers(200, json!({ "state": "active", "role": "member" })));
    }
    let ids: Vec<_> = (1..=4).map(|id: u64| id.to_string()).collect();
    let found = call(script, |github| github.get_many(&ids)).unwrap();
    assert!(found.iter().all(Option::is_some));
    assert_eq!(values(found[0].as_ref().unwrap(), "displayName"), Some(Vec::new()), "known to be empty");
}
