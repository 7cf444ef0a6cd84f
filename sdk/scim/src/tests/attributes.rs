//! Attributes that the connector knows.

use super::*;

const GUEST: &str = "urn:example:guest:2.0:User";

/// A server with a few attributes, of which `nickName` is never sent.
fn fixed() -> Dialect {
    let mut attributes = standard(&["userName", "name.givenName", "name.familyName", "nickName", "title"]);
    attributes.extend(standard(&["emails"]).into_iter().map(|emails| emails.requires("value")));
    attributes.push(Definition::text("type").in_extension(GUEST).one_of(&["multi", "single"]).described("Which kind of guest"));
    attributes.push(Definition::of("seen", Kind::DateTime).in_extension(GUEST).read_only());
    attributes.push(Definition::text("invitedBy").in_extension(GUEST).immutable());
    Dialect {
        attributes: Some(attributes),
        never_sent: vec!["nickName".to_owned()],
        patch: Choice::Yes,
        filter: Choice::Yes,
        ..Dialect::default()
    }
}

fn create(dialect: Dialect, script: Script, attributes: Vec<Attribute>) -> Result<Outcome> {
    let draft = Draft { unique_name: "ada".to_owned(), attributes, grants: Vec::new(), extra: Vec::new() };
    call(dialect, script, |scim| scim.create_user(&draft))
}

fn mail() -> Attribute {
    Attribute::text("emails", "ada@acme.example")
}

#[test]
fn known_attributes_are_described_without_asking() {
    let description = call(fixed(), Script::new(), |scim| scim.description()).unwrap();
    let names: Vec<_> = description.accounts.iter().map(|attribute| attribute.name.replace(GUEST, "guest")).collect();
    assert_eq!(
        names,
        [
            "userName",
            "name.givenName",
            "name.familyName",
            "nickName",
            "title",
            "emails",
            "emails.display",
            "guest:type",
            "guest:seen",
            "guest:invitedBy"
        ]
    );
    let find = |name: &str| description.accounts.iter().find(|attribute| attribute.name.ends_with(name)).unwrap();
    assert!(find("userName").required && find("emails").required && !find("emails.display").required);
    assert_eq!(find(":type").canonical_values, ["multi", "single"]);
    assert_eq!(find(":type").description.as_deref(), Some("Which kind of guest"));
    assert_eq!((find(":seen").type_, find(":seen").mutability), (AttributeType::DateTime, Mutability::ReadOnly));
    assert_eq!((find(":invitedBy").mutability, find("nickName").mutability), (Mutability::Immutable, Mutability::ReadOnly));
    assert_eq!(description.extra[0].value, "connector");
}

#[test]
fn known_attributes_that_a_user_lacks_are_known_to_be_empty_and_no_others() {
    let script = Script::new().then(Exchange::get("/Users/1").answers(200, user("1", "ada")));
    let account = call(fixed(), script, |scim| scim.get_user("1")).unwrap();
    assert_eq!(values(&account, &format!("{GUEST}:type")), Some(Vec::new()));
    assert_eq!(values(&account, "displayName"), None);
}

#[test]
fn an_attribute_that_is_not_known_is_neither_written_nor_searched() {
    let error = create(fixed(), Script::new(), vec![mail(), Attribute::text("shoeSize", "9")]).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "shoeSize"));
    let delta = Delta { name: "displayName".to_owned(), edit: Edit::Clear };
    let error = call(fixed(), Script::new(), |scim| scim.update_user("1", &[delta], &intent())).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "displayName"));
    let error = call(fixed(), Script::new(), |scim| scim.find_users("displayName", "Ada")).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
}

#[test]
fn a_create_without_what_is_required_is_not_sent() {
    let mut dialect = fixed();
    dialect.attributes.as_mut().unwrap().push(Definition::complex("name", &["formatted"]).required());
    let error = create(dialect, Script::new(), vec![Attribute::text("title", "T")]).unwrap_err();
    assert_eq!(error.code, ErrorCode::Invalid);
    assert_eq!(error.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(), ["emails", "name.formatted"]);
}

#[test]
fn an_attribute_of_an_extension_is_sent_in_it() {
    let body = json!({
        "schemas": [USER, GUEST], "userName": "ada", "active": true,
        "emails": [{ "value": "ada@acme.example" }], (GUEST): { "type": "multi" },
    });
    let mut answer = body.clone();
    answer["id"] = json!("1");
    let script = Script::new().then(Exchange::post("/Users", body).answers(201, answer));
    let account = done(create(fixed(), script, vec![mail(), Attribute::text(format!("{GUEST}:type"), "multi")]).unwrap());
    assert_eq!(values(&account, &format!("{GUEST}:type")), Some(vec!["multi"]));
}

#[test]
fn every_create_says_besides_what_the_dialect_adds_and_the_draft_comes_first() {
    let extra = json!({
        "schemas": ["urn:example:core"], "title": "Guest", "name": { "givenName": "?", "familyName": "?" }, (GUEST): { "type": "single" },
    });
    let dialect = Dialect { create_extra: extra.as_object().cloned().unwrap(), ..fixed() };
    let body = json!({
        "schemas": [USER, GUEST, "urn:example:core"], "userName": "ada", "active": true, "title": "Guest",
        "name": { "givenName": "Ada", "familyName": "?" }, "emails": [{ "value": "ada@acme.example" }], (GUEST): { "type": "single" },
    });
    let script = Script::new().then(Exchange::post("/Users", body).answers(201, user("1", "ada")));
    done(create(dialect, script, vec![mail(), Attribute::text("name.givenName", "Ada")]).unwrap());
    // What is added counts for what is required.
    let emails = json!({ "emails": [{ "value": "nobody@acme.example" }] });
    let dialect = Dialect { create_extra: emails.as_object().cloned().unwrap(), ..fixed() };
    let body = json!({
        "schemas": [USER], "userName": "ada", "active": true, "emails": [{ "value": "nobody@acme.example" }],
    });
    let script = Script::new().then(Exchange::post("/Users", body).answers(201, user("1", "ada")));
    done(create(dialect, script, Vec::new()).unwrap());
}

#[test]
fn what_is_never_sent_is_refused_and_left_out_of_a_whole_user() {
    let error = create(fixed(), Script::new(), vec![mail(), Attribute::text("nickName", "Countess")]).unwrap_err();
    assert_eq!((error.code, error.fields[0].name.as_str()), (ErrorCode::Invalid, "nickName"));

    let never_sent = ["nickName", "groups", "photos", "name.familyName", &format!("{GUEST}:seen")].map(str::to_owned).to_vec();
    let dialect = Dialect { patch: Choice::No, never_sent, ..fixed() };
    let mut before = user("1", "ada");
    before["nickName"] = json!("Countess");
    before["groups"] = json!([{ "value": "g1" }]);
    before["photos"] = json!([{ "value": "https://acme.example/ada.png" }]);
    before["name"] = json!({ "givenName": "Ada", "familyName": "L" });
    before[GUEST] = json!({ "seen": "2026-11-23T08:00:00Z" });
    let mut after = user("1", "ada");
    after["name"] = json!({ "givenName": "Ada" });
    after["title"] = json!("T");
    let script = Script::new()
        .then(Exchange::get("/Users/1").answers(200, before))
        .then(Exchange::put("/Users/1", after.clone()).answers(200, after));
    let delta = Delta { name: "title".to_owned(), edit: Edit::Replace(vec![Value::text("T")]) };
    done(call(dialect, script, |scim| scim.update_user("1", &[delta], &intent())).unwrap());
}

#[test]
fn standard_attributes_are_chosen_by_path() {
    let department = format!("{ENTERPRISE}:department");
    let chosen = standard(&["userName", "name.givenName", "emails", "name.familyName", &department]);
    let names: Vec<_> = chosen.iter().flat_map(Definition::targets).map(|target| target.name()).collect();
    assert_eq!(names, ["userName", "name.givenName", "name.familyName", "emails", "emails.display", &department]);
}

#[test]
#[should_panic(expected = "the standard has no attribute `name.nick`")]
fn a_path_that_the_standard_does_not_have_is_a_mistake() {
    standard(&["name.nick"]);
}
