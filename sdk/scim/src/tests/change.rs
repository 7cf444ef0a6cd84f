use super::*;

fn delta(name: &str, edit: Edit) -> Delta {
    Delta { name: name.to_owned(), edit }
}

fn replace(name: &str, text: &str) -> Delta {
    delta(name, Edit::Replace(vec![Value::text(text)]))
}

fn yes() -> Dialect {
    Dialect { discovery: false, patch: Choice::Yes, ..Dialect::default() }
}

fn update(dialect: Dialect, script: Script, deltas: Vec<Delta>) -> Result<Outcome> {
    call(dialect, script, |scim| scim.update_user("1", &deltas, &intent()))
}

/// Expects these operations, answers 204 as scim2-server does, and gives the user when it is read again.
fn patched(script: Script, operations: Json) -> Script {
    script
        .then(
            Exchange::patch("/Users/1", patch(operations))
                .header("content-type", "application/scim+json")
                .answers(204, Json::Null),
        )
        .then(Exchange::get("/Users/1").answers(200, user("1", "ada")))
}

fn draft() -> Draft {
    let attributes = vec![
        Attribute::text("name.givenName", "Ada"),
        Attribute::text("externalId", "E1"),
        Attribute::new("emails", vec![Value::text("ada@acme.example").labelled("work").primary()]),
        Attribute::new("addresses.locality", vec![Value::text("London").labelled("work")]),
        Attribute::new("addresses.country", vec![Value::text("GB").labelled("work")]),
        Attribute::text(format!("{ENTERPRISE}:department"), "Ops"),
        Attribute::text(format!("{ENTERPRISE}:manager"), "m1"),
        Attribute::new("title", Vec::new()),
    ];
    Draft { unique_name: "ada".to_owned(), attributes, grants: Vec::new(), extra: Vec::new() }
}

fn created() -> Json {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "userName": "ada", "active": true, "externalId": "E1",
        "name": { "givenName": "Ada" },
        "emails": [{ "value": "ada@acme.example", "type": "work", "primary": true }],
        "addresses": [{ "type": "work", "locality": "London", "country": "GB" }],
        (ENTERPRISE): { "department": "Ops", "manager": { "value": "m1" } },
    })
}

fn create(exchange: Exchange) -> Result<Outcome> {
    call(plain(), Script::new().then(exchange), |scim| scim.create_user(&draft()))
}

#[test]
fn a_draft_becomes_a_user() {
    let mut answer = created();
    answer["id"] = json!("1");
    let account =
        done(create(Exchange::post("/Users", created()).answers(201, answer).answer_header("etag", "W/\"1\"")).unwrap());
    assert_eq!((account.id.as_str(), account.version.as_deref()), ("1", Some("W/\"1\"")));
    assert_eq!(values(&account, "addresses.country"), Some(vec!["GB"]));
    assert_eq!(values(&account, "title"), Some(Vec::new()));
}

#[test]
fn a_name_that_is_taken_is_a_conflict() {
    let detail = "One or more of the attribute values are already in use or are reserved";
    for status in [409, 400] {
        let error =
            create(Exchange::post("/Users", created()).answers(status, failure(status, Some("uniqueness"), detail))).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (ErrorCode::Conflict, detail));
    }
}

#[test]
fn a_refused_field_is_named() {
    let detail = "Field 'userName' is required but value is missing, null or empty";
    let error = create(Exchange::post("/Users", created()).answers(400, failure(400, Some("invalidValue"), detail))).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert_eq!(error.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["userName"]);
}

#[test]
fn a_create_that_ends_in_a_server_error_has_an_unknown_outcome() {
    let error = create(Exchange::post("/Users", created()).answers(500, Json::Null)).unwrap_err();
    assert_eq!(error.code, ErrorCode::OutcomeUnknown);
}

#[test]
fn a_user_that_is_not_in_the_answer_is_read() {
    let script = Script::new()
        .then(
            Exchange::post("/Users", created())
                .answers(201, Json::Null)
                .answer_header("location", "https://scim.example/v2/Users/1"),
        )
        .then(Exchange::get("/Users/1").answers(200, user("1", "ada")));
    assert_eq!(done(call(plain(), script, |scim| scim.create_user(&draft())).unwrap()).id, "1");

    let find = || Exchange::get("/Users").query("filter", "userName eq \"ada\"").query("count", 2);
    let script = Script::new()
        .then(Exchange::post("/Users", created()).answers(201, Json::Null))
        .then(find().answers(200, list(1, &[user("1", "Ada")])));
    assert_eq!(done(call(plain(), script, |scim| scim.create_user(&draft())).unwrap()).id, "1");

    let script =
        Script::new().then(Exchange::post("/Users", created()).answers(201, Json::Null)).then(find().answers(200, list(0, &[])));
    assert_eq!(call(plain(), script, |scim| scim.create_user(&draft())).unwrap_err().code, ErrorCode::OutcomeUnknown);
}

#[test]
fn single_values_are_patched_without_reading_first() {
    let department = format!("{ENTERPRISE}:department");
    let manager = format!("{ENTERPRISE}:manager");
    let script = patched(
        Script::new(),
        json!([
            { "op": "replace", "path": "title", "value": "Engineer" },
            { "op": "replace", "path": "name.familyName", "value": "L" },
            { "op": "remove", "path": "nickName" },
            { "op": "remove", "path": department },
            { "op": "replace", "path": manager, "value": { "value": "m2" } },
        ]),
    );
    let deltas = vec![
        replace("title", "Engineer"),
        replace("name.familyName", "L"),
        delta("nickName", Edit::Clear),
        delta(&department, Edit::Clear),
        replace(&manager, "m2"),
    ];
    done(update(yes(), script, deltas).unwrap());
}

#[test]
fn a_user_in_the_answer_is_not_read_again() {
    let operations = patch(json!([{ "op": "replace", "path": "title", "value": "T" }]));
    let mut changed = user("1", "ada");
    changed["title"] = json!("T");
    let script = Script::new().then(Exchange::patch("/Users/1", operations.clone()).answers(200, changed));
    assert_eq!(values(&done(update(yes(), script, vec![replace("title", "T")]).unwrap()), "title"), Some(vec!["T"]));
    // From an answer with what was changed only, nothing is concluded.
    let script = Script::new()
        .then(Exchange::patch("/Users/1", operations).answers(200, json!({ "id": "1", "title": "T", "schemas": [] })))
        .then(Exchange::get("/Users/1").answers(200, user("1", "ada")));
    done(update(yes(), script, vec![replace("title", "T")]).unwrap());
}

#[test]
fn reading_back_that_fails_leaves_the_outcome_unknown() {
    let script = Script::new()
        .then(Exchange::patch("/Users/1", patch(json!([{ "op": "remove", "path": "title" }]))).answers(204, Json::Null))
        .then(Exchange::get("/Users/1").answers(503, Json::Null));
    assert_eq!(update(yes(), script, vec![delta("title", Edit::Clear)]).unwrap_err().code, ErrorCode::OutcomeUnknown);
}

fn with_mail() -> Json {
    let mut ada = user("1", "ada");
    ada["meta"] = json!({ "version": "W/\"7\"" });
    ada["emails"] = json!([
        { "value": "old@acme.example", "type": "work", "primary": true, "display": "Ada" },
        { "value": "ada@home.example", "type": "home" },
    ]);
    ada["addresses"] = json!([{ "type": "work", "locality": "London", "country": "GB" }]);
    ada
}

/// What a PATCH says, after reading `with_mail`, for one edit.
fn operations(edit: Delta, expected: Json) {
    let script = patched(Script::new().then(Exchange::get("/Users/1").answers(200, with_mail())), expected);
    done(update(yes(), script, vec![edit]).unwrap());
}

#[test]
fn a_value_of_several_is_edited_in_place() {
    let mails = vec![Value::text("new@acme.example").labelled("work"), Value::text("ada@home.example").labelled("home")];
    operations(
        delta("emails", Edit::Replace(mails)),
        json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": "new@acme.example" }]),
    );
    operations(
        delta("addresses.locality", Edit::Replace(vec![Value::text("Paris").labelled("work")])),
        json!([{ "op": "replace", "path": "addresses[type eq \"work\"].locality", "value": "Paris" }]),
    );
    operations(
        delta("addresses.country", Edit::Clear),
        json!([{ "op": "remove", "path": "addresses[type eq \"work\"].country" }]),
    );
}

#[test]
fn values_are_added_and_removed_by_themselves() {
    let other = Value::text("ada@other.example").labelled("other");
    operations(
        delta("emails", Edit::Amend(Amendment { add: vec![other], remove: Vec::new() })),
        json!([{ "op": "add", "path": "emails", "value": [{ "type": "other", "value": "ada@other.example" }] }]),
    );
    operations(
        delta("emails", Edit::Amend(Amendment { add: Vec::new(), remove: vec![Value::text("ADA@home.example")] })),
        json!([{ "op": "remove", "path": "emails[value eq \"ada@home.example\"]" }]),
    );
    operations(delta("emails", Edit::Clear), json!([{ "op": "remove", "path": "emails" }]));
    operations(
        delta(
            "addresses.locality",
            Edit::Replace(vec![Value::text("London").labelled("work"), Value::text("Nice").labelled("home")]),
        ),
        json!([{ "op": "add", "path": "addresses", "value": [{ "locality": "Nice", "type": "home" }] }]),
    );
}

#[test]
fn what_is_so_already_is_not_written() {
    let mails = vec![Value::text("OLD@acme.example"), Value::text("ada@home.example").labelled("home")];
    let script = Script::new().then(Exchange::get("/Users/1").answers(200, with_mail()));
    assert!(matches!(update(yes(), script, vec![delta("emails", Edit::Replace(mails))]).unwrap(), Outcome::Already(_)));
}

#[test]
fn a_write_that_depends_on_what_was_read_holds_on_to_that_version() {
    let script = Script::new().then(Exchange::get("/Users/1").answers(200, with_mail())).then(
        Exchange::patch("/Users/1", patch(json!([{ "op": "remove", "path": "emails" }])))
            .header("if-match", "W/\"7\"")
            .answers(412, failure(412, None, "Failed to update. Resource has changed on the server")),
    );
    assert_eq!(update(yes(), script, vec![delta("emails", Edit::Clear)]).unwrap_err().code, ErrorCode::Conflict);
}

#[test]
fn an_expected_version_is_sent_and_one_that_is_not_there_is_a_conflict() {
    let expecting = Intent { expected_version: Some("W/\"3\"".to_owned()), ..intent() };
    let script = Script::new().then(
        Exchange::patch("/Users/1", patch(json!([{ "op": "remove", "path": "title" }])))
            .header("if-match", "W/\"3\"")
            .answers(412, failure(412, None, "changed")),
    );
    let error = call(yes(), script, |scim| scim.update_user("1", &[delta("title", Edit::Clear)], &expecting)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
    // Nothing is written where the version is seen to be another.
    let script = Script::new().then(Exchange::get("/Users/1").answers(200, with_mail()));
    let error = call(yes(), script, |scim| scim.update_user("1", &[delta("emails", Edit::Clear)], &expecting)).unwrap_err();
    assert_eq!(error.code, ErrorCode::Conflict);
}

#[test]
fn a_server_that_has_nothing_to_remove_is_looked_at() {
    let refused = || {
        Script::new()
            .then(
                Exchange::patch("/Users/1", patch(json!([{ "op": "remove", "path": "title" }])))
                    .answers(400, failure(400, Some("noTarget"), "no value matches")),
            )
            .then(Exchange::get("/Users/1").answers(200, user("1", "ada")))
    };
    let outcome = update(yes(), refused(), vec![delta("title", Edit::Clear)]).unwrap();
    assert!(matches!(outcome, Outcome::Already(_)));
}

#[test]
fn without_patch_the_whole_object_is_sent_and_nothing_else_changes() {
    let mut before = with_mail();
    before["favouriteColour"] = json!("green");
    before["urn:example:acme"] = json!({ "badge": 7 });
    let mut after = before.clone();
    after["title"] = json!("T");
    after["schemas"] = json!(["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE]);
    after[ENTERPRISE] = json!({ "department": "Ops" });
    after.as_object_mut().unwrap().remove("meta");
    let script = || {
        Script::new()
            .then(Exchange::get("/Users/1").answers(200, before.clone()))
            .then(Exchange::put("/Users/1", after.clone()).header("if-match", "W/\"7\"").answers(200, after.clone()))
    };
    let deltas = || vec![replace("title", "T"), replace(&format!("{ENTERPRISE}:department"), "Ops")];
    let account =
        done(update(Dialect { discovery: false, patch: Choice::No, ..Dialect::default() }, script(), deltas()).unwrap());
    assert_eq!(values(&account, "title"), Some(vec!["T"]));

    // The server says so itself.
    let config = json!({ "patch": { "supported": false } });
    let said = Script::new().then(Exchange::get("/ServiceProviderConfig").answers(200, config));
    let said = said.then(Exchange::get("/Users/1").answers(200, before.clone()));
    let said = said.then(Exchange::put("/Users/1", after.clone()).answers(200, after.clone()));
    done(update(Dialect::default(), said, deltas()).unwrap());
}

#[test]
fn a_server_that_turns_out_to_have_no_patch_gets_the_whole_object() {
    for status in [405, 501] {
        let mut after = user("1", "ada");
        after["title"] = json!("T");
        let script = Script::new()
            .then(
                Exchange::patch("/Users/1", patch(json!([{ "op": "replace", "path": "title", "value": "T" }])))
                    .answers(status, Json::Null),
            )
            .then(Exchange::get("/Users/1").answers(200, user("1", "ada")))
            .then(Exchange::put("/Users/1", after.clone()).answers(200, after));
        done(update(plain(), script, vec![replace("title", "T")]).unwrap());
    }
}

#[test]
fn a_dialect_says_how_a_patch_is_written() {
    let dialect = Dialect {
        discovery: false,
        patch: Choice::Yes,
        patch_path: PatchPath::Value,
        patch_op: OpCase::Capital,
        content_type: "application/json".to_owned(),
        ..Dialect::default()
    };
    let department = format!("{ENTERPRISE}:department");
    let body = patch(json!([
        { "op": "Remove", "path": "nickName" },
        { "op": "Replace", "value": { "title": "T", "name": { "givenName": "A", "familyName": "L" }, (ENTERPRISE): { "department": "Ops" } } },
    ]));
    let script = Script::new()
        .then(Exchange::patch("/Users/1", body).header("content-type", "application/json").answers(204, Json::Null))
        .then(Exchange::get("/Users/1").answers(200, user("1", "ada")));
    let deltas = vec![
        replace("title", "T"),
        replace("name.givenName", "A"),
        replace("name.familyName", "L"),
        delta("nickName", Edit::Clear),
        replace(&department, "Ops"),
    ];
    done(update(dialect, script, deltas).unwrap());
}

#[test]
fn what_cannot_be_written_is_refused_before_anything_is_sent() {
    let two = Edit::Replace(vec![Value::text("a"), Value::text("b")]);
    let amend = Edit::Amend(Amendment { add: vec![Value::text("a")], remove: Vec::new() });
    let read_only = format!("{ENTERPRISE}:manager.displayName");
    for (name, edit) in [("title", two), ("title", amend), (read_only.as_str(), Edit::Clear)] {
        let error = update(yes(), Script::new(), vec![delta(name, edit)]).unwrap_err();
        assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, name));
    }
}

fn set(dialect: Dialect, script: Script, status: AccountStatus) -> Result<Outcome> {
    call(dialect, script, |scim| scim.set_user_status("1", status, &intent()))
}

#[test]
fn a_user_is_suspended_and_reactivated() {
    let mut suspended = user("1", "ada");
    suspended["active"] = json!(false);
    for (as_string, value) in [(false, json!(false)), (true, json!("False"))] {
        let script = Script::new()
            .then(Exchange::get("/Users/1").answers(200, user("1", "ada")))
            .then(
                Exchange::patch("/Users/1", patch(json!([{ "op": "replace", "path": "active", "value": value }])))
                    .answers(204, Json::Null),
            )
            .then(Exchange::get("/Users/1").answers(200, suspended.clone()));
        let dialect = Dialect { discovery: false, active_as_string: as_string, ..Dialect::default() };
        assert_eq!(done(set(dialect, script, AccountStatus::Suspended).unwrap()).status, AccountStatus::Suspended);
    }
    let script = Script::new().then(Exchange::get("/Users/1").answers(200, suspended));
    assert!(matches!(set(yes(), script, AccountStatus::Suspended).unwrap(), Outcome::Already(_)));
    assert_eq!(set(yes(), Script::new(), AccountStatus::Invited).unwrap_err().code, ErrorCode::Invalid);
}

#[test]
fn suspending_without_patch_changes_nothing_else() {
    let mut after = with_mail();
    after["active"] = json!(false);
    after.as_object_mut().unwrap().remove("meta");
    let script = Script::new()
        .then(Exchange::get("/Users/1").answers(200, with_mail()))
        .then(Exchange::get("/Users/1").answers(200, with_mail()))
        .then(Exchange::put("/Users/1", after.clone()).header("if-match", "W/\"7\"").answers(200, after));
    let outcome =
        set(Dialect { discovery: false, patch: Choice::No, ..Dialect::default() }, script, AccountStatus::Suspended).unwrap();
    assert_eq!(done(outcome).status, AccountStatus::Suspended);
}

#[test]
fn a_user_is_deleted_once() {
    for (status, effect) in [(204, Effect::Done), (404, Effect::Already)] {
        let script = Script::new().then(Exchange::delete("/Users/1").answers(status, Json::Null));
        assert_eq!(call(plain(), script, |scim| scim.delete_user("1", &intent())).unwrap(), effect);
    }
}
