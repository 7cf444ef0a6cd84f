//! The steps together, against servers on this machine.

mod answers;
mod certificates;
mod echoes;
mod failures;
mod floods;
mod framing;
mod pause;
mod proxy;
mod rate;
mod rebinding;
mod redirects;
mod resolution;
mod server;
mod smuggling;
mod token_refusals;
mod token_rotation;
mod token_server;
mod tokens;
mod urls;

use super::*;
use crate::{Code, Credential, CredentialSlot, HostRule, Method};
use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use innkeeper_secrets::{Secret, SecretError, SecretRef, Vault};
use server::Server;
use std::collections::BTreeMap;

const TOKEN: &str = "s3cr3t/t0ken+1";
const ALL: [Method; 7] = [Method::Get, Method::Head, Method::Post, Method::Put, Method::Patch, Method::Delete, Method::Options];

struct OneToken;

impl Vault for OneToken {
    fn fetch(&self, reference: &SecretRef) -> Result<Secret, SecretError> {
        match reference {
            SecretRef::Env(name) if name == "TOKEN" => Ok(Secret::new(TOKEN)),
            _ => Err(SecretError::MissingVariable { name: "GONE".into() }),
        }
    }
}

fn rules(urls: &[&str]) -> Vec<HostRule> {
    urls.iter().map(|url| HostRule::new(url.parse().expect("a URL"), ALL.to_vec()).expect("a rule")).collect()
}

fn policy(urls: &[&str]) -> Policy {
    let mut policy = Policy::granting("crm", urls[0].parse().expect("a URL"), rules(urls));
    policy.networks = vec!["127.0.0.0/8".parse().expect("a network")];
    policy
}

fn bearer(variable: &str) -> Credentials {
    let credential = Credential::Bearer { secret: SecretRef::Env(variable.into()) };
    Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(OneToken))
}

fn client_with(policy: Policy, options: Options) -> Client {
    Client::new(policy, None, bearer("TOKEN"), options).expect("a client")
}

fn client_at(server: &Server, rate: Rate) -> Client {
    Client::new(policy(&[&server.url("")]), Some(rate), bearer("TOKEN"), Options::default()).expect("a client")
}

fn client(urls: &[&str]) -> Client {
    client_with(policy(urls), Options::default())
}

/// A server that answers everything with `ok`.
async fn ok() -> Server {
    Server::start(Router::new().fallback(any(async || "ok"))).await
}

fn get_request(target: &str) -> Request {
    Request::new(Method::Get, target)
}

#[tokio::test]
async fn a_request_carries_the_credential_and_leaves_a_record() {
    let server = ok().await;
    let client = client(&[&server.url("/api")]);
    let mut request = Request::new(Method::Post, "/users?debug=yes");
    request.query = vec![("filter".into(), "a b".into())];
    request.headers = vec![("Content-Type".into(), "application/json".into())];
    request.body = Some(b"{}".to_vec());
    let (exchange, response) = client.exchange(request).await;
    let response = response.expect("an answer");
    assert_eq!((response.status, response.body), (200, b"ok".to_vec()));
    let seen = server.seen();
    assert_eq!((seen[0].method.as_str(), seen[0].target.as_str()), ("POST", "/api/users?debug=yes&filter=a%20b"));
    assert_eq!(seen[0].header("authorization"), Some(&*format!("Bearer {TOKEN}")));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert!(seen[0].header("user-agent").is_some_and(|agent| agent.starts_with("innkeeper/")));
    assert_eq!(seen[0].body, b"{}");
    assert_eq!((exchange.method, exchange.status, exchange.error, exchange.sent), (Method::Post, Some(200), None, true));
    assert_eq!(exchange.url, server.url("/api/users?debug&filter"));
    assert_eq!((exchange.request_bytes, exchange.response_bytes), (2, 2));
}

#[tokio::test]
async fn an_anonymous_request_carries_no_credential() {
    let server = ok().await;
    let request = Request { credential: CredentialSlot::Anonymous, ..get_request("/") };
    client(&[&server.url("")]).send(request).await.expect("an answer");
    assert_eq!(server.seen()[0].header("authorization"), None);
}

#[tokio::test]
async fn what_is_refused_never_leaves() {
    let (server, other) = (ok().await, ok().await);
    let mut policy = policy(&[&server.url("/api")]);
    policy.granted = vec![HostRule::new(server.url("/api").parse().expect("a URL"), vec![Method::Get]).expect("a rule")];
    let client = client_with(policy, Options::default());
    let with_header = |name: &str| Request { headers: vec![(name.into(), "x".into())], ..get_request("/") };
    let big = Request { body: Some(vec![0; 17 * 1024 * 1024]), ..get_request("/") };
    for (request, code) in [
        (get_request("//evil.example/"), Code::InvalidRequest),
        (get_request("/../admin"), Code::InvalidRequest),
        (with_header("Authorization"), Code::InvalidRequest),
        (with_header("Host"), Code::InvalidRequest),
        (big, Code::InvalidRequest),
        (get_request(&server.url("/admin")), Code::Denied),
        (get_request(&other.url("/api")), Code::Denied),
        (Request::new(Method::Delete, "/users/1"), Code::Denied),
        (get_request("https://169.254.169.254/latest/meta-data"), Code::Denied),
        (Request { credential: CredentialSlot::Slot("admin".into()), ..get_request("/") }, Code::NoCredential),
    ] {
        let target = request.target.clone();
        let (exchange, result) = client.exchange(request).await;
        let error = result.expect_err(&target);
        assert_eq!(
            (error.code(), error.sent(), exchange.error, exchange.sent),
            (code, false, Some(code), false),
            "{target}: {error}"
        );
    }
    assert!(server.seen().is_empty() && other.seen().is_empty());
}

#[tokio::test]
async fn an_address_that_is_not_granted_is_not_connected_to() {
    let server = ok().await;
    let policy = Policy { networks: vec![], ..policy(&[&server.url("")]) };
    let error = client_with(policy, Options::default()).send(get_request("/")).await.expect_err("loopback");
    assert_eq!(
        error.to_string(),
        "127.0.0.1 is at 127.0.0.1, a loopback address (this machine itself): refused. If crm is meant to reach it, add to \
         innkeeper.toml:\n\n[app.crm]\nnetworks = [\"127.0.0.1/32\"]"
    );
    assert_eq!((error.code(), server.connections()), (Code::Resolution, 0));
}

#[tokio::test]
async fn a_secret_that_cannot_be_fetched_sends_nothing() {
    let server = ok().await;
    let client = Client::new(policy(&[&server.url("")]), None, bearer("OTHER"), Options::default()).expect("a client");
    let error = client.send(get_request("/")).await.expect_err("no secret");
    assert_eq!((error.code(), error.sent()), (Code::NoCredential, false));
    assert!(server.seen().is_empty());
}
