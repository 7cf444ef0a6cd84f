use super::*;
use innkeeper_sdk::testing::{Request, Response};

fn config(patch: bool, filter: bool) -> Json {
    json!({ "patch": { "supported": patch }, "filter": { "supported": filter, "maxResults": 1000 }, "etag": { "supported": true } })
}

fn types(extensions: &[&str]) -> Json {
    let extensions: Vec<_> = extensions.iter().map(|urn| json!({ "schema": urn, "required": false })).collect();
    list(
        2,
        &[
            json!({ "id": "User", "name": "User", "endpoint": "/Users", "schema": crate::standard::USER, "schemaExtensions": extensions }),
            json!({ "id": "Group", "name": "Group", "endpoint": "/Groups" }),
        ],
    )
}

fn describe(answer: impl Fn(&str) -> Response + 'static) -> Result<Description> {
    call(Dialect::default(), move |request: &Request| Ok(answer(&request.target)), |scim| scim.description())
}

#[test]
fn a_server_describes_itself() {
    let acme = "urn:example:params:scim:schemas:extension:acme:2.0:User";
    let schemas = list(
        3,
        &[
            json!({ "id": crate::standard::USER, "attributes": [
                { "name": "userName", "type": "string", "required": true, "uniqueness": "server", "caseExact": false },
                { "name": "active", "type": "boolean" },
                { "name": "name", "type": "complex", "subAttributes": [{ "name": "givenName", "type": "string" }] },
                { "name": "emails", "type": "complex", "multiValued": true, "subAttributes": [
                    { "name": "value", "type": "string" }, { "name": "type", "type": "string", "canonicalValues": ["work"] },
                    { "name": "primary", "type": "boolean" }, { "name": "$ref", "type": "reference" }] },
                { "name": "groups", "type": "complex", "multiValued": true, "mutability": "readOnly" },
                { "name": "password", "type": "string", "mutability": "writeOnly", "returned": "never" },
                { "name": 7 },
            ] }),
            json!({ "id": acme, "attributes": [
                { "name": "badge", "type": "integer", "mutability": "immutable", "description": "Of the\n door" },
                { "name": "seen", "type": "dateTime", "mutability": "readOnly" },
                { "name": "size", "type": "furlong" },
            ] }),
            json!({ "id": "urn:example:params:scim:schemas:extension:other:2.0:User", "attributes": [{ "name": "elsewhere" }] }),
        ],
    );
    let description = describe(move |target| {
        testing::json(
            200,
            &match target {
                "/ServiceProviderConfig" => config(true, true),
                "/ResourceTypes" => types(&[acme]),
                "/Schemas" => schemas.clone(),
                other => panic!("{other}"),
            },
        )
    })
    .unwrap();
    let names: Vec<_> =
        description.accounts.iter().map(|attribute| attribute.name.strip_prefix(acme).unwrap_or(&attribute.name)).collect();
    assert_eq!(names, ["userName", "name.givenName", "emails", "password", ":badge", ":seen", ":size", "externalId"]);
    let find = |name: &str| description.accounts.iter().find(|attribute| attribute.name.ends_with(name)).unwrap();
    assert!(find("userName").required && find("userName").uniqueness == Uniqueness::Server && find("emails").multi_valued);
    assert_eq!(find("password").mutability, Mutability::WriteOnly);
    assert_eq!((find("badge").type_, find("badge").mutability), (AttributeType::Integer, Mutability::Immutable));
    assert_eq!(find("badge").description.as_deref(), Some("Of the door"));
    assert_eq!((find("seen").type_, find("size").type_), (AttributeType::DateTime, AttributeType::Text));
    assert!(!description.searchable.iter().any(|name| name == "password"));
    assert_eq!(description.unique_name, "userName");
    assert!(description.quirks.is_empty() && description.grant_scopes.is_all());
    assert!(description.suspend.unwrap().reversible && !description.delete.unwrap().reversible);
    assert!(description.entitlement_kinds[0].nests && description.entitlement_kinds[0].name == "group");
}

#[test]
fn a_server_that_says_nothing_of_itself_is_taken_for_a_standard_one() {
    let silent: [fn() -> Response; 5] = [
        || testing::json(404, &failure(404, None, "no")),
        || testing::text(200, "text/html", "<html>"),
        || testing::json(200, &json!(["nonsense", 7])),
        || testing::json(403, &failure(403, None, "no")),
        || {
            testing::json(
                200,
                &json!({ "Resources": [{ "id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{ "name": "odd" }] }] }),
            )
        },
    ];
    for answer in silent {
        let description = describe(move |_| answer()).unwrap();
        assert!(description.accounts.iter().any(|attribute| attribute.name == format!("{ENTERPRISE}:department")));
        let manager = description.accounts.iter().find(|attribute| attribute.name == format!("{ENTERPRISE}:manager")).unwrap();
        assert_eq!(manager.type_, AttributeType::Reference);
        assert!(description.quirks.is_empty() && description.extra[0].value == "standard");
    }
}

#[test]
fn a_server_that_is_down_or_refuses_the_credentials_is_not_described() {
    for (status, code) in [(401, ErrorCode::Unauthenticated), (503, ErrorCode::Unavailable), (429, ErrorCode::RateLimited)] {
        assert_eq!(describe(move |_| testing::text(status, "text/plain", "")).unwrap_err().code, code);
    }
}

#[test]
fn what_the_server_cannot_do_is_a_quirk() {
    let description = describe(|target| match target {
        "/ServiceProviderConfig" => testing::json(200, &config(false, false)),
        _ => testing::json(404, &json!({})),
    })
    .unwrap();
    assert!(description.quirks.contains(Quirks::NEEDS_FULL_OBJECT | Quirks::FIND_LISTS));
    assert!(!description.grant_scopes.contains(GrantScopes::ACCOUNT));
}

fn probe(users: u16, groups: u16) -> Result<Status> {
    let script = Script::new()
        .then(Exchange::get("/ServiceProviderConfig").answers(200, config(false, true)))
        .then(Exchange::get("/Users").query("startIndex", 1).query("count", 2).answers(users, list(0, &[])))
        .then(Exchange::get("/Groups").query("startIndex", 1).query("count", 2).answers(groups, list(0, &[])));
    call(Dialect::default(), script, |scim| scim.status())
}

#[test]
fn a_probe_says_what_works() {
    let status = probe(200, 403).unwrap();
    let able = |operation: &str| status.abilities.iter().find(|ability| ability.operation == operation).unwrap();
    assert!(able("accounts.list").available && able("people.list").available);
    assert!(!able("entitlements.list").available && able("entitlements.list").reason.is_some());
    assert!(status.profile.is_none() && status.extra.iter().any(|extra| extra.name == "patch" && extra.value == "false"));
}

#[test]
fn a_probe_with_wrong_credentials_fails() {
    let script =
        Script::new().then(Exchange::get("/ServiceProviderConfig").answers(401, failure(401, None, "Authorization failure")));
    let error = call(Dialect::default(), script, |scim| scim.status()).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (ErrorCode::Unauthenticated, "Authorization failure"));
}
