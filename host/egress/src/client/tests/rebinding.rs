//! Names whose address changes, in every order, against real sockets: a server at 127.0.0.1, which is granted, and another one at the same
//! port of 127.0.0.2, which is not and must never be connected to.

use super::token_server::{Asked, Safe, Stage, stored, token};
use super::*;
use crate::{ClientAuthentication, OauthClient, Resolve};
use axum::routing::get;
use std::io;
use std::net::IpAddr;
use std::sync::Mutex;

const GOOD: &[&str] = &["127.0.0.1"];
const BAD: &[&str] = &["127.0.0.2"];

/// Gives one answer after the other, the last one for ever, and counts. For other names than the one in question it has the good answer.
struct Turning {
    answers: Vec<Vec<IpAddr>>,
    asked: Mutex<usize>,
}

#[async_trait::async_trait]
impl Resolve for Turning {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        let mut asked = self.asked.lock().expect("unpoisoned");
        let answer = self.answers[(*asked).min(self.answers.len() - 1)].clone();
        *asked += 1;
        Ok(answer)
    }
}

fn turning(answers: &[&[&str]]) -> Arc<Turning> {
    let parse = |answer: &&[&str]| answer.iter().map(|text| text.parse().expect("an address")).collect();
    Arc::new(Turning { answers: answers.iter().map(parse).collect(), asked: Mutex::default() })
}

fn granting_one(urls: &[&str]) -> Policy {
    Policy { networks: vec!["127.0.0.1/32".parse().expect("a network")], ..policy(urls) }
}

/// A name that is looked up for every request.
fn options(resolver: &Arc<Turning>) -> Options {
    Options { resolver: resolver.clone(), resolution_lifetime: Duration::ZERO, ..Options::default() }
}

fn is_refused(error: &EgressError) -> bool {
    matches!(error, EgressError::RefusedAddress { .. } | EgressError::PlainHttp { .. }) && !error.sent()
}

#[tokio::test]
async fn a_name_that_turns_between_two_requests_is_refused() {
    for bad in [
        "127.0.0.2",
        "::ffff:127.0.0.2",
        "::127.0.0.2",
        "64:ff9b::127.0.0.2",
        "2002:7f00:2::",
        "::1",
        "10.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "::",
        "fe80::1",
        "fd00:ec2::254",
    ] {
        let (good, other) = Server::two_at_one_port().await;
        let resolver = turning(&[GOOD, &[bad], GOOD]);
        let url = format!("http://crm.localhost:{}", good.port());
        let client = client_with(granting_one(&[&url]), options(&resolver));
        client.send(get_request("/1")).await.expect("granted");
        let error = client.send(get_request("/2")).await.expect_err(bad);
        assert!(is_refused(&error), "{bad}: {error}");
        // It may turn back.
        client.send(get_request("/3")).await.expect("granted again");
        let seen: Vec<String> = good.seen().into_iter().map(|seen| seen.target).collect();
        assert_eq!((seen.concat(), other.connections()), ("/1/3".to_owned(), 0), "{bad}");
    }
}

#[tokio::test]
async fn a_name_that_turns_between_check_and_connection_is_connected_to_where_it_was_checked() {
    let (good, other) = Server::two_at_one_port().await;
    let resolver = turning(&[GOOD, BAD]);
    let url = format!("http://crm.localhost:{}", good.port());
    let lifetime = Duration::from_secs(3600);
    // No connection is kept: each request makes one and would have to look the name up again.
    let options = Options { resolution_lifetime: lifetime, idle_connections: 0, ..options(&resolver) };
    let client = client_with(granting_one(&[&url]), options);
    for _ in 0..3 {
        client.send(get_request("/")).await.expect("pinned");
    }
    assert_eq!((good.seen().len(), good.connections(), other.connections()), (3, 3, 0));
    assert_eq!(*resolver.asked.lock().expect("unpoisoned"), 1);
}

#[tokio::test]
async fn an_answer_with_one_refused_address_reaches_none_of_them() {
    let authority = server::authority();
    let server = Server::tls(&authority, "crm.example").await;
    let url = format!("https://crm.example:{}", server.port());
    let ask = async |answer: &[&str], networks: &[&str]| {
        let resolver = turning(&[answer]);
        let networks = networks.iter().map(|text| text.parse().expect("a network")).collect();
        let options = Options { certificate_authorities: vec![authority.pem()], ..options(&resolver) };
        client_with(Policy { networks, ..policy(&[&url]) }, options).send(get_request("/")).await
    };
    for answer in [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1", "169.254.169.254"], ["::1", "127.0.0.1"]] {
        let error = ask(&answer, &["127.0.0.1/32"]).await.expect_err("mixed");
        assert!(is_refused(&error), "{answer:?}: {error}");
    }
    assert_eq!(server.connections(), 0);
    ask(&["127.0.0.1", "127.0.0.2"], &["127.0.0.0/8"]).await.expect("all of them are granted");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_name_that_turns_before_a_redirect_is_followed_is_refused() {
    let (_, other) = Server::two_at_one_port().await;
    let router = Router::new()
        .route("/old", get(async || (StatusCode::FOUND, [("location", "/new")])))
        .route("/new", get(async || "here"));
    let good = Server::start(router).await;
    let resolver = turning(&[GOOD, BAD]);
    let url = format!("http://crm.localhost:{}", good.port());
    let (exchange, result) = client_with(granting_one(&[&url]), options(&resolver)).exchange(get_request("/old")).await;
    let error = result.expect_err("turned");
    assert!(is_refused(&error), "{error}");
    // The request itself did arrive.
    assert_eq!((exchange.status, exchange.sent), (Some(302), true));
    assert_eq!((good.seen().len(), other.connections()), (1, 0));
}

#[tokio::test]
async fn a_name_that_turns_before_a_request_is_repeated_with_a_new_token_is_refused() {
    let stage = Stage::new(|asked: Asked| token(asked.number)).await;
    let resolver = turning(&[GOOD, GOOD, BAD]);
    let credential = Credential::OauthClient(OauthClient {
        secret: stored("key"),
        client_id: "innkeeper".into(),
        client_auth: ClientAuthentication::Basic,
        token_url: stage.idp.url("/token").parse().expect("a URL"),
        scopes: vec![],
    });
    let options = Options { resolver: resolver.clone(), resolution_lifetime: Duration::ZERO, ..stage.options() };
    let url = format!("http://crm.localhost:{}/api", stage.api.port());
    let client = stage.client_with(credential, Safe::with("key", TOKEN), granting_one(&[&url]), options);
    client.send(get_request("/users")).await.expect("granted");
    stage.turn_down(1);
    let error = client.send(get_request("/users")).await.expect_err("turned before the second try");
    assert!(is_refused(&error), "{error}");
    assert_eq!((stage.api.seen().len(), *resolver.asked.lock().expect("unpoisoned")), (2, 3));
}

#[tokio::test]
async fn a_token_endpoint_whose_name_turns_gets_no_secret() {
    let (good, other) = Server::two_at_one_port().await;
    for answer in [BAD, &["169.254.169.254"], &["::ffff:127.0.0.2"]] {
        let resolver = turning(&[answer]);
        let credential = Credential::OauthClient(OauthClient {
            secret: SecretRef::Env("TOKEN".into()),
            client_id: "innkeeper".into(),
            client_auth: ClientAuthentication::Basic,
            token_url: format!("http://idp.example.localhost:{}/token", good.port()).parse().expect("a URL"),
            scopes: vec![],
        });
        let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(OneToken));
        let policy = granting_one(&[&good.url("")]);
        let client = Client::new(policy, None, credentials, options(&resolver)).expect("a client");
        let error = client.send(get_request("/")).await.expect_err("no token");
        assert_eq!((error.code(), error.sent()), (Code::NoCredential, false), "{error}");
    }
    assert_eq!((good.connections(), other.connections()), (0, 0));
}
