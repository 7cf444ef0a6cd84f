//! Step 5: names are looked up once, checked, and pinned.
//!
//! The connections of a client can only be made to addresses in its [`Pins`]: the HTTP library asks them instead of looking a name up
//! again, so that an answer that changes between the check and the connection (DNS rebinding) changes nothing. Addresses come into
//! the pins after they have been checked and in no other way.

use crate::address::{canonical, closed, granted};
use crate::{EgressError, Policy};
use async_trait::async_trait;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};
use url::{Host, Url};

/// Looks names up.
#[async_trait]
pub trait Resolve: Send + Sync {
    /// All addresses of a name.
    ///
    /// # Errors
    ///
    /// What the system says when the name has none.
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// Asks the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolve for SystemResolver {
    async fn resolve(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        // The port plays no part.
        Ok(tokio::net::lookup_host((name, 443)).await?.map(|address| address.ip()).collect())
    }
}

/// The checked addresses of the names that were asked for.
#[derive(Clone, Default)]
pub(crate) struct Pins(Arc<RwLock<HashMap<String, Pin>>>);

#[derive(Clone)]
struct Pin {
    addresses: Arc<[IpAddr]>,
    fresh_until: Instant,
}

impl Pins {
    fn get(&self, name: &str) -> Option<Pin> {
        // A writer that panicked leaves whole entries behind.
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    fn put(&self, name: &str, pin: Pin) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), pin);
    }
}

/// What the HTTP library asks when it makes a connection: it gets what was checked, or nothing.
impl reqwest::dns::Resolve for Pins {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let answer: Result<reqwest::dns::Addrs, Box<dyn std::error::Error + Send + Sync>> = match self.get(name.as_str()) {
            Some(pin) => {
                // Port 0 stands for the port of the URL.
                let addresses: Vec<_> = pin.addresses.iter().map(|address| SocketAddr::new(*address, 0)).collect();
                Ok(Box::new(addresses.into_iter()))
            }
            None => Err(Box::new(io::Error::other("the name was not checked before the connection"))),
        };
        Box::pin(std::future::ready(answer))
    }
}

/// Makes sure that the URL's host is pinned to addresses that the policy lets through.
pub(crate) async fn pin(
    url: &Url,
    policy: &Policy,
    pins: &Pins,
    resolver: &dyn Resolve,
    lifetime: Duration,
    deadline: Instant,
) -> Result<(), EgressError> {
    match url.host() {
        // Nothing is looked up for an address; the HTTP library takes it as it stands in the URL.
        Some(Host::Ipv4(address)) => check(url, policy, &[address.into()]).map(|_| ()),
        Some(Host::Ipv6(address)) => check(url, policy, &[address.into()]).map(|_| ()),
        Some(Host::Domain(name)) => {
            if pins.get(name).is_some_and(|pin| pin.fresh_until > Instant::now()) {
                return Ok(());
            }
            let found = timeout_at(deadline, resolver.resolve(name)).await;
            let found = found.unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")));
            let failed = |reason: String| EgressError::Resolution { host: name.to_owned(), reason };
            let found = found.map_err(|error| failed(error.to_string()))?;
            if found.is_empty() {
                return Err(failed("it has no address".to_owned()));
            }
            let addresses = check(url, policy, &found)?.into();
            pins.put(name, Pin { addresses, fresh_until: Instant::now() + lifetime });
            Ok(())
        }
        None => Err(EgressError::Target { target: url.scheme().to_owned(), reason: "it has no host" }),
    }
}

/// The addresses that may be connected to. Refused ones are left out; when nothing is left, the first of them is the reason.
fn check(url: &Url, policy: &Policy, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, EgressError> {
    let host = url.host_str().unwrap_or_default();
    let mut refusal = None;
    let mut open = Vec::new();
    for address in addresses {
        match check_one(host, url.scheme(), policy, canonical(*address)) {
            Ok(()) => open.push(*address),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    match refusal {
        Some(error) if open.is_empty() => Err(error),
        _ => Ok(open),
    }
}

fn check_one(host: &str, scheme: &str, policy: &Policy, address: IpAddr) -> Result<(), EgressError> {
    if scheme == "http" && !address.is_loopback() {
        return Err(EgressError::PlainHttp { host: host.to_owned(), address });
    }
    match closed(address) {
        Some(class) if !granted(address, class, &policy.networks) => Err(EgressError::RefusedAddress {
            app: policy.app.clone(),
            host: host.to_owned(),
            address,
            class: class.describe(),
            grant: format!("[app.{}]\nnetworks = [\"{}\"]", policy.app, ipnet::IpNet::from(address)),
        }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::dns::Resolve as _;
    use std::sync::Mutex;

    /// Answers each question with the next of its answers.
    struct Script(Mutex<Vec<io::Result<Vec<IpAddr>>>>);

    impl Script {
        fn new(answers: &[&[&str]]) -> Self {
            let parse = |texts: &&[&str]| Ok(texts.iter().map(|text| text.parse().expect("an address")).collect());
            Self(Mutex::new(answers.iter().rev().map(parse).collect()))
        }
    }

    #[async_trait]
    impl Resolve for Script {
        async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            self.0.lock().expect("unpoisoned").pop().unwrap_or_else(|| Err(io::Error::other("no more answers")))
        }
    }

    fn policy(networks: &[&str]) -> Policy {
        let networks = networks.iter().map(|text| text.parse().expect("a network")).collect();
        Policy { networks, ..Policy::granting("crm", "https://crm.example".parse().expect("a URL"), vec![]) }
    }

    async fn ask(url: &str, policy: &Policy, pins: &Pins, script: &Script) -> Result<(), String> {
        let url = url.parse().expect("a URL");
        let deadline = Instant::now() + Duration::from_secs(5);
        pin(&url, policy, pins, script, Duration::from_secs(30), deadline).await.map_err(|error| error.to_string())
    }

    async fn pinned(pins: &Pins, name: &str) -> Vec<String> {
        match pins.resolve(name.parse().expect("a name")).await {
            Ok(addresses) => addresses.map(|address| address.to_string()).collect(),
            Err(_) => Vec::new(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_is_used_until_it_is_old_and_then_asked_for_again() {
        let (pins, script) = (Pins::default(), Script::new(&[&["1.1.1.1"], &["1.0.0.1"]]));
        ask("https://crm.example/a", &policy(&[]), &pins, &script).await.expect("public");
        ask("https://crm.example/b", &policy(&[]), &pins, &script).await.expect("remembered");
        assert_eq!(pinned(&pins, "crm.example").await, ["1.1.1.1:0"]);
        tokio::time::advance(Duration::from_secs(31)).await;
        ask("https://crm.example/c", &policy(&[]), &pins, &script).await.expect("public");
        assert_eq!(pinned(&pins, "crm.example").await, ["1.0.0.1:0"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_name_that_turns_private_is_refused_and_the_pin_stays_what_was_checked() {
        let (pins, script) = (Pins::default(), Script::new(&[&["1.1.1.1"], &["10.0.0.1"]]));
        ask("https://crm.example", &policy(&[]), &pins, &script).await.expect("public");
        tokio::time::advance(Duration::from_secs(31)).await;
        let error = ask("https://crm.example", &policy(&[]), &pins, &script).await.expect_err("private");
        insta::assert_snapshot!(error, @r#"
        crm.example is at 10.0.0.1, a private address: refused. If crm is meant to reach it, add to innkeeper.toml:

        [app.crm]
        networks = ["10.0.0.1/32"]
        "#);
        assert_eq!(pinned(&pins, "crm.example").await, ["1.1.1.1:0"]);
    }

    #[tokio::test]
    async fn refused_addresses_are_left_out_of_a_mixed_answer() {
        let (pins, script) = (Pins::default(), Script::new(&[&["10.0.0.1", "1.1.1.1", "::1", "::ffff:10.0.0.1"]]));
        ask("https://crm.example", &policy(&[]), &pins, &script).await.expect("one is public");
        assert_eq!(pinned(&pins, "crm.example").await, ["1.1.1.1:0"]);
    }

    #[tokio::test]
    async fn a_name_that_was_not_checked_cannot_be_connected_to() {
        assert_eq!(pinned(&Pins::default(), "crm.example").await, Vec::<String>::new());
    }

    #[tokio::test]
    async fn granted_networks_are_open() {
        let (pins, script) = (Pins::default(), Script::new(&[&["10.1.2.3"], &["10.1.2.3"]]));
        ask("https://crm.example", &policy(&["10.1.0.0/16"]), &pins, &script).await.expect("granted");
        assert!(ask("https://other.example", &policy(&["10.2.0.0/16"]), &pins, &script).await.is_err());
    }

    #[tokio::test]
    async fn addresses_in_urls_are_checked_in_every_spelling() {
        for url in [
            "https://127.0.0.1",
            "https://2130706433",
            "https://0x7f.1",
            "https://0177.0.0.1",
            "https://[::1]",
            "https://[::ffff:127.0.0.1]",
            "https://[64:ff9b::7f00:1]",
            "https://169.254.169.254",
            "https://0",
            "https://[fe80::1]",
            "http://127.0.0.1",
        ] {
            let error = ask(url, &policy(&[]), &Pins::default(), &Script::new(&[])).await.expect_err(url);
            assert!(error.contains("refused"), "{url}: {error}");
        }
        ask("https://1.1.1.1", &policy(&[]), &Pins::default(), &Script::new(&[])).await.expect("public");
        ask("http://127.0.0.1", &policy(&["127.0.0.0/8"]), &Pins::default(), &Script::new(&[])).await.expect("granted");
    }

    #[tokio::test]
    async fn plain_http_stays_on_this_machine_whatever_the_name_says() {
        let script = Script::new(&[&["1.1.1.1"], &["10.0.0.1"]]);
        for _ in 0..2 {
            let error =
                ask("http://localhost", &policy(&["10.0.0.0/8"]), &Pins::default(), &script).await.expect_err("not loopback");
            assert!(error.contains("plain http is for loopback"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_says_so() {
        let script = Script::new(&[&[]]);
        let error = ask("https://crm.example", &policy(&[]), &Pins::default(), &script).await.expect_err("empty");
        assert_eq!(error, "the name crm.example could not be resolved: it has no address");
        let error = ask("https://crm.example", &policy(&[]), &Pins::default(), &script).await.expect_err("failed");
        assert_eq!(error, "the name crm.example could not be resolved: no more answers");
    }

    struct Never;

    #[async_trait]
    impl Resolve for Never {
        async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
            std::future::pending().await
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_resolver_that_never_answers_is_given_up() {
        let url = "https://crm.example".parse().expect("a URL");
        let deadline = Instant::now() + Duration::from_secs(5);
        let result = pin(&url, &policy(&[]), &Pins::default(), &Never, Duration::from_secs(30), deadline).await;
        assert!(matches!(result, Err(EgressError::Resolution { reason, .. }) if reason.contains("in time")));
    }
}
