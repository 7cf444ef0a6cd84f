//! Verdicts on descriptions of every kind.

use innkeeper_judge::{Exchange, Judge, Place, Unreadable};
use serde_json::{Value, json};

fn judge(description: Value) -> Judge {
    Judge::new(&description).expect("a good description")
}

fn places(judge: &Judge, exchange: &Exchange) -> Vec<Place> {
    judge.judge(exchange).into_iter().map(|violation| violation.place).collect()
}

#[test]
fn a_placeholder_for_several_segments_takes_no_other_operations_requests() {
    let operation =
        |method: &str, path: &str, flat: &str| json!({ "httpMethod": method, "path": path, "flatPath": flat, "response": {} });
    let judge = judge(json!({ "discoveryVersion": "v1", "servicePath": "", "resources": { "all": { "methods": {
        "printer": operation("GET", "v1/{+name}", "v1/customers/{customersId}/printers/{printersId}"),
        "print": operation("POST", "v1/{+parent}/printers", "v1/customers/{customersId}/printers"),
        "unit": operation("GET", "v1/customer/{id}/units/{+path}", "v1/customer/{id}/units/{unitsId}"),
    } } } }));
    for (method, path, known) in [
        ("GET", "/v1/customers/1/printers/2", true),
        ("POST", "/v1/customers/1/printers", true),
        ("GET", "/v1/customer/1/units/corp/sales", true),
        ("GET", "/v1/users", false),
        ("POST", "/v1/users", false),
    ] {
        assert_eq!(judge.knows(method, path), known, "{method} {path}");
    }
}

fn invitations() -> Judge {
    judge(json!({
        "openapi": "3.0.3",
        "servers": [{ "url": "https://api.example.com/v1" }],
        "paths": { "/orgs/{org}/invitations": {
            "parameters": [{ "name": "org", "in": "path", "required": true, "schema": { "type": "string" } }],
            "get": {
                "parameters": [{ "$ref": "#/components/parameters/per-page" }],
                "responses": { "200": { "content": { "application/json": { "schema": {
                    "type": "array", "items": { "$ref": "#/components/schemas/invitation" },
                } } } } },
            },
            "post": {
                "requestBody": { "required": true, "content": { "application/json": { "schema": {
                    "type": "object", "properties": { "email": { "type": "string" }, "role": { "enum": ["admin", "direct_member"] } },
                } } } },
                "responses": { "201": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/invitation" } } } } },
            },
        } },
        "components": {
            "parameters": { "per-page": { "name": "per_page", "in": "query", "schema": { "type": "integer", "maximum": 100 } } },
            "schemas": { "invitation": {
                "type": "object", "required": ["id", "login"],
                "properties": { "id": { "type": "integer" }, "login": { "type": "string", "nullable": true } },
            } },
        },
    }))
}

#[test]
fn an_exchange_that_is_as_described_passes() {
    let judge = invitations();
    let list = Exchange::new("GET", "/v1/orgs/acme/invitations").query("per_page=100");
    assert_eq!(judge.judge(&list.answered(200, br#"[{"id": 1, "login": null}]"#)), []);
    let invite = Exchange::new("POST", "/v1/orgs/acme/invitations").content("application/json", br#"{"email": "ada@x"}"#);
    assert_eq!(judge.judge(&invite.answered(201, br#"{"id": 1, "login": "ada"}"#)), []);
}

#[test]
fn everything_that_is_not_described_is_found() {
    let judge = invitations();
    let at = |method: &str| Exchange::new(method, "/v1/orgs/acme/invitations");
    assert_eq!(places(&judge, &Exchange::new("GET", "/v1/users")), [Place::Path]);
    assert_eq!(places(&judge, &at("DELETE")), [Place::Path]);
    assert_eq!(places(&judge, &at("GET").query("per_page=101")), [Place::Query]);
    assert_eq!(places(&judge, &at("GET").query("page_size=5")), [Place::Query]);
    assert_eq!(places(&judge, &at("GET").answered(200, br#"[{"id": "1", "login": null}]"#)), [Place::Response]);
    assert_eq!(places(&judge, &at("GET").answered(200, br#"[{"id": 1}]"#)), [Place::Response]);
    assert_eq!(places(&judge, &at("GET").answered(418, b"")), [Place::Status]);
    assert_eq!(places(&judge, &at("POST")), [Place::Request]);
    assert_eq!(places(&judge, &at("POST").content("application/json", br#"{"e-mail": "ada@x"}"#)), [Place::Request]);
    assert_eq!(places(&judge, &at("POST").content("application/json", br#"{"role": "owner"}"#)), [Place::Request]);
}

#[test]
fn forms_are_judged_by_their_fields() {
    let judge = judge(json!({
        "swagger": "2.0", "basePath": "/api",
        "paths": { "/usergroups.users.update": { "post": {
            "parameters": [
                { "name": "usergroup", "in": "formData", "required": true, "type": "string" },
                { "name": "include_count", "in": "formData", "type": "boolean" },
            ],
            "responses": { "200": { "schema": { "required": ["ok"] } }, "default": { "schema": { "required": ["error"] } } },
        } } },
    }));
    let send = |form: &str| {
        Exchange::new("POST", "/api/usergroups.users.update").content("application/x-www-form-urlencoded", form.as_bytes())
    };
    assert_eq!(judge.judge(&send("usergroup=S1&include_count=true").answered(200, br#"{"ok": true}"#)), []);
    assert_eq!(places(&judge, &send("include_count=yes&x=1").answered(200, br#"{"ok": true}"#)), [Place::Request; 3]);
    assert_eq!(places(&judge, &send("usergroup=S1").answered(429, b"{}")), [Place::Response]);
}

#[test]
fn discovery_documents_are_read_with_their_own_references() {
    let judge = judge(json!({
        "discoveryVersion": "v1", "servicePath": "",
        "parameters": { "alt": { "type": "string", "location": "query" } },
        "schemas": { "User": { "id": "User", "type": "object", "properties": {
            "primaryEmail": { "type": "string" }, "name": { "$ref": "Name" }, "phones": { "type": "any" },
        } }, "Name": { "type": "object", "properties": { "givenName": { "type": "string" } } } },
        "resources": { "users": { "methods": {
            "insert": { "httpMethod": "POST", "path": "admin/users", "request": { "$ref": "User" }, "response": { "$ref": "User" } },
            "list": { "httpMethod": "GET", "path": "admin/users", "parameters": {
                "maxResults": { "type": "integer", "maximum": "500", "location": "query" },
            } },
        } } },
    }));
    let insert = |body: &str| Exchange::new("POST", "/admin/users").content("application/json", body.as_bytes());
    assert_eq!(judge.judge(&insert(r#"{"primaryEmail": "a@x", "phones": []}"#).answered(200, br#"{"name": {}}"#)), []);
    assert_eq!(places(&judge, &insert(r#"{"userName": "a@x"}"#)), [Place::Request]);
    assert_eq!(places(&judge, &insert("{}").answered(200, br#"{"name": {"givenName": 7}}"#)), [Place::Response]);
    assert_eq!(places(&judge, &Exchange::new("GET", "/admin/users").query("maxResults=501&alt=json")), [Place::Query]);
    assert_eq!(judge.judge(&Exchange::new("GET", "/admin/users").answered(403, b"{}")), []);
}

#[test]
fn what_is_no_description_is_refused() {
    assert_eq!(Judge::new(&json!({ "paths": {} })).map(|_| ()), Err(Unreadable));
}
