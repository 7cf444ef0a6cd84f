use super::*;
use innkeeper_fakes::github::ExternalIdentity;

#[test]
fn everybody_is_listed_once_with_the_role_over_many_pages() {
    let fake = acme();
    fake.with(|github| {
        for number in 0..230 {
            github.add_member(&format!("member{number}"), Role::Member);
        }
        for number in 0..3 {
            github.add_member(&format!("owner{number}"), Role::Admin);
        }
    });
    let accounts = list(&json!({}), &fake);
    let mut ids: Vec<_> = accounts.iter().map(|account| account.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((accounts.len(), ids.len()), (234, 234));
    let admins = accounts.iter().filter(|account| values(account, "role") == Some(vec!["admin"])).count();
    assert_eq!(admins, 4);
    assert!(accounts.iter().all(|account| values(account, "emails").is_none()), "addresses are not known, and not empty");
}

#[test]
fn the_next_page_is_where_the_link_says() {
    let user = |id: u64| json!([{ "id": id, "login": format!("member{id}"), "type": "User" }]);
    let next = "https://api.github.test/organizations/1/members?role=admin&per_page=100&page=2";
    let script = Script::new().then(
        Exchange::get("/orgs/acme/members")
            .query("per_page", 100)
            .query("role", "admin")
            .answers(200, user(1))
            .answer_header("link", &format!("<{next}>; rel=\"next\", <{next}>; rel=\"last\"")),
    );
    let page = call(script, |github| Accounts::list(github, None)).unwrap();
    let script = Script::new().then(Exchange::get(next).answers(200, user(2)));
    let page = call(script, |github| Accounts::list(github, page.next)).unwrap();
    assert_eq!(page.items[0].id, "2");
    // One that leads to itself would never end.
    let circle = Exchange::get(next).answers(200, user(2)).answer_header("link", &format!("<{next}>; rel=\"next\""));
    let cursor = Some(json!({ "stage": "Owners", "next": next }).to_string());
    let error = call(Script::new().then(circle), |github| Accounts::list(github, cursor)).unwrap_err();
    assert_eq!(error.code, ErrorCode::MalformedResponse);
}

#[test]
fn who_is_asked_to_be_billing_manager_is_no_account() {
    let invitation = |id: u64, role: &str| json!({ "id": id, "login": null, "email": format!("{id}@acme.example"), "role": role, "created_at": "2026-11-20T00:00:00Z" });
    let pending = json!([invitation(1, "billing_manager"), invitation(2, "hiring_manager"), invitation(3, "reinstate")]);
    let cursor = Some(json!({ "stage": "Invitations", "next": null }).to_string());
    let script = Script::new().then(Exchange::get("/orgs/acme/invitations").query("per_page", 100).answers(200, pending));
    let page = call(script, |github| Accounts::list(github, cursor)).unwrap();
    assert_eq!(page.items.iter().map(|account| account.id.as_str()).collect::<Vec<_>>(), ["invitation/3"]);
    assert_eq!(values(&page.items[0], "role"), None, "which role it brings back is not told");
}

#[test]
fn saml_gives_addresses_of_those_who_have_signed_in() {
    let fake = fake(FakeQuirks { saml: true, ..FakeQuirks::default() });
    let ada = fake.with(|github| {
        for number in 0..150 {
            let user = Some(github.add_member(&format!("member{number}"), Role::Member));
            github.add_external_identity(identity(Some(&format!("{number}@acme.example")), user));
        }
        let ada = github.add_member("ada", Role::Member);
        github.add_external_identity(identity(Some("ada@acme.example"), Some(ada)));
        github.add_external_identity(identity(Some("new@acme.example"), None));
        ada.to_string()
    });
    let saml = json!({ "identity": "saml" });
    let accounts = list(&saml, &fake);
    assert_eq!(accounts.len(), 152);
    let by_id = |id: &str| accounts.iter().find(|account| account.id == id).unwrap();
    assert_eq!(values(by_id(&ada), "emails"), Some(vec!["ada@acme.example"]));
    let owner = accounts.iter().find(|account| account.unique_name == OWNER).unwrap();
    assert_eq!(values(owner, "emails"), None, "who has not signed in may have any address");
    assert_eq!(values(owner, "role"), Some(vec!["admin"]));
    let found = call_with(saml, fake, |github| github.find("emails", "ada@acme.example")).unwrap();
    assert_eq!(found.iter().map(|account| account.id.as_str()).collect::<Vec<_>>(), [ada.as_str()]);
}

fn identity(name_id: Option<&str>, user: Option<u64>) -> ExternalIdentity {
    ExternalIdentity { name_id: name_id.map(str::to_owned), user, ..ExternalIdentity::default() }
}

#[test]
fn an_organisation_without_saml_says_so() {
    let error = call_with(json!({ "identity": "saml" }), acme(), |github| {
        Accounts::list(github, Some(json!({ "stage": "Members", "next": null }).to_string()))
    })
    .unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    assert!(error.message.contains("verified-domain-email"), "{}", error.message);
}

#[test]
fn where_nobody_is_invited_only_members_are_listed() {
    let fake = fake(FakeQuirks { managed_users: true, ..FakeQuirks::default() });
    assert_eq!(list(&json!({ "join": "direct" }), &fake).len(), 1);
    // And the setting is named to whoever forgot it.
    let cursor = Some(json!({ "stage": "Invitations", "next": null }).to_string());
    let error = call(fake, |github| Accounts::list(github, cursor)).unwrap_err();
    assert_eq!(error.code, ErrorCode::PermissionDenied);
    assert!(error.message.contains("join = \"direct\""), "{}", error.message);
}
