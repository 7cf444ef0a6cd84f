use serde_json::{Value, json};

use super::tests::{call, get, github};
use super::{ExternalIdentity, Quirks, Role};

#[test]
fn graphql_tells_who_members_are_to_the_identity_provider_page_by_page() {
    let mut github = github(Quirks { saml: true, ..Quirks::default() });
    let ada = github.add_member("ada", Role::Member);
    let identity = |user, name: &str| ExternalIdentity { user, name_id: Some(name.to_owned()), ..ExternalIdentity::default() };
    github.add_external_identity(identity(Some(ada), "ada@acme.example"));
    github.add_external_identity(identity(None, "nobody@acme.example"));
    let query = "query($org: String!, $after: String) { organization(login: $org) { samlIdentityProvider {
        externalIdentities(first: 1, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node {
            samlIdentity { nameId } scimIdentity { username } user { databaseId login } } } } } } }";
    let mut page = |after: Value| {
        let body = json!({ "query": query, "variables": { "org": "acme", "after": after } });
        let (status, body) = call(&mut github, "POST", "/graphql", body);
        assert_eq!((status, body.get("errors")), (200, None));
        body["data"]["organization"]["samlIdentityProvider"]["externalIdentities"].clone()
    };
    let first = page(Value::Null);
    assert_eq!(
        first["edges"][0]["node"],
        json!({
            "samlIdentity": { "nameId": "ada@acme.example" }, "scimIdentity": null, "user": { "databaseId": ada, "login": "ada" },
        })
    );
    assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(2), &json!(true)));
    let second = page(first["pageInfo"]["endCursor"].clone());
    assert_eq!((&second["edges"][0]["node"]["user"], &second["pageInfo"]["hasNextPage"]), (&Value::Null, &json!(false)));
    github.quirks.saml = false;
    let (_, body) = call(&mut github, "POST", "/graphql", json!({ "query": query, "variables": { "org": "acme" } }));
    assert_eq!(body["data"]["organization"], json!({ "samlIdentityProvider": null }));
}

#[test]
fn graphql_shows_the_addresses_in_verified_domains_alone() {
    let mut github = github(Quirks { verified_domains: vec!["acme.example".to_owned()], ..Quirks::default() });
    github.add_member("ada", Role::Member);
    github.change_account("ada", |ada| ada.emails.push("ada@home.example".to_owned()));
    let query = "{ organization(login: \"acme\") { membersWithRole(first: 100) {
        nodes { login organizationVerifiedDomainEmails(login: \"acme\") } edges { role } } } }";
    let (_, body) = call(&mut github, "POST", "/graphql", json!({ "query": query }));
    let members = &body["data"]["organization"]["membersWithRole"];
    assert_eq!(members["nodes"][2], json!({ "login": "ada", "organizationVerifiedDomainEmails": ["ada@acme.example"] }));
    assert_eq!(members["edges"][0]["role"], "ADMIN");
}

#[test]
fn graphql_puts_its_errors_into_an_answer_of_200() {
    let mut github = github(Quirks::default());
    for (query, kind) in [
        ("{ organization(login: \"other\") { login } }", "NOT_FOUND"),
        ("{ organization(login: \"acme\") { nosuch } }", "undefinedField"),
        ("{ organization(login: \"acme\") { membersWithRole { totalCount } } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("{ organization(login: \"acme\") { membersWithRole(first: 101) { totalCount } } }", "EXCESSIVE_PAGINATION"),
    ] {
        let (status, body) = call(&mut github, "POST", "/graphql", json!({ "query": query }));
        assert_eq!((status, &body["errors"][0]["type"]), (200, &json!(kind)), "{body}");
    }
}

const USERS: &str = "/scim/v2/enterprises/acme/Users";
const GROUPS: &str = "/scim/v2/enterprises/acme/Groups";

fn scim_user(name: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "externalId": format!("e-{name}"), "active": true, "userName": name,
        "displayName": name, "emails": [{ "value": format!("{name}@acme.example"), "type": "work", "primary": true }],
    })
}

#[test]
fn scim_of_an_enterprise_provisions_and_suspends() {
    let mut github = github(Quirks::default());
    let (status, user) = call(&mut github, "POST", USERS, scim_user("ada"));
    assert_eq!((status, &user["meta"]["resourceType"]), (201, &json!("User")));
    assert_eq!(call(&mut github, "POST", USERS, scim_user("ada")).0, 409);
    let mut other = scim_user("grace");
    other["externalId"] = json!("e-ada");
    assert_eq!(call(&mut github, "POST", USERS, other).0, 409);
    let url = format!("{USERS}/{}", user["id"].as_str().expect("an id"));
    let patch = |path: &str, value: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{ "op": "replace", "path": path, "value": value }],
        })
    };
    let (status, patched) = call(&mut github, "PATCH", &url, patch("active", json!(false)));
    assert_eq!((status, &patched["active"]), (200, &json!(false)));
    let (status, patched) = call(&mut github, "PATCH", &url, patch("emails[type eq \"work\"].value", json!("x@acme.example")));
    assert_eq!((status, &patched["emails"][0]["value"]), (200, &json!("ada@acme.example")));
    assert_eq!(get(&mut github, &format!("{USERS}?filter=externalId%20eq%20%22e-ada%22")).1["totalResults"], 1);
    assert_eq!(get(&mut github, &format!("{USERS}?filter=emails.value%20eq%20%22a%22")).0, 400);
    assert_eq!(get(&mut github, "/scim/v2/enterprises/ACME/Users").0, 404);
    let mut bare = scim_user("x");
    bare.as_object_mut().expect("an object").remove("emails");
    let (status, error) = call(&mut github, "POST", USERS, bare);
    assert_eq!((status, &error["status"]), (400, &json!(400)));
    assert_eq!(call(&mut github, "DELETE", &url, Value::Null).0, 204);
    assert!(github.scim_users().is_empty());
    assert_eq!(get(&mut github, &url).1["message"], "Not Found");
}

#[test]
fn scim_groups_name_their_members() {
    let mut github = github(Quirks::default());
    let id = call(&mut github, "POST", USERS, scim_user("ada")).1["id"].clone();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "externalId": "g", "displayName": "Core",
        "members": [{ "value": id, "displayName": "Ada" }],
    });
    let (status, group) = call(&mut github, "POST", GROUPS, body);
    assert_eq!((status, &group["members"][0]["value"]), (201, &id));
    let reference = format!("https://api.github.test{USERS}/{}", id.as_str().expect("an id"));
    assert_eq!(group["members"][0]["$ref"], json!(reference));
    let (_, listed) = get(&mut github, &format!("{GROUPS}?excludedAttributes=members"));
    assert_eq!(listed["Resources"][0].get("members"), None);
    assert_eq!(github.scim_groups().len(), 1);
}
