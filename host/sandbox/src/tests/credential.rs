//! The real HTTP client behind a guest: the credential is the host's.

use super::*;
use innkeeper_egress::{Client, Credential, Credentials, HostRule, Method, Options, Policy};
use innkeeper_secrets::{Secret, SecretError, SecretRef, Vault};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

const SECRET: &str = "xoxb-a-token-that-nobody-may-see";

struct OneSecret;

impl Vault for OneSecret {
    fn fetch(&self, _: &SecretRef) -> Result<Secret, SecretError> {
        Ok(Secret::new(SECRET))
    }
}

/// A directory that answers one request, with the credential that it was given as everybody's title.
fn indiscreet_directory() -> (url::Url, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address")).parse().expect("a URL");
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("one connection");
        let mut credential = String::new();
        for line in BufReader::new(stream.try_clone().expect("a clone")).lines() {
            let line = line.expect("text");
            if let Some((name, value)) = line.split_once(": ")
                && name.eq_ignore_ascii_case("authorization")
            {
                credential = value.to_owned();
            }
            if line.is_empty() {
                break;
            }
        }
        let user = json!({ "id": "1", "login": "ada", "active": true, "title": credential, "started": null });
        let body = json!({ "users": [user], "total": 1 }).to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).expect("sent");
        credential
    });
    (url, served)
}

/// A client that may read from this system, with the secret as bearer token.
fn client(base: url::Url) -> Client {
    let rule = HostRule::new(base.clone(), vec![Method::Get]).expect("a rule");
    let networks = vec!["127.0.0.1/32".parse().expect("a network")];
    let policy = Policy { networks, ..Policy::granting("acme", base, vec![rule]) };
    let secret = SecretRef::Secret("token".parse().expect("a name"));
    let slots = BTreeMap::from([("default".to_owned(), Credential::Bearer { secret })]);
    Client::new(policy, None, Credentials::new(slots, Arc::new(OneSecret)), Options::default()).expect("a client")
}

#[test]
fn the_credential_reaches_the_system_and_never_the_guest() {
    let (url, served) = indiscreet_directory();
    let connector = load(Settings::default(), &component("innkeeper-test-directory"));
    let answer = run(async {
        let app = connect(&connector, json!({}), client(url), Limits::default());
        app.list_accounts(None).await
    });
    assert_eq!(served.join().expect("it does not panic"), format!("Bearer {SECRET}"));
    assert_eq!(answer.exchanges[0].status, Some(200));
    let text = format!("{answer:?}");
    let account = answer.result.expect("a page").items.remove(0);
    assert_eq!(account.unique_name, "ada");
    assert!(!text.contains(SECRET), "{text}");
}

#[test]
fn a_reserved_header_of_the_guest_is_refused_before_anything_is_sent() {
    let connector = load(Settings::default(), &hostile());
    let answer = run(async {
        let http = client("https://api.example.com".parse().expect("a URL"));
        connect(&connector, json!({ "behaviour": "reserved-header" }), http, Limits::default()).list_accounts(None).await
    });
    assert_eq!((answer.exchanges.len(), answer.exchanges[0].status), (1, None));
    let failure = failure(answer);
    assert!(failure.message.contains("authorization"), "{failure}");
}
