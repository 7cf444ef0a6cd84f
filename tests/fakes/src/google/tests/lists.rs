use serde_json::json;

use super::*;

fn many(count: usize) -> Workspace {
    let mut workspace = workspace();
    for number in 0..count {
        workspace.add_user(&format!("u{number:03}@acme.example"), "User", &format!("No{:03}", count - number));
    }
    workspace
}

fn emails(body: &Value) -> Vec<&str> {
    body["users"].as_array().into_iter().flatten().filter_map(|user| user["primaryEmail"].as_str()).collect()
}

fn found(workspace: &mut Workspace, query: &str) -> Vec<String> {
    let mut encoded = form_urlencoded::Serializer::new(String::new());
    encoded.append_pair("customer", "my_customer").append_pair("query", query);
    emails(&good(workspace, "GET", &format!("/users?{}", encoded.finish()), None)).into_iter().map(str::to_owned).collect()
}

#[test]
fn pages_follow_each_other_until_there_are_no_more() {
    let mut workspace = many(4);
    let first = good(&mut workspace, "GET", "/users?customer=my_customer&maxResults=2", None);
    assert_eq!(emails(&first), ["admin@acme.example", "u000@acme.example"]);
    let token = first["nextPageToken"].as_str().expect("a token").to_owned();
    let second = good(&mut workspace, "GET", &format!("/users?customer=my_customer&maxResults=2&pageToken={token}"), None);
    assert_eq!(emails(&second), ["u001@acme.example", "u002@acme.example"]);
    let token = second["nextPageToken"].as_str().expect("a token").to_owned();
    let third = good(&mut workspace, "GET", &format!("/users?customer=my_customer&maxResults=2&pageToken={token}"), None);
    assert_eq!((emails(&third), third.get("nextPageToken")), (vec!["u003@acme.example"], None));
}

#[test]
fn a_page_token_dies_after_three_days() {
    let mut workspace = many(3);
    let first = good(&mut workspace, "GET", "/users?customer=my_customer&maxResults=1", None);
    let next = format!("/users?customer=my_customer&pageToken={}", first["nextPageToken"].as_str().expect("a token"));
    workspace.advance(3 * 24 * 3600);
    good(&mut workspace, "GET", &next, None);
    workspace.advance(1);
    refused(&mut workspace, "GET", &next, None, 400, "invalid");
}

#[test]
fn a_page_token_is_for_its_own_question() {
    let mut workspace = many(3);
    let first = good(&mut workspace, "GET", "/users?customer=my_customer&maxResults=1", None);
    let token = first["nextPageToken"].as_str().expect("a token");
    refused(&mut workspace, "GET", &format!("/users?domain=acme.example&pageToken={token}"), None, 400, "invalid");
    refused(&mut workspace, "GET", "/users?customer=my_customer&pageToken=nonsense", None, 400, "invalid");
}

#[test]
fn a_listing_wants_a_customer_or_a_domain_and_a_good_size() {
    let mut workspace = many(1);
    refused(&mut workspace, "GET", "/users", None, 400, "badRequest");
    refused(&mut workspace, "GET", "/users?domain=elsewhere.example", None, 404, "notFound");
    refused(&mut workspace, "GET", "/users?customer=my_customer&maxResults=501", None, 400, "invalidParameter");
    good(&mut workspace, "GET", "/users?domain=acme.example&maxResults=500", None);
}

#[test]
fn a_listing_is_sorted_as_asked() {
    let mut workspace = many(2);
    let body = good(&mut workspace, "GET", "/users?customer=my_customer&orderBy=familyName&sortOrder=DESCENDING", None);
    assert_eq!(emails(&body), ["u000@acme.example", "u001@acme.example", "admin@acme.example"]);
}

#[test]
fn a_query_finds_by_what_it_says() {
    let mut workspace = many(3);
    workspace.add_unit("/Sales and more");
    workspace.edit_user("u001@acme.example", |user| {
        user.aliases.push("one@acme.example".to_owned());
        user.org_unit_path = "/Sales and more".to_owned();
        user.suspended = true;
        user.profile.insert("externalIds".to_owned(), json!([{"type": "organization", "value": "E-1"}]));
    });
    for query in [
        "email=one@acme.example",
        "email:u001*",
        "orgUnitPath='/Sales and more'",
        "isSuspended=true",
        "externalId=E-1",
        "familyName=No002 givenName:User",
        "one@acme",
    ] {
        assert_eq!(found(&mut workspace, query), ["u001@acme.example"], "{query}");
    }
    assert_eq!(found(&mut workspace, "isSuspended=true givenName=Nobody"), Vec::<String>::new());
    refused(&mut workspace, "GET", "/users?customer=my_customer&query=shoeSize%3D43", None, 400, "invalid");
}

#[test]
fn custom_fields_are_shown_when_asked_for() {
    let mut workspace = many(1);
    workspace.edit_user("u000@acme.example", |user| {
        user.profile.insert("customSchemas".to_owned(), json!({"hr": {"badge": "7"}}));
    });
    assert_eq!(good(&mut workspace, "GET", "/users/u000@acme.example", None).get("customSchemas"), None);
    let full = good(&mut workspace, "GET", "/users/u000@acme.example?projection=full", None);
    assert_eq!(full["customSchemas"]["hr"]["badge"], "7");
}

#[test]
fn an_etag_changes_with_the_content() {
    let mut workspace = many(1);
    let etag = |workspace: &mut Workspace| good(workspace, "GET", "/users/u000@acme.example", None)["etag"].clone();
    let before = etag(&mut workspace);
    assert_eq!(etag(&mut workspace), before);
    workspace.edit_user("u000@acme.example", |user| user.suspended = true);
    assert_ne!(etag(&mut workspace), before);
}
