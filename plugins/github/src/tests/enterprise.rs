use super::*;
use innkeeper_fakes::web::{Request, Service};

fn enterprise<T>(transport: impl Transport + 'static, work: impl FnOnce(&GitHub) -> Result<T>) -> Result<T> {
    let settings = json!({ "base-url": BASE, "profile": "enterprise-scim", "enterprise": "acme" });
    testing::run(settings, transport, || work(&GitHub::open()?))
}

fn ada() -> Draft {
    let mut ada = draft("ada");
    ada.attributes.push(Attribute::text("externalId", "E1"));
    ada.attributes.push(Attribute::text("emails", "ada@acme.example"));
    ada
}

#[test]
fn every_request_says_the_version_and_goes_to_the_enterprise() {
    let answer = json!({ "schemas": [], "totalResults": 0, "Resources": [], "startIndex": 1, "itemsPerPage": 0 });
    let script = Script::new().then(
        Exchange::get("/scim/v2/enterprises/acme/Users")
            .query("filter", "userName eq \"ada\"")
            .query("count", 100)
            .header("x-github-api-version", "2022-11-28")
            .answers(200, answer),
    );
    assert!(enterprise(script, |github| github.find("userName", "ada")).unwrap().is_empty());
}

#[test]
fn a_managed_user_is_made_with_all_that_github_demands() {
    let mut body = json!({});
    let transport = move |request: &testing::Request| {
        if let Some(http::Body::Text(text)) = &request.body {
            body = serde_json::from_str(text).unwrap();
            assert_eq!(body["displayName"], "ada");
            assert_eq!(body["emails"], json!([{ "value": "ada@acme.example", "type": "work", "primary": true }]));
            assert_eq!((&body["externalId"], &body["active"]), (&json!("E1"), &json!(true)));
        }
        let mut user = body.clone();
        user["id"] = json!("u1");
        Ok(testing::json(201, &user))
    };
    assert!(
        matches!(enterprise(transport, |github| github.create(ada(), intent())).unwrap(), Outcome::Done(account) if account.id == "u1")
    );
    let error = enterprise(Script::new(), |github| github.create(draft("ada"), intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert!(error.fields.iter().any(|field| field.name == "externalId"), "{error:?}");
}

#[test]
fn a_managed_user_lives_suspends_returns_and_is_deleted_for_ever() {
    let fake = acme();
    let run = |work: &dyn Fn(&GitHub) -> Result<Outcome>| match enterprise(fake.clone(), work).unwrap() {
        Outcome::Done(account) | Outcome::Already(account) => account,
        other => panic!("{other:?}"),
    };
    let made = run(&|github| github.create(ada(), intent()));
    assert_eq!((made.unique_name.as_str(), made.status), ("ada", AccountStatus::Active));
    let id = made.id;
    let changed = run(&|github| {
        github.update(&id, vec![replace("displayName", "Ada Lovelace"), replace("emails", "al@acme.example")], intent())
    });
    assert_eq!(values(&changed, "displayName"), Some(vec!["Ada Lovelace"]));
    assert_eq!(values(&changed, "emails"), Some(vec!["al@acme.example"]));
    let status = |status| run(&|github| github.set_status(&id, status, intent())).status;
    assert_eq!(status(AccountStatus::Suspended), AccountStatus::Suspended);
    let listed = enterprise(fake.clone(), |github| Accounts::list(github, None)).unwrap().items;
    assert_eq!(listed.iter().map(|account| account.status).collect::<Vec<_>>(), [AccountStatus::Suspended]);
    assert_eq!(status(AccountStatus::Active), AccountStatus::Active);
    let found = enterprise(fake.clone(), |github| github.find("emails", "al@acme.example")).unwrap();
    assert_eq!(found.len(), 1, "what GitHub cannot filter by is read");
    assert_eq!(enterprise(fake.clone(), |github| github.delete(&id, intent())).unwrap(), Effect::Done);
    assert_eq!(enterprise(fake.clone(), |github| github.delete(&id, intent())).unwrap(), Effect::Already);
    assert_eq!(enterprise(fake, |github| github.get(&id)).unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn deleting_is_described_as_what_it_is() {
    let described = enterprise(Script::new(), GitHub::describe).unwrap();
    let (suspend, delete) = (described.suspend.unwrap(), described.delete.unwrap());
    assert!(suspend.reversible && suspend.keeps_data);
    assert!(!delete.reversible && !delete.keeps_data);
    assert_eq!(described.entitlement_kinds.len(), 1);
    assert!(!described.entitlement_kinds[0].nests);
    assert_eq!(described.quirks & Quirks::INVITES, Quirks::empty());
}

#[test]
fn a_probe_names_the_profile() {
    let status = enterprise(acme(), GitHub::probe).unwrap();
    assert_eq!((status.profile.as_deref(), status.system.as_deref()), (Some("enterprise-scim"), Some("GitHub")));
    assert!(status.abilities.iter().all(|ability| ability.available), "{:?}", status.abilities);
}

#[test]
fn a_group_is_given_and_taken_once() {
    let fake = acme();
    let made = enterprise(fake.clone(), |github| github.create(ada(), intent())).unwrap();
    let Outcome::Done(account) = made else { panic!("{made:?}") };
    let group = fake.with(|github| {
        let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "G1", "displayName": "Engineering" });
        let path = "/scim/v2/enterprises/acme/Groups".to_owned();
        let request = Request { method: "POST".to_owned(), path, body: body.to_string().into_bytes(), ..Request::default() };
        let made: Json = serde_json::from_slice(&github.answer(&request).body).unwrap();
        EntitlementKey::new("group", made["id"].as_str().unwrap())
    });
    let holder = Holder::Account(account.id);
    let grant = || enterprise(fake.clone(), |github| github.grant(holder.clone(), group.clone(), intent())).unwrap();
    let revoke = || enterprise(fake.clone(), |github| github.revoke(holder.clone(), group.clone(), intent())).unwrap();
    let held = || enterprise(fake.clone(), |github| github.list_grants(Scope::All, None)).unwrap().items;
    assert_eq!([grant(), grant()], [Effect::Done, Effect::Already]);
    assert_eq!(held(), [Grant::new(group.clone(), holder.clone())]);
    assert_eq!([revoke(), revoke()], [Effect::Done, Effect::Already]);
    assert_eq!(held(), []);
}
