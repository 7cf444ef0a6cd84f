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

fn lookup(resolver: &dyn Resolve) -> Lookup<'_> {
    Lookup { resolver, lifetime: Duration::from_secs(30), deadline: Instant::now() + Duration::from_secs(5) }
}

async fn ask(url: &str, policy: &Policy, pins: &Pins, script: &Script) -> Result<(), String> {
    let url = url.parse().expect("a URL");
    pin(&url, policy, pins, &lookup(script)).await.map_err(|error| error.to_string())
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
async fn one_refused_address_refuses_the_whole_answer() {
    let refused = ["10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::"];
    for address in refused {
        for answer in [["1.1.1.1", address], [address, "1.1.1.1"]] {
            let (pins, script) = (Pins::default(), Script::new(&[&answer]));
            let error = ask("https://crm.example", &policy(&[]), &pins, &script).await.expect_err(address);
            assert!(error.contains("refused. If crm is meant to reach it"), "{error}");
            assert_eq!(pinned(&pins, "crm.example").await, Vec::<String>::new());
        }
    }
    let (pins, script) = (Pins::default(), Script::new(&[&["1.1.1.1", "10.0.0.1"]]));
    ask("https://crm.example", &policy(&["10.0.0.0/8"]), &pins, &script).await.expect("granted");
    assert_eq!(pinned(&pins, "crm.example").await, ["1.1.1.1:0", "10.0.0.1:0"]);
}

#[tokio::test]
async fn localhost_is_this_machine_in_both_families_and_granted_in_one() {
    let ask_for = async |url: &str, answer: &[&str], networks: &[&str]| {
        let (pins, script) = (Pins::default(), Script::new(&[answer]));
        let result = ask(url, &policy(networks), &pins, &script).await;
        (result.is_ok(), pinned(&pins, "localhost").await)
    };
    let both = ["::1", "127.0.0.1"];
    for url in ["https://localhost", "http://localhost"] {
        assert_eq!(ask_for(url, &both, &["127.0.0.0/8"]).await, (true, vec!["127.0.0.1:0".to_owned()]), "{url}");
        assert_eq!(ask_for(url, &both, &["::1/128"]).await, (true, vec!["[::1]:0".to_owned()]), "{url}");
        assert_eq!(ask_for(url, &both, &[]).await, (false, vec![]), "{url}");
        assert_eq!(ask_for(url, &["127.0.0.1", "10.0.0.1"], &["127.0.0.0/8"]).await, (false, vec![]), "{url}");
    }
    // Another name is not at two places of this machine by itself.
    assert_eq!(ask_for("https://crm.example", &both, &["127.0.0.0/8"]).await, (false, vec![]));
}

#[tokio::test]
async fn a_proxy_may_be_anywhere_and_is_pinned_too() {
    let (pins, script) = (Pins::default(), Script::new(&[&["10.0.0.1"]]));
    let proxy: Url = "http://proxy.example:3128".parse().expect("a URL");
    pin_proxy(&proxy, &pins, &lookup(&script)).await.expect("anywhere");
    assert_eq!(pinned(&pins, "proxy.example").await, ["10.0.0.1:0"]);
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
        let error = ask("http://localhost", &policy(&["10.0.0.0/8"]), &Pins::default(), &script).await.expect_err("not loopback");
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
    let result = pin(&url, &policy(&[]), &Pins::default(), &lookup(&Never)).await;
    assert!(matches!(result, Err(EgressError::Resolution { reason, .. }) if reason.contains("in time")));
}
