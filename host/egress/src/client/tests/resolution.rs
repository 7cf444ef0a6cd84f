//! What becomes of names that change, and of connections that stay.

use super::*;
use crate::Resolve;
use std::io;
use std::net::IpAddr;
use std::sync::Mutex;

/// Answers with one address after the other, the last one for ever, and counts.
struct Rebinding {
    answers: Vec<IpAddr>,
    asked: Mutex<Vec<String>>,
}

#[async_trait::async_trait]
impl Resolve for Rebinding {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut asked = self.asked.lock().expect("unpoisoned");
        let answer = self.answers[asked.len().min(self.answers.len() - 1)];
        asked.push(name.to_owned());
        Ok(vec![answer])
    }
}

fn rebinding(answers: &[&str]) -> Arc<Rebinding> {
    let answers = answers.iter().map(|answer| answer.parse().expect("an address")).collect();
    Arc::new(Rebinding { answers, asked: Mutex::default() })
}

#[tokio::test]
async fn a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked() {
    // The second answer comes to whoever asks again between the check and the connection.
    let (server, resolver) = (ok().await, rebinding(&["127.0.0.1", "10.255.255.1"]));
    let url = format!("http://crm.localhost:{}", server.port());
    let options = Options { resolver: resolver.clone(), resolution_lifetime: Duration::ZERO, ..Options::default() };
    let client = client_with(policy(&[&url]), options);
    assert_eq!(client.send(get_request("/")).await.expect("an answer").status, 200);
    assert_eq!(*resolver.asked.lock().expect("unpoisoned"), ["crm.localhost"]);
    assert_eq!(server.seen()[0].header("host"), Some(&*format!("crm.localhost:{}", server.port())));

    // A name that has turned to another address is refused, although a connection to the old one is still open.
    let error = client.send(get_request("/")).await.expect_err("rebound");
    assert_eq!((error.code(), error.sent()), (Code::Resolution, false));
    assert!(error.to_string().contains("10.255.255.1"), "{error}");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn a_public_name_that_leads_to_this_machine_is_refused() {
    for address in ["127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00:ec2::254", "0.0.0.0"] {
        let server = ok().await;
        let url = format!("https://crm.example:{}", server.port());
        let policy = Policy { networks: vec![], ..policy(&[&url]) };
        let options = Options { resolver: rebinding(&[address]), ..Options::default() };
        let authority = server::authority();
        let options = Options { certificate_authorities: vec![authority.pem()], ..options };
        let error = client_with(policy, options).send(get_request("/")).await.expect_err(address);
        assert_eq!((error.code(), server.connections()), (Code::Resolution, 0), "{address}: {error}");
    }
}

#[tokio::test]
async fn connections_are_used_again() {
    let server = ok().await;
    let client = client(&[&server.url("")]);
    for _ in 0..100 {
        client.send(get_request("/")).await.expect("an answer");
    }
    assert_eq!((server.seen().len(), server.connections()), (100, 1));
    let tasks: Vec<_> = (0..200)
        .map(|_| {
            tokio::spawn({
                let client = client.clone();
                async move { client.send(get_request("/")).await.expect("an answer") }
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.expect("no panic").status, 200);
    }
    assert!(server.connections() <= 201, "{}", server.connections());
    let open = server.connections();
    for _ in 0..100 {
        client.send(get_request("/")).await.expect("an answer");
    }
    assert_eq!(server.connections(), open);
}
