//! The SCIM server of our own behaves as the one that somebody else wrote: the same requests to both, the same answers.
//!
//! What is not compared, on purpose: the words of `detail`; the order of a listing; the values of times, versions and cursors
//! (whether a version changed is compared). What differs, on purpose: theirs has `/Bulk`, sorting and passwords; ours takes a
//! user who is deleted out of the groups.

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::{ENTERPRISE_USER as ENTERPRISE, GROUP, Paging, Quirks, ScimServer, USER};
use innkeeper_tests::peer::{self, Scim2Server};
use serde_json::{Value, json};

use crate::pair::Pair;

#[test]
fn resources_are_created_and_refused_alike() {
    let mut pair = Pair::start();
    pair.create("ada", "/Users", &ada());
    pair.create("bob", "/Users", &json!({ "schemas": [USER], "userName": "bob" }));
    pair.create("eve", "/Users", &json!({ "schemas": [USER], "USERNAME": "eve", "Title": "x", "active": "False" }));
    pair.create("nobody", "/Users", &json!({ "userName": "nobody" }));
    pair.create("fay", "/Users", &json!({ "schemas": [USER], "userName": "fay", ENTERPRISE: { "department": "d" } }));
    pair.create(
        "gus",
        "/Users",
        &json!({ "schemas": [USER], "userName": "gus", "id": "mine", "groups": [{ "value": "g" }], "emails": [], "title": null, "name": {} }),
    );
    for refused in [
        json!({ "schemas": [USER], "userName": "ADA" }),
        json!({ "schemas": [USER] }),
        json!({ "schemas": ["urn:x"], "userName": "x" }),
        json!({ "schemas": [USER], "userName": "x", "nosuch": 1 }),
        json!({ "schemas": [USER], "userName": "x", "title": 5 }),
        json!({ "schemas": [USER], "userName": "x", "emails": { "value": "a@x.example" } }),
        json!({ "schemas": [USER], "userName": "x", "emails": [{ "value": "a", "primary": true }, { "value": "b", "primary": true }] }),
        json!([1]),
    ] {
        pair.send("POST", "/Users", &[], Some(&refused.to_string()));
    }
    pair.send("POST", "/Users", &[], Some("{nope"));
    pair.send("POST", "/Users", &[("content-type", "text/plain")], Some("userName=x"));
    for path in ["/Users/{ada}", "/Users/{eve}", "/Users/{gus}", "/Users/nope", "/Nope", "/Me"] {
        pair.send("GET", path, &[], None);
    }
    pair.send("GET", "/Users", &[("authorization", "Bearer wrong")], None);
    pair.send("GET", "/Schemas", &[("authorization", "Basic eDp5")], None);
    for (method, path) in [("PATCH", "/Users"), ("DELETE", "/Users"), ("POST", "/Users/{ada}"), ("POST", "/Schemas")] {
        pair.send(method, path, &[], Some("{}"));
    }
    pair.agree();
}

#[test]
fn filters_find_the_same() {
    let mut pair = Pair::start();
    pair.create("ada", "/Users", &ada());
    pair.create("bob", "/Users", &json!({ "schemas": [USER], "userName": "bob", "externalId": "E1", "active": false }));
    pair.create("eng", "/Groups", &json!({ "schemas": [GROUP], "displayName": "Eng", "members": [{ "value": "{ada}" }] }));
    for filter in [
        r#"userName eq "ADA""#,
        r#"username EQ "bob""#,
        r#"id eq "{ada}""#,
        r#"externalId eq "E1""#,
        r#"externalId eq "e1""#,
        r#"emails.value eq "ADA@x.example""#,
        r#"emails eq "ada@x.example""#,
        r#"emails.type eq "WORK""#,
        r#"emails[type eq "work"].value eq "ada@x.example""#,
        r#"emails[type eq "work" and value co "@x"]"#,
        r#"emails[type eq "home" and value co "ada"]"#,
        &format!(r#"{ENTERPRISE}:department eq "eng""#),
        r#"userName sw "a""#,
        r#"userName ew "b""#,
        r#"userName gt "az""#,
        r#"name.givenName pr"#,
        r#"active eq true"#,
        r#"active eq "false""#,
        r#"title eq null"#,
        r#"userName ne "ada""#,
        r#"userName eq "ada" or userName eq "bob""#,
        r#"userName eq "ada" and active eq false"#,
        r#"not (userName eq "ada")"#,
        r#"(userName eq "ada")"#,
        r#"meta.lastModified gt "2020-01-01T00:00:00Z""#,
        &format!(r#"schemas eq "{ENTERPRISE}""#),
        r#"userName eq"#,
        r#"userName eq "ada"#,
        r#"nosuch eq "1""#,
        "",
    ] {
        pair.send("GET", &format!("/Users?attributes=userName&filter={}", encoded(filter)), &[], None);
    }
    for filter in
        [r#"displayName eq "eng""#, r#"members.value eq "{ada}""#, r#"members.value eq "{bob}""#, r#"members[value eq "{ada}"]"#]
    {
        pair.send("GET", &format!("/Groups?filter={}", encoded(filter)), &[], None);
    }
    pair.send(
        "POST",
        "/Users/.search",
        &[],
        Some(r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"userName eq \"bob\"","attributes":["userName"]}"#),
    );
    pair.agree();
}

#[test]
fn pages_and_projections_are_alike() {
    let mut pair = Pair::start();
    pair.create("ada", "/Users", &ada());
    pair.create("eng", "/Groups", &json!({ "schemas": [GROUP], "displayName": "Eng", "members": [{ "value": "{ada}" }] }));
    for query in [
        "",
        "?count=0",
        "?count=-1",
        "?count=abc",
        "?startIndex=0&count=1",
        "?startIndex=99",
        "?startIndex=-5",
        "?attributes=userName,name.givenName",
        "?attributes=emails.value",
        "?attributes=nosuch",
        "?excludedAttributes=emails,name",
        "?attributes=emails.value,emails.type",
        "?excludedAttributes=id,schemas,name.givenName",
        "?cursor",
        "?cursor=x",
    ] {
        pair.send("GET", &format!("/Users{query}"), &[], None);
    }
    let department = encoded(&format!("{ENTERPRISE}:department"));
    pair.send("GET", &format!("/Users?attributes={department}"), &[], None);
    pair.send("GET", &format!("/Users/{{ada}}?excludedAttributes={department}"), &[], None);
    pair.send("GET", "/Groups?excludedAttributes=members", &[], None);
    pair.send("GET", "/Groups/{eng}?attributes=displayName", &[], None);
    pair.send("GET", "/ResourceTypes/User", &[], None);
    pair.send("GET", "/ResourceTypes?filter=name%20eq%20%22User%22", &[], None);
    pair.send("GET", "/Schemas/urn:x", &[], None);
    pair.agree();
}

#[test]
fn patch_changes_the_same() {
    let mut pair = Pair::start();
    pair.create("ada", "/Users", &ada());
    pair.create("bob", "/Users", &json!({ "schemas": [USER], "userName": "bob" }));
    let manager = format!("{ENTERPRISE}:manager");
    let department = format!("{ENTERPRISE}:department");
    for operations in [
        json!([{ "op": "replace", "path": "title", "value": "Boss" }]),
        json!([{ "op": "replace", "path": "title", "value": "Boss" }]),
        json!([{ "op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@x.example" }]),
        json!([{ "op": "replace", "path": "emails[type eq \"other\"].value", "value": "o@x.example" }]),
        json!([{ "op": "add", "path": "emails[type eq \"other\"].value", "value": "o@x.example" }]),
        json!([{ "op": "add", "path": "emails", "value": [{ "value": "p@x.example", "primary": true }] }]),
        json!([{ "op": "add", "path": "emails", "value": { "value": "p@x.example", "primary": true } }]),
        json!([{ "op": "replace", "path": "emails[type eq \"home\"]", "value": { "value": "n@x.example" } }]),
        json!([{ "op": "replace", "path": "emails[type eq \"work\"].primary", "value": true }]),
        json!([{ "op": "remove", "path": "emails[type eq \"home\"].value" }]),
        json!([{ "op": "remove", "path": "emails[value eq \"p@x.example\"]" }]),
        json!([{ "op": "remove", "path": "emails[value eq \"nobody\"]" }]),
        json!([{ "op": "replace", "path": "emails", "value": [] }]),
        json!([{ "op": "replace", "path": "emails.value", "value": "q" }]),
        json!([{ "op": "replace", "path": department, "value": "Ops" }]),
        json!([{ "op": "remove", "path": department }]),
        json!([{ "op": "remove", "path": department }]),
        json!([{ "op": "add", "path": ENTERPRISE, "value": { "department": "D", "costCenter": "c" } }]),
        json!([{ "op": "replace", "path": ENTERPRISE, "value": { "department": "D2" } }]),
        json!([{ "op": "add", "path": manager, "value": { "value": "{bob}" } }]),
        json!([{ "op": "replace", "path": format!("{manager}.value"), "value": "m2" }]),
        json!([{ "op": "replace", "path": manager, "value": "m1" }]),
        json!([{ "op": "remove", "path": manager }]),
        json!([{ "op": "remove", "path": ENTERPRISE }]),
        json!([{ "op": "replace", "value": { "active": false, "name.familyName": "L", (department.clone()): "X" } }]),
        json!([{ "op": "add", "value": { "name": { "givenName": "B" }, ENTERPRISE: { "division": "V" } } }]),
        json!([{ "op": "replace", "path": "name", "value": { "givenName": "H" } }]),
        json!([{ "op": "remove", "path": "name.givenName" }]),
        json!([{ "op": "remove", "path": "name" }]),
        json!([{ "op": "replace", "path": "active", "value": "True" }]),
        json!([{ "op": "add", "path": "TITLE", "value": "c" }]),
        json!([{ "op": "add", "path": format!("{USER}:title"), "value": "core" }]),
        json!([{ "op": "replace", "path": "title", "value": null }]),
        json!([{ "op": "replace", "path": "nickName", "value": "" }]),
        json!([{ "op": "replace", "path": "title", "value": "x" }, { "op": "replace", "path": "nosuch", "value": "x" }]),
        json!([{ "op": "replace", "path": "userName", "value": "BOB" }]),
        json!([{ "op": "replace", "path": "userName", "value": "Ada2" }]),
        json!([{ "op": "remove", "path": "userName" }]),
        json!([{ "op": "replace", "path": "id", "value": "x" }]),
        json!([{ "op": "replace", "path": "nickName", "value": 5 }]),
        json!([{ "op": "add", "value": { "nosuch": 5 } }]),
        json!([{ "op": "add", "value": "x" }]),
        json!([{ "op": "remove" }]),
        json!([{ "op": "frob", "path": "title", "value": "x" }]),
        json!([{ "op": "replace", "path": "emails[type eq", "value": "x" }]),
        json!([]),
    ] {
        pair.patch("/Users/{ada}", &operations, &[]);
        pair.send("GET", "/Users/{ada}", &[], None);
    }
    pair.patch("/Users/nope", &json!([{ "op": "replace", "path": "title", "value": "x" }]), &[]);
    pair.agree();
}

#[test]
fn members_come_and_go_alike() {
    let mut pair = Pair::start();
    pair.create("ada", "/Users", &ada());
    pair.create("bob", "/Users", &json!({ "schemas": [USER], "userName": "bob" }));
    pair.create("eng", "/Groups", &json!({ "schemas": [GROUP], "displayName": "Eng", "members": [{ "value": "{ada}" }] }));
    pair.create("twin", "/Groups", &json!({ "schemas": [GROUP], "displayName": "Eng" }));
    pair.send("POST", "/Groups", &[], Some(&json!({ "schemas": [GROUP] }).to_string()));
    for operations in [
        json!([{ "op": "add", "path": "members", "value": [{ "value": "{bob}" }] }]),
        json!([{ "op": "add", "path": "members", "value": [{ "value": "{bob}" }] }]),
        json!([{ "op": "add", "path": "members", "value": [{ "value": "somebody" }] }]),
        json!([{ "op": "remove", "path": "members[value eq \"{bob}\"]" }]),
        json!([{ "op": "remove", "path": "members[value eq \"{bob}\"]" }]),
        json!([{ "op": "remove", "path": "members", "value": [{ "value": "{ada}" }] }]),
        json!([{ "op": "replace", "path": "members", "value": [{ "value": "{ada}" }, { "value": "{bob}" }] }]),
        json!([{ "op": "replace", "value": { "displayName": "E2" } }]),
        json!([{ "op": "remove", "path": "members" }]),
        json!([{ "op": "add", "path": "members", "value": [{ "value": "{ada}" }] }, { "op": "remove", "path": "displayName" }]),
    ] {
        pair.patch("/Groups/{eng}", &operations, &[]);
        pair.send("GET", "/Groups/{eng}", &[], None);
    }
    pair.send("DELETE", "/Groups/{twin}", &[], None);
    pair.send("GET", "/Groups/{twin}", &[], None);
    pair.agree();
}

#[test]
fn versions_and_whole_objects_are_alike() {
    let mut pair = Pair::start();
    pair.create("ada", "/Users", &ada());
    pair.create("bob", "/Users", &json!({ "schemas": [USER], "userName": "bob" }));
    let title = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    pair.send("GET", "/Users/{ada}", &[("if-none-match", "*")], None);
    pair.patch("/Users/{ada}", &title, &[("if-match", "W/\"other\"")]);
    pair.patch("/Users/{ada}", &title, &[("if-match", "*")]);
    let whole = |body: Value| body.to_string();
    let renamed = whole(json!({ "schemas": [USER], "userName": "ada2", "id": "other" }));
    pair.send("PUT", "/Users/{ada}", &[("if-match", "W/\"other\"")], Some(&renamed));
    pair.send("PUT", "/Users/{ada}", &[], Some(&renamed));
    pair.send("PUT", "/Users/{ada}", &[], Some(&renamed));
    pair.send("PUT", "/Users/{ada}", &[], Some(&whole(json!({ "schemas": [USER] }))));
    pair.send("PUT", "/Users/{ada}", &[], Some(&whole(json!({ "schemas": [USER], "userName": "bob" }))));
    pair.send("PUT", "/Users/nope", &[], Some(&renamed));
    pair.send("DELETE", "/Users/{ada}", &[("if-match", "W/\"other\"")], None);
    pair.send("DELETE", "/Users/{ada}", &[], None);
    pair.send("DELETE", "/Users/{ada}", &[], None);
    pair.send("GET", "/Users/{ada}", &[], None);
    // The name is free again.
    pair.create("ada again", "/Users", &json!({ "schemas": [USER], "userName": "ada2" }));
    pair.agree();
}

#[test]
fn cursors_walk_alike() {
    let ours = ScimServer::with(Quirks { paging: Paging::IndexAndCursor, ..Quirks::default() });
    let theirs = Scim2Server::launch(peer::Paging::IndexAndCursor).expect("scim2-server starts");
    let mut walks = Vec::new();
    for client in [ScimClient::new(ours.base_url(), ours.token()), ScimClient::new(theirs.base_url(), theirs.token())] {
        for index in 0..5 {
            client.create("/Users", &json!({ "schemas": [USER], "userName": format!("u{index}") }));
        }
        let (mut cursor, mut names, mut shapes) = (String::new(), Vec::new(), Vec::new());
        loop {
            let page = client.get(&format!("/Users?count=2&cursor={cursor}"));
            names.extend(page["Resources"].as_array().into_iter().flatten().map(|user| user["userName"].to_string()));
            let fields: Vec<_> = page.as_object().map(|page| page.keys().cloned().collect()).unwrap_or_default();
            shapes.push((fields, page["totalResults"].clone(), page["itemsPerPage"].clone()));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        names.sort();
        let other = client.send("GET", &format!("/Users?count=2&cursor={cursor}&filter=userName%20pr"), &[], None);
        let both = client.send("GET", "/Users?cursor=&startIndex=2", &[], None);
        let pagination = client.get("/ServiceProviderConfig")["pagination"]["cursor"].clone();
        let errors = [other, both].map(|answer| (answer.status, answer.json()["scimType"].clone()));
        walks.push((names, shapes, errors, pagination));
    }
    assert_eq!(walks[0], walks[1]);
    assert_eq!(walks[0].0.len(), 5);
}

fn ada() -> Value {
    json!({
        "schemas": [USER, ENTERPRISE],
        "userName": "Ada",
        "name": { "givenName": "Ada" },
        "active": true,
        "emails": [{ "value": "ada@x.example", "type": "work", "primary": true }, { "value": "h@x.example", "type": "home" }],
        ENTERPRISE: { "department": "Eng", "employeeNumber": "7" },
    })
}

fn encoded(text: &str) -> String {
    // Braces stand for ids and are filled in later.
    text.bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() || b"{}".contains(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
