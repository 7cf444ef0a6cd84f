//! What a system answers: any bytes, over a real connection, one answer a request. The connector gets an answer or an error, no secret is in
//! either, and nothing is asked for that was not granted.
//!
//! Answers are parted by a line `=====`. `POST` in the first line makes the request one that writes; `TOKEN` makes the first answer that of
//! a token endpoint.

#![no_main]

use innkeeper_egress::rate::{Condition, Exhausted, Expectation, Form, Place, Signal, Wait};
use innkeeper_egress::{
    Client, ClientAuthentication, Credential, Credentials, EgressError, HostRule, Method, OauthClient, Options, Policy, Rate,
    Request, Response,
};
use innkeeper_fuzz::{echo, parts, server};
use innkeeper_secrets::{Secret, SecretError, SecretRef, Vault};
use libfuzzer_sys::fuzz_target;
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// With characters that encodings change.
const SECRET: &str = "s3cr3t/t0ken+1";
const LARGEST: usize = 16 * 1024;
const LONGEST_REST: Duration = Duration::from_secs(3600);
/// One request, one after a 401, and three redirects.
const MOST_REQUESTS: usize = 5;

/// What is the same for all inputs.
struct Ground {
    runtime: Runtime,
    listener: TcpListener,
}

thread_local! {
    static GROUND: OnceCell<Ground> = const { OnceCell::new() };
}

fuzz_target!(|bytes: &[u8]| GROUND.with(|ground| try_one(ground.get_or_init(Ground::new), bytes)));

impl Ground {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("loopback has a free port");
        Self { runtime, listener }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.listener.local_addr().expect("a bound socket has an address"))
    }
}

fn try_one(ground: &Ground, bytes: &[u8]) {
    let (method, bytes) = bytes.strip_prefix(b"POST\n").map_or((Method::Get, bytes), |rest| (Method::Post, rest));
    let (exchanged, bytes) = bytes.strip_prefix(b"TOKEN\n").map_or((false, bytes), |rest| (true, rest));
    let mut requests = Vec::new();
    let (exchange, result) = ground.runtime.block_on(async {
        let client = client(ground, exchanged);
        let answers = server::serve(&ground.listener, parts::of(bytes), &mut requests);
        tokio::select! {
            biased;
            answer = client.exchange(Request::new(method, "/users?page=1")) => answer,
            () = answers => unreachable!("the server serves until it is dropped"),
        }
    });
    match &result {
        Ok(response) => check_response(response),
        Err(error) => check_error(error),
    }
    assert!(!echo::shows(exchange.url.as_bytes(), SECRET), "{}", exchange.url);
    assert_eq!(exchange.error.is_some(), result.is_err());
    check_requests(&requests, method, exchanged);
    // What is exchanged for a token never goes to the system itself, unless the endpoint gives it out as one.
    if exchanged && !echo::shows(bytes, SECRET) {
        assert!(!requests.iter().filter(|request| !is_for_token(request)).any(|request| echo::shows(request.as_bytes(), SECRET)));
    }
}

fn is_for_token(request: &str) -> bool {
    request.starts_with("POST /token HTTP/1.1\r\n")
}

struct OneSecret;

impl Vault for OneSecret {
    fn fetch(&self, _: &SecretRef) -> Result<Secret, SecretError> {
        Ok(Secret::new(SECRET))
    }
}

fn client(ground: &Ground, exchanged: bool) -> Client {
    let base = ground.url("/api").parse().expect("a URL");
    let rule = HostRule::new(ground.url("/api").parse().expect("a URL"), vec![Method::Get, Method::Post]).expect("a rule");
    let mut policy = Policy::granting("crm", base, vec![rule]);
    policy.networks = vec!["127.0.0.0/8".parse().expect("a network")];
    let secret = SecretRef::Env("TOKEN".to_owned());
    let credential = match exchanged {
        false => Credential::Bearer { secret },
        true => Credential::OauthClient(OauthClient {
            secret,
            client_id: "innkeeper".to_owned(),
            client_auth: ClientAuthentication::Body,
            token_url: ground.url("/token").parse().expect("a URL"),
            scopes: Vec::new(),
        }),
    };
    let credentials = Credentials::new(BTreeMap::from([("default".to_owned(), credential)]), Arc::new(OneSecret));
    let options = Options {
        timeout: Duration::from_secs(5),
        budget_wait: Duration::ZERO,
        longest_retry_after: LONGEST_REST,
        response_bytes: LARGEST,
        ..Options::default()
    };
    Client::new(policy, Some(rate()), credentials, options).expect("a client")
}

/// Every place and every form of a rate limit.
fn rate() -> Rate {
    let header = |name: &str| Place::Header(name.to_owned());
    let json = |pointer: &str| Place::Json(pointer.to_owned());
    let wait = |place: Place, form: Form| Wait { place, form };
    let said = Condition { place: json("/error"), expected: Expectation::OneOf(vec!["ratelimited".to_owned()]) };
    let spoken = Condition { place: header("x-reason"), expected: Expectation::Contains("rate".to_owned()) };
    let empty = Condition { place: header("x-remaining"), expected: Expectation::OneOf(vec!["0".to_owned()]) };
    Rate {
        signals: vec![
            Signal { status: vec![200], when: Some(said), wait: vec![wait(json("/after/0"), Form::Seconds)], otherwise: None },
            Signal {
                status: vec![403],
                when: Some(spoken),
                wait: vec![wait(header("retry-after"), Form::RetryAfter)],
                otherwise: None,
            },
        ],
        exhausted: vec![Exhausted {
            when: empty,
            wait: vec![wait(header("x-reset"), Form::EpochSeconds), wait(json("/reset"), Form::EpochMilliseconds)],
        }],
        ..Rate::default()
    }
}

fn check_response(response: &Response) {
    assert!((100..1000).contains(&response.status));
    // What stands in the place of a secret can be longer than a piece of it was.
    assert!(response.body.len() <= 2 * LARGEST, "{} bytes", response.body.len());
    assert!(!echo::shows(&response.body, SECRET), "{}", String::from_utf8_lossy(&response.body));
    for (name, value) in &response.headers {
        assert!(!name.bytes().any(|byte| byte.is_ascii_uppercase()), "{name}");
        assert!(name != "set-cookie" && name != "set-cookie2");
        assert!(!value.contains(['\r', '\n', '\0']), "{name}: {value:?}");
        assert!(!echo::shows(value.as_bytes(), SECRET), "{name}: {value}");
    }
    if let Some(rest) = response.rate_limited {
        assert!((Duration::from_secs(1)..=LONGEST_REST).contains(&rest), "{rest:?}");
    }
}

fn check_error(error: &EgressError) {
    let (shown, debugged) = (error.to_string(), format!("{error:?}"));
    assert!(!shown.is_empty());
    assert!(!echo::shows(shown.as_bytes(), SECRET), "{shown}");
    assert!(!echo::shows(debugged.as_bytes(), SECRET), "{debugged}");
}

fn check_requests(requests: &[String], method: Method, exchanged: bool) {
    let (of_token, of_api): (Vec<_>, Vec<_>) = requests.iter().partition(|request| is_for_token(request));
    assert!(exchanged || of_token.is_empty());
    assert!(requests.len() <= MOST_REQUESTS + 1, "{} requests", requests.len());
    for request in of_api {
        let line = request.lines().next().unwrap_or_default();
        let target = line.strip_prefix(&format!("{method} ")).and_then(|line| line.strip_suffix(" HTTP/1.1"));
        let target = target.unwrap_or_else(|| panic!("not asked for: {line}"));
        let path = target.split('?').next().unwrap_or_default();
        let below = path == "/api" || path.starts_with("/api/");
        assert!(below && !path.split('/').any(|segment| segment == ".."), "not granted: {line}");
        // Nothing that an answer says comes to be a header of the next request.
        assert!(request.matches("authorization: Bearer ").count() <= 1, "{request}");
    }
    if method == Method::Post {
        // A write is sent again only where the credential was refused, and never because of a redirect.
        assert!(requests.len() <= 4, "{} requests", requests.len());
    }
}
