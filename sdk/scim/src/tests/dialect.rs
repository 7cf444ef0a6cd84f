//! What one server does differently from another.

use super::*;
use innkeeper_sdk::testing::{Credential, Request};

#[test]
fn every_request_goes_below_the_base_with_the_slot_and_the_headers() {
    for base in ["/scim/v2/enterprises/acme", "https://api.example/scim/v2"] {
        let dialect = Dialect {
            base: base.to_owned(),
            slot: Some("scim".to_owned()),
            headers: vec![("x-api-version".to_owned(), "2026-03-10".to_owned())],
            ..Dialect::default()
        };
        let transport = move |request: &Request| {
            assert!(matches!(&request.credential, Credential::Slot(slot) if slot == "scim"));
            assert!(request.headers.iter().any(|header| header.name == "x-api-version" && header.value == "2026-03-10"));
            Ok(match request.target.strip_prefix(base).unwrap_or_else(|| panic!("{}", request.target)) {
                "/ServiceProviderConfig" | "/Schemas" | "/ResourceTypes" => testing::json(404, &json!({})),
                "/Users" if request.body.is_some() => testing::text(201, "text/plain", ""),
                "/Users" => testing::json(200, &list(1, &[user("1", "ada")])),
                "/Users/1" => testing::json(200, &user("1", "ada")),
                "/Groups" => testing::json(200, &list(1, &[json!({ "id": "g1", "displayName": "G" })])),
                "/Groups/g1" => testing::json(200, &json!({ "id": "g1", "members": [{ "value": "1" }] })),
                other => panic!("{other}"),
            })
        };
        let draft = Draft { unique_name: "ada".to_owned(), attributes: Vec::new(), grants: Vec::new(), extra: Vec::new() };
        let key = EntitlementKey::new("group", "g1");
        call(dialect, transport, |scim| {
            scim.description()?;
            assert!(scim.status()?.abilities.iter().all(|ability| ability.available));
            scim.list_users(None)?;
            scim.find_users("userName", "ada")?;
            scim.get_users(&["1".to_owned(), "1".to_owned()])?;
            scim.create_user(&draft)?;
            scim.update_user("1", &[Delta { name: "title".to_owned(), edit: Edit::Clear }], &intent())?;
            scim.set_user_status("1", AccountStatus::Suspended, &intent())?;
            scim.delete_user("1", &intent())?;
            scim.list_groups(None)?;
            for scope in [Scope::All, Scope::Entitlement(key.clone()), Scope::Account("1".to_owned())] {
                assert_eq!(scim.list_grants(&scope, None)?.items.len(), 1);
            }
            scim.grant(&Holder::Account("2".to_owned()), &key)?;
            scim.revoke(&Holder::Account("1".to_owned()), &key)?;
            scim.list_people(None)
        })
        .unwrap();
    }
}

#[test]
fn no_page_is_larger_than_the_server_gives() {
    let dialect = || Dialect { page_cap: Some(1), ..plain() };
    // One of one, on a page of one: that may be the length of the page.
    let script = Script::new().then(Exchange::get("/Users").query("count", 1).answers(200, list(1, &[user("a", "a")])));
    let page = call(dialect(), script, |scim| scim.list_users(None)).unwrap();
    assert!(page.next.is_some());
    let script = Script::new().then(Exchange::get("/Users").query("count", 2).answers(200, list(1, &[user("a", "a")])));
    let large = Dialect { page_cap: Some(1000), ..plain() };
    assert!(call(large, script, |scim| scim.list_users(None)).unwrap().next.is_none());
}

#[test]
fn a_total_that_cannot_be_believed_is_not_told_and_ends_nothing() {
    let dialect = || Dialect { totals: false, ..plain() };
    let page = |start: Option<u32>, users: &[Json]| {
        let request = Exchange::get("/Users");
        let request = if let Some(start) = start { request.query("startIndex", start) } else { request };
        Script::new().then(request.query("count", 2).answers(200, list(1, users)))
    };
    let first = call(dialect(), page(None, &[user("a", "a")]), |scim| scim.list_users(None)).unwrap();
    assert_eq!(first.total, None);
    let second = page(Some(2), &[user("b", "b")]);
    let second = call(dialect(), second, |scim| scim.list_users(first.next.as_deref())).unwrap();
    assert_eq!(second.items[0].id, "b");
    let last = call(dialect(), page(Some(3), &[]), |scim| scim.list_users(second.next.as_deref())).unwrap();
    assert_eq!((last.items.len(), last.next, last.total), (0, None, None));
    let description = call(dialect(), Script::new(), |scim| scim.description()).unwrap();
    assert!(description.quirks.contains(innkeeper_sdk::types::Quirks::NO_TOTAL));
}

fn some_filters() -> Dialect {
    let filters = vec![Filter::on("userName"), Filter::on("id"), Filter::written("emails", "email")];
    Dialect { filters: Some(filters), compound_filters: false, ..plain() }
}

#[test]
fn only_filters_that_the_server_understands_are_sent() {
    let find = |script, attribute, value| {
        let found = call(some_filters(), script, |scim| scim.find_users(attribute, value)).unwrap();
        found.into_iter().map(|account| account.id).collect::<Vec<_>>()
    };
    let filtered = |filter: &str, users: &[Json]| {
        Script::new().then(Exchange::get("/Users").query("filter", filter).query("count", 2).answers(200, list(1, users)))
    };
    assert_eq!(find(filtered("userName eq \"ada\"", &[user("1", "ada")]), "userName", "ada"), ["1"]);
    let mut ada = user("1", "ada");
    ada["emails"] = json!([{ "value": "ada@acme.example" }]);
    ada["title"] = json!("Countess");
    assert_eq!(find(filtered("email eq \"ada@acme.example\"", &[ada.clone()]), "emails", "ada@acme.example"), ["1"]);
    let everybody = Script::new().then(Exchange::get("/Users").query("count", 2).answers(200, list(1, &[ada])));
    assert_eq!(find(everybody, "title", "countess"), ["1"]);
    let description = call(some_filters(), Script::new(), |scim| scim.description()).unwrap();
    assert_eq!(description.searchable, ["userName", "emails"]);
}

#[test]
fn without_compound_filters_many_are_read_one_by_one() {
    let read = || {
        Script::new()
            .then(Exchange::get("/Users/1").answers(200, user("1", "ada")))
            .then(Exchange::get("/Users/2").answers(404, failure(404, None, "not found")))
    };
    let no_id = Dialect { filters: Some(vec![Filter::on("userName")]), ..plain() };
    for dialect in [some_filters(), no_id] {
        let ids = ["1".to_owned(), "2".to_owned()];
        let found = call(dialect, read(), |scim| scim.get_users(&ids)).unwrap();
        assert!(found[0].is_some() && found[1].is_none());
    }
    // And a member is looked for in the group itself.
    let key = EntitlementKey::new("group", "g1");
    let script =
        Script::new().then(Exchange::get("/Groups/g1").answers(200, json!({ "id": "g1", "members": [{ "value": "1" }] })));
    let effect = call(some_filters(), script, |scim| scim.grant(&Holder::Account("1".to_owned()), &key)).unwrap();
    assert_eq!(effect, Effect::Already);
}

#[test]
fn without_filters_in_paths_an_edited_attribute_is_sent_whole() {
    let dialect = Dialect { patch: Choice::Yes, patch_path: PatchPath::Plain, ..plain() };
    let mut before = user("1", "ada");
    before["meta"] = json!({ "version": "W/\"7\"" });
    before["emails"] = json!([{ "value": "old@acme.example", "type": "work" }, { "value": "ada@home.example", "type": "home" }]);
    let emails = json!([{ "value": "new@acme.example", "type": "work" }, { "value": "ada@home.example", "type": "home" }]);
    let operations = json!([
        { "op": "replace", "path": "title", "value": "T" },
        { "op": "replace", "path": "emails", "value": emails },
    ]);
    let script = Script::new()
        .then(Exchange::get("/Users/1").answers(200, before))
        .then(Exchange::patch("/Users/1", patch(operations)).header("if-match", "W/\"7\"").answers(200, user("1", "ada")));
    let replace = |name: &str, values| Delta { name: name.to_owned(), edit: Edit::Replace(values) };
    let mails = vec![Value::text("new@acme.example").labelled("work"), Value::text("ada@home.example").labelled("home")];
    let deltas = [replace("title", vec![Value::text("T")]), replace("emails", mails)];
    done(call(dialect, script, |scim| scim.update_user("1", &deltas, &intent())).unwrap());
}

#[test]
fn an_extension_can_be_edited_by_its_urn() {
    let dialect = Dialect { patch: Choice::Yes, extension_path: ExtensionPath::Urn, ..plain() };
    let guest = "urn:example:guest:2.0:User";
    let operations = json!([
        { "op": "remove", "path": format!("{ENTERPRISE}.costCenter") },
        { "op": "replace", "path": "title", "value": "T" },
        { "op": "remove", "path": "nickName" },
        { "op": "add", "path": guest, "value": { "type": "multi" } },
        { "op": "add", "path": ENTERPRISE, "value": { "department": "Ops", "manager": { "value": "m1" } } },
    ]);
    let script = Script::new().then(Exchange::patch("/Users/1", patch(operations)).answers(200, user("1", "ada")));
    let delta = |name: String, edit| Delta { name, edit };
    let set = |text: &str| Edit::Replace(vec![Value::text(text)]);
    let deltas = [
        delta(format!("{guest}:type"), set("multi")),
        delta(format!("{ENTERPRISE}:department"), set("Ops")),
        delta(format!("{ENTERPRISE}:costCenter"), Edit::Clear),
        delta(format!("{ENTERPRISE}:manager"), set("m1")),
        delta("title".to_owned(), set("T")),
        delta("nickName".to_owned(), Edit::Clear),
    ];
    done(call(dialect, script, |scim| scim.update_user("1", &deltas, &intent())).unwrap());
}

fn effect(reversible: bool) -> LifecycleEffect {
    LifecycleEffect { reversible, keeps_data: true, frees_seat: true, keeps_grants: false, note: None }
}

#[test]
fn what_a_suspension_means_decides_what_can_be_set() {
    let dialect = |suspend| Dialect { suspend, ..plain() };
    for (suspend, settable) in [
        (Some(effect(true)), &[AccountStatus::Active, AccountStatus::Suspended][..]),
        (Some(effect(false)), &[AccountStatus::Suspended]),
        (None, &[]),
    ] {
        let description = call(dialect(suspend.clone()), Script::new(), |scim| scim.description()).unwrap();
        assert_eq!((&description.suspend, description.settable_statuses.as_slice()), (&suspend, settable));
        for status in [AccountStatus::Active, AccountStatus::Suspended].into_iter().filter(|status| !settable.contains(status)) {
            let error = call(dialect(suspend.clone()), Script::new(), |scim| scim.set_user_status("1", status, &intent()));
            assert_eq!(error.unwrap_err().code, ErrorCode::Unsupported);
        }
    }
    let mut gone = user("1", "ada");
    gone["active"] = json!(false);
    let script = Script::new().then(Exchange::get("/Users/1").answers(200, gone));
    let set = call(dialect(Some(effect(false))), script, |scim| scim.set_user_status("1", AccountStatus::Suspended, &intent()));
    assert!(matches!(set.unwrap(), Outcome::Already(_)));
}

#[test]
fn a_server_without_delete_is_not_sent_one() {
    let dialect = || Dialect { delete: None, ..plain() };
    let error = call(dialect(), Script::new(), |scim| scim.delete_user("1", &intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    assert!(call(dialect(), Script::new(), |scim| scim.description()).unwrap().delete.is_none());
}

#[test]
fn a_delete_that_only_suspends_is_done_once() {
    let dialect = || Dialect { delete: Some(Delete { means: DeleteMeans::Suspension, effect: effect(true) }), ..plain() };
    let delete = |script| call(dialect(), script, |scim| scim.delete_user("1", &intent()));
    let read = |active: bool| {
        let mut ada = user("1", "ada");
        ada["active"] = json!(active);
        Script::new().then(Exchange::get("/Users/1").answers(200, ada))
    };
    assert_eq!(delete(read(true).then(Exchange::delete("/Users/1").answers(204, Json::Null))).unwrap(), Effect::Done);
    assert_eq!(delete(read(false)).unwrap(), Effect::Already);
    let gone = Script::new().then(Exchange::get("/Users/1").answers(404, failure(404, None, "not found")));
    assert_eq!(delete(gone).unwrap(), Effect::Already);
    let description = call(dialect(), Script::new(), |scim| scim.description()).unwrap();
    assert_eq!(description.delete, Some(effect(true)));
}

#[test]
fn a_server_without_groups_has_no_entitlements() {
    let dialect = || Dialect { groups: None, ..plain() };
    let description = call(dialect(), Script::new(), |scim| scim.description()).unwrap();
    assert!(description.entitlement_kinds.is_empty() && description.grant_scopes.is_empty());
    let script = Script::new().then(Exchange::get("/Users").query("startIndex", 1).query("count", 2).answers(200, list(0, &[])));
    let status = call(dialect(), script, |scim| scim.status()).unwrap();
    assert!(status.abilities.iter().all(|ability| ability.available && !ability.operation.starts_with("entitlements.")));
    assert_eq!(call(dialect(), Script::new(), |scim| scim.list_groups(None)).unwrap_err().code, ErrorCode::Unsupported);
    let error = call(dialect(), Script::new(), |scim| scim.list_grants(&Scope::All, None)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
    let key = EntitlementKey::new("group", "g1");
    let error = call(dialect(), Script::new(), |scim| scim.grant(&Holder::Account("1".to_owned()), &key)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Unsupported);
}

fn teams() -> Dialect {
    let groups = Groups {
        path: "/Teams".to_owned(),
        kind: "team".to_owned(),
        description: "A team of the enterprise".to_owned(),
        nests: false,
        in_users: true,
        ..Groups::default()
    };
    Dialect { groups: Some(groups), filter: Choice::No, ..plain() }
}

#[test]
fn groups_are_of_the_kind_that_the_dialect_names() {
    let description = call(teams(), Script::new(), |scim| scim.description()).unwrap();
    let kind = &description.entitlement_kinds[0];
    assert_eq!((kind.name.as_str(), kind.description.as_deref()), ("team", Some("A team of the enterprise")));
    assert!(!kind.nests && description.grant_scopes.is_all());
    assert_eq!(kind.holder_writes, HolderWrites::Many);
    let team = json!({ "id": "t1", "displayName": "T", "members": [{ "value": "1" }, { "value": "2", "type": "Group" }] });
    let listing = Exchange::get("/Teams").query("excludedAttributes", "members").query("count", 2);
    let script = Script::new().then(listing.answers(200, list(1, &[json!({ "id": "t1", "displayName": "T" })])));
    let page = call(teams(), script, |scim| scim.list_groups(None)).unwrap();
    let key = EntitlementKey::new("team", "t1");
    assert_eq!(page.items[0].key, key);
    let script = Script::new().then(Exchange::get("/Teams/t1").answers(200, team));
    let page = call(teams(), script, |scim| scim.list_grants(&Scope::Entitlement(key.clone()), None)).unwrap();
    let expected = ["1", "2"].map(|id| Grant::new(key.clone(), Holder::Account(id.to_owned())));
    assert_eq!(page.items, expected, "where groups do not nest every member is a user");
}

#[test]
fn a_user_that_names_all_its_groups_is_believed() {
    let held = |groups: Json| {
        let mut ada = user("1", "ada");
        ada["groups"] = groups;
        let script = Script::new().then(Exchange::get("/Users/1").answers(200, ada));
        let page = call(teams(), script, |scim| scim.list_grants(&Scope::Account("1".to_owned()), None)).unwrap();
        page.items.into_iter().map(|grant| grant.entitlement.id).collect::<Vec<_>>()
    };
    assert_eq!(held(json!([{ "value": "t1", "display": "T" }, { "value": "t2", "type": "direct" }])), ["t1", "t2"]);
    assert_eq!(held(json!([{ "value": "t3", "type": "indirect" }])), Vec::<String>::new());
    assert_eq!(held(json!([])), Vec::<String>::new());
    assert_eq!(held(Json::Null), Vec::<String>::new());
}

#[test]
fn without_filters_on_members_all_groups_are_walked() {
    let groups = Groups { filters_members: false, ..Groups::default() };
    let dialect = || Dialect { groups: Some(groups.clone()), ..plain() };
    let group = json!({ "id": "g1", "displayName": "G", "members": [{ "value": "1" }] });
    let script = Script::new()
        .then(Exchange::get("/Users/1").answers(200, user("1", "ada")))
        .then(Exchange::get("/Groups").query("count", 2).answers(200, list(1, &[group])));
    let page = call(dialect(), script, |scim| scim.list_grants(&Scope::Account("1".to_owned()), None)).unwrap();
    assert_eq!(page.items.len(), 1);
    let description = call(dialect(), Script::new(), |scim| scim.description()).unwrap();
    assert!(!description.grant_scopes.contains(GrantScopes::ACCOUNT));
}

#[test]
fn a_word_of_the_server_means_that_a_name_is_taken() {
    let draft = Draft { unique_name: "ada".to_owned(), attributes: Vec::new(), grants: Vec::new(), extra: Vec::new() };
    let body = || json!({ "schemas": [USER], "userName": "ada", "active": true });
    for (status, detail, code) in [
        (400, "username_taken", ErrorCode::Conflict),
        (400, "Error: username_taken.", ErrorCode::Conflict),
        (400, "username_taken_over", ErrorCode::Invalid),
        (403, "username_taken", ErrorCode::PermissionDenied),
    ] {
        let dialect = Dialect { taken: vec!["username_taken".to_owned()], ..plain() };
        let script = Script::new().then(Exchange::post("/Users", body()).answers(status, failure(status, None, detail)));
        assert_eq!(call(dialect, script, |scim| scim.create_user(&draft)).unwrap_err().code, code, "{status} {detail}");
    }
}

#[test]
fn errors_in_the_form_of_scim_1_are_read() {
    for errors in
        [json!({ "description": "user_not_found", "code": 404 }), json!([{ "description": "user_not_found", "code": "404" }])]
    {
        let script = Script::new().then(Exchange::get("/Users/1").answers(404, json!({ "Errors": errors })));
        let error = call(plain(), script, |scim| scim.get_user("1")).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::NotFound, "user_not_found"));
    }
}
