//! The SCIM server of our own misbehaves exactly as it is told to.

use std::time::{Duration, Instant};

use innkeeper_tests::client::ScimClient;
use innkeeper_tests::fake::{
    Answers, Failure, Fault, FilterSupport, GROUP, Paging, PatchSupport, Quirks, ScimServer, TotalResults, USER,
};
use serde_json::{Value, json};

/// A server with these quirks and so many users, `u0` to `u(n-1)`.
fn server(users: usize, quirks: Quirks) -> (ScimServer, ScimClient) {
    let server = ScimServer::with(quirks);
    for index in 0..users {
        server.create_user(json!({ "schemas": [USER], "userName": format!("u{index}") }));
    }
    let client = ScimClient::new(server.base_url(), server.token());
    (server, client)
}

fn names(page: &Value) -> Vec<&str> {
    page["Resources"].as_array().into_iter().flatten().filter_map(|user| user["userName"].as_str()).collect()
}

#[test]
fn filters_are_ignored_or_refused() {
    let path = "/Users?filter=userName%20eq%20%22u1%22";
    let (_server, client) = server(3, Quirks { filter: FilterSupport::Ignored, ..Quirks::default() });
    assert_eq!(names(&client.get(path)), ["u0", "u1", "u2"]);
    let (_server, client) = server(3, Quirks { filter: FilterSupport::Refused, ..Quirks::default() });
    let answer = client.send("GET", path, &[], None);
    assert_eq!((answer.status, answer.json()["scimType"].as_str()), (400, Some("invalidFilter")));
    assert_eq!(client.get("/ServiceProviderConfig")["filter"]["supported"], false);
}

#[test]
fn pages_are_refused_capped_repeated_or_not_made() {
    let (_server, client) = server(3, Quirks { refuses_count: true, ..Quirks::default() });
    assert_eq!(client.send("GET", "/Users?count=2", &[], None).status, 400);
    assert_eq!(names(&client.get("/Users")).len(), 3);

    let (_server, client) = server(3, Quirks { page_cap: 2, ..Quirks::default() });
    assert_eq!(names(&client.get("/Users?count=100")), ["u0", "u1"]);
    assert_eq!(names(&client.get("/Users?startIndex=3&count=100")), ["u2"]);

    let (_server, client) = server(3, Quirks { repeats_page: true, page_cap: 2, ..Quirks::default() });
    assert_eq!(names(&client.get("/Users?startIndex=3")), ["u0"]);

    let (_server, client) = server(3, Quirks { paging: Paging::None, page_cap: 2, ..Quirks::default() });
    assert_eq!(names(&client.get("/Users?startIndex=2&count=1")), ["u0", "u1", "u2"]);

    let (_server, client) = server(3, Quirks { paging: Paging::Cursor, page_cap: 2, ..Quirks::default() });
    let first = client.get("/Users?startIndex=3");
    assert_eq!(names(&first), ["u0", "u1"]);
    let next = first["nextCursor"].as_str().expect("there is another page");
    let second = client.get(&format!("/Users?cursor={next}"));
    assert_eq!((names(&second), second.get("nextCursor")), (vec!["u2"], None));
    assert_eq!(client.get("/ServiceProviderConfig")["pagination"]["index"], false);
}

#[test]
fn totals_are_wrong_and_lists_are_empty() {
    for (total, said) in [
        (TotalResults::Right, json!(3)),
        (TotalResults::Off(-2), json!(1)),
        (TotalResults::Off(10), json!(13)),
        (TotalResults::Missing, Value::Null),
        (TotalResults::OfThePage, json!(2)),
    ] {
        let (_server, client) = server(3, Quirks { total, ..Quirks::default() });
        assert_eq!(client.get("/Users?count=2")["totalResults"], said, "{total:?}");
    }
    let (server, client) = server(3, Quirks { empty_list: true, ..Quirks::default() });
    let page = client.get("/Users");
    assert_eq!((names(&page).len(), &page["totalResults"]), (0, &json!(0)));
    assert_eq!(server.users().len(), 3, "nobody is really gone");
}

#[test]
fn patch_answers_with_a_body_or_does_not_exist() {
    let title = json!([{ "op": "replace", "path": "title", "value": "x" }]);
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": title }).to_string();
    for (patch, status) in [(PatchSupport::NoContent, 204), (PatchSupport::Body, 200), (PatchSupport::None, 501)] {
        let (server, client) = server(1, Quirks { patch, ..Quirks::default() });
        let id = server.user("U0").expect("names have no case")["id"].as_str().map(str::to_owned).expect("an id");
        let answer = client.send("PATCH", &format!("/Users/{id}"), &[], Some(&body));
        assert_eq!(answer.status, status);
        assert_eq!(answer.text.contains("\"title\":\"x\""), status == 200);
        assert_eq!(client.get("/ServiceProviderConfig")["patch"]["supported"], status != 501);
    }
}

#[test]
fn versions_case_and_discovery_can_be_missing() {
    let quirks = Quirks { etags: false, case_sensitive: true, no_discovery: true, ..Quirks::default() };
    let (server, client) = server(1, quirks);
    let id = server.create_user(json!({ "schemas": [USER], "userName": "U0" }));
    let answer = client.send("GET", &format!("/Users/{id}"), &[("if-none-match", "*")], None);
    assert_eq!((answer.status, answer.header("etag"), answer.json()["meta"].get("version").cloned()), (200, None, None));
    for path in ["/ServiceProviderConfig", "/Schemas", "/ResourceTypes"] {
        assert_eq!(client.send("GET", path, &[], None).status, 404, "{path}");
    }
}

#[test]
fn every_answer_can_be_something_else() {
    let (server, client) = server(1, Quirks { answers: Answers::Html, ..Quirks::default() });
    let answer = client.send("GET", "/Users", &[], None);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html; charset=utf-8")));
    server.set_quirks(Quirks { answers: Answers::TruncatedJson, ..Quirks::default() });
    let answer = client.send("GET", "/Users", &[], None);
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with('{') && serde_json::from_str::<Value>(&answer.text).is_err(), "{}", answer.text);
    server.set_quirks(Quirks { answers: Answers::Status(500), ..Quirks::default() });
    assert_eq!(client.send("GET", "/Users", &[], None).status, 500);
    server.set_quirks(Quirks { latency: Duration::from_millis(50), ..Quirks::default() });
    let start = Instant::now();
    assert_eq!(names(&client.get("/Users")), ["u0"]);
    assert!(start.elapsed() >= Duration::from_millis(50));
}

#[test]
fn single_requests_go_wrong_as_planned() {
    let failures = vec![
        Failure::nth("POST", "/Users", 1, Fault::RateLimited { retry_after: Some(7) }),
        Failure::nth("POST", "/Users", 2, Fault::Refuse),
        Failure::nth("POST", "/Users", 3, Fault::LoseAnswer),
        Failure::nth("POST", "/Users", 4, Fault::Status(503)),
        Failure::nth("POST", "/Users", 5, Fault::RateLimitedUntil(Duration::from_secs(60))),
        Failure::nth("GET", "/Users", 1, Fault::EmptyList),
    ];
    let (server, client) = server(1, Quirks { failures, ..Quirks::default() });
    let post =
        |name: &str| client.try_send("POST", "/Users", &[], Some(&json!({ "schemas": [USER], "userName": name }).to_string()));
    let limited = post("a").expect("an answer");
    assert_eq!((limited.status, limited.header("retry-after")), (429, Some("7")));
    assert!(post("b").is_err(), "the connection is closed");
    assert!(server.user("b").is_none(), "nothing was done");
    assert!(post("c").is_err(), "the connection is closed");
    assert!(server.user("c").is_some(), "it was done");
    assert_eq!(post("d").expect("an answer").status, 503);
    let until = post("e").expect("an answer");
    let date = until.header("retry-after").and_then(|text| httpdate::parse_http_date(text).ok());
    assert!(date.is_some_and(|date| date > std::time::SystemTime::now()), "{until:?}");
    assert_eq!(post("f").expect("an answer").status, 201);
    assert_eq!(names(&client.get("/Users")).len(), 0);
    assert_eq!(names(&client.get("/Users")).len(), 3);
    let statuses: Vec<_> = server.requests().iter().map(|seen| seen.status).collect();
    assert_eq!(statuses, [429, 0, 0, 503, 429, 201, 200, 200]);
    assert_eq!((server.count("POST", "/Users"), server.count("POST", "/Groups")), (6, 0));
}

#[test]
fn a_certificate_that_nobody_signed_is_not_believed() {
    let server = ScimServer::self_signed(Quirks::default());
    let client = ScimClient::new(server.base_url(), server.token());
    assert!(client.try_send("GET", "/Users", &[], None).is_err());
    assert_eq!(server.requests(), []);
    let certificate = server.certificate().expect("it has one");
    let client = ScimClient::trusting(server.base_url(), server.token(), certificate);
    assert_eq!(client.get("/Users")["totalResults"], 0);
}

#[test]
fn a_group_of_ten_thousand_is_filled_one_by_one_in_seconds() {
    let (server, client) = server(10_000, Quirks::default());
    let group = server.create_group(json!({ "schemas": [GROUP], "displayName": "all" }));
    let ids: Vec<_> = server.users().iter().filter_map(|user| user["id"].as_str().map(str::to_owned)).collect();
    let start = Instant::now();
    for id in &ids[..2_000] {
        client.patch(&format!("/Groups/{group}"), &json!([{ "op": "add", "path": "members", "value": [{ "value": id }] }]));
    }
    let (first, second) = (start.elapsed(), Instant::now());
    for chunk in ids[2_000..].chunks(1_000) {
        let members: Vec<_> = chunk.iter().map(|id| json!({ "value": id })).collect();
        client.patch(&format!("/Groups/{group}"), &json!([{ "op": "add", "path": "members", "value": members }]));
    }
    for id in &ids[..2_000] {
        client.patch(&format!("/Groups/{group}"), &json!([{ "op": "remove", "path": format!("members[value eq \"{id}\"]") }]));
    }
    let second = second.elapsed();
    assert_eq!(client.get(&format!("/Groups/{group}"))["members"].as_array().map(Vec::len), Some(8_000));
    // An operation that looked at every member would take thousands of times as long at the end as at the beginning.
    assert!(second < first * 10 + Duration::from_secs(1), "{first:?}, then {second:?}");
    assert_eq!(client.all("/Users").len(), 10_000);
}
