use super::*;

fn put(body: Json) -> Exchange {
    Exchange::put(&directory("/users/101"), body)
}

fn update(before: Json, deltas: Vec<Delta>, script: impl FnOnce(Script) -> Script) -> Result<Outcome> {
    let script = script(Script::new().then(get("/users/101").answers(200, before)));
    call(json!({}), script, |google| google.update("101", deltas, intent()))
}

/// What is sent for one edit.
fn sends(before: Json, delta: Delta, body: Json) {
    done(update(before.clone(), vec![delta], |script| script.then(put(body).answers(200, before))).unwrap());
}

#[test]
fn only_what_differs_is_sent() {
    let deltas = vec![replace("name.givenName", &["Augusta"]), replace("name.familyName", &["King"]), clear("title")];
    let after = with(ada(), json!({ "name": { "givenName": "Augusta", "familyName": "King" } }));
    let exchange = put(json!({ "name": { "givenName": "Augusta" } })).answers(200, after);
    let account = done(update(ada(), deltas, |script| script.then(exchange)).unwrap());
    assert_eq!(values(&account, "name.givenName"), ["Augusta"]);
}

#[test]
fn what_is_so_already_is_not_sent() {
    let deltas = vec![replace("userName", &["ADA@acme.example"]), clear("phoneNumbers"), replace("orgUnitPath", &["/"])];
    assert!(matches!(update(ada(), deltas, |script| script).unwrap(), Outcome::Already(_)));
}

#[test]
fn a_field_is_cleared_with_null() {
    let before = with(ada(), json!({ "recoveryEmail": "ada@home.example", "phones": [{ "value": "+44 7", "type": "home" }] }));
    sends(before.clone(), clear("recoveryEmail"), json!({ "recoveryEmail": null }));
    sends(before, clear("phoneNumbers"), json!({ "phones": null }));
    let named = with(ada(), json!({ "name": { "givenName": "Ada", "familyName": "King", "displayName": "AK" } }));
    sends(named, clear("displayName"), json!({ "name": { "displayName": null } }));
}

#[test]
fn an_array_is_sent_whole_with_what_was_not_asked_about() {
    let organizations = json!([
        { "title": "Guest", "type": "school" },
        { "title": "Analyst", "department": "Engines", "location": "London", "primary": true },
    ]);
    let before = with(
        ada(),
        json!({
            "organizations": organizations,
            "relations": [{ "value": "Annabella", "type": "mother" }, { "value": "grace@acme.example", "type": "manager" }],
            "externalIds": [{ "value": "77", "type": "account" }],
        }),
    );
    let sent = json!({ "organizations": [
        { "title": "Guest", "type": "school" },
        { "title": "Analyst", "department": "Looms", "location": "London", "primary": true },
    ] });
    sends(before.clone(), replace(&format!("{ENTERPRISE}:department"), &["Looms"]), sent);
    let mother = json!({ "relations": [{ "value": "Annabella", "type": "mother" }] });
    sends(before.clone(), clear(&format!("{ENTERPRISE}:manager")), mother);
    let ids = json!({ "externalIds": [{ "value": "77", "type": "account" }, { "value": "E-1", "type": "organization" }] });
    sends(before, replace(&format!("{ENTERPRISE}:employeeNumber"), &["E-1"]), ids);
}

#[test]
fn an_organisation_of_which_nothing_is_left_goes() {
    let before = with(ada(), json!({ "organizations": [{ "title": "Analyst", "primary": true, "type": "work" }] }));
    sends(before, clear("title"), json!({ "organizations": null }));
}

#[test]
fn values_are_amended_and_the_others_stay_as_they_are() {
    let phones = json!([{ "value": "+44 20 1", "type": "work", "primary": true }, { "value": "+44 7", "type": "mobile" }]);
    let before = with(ada(), json!({ "phones": phones }));
    let amendment =
        Amendment { add: vec![Value::text("+44 9").labelled("pager")], remove: vec![Value::text("+44 7").labelled("mobile")] };
    let sent = json!({ "phones": [
        { "value": "+44 20 1", "type": "work", "primary": true }, { "value": "+44 9", "type": "pager" },
    ] });
    sends(before, Delta { name: "phoneNumbers".to_owned(), edit: Edit::Amend(amendment) }, sent);
}

#[test]
fn the_primary_address_is_neither_sent_nor_taken_among_the_emails() {
    let before = with(
        ada(),
        json!({
            "aliases": ["ada.king@acme.example"],
            "emails": [
                { "address": "ada@home.example", "type": "home" },
                { "address": "ada@acme.example", "primary": true }, { "address": "ada.king@acme.example" },
            ],
        }),
    );
    let sent = json!({ "emails": [{ "address": "ada@club.example", "type": "work" }] });
    sends(before.clone(), replace("emails", &["ada@club.example"]), sent);
    let error = update(before, vec![replace("emails", &["ada@acme.example"])], |script| script).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "emails"));
}

#[test]
fn what_an_attribute_cannot_have_is_refused() {
    let refused = |delta| update(ada(), vec![delta], |script| script).unwrap_err().code;
    assert_eq!(refused(clear("orgUnitPath")), ErrorCode::Invalid);
    assert_eq!(refused(replace("name.givenName", &[""])), ErrorCode::Invalid);
    assert_eq!(refused(replace("title", &["a", "b"])), ErrorCode::Invalid);
    assert_eq!(refused(replace("includeInGlobalAddressList", &["perhaps"])), ErrorCode::Invalid);
    let amend = Edit::Amend(Amendment { add: vec![], remove: vec![] });
    assert_eq!(refused(Delta { name: "title".to_owned(), edit: amend }), ErrorCode::Invalid);
    // Refused before anything is asked.
    let read_only = vec![replace("lastLoginTime", &["2026-01-01T00:00:00Z"])];
    let error = call(json!({}), Script::new(), |google| google.update("101", read_only, intent())).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

fn alias(address: &str) -> Exchange {
    Exchange::post(&directory("/users/101/aliases"), json!({ "alias": address })).answers(200, json!({}))
}

fn no_alias(address: &str) -> Exchange {
    Exchange::delete(&directory(&format!("/users/101/aliases/{address}")))
}

#[test]
fn aliases_are_given_and_taken_one_by_one() {
    let before = with(ada(), json!({ "aliases": ["a@acme.example", "b@acme.example"] }));
    let deltas = vec![replace("aliases", &["B@acme.example", "c@acme.example"])];
    let account = done(
        update(before, deltas, |script| {
            script.then(no_alias("a%40acme.example").answers(404, not_found("alias"))).then(alias("c@acme.example"))
        })
        .unwrap(),
    );
    assert_eq!(values(&account, "aliases"), ["b@acme.example", "c@acme.example"]);
}

#[test]
fn a_rename_keeps_the_old_address_as_an_alias() {
    let before = with(ada(), json!({ "aliases": ["a@acme.example"] }));
    let renamed = with(user("101", "ada.king@acme.example"), json!({ "aliases": ["a@acme.example", "ada@acme.example"] }));
    // The aliases as they were, and the old name, which Google adds: nothing is to be sent for either.
    let deltas =
        vec![replace("userName", &["ada.king@acme.example"]), replace("aliases", &["a@acme.example", "ada@acme.example"])];
    let exchange = put(json!({ "primaryEmail": "ada.king@acme.example" })).answers(200, renamed.clone());
    let account = done(update(before.clone(), deltas, |script| script.then(exchange)).unwrap());
    assert_eq!(account.unique_name, "ada.king@acme.example");
    assert_eq!(values(&account, "aliases"), ["a@acme.example", "ada@acme.example"]);
    // A list from before the rename does not cost the mail to the old name.
    let deltas = vec![replace("userName", &["ada.king@acme.example"]), clear("aliases")];
    let exchange = put(json!({ "primaryEmail": "ada.king@acme.example" })).answers(200, renamed);
    let account = done(
        update(before, deltas, |script| script.then(exchange).then(no_alias("a%40acme.example").answers(204, Json::Null)))
            .unwrap(),
    );
    assert_eq!(values(&account, "aliases"), ["ada@acme.example"]);
}

#[test]
fn a_name_or_an_alias_that_is_taken_is_a_conflict() {
    let taken = || refusal(409, "duplicate", "Entity already exists.");
    let exchange = put(json!({ "primaryEmail": "grace@acme.example" })).answers(409, taken());
    let error = update(ada(), vec![replace("userName", &["grace@acme.example"])], |script| script.then(exchange)).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Conflict, "userName"));
    let post = Exchange::post(&directory("/users/101/aliases"), json!({ "alias": "grace@acme.example" })).answers(409, taken());
    let owner = get("/users/grace%40acme.example").answers(200, user("102", "grace@acme.example"));
    let deltas = vec![replace("aliases", &["grace@acme.example"])];
    let error = update(ada(), deltas, |script| script.then(post).then(owner)).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Conflict, "aliases"));
}

#[test]
fn an_alias_that_the_user_has_already_is_as_good() {
    let post = Exchange::post(&directory("/users/101/aliases"), json!({ "alias": "a@acme.example" }));
    let post = post.answers(409, refusal(409, "duplicate", "Entity already exists."));
    let owner = get("/users/a%40acme.example").answers(200, ada());
    done(update(ada(), vec![replace("aliases", &["a@acme.example"])], |script| script.then(post).then(owner)).unwrap());
}

#[test]
fn a_user_that_is_not_fully_created_yet_can_be_changed_later() {
    let exchange = put(json!({ "recoveryEmail": "ada@home.example" }));
    let exchange = exchange.answers(412, refusal(412, "conditionNotMet", "User creation is not complete."));
    let error = update(ada(), vec![replace("recoveryEmail", &["ada@home.example"])], |script| script.then(exchange)).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, Some(10)));
}

#[test]
fn a_change_while_a_rename_is_under_way_is_worth_another_try() {
    let exchange = put(json!({ "recoveryEmail": "ada@home.example" })).answers(409, refusal(409, "conflict", "Conflict"));
    let error = update(ada(), vec![replace("recoveryEmail", &["ada@home.example"])], |script| script.then(exchange)).unwrap_err();
    assert_eq!((error.code, error.retry_after), (ErrorCode::Unavailable, Some(10)));
}
