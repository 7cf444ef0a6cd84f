//! Paging as Okta does it, by the SDK, against the Okta that somebody else wrote: the next page is where a `Link` header says
//! (RFC 8288), which only the system can read. The emulator has pages of 30 whatever is asked for, which is a server's right.

use std::collections::BTreeSet;

use innkeeper_sdk::http::{self, HttpErrorCode};
use innkeeper_sdk::testing::{self, Body, Field, HttpError, Method, Request, Response, Transport};
use innkeeper_tests::client::ScimClient;
use innkeeper_tests::peer::{Emulator, Service};
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Value, json};

const USERS: usize = 1_000;

/// The way of a connector's requests to a server, without a host in between.
struct Wire {
    client: ScimClient,
    base_url: String,
    authorization: String,
}

impl Wire {
    fn new(emulator: &Emulator) -> Self {
        let client = ScimClient::new(emulator.base_url(), emulator.token());
        Self { client, base_url: emulator.base_url().to_owned(), authorization: format!("SSWS {}", emulator.token()) }
    }
}

impl Transport for Wire {
    fn send(&mut self, request: &Request) -> Result<Response, HttpError> {
        let mut target = request.target.strip_prefix(&self.base_url).unwrap_or(&request.target).to_owned();
        for (index, Field { name, value }) in request.query.iter().enumerate() {
            let sign = if index == 0 { '?' } else { '&' };
            target += &format!("{sign}{}={}", http::segment(name), http::segment(value));
        }
        let headers = request.headers.iter().map(|field| (field.name.as_str(), field.value.as_str()));
        let headers: Vec<_> = headers.chain([("authorization", self.authorization.as_str())]).collect();
        let body = match &request.body {
            None => None,
            Some(Body::Text(text)) => Some(text.as_str()),
            Some(Body::Bytes(_)) => return Err(testing::failure(HttpErrorCode::InvalidRequest, false)),
        };
        let method = match request.method {
            Method::Get => "GET",
            Method::Head => "HEAD",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
            Method::Options => "OPTIONS",
        };
        let answer = self.client.try_send(method, &target, &headers, body);
        let answer = answer.map_err(|_| testing::failure(HttpErrorCode::Connection, true))?;
        let field = |(name, value): (&HeaderName, &HeaderValue)| Field {
            name: name.as_str().to_owned(),
            value: value.to_str().expect("the emulator's headers are text").to_owned(),
        };
        let headers = answer.headers.iter().map(field).collect();
        Ok(Response { status: answer.status, headers, body: Body::Text(answer.text), rate_limited: None })
    }
}

/// A page of users, as a connector's `list` gives it.
fn list(cursor: Option<&str>) -> innkeeper_sdk::Result<(Vec<Value>, Option<String>)> {
    let request = cursor.map_or_else(|| http::get("/api/v1/users").query("limit", 200), http::get);
    let response = request.send()?.error_for_status()?;
    Ok((response.json()?, response.link("next")))
}

#[test]
fn a_thousand_users_are_read_once_each_and_in_their_order() {
    let logins: Vec<String> = (0..USERS).map(|index| format!("user{index:04}@acme.example")).collect();
    let users: Vec<Value> = logins.iter().map(|login| json!({ "login": login })).collect();
    let mut emulator = Emulator::start(Service::Okta, &logins[0], &json!({ "users": users }));

    let (read, pages) = testing::run(json!({}), Wire::new(&emulator), || {
        let (mut read, mut cursors, mut cursor) = (Vec::new(), BTreeSet::new(), None);
        loop {
            let (users, next) = list(cursor.as_deref()).expect("a page");
            assert!(!users.is_empty(), "a page of nothing");
            read.extend(users);
            match &next {
                Some(next) => assert!(cursors.insert(next.clone()), "{next} again"),
                None => return (read, cursors.len() + 1),
            }
            cursor = next;
        }
    });

    let ids: BTreeSet<&str> = read.iter().map(|user| user["id"].as_str().expect("an id")).collect();
    assert_eq!(ids.len(), read.len(), "somebody was read twice");
    // Before those who were asked for stands a user of the emulator's own.
    let names: Vec<&str> = read.iter().map(|user| user["profile"]["login"].as_str().expect("a login")).collect();
    assert_eq!(names[read.len() - USERS..], logins);
    assert_eq!(read.len(), USERS + 1);
    let requests = emulator.requests();
    assert_eq!(requests.len(), pages);
    assert!(pages >= USERS / 200 && requests.iter().all(|request| request.status == 200), "{requests:?}");
}
